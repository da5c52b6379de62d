"""Several processes on one PostgreSQL: one appends, all read, none forks the log."""

import signal
import threading
import time
from concurrent.futures import Future
from contextlib import contextmanager

import pytest

from ledger import handover
from ledger.answer import Appended
from ledger.errors import LedgerError, OverloadedError, RefusedError, StoreError
from ledger.handedback import decode_answers, encode_answers
from ledger.handover import SharedLog
from ledger.log import Log
from ledger.receipt import parse_receipt, verify_receipt
from ledger.sqlstore import SqlStore, create_store, open_store
from ledger.trust import Trust
from ledger.verify_ledger import verify_ledger
from tests.support.clocks import FrozenClock
from tests.support.databases import PostgreSQL, execute
from tests.support.forge import (
    ANIMAL,
    LEDGER,
    ORIGIN,
    START_MS,
    Forge,
    policy_text,
)

POLICY = policy_text().encode()
TAKEN_OVER_SECONDS = 5
forge = Forge()
forge.genesis()
forge.admit()
forge.authorize()
MEMBERS = {"signers": [LEDGER], "clock": FrozenClock(START_MS), "policy": POLICY}


def event(number, **members):
    return forge.event_entry(number, **members)


@pytest.fixture
def url(postgresql_url):
    genesis = forge.entries[0]
    log = Log.create(postgresql_url, origin=ORIGIN, genesis=genesis, **MEMBERS)
    log.append_statements(forge.entries[1:])
    log.close()
    return postgresql_url


@pytest.fixture
def first(url):
    log = SharedLog.open(url, **MEMBERS)
    yield log
    log.close()


@pytest.fixture
def second(first, url):
    log = SharedLog.open(url, **MEMBERS)
    yield log
    log.close()


def wait_until(is_so, seconds=TAKEN_OVER_SECONDS):
    # Twice what is promised, on a machine that others use too.
    deadline = time.monotonic() + 2 * seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def sequencers_session(url):
    """Return the server's process that holds the sequencer's lock."""
    query = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
    ((found,),) = execute(url, query)
    return found[0]


def cut_off(url):
    """End the sequencer's connection, as its process's death would."""
    pid = sequencers_session(url)
    execute(url, "SELECT pg_terminate_backend(:pid)", values={"pid": pid})


def verified(url):
    store = open_store(url)
    report = verify_ledger(
        store.entries(0, store.size()),
        checkpoint=store.newest_checkpoint(),
        trust=Trust(POLICY, "yours", START_MS),
        check_every_index_root=True,
    )
    store.close()
    return report


def test_one_process_appends_and_the_other_hands_over(first, second, url):
    assert (first.is_sequencer, second.is_sequencer) == (True, False)

    answers = second.append_statements([event(1), b"no note", event(1), event(2)])

    given = [a.index if isinstance(a, Appended) else a.code for a in answers]
    assert given == [5, "statement-format", 5, 6]
    assert [a.is_new for a in answers if isinstance(a, Appended)] == [True, False, True]
    assert first.append_statements([event(1)])[0].index == 5
    assert second.checkpoint() == first.checkpoint()
    verify_receipt(
        parse_receipt(answers[0].receipt),
        event(1),
        origin=ORIGIN,
        log_keys=[LEDGER.vkey],
    )
    assert verified(url).events == 2


def test_what_was_answered_is_read_at_once_where_it_was_posted(first, second):
    for number in range(1, 20):
        (answer,) = second.append_statements([event(number)])
        assert second.entry(answer.index) == event(number)
        assert answer.index in second.listing(ANIMAL)


def test_an_answer_is_the_same_wherever_it_was_posted(first, second):
    late = event(1, eventTime="2026-06-01T06:00:00+08:00")
    (there,) = second.append_statements([late])
    (here,) = first.append_statements([late])
    assert there.flags == here.flags != ()
    assert there.leaf_hash == here.leaf_hash
    assert there.receipt == here.receipt


def test_a_refusal_says_the_same_wherever_it_was_posted(first, second):
    wrong = event(1, bizStep="killing")
    (there,) = second.append_statements([wrong])
    (here,) = first.append_statements([wrong])
    assert isinstance(there, LedgerError)
    assert (there.code, str(there), there.pointer) == (
        here.code,
        str(here),
        here.pointer,
    )


def test_a_refusal_that_quotes_what_is_no_text_is_handed_back():
    refusal = RefusedError("note: got \udc80", pointer="/x")
    (answer,) = decode_answers(encode_answers([refusal]))
    assert (answer.code, str(answer), answer.pointer) == (
        "refused",
        "note: got \\udc80",
        "/x",
    )


