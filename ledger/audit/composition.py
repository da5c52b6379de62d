"""Composition: milk of one origin against what that milk was like before.

Milk of different herds differs more than a tenth of water does; that of one household
or tank from day to day does not. So a lot is held against the tests before it of what
was made at the same place and tested at the same place. Where an analyser stands off,
it does so before as well.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Final

from ledger.audit.book import Period, Thing, finding_of, shown
from ledger.audit.check import Check, PeriodCheck
from ledger.audit.finding import Finding
from ledger.audit.herdmonth import kept
from ledger.audit.record import Record
from ledger.audit.records import month_of
from ledger.template import Template

_WATER: Final[Mapping[str, Decimal]] = {
    "fat": Decimal(0),
    "protein": Decimal(0),
    "lactose": Decimal(0),
    "ash": Decimal(0),
    "density": Decimal("0.9982"),
    "freezing_point": Decimal(0),
}
"""What an analyser finds in water at 20 °C."""
_LEAST_BEFORE: Final = 10
_MOST_BEFORE: Final = 40
_FLOOR: Final = Decimal("0.125")
"""Of the width of what a template expects of such milk: it never varies less."""
_TO_DEVIATION: Final = Decimal("1.4826")
"""From the median distance to the standard deviation, if figures are spread evenly."""
_LONGEST_RUN: Final = 5
_SURE: Final = 6
"""Standard deviations: less is no matter among so many tests."""
_LEAST_WATER: Final = Decimal("0.02")
_ODD: Final = 3
_ODD_RUN: Final = 3
"""Tests one after the other that are odd in the same way."""


@dataclass(frozen=True, slots=True)
class _Test:
    """One test, and what it found of the composition."""

    record: Record
    lot: str
    values: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class _Usual:
    """What was found of a component before, and how far it varies."""

    middle: Decimal
    spread: Decimal


@dataclass(frozen=True, slots=True)
class _Run:
    """Tests one after the other that tell of the same."""

    deviations: Decimal
    tests: tuple[_Test, ...]
    usual: Mapping[str, _Usual]
    share: Decimal


def unlike_before(period: Period) -> Iterator[Finding]:
    """Yield findings for milk that is not what milk of its place was before."""
    series: defaultdict[tuple[str, str], list[_Test]] = defaultdict(list)
    templates: dict[str, Template] = {}
    for test, template in _tests(period):
        series[template.product, test.record.place].append(test)
        templates[template.product] = template
    if not any(len(tests) > _LEAST_BEFORE for tests in series.values()):
        return
    for (product, _), tests in sorted(series.items()):
        yield from _of_series(period, templates[product], tests)


def _of_series(
    period: Period, template: Template, tests: Sequence[_Test]
) -> Iterator[Finding]:
    tests = sorted(tests, key=lambda test: (test.record.at_us, test.record.index))
    floors = _floors(template)
    own = {
        test.record.index for test in tests if month_of(test.record.day) == period.month
    }
    watered: list[_Run] = []
    strange: set[int] = set()
    odd: dict[str, list[list[_Test]]] = {}
    for end in range(1, len(tests) + 1):
        run = _watered(tests, end, strange, floors)
        if run is not None:
            watered.append(run)
            strange |= {test.record.index for test in run.tests}
    runs = [run for run in watered if any(t.record.index in own for t in run.tests)]
    if runs:
        yield _of_water(period, runs)
    for component, run_of in _odd(tests, strange, floors):
        if any(test.record.index in own for test in run_of):
            odd.setdefault(component, []).append(run_of)
    if odd:
        yield _of_odd(period, odd, tests, floors)


def _tests(period: Period) -> Iterator[tuple[_Test, Template]]:
    """Yield the tests of raw milk that was made at a place, month before included."""
    seen: set[int] = set()
    for month in (period.neighbour(-1), period):
        for record in kept(month):
            lots = [
                t.name
                for t in record.things
                if t.quantity
                and (
                    t.role == "output" or (t.role == "about" and record.action == "ADD")
                )
            ]
            for lot in lots:
                thing = period.book.thing(lot)
                template = thing.template
                if template is None or not thing.makes:
                    continue
                for test in _of_lot(thing, template):
                    if test.record.index not in seen:
                        seen.add(test.record.index)
                        yield test, template


def _of_lot(thing: Thing, template: Template) -> Iterator[_Test]:
    for record in thing.records:
        if record.type != "ObjectEvent" or not record.readings:
            continue
        values = {
            name: reading.value
            for name in _WATER
            for reading in [record.reading(f"caravan:{name}")]
            if reading is not None
            and reading.value
            and any(
                bound.component == reading.component
                and bound.unit == reading.unit
                and bound.product in thing.makes
                for bound in template.bounds
            )
        }
        if len(values) > 1:
            yield _Test(record, thing.name, values)


def _floors(template: Template) -> Mapping[str, Decimal]:
    return {
        name: _FLOOR * (bound.expected.most - bound.expected.least)
        for name in _WATER
        for bound in template.bounds
        if bound.component == f"caravan:{name}"
        and bound.expected.least is not None
        and bound.expected.most is not None
    }


def _not_in(tests: Sequence[_Test], strange: set[int]) -> list[_Test]:
    return [test for test in tests if test.record.index not in strange]


def _usual(
    before: Sequence[_Test], floors: Mapping[str, Decimal]
) -> Mapping[str, _Usual]:
    """Return what is usual of each component, of which enough is known."""
    found: dict[str, _Usual] = {}
    for name, floor in floors.items():
        values = [t.values[name] for t in before if name in t.values][-_MOST_BEFORE:]
        if len(values) >= _LEAST_BEFORE:
            middle = median(values)
            spread = _TO_DEVIATION * median(abs(value - middle) for value in values)
            found[name] = _Usual(middle, max(spread, floor))
    return found


def _watered(
    tests: Sequence[_Test], end: int, strange: set[int], floors: Mapping[str, Decimal]
) -> _Run | None:
    """Return the tests up to an end that together tell of water, if any do.

    They are held against those before; where a ledger begins, against those after, too.
    """
    best: _Run | None = None
    for start in range(end - 1, max(-1, end - 1 - _LONGEST_RUN), -1):
        run = tests[start:end]
        known = _not_in(tests[:start], strange)
        if len(known) < _LEAST_BEFORE:
            known += _not_in(tests[end:], strange)
        if len(known) < _LEAST_BEFORE:
            break
        usual = _usual(known, floors)
        last, _ = _weighed(_shares(run[-1:], usual))
        if 2 * last < _LEAST_WATER:
            break
        found = _water_in(run, usual)
        # The last one has its part in it, and is not dragged along by those before.
        is_part = found is not None and 2 * last >= found.share
        is_best = found is not None and (
            best is None or found.deviations > best.deviations
        )
        if is_part and is_best:
            best = found
    return best


def _water_in(run: Sequence[_Test], usual: Mapping[str, _Usual]) -> _Run | None:
    """Return a run with the share of water that its figures tell of together.

    Each component tells a share by itself. They are weighed by how well they can; and
    two at least must tell it, and none tell against it.
    """
    shares = _shares(run, usual)
    if len(shares) < 2:
        return None
    share, deviation = _weighed(shares)
    deviations = share / deviation
    telling = sum(1 for each, sigma in shares if each >= 2 * sigma)
    against = any(each < share / 3 - 2 * sigma for each, sigma in shares)
    if share < _LEAST_WATER or deviations < _SURE or telling < 2 or against:
        return None
    return _Run(deviations, tuple(run), usual, share)


def _shares(
    run: Sequence[_Test], usual: Mapping[str, _Usual]
) -> list[tuple[Decimal, Decimal]]:
    """Return what share of water each component tells, and how far it may be off."""
    shares: list[tuple[Decimal, Decimal]] = []
    for name, of in usual.items():
        values = [test.values[name] for test in run if name in test.values]
        reach = of.middle - _WATER[name]
        if len(values) == len(run) and reach:
            mean = sum(values, Decimal(0)) / len(values)
            sigma = abs(of.spread / reach) / Decimal(len(values)).sqrt()
            shares.append(((of.middle - mean) / reach, sigma))
    return shares


def _weighed(shares: Sequence[tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    """Return the mean of shares by their weight, and how far it may be off."""
    weight = sum((1 / sigma**2 for _, sigma in shares), Decimal(0))
    if not weight:
        return Decimal(0), Decimal(1)
    share = sum((each / sigma**2 for each, sigma in shares), Decimal(0)) / weight
    return share, 1 / weight.sqrt()


def _odd(
    tests: Sequence[_Test], strange: set[int], floors: Mapping[str, Decimal]
) -> Iterator[tuple[str, list[_Test]]]:
    """Yield runs of tests in which one component is far off in one direction."""
    runs: dict[str, list[tuple[bool, _Test]]] = {}
    before: list[_Test] = []
    for test in (t for t in tests if t.record.index not in strange):
        usual = _usual(before, floors)
        before.append(test)
        for name, of in usual.items():
            run = runs.setdefault(name, [])
            value = test.values.get(name)
            if value is None:
                continue
            is_more = value > of.middle
            if abs(value - of.middle) >= _ODD * of.spread:
                run[:] = [
                    *(each for each in run if each[0] == is_more),
                    (is_more, test),
                ]
                continue
            if len(run) >= _ODD_RUN:
                yield name, [each for _, each in run]
            run.clear()
    for name, run in runs.items():
        if len(run) >= _ODD_RUN:
            yield name, [each for _, each in run]


def _of_water(period: Period, runs: Sequence[_Run]) -> Finding:
    run = max(runs, key=lambda each: each.deviations)
    worst = max(run.tests, key=lambda test: test.record.at_us)
    tests = {test.record.index: test for each in runs for test in each.tests}
    return finding_of(
        "milk-thinner-than-before",
        "warning",
        worst.record,
        about=(period.name, *dict.fromkeys(t.lot for t in tests.values())),
        values={
            "place": period.name,
            "lot": worst.lot,
            "share": shown(run.share * 100, 0),
            "tests": str(len(tests)),
            "run": str(len(run.tests)),
            "figures": _figures(run.tests, run.usual),
            "time": worst.record.time,
            "who": worst.record.party,
        },
        entries=tests,
        mark=f"{period.month}/{worst.record.place}",
    )


def _of_odd(
    period: Period,
    odd: Mapping[str, Sequence[Sequence[_Test]]],
    tests: Sequence[_Test],
    floors: Mapping[str, Decimal],
) -> Finding:
    told = [test for runs in odd.values() for run in runs for test in run]
    first = min(told, key=lambda test: (test.record.at_us, test.record.index))
    wrong = {test.record.index for test in told}
    before = [
        t
        for t in tests
        if t.record.at_us < first.record.at_us and t.record.index not in wrong
    ]
    usual = {n: of for n, of in _usual(before, floors).items() if n in odd}
    run = max((r for runs in odd.values() for r in runs), key=len)
    return finding_of(
        "milk-unlike-before",
        "warning" if len(odd) > 1 else "notice",
        first.record,
        about=(period.name, *dict.fromkeys(test.lot for test in told)),
        values={
            "place": period.name,
            "lot": first.lot,
            "tests": str(len(wrong)),
            "figures": _figures(run, usual),
            "time": first.record.time,
            "who": first.record.party,
        },
        entries=wrong,
        mark=f"{period.month}/{first.record.place}",
    )


def _figures(run: Sequence[_Test], usual: Mapping[str, _Usual]) -> str:
    """Return the mean of each component in a run and before, as ``fat 5.1 (5.8)``."""
    said: list[str] = []
    for name, of in usual.items():
        values = [test.values[name] for test in run if name in test.values]
        if values:
            mean = sum(values, Decimal(0)) / len(values)
            places = 4 if name == "density" else 3
            told, before = shown(mean, places), shown(of.middle, places)
            said.append(f"{name.replace('_', ' ')} {told} ({before})")
    return ", ".join(said)


CHECKS: Final[tuple[Check, ...]] = (
    PeriodCheck(
        "place", ("milk-thinner-than-before", "milk-unlike-before"), unlike_before
    ),
)
