"""Origin: what is sold as somebody's came of the animals that are registered there.

This module compares milk with animals: those that are milked with those that are in the
herd book, what is in the can with what was measured of them. ``dates`` compares the
dates of goods, ``species`` what goods are of, and ``reach`` the packs with the animals.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from ledger.audit import dates, reach, species
from ledger.audit.book import Period
from ledger.audit.check import Check, PeriodCheck
from ledger.audit.finding import (
    Finding,
    Severity,
    basis_of,
    finding_of,
    severity_of,
    shown,
)
from ledger.audit.flow import Flow
from ledger.audit.herdbook import (
    MILKING,
    Animal,
    ends,
    is_closing,
    is_opening,
    kin_of,
)
from ledger.audit.herdmonth import HerdMonth, herd_months, kept
from ledger.audit.quantities import EXACT, is_animal, is_overdue, month_text
from ledger.audit.record import Record
from ledger.template import Bound

_MOST_NAMED: Final = 100
_HOUR_US: Final = 3_600_000_000
_ONE_MILKING_US: Final = 6 * _HOUR_US
"""What was measured within so many hours of a milking is of it."""
_LEAST_MILKINGS: Final = 20
"""So many milkings together have a sum that scales do not move."""
_OF_A_MONTH: Final = Decimal("1.01")
"""What meters that are in order may be off over a month; a choice of this project."""


def not_in_herd_book(period: Period) -> Iterator[Finding]:
    """Yield a finding if animals are milked that no herd book has."""
    unknown: dict[str, list[Record]] = {}
    known: dict[str, bool] = {}
    for record in kept(period):
        if record.process != MILKING or record.type != "TransformationEvent":
            continue
        for amount in record.things:
            name = amount.name
            if amount.role != "input" or amount.quantity or known.get(name):
                continue
            if name not in known and is_animal(name):
                known[name] = _is_registered(period, name)
            if name in known and not known[name]:
                unknown.setdefault(name, []).append(record)
    if not unknown:
        return
    found = sorted({r.index: r for told in unknown.values() for r in told}.items())
    first = found[0][1]
    template = period.book.template(first.outputs[0].name) if first.outputs else None
    if not is_overdue(period.book, first, template):
        return
    names = tuple(unknown)
    yield finding_of(
        "milked-not-registered",
        "warning",
        first,
        about=(period.name, *names[:_MOST_NAMED]),
        values={
            "place": period.name,
            "month": month_text(period.month),
            "count": str(len(names)),
            "all": str(len(known)),
            "milkings": str(len(found)),
            "first": names[0],
            "time": first.time,
            "party": first.party,
            "lot": first.outputs[0].name if first.outputs else "",
        },
        entries=[index for index, _ in found],
        mark=str(period.month),
    )


def more_head_than_registered(period: Period) -> Iterator[Finding]:
    """Yield a finding if more animals are told to be milked than the herd book has."""
    beyond: list[tuple[Record, int, int]] = []
    herd: list[Record] | None = None
    for record in kept(period):
        told = record.fact("head") if record.process == MILKING else ""
        if not told.isdecimal():
            continue
        if len(record.inputs) >= int(told):
            continue
        herd = herd or _herd_of(period)
        registered = len(_in_herd(herd, record.at_us))
        if registered and int(told) > registered:
            beyond.append((record, int(told), registered))
    if not beyond:
        return
    record, head, registered = max(beyond, key=lambda each: each[1] - each[2])
    template = period.book.template(record.outputs[0].name) if record.outputs else None
    if not is_overdue(period.book, record, template):
        return
    yield finding_of(
        "more-head-than-registered",
        "warning",
        record,
        about=(period.name,),
        values={
            "place": period.name,
            "month": month_text(period.month),
            "count": str(len(beyond)),
            "head": str(head),
            "registered": str(registered),
            "time": record.time,
            "party": record.party,
        },
        entries=[
            *(each.index for each, _, _ in beyond),
            *(r.index for r in (herd or [])[:_MOST_NAMED]),
        ],
        mark=str(period.month),
    )


def can_against_animals(period: Period) -> Iterator[Finding]:
    """Yield a finding if cans hold more than was measured of the animals."""
    for herd in herd_months(period):
        bound = herd.template.bound("delivery.over.milked")
        compared = [] if bound is None else _compared(herd)
        if bound is None or not compared:
            continue
        above = [
            (flow, out, sum_)
            for flow, out, sum_ in compared
            if out > sum_ + EXACT and severity_of(bound, out / sum_)
        ]
        if above:
            yield _can(herd, bound, above)
        elif len(compared) >= _LEAST_MILKINGS:
            out = sum((each for _, each, _ in compared), Decimal(0))
            measured = sum((each for _, _, each in compared), Decimal(0))
            if out > measured * _OF_A_MONTH:
                yield _can(herd, bound, compared)


def _is_registered(period: Period, name: str) -> bool:
    """Tell whether a herd book has an animal: born, bought or tagged."""
    if kin_of(period.book, name).entry is not None:
        return True
    thing = period.book.thing(name)
    return any(
        is_opening(record, name)
        or (record.type == "AssociationEvent" and record.amount(name, "parent"))
        for record in Animal(thing).told
    )


def _herd_of(period: Period) -> list[Record]:
    return list(period.book.period("herd", period.name).in_time)


def _in_herd(herd: list[Record], at_us: int) -> set[str]:
    """Return the animals that are registered at a place at a time."""
    found: set[str] = set()
    for record in herd:
        if record.at_us > at_us:
            break
        for name in record.names:
            if not is_animal(name):
                continue
            if is_opening(record, name):
                found.add(name)
            elif is_closing(record, name) or ends(record, name):
                found.discard(name)
    return found


def _compared(herd: HerdMonth) -> list[tuple[Flow, Decimal, Decimal]]:
    """Return the milkings of which every animal was measured, with both masses.

    What was kept at home is counted to what is in the can.
    """
    if not herd.flows or not herd.yields:
        return []
    measured = {
        animal: ([y.record.at_us for y in yields], [y.kilograms for y in yields])
        for animal, yields in herd.by_animal.items()
    }
    found = []
    for flow in herd.flows:
        at_us, known = flow.first.at_us, list[Decimal]()
        for amount in flow.inputs:
            told = measured.get(amount.name)
            given = None if told is None else _given(*told, at_us)
            if given is None:
                break
            known.append(given)
        if not known or len(known) < len(flow.inputs):
            continue
        out = sum((each.kilograms or Decimal(0) for each in flow.outputs), Decimal(0))
        lost = flow.lost
        if out and lost is not None:
            found.append((flow, out + lost, sum(known, Decimal(0))))
    return [each for each in found if each[2]]


def _given(times: list[int], masses: list[Decimal], at_us: int) -> Decimal | None:
    """Return what an animal was measured to give at a milking; None if it was not.

    Args:
        times: When it was measured, in order.
        masses: What it gave then.
        at_us: When it was milked.
    """
    first = bisect_right(times, at_us - _ONE_MILKING_US)
    last = bisect_left(times, at_us + _ONE_MILKING_US, first)
    if last - first == 1:
        return masses[first]
    return sum(masses[first:last], Decimal(0)) if first < last else None


def _can(
    herd: HerdMonth, bound: Bound, above: list[tuple[Flow, Decimal, Decimal]]
) -> Finding:
    flow, out, measured = max(above, key=lambda each: each[1] / each[2])
    whole = sum((each for _, each, _ in above), Decimal(0))
    given = sum((each for _, _, each in above), Decimal(0))
    severity: Severity = severity_of(bound, out / measured) or "warning"
    lots = tuple(flow.outputs[0].name for flow, _, _ in above)
    return finding_of(
        "can-above-animals",
        severity,
        flow.first,
        about=(herd.place, *lots[:_MOST_NAMED]),
        values=herd.values
        | {
            "count": str(len(above)),
            "cans": shown(whole),
            "measured": shown(given),
            "excess": shown(whole - given),
            "lot": flow.outputs[0].name,
            "can": shown(out),
            "animals": shown(measured),
            "time": flow.first.time,
            "party": flow.first.party,
        },
        entries=[
            *(index for flow, _, _ in above for index in flow.entries),
            *(
                each.record.index
                for each in herd.yields
                if abs(each.record.at_us - flow.first.at_us) < _ONE_MILKING_US
            ),
        ],
        basis=basis_of(herd.template, bound),
        mark=str(herd.month),
    )


CHECKS: Final[tuple[Check, ...]] = (
    PeriodCheck("place", ("milked-not-registered",), not_in_herd_book),
    PeriodCheck("place", ("more-head-than-registered",), more_head_than_registered),
    PeriodCheck("place", ("can-above-animals",), can_against_animals),
    *dates.CHECKS,
    *species.CHECKS,
    *reach.CHECKS,
)
