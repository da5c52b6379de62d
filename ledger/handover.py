"""One log open in several processes, on a database that they share (PostgreSQL).

Whoever holds the database's lock is the sequencer; the others read what is signed, and
hand what is posted to them over through ``inbox``. When the sequencer's process dies,
the database lets go of its lock, and within a second another takes it, reads the log
again from the database, and goes on with what waits in the inbox.

Handing over is as safe as posting: a text that was appended before its answer was lost
is answered, the second time, with its first place.
"""

import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final, Self

from ledger.answer import Answer
from ledger.clock import Clock
from ledger.directory import Directory
from ledger.edge import Edge
from ledger.errors import LedgerError, OverloadedError, StoreError
from ledger.figures import GroupFigures
from ledger.follower import Follower
from ledger.givenout import GivenOut
from ledger.handedback import decode_answers, encode_answers
from ledger.inbox import Inbox
from ledger.intake import MAX_WAITING_NOTES, Submission
from ledger.log import Log, Watcher
from ledger.note import Signer
from ledger.notices import failure, notice
from ledger.published import Signed
from ledger.reader import Head, LogReader
from ledger.sqlstore import SqlStore, open_store

POLL_SECONDS: Final = 0.5
"""How often who is not the sequencer tries to become it."""
WAIT_SECONDS: Final = 20.0
"""How long a client waits for an answer while there is no sequencer."""

_MAX_TAKEN: Final = 256
"""Rows of the inbox that are worked on at once: what waits longer waits there."""
_PAUSE_SECONDS: Final = 5.0
"""Between two attempts to take over a log that is damaged, or for which a key lacks."""
_TIDY_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class _Posted:
    """What a client of this process posted, and waits for until a deadline."""

    notes: Sequence[bytes]
    future: Future[list[Answer]]
    deadline: float


@dataclass(frozen=True, slots=True)
class _Done:
    """What the sequencer has answered to a row of the inbox."""

    number: int
    future: Future[list[Answer]]


class _Newest(Head):
    """The newest end of the log: the sequencer's where it is here."""

    def __init__(self, follower: Follower) -> None:
        self.follower = follower
        self.current: Head = follower

    @property
    def signed(self) -> Signed:
        return self.current.signed

    @property
    def edge(self) -> Edge:
        return self.current.edge

    @property
    def directory(self) -> Directory:
        return self.current.directory

    def refresh(self) -> None:
        self.current.refresh()

    def distrust_index(self) -> None:
        self.current.distrust_index()


