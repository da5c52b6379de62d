"""What stands under a checkpoint that witnesses have cosigned, while the log grows."""

from contextlib import closing
from functools import partial

import pytest

from ledger.cosignature import Cosigner, sign_cosignature
from ledger.errors import LabelError, QuorumError, StoreError
from ledger.follower import ReadOnlyLog
from ledger.log import Log
from ledger.merkle import leaf_hash, verify_inclusion
from ledger.note import parse_note
from ledger.passport import parse_passport
from ledger.receipt import parse_receipt
from ledger.trust import Trust
from ledger.verify import verify_passport
from tests.support.clocks import FrozenClock
from tests.support.databases import execute
from tests.support.forge import (
    ANIMAL,
    LEDGER,
    ORIGIN,
    START_MS,
    Forge,
    policy_text,
    signer,
)

forge = Forge()
forge.genesis()
forge.admit()
forge.authorize()
HERD = ANIMAL.rpartition("/")[0]
DUNE, REPLAY = (
    Cosigner(name, signer(name).key)
    for name in ("witness.example/dune", "witness.example/mill/replay")
)
NAMED = [f"witness dune {DUNE.vkey.to_text()}", f"witness mill {REPLAY.vkey.to_text()}"]
WITNESSED = policy_text(*NAMED, "group any-of-us any dune mill", "quorum any-of-us")
DAY_S = 86_400


def event(number, subject=ANIMAL):
    return forge.event_entry(number, epcList=[subject])


def opened(url, policy=WITNESSED, clock=None, make=Log.open, **more):
    return make(
        url,
        signers=[LEDGER],
        clock=clock or FrozenClock(START_MS),
        policy=policy.encode(),
        **more,
    )


def created(url, **more):
    made = opened(url, make=Log.create, origin=ORIGIN, genesis=forge.entries[0], **more)
    made.append_statements(forge.entries[1:])
    return made


@pytest.fixture
def log(url):
    made = created(url)
    yield made
    made.close()


