"""Drafts of events, as they are written down: who signs what, and when it is posted.

Everything that all events of the season have in common is put in here, so that none
can be without its label. Signing comes later (``season``), in the order of posting.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Final

from ledger.encoding import Json
from ledger.simulate.chance import digest
from ledger.simulate.names import Names

REGISTER: Final = "simulated season"
KEPING: Final = "652929"
_AKSU: Final = "652901"
_HANGZHOU: Final = "330100"
AREAS: Final = {
    "sim-keping-station": KEPING,
    "sim-keping-plant": KEPING,
    "sim-aksu-laboratory": _AKSU,
    "sim-aksu": _AKSU,
    "sim-aksu-airport": _AKSU,
    "sim-urumqi": "650100",
    "sim-huzhou": "330500",
    "sim-hangzhou-warehouse": _HANGZHOU,
    "sim-hangzhou-shop-1": _HANGZHOU,
    "sim-hangzhou-shop-2": _HANGZHOU,
}
"""Places that never move, and the county or city they are in (GB/T 2260).

Herds graze and a tanker drives: of them only the milking says in which county it was.
"""
_OFFSET: Final = "+08:00"
ZONE: Final = timezone(timedelta(hours=8))
"""Beijing time, which Keping has too."""
MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

Kind = tuple[str, str | None]
OBSERVE: Final[Kind] = ("ObjectEvent", "OBSERVE")
CREATE: Final[Kind] = ("ObjectEvent", "ADD")
END: Final[Kind] = ("ObjectEvent", "DELETE")
TRANSFORM: Final[Kind] = ("TransformationEvent", None)
AGGREGATE: Final[Kind] = ("AggregationEvent", "ADD")
SEE_WITHIN: Final[Kind] = ("AggregationEvent", "OBSERVE")
ATTACH: Final[Kind] = ("AssociationEvent", "ADD")
HAND_OVER: Final[Kind] = ("TransactionEvent", "ADD")


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that is not signed yet.

    Attributes:
        posted: When it is posted, in seconds from the start of the season.
        signers: Names of keys, ``<party>/<function>``; the issuer first.
        body: The event, without the numbers that a key gives its statements.
        is_lost: It is signed and numbered, but it never reaches the ledger.
    """

    posted: int
    signers: tuple[str, ...]
    body: dict[str, Json]
    is_lost: bool = False


class Diary:
    """Takes down one event after another."""

    def __init__(self, names: Names, start: date) -> None:
        """Begin empty.

        Args:
            names: Spells identifiers.
            start: The day that times are counted from.
        """
        self.names = names
        self.drafts: list[Draft] = []
        self._midnight = datetime.combine(start, time(), ZONE)

    def write(
        self,
        record: str,
        kind: Kind,
        *,
        at: int,
        by: str | tuple[str, ...],
        step: str,
        place: str,
        posted: int | None = None,
        is_by_hand: bool = False,
        is_lost: bool = False,
        **members: Json,
    ) -> str:
        """Take an event down; return its ``eventID``.

        Args:
            record: What the season calls it; nothing else has this name.
            kind: Type and action.
            at: When it happens, in seconds from the start.
            by: The keys that sign it, the issuer's first.
            step: Business step and disposition, as in ``inspecting:conformant``.
            place: The word of the party at whose place it is seen.
            posted: When it is posted, if not at once.
            is_by_hand: Somebody entered it: it is from no register.
            is_lost: It never reaches the ledger.
            members: What else it says. An extension is written with two underscores
                for its colon.
        """
        moment = self._midnight + timedelta(seconds=at)
        biz_step, _, disposition = step.partition(":")
        event_type, action = kind
        event_id = _event_id(record, moment)
        body: dict[str, Json] = {
            "type": event_type,
            "eventID": event_id,
            "eventTime": moment.isoformat(),
            "eventTimeZoneOffset": _OFFSET,
            "bizStep": biz_step,
            "readPoint": {"id": self.names.place(place)},
            "caravan:simulated": True,
        }
        if action is not None:
            body["action"] = action
        if disposition:
            body["disposition"] = disposition
        if not is_by_hand:
            body["caravan:source"] = {"record": record, "register": REGISTER}
        if place in AREAS:
            body["caravan:area"] = AREAS[place]
        for name, value in members.items():
            body[name.replace("__", ":")] = value
        signers = (by,) if isinstance(by, str) else by
        self.drafts.append(
            Draft(at if posted is None else posted, signers, body, is_lost)
        )
        return event_id

    def declare_error(
        self, event_id: str, *, at: int, by: str, corrective: str
    ) -> None:
        """Take down that an event is wrong, and which one is right."""
        original = next(d for d in self.drafts if d.body["eventID"] == event_id)
        declaration: Json = {
            "correctiveEventIDs": [corrective],
            "declarationTime": self.time(at),
            "reason": "incorrect_data",
        }
        body = original.body | {"errorDeclaration": declaration}
        self.drafts.append(Draft(at, (by,), body))

    def time(self, at: int) -> str:
        """Return a moment as events have it."""
        return (self._midnight + timedelta(seconds=at)).isoformat()

    def date(self, day: int) -> str:
        """Return the date of a day of the season."""
        return self.time(day * DAY)[:10]


