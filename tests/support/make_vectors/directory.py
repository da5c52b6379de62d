"""Vectors for the directory: statements in order, and what the last of them is."""

from tests.support.make_vectors.action import (
    COOP,
    COWS,
    GENESIS,
    HOST,
    MILK,
    PLANT,
    RIGHTS,
    STEPS,
    ledger_vkey,
    other,
    vkey,
)
from tests.support.make_vectors.statement import ORIGIN, key
from tests.support.reference import directory as definition
from tests.support.reference import statement as reference

LAB = f"https://{HOST}/id/party/lab"
SOON = "2026-05-01T06:30:00.250Z"


def admit(party, *prefixes, rights=RIGHTS):
    """Return the admission of a plant, or what looks like one."""
    return {
        "action": "admit",
        "kind": "plant",
        "party": party,
        "places": [],
        "prefixes": list(prefixes),
        "rights": rights,
    }


def authorize(party, word, **options):
    """Return the authorisation of a key."""
    return {"action": "authorize", "key": vkey(word), "party": party, **options}


def revoke(party, word, **options):
    """Return the revocation of a key."""
    return {"action": "revoke", "key": vkey(word), "party": party, **options}


def rotate(word):
    """Return the rotation to a registrar's key."""
    return {"action": "rotate", "registrar": vkey(word)}


def ledger_key(change, word):
    """Return the addition or retirement of a ledger key."""
    return {"action": "ledger-key", change: ledger_vkey(word)}


def event(step="inspecting", disposition=None, **members):
    """Return an event about a cow."""
    body = {
        "action": "OBSERVE",
        "bizStep": step,
        "epcList": [COWS + "/1"],
        "eventID": "urn:uuid:01890f6e-7b1a-7cc3-8a5e-0123456789ab",
        "eventTime": "2026-05-01T06:30:00Z",
        "eventTimeZoneOffset": "+08:00",
        "readPoint": {"id": f"https://{HOST}/id/herd/12"},
        "type": "ObjectEvent",
        **members,
    }
    return body if disposition is None else {**body, "disposition": disposition}


# Everything that the cases begin with: what each statement says and who signs it.
BASE = (
    (GENESIS, "registrar"),
    (admit(COOP, COWS, MILK + "/10"), "registrar"),
    (admit(PLANT, "https://id.gs1.org/00/095201234567891235"), "registrar"),
    (authorize(COOP, "officer", officer=True), "registrar", "officer"),
    (authorize(COOP, "herder"), "officer", "herder"),
    (authorize(PLANT, "driver"), "registrar", "driver"),
    (authorize(PLANT, "chief", officer=True), "registrar", "chief"),
)


def entry(told):
    """Return the signed entry of a body and the words of its signers."""
    body, *words = told
    kind = "directory" if "party" in body or "type" not in body else "event"
    signers = [key(word) for word in words]
    return reference.statement(ORIGIN, kind, signers, reference.canonical(body))


def case(name, want, *told, base=BASE, start=0):
    """Return a sequence, with what becomes of its last statement."""
    entries = [entry(one) for one in (*base, *told)]
    made = {
        "name": name,
        "entries": [[start + place, text] for place, text in enumerate(entries)],
        "want": want,
    }
    if want == "ok":
        history = [
            ([reference.label(*key(word)) for word in words], body)
            for body, *words in (*base, *told)
            if "type" not in body
        ]
        made["then"] = {
            "registrar": definition.registrar(history),
            "ledger_keys": [
                definition.label(each) for each in definition.ledger_keys(history)
            ],
            "in_force": definition.in_force(history),
        }
    return made