@pytest.mark.parametrize("answers", [b"", b"junk", b"\x91\xc0", b"\x91\x91\xa1x"])
def test_what_are_no_answers_is_a_failure_of_the_store(answers):
    with pytest.raises(StoreError, match="got no answers"):
        decode_answers(answers)


def test_a_large_batch_is_handed_over_in_order(first, second):
    answers = second.append_statements([event(n) for n in range(1, 1201)])
    indices = [answer.index for answer in answers]
    assert indices == sorted(indices)
    assert len(set(indices)) == 1200


def test_each_process_can_be_asked_what_waits_and_who_appends(first, second):
    second.append_statements([event(1)])

    assert [log.is_sequencer for log in (first, second)] == [True, False]
    assert [log.waiting for log in (first, second)] == [0, 0]
    assert first.figures.notes.read()[0][-1] > 0


def test_who_stops_lets_the_other_take_over(first, second, url):
    first.append_statements([event(1)])
    first.close()
    wait_until(lambda: second.is_sequencer)

    assert second.append_statements([event(1)])[0].is_new is False
    assert second.append_statements([event(2)])[0].is_new
    assert verified(url).events == 2


def test_who_loses_the_lock_writes_nothing_more(first, second, url):
    cut_off(url)
    answers = []
    for log in (first, second):
        for number in range(1, 10):
            try:
                answers += log.append_statements([event(number)])
            except StoreError:
                time.sleep(0.2)

    wait_until(lambda: first.is_sequencer != second.is_sequencer)
    indices = {answer.leaf_hash: answer.index for answer in answers}
    assert len(answers) > len(indices) > 0
    for answer in answers:
        assert indices[answer.leaf_hash] == answer.index
    verified(url)


@pytest.mark.parametrize("moment", ["before-its-rows", "before-its-commit"])
def test_a_group_under_way_when_the_lock_is_lost_is_not_written(
    first, second, url, monkeypatch, moment
):
    size = first.size
    transaction = SqlStore.transaction

    @contextmanager
    def cut_off_within(store):
        monkeypatch.undo()
        with transaction(store) as connection:
            if moment == "before-its-rows":
                cut_off(url)
            yield connection
            if moment == "before-its-commit":
                cut_off(url)

    monkeypatch.setattr(SqlStore, "transaction", cut_off_within)
    with pytest.raises(StoreError):
        first.append_statements([event(1)])

    wait_until(lambda: first.is_sequencer or second.is_sequencer)
    (answer,) = second.append_statements([event(2)])
    assert (answer.index, answer.is_new) == (size, True)
    verified(url)


def test_what_waits_in_the_inbox_is_answered_by_who_takes_over(
    first, second, url, monkeypatch
):
    # As if it hung: it has the lock, and takes nothing in.
    monkeypatch.setattr(first, "_take_in", lambda: None)
    waiting = [second.submit([event(number)]) for number in range(1, 6)]
    time.sleep(0.2)
    assert not any(future.done() for future in waiting)

    monkeypatch.setattr(first, "_take_over", lambda: None)
    cut_off(url)

    answers = [future.result(2 * TAKEN_OVER_SECONDS)[0] for future in waiting]
    assert second.is_sequencer
    assert [answer.index for answer in answers] == sorted(a.index for a in answers)
    assert all(answer.is_new for answer in answers)


