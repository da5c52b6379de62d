"""How the tables of a ledger came to be, one numbered revision after the other.

A new ledger takes all of them; an older one those that it lacks, by ``caravan
migrate``. The format version in ``meta`` is about what entries say; a revision is about
where they are kept. Revisions are counted, so that older and newer can be told apart.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection
from sqlalchemy import text as sql

from ledger.errors import FormatVersionError

HEAD: Final = 2
"""The newest revision, which this release reads and writes."""

_UNSTAMPED: Final = 1
"""What a ledger has that was made before its revision was written down."""
_HERE: Final = Path(__file__).parent


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


def upgrade(connection: Connection) -> None:
    """Make the tables of a new ledger, or bring those of an older one up to date.

    Args:
        connection: In a transaction, which the caller commits; all of it or nothing.

    Raises:
        FormatVersionError: They are newer.
    """
    # Whoever opens a ledger that is up to date needs none of it.
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    has = connection.dialect.has_table
    if has(connection, "meta"):
        _check_not_newer(revision(connection))
        if not has(connection, "alembic_version"):
            command.stamp(config, str(_UNSTAMPED))
    command.upgrade(config, "head")


def _check_not_newer(found: int) -> None:
    if found > HEAD:
        raise FormatVersionError(
            f"database: its tables are of revision {found}, want {HEAD}; "
            "use the newer release"
        )