def genesis_cases():
    """Return beginnings of ledgers."""
    admit_first = (admit(COOP), "registrar")
    shared = key("shared")

    def lie(name, body, *words, want="authority"):
        return case(f"genesis-{name}", want, (body, *words), base=())

    return [
        lie("honest", GENESIS, "registrar", want="ok"),
        lie("by-another", GENESIS, "officer", want="unknown-key"),
        lie("signed-by-a-second", GENESIS, "registrar", "officer", want="unknown-key"),
        lie("by-a-recovery-key", GENESIS, "recovery-1", want="unknown-key"),
        lie(
            "registrar-is-a-recovery-key",
            other(GENESIS, recovery={"k": 1, "keys": [vkey("registrar")]}),
            "registrar",
        ),
        lie(
            "registrar-and-ledger-key-share-bytes",
            other(GENESIS, ledger_keys=[ledger_vkey("registrar")]),
            "registrar",
        ),
        lie(
            "recovery-and-ledger-key-share-bytes",
            other(
                GENESIS,
                recovery={"k": 1, "keys": [vkey("shared")]},
                ledger_keys=[reference.vkey(ORIGIN, shared[1])],
            ),
            "registrar",
        ),
        lie(
            "two-recovery-keys-share-bytes",
            other(
                GENESIS,
                recovery={
                    "k": 1,
                    "keys": [
                        vkey("shared"),
                        reference.vkey("alias.example", shared[1]),
                    ],
                },
            ),
            "registrar",
        ),
        case("genesis-again", "authority", (GENESIS, "registrar")),
        case(
            "genesis-of-another-registrar-later",
            "authority",
            (other(GENESIS, registrar=vkey("thief")), "thief"),
        ),
        case(
            "genesis-at-index-one",
            "authority",
            (GENESIS, "registrar"),
            base=(),
            start=1,
        ),
        case("no-genesis", "unknown-key", admit_first, base=()),
        case(
            "event-before-genesis",
            "unknown-key",
            (event(), "herder"),
            base=(),
            start=1,
        ),
        case("rotate-before-genesis", "authority", (rotate("thief"), "thief"), base=()),
        case(
            "authorize-before-genesis",
            "unknown-key",
            (authorize(COOP, "thief"), "registrar", "thief"),
            base=(),
        ),
    ]


def admit_cases():
    """Return admissions."""
    lot = MILK + "/10"
    plant_unit = "https://id.gs1.org/00/095201234567891235"

    def lie(name, body, *words, want="authority"):
        return case(f"admit-{name}", want, (body, *words))

    return [
        lie("honest", admit(LAB, COWS + "s"), "registrar", want="ok"),
        lie("lies-in-another-s-lots", admit(LAB, lot + "/A"), "registrar"),
        lie("sibling-of-a-prefix", admit(LAB, MILK + "/21"), "registrar", want="ok"),
        lie("replaces-its-own", admit(COOP, COWS), "registrar", want="ok"),
        lie("widens-its-own", admit(COOP, MILK, COWS), "registrar", want="ok"),
        lie("narrows-its-own", admit(COOP, COWS + "/1"), "registrar", want="ok"),
        case(
            "admit-prefix-given-up-by-another",
            "ok",
            (admit(COOP), "registrar"),
            (admit(PLANT, COWS), "registrar"),
        ),
        case(
            "admit-prefix-given-up-and-taken-by-another",
            "authority",
            (admit(COOP), "registrar"),
            (admit(PLANT, COWS + "/1"), "registrar"),
            (admit(COOP, COWS), "registrar"),
        ),
        lie("equals-another-s-prefix", admit(PLANT, COWS), "registrar"),
        lie("contains-another-s-prefix", admit(PLANT, MILK), "registrar"),
        lie("lies-in-another-s-prefix", admit(PLANT, COWS + "/1/2"), "registrar"),
        lie("second-prefix-overlaps", admit(LAB, COWS + "s", COWS), "registrar"),
        lie(
            "second-contains-another-s",
            admit(PLANT, plant_unit, "https://id.gs1.org/01"),
            "registrar",
        ),
        lie("by-an-officer", admit(LAB), "officer"),
        lie("by-a-herder", admit(COOP), "herder"),
        lie("by-a-recovery-key", admit(LAB), "recovery-1"),
        lie("attested-by-an-officer", admit(LAB), "registrar", "officer"),
        lie("by-an-unknown-key", admit(LAB), "thief", want="unknown-key"),
        case(
            "admit-by-the-registrar-of-before",
            "authority",
            (rotate("registrar-2"), "registrar", "registrar-2"),
            (admit(LAB), "registrar"),
        ),
    ]


