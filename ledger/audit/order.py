"""The order in which things must have happened."""

from collections.abc import Iterator
from typing import Final

from ledger.audit.book import Thing
from ledger.audit.bounds import HOUR_US, MINUTE_US, bound_for, hours, minutes
from ledger.audit.finding import (
    Basis,
    Finding,
    Severity,
    finding_of,
    severity_of,
    shown,
)
from ledger.audit.packs import first_out, is_release
from ledger.audit.record import TESTING, Record, is_test
from ledger.template import Step, Template

NOT_YET: Final = frozenset({"encoding", "other", "reserving", "void_shipping"})
"""Steps that may be about goods that are not made yet: labels, orders."""
_GS1: Final = "https://id.gs1.org/"


def before_it_was_made(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if something was used, tested or moved before it was made."""
    if len(thing.records) < 2:
        return
    makers = [r for flow in thing.made_by for r in flow.records]
    if thing.name.startswith(_GS1):
        makers += [r for r in thing.added_by if r.step == "commissioning"]
    if not makers:
        return
    made = min(makers, key=lambda r: (r.at_us, r.index))
    if thing.in_time[0].at_us >= made.at_us:
        return
    made_in = {r.index for r in makers}
    early = [
        r
        for r in thing.records
        if r.at_us < made.at_us and r.index not in made_in and _needs_it(r)
    ]
    if not early:
        return
    first = min(early, key=lambda r: (r.at_us, r.index))
    severity, basis = _ahead(thing, first, made)
    if severity is None:
        return
    yield finding_of(
        "before-it-was-made",
        severity,
        first,
        about=(thing.name,),
        values={
            "thing": thing.name,
            "step": first.process or first.step,
            "time": first.time,
            "made": made.time,
            "hours": shown(hours(made.at_us - first.at_us), 1),
            "count": str(len(early)),
        },
        entries=[made.index, *(r.index for r in early)],
        basis=basis,
    )


def steps_reversed(thing: Thing) -> Iterator[Finding]:
    """Yield a finding for each step that came before the one it comes after."""
    template = thing.template
    if template is None or len(thing.records) < 2:
        return
    for step, before in _in_order(thing, template):
        earlier = _first(thing, before)
        later = None if earlier is None else _first(thing, step)
        if later is None or earlier is None or later.at_us >= earlier.at_us:
            continue
        if later.step in {"retail_selling", "stocking"}:
            continue
        severity, basis = _ahead(thing, later, earlier)
        if severity is None:
            continue
        yield finding_of(
            _rule(later, earlier),
            severity,
            later,
            about=(thing.name,),
            values={
                "thing": thing.name,
                "step": step.id,
                "before": before.id,
                "time": later.time,
                "due": earlier.time,
                "hours": shown(hours(earlier.at_us - later.at_us), 1),
                "party": later.party,
            },
            entries=[earlier.index],
            basis=basis,
            mark=step.id,
        )


def shipped_before_release(lot: Thing) -> Iterator[Finding]:
    """Yield a finding if packs of a lot left before the lot was released."""
    if TESTING not in lot.steps:
        return
    releases = [r for r in lot.records if is_release(r)]
    if not releases or not lot.made_by or not _is_lot(lot):
        return
    released = min(releases, key=lambda r: (r.at_us, r.index))
    out = first_out(lot)
    if out is None or out.at_us >= released.at_us:
        return
    severity, basis = _ahead(lot, out, released)
    if severity is None:
        return
    yield finding_of(
        "shipped-before-release",
        severity,
        out,
        about=(lot.name, *out.names[:5]),
        values={
            "lot": lot.name,
            "step": out.step,
            "time": out.time,
            "released": released.time,
            "hours": shown(hours(released.at_us - out.at_us), 1),
            "party": out.party,
            "unit": out.names[0],
        },
        entries=[released.index],
        basis=basis,
    )


def _is_lot(thing: Thing) -> bool:
    made = [flow_out for flow in thing.made_by for flow_out in flow.outputs]
    return any(each.name == thing.name and each.quantity for each in made)


def _needs_it(record: Record) -> bool:
    """Tell whether a record is about goods that must be there."""
    return record.step not in NOT_YET or record.type == "TransformationEvent"


def _in_order(thing: Thing, template: Template) -> Iterator[tuple[Step, Step]]:
    """Yield the steps that come after another, each with it, if both may be told."""
    words, is_used = thing.steps, bool(thing.used_by)
    for step, before in template.in_sequence:
        if words.isdisjoint(before.business_steps):
            continue
        if not (is_used if step.makes else not words.isdisjoint(step.business_steps)):
            continue
        if not before.about or before.about in thing.made_in:
            yield step, before


def _first(thing: Thing, step: Step) -> Record | None:
    """Return the first record of a step about a thing, or of what it went into."""
    if step.makes:
        found = [r for f in thing.used_by for r in f.records if _is_done_in(r, step)]
        return min(found, key=lambda r: (r.at_us, r.index), default=None)
    if step.about and step.about not in thing.made_in:
        return None
    for record in thing.in_time:
        is_made = record.type == "TransformationEvent"
        if not is_made and _is_done_in(record, step):
            return record
    return None


def _is_done_in(record: Record, step: Step) -> bool:
    return record.step in step.business_steps and step.fits(
        business_step=record.step,
        disposition=record.disposition,
        process=record.process,
    )


def _ahead(
    thing: Thing, early: Record, late: Record
) -> tuple[Severity | None, Basis | None]:
    """Return how grave it is that something came before another, and by what.

    Of two parties, each has a clock of its own.
    """
    ahead = late.at_us - early.at_us
    if early.key == late.key:
        if ahead < 15 * MINUTE_US:
            return None, None
        return ("critical" if ahead >= HOUR_US else "warning"), None
    applied = bound_for(thing, "future.entry")
    if applied is None:
        return ("critical" if ahead >= HOUR_US else None), None
    return severity_of(applied.bound, minutes(ahead)), applied.basis


def _rule(later: Record, earlier: Record) -> str:
    if is_test(later) and earlier.step == "sampling":
        return "test-before-sample"
    if is_release(later) and is_test(earlier):
        return "released-before-test"
    return "steps-reversed"
