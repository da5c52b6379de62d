"""Vectors for the bodies of directory statements, honest and not."""

from tests.support.make_vectors.statement import ORIGIN, key
from tests.support.reference import note, signatures
from tests.support.reference import statement as reference

HOST = ORIGIN.split("/")[0]
COOP = f"https://{HOST}/id/party/coop-7f3a"
PLANT = f"https://{HOST}/id/party/plant"
HERD = f"https://{HOST}/id/herd/12"
COWS = f"https://{HOST}/id/cow"
MILK = "https://id.gs1.org/01/09520123456788"
UNTIL = "2027-05-01T06:30:00.250Z"
STEPS = [["commissioning", "active"], ["shipping", "in_transit"], ["inspecting", None]]
RIGHTS = {"persistent": ["available", "recalled"], "steps": STEPS}
LACKING = object()


def vkey(word):
    """Return the vkey of a key that everybody knows."""
    return reference.vkey(*key(word))


def ledger_vkey(word):
    """Return the vkey of a ledger key."""
    return reference.vkey(ORIGIN, key(word)[1])


GENESIS = {
    "action": "genesis",
    "ledger_keys": [ledger_vkey("ledger-1")],
    "max_age_seconds": 86400,
    "recovery": {"k": 2, "keys": [vkey(f"recovery-{n}") for n in (1, 2, 3)]},
    "registrar": vkey("registrar"),
}
ADMIT = {
    "action": "admit",
    "kind": "cooperative",
    "name": "柯坪合作社",
    "party": COOP,
    "places": [HERD, "https://id.gs1.org/414/9520123456788"],
    "prefixes": [COWS, MILK + "/10"],
    "rights": RIGHTS,
}
AUTHORIZE = {"action": "authorize", "key": vkey("herder"), "party": COOP}
ALL_OPTIONS = {
    **AUTHORIZE,
    "importer": True,
    "officer": True,
    "on_behalf_of": PLANT,
    "rights": {"persistent": [], "steps": STEPS[:1]},
    "until": UNTIL,
}
REVOKE = {"action": "revoke", "key": vkey("herder"), "party": COOP}
ROTATE = {"action": "rotate", "registrar": vkey("registrar-2")}
ADD = {"action": "ledger-key", "add": ledger_vkey("ledger-2")}
RETIRE = {"action": "ledger-key", "retire": ledger_vkey("ledger-1")}


def other(body, **members):
    """Return a body with other members; LACKING takes one away."""
    return {k: v for k, v in {**body, **members}.items() if v is not LACKING}


def recovery(k, count):
    """Return a genesis with so many recovery keys."""
    keys = [vkey(f"recovery-{n}") for n in range(count)]
    return other(GENESIS, recovery={"k": k, "keys": keys})


def true_bodies():
    """Return bodies that parse, with the subjects and the key that they introduce."""
    coop, registrar = [COOP], ["registrar"]
    return {
        "genesis": (GENESIS, registrar, GENESIS["registrar"]),
        "genesis-no-recovery-keys": (recovery(0, 0), registrar, GENESIS["registrar"]),
        "genesis-recovery-of-all": (recovery(3, 3), registrar, GENESIS["registrar"]),
        "genesis-15-of-16": (recovery(15, 16), registrar, GENESIS["registrar"]),
        "genesis-two-ledger-keys": (
            other(GENESIS, ledger_keys=[ledger_vkey(w) for w in ("a", "b")]),
            registrar,
            GENESIS["registrar"],
        ),
        "genesis-shortest-age": (
            other(GENESIS, max_age_seconds=60),
            registrar,
            GENESIS["registrar"],
        ),
        "admit": (ADMIT, coop, None),
        "admit-household-without-a-name": (
            other(ADMIT, kind="household", name=LACKING),
            coop,
            None,
        ),
        "admit-kind-of-two-words": (other(ADMIT, kind="feed-mill"), coop, None),
        "admit-shortest-name": (other(ADMIT, name="x"), coop, None),
        "admit-longest-name": (other(ADMIT, name="驼" * 85 + "x"), coop, None),
        "admit-nothing-allowed": (
            other(
                ADMIT, places=[], prefixes=[], rights={"persistent": [], "steps": []}
            ),
            coop,
            None,
        ),
        "authorize": (AUTHORIZE, coop, vkey("herder")),
        "authorize-with-all-options": (ALL_OPTIONS, [COOP, PLANT], vkey("herder")),
        "revoke": (REVOKE, coop, None),
        "revoke-suspect": (other(REVOKE, suspect_since=UNTIL), coop, None),
        "rotate": (ROTATE, registrar, vkey("registrar-2")),
        "ledger-key-add": (ADD, registrar, None),
        "ledger-key-retire": (RETIRE, registrar, None),
    }


