"""How far goods came in what time.

Areas are counties and cities, known to ten kilometres, and a county is wide: so much is
taken off every distance before it is held against a speed.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from ledger.audit.book import Thing
from ledger.audit.bounds import Applied, bound_for, hours
from ledger.audit.finding import (
    SEVERITIES,
    Finding,
    Severity,
    finding_of,
    severity_of,
    shown,
)
from ledger.audit.herdbook import is_animal
from ledger.audit.record import Record
from ledger.identifier import GS1
from ledger.journey import NOT_THERE
from ledger.position import POSITIONS, kilometres

_SLACK_KM: Final = 60
"""Two counties are wide, and their seats are known to ten kilometres."""
_TOLD_SHARE: Final = Decimal("0.98")
"""Of a distance that is told, which may be rounded."""
_RETURNABLE: Final = ("8003", "8004")
"""Keys of GS1 for crates and other assets."""
_ARRIVING: Final = frozenset({"arriving", "receiving"})
_LEAVING: Final = frozenset({"departing", "shipping"})
_DAY_HOURS: Final = Decimal(24)
_LEAST_HOURS: Final = Decimal("0.01")
_BOUNDS: Final = {"air": "speed.air", "road": "speed.road", "": "speed.road"}
"""By ``caravan:mode``. Of other ways of travel no template says how fast they are."""


class Leg(NamedTuple):
    """From one record to another of the same thing.

    Attributes:
        start: Where it set out.
        end: Where it arrived.
        kilometres: At least so far apart.
        start_name: Place of the start.
        end_name: The same of the end.
        mode: How it travelled, as told; empty if nobody says.
    """

    start: Record
    end: Record
    kilometres: Decimal
    start_name: str
    end_name: str
    mode: str

    @property
    def hours(self) -> Decimal:
        """Return how long it took at most."""
        took = hours(self.end.at_us - self.start.at_us)
        # Of what happened at midnight, only the day is told.
        for record in (self.start, self.end):
            if _is_midnight(record):
                took += _DAY_HOURS
        return max(took, _LEAST_HOURS)

    @property
    def speed(self) -> Decimal:
        """Return how fast it was at least, in kilometres an hour."""
        return self.kilometres / self.hours


def impossible_journeys(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if something came from place to place faster than can be."""
    worst: tuple[Severity, Leg, Applied] | None = None
    for leg in _legs(thing):
        applied, speed = _bound(thing, leg), leg.speed
        severity = None if applied is None else severity_of(applied.bound, speed)
        if severity is None or applied is None:
            continue
        if not leg.mode and severity == "critical" and _could_fly(thing, leg):
            severity = "warning"
        grade = (SEVERITIES.index(severity), speed)
        if worst is None or grade > (SEVERITIES.index(worst[0]), worst[1].speed):
            worst = (severity, leg, applied)
    if worst is None:
        return
    severity, leg, applied = worst
    yield finding_of(
        "too-fast",
        severity,
        leg.end,
        about=(thing.name,),
        values={
            "thing": thing.name,
            "from": leg.start_name,
            "left": leg.start.time,
            "to": leg.end_name,
            "arrived": leg.end.time,
            "kilometres": shown(leg.kilometres, 0),
            "hours": shown(leg.hours, 1),
            "speed": shown(leg.speed, 0),
            "mode": leg.mode or "-",
            "usual": applied.usual,
        },
        entries=[leg.start.index],
        basis=applied.basis,
        mark=leg.end.event_id,
    )


