"""Devices: calibrated when they were used, as fine as they are, and in one place."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from ledger.area import area_of
from ledger.audit.book import Period, finding_of, severity_of, shown
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
_STEPS: Final = (Decimal(5), Decimal(2), Decimal(1))
"""What a device tells apart is one of these, and a power of ten: 0.05, 0.2, 1."""
_LEAST_KINDS: Final = 5
_BY_CHANCE: Final = 1e-6


@dataclass(frozen=True)
class _Value:
    """One value that a device told."""

    record: Record
    value: Decimal


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
    used = [
        r for r in period.in_time if any(x.device == period.name for x in r.readings)
    ]
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
    late: list[tuple[Record, Record]] = []
    for record in period.in_time:
        if not any(x.device == period.name for x in record.readings):
            continue
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
    finest = _finest([_values(period), *around])
    for component, values in _values(period).items():
        known = [*(told.get(component, []) for told in around), values]
        step, told = next(
            (
                (step, told)
                for told in known
                if (step := _step_of(told, finest[component])) is not None
            ),
            (None, values),
        )
        odd = [] if step is None else [v for v in values if v.value % step]
        if step is None or not odd:
            continue
        yield finding_of(
            "finer-than-device",
            "warning",
            odd[0].record,
            about=(period.name, *dict.fromkeys(n for v in odd for n in v.record.names)),
            values={
                "device": period.name,
                "month": month_text(period.month),
                "component": component.partition(":")[2].partition(" ")[0] or component,
                "step": shown(step),
                "known": str(len(told)),
                "count": str(len(odd)),
                "all": str(len(values)),
                "value": f"{odd[0].value:f}",
                "time": odd[0].record.time,
                "place": odd[0].record.place,
            },
            entries=[v.record.index for v in odd],
            mark=f"{period.month}:{component}",
        )


def in_two_places(period: Period) -> Iterator[Finding]:
    """Yield a finding if a device was at two places sooner than it can travel."""
    used = [
        r for r in period.in_time if any(x.device == period.name for x in r.readings)
    ]
    found: list[tuple[Severity, Record, Record]] = []
    for first, second in pairwise(used):
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


def _values(period: Period) -> dict[str, list[_Value]]:
    found: defaultdict[str, list[_Value]] = defaultdict(list)
    for record in period.records:
        for reading in record.readings:
            value = reading.value
            if reading.device == period.name and value is not None and value:
                found[f"{reading.component} {reading.unit}".strip()].append(
                    _Value(record, value)
                )
    return found


def _step_of(values: Sequence[_Value], finest: Decimal) -> Decimal | None:
    """Return the step that nearly all values are multiples of; None if there is none.

    So many would hardly be its multiples if the last digit that is ever written of the
    device were told apart: how many could be is counted.
    """
    written = Counter(each.value for each in values)
    if len(values) < _LEAST_VALUES or len(written) < _LEAST_KINDS:
        return None
    for power in range(3, -1, -1):
        for factor in _STEPS:
            step = factor * finest.scaleb(power)
            fitting = [value for value in written if not value % step]
            fits = sum(written[value] for value in fitting)
            by_chance = math.comb(len(values), fits) * float(finest / step) ** fits
            if (
                len(fitting) >= _LEAST_KINDS
                and 100 * fits >= _OF_A_KIND_PERCENT * len(values)
                and by_chance < _BY_CHANCE
            ):
                return step
    return None


def _finest(told: Sequence[dict[str, list[_Value]]]) -> dict[str, Decimal]:
    """Return the last digit that is written of each figure."""
    found: dict[str, Decimal] = {}
    for month in told:
        for component, values in month.items():
            last = min(_last_digit(each.value) for each in values)
            found[component] = min(last, found.get(component, last))
    return found


def _last_digit(value: Decimal) -> Decimal:
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


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
