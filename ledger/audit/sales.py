"""Sales: a pouch is sold once, where it was sent to, and only after it could be.

Looked at are the sales of a place in a month. What many pouches of a lot have in common
there is one finding: a shop that sells a whole carton too early did one thing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

from ledger.audit.book import Book, Period, Thing, finding_of
from ledger.audit.check import Check, PeriodCheck
from ledger.audit.finding import Finding, Severity
from ledger.audit.quantities import is_overdue, month_text
from ledger.audit.record import Record
from ledger.massflow import key_of

_MOST_NAMED: Final = 100
_MOST_BEHIND: Final = 2_000
_DEEPEST: Final = 8
"""A pouch in a carton, on a pallet, in a container: so many units lie in each other."""
_EPOCH: Final = date(1970, 1, 1).toordinal()
_RECEIPTS: Final = frozenset(
    {"accepting", "arriving", "receiving", "stocking", "storing", "unpacking"}
)
_SENT: Final = frozenset({"departing", "loading", "shipping"})
_VOID: Final = frozenset({"inactive", "destroyed", "disposed", "stolen"})
_CITY: Final = 4
"""Digits of an area's code that name a city; the others name a county."""


@dataclass(frozen=True)
class Sale:
    """One pouch that was sold.

    Attributes:
        record: The sale.
        pouch: What was sold.
        lots: Lots by the entries that made them, as far as they are known.
    """

    record: Record
    pouch: Thing
    lots: dict[int, str] = field(compare=False)

    @property
    def is_by_stranger(self) -> bool:
        """Tell whether who sold it has no say about it."""
        return self.record not in self.pouch.records

    @cached_property
    def making(self) -> Record | None:
        """Return what brought it into being; None if nobody says so."""
        makers = [flow.first for flow in self.pouch.made_by] + [*self.pouch.added_by]
        return min(makers, key=lambda r: r.at_us) if makers else None

    @cached_property
    def lot(self) -> str:
        """Return the lot that it was made in; empty if none is told."""
        making = self.making
        if making is None:
            return ""
        lot = self.lots.get(making.index)
        if lot is None:
            lots = (each.name for each in making.things if key_of(each.name) == "10")
            lot = self.lots[making.index] = next(lots, "")
        return lot

    @property
    def before(self) -> list[Record]:
        """Return what is told of it until it was sold."""
        record = self.record
        return [
            each
            for each in self.pouch.in_time
            if (each.at_us, each.index) < (record.at_us, record.index)
        ]


_Recall = tuple[str, Record, int | None]
"""What was recalled, where it is told, and when that was lifted, if it was."""


@dataclass
class Market:
    """What is read once for all sales of a period.

    Attributes:
        book: That it is read from.
        sources: What was said against things behind a lot, by lot.
        own: What was said against things themselves.
        parents: What things were ever packed into.
        lots: Lots by the entries that made them.
    """

    book: Book
    sources: dict[str, list[_Recall]] = field(default_factory=dict)
    own: dict[str, list[_Recall]] = field(default_factory=dict)
    parents: dict[str, frozenset[str]] = field(default_factory=dict)
    lots: dict[int, str] = field(default_factory=dict)

    def units(self, name: str) -> list[Thing]:
        """Return a thing and what it was ever packed into, the inmost first."""
        found, waiting = [self.book.thing(name)], [name]
        for _ in range(_DEEPEST):
            parents = {
                parent
                for thing in found[-len(waiting) :]
                for parent in self._parents(thing)
            } - {thing.name for thing in found}
            if not parents:
                break
            waiting = sorted(parents)
            found += [self.book.thing(parent) for parent in waiting]
        return found

    def _parents(self, thing: Thing) -> frozenset[str]:
        if thing.name not in self.parents:
            self.parents[thing.name] = frozenset(
                each.name
                for record in thing.records
                if record.type == "AggregationEvent"
                if record.amount(thing.name, "child")
                for each in record.things
                if each.role == "parent"
            )
        return self.parents[thing.name]

    def recalls_of(self, thing: Thing) -> list[_Recall]:
        """Return the recalls of a thing itself."""
        if thing.name not in self.own:
            self.own[thing.name] = _recalls_of(thing)
        return self.own[thing.name]

    def recalls(self, name: str) -> list[_Recall]:
        """Return the recalls of a thing and of all that it was made of."""
        if name not in self.sources:
            self.sources[name] = [
                each
                for source in self._behind(name)
                for each in self.recalls_of(self.book.thing(source))
            ]
        return self.sources[name]

    def _behind(self, name: str) -> list[str]:
        found, waiting = {name: None}, [name]
        while waiting and len(found) < _MOST_BEHIND:
            for flow in self.book.thing(waiting.pop()).made_by:
                if flow.process == "milking":
                    continue
                for amount in flow.inputs:
                    if amount.name not in found:
                        found[amount.name] = None
                        waiting.append(amount.name)
        return [*found]


