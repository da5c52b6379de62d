"""What was read of entries, kept for a while: an entry never changes.

For a server, which answers many readers about the same goods. Whatever is damaged in
the store is read as nothing, and handed over as it is: that it is damaged, and where,
is for the verifier to say.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from ledger.action import action_subjects
from ledger.contents import read_content
from ledger.directory import Directory
from ledger.errors import LedgerError, NotFoundError, StoreError
from ledger.event import Event
from ledger.goods import LoggedEvent, parties_of
from ledger.seal import entry_kind
from ledger.statement import parse_statement

T = TypeVar("T")

_KEPT: Final = 8_192
"""Entries of which the bytes are kept: some 10 MiB."""
_KEPT_READ: Final = 4_096
"""Those that are kept as they were read: some 40 MiB."""


class EntryStore(Protocol):
    """What is looked up in a log; ``sqlstore.SqlStore`` is one."""

    def listings_of(
        self, subjects: Iterable[str], below: int
    ) -> dict[str, tuple[int, ...]]:
        """Return the lists of some subjects, empty ones too, below a tree size."""
        ...

    def entries_at(self, indices: Iterable[int]) -> dict[int, bytes]:
        """Return the entries at these indices."""
        ...

    def closing_seals(self, indices: Iterable[int]) -> dict[int, tuple[int, int]]:
        """Return index and time of the closing seal of each statement."""
        ...


@dataclass(frozen=True, slots=True)
class CachedStatement:
    """A statement as a passport needs it.

    Attributes:
        event: What it states; None if it is of the directory, or damaged.
        parties: Those behind its signers, and those that it names if it is of the
            directory: their lists say who may have signed it.
        needs_seal: Whether its log time matters: that of an event, or of what is signed
            by a key that ends at some time.
        closed_by: Index of its closing seal; None if there is none.
    """

    entry: bytes
    event: LoggedEvent | None
    parties: frozenset[str]
    needs_seal: bool
    closed_by: int | None


class EntryCache:
    """Reads entries of one log; threads may share it."""

    def __init__(self, store: EntryStore) -> None:
        """Read what is in this store."""
        self._store = store
        # The lock guards what follows.
        self._lock = threading.Lock()
        self._entries: OrderedDict[int, bytes] = OrderedDict()
        self._statements: OrderedDict[int, CachedStatement] = OrderedDict()

    def lists(
        self, names: Iterable[str], tree_size: int
    ) -> Mapping[str, tuple[int, ...]]:
        """Return all that is listed under some names in a tree of this size."""
        return self._store.listings_of(names, tree_size)

    def entries(self, indices: Iterable[int]) -> dict[int, bytes]:
        """Return entries as they stand.

        Raises:
            StoreError: The store failed, or has lost one of them.
        """
        wanted = set(indices)
        with self._lock:
            found = {i: self._entries[i] for i in wanted if i in self._entries}
        missing = wanted - found.keys()
        if not missing:
            return found
        try:
            new = self._store.entries_at(missing)
        except NotFoundError as error:
            raise StoreError(f"database: {error}") from error
        with self._lock:
            _keep(self._entries, new, _KEPT)
        return found | new

    def statements(
        self, indices: Iterable[int], directory: Directory
    ) -> dict[int, CachedStatement]:
        """Return what statements say.

        Args:
            indices: Where they are.
            directory: As of some later entry; what it once bound stays bound.

        Raises:
            StoreError: The store failed, or has lost one of them.
        """
        wanted = set(indices)
        with self._lock:
            found = {i: self._statements[i] for i in wanted if i in self._statements}
        missing = wanted - found.keys()
        if not missing:
            return found
        closing = self._store.closing_seals(missing)
        new = {
            index: _read(index, entry, directory, closing.get(index))
            for index, entry in self.entries(missing).items()
        }
        with self._lock:
            _keep(self._statements, new, _KEPT_READ)
        return found | new


def _keep(kept: OrderedDict[int, T], new: Mapping[int, T], limit: int) -> None:
    kept.update(new)
    while len(kept) > limit:
        kept.popitem(last=False)


def _read(
    index: int, entry: bytes, directory: Directory, closing: tuple[int, int] | None
) -> CachedStatement:
    closed_by = None if closing is None else closing[0]
    event: LoggedEvent | None = None
    named: tuple[str, ...] = ()
    try:
        if entry_kind(entry) == "seal":
            return CachedStatement(entry, None, frozenset(), False, closed_by)
        statement = parse_statement(entry)
        content = read_content(statement, origin=directory.origin)
        if isinstance(content, Event):
            event = LoggedEvent(index, parties_of(statement, directory), content)
        else:
            named = action_subjects(content)
    except (LedgerError, UnicodeDecodeError):
        return CachedStatement(entry, None, frozenset(), False, closed_by)
    bound = [k for s in statement.signers if (k := directory.key(s)) is not None]
    behind = {
        party for key in bound for party in (key.party, key.on_behalf_of) if party
    }
    return CachedStatement(
        entry=entry,
        event=event,
        parties=frozenset(behind.union(named)),
        needs_seal=event is not None or any(k.until_ms is not None for k in bound),
        closed_by=closed_by,
    )
