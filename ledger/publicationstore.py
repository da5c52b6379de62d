"""Where checkpoints are kept with what witnesses have signed on them.

Rows are only ever added. A row is no proof that a policy is met: policies change, and
``published`` judges the lines of a note each time.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, LargeBinary, insert
from sqlmodel import Field, SQLModel, col, select

from ledger.database import Whole


@dataclass(frozen=True, slots=True)
class Publication:
    """A checkpoint as it was published.

    Attributes:
        number: Counted from 1.
        size: What it signs.
        note: With the lines of the witnesses.
        is_replayed: Whether a replaying witness is among them.
    """

    number: int
    size: int
    note: bytes
    is_replayed: bool


class PublishedRow(SQLModel, table=True):
    """One publication; the same checkpoint may be published again, cosigned later."""

    __tablename__ = "published"
    number: int = Field(
        primary_key=True, sa_type=Whole, sa_column_kwargs={"autoincrement": False}
    )
    size: int = Field(sa_type=Whole)
    note: bytes = Field(sa_type=LargeBinary)
    is_replayed: int = Field(sa_type=Whole)


def newest_publication(
    connection: Connection, *, is_replayed: bool = False
) -> Publication | None:
    """Return the newest publication, or None if there is none.

    Args:
        connection: Reads.
        is_replayed: Whether a replaying witness must be among its witnesses.
    """
    query = select(
        PublishedRow.number,
        PublishedRow.size,
        PublishedRow.note,
        PublishedRow.is_replayed,
    ).order_by(col(PublishedRow.number).desc())
    if is_replayed:
        query = query.where(PublishedRow.is_replayed == 1)
    row = connection.execute(query.limit(1)).first()
    if row is None:
        return None
    return Publication(int(row[0]), int(row[1]), bytes(row[2]), bool(row[3]))


def add_publication(
    connection: Connection, size: int, note: bytes, *, is_replayed: bool
) -> None:
    """Add a publication behind the newest; for one writer at a time."""
    newest = newest_publication(connection)
    number = 1 if newest is None else newest.number + 1
    row = {
        "number": number,
        "size": size,
        "note": note,
        "is_replayed": int(is_replayed),
    }
    connection.execute(insert(PublishedRow), [row])
