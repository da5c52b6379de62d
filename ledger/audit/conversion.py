"""Conversions: whether what came out of a step can have come of what went in.

How much milk a kilogram of powder needs follows from the milk's own solids: with them
the check is much sharper than with what is usual. A single run may be off by what
scales and dryers do; the runs of a month together may not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Final

from ledger.audit.book import Book, Period, Thing
from ledger.audit.check import GOODS, Check, PeriodCheck, ThingCheck
from ledger.audit.finding import (
    Finding,
    Severity,
    basis_of,
    finding_of,
    severity_of,
    shown,
)
from ledger.audit.flow import Flow
from ledger.audit.lazy import lazy
from ledger.audit.quantities import (
    flows_about,
    flows_of,
    main_output,
    mass_in,
    mass_out,
    month_text,
)
from ledger.audit.record import Record
from ledger.template import Bound, Conversion, Template

_PERCENT: Final = frozenset({"P1", "60"})
_MOST_STEPS_BACK: Final = 4
_LEAST_RUNS: Final = 8
"""Fewer runs in a month have a mean that one of them alone may move."""
_FAR_OFF: Final = 8
"""So many median distances from the median no run is by chance."""
_FINE: Final = Decimal("0.002")
"""The least that such a distance is taken for: figures are rounded."""
_WHOLE: Final = Decimal(100)


@dataclass(frozen=True)
class Converted:
    """A transformation that a template has a conversion for, with its masses.

    Attributes:
        solids: Percent of solids in what went in, by its own tests; None if unknown.
        moisture: Percent of water in what came out; None if unknown.
        tests: Entries of the tests that say so.
    """

    flow: Flow
    template: Template
    conversion: Conversion
    lot: str
    into: Decimal
    out: Decimal
    solids: Decimal | None
    moisture: Decimal | None
    tests: tuple[int, ...]

    @lazy
    def ratio(self) -> Decimal:
        """Return one mass by the other, as the template divides them."""
        if self.conversion.direction == "in/out":
            return self.into / self.out
        return self.out / self.into

    @property
    def needed(self) -> Decimal | None:
        """Return how many times of the output its own figures ask for."""
        if not self.solids or self.moisture is None:
            return None
        return (_WHOLE - self.moisture) / self.solids

    @lazy
    def own(self) -> Decimal | None:
        """Return the ratio by what its own figures ask for."""
        needed = self.needed
        return (
            None if needed is None or not self.conversion.own else self.ratio / needed
        )


def converted(book: Book, flow: Flow) -> Converted | None:
    """Return what a transformation converts; None if no template has it, or no mass."""
    lot = main_output(flow)
    template = book.template(lot) if lot else None
    return None if template is None else _converted(book, flow, lot, template)


def _converted(
    book: Book, flow: Flow, lot: str, template: Template
) -> Converted | None:
    found = conversion_of(template, flow)
    if found is None:
        return None
    into = mass_in(book, flow)
    out = mass_out(book, flow) if into else None
    if not into or not out:
        return None
    solids: Decimal | None = None
    tests: list[int] = []
    for component in found.solids:
        share = content(book, flow, component, tests)
        solids = None if share is None else (solids or Decimal(0)) + share
        if share is None:
            break
    moisture = _tested(book.thing(lot), found.moisture, tests) if found.solids else None
    told = (solids, moisture)
    return Converted(flow, template, found, lot, into, out, *told, tuple(tests))


def conversion_of(template: Template, flow: Flow) -> Conversion | None:
    """Return the conversion of the step that a transformation is."""
    process = flow.process
    if process not in template.converted:
        return None
    first = flow.first
    for step, each in template.converting:
        if step.fits(
            business_step=first.step, disposition=first.disposition, process=process
        ):
            return each
    return None


def is_off(found: Converted) -> Severity | None:
    """Return how far masses are off: by the batch's own figures, if they are known."""
    own = found.own
    if own is not None and found.conversion.own is not None:
        return severity_of(found.conversion.own, own)
    return severity_of(found.conversion.ratio, found.ratio)


