"""Where the pages of the completeness index are kept.

They follow from the entries, as all does but these. Unlike other rows they are replaced
in place: the index is stored in one state, that of the newest checkpoint, in one
transaction with it. What is changed in any other way is found when it is read
(``pagedindex``), and made again from the entries (``reindex``).

Proofs are given under a checkpoint that witnesses have seen, which is a little older.
So what a page was before it was replaced is kept for some sizes of the ledger, the
marks: a page as of a size is the one kept for the first mark from that size on, or, if
none was, the page as it is now.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from sqlalchemy import Connection, LargeBinary, delete, func, select
from sqlmodel import Field, SQLModel, col

from ledger.database import Text, Whole, is_postgresql

_LOOK_UP_CHUNK: Final = 500
# In the drivers' own words: a group reads and writes more than a thousand pages.
_FIND: Final = "SELECT name, page FROM index_page WHERE name"
_REPLACE: Final = (
    "INSERT INTO index_page (name, page) VALUES (?, ?) "
    "ON CONFLICT (name) DO UPDATE SET page = excluded.page"
)
_REPLACE_ALL: Final = (
    "INSERT INTO index_page (name, page) "
    "SELECT * FROM unnest(%s::text[], %s::bytea[]) "
    "ON CONFLICT (name) DO UPDATE SET page = excluded.page"
)
_FIND_BEFORE: Final = "SELECT name, page FROM index_before WHERE size = {} AND name"
_KEEP: Final = (
    "INSERT INTO index_before (size, name, page) "
    "SELECT {}, name, page FROM index_page WHERE name"
)
_UNLESS_KEPT: Final = " ON CONFLICT (size, name) DO NOTHING"
_FOLD: Final = (
    "INSERT INTO index_before (size, name, page) "
    "SELECT {}, name, page FROM index_before WHERE size = {} "
    "ON CONFLICT (size, name) DO NOTHING"
)


class IndexPageRow(SQLModel, table=True):
    """One page; its name is the bits above it, in octal digits."""

    __tablename__ = "index_page"
    name: str = Field(primary_key=True, sa_type=Text)
    page: bytes = Field(sa_type=LargeBinary)


class IndexBeforeRow(SQLModel, table=True):
    """What a page was at a mark, and until it was replaced after that."""

    __tablename__ = "index_before"
    size: int = Field(
        primary_key=True, sa_type=Whole, sa_column_kwargs={"autoincrement": False}
    )
    name: str = Field(primary_key=True, sa_type=Text)
    page: bytes = Field(sa_type=LargeBinary)


def read_pages(
    connection: Connection, names: Collection[str], size: int | None = None
) -> dict[str, bytes]:
    """Return, of the pages of these names, those that there are.

    Args:
        connection: Reads.
        names: Of the pages.
        size: As of when, a size of the ledger that was marked; None for now.
    """
    found: dict[str, bytes] = {}
    wanted = set(names)
    for mark in () if size is None else _marks(connection, size):
        found |= _look_up(connection, _FIND_BEFORE.format(mark), wanted - found.keys())
    return found | _look_up(connection, _FIND, wanted - found.keys())


def keep_pages(connection: Connection, names: Collection[str], mark: int) -> None:
    """Keep what pages are, before they are replaced.

    Args:
        connection: In the transaction that replaces them.
        names: Of the pages; one that was kept for this mark is not kept again.
        mark: The newest size that was marked.
    """
    wanted = sorted(names)
    query = _KEEP.format(mark)
    if is_postgresql(connection):
        connection.exec_driver_sql(f"{query} = ANY(%s){_UNLESS_KEPT}", (wanted,))
        return
    for start in range(0, len(wanted), _LOOK_UP_CHUNK):
        chunk = tuple(wanted[start : start + _LOOK_UP_CHUNK])
        marks = ",".join("?" * len(chunk))
        connection.exec_driver_sql(f"{query} IN ({marks}){_UNLESS_KEPT}", chunk)


def forget_pages(connection: Connection, marks: Iterable[int]) -> None:
    """Forget what pages were, but for some marks.

    Args:
        connection: Writes.
        marks: Sizes as of which pages can be read afterwards.
    """
    wanted = sorted(marks)
    for mark in _marks(connection, 0):
        if mark in wanted:
            continue
        older = [size for size in wanted if size < mark]
        if older:
            # What was not replaced between the two was the same at both.
            fold = _FOLD.format(older[-1], mark)
            connection.exec_driver_sql(fold)
        connection.execute(
            delete(IndexBeforeRow).where(col(IndexBeforeRow.size) == mark)
        )


def write_pages(connection: Connection, pages: Mapping[str, bytes]) -> None:
    """Put pages in the place of those of the same names."""
    if not pages:
        return
    if is_postgresql(connection):
        columns = (list(pages), list(pages.values()))
        connection.exec_driver_sql(_REPLACE_ALL, columns)
    else:
        connection.exec_driver_sql(_REPLACE, sorted(pages.items()))


def clear_pages(connection: Connection) -> None:
    """Drop all pages."""
    connection.execute(delete(IndexPageRow))


def _look_up(
    connection: Connection, query: str, names: Collection[str]
) -> dict[str, bytes]:
    """Return pages by their names.

    Args:
        connection: Reads.
        query: What to ask, up to the names.
        names: Of the pages.
    """
    found: dict[str, bytes] = {}
    wanted = sorted(names)
    if is_postgresql(connection):
        for name, page in connection.exec_driver_sql(f"{query} = ANY(%s)", (wanted,)):
            found[name] = _blob(page)
        return found
    for start in range(0, len(wanted), _LOOK_UP_CHUNK):
        chunk = tuple(wanted[start : start + _LOOK_UP_CHUNK])
        asked = f"{query} IN ({','.join('?' * len(chunk))})"
        for name, page in connection.exec_driver_sql(asked, chunk):
            found[name] = _blob(page)
    return found


def _marks(connection: Connection, start: int) -> list[int]:
    """Return the marks from a size on for which anything is kept, ascending."""
    found: list[int] = []
    while True:
        # One after the other, each by the key: there are few marks and many pages.
        query = select(func.min(col(IndexBeforeRow.size))).where(
            col(IndexBeforeRow.size) >= start
        )
        mark = connection.execute(query).scalar()
        if mark is None:
            return found
        found.append(int(mark))
        start = int(mark) + 1


def _blob(value: object) -> bytes:
    """Return the bytes of a column; what somebody wrote past the program is none."""
    return value if isinstance(value, bytes) else b""
