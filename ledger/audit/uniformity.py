"""Uniformity: figures of living animals differ, from each other and from day to day.

Two tests, and none of last digits: meters that tell 0.2 kg apart make nine tenths of
them even in an honest herd. How often a figure happens to be the one before depends on
what the scale can tell apart, so that is reckoned with.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import factorial
from statistics import median
from typing import Final

from ledger.audit.finding import (
    Finding,
    Severity,
    basis_of,
    finding_of,
    severity_of,
    shown,
)
from ledger.audit.herdbook import usual_of
from ledger.audit.herdmonth import HerdMonth, Yield

_LARGE: Final = 10
"""Animals from which on the spread of one day says something by itself."""
_LEAST: Final = 3
"""Animals from which on a spread can be told at all."""
_LEAST_BEFORE: Final = 10
_FALLS_TO: Final = Decimal("0.33")
"""Of its own usual spread: a small herd is held against itself only."""
_DAYS: Final = 2
_APART_US: Final = 20 * 3_600_000_000
_SESSION_US: Final = 2 * 3_600_000_000
_LAST: Final = 8
"""Figures of an animal among which the one before is looked for."""
_FEWEST: Final = 2
"""Animals whose figures may be told to be those before; a single one's often are."""
_BY_CHANCE: Final = Decimal("0.001")
"""What chance brings about in more herds and months than one of so many is not told."""
_PER_STEP: Final = 4
"""Chance that an animal's figure is the one before, by step of the scale and mean.

Day to day an animal's milk varies by some 7 %, so that of two figures the difference
falls into one step in step / (3.54 · 0.07 · mean): 1.6 % for 0.1 kg of 25 kg. In the
herds of DairyHerdData it is 1.98 %.
"""

_COARSE: Final = Decimal("0.2")
"""Where a scale makes figures alike so often, runs of one animal's say nothing."""
_Pair = tuple[Yield, Yield]
"""A figure, and the one before."""


@dataclass(frozen=True, slots=True)
class _Spread:
    """How far the animals of a herd were apart on one day."""

    day: int
    head: int
    cv: Decimal
    mean: Decimal


def too_uniform(herd: HerdMonth) -> Iterator[Finding]:
    """Yield a finding if the animals of a herd give nearly the same on some days."""
    bound = herd.template.bound("cv.withinherdday")
    if bound is None:
        return
    least, spreads = bound.expected.least, [*_spreads(herd)]
    low = [
        (spread, severity)
        for spread in spreads
        if least is not None and spread.cv < least
        if (severity := severity_of(bound, spread.cv)) is not None
    ]
    if not low:
        return
    before = [spread for month in herd.with_before[:-1] for spread in _spreads(month)]
    odd: list[tuple[Severity, _Spread]] = []
    for spread, by_bound in low:
        severity = _severity(spread, by_bound, [*before, *spreads])
        if severity is not None:
            odd.append((severity, spread))
    if len(odd) < _DAYS and not any(s.head >= _LARGE for _, s in odd):
        return
    worst = min((spread for _, spread in odd), key=lambda s: (s.cv, s.day))
    first = herd.by_day[worst.day][0].record
    is_critical = sum(severity == "critical" for severity, _ in odd) >= _DAYS
    yield finding_of(
        "yields-too-uniform",
        "critical" if is_critical else "warning",
        first,
        about=(herd.place,),
        values=herd.values
        | {
            "days": str(len(odd)),
            "of": str(len(herd.by_day)),
            "date": first.time[:10],
            "head": str(worst.head),
            "mean": shown(worst.mean, 2),
            "spread": shown(worst.cv * 100, 1),
            "usual": usual_of(bound, times=100),
            "who": first.party,
        },
        entries=[y.record.index for _, spread in odd for y in herd.by_day[spread.day]],
        basis=basis_of(herd.template, bound),
        mark=f"{herd.month}",
    )


def repeated(herd: HerdMonth) -> Iterator[Finding]:
    """Yield a finding if animals give again, to the gram, what they gave before."""
    bound = herd.template.bound("repeat.exact")
    if bound is None or len(herd.yields) < _LEAST:
        return
    copies = _copies(herd)
    if not copies:
        return
    count = sum(len(copy) for copy in copies)
    share = Decimal(count) / len(herd.yields)
    first = copies[0][0]
    yield finding_of(
        "yields-repeated",
        severity_of(bound, share) or "warning",
        first[0].record,
        about=(herd.place, *sorted({new.animal for c in copies for new, _ in c})),
        values=herd.values
        | {
            "milkings": str(len(copies)),
            "count": str(count),
            "of": str(len(herd.yields)),
            "share": shown(share * 100, 0),
            "head": str(len(copies[0])),
            "time": first[0].record.time,
            "before": first[1].record.time,
            "animal": first[0].animal,
            "given": shown(first[0].kilograms),
            "usual": usual_of(bound, times=100),
            "who": first[0].record.party,
        },
        entries={
            each.record.index for copy in copies for pair in copy for each in pair
        },
        basis=basis_of(herd.template, bound),
        mark=f"{herd.month}",
    )