def ratio_off(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if a thing is too much or too little for what it was made of."""
    template = thing.template
    if template is None:
        return
    for flow in flows_about(thing):
        found = _converted(thing.book, flow, thing.name, template)
        if found is None:
            continue
        severity = is_off(found)
        if severity is not None:
            yield _off(found, severity)
        else:
            yield from _component_off(thing, found)


def drift(period: Period) -> Iterator[Finding]:
    """Yield a finding if the runs of a month are off together, each within bounds."""
    runs: dict[str, list[Converted]] = {}
    processes = frozenset[str]().union(*(t.converted for t in period.book.templates))
    for flow in flows_of(period):
        if flow.process not in processes:
            continue
        found = converted(period.book, flow)
        if found is not None and is_off(found) is None:
            runs.setdefault(found.conversion.id, []).append(found)
    for each in runs.values():
        if len(each) >= _LEAST_RUNS:
            told = [r for r in each if r.own is not None] or each
            yield from _drift(period, told)
            yield from _unlike(period, told)


def content(
    book: Book, flow: Flow, component: str, tests: list[int], depth: int = 0
) -> Decimal | None:
    """Return the percent of a component in what goes into a transformation.

    It is that of the inputs' own tests, by mass; of one that was not tested, that of
    what it was made of, as long as nothing was converted.

    Args:
        book: Where tests are read.
        flow: The transformation.
        component: What is looked for.
        tests: Gets the entries of the tests that were used.
        depth: How many steps back this is.
    """
    masses = share = Decimal(0)
    for amount in flow.inputs:
        if amount.kilograms is None:
            return None
        found = _content_of(book.thing(amount.name), component, tests, depth)
        if found is None:
            return None
        masses += amount.kilograms
        share += amount.kilograms * found
    return share / masses if masses else None


def _content_of(
    thing: Thing, component: str, tests: list[int], depth: int
) -> Decimal | None:
    found = _tested(thing, component, tests)
    if found is not None or depth >= _MOST_STEPS_BACK or len(thing.made_by) != 1:
        return found
    flow = thing.made_by[0]
    template = thing.template
    conversion = None if template is None else conversion_of(template, flow)
    if conversion is not None and conversion.solids:
        return None
    return content(thing.book, flow, component, tests, depth + 1)


def _tested(thing: Thing, component: str, tests: list[int]) -> Decimal | None:
    """Return the percent that the last test of a thing found; note its entry."""
    for record in reversed(thing.in_time):
        reading = record.reading(component)
        if reading is not None and reading.unit in _PERCENT and reading.value:
            tests.append(record.index)
            return reading.value
    return None


def _off(found: Converted, severity: Severity) -> Finding:
    own, needed = found.own, found.needed
    bound = found.conversion.ratio
    rule_id, value = "conversion-ratio", found.ratio
    values = _values(found)
    if own is not None and needed is not None and found.conversion.own is not None:
        bound, rule_id, value = found.conversion.own, "conversion-own-solids", own
        values |= {
            "solids": shown(found.solids or Decimal(0), 2),
            "moisture": shown(found.moisture or Decimal(0), 2),
            "should": shown(_should(found, needed)),
        }
    values |= {"value": shown(value), "expected": str(bound.expected)}
    return finding_of(
        rule_id,
        severity,
        found.flow.first,
        about=(found.lot, *(each.name for each in found.flow.inputs)),
        values=values,
        entries=[*found.flow.entries, *found.tests],
        basis=basis_of(found.template, bound),
    )


def _should(found: Converted, needed: Decimal) -> Decimal:
    """Return how much would have come out by the batch's own figures."""
    is_by_output = found.conversion.direction == "in/out"
    return found.into / needed if is_by_output else found.into * needed


def _values(found: Converted) -> dict[str, str]:
    return {
        "lot": found.lot,
        "in": shown(found.into),
        "out": shown(found.out),
        "process": found.flow.process or found.flow.first.step,
        "time": found.flow.first.time,
        "party": found.flow.first.party,
    }


def _component_off(thing: Thing, found: Converted) -> Iterator[Finding]:
    """Yield a finding if more of a part came out than went in, or far less."""
    bound = found.conversion.own
    if bound is None:
        return
    worst: tuple[Decimal, str, Decimal, Decimal, list[int]] | None = None
    for component in found.conversion.solids:
        tests: list[int] = []
        before = content(thing.book, found.flow, component, tests)
        after = _tested(thing, component, tests)
        if not before or not after:
            continue
        ratio = (found.into * before) / (found.out * after)
        if severity_of(bound, ratio) and (
            worst is None or _far(ratio) > _far(worst[0])
        ):
            worst = (ratio, component, before, after, tests)
    if worst is None:
        return
    ratio, component, before, after, tests = worst
    yield finding_of(
        "component-not-of-input",
        severity_of(bound, ratio) or "warning",
        found.flow.first,
        about=(found.lot, *(each.name for each in found.flow.inputs)),
        values=_values(found)
        | {
            "component": component.partition(":")[2] or component,
            "before": shown(before, 2),
            "after": shown(after, 2),
            "mass_in": shown(found.into * before / _WHOLE),
            "mass_out": shown(found.out * after / _WHOLE),
        },
        entries=[*found.flow.entries, *tests],
        basis=basis_of(found.template, bound),
    )


def _far(ratio: Decimal) -> Decimal:
    return abs(ratio - 1)


def _drift(period: Period, runs: list[Converted]) -> Iterator[Finding]:
    first = runs[0]
    bound, by_run = _by_run(first, runs)
    mean = sum(by_run, Decimal(0)) / len(by_run)
    if bound.expected.has(mean):
        return
    records: list[Record] = [run.flow.first for run in runs]
    yield finding_of(
        "conversion-drift",
        "warning",
        max(records, key=lambda r: r.at_us),
        about=(period.name, *(run.lot for run in runs)),
        values={
            "place": period.name,
            "month": month_text(period.month),
            "runs": str(len(runs)),
            "process": first.flow.process or first.flow.first.step,
            "mean": shown(mean),
            "least": shown(min(by_run)),
            "most": shown(max(by_run)),
            "expected": str(bound.expected),
            "in": shown(_sum(run.into for run in runs)),
            "out": shown(_sum(run.out for run in runs)),
        },
        entries=[index for run in runs for index in run.flow.entries],
        basis=basis_of(first.template, bound),
        mark=f"{first.conversion.id} {period.month}",
    )


def _unlike(period: Period, runs: list[Converted]) -> Iterator[Finding]:
    """Yield findings of runs that are unusual, and unlike the others of the month."""
    bound, by_run = _by_run(runs[0], runs)
    middle = median(by_run)
    spread = median(abs(each - middle) for each in by_run)
    for run, value in zip(runs, by_run, strict=True):
        is_usual = bound.expected.has(value)
        if is_usual or abs(value - middle) <= _FAR_OFF * max(spread, _FINE):
            continue
        yield finding_of(
            "run-unlike-others",
            "warning",
            run.flow.first,
            about=(run.lot, *(each.name for each in run.flow.inputs)),
            values=_values(run)
            | {
                "value": shown(value),
                "expected": str(bound.expected),
                "runs": str(len(runs)),
                "middle": shown(middle),
                "place": period.name,
                "month": month_text(period.month),
            },
            entries=[*run.flow.entries, *run.tests],
            basis=basis_of(run.template, bound),
        )


def _by_run(first: Converted, runs: list[Converted]) -> tuple[Bound, list[Decimal]]:
    own = [run.own for run in runs]
    if first.conversion.own is not None and all(each is not None for each in own):
        return first.conversion.own, [each for each in own if each is not None]
    return first.conversion.ratio, [run.ratio for run in runs]


def _sum(masses: Iterable[Decimal]) -> Decimal:
    return sum(masses, Decimal(0))


CHECKS: Final[tuple[Check, ...]] = (
    ThingCheck(
        ("conversion-ratio", "conversion-own-solids", "component-not-of-input"),
        ratio_off,
        GOODS,
    ),
    PeriodCheck("place", ("conversion-drift", "run-unlike-others"), drift),
)
