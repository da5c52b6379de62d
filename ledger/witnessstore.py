"""What a witness remembers: of each log the checkpoint that it cosigned last.

The one thing a witness must never do is to go back. So what is remembered is read and
replaced in one transaction, which no other thread or process can come between, and is
on the disk before anybody hears of it.

The file is trusted: who puts an older one in its place can make the witness cosign a
second history.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, LargeBinary, delete, insert
from sqlalchemy import text as sql
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, col, select

from ledger.database import check_is_there, open_engine, prepare_new
from ledger.errors import FormatVersionError, StoreError
from ledger.sidefile import SideFile

_VERSION: Final = 1
"""What the file says that it is written in; 0 is a file that was just made."""
_OWN: Final = registry()


class _Table(SQLModel, registry=_OWN):
    """A table of this database."""


class CosignedRow(_Table, table=True):
    """The checkpoint of one log that was cosigned last."""

    __tablename__ = "cosigned"
    origin: str = Field(primary_key=True)
    size: int
    root: bytes = Field(sa_type=LargeBinary)
    note: bytes = Field(sa_type=LargeBinary)
    time: int
    seen_ms: int
    count: int


class OwnerRow(_Table, table=True):
    """Whose memory this is."""

    __tablename__ = "owner"
    vkey: str = Field(primary_key=True)


class DistrustedRow(_Table, table=True):
    """A log of which nothing is cosigned any more."""

    __tablename__ = "distrusted"
    origin: str = Field(primary_key=True)
    time_ms: int
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class LastCosigned:
    """The checkpoint of a log that was cosigned last.

    Attributes:
        size: Its size.
        root: Its root hash.
        note: The signed note: the lines of the log's keys and of the witness.
        time: The time it was cosigned with, in seconds since 1970.
        seen_ms: When the log was last seen.
        count: How many times something of this log was cosigned.
    """

    size: int
    root: bytes
    note: bytes
    time: int
    seen_ms: int
    count: int


@dataclass(frozen=True, slots=True)
class Distrusted:
    """Why nothing of a log is cosigned any more: when, the refusal's code and words."""

    time_ms: int
    code: str
    words: str


class WitnessStore:
    """The memory of a witness; open from any number of threads and processes."""

    def __init__(self, engine: Engine) -> None:
        """Use an engine made by :func:`open_witness_store`."""
        self._file = SideFile(engine, "database")

    def belong_to(self, vkey: str) -> None:
        """Be the memory of one key, and of no other from then on.

        Args:
            vkey: The witness's.

        Raises:
            StoreError: It is another witness's, or cannot be written.
        """
        with self._file.writing() as connection:
            owner = connection.execute(select(OwnerRow.vkey)).scalars().one_or_none()
            if owner is None:
                connection.execute(insert(OwnerRow), [{"vkey": vkey}])
            elif owner != vkey:
                raise StoreError(f"witness: is the memory of {owner}, not of {vkey}")

    def newest(self, origin: str) -> LastCosigned | None:
        """Return what was cosigned last of a log; None if nothing ever was.

        Raises:
            StoreError: It cannot be read.
        """
        with self._file.connected() as connection:
            return _newest(connection, origin)

    def replace(
        self, origin: str, make: Callable[[LastCosigned | None], LastCosigned]
    ) -> LastCosigned:
        """Put another checkpoint in the place of what was cosigned last; return it.

        When this returns, it is on the disk.

        Args:
            origin: Which log.
            make: Makes it of what is there now, which nobody changes meanwhile;
                whatever it raises leaves everything as it was.

        Raises:
            StoreError: It is not known to be written.
        """
        with self._file.writing() as connection:
            made = make(_newest(connection, origin))
            connection.execute(
                delete(CosignedRow).where(col(CosignedRow.origin) == origin)
            )
            row = {
                "origin": origin,
                "size": made.size,
                "root": made.root,
                "note": made.note,
                "time": made.time,
                "seen_ms": made.seen_ms,
                "count": made.count,
            }
            connection.execute(insert(CosignedRow), [row])
        return made

    def distrusted(self, origin: str) -> Distrusted | None:
        """Return why nothing of a log is cosigned any more; None if it may be.

        Raises:
            StoreError: It cannot be read.
        """
        query = select(
            DistrustedRow.time_ms, DistrustedRow.code, DistrustedRow.words
        ).where(DistrustedRow.origin == origin)
        with self._file.connected() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Distrusted(*row)

    def distrust(self, origin: str, why: Distrusted) -> bool:
        """Never cosign anything of a log again; tell whether that is new.

        Raises:
            StoreError: It is not known to be written.
        """
        query = select(DistrustedRow.origin).where(DistrustedRow.origin == origin)
        with self._file.writing() as connection:
            if connection.execute(query).one_or_none() is not None:
                return False
            row = {
                "origin": origin,
                "time_ms": why.time_ms,
                "code": why.code,
                "words": why.words,
            }
            connection.execute(insert(DistrustedRow), [row])
        return True

    def close(self) -> None:
        """Close every connection."""
        self._file.close()

    def create_tables(self) -> None:
        """Make the tables in a new file.

        Raises:
            FormatVersionError: Another release made them.
            StoreError: It is no database, or cannot be written.
        """
        with self._file.connected() as connection:
            prepare_new(connection)
        with self._file.writing() as connection:
            found = connection.execute(sql("PRAGMA user_version")).scalar()
            if found == 0 and not connection.dialect.get_table_names(connection):
                _OWN.metadata.create_all(connection)
                connection.execute(sql(f"PRAGMA user_version={_VERSION}"))
            elif found != _VERSION:
                raise FormatVersionError(
                    f"witness: its tables are of version {found}, want {_VERSION}"
                )


def open_witness_store(path: Path, *, is_new: bool = False) -> WitnessStore:
    """Open the memory of a witness.

    Args:
        path: The file; its folder is there.
        is_new: Whether it may be made. A memory that is lost is not begun anew by
            accident: the witness could then cosign a second history.

    Raises:
        NotFoundError: There is no such file.
        FormatVersionError: Another release wrote it.
        StoreError: It is no database of a witness, or cannot be written.
    """
    engine = open_engine(f"sqlite:///{str(path).replace('%', '%25')}")
    if not is_new:
        check_is_there(engine)
    store = WitnessStore(engine)
    try:
        store.create_tables()
    except BaseException:
        store.close()
        raise
    return store


def _newest(connection: Connection, origin: str) -> LastCosigned | None:
    query = select(CosignedRow).where(CosignedRow.origin == origin)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    return LastCosigned(
        size=int(row["size"]),
        root=bytes(row["root"]),
        note=bytes(row["note"]),
        time=int(row["time"]),
        seen_ms=int(row["seen_ms"]),
        count=int(row["count"]),
    )
