"""What waits for the sequencer: bounded, taken in turns, and prepared meanwhile.

Whoever posts much does not hold up who posts little: of each submission a part is taken
in turn. What waits is limited in notes and in bytes; what is beyond is refused at once.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from ledger.answer import Answer
from ledger.errors import OverloadedError, StoreError
from ledger.notices import failure
from ledger.preparer import Preparer
from ledger.replay import PreparedStatement

MAX_GROUP: Final = 1000
"""Statements closed by one seal at most."""
PART: Final = 200
"""Notes that are taken from one submission before it is the next one's turn."""
MAX_WAITING_NOTES: Final = 20_000
MAX_WAITING_BYTES: Final = 48 * 1024 * 1024
_FEW: Final = 4
"""So few notes are judged sooner than they are handed to another process."""
_MAX_AHEAD: Final = 2 * MAX_GROUP
"""Notes that may be prepared and wait for the sequencer."""


class Outbox(Protocol):
    """Who passes answers on, on the sequencer's thread: quick, and raises nothing."""

    def deliver(self, answered: Sequence["Submission"]) -> None:
        """Take what one group has answered, all at once."""
        ...


@dataclass(slots=True, eq=False)
class Submission:
    """Notes that were handed over together.

    Attributes:
        notes: In the order in which they are to stand in the log.
        outbox: Who is told when all are answered, or none will be.
        waiter: Whatever the outbox knows the submission by.
        answers: One for each note, as far as there are any.
        error: Why nothing is known of the notes, if something failed.
    """

    notes: Sequence[bytes]
    outbox: Outbox
    waiter: object = None
    answers: list[Answer] = field(default_factory=list)
    error: Exception | None = None
    _taken: int = 0
    _is_waiting: bool = False


@dataclass(slots=True, eq=False)
class Part:
    """Notes that were taken together, each with whose it is."""

    notes: list[tuple[Submission, bytes]]
    prepared: list[PreparedStatement | None] | None = None
    """What is known of each beforehand, if somebody looked."""
    is_ready: bool = True


Errand = Callable[[], None]
"""Something else that the sequencer's thread alone may do; it raises nothing."""


