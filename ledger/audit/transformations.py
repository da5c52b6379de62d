"""Transformations: what comes out and is lost went in, and is from somewhere."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from ledger.audit.book import Book, Period, Thing
from ledger.audit.check import GOODS, SINGLE, Check, PeriodCheck, ThingCheck
from ledger.audit.conversion import conversion_of, converted, is_off
from ledger.audit.finding import Finding, Severity, finding_of, shown
from ledger.audit.flow import Flow
from ledger.audit.quantities import (
    EXACT,
    TWO_SCALES,
    flows_about,
    flows_of,
    is_animal,
    is_overdue,
    main_output,
    mass_in,
    mass_out,
    month_text,
    net_kilograms,
    packs,
    sources,
    written,
)
from ledger.audit.record import Amount, Record
from ledger.massflow import key_of
from ledger.template import Step, Template

_ROUNDING: Final = Decimal("0.0005")
"""The share that rounding and dividing may make: less is worth a notice at most."""
_TOO_LITTLE_IN_PACK: Final = Decimal("0.03")
"""What a pack of 500 g may lack by the rules of net contents; common knowledge."""
_LITTLE: Final = Decimal("0.01")
_MOST_NAMED: Final = 100
_MOST_BEHIND: Final = 10_000


def balance(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if the two sides of what made a thing do not balance."""
    for flow in flows_about(thing):
        into = mass_in(thing.book, flow)
        out = mass_out(thing.book, flow) if into else None
        if not into or out is None or flow.lost is None:
            continue
        if out > into and packs(flow):
            yield from _packs_above(thing, flow, into, out)
        else:
            yield from _unbalanced(thing, flow, into, out)


