"""Measure what a reader waits for: passports, traces, room on the disk, and appending.

All of it in one process, as the server does it but for HTTP; under the settings of the
garbage collector that ``api.server`` chooses.
"""

import gc
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from api.server import FIRST_GC_THRESHOLD
from benchmarks.stored import batches
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.lookup import KeptEvents, ListedEvents
from ledger.telling import Direction
from ledger.trace import trace


@dataclass(frozen=True, slots=True)
class Times:
    """How long each of many alike answers took, in milliseconds, ascending."""

    all: tuple[float, ...]

    def percentile(self, percent: float) -> float:
        """Return what this part of the answers did not exceed."""
        return self.all[min(len(self.all) - 1, int(len(self.all) * percent / 100))]


@dataclass(frozen=True, slots=True)
class Room:
    """What a ledger takes on the disk, after its write-ahead log was copied into it."""

    database_bytes: int
    statement_bytes: int
    statements: int
    by_table: dict[str, int]
    """Bytes of each table and index, the largest first."""

    @property
    def ratio(self) -> float:
        """Return bytes on the disk for each byte of statements."""
        return self.database_bytes / self.statement_bytes


def times_of(works: Sequence[Callable[[], object]]) -> Times:
    """Do these, one after the other."""
    found = []
    with _as_served():
        for work in works:
            start = time.perf_counter()
            work()
            found.append((time.perf_counter() - start) * 1000)
    return Times(tuple(sorted(found)))


def passport_times(log: Log, pouches: Sequence[str], count: int) -> Times:
    """Make passports of pouches drawn at random."""
    drawn = random.Random(1).choices(pouches, k=count)
    return times_of([partial(log.passport, name) for name in drawn])


def trace_times(
    log: Log, subjects: Sequence[str], direction: Direction, count: int
) -> tuple[Times, Times]:
    """Trace from goods drawn at random; return the first of each, and the later ones.

    The first time the events are read from the database, later they were kept.
    """
    kept = KeptEvents(log)

    def traced(subject: str) -> bytes:
        size = log.size
        events = ListedEvents(kept, log.directory, direction, tree_size=size)
        found = trace(
            subject, direction, origin=log.origin, tree_size=size, events_about=events
        )
        return found.to_bytes()

    first = times_of([partial(traced, name) for name in subjects])
    drawn = random.Random(2).choices(subjects, k=count)
    return first, times_of([partial(traced, name) for name in drawn])


def edges(database: Path) -> int:
    """Return how many times an event says of goods what they came of, or what of them.

    Of an event that makes ten things of five, this is fifteen.
    """
    with closing(sqlite3.connect(database)) as connection:
        query = "SELECT count(*) FROM listing WHERE tells <> 0"
        return int(connection.execute(query).fetchone()[0])


def room(database: Path) -> Room:
    """Return what a closed ledger takes on the disk."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        query = (
            "SELECT count(*), sum(length(entry)) FROM entry "
            'WHERE "index" IN (SELECT "index" FROM statement)'
        )
        count, length = connection.execute(query).fetchone()
        pages = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC"
        try:
            by_table = dict(connection.execute(pages).fetchall())
        except sqlite3.OperationalError:
            # A library that was built without it.
            by_table = {}
    return Room(database.stat().st_size, length, count, by_table)


def append_seconds(logs: Sequence[Log], notes: list[bytes]) -> list[float]:
    """Append the same batches to each of these; they take turns with each batch."""
    seconds = [0.0] * len(logs)
    for number, batch in enumerate(batches(notes)):
        order = list(enumerate(logs))
        for place, log in order if number % 2 else reversed(order):
            start = time.perf_counter()
            answers = log.append_statements(batch)
            seconds[place] += time.perf_counter() - start
            assert not any(isinstance(answer, LedgerError) for answer in answers)
    return seconds


@contextmanager
def _as_served() -> Iterator[None]:
    """Collect garbage as the server does."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(FIRST_GC_THRESHOLD, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
