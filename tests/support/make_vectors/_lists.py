"""Cases for the lists of a passport: steps 8 to 10.

The ledgers here lie about their lists, or whoever hands over the passport does.
"""

from ledger.statement import sign_statement
from tests.support.forge import (
    ANIMAL,
    HERDER,
    HOST,
    ORIGIN,
    OTHER_PARTY,
    PARTY,
    REGISTRAR,
    WELL,
    Forge,
    begun,
    flipped,
    honest,
    signer,
)

ELSEWHERE = f"https://{HOST}/id/animal/spring/8"
NOWHERE = f"https://{HOST}/id/animal/spring/29"  # where another leaf stands
FORK = f"https://{HOST}/id/animal/spring/10"  # that leaves the tree at a node
DIRECTORY = ["registrar", PARTY]
SECOND = signer(ORIGIN, "second ledger key")


def cases(case):
    """Return the cases by name; ``case`` spells one."""
    return _of_what_is_given(case) | _of_the_index(case) | _of_the_directory(case)


def two(*, listed=None):
    """Return a ledger with two events; the second is listed under what is said."""
    forge = begun()
    forge.event(1)
    entry = forge.event_entry(2)
    forge.add(entry, [ANIMAL] if listed is None else listed)
    forge.seal()
    return forge


def _of_what_is_given(case):
    """Return lies that step 8 finds, of ledgers whose index is what they say."""

    def lie(forge, code, index, step=8, **given):
        document = forge.passport(given.pop("subject", ANIMAL), **given)
        return case(forge, step=step, code=code, index=index, document=document)

    other = begun()
    other.event(1)
    other.event(2, epcList=[ELSEWHERE])
    other.admit(OTHER_PARTY)
    other.seal()

    alarmed = begun()
    alarmed.event(1, epcList=[ANIMAL, ELSEWHERE])
    alarmed.event(2, epcList=[ELSEWHERE])
    alarmed.seal()

    foreign = begun()
    foreign.event(1)
    foreign.add(foreign.event_entry(2, epcList=[ELSEWHERE]), [ANIMAL, ELSEWHERE])
    foreign.seal()

    beyond = begun()
    beyond.event(1)
    beyond.index.append(ANIMAL, 99)
    beyond.seal()

    a_seal = begun()
    a_seal.event(1)
    a_seal.index.append(ANIMAL, 6)
    a_seal.seal()

    hidden = begun()
    hidden.event(1)
    hidden.add(hidden.event_entry(2, disposition="non_conformant"), [ANIMAL])
    hidden.names.add(f"{ANIMAL}#alarm")
    hidden.seal()

    false_alarm = begun()
    false_alarm.event(1)
    false_alarm.add(false_alarm.event_entry(2), [ANIMAL, f"{ANIMAL}#alarm"])
    false_alarm.seal()

    both = begun()
    both.event(1)
    both.event(2)
    both.event(3, epcList=[ELSEWHERE])
    both.seal()

    good = honest()
    near = [*DIRECTORY, ANIMAL]
    return {
        "event-on-no-list": lie(other, "not-verified", 6, names=near, also=[6]),
        "admission-on-no-list": lie(
            other, "incomplete", 7, step=10, names=near, also=[7]
        ),
        "event-on-an-alarm-list-it-is-not-of": lie(
            alarmed, "not-verified", 6, names=[*near, f"{ELSEWHERE}#alarm"], also=[6]
        ),
        "on-no-list-before-a-list-that-differs": lie(
            both, "not-verified", 7, names=near, also=[7], without=[6]
        ),
        "only-some-lists": case(
            other,
            document=other.passport(names=near),
            report={
                "shown": [5],
                "absent": ["replay", "standing", "witnesses", "label"],
            },
        ),
        "entry-of-a-list-withheld": lie(good, "incomplete", 8, without=[8]),
        "declaration-withheld": lie(good, "incomplete", 9, without=[9]),
        "original-withheld": lie(good, "incomplete", 6, without=[6]),
        "two-entries-of-a-list-withheld": lie(good, "incomplete", 6, without=[8, 6]),
        "revocation-withheld": lie(_revoking(), "incomplete", 6, without=[6]),
        "ledger-key-withheld": lie(_growing(), "incomplete", 6, without=[6]),
        "ledger-lists-a-statement-under-something-else": lie(
            two(listed=[ELSEWHERE]), "incomplete", 6
        ),
        "ledger-lists-a-foreign-entry-under-a-subject": lie(foreign, "incomplete", 6),
        "ledger-lists-a-seal": lie(a_seal, "incomplete", 6),
        "ledger-lists-what-is-not-there-yet": lie(beyond, "incomplete", 99),
        "ledger-does-not-list-an-alarm": lie(hidden, "incomplete", 6),
        "ledger-lists-an-alarm-that-is-none": lie(false_alarm, "incomplete", 6),
        "list-shortened": lie(good, "incomplete", 9, lists={ANIMAL: [5, 6, 8]}),
        "list-emptied": lie(good, "incomplete", 5, lists={ANIMAL: []}),
        "list-of-the-registrar-withheld": lie(
            good, "proof-shape", None, step=9, lists={"registrar": None}
        ),
        "list-of-a-signer-withheld": lie(
            good, "proof-shape", None, step=9, lists={PARTY: None}
        ),
        "registrar-left-out": lie(
            good, "incomplete", 0, step=10, names=[PARTY, ANIMAL], also=[0]
        ),
        "signer-left-out": lie(
            good, "incomplete", 2, step=10, names=["registrar", ANIMAL], also=[2, 3]
        ),
    }


