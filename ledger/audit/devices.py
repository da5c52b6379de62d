"""Devices: calibrated when they were used, as fine as they are, and in one place."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from ledger.area import area_of
from ledger.audit.book import Period, finding_of, once, severity_of, shown
from ledger.audit.bounds import MINUTE_US, hours, most_generous
from ledger.audit.check import Check, PeriodCheck
from ledger.audit.finding import SEVERITIES, Finding, Severity
from ledger.audit.quantities import month_text
from ledger.audit.record import Record
from ledger.audit.when import instant_of
from ledger.position import POSITIONS, kilometres

_CALIBRATION: Final = "calibration"
_AT_ONCE_US: Final = MINUTE_US
_SLACK_KM: Final = 60
_LEAST_VALUES: Final = 20
_OF_A_KIND_PERCENT: Final = 90
_STEPS: Final = (5, 2, 1)
"""What a device tells apart is one of these, and a power of ten: 0.05, 0.2, 1."""
_LEAST_KINDS: Final = 5
_BY_CHANCE: Final = 1e-6


@dataclass(frozen=True)
class _Told:
    """What a device told of one component in a month.

    Attributes:
        values: Each value, and the record that has it.
        counts: How often each was told.
        last: The last digit of any that is not 0, as a power of ten.
    """

    values: Sequence[tuple[Record, Decimal]]
    counts: Mapping[Decimal, int]
    last: int


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
    around = [_values(period.neighbour(months)) for months in (-1, 1)]
    for name, here in _values(period).items():
        component = " ".join(filter(None, name))
        known = [*(told[name] for told in around if name in told), here]
        finest = min(told.last for told in known)
        step, told = next(
            (
                (step, told)
                for told in known
                if (step := _step_of(told, finest)) is not None
            ),
            (None, here),
        )
        if step is None or not any(value % step for value in here.counts):
            continue
        odd = [(record, value) for record, value in here.values if value % step]
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
                "step": shown(step),
                "known": str(len(told.values)),
                "count": str(len(odd)),
                "all": str(len(here.values)),
                "value": f"{value:f}",
                "time": first.time,
                "place": first.place,
            },
            entries=[record.index for record, _ in odd],
            mark=f"{period.month}:{component}",
        )


def in_two_places(period: Period) -> Iterator[Finding]:
    """Yield a finding if a device was at two places sooner than it can travel."""
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
    return [r for r in period.in_time if any(x.device == name for x in r.readings)]


@once
def _values(period: Period) -> Mapping[tuple[str, str], _Told]:
    """Return what a device told in a month, by component and unit; zeros left out."""
    found: defaultdict[tuple[str, str], list[tuple[Record, str]]] = defaultdict(list)
    for record in period.records:
        for reading in record.readings:
            if reading.device == period.name and reading.values:
                told = (record, reading.values[0])
                found[reading.component, reading.unit].append(told)
    by_name = {name: _told(written) for name, written in found.items()}
    return {name: told for name, told in by_name.items() if told.values}


def _told(written: Sequence[tuple[Record, str]]) -> _Told:
    numbers = {text: Decimal(text) for text in {text for _, text in written}}
    values = [(r, value) for r, text in written if (value := numbers[text])]
    counts = Counter(value for _, value in values)
    return _Told(values, counts, min(map(_last_digit, counts), default=0))


def _step_of(told: _Told, finest: int) -> Decimal | None:
    """Return the step that nearly all values are multiples of; None if there is none.

    So many would hardly be its multiples if the last digit that is ever written of the
    device were told apart: how many could be is counted.
    """
    count = len(told.values)
    if count < _LEAST_VALUES or len(told.counts) < _LEAST_KINDS:
        return None
    # As whole numbers of that last digit.
    units = [(int(value.scaleb(-finest)), n) for value, n in told.counts.items()]
    for power in range(3, -1, -1):
        for factor in _STEPS:
            step = factor * 10**power
            fitting = [n for unit, n in units if not unit % step]
            fits = sum(fitting)
            if (
                len(fitting) >= _LEAST_KINDS
                and 100 * fits >= _OF_A_KIND_PERCENT * count
                and _chance(count, fits, step) < math.log(_BY_CHANCE)
            ):
                return Decimal(step).scaleb(finest)
    return None


def _chance(count: int, fits: int, step: int) -> float:
    """Return the logarithm of how many sets of values might fit a step by chance."""
    ways = (
        math.lgamma(count + 1) - math.lgamma(fits + 1) - math.lgamma(count - fits + 1)
    )
    return ways - fits * math.log(step)


def _last_digit(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


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
