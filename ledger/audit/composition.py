"""Composition: milk of one origin against what that milk was like before.

Milk of different herds differs more than a tenth of water does; that of one household
or tank from day to day does not. So a lot is held against the tests before it of what
was made at the same place and tested at the same place. Where an analyser stands off,
it does so before as well.
"""

import math
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from ledger.audit.book import Period, once
from ledger.audit.check import Check, PeriodCheck
from ledger.audit.finding import Finding, finding_of, shown
from ledger.audit.herdmonth import kept
from ledger.audit.record import Record
from ledger.audit.scope import month_of
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
_COMPONENTS: Final = {f"caravan:{name}": name for name in _WATER}
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
_ROUGH: Final = 1e-6
"""How far what is worked out roughly may be off, at most."""
_ODD: Final = 3
_ODD_RUN: Final = 3
"""Tests one after the other that are odd in the same way."""


@dataclass(frozen=True, slots=True)
class _Test:
    """One test, and what it found of the composition."""

    record: Record
    lot: str
    values: Mapping[str, Decimal]


class _Column(NamedTuple):
    """What each test found of a component, four times in units of the last digit.

    Whole numbers are much faster to sort; four times, a mean of means is whole.

    Attributes:
        name: The component.
        digits: Decimals of the unit.
        figures: Of each test; None where it was not found.
        floor: The least that the component varies.
        near: If half of all are no farther off, it does not vary more than that.
        water: What is found in water.
    """

    name: str
    digits: int
    figures: Sequence[int | None]
    floor: Decimal
    near: int
    water: float


class _Usual(NamedTuple):
    """What was found of a component before, and how far it varies.

    Attributes:
        column: The component.
        median: What is found, in the units of the column.
        deviation: How far it varies, in the same.
        reach: How far it is from that of water, in the same.
        weight: How well it tells of water.
    """

    column: _Column
    median: int
    deviation: Decimal
    reach: float
    weight: float

    @property
    def middle(self) -> Decimal:
        """Return what is found."""
        return Decimal(self.median).scaleb(-self.column.digits) / 4

    @property
    def spread(self) -> Decimal:
        """Return how far it varies."""
        return self.deviation.scaleb(-self.column.digits) / 4


class _Window:
    """The last figures of a component, by their size, as time goes on.

    Attributes:
        column: The component.
    """

    def __init__(self, column: _Column) -> None:
        """Begin with none."""
        self.column = column
        self._last: deque[int] = deque()
        self._ordered: list[int] = []

    def add(self, place: int) -> None:
        """Take in the figure of a test, if it has one, and leave out the oldest."""
        figure = self.column.figures[place]
        if figure is None:
            return
        self._last.append(figure)
        insort(self._ordered, figure)
        if len(self._last) > _MOST_BEFORE:
            oldest = self._last.popleft()
            del self._ordered[bisect_left(self._ordered, oldest)]

    def usual(self) -> _Usual | None:
        """Return what is usual by them; None if they are too few."""
        return _usual(self.column, self._ordered)


class _History:
    """Tests in the order of time, and what was usual before each of them.

    Attributes:
        tests: All of them.
        strange: Places of those that tell nothing of what is usual.
    """

    def __init__(self, tests: Sequence[_Test], floors: Mapping[str, Decimal]) -> None:
        """Begin with all tests, and the least that each component varies."""
        self.tests = tests
        self.strange: set[int] = set()
        columns = [_column(name, tests, floor) for name, floor in floors.items()]
        self._columns = [
            column
            for column in columns
            if len(tests) - column.figures.count(None) >= _LEAST_BEFORE
        ]
        self._is_whole = not any(None in column.figures for column in self._columns)
        self._known: dict[tuple[int, ...], Mapping[str, _Usual]] = {}
        self._begin()

    def _begin(self) -> None:
        self._windows = [_Window(column) for column in self._columns]
        self._before: list[Mapping[str, _Usual]] = [{}]

    def leave_out(self, places: Iterable[int]) -> None:
        """Have tests tell nothing of what is usual from now on."""
        self.strange |= {*places}
        self._begin()

    def before(self, place: int) -> Mapping[str, _Usual]:
        """Return what is usual of each component, by the tests before one."""
        for last in range(len(self._before) - 1, place):
            usual: Mapping[str, _Usual] = self._before[last]
            if last not in self.strange:
                for window in self._windows:
                    window.add(last)
                usual = {
                    window.column.name: found
                    for window in self._windows
                    if (found := window.usual()) is not None
                }
            self._before.append(usual)
        return self._before[place]

    def usual(self, known: Iterable[int]) -> Mapping[str, _Usual]:
        """Return what is usual of each component, of which enough is known.

        Args:
            known: Places of the tests from which it is known, in the order of time.
        """
        places = tuple(known)
        if self._is_whole:
            places = places[-_MOST_BEFORE:]
        if places not in self._known:
            self._known[places] = {
                column.name: found
                for column in self._columns
                if (found := _usual(column, _ordered(column, places))) is not None
            }
        return self._known[places]