def _spreads(herd: HerdMonth) -> Iterator[_Spread]:
    for day, given in sorted(herd.animal_days.items()):
        values = [*given.values()]
        mean = sum(values, Decimal(0)) / len(values)
        if len(values) < _LEAST or not mean:
            continue
        squares = sum(((value - mean) ** 2 for value in values), Decimal(0))
        deviation = (squares / (len(values) - 1)).sqrt()
        yield _Spread(day, len(values), deviation / mean, mean)


def _severity(
    spread: _Spread, by_bound: Severity, before: Sequence[_Spread]
) -> Severity | None:
    """Return how odd the spread of a day is; a small herd's against its own before."""
    if spread.head >= _LARGE:
        return by_bound
    past = [each.cv for each in before if each.day < spread.day]
    if len(past) < _LEAST_BEFORE or spread.cv > _FALLS_TO * median(past):
        return None
    return "warning"


def _copies(herd: HerdMonth) -> list[list[_Pair]]:
    """Return what is the figure before again, milking by milking; none if by chance.

    Each figure is held against the animal's last one at least 20 hours earlier: of the
    same hour, where animals are milked twice a day.
    """
    past: defaultdict[str, list[Yield]] = defaultdict(list)
    for month in herd.with_before[:-1]:
        for animal, yields in month.by_animal.items():
            past[animal] += yields[-_LAST:]
    sessions: list[list[_Pair]] = []
    last_us: int | None = None
    for given in herd.yields:
        at = given.record.at_us
        known = past[given.animal]
        if last_us is None or at - last_us > _SESSION_US:
            sessions.append([])
        last_us = at
        earlier = _before(known, at - _APART_US)
        if earlier is not None:
            sessions[-1].append((given, earlier))
        known.append(given)
    told = [pairs for pairs in sessions if pairs]
    if not any(_is_same(*pair) for pairs in told for pair in pairs):
        return []
    chance = _chance([new.kilograms for pairs in told for new, _ in pairs])
    if chance is None:
        return []
    odd = _whole(told, chance) | _long(told, chance)
    copies = [[pair for pair in pairs if id(pair[0]) in odd] for pairs in told]
    return [pairs for pairs in copies if pairs]


def _before(known: Sequence[Yield], at_us: int) -> Yield | None:
    """Return the last of some figures until a time, of the last few that there are."""
    for place in range(len(known) - 1, max(-1, len(known) - 1 - _LAST), -1):
        if known[place].record.at_us <= at_us:
            return known[place]
    return None


def _chance(values: Sequence[Decimal]) -> Decimal | None:
    """Return how likely a figure is the one before; None if nothing is given."""
    given = [value for value in values if value]
    if not given:
        return None
    mean = sum(given, Decimal(0)) / len(given)
    return min(Decimal(1), _PER_STEP * min(map(_step, {*given})) / mean)


def _whole(told: Sequence[Sequence[_Pair]], chance: Decimal) -> set[int]:
    """Return the figures of milkings in which every animal's is the one before."""
    several = [pairs for pairs in told if len(pairs) >= _FEWEST]
    found = [pairs for pairs in several if all(_is_same(*pair) for pair in pairs)]
    if not found:
        return set()
    expected = sum((chance ** len(pairs) for pairs in several), Decimal(0))
    if expected ** len(found) / factorial(len(found)) >= _BY_CHANCE:
        return set()
    return {id(new) for pairs in found for new, _ in pairs}


def _long(told: Sequence[Sequence[_Pair]], chance: Decimal) -> set[int]:
    """Return the figures of an animal that are the one before again and again."""
    if chance > _COARSE:
        return set()
    runs: dict[int, list[int]] = {}
    for new, old in (pair for pairs in told for pair in pairs):
        if _is_same(new, old):
            runs[id(new)] = [*runs.get(id(old), ()), id(new)]
    count = sum(len(pairs) for pairs in told)
    return {
        each
        for run in runs.values()
        if count * chance ** len(run) < _BY_CHANCE
        for each in run
    }


def _is_same(new: Yield, old: Yield) -> bool:
    return new.kilograms == old.kilograms and bool(new.kilograms)


def _step(value: Decimal) -> Decimal:
    """Return what a figure tells apart by its last digit that is not 0."""
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent) if isinstance(exponent, int) else Decimal(1)
