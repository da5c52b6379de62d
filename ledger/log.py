"""The log of one ledger: append from any thread, read what is signed.

One thread, the sequencer's, writes; whatever is waiting when it is ready becomes one
group. What is read is in ``reader``.

The database is trusted as ``sqlstore`` says. The ledger key is trusted: whoever has it
can sign two histories, and is found out by whoever compares checkpoints.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Self

from ledger.clock import Clock
from ledger.errors import LedgerError
from ledger.event import Event
from ledger.figures import GroupFigures
from ledger.flags import Flag
from ledger.givenout import GivenOut
from ledger.merkle import leaf_hash
from ledger.note import Signer
from ledger.notices import failure
from ledger.reader import LogReader
from ledger.replay import JudgedStatement
from ledger.sequencer import Accepted, Known, Outcome, Sequencer
from ledger.sqlstore import SqlStore, create_store, open_store

MAX_GROUP = 1000
"""Statements closed by one seal: a group of this size is durable within 50 ms."""


@dataclass(frozen=True, slots=True)
class Appended:
    """Where a statement is in the log, and what proves it."""

    index: int
    is_new: bool
    leaf_hash: bytes
    receipt: bytes
    flags: tuple[Flag, ...]


Answer = Appended | LedgerError
Watcher = Callable[[Sequence[JudgedStatement]], None]


@dataclass(slots=True)
class _Submission:
    """Notes that were handed over together, and how many still wait for an answer."""

    notes: Sequence[bytes]
    future: Future[list[Answer]]
    answers: list[Answer] = field(default_factory=list)


class Log(LogReader):
    """One ledger, open for appending."""

    def __init__(
        self,
        store: SqlStore,
        *,
        origin: str,
        signers: Sequence[Signer],
        clock: Clock,
        policy: bytes,
        given_out: GivenOut | None = None,
    ) -> None:
        """Continue the log that the store holds; use :meth:`open` or :meth:`create`."""
        self._sequencer = Sequencer(
            store, origin=origin, signers=signers, clock=clock, given_out=given_out
        )
        super().__init__(store, self._sequencer, origin=origin, policy=policy)
        self.figures = GroupFigures()
        self._watchers: list[Watcher] = []
        self._queue: queue.SimpleQueue[_Submission | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="sequencer", daemon=True)
        self._thread.start()

    @classmethod
    def create(
        cls,
        url: str,
        *,
        origin: str,
        genesis: bytes,
        signers: Sequence[Signer],
        clock: Clock,
        policy: bytes,
        given_out: GivenOut | None = None,
    ) -> Self:
        """Begin a new ledger with its genesis as entry 0.

        Raises:
            StoreError: The database cannot be written, or holds a ledger already.
            LedgerError: The genesis is not valid.
        """
        store = create_store(url, origin=origin)
        store.lock_sequencer()
        log = cls(
            store,
            origin=origin,
            signers=signers,
            clock=clock,
            policy=policy,
            given_out=given_out,
        )
        (answer,) = log.append_statements([genesis])
        if isinstance(answer, LedgerError):
            log.close()
            raise answer
        return log

    @classmethod
    def open(
        cls,
        url: str,
        *,
        signers: Sequence[Signer],
        clock: Clock,
        policy: bytes,
        given_out: GivenOut | None = None,
    ) -> Self:
        """Continue the ledger in a database.

        Args:
            url: Where it is.
            signers: The ledger keys that are here: at least those in force.
            clock: What seals are timed by.
            policy: The tlog-policy that the operator suggests.
            given_out: Where the newest checkpoint is kept apart from the database.

        Raises:
            NotFoundError: There is no ledger in it.
            FormatVersionError: It was written by another format version.
            VerificationError: What is stored contradicts itself or its newest
                checkpoint.
            GivenOutError: It does not hold what the newest checkpoint given out signs.
            StoreError: Another process appends to it, or a ledger key is not here.
        """
        store = open_store(url)
        try:
            store.lock_sequencer()
            return cls(
                store,
                origin=store.origin,
                signers=signers,
                clock=clock,
                policy=policy,
                given_out=given_out,
            )
        except LedgerError:
            store.close()
            raise

    def submit(self, notes: Sequence[bytes]) -> Future[list[Answer]]:
        """Hand notes to the sequencer; array order is log order.

        The future gives an answer for each note. It fails with ``StoreError`` when
        nothing is known about any of them; the same notes may then be posted again.
        """
        submission = _Submission(notes, Future())
        # Nobody can take back what the sequencer may be writing already: a caller that
        # stops waiting must not stop the sequencer when it answers.
        submission.future.set_running_or_notify_cancel()
        self._queue.put(submission)
        return submission.future

    @property
    def waiting(self) -> int:
        """How many submissions the sequencer has not begun with."""
        return self._queue.qsize()

    def watch(self, watcher: Watcher) -> None:
        """Have the new statements of each group shown to somebody.

        Args:
            watcher: Called on the sequencer's thread when they are durable and signed,
                and before anybody is answered; it is quick, and raises nothing.
        """
        self._watchers.append(watcher)

    def append_statements(self, notes: Sequence[bytes]) -> list[Answer]:
        """Append notes and wait: an answer for each, durable and with its receipt.

        Raises:
            StoreError: The store or the clock failed; post the same notes again.
        """
        return self.submit(notes).result()

    def close(self) -> None:
        """Finish what was handed over, then let go of the database."""
        self._queue.put(None)
        self._thread.join()
        super().close()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            waiting = [first]
            is_last = False
            while sum(len(s.notes) for s in waiting) < MAX_GROUP:
                try:
                    more = self._queue.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    is_last = True
                    break
                waiting.append(more)
            self._append_waiting(waiting)
            if is_last:
                return

    def _append_waiting(self, waiting: Sequence[_Submission]) -> None:
        """Append all that waits, group by group, and answer each submission."""
        todo = [(s, note) for s in waiting for note in s.notes]
        try:
            for start in range(0, len(todo), MAX_GROUP):
                group = todo[start : start + MAX_GROUP]
                began = time.perf_counter()
                outcomes = self._sequencer.append([note for _, note in group])
                self.figures.take(len(group), time.perf_counter() - began)
                new = [o.judged for o in outcomes if isinstance(o, Accepted)]
                for watcher in self._watchers:
                    watcher(new)
                for (submission, _), outcome in zip(group, outcomes, strict=True):
                    submission.answers.append(self._answer(outcome))
        # Whatever went wrong, every caller that waits must be told.
        except Exception as error:
            self.figures.failed += 1
            failure("group-failed", error, notes=len(todo))
            for submission in waiting:
                submission.future.set_exception(error)
            return
        for submission in waiting:
            submission.future.set_result(submission.answers)

    def _answer(self, outcome: Outcome) -> Answer:
        if isinstance(outcome, LedgerError):
            return outcome
        if isinstance(outcome, Known):
            entry = self._store.entries_at([outcome.index])[outcome.index]
            return Appended(
                index=outcome.index,
                is_new=False,
                leaf_hash=leaf_hash(entry),
                receipt=self.receipt(outcome.index),
                flags=self.flags(outcome.index),
            )
        judged = outcome.judged
        return Appended(
            index=judged.index,
            is_new=True,
            leaf_hash=judged.leaf,
            receipt=self.receipt(judged.index),
            flags=(
                self.flags_of(
                    judged.index, judged.content, judged.statement, outcome.time_ms
                )
                if isinstance(judged.content, Event)
                else ()
            ),
        )
