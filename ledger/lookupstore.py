"""How often codes were looked up: a subject, a day, a number, and nothing else.

A file of its own beside the ledger's database, whatever that is in, so that counting
never waits for appending nor makes it wait. All processes that serve from one folder
share it; machines count each for themselves. Nobody signs these numbers and nobody
checks them: whoever can write the file can write any.

Who looked is not known here: the table has no column for it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, event
from sqlalchemy import text as sql
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import registry
from sqlalchemy.pool import NullPool
from sqlmodel import Field, SQLModel, create_engine, select

from ledger import migrations
from ledger.errors import StoreError

BUSY_TIMEOUT_MS = 2_000
"""How long another process may hold the file before something fails."""
_OWN = registry()
METADATA = _OWN.metadata

Days = tuple[tuple[str, int], ...]
"""Days, the first first, each with how often it was looked up on it."""


class _Table(SQLModel, registry=_OWN):
    """A table of this database."""


class LookupRow(_Table, table=True):
    """How often one subject was looked up on one day, in UTC."""

    __tablename__ = "lookups"
    subject: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    count: int


class LookupStore:
    """Counts of look-ups; open from any number of processes at once."""

    def __init__(self, engine: Engine) -> None:
        """Use an engine made by :func:`open_lookups`."""
        self._engine = engine

    def add(self, counts: Mapping[tuple[str, str], int]) -> None:
        """Add look-ups, by subject and day; all of them or none.

        Raises:
            StoreError: None is known to be added.
        """
        if not counts:
            return
        rows = [
            {"subject": subject, "day": day, "count": count}
            for (subject, day), count in counts.items()
        ]
        adding = insert(LookupRow)
        more = LookupRow.__table__.c.count + adding.excluded.count  # type: ignore[attr-defined] # SQLModel's own
        adding = adding.on_conflict_do_update(
            index_elements=["subject", "day"], set_={"count": more}
        )
        with self._connected() as connection, connection.begin():
            connection.execute(sql("BEGIN IMMEDIATE"))
            connection.execute(adding, rows)

    def days(self, subject: str) -> Days:
        """Return on which days a subject was looked up, and how often.

        Raises:
            StoreError: They cannot be read.
        """
        query = (
            select(LookupRow.day, LookupRow.count)
            .where(LookupRow.subject == subject)
            .order_by(LookupRow.day)
        )
        with self._connected() as connection:
            return tuple(
                (str(day), int(count)) for day, count in connection.execute(query)
            )

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def create_tables(self) -> None:
        """Make the table, or bring it up to this release.

        Raises:
            FormatVersionError: A newer release made it.
            StoreError: It is no database, or cannot be written.
        """
        with self._connected() as connection, connection.begin():
            connection.execute(sql("BEGIN IMMEDIATE"))
            migrations.upgrade(connection, migrations.LOOKUPS)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            is_known = isinstance(error, DBAPIError) and error.orig is not None
            reason = error.orig if is_known else type(error).__name__  # type: ignore[attr-defined] # as just asked
            raise StoreError(f"look-ups: {reason}") from None


def open_lookups(path: Path) -> LookupStore:
    """Open the counts in a file, making it if there is none.

    Raises:
        FormatVersionError: A newer release made it.
        StoreError: It is no database of ours, or cannot be written.
    """
    name = str(path).replace("%", "%25").replace("?", "%3F")
    engine = create_engine(f"sqlite:///{name}", poolclass=NullPool)
    event.listen(engine, "connect", _set_pragmas)
    store = LookupStore(engine)
    store.create_tables()
    return store


def _set_pragmas(connection: object, _: object) -> None:
    # The driver would begin transactions by itself, and read outside of them.
    connection.isolation_level = None  # type: ignore[attr-defined] # sqlite3's own
    cursor = connection.cursor()  # type: ignore[attr-defined] # any DB-API connection
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        # Who reads does not wait for who writes.
        "journal_mode=WAL",
        # A power cut may take the last counts; the file stays whole.
        "synchronous=NORMAL",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
