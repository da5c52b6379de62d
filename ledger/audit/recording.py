"""When things were recorded: late, ahead of time, out of order, or all at one time.

What was taken over from a register was recorded there; nothing here is said of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ledger.audit.book import Period
from ledger.audit.bounds import (
    DAY_US,
    HOUR_US,
    bound_of,
    days,
    minutes,
    most_generous,
)
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
from ledger.audit.when import hour_of

_FACTS: Final = frozenset({"commissioning", "installing", "replacing", "encoding"})
"""Steps that put down what lasts: a birth, a tag. Whoever begins has old ones."""
_MEANWHILE_US: Final = 12 * HOUR_US
"""How long before others must have been recorded, to show that the key was in use."""
_SHORTLY_US: Final = DAY_US
_AT_ONE_TIME_US: Final = HOUR_US
_BATCH: Final = 10
_BATCH_DAYS: Final = 3


def late_entries(period: Period) -> Iterator[Finding]:
    """Yield a finding if a key recorded things long after they happened."""
    found: list[tuple[Severity, Record]] = []
    for record in _own_late(period):
        severity = _lateness(period, record)
        if severity is not None:
            found.append((severity, record))
    applied = most_generous(period.book, "late.entry") if found else None
    if applied is None:
        return
    worst = max(found, key=lambda each: each[1].logged_us - each[1].at_us)[1]
    applied = bound_of(period.book, worst.names, "late.entry") or applied
    yield finding_of(
        "late-entry",
        max((severity for severity, _ in found), key=SEVERITIES.index),
        worst,
        about=(period.name, worst.party, *worst.names[:5]),
        values={
            "party": worst.party,
            "key": period.name,
            "month": month_text(period.month),
            "count": str(len(found)),
            "all": str(len(period.records)),
            "time": worst.time,
            "recorded": hour_of(worst.logged_us, worst.offset_minutes),
            "days": shown(days(worst.logged_us - worst.at_us), 1),
            "usual": applied.usual,
        },
        entries=[record.index for _, record in found],
        basis=applied.basis,
        mark=str(period.month),
    )


def out_of_order(period: Period) -> Iterator[Finding]:
    """Yield a finding if a party recorded something of a place well after later things.

    Whoever has no signal records all of a day late, or of several. It is odd if a party
    recorded what was hours before and after, and days later comes back to what lies
    between.
    """
    late = [
        record
        for record in _own_late(period)
        if record.step not in _FACTS and _lateness(period, record) is None
    ]
    if not late:
        return
    others = [*period.records, *period.neighbour(1).records]
    pairs = [(record, _later_ones(record, others)) for record in late]
    found = [(record, later) for record, later in pairs if later]
    if not found:
        return
    single = [record for record, _ in found if _is_single(record, others)]
    worst, later = max(
        found, key=lambda each: (each[0] in single, each[0].logged_us - each[0].at_us)
    )
    applied = bound_of(period.book, worst.names, "late.entry")
    far = days(worst.logged_us - worst.at_us)
    is_usual = applied is None or applied.bound.expected.has(far)
    yield finding_of(
        "recorded-out-of-order",
        "notice" if is_usual or not single else "warning",
        worst,
        about=(period.name, worst.party, *worst.names[:5]),
        values={
            "party": worst.party,
            "key": worst.key,
            "place": period.name,
            "month": month_text(period.month),
            "count": str(len(found)),
            "time": worst.time,
            "recorded": hour_of(worst.logged_us, worst.offset_minutes),
            "days": shown(far, 1),
            "later": str(len(later)),
        },
        entries=[record.index for record, _ in found] + [later[0].index],
        basis=None if applied is None else applied.basis,
        mark=str(period.month),
    )


def future_entries(period: Period) -> Iterator[Finding]:
    """Yield a finding if things are told that had not happened when they were told."""
    found: list[tuple[Severity, Record]] = []
    for record in period.records:
        ahead = record.at_us - record.logged_us
        applied = (
            bound_of(period.book, record.names, "future.entry") if ahead > 0 else None
        )
        if applied is None:
            continue
        severity = severity_of(applied.bound, minutes(ahead))
        if severity is not None:
            found.append((severity, record))
    if not found:
        return
    worst = max(found, key=lambda each: each[1].at_us - each[1].logged_us)[1]
    applied = bound_of(period.book, worst.names, "future.entry")
    yield finding_of(
        "told-before-it-happened",
        max((severity for severity, _ in found), key=SEVERITIES.index),
        worst,
        about=(period.name, worst.party, *worst.names[:5]),
        values={
            "party": worst.party,
            "key": period.name,
            "month": month_text(period.month),
            "count": str(len(found)),
            "time": worst.time,
            "recorded": hour_of(worst.logged_us, worst.offset_minutes),
            "minutes": shown(minutes(worst.at_us - worst.logged_us), 0),
            "usual": "5" if applied is None else applied.usual,
        },
        entries=[record.index for _, record in found],
        basis=None if applied is None else applied.basis,
        mark=str(period.month),
    )


def at_one_time(period: Period) -> Iterator[Finding]:
    """Yield a finding if a key recorded many days' work at one time."""
    if len(period.records) < _BATCH:
        return
    applied = most_generous(period.book, "late.entry")
    if applied is None or applied.bound.expected.most is None:
        return
    usual_us = int(applied.bound.expected.most * DAY_US)
    if not any(r.logged_us - r.at_us > usual_us for r in period.records):
        return
    own = [r for r in _own(period, period.records) if r.step not in _FACTS]
    batches = [
        batch
        for batch in _batches(own)
        if len(batch) >= _BATCH
        and len({record.day for record in batch}) >= _BATCH_DAYS
        and any(record.logged_us - record.at_us > usual_us for record in batch)
        and all(_lateness(period, record) is None for record in batch)
    ]
    if not batches:
        return
    largest = max(batches, key=len)
    entered = sum(len(batch) for batch in batches)
    yield finding_of(
        "recorded-at-one-time",
        "warning" if 2 * entered > len(own) else "notice",
        largest[0],
        about=(period.name, largest[0].party),
        values={
            "party": largest[0].party,
            "key": period.name,
            "month": month_text(period.month),
            "count": str(len(largest)),
            "days": str(len({record.day for record in largest})),
            "first": min(largest, key=lambda r: r.at_us).time,
            "last": max(largest, key=lambda r: r.at_us).time,
            "recorded": hour_of(largest[-1].logged_us, largest[-1].offset_minutes),
            "batches": str(len(batches)),
            "entered": str(entered),
            "all": str(len(own)),
        },
        entries=[record.index for batch in batches for record in batch],
        basis=applied.basis,
        mark=str(period.month),
    )


