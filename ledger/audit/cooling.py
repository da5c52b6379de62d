"""How soon milk was cold, and how old it was when it was heated."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from ledger.audit.book import Book, Period, Thing, once
from ledger.audit.bounds import Applied, bound_for, bound_of, hours, minutes
from ledger.audit.finding import (
    SEVERITIES,
    Finding,
    Severity,
    basis_of_step,
    finding_of,
    severity_of,
    shown,
)
from ledger.audit.flow import Flow
from ledger.audit.quantities import is_animal, month_text, sources
from ledger.audit.record import Record
from ledger.template import Step, Template

_TIME_TOLD: Final = "caravan:cooling_time"
_TELL_APART: Final = Decimal(30)
"""Minutes by which a clock and what is told of it may differ."""
_MOST_SOURCES: Final = 5_000


class _Step(NamedTuple):
    """A step that has to follow another within some time, and how long it took.

    Attributes:
        record: Of the step.
        made: Of what it came after.
        name: Of the goods.
        clock: Minutes between the two.
        told: Minutes that the record tells of itself; None if it does not.
    """

    record: Record
    made: Record
    name: str
    clock: Decimal
    told: Decimal | None
    template: Template
    step: Step

    @property
    def limit(self) -> Decimal:
        """Return the minutes that the template allows."""
        return 60 * (self.step.within_hours or Decimal(0))

    @property
    def took(self) -> Decimal:
        """Return the minutes that it took, as far as is told."""
        return self.clock if self.told is None else self.told


def done_too_late(period: Period) -> Iterator[Finding]:
    """Yield a finding for each step that took longer at a place than it may."""
    found: dict[str, list[tuple[Severity, _Step]]] = {}
    for each in _steps(period):
        severity = _severity(period.book, each)
        if severity is not None:
            found.setdefault(each.step.id, []).append((severity, each))
    for step_id, late in found.items():
        worst = max((each for _, each in late), key=lambda each: each.took)
        yield finding_of(
            "done-too-late",
            max((severity for severity, _ in late), key=SEVERITIES.index),
            worst.record,
            about=(period.name, worst.name, *(each.name for _, each in late[:20])),
            values={
                "place": period.name,
                "month": month_text(period.month),
                "count": str(len(late)),
                "step": step_id,
                "before": worst.step.after,
                "thing": worst.name,
                "minutes": shown(worst.took, 0),
                "limit": shown(worst.limit, 0),
                "made": worst.made.time,
                "time": worst.record.time,
            },
            entries=[
                index
                for _, each in late
                for index in (each.record.index, each.made.index)
            ],
            basis=basis_of_step(worst.template, worst.step),
            mark=f"{period.month}:{step_id}",
        )


def told_otherwise(period: Period) -> Iterator[Finding]:
    """Yield a finding if the time told for cooling is not that between the records."""
    found = [
        each
        for each in _steps(period)
        if each.told is not None and abs(each.told - each.clock) > _TELL_APART
    ]
    if not found:
        return
    worst = max(found, key=lambda each: abs((each.told or 0) - each.clock))
    hides = [each for each in found if (each.told or 0) <= each.limit < each.clock]
    yield finding_of(
        "cooling-time-differs",
        "warning" if hides else "notice",
        worst.record,
        about=(period.name, worst.name, *(each.name for each in found[:20])),
        values={
            "place": period.name,
            "month": month_text(period.month),
            "count": str(len(found)),
            "thing": worst.name,
            "told": shown(worst.told or Decimal(0), 0),
            "clock": shown(worst.clock, 0),
            "made": worst.made.time,
            "time": worst.record.time,
        },
        entries=[
            index for each in found for index in (each.record.index, each.made.index)
        ],
        basis=basis_of_step(worst.template, worst.step),
        mark=str(period.month),
    )


def held_too_long(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if raw goods were too old when they were heated."""
    applied = bound_for(thing, "raw.hold") if sources(thing) else None
    if applied is None or not applied.bound.product:
        return
    raw = applied.bound.product
    for flow in thing.made_by:
        if not _is_made_of(thing.book, flow, raw):
            continue
        if raw in thing.makes:
            return
        at = min(r.at_us for r in flow.records)
        oldest = _oldest(thing.book, flow, raw)
        severity = (
            None
            if oldest is None
            else severity_of(applied.bound, hours(at - oldest.at_us))
        )
        if severity is None or oldest is None:
            continue
        yield _held(thing, flow, oldest, applied, severity)


