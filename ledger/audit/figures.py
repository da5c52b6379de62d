"""Figures: what was measured, against what the template has of such goods and animals.

A figure of pooled milk is judged as it stands. One of a single animal proves nothing,
so those are told for a whole herd and month, and gravely only if many are beyond.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from ledger.audit.book import Period, Thing
from ledger.audit.check import GOODS, SINGLE, Check, ThingCheck
from ledger.audit.finding import (
    SEVERITIES,
    Finding,
    Severity,
    basis_of,
    finding_of,
    severity_of,
    shown,
)
from ledger.audit.herdbook import (
    MILK,
    WEIGHT,
    Animal,
    is_animal,
    is_of_one,
    kin_of,
    unwarned,
    usual_of,
)
from ledger.audit.herdmonth import kept
from ledger.audit.record import Reading, Record
from ledger.template import Bound, Template

_ELSEWHERE: Final = frozenset({MILK, WEIGHT, "caravan:cooling_time"})
"""Components with checks of their own."""
_SOLIDS: Final = "caravan:total_solids"
_PARTS: Final = tuple(
    f"caravan:{name}" for name in ("fat", "protein", "lactose", "ash")
)
_SYMBOLS: Final[Mapping[str, str]] = {
    "23": "g/cm³",
    "CEL": "°C",
    "K63": "/L",
    "KGM": "kg",
    "P1": "%",
}
_LEAST_CASES: Final = 3
_LEAST_SHARE: Final = Decimal("0.2")
"""Of a herd's figures of a month: as bounds are drawn, a few in a hundred are out."""
_Told = tuple[Record, str, list[Reading]]
"""What was measured of one animal at one time, of what templates have bounds of."""


def zero_values(thing: Thing) -> Iterator[Finding]:
    """Yield a finding for each thing of which a zero is told that cannot be one."""
    if not any(
        reading.values and reading.values[0][0] in "-0" and _is_zero(reading)
        for record in thing.all_records
        for reading in record.readings
    ):
        return
    animal = Animal(thing) if is_animal(thing) else None
    told = thing.in_time if animal is None else animal.told
    template = thing.template if animal is None else animal.template
    bounds = _by_component(() if template is None else template.bounds)
    zeros = [
        (record, reading, bound)
        for record in told
        if _is_of(record, thing.name)
        for reading in record.readings
        if _is_zero(reading)
        for bound in bounds.get(reading.component, ())
        if bound.outside(Decimal(0)) in {"warn", "critical"}
    ]
    if not zeros or template is None:
        return
    record, reading, bound = zeros[0]
    yield finding_of(
        "zero-value",
        "warning",
        record,
        about=(thing.name,),
        values={
            "thing": thing.name,
            "component": _word(reading.component),
            "time": record.time,
            "usual": f"{usual_of(bound)} {symbol(bound.unit)}".strip(),
            "count": str(len({(r.index, z.component) for r, z, _ in zeros})),
            "who": record.party,
        },
        entries=[r.index for r, _, _ in zeros],
        basis=basis_of(template, bound),
    )


def of_goods(thing: Thing) -> Iterator[Finding]:
    """Yield findings for figures of goods that are outside their bounds.

    A figure that failed the goods has done its work.
    """
    if not any(r.readings for r in thing.all_records) or not thing.makes:
        return
    template = thing.template
    if template is None:
        return
    makes = thing.makes
    bounds = _by_component([b for b in template.bounds if b.product in makes])
    odd: defaultdict[Bound, list[tuple[Record, Decimal]]] = defaultdict(list)
    for record in thing.in_time if bounds else ():
        if not record.readings or not _is_of(record, thing.name):
            continue
        if record.disposition == "non_conformant":
            continue
        for reading in record.readings:
            for bound in bounds.get(reading.component, ()):
                value = _value(reading, bound)
                if value and severity_of(bound, value):
                    odd[bound].append((record, value))
    if odd:
        yield _of_lot(thing, template, odd)


def _of_lot(
    thing: Thing, template: Template, odd: Mapping[Bound, list[tuple[Record, Decimal]]]
) -> Finding:
    worst = {
        bound: max(cases, key=lambda case: _distance(bound, case[1]))
        for bound, cases in odd.items()
    }
    bound, (record, value) = max(worst.items(), key=_gravity)
    figures = ", ".join(
        f"{_word(each.component)} {_told(each, most)} ({usual_of(each)})"
        for each, (_, most) in worst.items()
    )
    return finding_of(
        "figure-outside-bounds",
        severity_of(bound, value) or "notice",
        record,
        about=(thing.name,),
        values={
            "thing": thing.name,
            "figures": figures,
            "time": record.time,
            "who": record.party,
        },
        entries=[r.index for cases in odd.values() for r, _ in cases],
        basis=basis_of(template, bound),
    )


def _gravity(case: tuple[Bound, tuple[Record, Decimal]]) -> tuple[int, Decimal]:
    """Order figures by how grave they are, then by how far they are outside."""
    bound, (_, value) = case
    nothing = Decimal(0)
    width = (bound.expected.most or nothing) - (bound.expected.least or nothing)
    severity = severity_of(bound, value)
    grade = -1 if severity is None else SEVERITIES.index(severity)
    return grade, _distance(bound, value) / (abs(width) or 1)


def _told(bound: Bound, value: Decimal) -> str:
    return f"{shown(value, 4)} {symbol(bound.unit)}".strip()


