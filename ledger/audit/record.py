"""What an audit keeps of one event: who, what, where, when, how much, and what it read.

It is made once, when the event is taken in, and is all that checks ever see of it; so
whatever stands in a member that validity does not read is made plain here: a quantity
is a number in a known place or it is none.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

import msgspec

from ledger.audit.lazy import lazy
from ledger.directory import Directory
from ledger.encoding import Json
from ledger.event import parse_instant
from ledger.identifier import within
from ledger.units import UNITS
from ledger.wording import items, member, text

Role = Literal["about", "input", "output", "parent", "child"]

_LISTS: Final[tuple[tuple[str, str, Role], ...]] = (
    ("epcList", "quantityList", "about"),
    ("inputEPCList", "inputQuantityList", "input"),
    ("outputEPCList", "outputQuantityList", "output"),
    ("childEPCs", "childQuantityList", "child"),
)
TESTING: Final = "inspecting"
"""The business step of tests."""
_VALUES: Final = ("value", "minValue", "maxValue")
_AMOUNTS: Final = ("value", "quantity")
_PREFIX: Final = "caravan:"
_MANY: Final = 8
"""Things of an event that are not looked through each time."""
_DAY_US: Final = 86_400_000_000


class Amount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A thing that an event names, and how much of it.

    Attributes:
        name: Identifier of the thing.
        role: What it is to the event.
        quantity: As it is written; empty where the event gives none.
        unit: Code of the unit; empty for pieces or none.
        kilograms: The same as a mass; None if it is no mass.
    """

    name: str
    role: Role
    quantity: str
    unit: str
    kilograms: Decimal | None

    @property
    def number(self) -> Decimal | None:
        """Return the quantity as a number; None if there is none."""
        return Decimal(self.quantity) if self.quantity else None


