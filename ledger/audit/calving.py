"""Calving: milk follows a birth, in its time; and who calves can."""

import datetime
import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from ledger.audit.finding import Finding, Severity, basis_of, finding_of, severity_of
from ledger.audit.herdbook import Animal, is_before, kin_of, unwarned
from ledger.audit.record import Record
from ledger.template import Bound, Template

_EPOCH: Final = datetime.date(1970, 1, 1)
_MOST_OF_HERD: Final = 50
"""Others of a milking in which a calving is looked for: of none in so many, of none."""
_LEAST_DAYS: Final = 3
"""On fewer days, milk long after a calving is worth knowing and no more."""
_TWINS_DAYS: Final = 3
"""Calves of one birth are entered within so many days."""


def milked_without_calving(animal: Animal) -> Iterator[Finding]:
    """Yield a finding if an animal gives milk and no calf of it is known.

    Only where calves of others that are milked with it are known: who keeps no herd
    book cannot be missing an entry in it.
    """
    if animal.kin.entry is None or animal.kin.sex == "male":
        return
    poured = (r for r in reversed(animal.milkings) if r.type == "TransformationEvent")
    last = next(poured, None)
    if last is None or any(not is_before(last, calf) for calf in animal.calvings):
        return
    mates = [name for name in last.names if last.amount(name, "input")]
    others = [name for name in mates if name != animal.name][:_MOST_OF_HERD]
    if not any(kin_of(animal.book, name).calves for name in others):
        return
    yield finding_of(
        "milked-without-calving",
        "warning",
        animal.poured[0],
        about=(animal.name,),
        values={
            "animal": animal.name,
            "count": str(len(animal.poured)),
            "days": str(len({r.day for r in animal.poured})),
            "first": animal.poured[0].time,
            "last": last.time,
            "who": animal.poured[0].party,
        },
        entries=[r.index for r in animal.poured],
    )


def days_in_milk(animal: Animal) -> Iterator[Finding]:
    """Yield a finding for milk too early after a calving, or too late."""
    template = animal.template
    bound = None if template is None else template.bound("dim")
    if template is None or bound is None or not animal.milkings:
        return
    early: list[tuple[int, Record]] = []
    late: list[tuple[int, Record]] = []
    for days, record in _days_outside(animal, bound):
        if bound.expected.least is not None and days < bound.expected.least:
            # Only what went into a can: the first milk is the calf's.
            if record.type == "TransformationEvent" and animal.is_kept(record):
                early.append((days, record))
        else:
            late.append((days, record))
    if early:
        yield _early(animal, template, bound, early)
    if late and (found := _late(animal, template, bound, late)):
        yield found


def calvings_too_close(animal: Animal) -> Iterator[Finding]:
    """Yield a finding for a calving too soon after another, or after its own birth."""
    if animal.template is None:
        return
    for earlier, later in pairwise(_births(animal.calvings)):
        yield from _too_soon(
            animal, "calvings-too-close", "calving.interval", earlier, later
        )
    born = animal.kin.born
    if born is not None and animal.calvings:
        yield from _too_soon(
            animal, "calved-too-young", "age.first.calving", born, animal.calvings[0]
        )


def dam_cannot_be(animal: Animal) -> Iterator[Finding]:
    """Yield a finding if an animal is the dam of a calf that it cannot have."""
    entry, end = animal.kin.entry, animal.end
    for calf in animal.calvings:
        if entry is not None and animal.kin.sex == "male":
            rule_id, why = "dam-is-male", entry
        elif end is not None and is_before(end, calf):
            rule_id, why = "dam-is-no-more", end
        else:
            continue
        yield finding_of(
            rule_id,
            "critical",
            calf,
            about=(animal.name, *calf.created),
            values={
                "animal": animal.name,
                "calf": next(iter(calf.names), ""),
                "time": calf.time,
                "who": calf.party,
                "other": why.time,
                "other_who": why.party,
            },
            entries=[why.index],
            mark=calf.event_id,
        )


