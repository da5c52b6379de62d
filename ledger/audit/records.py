"""The records of an audit, in one SQLite file: what was taken in, and what was found.

Records are found by *scope*: a thing, a document, or what happened at a place, with a
device or by a key in one month. A scope that a new record mentions is to be looked at
again, and so is each whose check has read it; nothing else is. So the next audit costs
what is new, and none needs more memory than its largest scope.

The file is a cache of the reader's own, as ``saved`` is: whoever can change it can have
an audit say anything. It is not journalled: until an audit has come to its end the file
says that it is not whole, and one that is not whole is begun anew.
"""

import hashlib
import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal

import msgspec

from ledger.audit.finding import Finding
from ledger.audit.recent import Recent
from ledger.audit.record import Record
from ledger.audit.scope import KINDS, Scope, ScopeKind, scopes_of
from ledger.errors import StoreError

_KEPT: Final = 20_000
"""Records that are kept as they were read, and as many before them: some 150 MiB."""
_MOST_IDS: Final = 20_000
"""Scopes whose numbers are remembered, and as many before them."""
_WRITTEN: Final = 10_000
"""Rows that are written at one time."""
_OF_NO_USE: Final = frozenset(
    {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
)
"""What a file answers that is damaged, or has not the tables of this program."""
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (idx INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS directory (idx INTEGER PRIMARY KEY, entry BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS scope (
    id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, name TEXT NOT NULL,
    month INTEGER NOT NULL, is_due INTEGER NOT NULL, again_us INTEGER,
    UNIQUE (name, kind, month)
);
CREATE INDEX IF NOT EXISTS again ON scope (again_us) WHERE again_us IS NOT NULL;
CREATE INDEX IF NOT EXISTS due ON scope (id) WHERE is_due;
CREATE TABLE IF NOT EXISTS mention (
    scope INTEGER NOT NULL, first INTEGER NOT NULL, indices BLOB NOT NULL,
    PRIMARY KEY (scope, first)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reading (
    scope INTEGER NOT NULL, reader INTEGER NOT NULL, PRIMARY KEY (scope, reader)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS finding (
    scope INTEGER NOT NULL, place INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (scope, place)
) WITHOUT ROWID;
"""


@cache
def program_hash() -> str:
    """Return a hash of this program and its rules: another one's file is not taken."""
    found = hashlib.sha256()
    for folder in ("", "audit", "audit/rules"):
        base = files("ledger").joinpath(folder) if folder else files("ledger")
        for source in sorted(base.iterdir(), key=lambda each: each.name):
            if source.name.endswith((".py", ".toml")):
                found.update(f"{folder}/{source.name}\n".encode() + source.read_bytes())
    return found.hexdigest()


class Records:
    """The file, while one process has it to itself."""

    def __init__(self, path: Path | None = None) -> None:
        """Open a file, or keep everything in memory.

        A file that is damaged, or of another program, is thrown away.

        Raises:
            StoreError: Another process has it, or the disk fails.
        """
        self._encoder = msgspec.msgpack.Encoder()
        self._decode = msgspec.msgpack.Decoder(Record).decode
        self._decode_finding = msgspec.msgpack.Decoder(Finding).decode
        self._kept = Recent(_KEPT, self._decoded)
        self._ids = Recent(_MOST_IDS, self._number)
        self._looked: list[tuple[int | None, int]] = []
        self._found: list[tuple[int, int, bytes]] = []
        self._readings: list[tuple[int, int]] = []
        self._records: list[tuple[int, bytes]] = []
        # Which records a scope is in; each of these scopes is to be looked at.
        self._mentions: dict[int, array[int]] = {}
        self._days: tuple[int, int] | None = None
        self.path = path
        try:
            self._db = self._connected()
        except StoreError:
            if path is None or path.exists():
                raise
            self._db = self._connected()
        row = next(self._run("SELECT max(id) FROM scope"))
        self._last_scope: int = row[0] or 0

    def close(self) -> None:
        """Close it; what was not said to be whole is begun anew next time."""
        self._db.close()

    # ------------------------------------------------------------------- facts

    def fact(self, name: str) -> bytes:
        """Return what was noted under a name; nothing if nothing was."""
        rows = self._run("SELECT value FROM fact WHERE name = ?", (name,))
        return next((bytes(value) for (value,) in rows), b"")

    def note(self, name: str, value: bytes) -> None:
        """Note something under a name, in place of what was."""
        self._run("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))

    def clear(self) -> None:
        """Forget everything, and what waits to be written."""
        self._records, self._mentions = [], {}
        self._looked, self._found, self._readings = [], [], []
        self._run("COMMIT")
        tables = [*self._run("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for (table,) in tables:
            # Those of another program may have other columns.
            self._run(f"DROP TABLE {table}")
        try:
            self._db.executescript(_TABLES)
        except sqlite3.Error as error:
            raise self._failed(error) from error
        self._run("BEGIN EXCLUSIVE")
        self._kept.clear()
        self._ids.clear()
        self._days = None
        self._last_scope = 0

    def commit(self) -> None:
        """Write what was put, for whoever opens the file next."""
        self.flush()
        self._run("COMMIT")
        self._run("BEGIN EXCLUSIVE")

    # ------------------------------------------------------------------ taking

    def put(self, record: Record) -> None:
        """Take in a record; every scope that it is in is looked at again."""
        index = record.index
        self._records.append((index, self._encoder.encode(record)))
        first, last = self.days() or (record.day, record.day)
        self._days = (min(first, record.day), max(last, record.day))
        for number in {self._ids[scope] for scope in scopes_of(record)}:
            self._mentions.setdefault(number, array("q")).append(index)
        if len(self._records) >= _WRITTEN // 2:
            self.flush()

    def put_directory(self, index: int, entry: bytes) -> None:
        """Keep a directory statement, to be read again next time."""
        self._run("INSERT INTO directory VALUES (?, ?)", (index, entry))

    def directory(self) -> Iterator[tuple[int, bytes]]:
        """Yield the directory statements that were kept, in their order."""
        yield from self._run("SELECT idx, entry FROM directory ORDER BY idx")

    def flush(self) -> None:
        """Write what waits to be written."""
        if self._records:
            self._many("INSERT INTO record VALUES (?, ?)", self._records)
            due = sorted(self._mentions)
            mentions = [(n, self._mentions[n][0], self._mentions[n]) for n in due]
            self._many("INSERT INTO mention VALUES (?, ?, ?)", mentions)
            self._many(
                "UPDATE scope SET is_due = 1 WHERE id = ? AND NOT is_due",
                [(number,) for number in due],
            )
            self._records, self._mentions = [], {}
        if self._days is not None:
            self.note("days", self._encoder.encode(self._days))
        if self._looked:
            looked = [(number,) for _, number in self._looked]
            self._many("DELETE FROM finding WHERE scope = ?", looked)
            self._many("INSERT INTO finding VALUES (?, ?, ?)", self._found)
            self._many("INSERT OR IGNORE INTO reading VALUES (?, ?)", self._readings)
            self._many(
                "UPDATE scope SET is_due = 0, again_us = ? WHERE id = ?", self._looked
            )
            self._looked, self._found, self._readings = [], [], []

    # ----------------------------------------------------------------- reading

    def records(self, scope: Scope) -> list[Record]:
        """Return the records of a scope, in the order of their entries."""
        number = self.id(scope)
        rows = self._run(
            "SELECT indices FROM mention WHERE scope = ? ORDER BY first", (number,)
        )
        return [
            self._kept[index] for (indices,) in rows for index in array("q", indices)
        ]

    def record(self, index: int) -> Record:
        """Return one record.

        Raises:
            StoreError: There is none, so the file is damaged.
        """
        return self._kept[index]

    def id(self, scope: Scope) -> int:
        """Return the number of a scope, which gets one when it is first asked for."""
        return self._ids[scope]

    def days(self) -> tuple[int, int] | None:
        """Return the first and the last day of which is told, counted from 1970."""
        if self._days is None and (left := self.fact("days")):
            self._days = msgspec.msgpack.decode(left, type=tuple[int, int])
        return self._days

    def count(self, table: Literal["record", "scope", "finding"]) -> int:
        """Return how many rows a table has."""
        rows = self._run(f"SELECT count(*) FROM {table}")  # noqa: S608 (of our own)
        return next(int(count) for (count,) in rows)

    def mentioned(self) -> dict[ScopeKind, int]:
        """Return how many scopes of each kind there are that a record mentions."""
        rows = self._run(
            "SELECT kind, count(*) FROM scope WHERE EXISTS "
            "(SELECT 1 FROM mention WHERE scope = scope.id) GROUP BY kind"
        )
        return dict.fromkeys(KINDS, 0) | {KINDS[kind]: count for kind, count in rows}

    def scopes(self, kind: ScopeKind) -> Iterator[Scope]:
        """Yield the scopes of a kind that a record mentions, first mentioned first."""
        rows = self._run(
            "SELECT name, month FROM scope WHERE kind = ? AND EXISTS "
            "(SELECT 1 FROM mention WHERE scope = scope.id) ORDER BY id",
            (KINDS.index(kind),),
        )
        for name, month in rows:
            yield Scope(kind, name, month)

    # ---------------------------------------------------------------- findings

    def come_of(self, names: Iterable[str]) -> None:
        """Have everything looked at again that came of things, or has them in it.

        Args:
            names: Of things of which it is now told how they were made.
        """
        self.flush()
        waiting, seen = [*names], set(names)
        while waiting:
            name = waiting.pop()
            scope = Scope("thing", name)
            self._run("UPDATE scope SET is_due = 1 WHERE id = ?", (self.id(scope),))
            for record in self.records(scope):
                role = "output" if record.amount(name, "input") else "parent"
                if record.amount(name, "input", "child") is None:
                    continue
                new = {t.name for t in record.things if t.role == role} - seen
                seen |= new
                waiting += new

    def all_due(self) -> None:
        """Have every scope looked at again."""
        self.flush()
        self._run("UPDATE scope SET is_due = 1")

    def spread(self, until_us: int) -> None:
        """Have all scopes looked at again that may be seen otherwise now.

        They are those whose checks have read one that is due, and those that had to
        wait for a time that is past.

        Args:
            until_us: The time up to which the ledger tells anything.
        """
        self.flush()
        self._run("UPDATE scope SET is_due = 1 WHERE again_us <= ?", (until_us,))
        self._run(
            "UPDATE scope SET is_due = 1 WHERE NOT is_due AND id IN (SELECT reader "
            "FROM reading WHERE scope IN (SELECT id FROM scope WHERE is_due))"
        )

    def due(self) -> int:
        """Return how many scopes are to be looked at."""
        self.flush()
        rows = self._run("SELECT count(*) FROM scope WHERE is_due")
        return next(int(count) for (count,) in rows)

    def next_due(self, after: int, most: int) -> list[tuple[int, Scope]]:
        """Return the next scopes to be looked at, by number.

        Args:
            after: The number of the last one that was.
            most: How many at most.
        """
        rows = self._run(
            "SELECT id, kind, name, month FROM scope WHERE is_due AND id > ? "
            "ORDER BY id LIMIT ?",
            (after, most),
        )
        return [
            (number, Scope(KINDS[kind], name, month))
            for number, kind, name, month in rows
        ]

    def pieces(self, most: int) -> Iterator[int]:
        """Yield after which scopes each piece of those to be looked at begins.

        Args:
            most: How many scopes a piece has, but for the last.
        """
        after = 0
        while True:
            rows = self._run(
                "SELECT id FROM scope WHERE is_due AND id > ? ORDER BY id LIMIT ?",
                (after, most),
            )
            numbers = [int(number) for (number,) in rows]
            if not numbers:
                return
            yield after
            after = numbers[-1]

    def looked_at(
        self,
        number: int,
        findings: Iterable[Finding],
        *,
        read: Iterable[int],
        again_us: int | None = None,
    ) -> None:
        """Keep what a scope was found to have, in place of what it had.

        Args:
            number: Of the scope.
            findings: In the order of their checks.
            read: Numbers of the other scopes that the checks have read.
            again_us: When it is to be looked at again, whatever is recorded until then.
        """
        self._looked.append((again_us, number))
        self._found += (
            (number, place, self._encoder.encode(finding))
            for place, finding in enumerate(findings)
        )
        self._readings += ((each, number) for each in read if each != number)
        if len(self._looked) + len(self._readings) >= _WRITTEN:
            self.flush()

    def findings(self) -> Iterator[Finding]:
        """Yield all that was found, by scope."""
        self.flush()
        for (body,) in self._run("SELECT body FROM finding ORDER BY scope, place"):
            yield self._decode_finding(body)

    # ------------------------------------------------------------------ within

    def _decoded(self, index: int) -> Record:
        row = self._run("SELECT body FROM record WHERE idx = ?", (index,)).fetchone()
        try:
            return self._decode(row[0] if row else b"")
        except msgspec.DecodeError as error:
            raise StoreError(f"audited entries: #{index} is damaged") from error

    def _number(self, scope: tuple[ScopeKind, str, int]) -> int:
        """Return the number of a scope as it is written; it gets one if it has none."""
        kind, name, month = scope
        rows = self._run(
            "SELECT id FROM scope WHERE name = ? AND kind = ? AND month = ?",
            (name, KINDS.index(kind), month),
        )
        found = next((int(number) for (number,) in rows), 0)
        if not found:
            self._last_scope = found = self._last_scope + 1
            self._add(found, Scope(*scope))
        return found

    def _connected(self) -> sqlite3.Connection:
        try:
            return self._opened()
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _opened(self) -> sqlite3.Connection:
        name = ":memory:" if self.path is None else str(self.path)
        # Whoever finds it in use has another file, and does not wait.
        database = sqlite3.connect(name, isolation_level=None, timeout=0)
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA cache_size = -65536")
        database.executescript(_TABLES)
        database.execute("BEGIN EXCLUSIVE")
        return database

    def _add(self, number: int, scope: Scope) -> None:
        self._run(
            "INSERT INTO scope VALUES (?, ?, ?, ?, 0, NULL)",
            (number, KINDS.index(scope.kind), scope.name, scope.month),
        )

    def _run(self, sql: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        try:
            return self._db.execute(sql, values)
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _many(self, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
        try:
            self._db.executemany(sql, rows)
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _failed(self, error: sqlite3.Error) -> StoreError:
        if self._throw_away(error):
            return StoreError(f"audited entries: {error}: thrown away, audit again")
        return StoreError(f"audited entries: {error}")

    def _throw_away(self, error: sqlite3.Error) -> bool:
        """Remove a file that is of no use any more; tell whether it was one."""
        # The low byte; the others say more of it.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
        if self.path is None or code not in _OF_NO_USE:
            return False
        try:
            self.path.unlink(missing_ok=True)
        except OSError:
            return False
        return True


class RecordsRead(Records):
    """The file of another process that has written it, and does not write meanwhile.

    Attributes:
        added: Scopes that were asked for and are not in the file, by number.
    """

    def __init__(self, path: Path) -> None:
        """Open it to be read only.

        Raises:
            StoreError: It cannot be read.
        """
        self.added: dict[int, Scope] = {}
        super().__init__(path)

    def _opened(self) -> sqlite3.Connection:
        # Whoever wrote it holds the lock; immutable reads it all the same.
        name = f"{Path(self.path or '').absolute().as_uri()}?mode=ro&immutable=1"
        database = sqlite3.connect(name, uri=True, isolation_level=None)
        database.execute("PRAGMA cache_size = -16384")
        return database

    def _add(self, number: int, scope: Scope) -> None:
        self.added[number] = scope
