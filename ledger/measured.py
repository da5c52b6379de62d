"""What an event measured, whatever else stands in its sensor elements.

``scanner_web/verify/measured.js`` is the twin.
"""

from dataclasses import dataclass
from typing import Final

from ledger.encoding import Json
from ledger.event import Event
from ledger.wording import items, member, number, text

PLACES: Final = 6
ONE: Final = 10**PLACES
"""Values are counted in millionths, so that none is rounded."""
_VALUES: Final = ("value", "minValue", "maxValue")


@dataclass(frozen=True, slots=True)
class Report:
    """One thing measured.

    Attributes:
        component: What was measured; the kind, if nothing else is said.
        kind: The type of the sensor report.
        unit: A code of Recommendation 20; empty for none.
        values: In millionths of the unit.
        said: A result that is no number; else empty.
        by_device: A device is named.
    """

    component: str
    kind: str
    unit: str
    values: tuple[int, ...]
    said: str
    by_device: bool


def reports_of(event: Event) -> tuple[Report, ...]:
    """Return what an event measured, in its order."""
    found: list[Report] = []
    for element in items(event.body.get("sensorElementList")):
        device = text(member(member(element, "sensorMetadata"), "deviceID"))
        for report in items(member(element, "sensorReport")):
            if not isinstance(report, dict):
                continue
            kind = text(report.get("type"))
            component = text(report.get("component")) or kind
            read = [scaled(report[name]) for name in _VALUES if name in report]
            values = tuple(value for value in read if value is not None)
            said = text(report.get("stringValue"))
            unit = text(report.get("uom"))
            if component and (values or said):
                one = Report(component, kind, unit, values, said, bool(device))
                found.append(one)
    return tuple(found)


def scaled(value: Json) -> int | None:
    """Return a number in millionths; None if it is none.

    >>> scaled("-0.5"), scaled("much")
    (-500000, None)
    """
    shown = number(value)
    return millionths(shown) if shown else None


def millionths(written: str) -> int:
    """Return a number that ``wording.number`` has written, in millionths."""
    whole, _, fraction = written.partition(".")
    return int(whole + fraction.ljust(PLACES, "0"))
