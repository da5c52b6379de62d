"""What a replaying witness looks into: all of a log, in time, and when it is honest."""

import hashlib
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial
from inspect import signature
from pathlib import Path
from types import ModuleType

import pytest

from ledger import replayer
from ledger.apart import InTurn
from ledger.errors import IncompleteError, LedgerError, NotFoundError, StoreError
from ledger.policy import PolicyLog
from ledger.replayer import Replayer
from ledger.trust import Trust
from ledger.verify import verify_passport
from tests.support.clocks import FrozenClock
from tests.support.forge import (
    ANIMAL,
    LEDGER,
    ORIGIN,
    Forge,
    begun,
    flipped,
    honest,
    policy_text,
    signer,
)
from tests.support.vectors import outcome

MINUTE_MS = 60_000
PATIENCE_SECONDS = 5

REMOVALS = {
    "the end": (
        "if last is None or last.index != checkpoint.size - 1:",
        "if last is None:",
        "a_lie_without_a_seal",
    ),
    "every index root": (
        "check_every_index_root=True",
        "check_every_index_root=False",
        "test_a_phone_cannot_tell_a_wrong_index_root_and_the_replayer_can",
    ),
    "the ledger keys": (
        "check_ledger_keys(signed, judged.ledger_keys)",
        "pass",
        "a_missing_line",
    ),
    "seals of the future": (
        "if seal.time_ms > now_ms + FUTURE_MS:",
        "if False:",
        "test_a_seal_of_the_future_is_not_cosigned_yet",
    ),
    "seals that are backdated": (
        "if first.time_ms < seen_ms - FUTURE_MS:",
        "if False:",
        "test_of_several_seals_that_are_new_the_oldest_counts",
    ),
    "that it says whether it has more": (
        "if self._seen_ms >= now_ms - UNSEEN_MS:",
        "if True:",
        "a_log_that_says_nothing",
    ),
    "that there is nothing newer": (
        "            if has_more:\n",
        "            if False:\n",
        "test_a_log_that_has_more_than_it_asks_for_may_show_it_later",
    ),
    "its own clock": (
        "if seen_ms > self._clock.now_ms() + FUTURE_MS:",
        "if False:",
        "test_a_clock_that_was_set_back_accuses_nobody",
    ),
    "its own disk": (
        "if not self._is_whole(checkpoint, of=checkpoint.size):",
        "if False:",
        "test_damage_while_it_is_read_is_no_lie_of_the_log",
    ),
    "its own disk, of old": (
        "if not self._is_whole(asked.checkpoint, of=of):",
        "if False:",
        "damage_of_old",
    ),
    "a root of old": (
        "if root != asked.checkpoint.root:",
        "if False:",
        "test_one_that_is_older_and_of_another_history_is_looked_into",
    ),
    "an end of old": (
        'if entry_kind(last) != "seal":',
        "if False:",
        "test_one_that_is_older_and_ends_within_a_group_is_a_lie",
    ),
    "that what is shown is signed": (
        "is_shown = checkpoint.size > size",
        "is_shown = False",
        "test_a_log_that_has_more_than_it_asks_for_may_show_it_later",
    ),
    "two of one size": (
        "or judged.checkpoint == asked.checkpoint",
        "or judged.checkpoint.size == size",
        "test_another_history_is_found_by_the_mirror",
    ),
}
"""Each check, the source without it, and who notices."""


@pytest.fixture(autouse=True)
def _disk(monkeypatch):
    monkeypatch.setattr("os.fsync", lambda _: None)


