"""A report as one HTML file: it asks for nothing from elsewhere, and runs no script.

It reads on a phone and prints on A4. Whatever comes from a ledger is escaped. What is
too much for paper is said to be in the JSON Lines, which have all of it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ledger.audit.finding import SEVERITIES
from ledger.audit.report.charts.balance import (
    Balance,
    Node,
    balance_shape,
)
from ledger.audit.report.charts.balance import kilograms as mass
from ledger.audit.report.charts.growth import Growth, growth_shape, kilograms
from ledger.audit.report.charts.journey import (
    MOST_STOPS,
    Journey,
    journey_shape,
    leg_words,
)
from ledger.audit.report.charts.timeline import timeline_shape
from ledger.audit.report.charts.yields import (
    Yields,
    bounds_words,
    yields_shape,
    yields_title,
)
from ledger.audit.report.document import report_hash
from ledger.audit.report.grouping import alike
from ledger.audit.report.model import AuditReport
from ledger.audit.report.telling import Teller, entries_words
from ledger.audit.report.terminal import scope_lines
from ledger.audit.report.wordbook import (
    Language,
    Wordbook,
    plain,
    shown,
    wordbook,
)
from ledger.audit.rule import FAMILIES
from ledger.chart import Shape, to_svg

MOST_GROUPS: Final = 200
MOST_ALIKE: Final = 50
MOST_DRAWN: Final = 12
"""Of each kind so many drawings."""
MOST_ROWS: Final = 40
_SIGNS: Final = {"critical": "▲", "warning": "◆", "notice": "●"}
_FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts below a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawing, and the same in words.

    Attributes:
        title: What it is of.
        whole: The identifier that the title is short for; may be empty.
        svg: The drawing.
        lines: What is to be said of it.
        table: Its figures.
        is_narrow: Whether it fits on a phone as it is.
    """

    title: str
    whole: str
    svg: Markup
    lines: tuple[str, ...]
    table: Table
    is_narrow: bool = False


def page_text(report: AuditReport, language: Language = "en") -> str:
    """Return the report as HTML.

    Args:
        report: The report.
        language: In which.
    """
    words = wordbook(language)
    groups = alike(report.findings)
    timeline = timeline_shape(report.findings, rules=report.rules, words=words)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            scope=report.scope,
            language="zh-CN" if language == "zh" else language,
            hash=report_hash(report),
            t=words,
            teller=Teller(report, words),
            shown_groups=groups[:MOST_GROUPS],
            hidden=sum(1 + len(group.others) for group in groups[MOST_GROUPS:]),
            scope_rows=list(scope_lines(report, words)),
            counts=Counter(finding.severity for finding in report.findings),
            by_rule=Counter(finding.rule_id for finding in report.findings),
            summary=_summary(report),
            families=FAMILIES,
            severities=SEVERITIES[::-1],
            signs=_SIGNS,
            timeline=None if timeline is None else _svg(timeline),
            drawn=list(_drawn(report, words)),
            undrawn=_undrawn(report),
            most_alike=MOST_ALIKE,
            entries_words=entries_words,
            message_parts=lambda told: told.parts,
            plain=plain,
            shown=shown,
        )
    )


def _summary(report: AuditReport) -> Counter[tuple[str, str]]:
    """Return how many findings there are of a family and graveness."""
    rules = report.rules
    return Counter(
        (rules[finding.rule_id].family, finding.severity) for finding in report.findings
    )


def _drawn(report: AuditReport, words: Wordbook) -> Iterator[Drawn]:
    figures = report.figures
    for balance in figures.balances[:MOST_DRAWN]:
        yield from _balance(balance, words)
    for yields in figures.yields[:MOST_DRAWN]:
        yield _yields(yields, words)
    for growth in figures.growth[:MOST_DRAWN]:
        yield _growth(growth, words)
    for journey in figures.journeys[:MOST_DRAWN]:
        yield _journey(journey, words)


def _undrawn(report: AuditReport) -> int:
    figures = report.figures
    kinds: Sequence[Sequence[object]] = (
        figures.balances,
        figures.yields,
        figures.growth,
        figures.journeys,
    )
    return sum(max(len(kind) - MOST_DRAWN, 0) for kind in kinds)


