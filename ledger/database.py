"""The databases that a ledger can be in: SQLite, or PostgreSQL by its URL.

Alone knows how the two differ: how a connection is prepared, how rows are kept from
being changed, who may write, and how one process at a time becomes the sequencer. The
tables are in ``sqlstore`` and ``indexstore``, how they came to be in ``migrations``.

The server of a database is trusted as ``sqlstore`` says of the store. Its owner's role
can drop every guard; the writer's, which ``serve`` uses, can only add.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import (
    URL,
    BigInteger,
    Connection,
    Dialect,
    Engine,
    Integer,
    String,
    create_engine,
    event,
    make_url,
)
from sqlalchemy import text as sql
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeDecorator, TypeEngine

from ledger.errors import NotFoundError, StoreError

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"

_DRIVER: Final = "postgresql+psycopg"
_LOCK: Final = 0x63_61_72_61_76_61_6E  # "caravan"
"""The sequencer's advisory lock; one database has one ledger."""

# The client's side of a connection: a server that is gone is noticed in 5 seconds.
_KEEPALIVE: Final = {
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 5_000,
    "connect_timeout": 5,
}
# The server's side of the lock's connection: that a machine is gone which could not
# say so is noticed as fast, and its lock is free.
_LOCK_OPTIONS: Final = (
    "-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2"
    " -c tcp_user_timeout=4000"
)
# Without one of these, what was acknowledged can be lost in a power cut.
_DURABLE: Final = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
}


class Whole(TypeDecorator[int]):
    """A whole number of up to 63 bits; SQLite's only kind of integer has as many."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int]:
        """Return the type by the name that makes it a row's own number in SQLite."""
        kind = Integer() if dialect.name == SQLITE else BigInteger()
        return dialect.type_descriptor(kind)


class Text(TypeDecorator[str]):
    """Text in the order of its characters, whatever language the server speaks."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Return the type, compared byte by byte as SQLite does."""
        collation = "C" if dialect.name == POSTGRESQL else None
        return dialect.type_descriptor(String(collation=collation))