def patiently(log, notes):
    """Post until somebody answers, as a client does."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return log.append_statements(notes)
        except StoreError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_a_database_that_crashes_has_all_that_was_acknowledged():
    server = PostgreSQL().start()
    logs = []
    try:
        url = server.database("ledger")
        Log.create(url, origin=ORIGIN, genesis=forge.entries[0], **MEMBERS).close()
        logs = [SharedLog.open(url, **MEMBERS) for _ in range(2)]
        notes = [*forge.entries[1:], *map(event, range(1, 50))]
        before = [a.index for a in logs[1].append_statements(notes)]

        server.stop(signal.SIGQUIT)
        for log in logs:
            with pytest.raises(StoreError):
                log.entry(0)
        server.start()

        for log in logs:
            assert [a.index for a in patiently(log, notes)] == before
            assert log.entry(0) == forge.entries[0]
        assert patiently(logs[1], [event(50)])[0].is_new
        assert verified(url).events == 50
    finally:
        for log in logs:
            log.close()
        server.remove()


def test_nobody_gets_the_answer_of_another_when_the_database_lost_the_rows(
    first, second, url, monkeypatch
):
    take_in = first._take_in
    monkeypatch.setattr(handover, "WAIT_SECONDS", 2.0)
    monkeypatch.setattr(first, "_take_in", lambda: None)
    lost = second.submit([event(1)])
    wait_until(lambda: execute(url, "SELECT count(*) FROM inbox") == [[(1,)]])

    # What a crash of the server does to a table without a log, and to its numbers.
    execute(url, "TRUNCATE inbox RESTART IDENTITY")
    third = SharedLog.open(url, **MEMBERS)
    others = third.submit([event(2)]), second.submit([event(3)])
    monkeypatch.setattr(first, "_take_in", take_in)

    for number, future in enumerate(others, 2):
        (answer,) = future.result(TAKEN_OVER_SECONDS)
        assert third.entry(answer.index) == event(number)
    with pytest.raises(StoreError, match="post the same again"):
        lost.result(TAKEN_OVER_SECONDS)
    third.close()


def test_who_waits_too_long_is_told_to_post_again(first, second, url, monkeypatch):
    monkeypatch.setattr(handover, "WAIT_SECONDS", 0.5)
    monkeypatch.setattr(first, "_take_in", lambda: None)
    with pytest.raises(StoreError, match="post the same again"):
        second.append_statements([event(1)])
    assert execute(url, "SELECT count(*) FROM inbox") == [[(0,)]]


def test_a_commit_that_fails_late_is_told_to_all_who_still_wait(second, monkeypatch):
    @contextmanager
    def failing(posted):
        yield [*range(len(posted))]
        second._give_up([0])
        raise StoreError("database: gone")

    monkeypatch.setattr(second._inbox, "handing_over", failing)
    late = time.monotonic() + 60
    posted = [handover._Posted([event(n)], Future(), late) for n in range(3)]
    second._hand_over(posted)

    told = [str(each.future.exception(0)) for each in posted]
    assert told[0].endswith("post the same again")
    assert told[1:] == ["database: gone"] * 2


def test_an_answer_that_nobody_waits_for_keeps_no_other_back(second, monkeypatch):
    answers = encode_answers([RefusedError("no")])
    late = time.monotonic() + 60
    here = handover._Posted([event(1)], Future(), late)
    gone = handover._Posted([event(2)], Future(), late)
    monkeypatch.setattr(second, "_waiting", {1: gone, 2: here})

    def answered(numbers):
        # As when its commit is said to have failed.
        second._waiting.pop(1, None)
        return dict.fromkeys(numbers, answers)

    monkeypatch.setattr(second._inbox, "answers", answered)
    second._deliver()
    second._give_up([1])

    assert str(here.future.result(5)[0]) == "no"


def test_more_than_can_wait_is_refused_at_once(first, second, monkeypatch):
    monkeypatch.setattr(handover, "MAX_WAITING_NOTES", 3)
    monkeypatch.setattr(first, "_take_in", lambda: None)
    waiting = [second.submit([event(number)]) for number in range(1, 4)]
    with pytest.raises(OverloadedError, match="3 notes wait"):
        second.submit([event(4)])
    monkeypatch.undo()
    assert [future.result(20)[0].is_new for future in waiting] == [True] * 3
    assert second.append_statements([event(4)])[0].is_new


def test_many_clients_of_both_processes_get_each_their_own_answer(first, second, url):
    answers = {}

    def post(log, numbers):
        for number in numbers:
            answers[number] = log.append_statements([event(number)])[0]

    threads = [
        threading.Thread(target=post, args=[log, range(start, 200, 8)])
        for start, log in enumerate([first, second] * 4, 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for number, answer in answers.items():
        assert second.entry(answer.index) == event(number)
    assert verified(url).events == len(answers) == 199


def test_a_log_that_cannot_be_taken_over_is_still_read(first, url):
    other = SharedLog.open(url, **MEMBERS | {"signers": []})
    first.close()
    time.sleep(1.5)
    assert not other.is_sequencer
    assert other.entry(0) == forge.entries[0]
    third = SharedLog.open(url, **MEMBERS)
    assert third.is_sequencer
    third.close()
    other.close()


def test_nothing_is_appended_on_a_server_that_forgets(postgresql_url):
    execute(
        postgresql_url,
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', "
        "current_database()); END $$",
    )
    try:
        store = create_store(postgresql_url, origin=ORIGIN)
        with pytest.raises(StoreError, match="synchronous_commit is off"):
            store.lock_sequencer()
        store.close()
    finally:
        execute(
            postgresql_url,
            "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET ALL', "
            "current_database()); END $$",
        )


def test_a_party_is_limited_whoever_appends(first, second):
    for process in (first, second):
        process.limit_parties(1)

    one, other = second.append_statements([event(1), event(2)])
    assert one.is_new
    assert other.code == "too-many-requests"

    first.close()
    wait_until(lambda: second.is_sequencer)
    again, other = second.append_statements([event(3), event(4)])
    assert again.is_new
    assert other.code == "too-many-requests"