def _held(
    thing: Thing, flow: Flow, oldest: Record, applied: Applied, severity: Severity
) -> Finding:
    return finding_of(
        "held-too-long",
        severity,
        flow.first,
        about=(thing.name, *oldest.names[-1:]),
        values={
            "thing": thing.name,
            "step": flow.process or flow.first.step,
            "time": flow.first.time,
            "source": next((made.name for made in oldest.outputs), oldest.names[0]),
            "made": oldest.time,
            "hours": shown(hours(flow.first.at_us - oldest.at_us), 0),
            "usual": applied.usual,
        },
        entries=[*flow.entries, oldest.index],
        basis=applied.basis,
        mark=str(flow.first.event_id),
    )


def _is_made_of(book: Book, flow: Flow, word: str) -> bool:
    """Tell whether goods of a word for them went into a transformation."""
    for source in flow.inputs:
        if not is_animal(source.name) and word in book.thing(source.name).makes:
            return True
    return False


def _oldest(book: Book, flow: Flow, raw: str) -> Record | None:
    """Return the first making of whatever went into a transformation."""
    waiting = [source.name for source in flow.inputs]
    seen = {*waiting}
    found: list[Record] = []
    for name in waiting:
        thing = book.thing(name)
        if raw not in thing.makes:
            continue
        for maker in thing.made_by:
            if not _is_made_of(book, maker, raw):
                found += maker.records
            elif len(seen) < _MOST_SOURCES:
                inner = [source.name for source in maker.inputs]
                fresh = [each for each in inner if each not in seen]
                seen.update(fresh)
                waiting += fresh
    return min(found, key=lambda r: (r.at_us, r.index), default=None)


@once
def _steps(period: Period) -> Sequence[_Step]:
    """Return the steps with a deadline that were done here, with what they followed."""
    due = [
        step
        for template in period.book.templates
        for step in template.steps
        if step.within_hours is not None
    ]
    words = {word for step in due for word in step.business_steps}
    found: list[_Step] = []
    for record in period.records:
        if record.step not in words or record.type != "ObjectEvent":
            continue
        if not any(_is_done_in(record, step) for step in due):
            continue
        for name in record.names:
            thing = period.book.thing(name)
            if record in thing.records:
                found += _timed(thing, record)
    return found


def _is_done_in(record: Record, step: Step) -> bool:
    return step.fits(
        business_step=record.step,
        disposition=record.disposition,
        process=record.process,
    )


def _timed(thing: Thing, record: Record) -> Iterator[_Step]:
    template = thing.template
    if template is None:
        return
    for step, before in template.timed:
        if not thing.is_step(record, step):
            continue
        if before.makes:
            earlier = [r for flow in thing.made_by for r in flow.records]
        else:
            earlier = [r for r in thing.records if thing.is_step(r, before)]
        made = max(earlier, key=lambda r: (r.at_us, r.index), default=None)
        if made is None:
            continue
        reading = record.reading(_TIME_TOLD)
        is_told = reading is not None and reading.unit == "MIN"
        told = reading.value if reading is not None and is_told else None
        clock = minutes(record.at_us - made.at_us)
        yield _Step(record, made, thing.name, clock, told, template, step)


def _severity(book: Book, each: _Step) -> Severity | None:
    if each.took <= each.limit:
        return None
    applied = bound_of(book, (each.name,), "cool.time")
    if applied is not None and applied.bound.unit == "MIN" and each.told is not None:
        return severity_of(applied.bound, each.took)
    return "warning"
