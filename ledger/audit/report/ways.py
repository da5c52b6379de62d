"""Where things went and how they grew: what is drawn of single things."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Final

from ledger.audit.book import Thing
from ledger.audit.bounds import bound_of
from ledger.audit.record import Record
from ledger.audit.report.charts.growth import Growth, Weight
from ledger.audit.report.charts.journey import MOST_STOPS, Journey, Leg, Stop
from ledger.chart import Band
from ledger.growth import BANDS
from ledger.journey import NOT_THERE
from ledger.position import POSITIONS, kilometres

_WEIGHT: Final = "caravan:weight"
_CAMEL: Final = "camel"
_MINUTE_US: Final = 60_000_000
_DAY_US: Final = 86_400_000_000
_SLACK_KM: Final = 60
"""Two counties are wide, and their seats are known to ten kilometres."""
_BOUNDS: Final = {"air": "speed.air", "road": "speed.road", "": "speed.road"}
"""By ``caravan:mode``. Of other ways of travel no template says how fast they are."""
_OLDEST: Final = 14_610
_HEAVIEST_KG: Final = 5000
_MOST_WEIGHTS: Final = 200
_BANDS_FROM: Final = "growth.source"


def journey_of(thing: Thing) -> Journey | None:
    """Return the way of a thing; None if it has none that can be drawn.

    Of a lot parts go different ways: if it is told of at a place again, it has none.
    """
    there = [
        each for each in thing.in_time if each.place and each.step not in NOT_THERE
    ]
    stays = [*_stays(there)]
    places = {stay[0].place for stay in stays}
    if len(places) < 2 or (len(places) < len(stays) and not _is_single(thing)):
        return None
    areas = {each.place: area for each in there if (area := each.fact("area"))}
    stays = stays[:MOST_STOPS]
    stops = tuple(
        Stop(
            stay[0].place,
            areas.get(stay[0].place, ""),
            stay[0].time,
            tuple(record.index for record in stay[:3]),
        )
        for stay in stays
    )
    legs = tuple(
        _leg(thing, before[-1], after[0], areas) for before, after in pairwise(stays)
    )
    return Journey(thing.name, stops, legs)


def growth_of(thing: Thing) -> Growth | None:
    """Return the weighings of an animal; None if there are none, or no birth."""
    born = next(
        (
            record
            for record in thing.in_time
            if thing.name in record.created and record.type == "ObjectEvent"
        ),
        None,
    )
    if born is None:
        return None
    is_camel = born.fact("ilmd.species").casefold() == _CAMEL
    bands: tuple[Band, ...] = tuple(BANDS) if is_camel else ()
    weights = [
        weight
        for record in thing.in_time
        if record.names == (thing.name,)
        and (weight := _weight(record, born.at_us, bands)) is not None
    ]
    if not weights:
        return None
    source = _BANDS_FROM if bands else ""
    return Growth(thing.name, tuple(weights[-_MOST_WEIGHTS:]), bands, source)


def is_outside(age: int, grams: int, bands: Sequence[Band]) -> bool:
    """Tell whether a weight is outside the bounds of its age, if there are any.

    >>> is_outside(0, 46_000, BANDS), is_outside(0, 36_000, BANDS)
    (True, False)
    >>> is_outside(1000, 46_000, BANDS)
    False
    """
    for band in bands:
        for (start, low, high), (end, low_end, high_end) in pairwise(band):
            if start <= age <= end:
                past, days = age - start, end - start
                least = low + (low_end - low) * past // days
                most = high + (high_end - high) * past // days
                return not least <= grams <= most
    return False


def _stays(records: Sequence[Record]) -> Iterator[list[Record]]:
    """Yield what happened at one place before it happened at another."""
    for _, stay in groupby(records, key=lambda record: record.place):
        yield [*stay]


def _is_single(thing: Thing) -> bool:
    """Tell whether it is one thing, not so much of something."""
    return not any(
        named.quantity
        for record in thing.records
        for named in record.things
        if named.name == thing.name
    )


def _leg(thing: Thing, before: Record, after: Record, areas: Mapping[str, str]) -> Leg:
    start = POSITIONS.get(areas.get(before.place, ""))
    end = POSITIONS.get(areas.get(after.place, ""))
    far = None if start is None or end is None else kilometres(start, end)
    minutes = (after.at_us - before.at_us) // _MINUTE_US
    mode = after.fact("mode") or before.fact("mode")
    fastest = _fastest(thing, mode) if far else None
    is_odd = (
        far is not None
        and fastest is not None
        and (far - _SLACK_KM) * 60 > fastest * max(minutes, 0)
    )
    return Leg(minutes, far, fastest, mode if far else "", is_odd)


def _fastest(thing: Thing, mode: str) -> int | None:
    """Return the fastest that is possible, in km/h, if a template says."""
    bound_id = _BOUNDS.get(mode)
    if bound_id is None:
        return None
    applied = bound_of(thing.book, (thing.name,), bound_id)
    widest = None if applied is None else applied.bound.critical
    return None if widest is None or widest.most is None else int(widest.most)


def _weight(record: Record, born_us: int, bands: Sequence[Band]) -> Weight | None:
    reading = record.reading(_WEIGHT)
    if reading is None or reading.unit != "KGM" or reading.value is None:
        return None
    age = (record.at_us - born_us) // _DAY_US
    if not 0 <= age <= _OLDEST or not 0 < reading.value <= _HEAVIEST_KG:
        return None
    grams = int(reading.value * Decimal(1000))
    outside = is_outside(age, grams, bands)
    return Weight(age, grams, record.time[:10], record.index, outside)
