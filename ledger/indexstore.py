"""Where the pages of the completeness index are kept.

They follow from the entries, as all does but these. Unlike other rows they are replaced
in place: the index is stored in one state, that of the newest checkpoint, in one
transaction with it. What is changed in any other way is found when it is read
(``pagedindex``), and made again from the entries (``reindex``).
"""

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import Connection, LargeBinary, delete
from sqlmodel import Field, SQLModel

from ledger.database import Text, is_postgresql

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


class IndexPageRow(SQLModel, table=True):
    """One page; its name is the bits above it, in octal digits."""

    __tablename__ = "index_page"
    name: str = Field(primary_key=True, sa_type=Text)
    page: bytes = Field(sa_type=LargeBinary)


def read_pages(connection: Connection, names: Collection[str]) -> dict[str, bytes]:
    """Return, of the pages of these names, those that there are."""
    found: dict[str, bytes] = {}
    wanted = sorted(names)
    if is_postgresql(connection):
        for name, page in connection.exec_driver_sql(f"{_FIND} = ANY(%s)", (wanted,)):
            found[name] = _blob(page)
        return found
    for start in range(0, len(wanted), _LOOK_UP_CHUNK):
        chunk = tuple(wanted[start : start + _LOOK_UP_CHUNK])
        query = f"{_FIND} IN ({','.join('?' * len(chunk))})"
        for name, page in connection.exec_driver_sql(query, chunk):
            found[name] = _blob(page)
    return found


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


def _blob(value: object) -> bytes:
    """Return the bytes of a column; what somebody wrote past the program is none."""
    return value if isinstance(value, bytes) else b""
