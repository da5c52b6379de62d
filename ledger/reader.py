"""Read a log: everything here stands under a signed checkpoint.

Nothing beyond the newest one's size is given to anybody (C2SP tlog-tiles: what has not
been signed does not exist yet). Where it is known from is the head's business: the
sequencer's, in the process that appends, or a follower's, in any other. What is shown
as the ledger's checkpoint, and what passports stand under, witnesses have cosigned, if
the policy names any (``published``).
"""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Final, Literal, Protocol

from ledger.clock import Clock, SystemClock
from ledger.collector import collect
from ledger.directory import Directory
from ledger.edge import Edge
from ledger.encoding import Json, parse_canonical
from ledger.entrycache import EntryCache
from ledger.errors import LabelError, NotFoundError, QuorumError
from ledger.event import Event, parse_event
from ledger.figures import SECONDS, SharedHistogram
from ledger.flags import (
    Flag,
    Stay,
    flags_of_event,
    flags_of_stays,
    is_stay_boundary,
    stay_of,
)
from ledger.goods import read_event
from ledger.identifier import GS1
from ledger.merkle import (
    consistency_proof,
    inclusion_proof,
    inclusion_proofs,
    leaf_hash,
    multi_proof,
    tree_root,
)
from ledger.passport import LabelProof, Passport
from ledger.policy import parse_policy
from ledger.published import Published, Signed
from ledger.receipt import Receipt, spell_receipts
from ledger.seal import entry_kind, format_time
from ledger.snapshot import Snapshot, take_snapshot
from ledger.sqlstore import SqlStore
from ledger.statement import Statement, parse_statement
from ledger.tile import TILE_WIDTH, encode_bundle, tile_hashes, tile_width

ReceiptState = Literal["signed", "witnessed"]

MAX_TRADE_ITEMS: Final = 1_000
"""More than one ledger's parties make; a search asks each of them."""
_TRADE_ITEMS: Final = f"{GS1}01"
_GTIN_LENGTH: Final = 14


class Head(Protocol):
    """What is known of the newest end of a log."""

    @property
    def signed(self) -> Signed:
        """The newest checkpoint."""
        ...

    @property
    def edge(self) -> Edge:
        """The tree, of that size or larger."""
        ...

    @property
    def directory(self) -> Directory:
        """Who may sign what, as of that size or later."""
        ...

    def refresh(self) -> None:
        """Learn what another process has signed meanwhile."""
        ...

    def distrust_index(self) -> None:
        """Hear that a page of the stored index is damaged; from any thread."""
        ...


