import threading

import pytest

from ledger import intake
from ledger.errors import OverloadedError, StoreError
from ledger.intake import MAX_GROUP, PART, Intake, Submission


class NoOutbox:
    """Nobody is told."""

    def deliver(self, answered):
        raise AssertionError("nothing is answered here")


def submission(*notes):
    return Submission(notes, NoOutbox())


def many(count, note=b"note"):
    return submission(*[note] * count)


def owners(part):
    return [owner for owner, _ in part.notes]


class SlowPreparer:
    """Prepares nothing, and that when it is told to."""

    def __init__(self):
        self.asked, self.go = threading.Event(), threading.Event()
        self.seen = []
        self.is_closed = False

    def prepare(self, notes):
        self.seen.append(list(notes))
        self.asked.set()
        assert self.go.wait(10)
        return [None] * len(notes)

    def close(self):
        self.is_closed = True


class DeadPreparer:
    def prepare(self, notes):
        raise OSError("no process")

    def close(self):
        pass


def test_a_group_takes_what_waits_in_the_order_of_the_array():
    waiting = Intake()
    first, second = submission(b"1", b"2"), submission(b"3")
    waiting.put(first)
    waiting.put(second)

    group = waiting.take_group()

    assert group.notes == [(first, b"1"), (first, b"2"), (second, b"3")]


def test_who_posts_much_does_not_hold_up_who_posts_little():
    waiting = Intake()
    large, small = many(10 * MAX_GROUP), submission(b"one")
    waiting.put(large)
    waiting.put(small)

    group = waiting.take_group()

    assert len(group.notes) == MAX_GROUP
    assert owners(group).index(small) == PART


def test_no_more_waits_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(intake, "MAX_WAITING_NOTES", 10)
    waiting = Intake()
    first = many(8)
    waiting.put(first)

    with pytest.raises(OverloadedError):
        waiting.put(many(3))
    waiting.put(many(2))
    waiting.finish(first)
    waiting.put(many(3))

    assert waiting.waiting_notes == 5


def test_bytes_are_counted_too(monkeypatch):
    monkeypatch.setattr(intake, "MAX_WAITING_BYTES", 10)
    waiting = Intake()

    with pytest.raises(OverloadedError):
        waiting.put(submission(b"12345", b"678901"))


def test_what_is_taken_counts_until_it_is_answered(monkeypatch):
    monkeypatch.setattr(intake, "MAX_WAITING_NOTES", 10)
    waiting = Intake()
    waiting.put(many(10))
    waiting.take_group()

    with pytest.raises(OverloadedError):
        waiting.put(many(1))


def test_of_what_was_let_go_nothing_more_is_taken():
    waiting = Intake()
    gone, other = many(2 * MAX_GROUP), submission(b"one")
    waiting.put(gone)
    waiting.take_group()

    assert waiting.finish(gone) is True
    assert waiting.finish(gone) is False
    waiting.put(other)

    assert owners(waiting.take_group()) == [other]


def test_after_closing_what_waits_is_still_given_out():
    waiting = Intake()
    last = submission(b"last")
    waiting.put(last)
    waiting.close()

    assert owners(waiting.take_group()) == [last]
    assert waiting.take_group() is None
    with pytest.raises(StoreError):
        waiting.put(submission(b"later"))


def test_what_is_prepared_at_once_stays_in_order():
    waiting, early, late = Intake(), SlowPreparer(), SlowPreparer()
    for preparer in (early, late):
        waiting.employ(preparer)
    posted = submission(*(b"%d" % number for number in range(2 * PART)))
    waiting.put(posted)
    assert early.asked.wait(10)
    assert late.asked.wait(10)
    (second,) = [each for each in (early, late) if each.seen[0][0] != b"0"]
    (first,) = [each for each in (early, late) if each is not second]

    second.go.set()
    threading.Timer(0.05, first.go.set).start()
    taken = []
    while len(taken) < 2 * PART:
        group = waiting.take_group()
        assert group.prepared == [None] * len(group.notes)
        taken += [note for _, note in group.notes]

    assert taken == list(posted.notes)
    waiting.close()


def test_few_notes_are_not_handed_to_another_process():
    waiting, preparer = Intake(), SlowPreparer()
    waiting.employ(preparer)
    waiting.put(submission(b"1", b"2"))

    assert len(waiting.take_group().notes) == 2
    assert preparer.seen == []
    waiting.close()


def test_few_that_are_left_when_many_were_let_go_are_taken():
    waiting = Intake()
    # A process that prepares is there, but its thread has not been woken yet.
    waiting._at_work = 1
    large, small = many(5), submission(b"one")
    taken = []
    sequencer = threading.Thread(target=lambda: taken.append(waiting.take_group()))
    waiting.put(large)
    waiting.put(small)
    sequencer.start()
    sequencer.join(0.1)
    assert not taken

    waiting.finish(large)

    sequencer.join(5)
    waiting.close()
    assert [group.notes for group in taken] == [[(small, b"one")]]


def test_when_a_preparer_fails_the_sequencer_judges_alone():
    waiting = Intake()
    waiting.employ(DeadPreparer())
    waiting.put(many(PART + 50))

    taken = 0
    while taken < PART + 50:
        group = waiting.take_group()
        assert set(group.prepared or [None]) == {None}
        taken += len(group.notes)
    waiting.close()
