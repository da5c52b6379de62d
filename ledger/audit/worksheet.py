"""The lines of a trace exercise's worksheet, from what statements say.

Each line has what went in, came out, was lost and is in stock, and what is left over;
it names its statements. A line is off if something is left over, or if a mass is
missing that it needs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from ledger.audit.stock import Mass

Table = Literal[
    "steps", "sources", "goods", "packs", "consignees", "shares", "tests", "handovers"
]
TABLES: Final[tuple[Table, ...]] = (
    *("steps", "sources", "goods", "packs"),
    *("consignees", "shares", "tests", "handovers"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the worksheet; what does not apply is None or empty.

    Attributes:
        table: Which part of the worksheet it is in.
        level: How many steps from where the exercise begins.
        step: What was done or is told, in a word.
        entries: The statements that say so.
        time: When, as the first of them has it.
        parties: Who says so.
        subject: What it is about.
        into: Mass that went in, or was made.
        out: Mass that came out, or went on.
        lost: Mass that is said to be lost, or was thrown away.
        stock: Mass that was counted.
        difference: Mass that is left over.
        running: The differences so far, in this table.
        share: Of the mass, what belongs to where the exercise begins.
        pieces: How many packs or animals.
        pieces_off: How many of them nobody says what became of.
        note: What else the statements say.
        is_untold: Whether a mass is missing that the line needs.
    """

    table: Table
    level: int | None = None
    step: str = ""
    entries: tuple[int, ...] = ()
    time: str = ""
    parties: tuple[str, ...] = ()
    subject: str = ""
    into: Mass = None
    out: Mass = None
    lost: Mass = None
    stock: Mass = None
    difference: Mass = None
    running: Mass = None
    share: Mass = None
    pieces: int | None = None
    pieces_off: int = 0
    note: str = ""
    is_untold: bool = False

    @property
    def is_off(self) -> bool:
        """Tell whether something is left over, or cannot be counted."""
        return bool(self.difference or self.pieces_off) or self.is_untold


def with_running(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield lines with the sum of their differences so far."""
    total = 0
    for row in rows:
        total += row.difference or 0
        yield replace(row, running=total)