def made_of_nothing(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if goods came into being that nothing went into.

    Only raw goods may: milk that is milked, nuts that are picked. To goods that a
    transformation made, nobody can add more without saying of what.
    """
    template = None if is_animal(thing.name) else thing.template
    if template is None:
        return
    without = [flow.first for flow in thing.made_by if not flow.inputs]
    without += thing.added_by
    if not without:
        return
    wrong = [
        record
        for record in without
        if (thing.made_by and record in thing.added_by and _tells_amount(thing, record))
        or _is_later_step(template, record)
    ]
    # A serial is told of with its lot: once is enough.
    if not wrong or (key_of(thing.name) == "21" and _has_lot(wrong)):
        return
    last = wrong[-1]
    amount = last.amount(thing.name)
    yield finding_of(
        "made-of-nothing",
        "warning",
        last,
        about=(thing.name,),
        values={
            "lot": thing.name,
            "amount": "" if amount is None else written(amount),
            "process": last.process or last.step,
            "time": last.time,
            "party": last.party,
        },
        entries=[
            *(record.index for record in wrong),
            *(index for flow in thing.made_by for index in flow.entries),
        ],
    )


def unknown_inputs(period: Period) -> Iterator[Finding]:
    """Yield a finding if things were used in a month that nobody says the origin of."""
    found: list[tuple[Flow, Amount, Severity]] = []
    here = {record.index for record in period.records}
    for flow in flows_of(period):
        if flow.first.index not in here:
            continue
        for amount in flow.inputs:
            if is_animal(amount.name):
                continue
            grave = _severity_of_unknown(period, flow, amount)
            if grave is not None:
                found.append((flow, amount, grave))
    grades: tuple[Severity, ...] = ("warning", "notice")
    for severity in grades:
        told = [(flow, amount) for flow, amount, how in found if how == severity]
        if told:
            yield _unknown(period, told, severity)


def cycles(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if a thing is made of itself."""
    for flow in flows_about(thing) if sources(thing) else ():
        for amount in flow.inputs:
            if is_animal(amount.name):
                continue
            source = thing.book.thing(amount.name)
            makers = [each.first.index for each in source.made_by]
            # Something of a cycle is used before it is made: only there it is sought.
            if not makers or max(makers) < flow.first.index:
                continue
            through = _way_back(thing, amount.name)
            if through is None:
                continue
            yield finding_of(
                "made-of-itself",
                "critical",
                flow.first,
                about=(thing.name, amount.name),
                values={
                    "lot": thing.name,
                    "source": amount.name,
                    "steps": str(len(through)),
                },
                entries=[*flow.entries, *through],
            )
            return


def _unbalanced(
    thing: Thing, flow: Flow, into: Decimal, out: Decimal
) -> Iterator[Finding]:
    lost = flow.lost or Decimal(0)
    amounts = len(flow.inputs) + len(flow.outputs) + 1
    excess = out + lost - into
    if abs(excess) <= EXACT * amounts:
        return
    share = abs(excess) / into
    has_losses = any(record.losses for record in flow.records)
    if excess > 0:
        template = thing.template
        conversion = None if template is None else conversion_of(template, flow)
        if conversion and conversion.direction == "out/in" and not lost:
            return
        severity: Severity = "critical" if share > TWO_SCALES else "warning"
        rule_id = "out-above-in"
    else:
        severity = "warning" if has_losses and share > TWO_SCALES else "notice"
        rule_id = "mass-not-closing"
        if not has_losses and _is_expected_loss(thing, flow):
            return
    if _is_conversion_off(thing.book, flow):
        return
    yield finding_of(
        rule_id,
        "notice" if share <= _ROUNDING else severity,
        flow.first,
        about=(thing.name, *(each.name for each in flow.inputs)),
        values={
            "lot": thing.name,
            "in": shown(into),
            "out": shown(out),
            "lost": shown(lost),
            "difference": shown(abs(excess)),
            "percent": shown(share * 100, 2),
            "process": flow.process or flow.first.step,
            "time": flow.first.time,
            "party": flow.first.party,
        },
        entries=flow.entries,
    )


def _is_expected_loss(thing: Thing, flow: Flow) -> bool:
    """Tell whether a template says how much such a step leaves."""
    template = thing.template
    return template is not None and conversion_of(template, flow) is not None


def _is_conversion_off(book: Book, flow: Flow) -> bool:
    found = converted(book, flow)
    return found is not None and is_off(found) is not None


def _packs_above(
    thing: Thing, flow: Flow, into: Decimal, out: Decimal
) -> Iterator[Finding]:
    share = (out - into) / into
    if out - into <= EXACT * (len(flow.inputs) + 1):
        return
    net = net_kilograms(thing.book, packs(flow)[0].name) or Decimal(0)
    count = sum((each.number or Decimal(0) for each in packs(flow)), Decimal(0))
    yield finding_of(
        "packs-above-contents",
        "critical" if share > _TOO_LITTLE_IN_PACK else "warning",
        flow.first,
        about=(thing.name, *(each.name for each in flow.inputs)),
        values={
            "lot": thing.name,
            "packs": shown(count),
            "net": shown(net),
            "out": shown(out),
            "in": shown(into),
            "excess": shown(out - into),
            "percent": shown(share * 100, 2),
            "time": flow.first.time,
            "party": flow.first.party,
        },
        entries=flow.entries,
    )


def _tells_amount(thing: Thing, record: Record) -> bool:
    amount = record.amount(thing.name, "about")
    return amount is not None and bool(amount.number)


def _is_later_step(template: Template, record: Record) -> bool:
    """Tell whether a record is a step that makes goods of other goods."""
    makers = [step for step in template.steps if step.makes]
    return any(_fits(step, record) for step in makers[1:]) and not (
        makers and _fits(makers[0], record)
    )


def _fits(step: Step, record: Record) -> bool:
    return step.fits(
        business_step=record.step,
        disposition=record.disposition,
        process=record.process,
    )


def _has_lot(records: list[Record]) -> bool:
    return all(
        any(key_of(each.name) == "10" for each in record.things) for record in records
    )


def _severity_of_unknown(period: Period, flow: Flow, amount: Amount) -> Severity | None:
    source = period.book.thing(amount.name)
    if source.is_made or not flow.outputs:
        return None
    template = period.book.template(main_output(flow))
    if not is_overdue(period.book, flow.first, template):
        return None
    whole = mass_in(period.book, flow)
    is_little = bool(whole and amount.kilograms is not None) and (
        (amount.kilograms or Decimal(0)) < (whole or Decimal(0)) * _LITTLE
    )
    return "notice" if template is None or is_little else "warning"


def _unknown(
    period: Period, told: list[tuple[Flow, Amount]], severity: Severity
) -> Finding:
    names = tuple(dict.fromkeys(amount.name for _, amount in told))
    masses = [amount.kilograms for _, amount in told]
    known = [mass for mass in masses if mass is not None]
    last = max((flow.first for flow, _ in told), key=lambda r: r.at_us)
    return finding_of(
        "used-not-made",
        severity,
        last,
        about=(period.name, *names[:_MOST_NAMED]),
        values={
            "place": period.name,
            "month": month_text(period.month),
            "count": str(len(names)),
            "mass": shown(sum(known, Decimal(0))) if known else "?",
            "first": names[0],
            "made": main_output(told[0][0]),
            "party": last.party,
        },
        entries=[index for flow, _ in told for index in flow.entries]
        + [
            record.index
            for name in names[:_MOST_NAMED]
            for record in period.book.thing(name).records
        ],
        mark=f"{severity} {period.month}",
    )


def _way_back(thing: Thing, source: str) -> list[int] | None:
    """Return the entries by which a source came of the thing itself; None if not."""
    waiting: list[tuple[str, tuple[int, ...]]] = [(source, ())]
    seen = {source}
    while waiting and len(seen) < _MOST_BEHIND:
        name, entries = waiting.pop()
        if name == thing.name:
            return [*entries]
        for flow in thing.book.thing(name).made_by:
            for amount in flow.inputs:
                if amount.name not in seen or amount.name == thing.name:
                    seen.add(amount.name)
                    waiting.append((amount.name, (*entries, *flow.entries)))
    return None


CHECKS: Final[tuple[Check, ...]] = (
    ThingCheck(
        ("out-above-in", "mass-not-closing", "packs-above-contents"),
        balance,
        GOODS | SINGLE,
    ),
    ThingCheck(("made-of-nothing",), made_of_nothing, GOODS | SINGLE),
    ThingCheck(("made-of-itself",), cycles, GOODS | SINGLE),
    PeriodCheck("place", ("used-not-made",), unknown_inputs),
)