def _ordered(column: _Column, places: Iterable[int]) -> Sequence[int]:
    """Return the last figures at some places by their size."""
    told = [v for place in places if (v := column.figures[place]) is not None]
    return sorted(told[-_MOST_BEFORE:])


def _usual(column: _Column, ordered: Sequence[int]) -> _Usual | None:
    """Return what is usual by figures in the order of size.

    It is None if they are too few, or all one: nothing can be measured by that.
    """
    if len(ordered) < _LEAST_BEFORE:
        return None
    middle = _median(ordered)
    spread = _spread(column, ordered, middle)
    if not spread:
        return None
    reach = middle - column.water
    return _Usual(column, middle, spread, reach, (reach / float(spread)) ** 2)


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
    own = {
        test.record.index for test in tests if month_of(test.record.day) == period.month
    }
    if not own:
        return
    history = _History(tests, _floors(template))
    watered: list[_Run] = []
    odd: dict[str, list[list[_Test]]] = {}
    for end in range(1, len(tests) + 1):
        run = _watered(history, end)
        if run is not None:
            watered.append(run)
            history.leave_out(range(end - len(run.tests), end))
    runs = [run for run in watered if any(t.record.index in own for t in run.tests)]
    if runs:
        yield _of_water(period, runs)
    for component, run_of in _odd(history):
        if any(test.record.index in own for test in run_of):
            odd.setdefault(component, []).append(run_of)
    if odd:
        yield _of_odd(period, odd, history)


def _tests(period: Period) -> Iterator[tuple[_Test, Template]]:
    """Yield the tests of raw milk that was made at a place, month before included."""
    seen: set[int] = set()
    for month in (period.neighbour(-1), period):
        for test, template in _tests_made(month):
            if test.record.index not in seen:
                seen.add(test.record.index)
                yield test, template


@once
def _tests_made(period: Period) -> Sequence[tuple[_Test, Template]]:
    """Return the tests of raw milk that was made at a place in a month."""
    names = {
        made.name: None
        for record in kept(period)
        for made in record.things
        if made.quantity
        and (made.role == "output" or (made.role == "about" and record.action == "ADD"))
    }
    found: list[tuple[_Test, Template]] = []
    units: dict[tuple[str, frozenset[str]], frozenset[tuple[str, str]]] = {}
    for name in names:
        thing = period.book.thing(name)
        tested = [r for r in thing.records if r.readings and _tells_composition(r)]
        template = thing.template if tested else None
        if template is None or not thing.makes:
            continue
        key = template.product, thing.makes
        if key not in units:
            units[key] = _units(template, thing.makes)
        found += ((test, template) for test in _of_lot(name, tested, units[key]))
    return found


def _tells_composition(record: Record) -> bool:
    """Tell whether a record may be a test that found more than one component."""
    if record.type != "ObjectEvent" or len(record.readings) < 2:
        return False
    return any(reading.component in _COMPONENTS for reading in record.readings)


def _units(template: Template, makes: frozenset[str]) -> frozenset[tuple[str, str]]:
    """Return in which units the components of such goods are told."""
    return frozenset(
        (bound.component, bound.unit)
        for bound in template.bounds
        if bound.component in _COMPONENTS and bound.product in makes
    )


def _of_lot(
    lot: str, tested: Sequence[Record], units: frozenset[tuple[str, str]]
) -> Iterator[_Test]:
    for record in tested if units else ():
        # Of several readings of a component the first one counts.
        readings = {reading.component: reading for reading in reversed(record.readings)}
        values = {
            name: value
            for component, name in _COMPONENTS.items()
            if (reading := readings.get(component)) is not None
            and (component, reading.unit) in units
            and (value := reading.value)
        }
        if len(values) > 1:
            yield _Test(record, lot, values)


