"""Processes that judge pieces of a ledger, one for each core.

Each gets a piece when it has answered the one before, and first the directory
statements that it has not seen; what it answers is taken in the order of the ledger. A
process is started anew, not forked, so it shares nothing with whoever asks, and it ends
when its pipe does, whatever became of the one at the other end.

A worker is trusted as this process is: it runs the same code on the same machine.
"""

import gc
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe, wait
from types import TracebackType
from typing import Final, Self

import msgspec

from ledger.apart import ApartJudge, Columns, Piece, directory_beginning
from ledger.errors import LedgerError, StoreError

SMALL_LEDGER: Final = 20_000
"""Entries below which starting processes costs more than it saves."""

_AHEAD: Final = 2
"""Pieces for each worker that are read, judged or wait for their turn."""


class _Task(msgspec.Struct, frozen=True, array_like=True):
    """A piece, and what must be known before it."""

    directory: list[tuple[int, bytes]]
    first: int
    entries: list[bytes]


_PROGRAM: Final = (
    "import sys; path = sys.argv[3:]; sys.path[:] = path; "
    "from ledger.workers import work; work(int(sys.argv[1]), sys.argv[2])"
)
_ENCODER: Final = msgspec.msgpack.Encoder()
_TASKS: Final = msgspec.msgpack.Decoder(_Task)
_COLUMNS: Final = msgspec.msgpack.Decoder(Columns)


def worker_count(size: int) -> int:
    """Return how many processes a ledger of this size is worth; 0 if it is none.

    >>> worker_count(100)
    0
    """
    if os.name != "posix" or size < SMALL_LEDGER:
        return 0
    count = os.cpu_count() or 1
    return count if count > 1 else 0


class Workers:
    """Processes that judge pieces; a context, at whose end they are gone."""

    def __init__(self, origin: str, count: int) -> None:
        """Start the processes.

        Args:
            origin: Name of the ledger.
            count: How many, at least one.
        """
        self._beginning = directory_beginning(origin)
        self._directory: list[tuple[int, bytes]] = []
        self._workers: list[_Worker] = []
        try:
            for _ in range(count):
                self._workers.append(_Worker(origin))
        except OSError as error:
            self.close()
            raise StoreError(f"workers: cannot be started: {error}") from error

    def __enter__(self) -> Self:
        """Return the workers, who are gone at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End them."""
        self.close()

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Return the ids of the processes."""
        return tuple(worker.process_id for worker in self._workers)

    def close(self) -> None:
        """End the processes, whatever they are at."""
        for worker in self._workers:
            worker.close()
        self._workers.clear()

    def learn(self, index: int, entry: bytes) -> None:
        """Take in a directory statement that stands before all pieces."""
        self._directory.append((index, entry))

    def judge(self, pieces: Iterable[Piece]) -> Iterator[tuple[Piece, Columns]]:
        """Yield each piece with what was found, in order.

        Raises:
            StoreError: A worker has ended before its time.
        """
        coming = iter(pieces)
        most = _AHEAD * len(self._workers)
        idle, busy = [*self._workers], list[_Worker]()
        # In the order of the ledger, whether they were answered or not.
        given: deque[_Given] = deque()
        is_end = False
        while True:
            while idle and len(given) < most and not is_end:
                piece = next(coming, None)
                if piece is None:
                    is_end = True
                else:
                    given.append(self._give(idle[-1], piece))
                    busy.append(idle.pop())
            if not given:
                return
            columns = given[0].columns
            # Who is done gets more to do before what was done is taken in.
            for worker in _answering(busy, 0 if columns else None):
                worker.take()
                busy.remove(worker)
                idle.append(worker)
            if columns is not None:
                yield given.popleft().piece, columns

    def _give(self, worker: "_Worker", piece: Piece) -> "_Given":
        before = len(self._directory)
        for index, entry in enumerate(piece.entries, start=piece.first):
            if entry.startswith(self._beginning):
                self._directory.append((index, entry))
        return worker.give(piece, self._directory, before)


class _Given:
    """A piece that a worker has, and later what it found."""

    __slots__ = ("columns", "piece")

    def __init__(self, piece: Piece) -> None:
        self.piece = piece
        self.columns: Columns | None = None


class _Worker:
    """One process, and this end of its pipe."""

    def __init__(self, origin: str) -> None:
        self.pipe, other = Pipe()
        with other:
            code = [sys.executable, "-c", _PROGRAM, str(other.fileno()), origin]
            self._process = subprocess.Popen(  # noqa: S603  # our own program
                [*code, *sys.path], stdin=subprocess.DEVNULL, pass_fds=[other.fileno()]
            )
        self._given: _Given | None = None
        self._known = 0

    @property
    def process_id(self) -> int:
        """Return its id."""
        return self._process.pid

    def give(
        self, piece: Piece, directory: list[tuple[int, bytes]], before: int
    ) -> _Given:
        """Give it a piece.

        Args:
            piece: The piece.
            directory: All directory statements so far, those of the piece too.
            before: How many of them stand before the piece.
        """
        task = _Task(directory[self._known : before], piece.first, piece.entries)
        self._known = len(directory)
        self._given = _Given(piece)
        try:
            self.pipe.send_bytes(_ENCODER.encode(task))
        except OSError as error:
            raise self._ended() from error
        return self._given

    def take(self) -> None:
        """Take what it found of the piece that it was given."""
        if self._given is None:
            raise RuntimeError("a worker has answered what nobody asked")
        try:
            self._given.columns = _COLUMNS.decode(self.pipe.recv_bytes())
        except (OSError, EOFError) as error:
            raise self._ended() from error

    def close(self) -> None:
        """End it."""
        self.pipe.close()
        self._process.kill()
        self._process.wait()

    def _ended(self) -> StoreError:
        self._process.kill()
        status = self._process.wait()
        return StoreError(f"verify: a worker process ended, exit status {status}")


def _answering(busy: list[_Worker], timeout: float | None) -> list[_Worker]:
    ready = wait([worker.pipe for worker in busy], timeout)
    return [worker for worker in busy if worker.pipe in ready]


def work(descriptor: int, origin: str) -> None:
    """Judge pieces until the pipe ends; what a worker process does.

    Args:
        descriptor: Its end of the pipe.
        origin: Name of the ledger.
    """
    # Ctrl-C reaches every process of a terminal: who asked says what becomes of us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Nothing here refers to itself; what is made is gone with its last name.
    gc.disable()
    pipe = Connection(descriptor)
    judge = ApartJudge(origin)
    with suppress(EOFError, OSError):
        while True:
            task = _TASKS.decode(pipe.recv_bytes())
            for index, entry in task.directory:
                # One that cannot be taken in is refused before this piece counts.
                with suppress(LedgerError):
                    judge.learn(index, entry)
            pipe.send_bytes(_ENCODER.encode(judge.judge(task.first, task.entries)))
