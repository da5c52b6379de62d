"""What a recall must reach: serials, the units they are in, and where these went."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.encoding import Json
from ledger.event import Event
from ledger.goods import LoggedEvent

_SERIALS: Final = frozenset({"serial", "piece-serial", "component-serial"})


@dataclass(frozen=True, slots=True)
class Destination:
    """Whom or where a shipment is for, and as what it is named there."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Shipment:
    """An event that sends goods off: its business step is ``shipping``."""

    index: int
    subjects: tuple[str, ...]
    read_point: str
    destinations: tuple[Destination, ...]


@dataclass(frozen=True, slots=True)
class Consignee:
    """A party or place that is named as destination when goods are packed or sent."""

    id: str
    types: tuple[str, ...]
    statements: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Recall:
    """What a recall must find."""

    serials: tuple[str, ...]
    logistic_units: tuple[str, ...]
    shipments: tuple[Shipment, ...]
    consignees: tuple[Consignee, ...]


def recall_of(kinds: Mapping[str, str], events: Iterable[LoggedEvent]) -> Recall:
    """Return what of these goods is where, as far as statements say.

    Args:
        kinds: The goods, each with its kind of identifier, in the order of the answer.
        events: Every event about any of them that counts.
    """
    shipments: list[Shipment] = []
    consigned: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for logged in events:
        destinations = tuple(_destinations(logged.event))
        for destination in destinations:
            consigned[destination.id].append((destination.type, logged.index))
        if logged.event.biz_step == "shipping":
            subjects = tuple(name for name in logged.event.subjects if name in kinds)
            place = logged.event.read_point
            shipments.append(Shipment(logged.index, subjects, place, destinations))
    return Recall(
        serials=tuple(name for name, kind in kinds.items() if kind in _SERIALS),
        logistic_units=tuple(
            name for name, kind in kinds.items() if kind == "logistic-unit"
        ),
        shipments=tuple(shipments),
        consignees=tuple(
            Consignee(
                id=name,
                types=tuple(sorted({kind for kind, _ in found})),
                statements=tuple(sorted({index for _, index in found})),
            )
            for name, found in sorted(consigned.items())
        ),
    )


def _destinations(event: Event) -> Iterator[Destination]:
    """Yield the destinations of an event; validity does not read them."""
    items: Json = event.body.get("destinationList")
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            kind, name = item.get("type"), item.get("destination")
            if isinstance(kind, str) and isinstance(name, str):
                yield Destination(kind, name)