def _balance(balance: Balance, words: Wordbook) -> Iterator[Drawn]:
    shape = balance_shape(balance, words=words)
    if shape is None:
        return
    heads = ("stage", "in", "made", "lost", "unexplained")
    legend = ["caption", "legend_loss", "legend_unexplained"]
    if not all(node.is_counted for node in balance.nodes):
        legend.append("legend_counted")
    if not balance.is_whole:
        legend.append("legend_part")
    head = tuple(words(f"balance.{name}") for name in heads)
    rows = tuple(_balance_row(balance, node, words) for node in balance.nodes)
    yield Drawn(
        words("balance.title", product=words.said(balance.product)),
        "",
        _svg(shape),
        tuple(words(f"balance.{name}") for name in legend),
        Table(head, rows[:MOST_ROWS]),
    )


def _balance_row(balance: Balance, node: Node, words: Wordbook) -> tuple[str, ...]:
    called = balance.called(node, words)
    if node.name or node.count:
        stage = words.said(dict(balance.stages)[node.stage])
        called = f"{stage}{words('list.colon')}{called}"
    odd = []
    if node.excess > 0:
        odd.append(f"+{mass(node.excess, words)} {words('balance.excess')}")
    if node.missing > 0:
        odd.append(f"−{mass(node.missing, words)} {words('balance.missing')}")
    made = mass(node.made, words)
    return (
        called,
        mass(node.taken, words) if node.taken else "",
        made if node.is_counted else f"({made})",
        mass(node.lost, words) if node.lost else "",
        words("list.comma").join(odd),
    )


def _yields(yields: Yields, words: Wordbook) -> Drawn:
    head = tuple(words(f"yields.{name}") for name in ("day", "value", "entries"))
    outside = yields.outside
    rows = tuple(
        (day.day, f"{day.value:f} {yields.unit}", entries_words(day.entries, words))
        for day in outside[:MOST_ROWS]
    )
    values = sorted(day.value for day in yields.days)
    lines = [
        words(
            "yields.spread",
            days=len(values),
            least=f"{values[0]:f}",
            middle=f"{values[len(values) // 2]:f}",
            most=f"{values[-1]:f}",
            unit=yields.unit,
            outside=len(outside),
        )
    ]
    if yields.bound is not None:
        lines.append(words("list.semicolon").join(bounds_words(yields.bound, words)))
        marks = (words("yields.inside"), words("yields.outside"))
        lines.append(words("list.semicolon").join(marks))
    if yields.basis is not None:
        lines.append(words("basis.source", source=yields.basis.source))
        if not yields.basis.is_verified:
            lines.append(words("basis.unverified"))
    title = yields_title(yields, words)
    shape = yields_shape(yields, words=words)
    return Drawn(title, yields.place, _svg(shape), tuple(lines), Table(head, rows))


def _growth(growth: Growth, words: Wordbook) -> Drawn:
    names = ("yields.day", "growth.age", "growth.weight", "yields.entries")
    rows = tuple(
        (
            weight.day,
            f"{weight.age}",
            f"{kilograms(weight.grams)} kg" + (" ■" if weight.is_outside else ""),
            f"#{weight.entry}",
        )
        for weight in growth.weights[-MOST_ROWS:]
    )
    lines = [words("growth.outside")] if growth.bands else []
    if growth.source:
        lines.append(words(growth.source))
    title = words("growth.title", animal=shown(growth.animal))
    table = Table(tuple(words(name) for name in names), rows)
    svg = _svg(growth_shape(growth, words=words))
    return Drawn(title, growth.animal, svg, tuple(lines), table, is_narrow=True)


def _journey(journey: Journey, words: Wordbook) -> Drawn:
    names = ("journey.place", "journey.time", "journey.entries", "journey.on")
    rows = []
    for place, stop in enumerate(journey.stops[:MOST_STOPS]):
        leg = journey.legs[place] if place < len(journey.legs) else None
        where = " · ".join(part for part in (shown(stop.place), stop.area) if part)
        on = "" if leg is None else words("list.comma").join(leg_words(leg, words))
        entries = entries_words(stop.entries, words, 3)
        rows.append((where, words.time(stop.time), entries, on))
    title = words("journey.title", lot=shown(journey.lot))
    table = Table(tuple(words(name) for name in names), tuple(rows))
    svg = _svg(journey_shape(journey, words=words))
    lines = (words("journey.legend"), words("journey.ends"))
    return Drawn(title, journey.lot, svg, lines, table, is_narrow=True)


def _svg(shape: Shape) -> Markup:
    # ``to_svg`` escapes each text and attribute.
    return Markup(to_svg(shape))  # noqa: S704


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    style = (_FOLDER / "page.css").read_text("utf-8")
    environment.globals.update(style=Markup(style))  # noqa: S704
    return environment
