"""Results that were copied: the same figures, to the last digit, for other goods."""

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Final

from ledger.audit.book import Book, Period, once
from ledger.audit.finding import Finding, finding_of
from ledger.audit.quantities import month_text
from ledger.audit.record import Record, is_test

_LEAST_ALIKE: Final = 3
"""Figures that have to be the same: two may well be."""
_BY_CHANCE: Final = 0.001
"""How many pairs of a month may be expected to be alike by chance."""
_ENOUGH: Final = 10
"""Tests from which it is read how much a figure varies."""
_WIDTHS: Final = 8
"""Deviations of a well-mixed tank that an ordinary range of bounds is taken to have."""
_Figures = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Test:
    """A test, and its figures as written; nothing that was not found."""

    record: Record
    figures: _Figures


def results_repeated(period: Period) -> Iterator[Finding]:
    """Yield a finding if tests of different goods have the same figures, to the last.

    What may be alike by chance is not told: of each figure it is estimated how many
    values it could as well have had.
    """
    here = _tests(period)
    if not here:
        return
    tests = [*_tests(period.neighbour(-1))[-50:], *here]
    now = {test.record.index for test in here}
    alike = [pair for pair in _alike(period, tests) if pair[1].index in now]
    if not alike:
        return
    first, second, same = max(alike, key=lambda each: len(each[2]))
    entries = {r.index for pair in alike for r in pair[:2]}
    yield finding_of(
        "results-repeated",
        "warning",
        second,
        about=(
            period.name,
            *dict.fromkeys(name for _, later, _ in alike for name in later.names),
        ),
        values={
            "place": period.name,
            "month": month_text(period.month),
            "count": str(len({later.index for _, later, _ in alike})),
            "all": str(len(here)),
            "thing": second.names[0],
            "time": second.time,
            "other": first.names[0],
            "other_time": first.time,
            "figures": _told(same),
            "party": second.party,
        },
        entries=entries,
        mark=str(period.month),
    )


@once
def _tests(period: Period) -> Sequence[_Test]:
    """Return the tests of a month that tell enough, in the order of time."""
    tests = [_Test(r, _figures(r)) for r in period.in_time if is_test(r)]
    return [test for test in tests if len(test.figures) >= _LEAST_ALIKE]


def _figures(record: Record) -> _Figures:
    """Return the figures of a test, as written; nothing that was not found."""
    return {
        r.component: r.values[0]
        for r in record.readings
        if len(r.values) == 1 and Decimal(r.values[0])
    }


def _alike(
    period: Period, tests: Sequence[_Test]
) -> list[tuple[Record, Record, _Figures]]:
    """Return each test that repeats an earlier one of other goods, and that one."""
    levels: dict[str, float] = {}
    pairs = max(1, len(tests) * (len(tests) - 1) // 2)
    times = Counter(figure for test in tests for figure in test.figures.items())
    by_figures: defaultdict[tuple[tuple[str, str], ...], list[int]] = defaultdict(list)
    candidates: dict[int, Counter[int]] = {}
    for number, test in enumerate(tests):
        figures = sorted(each for each in test.figures.items() if times[each] > 1)
        shared: list[int] = []
        for some in combinations(figures, _LEAST_ALIKE):
            shared += by_figures[some][-3:]
            by_figures[some].append(number)
        if shared:
            candidates[number] = Counter(shared)
    found = []
    for number, times_shared in candidates.items():
        for other, _ in times_shared.most_common(3):
            first, second = tests[other], tests[number]
            same = _shared(first, second)
            most = max(len(first.figures), len(second.figures))
            if len(same) < max(_LEAST_ALIKE, most - 1):
                continue
            if {*first.record.names} & {*second.record.names}:
                continue
            levels = levels or _levels(period.book, tests)
            chance = pairs * math.comb(most, len(same))
            if chance <= _BY_CHANCE * math.prod(levels[name] for name in same):
                found.append((first.record, second.record, same))
                break
    return found


def _shared(first: _Test, second: _Test) -> _Figures:
    other = second.figures
    return {n: told for n, told in first.figures.items() if other.get(n) == told}


def _levels(book: Book, tests: Sequence[_Test]) -> dict[str, float]:
    """Return of each figure how many values it could as well have had.

    That is one by the chance that two are the same: of a figure that is spread as a
    bell, 2 √π of its deviation by the last digit that is told. Results that were told
    several times count once: else what is copied would make itself likely.
    """
    distinct = {tuple(sorted(test.figures.items())) for test in tests}
    by_name: defaultdict[str, list[float]] = defaultdict(list)
    finest: dict[str, float] = {}
    for figures in distinct:
        for name, told in figures:
            last = float(_last_digit(Decimal(told)))
            finest[name] = min(last, finest.get(name, last))
            by_name[name].append(float(told))
    found = {}
    for name, values in by_name.items():
        deviation = (
            statistics.stdev(values)
            if len(values) >= _ENOUGH
            else _usual_deviation(book, name)
        )
        levels = 2 * math.sqrt(math.pi) * deviation / finest[name]
        found[name] = max(1.0, levels)
    return found


def _usual_deviation(book: Book, component: str) -> float:
    """Return about how much a figure varies, by the narrowest bound for it."""
    widths = [
        bound.expected.most - bound.expected.least
        for template in book.templates
        for bound in template.bounds
        if bound.component == component
        and bound.expected.most is not None
        and bound.expected.least is not None
    ]
    return float(min(widths)) / _WIDTHS if widths else 0.0


def _last_digit(value: Decimal) -> Decimal:
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


def _told(figures: _Figures) -> str:
    return ", ".join(
        f"{name.partition(':')[2] or name} {value}" for name, value in figures.items()
    )