class Reading(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One thing that was measured.

    Attributes:
        component: What; the kind of the sensor report if nothing else is said.
        unit: Code of the unit; empty for none.
        values: As they are written: the value, or the least and the greatest.
        said: A result that is no number; else empty.
        device: Identifier of the device; empty if none is named.
    """

    component: str
    unit: str
    values: tuple[str, ...]
    said: str
    device: str

    @property
    def value(self) -> Decimal | None:
        """Return the first value; None if there is none."""
        return Decimal(self.values[0]) if self.values else None


class Loss(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A loss that an event tells of: ``caravan:loss``."""

    kilograms: Decimal | None
    quantity: str
    unit: str
    reason: str


class Record(msgspec.Struct, frozen=True, array_like=True, dict=True):
    """One event, as far as an audit reads it.

    Attributes:
        index: Of its entry.
        parties: Of the signers, the issuer's first; one may be there twice.
        key: Label of the issuer's key.
        event_id: ``eventID``.
        type: One of the five EPCIS types.
        action: ``action``; empty for none.
        step: ``bizStep``.
        disposition: ``disposition``; empty for none.
        set: Persistent dispositions that it sets.
        unset: Persistent dispositions that it takes back.
        place: ``readPoint.id``.
        time: ``eventTime`` as written.
        at_us: The same in microseconds since 1970.
        offset_minutes: East of UTC.
        logged_us: When its group was sealed, in microseconds since 1970.
        is_declaration: It declares the event of that party and id an error.
        is_registered: It was taken over from a register, by a key that may.
        seq: Number among the statements of the key; None if it has none.
        process: ``caravan:process``; empty for none.
        flow: ``transformationID``, which all events of one transformation share; empty
            for none.
        things: What it names, in the order of its members.
        created: What it brings into being under a prefix of the issuer's.
        readings: What it measured.
        losses: What it says was lost.
        sources: Types and identifiers of ``sourceList``.
        destinations: The same of ``destinationList``.
        documents: Types and identifiers of ``bizTransactionList``.
        facts: Its other ``caravan:`` members that are a text or a number, without the
            prefix; and those of ``ilmd`` after ``ilmd.``. Of ``caravan:distance`` how
            far and ``distance.from``; of the recipe ``ilmd.recipe.species``.
        location: ``bizLocation.id``: where the things are afterwards; empty for none.
    """

    index: int
    parties: tuple[str, ...]
    key: str
    event_id: str
    type: str
    action: str
    step: str
    disposition: str
    set: tuple[str, ...]
    unset: tuple[str, ...]
    place: str
    time: str
    at_us: int
    offset_minutes: int
    logged_us: int
    is_declaration: bool
    is_registered: bool
    seq: int | None
    process: str
    flow: str
    things: tuple[Amount, ...]
    created: tuple[str, ...]
    readings: tuple[Reading, ...]
    losses: tuple[Loss, ...]
    sources: tuple[tuple[str, str], ...]
    destinations: tuple[tuple[str, str], ...]
    documents: tuple[tuple[str, str], ...]
    facts: dict[str, str]
    location: str = ""

    @property
    def party(self) -> str:
        """Return the issuer's party."""
        return self.parties[0]

    @lazy
    def day(self) -> int:
        """Return the local day on which it happened, counted from 1970-01-01."""
        return (self.at_us + self.offset_minutes * 60_000_000) // _DAY_US

    @lazy
    def names(self) -> tuple[str, ...]:
        """Return what it names, each once."""
        if len(self.things) == 1:
            return (self.things[0].name,)
        return tuple({thing.name: None for thing in self.things})

    @lazy
    def inputs(self) -> tuple[Amount, ...]:
        """Return what goes in."""
        return tuple([thing for thing in self.things if thing.role == "input"])

    @lazy
    def outputs(self) -> tuple[Amount, ...]:
        """Return what comes out."""
        return tuple([thing for thing in self.things if thing.role == "output"])

    def amount(self, name: str, *roles: Role) -> Amount | None:
        """Return the first amount of a thing; of these roles, if any are given."""
        things = self.things if len(self.things) < _MANY else self.amounts(name)
        for thing in things:
            if thing.name == name and (not roles or thing.role in roles):
                return thing
        return None

    def amounts(self, name: str) -> Sequence[Amount]:
        """Return all amounts of a thing."""
        if len(self.things) < _MANY:
            return [thing for thing in self.things if thing.name == name]
        return self._by_name.get(name, ())

    @lazy
    def _by_name(self) -> Mapping[str, Sequence[Amount]]:
        found: dict[str, list[Amount]] = {}
        for thing in self.things:
            found.setdefault(thing.name, []).append(thing)
        return found

    def reading(self, component: str) -> Reading | None:
        """Return the first reading of a component."""
        for reading in self.readings:
            if reading.component == component:
                return reading
        return None

    def fact(self, name: str) -> str:
        """Return a ``caravan:`` member without its prefix; empty if there is none."""
        return self.facts.get(name, "")


def is_test(record: Record) -> bool:
    """Tell whether a record is a test that was passed or failed."""
    return record.step == TESTING and (
        record.disposition in {"conformant", "non_conformant"}
        or "non_conformant" in record.set
    )


def read_record(
    body: Mapping[str, Json],
    *,
    index: int,
    parties: tuple[str, ...],
    key: str,
    is_importer: bool,
    logged_us: int,
    directory: Directory,
) -> Record:
    """Return what is kept of an event that was judged valid.

    Args:
        body: What was signed.
        index: Of its entry.
        parties: Of the signers, the issuer's first.
        key: Label of the issuer's key.
        is_importer: Whether that may take over from a register.
        logged_us: When its group was sealed.
        directory: As of its index or later.

    Raises:
        EventError: It was not judged valid.
    """
    kept, time = body.get("persistentDisposition"), text(body.get("eventTime"))
    kind, action = text(body.get("type")), text(body.get("action"))
    things = tuple(_things(body))
    seq = body.get("caravan:seq")
    return Record(
        index=index,
        parties=parties,
        key=key,
        event_id=text(body.get("eventID")),
        type=kind,
        action=action,
        step=text(body.get("bizStep")),
        disposition=text(body.get("disposition")),
        set=tuple(map(text, items(member(kept, "set")))),
        unset=tuple(map(text, items(member(kept, "unset")))),
        place=text(member(body.get("readPoint"), "id")),
        time=time,
        at_us=parse_instant(time, "/eventTime"),
        offset_minutes=_minutes(text(body.get("eventTimeZoneOffset"))),
        logged_us=logged_us,
        is_declaration="errorDeclaration" in body,
        is_registered=is_importer and "caravan:source" in body,
        seq=seq if isinstance(seq, int) else None,
        process=text(body.get("caravan:process")),
        flow=text(body.get("transformationID")),
        things=things,
        created=_created(things, kind, action, parties[0], index, directory),
        readings=tuple(_readings(body)),
        losses=tuple(_losses(body)),
        sources=tuple(_pairs(body, "sourceList", "source")),
        destinations=tuple(_pairs(body, "destinationList", "destination")),
        documents=tuple(_pairs(body, "bizTransactionList", "bizTransaction")),
        facts=_facts(body),
        location=text(member(body.get("bizLocation"), "id")),
    )


def reached_by(record: Record) -> tuple[str, ...]:
    """Return whom an event gives a say: its signers, and whom it names as destination.

    See ``standing``, which does the same with events.
    """
    if not record.destinations:
        return record.parties
    return (*record.parties, *(name for _, name in record.destinations))


@lru_cache(maxsize=64)
def _minutes(offset: str) -> int:
    """Return how many minutes east of UTC an offset ``±hh:mm`` is."""
    minutes = int(offset[1:3]) * 60 + int(offset[4:])
    return -minutes if offset.startswith("-") else minutes


def _created(
    things: tuple[Amount, ...],
    kind: str,
    action: str,
    party: str,
    index: int,
    directory: Directory,
) -> tuple[str, ...]:
    """Return what an event brings into being under a prefix of the issuer's.

    See ``standing.creates``, which asks the same of an event.
    """
    role: Role = "output" if kind == "TransformationEvent" else "about"
    if role == "about" and (kind, action) != ("ObjectEvent", "ADD"):
        return ()
    issuer = directory.party_at(party, index)
    prefixes = () if issuer is None else issuer.prefixes
    return tuple(
        {
            thing.name: None
            for thing in things
            if thing.role == role and any(within(thing.name, p) for p in prefixes)
        }
    )


def _things(body: Mapping[str, Json]) -> Iterator[Amount]:
    parent = text(body.get("parentID"))
    if parent:
        yield Amount(parent, "parent", "", "", None)
    for things, classes, role in _LISTS:
        for thing in items(body.get(things)) if things in body else ():
            if isinstance(thing, str) and thing:
                yield Amount(thing, role, "", "", None)
        for element in items(body.get(classes)) if classes in body else ():
            if isinstance(element, dict) and (name := text(element.get("epcClass"))):
                quantity = _number(element.get("quantity"))
                unit = text(element.get("uom"))
                yield Amount(name, role, quantity, unit, _kilograms(quantity, unit))


def _kilograms(quantity: str, unit: str) -> Decimal | None:
    """Return a mass; None if it is none, or less than nothing."""
    known = UNITS.get(unit)
    if not quantity or known is None or known.dimension != "mass":
        return None
    if known.factor is None or quantity.startswith("-"):
        return None
    return Decimal(quantity) if unit == "KGM" else Decimal(quantity) * known.factor


def _readings(body: Mapping[str, Json]) -> Iterator[Reading]:
    for element in items(body.get("sensorElementList")):
        device = text(member(member(element, "sensorMetadata"), "deviceID"))
        for report in items(member(element, "sensorReport")):
            found = _reading(report, device) if isinstance(report, dict) else None
            if found is not None:
                yield found


def _reading(report: Mapping[str, Json], device: str) -> Reading | None:
    """Return what a sensor report says was measured; None if it says nothing."""
    component = text(report.get("component")) or text(report.get("type"))
    values = tuple(
        [
            value
            for name in _VALUES
            if name in report and (value := _number(report[name]))
        ]
    )
    said = text(report.get("stringValue"))
    if not component or not (values or said):
        return None
    own = text(report.get("deviceID")) or device
    return Reading(component, text(report.get("uom")), values, said, own)


def _losses(body: Mapping[str, Json]) -> Iterator[Loss]:
    for element in items(body.get("caravan:loss")):
        quantity = _number(member(element, "quantity"))
        unit, reason = text(member(element, "uom")), text(member(element, "reason"))
        yield Loss(_kilograms(quantity, unit), quantity, unit, reason)


def _pairs(
    body: Mapping[str, Json], listed: str, name: str
) -> Iterator[tuple[str, str]]:
    for element in items(body.get(listed)) if listed in body else ():
        found = text(member(element, name))
        if found:
            yield text(member(element, "type")), found


def _facts(body: Mapping[str, Json]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in body.items():
        if name.startswith(_PREFIX) and (shown := text(value)):
            found[name.removeprefix(_PREFIX)] = shown
    if "caravan:distance" in body:
        found.update(_distance(body["caravan:distance"]))
    ilmd = body.get("ilmd")
    for name, value in ilmd.items() if isinstance(ilmd, dict) else ():
        shown = text(value) or _quantity(value)
        if shown:
            found[f"ilmd.{name.removeprefix(_PREFIX)}"] = shown
        if name == "caravan:recipe":
            claimed = {text(member(part, "species")): None for part in items(value)}
            if any(claimed):
                found["ilmd.recipe.species"] = " ".join(filter(None, claimed))
    return found


def _distance(value: Json) -> Iterator[tuple[str, str]]:
    """Yield how far something came, and from where."""
    if isinstance(value, dict):
        said = {"distance": _quantity(value), "distance.from": text(value.get("from"))}
        yield from ((name, shown) for name, shown in said.items() if shown)


def _quantity(value: Json) -> str:
    """Return an amount with its unit; nothing if it is none."""
    unit = text(member(value, "uom"))
    amount = next((n for part in _AMOUNTS if (n := _number(member(value, part)))), "")
    return f"{amount} {unit}".strip() if amount else ""


def _number(value: Json) -> str:
    """Return a number as it is signed; nothing if it is none, or a text."""
    if isinstance(value, Decimal):
        return str(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
