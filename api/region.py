"""What the pages about the whole ledger show of what was counted: figures and months.

All of it is this server's word: it counted (``counting``), and a page names the command
that counts again. Nothing here is a fact that the page's script checks.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from api.counting import Counted
from api.links import page_path
from api.monthbars import Bar, month_bars, rounded
from api.texts import Texts
from ledger.identifier import parse_identifier
from ledger.reader import LogReader
from ledger.supply import Figure, HarvestReport, PartyReport, Span
from ledger.wording import date, grouped, measure, named, names_at

RANKED: Final = 10
"""Parties that stand in the open where they are ranked by what they harvested."""
_CARRY: Final = (
    "late", "registered", "corrections", "failed", "gaps", "alarms",
)  # fmt: skip
"""What says how far figures carry."""
_COUNTS: Final = frozenset({"alarms", "animals", "days", "harvesters", "herds"})
"""Figures whose number says more than their share."""
_SHARES: Final = ("largest", "top-three", "herfindahl")
_MONTHS: Final = 24
_WEEKS: Final = 53
"""So many stand in a table, the last of them."""


@dataclass(frozen=True, slots=True)
class Row:
    """A figure in words.

    Attributes:
        name: Its name in the report.
        label: What is counted.
        value: The number that is read first.
        part: Numerator and denominator, where it is a share.
        hint: What is counted, in a sentence.
        simulated: That all of it is of events that call themselves simulated, or how
            much; empty if nothing is.
    """

    name: str
    label: str
    value: str
    part: str
    hint: str
    simulated: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A month or week in a table."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A party, and how much of all it harvested."""

    path: str
    name: str
    total: str
    percent: str


@dataclass(frozen=True, slots=True)
class Harvest:
    """What was harvested in one way, as pages show it."""

    title: str
    last_day: str
    recent: Row
    volume: Row
    bars: tuple[Bar, ...]
    months: tuple[Line, ...]
    earlier_months: int
    """How many months more there are than ``months``."""
    weeks: tuple[Line, ...]
    earlier_weeks: int
    calendar: tuple[Line, ...]
    years: int
    shares: tuple[Row, ...]
    rows: tuple[Row, ...]
    parties: tuple[Ranked, ...]
    others: int
    """How many parties more there are than ``parties``."""
    other_units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """Everything that was counted of a ledger, in words."""

    rows: tuple[Row, ...]
    harvests: tuple[Harvest, ...]
    carry: tuple[Row, ...]
    alarms: tuple[str, ...]
    kinds: tuple[str, ...]
    size: str
    tree_size: str
    is_whole: bool
    has_stopped: bool
    simulated: Row | None


@dataclass(frozen=True, slots=True)
class PartyFigures:
    """What was counted of a party, in words."""

    size: str
    months: tuple[Line, ...]
    animals: str
    lots: tuple[tuple[str, str], ...]
    """Path and name of each."""
    has_more_lots: bool
    is_simulated: bool


def region_of(counted: Counted, log: LogReader, texts: Texts) -> Region:
    """Return everything that was counted, in words."""
    report = counted.report
    names = ("herds", "harvesters", "animals", "lots", "packs", "parties")
    simulated = _row(report.figure("simulated"), texts)
    messages = texts.messages
    return Region(
        rows=tuple(_row(report.figure(name), texts) for name in names),
        harvests=tuple(_harvest(found, log, texts) for found in report.harvests),
        carry=tuple(_row(report.figure(name), texts) for name in _CARRY),
        alarms=tuple(
            f"{messages.get(f'disposition.{word}', word)}: {count}"
            for word, count in report.alarms
        ),
        kinds=tuple(
            f"{messages.get(f'role.{kind}', kind)}: {count}"
            for kind, count in report.kinds
        ),
        size=grouped(str(report.size), messages),
        tree_size=grouped(str(counted.tree_size), messages),
        is_whole=counted.is_whole,
        has_stopped=counted.has_stopped,
        simulated=simulated if report.figure("simulated").numerator != "0" else None,
    )


