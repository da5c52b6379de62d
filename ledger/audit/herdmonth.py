"""What the animals of one herd gave in one calendar month, as checks of yields read it.

A herd is what is milked at one place and has one template. What its holder says counts,
and nobody else; where nobody holds the place, all that is said does. Nothing here
judges.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Final

from ledger.audit.book import Book, Period, once
from ledger.audit.flow import Flow, total
from ledger.audit.herdbook import MILKING, kin_of, milk_of
from ledger.audit.record import Record
from ledger.template import Template, template_for

_HOUR_US: Final = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Yield:
    """What one animal was measured to give at one time.

    Attributes:
        animal: Which one.
        record: Where it is told.
        kilograms: How much milk.
    """

    animal: str
    record: Record
    kilograms: Decimal


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of a herd.

    Attributes:
        day: Counted from 1970.
        head: How many animals.
        kilograms: What they gave in all.
        records: Where it is told.
    """

    day: int
    head: int
    kilograms: Decimal
    records: tuple[Record, ...]

    @property
    def mean(self) -> Decimal:
        """Return the kilograms of one animal."""
        return self.kilograms / self.head

    @property
    def date(self) -> str:
        """Return the day as it is told."""
        return self.records[0].time[:10]


@dataclass
class HerdMonth:
    """A herd in one month.

    Attributes:
        book: That it was read from.
        place: Where it is milked.
        month: Months since January 1970.
        template: Of what it gives.
        yields: What single animals gave, in the order of time.
        flows: Milkings, in the order of time.
    """

    book: Book
    place: str
    month: int
    template: Template
    yields: list[Yield] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)

    @property
    def with_before(self) -> Sequence["HerdMonth"]:
        """Return the month before, if anything is told of it, and this one."""
        month = self.book.period("place", self.place, self.month - 1)
        before = [h for h in herd_months(month) if h.template == self.template]
        return [*before, self]

    @cached_property
    def by_animal(self) -> Mapping[str, Sequence[Yield]]:
        """Return what single animals gave, by animal, in the order of time."""
        found: defaultdict[str, list[Yield]] = defaultdict(list)
        for each in self.yields:
            found[each.animal].append(each)
        return found

    @cached_property
    def by_day(self) -> Mapping[int, Sequence[Yield]]:
        """Return what single animals gave, by day."""
        found: defaultdict[int, list[Yield]] = defaultdict(list)
        for each in self.yields:
            found[each.record.day].append(each)
        return found

    @cached_property
    def animal_days(self) -> Mapping[int, Mapping[str, Decimal]]:
        """Return what each animal gave on each day, where it was measured."""
        found: dict[int, Mapping[str, Decimal]] = {}
        for day, yields in self.by_day.items():
            given = found[day] = defaultdict(Decimal)
            for each in yields:
                given[each.animal] += each.kilograms
        return found

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """Return the days of the herd, by its milkings, else by its single animals."""
        milked: defaultdict[int, list[Flow]] = defaultdict(list)
        for flow in self.flows:
            milked[flow.first.day].append(flow)
        found = {
            day: told
            for day, flows in milked.items()
            if (told := _day_of(day, flows)) is not None
        }
        for day, given in self.animal_days.items():
            if day not in found:
                records = tuple(each.record for each in self.by_day[day])
                whole = sum(given.values(), Decimal(0))
                found[day] = Day(day, len(given), whole, records)
        return tuple(found[day] for day in sorted(found))

    @property
    def values(self) -> dict[str, str]:
        """Return what every finding about it says."""
        year, month = divmod(self.month, 12)
        return {"place": self.place, "month": f"{1970 + year}-{month + 1:02}"}


