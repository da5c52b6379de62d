"""Sales: a pouch is sold once, where it was sent to, and only after it could be.

Looked at are the sales of a place in a month. What many pouches of a lot have in common
there is one finding: a shop that sells a whole carton too early did one thing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final, NamedTuple

from ledger.audit.book import Book, Period, Thing
from ledger.audit.check import Check, PeriodCheck
from ledger.audit.finding import Finding, Severity, finding_of
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


_Recall = tuple[str, Record, int | None]
"""What was recalled, where it is told, and when that was lifted, if it was."""


class Told(NamedTuple):
    """What is told of some things, as far as it bears on whether they may be sold.

    Attributes:
        sent: Records that name destinations.
        leaving: Records of their leaving.
        receipts: Records of their coming to somebody.
        recalls: The recalls of these things themselves.
    """

    sent: list[Record]
    leaving: list[Record]
    receipts: list[Record]
    recalls: list[_Recall]

    def and_then(self, other: "Told") -> "Told":
        """Return this, and after it what is told of other things."""
        return Told(
            self.sent + other.sent,
            self.leaving + other.leaving,
            self.receipts + other.receipts,
            self.recalls + other.recalls,
        )


@dataclass(frozen=True)
class Sale:
    """One pouch that was sold.

    Attributes:
        record: The sale.
        pouch: What was sold.
        told: What is told of that, and of what it was ever packed into.
        lots: Lots by the entries that made them, as far as they are known.
    """

    record: Record
    pouch: Thing
    told: Told
    lots: dict[int, str] = field(compare=False)

    @property
    def receipts(self) -> list[Record]:
        """Return what who sold it says of receiving it."""
        party = self.record.party
        return [r for r in self.told.receipts if party in r.parties]

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


@dataclass
class Market:
    """What is read once for all sales of a period.

    Attributes:
        book: That it is read from.
        sources: What was said against things behind a lot, by lot.
        packings: What is told of cartons and of what these were ever packed into.
        parents: What things were ever packed into.
        lots: Lots by the entries that made them.
    """

    book: Book
    sources: dict[str, list[_Recall]] = field(default_factory=dict)
    packings: dict[frozenset[str], Told] = field(default_factory=dict)
    parents: dict[str, frozenset[str]] = field(default_factory=dict)
    lots: dict[int, str] = field(default_factory=dict)

    def sale(self, record: Record, name: str) -> Sale:
        """Return a sale of a pouch."""
        pouch = self.book.thing(name)
        parents = self._parents(pouch)
        packing = self.packings.get(parents)
        if packing is None:
            packing = self.packings[parents] = _told(self._units(parents))
        return Sale(record, pouch, _told([pouch]).and_then(packing), self.lots)

    def _units(self, parents: frozenset[str]) -> list[Thing]:
        """Return some units and what these were ever packed into, the inmost first."""
        found: dict[str, Thing] = {}
        waiting = parents
        for _ in range(_DEEPEST):
            last = {name: self.book.thing(name) for name in sorted(waiting)}
            found |= last
            waiting = frozenset().union(*map(self._parents, last.values()))
            waiting -= found.keys()
        return [*found.values()]

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

    def recalls(self, name: str) -> list[_Recall]:
        """Return the recalls of a thing and of all that it was made of."""
        if name not in self.sources:
            self.sources[name] = [
                each for source in self._behind(name) for each in _recalls_of(source)
            ]
        return self.sources[name]

    def _behind(self, name: str) -> list[Thing]:
        """Return a thing and what it was made of, back to the milk."""
        waiting = [self.book.thing(name)]
        found = {name: waiting[0]}
        while waiting and len(found) < _MOST_BEHIND:
            for flow in waiting.pop().made_by:
                if flow.process == "milking":
                    continue
                for amount in flow.inputs:
                    if amount.name not in found:
                        found[amount.name] = self.book.thing(amount.name)
                        waiting.append(found[amount.name])
        return [*found.values()]


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
            if amount.role != "about" or key_of(amount.name) != "21":
                continue
            sale = market.sale(record, amount.name)
            for wrong in _wrongs(market, sale):
                key = (wrong[0], sale.lot or amount.name)
                grouped.setdefault(key, []).append((sale, wrong))
    for (rule_id, lot), told in grouped.items():
        yield _finding(period, rule_id, lot, told)


def _wrongs(market: Market, sale: Sale) -> Iterator[Wrong]:
    """Yield what is wrong with a sale; what explains the rest comes alone."""
    if sale.making is None:
        if _is_late(market, sale):
            yield "sold-not-issued", "warning", {}, ()
        return
    before, elsewhere = sale.before, _elsewhere(market, sale)
    if elsewhere is not None and elsewhere[0] == "sold-elsewhere":
        elsewhere = elsewhere if _is_late(market, sale) else None
    if sale.is_by_stranger:
        # Whoever never had a pouch can say anything of it: one word, and no alarm.
        told = [*_void(before), *_too_early(sale), *_again(before)]
        told += [] if elsewhere is None else [elsewhere]
        for rule_id, _, said, entries in told[:1]:
            yield rule_id, "warning", said, entries
        return
    if elsewhere is not None:
        yield elsewhere
    else:
        yield from _too_early(sale) or _not_received(market, sale)
    yield from _again(before)
    yield from _void(before)
    yield from _barred(market, sale)


def _is_late(market: Market, sale: Sale) -> bool:
    """Tell whether what belongs to a sale should be there by now."""
    return is_overdue(market.book, sale.record, sale.pouch.template)


def _too_early(sale: Sale) -> list[Wrong]:
    """Return that a pouch was sold before it left its maker, or came to the seller.

    That it was sold before it was packed or released ``order`` says.
    """
    for step in (_first(sale.told.leaving), _first(sale.receipts)):
        if step is not None and sale.record.at_us < step.at_us:
            said = {"step": step.process or step.step, "then": step.time}
            return [("sold-too-early", "critical", said, (step.index,))]
    return []


def _not_received(market: Market, sale: Sale) -> list[Wrong]:
    """Return that who sold a pouch nowhere says that it received it."""
    making = sale.making
    is_of_maker = making is not None and sale.record.party in making.parties
    if is_of_maker or sale.receipts or not _is_late(market, sale):
        return []
    return [("sold-not-received", "warning", {}, ())]


def _elsewhere(market: Market, sale: Sale) -> Wrong | None:
    """Return that a pouch was sold by whom it was not sent to, or in another city."""
    record, sent = sale.record, sale.told.sent
    names = {name for r in sent for _, name in r.destinations}
    parties = names | {p for name in names for p in market.book.holders(name)}
    parties |= set() if sale.making is None else {*sale.making.parties}
    has_it = record.party in parties or record.place in names
    if not has_it and (names or sale.is_by_stranger):
        last = max(sent, key=lambda r: r.at_us).destinations if sent else ()
        said = {"destination": last[0][1] if last else ", ".join(sorted(parties))}
        entries = tuple(r.index for r in sent)
        return "sold-elsewhere", "warning", said, entries
    receipts = [r for r in sale.receipts if r.fact("area")]
    areas = {r.fact("area")[:_CITY] for r in receipts}
    here = record.fact("area")
    if here and areas and here[:_CITY] not in areas:
        said = {"area": here, "areas": _areas(receipts)}
        return "sold-in-other-area", "warning", said, tuple(r.index for r in receipts)
    return None


def _areas(receipts: list[Record]) -> str:
    return ", ".join(sorted({record.fact("area") for record in receipts}))


def _again(before: list[Record]) -> list[Wrong]:
    """Return that a pouch had been sold before, and was not given back."""
    sold: Record | None = None
    for record in before:
        if record.step == "retail_selling":
            sold = record
        elif record.disposition == "returned" or "returned" in record.set:
            sold = None
    if sold is None:
        return []
    said = {"earlier": sold.time, "earlier_place": sold.place}
    return [("sold-twice", "critical", said, (sold.index,))]


def _void(before: list[Record]) -> list[Wrong]:
    """Return that a pouch had been made void, or destroyed."""
    void = [
        r
        for r in before
        if r.action == "DELETE" and (r.disposition in _VOID or _VOID & {*r.set})
    ]
    if not void:
        return []
    said = {"then": void[-1].time, "reason": void[-1].disposition}
    return [("sold-void", "critical", said, (void[-1].index,))]


def _barred(market: Market, sale: Sale) -> Iterator[Wrong]:
    """Yield that a pouch was recalled or past its date when it was sold."""
    at_us = sale.record.at_us
    recalls = market.recalls(sale.lot or sale.pouch.name)
    for source, record, lifted_us in (*sale.told.recalls, *recalls):
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


def _told(things: Sequence[Thing]) -> Told:
    records = [r for thing in things for r in thing.records]
    return Told(
        [r for r in records if r.destinations],
        [r for r in records if r.step in _SENT],
        [r for r in records if r.step in _RECEIPTS],
        [recall for thing in things for recall in _recalls_of(thing)],
    )


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


def _first(records: Iterable[Record]) -> Record | None:
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