class SharedLog(Log):
    """One ledger, open for appending, whichever process does it."""

    def __init__(
        self,
        store: SqlStore,
        inbox: Inbox,
        *,
        signers: Sequence[Signer],
        clock: Clock,
        policy: bytes,
        given_out: GivenOut | None = None,
    ) -> None:
        """Take part; use :meth:`open`."""
        self._newest = _Newest(Follower(store, origin=store.origin))
        # Not as a log of one process, which begins to append at once.
        LogReader.__init__(
            self,
            store,
            self._newest,
            origin=store.origin,
            policy=policy,
            clock=clock,
        )
        self.figures = GroupFigures()
        self._inbox = inbox
        self._signers, self._clock, self._given_out = signers, clock, given_out
        self._watchers: list[Watcher] = []
        self._own: Log | None = None
        self._helpers = 0
        self._handed = 0
        """Notes of this process's clients on their way through the inbox."""
        self._own_lock = threading.Lock()
        """Guards the log of this process while it is handed something."""
        self._outgoing: queue.SimpleQueue[_Posted | _Done | None] = queue.SimpleQueue()
        self._waiting: dict[int, _Posted] = {}
        self._taken: set[int] = set()
        self._per_day: int | None = None
        self._closing = threading.Event()
        self._next_try = self._next_tidy = 0.0
        self._take_over()
        self._threads = [
            threading.Thread(target=run, name=name, daemon=True)
            for name, run in (("inbox", self._run), ("handover", self._run_outgoing))
        ]
        for thread in self._threads:
            thread.start()

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
        """Continue the ledger in a database, beside other processes that do.

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
            StoreError: The database is not durable, or a ledger key is not here.
        """
        store, inbox = open_store(url), Inbox(url)
        try:
            return cls(
                store,
                inbox,
                signers=signers,
                clock=clock,
                policy=policy,
                given_out=given_out,
            )
        except LedgerError:
            inbox.close()
            store.close()
            raise

    @property
    def is_sequencer(self) -> bool:
        """Whether this process is the one that appends."""
        return self._own is not None

    @property
    def waiting(self) -> int:
        """How many notes of this process's clients are not answered yet."""
        own = self._own
        return self._handed + (0 if own is None else own.waiting)

    def submit(self, notes: Sequence[bytes]) -> Future[list[Answer]]:
        """Hand notes to the sequencer, wherever it is; array order is log order.

        The future gives an answer for each note. It fails with ``StoreError`` when
        nothing is known about any of them; the same notes may then be posted again.

        Raises:
            OverloadedError: Too much waits already; nothing was taken.
        """
        with self._own_lock:
            if self._own is not None:
                return self._own.submit(notes)
            if self._handed + len(notes) > MAX_WAITING_NOTES:
                raise OverloadedError(
                    f"log: {self._handed} notes wait already; post the same again in a "
                    "second"
                )
            self._handed += len(notes)
        future: Future[list[Answer]] = Future()
        future.set_running_or_notify_cancel()
        future.add_done_callback(partial(self._forget, len(notes)))
        if self._closing.is_set():
            future.set_exception(StoreError("sequencer: this process is stopping"))
            return future
        self._outgoing.put(_Posted(notes, future, time.monotonic() + WAIT_SECONDS))
        return future

    def _forget(self, count: int, _answered: Future[list[Answer]]) -> None:
        with self._own_lock:
            self._handed -= count

    def hand_over(self, submission: Submission) -> None:
        """Hand notes to the sequencer, wherever it is, for an outbox of the caller's.

        Raises:
            OverloadedError: Too much waits already; nothing was taken.
        """
        with self._own_lock:
            if self._own is not None:
                self._own.hand_over(submission)
                return
        self.submit(submission.notes).add_done_callback(
            partial(_deliver_done, submission)
        )

    def let_go(self, submission: Submission) -> None:
        """Take nothing more of a submission whose answers nobody waits for."""
        with self._own_lock:
            if self._own is not None:
                self._own.let_go(submission)

    def employ(self, helpers: int) -> None:
        """Have so many processes prepare statements, wherever the sequencer is here."""
        with self._own_lock:
            self._helpers += helpers
            if self._own is not None:
                self._own.employ(helpers)

    def limit_parties(self, per_day: int) -> None:
        """Have at most so many statements of one party logged in a day, from here."""
        with self._own_lock:
            self._per_day = per_day
            if self._own is not None:
                self._own.limit_parties(per_day)

    def offer(self) -> Signed | None:
        """Return the newest checkpoint, to be cosigned; None if others append.

        Raises:
            StoreError: The log is closed.
        """
        own = self._own
        return None if own is None else own.offer()

    def publish(self, note: bytes) -> None:
        """Show a checkpoint with the lines of witnesses from now on.

        Raises:
            QuorumError: It does not meet the ledger's own policy.
            MalformedError: It is no checkpoint.
            VerificationError: It is not this ledger's.
            StoreError: It is not known to be kept, or this process does not append.
        """
        own = self._own
        if own is None:
            raise StoreError("sequencer: another process appends")
        own.publish(note)

    def halt(self, reason: str) -> None:
        """Append nothing more here until it is started again."""
        own = self._own
        if own is not None:
            own.halt(reason)

    def watch(self, watcher: Watcher) -> None:
        """Have the new statements of each group shown to somebody.

        Args:
            watcher: As for :meth:`Log.watch`; it sees what this process appends.
        """
        with self._own_lock:
            self._watchers.append(watcher)
            if self._own is not None:
                self._own.watch(watcher)

    def close(self) -> None:
        """Finish what was handed over, then let another process append."""
        self._closing.set()
        self._threads[0].join()
        self._step_down()
        self._outgoing.put(None)
        self._threads[1].join()
        self._give_up([*self._waiting])
        self._inbox.close()
        self._store.close()

    # --------------------------------------------------------------- who appends

    def _run(self) -> None:
        """Take over when nobody appends, and take in what is handed over."""
        while not self._closing.is_set():
            self._inbox.wait(POLL_SECONDS)
            try:
                self._keep_role()
                if self._own is not None:
                    self._take_in()
                self._deliver()
            # The world failed, or what is stored is damaged: whatever it is, reading
            # goes on, and what waits is answered in time.
            except Exception as error:
                failure("handover", error)
                self._closing.wait(POLL_SECONDS)
            now = time.monotonic()
            waiting = list(self._waiting.items())
            self._give_up([number for number, p in waiting if p.deadline < now])

    def _keep_role(self) -> None:
        now = time.monotonic()
        if now < self._next_try:
            return
        self._next_try = now + POLL_SECONDS
        if self._own is None:
            try:
                self._take_over()
            except LedgerError:
                self._next_try = now + _PAUSE_SECONDS
                raise
        elif not self._store.is_sequencer():
            self._step_down()

    def _take_over(self) -> None:
        """Become the sequencer, if nobody is.

        Raises:
            VerificationError: What is stored contradicts itself.
            StoreError: The database fails, or a ledger key is not here.
        """
        if not self._store.try_lock_sequencer():
            return
        try:
            own = Log(
                self._store,
                origin=self.origin,
                signers=self._signers,
                clock=self._clock,
                policy=self._policy,
                given_out=self._given_out,
            )
        except LedgerError:
            self._store.unlock_sequencer()
            raise
        with self._own_lock:
            for watcher in self._watchers:
                own.watch(watcher)
            own.employ(self._helpers)
            if self._per_day is not None:
                own.limit_parties(self._per_day)
            self.figures = own.figures
            self._newest.current = own._head
            self._own = own
        notice("sequencer", size=own.size)

    def _step_down(self) -> None:
        """Append no more; what was handed over before is answered."""
        # Readers that have just asked the sequencer must not be taken back.
        with suppress(StoreError):
            self._newest.follower.refresh()
        with self._own_lock:
            own, self._own = self._own, None
            self._newest.current = self._newest.follower
        if own is not None:
            own.close()
            notice("no-sequencer")

    def _take_in(self) -> None:
        """Hand to the own sequencer what waits in the inbox, oldest first."""
        taken = self._taken.copy()
        for number, notes in self._inbox.unanswered(taken, _MAX_TAKEN - len(taken)):
            with self._own_lock:
                if self._own is None:
                    return
                try:
                    answered = self._own.submit(notes)
                except OverloadedError:
                    # The row waits; what is answered here makes room.
                    return
                self._taken.add(number)
            answered.add_done_callback(partial(self._put_done, number))
        now = time.monotonic()
        if now >= self._next_tidy:
            self._next_tidy = now + _TIDY_SECONDS
            self._inbox.take_out_older(WAIT_SECONDS + _TIDY_SECONDS)

    def _put_done(self, number: int, answered: Future[list[Answer]]) -> None:
        self._outgoing.put(_Done(number, answered))

    # ------------------------------------------------------------ what is told

    def _run_outgoing(self) -> None:
        """Put into the inbox what clients posted here, and what was answered here."""
        is_last = False
        while not is_last:
            items = [self._outgoing.get()]
            while not self._outgoing.empty():
                items.append(self._outgoing.get())
            is_last = None in items
            try:
                self._hand_over([i for i in items if isinstance(i, _Posted)])
                self._answer_rows([i for i in items if isinstance(i, _Done)])
            # Who waits for these is told when the time is over.
            except Exception as error:
                failure("handover", error)

    def _hand_over(self, posted: Sequence[_Posted]) -> None:
        if not posted:
            return
        numbers: list[int] = []
        try:
            with self._inbox.handing_over([p.notes for p in posted]) as numbers:
                # Before anybody can answer.
                self._waiting.update(zip(numbers, posted, strict=True))
        except StoreError as error:
            # But for who was told meanwhile that it took too long.
            untold = [self._waiting.pop(n, None) for n in numbers] or posted
            for each in untold:
                if each is not None:
                    each.future.set_exception(error)

    def _answer_rows(self, done: Sequence[_Done]) -> None:
        try:
            answers = {
                row.number: encode_answers(row.future.result())
                for row in done
                # What the sequencer failed to judge has no answer.
                if row.future.exception() is None
            }
            if answers:
                self._inbox.answer(answers)
        finally:
            # What has no answer is taken in again, here or by who is next.
            self._taken.difference_update(row.number for row in done)

    def _deliver(self) -> None:
        """Answer the clients of this process whose rows were answered."""
        waiting = list(self._waiting)
        if not waiting:
            return
        found = self._inbox.answers(waiting)
        if found:
            # Who is answered may read at once what it posted.
            self._newest.follower.refresh()
        for number, answers in found.items():
            # Nobody, if it seemed not to have been handed over, and was.
            posted = self._waiting.pop(number, None)
            if posted is None:
                continue
            try:
                posted.future.set_result(decode_answers(answers))
            except StoreError as error:
                posted.future.set_exception(error)

    def _give_up(self, late: Sequence[int]) -> None:
        """Tell clients that nothing is known about what they posted."""
        if not late:
            return
        for number in late:
            posted = self._waiting.pop(number, None)
            if posted is not None:
                posted.future.set_exception(
                    StoreError("sequencer: no process answers; post the same again")
                )
        try:
            self._inbox.take_out(late)
        except StoreError as error:
            failure("handover", error)


def _deliver_done(submission: Submission, done: Future[list[Answer]]) -> None:
    error = done.exception()
    if isinstance(error, Exception):
        submission.error = error
    else:
        submission.answers = done.result()
    submission.outbox.deliver([submission])
