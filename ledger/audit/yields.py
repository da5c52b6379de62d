"""Yields: what animals and herds are told to give, against bounds and against before.

A single figure proves nothing: meters slip, and of a thousand animals one excels.
So one value beyond a bound is worth knowing at most; what goes on for days is told as
what it is. Only too much is looked for: for little milk there are a hundred reasons.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from statistics import median
from typing import Final

from ledger.audit.finding import (
    Finding,
    Severity,
    basis_of,
    finding_of,
    is_at_least,
    severity_of,
    shown,
)
from ledger.audit.herdbook import unwarned, usual_of
from ledger.audit.herdmonth import Day, HerdMonth
from ledger.audit.record import Record
from ledger.template import Bound

_RUN_DAYS: Final = 3
"""An animal beyond its bound on fewer days of a month is worth knowing at most."""
_LEAST_BEFORE: Final = 10
"""Fewer days before say nothing of what is usual."""
_MOST_BEFORE_DAYS: Final = 45
"""Older ones neither: yields follow the season."""
_JUMP_DAYS: Final = 2
_LARGE: Final = 10
"""Animals from which on a mean varies as little as that of a herd."""


def too_much(herd: HerdMonth) -> Iterator[Finding]:
    """Yield findings for a herd or animals that give more than such animals do."""
    days = _days_beyond(herd)
    for bound, beyond in days.items():
        yield _of_herd(herd, bound, beyond)
    known = {day.day for beyond in days.values() for day in beyond}
    found = _of_animals(herd, known)
    if found is not None:
        yield found
    jump = None if days else _jump(herd)
    if jump is not None:
        yield jump


def too_often(herd: HerdMonth) -> Iterator[Finding]:
    """Yield a finding if animals are milked more often than anybody milks."""
    bound = herd.template.bound("milkings.per.day")
    if bound is None:
        return
    beyond = _beyond(herd, bound)
    if not beyond:
        return
    (animal, _), worst = max(beyond.items(), key=lambda each: len(each[1]))
    yield finding_of(
        "milked-too-often",
        severity_of(bound, Decimal(len(worst))) or "notice",
        worst[0],
        about=(herd.place, animal),
        values=herd.values
        | {
            "animal": animal,
            "times": str(len(worst)),
            "date": worst[0].time[:10],
            "cases": str(len(beyond)),
            "usual": usual_of(bound),
            "who": worst[0].party,
        },
        entries={r.index for records in beyond.values() for r in records},
        basis=basis_of(herd.template, bound),
        mark=f"{herd.month}",
    )


def _beyond(herd: HerdMonth, bound: Bound) -> dict[tuple[str, int], list[Record]]:
    """Return the milkings of animals on days with too many, by animal and day."""
    milked: defaultdict[int, list[str]] = defaultdict(list)
    for flow in herd.flows:
        milked[flow.first.day] += [t.name for t in flow.inputs if not t.quantity]
    least, most = unwarned(bound)
    found: dict[tuple[str, int], list[Record]] = {
        (animal, day): []
        for day, animals in milked.items()
        for animal, times in Counter(animals).items()
        if times > 1 and not least <= times <= most
    }
    for flow in herd.flows if found else ():
        for thing in flow.inputs:
            records = found.get((thing.name, flow.first.day))
            if records is not None and not thing.quantity:
                records.append(flow.first)
    return found


def _days_beyond(herd: HerdMonth) -> Mapping[Bound, list[Day]]:
    """Return the days of a herd whose mean is above its bound, by bound.

    The mean of one or two animals is judged as an animal's.
    """
    found: dict[Bound, list[Day]] = {}
    bounds = {
        True: herd.template.bound("yield.day.herdmean"),
        False: herd.template.bound("yield.day.animal") if herd.flows else None,
    }
    for day in herd.days:
        bound = bounds[day.head > 2]
        if bound is not None and _above(bound, day.mean):
            found.setdefault(bound, []).append(day)
    return found


def _of_herd(herd: HerdMonth, bound: Bound, beyond: Sequence[Day]) -> Finding:
    worst = max(beyond, key=lambda day: day.mean)
    record = worst.records[-1]
    return finding_of(
        "herd-gives-too-much",
        severity_of(bound, worst.mean) or "notice",
        record,
        about=(herd.place,),
        values=herd.values
        | {
            "days": str(len(beyond)),
            "date": worst.date,
            "head": str(worst.head),
            "given": shown(worst.kilograms, 2),
            "mean": shown(worst.mean, 2),
            "usual": usual_of(bound),
            "who": record.party,
        },
        entries=[r.index for day in beyond for r in day.records],
        basis=basis_of(herd.template, bound),
        mark=f"{herd.month}/{bound.id}",
    )


def _of_animals(herd: HerdMonth, known: set[int]) -> Finding | None:
    """Return a finding for single animals that give too much, on other days."""
    bound = herd.template.bound("yield.day.animal")
    if bound is None or bound.expected.most is None:
        return None
    beyond: defaultdict[str, list[tuple[int, Decimal]]] = defaultdict(list)
    for day, given in herd.animal_days.items():
        if day in known or max(given.values()) <= bound.expected.most:
            continue
        for animal, kilograms in given.items():
            if _above(bound, kilograms):
                beyond[animal].append((day, kilograms))
    graded = {animal: _gravest(bound, told) for animal, told in beyond.items()}
    told = {animal: each for animal, each in beyond.items() if graded[animal]}
    if not told:
        return None
    severity: Severity = "notice"
    for grade in graded.values():
        if grade is not None and is_at_least(grade, severity):
            severity = grade
    cases = {(animal, day) for animal, each in told.items() for day, _ in each}
    records = [
        given.record
        for given in herd.yields
        if (given.animal, given.record.day) in cases
    ]
    animal, (day, most) = max(
        ((name, each) for name, days in told.items() for each in days),
        key=lambda case: (case[1][1], -case[1][0], case[0]),
    )
    worst = next(
        g.record for g in herd.yields if (g.animal, g.record.day) == (animal, day)
    )
    return finding_of(
        "animal-gives-too-much",
        severity,
        worst,
        about=(herd.place, *sorted(told)),
        values=herd.values
        | {
            "animal": animal,
            "given": shown(most, 2),
            "date": worst.time[:10],
            "animals": str(len(told)),
            "cases": str(len(cases)),
            "usual": usual_of(bound),
            "who": worst.party,
        },
        entries=[r.index for r in records],
        basis=basis_of(herd.template, bound),
        mark=f"{herd.month}",
    )


def _gravest(bound: Bound, told: Sequence[tuple[int, Decimal]]) -> Severity | None:
    """Return how grave an animal's days above its bound are.

    A value as far beyond as the range itself is wide is no champion's.
    """
    values = [value for _, value in told]
    beyond = [value for value in values if severity_of(bound, value) == "critical"]
    if len(beyond) >= _RUN_DAYS or any(_is_absurd(bound, value) for value in values):
        return "critical"
    if len(values) >= _RUN_DAYS:
        return "warning"
    return "notice" if beyond else None


def _is_absurd(bound: Bound, value: Decimal) -> bool:
    ends = bound.critical
    if ends is None or ends.most is None or ends.least is None:
        return False
    return value > 2 * ends.most - ends.least


def _jump(herd: HerdMonth) -> Finding | None:
    """Return a finding if a herd gives more, for days, than it did before."""
    bounds = {
        True: herd.template.bound("ratio.herdmean"),
        False: herd.template.bound("ratio.test_to_test"),
    }
    odd = _above_before(herd, bounds)
    if len(odd) < _JUMP_DAYS:
        return None
    ratio, day, usual = max(odd, key=lambda each: (each[0], -each[1].day))
    bound = bounds[day.head >= _LARGE]
    if bound is None:
        return None
    record = day.records[-1]
    return finding_of(
        "herd-gives-more-than-before",
        severity_of(bound, ratio) or "notice",
        record,
        about=(herd.place,),
        values=herd.values
        | {
            "days": str(len(odd)),
            "date": day.date,
            "head": str(day.head),
            "mean": shown(day.mean, 2),
            "before": shown(usual, 2),
            "ratio": shown(ratio, 2),
            "usual": usual_of(bound),
            "who": record.party,
        },
        entries=[r.index for _, each, _ in odd for r in each.records],
        basis=basis_of(herd.template, bound),
        mark=f"{herd.month}",
    )


def _above_before(
    herd: HerdMonth, bounds: Mapping[bool, Bound | None]
) -> list[tuple[Decimal, Day, Decimal]]:
    """Return the days on which a herd gives more, and by how much than what is usual.

    Args:
        herd: The herd.
        bounds: Of that ratio, of a large herd and of a small one.
    """
    before = [
        (each.day, each.mean) for month in herd.with_before for each in month.days
    ]
    if len(before) < _LEAST_BEFORE:
        return []
    # Half of those before are no more than what is usual, which is so much at least.
    lowest = sorted(mean for _, mean in before)[_LEAST_BEFORE // 2 - 1]
    odd: list[tuple[Decimal, Day, Decimal]] = []
    for day in herd.days:
        bound = bounds[day.head >= _LARGE]
        most = None if bound is None else bound.expected.most
        if bound is None or most is None or 0 < day.mean <= most * lowest:
            continue
        # Days that are odd themselves are not what is usual.
        strange = {each.day for _, each, _ in odd}
        past = [
            (each, mean)
            for each, mean in before
            if abs(day.day - each) <= _MOST_BEFORE_DAYS
            and each != day.day
            and each not in strange
        ]
        earlier = [(each, mean) for each, mean in past if each < day.day]
        # Where a ledger begins, what came after has to do.
        known = earlier if len(earlier) >= _LEAST_BEFORE else past
        if len(known) < _LEAST_BEFORE:
            continue
        usual = median(mean for _, mean in known)
        if usual and _above(bound, day.mean / usual):
            odd.append((day.mean / usual, day, usual))
    return odd


def _above(bound: Bound, value: Decimal) -> bool:
    """Tell whether a value is above what warns."""
    is_high = bound.expected.most is not None and value > bound.expected.most
    return is_high and severity_of(bound, value) is not None
