"""Where the pages of the completeness index are kept.

They follow from the entries, as all does but these. Unlike other rows they are replaced
in place: the index is stored in one state, that of the newest checkpoint, in one
transaction with it. What is changed in any other way is found when it is read
(``pagedindex``), and made again from the entries (``reindex``).
"""

from collections.abc import Collection, Mapping
from typing import ClassVar, Final

from sqlalchemy import Connection, LargeBinary, delete
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel, col, select

_LOOK_UP_CHUNK: Final = 500
_REPLACE: Final = sql("REPLACE INTO index_page (name, page) VALUES (:name, :page)")


class IndexPageRow(SQLModel, table=True):
    """One page; its name is the bits above it, in hexadecimal digits."""

    __tablename__ = "index_page"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_with_rowid": False}
    name: str = Field(primary_key=True)
    page: bytes = Field(sa_type=LargeBinary)


def read_pages(connection: Connection, names: Collection[str]) -> dict[str, bytes]:
    """Return, of the pages of these names, those that there are."""
    found: dict[str, bytes] = {}
    wanted = sorted(names)
    for start in range(0, len(wanted), _LOOK_UP_CHUNK):
        chunk = wanted[start : start + _LOOK_UP_CHUNK]
        query = select(IndexPageRow.name, IndexPageRow.page).where(
            col(IndexPageRow.name).in_(chunk)
        )
        for name, page in connection.execute(query):
            found[name] = _blob(page)
    return found


def write_pages(connection: Connection, pages: Mapping[str, bytes]) -> None:
    """Put pages in the place of those of the same names."""
    if pages:
        rows = [{"name": name, "page": pages[name]} for name in sorted(pages)]
        connection.execute(_REPLACE, rows)


def clear_pages(connection: Connection) -> None:
    """Drop all pages."""
    connection.execute(delete(IndexPageRow))


def _blob(value: object) -> bytes:
    """Return the bytes of a column; what somebody wrote past the program is none."""
    return value if isinstance(value, bytes) else b""
