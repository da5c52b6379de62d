"""How checks read the records: one thing or one place and month at a time.

Whatever a check reads beside its own scope goes through the book, which notes it: once
that changes, the scope is looked at again.
"""

from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial, wraps
from operator import attrgetter
from typing import Final, Literal, TypeVar

from ledger.audit.flow import Flow, settled, total
from ledger.audit.lazy import lazy
from ledger.audit.recent import Recent
from ledger.audit.record import TESTING, Record, Role, is_test, reached_by
from ledger.audit.records import Records
from ledger.audit.scope import Scope, ScopeKind
from ledger.directory import Directory
from ledger.identifier import GS1
from ledger.template import Step, Template, template_for

ThingKind = Literal[
    "goods", "single", "lot", "serial", "item", "unit", "party", "place"
]
"""What a thing is, by its identifier: by GS1's keys, by the directory; of all others
goods have an amount in some record, and single things have none."""


_Value = TypeVar("_Value")
_Owner = TypeVar("_Owner", "Thing", "Period")

_GS1_KINDS: Final[Mapping[tuple[str, ...], ThingKind]] = {
    ("01",): "item",
    ("01", "10"): "lot",
    ("01", "21"): "serial",
    ("00",): "unit",
    ("414",): "place",
    ("414", "254"): "place",
    ("417",): "party",
}
_MOST_KEPT: Final = 3_000
"""Things that are kept for other scopes, and as many before them."""
_MOST_PERIODS: Final = 500
"""Months that are kept for those beside them, and as many before them."""
_MOST_FLOWS: Final = 2_000
"""Transformations told of by one event that are kept."""
_MOST_PRODUCTS: Final = 20_000
"""Things whose product is remembered."""
_DEEPEST: Final = 100
"""Steps back to what goods were made of: more than any have."""


def once(work: Callable[[_Owner], _Value]) -> Callable[[_Owner], _Value]:
    """Have a function's value kept with the thing or the period that it is of.

    Whoever asks for it next depends on all that was read for it.

    Args:
        work: Depends on nothing but what it is given; its value is not changed
            afterwards.
    """
    name = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def worked_out(owner: _Owner) -> _Value:
        values = owner.__dict__
        if name not in values:
            values[name] = owner.book.keep(owner, work)
        value: _Value = values[name]
        return value

    return worked_out


