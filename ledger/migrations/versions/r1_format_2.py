"""The tables of format 2, as ledgers had them before their revision was written down.

On PostgreSQL also ``inbox``, where processes hand notes to the one that appends; a
SQLite file has one process.
"""

from alembic import op
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    LargeBinary,
    func,
)

from ledger.database import Text, Whole, guard_tables, is_postgresql

revision = "1"
down_revision = None

_ONLY_ADDED = ("meta", "entry", "statement", "listing", "seal", "tile", "checkpoint")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "meta",
        Column("key", Text(), primary_key=True),
        Column("value", Text(), nullable=False),
    )
    op.create_table(
        "entry",
        _place("index"),
        Column("entry", LargeBinary(), nullable=False),
        Column("chain", LargeBinary(), nullable=False),
    )
    op.create_table(
        "statement",
        _place("index"),
        Column("identity", Text(), nullable=False),
        Column("party", Text(), nullable=False),
        Column("text_hash", LargeBinary(), nullable=False),
        Column("fingerprint", LargeBinary(), nullable=False),
        Column("is_declaration", Boolean(), nullable=False),
    )
    op.create_index("statement_identity", "statement", ["identity"])
    op.create_table(
        "listing",
        Column("subject", Text(), primary_key=True),
        _place("index"),
        sqlite_with_rowid=False,
    )
    op.create_table("seal", _place("index"), Column("time_ms", Whole(), nullable=False))
    op.create_table(
        "tile",
        _place("level"),
        _place("number"),
        Column("hashes", LargeBinary(), nullable=False),
    )
    op.create_table(
        "checkpoint", _place("size"), Column("note", LargeBinary(), nullable=False)
    )
    op.create_table(
        "index_page",
        Column("name", Text(), primary_key=True),
        Column("page", LargeBinary(), nullable=False),
    )
    guard_tables(op.get_bind(), _ONLY_ADDED)
    if is_postgresql(op.get_bind()):
        _create_inbox()


def _place(name: str) -> Column[int]:
    return Column(name, Whole(), primary_key=True, autoincrement=False)


def _create_inbox() -> None:
    op.create_table(
        "inbox",
        Column("number", BigInteger(), Identity(always=True), primary_key=True),
        Column(
            "posted", DateTime(timezone=True), server_default=func.now(), nullable=False
        ),
        Column("notes", ARRAY(LargeBinary()), nullable=False),
        Column("answers", LargeBinary()),
        # Nothing in it is acknowledged: it need not outlive the server.
        prefixes=["UNLOGGED"],
    )
