"""What a report draws, read from the records: never more than fits on paper.

Masses are added up in one reading of all events, a place and month at a time. Yields,
ways and weights are drawn of what has findings first, then of a few others.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ledger.audit.book import Book
from ledger.audit.finding import Finding, basis_of
from ledger.audit.herdmonth import herd_months
from ledger.audit.report.balances import balances_of
from ledger.audit.report.charts.growth import Growth
from ledger.audit.report.charts.journey import Journey
from ledger.audit.report.charts.yields import YieldDay, Yields
from ledger.audit.report.masses import Masses
from ledger.audit.report.model import Figures, ordered
from ledger.audit.report.ways import growth_of, journey_of
from ledger.audit.rule import Family, Rule, rules
from ledger.template import Template

MOST: Final = 12
"""Of each kind so many are drawn."""
_FEW: Final = 4
"""Of what has no findings so many herds are drawn."""
_MOST_DAYS: Final = 400
_MOST_TRIED: Final = 200
"""So many things that have findings are looked up for a way, or for weights."""
_BOUND: Final = "yield.day.herdmean"
_UNIT: Final = "kg/d"
_HERDS: Final[tuple[Family, ...]] = ("plausibility", "origin")
_MOVED: Final[tuple[Family, ...]] = (
    "time",
    "custody",
    "codes",
    "animals",
)
_GREW: Final[tuple[Family, ...]] = ("plausibility", "animals")
_MILKING: Final = "milking"
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class _Told:
    """What was found, and by which rules."""

    findings: Sequence[Finding]
    known: Mapping[str, Rule]

    def of(self, families: Sequence[Family]) -> Iterator[Finding]:
        """Yield the findings of some families."""
        for finding in self.findings:
            if self.known[finding.rule_id].family in families:
                yield finding

    def things(self, families: Sequence[Family]) -> list[str]:
        """Return what findings of some families are about, the gravest's first."""
        named = (name for finding in self.of(families) for name in finding.about)
        return [*dict.fromkeys(named)][:_MOST_TRIED]


def figures_of(
    book: Book,
    findings: Sequence[Finding],
    *,
    known: Mapping[str, Rule] | None = None,
) -> Figures:
    """Return what is drawn.

    Args:
        book: Of all records.
        findings: What was found in them, in any order.
        known: Their rules by id; None for those of the program.
    """
    by_id = rules() if known is None else known
    # Which are drawn depends on no order in which they were found.
    told = _Told(
        ordered((each for each in findings if each.rule_id in by_id), by_id), by_id
    )
    masses = Masses(book)
    herds: dict[str, list[int]] = {}
    for scope in [*book.records.scopes("place")]:
        for record in book.period("place", scope.name, scope.month).records:
            masses.add(record)
            if record.process == _MILKING:
                months = herds.setdefault(scope.name, [])
                if scope.month not in months:
                    months.append(scope.month)
    return Figures(
        balances=balances_of(masses, book.templates),
        yields=tuple(_yields(book, told, herds)),
        growth=tuple(_growth(book, told)),
        journeys=tuple(_journeys(book, told)),
    )


def _yields(book: Book, told: _Told, herds: dict[str, list[int]]) -> Iterator[Yields]:
    odd = [
        name
        for finding in told.of(_HERDS)
        for name in (finding.place, *finding.about)
        if name in herds
    ]
    places = [*dict.fromkeys(odd)][:MOST]
    others = [place for place in sorted(herds) if place not in places]
    places += others[: max(_FEW - len(places), 0)]
    for place in places:
        yield from _herds(book, place, sorted(herds[place]))


def _herds(book: Book, place: str, months: Iterable[int]) -> Iterator[Yields]:
    """Yield the days of what was milked at one place, by product."""
    days: defaultdict[str, list[YieldDay]] = defaultdict(list)
    templates: dict[str, Template] = {}
    for month in months:
        for herd in herd_months(book.period("place", place, month)):
            templates[herd.template.product] = herd.template
            for day in herd.days:
                entries = tuple(record.index for record in day.records)
                told = YieldDay(day.date, day.mean.quantize(_CENT), entries)
                days[herd.template.product].append(told)
    for product in sorted(days):
        bound = templates[product].bound(_BOUND)
        basis = None if bound is None else basis_of(templates[product], bound)
        seen = tuple(days[product][-_MOST_DAYS:])
        yield Yields(place, seen, bound, _UNIT, basis)


def _growth(book: Book, told: _Told) -> Iterator[Growth]:
    found = 0
    for name in told.things(_GREW):
        growth = growth_of(book.thing(name))
        if growth is not None:
            yield growth
            found += 1
            if found == MOST:
                return


def _journeys(book: Book, told: _Told) -> Iterator[Journey]:
    found = 0
    for name in told.things(_MOVED):
        journey = journey_of(book.thing(name))
        if journey is not None:
            yield journey
            found += 1
            if found == MOST:
                return
