"""Mass: no more comes out of anything than went in, and nothing is used twice.

This module looks at one thing at a time: what was made of it, what each later step says
of its quantity, and what became of it. ``transformations`` looks at one transformation
at a time, ``conversion`` at what becomes of what, and ``amounts`` at units.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from ledger.audit import amounts, conversion, transformations
from ledger.audit.book import Thing
from ledger.audit.bounds import Applied
from ledger.audit.check import GOODS, Check, ThingCheck
from ledger.audit.finding import (
    Finding,
    Severity,
    basis_of,
    finding_of,
    severity_of,
    shown,
)
from ledger.audit.quantities import (
    EXACT,
    TWO_SCALES,
    Measure,
    goes_away,
    measure,
    removed,
    sums,
)
from ledger.audit.record import Record

_HANDED_OVER: Final = frozenset({"accepting", "arriving", "collecting", "receiving"})
_COUNTING: Final = "stock_taking"
_HOUR_US: Final = 3_600_000_000
_LITTLE_LEFT: Final = Decimal("0.02")
"""A vessel never runs quite empty."""
_MUCH_LEFT: Final = Decimal("0.2")


def more_used_than_made(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if more of a thing went on than there was."""
    if not thing.is_made:
        return
    gone = removed(thing)
    if not gone and (not thing.used_by or _is_as_made(thing, thing.used_kg)):
        return
    used = _used(thing)
    for dimension, made in _made(thing).items():
        away = sums(amount for _, amount in gone).get(dimension, Decimal(0))
        went = used.get(dimension, Decimal(0)) + away
        if went <= made + EXACT or _is_told_above(thing, Measure(dimension, went)):
            continue
        steps = [flow.first for flow in thing.used_by] + [record for record, _ in gone]
        last = max(steps, key=lambda r: r.at_us)
        unit = Measure(dimension, made).unit
        excess = went - made
        yield finding_of(
            "more-used-than-made",
            "critical" if excess > made * TWO_SCALES else "warning",
            last,
            about=(thing.name,),
            values={
                "lot": thing.name,
                "made": shown(made),
                "used": shown(went),
                "uses": str(len(steps)),
                "excess": shown(excess),
                "unit": unit,
            },
            entries=[*_entries_made(thing), *_entries_gone(thing)],
            mark="" if dimension == "mass" else dimension,
        )