@once
def herd_months(period: Period) -> Sequence[HerdMonth]:
    """Return the herds that were milked at a place in a month, each by its template."""
    book, found = period.book, dict[str, HerdMonth]()
    templates = _Templates(book)
    unknown: list[Yield] = []

    def herd(template: Template) -> HerdMonth:
        known = found.get(template.product)
        if known is None:
            known = HerdMonth(book, period.name, period.month, template)
            found[template.product] = known
        return known

    for record in kept(period):
        if record.type == "TransformationEvent" and record.process == MILKING:
            template = templates.of_milking(record)
            if template is not None:
                _add(herd(template).flows, record)
            continue
        animal = record.things[0].name if record.readings and record.things else ""
        milk = milk_of(record, animal) if animal else None
        if milk is None:
            continue
        given = Yield(animal, record, milk)
        template = templates.of_animal(animal)
        if template is None:
            unknown.append(given)
        else:
            herd(template).yields.append(given)
    if unknown and len(found) == 1:
        (only,) = found.values()
        only.yields += unknown
        only.yields.sort(key=lambda each: (each.record.at_us, each.record.index))
    return tuple(found.values())


@once
def kept(period: Period) -> Sequence[Record]:
    """Return what happened at a place by whoever holds it, in the order of time."""
    holders = {*period.book.holders(period.name)}
    if not holders:
        return period.in_time
    return [r for r in period.in_time if not holders.isdisjoint(r.parties)]


def _add(flows: list[Flow], record: Record) -> None:
    """Add a record to the milking that it is a part of, else as one of its own."""
    for number, flow in enumerate(flows if record.flow else ()):
        if flow.first.flow == record.flow:
            flows[number] = Flow((*flow.records, record))
            return
    flows.append(Flow((record,)))


def _day_of(day: int, flows: list[Flow]) -> Day | None:
    """Return a day by its milkings; None if one says no mass or no number of animals.

    Those of several groups are added up; those of one group in the morning and in the
    evening have the same animals.
    """
    canned = total(part.kilograms for flow in flows for part in flow.outputs)
    lost = total(flow.lost for flow in flows)
    heads = [_head(flow) for flow in flows]
    if canned is None or lost is None or not all(heads):
        return None
    sessions: list[tuple[int, int]] = []
    for flow, head in zip(flows, heads, strict=True):
        at = flow.first.at_us
        if sessions and at - sessions[-1][0] < 2 * _HOUR_US:
            sessions[-1] = (sessions[-1][0], sessions[-1][1] + head)
        else:
            sessions.append((at, head))
    most = max(head for _, head in sessions)
    is_named = all(len(flow.inputs) == h for flow, h in zip(flows, heads, strict=True))
    named = {
        t.name for flow in flows for t in flow.inputs if is_named and not t.quantity
    }
    return Day(
        day,
        len(named) or most,
        canned + lost,
        tuple(r for flow in flows for r in flow.records),
    )


def _head(flow: Flow) -> int:
    """Return how many animals were milked; 0 if nobody says."""
    told = flow.first.fact("head")
    if told.isdecimal():
        return int(told)
    return sum(1 for thing in flow.inputs if not thing.quantity)


class _Templates:
    """The templates of animals and of milkings; each is looked up once."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._of_animals: dict[str, Template | None] = {}
        self._of_words: dict[tuple[str, str], Template | None] = {}

    def of_animal(self, name: str) -> Template | None:
        """Return the template of what an animal gives, by the herd book."""
        if name not in self._of_animals:
            kin = kin_of(self._book, name)
            self._of_animals[name] = kin.template(self._book.templates)
        return self._of_animals[name]

    def of_milking(self, record: Record) -> Template | None:
        """Return the template of a milking: by what it says, else by its animals."""
        said = record.fact("species"), record.fact("breed")
        if any(said):
            return self._by_words(*said)
        templates = [self.of_animal(thing.name) for thing in record.inputs]
        found = {each.product: each for each in templates if each is not None}
        return next(iter(found.values())) if len(found) == 1 else None

    def _by_words(self, species: str, breed: str) -> Template | None:
        if (species, breed) not in self._of_words:
            self._of_words[species, breed] = template_for(
                self._book.templates,
                species=species,
                breed=breed,
                processes=[MILKING],
            )
        return self._of_words[species, breed]
