"""How often codes were looked up, by day."""

from alembic import op
from sqlalchemy import Column, Integer, String

revision = "1"
down_revision = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "lookups",
        Column("subject", String(), primary_key=True),
        Column("day", String(), primary_key=True),
        Column("count", Integer(), nullable=False),
    )
