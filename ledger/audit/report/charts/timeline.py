"""When things did not add up: days across, families down, a mark for each finding."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from ledger.audit.finding import SEVERITIES, Finding, Severity
from ledger.audit.report.charts.drawing import Form, drawing, mark, path, text
from ledger.audit.report.wordbook import Wordbook
from ledger.audit.rule import FAMILIES, Family, Rule
from ledger.chart import Shape

FORMS: Final[Mapping[Severity, Form]] = {
    "critical": "triangle",
    "warning": "diamond",
    "notice": "circle",
}
_WIDTH: Final = 720
_LEFT: Final = 130
_RIGHT: Final = 660
_TOP: Final = 14
_ROW: Final = 34
_STACKED: Final = 3
"""Of one family and day so many are drawn side by side, of the others their number."""
_COLUMN: Final = 12
_TICKS: Final = 5

_Cell = dict[tuple[Family, int], list[Finding]]


def timeline_shape(
    findings: Sequence[Finding], *, rules: Mapping[str, Rule], words: Wordbook
) -> Shape | None:
    """Return the findings that have a time by day and family; None if none has.

    Args:
        findings: All of them, in their order.
        rules: Theirs by id.
        words: Of the language.
    """
    days = {finding.id: day_of(finding.at) for finding in findings}
    known = [day for day in days.values() if day is not None]
    if not known:
        return None
    first, last = min(known), max(known)
    span = max(last - first, 1)
    families = {rules[finding.rule_id].family for finding in findings}
    rows = [family for family in FAMILIES if family in families]
    columns = (_RIGHT - _LEFT) // (_COLUMN * _STACKED)
    cells: _Cell = defaultdict(list)
    untimed: Counter[Family] = Counter()
    for finding in findings:
        day, family = days[finding.id], rules[finding.rule_id].family
        if day is None:
            untimed[family] += 1
        else:
            cells[family, (day - first) * (columns - 1) // span].append(finding)
    foot = _TOP + _ROW * len(rows)
    shapes = _frame(rows, untimed, words)
    shapes += _axis(first, last, foot)
    for (family, column), found in sorted(cells.items()):
        x = _LEFT + column * _COLUMN * _STACKED + _COLUMN // 2
        y = _TOP + _ROW * rows.index(family) + _ROW // 2
        shapes += _cell(found, x, y, rules, words)
    return drawing(words("timeline.title"), _WIDTH, foot + 26, shapes)


def day_of(at: str) -> int | None:
    """Return the day of a time as it is written, counted; None if it is no time.

    >>> day_of("1970-01-02T23:00:00+08:00"), day_of("")
    (719164, None)
    """
    try:
        return date.fromisoformat(at[:10]).toordinal()
    except ValueError:
        return None


def _frame(
    rows: Sequence[Family], untimed: Counter[Family], words: Wordbook
) -> list[Shape]:
    shapes = []
    for place, family in enumerate(rows):
        y = _TOP + _ROW * place
        shapes.append(path(f"M{_LEFT} {y + _ROW}H{_RIGHT}", "grid"))
        shapes.append(text(words.word("family", family), 0, y + _ROW // 2 + 4))
        if untimed[family]:
            said = words("timeline.no_time", count=untimed[family])
            shapes.append(text(said, 0, y + _ROW // 2 + 16, "small"))
    return shapes


def _axis(first: int, last: int, foot: int) -> list[Shape]:
    shapes = []
    count = min(_TICKS, last - first + 1)
    for tick in range(count):
        day = first + (last - first) * tick // max(count - 1, 1)
        x = _LEFT + (_RIGHT - _LEFT) * (day - first) // max(last - first, 1)
        side = "end" if tick and tick == count - 1 else "mid" if tick else ""
        shapes.append(path(f"M{x} {_TOP}V{foot}", "grid"))
        shapes.append(text(date.fromordinal(day).isoformat(), x, foot + 18, side))
    return shapes


def _cell(
    found: Sequence[Finding],
    x: int,
    y: int,
    rules: Mapping[str, Rule],
    words: Wordbook,
) -> list[Shape]:
    """Return the marks of one family at one time, the gravest first."""
    gravest = sorted(found, key=lambda each: -SEVERITIES.index(each.severity))
    most = _STACKED if len(found) <= _STACKED else _STACKED - 1
    shapes = []
    for place, finding in enumerate(gravest[:most]):
        title = words(
            "timeline.mark",
            severity=words.word("severity", finding.severity),
            day=finding.at[:10],
            title=words.said(rules[finding.rule_id].title),
            id=finding.id,
        )
        form = FORMS[finding.severity]
        name = f"mark {finding.severity}"
        shapes.append(mark(x + place * _COLUMN, y, form, name, title))
    if len(found) > most:
        more = f"+{len(found) - most}"
        shapes.append(text(more, x + most * _COLUMN - 5, y + 4, "small"))
    return shapes
