"""The ledger's tables, through SQLModel: what is durable and how it is found again.

Rows are only ever added; triggers refuse everything else, save for the pages of the
index (``indexstore``). All but ``entry``, ``tile`` and ``checkpoint`` can be recomputed
from the entries, and a verifier does.

The store is *not* trusted: whoever can change it can at most make verification fail,
or withhold what it never gave out. The newest checkpoint in it *is* trusted by the
sequencer: whoever can take that back can make the ledger sign a split view.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import ClassVar, Final, TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    Index,
    LargeBinary,
    SmallInteger,
    bindparam,
    func,
    insert,
)
from sqlalchemy import select as select_columns
from sqlalchemy import text as sql
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Field, SQLModel, col, select

from ledger import migrations
from ledger.database import (
    Filled,
    SequencerLock,
    Text,
    Whole,
    add_rows,
    begin_writing,
    check_is_there,
    grant_writer,
    open_engine,
    prepare_new,
    reading,
    reason,
    take_lock,
    url_to_keep,
)
from ledger.errors import (
    FormatVersionError,
    LedgerError,
    NotFoundError,
    StoreError,
)
from ledger.indexstore import (
    IndexBeforeRow,
    IndexPageRow,
    clear_pages,
    forget_pages,
    keep_pages,
    read_pages,
    write_pages,
)
from ledger.publicationstore import Publication, add_publication, newest_publication
from ledger.replay import Occurrence

FORMAT_VERSION = "2"
T = TypeVar("T")

_LOOK_UP_CHUNK = 500
"""Values in one ``IN (…)``: below every database's limit on bound parameters."""
_READ_CHUNK = 1_000
"""Entries read at once: what is in memory, and how long the reader holds back what the
database wants to tidy away."""


def _place() -> int:
    """Return a column that is counted by us, not by the database."""
    kwargs = {"autoincrement": False}
    place: int = Field(primary_key=True, sa_type=Whole, sa_column_kwargs=kwargs)
    return place


class Meta(SQLModel, table=True):
    """What the database is: format version and origin."""

    key: str = Field(primary_key=True, sa_type=Text)
    value: str = Field(sa_type=Text)


class EntryRow(SQLModel, table=True):
    """An entry with its own chain head, ``c(index + 1)``: damage is found in place."""

    __tablename__ = "entry"
    index: int = _place()
    entry: bytes = Field(sa_type=LargeBinary)
    chain: bytes = Field(sa_type=LargeBinary)


class StatementRow(SQLModel, table=True):
    """What decides whether a later statement is new."""

    __tablename__ = "statement"
    __table_args__ = (Index("statement_identity", "identity"),)
    index: int = _place()
    identity: str = Field(sa_type=Text)
    party: str = Field(sa_type=Text)
    text_hash: bytes = Field(sa_type=LargeBinary)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    is_declaration: bool


class ListingRow(SQLModel, table=True):
    """One line of a subject's list: this entry is about this subject."""

    __tablename__ = "listing"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_with_rowid": False}
    subject: str = Field(primary_key=True, sa_type=Text)
    index: int = _place()
    tells: int = Field(sa_type=SmallInteger, sa_column_kwargs={"server_default": "0"})
    """In which directions a trace reads the entry (``telling``)."""


class SealRow(SQLModel, table=True):
    """Where the seals are, to find the closing seal of a statement."""

    __tablename__ = "seal"
    index: int = _place()
    time_ms: int = Field(sa_type=Whole)


class TileRow(SQLModel, table=True):
    """A full tile, 256 hashes that never change. Partial ones are cut on request."""

    __tablename__ = "tile"
    level: int = _place()
    number: int = _place()
    hashes: bytes = Field(sa_type=LargeBinary)


class CheckpointRow(SQLModel, table=True):
    """A checkpoint that was, or may have been, given out."""

    __tablename__ = "checkpoint"
    size: int = _place()
    note: bytes = Field(sa_type=LargeBinary)


