"""Make the database of a ledger anew from a copy of its log.

All that a database has follows from the entries and their checkpoint: chain heads,
statements, lists, seals, tiles and the pages of the index. So whoever has a verified
copy has the ledger. What was private is not in it: keys, and what parties disclosed.

The copy was verified before, as ``verify_ledger`` does. Here it is read once more, and
only if that leads to the same root were these the entries that were verified.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from ledger.checkpoint import parse_checkpoint
from ledger.compact import Remembered
from ledger.completeness import EMPTY_INDEX_ROOT
from ledger.edge import Edge
from ledger.errors import IncompleteError, RootMismatchError, SealMismatchError
from ledger.grease import NAME as GREASE
from ledger.grouping import closed_group
from ledger.note import Note, VerifierKey, parse_note
from ledger.pagedindex import PagedIndex
from ledger.policy import Policy
from ledger.published import Published
from ledger.replay import JudgedSeal, JudgedStatement, VerifiedReplay
from ledger.sqlstore import Group, SqlStore

CHUNK: Final = 5_000
"""Entries that are read before what came of them is written."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a database was made to hold."""

    size: int
    seal_time: str
    ledger_keys: tuple[VerifierKey, ...]
    """Those in force, without which nobody appends."""


def restore(
    store: SqlStore,
    entries: Iterable[tuple[int, bytes]],
    *,
    checkpoint: bytes,
    on_progress: Callable[[int, int], None] | None = None,
) -> Restored:
    """Fill the tables of a new ledger with the entries of a verified copy.

    The checkpoint is written last: until it is there, nobody takes the database for a
    ledger.

    Args:
        store: Its tables, empty; this process appends to it.
        entries: Index and entry, in order.
        checkpoint: The signed note that they stand under.
        on_progress: Called with entries done and entries to do.

    Raises:
        LedgerError: They are not the entries of this checkpoint; the database is worth
            nothing then.
        StoreError: It cannot be written.
    """
    note = parse_note(checkpoint)
    want = parse_checkpoint(note.text)
    writer = _Writer(store)
    for index, entry in entries:
        if index == want.size:
            break
        if index != writer.replay.size:
            break
        if writer.take(entry) and on_progress is not None:
            on_progress(writer.replay.size, want.size)
    replay = writer.replay
    last = replay.last_seal
    if replay.size != want.size:
        raise IncompleteError(f"entries: got {replay.size}, want {want.size}")
    if replay.frontier.root() != want.root:
        raise RootMismatchError("entries: not those of the checkpoint")
    if last is None or last.index != want.size - 1:
        raise SealMismatchError(f"entry {want.size - 1}: not a seal")
    writer.flush()
    replay.check_index_root(last)
    store.append_checkpoint(want.size, own_lines(note, want.origin), {})
    return Restored(want.size, last.time, replay.directory.ledger_keys)


def keep_cosigned(store: SqlStore, checkpoint: bytes, policy: Policy) -> None:
    """Keep a restored ledger's checkpoint with the lines of its witnesses, if any.

    Args:
        store: It holds the entries.
        checkpoint: As it was in the copy.
        policy: The one that the ledger suggests.

    Raises:
        QuorumError: The checkpoint does not meet it.
        StoreError: It is not known to be kept.
    """
    published = Published(policy)
    if published.has_witnesses:
        size, is_replayed = published.judge(checkpoint, origin=store.origin)
        store.append_publication(size, checkpoint, is_replayed=is_replayed)


def own_lines(note: Note, origin: str) -> bytes:
    """Return a checkpoint with the lines that the ledger gave it, and no others."""
    names = {origin, GREASE}
    lines = tuple(line for line in note.signatures if line.name in names)
    return Note(note.text, lines).to_bytes()


class _Writer:
    """Takes entries in order, and writes them in the groups that their seals close."""

    def __init__(self, store: SqlStore) -> None:
        origin = store.origin
        self._store = store
        self._edge = Edge(store.tile)
        self.index = PagedIndex(origin, store.index_pages, root=EMPTY_INDEX_ROOT)
        self.replay = VerifiedReplay(
            origin, occurrences=Remembered(), check_every_index_root=False
        )
        self.replay.index = self.index
        self._open: list[tuple[JudgedStatement, bytes]] = []
        self._groups: list[Group] = []
        self._waiting = 0

    def take(self, entry: bytes) -> bool:
        """Take the next entry in; return whether anything was written."""
        judged = self.replay.judge(entry)
        self.replay.advance(judged)
        head = self.replay.chain_head
        self._waiting += 1
        if isinstance(judged, JudgedSeal):
            self._groups.append(closed_group(self._open, judged, head, self._edge))
            self._open = []
            if self._waiting >= CHUNK:
                self.flush()
                return True
        else:
            self._open.append((judged, head))
        return False

    def flush(self) -> None:
        """Write the groups, and the index as of the seal of the last of them."""
        self._store.append_groups(self._groups)
        self.index.root()
        self._store.write_index_pages(self.index.take_changed())
        self._groups = []
        self._waiting = 0
