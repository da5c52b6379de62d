"""Patterns: JSON values with templates in them, which a row of a register completes.

A part of a pattern may be bound to conditions: a recording without a fat has no fat,
rather than one that somebody made up.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Final, Literal

from ledger.encoding import Json
from ledger.errors import MalformedError
from ledger.importer.template import Hole, Row, Template

MAX_DIGITS: Final = 40

_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
# Two numbers of that many digits have a product that this holds without rounding.
_EXACT: Final = Context(prec=2 * MAX_DIGITS)


@dataclass(frozen=True, slots=True)
class Condition:
    """What a column must be for a row to give an event, or a part of one."""

    column: str
    test: Literal["is", "not", "present"]
    want: str | bool

    def holds(self, row: Row) -> bool:
        """Tell whether it is so in one row."""
        value = row.values[self.column]
        if self.test == "present":
            return bool(value) is self.want
        return (value == self.want) is (self.test == "is")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as the register writes it, times a constant."""

    text: Template
    times: Decimal

    def fill(self, row: Row) -> Decimal:
        """Return the number for one row, exactly.

        Raises:
            MalformedError: The value is empty, not to be found or no number.
        """
        text = self.text.fill(row)
        if len(text) > MAX_DIGITS or not _NUMBER.fullmatch(text):
            columns = ", ".join(hole.column for hole in self.text.holes)
            raise MalformedError(
                f"column {columns}: got {text[:MAX_DIGITS]!r}, want a number such as "
                "12 or 4.37"
            )
        return _EXACT.multiply(Decimal(text), self.times)


@dataclass(frozen=True, slots=True)
class Object:
    """An object; ``when`` says for which rows it is there at all."""

    members: Mapping[str, "Pattern"]
    when: tuple[Condition, ...] = ()

    def fill(self, row: Row) -> dict[str, Json]:
        """Return the object for one row.

        Raises:
            MalformedError: A value is empty, not to be found or no number.
        """
        return {
            name: fill(part, row)
            for name, part in self.members.items()
            if _is_wanted(part, row)
        }


@dataclass(frozen=True, slots=True)
class Array:
    """An array, without the items whose conditions do not hold."""

    items: tuple["Pattern", ...]

    def fill(self, row: Row) -> list[Json]:
        """Return the array for one row.

        Raises:
            MalformedError: A value is empty, not to be found or no number.
        """
        return [fill(part, row) for part in self.items if _is_wanted(part, row)]


Pattern = Template | Number | Object | Array | int | Decimal


def fill(pattern: Pattern, row: Row) -> Json:
    """Return the JSON value of a pattern for one row.

    Raises:
        MalformedError: A value is empty, not to be found or no number.
    """
    if isinstance(pattern, int | Decimal):
        return pattern
    return pattern.fill(row)


def holes(pattern: Pattern) -> Iterator[Hole]:
    """Yield every hole of a pattern, and one for the column of each condition."""
    match pattern:
        case Template():
            yield from pattern.holes
        case Number():
            yield from pattern.text.holes
        case Object():
            yield from condition_holes(pattern.when)
            for part in pattern.members.values():
                yield from holes(part)
        case Array():
            for part in pattern.items:
                yield from holes(part)
        case _:
            return


def condition_holes(when: tuple[Condition, ...]) -> Iterator[Hole]:
    """Yield a hole for the column of each condition."""
    for condition in when:
        yield Hole(condition.column)


def _is_wanted(pattern: Pattern, row: Row) -> bool:
    return not isinstance(pattern, Object) or all(
        condition.holds(row) for condition in pattern.when
    )
