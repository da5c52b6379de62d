"""What goes in a carton or on a pallet by quantity, and what comes out of it.

Serials are looked at one by one in :mod:`codes`; here are lots of which so many are
packed. A quantity is compared with another of its own unit only, whatever unit that is.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from ledger.audit.book import Thing
from ledger.audit.check import PARCELS, Check, ThingCheck
from ledger.audit.finding import Finding, finding_of, shown
from ledger.audit.record import Record

_Held = dict[tuple[str, str], Decimal]
"""Quantities by lot and unit."""
_MOST_NAMED: Final = 10


def contents(unit: Thing) -> Iterator[Finding]:
    """Yield findings of lots that did not come out as they were put in.

    Nobody brings a parcel into being: whoever first packs it has a say, and whoever it
    is handed on to.
    """
    inside: _Held = defaultdict(Decimal)
    packed: list[Record] = []
    about = [
        r
        for r in unit.in_time
        if r.type == "AggregationEvent" and r.amount(unit.name, "parent")
    ]
    first = next((r for r in about if r.action == "ADD"), None)
    heard = frozenset[str]() if first is None else unit.heard(first.parties)
    for record in about:
        told = _quantities(record)
        if heard.isdisjoint(record.parties) or not (told or inside):
            continue
        if record.action == "ADD":
            packed.append(record)
            for key, quantity in told.items():
                inside[key] += quantity
        elif record.action == "DELETE":
            inside.clear()
        elif inside and told:
            yield from _compared(unit, inside, packed, record, told)
    yield from _of_unknown_origin(unit, packed)


def told_differently(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if one event about a thing is told in two ways.

    It counts whoever tells: that two parties give one identifier to two stories is so
    even if one of them has no say about the thing. It is reported of the first thing
    that the first of the two names, and nowhere else.
    """
    told = thing.all_records
    if len(told) < 2 or len({r.event_id for r in told}) == len(told):
        return
    first: dict[str, Record] = {}
    for record in told:
        if record.is_declaration:
            continue
        known = first.setdefault(record.event_id, record)
        if known.parties == record.parties or known.things == record.things:
            continue
        if known.names[0] != thing.name:
            continue
        yield finding_of(
            "event-told-differently",
            "warning",
            record,
            about=(thing.name, known.party, record.party),
            values={
                "event": record.event_id,
                "time": record.time,
                "one": known.party,
                "other": record.party,
                "first": _said(known),
                "second": _said(record),
            },
            entries=[known.index],
            mark=record.event_id,
        )


def _compared(
    unit: Thing, inside: _Held, packed: list[Record], record: Record, told: _Held
) -> Iterator[Finding]:
    wrong = sorted(
        key for key in {*inside, *told} if inside.get(key, 0) != told.get(key, 0)
    )
    if not wrong:
        return
    lot, measure = wrong[0]
    is_more = any(told.get(key, Decimal(0)) > inside.get(key, 0) for key in wrong)
    yield finding_of(
        "parcel-differs",
        "critical" if is_more else "warning",
        record,
        about=(unit.name, *(name for name, _ in wrong[:_MOST_NAMED])),
        values={
            "unit": unit.name,
            "party": record.party,
            "place": record.place,
            "time": record.time,
            "packer": packed[-1].party,
            "lot": lot,
            "packed": f"{shown(inside.get(wrong[0], Decimal(0)))} {measure}".strip(),
            "found": f"{shown(told.get(wrong[0], Decimal(0)))} {measure}".strip(),
            "count": str(len(wrong)),
        },
        entries=[each.index for each in packed],
        mark=record.event_id,
    )


def _of_unknown_origin(unit: Thing, packed: list[Record]) -> Iterator[Finding]:
    for record in packed:
        unknown = [
            name for name, _ in _quantities(record) if not unit.book.thing(name).is_made
        ]
        if unknown:
            yield finding_of(
                "packed-from-nowhere",
                "warning",
                record,
                about=(unit.name, *unknown[:_MOST_NAMED]),
                values={
                    "unit": unit.name,
                    "party": record.party,
                    "time": record.time,
                    "lot": unknown[0],
                    "count": str(len(unknown)),
                },
                mark=record.event_id,
            )


def _quantities(record: Record) -> _Held:
    found: _Held = defaultdict(Decimal)
    for amount in record.things:
        if amount.role == "child" and amount.number is not None:
            found[amount.name, amount.unit] += amount.number
    return found


def _said(record: Record) -> str:
    """Return what an event says of its goods, in short."""
    told = [
        f"{amount.role} {amount.name} {amount.quantity} {amount.unit}".strip()
        for amount in record.things
        if amount.quantity
    ]
    return "; ".join(told[:2]) or ", ".join(record.names[:2])


CHECKS: Final[tuple[Check, ...]] = (
    ThingCheck(("parcel-differs", "packed-from-nowhere"), contents, PARCELS),
    ThingCheck(("event-told-differently",), told_differently),
)
