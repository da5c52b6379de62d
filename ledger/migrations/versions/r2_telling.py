"""Each line of a list says in which directions a trace reads its entry."""

from collections.abc import Iterator
from typing import Final

from alembic import op
from sqlalchemy import Column, Connection, SmallInteger
from sqlalchemy import text as sql

from ledger.database import guard_tables, unguard_tables
from ledger.encoding import parse_canonical
from ledger.event import parse_event
from ledger.seal import entry_kind
from ledger.statement import parse_statement
from ledger.telling import telling

revision = "2"
down_revision = "1"

_CHUNK: Final = 1_000


def upgrade() -> None:
    """Add the column, and read what it holds from the entries."""
    op.add_column(
        "listing", Column("tells", SmallInteger(), nullable=False, server_default="0")
    )
    connection = op.get_bind()
    last = connection.execute(sql('SELECT max("index") FROM entry')).scalar()
    if last is None:
        return
    origin = connection.execute(sql("SELECT value FROM meta WHERE key = 'origin'"))
    host = str(origin.scalar_one()).split("/", 1)[0]
    unguard_tables(connection, ["listing"])
    for start in range(0, last + 1, _CHUNK):
        lines = list(_lines(connection, start, host))
        if lines:
            connection.execute(
                sql(
                    "UPDATE listing SET tells = :tells "
                    'WHERE subject = :subject AND "index" = :index'
                ),
                lines,
            )
    guard_tables(connection, ["listing"])


def _lines(
    connection: Connection, start: int, host: str
) -> Iterator[dict[str, str | int]]:
    """Yield what some entries tell of their subjects."""
    rows = connection.execute(
        sql('SELECT "index", entry FROM entry WHERE "index" BETWEEN :start AND :last'),
        {"start": start, "last": start + _CHUNK - 1},
    )
    for index, entry in rows:
        if entry_kind(entry) == "seal":
            continue
        statement = parse_statement(entry)
        if statement.kind == "event":
            event = parse_event(parse_canonical(statement.body), host=host)
            for subject, tells in telling(event).items():
                yield {"subject": subject, "index": index, "tells": tells}
