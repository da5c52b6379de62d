"""How the tables of a database came to be, one numbered revision after the other.

A new ledger takes all of them; an older one those that it lacks, by ``caravan
migrate``. The side table and the counts of look-ups, which nobody migrates by hand,
take them when they are opened. The format version in ``meta`` is about what entries
say; a revision is about where they are kept. Revisions are counted, so that older and
newer can be told apart.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection
from sqlalchemy import text as sql

from ledger.errors import FormatVersionError

HEAD: Final = 3
"""The newest revision, which this release reads and writes."""

_UNSTAMPED: Final = 1
"""What a database has that was made before its revision was written down."""
_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Revisions:
    """The revisions of one kind of database."""

    folder: str
    """Where they are, in this package."""
    head: int
    """The newest."""
    table: str
    """One that there is from the first."""


LEDGER: Final = Revisions("versions", HEAD, "meta")
PERSONAL: Final = Revisions("personal", 1, "disclosed")
LOOKUPS: Final = Revisions("lookups", 1, "lookups")


def revision(connection: Connection) -> int:
    """Return the revision of a ledger's tables.

    Raises:
        FormatVersionError: The database does not say it in our words.
    """
    if not connection.dialect.has_table(connection, "alembic_version"):
        return _UNSTAMPED
    found = connection.execute(sql("SELECT version_num FROM alembic_version")).scalar()
    if found is None or not str(found).isdecimal():
        raise FormatVersionError(f"database: got revision {found!r}, want a number")
    return int(str(found))


def check(connection: Connection) -> None:
    """Refuse tables of another revision.

    Raises:
        FormatVersionError: They are older, or newer.
    """
    found = revision(connection)
    if found < HEAD:
        raise FormatVersionError(
            f"database: its tables are of revision {found}, want {HEAD}; "
            "run: caravan migrate"
        )
    _check_not_newer(found)


def upgrade(connection: Connection, revisions: Revisions = LEDGER) -> None:
    """Make the tables of a new database, or bring those of an older one up to date.

    Args:
        connection: In a transaction, which the caller commits; all of it or nothing.
        revisions: Of which kind it is.

    Raises:
        FormatVersionError: They are newer.
    """
    has = connection.dialect.has_table
    is_new = not has(connection, revisions.table)
    if not is_new:
        found = revision(connection)
        _check_not_newer(found, revisions)
        if found == revisions.head and has(connection, "alembic_version"):
            return
    # Whoever opens what is up to date needs none of it.
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    for option, value in (
        ("script_location", str(_HERE)),
        ("version_locations", str(_HERE / revisions.folder)),
        ("path_separator", "newline"),
    ):
        config.set_main_option(option, value.replace("%", "%%"))
    if not is_new and not has(connection, "alembic_version"):
        command.stamp(config, str(_UNSTAMPED))
    command.upgrade(config, "head")


def _check_not_newer(found: int, revisions: Revisions = LEDGER) -> None:
    if found > revisions.head:
        raise FormatVersionError(
            f"database: its tables are of revision {found}, want {revisions.head}; "
            "use the newer release"
        )
