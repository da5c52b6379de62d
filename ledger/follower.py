"""Follow a log that another process appends to, or that nobody may append to.

A follower has no key and signs nothing. It takes over what the database has under its
newest checkpoint, and takes the difference when there is a newer one.
"""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final, Self

from ledger.checkpoint import parse_checkpoint
from ledger.directory import Directory
from ledger.edge import Edge
from ledger.errors import IncompleteError, LedgerError, RootMismatchError, StoreError
from ledger.merkle import tree_root
from ledger.note import parse_note
from ledger.published import Signed
from ledger.reader import LogReader, stored_leaves, take_in
from ledger.sqlstore import SqlStore, open_store

MAX_BEHIND_SECONDS: Final = 0.1
"""A follower looks for a newer checkpoint when it has not looked for so long."""


class Follower:
    """The newest end of a log, as far as the database shows it signed."""

    def __init__(
        self,
        store: SqlStore,
        *,
        origin: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read the state of the log.

        Args:
            store: Where the log is.
            origin: Name of the ledger.
            monotonic: Seconds from some moment.

        Raises:
            VerificationError: What is stored is not what was signed.
            StoreError: The store cannot be read.
        """
        self._store = store
        self._monotonic = monotonic
        # The lock guards what follows.
        self._lock = threading.Lock()
        self._looked = -MAX_BEHIND_SECONDS
        self._signed = Signed(0, None)
        self._directory_size = 0
        self.directory = Directory(origin)
        self.edge = Edge(store.tile)
        self._look(monotonic())

    @property
    def signed(self) -> Signed:
        """The newest checkpoint, or one that was the newest a moment ago."""
        now = self._monotonic()
        with self._lock:
            if now - self._looked >= MAX_BEHIND_SECONDS:
                try:
                    self._look(now)
                except LedgerError as error:
                    raise StoreError(f"database: damaged: {error}") from error
            return self._signed

    def refresh(self) -> None:
        """Look for a newer checkpoint now.

        Raises:
            StoreError: The store cannot be read, or is damaged.
        """
        with self._lock:
            self._looked = -MAX_BEHIND_SECONDS
        _ = self.signed

    def distrust_index(self) -> None:
        """Do nothing: only the process that appends makes the index again."""

    def _look(self, now: float) -> None:
        newest = self._store.newest_signed()
        if newest is not None and newest[0] != self._signed.size:
            self._take(*newest)
        self._looked = now

    def _take(self, size: int, note: bytes) -> None:
        """Take over the log as of a checkpoint."""
        checkpoint = parse_checkpoint(parse_note(note).text)
        stored = self._store.size()
        if checkpoint.size != size or stored < size:
            raise IncompleteError(
                f"database: holds {stored} entries, but {checkpoint.size} were signed"
            )
        # Readers of the tree before keep it: what is under a size never changes.
        edge = Edge(self._store.tile)
        edge.load(size, partial(stored_leaves, self._store))
        if tree_root(size, edge.read) != checkpoint.root:
            raise RootMismatchError(
                f"database: its first {size} entries are not those signed"
            )
        indices = self._store.directory_indices()
        new = [i for i in indices if self._directory_size <= i < size]
        take_in(self.directory, self._store, new)
        self._directory_size = size
        self.edge = edge
        self._signed = Signed(size, note)


class ReadOnlyLog(LogReader):
    """One ledger to which this process does not append."""

    @classmethod
    def open(cls, url: str, *, policy: bytes) -> Self:
        """Read the ledger in a database, whoever appends to it.

        Raises:
            NotFoundError: There is no ledger in it.
            FormatVersionError: It was written by another format version.
            VerificationError: What is stored is not what was signed.
        """
        store = open_store(url)
        try:
            head = Follower(store, origin=store.origin)
        except LedgerError:
            store.close()
            raise
        return cls(store, head, origin=store.origin, policy=policy)