class Source:
    """A ledger as it is served, in this process; it may be away, or slow."""

    def __init__(self, forge):
        self.forge = forge
        self.served = None
        self.asked = self.refused = 0
        self.has_receipts = True
        self.is_away = False
        self.gate = None
        self.url = None

    def connect(self, url, _pause):
        self.url = url
        return self

    def close(self):
        pass

    def receipt(self, index):
        if not self.has_receipts:
            raise NotFoundError("no such page")
        return self.forge.receipt(index)

    def entries(self, size, start):
        if self.gate is not None:
            self.gate.wait(5)
        if self.is_away:
            self.refused += 1
            raise StoreError("no connection")
        entries = self.forge.entries if self.served is None else self.served
        for index in range(start, size):
            if index >= len(entries):
                raise IncompleteError(f"entry {index}: not served")
            self.asked += 1
            yield index, entries[index]


class Watched:
    """A replayer of one log, and the clock that it looks at."""

    def __init__(self, folder, forge, of=Replayer):
        self.of = of
        self.looks = 0
        self.folder = folder
        self.source = Source(forge)
        self.clock = FrozenClock(forge.now_ms)
        self.log = PolicyLog(LEDGER.vkey, "https://oasis.example/log")
        self.replayer = None

    @property
    def forge(self):
        return self.source.forge

    @contextmanager
    def running(self, wait_seconds=5, look_seconds=300):
        self.replayer = self.of(
            self.folder,
            [self.log],
            clock=self.clock,
            connect=self.source.connect,
            wait_seconds=wait_seconds,
            look_seconds=look_seconds,
        )
        (log,) = self.replayer._logs.values()
        log._see = partial(self._see, log._see)
        self.replayer.start()
        try:
            yield self
        finally:
            self.replayer.close()

    def _see(self, see, now_ms):
        see(now_ms)
        self.looks += 1

    def check(self, note=None):
        """Return what becomes of a note, by default of all that there is, now."""
        self.clock.time_ms = max(self.clock.time_ms, self.forge.now_ms)
        return self.ask(note)

    def ask(self, note=None):
        """Return what becomes of a note; the log was looked at then, if that is due."""
        looks = self.looks
        got = outcome(self.replayer.check, ORIGIN, note or self.forge.checkpoint())
        if got == "ok":
            until(lambda: self.looks > looks)
        return got

    def refusal(self, note=None):
        with pytest.raises(LedgerError) as refusal:
            self.replayer.check(ORIGIN, note or self.forge.checkpoint())
        return refusal.value

    @property
    def figures(self):
        (figures,) = self.replayer.figures()
        return figures.state, figures.size, figures.asked

    def seen(self):
        """Return what is remembered of it, once the thread has come to that."""
        name = hashlib.sha256(ORIGIN.encode()).hexdigest()
        return self.folder / f"{name}.json"


@pytest.fixture
def watched(tmp_path):
    with Watched(tmp_path / "mirrors", honest()).running() as found:
        yield found


def until(condition):
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition() and time.monotonic() < end:
        time.sleep(0.002)
    assert condition()


# --------------------------------------------------------------------- what is honest


def test_an_honest_log_holds_group_after_group(watched):
    assert watched.source.url == "https://oasis.example"
    assert watched.check() == "ok"
    assert watched.figures == ("level", 11, 11)
    for number in range(10, 14):
        watched.forge.event(number)
        watched.forge.seal()
        assert watched.check() == "ok"
    assert watched.check() == "ok"
    # A group costs its own entries, and no more.
    assert watched.source.asked == len(watched.forge.entries) == 19
    assert watched.figures == ("level", 19, 19)


def test_what_was_mirrored_is_replayed_at_the_start_without_asking(tmp_path):
    watched = Watched(tmp_path, honest())
    with watched.running():
        assert watched.check() == "ok"
    watched.source.is_away = True
    with watched.running():
        assert watched.check() == "ok"
        assert watched.source.asked == 11