class Intake:
    """Submissions on their way to the sequencer; any thread may hand them over."""

    def __init__(self) -> None:
        """Begin empty."""
        # The lock guards what follows.
        self._lock = threading.Lock()
        self._for_sequencer = threading.Condition(self._lock)
        self._for_preparers = threading.Condition(self._lock)
        self._errands: deque[Errand] = deque()
        self._submissions: deque[Submission] = deque()
        self._parts: deque[Part] = deque()
        self._untaken = 0
        self._ahead = 0
        self._waiting_notes = 0
        self._waiting_bytes = 0
        self._is_closed = False
        self._at_work = 0
        self._threads: list[threading.Thread] = []

    def employ(self, preparer: Preparer) -> None:
        """Have a process prepare what waits; it is closed at the end."""
        thread = threading.Thread(target=self._prepare, args=[preparer], daemon=True)
        with self._lock:
            self._at_work += 1
            self._threads.append(thread)
        thread.start()

    def dismiss(self) -> None:
        """Wait until every process that prepares has ended; for when it is closed."""
        for thread in self._threads:
            thread.join()

    @property
    def waiting_notes(self) -> int:
        """How many notes are not answered yet."""
        return self._waiting_notes

    def put(self, submission: Submission) -> None:
        """Let a submission wait for its turn.

        Raises:
            OverloadedError: Too much waits already; nothing of it was taken.
            StoreError: The log is closed.
        """
        count, size = len(submission.notes), sum(map(len, submission.notes))
        with self._lock:
            if self._is_closed:
                raise StoreError("log: closed")
            if (
                self._waiting_notes + count > MAX_WAITING_NOTES
                or self._waiting_bytes + size > MAX_WAITING_BYTES
            ):
                raise OverloadedError(
                    f"log: {self._waiting_notes} notes wait already; post the same "
                    "again in a second"
                )
            self._waiting_notes += count
            self._waiting_bytes += size
            self._untaken += count
            submission._is_waiting = True
            self._submissions.append(submission)
            self._wake()

    def send(self, errand: Errand) -> None:
        """Have something done between two groups.

        Raises:
            StoreError: The log is closed.
        """
        with self._lock:
            if self._is_closed:
                raise StoreError("log: closed")
            self._errands.append(errand)
            self._for_sequencer.notify()

    def finish(self, submission: Submission) -> bool:
        """Forget a submission; what was not taken of it will not be.

        Returns:
            Whether it was not forgotten before.
        """
        with self._lock:
            if not submission._is_waiting:
                return False
            submission._is_waiting = False
            self._waiting_notes -= len(submission.notes)
            self._waiting_bytes -= sum(map(len, submission.notes))
            if submission._taken < len(submission.notes):
                self._untaken -= len(submission.notes) - submission._taken
                self._submissions.remove(submission)
                # What is left may be so little that another one has to take it.
                self._wake()
            return True

    def take_group(self) -> Part | Errand | None:
        """Return what is next, at most a group; None when closed and nothing is left.

        It waits until there is something. For one thread, the sequencer's.
        """
        with self._lock:
            while True:
                if self._errands:
                    return self._errands.popleft()
                if self._parts:
                    if self._parts[0].is_ready:
                        return self._take_ready()
                elif self._untaken and (self._untaken <= _FEW or not self._at_work):
                    return self._take_part(MAX_GROUP)
                elif self._is_closed and not self._untaken:
                    return None
                self._for_sequencer.wait()

    def close(self) -> None:
        """Take nothing more; what waits is still given out."""
        with self._lock:
            self._is_closed = True
            self._for_sequencer.notify_all()
            self._for_preparers.notify_all()

    def _wake(self) -> None:
        if self._at_work and (self._parts or self._untaken > _FEW):
            self._for_preparers.notify()
        else:
            self._for_sequencer.notify()

    def _take_part(self, limit: int) -> Part:
        """Take notes in turns from those who wait."""
        notes: list[tuple[Submission, bytes]] = []
        while self._submissions and len(notes) < limit:
            submission = self._submissions.popleft()
            start = submission._taken
            end = start + min(PART, limit - len(notes))
            taken = submission.notes[start:end]
            notes += [(submission, note) for note in taken]
            submission._taken += len(taken)
            if submission._taken < len(submission.notes):
                self._submissions.append(submission)
        self._untaken -= len(notes)
        return Part(notes)

    def _take_ready(self) -> Part:
        group = Part([])
        prepared: list[PreparedStatement | None] = []
        while (
            self._parts
            and self._parts[0].is_ready
            and len(group.notes) + len(self._parts[0].notes) <= MAX_GROUP
        ):
            part = self._parts.popleft()
            group.notes += part.notes
            prepared += part.prepared or [None] * len(part.notes)
        group.prepared = prepared
        self._ahead -= len(group.notes)
        self._for_preparers.notify_all()
        return group

    # ------------------------------------------------------------- preparing

    def _prepare(self, preparer: Preparer) -> None:
        """Prepare parts until there will be no more; they stay in the order taken."""
        while (part := self._take_to_prepare()) is not None:
            try:
                part.prepared = preparer.prepare([note for _, note in part.notes])
            # Whatever went wrong, the part is judged; only this helper is gone.
            except Exception as error:
                failure("preparer-failed", error)
                self._finish_part(part, is_last=True)
                break
            self._finish_part(part, is_last=False)
        preparer.close()

    def _take_to_prepare(self) -> Part | None:
        with self._lock:
            while True:
                # Few notes are left to a sequencer that has nothing else to do.
                enough = 0 if self._parts or self._is_closed else _FEW
                if self._untaken > enough and self._ahead < _MAX_AHEAD:
                    part = self._take_part(PART)
                    part.is_ready = False
                    self._parts.append(part)
                    self._ahead += len(part.notes)
                    # Another one may take what is left.
                    self._for_preparers.notify()
                    return part
                if self._is_closed and not self._untaken:
                    return None
                self._for_preparers.wait()

    def _finish_part(self, part: Part, *, is_last: bool) -> None:
        with self._lock:
            part.is_ready = True
            self._at_work -= is_last
            self._for_sequencer.notify()