class LogReader:
    """One ledger, for reading; threads may share it."""

    def __init__(
        self,
        store: SqlStore,
        head: Head,
        *,
        origin: str,
        policy: bytes,
        clock: Clock | None = None,
    ) -> None:
        """Read what the store holds, as far as the head has seen it signed.

        Args:
            store: Where the log is.
            head: Its newest end.
            origin: Its name.
            policy: The tlog-policy that the operator suggests.
            clock: Tells how old a cosignature is; the machine's unless given.

        Raises:
            PolicyError: The policy is none.
        """
        self.origin = origin
        self.host = origin.split("/", 1)[0]
        self._policy = policy
        self.policy = parse_policy(policy)
        self._published = Published(self.policy)
        self._reading_clock = clock or SystemClock()
        self._store = store
        self._head = head
        self._entry_cache = EntryCache(store)
        self.passport_seconds = SharedHistogram(SECONDS)

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    @property
    def size(self) -> int:
        """Number of entries under the newest signed checkpoint."""
        return self._head.signed.size

    @property
    def directory(self) -> Directory:
        """Who may sign what, as of the newest entry; read it, never change it."""
        return self._head.directory

    def database_bytes(self) -> int:
        """Return how large the database is, its write-ahead log apart.

        Raises:
            StoreError: The store does not answer.
        """
        return self._store.database_bytes()

    def policy_text(self) -> bytes:
        """Return the tlog-policy that the operator suggests."""
        return self._policy

    def checkpoint(self) -> bytes:
        """Return the newest checkpoint that meets the ledger's own policy.

        Raises:
            NotFoundError: The log is empty.
            QuorumError: None meets it yet.
        """
        size, note = self._signed()
        return self._shown(Signed(size, note)).note or note

    def published_size(self) -> int:
        """Return how many entries are under :meth:`checkpoint`; 0 if there is none.

        Raises:
            StoreError: The store cannot be read.
        """
        with suppress(NotFoundError, QuorumError):
            return self._shown(Signed(*self._signed())).size
        return 0

    def _shown(self, head: Signed) -> Signed:
        """Return the newest checkpoint that meets the policy; the tree is as large."""
        shown = self._published.shown(self._store, head)
        self._catch_up(shown.size)
        return shown

    def _catch_up(self, size: int) -> None:
        """Have the head reach a size that the database has."""
        if self._head.signed.size < size:
            self._head.refresh()

    def signed_checkpoint(self) -> bytes:
        """Return the newest checkpoint that the ledger has signed, cosigned or not.

        Raises:
            NotFoundError: The log is empty.
        """
        return self._signed()[1]

    def root(self, size: int) -> bytes:
        """Return the root of the tree over the first entries.

        Raises:
            NotFoundError: So many are not signed.
        """
        if not 0 <= size <= self.size:
            raise NotFoundError(f"root: got size {size}, want at most {self.size}")
        return tree_root(size, self._head.edge.read)

    def _signed(self) -> tuple[int, bytes]:
        """Return size and note of the newest checkpoint, both of the same one."""
        signed = self._head.signed
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

    def receipt(self, index: int) -> tuple[bytes, ReceiptState]:
        """Return the newest receipt of an entry (C2SP tlog-proof), and its state.

        It is *witnessed* under a checkpoint with the quorum that the ledger's own
        policy asks for, and *signed* under the newest, as long as there is none or the
        policy asks for nobody.

        Raises:
            NotFoundError: There is no such entry under the newest checkpoint.
        """
        size, checkpoint = self._signed()
        if not 0 <= index < size:
            raise NotFoundError(f"entry: got index {index}, want below {size}")
        state: ReceiptState = "signed"
        with suppress(QuorumError):
            shown = self._shown(Signed(size, checkpoint))
            if index < shown.size:
                size, checkpoint = shown.size, shown.note or checkpoint
                state = "witnessed" if self._published.needs_quorum else "signed"
        proof = inclusion_proof(index, size, self._head.edge.read)
        return Receipt(index, proof, checkpoint).to_bytes(), state

    def consistency_proof(self, old_size: int, new_size: int) -> tuple[bytes, ...]:
        """Return the proof that the tree of one size extends that of another.

        Raises:
            NotFoundError: One of them is larger than what is signed.
        """
        if not 0 <= old_size <= new_size <= self.size:
            raise NotFoundError(
                f"sizes: got {old_size} and {new_size}, want at most {self.size}"
            )
        return consistency_proof(old_size, new_size, self._head.edge.read)

    def receipts(self, indices: Sequence[int]) -> dict[int, bytes]:
        """Return the newest receipts of several entries, under one checkpoint.

        Args:
            indices: Strictly ascending.

        Raises:
            NotFoundError: One of them is not under the newest checkpoint.
        """
        size, checkpoint = self._signed()
        if indices and not 0 <= indices[0] <= indices[-1] < size:
            raise NotFoundError(f"entry: got index {indices[-1]}, want below {size}")
        proofs = inclusion_proofs(indices, size, self._head.edge.read)
        return spell_receipts(proofs, checkpoint)

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return a tile's hashes.

        Raises:
            NotFoundError: The tree of the newest checkpoint does not have it.
        """
        if width > tile_width(level, index, self.size):
            raise NotFoundError(f"tile: level {level} index {index} has fewer hashes")
        return tile_hashes(level, index, width, self._head.edge.read)

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

    def indices_telling(
        self, subjects: Iterable[str], direction: int, below: int
    ) -> tuple[int, ...]:
        """Return the indices, each once, of what a trace reads about these subjects.

        Args:
            subjects: Where it has come to.
            direction: Of ``telling``.
            below: A tree size; no more is read than is signed.
        """
        return self._store.indices_telling(subjects, direction, min(below, self.size))

    def indices_of(self, event_ids: Iterable[str], below: int) -> tuple[int, ...]:
        """Return the indices of the events with these ids, and of their declarations.

        Args:
            event_ids: What is asked about.
            below: A tree size; no more is read than is signed.
        """
        found = self._store.occurrences(event_ids).values()
        end = min(below, self.size)
        return tuple(one.index for same in found for one in same if one.index < end)

    def subjects_within(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return subjects below an identifier prefix in alphabetical order."""
        return self._store.subjects_within(prefix, limit)

    def is_listed(self, subject: str) -> bool:
        """Tell whether any statement is about a subject."""
        return bool(self.listing(subject))

    def trade_items(self) -> tuple[str, ...]:
        """Return the GTINs of what is recorded, as many as are looked through."""
        found: list[str] = []
        below = _TRADE_ITEMS + "0"
        after = _TRADE_ITEMS + "/"
        while len(found) < MAX_TRADE_ITEMS:
            subject = self._store.next_subject(after, below)
            if subject is None:
                break
            item = subject[len(_TRADE_ITEMS) + 1 :][:_GTIN_LENGTH]
            found.append(item)
            # "0" comes after "/": what lies below this trade item is passed over.
            after = f"{_TRADE_ITEMS}/{item}0"
        return tuple(found)

    def passport(
        self, subject: str, levels: int | None = None, label: int | None = None
    ) -> bytes:
        """Return the passport of a subject under the newest checkpoint.

        A subject that no statement is about has one too, which proves just that:
        :meth:`is_listed` says beforehand. ``parse_passport`` gives the parts, and its
        ``lists`` has every list that is proved.

        Args:
            subject: An identifier.
            levels: How many levels of sources to give whole, as far as the collector's
                limits allow; None for as many as a first answer should hold.
            label: Size of the tree of a printed label, at least 1, to compare with.

        Raises:
            LabelError: The label is of a larger tree than the passport's.
            TooLargeError: What is needed to judge the subject is too much.
        """
        began = time.perf_counter()
        with self.snapshot(label or 0) as snapshot:
            if label is not None and label > snapshot.size:
                raise LabelError(
                    f"label: of a tree of {label} entries, this has {snapshot.size}"
                )
            collected = collect(
                subject,
                tree_size=snapshot.size,
                cache=self._entry_cache,
                directory=self.directory,
                levels=levels,
            )
            lists, proof = snapshot.prove_lists(collected.names)
        entries, size = collected.entries, snapshot.size
        document = Passport(
            subject=subject,
            checkpoint=snapshot.checkpoint,
            entries=tuple((i, _as_text(entry)) for i, entry in entries.items()),
            lists=lists,
            proof=tuple(proof),
            nodes=multi_proof(tuple(entries), size, self._head.edge.read),
            label=None if label is None else self._label_proof(label, size),
        ).to_bytes()
        self.passport_seconds.observe(time.perf_counter() - began)
        return document

    def _label_proof(self, label: int, size: int) -> LabelProof:
        """Return what the tree was when a label was printed, and that it grew."""
        read = self._head.edge.read
        proof = consistency_proof(label, size, read)
        return LabelProof(label, tree_root(label, read), proof)

    @contextmanager
    def snapshot(self, least_size: int = 0) -> Iterator[Snapshot]:
        """Give the log as of a checkpoint that was published, while the block runs.

        It is the newest that a replaying witness has cosigned, if the policy names one
        and that is not too long ago; else the newest that meets the policy. Whoever
        makes a passport takes size and checkpoint, reads lists and entries below that
        size, and last takes the proof, all from one snapshot: what is appended
        meanwhile is in none of it. Keep it short, and in one thread.

        Args:
            least_size: What it should have, if a checkpoint that was published has.

        Raises:
            NotFoundError: The log is empty.
            StoreError: The store failed, or a page of the index is damaged; that is
                made again before the next group.
        """
        choose = partial(self._choose, least_size=least_size)
        with take_snapshot(self._store, choose) as snapshot:
            self._catch_up(snapshot.size)
            try:
                yield snapshot
            finally:
                if snapshot.index.is_damaged:
                    self._head.distrust_index()

    def _choose(self, store: SqlStore, head: Signed, least_size: int) -> Signed:
        return self._published.proved_under(
            store,
            head,
            now_ms=self._reading_clock.now_ms(),
            max_age_seconds=self.directory.max_age_seconds,
            least_size=least_size,
        )

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
        return self.flags_at([index])[index]

    def flags_at(self, indices: Sequence[int]) -> dict[int, tuple[Flag, ...]]:
        """Return what looks odd about each of some statements.

        Raises:
            NotFoundError: One of them is not under the newest checkpoint.
        """
        entries = self.entries(indices)
        closing = self._store.closing_seals(indices) if entries else {}
        found: dict[int, tuple[Flag, ...]] = {}
        for index, entry in entries.items():
            found[index] = ()
            if entry_kind(entry) == "seal" or index not in closing:
                continue
            statement = parse_statement(entry)
            if statement.kind == "event":
                event = parse_event(parse_canonical(statement.body), host=self.host)
                log_time_ms = closing[index][1]
                found[index] = self.flags_of(index, event, statement, log_time_ms)
        return found

    def flags_of(
        self, index: int, event: Event, statement: Statement, log_time_ms: int
    ) -> tuple[Flag, ...]:
        """Return what looks odd about an event of which all of this is known."""
        flags = flags_of_event(
            index,
            event,
            log_time_ms=log_time_ms,
            is_importer=self.directory.is_importer(statement.issuer),
        )
        if not is_stay_boundary(event):
            return flags
        stay = stay_of(event)
        for others in self.stays_of(event.subjects, index).values():
            found = flags_of_stays([*others, (index, stay)])
            flags += tuple(f for f in found if f.index == index and f not in flags)
        return flags

    def stays_of(
        self, subjects: Collection[str], below: int
    ) -> dict[str, list[tuple[int, Stay]]]:
        """Return, of each subject, what every event about it below a size says.

        Raises:
            StoreError: The store failed.
        """
        lists = self._store.listings_of(subjects, min(below, self.size))
        indices = {index for listed in lists.values() for index in listed}
        stays = {index: stay_of(event) for index, event in self._events(indices)}
        return {
            subject: [(index, stays[index]) for index in listed if index in stays]
            for subject, listed in lists.items()
        }

    def _events(self, indices: Iterable[int]) -> list[tuple[int, Event]]:
        entries = self._store.entries_at(indices)
        read = (read_event(i, entry, self.directory) for i, entry in entries.items())
        return [(logged.index, logged.event) for logged in read if logged is not None]


def take_in(directory: Directory, store: SqlStore, indices: Iterable[int]) -> None:
    """Apply directory statements that were judged before they were stored.

    Args:
        directory: What those before them established.
        store: Where they are.
        indices: Which, in any order.

    Raises:
        LedgerError: One of them is damaged or missing.
    """
    for index, entry in sorted(store.entries_at(indices).items()):
        directory.take_in(index, entry)


def stored_leaves(store: SqlStore, start: int, end: int) -> list[bytes]:
    """Return the leaf hashes of the entries in ``[start, end)``.

    Raises:
        NotFoundError: One of them is not stored.
    """
    rows = list(store.entries(start, end))
    if len(rows) != end - start:
        raise NotFoundError(f"entry: one of {start} to {end - 1} lacks")
    return [leaf_hash(entry) for _, entry, _ in rows]


def _as_text(entry: bytes) -> bytes:
    """Return an entry as JSON can carry it: a damaged one with signs that say so."""
    return entry.decode(errors="replace").encode()
