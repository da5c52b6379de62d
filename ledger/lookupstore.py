"""How often codes were looked up: a subject, a day, a number, and nothing else.

A file of its own beside the ledger's database, whatever that is in, so that counting
never waits for appending nor makes it wait. All processes that serve from one folder
share it; machines count each for themselves. Nobody signs these numbers and nobody
checks them: whoever can write the file can write any.

Who looked is not known here: the table has no column for it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, select

from ledger import migrations
from ledger.sidefile import SideFile, open_side_file

BUSY_TIMEOUT_MS = 2_000
"""How long another process may hold the file before something fails."""
_PRAGMAS: Final = (
    # Who reads does not wait for who writes.
    "journal_mode=WAL",
    # A power cut may take the last counts; the file stays whole.
    "synchronous=NORMAL",
)
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

    def __init__(self, file: SideFile) -> None:
        """Use a file that :func:`open_lookups` opened."""
        self._file = file

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
        with self._file.writing() as connection:
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
        with self._file.connected() as connection:
            return tuple(
                (str(day), int(count)) for day, count in connection.execute(query)
            )

    def close(self) -> None:
        """Close every connection."""
        self._file.close()

    def create_tables(self) -> None:
        """Make the table, or bring it up to this release.

        Raises:
            FormatVersionError: A newer release made it.
            StoreError: It is no database, or cannot be written.
        """
        self._file.migrate(migrations.LOOKUPS)


def open_lookups(path: Path) -> LookupStore:
    """Open the counts in a file, making it if there is none.

    Raises:
        FormatVersionError: A newer release made it.
        StoreError: It is no database of ours, or cannot be written.
    """
    store = LookupStore(
        open_side_file(
            path, called="look-ups", busy_timeout_ms=BUSY_TIMEOUT_MS, pragmas=_PRAGMAS
        )
    )
    store.create_tables()
    return store
