"""The numbers of keys that count what they sign: none is left out, none comes twice.

A device that numbers its statements shows what it signed and when, whatever its clock
says.
"""

from collections.abc import Iterator, Sequence

from ledger.audit.book import Period
from ledger.audit.bounds import days, is_due, minutes, most_generous
from ledger.audit.finding import Finding, finding_of, severity_of, shown
from ledger.audit.quantities import month_text
from ledger.audit.record import Record


def numbers_missing(period: Period) -> Iterator[Finding]:
    """Yield a finding if a key's own numbers leave some out."""
    present = {r.seq: r for r in period.all_records if r.seq is not None}
    if not present:
        return
    around = {
        r.seq
        for months in (-1, 1)
        for r in period.neighbour(months).all_records
        if r.seq is not None
    }
    known, least = around | {*present}, min(present)
    before = [seq for seq in around if seq < least]
    low = max(before) + 1 if before else least
    missing = [seq for seq in range(low, max(present)) if seq not in known]
    if not missing:
        return
    after = present[min(seq for seq in present if seq > missing[0])]
    if not is_due(period.book, after):
        return
    yield finding_of(
        "number-missing",
        "warning",
        after,
        about=(period.name, after.party),
        values={
            "party": after.party,
            "key": period.name,
            "month": month_text(period.month),
            "count": str(len(missing)),
            "numbers": _listed(missing),
            "time": after.time,
        },
        entries=[
            present[min(seq for seq in present if seq > each)].index for each in missing
        ],
        mark=str(period.month),
    )


def numbers_twice(period: Period) -> Iterator[Finding]:
    """Yield a finding if a key gave two statements the same number."""
    by_number: dict[int, list[Record]] = {}
    for record in period.all_records:
        if record.seq is not None:
            by_number.setdefault(record.seq, []).append(record)
    twice = {seq: told for seq, told in by_number.items() if len(told) > 1}
    if not twice:
        return
    last = max((told[-1] for told in twice.values()), key=lambda r: r.index)
    yield finding_of(
        "number-twice",
        "warning",
        last,
        about=(period.name, last.party),
        values={
            "party": last.party,
            "key": period.name,
            "month": month_text(period.month),
            "count": str(len(twice)),
            "numbers": _listed(sorted(twice)),
        },
        entries=[record.index for told in twice.values() for record in told],
        mark=str(period.month),
    )


def clock_set_back(period: Period) -> Iterator[Finding]:
    """Yield a finding if the times of a key that numbers go back while it counts on."""
    told = _numbered(period)
    applied = most_generous(period.book, "future.entry") if told else None
    if applied is None:
        return
    before = _numbered(period.neighbour(-1))
    found: list[tuple[Record, Record]] = []
    latest: Record | None = None
    for record in sorted([*before, *told], key=lambda r: r.seq or 0):
        if latest is None or record.at_us >= latest.at_us:
            latest = record
        elif severity_of(applied.bound, minutes(latest.at_us - record.at_us)):
            found.append((latest, record))
    own = {record.index for record in told}
    found = [pair for pair in found if pair[1].index in own]
    if not found:
        return
    latest, worst = max(found, key=lambda pair: pair[0].at_us - pair[1].at_us)
    yield finding_of(
        "clock-set-back",
        "warning",
        worst,
        about=(period.name, worst.party, *worst.names[:5]),
        values={
            "party": worst.party,
            "key": period.name,
            "month": month_text(period.month),
            "count": str(len(found)),
            "number": str(worst.seq),
            "time": worst.time,
            "before": str(latest.seq),
            "before_time": latest.time,
            "days": shown(days(latest.at_us - worst.at_us), 1),
            "usual": applied.usual,
        },
        entries=[index for pair in found for index in (r.index for r in pair)],
        basis=applied.basis,
        mark=str(period.month),
    )


def _numbered(period: Period) -> list[Record]:
    """Return what has a number of the key, and is no declaration."""
    return [r for r in period.all_records if r.seq is not None and not r.is_declaration]


def _listed(numbers: Sequence[int]) -> str:
    """Write numbers down, runs of them from the first to the last.

    >>> _listed([3, 4, 5, 9])
    '3-5, 9'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    told = ["-".join(str(end) for end in run) for run in runs]
    return ", ".join(told[:8]) + (" …" if len(told) > 8 else "")
