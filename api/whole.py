"""What a page sums up of everything that a code came from.

The first answer to a phone need not hold all of the way. What sums it up is made here
from the passport with every level, and kept for as long as the ledger does not grow.
``scanner_web/whole.js`` makes the same from what it has verified, and compares; so
nothing here may come from anywhere but the passport and the locale.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

from markupsafe import Markup

from api.content import Row, ShownFact
from api.reading import PassportReading, read_passport
from api.texts import Texts
from ledger.account import Account
from ledger.closure import Member
from ledger.errors import LedgerError
from ledger.event import Event
from ledger.passport import parse_passport
from ledger.reader import LogReader
from ledger.wording import Names, names_at

ALL_LEVELS: Final = 100
"""More levels than any chain of goods has: all of them."""
MAX_KEPT: Final = 256
"""Pages of which the sums are kept."""

Told = tuple[str, str] | tuple[str, str, str]
"""A text by its name, and where it leads."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the accounts are summed up with."""

    members: Sequence[Member]
    lang: str
    messages: Mapping[str, str]
    names: Names


Rows = Callable[[Sequence[Account], Known], Sequence[Sequence[Told]]]
Drawing = Callable[[Sequence[Account], Known], str]

ROWS: Final[Mapping[str, Rows]] = {}
"""What makes the rows of a block of the whole."""
DRAWINGS: Final[Mapping[str, Drawing]] = {}
"""What draws it, as SVG; nothing if there is nothing to draw."""
PLACES: Final[Mapping[str, Sequence[str]]] = {
    "pack": ("share",),
    "journey": ("way", "map", "cold", "balance", "tests", "gaps"),
}
"""The sections of a page that sum up the whole, and their blocks."""
OF_ANIMALS: Final = ("growth", "milk")
"""Blocks that the page of one thing has, from the first answer."""


@dataclass(frozen=True, slots=True)
class Sum:
    """One block: what sums up many statements."""

    name: str
    rows: tuple[Row, ...]
    drawing: Markup


@dataclass(frozen=True, slots=True)
class Whole:
    """The blocks of the whole, and of how many entries the ledger was."""

    size: int
    sums: Mapping[str, Sum]

    def at(self, place: str) -> list[Sum]:
        """Return what stands in a section of the page."""
        return [self.sums[name] for name in PLACES[place] if name in self.sums]


def sums_of(
    reading: PassportReading, blocks: Sequence[str], texts: Texts
) -> Mapping[str, Sum]:
    """Return those blocks that have anything to say.

    Args:
        reading: What a passport holds.
        blocks: Which are wanted.
        texts: The words of the reader's language.
    """
    if reading.closure is None:
        return {}
    accounts = accounts_of(reading)
    known = Known(
        reading.closure.members,
        texts.lang,
        texts.messages,
        names_at(reading.directory, reading.size),
    )
    made = (_sum(name, accounts, known, texts) for name in blocks)
    return {each.name: each for each in made if each.rows or each.drawing}


def accounts_of(reading: PassportReading) -> tuple[Account, ...]:
    """Return what the events of a passport tell, by index."""
    return tuple(
        Account(
            index=read.index,
            event=read.content,
            parties=read.parties,
            about=read.about,
            log_time=read.log_time,
            flags=read.flags,
            signers=len(read.statement.signers),
            is_apart=read.is_apart,
            declared_by=read.declared_by,
        )
        for read in reading.readings
        if isinstance(read.content, Event)
    )


def is_whole(reading: PassportReading) -> bool:
    """Tell whether nothing that a code came from is left open."""
    closure = reading.closure
    return closure is not None and not any(m.is_open for m in closure.members)


class Wholes:
    """The sums of many pages; those of yesterday's ledger give way."""

    def __init__(self, log_passport: Callable[[LogReader, str], bytes]) -> None:
        """Keep nothing yet.

        Args:
            log_passport: Makes the passport of a subject with every level.
        """
        self._passport = log_passport
        self._kept: OrderedDict[tuple[str, ...], Whole] = OrderedDict()
        self._lock = Lock()

    def whole(
        self,
        log: LogReader,
        first: PassportReading,
        texts: Texts,
        *,
        lot: str | None,
    ) -> Whole | None:
        """Return what a page sums up; None if it cannot be, or there is nothing.

        Args:
            log: Where the rest is read.
            first: What the first answer holds.
            texts: The words of the reader's language.
            lot: What was scanned with a serial.
        """
        closure = first.closure
        if closure is None:
            return None
        key = (first.subject, lot or "", texts.lang, log.origin, str(first.size))
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
        whole = self._made(log, first, texts, lot=lot)
        if whole is not None:
            with self._lock:
                self._kept[key] = whole
                while len(self._kept) > MAX_KEPT:
                    self._kept.popitem(last=False)
        return whole

    def _made(
        self, log: LogReader, first: PassportReading, texts: Texts, *, lot: str | None
    ) -> Whole | None:
        reading = first
        if not is_whole(first):
            try:
                document = self._passport(log, first.subject)
                reading = read_passport(
                    parse_passport(document), lot=lot, origin=log.origin
                )
            except LedgerError:
                # It is too much for one answer, or damaged: the script names that.
                return None
        if not is_whole(reading):
            return None
        blocks = [name for names in PLACES.values() for name in names]
        return Whole(reading.size, sums_of(reading, blocks, texts))


def every_level(log: LogReader, subject: str) -> bytes:
    """Return the passport of a subject with all that it came from."""
    return log.passport(subject, levels=ALL_LEVELS)


def _sum(name: str, accounts: Sequence[Account], known: Known, texts: Texts) -> Sum:
    rows = ROWS[name](accounts, known) if name in ROWS else ()
    drawing = DRAWINGS[name](accounts, known) if name in DRAWINGS else ""
    # Every text of a shape was escaped where it was made.
    svg = Markup(drawing)  # noqa: S704
    return Sum(
        name, tuple(tuple(_shown(fact, texts) for fact in row) for row in rows), svg
    )


def _shown(fact: Told, texts: Texts) -> ShownFact:
    name, text, *href = fact
    label = texts.label(name)
    has_label = not label.startswith("label.")
    return ShownFact(label if has_label else "", name, text, href[0] if href else "")
