"""A SQLite file beside the ledger's database, open from many threads and processes.

What is in it and how durable it must be, its store says; how it is opened, read,
written and closed is the same for all of them. Whatever the database refuses becomes a
:class:`~ledger.errors.StoreError` in the database's own words, which quote no values.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from ledger import migrations
from ledger.errors import StoreError

_PERCENT: Final = {"%": "%25", "?": "%3F"}


class SideFile:
    """Connections to one file, for whoever keeps tables in it."""

    def __init__(self, engine: Engine, called: str) -> None:
        """Use an engine for SQLite.

        Args:
            engine: Makes connections.
            called: What a refusal calls the file.
        """
        self._engine = engine
        self._called = called

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Give a connection to read from.

        Raises:
            StoreError: The database refuses something.
        """
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"{self._called}: {_reason(error)}") from None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose work is committed whole when the block ends.

        Nobody else reads in order to write from its beginning: two that have both read
        would wait for one another for ever.

        Raises:
            StoreError: Nothing is known to be written.
        """
        with self.connected() as connection, connection.begin():
            connection.execute(sql("BEGIN IMMEDIATE"))
            yield connection

    def migrate(self, revisions: migrations.Revisions) -> None:
        """Make the tables, or bring them up to this release.

        Raises:
            FormatVersionError: A newer release made them.
            StoreError: It is no database, or cannot be written.
        """
        with self.writing() as connection:
            migrations.upgrade(connection, revisions)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def open_side_file(
    path: Path, *, called: str, busy_timeout_ms: int, pragmas: Iterable[str]
) -> SideFile:
    """Open a file, of which nothing is asked yet.

    Args:
        path: The file; it is made when it is first used.
        called: What a refusal calls it.
        busy_timeout_ms: How long another process may hold it before something fails.
        pragmas: What each connection says first.
    """
    name = str(path)
    for mark, spelled in _PERCENT.items():
        name = name.replace(mark, spelled)
    engine = create_engine(
        f"sqlite:///{name}",
        # No pool: an idle connection would keep pages, and values in them, in memory.
        poolclass=NullPool,
        # A failed statement must not bring its values into a log.
        hide_parameters=True,
    )
    # First the time to wait: what the others ask may have to wait for another process.
    said = [f"busy_timeout={busy_timeout_ms}", *pragmas]

    def prepare(connection: object, _: object) -> None:
        # The driver would begin transactions by itself, and read outside of them.
        connection.isolation_level = None  # type: ignore[attr-defined] # sqlite3's own
        cursor = connection.cursor()  # type: ignore[attr-defined] # any DB-API connection
        for pragma in said:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    event.listen(engine, "connect", prepare)
    return SideFile(engine, called)


def _reason(error: SQLAlchemyError) -> str:
    """Return the database's own words: SQLAlchemy's would quote what was asked."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return str(error.orig).strip().partition("\n")[0]
    return type(error).__name__
