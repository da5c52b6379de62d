"""What a page sums up of everything that a code came from.

The first answer to a phone need not hold all of the way. What sums it up is made here
from the passport with every level, and kept for as long as the ledger does not grow.
``scanner_web/whole.js`` makes the same from what it has verified, and compares; so
nothing here may come from anywhere but the passport and the locale.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final, Protocol

from markupsafe import Markup

from api.content import Naming, Row, ShownFact, gravest_of
from api.reading import PassportReading, read_passport
from api.texts import Texts
from ledger.account import Account
from ledger.balance import balance_rows, balance_shape
from ledger.chart import Shape, temperature_shape, to_svg
from ledger.closure import Member
from ledger.errors import LedgerError
from ledger.event import Event
from ledger.growth import growth_rows, growth_shape, milk_rows
from ledger.journey import journey_rows, journey_shape
from ledger.passport import parse_passport
from ledger.reader import LogReader
from ledger.share import share_rows
from ledger.way import (
    brief_rows,
    cold_points,
    cold_rows,
    gap_rows,
    test_rows,
    way_rows,
)
from ledger.wording import Names, names_at

ALL_LEVELS: Final = 100
"""More levels than any chain of goods has: all of them."""
MAX_KEPT: Final = 256
"""Pages of which the sums are kept."""

Told = tuple[str, str] | tuple[str, str, str]
"""A text by its name, and where it leads."""


class Rows(Protocol):
    """Makes the rows of a block."""

    def __call__(
        self,
        accounts: Sequence[Account],
        *,
        members: Sequence[Member],
        lang: str,
        messages: Mapping[str, str],
        names: Names,
    ) -> Sequence[Sequence[Told]]:
        """Return what the accounts come to."""
        ...


class Drawing(Protocol):
    """Draws a block."""

    def __call__(
        self,
        accounts: Sequence[Account],
        *,
        members: Sequence[Member],
        lang: str,
        messages: Mapping[str, str],
        names: Names,
    ) -> Shape | None:
        """Return what the accounts look like."""
        ...


ROWS: Final[Mapping[str, Rows]] = {
    "share": lambda accounts, *, members, lang, messages, names: share_rows(
        accounts, members=members, lang=lang, messages=messages
    ),
    "brief": brief_rows,
    "way": way_rows,
    "map": journey_rows,
    "cold": cold_rows,
    "tests": test_rows,
    "gaps": gap_rows,
    "balance": lambda accounts, *, members, lang, messages, names: balance_rows(
        accounts, members=members, lang=lang, messages=messages
    ),
    "growth": lambda accounts, *, members, lang, messages, names: growth_rows(
        accounts, members=members, lang=lang, messages=messages
    ),
    "milk": lambda accounts, *, members, lang, messages, names: milk_rows(
        accounts, members=members, lang=lang, messages=messages
    ),
}
"""What makes the rows of a block."""
DRAWINGS: Final[Mapping[str, Drawing]] = {
    "map": lambda accounts, *, members, lang, messages, names: journey_shape(
        accounts, members=members, lang=lang, messages=messages
    ),
    "cold": lambda accounts, *, members, lang, messages, names: temperature_shape(
        cold_points(accounts), messages=messages
    ),
    "balance": lambda accounts, *, members, lang, messages, names: balance_shape(
        accounts, members=members, lang=lang, messages=messages
    ),
    "growth": lambda accounts, *, members, lang, messages, names: growth_shape(
        accounts, members=members, lang=lang, messages=messages
    ),
}
"""What draws it; nothing if there is nothing to draw."""
PLACES: Final[Mapping[str, Sequence[str]]] = {
    "pack": ("brief", "share"),
    "journey": ("way", "cold", "balance", "tests", "map", "gaps", "animals"),
}
"""The sections of a page that sum up the whole, and their blocks."""
OPEN_ROWS: Final[Mapping[str, int]] = {
    "cold": 1,
    "balance": 0,
    "tests": 1,
    "animals": 6,
    "growth": 2,
    "milk": 2,
}
"""So many rows of a block stand in the open, of others all."""
_NO_WAY: Final = re.compile("/id/(party|place)/")
_NOT_GOODS: Final = re.compile("/id/animal/")
_OF_LIFE: Final = ("way", "gaps")
"""What goes no way at all, and what has a life that is no way of goods."""
MAX_ANIMALS: Final = 30
_INNER: Final = re.compile(r"[a-z]+\.\d+\.\d+$")
"""The name of a row that belongs to the one before it: ``way.1.0`` to ``way.1``."""
_ANIMAL: Final = "/id/animal/"
OF_ANIMALS: Final = ("growth", "milk")
"""Blocks that the page of one thing has, from the first answer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row, and those that are folded away below it."""

    row: Row
    inner: tuple[Row, ...]

    @property
    def is_alarm(self) -> bool:
        """Tell whether it raises an alarm, and so is not folded."""
        return any(fact.name.endswith(".alarm") for fact in self.row)


@dataclass(frozen=True, slots=True)
class Sum:
    """One block: what sums up many statements."""

    name: str
    hint: str
    rows: tuple[Row, ...]
    drawing: Markup

    @property
    def parts(self) -> tuple[list[Entry], list[Entry]]:
        """Return what stands in the open, and what is folded away."""
        entries = _entries(self.rows)
        end = OPEN_ROWS.get(self.name, len(entries))
        # Who folds one line away hides as much as it takes to unfold it.
        end = end if len(entries) > end + 1 else len(entries)
        return entries[:end], entries[end:]


@dataclass(frozen=True, slots=True)
class Whole:
    """What all of a passport says, and of how many entries the ledger was."""

    size: int
    gravest: str
    """The word for the gravest alarm of all levels; empty if there is none."""
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
    accounts, members = accounts_of(reading), reading.closure.members
    names = names_at(reading.directory, reading.size, texts.messages)
    made: dict[str, Sum] = {}
    for name in blocks:
        if name == "animals":
            found = _animals(reading, texts)
            if found:
                made[name] = _sum(name, found, None, texts)
            continue
        rows = (
            ROWS[name](
                accounts,
                members=members,
                lang=texts.lang,
                messages=texts.messages,
                names=names,
            )
            if name in ROWS
            else ()
        )
        shape = (
            DRAWINGS[name](
                accounts,
                members=members,
                lang=texts.lang,
                messages=texts.messages,
                names=names,
            )
            if name in DRAWINGS
            else None
        )
        if rows or shape:
            made[name] = _sum(name, rows, shape, texts)
    return made


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
    """Tell whether no source is left open, so that nothing more is asked for."""
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
        self._kept: OrderedDict[tuple[str, str, str, bytes], Whole] = OrderedDict()
        self._lock = Lock()

    def whole(
        self,
        log: LogReader,
        first: PassportReading,
        texts: Texts,
        *,
        lot: str | None,
        tree: bytes,
    ) -> Whole | None:
        """Return what a page sums up; None if it cannot be.

        Args:
            log: Where the rest is read.
            first: What the first answer holds.
            tree: What no other state of a ledger has: name, size and root.
            texts: The words of the reader's language.
            lot: What was scanned with a serial.
        """
        closure = first.closure
        if closure is None:
            return None
        key = (first.subject, lot or "", texts.lang, tree)
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
        blocks = [name for names in PLACES.values() for name in names]
        if _NOT_GOODS.search(reading.subject):
            blocks = [name for name in blocks if name in _OF_LIFE]
        if _NO_WAY.search(reading.subject):
            blocks = []
        sums = sums_of(reading, blocks, texts)
        return Whole(reading.size, gravest_of(reading), sums)


def every_level(log: LogReader, subject: str) -> bytes:
    """Return the passport of a subject with all that it came from."""
    return log.passport(subject, levels=ALL_LEVELS)


def _animals(reading: PassportReading, texts: Texts) -> list[list[Told]]:
    """Return the animals that a code came from, each with its page."""
    naming = Naming(reading, texts)
    closure = reading.closure
    found = [
        member.subject
        for member in (() if closure is None else closure.members)
        if member.relation == "source" and _ANIMAL in member.subject
    ]
    rows: list[list[Told]] = [
        [(f"animals.{place}", naming.name(subject), naming.href(subject))]
        for place, subject in enumerate(found[:MAX_ANIMALS])
    ]
    if len(found) > MAX_ANIMALS:
        rest = texts("fact.more", count=len(found) - MAX_ANIMALS)
        rows.append([("animals.more", rest)])
    return rows


def _entries(rows: Sequence[Row]) -> list[Entry]:
    """Return each row with those that belong to it."""
    found: list[Entry] = []
    for row in rows:
        if found and row and _INNER.match(row[0].name):
            found[-1] = Entry(found[-1].row, (*found[-1].inner, row))
        else:
            found.append(Entry(row, ()))
    return found


def _sum(
    name: str, rows: Sequence[Sequence[Told]], shape: Shape | None, texts: Texts
) -> Sum:
    # Every text of a shape is escaped where it is written out.
    svg = Markup("" if shape is None else to_svg(shape))  # noqa: S704
    hint = texts.messages.get(f"{name}.hint", "")
    shown = tuple(tuple(_shown(fact, texts) for fact in row) for row in rows)
    return Sum(name, hint, shown, svg)


def _shown(fact: Told, texts: Texts) -> ShownFact:
    name, text, *href = fact
    label = texts.label(name)
    # The first of a row is its title.
    is_title = name.count(".") < 2 or _INNER.match(name) is not None
    has_label = not is_title and not label.startswith("label.")
    return ShownFact(label if has_label else "", name, text, href[0] if href else "")