def _floors(template: Template) -> Mapping[str, Decimal]:
    return {
        name: _FLOOR * (bound.expected.most - bound.expected.least)
        for name in _WATER
        for bound in template.bounds
        if bound.component == f"caravan:{name}"
        and bound.expected.least is not None
        and bound.expected.most is not None
    }


def _column(name: str, tests: Sequence[_Test], floor: Decimal) -> _Column:
    """Return what each test found of a component."""
    values = [test.values.get(name) for test in tests]
    digits = max((_decimals(value) for value in values if value is not None), default=0)
    unit = Decimal(4).scaleb(digits)
    return _Column(
        name,
        digits,
        [None if value is None else int(value * unit) for value in values],
        floor * unit,
        int(floor * unit / _TO_DEVIATION),
        float(_WATER[name] * unit),
    )


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _spread(column: _Column, ordered: Sequence[int], middle: int) -> Decimal:
    """Return how far figures of a component vary, by their median distance."""
    near = bisect_right(ordered, middle + column.near) - bisect_left(
        ordered, middle - column.near
    )
    if near > len(ordered) // 2:
        return column.floor
    distance = _median(sorted([abs(value - middle) for value in ordered]))
    return max(_TO_DEVIATION * distance, column.floor)


def _median(ordered: Sequence[int]) -> int:
    """Return the middle of values that are whole multiples of 2; so far it is exact."""
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) // 2


def _watered(history: _History, end: int) -> _Run | None:
    """Return the tests up to an end that together tell of water, if any do.

    They are held against those before; where a ledger begins, against those after, too.
    """
    best: _Run | None = None
    tests = history.tests
    for start in range(end - 1, max(-1, end - 1 - _LONGEST_RUN), -1):
        usual = _held_against(history, start, end)
        if usual is None:
            break
        last, deviations = _roughly(usual, end - 1, end)
        share = last
        if 2 * last < float(_LEAST_WATER):
            break
        if start < end - 1:
            share, deviations = _roughly(usual, start, end)
        if share < float(_LEAST_WATER) - _ROUGH or deviations < _SURE - _ROUGH:
            continue
        found = _water_in(tests[start:end], usual)
        # The last one has its part in it, and is not dragged along by those before.
        is_part = found is not None and 2 * last >= float(found.share)
        is_best = found is not None and (
            best is None or found.deviations > best.deviations
        )
        if is_part and is_best:
            best = found
    return best


def _held_against(
    history: _History, start: int, end: int
) -> Mapping[str, _Usual] | None:
    """Return what is usual beside a run of tests; None if too little is known."""
    strange = history.strange
    before = start - sum(1 for place in strange if place < start)
    if before >= _LEAST_BEFORE:
        return history.before(start)
    places = (*range(start), *range(end, len(history.tests)))
    known = [place for place in places if place not in strange]
    return history.usual(known) if len(known) >= _LEAST_BEFORE else None


def _roughly(usual: Mapping[str, _Usual], start: int, end: int) -> tuple[float, float]:
    """Return the share of water that a run of tests tells of, in deviations, too.

    It does the same as ``_shares`` and ``_weighed``, faster and not as exactly.
    """
    weights = shares = 0.0
    for column, median, _, reach, weight in usual.values():
        figures = [v for v in column.figures[start:end] if v is not None]
        if len(figures) == end - start and reach:
            weights += weight
            shares += weight * (median - sum(figures) / len(figures)) / reach
    if not weights:
        return 0.0, 0.0
    share = shares / weights
    return share, share * math.sqrt(weights * (end - start))


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


def _odd(history: _History) -> Iterator[tuple[str, list[_Test]]]:
    """Yield runs of tests in which one component is far off in one direction."""
    runs: dict[str, list[tuple[bool, _Test]]] = {}
    for place, test in enumerate(history.tests):
        if place in history.strange:
            continue
        for name, of in history.before(place).items():
            run = runs.setdefault(name, [])
            value = of.column.figures[place]
            if value is None:
                continue
            is_more = value > of.median
            if abs(value - of.median) >= _ODD * of.deviation:
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
    history: _History,
) -> Finding:
    told = [test for runs in odd.values() for run in runs for test in run]
    first = min(told, key=lambda test: (test.record.at_us, test.record.index))
    wrong = {test.record.index for test in told}
    before = [
        place
        for place, test in enumerate(history.tests)
        if test.record.at_us < first.record.at_us and test.record.index not in wrong
    ]
    usual = {n: of for n, of in history.usual(before).items() if n in odd}
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