# Built once: every group is read back with it; to build it takes longer than to ask.
_ENTRIES: Final = (
    select(EntryRow.index, EntryRow.entry, EntryRow.chain)
    .where(
        col(EntryRow.index) >= bindparam("start"),
        col(EntryRow.index) < bindparam("end"),
    )
    .order_by(sql('"index"'))
    .limit(_READ_CHUNK)
)
_TELLING: Final = (
    select(ListingRow.index)
    .where(
        col(ListingRow.subject).in_(bindparam("subjects", expanding=True)),
        col(ListingRow.index) < bindparam("below"),
        col(ListingRow.tells).bitwise_and(bindparam("direction")) != 0,
    )
    .distinct()
)


# What each group fills, in the order of its tuples.
_ENTRY: Final = Filled("entry", {"index": "bigint", "entry": "bytea", "chain": "bytea"})
_STATEMENT: Final = Filled(
    "statement",
    {
        "index": "bigint",
        "identity": "text",
        "party": "text",
        "text_hash": "bytea",
        "fingerprint": "bytea",
        "is_declaration": "boolean",
    },
)
_LISTING: Final = Filled(
    "listing", {"subject": "text", "index": "bigint", "tells": "smallint"}
)
_SEAL: Final = Filled("seal", {"index": "bigint", "time_ms": "bigint"})
_TILE: Final = Filled(
    "tile", {"level": "bigint", "number": "bigint", "hashes": "bytea"}
)
_CHECKPOINT: Final = Filled("checkpoint", {"size": "bigint", "note": "bytea"})


@dataclass(frozen=True, slots=True)
class Group:
    """What one transaction adds: statements, their seal, and what is found by them."""

    entries: Sequence[tuple[int, bytes, bytes]]
    """Index, entry, chain head after it."""
    statements: Sequence[tuple[str, Occurrence]]
    listings: Sequence[tuple[str, int, int]]
    """Subject, index, what the entry tells a trace."""
    seal: tuple[int, int]
    """Index and time in milliseconds."""
    tiles: Sequence[tuple[int, int, bytes]]
    """Level, number, 256 hashes."""