Wrong = tuple[str, Severity, dict[str, str], tuple[int, ...]]
"""A rule, how grave it is, values beside the usual ones, and entries that show it."""


def sales(period: Period) -> Iterator[Finding]:
    """Yield findings of what was sold at a place in a month and could not be."""
    market = Market(period.book)
    grouped: dict[tuple[str, str], list[tuple[Sale, Wrong]]] = {}
    for record in period.records:
        if record.step != "retail_selling":
            continue
        for amount in record.things:
            if key_of(amount.name) != "21" or amount.role != "about":
                continue
            sale = Sale(record, period.book.thing(amount.name), market.lots)
            for wrong in _wrongs(market, sale):
                key = (wrong[0], sale.lot or amount.name)
                grouped.setdefault(key, []).append((sale, wrong))
    for (rule_id, lot), told in grouped.items():
        yield _finding(period, rule_id, lot, told)


def _wrongs(market: Market, sale: Sale) -> Iterator[Wrong]:
    """Yield what is wrong with a sale; what explains the rest comes alone."""
    units = market.units(sale.pouch.name)
    is_late = is_overdue(market.book, sale.record, sale.pouch.template)
    if sale.making is None:
        if is_late:
            yield "sold-not-issued", "warning", {}, ()
        return
    elsewhere = _elsewhere(market, sale, units)
    if elsewhere is not None and elsewhere[0] == "sold-elsewhere" and not is_late:
        elsewhere = None
    if sale.is_by_stranger:
        # Whoever never had a pouch can say anything of it: one word, and no alarm.
        told = [*_void(sale), *_too_early(sale, units), *_again(sale)]
        told += [] if elsewhere is None else [elsewhere]
        for rule_id, _, said, entries in told[:1]:
            yield rule_id, "warning", said, entries
        return
    if elsewhere is not None:
        yield elsewhere
    else:
        yield from _too_early(sale, units) or _not_received(sale, units, is_late)
    yield from _again(sale)
    yield from _void(sale)
    yield from _barred(market, sale, units)


def _too_early(sale: Sale, units: list[Thing]) -> list[Wrong]:
    """Return that a pouch was sold before it left its maker, or came to the seller.

    That it was sold before it was packed or released ``order`` says.
    """
    told = [r for unit in units for r in unit.in_time if r.index != sale.record.index]
    steps = (_first(r for r in told if r.step in _SENT), _receipt(sale, units))
    for step in steps:
        if step is not None and sale.record.at_us < step.at_us:
            said = {"step": step.process or step.step, "then": step.time}
            return [("sold-too-early", "critical", said, (step.index,))]
    return []


def _not_received(sale: Sale, units: list[Thing], is_late: bool) -> list[Wrong]:
    """Return that who sold a pouch nowhere says that it received it."""
    making = sale.making
    is_of_maker = making is not None and sale.record.party in making.parties
    if is_of_maker or not is_late or _receipt(sale, units) is not None:
        return []
    return [("sold-not-received", "warning", {}, ())]


def _receipt(sale: Sale, units: list[Thing]) -> Record | None:
    return _first(
        record
        for unit in units
        for record in unit.in_time
        if record.step in _RECEIPTS and sale.record.party in record.parties
    )


def _elsewhere(market: Market, sale: Sale, units: list[Thing]) -> Wrong | None:
    """Return that a pouch was sold by whom it was not sent to, or in another city."""
    record = sale.record
    told = [r for unit in units for r in unit.records]
    sent = [r for r in told if r.destinations]
    names = {name for r in sent for _, name in r.destinations}
    parties = names | {p for name in names for p in market.book.holders(name)}
    parties |= set() if sale.making is None else {*sale.making.parties}
    has_it = record.party in parties or record.place in names
    if not has_it and (names or sale.is_by_stranger):
        last = max(sent, key=lambda r: r.at_us).destinations if sent else ()
        said = {"destination": last[0][1] if last else ", ".join(sorted(parties))}
        entries = tuple(r.index for r in sent)
        return "sold-elsewhere", "warning", said, entries
    receipts = [
        r
        for r in told
        if r.step in _RECEIPTS and record.party in r.parties and r.fact("area")
    ]
    areas = {r.fact("area")[:_CITY] for r in receipts}
    here = record.fact("area")
    if here and areas and here[:_CITY] not in areas:
        said = {"area": here, "areas": _areas(receipts)}
        return "sold-in-other-area", "warning", said, tuple(r.index for r in receipts)
    return None