def parse_url(url: str) -> URL:
    """Return a database's URL with the driver that we use.

    Raises:
        StoreError: It names no database that a ledger can be in.

    >>> parse_url("postgres://milk@db.example/ledger").drivername
    'postgresql+psycopg'
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError("database: got no URL, want sqlite or postgresql") from None
    if parsed.drivername in ("postgres", POSTGRESQL, _DRIVER):
        return parsed.set(drivername=_DRIVER)
    if parsed.drivername != SQLITE:
        raise StoreError(
            f"database: got {parsed.drivername}, want sqlite or postgresql"
        )
    return parsed


def is_shared(url: str) -> bool:
    """Tell whether several processes may serve the ledger in a database.

    Raises:
        StoreError: It names no database that a ledger can be in.
    """
    return parse_url(url).drivername != SQLITE


def url_to_keep(url: str, role: str | None = None) -> str:
    """Return a database's URL without a password, for a file or for people to read.

    Args:
        url: With one, perhaps.
        role: Who connects with it, if somebody else.

    >>> url_to_keep("postgres://owner:secret@db.example/milk", role="writer")
    'postgresql://writer@db.example/milk'
    """
    parsed = parse_url(url)
    if parsed.drivername == SQLITE:
        return url
    kept = parsed.set(drivername=POSTGRESQL, username=role or parsed.username)
    # Setting it to None changes nothing.
    return kept._replace(password=None).render_as_string(hide_password=False)


def open_engine(url: str) -> Engine:
    """Return an engine for a database; nothing is asked of it yet.

    Raises:
        StoreError: It is of no kind that we know, or its driver is not installed.
    """
    parsed = parse_url(url)
    if parsed.drivername == SQLITE:
        # Whoever has a snapshot open reads entries beside it: with a limit on
        # connections many such threads would wait for one another.
        engine = create_engine(
            parsed, connect_args={"check_same_thread": False}, max_overflow=-1
        )
        event.listen(engine, "connect", _set_pragmas)
        return engine
    try:
        return create_engine(parsed, connect_args=_KEEPALIVE, max_overflow=-1)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise StoreError(
            'database: PostgreSQL needs psycopg: pip install "caravan[postgresql]"'
        ) from error


def is_postgresql(engine: Engine | Connection) -> bool:
    """Tell which of the two it is."""
    return engine.dialect.name == POSTGRESQL


def check_is_there(engine: Engine) -> None:
    """Refuse a file that is not there: to open one would make it.

    Raises:
        NotFoundError: There is no such file.
    """
    path = engine.url.database
    if not is_postgresql(engine) and (path is None or not Path(path).is_file()):
        raise NotFoundError(f"database: there is no file {path}")


def prepare_new(connection: Connection) -> None:
    """Set what is a property of the database from now on, before there are tables.

    Raises:
        StoreError: A ledger cannot be kept in this database.
    """
    if not is_postgresql(connection):
        # Readers never wait for the writer.
        connection.execute(sql("PRAGMA journal_mode=WAL"))
        return
    encoding = connection.execute(sql("SHOW server_encoding")).scalar()
    if encoding != "UTF8":
        raise StoreError(f"database: its encoding is {encoding}, want UTF8")


def begin_writing(connection: Connection) -> None:
    """Begin a transaction that makes tables, whole or not at all."""
    if not is_postgresql(connection):
        # The driver begins none by itself before the first row.
        connection.execute(sql("BEGIN IMMEDIATE"))


@contextmanager
def reading(engine: Engine, *, as_of_now: bool = False) -> Iterator[Connection]:
    """Give a connection to read from.

    Args:
        engine: Makes connections.
        as_of_now: Whether all that is read is as of one moment, whoever writes
            meanwhile; else each query sees what is newest.
    """
    if not is_postgresql(engine):
        with engine.connect() as connection:
            if as_of_now:
                # Without it, each query of the driver's sees the newest commit.
                connection.execute(sql("BEGIN"))
            yield connection
        return
    # Each query by itself, and not between two others that begin and end it.
    level = "REPEATABLE READ" if as_of_now else "AUTOCOMMIT"
    with engine.connect() as connection:
        yield connection.execution_options(isolation_level=level)


class Filled:
    """A table to which many rows are added at once, in the drivers' own words.

    Through the columns' types, which look at each value, it takes half as long again.
    """

    def __init__(self, table: str, columns: Mapping[str, str]) -> None:
        """Prepare what is said.

        Args:
            table: Its name.
            columns: Name and PostgreSQL's type of each, in the order of the rows.
        """
        names = ", ".join(f'"{name}"' for name in columns)
        arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
        marks = ", ".join("?" * len(columns))
        into = f"INSERT INTO {table} ({names})"
        self.as_arrays = f"{into} SELECT * FROM unnest({arrays})"  # noqa: S608  # ours
        self.as_rows = f"{into} VALUES ({marks})"


def add_rows(
    connection: Connection, table: Filled, rows: Sequence[tuple[object, ...]]
) -> None:
    """Add rows to a table, if there are any."""
    if not rows:
        return
    if is_postgresql(connection):
        columns = tuple(list(column) for column in zip(*rows, strict=True))
        connection.exec_driver_sql(table.as_arrays, columns)
    else:
        connection.exec_driver_sql(table.as_rows, list(rows))


def guard_tables(connection: Connection, names: Iterable[str]) -> None:
    """Have the database refuse that rows of these tables are changed or taken away."""
    if is_postgresql(connection):
        connection.execute(
            sql(
                "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger "
                "LANGUAGE plpgsql AS $$ BEGIN "
                "RAISE EXCEPTION '%: rows are only ever added', TG_TABLE_NAME; "
                "END $$"
            )
        )
    for name in names:
        for statement in _guards(name, is_postgresql=is_postgresql(connection)):
            connection.execute(sql(statement))


def unguard_tables(connection: Connection, names: Iterable[str]) -> None:
    """Take the guards away; for a migration, which puts them back before it ends."""
    for name in names:
        if is_postgresql(connection):
            connection.execute(sql(f"DROP TRIGGER {name}_only_added ON {name}"))
        else:
            for verb in ("update", "delete"):
                connection.execute(sql(f"DROP TRIGGER {name}_no_{verb}"))


def _guards(name: str, *, is_postgresql: bool) -> list[str]:
    if not is_postgresql:
        return [
            f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} BEGIN "
            f"SELECT RAISE(ABORT, '{name}: rows are only ever added'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE TRIGGER {name}_only_added BEFORE UPDATE OR DELETE OR TRUNCATE "
        f"ON {name} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        # Also where the session says that it only repeats what a replica has.
        f"ALTER TABLE {name} ENABLE ALWAYS TRIGGER {name}_only_added",
    ]


def grant_writer(
    connection: Connection, role: str, *, added: Iterable[str], changed: Iterable[str]
) -> None:
    """Let a role of PostgreSQL append to a ledger, and do nothing else to it.

    Args:
        connection: The owner's.
        role: Name of a role that is there.
        added: Tables to whose rows it may only add.
        changed: Tables whose rows it may replace and take away.

    Raises:
        StoreError: The database knows no roles.
    """
    if not is_postgresql(connection):
        raise StoreError("database: SQLite has no roles: who may write is the file's")
    name = connection.dialect.identifier_preparer.quote(role)
    schema = connection.execute(sql("SELECT quote_ident(current_schema())")).scalar()
    connection.execute(sql(f"GRANT USAGE ON SCHEMA {schema} TO {name}"))
    for table in (*added, *changed, "alembic_version"):
        connection.execute(sql(f"REVOKE ALL ON {table} FROM PUBLIC, {name}"))
        connection.execute(sql(f"GRANT SELECT ON {table} TO {name}"))
    for table in (*added, *changed):
        connection.execute(sql(f"GRANT INSERT ON {table} TO {name}"))
    for table in changed:
        connection.execute(sql(f"GRANT UPDATE, DELETE ON {table} TO {name}"))


class SequencerLock:
    """That this process, and no other, appends to a database."""

    def __init__(self, connection: Connection) -> None:
        """Keep the connection on which the lock was taken: the lock ends with it."""
        self._connection = connection
        self._in_use = threading.Lock()
        """Guards the connection."""

    @contextmanager
    def transaction(self, engine: Engine) -> Iterator[Connection]:
        """Give a connection whose work is committed whole when the block ends.

        On PostgreSQL it is the lock's own: who has lost the lock has lost the means to
        write, so that no two processes ever write, however late one of them hears of
        it.

        Raises:
            StoreError: The lock is lost.
        """
        if not is_postgresql(engine):
            with engine.begin() as connection:
                yield connection
            return
        with self._in_use:
            # It would connect again, without the lock.
            if self._connection.invalidated or self._connection.closed:
                raise StoreError("database: this process no longer appends to it")
            with self._connection.begin():
                yield self._connection

    def is_held(self) -> bool:
        """Tell whether the lock is still this process's, as far as can be seen."""
        if self._connection.invalidated or self._connection.closed:
            return False
        if not is_postgresql(self._connection) or not self._in_use.acquire(False):
            return True
        try:
            with self._connection.begin():
                self._connection.execute(sql("SELECT 1"))
        except SQLAlchemyError:
            return False
        finally:
            self._in_use.release()
        return True

    def release(self) -> None:
        """Let another process append."""
        self._connection.close()
        self._connection.engine.dispose()