class SqlStore:
    """One ledger in one database."""

    def __init__(self, engine: Engine, snapshot: Connection | None = None) -> None:
        """Use an engine made by :func:`open_store` or :func:`create_store`.

        Args:
            engine: Makes connections.
            snapshot: What all is read from, if not from a connection each.
        """
        self._engine = engine
        self._snapshot = snapshot
        self._lock: SequencerLock | None = None
        self._apart: ExitStack | None = None
        self._read_back: Connection | None = None

    def append_group(self, group: Group) -> None:
        """Add a group in one transaction; when this returns, it is on the disk.

        Raises:
            StoreError: Nothing, or everything, of the group is durable.
        """
        self.append_groups([group])

    def append_groups(self, groups: Sequence[Group]) -> None:
        """Add groups in one transaction; when this returns, they are on the disk.

        Raises:
            StoreError: Nothing, or everything, of them is durable.
        """
        with self.transaction() as connection:
            add_rows(connection, _ENTRY, [row for g in groups for row in g.entries])
            add_rows(
                connection,
                _STATEMENT,
                [
                    (
                        known.index,
                        identity,
                        known.party,
                        known.text_hash,
                        known.fingerprint,
                        known.is_declaration,
                    )
                    for group in groups
                    for identity, known in group.statements
                ],
            )
            listings = sorted(line for group in groups for line in group.listings)
            add_rows(connection, _LISTING, listings)
            add_rows(connection, _SEAL, [group.seal for group in groups])
            add_rows(connection, _TILE, [tile for g in groups for tile in g.tiles])

    def append_checkpoint(
        self,
        size: int,
        note: bytes,
        pages: Mapping[str, bytes],
        *,
        mark: int | None = None,
    ) -> None:
        """Keep a checkpoint before it is given out.

        Args:
            size: What it signs.
            note: The checkpoint.
            pages: Those of the index that are others since the one before.
            mark: Size as of which they can still be read, the newest marked; None if
                nobody will ask.

        Raises:
            StoreError: It is not known to be durable.
        """
        with self.transaction() as connection:
            add_rows(connection, _CHECKPOINT, [(size, note)])
            if mark is not None:
                keep_pages(connection, pages, mark)
            write_pages(connection, pages)

    def append_publication(
        self, size: int, note: bytes, *, is_replayed: bool, marks: Iterable[int] = ()
    ) -> None:
        """Keep a checkpoint that witnesses have cosigned.

        Args:
            size: What it signs.
            note: With the lines of the witnesses.
            is_replayed: Whether a replaying witness is among them.
            marks: Sizes as of which the index is still read from now on, beside
                those of the newest publications.

        Raises:
            StoreError: It is not known to be durable.
        """
        with self.transaction() as connection:
            add_publication(connection, size, note, is_replayed=is_replayed)
            replayed = newest_publication(connection, is_replayed=True)
            kept = {size, *marks} | ({replayed.size} if replayed else set())
            forget_pages(connection, kept)

    def newest_publication(self, *, is_replayed: bool = False) -> Publication | None:
        """Return the newest checkpoint that was published, or None.

        Args:
            is_replayed: Whether a replaying witness must have cosigned it.
        """
        with self._reading() as connection:
            return newest_publication(connection, is_replayed=is_replayed)

    def newest_checkpoint(self) -> bytes | None:
        """Return the newest checkpoint kept, or None in a new ledger."""
        signed = self.newest_signed()
        return None if signed is None else signed[1]

    def newest_signed(self) -> tuple[int, bytes] | None:
        """Return size and note of the newest checkpoint, or None in a new ledger."""
        query = (
            select(CheckpointRow.size, CheckpointRow.note)
            .order_by(sql("size DESC"))
            .limit(1)
        )
        with self._reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else (int(row[0]), bytes(row[1]))

    def index_pages(
        self, names: Collection[str], size: int | None = None
    ) -> dict[str, bytes]:
        """Return, of the index pages of these names, those that there are.

        Args:
            names: Of the pages.
            size: As of when, a size that was marked; None for the newest checkpoint.
        """
        with self._reading() as connection:
            return read_pages(connection, names, size)

    def write_index_pages(self, pages: Mapping[str, bytes]) -> None:
        """Put pages of the index in the place of those of the same names.

        Raises:
            StoreError: They are not known to be durable.
        """
        with self.transaction() as connection:
            write_pages(connection, pages)

    def clear_index_pages(self) -> None:
        """Drop the index, to write it anew.

        Raises:
            StoreError: It may still be there.
        """
        with self.transaction() as connection:
            clear_pages(connection)

    def size(self) -> int:
        """Return the number of entries, signed or not."""
        with self._reading() as connection:
            last = connection.execute(select(func.max(EntryRow.index))).scalar()
        return 0 if last is None else int(last) + 1

    def entries(self, start: int, end: int) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield index, entry and chain head of the entries in ``[start, end)``.

        A missing row shows as a gap in the indices; the caller compares.
        """
        while True:
            between = {"start": start, "end": end}
            with self._reading() as connection:
                rows = connection.execute(_ENTRIES, between).all()
            for index, entry, chain in rows:
                yield index, _blob(entry), _blob(chain)
            if len(rows) < _READ_CHUNK:
                return
            start = rows[-1][0] + 1

    def entries_at(self, indices: Iterable[int]) -> dict[int, bytes]:
        """Return the entries at these indices.

        Raises:
            NotFoundError: One of them is not there.
        """
        wanted = sorted(set(indices))
        found: dict[int, bytes] = {}
        with self._reading() as connection:
            for chunk in _chunks(wanted):
                query = select(EntryRow.index, EntryRow.entry).where(
                    col(EntryRow.index).in_(chunk)
                )
                found.update((i, _blob(e)) for i, e in connection.execute(query))
        for index in wanted:
            if index not in found:
                raise NotFoundError(f"entry: there is none at index {index}")
        return found

    def occurrences(
        self, identities: Iterable[str]
    ) -> dict[str, tuple[Occurrence, ...]]:
        """Return what is logged under these identities, oldest first."""
        found: dict[str, tuple[Occurrence, ...]] = {}
        with self._reading() as connection:
            for chunk in _chunks(sorted(set(identities))):
                query = (
                    select_columns(
                        col(StatementRow.identity),
                        col(StatementRow.index),
                        col(StatementRow.party),
                        col(StatementRow.text_hash),
                        col(StatementRow.fingerprint),
                        col(StatementRow.is_declaration),
                    )
                    .where(col(StatementRow.identity).in_(chunk))
                    .order_by(sql('"index"'))
                )
                for (
                    identity,
                    index,
                    party,
                    text_hash,
                    fingerprint,
                    declared,
                ) in connection.execute(query):
                    occurrence = Occurrence(
                        index, party, bytes(text_hash), bytes(fingerprint), declared
                    )
                    found[identity] = (*found.get(identity, ()), occurrence)
        return found

    def listing(self, subject: str, below: int) -> tuple[int, ...]:
        """Return a subject's list: ascending indices below a tree size."""
        query = (
            select(ListingRow.index)
            .where(ListingRow.subject == subject, ListingRow.index < below)
            .order_by(sql('"index"'))
        )
        with self._reading() as connection:
            return tuple(connection.execute(query).scalars())

    def listings_of(
        self, subjects: Iterable[str], below: int
    ) -> dict[str, tuple[int, ...]]:
        """Return the lists of some subjects, empty ones too, below a tree size."""
        found: dict[str, list[int]] = {subject: [] for subject in subjects}
        with self._reading() as connection:
            for chunk in _chunks(sorted(found)):
                query = (
                    select(ListingRow.subject, ListingRow.index)
                    .where(col(ListingRow.subject).in_(chunk), ListingRow.index < below)
                    .order_by(sql('"index"'))
                )
                for subject, index in connection.execute(query):
                    found[subject].append(index)
        return {subject: tuple(indices) for subject, indices in found.items()}

    def indices_about(self, subjects: Iterable[str], below: int) -> tuple[int, ...]:
        """Return the indices, each once, of statements about any of these subjects."""
        found: set[int] = set()
        with self._reading() as connection:
            for chunk in _chunks(sorted(set(subjects))):
                query = select(ListingRow.index).where(
                    col(ListingRow.subject).in_(chunk), ListingRow.index < below
                )
                found.update(connection.execute(query).scalars())
        return tuple(sorted(found))

    def indices_telling(
        self, subjects: Iterable[str], direction: int, below: int
    ) -> tuple[int, ...]:
        """Return the indices, each once, of what a trace reads about these subjects.

        Args:
            subjects: Where it has come to.
            direction: Of ``telling``.
            below: A tree size.
        """
        found: set[int] = set()
        with self._reading() as connection:
            for chunk in _chunks(sorted(set(subjects))):
                values = {"subjects": chunk, "direction": direction, "below": below}
                found.update(connection.execute(_TELLING, values).scalars().all())
        return tuple(sorted(found))

    def subjects_within(self, prefix: str, limit: int) -> tuple[str, ...]:
        """Return subjects below an identifier prefix in alphabetical order."""
        # "0" is the character after "/": the range holds exactly what begins so.
        query = (
            select(ListingRow.subject)
            .where(
                ListingRow.subject >= prefix + "/", ListingRow.subject < prefix + "0"
            )
            .where(~col(ListingRow.subject).contains("#"))
            .distinct()
            .order_by(sql("subject"))
            .limit(limit)
        )
        with self._reading() as connection:
            return tuple(connection.execute(query).scalars())

    def next_subject(self, after: str, below: str) -> str | None:
        """Return the first subject from one text on and before another."""
        query = select(func.min(ListingRow.subject)).where(
            ListingRow.subject >= after, ListingRow.subject < below
        )
        with self._reading() as connection:
            return connection.execute(query).scalar()

    def directory_indices(self) -> tuple[int, ...]:
        """Return where the directory statements are."""
        query = (
            select(StatementRow.index)
            .where(StatementRow.fingerprint == b"")
            .order_by(sql('"index"'))
        )
        with self._reading() as connection:
            return tuple(connection.execute(query).scalars())

    def closing_seals(self, indices: Iterable[int]) -> dict[int, tuple[int, int]]:
        """Return index and time of the closing seal of each statement."""
        found: dict[int, tuple[int, int]] = {}
        later = (
            select(func.min(SealRow.index))
            .where(SealRow.index > EntryRow.index)
            .correlate(EntryRow)
            .scalar_subquery()
        )
        with self._reading() as connection:
            for chunk in _chunks(sorted(set(indices))):
                query = (
                    select_columns(
                        col(EntryRow.index), col(SealRow.index), col(SealRow.time_ms)
                    )
                    .join(SealRow, col(SealRow.index) == later)
                    .where(col(EntryRow.index).in_(chunk))
                )
                for index, seal, time_ms in connection.execute(query):
                    found[index] = (seal, time_ms)
        return found

    def last_seal(self) -> int | None:
        """Return the index of the newest seal, or None in a new ledger."""
        with self._reading() as connection:
            last = connection.execute(select(func.max(SealRow.index))).scalar()
        return None if last is None else int(last)

    def tile(self, level: int, number: int) -> bytes | None:
        """Return the hashes of a full tile, or None if it is not full yet."""
        query = select(TileRow.hashes).where(
            TileRow.level == level, TileRow.number == number
        )
        with self._reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else bytes(row[0])

    @property
    def origin(self) -> str:
        """Name of the ledger in this database.

        Raises:
            StoreError: The database does not say.
        """
        origin = self.meta("origin")
        if origin is None:
            raise StoreError("database: names no origin")
        return origin

    def lock_sequencer(self) -> None:
        """Become the one process that appends, until it ends or closes the store.

        Raises:
            StoreError: Another process appends to this database, or it does not keep
                what it has acknowledged.
        """
        if not self.try_lock_sequencer():
            raise StoreError("database: another process appends to it")

    def try_lock_sequencer(self) -> bool:
        """Become the one process that appends, or say that there is another.

        Raises:
            StoreError: The database cannot be reached, or does not keep what it has
                acknowledged.
        """
        try:
            self._lock = take_lock(self._engine)
        except SQLAlchemyError as error:
            raise StoreError(reason(error)) from error
        return self._lock is not None

    def unlock_sequencer(self) -> None:
        """Let another process append."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def is_sequencer(self) -> bool:
        """Tell whether this process still is the one that appends."""
        return self._lock is not None and self._lock.is_held()

    def meta(self, key: str) -> str | None:
        """Return what the database says of itself under this key."""
        query = select(Meta.value).where(Meta.key == key)
        with self._reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else str(row[0])

    def database_bytes(self) -> int:
        """Return how large the database is, its write-ahead log apart."""
        if self._engine.dialect.name == "postgresql":
            query = "SELECT pg_database_size(current_database())"
        else:
            query = (
                "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
            )
        with self._reading() as connection:
            return int(connection.execute(sql(query)).scalar_one())

    def has_tables(self) -> bool:
        """Say whether a ledger was ever created in this database."""
        with self._reading() as connection:
            return self._engine.dialect.has_table(connection, "meta")

    def close(self) -> None:
        """Close every connection, and let another process append."""
        self._close_apart()
        self.unlock_sequencer()
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection whose work is committed whole when the block ends.

        Raises:
            StoreError: Whether it was committed is not known.
        """
        try:
            begun = (
                self._engine.begin()
                if self._lock is None
                else self._lock.transaction(self._engine)
            )
            with begun as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(reason(error)) from error

    @contextmanager
    def snapshot(self) -> Iterator["SqlStore"]:
        """Give the store as it is now, for one thread, while others write.

        Raises:
            StoreError: The store cannot be read.
        """
        with self._connected(as_of_now=True) as connection:
            yield SqlStore(self._engine, connection)

    @contextmanager
    def read_back(self) -> Iterator["SqlStore"]:
        """Give the store as the database has it, not as the writer remembers it.

        A connection that has written answers from its own memory; the one that is kept
        for this never writes. For one thread at a time.

        Raises:
            StoreError: The store cannot be read.
        """
        try:
            if self._apart is None:
                self._apart = ExitStack()
                self._read_back = self._apart.enter_context(reading(self._engine))
            yield SqlStore(self._engine, self._read_back)
        except SQLAlchemyError as error:
            self._close_apart()
            raise StoreError(reason(error)) from error

    def _close_apart(self) -> None:
        if self._apart is not None:
            self._apart.close()
            self._apart = None

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self._snapshot is not None:
            yield self._snapshot
            return
        with self._connected() as connection:
            yield connection

    @contextmanager
    def _connected(self, *, as_of_now: bool = False) -> Iterator[Connection]:
        try:
            with reading(self._engine, as_of_now=as_of_now) as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(reason(error)) from error


