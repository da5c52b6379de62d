"""Checkpoints that witnesses have cosigned, and the index as of the newest of these."""

from alembic import op
from sqlalchemy import Column, LargeBinary

from ledger.database import Text, Whole, guard_tables

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """Make the tables; nothing is in them before a witness has cosigned."""
    op.create_table(
        "published",
        Column("number", Whole(), primary_key=True, autoincrement=False),
        Column("size", Whole(), nullable=False),
        Column("note", LargeBinary(), nullable=False),
        Column("is_replayed", Whole(), nullable=False),
    )
    op.create_table(
        "index_before",
        Column("size", Whole(), primary_key=True, autoincrement=False),
        Column("name", Text(), primary_key=True),
        Column("page", LargeBinary(), nullable=False),
    )
    guard_tables(op.get_bind(), ["published"])