def _days_outside(animal: Animal, bound: Bound) -> Iterator[tuple[int, Record]]:
    """Yield the days in milk, after a known calving, of which a bound warns.

    A recording may say itself when the animal calved (``caravan:calved``).
    """
    least, most = _whole_days(bound)
    calved = sorted({calf.day for calf in animal.calvings})
    for record in animal.milkings:
        day = record.day
        before = bisect_right(calved, day)
        last = calved[before - 1] if before else None
        told = _day(record.fact("calved")) if "calved" in record.facts else None
        if told is not None and told <= day and (last is None or told > last):
            last = told
        if last is not None and not least <= day - last <= most:
            yield day - last, record


def _whole_days(bound: Bound) -> tuple[float, float]:
    """Return the least and the most days that a bound does not warn of."""
    least, most = unwarned(bound)
    return (
        math.ceil(least) if least.is_finite() else -math.inf,
        math.floor(most) if most.is_finite() else math.inf,
    )


def _day(date: str) -> int | None:
    """Return a date as a day counted from 1970; None if it is none."""
    try:
        return (datetime.date.fromisoformat(date[:10]) - _EPOCH).days
    except ValueError:
        return None


def _early(
    animal: Animal, template: Template, bound: Bound, early: list[tuple[int, Record]]
) -> Finding:
    days, record = min(early, key=lambda each: (each[0], each[1].index))
    return finding_of(
        "milk-too-early",
        severity_of(bound, Decimal(days)) or "notice",
        record,
        about=(animal.name,),
        values={
            "animal": animal.name,
            "count": str(len(early)),
            "days": str(days),
            "time": record.time,
            "lot": next((lot.name for lot in record.outputs), ""),
            "least": _shown(bound.expected.least),
        },
        entries=[r.index for _, r in early],
        basis=basis_of(template, bound),
        mark=record.time[:7],
    )


def _late(
    animal: Animal, template: Template, bound: Bound, late: list[tuple[int, Record]]
) -> Finding | None:
    days, record = max(late, key=lambda each: (each[0], -each[1].index))
    # She may be milked on where she is not mated: a recording or two are no matter.
    beyond = {r.day for d, r in late if severity_of(bound, Decimal(d)) == "critical"}
    if not beyond and len({r.day for _, r in late}) < _LEAST_DAYS:
        return None
    severity: Severity = "warning" if len(beyond) >= _LEAST_DAYS else "notice"
    return finding_of(
        "milk-long-after-calving",
        severity,
        record,
        about=(animal.name,),
        values={
            "animal": animal.name,
            "count": str(len(late)),
            "days": str(days),
            "time": record.time,
            "most": _shown(bound.expected.most),
        },
        entries=[r.index for _, r in late],
        basis=basis_of(template, bound),
    )


def _births(calvings: Sequence[Record]) -> list[Record]:
    """Return one record of each birth: twins have one."""
    found: list[Record] = []
    for calf in calvings:
        if not found or calf.day - found[-1].day > _TWINS_DAYS:
            found.append(calf)
    return found


def _too_soon(
    animal: Animal, rule_id: str, bound_id: str, earlier: Record, later: Record
) -> Iterator[Finding]:
    template = animal.template
    bound = None if template is None else template.bound(bound_id)
    days = Decimal(later.day - earlier.day)
    if template is None or bound is None or bound.expected.least is None:
        return
    severity = severity_of(bound, days)
    if severity is None or days > bound.expected.least:
        return
    yield finding_of(
        rule_id,
        severity,
        later,
        about=(animal.name, *later.created),
        values={
            "animal": animal.name,
            "days": f"{days}",
            "earlier": earlier.time,
            "later": later.time,
            "calf": next(iter(later.names), ""),
            "who": later.party,
            "least": _shown(bound.expected.least),
        },
        entries=[earlier.index],
        basis=basis_of(template, bound),
        mark=later.event_id,
    )


def _shown(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"


RULE_IDS: Final = (
    "milked-without-calving",
    "milk-too-early",
    "milk-long-after-calving",
    "calvings-too-close",
    "calved-too-young",
    "dam-is-male",
    "dam-is-no-more",
)
LOOKS: Final[tuple[Callable[[Animal], Iterator[Finding]], ...]] = (
    milked_without_calving,
    days_in_milk,
    calvings_too_close,
    dam_cannot_be,
)
"""What ``animals`` looks for in each animal."""
