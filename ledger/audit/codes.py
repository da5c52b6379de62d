"""Codes: one for each pouch that was packed, used once, in one carton at a time.

This module looks at how codes are given out and packed; ``sales`` at what is sold.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from ledger.audit import sales
from ledger.audit.book import Period, Thing
from ledger.audit.check import PARCELS, Check, PeriodCheck, ThingCheck
from ledger.audit.finding import Finding, finding_of, shown
from ledger.audit.flow import Flow
from ledger.audit.quantities import flows_of, is_overdue, measure, month_text, packs
from ledger.audit.record import Record
from ledger.identifier import GS1
from ledger.massflow import item_of, key_of

_MOST_NAMED: Final = 100
_PRINTING: Final = "encoding"
_UNIT: Final = f"{GS1}00/"
_REUSED_DAYS: Final = 365
"""The number of a carton may be given out again after a year (GS1)."""


def serials_above_packed(period: Period) -> Iterator[Finding]:
    """Yield a finding if a packing gives out more or fewer serials than packs."""
    for flow in flows_of(period):
        if len(flow.outputs) < 2:
            continue
        for lot in packs(flow):
            serials = _serials(flow, lot.name)
            packed = lot.number or Decimal(0)
            is_of_maker = any(lot.name in r.created for r in flow.records)
            if not serials or len(serials) == packed or not is_of_maker:
                continue
            is_above = len(serials) > packed
            yield finding_of(
                "serials-above-packed" if is_above else "serials-below-packed",
                "critical" if is_above else "notice",
                flow.first,
                about=(lot.name, *serials[:_MOST_NAMED]),
                values={
                    "lot": lot.name,
                    "serials": str(len(serials)),
                    "packed": shown(packed),
                    "difference": shown(abs(len(serials) - packed)),
                    "time": flow.first.time,
                    "party": flow.first.party,
                },
                entries=flow.entries,
                mark=str(flow.first.index),
            )


def issued_twice(period: Period) -> Iterator[Finding]:
    """Yield a finding if codes that are given out in a month had been given out."""
    found: list[tuple[str, Record, Record]] = []
    for record in period.records:
        for name in record.created:
            is_unit = name.startswith(_UNIT)
            if key_of(name) != "21" and not is_unit:
                continue
            thing = period.book.thing(name)
            makers_told = [r for r in thing.all_records if _may_make(r)]
            if len(makers_told) < 2:
                continue
            makers = [flow.first for flow in thing.made_by] + [*thing.added_by]
            before = [r for r in makers if r.index < record.index]
            first = max(before, key=lambda r: r.index, default=None)
            if first is None or _is_same_flow(first, record):
                continue
            if not is_unit or record.day - first.day < _REUSED_DAYS:
                found.append((name, first, record))
    if not found:
        return
    name, first, record = found[0]
    yield finding_of(
        "issued-twice",
        "critical",
        record,
        about=(name, *(each for each, _, _ in found[:_MOST_NAMED])),
        values={
            "count": str(len(found)),
            "first": name,
            "time": record.time,
            "party": record.party,
            "earlier": first.time,
            "earlier_party": first.party,
            "place": period.name,
            "month": month_text(period.month),
        },
        entries=[each.index for _, *both in found for each in both],
        mark=f"{period.name} {period.month}",
    )


def more_than_printed(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if more codes of a lot are in use than were printed."""
    if _PRINTING not in thing.steps:
        return
    printing = [r for r in thing.records if r.step == _PRINTING]
    printed = _pieces(printing, thing.name)
    packing = [r for flow in thing.made_by for r in flow.records]
    packed = _pieces(packing, thing.name)
    if not printed or packed <= printed:
        return
    last = max(packing, key=lambda r: r.at_us)
    yield finding_of(
        "more-than-printed",
        "critical",
        last,
        about=(thing.name,),
        values={
            "lot": thing.name,
            "printed": shown(printed),
            "packed": shown(packed),
            "excess": shown(packed - printed),
            "time": last.time,
            "party": last.party,
        },
        entries=[r.index for r in (*printing, *packing)],
    )


