"""What the pages about the whole ledger show: figures, months, newest records, parties.

All of it is this server's word: it counted (``counting``), and a page names the command
that counts again. Nothing here is a fact that the page's script checks.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from api.counting import Counted
from api.texts import Texts
from ledger.bindings import Party
from ledger.contents import read_content
from ledger.errors import LedgerError
from ledger.event import Event
from ledger.facts import title
from ledger.goods import parties_of
from ledger.identifier import GS1, parse_identifier
from ledger.reader import LogReader
from ledger.seal import entry_kind
from ledger.statement import parse_statement
from ledger.supply import Figure, HarvestReport, PartyReport, Span
from ledger.wording import date, grouped, measure, named, names_at, short, time

FIRST_PARTIES: Final = 12
"""Parties that stand on the first page; the others are a page of their own."""
PARTIES_ON_A_PAGE: Final = 100
RANKED: Final = 10
"""Parties that stand in the open where they are ranked by what they harvested."""
_CARRY: Final = (
    "late", "registered", "corrections", "failed", "gaps", "alarms",
)  # fmt: skip
"""What says how far figures carry."""
_COUNTS: Final = frozenset({"alarms", "animals", "days", "harvesters", "herds"})
"""Figures whose number says more than their share."""
_SHARES: Final = ("largest", "top-three", "herfindahl")
_NEWEST: Final = 6
_LOOKED_AT: Final = 64
_MONTHS: Final = 12
_WIDTH: Final = 340
_TOP: Final = 20
_BASE: Final = 120
_WHOLE_FROM: Final = 10
_YEAR_MONTHS: Final = 12


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
class Bar:
    """A month in the drawing: where it stands, and how high."""

    x: int
    width: int
    y: int
    height: int
    low: int
    high: int
    month: str
    year: str
    value: str
    words: str

    @property
    def middle(self) -> int:
        """Return where its middle is, from the left."""
        return self.x + self.width // 2


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
    weeks: tuple[Line, ...]
    calendar: tuple[Line, ...]
    years: int
    shares: tuple[Row, ...]
    rows: tuple[Row, ...]
    parties: tuple[Ranked, ...]
    others: int
    """How many parties more there are than ``parties``."""
    other_units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Newest:
    """A record of the last few."""

    title: str
    who: str
    when: str
    path: str
    about: str


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A party in a list."""

    path: str
    name: str
    kind: str


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
            (path_of(lot, log.host), f"{texts('kind.lot')} {_lot(lot, log.host)}")
            for lot in report.lots
        ),
        has_more_lots=report.has_more_lots,
        is_simulated=report.is_simulated,
    )


def newest(log: LogReader, texts: Texts) -> Iterator[Newest]:
    """Yield the last records about goods, of those alike only the last."""
    size = log.size
    entries = log.entries(range(max(size - _LOOKED_AT, 0), size))
    names = names_at(log.directory, size, texts.messages)
    said: set[tuple[str, str]] = set()
    for index in sorted(entries, reverse=True):
        try:
            if entry_kind(entries[index]) == "seal":
                continue
            statement = parse_statement(entries[index])
            content = read_content(statement, origin=log.origin)
        except LedgerError:
            # Whoever verifies the ledger is told where.
            continue
        if not isinstance(content, Event) or not content.subjects:
            continue
        party = parties_of(statement, log.directory)[0]
        done = title(content, texts.lang, texts.messages)
        if (done, party) in said:
            continue
        said.add((done, party))
        subject = (content.created or content.subjects)[0]
        yield Newest(
            done,
            named(party, names),
            time(content.event_time, texts.messages),
            path_of(subject, log.host),
            short(subject),
        )
        if len(said) == _NEWEST:
            return


def party_lines(
    parties: Sequence[Party], log: LogReader, texts: Texts
) -> tuple[PartyLine, ...]:
    """Return parties as they stand in a list."""
    names = names_at(log.directory, log.size, texts.messages)
    return tuple(
        PartyLine(
            path_of(party.id, log.host),
            named(party.id, names),
            texts.messages.get(f"role.{party.kind}", party.kind),
        )
        for party in parties
    )


def path_of(subject: str, host: str) -> str:
    """Return the path of a subject's page; of a serial with its lot it is not known."""
    identifier = parse_identifier(subject, host=host).text
    if identifier.startswith(GS1):
        return identifier[len(GS1) - 1 :]
    return identifier.removeprefix(f"https://{host}")


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
        bars=tuple(_bars(found.months, texts)),
        months=tuple(
            _line(date(span.name, messages), span, texts) for span in found.months
        ),
        weeks=tuple(
            _line(_week(span.name, texts), span, texts) for span in found.weeks
        ),
        calendar=tuple(
            _line(_week(span.name, texts), span, texts) for span in found.calendar
        ),
        years=found.years,
        shares=tuple(rows[name] for name in _SHARES),
        rows=tuple(rows[name] for name in ("volume", "recent", "days", "harvests")),
        parties=tuple(
            Ranked(
                path_of(party, log.host),
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
        value = with_unit(_rounded(figure.rate))
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
        value = with_unit(_rounded(figure.numerator))
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


def _bars(months: Sequence[Span], texts: Texts) -> Iterator[Bar]:
    """Yield the last months, those without a harvest too."""
    by_name = {span.name: span for span in months}
    names = _consecutive(months)
    highest = max((Decimal(span.high) for span in months), default=Decimal(0))
    slot = _WIDTH // max(len(names), 6)
    left = (_WIDTH - slot * len(names)) // 2
    year = ""
    for place, name in enumerate(names):
        span = by_name.get(name, Span(name, "0", 0, "0", "0", "0"))

        def y(value: str) -> int:
            share = Decimal(value) / highest if highest else Decimal(0)
            return _BASE - int(share * (_BASE - _TOP))

        month = texts(f"date.month.{int(name[5:])}")
        yield Bar(
            x=left + slot * place + slot // 6,
            width=slot - slot // 3,
            y=y(span.middle),
            height=_BASE - y(span.middle),
            low=y(span.low),
            high=y(span.high),
            month=month,
            year="" if name[:4] == year else name[:4],
            value=_rounded(span.middle) if span.count else "",
            words=f"{date(name, texts.messages)}: {_rounded(span.middle)}",
        )
        year = name[:4]


def _consecutive(months: Sequence[Span]) -> list[str]:
    """Return the names of the last months, up to the last with a harvest."""
    if not months:
        return []
    first, last = (
        int(span.name[:4]) * _YEAR_MONTHS + int(span.name[5:]) - 1
        for span in (months[0], months[-1])
    )
    return [
        f"{number // _YEAR_MONTHS:04}-{number % _YEAR_MONTHS + 1:02}"
        for number in range(max(first, last - _MONTHS + 1), last + 1)
    ]


def _line(name: str, span: Span, texts: Texts) -> Line:
    numbers = (span.total, str(span.count), span.low, span.middle, span.high)
    return Line(
        name, tuple(grouped(_rounded(number), texts.messages) for number in numbers)
    )


def _week(name: str, texts: Texts) -> str:
    year, _, week = name.rpartition("W")
    number = texts("supply.week", week=int(week))
    return f"{year.rstrip('-')} · {number}" if year else number


def _percent(percent: str, texts: Texts) -> str:
    return texts("supply.percent", number=percent) if percent else ""


def _rounded(number: str) -> str:
    """Return a number without decimals, if it is large enough to be read without."""
    value = Decimal(number)
    if value < _WHOLE_FROM:
        return number
    return str(value.quantize(Decimal(1), ROUND_HALF_EVEN))
