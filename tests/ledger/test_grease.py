"""Lines that no key verifies, on every checkpoint that a ledger signs."""

import itertools

from ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from ledger.grease import NAME, greased
from ledger.log import Log
from ledger.note import parse_note
from ledger.receipt import parse_receipt, verify_receipt
from ledger.trust import Trust
from ledger.verify import verify_passport
from tests.support.clocks import FrozenClock
from tests.support.forge import (
    ANIMAL,
    LEDGER,
    ORIGIN,
    START_MS,
    Forge,
    policy_text,
    signer,
)

SECOND = signer(ORIGIN, "second ledger key")
TREE = Checkpoint(ORIGIN, 5, bytes(32))
SIGNED = sign_checkpoint(TREE, [LEDGER, SECOND])


def counting(*first):
    """Return a source of bytes that are not random: those given, then 1, 2, 3 …"""
    given, numbers = iter(first), itertools.count(1)
    return lambda length: next(given, None) or next(numbers).to_bytes(length, "big")


def names(note):
    return [line.name for line in parse_note(note).signatures]


def test_two_lines_come_to_those_that_sign_and_change_nothing_they_say():
    note = greased(SIGNED)

    lines = parse_note(note).signatures
    assert sorted(names(note)) == sorted([NAME, ORIGIN, ORIGIN, ORIGIN])
    assert {*parse_note(SIGNED).signatures} < {*lines}
    assert {len(line.signature) for line in lines} == {64}
    opened = open_checkpoint(note, origin=ORIGIN, log_keys=[LEDGER.vkey, SECOND.vkey])
    assert opened.checkpoint == TREE
    assert sorted(opened.signed_by) == sorted([LEDGER.vkey.label, SECOND.vkey.label])
    # They are in every receipt and every passport.
    assert len(note) - len(SIGNED) < 250


def test_the_bytes_and_the_order_are_random():
    notes = [greased(SIGNED) for _ in range(60)]
    assert len({line for note in notes for line in note.split(b"\n")[5:]}) > 60
    assert len({tuple(n == NAME for n in names(note)) for note in notes}) == 4
    # Whoever tests can say which they are.
    assert greased(SIGNED, random=counting()) == greased(SIGNED, random=counting())


def test_a_key_id_of_a_key_that_signed_is_not_drawn():
    own = LEDGER.vkey.key_id
    note = greased(SIGNED, random=counting(b"none", bytes(64), own, own, b"else"))
    others = [line.key_id for line in parse_note(note).signatures]
    assert sorted(others) == sorted([own, SECOND.vkey.key_id, b"none", b"else"])


def test_what_a_ledger_gives_out_has_them_and_verifies(tmp_path):
    forge = Forge()
    forge.genesis()
    log = Log.create(
        f"sqlite:///{tmp_path}/ledger.db",
        origin=ORIGIN,
        genesis=forge.entries[0],
        signers=[LEDGER],
        clock=FrozenClock(START_MS),
        policy=policy_text().encode(),
    )
    given = [log.checkpoint()]
    notes = [forge.entries[forge.admit()], forge.entries[forge.authorize()]]
    (*_, answer) = log.append_statements([*notes, forge.event_entry(1)])
    given.append(log.checkpoint())
    entry, receipt = log.entry(answer.index), parse_receipt(answer.receipt)
    passport = log.passport(ANIMAL)
    log.close()

    for note in given:
        assert sorted(names(note)) == sorted([NAME, ORIGIN, ORIGIN])
    assert receipt.checkpoint == given[1]
    verify_receipt(receipt, entry, origin=ORIGIN, log_keys=[LEDGER.vkey])
    trust = Trust(policy_text().encode(), "yours", START_MS)
    verify_passport(passport, subject=ANIMAL, lot=None, trust=trust)
