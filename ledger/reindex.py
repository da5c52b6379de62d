"""Brings the stored index up to the log, from the entries alone.

The pages are those of the newest checkpoint. What a crash left behind it is read again,
which is one group. Pages that lack, or have another root than the checkpoint's last
seal, are made anew from all entries: nothing of them is needed, and the seal says
whether what comes of it is right. If it is not, an entry is damaged, and nothing may be
appended to it.
"""

from typing import Final

from ledger.completeness import EMPTY_INDEX_ROOT
from ledger.contents import names_of, read_content
from ledger.errors import IncompleteError, SealMismatchError, StoreError
from ledger.pagedindex import PagedIndex
from ledger.seal import entry_kind, parse_seal
from ledger.sqlstore import SqlStore
from ledger.statement import parse_statement

CHUNK: Final = 5_000
"""Entries that are read before what came of them is written."""


def load_index(
    store: SqlStore, origin: str, *, signed_size: int, size: int, is_damaged: bool
) -> PagedIndex:
    """Return the index of all entries, stored as of the newest checkpoint.

    Args:
        store: Where entries and pages are.
        origin: Name of the ledger.
        signed_size: The size that the newest checkpoint signs; 0 if there is none.
        size: Number of entries, the last a seal.
        is_damaged: Whether a page is known to be, whatever that at the top says.

    Raises:
        SealMismatchError: The entries have another index root than the last seal.
        IncompleteError: An entry lacks.
        MalformedError: An entry is damaged.
        StoreError: The store cannot be read, or written.
    """
    index = PagedIndex(origin, store.index_pages, root=_sealed_root(store, signed_size))
    if is_damaged or not _is_there(index):
        index = _rebuilt(store, origin, signed_size)
    _append(index, store, signed_size, size)
    _check(index, store, size)
    return index


def _is_there(index: PagedIndex) -> bool:
    try:
        index.check()
    except StoreError:
        # Of a database that cannot be read, what follows will say so.
        return False
    return True


def _rebuilt(store: SqlStore, origin: str, size: int) -> PagedIndex:
    store.clear_index_pages()
    index = PagedIndex(origin, store.index_pages, root=EMPTY_INDEX_ROOT)
    for start in range(0, size, CHUNK):
        _append(index, store, start, min(start + CHUNK, size))
        index.root()
        # A crash here leaves pages with another root, and the next start begins again.
        store.write_index_pages(index.take_changed())
    return index


def _append(index: PagedIndex, store: SqlStore, start: int, end: int) -> None:
    count = 0
    for place, entry, _ in store.entries(start, end):
        count += 1
        for name in _listed_under(entry, index.origin):
            index.append(name, place)
    if count != end - start:
        raise IncompleteError(f"database: one of entries {start} to {end - 1} lacks")


def _listed_under(entry: bytes, origin: str) -> tuple[str, ...]:
    if entry_kind(entry) == "seal":
        return ()
    return names_of(read_content(parse_statement(entry), origin=origin))


def _check(index: PagedIndex, store: SqlStore, size: int) -> None:
    if index.root() != _sealed_root(store, size):
        raise SealMismatchError(
            f"database: entries 0 to {size - 1} have another index root than their "
            "last seal; one of them is damaged"
        )


def _sealed_root(store: SqlStore, size: int) -> bytes:
    if not size:
        return EMPTY_INDEX_ROOT
    entries = store.entries_at([size - 1])
    return parse_seal(entries[size - 1]).index_root
