"""The log over a real database: what is accepted stays, in order, and is proven."""

import itertools
import sys
import threading

import pytest
from sqlalchemy.exc import DatabaseError

from ledger.answer import Appended
from ledger.checkpoint import open_checkpoint
from ledger.directory import Directory
from ledger.errors import (
    IncompleteError,
    LedgerError,
    NotFoundError,
    StoreError,
)
from ledger.log import Log
from ledger.merkle import (
    consistency_proof,
    leaf_hash,
    root_hash,
    verify_consistency,
)
from ledger.passport import parse_passport
from ledger.receipt import parse_receipt, verify_receipt
from ledger.seal import parse_seal
from ledger.sqlstore import SqlStore, open_store
from ledger.tile import decode_bundle, split_tile
from ledger.trust import Trust
from ledger.verify import verify_passport
from ledger.verify_ledger import verify_ledger
from tests.support.clocks import FrozenClock
from tests.support.databases import change, execute
from tests.support.forge import (
    ANIMAL,
    HERDER,
    LEDGER,
    ORIGIN,
    PARTY,
    REGISTRAR,
    START_MS,
    WELL,
    Forge,
    policy_text,
    signer,
)

forge = Forge()
forge.genesis()
GENESIS = forge.entries[0]
ADMITTED = [forge.entries[forge.admit()], forge.entries[forge.authorize()]]


def event(number=1, *signers, **members):
    return forge.event_entry(number, *signers, **members)


@pytest.fixture
def clock():
    return FrozenClock(START_MS)


def create(url, clock):
    log = Log.create(
        url,
        origin=ORIGIN,
        genesis=GENESIS,
        signers=[LEDGER],
        clock=clock,
        policy=policy_text().encode(),
    )
    log.append_statements(ADMITTED)
    return log


def reopen(url, clock, *signers):
    policy = policy_text().encode()
    return Log.open(url, signers=signers or [LEDGER], clock=clock, policy=policy)


@pytest.fixture
def log(url, clock):
    opened = create(url, clock)
    yield opened
    opened.close()


def verified(url, **options):
    store = open_store(url)
    try:
        return verify_ledger(
            store.entries(0, store.size()),
            checkpoint=store.newest_checkpoint(),
            trust=Trust(policy_text().encode(), "yours", START_MS),
            **options,
        )
    finally:
        store.close()


def codes(answers):
    return [a.code if isinstance(a, LedgerError) else "ok" for a in answers]


# ------------------------------------------------------------------------- appending


def test_a_new_ledger_holds_its_genesis_and_a_seal(url, clock):
    log = create(url, clock)
    assert log.size == 5
    assert log.entry(0) == GENESIS
    assert parse_seal(log.entry(1)).time == "2026-06-12T00:00:00.000Z"
    log.close()


def test_the_answer_proves_the_statement_under_the_newest_checkpoint(log):
    (answer,) = log.append_statements([event(1)])

    signed = verify_receipt(
        parse_receipt(answer.receipt),
        event(1),
        origin=ORIGIN,
        log_keys=[LEDGER.vkey],
    )
    assert answer.index == 5
    assert signed.checkpoint.size == log.size == 7


def test_array_order_is_log_order_and_each_note_stands_alone(log):
    answers = log.append_statements(
        [event(1), b"no note", event(2, bizStep="killing"), event(3)]
    )

    assert codes(answers) == ["ok", "statement-format", "authority", "ok"]
    assert [a.index for a in answers if isinstance(a, Appended)] == [5, 6]


def test_a_text_is_logged_once_whatever_its_signatures(log):
    (first,) = log.append_statements([event(1)])
    again, within = log.append_statements([event(1), event(1)])

    assert (again.index, again.is_new) == (first.index, False)
    assert (within.index, within.is_new) == (first.index, False)
    assert log.size == 7


def test_a_text_twice_in_one_group_is_logged_once(log):
    first, second = log.append_statements([event(1), event(1)])

    assert (first.is_new, second.is_new) == (True, False)
    assert first.index == second.index
    assert first.receipt == second.receipt


def test_a_known_text_is_answered_though_its_key_was_revoked_since(log):
    (first,) = log.append_statements([event(1)])
    other = Forge()
    other.revoke()
    log.append_statements([other.entries[0]])

    again, new = log.append_statements([event(1), event(2)])

    assert again.index == first.index
    assert new.code == "authority"