def authorize_cases():
    """Return authorisations."""
    narrow = {"persistent": ["recalled"], "steps": STEPS[:1]}
    plant = {"on_behalf_of": PLANT}

    def lie(name, body, *words, want="authority"):
        return case(f"authorize-{name}", want, (body, *words))

    def renamed(name, own_name, seed_of, want="authority"):
        # The same key bytes under another name have another key id.
        alias = (own_name, key(seed_of)[1])
        body = {"action": "authorize", "key": reference.vkey(*alias), "party": COOP}
        signers = [key("registrar"), alias]
        made = case(f"authorize-{name}", want)
        text = reference.statement(
            ORIGIN, "directory", signers, reference.canonical(body)
        )
        made["entries"].append([len(BASE), text])
        return made

    return [
        lie("by-the-registrar", authorize(COOP, "new"), "registrar", "new", want="ok"),
        lie("by-an-officer", authorize(COOP, "new"), "officer", "new", want="ok"),
        lie(
            "with-narrower-rights",
            authorize(COOP, "new", rights=narrow),
            "officer",
            "new",
            want="ok",
        ),
        lie(
            "with-all-its-rights",
            authorize(COOP, "new", rights=RIGHTS, until=SOON, importer=True),
            "officer",
            "new",
            want="ok",
        ),
        lie(
            "on-behalf-by-the-registrar",
            authorize(COOP, "new", **plant),
            "registrar",
            "new",
            want="ok",
        ),
        lie(
            "on-behalf-by-two-officers",
            authorize(COOP, "new", **plant),
            "officer",
            "new",
            "chief",
            want="ok",
        ),
        lie(
            "on-behalf-by-an-officer-and-the-registrar",
            authorize(COOP, "new", **plant),
            "officer",
            "new",
            "registrar",
            want="ok",
        ),
        lie(
            "without-possession", authorize(COOP, "new"), "registrar", want="authority"
        ),
        lie("by-the-key-alone", authorize(COOP, "new"), "new"),
        lie("key-before-decider", authorize(COOP, "new"), "new", "registrar"),
        lie("another-key-signs", authorize(COOP, "new"), "registrar", "herder"),
        lie(
            "unknown-key-signs",
            authorize(COOP, "new"),
            "registrar",
            "thief",
            want="unknown-key",
        ),
        lie("a-third-signs", authorize(COOP, "new"), "registrar", "new", "officer"),
        lie("by-a-herder", authorize(COOP, "new"), "herder", "new"),
        lie("by-another-s-officer", authorize(PLANT, "new"), "officer", "new"),
        lie("by-a-recovery-key", authorize(COOP, "new"), "recovery-1", "new"),
        lie("of-a-party-not-admitted", authorize(LAB, "new"), "registrar", "new"),
        lie(
            "officer-by-an-officer",
            authorize(COOP, "new", officer=True),
            "officer",
            "new",
        ),
        lie(
            "with-a-step-more",
            authorize(COOP, "new", rights={**narrow, "steps": [["packing", None]]}),
            "registrar",
            "new",
        ),
        lie(
            "with-a-disposition-more",
            authorize(COOP, "new", rights={**narrow, "steps": [["shipping", None]]}),
            "officer",
            "new",
        ),
        lie(
            "with-a-persistent-more",
            authorize(COOP, "new", rights={**narrow, "persistent": ["stolen"]}),
            "officer",
            "new",
        ),
        lie(
            "on-behalf-without-consent",
            authorize(COOP, "new", **plant),
            "officer",
            "new",
        ),
        lie(
            "on-behalf-with-own-consent",
            authorize(PLANT, "new", on_behalf_of=COOP),
            "chief",
            "new",
            "driver",
        ),
        lie(
            "on-behalf-with-a-driver-s-consent",
            authorize(COOP, "new", **plant),
            "officer",
            "new",
            "driver",
        ),
        lie(
            "on-behalf-consent-before-the-key",
            authorize(COOP, "new", **plant),
            "officer",
            "chief",
            "new",
        ),
        lie(
            "on-behalf-by-the-registrar-and-an-officer",
            authorize(COOP, "new", **plant),
            "registrar",
            "new",
            "chief",
        ),
        lie(
            "on-behalf-of-a-party-not-admitted",
            authorize(COOP, "new", on_behalf_of=LAB),
            "registrar",
            "new",
        ),
        lie("same-key-again", authorize(COOP, "herder"), "registrar", "herder"),
        lie("key-of-another-party", authorize(PLANT, "herder"), "registrar", "herder"),
        lie(
            "key-of-the-registrar",
            authorize(COOP, "registrar"),
            "officer",
            "registrar",
        ),
        lie(
            "recovery-key",
            authorize(COOP, "recovery-1"),
            "registrar",
            "recovery-1",
        ),
        renamed("bytes-of-another-party-under-a-new-name", "alias.example", "driver"),
        renamed("bytes-of-a-ledger-key", "alias.example", "ledger-1"),
        renamed("bytes-of-the-registrar", "alias.example", "registrar"),
        renamed("bytes-of-a-recovery-key", "alias.example", "recovery-3"),
        case(
            "authorize-key-that-was-revoked",
            "authority",
            (revoke(COOP, "herder"), "registrar"),
            (authorize(COOP, "herder"), "registrar", "herder"),
        ),
        case(
            "authorize-by-an-officer-that-was-revoked",
            "authority",
            (revoke(COOP, "officer"), "registrar"),
            (authorize(COOP, "new"), "officer", "new"),
        ),
        case(
            "authorize-with-rights-taken-from-the-party",
            "authority",
            (admit(COOP, COWS, rights=narrow), "registrar"),
            (
                authorize(COOP, "new", rights={"persistent": [], "steps": STEPS[1:2]}),
                "officer",
                "new",
            ),
        ),
    ]