def create_store(url: str, *, origin: str) -> SqlStore:
    """Create the tables of a new ledger.

    Raises:
        StoreError: The database cannot be written, or holds a ledger already.
    """
    engine = open_engine(url)
    store = SqlStore(engine)
    try:
        with store._connected() as connection:
            prepare_new(connection)
        with store.transaction() as connection:
            begin_writing(connection)
            _make_tables(connection, origin)
    except StoreError:
        store.close()
        raise
    return store


def _make_tables(connection: Connection, origin: str) -> None:
    if connection.dialect.has_table(connection, "meta"):
        name = connection.engine.url.database
        raise StoreError(f"database: {name} holds a ledger already")
    migrations.upgrade(connection)
    connection.execute(
        insert(Meta),
        [
            {"key": "format_version", "value": FORMAT_VERSION},
            {"key": "origin", "value": origin},
        ],
    )


def check_vacant(url: str) -> None:
    """Refuse a database in which no new ledger can be made.

    Raises:
        StoreError: It cannot be reached, or holds a ledger already.
    """
    store = SqlStore(open_engine(url))
    try:
        if store.has_tables():
            raise StoreError(f"database: {url_to_keep(url)} holds a ledger already")
    finally:
        store.close()


def open_store(url: str) -> SqlStore:
    """Open the tables of an existing ledger.

    Raises:
        NotFoundError: There is no ledger in that database.
        FormatVersionError: It was written by another format version, or its tables
            are those of another release.
    """
    store = _open(url)
    try:
        with store._reading() as connection:
            migrations.check(connection)
    except StoreError:
        store.close()
        raise
    return store


