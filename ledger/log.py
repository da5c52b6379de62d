"""The log of one ledger: append from any thread, read what is signed.

One thread, the sequencer's, writes; whatever is waiting when it is ready becomes one
group. What is read is in ``reader``.

The database is trusted as ``sqlstore`` says. The ledger key is trusted: whoever has it
can sign two histories, and is found out by whoever compares checkpoints.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Self, TypeVar

from ledger.answer import Answer, answers_to
from ledger.clock import Clock
from ledger.errors import LedgerError
from ledger.figures import GroupFigures
from ledger.givenout import GivenOut
from ledger.intake import Intake, Part, Submission
from ledger.note import Signer, VerifierKey
from ledger.notices import failure
from ledger.policy import parse_policy
from ledger.preparer import Preparer
from ledger.published import Signed
from ledger.quota import Quotas
from ledger.reader import LogReader
from ledger.replay import JudgedStatement
from ledger.sequencer import Accepted, Sequencer
from ledger.sqlstore import SqlStore, create_store, open_store
from ledger.stays import Stays

T = TypeVar("T")
Watcher = Callable[[Sequence[JudgedStatement]], None]


class _Futures:
    """An outbox for whoever waits in a thread."""

    def deliver(self, answered: Sequence[Submission]) -> None:
        """Settle the future of each."""
        for submission in answered:
            settle(submission)


def settle(submission: Submission) -> None:
    """Tell the future that waits for a submission."""
    future = submission.waiter
    if not isinstance(future, Future):
        raise TypeError("submission: nobody waits in a future")
    if submission.error is not None:
        future.set_exception(submission.error)
    else:
        future.set_result(submission.answers)


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
            store,
            origin=origin,
            signers=signers,
            clock=clock,
            given_out=given_out,
            has_witnesses=bool(parse_policy(policy).witnesses),
        )
        super().__init__(
            store, self._sequencer, origin=origin, policy=policy, clock=clock
        )
        self.figures = GroupFigures()
        self._watchers: list[Watcher] = []
        self._futures = _Futures()
        self._intake = Intake()
        self._stays = Stays(self)
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
        future: Future[list[Answer]] = Future()
        # Nobody can take back what the sequencer may be writing already: a caller that
        # stops waiting must not stop the sequencer when it answers.
        future.set_running_or_notify_cancel()
        self.hand_over(Submission(notes, self._futures, future))
        return future

    def hand_over(self, submission: Submission) -> None:
        """Hand notes to the sequencer, for an outbox of the caller's.

        Raises:
            OverloadedError: Too much waits already; nothing was taken.
        """
        if submission.notes:
            self._intake.put(submission)
        else:
            submission.outbox.deliver([submission])

    def let_go(self, submission: Submission) -> None:
        """Take nothing more of a submission whose answers nobody waits for."""
        self._intake.finish(submission)

    def employ(self, helpers: int) -> None:
        """Have so many more processes prepare statements for the sequencer.

        Without any, it judges alone. They end with the log.
        """
        try:
            for _ in range(helpers):
                self._intake.employ(Preparer(self.origin, self._key_of))
        except OSError as error:
            failure("preparer-failed", error)

    def limit_parties(self, per_day: int) -> None:
        """Have at most so many statements of one party logged in a day."""
        self._sequencer.quotas = Quotas(per_day)

    def offer(self) -> Signed | None:
        """Return the newest checkpoint, to be cosigned; None if others append.

        Proofs stay possible under it until a later one is published.

        Raises:
            StoreError: The log is closed.
        """
        return self._between_groups(self._sequencer.offer)

    def publish(self, note: bytes) -> None:
        """Show a checkpoint with the lines of witnesses from now on.

        Args:
            note: One that was offered, cosigned.

        Raises:
            QuorumError: It does not meet the ledger's own policy.
            MalformedError: It is no checkpoint.
            VerificationError: It is not this ledger's.
            StoreError: It is not known to be kept, or the log is closed.
        """
        size, is_replayed = self._published.judge(note, origin=self.origin)
        self._between_groups(
            partial(self._sequencer.publish, size, note, is_replayed=is_replayed)
        )

    def halt(self, reason: str) -> None:
        """Append nothing more until it is started again: it would be a second history.

        Args:
            reason: What whoever posts is told.
        """
        self._sequencer.halt(reason)

    def _between_groups(self, work: Callable[[], T]) -> T:
        """Have something done on the sequencer's thread, and wait for it."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(work())
            # Whoever waits is told, whatever it was.
            except Exception as error:
                done.set_exception(error)

        self._intake.send(run)
        return done.result()

    @property
    def is_sequencer(self) -> bool:
        """Whether this process is the one that appends."""
        return True

    @property
    def waiting(self) -> int:
        """How many notes are not answered yet."""
        return self._intake.waiting_notes

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
        self._intake.close()
        self._thread.join()
        self._intake.dismiss()
        super().close()

    def _key_of(self, label: str) -> VerifierKey | None:
        bound = self._sequencer.directory.keys.get(label)
        return None if bound is None else bound.vkey

    def _run(self) -> None:
        while (group := self._intake.take_group()) is not None:
            if not isinstance(group, Part):
                group()
                continue
            answered = [
                submission
                for submission in self._append_group(group)
                # Not if it was let go, or told before that a group of it failed.
                if self._intake.finish(submission)
            ]
            outboxes = {id(s.outbox): s.outbox for s in answered}
            for number, outbox in outboxes.items():
                outbox.deliver([s for s in answered if id(s.outbox) == number])

    def _append_group(self, group: Part) -> list[Submission]:
        """Append what was taken together; return the submissions that are answered."""
        notes = [note for _, note in group.notes]
        began = time.perf_counter()
        try:
            outcomes = self._sequencer.append(notes, group.prepared)
            self.figures.take(len(notes), time.perf_counter() - began)
            new = [o.judged for o in outcomes if isinstance(o, Accepted)]
            for watcher in self._watchers:
                watcher(new)
            answers = answers_to(self, self._stays, outcomes)
        # Whatever went wrong, every caller that waits must be told.
        except Exception as error:
            self.figures.failed += 1
            self._stays.forget()
            failure("group-failed", error, notes=len(notes))
            failed = list(dict.fromkeys(submission for submission, _ in group.notes))
            for submission in failed:
                submission.error = error
            return failed
        answered: list[Submission] = []
        for (submission, _), answer in zip(group.notes, answers, strict=True):
            submission.answers.append(answer)
            if len(submission.answers) == len(submission.notes):
                answered.append(submission)
        return answered
