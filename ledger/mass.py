"""Masses: how statements give them, and how rows of a page tell of them.

Pure and total; masses are whole numbers of 10⁻¹⁵ kg. ``scanner_web/verify/mass.js`` is
the same module for the browser.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from ledger.encoding import Json
from ledger.measured import millionths
from ledger.wording import Fact, Messages, measure, member, number, text, visible

Row = list[Fact]

MASSES: Final[Mapping[str, int]] = {
    "MC": 1,
    "MGM": 10**3,
    "GRM": 10**6,
    "KGM": 10**9,
    "DTN": 10**11,
    "TNE": 10**12,
    "LBR": 453_592_370,
}
"""A millionth of each unit of mass, in 10⁻¹⁵ kg."""
_KILOGRAM: Final = 10**15
_AMOUNTS: Final = (("value", "uom"), ("gs1:value", "gs1:unitCode"))


def mass_of(element: Json) -> int | None:
    """Return a mass in 10⁻¹⁵ kg; None if it is none.

    >>> mass_of({"quantity": 2, "uom": "GRM"})
    2000000000000
    """
    unit = MASSES.get(text(member(element, "uom")))
    amount = counted(element)
    return None if unit is None or amount is None else amount * unit


def counted(element: Json) -> int | None:
    """Return how much there is of something, in millionths."""
    amount = member(element, "quantity")
    written = "" if isinstance(amount, str) else number(amount)
    if not written or written.startswith("-"):
        return None
    return millionths(written)


def net_of(value: Json) -> int | None:
    """Return a net mass; nothing if it is none."""
    first = value[0] if isinstance(value, list) and value else value
    for amount, unit in _AMOUNTS:
        written = number(member(first, amount))
        uom = text(member(first, unit))
        if written and not written.startswith("-") and uom in MASSES:
            return millionths(written) * MASSES[uom]
    return None


def percent_of(part: Json) -> int | None:
    """Return the percent of a part of a recipe, in millionths."""
    written = number(member(part, "value"))
    if text(member(part, "uom")) != "P1" or not written or written.startswith("-"):
        return None
    return millionths(written)


def sum_known(masses: Iterable[int | None]) -> int | None:
    """Return the sum of masses; None if one of them is not known."""
    total = 0
    for mass in masses:
        if mass is None:
            return None
        total += mass
    return total


def kilograms(mass: int, messages: Messages) -> str:
    """Return a mass in kilograms, to the nearest hundredth."""
    return measure(decimal(cents(mass), 2), "KGM", messages)


def cents(mass: int) -> int:
    """Return hundredths of a kilogram, to the nearest."""
    half = _KILOGRAM // 200
    return (abs(mass) + half) // (2 * half) * (1 if mass >= 0 else -1)


def pack_mass(mass: int, messages: Messages) -> str:
    """Return a mass as packs have it: grams below a kilogram."""
    if mass < _KILOGRAM:
        grams = decimal(mass // (_KILOGRAM // 10**6), 3)
        return measure(grams, "GRM", messages)
    return kilograms(mass, messages)


def decimal(scaled: int, places: int) -> str:
    """Write a number given in its last decimal place, without zeros at its end.

    >>> decimal(-1250, 2), decimal(7, 1)
    ('-12.5', '0.7')
    """
    sign, digits = "-" if scaled < 0 else "", str(abs(scaled)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")


def row(name: str, shown: str) -> Row:
    """Return a row of one text; an empty one if there is none."""
    return visible([(name, shown)])


def fill(key: str, messages: Messages, **values: object) -> str:
    """Return a message with its blanks filled in; a missing one shows its key."""
    shown = messages.get(key, key)
    for name, value in values.items():
        shown = shown.replace("{" + name + "}", f"{value}")
    return shown