def party_figures(
    report: PartyReport, *, log: LogReader, texts: Texts
) -> PartyFigures | None:
    """Return what was counted of a party, in words; None if there is nothing."""
    if not (report.months or report.animals):
        return None
    messages = texts.messages
    return PartyFigures(
        size=grouped(str(report.size), messages),
        months=tuple(
            Line(
                date(month, messages),
                (
                    messages.get(f"process.{process}", process),
                    measure(total, "KGM", messages),
                ),
            )
            for process, month, total in report.months
        ),
        animals=grouped(str(report.animals), messages),
        lots=tuple(
            (
                page_path(lot, host=log.host),
                f"{texts('kind.lot')} {_lot(lot, log.host)}",
            )
            for lot in report.lots
        ),
        has_more_lots=report.has_more_lots,
        is_simulated=report.is_simulated,
    )


def _lot(lot: str, host: str) -> str:
    """Return what is printed of a lot."""
    return parse_identifier(lot, host=host).parts[-1]


def _harvest(found: HarvestReport, log: LogReader, texts: Texts) -> Harvest:
    messages = texts.messages
    rows = {figure.name: _row(figure, texts) for figure in found.figures}
    whole = next(f.numerator for f in found.figures if f.name == "volume")
    names = names_at(log.directory, log.size, texts.messages)
    return Harvest(
        title=messages.get(f"process.{found.process}", found.process),
        last_day=date(found.last_day, messages),
        recent=replace(rows["recent"], simulated=rows["volume"].simulated),
        volume=rows["volume"],
        bars=tuple(month_bars(found.months, texts)),
        months=tuple(
            _line(date(span.name, messages), span, texts)
            for span in found.months[-_MONTHS:]
        ),
        earlier_months=max(len(found.months) - _MONTHS, 0),
        weeks=tuple(
            _line(_week(span.name, texts), span, texts)
            for span in found.weeks[-_WEEKS:]
        ),
        earlier_weeks=max(len(found.weeks) - _WEEKS, 0),
        calendar=tuple(
            _line(_week(span.name, texts), span, texts) for span in found.calendar
        ),
        years=found.years,
        shares=tuple(rows[name] for name in _SHARES),
        rows=tuple(rows[name] for name in ("volume", "recent", "days", "harvests")),
        parties=tuple(
            Ranked(
                page_path(party, host=log.host),
                named(party, names),
                measure(total, "KGM", messages),
                _percent(Figure("", total, whole).percent, texts),
            )
            for party, total in found.parties[:RANKED]
        ),
        others=max(len(found.parties) - RANKED, 0),
        other_units=tuple(
            measure(total, unit, messages) for unit, total in found.other_units
        ),
    )


def _row(figure: Figure, texts: Texts) -> Row:
    messages = texts.messages

    def with_unit(number: str) -> str:
        unit = "KGM" if figure.unit == "KGM" else None
        return measure(number, unit, messages)

    part = ""
    if figure.rate:
        value = with_unit(rounded(figure.rate))
        part = texts(
            "supply.rate",
            part=with_unit(figure.numerator),
            days=figure.denominator,
        )
    elif figure.name == "herfindahl" and figure.percent:
        value = str(Decimal(figure.percent) / 100)
    elif figure.percent and figure.name not in _COUNTS:
        value = _percent(figure.percent, texts)
    else:
        value = with_unit(rounded(figure.numerator))
    if figure.denominator and not figure.rate:
        part = texts(
            "supply.part",
            part=with_unit(figure.numerator),
            whole=with_unit(figure.denominator),
        )
    elif not figure.rate and with_unit(figure.numerator) != value:
        part = with_unit(figure.numerator)
    return Row(
        name=figure.name,
        label=texts(f"supply.{figure.name}"),
        value=value,
        part=part,
        hint=texts(f"supply.{figure.name}.hint"),
        simulated=_simulated(figure, with_unit, texts),
    )


def _simulated(figure: Figure, with_unit: Callable[[str], str], texts: Texts) -> str:
    if figure.simulated in ("", "0"):
        return ""
    said = texts("supply.is-simulated")
    is_all = figure.simulated == figure.numerator
    return said if is_all else f"{said}: {with_unit(figure.simulated)}"


def _line(name: str, span: Span, texts: Texts) -> Line:
    numbers = (span.total, str(span.count), span.low, span.middle, span.high)
    return Line(
        name, tuple(grouped(rounded(number), texts.messages) for number in numbers)
    )


def _week(name: str, texts: Texts) -> str:
    year, _, week = name.rpartition("W")
    number = texts("supply.week", week=int(week))
    return f"{year.rstrip('-')} · {number}" if year else number


def _percent(percent: str, texts: Texts) -> str:
    return texts("supply.percent", number=percent) if percent else ""