def told_above_made(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if a later step tells more of a thing than was made of it."""
    wrong = _told_above(thing)
    if not wrong:
        return
    first, told, made = wrong[0]
    severity, applied = _gap(thing, first, told.number / made.number)
    rest = [flow.first for flow in thing.used_by] if _is_used_above(thing) else []
    yield finding_of(
        "told-above-made",
        severity or "warning",
        first,
        about=(thing.name,),
        values={
            "lot": thing.name,
            "made": shown(made.number),
            "told": shown(told.number),
            "excess": shown(told.number - made.number),
            "unit": made.unit,
            "step": first.step,
            "time": first.time,
            "party": first.party,
        },
        entries=[
            *_entries_made(thing),
            *(record.index for record, _, _ in wrong),
            *(record.index for record in rest),
        ],
        basis=None if applied is None else applied.basis,
    )


def handover_gap(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if far less of a thing was accepted than was made of it."""
    if thing.steps.isdisjoint(_HANDED_OVER):
        return
    accepted = [
        r
        for r in thing.in_time
        if r.step in _HANDED_OVER and r.type != "TransformationEvent"
    ]
    told = [
        amount.kilograms
        for r in accepted
        if (amount := r.amount(thing.name, "about", "child")) and amount.kilograms
    ]
    made = thing.made_kg if told else None
    if not made:
        return
    whole = sum(told, Decimal(0))
    if whole >= made:
        return
    severity, applied = _gap(thing, accepted[0], whole / made)
    if severity is None:
        return
    yield finding_of(
        "handover-gap",
        severity,
        accepted[-1],
        about=(thing.name,),
        values={
            "lot": thing.name,
            "made": shown(made),
            "accepted": shown(whole),
            "gap": shown(made - whole),
            "percent": shown((made - whole) / made * 100, 1),
            "party": accepted[-1].party,
            "expected": "" if applied is None else applied.basis.expected,
        },
        entries=[*_entries_made(thing), *(r.index for r in accepted)],
        basis=None if applied is None else applied.basis,
    )


def stock_differs(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if what was counted in stock is not what is left by the books."""
    if _COUNTING not in thing.steps:
        return
    counted = {
        record.place: (record, told)
        for record in thing.in_time
        if record.step == _COUNTING
        and (amount := record.amount(thing.name, "about"))
        and (told := measure(amount))
    }
    if not counted or not thing.is_made:
        return
    last = max((record for record, _ in counted.values()), key=lambda r: r.at_us)
    dimension = next(iter(counted.values()))[1].dimension
    if any(told.dimension != dimension for _, told in counted.values()):
        return
    made = _made(thing, last.at_us).get(dimension)
    if made is None:
        return
    gone = _used(thing, last.at_us).get(dimension, Decimal(0)) + sums(
        amount for record, amount in removed(thing) if record.at_us <= last.at_us
    ).get(dimension, Decimal(0))
    stock = sum((told.number for _, told in counted.values()), Decimal(0))
    left = made - gone
    difference = stock - left
    if abs(difference) <= max(EXACT, made * TWO_SCALES / 5) or (gone > made):
        return
    is_much = abs(difference) > made * TWO_SCALES
    is_above = difference > 0
    severity: Severity = "warning" if is_much else "notice"
    yield finding_of(
        "stock-above-balance" if is_above else "stock-below-balance",
        "critical" if is_above and is_much else severity,
        last,
        about=(thing.name,),
        values={
            "lot": thing.name,
            "made": shown(made),
            "gone": shown(gone),
            "left": shown(left),
            "stock": shown(stock),
            "difference": shown(abs(difference)),
            "unit": Measure(dimension, stock).unit,
            "time": last.time,
        },
        entries=[
            *_entries_made(thing),
            *_entries_gone(thing),
            *(record.index for record, _ in counted.values()),
        ],
    )


def rest_not_told(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if nobody says what became of the rest of perishable goods."""
    made, used = thing.made_kg, thing.used_kg
    if not made or not used or made - used <= made * _LITTLE_LEFT:
        return
    template = thing.template
    bound = None if template is None else template.bound("raw.hold")
    if template is None or bound is None or bound.product not in thing.makes:
        return
    hold = None if bound.critical is None else bound.critical.most
    if hold is None or _COUNTING in thing.steps:
        return
    away = sums(amount for _, amount in removed(thing)).get("mass", Decimal(0))
    rest = made - used - away
    if rest <= made * _LITTLE_LEFT or any(handover_gap(thing)):
        return
    made_at = max(r.at_us for r in _makers(thing))
    if not thing.book.is_past(made_at + int(hold * _HOUR_US)):
        return
    last = max((flow.first for flow in thing.used_by), key=lambda r: r.at_us)
    yield finding_of(
        "rest-not-told",
        "warning" if rest > made * _MUCH_LEFT else "notice",
        last,
        about=(thing.name,),
        values={
            "lot": thing.name,
            "made": shown(made),
            "used": shown(used + away),
            "rest": shown(rest),
            "percent": shown(rest / made * 100, 1),
            "hours": shown(hold),
        },
        entries=[*_entries_made(thing), *_entries_gone(thing)],
        basis=basis_of(template, bound),
    )


def _told_above(thing: Thing) -> list[tuple[Record, Measure, Measure]]:
    """Return the later statements that tell more of a thing than was made of it."""
    later = [*_told_later(thing)] if thing.is_made else []
    made = _made(thing) if later else {}
    found = []
    for record, told in later:
        whole = made.get(told.dimension, Decimal(0))
        if whole <= 0 or told.number <= whole + EXACT:
            continue
        if _gap(thing, record, told.number / whole)[0] is not None:
            found.append((record, told, Measure(told.dimension, whole)))
    return found


def _told_later(thing: Thing) -> Iterator[tuple[Record, Measure]]:
    """Yield how much of a thing there is by those who neither make nor end it.

    A mass that is no more than what was made is left out.
    """
    for record in thing.in_time:
        if record.type == "TransformationEvent" or record.step == _COUNTING:
            continue
        if record.type == "ObjectEvent" and record.action == "ADD":
            continue
        amount = record.amount(thing.name, "about", "child")
        if amount is None or not amount.quantity or goes_away(record):
            continue
        if _is_as_made(thing, amount.kilograms):
            continue
        told = measure(amount)
        if told is not None:
            yield record, told


def _is_told_above(thing: Thing, went: Measure) -> bool:
    """Tell whether a step said that there is as much as went on."""
    return any(
        told.dimension == went.dimension and told.number + EXACT >= went.number
        for _, told, _ in _told_above(thing)
    )


def _is_used_above(thing: Thing) -> bool:
    made, used = thing.made_kg, thing.used_kg
    return made is not None and used is not None and used > made + EXACT


def _gap(
    thing: Thing, record: Record, ratio: Decimal
) -> tuple[Severity | None, Applied | None]:
    """Return how grave it is that a step tells so many times of what was made."""
    template = thing.template
    if template is not None:
        delivery = template.step("delivery")
        bound = template.bound("delivery.over.milked")
        if delivery and bound and thing.is_step(record, delivery):
            return severity_of(bound, ratio), Applied(template, bound)
        for step, each in template.converting:
            if each.direction != "out/in" or each.solids:
                continue
            if any(thing.is_step(flow.first, step) for flow in thing.used_by):
                return severity_of(each.ratio, ratio), Applied(template, each.ratio)
    if ratio > 1 + TWO_SCALES:
        return "critical", None
    return ("warning" if ratio > 1 else None), None


def _is_as_made(thing: Thing, mass: Decimal | None) -> bool:
    """Tell whether a mass is no more than what was made of a thing, if both are known.

    This says soon of nearly all things that there is nothing to see.
    """
    made = thing.made_kg
    return made is not None and mass is not None and mass <= made + EXACT


def _made(thing: Thing, until_us: int | None = None) -> dict[str, Decimal]:
    """Return how much was made of a thing, by dimension; until a time, if one is given.

    A dimension that only some of those that made it tell of is left out: it would be
    too little.
    """
    told = [
        measure(amount)
        for record in _makers(thing)
        if until_us is None or record.at_us <= until_us
        for amount in record.things
        if amount.name == thing.name and amount.role in {"output", "about"}
    ]
    known = [each for each in told if each is not None]
    if len(known) < len(told) or len({each.dimension for each in known}) != 1:
        return {}
    return {known[0].dimension: sum((each.number for each in known), Decimal(0))}


def _used(thing: Thing, until_us: int | None = None) -> dict[str, Decimal]:
    return sums(
        amount
        for flow in thing.used_by
        for record in flow.records
        if until_us is None or record.at_us <= until_us
        for amount in record.things
        if amount.name == thing.name and amount.role == "input"
    )


def _makers(thing: Thing) -> list[Record]:
    flows = [
        record
        for flow in thing.made_by
        for record in flow.records
        if record.amount(thing.name, "output")
    ]
    return [*flows, *thing.added_by]


def _entries_made(thing: Thing) -> list[int]:
    return [record.index for record in _makers(thing)]


def _entries_gone(thing: Thing) -> list[int]:
    used = [index for flow in thing.used_by for index in flow.entries]
    return used + [record.index for record, _ in removed(thing)]


CHECKS: Final[tuple[Check, ...]] = (
    ThingCheck(("more-used-than-made",), more_used_than_made, GOODS),
    ThingCheck(("told-above-made",), told_above_made, GOODS),
    ThingCheck(("handover-gap",), handover_gap, GOODS),
    ThingCheck(("stock-above-balance", "stock-below-balance"), stock_differs, GOODS),
    ThingCheck(("rest-not-told",), rest_not_told, GOODS),
    *transformations.CHECKS,
    *conversion.CHECKS,
    *amounts.CHECKS,
)