def revoke_cases():
    """Return revocations."""

    def lie(name, body, *words, want="authority"):
        return case(f"revoke-{name}", want, (body, *words))

    return [
        lie("by-the-registrar", revoke(COOP, "herder"), "registrar", want="ok"),
        lie("by-an-officer", revoke(COOP, "herder"), "officer", want="ok"),
        lie("by-the-key-itself", revoke(COOP, "herder"), "herder", want="ok"),
        lie("an-officer-itself", revoke(COOP, "officer"), "officer", want="ok"),
        lie(
            "suspect",
            revoke(COOP, "herder", suspect_since=SOON),
            "registrar",
            want="ok",
        ),
        case(
            "revoke-again-to-say-since-when",
            "ok",
            (revoke(COOP, "herder"), "herder"),
            (revoke(COOP, "herder", suspect_since=SOON), "officer"),
        ),
        case(
            "revoke-again-by-the-key-itself",
            "authority",
            (revoke(COOP, "herder"), "herder"),
            (revoke(COOP, "herder", suspect_since=SOON), "herder"),
        ),
        lie("by-another-party-s-key", revoke(COOP, "herder"), "driver"),
        lie("by-another-s-officer", revoke(COOP, "herder"), "chief"),
        lie("by-a-colleague", revoke(PLANT, "chief"), "driver"),
        lie("by-two", revoke(COOP, "herder"), "officer", "registrar"),
        lie("as-another-party-s", revoke(PLANT, "herder"), "registrar"),
        lie("as-another-party-s-by-itself", revoke(PLANT, "herder"), "herder"),
        lie("of-an-unknown-key", revoke(COOP, "thief"), "registrar"),
        lie("of-the-registrar", revoke(COOP, "registrar"), "registrar"),
        lie("of-a-recovery-key", revoke(COOP, "recovery-1"), "registrar"),
        lie("by-a-recovery-key", revoke(COOP, "herder"), "recovery-1"),
        case(
            "revoke-by-an-officer-that-was-revoked",
            "authority",
            (revoke(COOP, "officer"), "registrar"),
            (revoke(COOP, "herder"), "officer"),
        ),
    ]


def rotate_cases():
    """Return rotations of the registrar."""
    alone = (
        (other(GENESIS, recovery={"k": 0, "keys": []}), "registrar"),
        *BASE[1:],
    )

    def lie(name, word, *words, want="authority", base=BASE):
        return case(f"rotate-{name}", want, (rotate(word), *words), base=base)

    return [
        lie("by-the-registrar", "new", "registrar", "new", want="ok"),
        lie("by-recovery", "new", "new", "recovery-1", "recovery-3", want="ok"),
        case(
            "rotate-twice",
            "ok",
            (rotate("new"), "registrar", "new"),
            (rotate("newer"), "newer", "recovery-1", "recovery-2"),
        ),
        case(
            "rotate-then-admit",
            "ok",
            (rotate("new"), "registrar", "new"),
            (admit(LAB), "new"),
        ),
        lie("by-the-registrar-without-possession", "new", "registrar"),
        lie("by-the-new-key-alone", "new", "new"),
        lie("by-the-new-key-where-there-is-no-recovery", "new", "new", base=alone),
        lie("new-key-first", "new", "new", "registrar"),
        lie("with-one-recovery-key-of-two", "new", "new", "recovery-1"),
        lie(
            "with-three-recovery-keys-of-two",
            "new",
            *("new", "recovery-1", "recovery-2", "recovery-3"),
        ),
        lie("recovery-keys-reordered", "new", "new", "recovery-3", "recovery-1"),
        lie("recovery-keys-first", "new", "recovery-1", "recovery-2", "new"),
        lie("recovery-without-possession", "new", "recovery-1", "recovery-2"),
        lie("with-an-officer-as-recovery", "new", "new", "recovery-1", "officer"),
        lie("with-the-registrar-as-recovery", "new", "new", "recovery-1", "registrar"),
        lie("by-an-officer", "new", "officer", "new"),
        lie("to-an-officer", "officer", "registrar", "officer"),
        lie("to-itself", "registrar", "registrar"),
        lie("to-a-recovery-key", "recovery-1", "registrar", "recovery-1"),
        lie(
            "to-a-recovery-key-by-recovery",
            "recovery-1",
            *("recovery-1", "recovery-2", "recovery-3"),
        ),
        lie("a-third-signs", "new", "registrar", "new", "officer"),
        case(
            "rotate-by-the-registrar-of-before",
            "authority",
            (rotate("new"), "registrar", "new"),
            (rotate("newer"), "registrar", "newer"),
        ),
        case(
            "rotate-back",
            "authority",
            (rotate("new"), "registrar", "new"),
            (rotate("registrar"), "new", "registrar"),
        ),
    ]


