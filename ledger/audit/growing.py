"""Growing: what an animal weighs at its age, and how fast it came to that.

An animal that has not drunk weighs a quarter less a week later, and a tape is no scale.
So gains are told over four weeks or more, and only between weights found in one way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ledger.audit.book import Thing
from ledger.audit.check import SINGLE, Check, ThingCheck
from ledger.audit.finding import (
    SEVERITIES,
    Finding,
    Severity,
    basis_of,
    finding_of,
    severity_of,
    shown,
)
from ledger.audit.herdbook import WEIGHT, Animal, measured_kg, usual_of
from ledger.audit.record import Record
from ledger.template import Bound, Range, Template

_LEAST_DAYS: Final = 28
_GAINS: Final = (("adg.0to7mo", 213), ("adg.8to14mo", 426))
"""Bounds of the gain, and the age in days up to which each holds."""
_GROWN_DAYS: Final = 1826
_NEWBORN_DAYS: Final = 1
_TIERS: Final = ("expected", "warn", "critical")


@dataclass(frozen=True, slots=True)
class _Weighing:
    """What an animal weighed, and at which age in days."""

    record: Record
    kilograms: Decimal
    age: int


@dataclass(frozen=True, slots=True)
class _Odd:
    """A weight or a gain that is outside of something."""

    severity: Severity
    bound: Bound
    range: str
    weighing: _Weighing
    before: _Weighing | None
    value: Decimal


def growth(thing: Thing) -> Iterator[Finding]:
    """Yield findings for weights and gains that do not fit an animal's age."""
    if not any(r.readings and r.reading(WEIGHT) for r in thing.all_records):
        return
    animal = Animal(thing)
    born, template = animal.kin.born, animal.template
    if born is None or template is None:
        return
    told = [
        _Weighing(record, kilograms, record.day - born.day)
        for record in animal.told
        if (kilograms := measured_kg(record, thing.name, WEIGHT))
    ]
    weights = [odd for each in told if (odd := _weight(template, each))]
    if weights:
        yield _of_weight(animal, template, weights)
    # What is no weight of such an animal makes no gain either.
    wrong = {odd.weighing.record.index for odd in weights}
    fit = [each for each in told if each.record.index not in wrong]
    gains = [odd for number in range(len(fit)) if (odd := _gain(template, fit, number))]
    if gains:
        yield _of_gain(animal, template, gains)


def _weight(template: Template, weighing: _Weighing) -> _Odd | None:
    """Return a weight if it is outside its bound: at birth, grown, or in between."""
    if weighing.age <= _NEWBORN_DAYS:
        bound = template.bound("weight.birth")
    elif weighing.age >= _GROWN_DAYS:
        bound = template.bound("weight.adult")
    else:
        bound = _bound_at(template, weighing.age)
    return _outside(bound, weighing.kilograms, weighing)


def _bound_at(template: Template, age: int) -> Bound | None:
    """Return the bound of the weight of a young animal.

    It is no less than a calf's, and no more than the heaviest calf with the best gains
    since, or than a grown animal.
    """
    birth, grown = template.bound("weight.birth"), template.bound("weight.adult")
    if birth is None or grown is None:
        return None
    expected, warn, critical = (
        Range(_tier(birth, tier).least, _most_at(template, birth, grown, tier, age))
        for tier in _TIERS
    )
    return Bound(
        birth.id, birth.unit, expected, warn, critical, birth.basis, birth.component
    )


def _most_at(
    template: Template, birth: Bound, grown: Bound, tier: str, age: int
) -> Decimal | None:
    most, since = _tier(birth, tier).most, 0
    if age > _GAINS[-1][1] or most is None:
        return _tier(grown, tier).most
    for name, until in _GAINS:
        bound, days = template.bound(name), min(age, until) - since
        gain = None if bound is None else _tier(bound, tier).most
        if gain is None:
            return _tier(grown, tier).most
        most += max(days, 0) * gain
        since = until
    return most


def _tier(bound: Bound, tier: str) -> Range:
    """Return a range of a bound, or the next narrower one if it has none such."""
    warn = bound.warn or bound.expected
    return {"warn": warn, "critical": bound.critical or warn}.get(tier, bound.expected)


def _gain(template: Template, told: list[_Weighing], number: int) -> _Odd | None:
    """Return the gain since the last weight found in the same way, if it is odd."""
    later = told[number]
    bound = next(
        (template.bound(name) for name, until in _GAINS if later.age <= until), None
    )
    method = later.record.fact("method")
    earlier = [
        each
        for each in told[:number]
        if later.age - each.age >= _LEAST_DAYS and each.record.fact("method") == method
    ]
    if bound is None or not earlier:
        return None
    before = earlier[-1]
    gain = (later.kilograms - before.kilograms) / (later.age - before.age)
    return _outside(bound, gain, later, before)


def _outside(
    bound: Bound | None,
    value: Decimal,
    weighing: _Weighing,
    before: _Weighing | None = None,
) -> _Odd | None:
    severity = None if bound is None else severity_of(bound, value)
    if bound is None or severity is None:
        return None
    return _Odd(severity, bound, usual_of(bound), weighing, before, value)


def _of_weight(animal: Animal, template: Template, odd: list[_Odd]) -> Finding:
    worst = max(odd, key=lambda each: SEVERITIES.index(each.severity))
    return finding_of(
        "weight-does-not-fit-age",
        worst.severity,
        worst.weighing.record,
        about=(animal.name,),
        values={
            "animal": animal.name,
            "weight": shown(worst.value, 1),
            "age": str(worst.weighing.age),
            "time": worst.weighing.record.time,
            "usual": worst.range,
            "count": str(len(odd)),
            "who": worst.weighing.record.party,
        },
        entries=[each.weighing.record.index for each in odd],
        basis=basis_of(template, worst.bound),
    )


def _of_gain(animal: Animal, template: Template, odd: list[_Odd]) -> Finding:
    worst = max(odd, key=lambda each: SEVERITIES.index(each.severity))
    later, before = worst.weighing, worst.before or worst.weighing
    return finding_of(
        "gain-does-not-fit-age",
        worst.severity,
        later.record,
        about=(animal.name,),
        values={
            "animal": animal.name,
            "gain": shown(worst.value, 2),
            "before": shown(before.kilograms, 1),
            "before_time": before.record.time,
            "weight": shown(later.kilograms, 1),
            "time": later.record.time,
            "age": str(later.age),
            "usual": worst.range,
            "count": str(len(odd)),
            "who": later.record.party,
        },
        entries=[
            each.record.index
            for one in odd
            for each in (one.weighing, one.before)
            if each is not None
        ],
        basis=basis_of(template, worst.bound),
    )


CHECKS: Final[tuple[Check, ...]] = (
    ThingCheck(("weight-does-not-fit-age", "gain-does-not-fit-age"), growth, SINGLE),
)
