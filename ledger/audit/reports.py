"""Reports of laboratories: each is about the goods that it cites, and no others."""

from collections.abc import Iterable, Iterator
from typing import Final

from ledger.audit.book import Book, Period, finding_of, is_test
from ledger.audit.bounds import DAY_US, most_generous
from ledger.audit.finding import Finding
from ledger.audit.packs import is_release, lots_of
from ledger.audit.record import Record

_REPORT: Final = "testres"
"""CBV's word for a document with results, the last part of its longer spellings."""
_MOST: Final = 2_000


def report_twice(report: Period) -> Iterator[Finding]:
    """Yield a finding if one report is about goods that are not of each other."""
    tests = [r for r in _citing(report) if is_test(r)]
    groups: list[list[Record]] = []
    for test in tests:
        same = next(
            (g for g in groups if _is_related(report.book, test.names, g[0].names)),
            None,
        )
        if same is None:
            groups.append([test])
        else:
            same.append(test)
    if len(groups) < 2:
        return
    last = groups[-1][0]
    names = [name for group in groups for name in group[0].names]
    yield finding_of(
        "report-for-two-lots",
        "warning",
        last,
        about=(report.name, *names),
        values={
            "report": report.name,
            "count": str(len(groups)),
            "lot": groups[0][0].names[0],
            "time": groups[0][0].time,
            "tester": groups[0][0].party,
            "other": last.names[0],
            "other_time": last.time,
            "other_tester": last.party,
        },
        entries=[test.index for test in tests],
    )


def report_of_another(report: Period) -> Iterator[Finding]:
    """Yield a finding if goods are let go on a report about other goods, or on none."""
    cited = [r for r in _citing(report) if is_release(r)]
    if not cited:
        return
    tests = [r for r in report.records if is_test(r)]
    if not tests:
        yield from _unknown(report, cited)
        return
    tested = [name for test in tests for name in test.names]
    wrong = [r for r in cited if not _is_related(report.book, r.names, tested)]
    if wrong:
        yield finding_of(
            "report-of-another-lot",
            "critical",
            wrong[0],
            about=(wrong[0].names[0], report.name, *tested[:5]),
            values={
                "report": report.name,
                "lot": wrong[0].names[0],
                "time": wrong[0].time,
                "party": wrong[0].party,
                "tested": ", ".join(dict.fromkeys(tested[:3])),
                "tester": tests[0].party,
                "test_time": tests[0].time,
            },
            entries=[r.index for r in (*wrong, *tests)],
            mark=report.name,
        )


def _unknown(report: Period, cited: list[Record]) -> Iterator[Finding]:
    applied = most_generous(report.book, "late.entry")
    warn = None if applied is None else applied.bound.warn
    if warn is None or warn.most is None:
        return
    if not report.book.is_past(cited[0].at_us + int(warn.most * DAY_US)):
        return
    yield finding_of(
        "report-unknown",
        "warning",
        cited[0],
        about=(cited[0].names[0], report.name),
        values={
            "report": report.name,
            "lot": cited[0].names[0],
            "time": cited[0].time,
            "party": cited[0].party,
            "days": f"{warn.most:f}",
        },
        entries=[r.index for r in cited],
        basis=None if applied is None else applied.basis,
        mark=report.name,
    )


def _citing(report: Period) -> Iterator[Record]:
    """Yield who cites it as a report, and has a say about the goods it is cited for."""
    for record in report.records:
        kinds = {kind for kind, name in record.documents if name == report.name}
        if not any(kind.endswith(_REPORT) for kind in kinds):
            continue
        things = (report.book.thing(name) for name in record.names)
        if record.names and any(record in thing.records for thing in things):
            yield record


def _is_related(book: Book, names: Iterable[str], others: Iterable[str]) -> bool:
    """Tell whether some goods are others, or were made of them, or the reverse."""
    first, second = {*names}, {*others}
    return bool(
        first & second
        or _sources(book, first, second) & second
        or _sources(book, second, first) & first
    )


def _sources(book: Book, names: set[str], wanted: set[str]) -> set[str]:
    """Return what goods were made of, as far back as until something wanted is met."""
    waiting, seen = sorted(names), {*names}
    for name in waiting:
        if seen & wanted or len(seen) >= _MOST:
            break
        thing = book.thing(name)
        inner = {s.name for flow in thing.made_by for s in flow.inputs if s.quantity}
        fresh = (inner | {*lots_of(thing)}) - seen
        seen |= fresh
        waiting += sorted(fresh)
    return seen