def packed_wrongly(unit: Thing) -> Iterator[Finding]:
    """Yield findings of what is said to be in a carton and cannot be."""
    putting = [
        r
        for r in unit.in_time
        if r.type == "AggregationEvent" and r.amount(unit.name, "parent")
    ]
    inside: dict[str, Record] = {}
    elsewhere: list[tuple[str, Record, Record]] = []
    unknown: list[tuple[str, Record]] = []
    strange: list[tuple[str, Record]] = []
    for record in putting:
        children = [each.name for each in record.things if each.role == "child"]
        if record.action == "DELETE":
            inside = {
                name: r
                for name, r in inside.items()
                if children and name not in children
            }
            continue
        for name in children:
            if record.action == "OBSERVE":
                if inside and name not in inside and key_of(name) != "10":
                    strange.append((name, record))
                continue
            inside[name] = record
            child = unit.book.thing(name)
            other = _still_in(child, unit.name, record)
            if other is not None:
                elsewhere.append((name, other, record))
            if key_of(name) != "21" or child.is_made:
                continue
            if is_overdue(unit.book, record, None):
                unknown.append((name, record))
    yield from _of_unit("packed-twice", unit, [(n, r) for n, _, r in elsewhere])
    yield from _of_unit("packed-not-issued", unit, unknown)
    yield from _of_unit("content-differs", unit, strange)


def void_used(unit: Thing) -> Iterator[Finding]:
    """Yield a finding if codes went into a carton after they had been made void."""
    wrong = []
    for record in unit.in_time:
        if record.type != "AggregationEvent" or record.action != "ADD":
            continue
        if not record.amount(unit.name, "parent"):
            continue
        for each in record.things:
            if each.role == "child" and key_of(each.name) == "21":
                void = [
                    r
                    for r in unit.book.thing(each.name).records
                    if r.action == "DELETE" and r.type == "ObjectEvent"
                ]
                if any(r.at_us < record.at_us for r in void):
                    wrong.append((each.name, record))
    yield from _of_unit("void-packed", unit, wrong)


def _still_in(child: Thing, unit: str, record: Record) -> Record | None:
    """Return by what a thing was put into another unit that it never left."""
    inside: Record | None = None
    for each in child.in_time:
        if each.at_us > record.at_us or each is record:
            break
        if each.type != "AggregationEvent" or not each.amount(child.name, "child"):
            continue
        parent = next((a.name for a in each.things if a.role == "parent"), "")
        if each.action == "ADD":
            inside = each if parent != unit else None
        elif each.action == "DELETE":
            inside = None
    return inside


def _of_unit(
    rule_id: str, unit: Thing, told: list[tuple[str, Record]]
) -> Iterator[Finding]:
    if not told:
        return
    names = tuple(dict.fromkeys(name for name, _ in told))
    last = told[-1][1]
    yield finding_of(
        rule_id,
        "warning",
        last,
        about=(unit.name, *names[:_MOST_NAMED]),
        values={
            "unit": unit.name,
            "count": str(len(names)),
            "first": names[0],
            "time": last.time,
            "party": last.party,
        },
        entries=[record.index for _, record in told]
        + [
            record.index
            for name in names[:_MOST_NAMED]
            for record in unit.book.thing(name).records
            if record.type == "AggregationEvent" or record.action == "DELETE"
        ],
    )


def _serials(flow: Flow, lot: str) -> tuple[str, ...]:
    item = item_of(lot)
    names = (each.name for each in flow.outputs)
    return tuple(
        dict.fromkeys(n for n in names if key_of(n) == "21" and item_of(n) == item)
    )


def _pieces(records: list[Record], name: str) -> Decimal:
    found = Decimal(0)
    for record in records:
        for each in record.things:
            told = measure(each) if each.name == name else None
            if told is not None and told.dimension == "count":
                found += told.number
    return found


def _may_make(record: Record) -> bool:
    """Tell whether a record may bring something into being."""
    is_added = record.type == "ObjectEvent" and record.action == "ADD"
    return is_added or record.type == "TransformationEvent"


def _is_same_flow(first: Record, record: Record) -> bool:
    return bool(first.flow) and first.flow == record.flow


CHECKS: Final[tuple[Check, ...]] = (
    PeriodCheck(
        "place",
        ("serials-above-packed", "serials-below-packed"),
        serials_above_packed,
    ),
    PeriodCheck("place", ("issued-twice",), issued_twice),
    ThingCheck(("more-than-printed",), more_than_printed),
    ThingCheck(
        ("packed-twice", "packed-not-issued", "content-differs"),
        packed_wrongly,
        PARCELS,
    ),
    ThingCheck(("void-packed",), void_used, PARCELS),
    *sales.CHECKS,
)
