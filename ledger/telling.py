"""What a trace has to read: which events tell something of which of their subjects.

An animal is weighed, seen and milked thousands of times, and a walk that comes to it
from its milk has no use for any of that. So each line of a list says in which of the
two directions its event would change the answer of a trace that comes to this subject.
It follows from the event. To say too much costs time, to say too little is an error.
"""

from collections.abc import Iterator
from typing import Final, Literal

from ledger.encoding import Json
from ledger.event import Event

Direction = Literal["back", "forth"]

NOTHING: Final = 0
BACK: Final = 1
"""The event names what the subject came of."""
FORTH: Final = 2
"""The event names what came of the subject, what it was put into, or where it went."""
BOTH: Final = BACK | FORTH


def telling(event: Event) -> dict[str, int]:
    """Return of which subjects an event tells something, and in which directions.

    What counts in a sum, raises or lifts an alarm, declares an error, or shares its
    ``transformationID`` with other events, is part of either answer.
    """
    body = event.body
    subjects = event.subjects
    if event.is_alarm or "transformationID" in body:
        return dict.fromkeys(subjects, BOTH)
    found: dict[str, int] = {}
    if event.biz_step == "shipping" or "destinationList" in body:
        found = dict.fromkeys(subjects, FORTH)
    for name, direction in _sides(event):
        found[name] = found.get(name, NOTHING) | direction
    return found


def _sides(event: Event) -> Iterator[tuple[str, int]]:
    """Yield the goods in an event, and where it leads from each."""
    body = event.body
    match event.type:
        case "TransformationEvent":
            yield from _all(body.get("inputEPCList"), FORTH)
            yield from _all(body.get("outputEPCList"), BACK)
            yield from _classes(body.get("inputQuantityList"))
            yield from _classes(body.get("outputQuantityList"))
        case "AggregationEvent" | "AssociationEvent":
            yield from _all([body.get("parentID")], BACK)
            yield from _all(body.get("childEPCs"), FORTH)
            yield from _classes(body.get("childQuantityList"))
        case "ObjectEvent" if "quantityList" in body:
            # Serials that are made in a lot.
            yield from _all(body.get("epcList"), BACK)
            yield from _classes(body.get("quantityList"))


def _all(names: Json, direction: int) -> Iterator[tuple[str, int]]:
    for name in names if isinstance(names, list) else []:
        if isinstance(name, str):
            yield name, direction


def _classes(elements: Json) -> Iterator[tuple[str, int]]:
    for element in elements if isinstance(elements, list) else []:
        if isinstance(element, dict):
            yield from _all([element.get("epcClass")], BOTH)