def take_lock(engine: Engine) -> SequencerLock | None:
    """Become the one process that appends; None if another is.

    The database ends the lock when this process ends, however it dies.

    Raises:
        StoreError: The database cannot be written durably, or not be reached.
    """
    locks = _lock_engine(engine)
    try:
        connection = locks.connect()
        if _try_lock(connection):
            return SequencerLock(connection)
    except BaseException:
        locks.dispose()
        raise
    connection.close()
    locks.dispose()
    return None


def _lock_engine(engine: Engine) -> Engine:
    if is_postgresql(engine):
        options = {**_KEEPALIVE, "options": _LOCK_OPTIONS}
        return create_engine(engine.url, poolclass=NullPool, connect_args=options)
    # A write transaction on a file beside the database, left open.
    url = f"{engine.url.render_as_string(False)}-sequencer"
    return create_engine(url, poolclass=NullPool, connect_args={"timeout": 0})


def _try_lock(connection: Connection) -> bool:
    if not is_postgresql(connection):
        try:
            connection.execute(sql("BEGIN EXCLUSIVE"))
        except SQLAlchemyError:
            return False
        return True
    with connection.begin():
        for setting, good in _DURABLE.items():
            is_now = connection.execute(sql(f"SHOW {setting}")).scalar()
            if is_now not in good:
                raise StoreError(
                    f"database: {setting} is {is_now}, want {good[0]}: what is "
                    "acknowledged could be lost in a power cut"
                )
        found = connection.execute(sql(f"SELECT pg_try_advisory_lock({_LOCK})"))
        return bool(found.scalar())


class Listener:
    """Hears what other processes tell on a channel of PostgreSQL; for one thread."""

    def __init__(self, engine: Engine, channel: str) -> None:
        """Listen on a connection of its own, made when it is first needed."""
        self._engine = engine
        self._channel = channel
        self._connection: Connection | None = None

    def wait(self, seconds: float) -> None:
        """Return when something was told, or when the time is over.

        Also at once when it had not listened before, and may have missed something.
        """
        try:
            if self._connection is None:
                self._connect()
                return
            driver = self._connection.connection.driver_connection
            if driver is not None:
                # Psycopg's own; what is told does not matter, only that it is.
                told = driver.notifies(timeout=seconds, stop_after=1)
                next(told, None)
                told.close()
        except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error):
            # The server restarts, perhaps; what cannot be heard is asked for.
            self.close()
            time.sleep(seconds)

    def close(self) -> None:
        """Listen no more."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.invalidate()
            connection.close()

    def _connect(self) -> None:
        connection = self._engine.connect()
        self._connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        self._connection.execute(sql(f"LISTEN {self._channel}"))


def reason(error: SQLAlchemyError) -> str:
    """Return the database's own words: SQLAlchemy's would quote whole entries."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        said = str(error.orig).strip().partition("\n")[0]
        return f"database: {said}"
    return f"database: {type(error).__name__}"


def _set_pragmas(connection: object, _: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined] # any DB-API connection
    # A commit that returned survives a power cut, not only a crash of the process.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA busy_timeout=5000")
    # 16 MiB, four times the usual: each group writes the top of the index again, and
    # what is written again before it leaves the WAL is copied once.
    cursor.execute("PRAGMA wal_autocheckpoint=4000")
    # 16 MiB, eight times the usual, for the same reason.
    cursor.execute("PRAGMA cache_size=-16384")
    cursor.close()