def _areas(receipts: list[Record]) -> str:
    return ", ".join(sorted({record.fact("area") for record in receipts}))


def _again(sale: Sale) -> list[Wrong]:
    """Return that a pouch had been sold before, and was not given back."""
    sold: Record | None = None
    for record in sale.before:
        if record.step == "retail_selling":
            sold = record
        elif record.disposition == "returned" or "returned" in record.set:
            sold = None
    if sold is None:
        return []
    said = {"earlier": sold.time, "earlier_place": sold.place}
    return [("sold-twice", "critical", said, (sold.index,))]


def _void(sale: Sale) -> list[Wrong]:
    """Return that a pouch had been made void, or destroyed."""
    void = [
        r
        for r in sale.before
        if (r.disposition in _VOID or _VOID & {*r.set}) and r.action == "DELETE"
    ]
    if not void:
        return []
    said = {"then": void[-1].time, "reason": void[-1].disposition}
    return [("sold-void", "critical", said, (void[-1].index,))]


def _barred(market: Market, sale: Sale, units: list[Thing]) -> Iterator[Wrong]:
    """Yield that a pouch was recalled or past its date when it was sold."""
    at_us = sale.record.at_us
    recalls = [each for unit in units for each in market.recalls_of(unit)]
    recalls += market.recalls(sale.lot or sale.pouch.name)
    for source, record, lifted_us in recalls:
        if record.at_us < at_us and (lifted_us is None or at_us < lifted_us):
            said = {"recalled": source, "then": record.time, "by": record.party}
            yield "sold-recalled", "critical", said, (record.index,)
            break
    last_day = _last_day(sale)
    if last_day is not None and sale.record.day > last_day.toordinal() - _EPOCH:
        entries = () if sale.making is None else (sale.making.index,)
        yield "sold-past-date", "warning", {"date": str(last_day)}, entries


def _last_day(sale: Sale) -> date | None:
    if sale.making is None:
        return None
    for fact in ("ilmd.gs1:expirationDate", "ilmd.gs1:bestBeforeDate"):
        try:
            return date.fromisoformat(sale.making.fact(fact))
        except ValueError:
            continue
    return None


def _recalls_of(thing: Thing) -> list[_Recall]:
    found: list[_Recall] = []
    for record in thing.records:
        if record.disposition == "recalled" or "recalled" in record.set:
            lifted = [
                r.at_us
                for r in thing.records
                if "recalled" in r.unset and r.index > record.index
            ]
            found.append((thing.name, record, min(lifted) if lifted else None))
    return found


def _first(records: Iterator[Record]) -> Record | None:
    return min(records, key=lambda r: r.at_us, default=None)


def _finding(
    period: Period, rule_id: str, lot: str, told: list[tuple[Sale, Wrong]]
) -> Finding:
    told.sort(key=lambda each: each[0].record.at_us)
    sale, (_, severity, said, _) = told[0]
    pouches = tuple(dict.fromkeys(each.pouch.name for each, _ in told))
    return finding_of(
        rule_id,
        severity,
        sale.record,
        about=(lot, *pouches[:_MOST_NAMED], period.name),
        values={
            "lot": lot,
            "count": str(len(pouches)),
            "place": period.name,
            "month": month_text(period.month),
            "first": pouches[0],
            "time": sale.record.time,
            "party": sale.record.party,
        }
        | said,
        entries=[
            index
            for each, (_, _, _, entries) in told
            for index in (each.record.index, *entries)
        ],
        mark=f"{period.name} {period.month}",
    )


CHECKS: Final[tuple[Check, ...]] = (
    PeriodCheck(
        "place",
        (
            "sold-not-issued",
            "sold-too-early",
            "sold-not-received",
            "sold-elsewhere",
            "sold-in-other-area",
            "sold-twice",
            "sold-void",
            "sold-recalled",
            "sold-past-date",
        ),
        sales,
    ),
)
