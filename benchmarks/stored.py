"""A ledger of seasons in a database, as if it had been posted in groups of 500.

The entries are those of ``million.made_ledger``. Nothing is judged again: their rows
are written as the sequencer writes them, group by group, and the index is made from
them when the ledger is opened. The database is made once and kept beside the copy.
"""

import shutil
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from benchmarks.million import GROUP, made_ledger
from ledger.checkpoint import parse_checkpoint
from ledger.clock import Clock
from ledger.contents import names_of, read_content
from ledger.copiedlog import CopiedLog
from ledger.directory import Directory
from ledger.edge import Edge
from ledger.event import Event
from ledger.goods import parties_of
from ledger.log import Log
from ledger.merkle import leaf_hash
from ledger.note import parse_note
from ledger.replay import Occurrence
from ledger.seal import chain_next, chain_start, entry_kind, parse_seal
from ledger.simulate.plan import SEASON, Plan
from ledger.sqlstore import Group, SqlStore, create_store, open_store
from ledger.statement import parse_statement
from ledger.telling import telling
from tests.support.clocks import FrozenClock
from tests.support.forge import LEDGER, ORIGIN, START_MS

NAME: Final = "ledger.db"
_CHUNK: Final = 2_000

Read = tuple[str, bytes, bytes, bool, tuple[tuple[str, int], ...]]
"""Identity, text hash, fingerprint, whether it declares an error; and names with what
they tell: what a row of a statement is made of, but for its place and party."""


def stored_ledger(entries: int, plan: Plan = SEASON) -> Path:
    """Return the database of about so many entries; copy it before it is written to."""
    copy = made_ledger(entries, plan)
    database = copy / NAME
    if not database.is_file():
        fresh = copy / f"{NAME}-new"
        for left in copy.glob(f"{NAME}-new*"):
            left.unlink()
        _write(fresh, copy)
        opened(fresh).close()
        fresh.rename(database)
    return database


def copied(database: Path, folder: Path) -> Path:
    """Return a copy of a database, to write to."""
    return Path(shutil.copy(database, folder / NAME))


def opened(database: Path) -> Log:
    """Open a ledger for appending."""
    return Log.open(
        f"sqlite:///{database}",
        signers=[LEDGER],
        clock=_clock(database),
        policy=b"quorum none\n",
    )


def _clock(database: Path) -> Clock:
    """Return a clock that stands where the last seal is."""
    store = open_store(f"sqlite:///{database}")
    seal = store.last_seal()
    times = store.closing_seals([0 if seal is None else seal - 1])
    store.close()
    return FrozenClock(max([START_MS, *(time_ms for _, time_ms in times.values())]))


def _write(database: Path, copy: Path) -> None:
    store = create_store(f"sqlite:///{database}", origin=ORIGIN)
    checkpoint = CopiedLog(copy).checkpoint()
    size = parse_checkpoint(parse_note(checkpoint).text).size
    writer = _Writer(store)
    rows = CopiedLog(copy).entries(size)
    chunks = iter(lambda: tuple(islice(rows, _CHUNK)), ())
    with get_context("fork").Pool() as pool:
        for chunk in pool.imap(_read_all, chunks):
            for index, entry, read in chunk:
                writer.add(index, entry, read)
    store.append_checkpoint(size, checkpoint, {})
    store.close()


def _read_all(
    rows: tuple[tuple[int, bytes], ...],
) -> list[tuple[int, bytes, Read | None]]:
    return [(index, entry, _read(entry)) for index, entry in rows]


def _read(entry: bytes) -> Read | None:
    if entry_kind(entry) == "seal":
        return None
    statement = parse_statement(entry)
    content = read_content(statement, origin=ORIGIN)
    names = names_of(content)
    if not isinstance(content, Event):
        identity = f"directory {statement.text_hash.hex()}"
        listed = tuple((name, 0) for name in names)
        return identity, statement.text_hash, b"", False, listed
    tells = telling(content)
    return (
        content.event_id,
        statement.text_hash,
        # As large as what is stored; no event is told a second time.
        sha256(statement.body).digest(),
        content.is_error_declaration,
        tuple((name, tells.get(name, 0)) for name in names),
    )


class _Writer:
    """Writes rows in the groups that the seals close."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._edge = Edge(store.tile)
        self._directory = Directory(ORIGIN)
        self._chain = chain_start(ORIGIN)
        self._begin()

    def add(self, index: int, entry: bytes, read: Read | None) -> None:
        """Take the next entry in; a seal writes its group."""
        leaf = leaf_hash(entry)
        self._chain = chain_next(self._chain, leaf)
        self._entries.append((index, entry, self._chain))
        self._tiles += self._edge.append(leaf)
        if read is None:
            self._flush(index, parse_seal(entry).time_ms)
            return
        identity, text_hash, fingerprint, is_declaration, listed = read
        statement = parse_statement(entry)
        if statement.kind == "directory":
            content = read_content(statement, origin=ORIGIN)
            if not isinstance(content, Event):
                self._directory.apply(index, statement, content)
        party = parties_of(statement, self._directory)[0]
        known = Occurrence(index, party, text_hash, fingerprint, is_declaration)
        self._statements.append((identity, known))
        self._listings += [(name, index, tells) for name, tells in listed]

    def _begin(self) -> None:
        self._entries: list[tuple[int, bytes, bytes]] = []
        self._statements: list[tuple[str, Occurrence]] = []
        self._listings: list[tuple[str, int, int]] = []
        self._tiles: list[tuple[int, int, bytes]] = []

    def _flush(self, index: int, time_ms: int) -> None:
        seal = (index, time_ms)
        self._store.append_group(
            Group(self._entries, self._statements, self._listings, seal, self._tiles)
        )
        self._begin()


def batches(notes: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Yield statements in the groups in which they are posted."""
    for start in range(0, len(notes), GROUP):
        yield notes[start : start + GROUP]
