"""Days on which animals were milked, and days on which they were not.

Animals in milk are milked daily, but for storms, and storms come over a whole county.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ledger.audit.book import Period, once
from ledger.audit.finding import Finding, finding_of
from ledger.audit.flow import Flow
from ledger.audit.quantities import month_text
from ledger.audit.record import Record
from ledger.audit.when import day_of

_REGULAR_PERCENT: Final = 80
"""A place that milks on so many of its days does so daily."""
_FEW_PERCENT: Final = 25
_LEAST_PLACES: Final = 4
_LEAST_DAYS: Final = 10
_TAKING_OVER: Final = frozenset({"accepting", "collecting", "receiving"})


def days_left_out(period: Period) -> Iterator[Finding]:
    """Yield a finding if a place that milks daily tells of no milking on some days."""
    here = _milked(period)
    if len(here) < _LEAST_DAYS:
        return
    before = _milked(period.neighbour(-1))
    first, last = max(before, default=min(here)), max(here)
    # A gap over the end of a month is told of the month in which it ends.
    missing = [d for d in range(first, last) if d not in here and d not in before]
    if not missing:
        return
    last = min(_milked(period.neighbour(1)), default=last)
    if 100 * len(here) < _REGULAR_PERCENT * (last + 1 - first):
        return
    resumed = here[min(day for day in here if day > missing[-1])]
    yield finding_of(
        "days-without-milking",
        "notice",
        resumed,
        about=(period.name, resumed.party),
        values={
            "place": period.name,
            "month": month_text(period.month),
            "count": str(len(missing)),
            "days": _listed(missing),
            "milked": str(len(here)),
        },
        entries=[r.index for r in _around(here, missing)],
        mark=str(period.month),
    )


def milked_alone(period: Period) -> Iterator[Finding]:
    """Yield a finding if milk was milked on days on which nearly nobody else milked.

    A station's deliveries show who milked when.
    """
    milked = _by_place(period)
    days = sorted({day for found in milked.values() for day in found})
    if len(days) < _LEAST_DAYS:
        return
    span = range(days[0], days[-1] + 1)
    regular = {
        place: found
        for place, found in milked.items()
        if 100 * len(found) >= _REGULAR_PERCENT * len(span)
    }
    odd: list[tuple[int, str, Record]] = []
    for day in span[1:-1]:
        did = [place for place, found in regular.items() if day in found]
        if (
            len(regular) >= _LEAST_PLACES
            and did
            and (100 * len(did) <= _FEW_PERCENT * len(regular))
        ):
            odd += [(day, place, regular[place][day]) for place in did]
    for place in dict.fromkeys(place for _, place, _ in odd):
        alone = [(day, record) for day, where, record in odd if where == place]
        yield finding_of(
            "milked-alone",
            "warning",
            alone[0][1],
            about=(place, alone[0][1].party, *(r.names[-1] for _, r in alone)),
            values={
                "place": place,
                "station": period.name,
                "month": month_text(period.month),
                "count": str(len(alone)),
                "days": _listed([day for day, _ in alone]),
                "others": str(len(regular) - 1),
            },
            entries=[record.index for _, record in alone],
            mark=f"{period.name}:{period.month}",
        )


def _by_place(period: Period) -> dict[str, dict[int, Record]]:
    """Return on which days the milk that was taken over here was milked, by place."""
    found: defaultdict[str, dict[int, Record]] = defaultdict(dict)
    for record in period.records:
        if record.step not in _TAKING_OVER or record.type == "TransformationEvent":
            continue
        for name in record.names:
            thing = period.book.thing(name)
            if record not in thing.records:
                continue
            for made in _milkings(thing.made_by):
                found[made.place].setdefault(made.day, made)
    return found


def _milkings(flows: Sequence[Flow]) -> Iterator[Record]:
    for flow in flows:
        yield from (record for record in flow.records if _is_milking(record))


def _is_milking(record: Record) -> bool:
    return record.process == "milking" and record.type == "TransformationEvent"


@once
def _milked(period: Period) -> Mapping[int, Record]:
    """Return the last milking of each day of a month."""
    return {r.day: r for r in period.records if _is_milking(r)}


def _around(here: Mapping[int, Record], missing: Sequence[int]) -> Iterator[Record]:
    """Yield the last milking before days left out, and the first one after them."""
    for day, record in here.items():
        if day + 1 in missing or day - 1 in missing:
            yield record


def _listed(days: Sequence[int]) -> str:
    told = [day_of(day) for day in days]
    return ", ".join(told[:6]) + (" …" if len(told) > 6 else "")
