"""Composition: milk of one origin against what that milk was like before.

Milk of different herds differs more than a tenth of water does; that of one household
or tank from day to day does not. So a lot is held against the tests before it of what
was made at the same place and tested at the same place. Where an analyser stands off,
it does so before as well.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ledger.audit.book import Period
from ledger.audit.check import Check, PeriodCheck
from ledger.audit.finding import Finding, finding_of, shown
from ledger.audit.scope import month_of
from ledger.audit.tested import WATER, Tested, tests_made_at
from ledger.audit.usual import LEAST_BEFORE, History, Usual
from ledger.template import Template

_FLOOR: Final = Decimal("0.125")
"""Of the width of what a template expects of such milk: it never varies less."""
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
class _Run:
    """Tests one after the other that tell of the same."""

    deviations: Decimal
    tests: tuple[Tested, ...]
    usual: Mapping[str, Usual]
    share: Decimal


def unlike_before(period: Period) -> Iterator[Finding]:
    """Yield findings for milk that is not what milk of its place was before."""
    series: defaultdict[tuple[str, str], list[Tested]] = defaultdict(list)
    templates: dict[str, Template] = {}
    for test, template in tests_made_at(period):
        series[template.product, test.record.place].append(test)
        templates[template.product] = template
    if not any(len(tests) > LEAST_BEFORE for tests in series.values()):
        return
    for (product, _), tests in sorted(series.items()):
        yield from _of_series(period, templates[product], tests)


def _of_series(
    period: Period, template: Template, tests: Sequence[Tested]
) -> Iterator[Finding]:
    tests = sorted(tests, key=lambda test: (test.record.at_us, test.record.index))
    own = {
        test.record.index for test in tests if month_of(test.record.day) == period.month
    }
    if not own:
        return
    history = History(tests, _floors(template))
    watered: list[_Run] = []
    odd: dict[str, list[list[Tested]]] = {}
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


def _floors(template: Template) -> Mapping[str, Decimal]:
    return {
        name: _FLOOR * (bound.expected.most - bound.expected.least)
        for name in WATER
        for bound in template.bounds
        if bound.component == f"caravan:{name}"
        and bound.expected.least is not None
        and bound.expected.most is not None
    }


def _watered(history: History, end: int) -> _Run | None:
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


def _held_against(history: History, start: int, end: int) -> Mapping[str, Usual] | None:
    """Return what is usual beside a run of tests; None if too little is known."""
    strange = history.strange
    before = start - sum(1 for place in strange if place < start)
    if before >= LEAST_BEFORE:
        return history.before(start)
    places = (*range(start), *range(end, len(history.tests)))
    known = [place for place in places if place not in strange]
    return history.usual(known) if len(known) >= LEAST_BEFORE else None


def _roughly(usual: Mapping[str, Usual], start: int, end: int) -> tuple[float, float]:
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


def _water_in(run: Sequence[Tested], usual: Mapping[str, Usual]) -> _Run | None:
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
    run: Sequence[Tested], usual: Mapping[str, Usual]
) -> list[tuple[Decimal, Decimal]]:
    """Return what share of water each component tells, and how far it may be off."""
    shares: list[tuple[Decimal, Decimal]] = []
    for name, of in usual.items():
        values = [test.values[name] for test in run if name in test.values]
        reach = of.middle - WATER[name]
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


def _odd(history: History) -> Iterator[tuple[str, list[Tested]]]:
    """Yield runs of tests in which one component is far off in one direction."""
    runs: dict[str, list[tuple[bool, Tested]]] = {}
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
    odd: Mapping[str, Sequence[Sequence[Tested]]],
    history: History,
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


def _figures(run: Sequence[Tested], usual: Mapping[str, Usual]) -> str:
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