def publish(log, *cosigners, offered=None, second=START_MS // 1000):
    """Publish what is offered, or was; return its size."""
    offered = offered or log.offer()
    text = parse_note(offered.note).text
    lines = [sign_cosignature(each, second, text).to_line() for each in cosigners]
    log.publish(offered.note + "".join(lines).encode())
    return offered.size


def judged(log, subject=ANIMAL, policy=WITNESSED):
    trust = Trust(policy.encode(), "yours", START_MS)
    return verify_passport(log.passport(subject), subject=subject, trust=trust)


def grow(log, numbers):
    log.append_statements([event(number) for number in numbers])
    log.append_statements([event(n + 1000, f"{HERD}/{n}") for n in numbers])


def test_passports_stand_under_what_was_published_while_the_log_goes_on(log):
    grow(log, range(1, 20))
    size = publish(log, DUNE, REPLAY)
    before = log.passport(ANIMAL)

    for start in (20, 40, 60):
        grow(log, range(start, start + 20))
        assert judged(log).size == size
        assert log.passport(ANIMAL) == before
        assert parse_note(log.checkpoint()).text.split(b"\n")[1] == b"%d" % size
    absent = parse_passport(log.passport(f"{HERD}/70"))
    assert absent.lists[f"{HERD}/70"] == ()

    later = publish(log, DUNE)
    assert later == log.size
    report = judged(log)
    assert report.size == size, "the newest that was replayed is not too old yet"
    assert publish(log, DUNE, REPLAY) == later
    assert judged(log).size == later


def test_what_is_offered_stays_provable_until_something_else_is(log):
    grow(log, range(1, 10))
    publish(log, DUNE, REPLAY)
    offered = log.offer()
    grow(log, range(10, 30))
    publish(log, REPLAY, offered=offered)
    assert judged(log).size == offered.size
    grow(log, range(30, 40))
    assert judged(log).size == offered.size


def test_only_what_somebody_may_ask_for_is_kept(log, url):
    marks = "SELECT DISTINCT size FROM index_before ORDER BY size"
    for start in range(1, 60, 10):
        grow(log, range(start, start + 10))
        publish(log, DUNE, REPLAY)
    grow(log, range(60, 65))
    assert len(execute(url, marks)[0]) <= 1
    # The one that replays is away: what it saw last is kept, and nothing else.
    for start in range(100, 160, 10):
        publish(log, DUNE)
        grow(log, range(start, start + 10))
    assert len(execute(url, marks)[0]) <= 2
    judged(log)


def test_a_restart_keeps_what_was_published(url):
    log = created(url)
    grow(log, range(1, 10))
    size = publish(log, DUNE, REPLAY)
    grow(log, range(10, 20))
    log.close()

    again = opened(url)
    assert judged(again).size == size
    grow(again, range(20, 30))
    assert judged(again).size == size
    again.close()

    # A policy without witnesses shows what is newest; the pages are kept all the same.
    alone = opened(url, policy=policy_text())
    grow(alone, range(30, 40))
    assert judged(alone, policy=policy_text()).size == alone.size
    alone.close()
    with_witnesses = opened(url)
    assert judged(with_witnesses).size == size
    with_witnesses.close()


def test_a_witness_that_replayed_too_long_ago_is_not_waited_for(url):
    clock = FrozenClock(START_MS)
    log = created(url, clock=clock)
    grow(log, range(1, 5))
    old = publish(log, DUNE, REPLAY)
    grow(log, range(5, 10))
    new = publish(log, DUNE, second=START_MS // 1000 + DAY_S)
    clock.time_ms += DAY_S * 1000
    assert parse_passport(log.passport(ANIMAL)).entries[-1][0] + 1 == old
    clock.time_ms += 1000
    assert parse_passport(log.passport(ANIMAL)).entries[-1][0] + 1 == new
    log.close()


def test_a_label_that_was_just_printed_is_compared_before_somebody_has_replayed_it(log):
    grow(log, range(1, 10))
    old = publish(log, DUNE, REPLAY)
    grow(log, range(10, 20))
    new = publish(log, DUNE)

    for label, size in ((old, old), (old + 1, new), (new, new)):
        passport = parse_passport(log.passport(ANIMAL, label=label))
        assert passport.entries[-1][0] + 1 == size
        assert passport.label.root == log.root(label)
    grow(log, range(20, 30))
    with pytest.raises(LabelError):
        log.passport(ANIMAL, label=new + 1)


def test_a_quorum_whose_word_is_old_is_not_shown_for_one_that_replays_late(url):
    both = policy_text(*NAMED, "quorum dune")
    clock = FrozenClock(START_MS)
    log = created(url, policy=both, clock=clock)
    offered = log.offer()
    text = parse_note(offered.note).text
    late = START_MS // 1000 + DAY_S // 2
    lines = [
        sign_cosignature(DUNE, START_MS // 1000, text).to_line(),
        sign_cosignature(REPLAY, late, text).to_line(),
    ]
    log.publish(offered.note + "".join(lines).encode())
    grow(log, [1])
    publish(log, DUNE, second=late)
    clock.time_ms += DAY_S * 1000
    assert parse_passport(log.passport(ANIMAL)).entries[-1][0] + 1 == offered.size
    clock.time_ms += 1000
    assert parse_passport(log.passport(ANIMAL)).entries[-1][0] + 1 == log.size
    log.close()


def test_what_another_process_has_just_published_is_shown_and_proved(log, url):
    with closing(ReadOnlyLog.open(url, policy=WITNESSED.encode())) as beside:
        beside._reading_clock = FrozenClock(START_MS)
        # It looks by itself only now and then.
        beside._head._monotonic = partial(float, beside._head._looked)
        for numbers, read in (
            ([1], lambda: judged(beside).size),
            ([2], lambda: beside.published_size()),
            ([3], lambda: beside.checkpoint() and beside.size),
            ([4], lambda: beside.receipt(0) and beside.size),
        ):
            grow(log, numbers)
            size = publish(log, DUNE, REPLAY)
            assert read() == size
            assert beside.tile(0, 0, size)


def test_receipts_are_signed_first_and_witnessed_later(log):
    (answer,) = log.append_statements([event(1)])
    receipt, state = log.receipt(answer.index)
    assert (receipt, state) == (answer.receipt, "signed")

    size = publish(log, DUNE)
    receipt, state = log.receipt(answer.index)
    assert state == "witnessed"
    parsed = parse_receipt(receipt)
    assert b"witness.example/dune" in parsed.checkpoint
    verify_inclusion(
        leaf_hash(log.entry(answer.index)),
        index=answer.index,
        tree_size=size,
        proof=parsed.proof,
        root=log.root(size),
    )
    (newer,) = log.append_statements([event(2)])
    assert log.receipt(newer.index)[1] == "signed"
    assert log.receipt(answer.index)[1] == "witnessed"


def test_nothing_is_shown_before_there_is_a_quorum(log):
    with pytest.raises(QuorumError, match="none has the quorum"):
        log.checkpoint()
    both = policy_text(*NAMED, "group both all dune mill", "quorum both")
    log.close()
    strict = opened(log._store._engine.url.render_as_string(False), policy=both)
    with pytest.raises(QuorumError):
        publish(strict, DUNE)
    with pytest.raises(QuorumError):
        strict.checkpoint()
    publish(strict, DUNE, REPLAY)
    assert strict.checkpoint()
    strict.close()


def test_lines_of_others_make_no_quorum(log):
    stranger = Cosigner("witness.example/nobody", signer("witness.example/nobody").key)
    with pytest.raises(QuorumError):
        publish(log, stranger)


def test_without_a_quorum_the_newest_is_shown(url):
    log = created(url, policy=policy_text(*NAMED, "quorum none"))
    publish(log, DUNE)
    assert b"dune" in log.checkpoint()
    grow(log, [1])
    assert log.checkpoint() == log.signed_checkpoint()
    assert log.receipt(0)[1] == "signed"
    log.close()


def test_a_ledger_that_was_halted_appends_nothing(log):
    log.halt("witness dune: has cosigned 90 entries")
    with pytest.raises(StoreError, match="witness dune"):
        log.append_statements([event(1)])
    assert log.entry(0) == forge.entries[0]
