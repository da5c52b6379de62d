"""What is told of an animal's life: its entry in the herd book, its calves, its milk.

Checks of animals and of herds read it here. Nothing here judges.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from ledger.audit.book import Book, Thing
from ledger.audit.finding import shown
from ledger.audit.record import Reading, Record
from ledger.mass import mass_of
from ledger.template import Bound, Template, common_range, template_for

MILKING: Final = "milking"
MILK: Final = "caravan:milk"
WEIGHT: Final = "caravan:weight"
_KILOGRAM: Final = Decimal(10) ** 15
_NO_END: Final = Decimal("Infinity")
_OPENING: Final = frozenset({"arriving", "receiving"})
_CLOSING: Final = frozenset({"departing", "shipping"})
_ENDING: Final = frozenset({"killing", "destroying"})


@dataclass(frozen=True)
class Kin:
    """What the herd books have of an animal.

    Attributes:
        name: The animal.
        entry: Where it came into being; None if nobody tells of it who may.
        calves: The entries of animals of which it is said to be the dam.
    """

    name: str
    entry: Record | None
    calves: tuple[Record, ...]

    @property
    def sex(self) -> str:
        """Return its sex, in the word of the herd book; empty for none."""
        return "" if self.entry is None else self.entry.fact("ilmd.sex")

    @property
    def born(self) -> Record | None:
        """Return its entry if that is its birth, and not when it was bought or counted.

        It is a birth if it names a dam, or if only its day is known: who enters an
        animal that stands before them knows the hour.
        """
        entry = self.entry
        is_birth = entry is not None and (
            bool(entry.fact("ilmd.dam")) or is_of_day(entry)
        )
        return entry if is_birth else None

    def template(self, templates: Iterable[Template]) -> Template | None:
        """Return the template of what it gives; None if its species says nothing."""
        if self.entry is None:
            return None
        return template_for(
            templates,
            species=self.entry.fact("ilmd.species"),
            breed=self.entry.fact("ilmd.breed"),
        )


def kin_of(book: Book, name: str) -> Kin:
    """Return what the herd books have of an animal."""
    records = book.period("kin", name).records
    return Kin(
        name,
        next((r for r in records if name in r.created), None),
        tuple(r for r in records if r.fact("ilmd.dam") == name),
    )


@dataclass(frozen=True, slots=True)
class Stay:
    """How long an animal was at a place.

    Attributes:
        place: Where.
        opening: The record that begins it.
        closing: The record that ends it; None if it goes on.
    """

    place: str
    opening: Record
    closing: Record | None

    def has(self, record: Record) -> bool:
        """Tell whether something happened during it; both its days are part of it."""
        return not is_before(record, self.opening) and (
            self.closing is None or not is_before(self.closing, record)
        )


class Animal:
    """An animal, as its herds tell of it.

    Registers say which animals came, and not from whom: so beside those who have a say
    about an animal, each herd is heard on what happens at its own place. A finding says
    who told what.
    """

    def __init__(self, thing: Thing) -> None:
        """Begin with everything that is told of it."""
        self.thing = thing
        self.name = thing.name
        self.book = thing.book

    @cached_property
    def told(self) -> tuple[Record, ...]:
        """Return what is told of it, in the order of time."""
        strange = [r for r in self.thing.apart if self._is_heard(r)]
        if not strange:
            return self.thing.in_time
        both = (*self.thing.records, *strange)
        return tuple(sorted(both, key=lambda r: (r.at_us, r.index)))

    @cached_property
    def has_moved(self) -> bool:
        """Tell whether anybody says that it left a place."""
        return any(is_closing(r, self.name) for r in self.thing.all_records)

    @cached_property
    def kin(self) -> Kin:
        """Return what the herd books have of it."""
        kin = kin_of(self.book, self.name)
        return Kin(
            kin.name, kin.entry, tuple(r for r in kin.calves if self._is_heard(r))
        )

    @cached_property
    def template(self) -> Template | None:
        """Return the template of what it gives."""
        return self.kin.template(self.book.templates)

    @cached_property
    def milkings(self) -> tuple[Record, ...]:
        """Return the records in which it gives milk, in the order of time."""
        return tuple(r for r in self.told if gives_milk(r, self.name))

    @cached_property
    def poured(self) -> tuple[Record, ...]:
        """Return the milkings whose milk went into a lot, in the order of time."""
        return tuple(r for r in self.milkings if r.type == "TransformationEvent")

    def is_kept(self, milking: Record) -> bool:
        """Tell whether milk of a milking was not thrown away."""
        lots = self.book.flow(milking).outputs
        return any(not is_thrown_away(self.book.thing(lot.name)) for lot in lots)

    @cached_property
    def calvings(self) -> tuple[Record, ...]:
        """Return the births of its calves in the order of time."""
        return tuple(sorted(self.kin.calves, key=lambda r: (r.at_us, r.index)))

    @cached_property
    def end(self) -> Record | None:
        """Return the first record that says that it is no more."""
        return next((r for r in self.told if ends(r, self.name)), None)

    @cached_property
    def stays(self) -> tuple[Stay, ...]:
        """Return where it was told to be, in the order in which it came."""
        found: list[Stay] = []
        for record in self.told:
            if is_opening(record, self.name):
                found.append(Stay(place_of(record), record, None))
            elif is_closing(record, self.name):
                place = place_of(record)
                for number, stay in enumerate(found):
                    if stay.place == place and stay.closing is None:
                        found[number] = Stay(place, stay.opening, record)
        return tuple(found)

    def _is_heard(self, record: Record) -> bool:
        """Tell whether a record is of somebody who has a say, or of a herd's own."""
        holders = self.book.holders(record.place)
        return not {*self.thing.speakers, *holders}.isdisjoint(record.parties)