def test_a_party_admitted_in_a_group_may_write_in_the_same_group(log):
    other = Forge()
    party = PARTY.replace("spring", "well")
    entries = [
        other.entries[other.admit(party)],
        other.entries[other.authorize(WELL, party)],
        other.event_entry(1, WELL),
    ]

    assert codes(log.append_statements(entries)) == ["ok", "ok", "ok"]


def test_an_expired_key_is_refused_and_the_rest_of_the_group_goes_on(log, clock):
    other = Forge()
    until = "2026-06-12T00:05:00.000Z"
    bound = other.entries[other.authorize(WELL, until=until)]
    log.append_statements([bound])
    clock.time_ms = START_MS + 5 * 60_000

    answers = log.append_statements([event(1, WELL), event(2)])

    assert codes(answers) == ["refused", "ok"]


def test_an_event_and_its_declaration_but_nothing_third(log):
    declared = {"errorDeclaration": {"declarationTime": "2026-06-12T09:00:00+08:00"}}
    other = {"errorDeclaration": {"declarationTime": "2026-06-12T10:00:00+08:00"}}
    changed = declared | {"eventTime": "2026-06-11T07:00:00+08:00"}

    answers = log.append_statements(
        [event(1), event(1, **changed), event(1, **declared), event(1, **other)]
    )

    assert codes(answers) == ["ok", "event-reused", "ok", "event-reused"]


def test_nothing_is_appended_behind_a_clock_that_was_set_back(log, clock):
    clock.time_ms = START_MS - 1

    with pytest.raises(StoreError) as refusal:
        log.append_statements([event(1)])

    assert refusal.value.code == "clock"
    assert log.size == 5


def test_nothing_is_appended_while_idle_or_when_all_is_refused(log):
    before = log.checkpoint()
    log.append_statements([])
    log.append_statements([b"junk"])
    assert log.checkpoint() == before