class Thing:
    """A thing, and what is told of it by those who have a say.

    Attributes:
        book: That it was read from.
        name: Its identifier.
        all_records: All that name it, in the order of their entries.
        read: Numbers of the scopes that were read for what is known of it so far.
        again_us: The first time that was waited for in doing so; None for none.
    """

    def __init__(self, book: "Book", name: str, records: Sequence[Record]) -> None:
        """Begin with all records that name it, in the order of their entries."""
        self.again_us: int | None = None
        self.book = book
        self.name = name
        self.all_records = records
        self.read = {book.records.id(Scope("thing", name))}

    @lazy
    def _told(self) -> list[Record]:
        return settled(self.all_records)

    @lazy
    def kind(self) -> ThingKind:
        """Return what it is."""
        if self.name.startswith(GS1):
            return _GS1_KINDS.get(_gs1_keys(self.name), "goods")
        if self.book.directory.admissions(self.name):
            return "party"
        if self.book.holders(self.name):
            return "place"
        has_amount = any(
            thing.quantity
            for record in self.all_records
            for thing in record.amounts(self.name)
        )
        return "goods" if has_amount else "single"

    @lazy
    def creators(self) -> frozenset[str]:
        """Return the parties that brought it into being under a prefix of theirs."""
        return frozenset([r.party for r in self.all_records if self.name in r.created])

    @lazy
    def speakers(self) -> frozenset[str]:
        """Return who has a say: all, where nobody brought it about.

        It is as in ``standing``, but whoever has a place that is named as destination
        has a say too: many name no party but the place.
        """
        directory = self.book.directory
        parties = {*self.creators}
        if directory.admissions(self.name):
            parties.add(self.name)
        told_by = frozenset[str]().union(*{r.parties for r in self.all_records})
        if self.name in self.book.places:
            parties |= {
                party
                for party in told_by
                if any(self.name in each.places for each in directory.admissions(party))
            }
        if not parties:
            return told_by
        return self.heard(parties)

    def heard(self, parties: Collection[str]) -> frozenset[str]:
        """Return who has a say if these parties have: whom they sign with, or send to.

        Args:
            parties: Who has a say in the first place.
        """
        found, waiting = {*parties}, list(self.all_records)
        while waiting:
            reached: list[Record] = []
            rest: list[Record] = []
            for record in waiting:
                (rest if found.isdisjoint(record.parties) else reached).append(record)
            if not reached:
                break
            names = {name for record in reached for name in reached_by(record)}
            found |= names
            for name in names & self.book.places:
                found.update(self.book.holders(name))
            waiting = rest
        return frozenset(found)

    @lazy
    def records(self) -> tuple[Record, ...]:
        """Return what counts: by who has a say, and not in error."""
        speakers = self.speakers
        return tuple([r for r in self._told if not speakers.isdisjoint(r.parties)])

    @lazy
    def apart(self) -> tuple[Record, ...]:
        """Return what strangers say of it."""
        speakers = self.speakers
        if len(self.records) == len(self._told):
            return ()
        return tuple([r for r in self._told if speakers.isdisjoint(r.parties)])

    @lazy
    def in_time(self) -> tuple[Record, ...]:
        """Return what counts in the order in which it happened."""
        return _in_time(self.records)

    @lazy
    def steps(self) -> frozenset[str]:
        """Return the business steps that are told of it: what to ask for first."""
        return frozenset([r.step for r in self.records])

    @lazy
    def made_by(self) -> tuple[Flow, ...]:
        """Return the transformations that it came out of."""
        return self.book.keep(self, partial(Thing._flows, role="output"))

    @lazy
    def used_by(self) -> tuple[Flow, ...]:
        """Return the transformations that it went into."""
        return self.book.keep(self, partial(Thing._flows, role="input"))

    @lazy
    def added_by(self) -> tuple[Record, ...]:
        """Return the other events that brought it, or more of it, into being."""
        return tuple(
            r
            for r in self.records
            if r.type == "ObjectEvent"
            and r.action == "ADD"
            and r.amount(self.name, "about") is not None
        )

    @property
    def is_made(self) -> bool:
        """Tell whether anybody says where it is from."""
        return bool(self.made_by or self.added_by)

    @lazy
    def made_kg(self) -> Decimal | None:
        """Return how much was made; None if it is not known as a mass."""
        flows = self._kilograms("output", (r for f in self.made_by for r in f.records))
        added = self._kilograms("about", self.added_by)
        return None if flows is None or added is None else flows + added

    @lazy
    def used_kg(self) -> Decimal | None:
        """Return how much went into transformations; None if one gives no mass."""
        return self._kilograms("input", (r for f in self.used_by for r in f.records))

    @lazy
    def tests(self) -> tuple[Record, ...]:
        """Return its tests, passed and failed, in the order of their times."""
        if TESTING not in self.steps:
            return ()
        return tuple(r for r in self.in_time if is_test(r))

    @lazy
    def template(self) -> Template | None:
        """Return the template of such goods; None if there is none, or several fit."""
        return self.book.template(self.name)

    def is_step(self, record: Record, step: Step) -> bool:
        """Tell whether a record about it is a step of its template."""
        fits = step.fits(
            business_step=record.step,
            disposition=record.disposition,
            process=record.process,
        )
        return fits and (not step.about or step.about in self.made_in)

    @lazy
    def made_in(self) -> frozenset[str]:
        """Return the ids of the template's steps that it was made in."""
        template = self.template
        if template is None:
            return frozenset()
        told = {
            (r.step, r.disposition, r.process)
            for r in (*self.added_by, *(r for f in self.made_by for r in f.records))
        }
        return frozenset(
            step.id
            for step in template.steps
            if step.makes
            for word, disposition, process in told
            if step.fits(business_step=word, disposition=disposition, process=process)
        )

    @lazy
    def makes(self) -> frozenset[str]:
        """Return the template's words for such goods: ``raw-milk`` and the like."""
        if not self.made_in or self.template is None:
            return frozenset()
        found = (self.template.step(step_id) for step_id in self.made_in)
        return frozenset(step.makes for step in found if step is not None)

    def _flows(self, role: Role) -> tuple[Flow, ...]:
        found = {
            r.flow or str(r.index): r
            for r in reversed(self.records)
            if r.type == "TransformationEvent" and r.amount(self.name, role)
        }
        return tuple(self.book.flow(r) for r in reversed(found.values()))

    def _kilograms(self, role: Role, records: Iterable[Record]) -> Decimal | None:
        return total(
            thing.kilograms
            for record in records
            for thing in record.amounts(self.name)
            if thing.role == role
        )