def _own_late(period: Period) -> list[Record]:
    """Return what of its own was recorded more than a day late."""
    late = [
        r
        for r in period.records
        if r.logged_us - r.at_us > DAY_US and not r.is_registered
    ]
    return _own(period, late) if late else []


def _own(period: Period, records: Iterable[Record]) -> list[Record]:
    """Return what was recorded here first, and is no correction of what was."""
    declared = {
        (r.party, r.step, name)
        for r in period.all_records
        if r.is_declaration
        for name in r.names
    }
    return [
        record
        for record in records
        if not record.is_registered
        and not (
            declared
            and any((record.party, record.step, n) in declared for n in record.names)
        )
    ]


def _lateness(period: Period, record: Record) -> Severity | None:
    """Return how grave it is that something was recorded so late; None if it is not."""
    late = days(record.logged_us - record.at_us)
    applied = bound_of(period.book, record.names, "late.entry") if late > 1 else None
    severity = None if applied is None else severity_of(applied.bound, late)
    return "notice" if severity and record.step in _FACTS else severity


def _later_ones(record: Record, others: Sequence[Record]) -> list[Record]:
    """Return what happened later than something, and was recorded well before it."""
    return [
        other
        for other in others
        if other.party == record.party
        and other.step not in _FACTS
        and other.at_us > record.at_us + HOUR_US
        and other.logged_us < record.logged_us - _MEANWHILE_US
    ]


def _is_single(record: Record, others: Sequence[Record]) -> bool:
    """Tell whether what was shortly before and after was recorded in time."""
    prompt = [
        other.at_us
        for other in others
        if other.party == record.party and other.logged_us - other.at_us <= DAY_US
    ]
    before = [at for at in prompt if at <= record.at_us]
    after = [at for at in prompt if at > record.at_us]
    return bool(before and after) and min(after) - max(before) <= _SHORTLY_US


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Yield runs of records, each of which was recorded soon after the one before."""
    batch: list[Record] = []
    for record in sorted(records, key=lambda r: (r.logged_us, r.index)):
        if batch and record.logged_us - batch[-1].logged_us > _AT_ONE_TIME_US:
            yield batch
            batch = []
        batch.append(record)
    if batch:
        yield batch