def false_keys():
    """Return texts that are no key of a directory, by name."""
    name, seed = key("herder")
    public = note.public_key(seed)
    good = vkey("herder")
    return {
        "a-number": 7,
        "no-vkey": "herder",
        "of-a-cosigner": note.vkey(name, note.COSIGNATURE, public),
        "of-an-unknown-type": note.vkey(name, 2, public),
        "of-low-order": note.vkey(name, note.ED25519, bytes(32)),
        "not-canonical": note.vkey(
            name, note.ED25519, b"\xf0" + b"\xff" * 30 + b"\x7f"
        ),
        "of-31-bytes": note.vkey(name, note.ED25519, public[:31]),
        "with-another-key-id": good.replace(good.split("+")[1], "00000000"),
        "with-a-name-of-capitals": note.vkey(name.upper(), note.ED25519, public),
        "with-a-name-without-a-dot": note.vkey("herder", note.ED25519, public),
        "with-a-space-after": good + " ",
    }


def false_bodies():
    """Return bodies that are malformed, and the member that is."""
    told = {
        "no-action": (other(ROTATE, action=LACKING), "/action"),
        "unknown-action": (other(ROTATE, action="depose"), "/action"),
        "action-in-capitals": (other(ROTATE, action="Rotate"), "/action"),
        "action-is-a-number": (other(ROTATE, action=1), "/action"),
        "action-of-an-object-s-own": (other(ROTATE, action="toString"), "/action"),
        "genesis-no-ledger-key": (other(GENESIS, ledger_keys=[]), "/ledger_keys"),
        "genesis-ledger-key-twice": (
            other(GENESIS, ledger_keys=GENESIS["ledger_keys"] * 2),
            "/ledger_keys/1",
        ),
        "genesis-ledger-key-under-another-name": (
            other(GENESIS, ledger_keys=[vkey("ledger-1")]),
            "/ledger_keys/0",
        ),
        "genesis-ledger-keys-are-a-text": (
            other(GENESIS, ledger_keys=ledger_vkey("ledger-1")),
            "/ledger_keys",
        ),
        "genesis-age-too-short": (
            other(GENESIS, max_age_seconds=59),
            "/max_age_seconds",
        ),
        "genesis-age-is-a-text": (
            other(GENESIS, max_age_seconds="86400"),
            "/max_age_seconds",
        ),
        "genesis-age-has-a-fraction": (
            other(GENESIS, max_age_seconds=86400.5),
            "/max_age_seconds",
        ),
        "genesis-age-is-true": (
            other(GENESIS, max_age_seconds=True),
            "/max_age_seconds",
        ),
        "genesis-k-zero-of-three": (recovery(0, 3), "/recovery/k"),
        "genesis-k-more-than-keys": (recovery(4, 3), "/recovery/k"),
        "genesis-k-of-no-keys": (recovery(1, 0), "/recovery/k"),
        "genesis-k-more-than-can-sign": (recovery(16, 16), "/recovery/k"),
        "genesis-recovery-key-twice": (
            other(GENESIS, recovery={"k": 1, "keys": [vkey("a"), vkey("a")]}),
            "/recovery/keys/1",
        ),
        "genesis-recovery-no-key-twice": (
            other(GENESIS, recovery={"k": 1, "keys": ["a", "a"]}),
            "/recovery/keys/0",
        ),
        "genesis-recovery-unknown-member": (
            other(GENESIS, recovery={"k": 0, "keys": [], "n": 0}),
            "/recovery/n",
        ),
        "genesis-recovery-is-null": (other(GENESIS, recovery=None), "/recovery"),
        "admit-of-another-host": (
            other(ADMIT, party=COOP.replace(HOST, "other.example")),
            "/party",
        ),
        "admit-party-in-capitals": (other(ADMIT, party=COOP.upper()), "/party"),
        "admit-party-of-two-segments": (other(ADMIT, party=COOP + "/a"), "/party"),
        "admit-party-elsewhere": (other(ADMIT, party=HERD), "/party"),
        "admit-party-empty": (
            other(ADMIT, party=f"https://{HOST}/id/party/"),
            "/party",
        ),
        "admit-party-with-a-newline": (other(ADMIT, party=COOP + "\n"), "/party"),
        "admit-kind-in-capitals": (other(ADMIT, kind="Plant"), "/kind"),
        "admit-kind-with-an-underscore": (other(ADMIT, kind="feed_mill"), "/kind"),
        "admit-kind-empty": (other(ADMIT, kind=""), "/kind"),
        "admit-household-with-a-name": (other(ADMIT, kind="household"), "/name"),
        "admit-person-with-a-name": (other(ADMIT, kind="person"), "/name"),
        "admit-name-empty": (other(ADMIT, name=""), "/name"),
        "admit-name-of-257-bytes": (other(ADMIT, name="驼" * 85 + "xx"), "/name"),
        "admit-name-is-null": (other(ADMIT, name=None), "/name"),
        "admit-place-is-no-identifier": (other(ADMIT, places=["here"]), "/places/0"),
        "admit-place-with-a-wrong-check-digit": (
            other(ADMIT, places=["https://id.gs1.org/414/9520123456789"]),
            "/places/0",
        ),
        "admit-place-twice": (other(ADMIT, places=[HERD, HERD]), "/places/1"),
        "admit-prefix-is-everything": (
            other(ADMIT, prefixes=["https://id.gs1.org"]),
            "/prefixes/0",
        ),
        "admit-prefix-ends-in-a-slash": (
            other(ADMIT, prefixes=[COWS + "/"]),
            "/prefixes/0",
        ),
        "admit-prefix-cuts-a-segment": (
            other(ADMIT, prefixes=[MILK[:-2]]),
            "/prefixes/0",
        ),
        "admit-prefix-of-another-host": (
            other(ADMIT, prefixes=["https://other.example/id/cow"]),
            "/prefixes/0",
        ),
        "admit-prefix-twice": (other(ADMIT, prefixes=[COWS, COWS]), "/prefixes/1"),
        "admit-rights-without-steps": (
            other(ADMIT, rights={"persistent": []}),
            "/rights",
        ),
        "admit-rights-unknown-member": (
            other(ADMIT, rights={**RIGHTS, "places": []}),
            "/rights/places",
        ),
        "admit-step-without-disposition": (
            other(ADMIT, rights={**RIGHTS, "steps": [["shipping"]]}),
            "/rights/steps/0",
        ),
        "admit-step-in-capitals": (
            other(ADMIT, rights={**RIGHTS, "steps": [["Shipping", None]]}),
            "/rights/steps/0/0",
        ),
        "admit-step-is-null": (
            other(ADMIT, rights={**RIGHTS, "steps": [[None, None]]}),
            "/rights/steps/0/0",
        ),
        "admit-disposition-empty": (
            other(ADMIT, rights={**RIGHTS, "steps": [["shipping", ""]]}),
            "/rights/steps/0/1",
        ),
        "admit-step-twice": (
            other(ADMIT, rights={**RIGHTS, "steps": [*STEPS, STEPS[0]]}),
            "/rights/steps/3",
        ),
        "admit-step-twice-without-disposition": (
            other(ADMIT, rights={**RIGHTS, "steps": [STEPS[2], STEPS[2]]}),
            "/rights/steps/1",
        ),
        "admit-persistent-twice": (
            other(ADMIT, rights={**RIGHTS, "persistent": ["recalled"] * 2}),
            "/rights/persistent/1",
        ),
        "admit-persistent-is-a-urn": (
            other(ADMIT, rights={**RIGHTS, "persistent": ["urn:epcglobal:cbv:x"]}),
            "/rights/persistent/0",
        ),
        "authorize-importer-false": (other(AUTHORIZE, importer=False), "/importer"),
        "authorize-officer-is-a-number": (other(AUTHORIZE, officer=1), "/officer"),
        "authorize-officer-null": (other(AUTHORIZE, officer=None), "/officer"),
        "authorize-rights-null": (other(AUTHORIZE, rights=None), "/rights"),
        "authorize-until-without-milliseconds": (
            other(AUTHORIZE, until="2027-05-01T06:30:00Z"),
            "/until",
        ),
        "authorize-until-is-no-date": (
            other(AUTHORIZE, until="2027-02-30T06:30:00.000Z"),
            "/until",
        ),
        "authorize-on-behalf-of-itself": (
            other(AUTHORIZE, on_behalf_of=COOP),
            "/on_behalf_of",
        ),
        "authorize-on-behalf-of-nobody": (
            other(AUTHORIZE, on_behalf_of=None),
            "/on_behalf_of",
        ),
        "revoke-suspect-since-null": (
            other(REVOKE, suspect_since=None),
            "/suspect_since",
        ),
        "revoke-suspect-since-a-day": (
            other(REVOKE, suspect_since="2026-05-01"),
            "/suspect_since",
        ),
        "rotate-two-keys": (
            other(ROTATE, registrar=[vkey("a"), vkey("b")]),
            "/registrar",
        ),
        "ledger-key-neither": ({"action": "ledger-key"}, ""),
        "ledger-key-both": (other(ADD, retire=RETIRE["retire"]), "/retire"),
        "ledger-key-add-under-another-name": (other(ADD, add=vkey("a")), "/add"),
        "ledger-key-retire-under-another-name": (
            other(RETIRE, retire=vkey("a")),
            "/retire",
        ),
        "unknown-member-with-a-slash": (other(ROTATE, **{"a/~b": 1}), "/a~1~0b"),
        "admit-rights-of-two-faults": (
            other(ADMIT, rights={"persistent": ["A"], "steps": [["a"]]}),
            "/rights/steps/0",
        ),
        "unknown-members-of-digits": (other(ROTATE, **{"9": 1, "10": 1}), "/10"),
        "unknown-members-by-utf-16": (
            other(ROTATE, **{"\uff5e": 1, "\U0001f42a": 1}),
            "/\U0001f42a",
        ),
    }
    for name, lie in false_keys().items():
        told[f"authorize-key-{name}"] = (other(AUTHORIZE, key=lie), "/key")
    for body in (GENESIS, ADMIT, AUTHORIZE, REVOKE, ROTATE, ADD):
        action = body["action"]
        told[f"{action}-with-an-unknown-member"] = (other(body, note="x"), "/note")
        for member in sorted(body.keys() - {"action", "name", "add"}):
            lie = other(body, **{member: LACKING})
            told[f"{action}-without-{member.replace('_', '-')}"] = (lie, "")
    return told


def form_cases():
    """Return every body with what parsing it gives."""
    true = [
        {
            "name": name,
            "body": reference.canonical(body),
            "want": "ok",
            "subjects": subjects,
            "introduced": introduced,
        }
        for name, (body, subjects, introduced) in true_bodies().items()
    ]
    return true + [
        {
            "name": name,
            "body": reference.canonical(body),
            "want": "statement-format",
            "pointer": pointer,
        }
        for name, (body, pointer) in false_bodies().items()
    ]


def vectors():
    """Return the files of tests/vectors/action."""
    # Lies about a key must be lies for the reason that their names give.
    assert signatures.decode(b"\xf0" + b"\xff" * 30 + b"\x7f") is None
    return {
        "forms.json": {
            "about": "Canonical bodies of directory statements for the ledger "
            f"{ORIGIN}; `introduced` is the key that the action itself introduces, "
            "`pointer` the member at fault.",
            "origin": ORIGIN,
            "cases": form_cases(),
        }
    }