def kg(grams: int) -> Decimal:
    """Return grams in kilograms, exactly."""
    return Decimal(grams).scaleb(-3)


def amount(epc_class: str, grams: int) -> Json:
    """Return an element of a quantity list: a mass."""
    return {"epcClass": epc_class, "quantity": kg(grams), "uom": "KGM"}


def pieces(epc_class: str, count: int) -> Json:
    """Return an element of a quantity list: a number of things."""
    return {"epcClass": epc_class, "quantity": count, "uom": "H87"}


def loss(**grams: int) -> list[Json]:
    """Return what became of the rest: masses by reason, none of them left out."""
    return [
        {"quantity": kg(mass), "reason": reason.replace("_", " "), "uom": "KGM"}
        for reason, mass in grams.items()
        if mass
    ]


def texts(items: list[str]) -> list[Json]:
    """Return strings as a JSON array."""
    return [*items]


def measured(*reports: Json, device: str = "", at: str = "") -> list[Json]:
    """Return a sensor element list of one element."""
    metadata: dict[str, Json] = {}
    if device:
        metadata["deviceID"] = device
    if at:
        metadata["time"] = at
    element: dict[str, Json] = {"sensorReport": [*reports]}
    if metadata:
        element["sensorMetadata"] = metadata
    return [element]


def report(component: str, scaled: int, places: int, uom: str = "") -> Json:
    """Return a sensor report of a number given in its last decimal place.

    Args:
        component: What was measured; empty where the unit says it.
        scaled: The value times ten to the power of ``places``.
        places: Decimal places.
        uom: The unit's code, if it has one.
    """
    found: dict[str, Json] = {
        "type": _TYPES.get(uom, "Dimensionless"),
        "value": Decimal(scaled).scaleb(-places),
    }
    if component:
        found["component"] = f"caravan:{component}"
    if uom:
        found["uom"] = uom
    return found


def temperature(tenths: int, component: str = "") -> Json:
    """Return a sensor report of a temperature."""
    return report(component, tenths, 1, "CEL")


_TYPES: Final = {
    "23": "Density",
    "CEL": "Temperature",
    "KGM": "Mass",
    "MIN": "Time",
    "SEC": "Time",
}


def _event_id(record: str, moment: datetime) -> str:
    """Return the URN of an event: a UUIDv7 of its time and the record's name."""
    free = int.from_bytes(digest("event", record)[:10], "big")
    # Who was born before 1970 has no time in a UUID.
    milliseconds = max(int(moment.timestamp()), 0) * 1000
    high = milliseconds << 16 | 7 << 12 | free >> 62 & 0xFFF
    return uuid.UUID(int=high << 64 | 0b10 << 62 | free & (1 << 62) - 1).urn