def ledger_key_cases():
    """Return changes of the ledger's own keys."""
    add_2, retire_1 = ledger_key("add", "ledger-2"), ledger_key("retire", "ledger-1")

    def lie(name, body, *words, want="authority"):
        return case(f"ledger-key-{name}", want, (body, *words))

    return [
        lie("add", add_2, "registrar", want="ok"),
        case(
            "ledger-key-replace",
            "ok",
            (add_2, "registrar"),
            (retire_1, "registrar"),
        ),
        lie("retire-the-last", retire_1, "registrar"),
        lie("retire-an-unknown", ledger_key("retire", "ledger-9"), "registrar"),
        lie("add-one-in-force", ledger_key("add", "ledger-1"), "registrar"),
        lie("add-bytes-of-a-party", ledger_key("add", "herder"), "registrar"),
        lie("add-bytes-of-the-registrar", ledger_key("add", "registrar"), "registrar"),
        lie("add-bytes-of-recovery", ledger_key("add", "recovery-2"), "registrar"),
        lie("add-by-an-officer", add_2, "officer"),
        lie("add-attested", add_2, "registrar", "officer"),
        lie("add-by-recovery", add_2, "recovery-1", "recovery-2"),
        case(
            "ledger-key-retire-twice",
            "authority",
            (add_2, "registrar"),
            (ledger_key("add", "ledger-3"), "registrar"),
            (retire_1, "registrar"),
            (retire_1, "registrar"),
        ),
        case(
            "ledger-key-add-one-that-was-retired",
            "authority",
            (add_2, "registrar"),
            (retire_1, "registrar"),
            (ledger_key("add", "ledger-1"), "registrar"),
        ),
    ]


