"""Devices: calibrated when they were used, as fine as they are, and in one place."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import Final

from ledger.area import area_of
from ledger.audit.book import Period, once
from ledger.audit.bounds import MINUTE_US, hours, most_generous
from ledger.audit.check import Check, PeriodCheck
from ledger.audit.finding import (
    SEVERITIES,
    Finding,
    Severity,
    finding_of,
    severity_of,
    shown,
)
from ledger.audit.quantities import month_text
from ledger.audit.record import Record
from ledger.audit.when import instant_of
from ledger.position import POSITIONS, kilometres

_CALIBRATION: Final = "calibration"
_AT_ONCE_US: Final = MINUTE_US
_SLACK_KM: Final = 60
_LEAST_VALUES: Final = 20
_OF_A_KIND_PERCENT: Final = 90
_PLACES: Final = 6
"""Of a number, at most: see ``encoding``."""
_STEPS: Final = (5, 2, 1)
"""What a device tells apart is one of these, and a power of ten: 0.05, 0.2, 1."""
_LEAST_KINDS: Final = 5
_BY_CHANCE: Final = 1e-6
_DEVICE: Final = attrgetter("device")


@dataclass(frozen=True)
class _Told:
    """What a device told of one component in a month, in millionths; no zeros.

    Attributes:
        counts: How often each value was told.
        count: How many that are.
        common: The most of which all values are multiples.
        last: How many zeros stand at the end of any value.
        steps: What it tells apart, as far as that was asked for; see ``_step_of``.
    """

    counts: Mapping[int, int]
    count: int
    common: int
    last: int
    steps: dict[int, int] = field(default_factory=dict, compare=False)


def used_out_of_date(period: Period) -> Iterator[Finding]:
    """Yield a finding if a device was used when its calibration was no more in force.

    A device that nobody ever calibrated is not told of here: many need none.
    """
    device = period.book.thing(period.name)
    calibrations = [
        (until, r)
        for r in device.in_time
        if r.step == "inspecting"
        and r.process == _CALIBRATION
        and r.disposition == "conformant"
        and (until := instant_of(r.fact("validUntil"))) is not None
    ]
    if not calibrations:
        return
    used = _used(period)
    late = [r for r in used if _is_out_of_date(r, calibrations)]
    if not late:
        return
    until, last = max(
        (each for each in calibrations if each[1].at_us <= late[0].at_us),
        key=lambda each: each[0],
    )
    yield finding_of(
        "calibration-out-of-date",
        "warning",
        late[0],
        about=(period.name, late[0].place, *late[0].names[:5]),
        values={
            "device": period.name,
            "month": month_text(period.month),
            "until": last.fact("validUntil"),
            "calibrated": last.time,
            "count": str(len(late)),
            "all": str(len(used)),
            "time": late[0].time,
            "place": late[0].place,
            "days": shown(hours(late[-1].at_us - until) / 24, 1),
        },
        entries=[last.index, *(r.index for r in late)],
        mark=str(period.month),
    )


def used_after_failing(period: Period) -> Iterator[Finding]:
    """Yield a finding if a device was used after it had failed its calibration."""
    device = period.book.thing(period.name)
    judged = [
        r
        for r in device.in_time
        if r.step == "inspecting"
        and r.process == _CALIBRATION
        and r.disposition in {"conformant", "non_conformant"}
    ]
    if all(r.disposition == "conformant" for r in judged):
        return
    late: list[tuple[Record, Record]] = []
    for record in _used(period):
        before = [r for r in judged if r.at_us <= record.at_us]
        if before and before[-1].disposition == "non_conformant":
            late.append((before[-1], record))
    if not late:
        return
    failed, first = late[0]
    yield finding_of(
        "calibration-failed",
        "warning",
        first,
        about=(period.name, first.place, *first.names[:5]),
        values={
            "device": period.name,
            "month": month_text(period.month),
            "failed": failed.time,
            "tester": failed.party,
            "count": str(len(late)),
            "time": first.time,
            "place": first.place,
        },
        entries=[failed.index, *(r.index for _, r in late)],
        mark=str(period.month),
    )


def finer_than_it_is(period: Period) -> Iterator[Finding]:
    """Yield a finding if a few values are finer than a device tells apart.

    What it tells apart is read off its own values: nearly all of them, in this month or
    in one beside it, are multiples of one step.
    """
    values = _values(period)
    if not values:
        return
    around = [_values(period.neighbour(months)) for months in (-1, 1)]
    for name, here in values.items():
        component = " ".join(filter(None, name))
        known = [*(told[name] for told in around if name in told), here]
        finest = min(told.last for told in known)
        step, told = next(
            ((step, told) for told in known if (step := _step_of(told, finest))),
            (0, here),
        )
        if not step or not here.common % step:
            continue
        odd = _odd(period, name, step)
        first, value = odd[0]
        yield finding_of(
            "finer-than-device",
            "warning",
            first,
            about=(period.name, *dict.fromkeys(n for r, _ in odd for n in r.names)),
            values={
                "device": period.name,
                "month": month_text(period.month),
                "component": component.partition(":")[2].partition(" ")[0] or component,
                "step": shown(Decimal(step).scaleb(-_PLACES)),
                "known": str(told.count),
                "count": str(len(odd)),
                "all": str(here.count),
                "value": f"{value:f}",
                "time": first.time,
                "place": first.place,
            },
            entries=[record.index for record, _ in odd],
            mark=f"{period.month}:{component}",
        )


def in_two_places(period: Period) -> Iterator[Finding]:
    """Yield a finding if a device was at two places sooner than it can travel."""
    if len({r.place for r in period.records}) < 2:
        return
    found: list[tuple[Severity, Record, Record]] = []
    for first, second in pairwise(_used(period)):
        severity = _apart(period, first, second)
        if severity is not None:
            found.append((severity, first, second))
    if not found:
        return
    severity, first, second = max(found, key=lambda each: SEVERITIES.index(each[0]))
    yield finding_of(
        "device-in-two-places",
        severity,
        second,
        about=(period.name, first.place, second.place),
        values={
            "device": period.name,
            "month": month_text(period.month),
            "count": str(len(found)),
            "place": first.place,
            "time": first.time,
            "other": second.place,
            "other_time": second.time,
            "minutes": shown(Decimal(second.at_us - first.at_us) / MINUTE_US, 0),
        },
        entries=[r.index for _, *both in found for r in both],
        mark=str(period.month),
    )


def _is_out_of_date(record: Record, calibrations: Sequence[tuple[int, Record]]) -> bool:
    """Tell whether those calibrations that there were by then are over."""
    known = [until for until, r in calibrations if r.at_us <= record.at_us]
    return bool(known) and max(known) < record.at_us


@once
def _used(period: Period) -> Sequence[Record]:
    """Return what a device has measured, in the order of time."""
    name = period.name
    return [r for r in period.in_time if name in map(_DEVICE, r.readings)]


@once
def _values(period: Period) -> Mapping[tuple[str, str], _Told]:
    """Return what a device told in a month, by component and unit."""
    readings = Counter(x for r in period.records for x in r.readings)
    found: defaultdict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for reading, times in readings.items():
        if reading.device == period.name and reading.values:
            counts = found[reading.component, reading.unit]
            if value := _millionths(reading.values[0]):
                counts[value] = counts.get(value, 0) + times
    return {name: _told(counts) for name, counts in found.items() if counts}


def _told(counts: Mapping[int, int]) -> _Told:
    common = math.gcd(*counts)
    digits = str(common)
    last = len(digits) - len(digits.rstrip("0"))
    return _Told(counts, sum(counts.values()), common, last)


@lru_cache(maxsize=10_000)
def _millionths(written: str) -> int:
    return int(Decimal(written).scaleb(_PLACES))


def _odd(
    period: Period, name: tuple[str, str], step: int
) -> Sequence[tuple[Record, Decimal]]:
    """Return what a device told of a component that is no multiple of a step."""
    return [
        (record, Decimal(reading.values[0]))
        for record in period.records
        for reading in record.readings
        if reading.device == period.name
        and (reading.component, reading.unit) == name
        and reading.values
        and _millionths(reading.values[0]) % step
    ]


def _step_of(told: _Told, finest: int) -> int:
    """Return the step that nearly all values are multiples of; 0 if there is none.

    So many would hardly be its multiples if the last digit that is ever written of the
    device were told apart: how many could be is counted.
    """
    if told.count < _LEAST_VALUES:
        return 0
    if finest not in told.steps:
        told.steps[finest] = _step_from(told, finest)
    return told.steps[finest]


def _step_from(told: _Told, finest: int) -> int:
    fitting, found = told.counts, 0
    for power in range(4):
        unit = 10 ** (finest + power)
        if told.common % unit:
            fitting = _multiples(fitting, unit)
        if not _are_nearly_all(fitting, told):
            break
        for factor in _STEPS:
            fits = fitting if factor == 1 else _multiples(fitting, factor * unit)
            if _are_nearly_all(fits, told) and (
                _chance(told.count, sum(fits.values()), factor * 10**power)
                < math.log(_BY_CHANCE)
            ):
                found = factor * unit
                break
    return found


def _multiples(counts: Mapping[int, int], step: int) -> Mapping[int, int]:
    return {value: n for value, n in counts.items() if not value % step}


def _are_nearly_all(counts: Mapping[int, int], told: _Told) -> bool:
    """Tell whether nearly all values are among some of them, and these are several."""
    return (
        len(counts) >= _LEAST_KINDS
        and 100 * sum(counts.values()) >= _OF_A_KIND_PERCENT * told.count
    )


def _chance(count: int, fits: int, step: int) -> float:
    """Return the logarithm of how many sets of values might fit a step by chance."""
    ways = (
        math.lgamma(count + 1) - math.lgamma(fits + 1) - math.lgamma(count - fits + 1)
    )
    return ways - fits * math.log(step)


def _apart(period: Period, first: Record, second: Record) -> Severity | None:
    """Return how grave it is that a device was at two places one after the other."""
    if first.place == second.place:
        return None
    book = period.book
    if {*book.holders(first.place)} & {*book.holders(second.place)}:
        return None
    took = second.at_us - first.at_us
    if took < _AT_ONCE_US:
        return "critical"
    begins, ends = (area_of(r.fact("area")) for r in (first, second))
    road = most_generous(book, "speed.road")
    if road is None or begins not in POSITIONS or ends not in POSITIONS:
        return None
    far = kilometres(POSITIONS[begins], POSITIONS[ends]) - _SLACK_KM
    return severity_of(road.bound, far / hours(took)) if far > 0 else None


CHECKS: Final[tuple[Check, ...]] = (
    PeriodCheck("device", ("calibration-out-of-date",), used_out_of_date),
    PeriodCheck("device", ("calibration-failed",), used_after_failing),
    PeriodCheck("device", ("finer-than-device",), finer_than_it_is),
    PeriodCheck("device", ("device-in-two-places",), in_two_places),
)