def migrate_store(url: str, *, writer: str | None = None) -> tuple[int, int]:
    """Bring the tables of an existing ledger up to this release.

    Args:
        url: The database, as its owner connects to it.
        writer: On PostgreSQL, another role that may append from now on.

    Returns:
        The revision that they were of, and the one they are of now.

    Raises:
        NotFoundError: There is no ledger in that database.
        FormatVersionError: It was written by another format version, or a newer
            release.
        StoreError: A process appends to it, or it cannot be changed; nothing was.
    """
    store = _open(url)
    try:
        store.lock_sequencer()
        with store.transaction() as connection:
            begin_writing(connection)
            before = migrations.revision(connection)
            migrations.upgrade(connection)
            _grant(connection, writer)
        return before, migrations.HEAD
    finally:
        store.close()


def _grant(connection: Connection, writer: str | None) -> None:
    if writer is not None:
        changed = {
            str(IndexPageRow.__tablename__),
            str(IndexBeforeRow.__tablename__),
            "inbox",
        }
        added = sorted(SQLModel.metadata.tables.keys() - changed)
        grant_writer(connection, writer, added=added, changed=sorted(changed))


def _open(url: str) -> SqlStore:
    engine = open_engine(url)
    check_is_there(engine)
    store = SqlStore(engine)
    try:
        if not store.has_tables():
            raise NotFoundError(f"database: no ledger in {engine.url.database}")
        version = store.meta("format_version")
        if version != FORMAT_VERSION:
            raise FormatVersionError(
                f"database format: got version {version}, want {FORMAT_VERSION}; "
                f"use the release that wrote it, or export and import"
            )
    except LedgerError:
        store.close()
        raise
    return store


def _blob(value: object) -> bytes:
    """Return the bytes of a column; what somebody wrote past the program is none."""
    if not isinstance(value, bytes):
        raise StoreError(f"database: got {type(value).__name__} where bytes were")
    return value


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _LOOK_UP_CHUNK):
        yield values[start : start + _LOOK_UP_CHUNK]