class Period:
    """What happened at a place, with a device or by a key in a month; or a document.

    Attributes:
        book: That it was read from.
        kind: What it is.
        name: Identifier of the place, device or document; label of the key.
        month: Months since January 1970; 0 of a document.
        all_records: All of the scope, in the order of their entries.
        read: Numbers of the scopes that were read for what is known of it so far.
        again_us: The first time that was waited for in doing so; None for none.
    """

    def __init__(self, book: "Book", scope: Scope, records: Sequence[Record]) -> None:
        """Begin with all records of the scope, in the order of their entries."""
        self.book = book
        self.kind = scope.kind
        self.name = scope.name
        self.month = scope.month
        self.all_records = records
        self.read = {book.records.id(scope)}
        self.again_us: int | None = None

    @lazy
    def records(self) -> tuple[Record, ...]:
        """Return them without what was declared in error."""
        return tuple(settled(self.all_records))

    @lazy
    def in_time(self) -> tuple[Record, ...]:
        """Return them in the order in which they happened."""
        return _in_time(self.records)

    def neighbour(self, months: int) -> "Period":
        """Return the same place, device or key so many months later."""
        return self.book.period(self.kind, self.name, self.month + months)


@dataclass
class Book:
    """All records, the directory and the templates.

    Attributes:
        records: The store.
        directory: As of the last entry.
        templates: Of all products.
        until_us: The time up to which the ledger tells anything: its last seal's.
        read: Numbers of the scopes that were read since this was last emptied.
        again_us: The first time that a check has waited for since this was last None.
    """

    records: Records
    directory: Directory
    templates: tuple[Template, ...]
    until_us: int
    read: set[int] = field(default_factory=set)
    again_us: int | None = None
    _found: dict[str, frozenset[str]] = field(default_factory=dict)
    _met: set[str] = field(default_factory=set)
    _flows: dict[int, Flow] = field(default_factory=dict)

    @lazy
    def _things(self) -> Recent[str, Thing]:
        return Recent(
            _MOST_KEPT,
            lambda name: Thing(self, name, self.records.records(Scope("thing", name))),
        )

    @lazy
    def _periods(self) -> Recent[Scope, Period]:
        return Recent(
            _MOST_PERIODS,
            lambda scope: Period(self, scope, self.records.records(scope)),
        )

    def thing(self, name: str) -> Thing:
        """Return a thing; without records, if nobody tells of it."""
        thing = self._things[name]
        self._depend(thing)
        return thing

    def period(self, kind: ScopeKind, name: str, month: int = 0) -> Period:
        """Return what happened at a place, with a device or by a key in a month."""
        period = self._periods[Scope(kind, name, month)]
        self._depend(period)
        return period

    def document(self, name: str) -> Period:
        """Return what refers to a document: a report, an order, a slip."""
        return self.period("document", name)

    def flow(self, record: Record) -> Flow:
        """Return the transformation that a record tells of, or a part of."""
        if not record.flow:
            flow = self._flows.get(record.index)
            if flow is None:
                if len(self._flows) >= _MOST_FLOWS:
                    self._flows.clear()
                flow = self._flows[record.index] = Flow((record,))
            return flow
        told = settled(self._read(Scope("thing", record.flow)))
        return Flow(tuple(r for r in told if r.flow == record.flow) or (record,))

    def keep(self, owner: _Owner, work: Callable[[_Owner], _Value]) -> _Value:
        """Return what is worked out of a thing or a period, and what it depends on.

        Whoever asks for it next depends on all of that, too.

        Args:
            owner: The thing or the period.
            work: Works it out.
        """
        read, again_us = self.read, self.again_us
        self.read, self.again_us = set(), None
        try:
            return work(owner)
        finally:
            if self.read:
                owner.read |= self.read
                # The outer set is often large, and the inner one small.
                read |= self.read
            if self.again_us is not None:
                owner.again_us = _earlier(owner.again_us, self.again_us)
                again_us = _earlier(again_us, self.again_us)
            self.read, self.again_us = read, again_us

    def is_past(self, at_us: int) -> bool:
        """Tell whether the ledger tells of what was after a time.

        What is not there by then is missing. If it is not past yet, the scope is looked
        at again as soon as it is.

        Args:
            at_us: In microseconds since 1970.
        """
        if at_us < self.until_us:
            return True
        self.again_us = _earlier(self.again_us, at_us)
        return False

    def holders(self, place: str) -> tuple[str, ...]:
        """Return the parties that have a place, by their last admissions."""
        return self._holders.get(place, ())

    @lazy
    def _holders(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for party in self.directory.parties.values():
            for each in party.places:
                found[each] = (*found.get(each, ()), party.id)
        return found

    @lazy
    def places(self) -> frozenset[str]:
        """Return the places that a party has, or ever had."""
        admitted = (
            p for id_ in self.directory.parties for p in self.directory.admissions(id_)
        )
        return frozenset(place for party in admitted for place in party.places)

    def kind_of(self, party: str) -> str:
        """Return the kind that a party was last admitted as; empty for none."""
        admitted = self.directory.parties.get(party)
        return "" if admitted is None else admitted.kind

    def template(self, name: str) -> Template | None:
        """Return the template of a thing; None if there is none, or several fit."""
        products = self.products(name)
        if len(products) != 1:
            return None
        (product,) = products
        return next(each for each in self.templates if each.product == product)

    def products(self, name: str) -> frozenset[str]:
        """Return the products that a thing is, or was made of.

        What the events that made it say of species decides; where they say nothing, it
        is what went in. A parcel is what was first put in it. No scope depends on what
        is read for it: when something is told later of what goods were made of, all
        that came of them is looked at again.
        """
        known = self._found.get(name)
        if known is None:
            outer, self.read = self.read, set()
            known = self._products(name, ())
            self.read = outer
        return known

    @property
    def products_found(self) -> frozenset[str]:
        """Return the products of all things that were asked for theirs."""
        return frozenset(self._met).union(*self._found.values())

    def _products(self, name: str, above: tuple[str, ...]) -> frozenset[str]:
        known = self._found.get(name)
        if known is not None:
            return known
        if name in above or len(above) > _DEEPEST:
            return frozenset()
        thing, found = self.thing(name), set[str]()
        for flow in (*thing.made_by, *(Flow((r,)) for r in thing.added_by)):
            product = self._said(flow, has_inputs=bool(flow.inputs))
            if product:
                found.add(product)
                continue
            for source in flow.inputs:
                found |= self._products(source.name, (*above, name))
        if thing.kind == "unit":
            packed = (
                each.name
                for record in thing.records
                for each in record.things
                if each.role == "child" and record.amount(name, "parent")
            )
            found.update(self._products(next(packed, name), (*above, name)))
        if len(self._found) >= _MOST_PRODUCTS:
            self._met.update(*self._found.values())
            self._found.clear()
        self._found[name] = frozenset(found)
        return self._found[name]

    def _said(self, flow: Flow, *, has_inputs: bool) -> str:
        """Return the product that the events of a transformation tell of, if any."""
        species = _fact(flow, "species", "ilmd.species")
        breed = _fact(flow, "breed", "ilmd.breed")
        if not species and not breed and has_inputs:
            return ""
        if not species and not breed and not flow.process:
            return ""
        fits = template_for(
            self.templates,
            species=species,
            breed=breed,
            processes=[flow.process] if flow.process else [],
        )
        if fits is None and (species or breed):
            fits = template_for(self.templates, species=species, breed=breed)
        return "" if fits is None else fits.product

    def _depend(self, on: Thing | Period) -> None:
        self.read |= on.read
        if on.again_us is not None:
            self.again_us = _earlier(self.again_us, on.again_us)

    def _read(self, scope: Scope) -> list[Record]:
        self.read.add(self.records.id(scope))
        return self.records.records(scope)


def _gs1_keys(name: str) -> tuple[str, ...]:
    """Return the keys of an identifier of GS1's, as in 01 and 21.

    >>> _gs1_keys("https://id.gs1.org/01/09521321000018/21/7")
    ('01', '21')
    """
    return tuple(name.removeprefix(GS1).split("/")[::2])


def _earlier(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _in_time(records: Sequence[Record]) -> tuple[Record, ...]:
    if len(records) == 1:
        return tuple(records)
    return tuple(sorted(records, key=attrgetter("at_us", "index")))


def _fact(flow: Flow, *names: str) -> str:
    """Return a fact on which all records of a transformation agree; else nothing."""
    said = {r.fact(name) for r in flow.records for name in names} - {""}
    return said.pop() if len(said) == 1 else ""


def each_flow(records: Iterable[Record], book: Book) -> Iterator[Flow]:
    """Yield the transformations that records tell of, each once."""
    seen: set[str] = set()
    for record in records:
        key = record.flow or str(record.index)
        if record.type == "TransformationEvent" and key not in seen:
            seen.add(key)
            yield book.flow(record)