def solids(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if the solids of milk are not the sum of their parts."""
    for record in thing.in_time:
        if len(record.readings) <= len(_PARTS) or not _is_of(record, thing.name):
            continue
        told = _percent(record, _SOLIDS)
        if told is None:
            continue
        each = [v for name in _PARTS if (v := _percent(record, name)) is not None]
        if len(each) < len(_PARTS):
            continue
        template = thing.template
        bound = None if template is None else template.bound("solids.identity")
        if template is None or bound is None:
            return
        off = abs(told - sum(each, Decimal(0)))
        severity = severity_of(bound, off)
        if severity is not None:
            yield finding_of(
                "solids-do-not-add-up",
                severity,
                record,
                about=(thing.name,),
                values={
                    "lot": thing.name,
                    "solids": shown(told, 2),
                    "sum": shown(sum(each, Decimal(0)), 2),
                    "off": shown(off, 2),
                    "usual": usual_of(bound),
                    "time": record.time,
                    "who": record.party,
                },
                basis=basis_of(template, bound),
                mark=record.event_id,
            )


def of_animals(period: Period) -> Iterator[Finding]:
    """Yield a finding for each figure of which a herd has many outside its bound."""
    told: defaultdict[str, list[_Told]] = defaultdict(list)
    templates: dict[str, Template | None] = {}
    components = _components(period.book.templates)
    for record in kept(period):
        if not record.readings or not is_of_one(record):
            continue
        readings = [r for r in record.readings if r.component in components]
        if not readings:
            continue
        name = record.things[0].name
        if name not in templates:
            kin = kin_of(period.book, name)
            templates[name] = kin.template(period.book.templates)
        template = templates[name]
        if template is not None:
            told[template.product].append((record, name, readings))
    by_product = {each.product: each for each in period.book.templates}
    for product, cases in told.items():
        yield from _of_herd(period, by_product[product], cases)


def _of_herd(
    period: Period, template: Template, told: Sequence[_Told]
) -> Iterator[Finding]:
    bounds = {
        component: [(bound, *unwarned(bound)) for bound in bounds]
        for component, bounds in _by_component(template.bounds).items()
    }
    counts: defaultdict[str, int] = defaultdict(int)
    odd: defaultdict[Bound, list[tuple[Record, str, Decimal]]] = defaultdict(list)
    for record, animal, readings in told:
        for reading in readings:
            for bound, least, most in bounds.get(reading.component, ()):
                value = _value(reading, bound)
                if not value:
                    continue
                counts[bound.id] += 1
                if not least <= value <= most:
                    odd[bound].append((record, animal, value))
    for bound, cases in odd.items():
        severity = _of_many(bound, [value for _, _, value in cases], counts[bound.id])
        if severity is None:
            continue
        record, animal, value = max(cases, key=lambda c: _distance(bound, c[2]))
        year, month = divmod(period.month, 12)
        yield finding_of(
            "figures-of-animals-outside-bounds",
            severity,
            record,
            about=(period.name, *sorted({name for _, name, _ in cases})),
            values={
                "place": period.name,
                "month": f"{1970 + year}-{month + 1:02}",
                "component": _word(bound.component),
                "count": str(len(cases)),
                "of": str(counts[bound.id]),
                "animal": animal,
                "value": _told(bound, value),
                "usual": usual_of(bound),
                "time": record.time,
                "who": record.party,
            },
            entries=[r.index for r, _, _ in cases],
            basis=basis_of(template, bound),
            mark=f"{period.month}/{bound.id}",
        )


def _of_many(bound: Bound, values: Sequence[Decimal], count: int) -> Severity | None:
    """Return how grave it is that so many animals' figures are outside a bound."""
    least = max(Decimal(_LEAST_CASES), _LEAST_SHARE * count)
    beyond = [value for value in values if severity_of(bound, value) == "critical"]
    if len(beyond) >= least:
        return "critical"
    if len(values) >= least:
        return "warning"
    return "notice" if beyond else None


def _components(templates: Sequence[Template]) -> frozenset[str]:
    """Return the components that any template has a bound of, and no other check."""
    named = {bound.component for template in templates for bound in template.bounds}
    return frozenset(named - _ELSEWHERE)


def _by_component(bounds: Iterable[Bound]) -> Mapping[str, Sequence[Bound]]:
    """Return bounds by what is measured, without those that have their own checks."""
    found: dict[str, list[Bound]] = {}
    for bound in bounds:
        if bound.component and bound.component not in _ELSEWHERE:
            found.setdefault(bound.component, []).append(bound)
    return found


def _is_of(record: Record, name: str) -> bool:
    """Tell whether a thing is the first that a record names."""
    return bool(record.things) and record.things[0].name == name


def _value(reading: Reading, bound: Bound) -> Decimal | None:
    """Return a reading in the unit of a bound; None if it has another one."""
    return reading.value if reading.unit == bound.unit else None


def _percent(record: Record, name: str) -> Decimal | None:
    reading = record.reading(name)
    return None if reading is None or reading.unit != "P1" else reading.value


def _is_zero(reading: Reading) -> bool:
    return bool(reading.values) and not Decimal(reading.values[0])


def _distance(bound: Bound, value: Decimal) -> Decimal:
    """Return how far a value is outside what is expected."""
    least, most = bound.expected.least, bound.expected.most
    below = Decimal(0) if least is None else least - value
    above = Decimal(0) if most is None else value - most
    return max(below, above, Decimal(0))


def _word(component: str) -> str:
    return component.removeprefix("caravan:").replace("_", " ")


def symbol(unit: str) -> str:
    """Return a unit as people of all languages write it; else its code.

    >>> symbol("P1"), symbol("CEL")
    ('%', '°C')
    """
    return _SYMBOLS.get(unit, unit)


CHECKS: Final[tuple[Check, ...]] = (
    ThingCheck(("zero-value",), zero_values, GOODS | SINGLE),
    ThingCheck(("figure-outside-bounds",), of_goods, GOODS),
    ThingCheck(("solids-do-not-add-up",), solids, GOODS | SINGLE),
)
