"""The log of one ledger: append from any thread, read what is signed.

One thread, the sequencer's, writes; whatever is waiting when it is ready becomes one
group. Readers see nothing beyond the newest signed checkpoint (C2SP tlog-tiles: what
has not been signed does not exist yet).

The database is trusted as ``sqlstore`` says. The ledger key is trusted: whoever has it
can sign two histories, and is found out by whoever compares checkpoints.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

from ledger.clock import Clock
from ledger.collector import collect
from ledger.directory import Directory
from ledger.encoding import Json, parse_canonical
from ledger.entrycache import EntryCache
from ledger.errors import LedgerError, NotFoundError
from ledger.event import Event, parse_event
from ledger.flags import Flag, flags_of_event, flags_of_subject, is_stay_boundary
from ledger.goods import read_event
from ledger.merkle import inclusion_proof, leaf_hash, multi_proof
from ledger.note import Signer
from ledger.passport import Passport
from ledger.receipt import Receipt
from ledger.replay import JudgedStatement
from ledger.seal import entry_kind, format_time
from ledger.sequencer import Accepted, Known, Outcome, Sequencer
from ledger.snapshot import Snapshot, take_snapshot
from ledger.sqlstore import SqlStore, create_store, open_store
from ledger.statement import Statement, parse_statement
from ledger.tile import TILE_WIDTH, encode_bundle, tile_hashes, tile_width

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


class Log:
    """One open ledger."""

    def __init__(
        self,
        store: SqlStore,
        *,
        origin: str,
        signers: Sequence[Signer],
        clock: Clock,
        policy: bytes,
    ) -> None:
        """Continue the log that the store holds; use :meth:`open` or :meth:`create`."""
        self.origin = origin
        self.host = origin.split("/", 1)[0]
        self._policy = policy
        self._store = store
        self._sequencer = Sequencer(store, origin=origin, signers=signers, clock=clock)
        self._watchers: list[Watcher] = []
        self._entry_cache = EntryCache(store)
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
    ) -> Self:
        """Begin a new ledger with its genesis as entry 0.

        Raises:
            StoreError: The database cannot be written, or holds a ledger already.
            LedgerError: The genesis is not valid.
        """
        store = create_store(url, origin=origin)
        store.lock_sequencer()
        log = cls(store, origin=origin, signers=signers, clock=clock, policy=policy)
        (answer,) = log.append_statements([genesis])
        if isinstance(answer, LedgerError):
            log.close()
            raise answer
        return log

    @classmethod
    def open(
        cls, url: str, *, signers: Sequence[Signer], clock: Clock, policy: bytes
    ) -> Self:
        """Continue the ledger in a database.

        Raises:
            NotFoundError: There is no ledger in it.
            FormatVersionError: It was written by another format version.
            VerificationError: What is stored contradicts itself or its newest
                checkpoint.
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
            )
        except LedgerError:
            store.close()
            raise

    # ---------------------------------------------------------------- appending

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
        self._store.close()

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
                outcomes = self._sequencer.append([note for _, note in group])
                new = [o.judged for o in outcomes if isinstance(o, Accepted)]
                for watcher in self._watchers:
                    watcher(new)
                for (submission, _), outcome in zip(group, outcomes, strict=True):
                    submission.answers.append(self._answer(outcome))
        # Whatever went wrong, every caller that waits must be told.
        except Exception as error:
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
                self._flags(
                    judged.index, judged.content, judged.statement, outcome.time_ms
                )
                if isinstance(judged.content, Event)
                else ()
            ),
        )

    # ------------------------------------------------------------------ reading

    @property
    def size(self) -> int:
        """Number of entries under the newest signed checkpoint."""
        return self._sequencer.signed.size

    @property
    def directory(self) -> Directory:
        """Who may sign what, as of the newest entry; read it, never change it."""
        return self._sequencer.replay.directory

    def policy_text(self) -> bytes:
        """Return the tlog-policy that the operator suggests."""
        return self._policy

    def checkpoint(self) -> bytes:
        """Return the newest checkpoint, a signed note."""
        return self._signed()[1]

    def _signed(self) -> tuple[int, bytes]:
        """Return size and note of the newest checkpoint, both of the same one."""
        signed = self._sequencer.signed
        if signed.note is None:
            raise NotFoundError("checkpoint: the log is empty")
        return signed.size, signed.note

    def entry(self, index: int) -> bytes:
        """Return the entry at an index.

        Raises:
            NotFoundError: There is none under the newest checkpoint.
        """
        return self.entries([index])[index]

    def entries(self, indices: Sequence[int]) -> dict[int, bytes]:
        """Return the entries at some indices.

        Raises:
            NotFoundError: One of them is not under the newest checkpoint.
        """
        size = self.size
        for index in indices:
            if not 0 <= index < size:
                raise NotFoundError(f"entry: got index {index}, want below {size}")
        return self._store.entries_at(indices)

    def receipt(self, index: int) -> bytes:
        """Return the newest receipt of an entry (C2SP tlog-proof).

        Raises:
            NotFoundError: There is no such entry under the newest checkpoint.
        """
        size, checkpoint = self._signed()
        if not 0 <= index < size:
            raise NotFoundError(f"entry: got index {index}, want below {size}")
        proof = inclusion_proof(index, size, self._sequencer.edge.read)
        return Receipt(index, proof, checkpoint).to_bytes()

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return a tile's hashes.

        Raises:
            NotFoundError: The tree of the newest checkpoint does not have it.
        """
        if width > tile_width(level, index, self.size):
            raise NotFoundError(f"tile: level {level} index {index} has fewer hashes")
        return tile_hashes(level, index, width, self._sequencer.edge.read)

    def entry_bundle(self, index: int, width: int) -> bytes:
        """Return an entry bundle.

        Raises:
            NotFoundError: The log has fewer entries there.
        """
        if width > tile_width(0, index, self.size):
            raise NotFoundError(f"entry bundle: index {index} has fewer entries")
        first = index * TILE_WIDTH
        rows = self._store.entries(first, first + width)
        return encode_bundle([entry for _, entry, _ in rows])

    def listing(self, subject: str) -> tuple[int, ...]:
        """Return the indices of all statements about a subject, ascending."""
        return self._store.listing(subject, self.size)

    def indices_about(self, subjects: Iterable[str], below: int) -> tuple[int, ...]:
        """Return the indices, each once, of statements about any of these subjects.

        Args:
            subjects: What is asked about.
            below: A tree size; no more is read than is signed.
        """
        return self._store.indices_about(subjects, min(below, self.size))

    def subjects_within(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return subjects below an identifier prefix in alphabetical order."""
        return self._store.subjects_within(prefix, limit)

    def is_listed(self, subject: str) -> bool:
        """Tell whether any statement is about a subject."""
        return bool(self.listing(subject))

    def passport(self, subject: str, levels: int | None = None) -> bytes:
        """Return the passport of a subject under the newest checkpoint.

        A subject that no statement is about has one too, which proves just that:
        :meth:`is_listed` says beforehand. ``parse_passport`` gives the parts, and its
        ``lists`` has every list that is proved.

        Args:
            subject: An identifier.
            levels: How many levels of sources to give whole, as far as the collector's
                limits allow; None for as many as a first answer should hold.

        Raises:
            TooLargeError: What is needed to judge the subject is too much.
        """
        with self.snapshot() as snapshot:
            collected = collect(
                subject,
                tree_size=snapshot.size,
                cache=self._entry_cache,
                directory=self.directory,
                levels=levels,
            )
            lists, proof = snapshot.prove_lists(collected.names)
        entries, size = collected.entries, snapshot.size
        return Passport(
            subject=subject,
            checkpoint=snapshot.checkpoint,
            entries=tuple((i, _as_text(entry)) for i, entry in entries.items()),
            lists=lists,
            proof=tuple(proof),
            nodes=multi_proof(tuple(entries), size, self._sequencer.edge.read),
        ).to_bytes()

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """Give the log as of its newest checkpoint, for as long as the block runs.

        Whoever makes a passport takes size and checkpoint, reads lists and entries
        below that size, and last takes the proof, all from one snapshot: what is
        appended meanwhile is in none of it. Keep it short, and in one thread.

        Raises:
            NotFoundError: The log is empty.
            StoreError: The store failed, or a page of the index is damaged; that is
                made again before the next group.
        """
        with take_snapshot(self._store) as snapshot:
            try:
                yield snapshot
            finally:
                if snapshot.index.is_damaged:
                    self._sequencer.distrust_index()

    def prove_lists(
        self, names: Iterable[str]
    ) -> tuple[dict[str, tuple[int, ...]], list[Json]]:
        """Return the lists of some names and their proof under the newest checkpoint.

        What belongs together is taken from one :meth:`snapshot`; this is one of a
        single call.

        Raises:
            ValueError: There is no name.
            NotFoundError: The log is empty.
            StoreError: The store failed.
        """
        with self.snapshot() as snapshot:
            return snapshot.prove_lists(names)

    def log_time(self, index: int) -> str | None:
        """Return the time of a statement's closing seal; None where there is none."""
        closing = self._store.closing_seals([index]).get(index)
        return None if closing is None else format_time(closing[1])

    def flags(self, index: int) -> tuple[Flag, ...]:
        """Return what looks odd about the statement at an index.

        Raises:
            NotFoundError: There is no such entry under the newest checkpoint.
        """
        entry = self.entry(index)
        if entry_kind(entry) == "seal":
            return ()
        statement = parse_statement(entry)
        closing = self._store.closing_seals([index])
        if statement.kind == "directory" or index not in closing:
            return ()
        event = parse_event(parse_canonical(statement.body), host=self.host)
        return self._flags(index, event, statement, closing[index][1])

    def _flags(
        self, index: int, event: Event, statement: Statement, log_time_ms: int
    ) -> tuple[Flag, ...]:
        flags = flags_of_event(
            index,
            event,
            log_time_ms=log_time_ms,
            is_importer=self.directory.is_importer(statement.issuer),
        )
        if not is_stay_boundary(event):
            return flags
        for subject in event.subjects:
            others = self._events(self._store.listing(subject, index + 1))
            found = flags_of_subject([*others, (index, event)])
            flags += tuple(f for f in found if f.index == index and f not in flags)
        return flags

    def _events(self, indices: Sequence[int]) -> list[tuple[int, Event]]:
        entries = self._store.entries_at(indices)
        read = (read_event(i, entry, self.directory) for i, entry in entries.items())
        return [(logged.index, logged.event) for logged in read if logged is not None]


def _as_text(entry: bytes) -> bytes:
    """Return an entry as JSON can carry it: a damaged one with signs that say so."""
    return entry.decode(errors="replace").encode()
