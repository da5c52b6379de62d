"""Goods that left and never arrived, and goods that came without being handed over."""

from collections.abc import Iterator
from typing import Final

from ledger.audit.book import Period, Thing
from ledger.audit.bounds import DAY_US, bound_of, is_due
from ledger.audit.finding import Finding, finding_of
from ledger.audit.quantities import month_text
from ledger.audit.record import Record

_LEAVING: Final = frozenset({"departing", "loading", "shipping"})
_ON_THE_ROAD: Final = frozenset(
    {"arriving", "departing", "inspecting", "sensor_reporting", "transporting"}
)
"""Steps of goods on their way: an inspection on the road ends nothing."""


def handovers_open(period: Period) -> Iterator[Finding]:
    """Yield a finding for what left here, and of which nothing more is told.

    The ledger has to go on for as long after it as what is told late may take.
    """
    leaving = [r for r in period.records if r.step in _LEAVING and _leaves(r)]
    for record in leaving:
        names = _what_leaves(record)
        applied = bound_of(period.book, names, "late.entry")
        warn = None if applied is None else applied.bound.warn
        if applied is None or warn is None or warn.most is None:
            continue
        last: tuple[Record, int] | None = None
        lost: list[str] = []
        for name in names:
            thing = period.book.thing(name)
            if record not in thing.records or not _is_last(thing, record):
                continue
            on_the_way = thing.in_time[-1]
            lost.append(name)
            if last is None or on_the_way.at_us > last[1]:
                last = (on_the_way, on_the_way.at_us)
        if last is None:
            continue
        if not period.book.is_past(last[1] + int(warn.most * DAY_US)):
            continue
        yield finding_of(
            "handover-open",
            "warning",
            record,
            about=lost,
            values={
                "thing": lost[0],
                "count": str(len(lost)),
                "place": record.place,
                "time": record.time,
                "party": record.party,
                "to": ", ".join(name for _, name in record.destinations) or "-",
                "last": last[0].time,
                "last_step": last[0].step,
                "last_place": last[0].place,
                "days": f"{warn.most:f}",
            },
            entries=[last[0].index],
            basis=applied.basis,
            mark=record.event_id,
        )


def used_without_handover(period: Period) -> Iterator[Finding]:
    """Yield a finding if goods were used here that nobody had handed over to the user.

    Whoever made them, or has them from others, says nothing of it; so the user has no
    say about them.
    """
    found: list[tuple[str, Record]] = []
    for record in period.records:
        if record.type != "TransformationEvent":
            continue
        for used in record.inputs:
            thing = period.book.thing(used.name) if used.quantity else None
            if thing is None or not thing.speakers.isdisjoint(record.parties):
                continue
            is_others = record in thing.apart and thing.creators
            if is_others and is_due(period.book, record):
                found.append((used.name, record))
    for party in dict.fromkeys(record.party for _, record in found):
        own = [(name, record) for name, record in found if record.party == party]
        name, last = own[-1]
        makers = period.book.thing(name).creators
        yield finding_of(
            "used-without-handover",
            "warning",
            last,
            about=(period.name, *dict.fromkeys(each for each, _ in own[:50]), party),
            values={
                "place": period.name,
                "month": month_text(period.month),
                "party": party,
                "count": str(len({each for each, _ in own})),
                "thing": name,
                "maker": ", ".join(sorted(makers)),
                "step": last.process or last.step,
                "time": last.time,
            },
            entries=[record.index for _, record in own],
            mark=f"{period.month}:{party}",
        )


def _leaves(record: Record) -> bool:
    """Tell whether goods leave for somebody, or are on a vehicle."""
    if record.step not in _LEAVING or record.disposition not in {"", "in_transit"}:
        return False
    return bool(record.destinations) or record.type == "TransformationEvent"


def _what_leaves(record: Record) -> tuple[str, ...]:
    """Return what leaves: what is outermost."""
    if record.type == "TransformationEvent":
        return tuple(made.name for made in record.outputs)
    outer = tuple(t.name for t in record.things if t.role == "parent")
    return outer or tuple(t.name for t in record.things if t.role == "about")


def _is_last(thing: Thing, record: Record) -> bool:
    """Tell whether goods are still on the way that a record begins."""
    taken = (r for r in thing.apart if r.amount(thing.name, "input") is not None)
    if thing.used_by or any(taken):
        return False
    after = [
        r
        for r in thing.records
        if (r.at_us, r.index) > (record.at_us, record.index)
        or (r.at_us == record.at_us and r.step not in _ON_THE_ROAD | _LEAVING)
    ]
    if any(r.step not in _ON_THE_ROAD or _leaves(r) or _ends(r) for r in after):
        return False
    if any(r.action == "DELETE" for r in thing.records):
        return False
    return not any(
        child.step not in _ON_THE_ROAD | _LEAVING
        for name in _contents(thing)
        for child in thing.book.thing(name).records
        if child.at_us > record.at_us
    )


def _ends(record: Record) -> bool:
    """Tell whether goods that arrive are no more under way."""
    return record.step == "arriving" and record.disposition not in {"", "in_transit"}


def _contents(thing: Thing) -> tuple[str, ...]:
    """Return what was packed into something."""
    return tuple(
        dict.fromkeys(
            inner.name
            for record in thing.records
            if record.type == "AggregationEvent"
            and any(t.role == "parent" and t.name == thing.name for t in record.things)
            for inner in record.things
            if inner.role == "child"
        )
    )