def _of_the_index(case):
    """Return lies that step 9 finds: what is given fits together."""
    good = honest()
    near = [*DIRECTORY, ANIMAL]

    def lie(code, forge=good, step=9, index=None, **given):
        document = forge.passport(**given)
        return case(forge, step=step, code=code, index=index, document=document)

    earlier = begun()
    earlier.event(1, action="ADD", bizStep="commissioning", disposition="active")
    earlier.event(2)
    # Not the seal, nor what came after it.
    _, old_proof = earlier.index.prove_lists(near)
    _, proof = good.index.prove_lists(near)
    _, without_alarms = earlier.index.prove_lists([*near, f"{ANIMAL}#alarm"])
    elsewhere = Forge(f"{ORIGIN}0")
    elsewhere.entries = good.entries
    for name in good.names:
        for index in good.index.indices(name):
            elsewhere.index.append(name, index)
    _, of_another = elsewhere.index.prove_lists(near)
    leaf_changed = [
        [flipped(token[0].encode(), 5).decode(), *token[1:]]
        if isinstance(token, list)
        else token
        for token in good.index.prove_lists([*near, NOWHERE])[1]
    ]
    behind = begun()
    behind.event(1)
    root = behind.index.root()
    behind.event(2)
    behind.seal(index_root=root)

    last_alone = {ANIMAL: [5, 6, 8]}
    return {
        "last-of-a-list-withheld": lie(
            "incomplete", names=near, lists=last_alone, without=[9]
        ),
        "an-earlier-list": lie(
            "incomplete",
            names=near,
            lists={ANIMAL: [5, 6]},
            without=[8, 9],
            proof=old_proof,
        ),
        "all-of-a-list-withheld": lie(
            "incomplete", names=near, lists={ANIMAL: []}, without=[5, 6, 8, 9]
        ),
        "alarms-said-to-be-absent": lie(
            "incomplete",
            names=near,
            lists={ANIMAL: [5, 6], f"{ANIMAL}#alarm": []},
            without=[8, 9],
            proof=without_alarms,
        ),
        "absent-by-a-proof-of-other-names": lie(
            "proof-shape", names=[*near, NOWHERE], proof=proof
        ),
        "lists-of-another-ledger": lie("proof-shape", names=near, proof=of_another),
        "leaf-that-stands-for-absence-changed": lie(
            "incomplete", names=[*near, NOWHERE], proof=leaf_changed
        ),
        "proof-empty": lie("incomplete", names=near, proof=[]),
        "proof-with-a-token-too-many": lie(
            "proof-shape", names=near, proof=[*proof, "."]
        ),
        "proof-with-a-token-too-few": lie("proof-shape", names=near, proof=proof[:-1]),
        "proof-with-a-token-of-another-form": lie(
            "proof-shape", names=near, proof=[{"leaf": 1}, *proof[1:]]
        ),
        "index-root-of-before": lie("incomplete", forge=behind),
        "absent-and-not-asked-for": case(
            good, document=good.passport(names=[*near, NOWHERE, FORK])
        ),
        "no-lists-at-all": lie(
            "not-verified", step=8, index=5, lists=dict.fromkeys(good.names), proof=[]
        ),
    }


def _revoking():
    """Return a ledger in which a key is revoked after it signed."""
    forge = begun()
    forge.event(1)
    forge.revoke()
    forge.seal()
    return forge


def _growing():
    """Return a ledger with a second key, which has not signed the checkpoint."""
    forge = begun()
    forge.event(1)
    body = {"action": "ledger-key", "add": SECOND.vkey.to_text()}
    forge.directory(body, REGISTRAR)
    forge.seal()
    return forge


def _of_the_directory(case):
    """Return what step 10 finds whole, through parties that act for others."""
    third = f"https://{HOST}/id/party/oasis"
    forge = begun()
    forge.admit(OTHER_PARTY)
    forge.admit(third)
    body = {"on_behalf_of": OTHER_PARTY}
    entry = sign_statement(
        origin=ORIGIN,
        kind="directory",
        body={"action": "authorize", "key": WELL.vkey.to_text(), "party": PARTY} | body,
        signers=(REGISTRAR, WELL),
    )
    forge.add(entry, sorted([PARTY, OTHER_PARTY]))
    forge.event(1, WELL)
    forge.seal()
    near = [*DIRECTORY, ANIMAL]

    def given(names, **wanted):
        return case(forge, document=forge.passport(names=names), **wanted)

    return {
        "party-acted-for-given": given([*near, OTHER_PARTY]),
        # Its admission is on its own list alone, so the key is not even bound.
        "party-acted-for-withheld": given(near, step=6, code="authority", index=7),
        "party-of-an-attester-withheld": _attested(case),
    }


def _attested(case):
    forge = begun()
    forge.admit(OTHER_PARTY)
    forge.authorize(WELL, OTHER_PARTY)
    forge.event(1, HERDER, WELL)
    forge.seal()
    document = forge.passport(names=[*DIRECTORY, ANIMAL])
    return case(forge, step=7, code="unknown-key", index=7, document=document)