def is_animal(thing: Thing) -> bool:
    """Tell whether a thing is in a herd book, or gives milk."""
    name = thing.name
    return any(
        ("ilmd.species" in r.facts and name in r.created and _is_about(r, name))
        or gives_milk(r, name)
        for r in thing.all_records
    )


def gives_milk(record: Record, name: str) -> bool:
    """Tell whether an animal gives milk in a record: in a milking, or by a meter."""
    if record.type == "TransformationEvent":
        thing = record.amount(name, "input") if record.process == MILKING else None
        return thing is not None and not thing.quantity
    return bool(milk_of(record, name))


def milk_of(record: Record, name: str) -> Decimal | None:
    """Return the kilograms of milk that were measured of one animal by itself."""
    return measured_kg(record, name, MILK)


def measured_kg(record: Record, name: str, component: str) -> Decimal | None:
    """Return a mass that was measured of one animal by itself, in kilograms."""
    reading = record.reading(component) if record.readings else None
    if reading is None or not is_of_one(record) or record.things[0].name != name:
        return None
    return kilograms(reading)


def is_of_one(record: Record) -> bool:
    """Tell whether a record is about one animal, and nothing that has an amount."""
    things = record.things
    if record.type != "ObjectEvent" or not things or things[0].quantity:
        return False
    return len(things) == 1 or len(record.names) == 1


def kilograms(reading: Reading) -> Decimal | None:
    """Return a reading as a mass; None if it is none."""
    value = reading.value
    if value is None or reading.unit == "KGM":
        return value
    mass = mass_of({"quantity": value, "uom": reading.unit})
    return None if mass is None else mass / _KILOGRAM


def is_thrown_away(lot: Thing) -> bool:
    """Tell whether a lot was thrown away, and went into nothing."""
    gone = any(r.action == "DELETE" and r.amount(lot.name) for r in lot.records)
    return gone and not lot.used_by


def is_opening(record: Record, name: str) -> bool:
    """Tell whether a record begins a stay of an animal; ``flags`` does the same."""
    may_be = record.step in _OPENING or (
        record.action == "ADD" and record.step == "commissioning"
    )
    return may_be and _is_about(record, name)


def is_closing(record: Record, name: str) -> bool:
    """Tell whether a record ends a stay of an animal; ``flags`` does the same."""
    may_be = record.step in _CLOSING or record.action == "DELETE"
    return may_be and _is_about(record, name)


def ends(record: Record, name: str) -> bool:
    """Tell whether an animal is no more after a record."""
    may_be = record.action == "DELETE" or record.step in _ENDING
    return may_be and _is_about(record, name)


def place_of(record: Record) -> str:
    """Return where a thing is after a record, else where it was seen."""
    return record.location or record.place


def is_of_day(record: Record) -> bool:
    """Tell whether only the day of a record is known."""
    return record.fact("precision") == "day"


def is_before(one: Record, other: Record) -> bool:
    """Tell whether something certainly happened before something else.

    Where only the day of one of them is known, it did so on an earlier day.
    """
    if is_of_day(one) or is_of_day(other):
        return one.day < other.day
    return one.at_us < other.at_us


def unwarned(bound: Bound) -> tuple[Decimal, Decimal]:
    """Return the least and the most value that is not outside of what warns.

    To hold many values against a bound, that is faster than ``severity_of``.
    """
    both = common_range(bound.warn, bound.critical)
    return (
        -_NO_END if both.least is None else both.least,
        _NO_END if both.most is None else both.most,
    )


def usual_of(bound: Bound, *, times: int = 1) -> str:
    """Return what a bound expects, as findings say it.

    Args:
        bound: The bound.
        times: 100 for a share that is told in percent.
    """
    ends = (bound.expected.least, bound.expected.most)
    low, high = ("…" if end is None else shown(end * times, 4) for end in ends)
    return f"{low} – {high}"


def _is_about(record: Record, name: str) -> bool:
    if record.type != "ObjectEvent":
        return False
    thing = record.amount(name, "about")
    return thing is not None and not thing.quantity