def left_after_arriving(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if something left a place once it had arrived at the next.

    Animals have their own check, and what is returned goes round.
    """
    if thing.steps.isdisjoint(_LEAVING) or thing.steps.isdisjoint(_ARRIVING):
        return
    there: Record | None = None
    for record in thing.in_time:
        if record.step in _ARRIVING:
            there = record
        elif record.step in _LEAVING and there is not None:
            is_elsewhere = record.place != there.place
            if is_elsewhere and _was_at(thing, record.place, there):
                if _goes_one_way(thing):
                    yield _left_late(thing, there, record)
                return


def _goes_one_way(thing: Thing) -> bool:
    """Tell whether it is one thing that is neither an animal nor returned."""
    is_returned = any(f"{GS1}{key}/" in thing.name for key in _RETURNABLE)
    return not is_returned and _is_single(thing) and not is_animal(thing)


def _was_at(thing: Thing, place: str, until: Record) -> bool:
    """Tell whether something had been at a place before it arrived at the next."""
    return any(
        r.place == place and r.step not in NOT_THERE and r.at_us < until.at_us
        for r in thing.records
    )


def _left_late(thing: Thing, there: Record, left: Record) -> Finding:
    took = hours(left.at_us - there.at_us)
    return finding_of(
        "left-after-arriving",
        "critical" if took >= 1 else "warning",
        left,
        about=(thing.name,),
        values={
            "thing": thing.name,
            "from": left.place,
            "left": left.time,
            "to": there.place,
            "arrived": there.time,
            "hours": shown(took, 1),
            "party": left.party,
            "other": there.party,
        },
        entries=[there.index],
    )


def _legs(thing: Thing) -> Iterator[Leg]:
    if [r for r in thing.in_time if "distance" in r.facts]:
        yield from _told_legs(thing)
    areas = [r.facts["area"] for r in thing.in_time if "area" in r.facts]
    if not areas or areas.count(areas[0]) == len(areas):
        return
    there = [
        (r, area)
        for r in thing.in_time
        if (area := r.facts.get("area", "")) in POSITIONS and r.step not in NOT_THERE
    ]
    if _is_single(thing):
        pairs = [*pairwise(there)]
    else:
        # Of a lot, a part may stay: but none is elsewhere before it was made.
        makers = {r.index for flow in thing.made_by for r in flow.records}
        made = [each for each in there if each[0].index in makers]
        if len({area for _, area in made}) != 1:
            return
        pairs = [(made[0], each) for each in there if each[0].index not in makers]
    for (start, begins), (end, ends) in pairs:
        if begins == ends or end.at_us < start.at_us:
            continue
        far = _kilometres(begins, ends)
        if far > 0:
            mode = end.fact("mode") or start.fact("mode")
            yield Leg(start, end, far, start.place, end.place, mode)


@lru_cache(maxsize=10_000)
def _kilometres(begins: str, ends: str) -> Decimal:
    """Return how far it is at least from one area to another; not above 0 if near."""
    return Decimal(kilometres(POSITIONS[begins], POSITIONS[ends]) - _SLACK_KM)


def _told_legs(thing: Thing) -> Iterator[Leg]:
    """Yield legs of which somebody told how far they are.

    If two stops are told to be so far from one place, they are at least as far from
    each other as these two differ.
    """
    last: tuple[Record, str, Decimal] | None = None
    for number, end in enumerate(thing.in_time):
        if "distance" not in end.facts:
            continue
        far, _, unit = end.fact("distance").partition(" ")
        begins = end.fact("distance.from")
        if not far or unit != "KMT" or not begins:
            continue
        told = Decimal(far)
        mode = end.fact("mode")
        left = [r for r in thing.in_time[:number] if r.place == begins]
        if left:
            yield Leg(left[-1], end, told * _TOLD_SHARE, begins, end.place, mode)
        if last is not None and last[1] == begins and last[0].place != end.place:
            between = abs(told - last[2]) * _TOLD_SHARE
            stop = [r for r in thing.in_time[:number] if r.place == last[0].place][-1]
            if between:
                yield Leg(stop, end, between, last[0].place, end.place, mode)
        last = (end, begins, told)


def _bound(thing: Thing, leg: Leg) -> Applied | None:
    bound_id = _BOUNDS.get(leg.mode)
    return None if bound_id is None else bound_for(thing, bound_id)


def _could_fly(thing: Thing, leg: Leg) -> bool:
    """Tell whether an aircraft could have come so far."""
    flown = bound_for(thing, "speed.air")
    return flown is not None and severity_of(flown.bound, leg.speed) is None


def _is_single(thing: Thing) -> bool:
    """Tell whether it is one thing, not so much of something."""
    return thing.kind == "single" or not any(
        named.name == thing.name
        for record in thing.records
        for named in record.things
        if named.quantity
    )


def _is_midnight(record: Record) -> bool:
    return (record.at_us + record.offset_minutes * 60_000_000) % 86_400_000_000 == 0