def test_many_threads_get_each_their_own_answer(log):
    answers = {}

    def post(number):
        answers[number] = log.append_statements([event(number)])[0]

    threads = [threading.Thread(target=post, args=[n]) for n in range(1, 41)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for number, answer in answers.items():
        assert log.entry(answer.index) == event(number)


def test_a_ledger_key_is_added_only_where_it_can_sign(url, clock):
    second = signer(ORIGIN, "second ledger key")
    other = Forge()
    added = {"action": "ledger-key", "add": second.vkey.to_text()}
    note = other.entries[other.directory(added, REGISTRAR)]

    log = create(url, clock)
    assert codes(log.append_statements([note])) == ["refused"]
    log.close()
    log = reopen(url, clock, LEDGER, second)
    assert codes(log.append_statements([note])) == ["ok"]
    signed = open_checkpoint(
        log.checkpoint(), origin=ORIGIN, log_keys=[LEDGER.vkey, second.vkey]
    )
    assert len(signed.signed_by) == 2
    log.close()
    with pytest.raises(StoreError, match="in force, but not here"):
        reopen(url, clock)
    verified(url)


# ------------------------------------------------------------------------- durability


def test_a_restart_continues_the_same_log(url, clock):
    log = create(url, clock)
    log.append_statements([event(n) for n in range(1, 30)])
    before = open_checkpoint(log.checkpoint(), origin=ORIGIN, log_keys=[LEDGER.vkey])
    log.close()

    log = reopen(url, clock)
    assert log.append_statements([event(1)])[0].is_new is False
    log.append_statements([event(30)])
    log.close()

    report = verified(url, check_every_index_root=True)
    assert report.size == before.checkpoint.size + 2


def test_a_log_of_several_tiles_restarts_and_serves_them(url, clock):
    log = create(url, clock)
    log.append_statements([event(n) for n in range(1, 701)])
    log.close()

    log = reopen(url, clock)
    log.append_statements([event(n) for n in range(701, 1001)])
    entries = [log.entry(i) for i in range(log.size)]
    assert list(decode_bundle(log.entry_bundle(2, 256), 256)) == entries[512:768]
    assert len(split_tile(log.tile(0, 3, 200), 200)) == 200
    assert len(split_tile(log.tile(1, 0, 3), 3)) == 3
    for index in (0, 255, 256, 700, log.size - 1):
        verify_receipt(
            parse_receipt(log.receipt(index)[0]),
            entries[index],
            origin=ORIGIN,
            log_keys=[LEDGER.vkey],
        )
    log.close()
    assert verified(url).events == 1000


def test_a_crash_between_entries_and_checkpoint_is_signed_at_the_next_start(
    url, clock, monkeypatch
):
    log = create(url, clock)
    old = open_checkpoint(log.checkpoint(), origin=ORIGIN, log_keys=[LEDGER.vkey])

    def die(*_, **__):
        raise StoreError("disk: full")

    monkeypatch.setattr(SqlStore, "append_checkpoint", die)
    with pytest.raises(StoreError):
        log.append_statements([event(1)])
    assert log.size == old.checkpoint.size
    log.close()
    monkeypatch.undo()

    log = reopen(url, clock)
    assert log.size == 7
    assert log.append_statements([event(1)])[0].is_new is False
    log.close()
    verified(url)


def test_a_failed_write_leaves_nothing_of_the_group_and_the_log_goes_on(
    log, monkeypatch
):
    def die(*_, **__):
        raise StoreError("disk: full")

    with monkeypatch.context() as patch:
        patch.setattr(SqlStore, "append_group", die)
        with pytest.raises(StoreError):
            log.append_statements([event(1)])

    (answer,) = log.append_statements([event(1)])
    assert (answer.index, answer.is_new) == (5, True)


def test_a_write_that_was_kept_but_reported_failed_is_known_afterwards(
    log, monkeypatch
):
    keep = SqlStore.append_group

    def keep_and_fail(store, group):
        keep(store, group)
        raise StoreError("connection: lost")

    with monkeypatch.context() as patch:
        patch.setattr(SqlStore, "append_group", keep_and_fail)
        with pytest.raises(StoreError):
            log.append_statements([event(1)])

    (answer,) = log.append_statements([event(1)])
    assert (answer.index, answer.is_new) == (5, False)
    assert log.size == 7


@pytest.mark.parametrize(
    "forbidden",
    [
        "DELETE FROM entry",
        'UPDATE entry SET entry = chain WHERE "index" = 0',
        "DELETE FROM statement",
        "UPDATE statement SET party = ''",
        "DELETE FROM listing",
        "UPDATE listing SET subject = ''",
        "DELETE FROM seal",
        "UPDATE seal SET time_ms = 0",
        "DELETE FROM checkpoint",
        "UPDATE checkpoint SET note = ''",
        "UPDATE meta SET value = ''",
    ],
)
def test_rows_are_only_ever_added(log, url, forbidden):
    with pytest.raises(DatabaseError, match="only ever added"):
        execute(url, forbidden)


def test_only_one_process_appends_to_a_database(log, url, clock):
    with pytest.raises(StoreError, match="another process"):
        reopen(url, clock)


def test_a_database_of_another_format_version_is_refused(url, clock):
    create(url, clock).close()
    change(url, "UPDATE meta SET value = '7' WHERE key = 'format_version'")

    with pytest.raises(StoreError, match="version 7") as refusal:
        reopen(url, clock)

    assert refusal.value.code == "format-version"


@pytest.mark.parametrize(
    "last", [pytest.param(1, id="at-a-seal"), pytest.param(2, id="within-a-group")]
)
def test_an_old_copy_of_the_database_is_not_appended_to(url, clock, last):
    create(url, clock).close()
    change(url, 'DELETE FROM entry WHERE "index" > :last', last=last)

    with pytest.raises(IncompleteError):
        reopen(url, clock)


def test_a_database_that_is_not_there_is_not_made(tmp_path, clock):
    with pytest.raises(NotFoundError):
        reopen(f"sqlite:///{tmp_path}/nowhere.db", clock)
    assert not (tmp_path / "nowhere.db").exists()


# ---------------------------------------------------------------------------- reading


def test_checkpoints_are_consistent_with_one_another(log):
    seen = []
    for number in range(1, 12):
        log.append_statements([event(number)])
        note = log.checkpoint()
        seen.append(open_checkpoint(note, origin=ORIGIN, log_keys=[LEDGER.vkey]))
    leaves = [leaf_hash(log.entry(i)) for i in range(log.size)]

    def read(level, index):
        return root_hash(leaves[index << level : (index + 1) << level])

    new = seen[-1].checkpoint
    for old in (s.checkpoint for s in seen):
        verify_consistency(
            old_size=old.size,
            new_size=new.size,
            old_root=old.root,
            new_root=new.root,
            proof=consistency_proof(old.size, new.size, read),
        )


def test_nothing_beyond_the_signed_size_is_given_out(log):
    for read in (log.entry, log.receipt):
        with pytest.raises(NotFoundError):
            read(log.size)
    with pytest.raises(NotFoundError):
        log.tile(0, 0, log.size + 1)
    with pytest.raises(NotFoundError):
        log.entry_bundle(0, log.size + 1)


def test_the_passport_of_a_subject_without_statements_proves_that_there_are_none(log):
    trust = Trust(policy_text().encode(), "yours", START_MS)

    given = log.passport(ANIMAL)

    assert not log.is_listed(ANIMAL)
    assert parse_passport(given).lists[ANIMAL] == ()
    with pytest.raises(NotFoundError) as refusal:
        verify_passport(given, subject=ANIMAL, trust=trust)
    assert refusal.value.step == 11


def test_a_passport_holds_though_somebody_states_an_event_about_its_party(log):
    log.append_statements([event(1), event(2, epcList=[PARTY])])
    trust = Trust(policy_text().encode(), "yours", START_MS)

    of_animal = verify_passport(log.passport(ANIMAL), subject=ANIMAL, trust=trust)
    of_party = verify_passport(log.passport(PARTY), subject=PARTY, trust=trust)

    assert [s.judged.index for s in of_animal.statements] == [5]
    assert [s.judged.index for s in of_party.statements] == [2, 3, 6]


@pytest.mark.parametrize("method", ["receipt", "passport"])
def test_what_grows_while_a_proof_is_cut_is_not_in_it(log, method):
    log.append_statements([event(1)])
    numbers = itertools.count(2)

    def grow(frame, _what, _argument):
        # At every call and line, as another thread might.
        if frame.f_code.co_filename != getattr(Log, method).__code__.co_filename:
            return None
        log.append_statements([event(next(numbers))])
        return grow

    asked = 5 if method == "receipt" else ANIMAL
    before = sys.gettrace()
    sys.settrace(grow)
    try:
        given = getattr(log, method)(asked)
    finally:
        sys.settrace(before)

    assert next(numbers) > 3
    if method == "receipt":
        verify_receipt(
            parse_receipt(given[0]), log.entry(5), origin=ORIGIN, log_keys=[LEDGER.vkey]
        )
    else:
        trust = Trust(policy_text().encode(), "yours", START_MS)
        verify_passport(given, subject=ANIMAL, trust=trust)


def test_the_subjects_within_a_prefix_are_listed_without_their_alarms(log):
    prefix = ANIMAL.rpartition("/")[0]
    log.append_statements(
        [
            event(1, epcList=[f"{prefix}/b"]),
            event(2, epcList=[f"{prefix}/a"], disposition="non_conformant"),
            event(3, epcList=[f"{prefix}9/c"]),
        ]
    )
    assert log.subjects_within(prefix, 10) == (f"{prefix}/a", f"{prefix}/b")
    assert log.subjects_within(prefix, 1) == (f"{prefix}/a",)


def test_flags_of_an_answer_are_those_of_a_verifier(log, url):
    late = event(1, eventTime="2026-06-01T06:00:00+08:00")
    on_time = event(2, eventTime="2026-06-12T06:00:00+08:00")
    answer, other = log.append_statements([late, on_time])

    assert [flag.code for flag in answer.flags] == ["late"]
    assert other.flags == ()
    assert verified(url).flags == answer.flags == log.flags(answer.index)


def test_who_stops_waiting_does_not_stop_the_sequencer(log):
    abandoned = log.submit([event(1)])
    abandoned.cancel()

    (answer,) = log.append_statements([event(2)])

    assert isinstance(answer, Appended)
    assert log.listing(ANIMAL)[0] == 5


def test_the_directory_is_that_of_the_newest_entry(log):
    assert isinstance(log.directory, Directory)
    assert log.directory.parties[PARTY].kind == "farm"
    assert log.directory.keys_of(PARTY)[0].vkey == HERDER.vkey
