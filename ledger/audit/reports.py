"""Reports of laboratories: each is about the goods that it cites, and no others."""

from collections.abc import Iterable, Iterator
from typing import Final

from ledger.audit.book import Book, Period, Thing
from ledger.audit.bounds import DAY_US, most_generous
from ledger.audit.finding import Finding, finding_of
from ledger.audit.packs import is_release, lots_of
from ledger.audit.record import Record, is_test

_REPORT: Final = "testres"
"""CBV's word for a document with results, the last part of its longer spellings."""
_MOST: Final = 2_000


def report_twice(report: Period) -> Iterator[Finding]:
    """Yield a finding if one report is about goods that are not of each other."""
    tests = [r for r in _citing(report) if is_test(r)]
    groups: list[tuple[Record, _Sources]] = []
    for test in tests:
        sources = _Sources(report.book, test.names)
        if not any(_are_related(sources, others) for _, others in groups):
            groups.append((test, sources))
    if len(groups) < 2:
        return
    last = groups[-1][0]
    names = [name for first, _ in groups for name in first.names]
    yield finding_of(
        "report-for-two-lots",
        "warning",
        last,
        about=(report.name, *names),
        values={
            "report": report.name,
            "count": str(len(groups)),
            "lot": names[0],
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
    known = _Sources(report.book, tested)
    wrong = [
        r for r in cited if not _are_related(_Sources(report.book, r.names), known)
    ]
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


class _Sources:
    """What some goods were made of, read no further back than it is asked for.

    Attributes:
        names: Of the goods.
    """

    def __init__(self, book: Book, names: Iterable[str]) -> None:
        """Begin with the goods themselves."""
        self.names = frozenset(names)
        self._book = book
        self._seen = {*self.names}
        self._waiting = sorted(self.names)
        self._next = 0

    def have(self, wanted: frozenset[str]) -> bool:
        """Tell whether something is among them, or is one of the goods."""
        while self._seen.isdisjoint(wanted):
            if self._next == len(self._waiting) or len(self._seen) >= _MOST:
                return False
            self._widen(self._book.thing(self._waiting[self._next]))
            self._next += 1
        return True

    def _widen(self, thing: Thing) -> None:
        inner = {s.name for flow in thing.made_by for s in flow.inputs if s.quantity}
        fresh = (inner | {*lots_of(thing)}) - self._seen
        self._seen |= fresh
        self._waiting += sorted(fresh)


def _are_related(one: _Sources, other: _Sources) -> bool:
    """Tell whether some goods are others, or were made of them, or the reverse."""
    return one.have(other.names) or other.have(one.names)
