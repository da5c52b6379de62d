"""Scopes: what a check looks at, and which of them a record is in."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from ledger.audit.record import Record

ScopeKind = Literal["thing", "document", "place", "device", "key", "kin", "herd"]

KINDS: Final[tuple[ScopeKind, ...]] = (
    "thing",
    "document",
    "place",
    "device",
    "key",
    "kin",
    "herd",
)
_COMES_OR_GOES: Final = frozenset({"arriving", "departing", "receiving", "shipping"})
_EPOCH_MONTH: Final = 1970 * 12


class Scope(NamedTuple):
    """What a check looks at.

    Attributes:
        kind: What it is.
        name: Identifier of the thing, document, place or device; label of the key; of
            kin an animal's, whose own entry in the herd book and whose calves' it is;
            of a herd the place, for the comings and goings of its animals in all time.
        month: Months since January 1970 of a place, device or key; 0 of the others.
    """

    kind: ScopeKind
    name: str
    month: int = 0


@lru_cache(maxsize=10_000)
def month_of(day: int) -> int:
    """Return the month of a day, both counted from 1970.

    >>> month_of(0), month_of(31), month_of(-1)
    (0, 1, -1)
    """
    # The civil calendar from days (the days of March to February are regular).
    shifted = day + 719_468
    era, of_era = divmod(shifted, 146_097)
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    return (era * 400 + year) * 12 + month + 2 - _EPOCH_MONTH


def scopes_of(record: Record) -> Iterator[tuple[ScopeKind, str, int]]:
    """Yield the scopes that a record is in; one may come twice.

    They are plain tuples, equal to each its :class:`Scope`: they are made so often.
    """
    for thing in record.things:
        yield "thing", thing.name, 0
    if record.flow:
        yield "thing", record.flow, 0
    for _, name in record.documents:
        yield "document", name, 0
    month = month_of(record.day)
    yield "place", record.place, month
    yield "key", record.key, month
    for device in dict.fromkeys(reading.device for reading in record.readings):
        if device:
            yield "device", device, month
    if record.type == "ObjectEvent":
        for name in _kin_of(record):
            yield "kin", name, 0
        if _changes_herd(record):
            yield "herd", record.place, 0


def _kin_of(record: Record) -> Iterator[str]:
    """Yield the animals that a record brings into being, and their dam."""
    if "ilmd.species" not in record.facts:
        return
    for thing in record.things:
        if thing.name in record.created and not thing.quantity:
            yield thing.name
    if dam := record.facts.get("ilmd.dam"):
        yield dam


def _changes_herd(record: Record) -> bool:
    """Tell whether animals come into a herd by a record, or out of it."""
    is_herd_book = record.action in {"ADD", "DELETE"} or record.step in _COMES_OR_GOES
    return is_herd_book and any("/id/animal/" in thing.name for thing in record.things)
