"""Tests of raw milk: what each found of the composition, by where the milk was made."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ledger.audit.book import Period, once
from ledger.audit.herdmonth import kept
from ledger.audit.record import Record
from ledger.template import Template

WATER: Final[Mapping[str, Decimal]] = {
    "fat": Decimal(0),
    "protein": Decimal(0),
    "lactose": Decimal(0),
    "ash": Decimal(0),
    "density": Decimal("0.9982"),
    "freezing_point": Decimal(0),
}
"""What an analyser finds in water at 20 °C."""
_COMPONENTS: Final = {f"caravan:{name}": name for name in WATER}


@dataclass(frozen=True, slots=True)
class Tested:
    """One test, and what it found of the composition."""

    record: Record
    lot: str
    values: Mapping[str, Decimal]


def tests_made_at(period: Period) -> Iterator[tuple[Tested, Template]]:
    """Yield the tests of raw milk that was made at a place, month before included."""
    seen: set[int] = set()
    for month in (period.neighbour(-1), period):
        for test, template in _tests_made(month):
            if test.record.index not in seen:
                seen.add(test.record.index)
                yield test, template


@once
def _tests_made(period: Period) -> Sequence[tuple[Tested, Template]]:
    """Return the tests of raw milk that was made at a place in a month."""
    names = {
        made.name: None
        for record in kept(period)
        for made in record.things
        if made.quantity
        and (made.role == "output" or (made.role == "about" and record.action == "ADD"))
    }
    found: list[tuple[Tested, Template]] = []
    units: dict[tuple[str, frozenset[str]], frozenset[tuple[str, str]]] = {}
    for name in names:
        thing = period.book.thing(name)
        tested = [r for r in thing.records if r.readings and _tells_composition(r)]
        template = thing.template if tested else None
        if template is None or not thing.makes:
            continue
        key = template.product, thing.makes
        if key not in units:
            units[key] = _units(template, thing.makes)
        found += ((test, template) for test in _of_lot(name, tested, units[key]))
    return found


def _tells_composition(record: Record) -> bool:
    """Tell whether a record may be a test that found more than one component."""
    if record.type != "ObjectEvent" or len(record.readings) < 2:
        return False
    return any(reading.component in _COMPONENTS for reading in record.readings)


def _units(template: Template, makes: frozenset[str]) -> frozenset[tuple[str, str]]:
    """Return in which units the components of such goods are told."""
    return frozenset(
        (bound.component, bound.unit)
        for bound in template.bounds
        if bound.component in _COMPONENTS and bound.product in makes
    )


def _of_lot(
    lot: str, tested: Sequence[Record], units: frozenset[tuple[str, str]]
) -> Iterator[Tested]:
    for record in tested if units else ():
        # Of several readings of a component the first one counts.
        readings = {reading.component: reading for reading in reversed(record.readings)}
        values = {
            name: value
            for component, name in _COMPONENTS.items()
            if (reading := readings.get(component)) is not None
            and (component, reading.unit) in units
            and (value := reading.value)
        }
        if len(values) > 1:
            yield Tested(record, lot, values)