def test_how_long_the_start_took_is_told(tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(replayer, "notice", lambda *a, **facts: told.append((a, facts)))
    watched = Watched(tmp_path, honest())
    for _ in range(2):
        with watched.running():
            assert watched.check() == "ok"
    assert told == [(("replayed",), {"origin": ORIGIN, "entries": 11, "seconds": 0})]


class Helpers(InTurn):
    """What ``Workers`` are, in this process."""

    started = 0

    def __init__(self, origin, count):
        super().__init__(origin)
        Helpers.started += count

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def test_many_processes_judge_what_is_long(tmp_path, monkeypatch):
    monkeypatch.setattr(replayer, "worker_count", lambda size: 2 if size > 9 else 0)
    monkeypatch.setattr(replayer, "Workers", Helpers)
    with Watched(tmp_path, honest()).running() as watched:
        assert watched.check() == "ok"
        watched.forge.event(10)
        watched.forge.seal()
        assert watched.check() == "ok"
    assert Helpers.started == 2


def test_a_log_without_a_url_cannot_be_replayed(tmp_path):
    log = PolicyLog(LEDGER.vkey, None)
    assert outcome(Replayer, tmp_path, [log], clock=FrozenClock(0)) == "policy"


def test_of_other_logs_it_says_nothing(watched):
    note = watched.forge.checkpoint()
    assert outcome(watched.replayer.check, "other.example/log", note) == "cannot-check"


# ------------------------------------------------------------------- what is not yet


def test_whoever_asks_too_early_is_told_to_come_again(tmp_path):
    watched = Watched(tmp_path, honest())
    gate = watched.source.gate = threading.Event()
    with watched.running(wait_seconds=0):
        assert watched.check() == "not-yet"
        assert watched.figures == ("behind", 0, 11)
        gate.set()
        until(lambda: watched.figures[0] == "level")
        assert watched.check() == "ok"


def test_of_many_asked_for_the_newest_is_judged(tmp_path):
    watched = Watched(tmp_path, begun())
    notes = [watched.forge.checkpoint()]
    for number in range(1, 20):
        watched.forge.event(number)
        watched.forge.seal()
        notes.append(watched.forge.checkpoint())
    gate = watched.source.gate = threading.Event()
    with watched.running(wait_seconds=0):
        for note in notes:
            assert watched.check(note) == "not-yet"
        gate.set()
        until(lambda: watched.figures[0] == "level")
        # The first was on its way when the others came, which are judged at once.
        assert watched.check(notes[-1]) == "ok"
        assert watched.source.asked == len(watched.forge.entries)


def test_a_log_that_cannot_be_reached_is_not_distrusted(watched):
    watched.source.is_away = True
    assert watched.check() == "not-yet"
    watched.source.is_away = False
    assert watched.check() == "ok"


@pytest.mark.parametrize(
    "served",
    [
        pytest.param(lambda entries: entries[:-1], id="too-few"),
        pytest.param(
            lambda entries: [*entries[:3], flipped(entries[3]), *entries[4:]],
            id="another",
        ),
    ],
)
def test_entries_that_lead_elsewhere_prove_nothing_against_the_log(watched, served):
    watched.source.served = served(watched.forge.entries)
    assert watched.check() == "not-yet"
    watched.source.served = None
    assert watched.check() == "ok"


def test_what_breaks_off_in_the_middle_goes_on_from_there(watched):
    assert watched.check() == "ok"
    watched.forge.event(10)
    watched.forge.seal()
    watched.source.is_away = True
    assert watched.check() == "not-yet"
    watched.source.is_away = False
    assert watched.check() == "ok"
    assert watched.source.asked == 13


def test_a_seal_of_the_future_is_not_cosigned_yet(watched):
    now_ms = watched.forge.now_ms
    watched.forge.event(10)
    watched.forge.seal(minutes=7)
    watched.clock.time_ms = now_ms
    note = watched.forge.checkpoint()
    assert watched.ask(note) == "not-yet"
    watched.clock.time_ms += 2 * MINUTE_MS
    assert watched.ask(note) == "ok"


def test_a_line_that_anybody_can_take_away_is_missed_and_held_against_nobody(tmp_path):
    second = signer(ORIGIN, "second ledger key")
    forge = Forge()
    forge.genesis(ledger_keys=(LEDGER, second))
    forge.seal()
    with Watched(tmp_path, forge).running() as watched:
        assert watched.check() == "cannot-check"
        false = flipped(forge.checkpoint(LEDGER, second))
        assert watched.check(false) == "cannot-check"
        assert watched.check(forge.checkpoint(LEDGER, second)) == "ok"


def test_a_later_format_cannot_be_checked_and_is_no_lie(watched):
    watched.forge.add(b"caravan/blessing/v1\n")
    watched.forge.seal()
    assert watched.check() == "cannot-check"
    assert watched.figures[0] == "stuck"
    assert watched.check() == "cannot-check"


# ------------------------------------------------------------------------------ lies


def a_wrong_index_root(forge):
    forge.event(10)
    forge.seal(index_root=bytes(32))
    return len(forge.entries) - 1


def a_statement_left_out_of_its_list(forge):
    forge.add(forge.event_entry(10))
    forge.seal()
    return len(forge.entries) - 1


def a_wrong_index_root_in_between(forge):
    wrong = a_wrong_index_root(forge)
    forge.event(11)
    forge.seal()
    return wrong


def a_stranger(forge):
    index = forge.event(10, signer("oasis.example/thief"))
    forge.seal()
    return index


def a_changed_signature(forge):
    index = forge.add(flipped(forge.event_entry(10)))
    forge.seal()
    return index


def a_key_bound_by_nobody_who_may(forge):
    index = forge.authorize(
        signer("oasis.example/thief"),
        signers=(signer("oasis.example/thief"),),
    )
    forge.seal()
    return index


def no_seal_at_the_end(forge):
    return forge.event(10)


def a_text_twice(forge):
    index = forge.event(3)
    forge.seal()
    return index


LIES = {
    a_wrong_index_root: "seal-mismatch",
    a_statement_left_out_of_its_list: "seal-mismatch",
    a_wrong_index_root_in_between: "seal-mismatch",
    a_stranger: "unknown-key",
    a_changed_signature: "signature",
    a_key_bound_by_nobody_who_may: "authority",
    no_seal_at_the_end: "seal-mismatch",
    a_text_twice: "duplicate",
}


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
@pytest.mark.parametrize("knows_the_log", [True, False])
def test_a_lie_is_found_and_found_again(tmp_path, lie, knows_the_log):
    watched = Watched(tmp_path, honest())
    with watched.running():
        if knows_the_log:
            assert watched.check() == "ok"
        index = lie(watched.forge)
        assert watched.check() == LIES[lie]
        assert watched.refusal().index == index
        assert watched.figures[0] == "false"
        # Nothing of it is believed any more.
        watched.forge.event(90)
        watched.forge.seal()
        assert watched.check() == LIES[lie]
    with watched.running():
        assert watched.check() == LIES[lie]
        assert watched.refusal().index == index


def test_a_phone_cannot_tell_a_wrong_index_root_and_the_replayer_can(watched):
    """The seal has the root of an index that hides an alarm; all proofs lead to it."""
    forge = watched.forge
    assert watched.check() == "ok"
    hidden = forge.event_entry(10, disposition="non_conformant")
    forge.add(hidden)
    forge.event(11)
    forge.seal()
    trust = Trust(policy_text().encode(), "yours", forge.now_ms)
    shown = forge.passport(ANIMAL, without=[forge.entries.index(hidden)]).to_bytes()

    report = verify_passport(shown, subject=ANIMAL, trust=trust)

    assert not report.alarms
    assert watched.check() == "seal-mismatch"
    assert watched.refusal().index == len(forge.entries) - 1


def test_another_history_is_found_by_the_mirror(watched):
    assert watched.check() == "ok"
    other = honest()
    other.entries[6] = other.event_entry(6)
    note = other.checkpoint()
    assert watched.check(note) == "split-view"
    assert watched.check() == "split-view"


# ----------------------------------------------------------------------------- times


def idle(watched, minutes):
    """Let a log be asked about that has sealed nothing for so long."""
    watched.clock.time_ms = watched.forge.now_ms + minutes * MINUTE_MS
    assert watched.ask(watched.forge.checkpoint()) == "ok"


def remembered(watched):
    text = f'"time_ms":{watched.clock.time_ms}'
    until(lambda: watched.seen().exists() and text in watched.seen().read_text())


def backdated(forge, minutes):
    """Append a group as if it had been long ago."""
    forge.event(50)
    return forge.seal(minutes=minutes)


@pytest.mark.parametrize("is_restarted", [True, False])
def test_only_who_was_there_can_tell_a_seal_that_is_backdated(tmp_path, is_restarted):
    """Nothing is wrong in the log itself: the hour is, and a witness was there."""
    watched = Watched(tmp_path, honest())
    with watched.running():
        assert watched.check() == "ok"
        idle(watched, 40)
        remembered(watched)
        if not is_restarted:
            index = backdated(watched.forge, 10)
            assert watched.ask(note_of(watched)) == ("backdated")
            assert watched.refusal().index == index
    if is_restarted:
        index = backdated(watched.forge, 10)
        with watched.running():
            assert watched.ask(note_of(watched)) == ("backdated")
    with watched.running():
        # What was mirrored meanwhile is no older for that.
        refusal = watched.refusal()
        assert (refusal.code, refusal.index) == ("backdated", index)
    with Watched(tmp_path / "new", watched.forge).running() as stranger:
        assert stranger.check() == "ok"


def note_of(watched):
    return watched.forge.checkpoint()


def test_of_several_seals_that_are_new_the_oldest_counts(watched):
    assert watched.check() == "ok"
    idle(watched, 40)
    remembered(watched)
    index = backdated(watched.forge, 10)
    watched.forge.event(51)
    watched.forge.seal(minutes=30)
    assert watched.check() == "backdated"
    assert watched.refusal().index == index


def test_an_idle_log_is_looked_at_unasked(tmp_path):
    watched = Watched(tmp_path, honest())
    with watched.running(look_seconds=0.02):
        assert watched.check() == "ok"
        watched.clock.time_ms += 40 * MINUTE_MS
        remembered(watched)
        backdated(watched.forge, 10)
        assert watched.check() == "backdated"


@pytest.mark.parametrize("minutes", [36, 40, 100])
def test_a_seal_of_the_hour_is_taken(watched, minutes):
    assert watched.check() == "ok"
    idle(watched, 40)
    remembered(watched)
    backdated(watched.forge, minutes)
    assert watched.check() == "ok"


def ahead(watched, minutes=10):
    """Let a log that has sealed more ask for what it had; return that checkpoint."""
    assert watched.check() == "ok"
    note, now_ms = watched.forge.checkpoint(), watched.forge.now_ms
    backdated(watched.forge, minutes)
    watched.clock.time_ms = now_ms + 40 * MINUTE_MS
    return note


def test_a_log_that_has_more_than_it_asks_for_may_show_it_later(watched):
    """One whose witnesses were away offers an old checkpoint first, and is honest."""
    note = ahead(watched)
    assert watched.ask(note) == "ok"
    size = len(watched.forge.entries)
    until(lambda: watched.figures == ("level", size, size - 2))
    # Beside each entry once, at each of two looks the last, and one that was next.
    assert watched.source.asked == size + 3
    # Both are judged now, whichever it asks for.
    assert watched.ask(note) == "ok"
    assert watched.ask(note_of(watched)) == "ok"


def test_what_is_older_than_what_was_judged_holds_after_a_new_start_too(tmp_path):
    watched = Watched(tmp_path, honest())
    notes = [watched.forge.checkpoint()]
    for number in range(100, 103):
        for each in range(120):
            watched.forge.event(number * 1000 + each)
        watched.forge.seal()
        notes.append(watched.forge.checkpoint())
    with watched.running():
        assert watched.check() == "ok"
    with watched.running():
        assert [watched.check(note) for note in notes] == ["ok"] * 4


def test_one_that_is_older_and_of_another_history_is_looked_into(watched):
    other = honest()
    other.entries[6] = other.event_entry(6)
    note = other.checkpoint()
    watched.forge.event(10)
    watched.forge.seal()
    assert watched.check() == "ok"
    assert watched.check(note) == "not-yet"
    until(lambda: watched.figures[0] == "false")
    assert watched.check(note) == "split-view"


def test_one_that_is_older_and_ends_within_a_group_is_a_lie(watched):
    watched.forge.event(10)
    note = watched.forge.checkpoint()
    watched.forge.event(11)
    watched.forge.seal()
    assert watched.check() == "ok"
    assert watched.check(note) == "seal-mismatch"
    assert watched.refusal(note).index == 11


def test_a_log_that_shows_more_and_signs_nothing_is_not_cosigned(watched):
    """Else it could say so at any time, and never be held to what time it was."""
    watched.source.has_receipts = False
    note = ahead(watched)
    assert watched.ask(note) == "not-yet"
    assert watched.figures[0] == "level"
    assert watched.check() == "ok"


def test_what_was_dated_back_is_found_before_it_is_asked_for(tmp_path):
    watched = Watched(tmp_path, honest())
    with watched.running(look_seconds=0.02):
        assert watched.check() == "ok"
        watched.clock.time_ms += 40 * MINUTE_MS
        remembered(watched)
        backdated(watched.forge, 10)
        until(lambda: watched.figures[0] == "false")
        assert watched.check() == "backdated"


@pytest.mark.parametrize("served", [None, []], ids=["away", "nothing"])
def test_a_log_that_does_not_say_what_it_has_is_not_held_to_it(tmp_path, served):
    """Nor is it cosigned: it could have logged at any time what comes next."""
    watched = Watched(tmp_path, honest())
    with watched.running(wait_seconds=0.1):
        until(lambda: watched.check() == "ok")
        watched.clock.time_ms = watched.forge.now_ms + 40 * MINUTE_MS
        watched.source.is_away, watched.source.served = served is None, served
        assert watched.ask() == "not-yet"
        watched.source.is_away, watched.source.served = False, None
        assert not watched.seen().exists()
        until(lambda: watched.ask() == "ok")
        remembered(watched)
        # Of what it said a while ago nobody can be sure any more.
        watched.source.is_away = True
        watched.clock.time_ms += 9 * MINUTE_MS
        assert watched.ask() == "ok"
        watched.clock.time_ms += 2 * MINUTE_MS
        assert watched.ask() == "not-yet"


def test_a_clock_that_was_set_back_accuses_nobody(watched):
    assert watched.check() == "ok"
    now_ms = watched.forge.now_ms
    idle(watched, 60 * 24)
    remembered(watched)
    watched.clock.time_ms = now_ms
    backdated(watched.forge, 10)
    assert watched.check() == "not-yet"
    watched.clock.time_ms = now_ms + 24 * 60 * MINUTE_MS
    assert watched.check() == "backdated"


# ---------------------------------------------------------------------- what is local


def test_damage_to_the_mirror_is_no_lie_of_the_log(tmp_path):
    watched = Watched(tmp_path, honest())
    with watched.running():
        assert watched.check() == "ok"
        bundle = next(tmp_path.rglob("entries/000.p/11"))
        data = bundle.read_bytes()
        bundle.write_bytes(data.replace(b"commissioning", b"commissioninG", 1))
    with watched.running():
        # It was found and fetched again at the start.
        assert watched.check() == "ok"
        assert bundle.read_bytes() == data


def test_damage_while_it_is_read_is_no_lie_of_the_log(watched, monkeypatch):
    monkeypatch.setattr(
        replayer.Mirror,
        "entries",
        lambda _self, size, start=0: (
            (index, flipped(watched.forge.entries[index]))
            for index in range(start, size)
        ),
    )
    assert watched.check() == "not-yet"
    monkeypatch.undo()
    assert watched.check() == "ok"


@pytest.mark.parametrize("to", [b"caravan/seaI/v1", b"caravan/seal/v1\n\n"])
def test_damage_to_what_was_replayed_is_no_lie_of_the_log(watched, to):
    note = watched.forge.checkpoint()
    watched.forge.event(10)
    watched.forge.seal()
    assert watched.check() == "ok"
    bundle = next(watched.folder.rglob("entries/000.p/13"))
    data = bundle.read_bytes()
    at = data.rindex(b"caravan/seal/v1", 0, data.rindex(b"caravan/seal/v1"))
    bundle.write_bytes(data[:at] + to + data[at + len(to) :])
    assert watched.check(note) == "not-yet"
    assert watched.figures[0] == "level"


def test_a_fault_of_the_program_is_said_and_it_goes_on(watched, monkeypatch):
    def broken(*_arguments, **_options):
        raise RuntimeError

    monkeypatch.setattr(replayer, "cut", broken)
    assert watched.check() == "not-yet"
    monkeypatch.undo()
    assert watched.check() == "ok"


def test_what_is_remembered_and_damaged_is_said(watched):
    watched.seen().parent.mkdir()
    watched.seen().write_text("x")
    arguments = [watched.folder, [watched.log]]
    options = {"clock": watched.clock, "connect": watched.source.connect}
    assert outcome(Replayer, *arguments, **options) == "store"


def test_who_waits_while_it_closes_is_told_to_come_again(tmp_path):
    watched = Watched(tmp_path, honest())
    watched.source.gate = threading.Event()
    got = []
    with watched.running():
        thread = threading.Thread(target=lambda: got.append(watched.check()))
        thread.start()
        until(lambda: watched.figures[2] == 11)
        watched.source.gate.set()
        watched.source.is_away = True
        watched.replayer.close()
        thread.join()
    assert got == ["not-yet"]


# -------------------------------------------------------------------------- removals


def a_lie_without_a_seal(watched):
    watched.forge.event(10)
    assert watched.check() == "seal-mismatch"


def damage_of_old(watched):
    test_damage_to_what_was_replayed_is_no_lie_of_the_log(watched, b"caravan/seaI/v1")


def a_log_that_says_nothing(watched):
    assert watched.check() == "ok"
    watched.source.is_away = True
    watched.clock.time_ms += 40 * MINUTE_MS
    (log,) = watched.replayer._logs.values()
    log._wait_seconds = 0.1
    assert watched.ask() == "not-yet"


def a_missing_line(watched):
    second = signer(ORIGIN, "second ledger key")
    watched.source.forge = forge = Forge()
    forge.genesis(ledger_keys=(LEDGER, second))
    forge.seal()
    assert watched.check() == "cannot-check"


@pytest.mark.parametrize("what", REMOVALS)
def test_whatever_check_is_taken_away_somebody_notices(what, tmp_path, monkeypatch):
    source = Path(replayer.__file__).read_text("utf-8")
    old, new, test = REMOVALS[what]
    assert source.count(old) == 1
    without = ModuleType(f"without_{len(what)}")
    monkeypatch.setitem(sys.modules, without.__name__, without)
    changed = compile(source.replace(old, new), without.__name__, "exec")
    exec(changed, vars(without))  # noqa: S102
    check = globals()[test]
    more = [monkeypatch] if "monkeypatch" in signature(check).parameters else []

    for of, is_noticed in ((Replayer, False), (without.Replayer, True)):
        folder = tmp_path / str(is_noticed)
        if is_noticed:
            monkeypatch.setitem(globals(), "PATIENCE_SECONDS", 0.3)
        with Watched(folder, honest(), of).running() as watched:
            try:
                check(watched, *more)
            except (AssertionError, pytest.fail.Exception):
                assert is_noticed
            else:
                assert not is_noticed
