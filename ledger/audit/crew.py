"""Processes that look at scopes, one for each core.

They read the store while nobody writes it; what they find is kept in a file until the
last of them is done, and written then. A process is started anew, not forked, so it
shares nothing with whoever asks.
"""

import gc
import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

import msgspec

from ledger.audit.book import Book
from ledger.audit.looking import Looked, look_at
from ledger.audit.records import Records, RecordsRead
from ledger.errors import StoreError
from ledger.replay import PartialReplay
from ledger.template import Template

_FEW: Final = 20_000
"""Scopes below which starting processes costs more than it saves."""
_AT_A_TIME: Final = 1_000
_EACH: Final = 4
"""Pieces for each process, at least: who is done early takes over from others."""
_LENGTH: Final = 4

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(list[Looked])


@dataclass(frozen=True, slots=True)
class Setting:
    """What a process has to know.

    Attributes:
        path: Of the store.
        origin: Name of the ledger.
        templates: Of all products.
        until_us: Time of the last seal.
    """

    path: str
    origin: str
    templates: tuple[Template, ...]
    until_us: int


def crew_size(due: int) -> int:
    """Return how many processes so many scopes are worth; 0 if it is none.

    >>> crew_size(100)
    0
    """
    count = os.cpu_count() or 1
    return count if due >= _FEW and count > 1 else 0


class Crew:
    """The processes; a context, at whose end they are gone."""

    def __init__(self, count: int, setting: Setting) -> None:
        """Start so many processes."""
        self._hands = [
            ProcessPoolExecutor(
                1, get_context("spawn"), initializer=_begin, initargs=(setting,)
            )
            for _ in range(count)
        ]

    def __enter__(self) -> Self:
        """Return the crew."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End them, whatever they are at."""
        for hand in self._hands:
            hand.shutdown(cancel_futures=True)

    def look(
        self, records: Records, on_progress: Callable[[int, int], None] | None
    ) -> Iterator[Looked]:
        """Yield what they find of all scopes that are due, once all of it is found.

        Args:
            records: The store, all of it written.
            on_progress: Called with scopes done and scopes to do.

        Raises:
            StoreError: A process has ended before its time, or the disk fails.
        """
        due = records.due()
        most = max(1, min(_AT_A_TIME, due // (_EACH * len(self._hands))))
        pieces = list(records.pieces(most))
        try:
            with tempfile.TemporaryFile() as kept:
                for done, found in enumerate(self._found(pieces, most), start=1):
                    kept.write(len(found).to_bytes(_LENGTH) + found)
                    if on_progress is not None:
                        on_progress(min(done * most, due), due)
                kept.seek(0)
                yield from _read(kept)
        except (BrokenProcessPool, OSError) as error:
            raise StoreError(f"audit: a process has ended: {error}") from error

    def _found(self, pieces: list[int], most: int) -> Iterator[bytes]:
        """Yield what is found of each piece, in no order.

        Each process goes on from piece to piece, so that it knows what the next one is
        about; when it has no more of its own, it takes over another's last.
        """
        count = len(self._hands)
        ends = [len(pieces) * n // count for n in range(count + 1)]
        left = [deque(pieces[start:end]) for start, end in pairwise(ends)]
        busy: dict[Future[bytes], int] = {}
        idle = list(range(count))
        while True:
            for number in idle:
                longest = max(left, key=len)
                if longest:
                    own = left[number]
                    after = own.popleft() if own else longest.pop()
                    busy[self._hands[number].submit(_look, after, most)] = number
            if not busy:
                return
            done, _ = wait(busy, return_when=FIRST_COMPLETED)
            idle = [busy.pop(each) for each in done]
            yield from (each.result() for each in done)


_own: list[tuple[RecordsRead, Book]] = []
"""Of a process of the crew: the store and the book, once it has begun."""


def _begin(setting: Setting) -> None:
    # What is kept here is freed when its last reader lets go: nothing of it is cyclic.
    gc.disable()
    records = RecordsRead(Path(setting.path))
    replay = PartialReplay(setting.origin)
    for index, entry in records.directory():
        replay.take(index, entry)
    book = Book(records, replay.directory, setting.templates, setting.until_us)
    _own.append((records, book))


def _look(after: int, most: int) -> bytes:
    """Look at the piece after a scope.

    Scopes have numbers in the order in which they were first told of. So what is looked
    at together was told at one time, and much of it by the same records.
    """
    records, book = _own[0]
    scopes = records.next_due(after, most)
    found = [look_at(book, number, scope) for number, scope in scopes]
    told = [_with_added(each, records) for each in found]
    told[-1] = msgspec.structs.replace(
        told[-1], products=tuple(sorted(book.products_found))
    )
    return _ENCODER.encode(told)


def _with_added(looked: Looked, records: RecordsRead) -> Looked:
    """Return it with scopes in place of numbers that this process has made up."""
    if records.added.keys().isdisjoint(looked.read):
        return looked
    return msgspec.structs.replace(
        looked,
        read=tuple(n for n in looked.read if n not in records.added),
        added=tuple(records.added[n] for n in looked.read if n in records.added),
    )


def _read(kept: BinaryIO) -> Iterator[Looked]:
    while length := kept.read(_LENGTH):
        yield from _DECODER.decode(kept.read(int.from_bytes(length)))