def event_cases():
    """Return events by keys that may, and by keys that may not."""
    recall = {"persistentDisposition": {"set": ["recalled"]}}
    lift = {"persistentDisposition": {"unset": ["stolen"]}}
    narrow = {"persistent": [], "steps": STEPS[:1]}
    only = authorize(COOP, "new", rights=narrow)
    for_plant = authorize(COOP, "new", on_behalf_of=PLANT)
    plant_less = admit(PLANT, rights={"persistent": [], "steps": STEPS[:1]})
    coop_less = admit(COOP, COWS, rights=narrow)

    def lie(name, body, *words, want="authority"):
        return case(f"event-{name}", want, (body, *words))

    return [
        lie("of-an-issuer", event(), "herder", want="ok"),
        lie("attested-by-another-party", event(), "herder", "driver", want="ok"),
        lie("by-an-officer", event(), "officer", want="ok"),
        lie("with-a-disposition", event("shipping", "in_transit"), "herder", want="ok"),
        lie("that-recalls", event(**recall), "herder", want="ok"),
        lie("of-a-step-not-allowed", event("packing"), "herder"),
        lie("of-a-disposition-not-allowed", event("shipping", "active"), "herder"),
        lie("without-the-disposition-allowed", event("shipping"), "herder"),
        lie(
            "with-a-disposition-where-none-is-allowed",
            event("inspecting", "active"),
            "herder",
        ),
        lie("that-unsets-what-it-may-not", event(**lift), "herder"),
        lie("by-the-registrar", event(), "registrar"),
        lie("by-a-recovery-key", event(), "recovery-1"),
        lie("by-an-unknown-key", event(), "thief", want="unknown-key"),
        lie("attested-by-the-registrar", event(), "herder", "registrar"),
        lie("attested-by-a-recovery-key", event(), "herder", "recovery-1"),
        lie(
            "attested-by-an-unknown-key", event(), "herder", "thief", want="unknown-key"
        ),
        case(
            "event-by-a-key-that-was-revoked",
            "authority",
            (revoke(COOP, "herder"), "officer"),
            (event(), "herder"),
        ),
        case(
            "event-attested-by-a-key-that-was-revoked",
            "authority",
            (revoke(PLANT, "driver"), "chief"),
            (event(), "herder", "driver"),
        ),
        case(
            "event-within-narrower-rights",
            "ok",
            (only, "officer", "new"),
            (event("commissioning", "active"), "new"),
        ),
        case(
            "event-beyond-narrower-rights",
            "authority",
            (only, "officer", "new"),
            (event(), "new"),
        ),
        case(
            "event-persistent-beyond-narrower-rights",
            "authority",
            (only, "officer", "new"),
            (event("commissioning", "active", **recall), "new"),
        ),
        case(
            "event-with-rights-that-the-party-lost",
            "authority",
            (coop_less, "registrar"),
            (event(), "herder"),
        ),
        case(
            "event-with-rights-that-the-party-got-later",
            "ok",
            (coop_less, "registrar"),
            (BASE[1][0], "registrar"),
            (event(), "herder"),
        ),
        case(
            "event-on-behalf-within-both",
            "ok",
            (for_plant, "registrar", "new"),
            (event(), "new"),
        ),
        case(
            "event-on-behalf-beyond-the-other-party",
            "authority",
            (for_plant, "registrar", "new"),
            (plant_less, "registrar"),
            (event(), "new"),
        ),
        case(
            "event-after-the-registrar-rotated",
            "ok",
            (rotate("new"), "registrar", "new"),
            (event(), "herder"),
        ),
        case(
            "event-by-the-registrar-of-before",
            "authority",
            (rotate("new"), "registrar", "new"),
            (event(), "registrar"),
        ),
    ]


def expiry_cases():
    """Return signers whose keys end, and times that a seal may or may not have."""
    ends = (authorize(COOP, "new", until=SOON), "officer", "new")
    told = {
        "before": (["new"], "2026-05-01T06:30:00.249Z", "ok"),
        "at-the-very-time": (["new"], SOON, "seal-mismatch"),
        "after": (["new"], "2026-05-01T06:30:00.251Z", "seal-mismatch"),
        "attester-has-expired": (["herder", "new"], SOON, "seal-mismatch"),
        "key-that-does-not-end": (["herder"], "9999-12-31T23:59:59.999Z", "ok"),
        "registrar": (["registrar"], "9999-12-31T23:59:59.999Z", "ok"),
        "revoked-and-expired": (["new"], SOON, "seal-mismatch"),
    }
    cases = []
    for name, (words, time, want) in told.items():
        revoked = [(revoke(COOP, "new"), "officer")] if "revoked" in name else []
        made = case(name, "ok", ends, *revoked)
        cases.append(
            {
                "name": name,
                "entries": made["entries"],
                "signers": [reference.label(*key(word)) for word in words],
                "time": time,
                "want": want,
            }
        )
    return cases


def vectors():
    """Return the files of tests/vectors/directory."""
    about = (
        f"Entries with their indices, for an empty directory of {ORIGIN}. All but the "
        "last are valid. For each: parse the statement; find every signer's key, in "
        "the directory or as the one that the body introduces, else `unknown-key`; "
        "verify the signatures; parse the body; check it, and take an action in. "
        "`want` is what becomes of the last, `then` the state after it: labels of the "
        "registrar, of the ledger keys in force in their order, and of all parties' "
        "keys in force, sorted."
    )
    files = {
        "genesis.json": genesis_cases(),
        "admit.json": admit_cases(),
        "authorize.json": authorize_cases(),
        "revoke.json": revoke_cases(),
        "rotate.json": rotate_cases(),
        "ledger-key.json": ledger_key_cases(),
        "event.json": event_cases(),
    }
    made = {
        name: {"about": about, "origin": ORIGIN, "cases": cases}
        for name, cases in files.items()
    }
    made["expiry.json"] = {
        "about": "Entries as in the other files, all valid, and whether a seal of this "
        "`time` may close what these `signers` signed.",
        "origin": ORIGIN,
        "cases": expiry_cases(),
    }
    return made
