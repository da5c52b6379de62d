"""What parties have disclosed, and what was erased of it."""

from alembic import op
from sqlalchemy import Column, LargeBinary, String

revision = "1"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "disclosed",
        Column("commitment", LargeBinary(), primary_key=True),
        Column("subject", String(), nullable=False),
        Column("salt", LargeBinary(), nullable=False),
        Column("value", String(), nullable=False),
        Column("consent_given", String(), nullable=False),
        Column("consent_purpose", String(), nullable=False),
        Column("consent_words", String(), nullable=False),
    )
    op.create_index("ix_disclosed_subject", "disclosed", ["subject"])
    op.create_table("erased", Column("commitment", LargeBinary(), primary_key=True))
