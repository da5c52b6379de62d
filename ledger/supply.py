"""What a region gives: figures that anyone can count again from the ledger.

How much was harvested, when and by whom, how many animals and lots there are, what was
entered late, what failed a test: each figure says of what it is a part. They are
counted while entries are taken in, in the order of the log, so counting in pieces and
in one go come to the same.

What counts: a harvest, a lot, a pack or an animal whose issuer brings it into being
under a prefix of its own (``standing.creates``); a test's result by whoever has the
right to state it, as ``standing`` counts a failed one; an alarm that stands by
``standing.alarms_of``; the end of an animal by who has a say about it. An event that
its party declared an error counts no longer, but that it was entered late, if it was.
The days are those of the place, by ``eventTimeZoneOffset``. Masses are summed in
kilograms, and nothing else with them.

A harvest is a transformation whose ``caravan:process`` is one of ``HARVESTS``; those of
two words are never one sum. An animal is named ``/id/animal/…``.

Pure. Entries were judged valid before: nothing is verified here.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Context, Decimal
from typing import Final, Generic, TypeVar

from ledger.contents import read_content
from ledger.directory import Directory
from ledger.encoding import Json
from ledger.event import Event
from ledger.flags import KeySequence, late_flag, may_be_late
from ledger.goods import LoggedEvent, parties_of, quantities_by_role, settle_errors
from ledger.identifier import GS1
from ledger.seal import entry_kind, parse_seal
from ledger.standing import (
    alarms_of,
    creates,
    lifted_by,
    raised_by,
    standing_of,
)
from ledger.statement import SignerRef, parse_statement

FORMAT: Final = "caravan/supply/v1"
HARVESTS: Final = ("harvesting", "milking", "picking")
"""Values of ``caravan:process`` by which a transformation is a harvest."""
RECENT_DAYS: Final = 7
"""As many days, up to the last with a harvest, are "a day now"."""
MAX_LOTS: Final = 200
"""Lots that are named of one party."""
MAX_STEPS: Final = 20_000
"""Goods looked at to find them."""

_EXACT: Final = Context(prec=64)
_DAY_US: Final = 24 * 60 * 60 * 1_000_000
_EPOCH: Final = date(1970, 1, 1).toordinal()
_LOW, _MIDDLE, _HIGH = Decimal("0.1"), Decimal("0.5"), Decimal("0.9")
_NOTHING: Final = Decimal(0)
_TOP: Final = 3
_RATES: Final = frozenset({"recent"})
"""Figures of which the denominator is not what the numerator is a part of."""

Thing = TypeVar("Thing")

EventsAbout = Callable[[str], Iterable[LoggedEvent]]
"""All events about a subject, as far as entries were taken in or further."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and what it is a part of.

    Attributes:
        name: What is counted; the texts have ``supply.<name>`` and a longer one.
        numerator: Decimal text.
        denominator: Decimal text; empty where it is a part of nothing.
        unit: Code of the numerator's unit, or a word of what is counted.
        simulated: How much of the numerator is of events that call themselves
            simulated; empty where that is not told apart.
    """

    name: str
    numerator: str
    denominator: str = ""
    unit: str = ""
    simulated: str = ""

    @property
    def percent(self) -> str:
        """Return the share in percent, to two places; empty if it is none.

        >>> Figure("late", "1", "3").percent
        '33.33'
        """
        return "" if self.name in _RATES else self._ratio(100)

    @property
    def rate(self) -> str:
        """Return how much there is for each of the denominator; empty if it is none."""
        return self._ratio(1) if self.name in _RATES else ""

    def _ratio(self, times: int) -> str:
        whole = Decimal(self.denominator or 0)
        if not whole:
            return ""
        share = _EXACT.divide(Decimal(self.numerator) * times, whole)
        return _text(share.quantize(Decimal("0.01"), ROUND_HALF_EVEN, context=_EXACT))


@dataclass(frozen=True, slots=True)
class Span:
    """What was harvested in a month or a week, and in its days.

    Attributes:
        name: ``2026-03``, ``2026-W11``, or ``W11`` for that week of every year.
        total: Kilograms; of every year's week, those of all years.
        count: Days with a harvest; of every year's week, years.
        low: The tenth part of the days (years) has at most this much.
        middle: So has half of them.
        high: So have nine of ten.
    """

    name: str
    total: str
    count: int
    low: str
    middle: str
    high: str


@dataclass(frozen=True, slots=True)
class HarvestReport:
    """What was harvested in one way.

    Attributes:
        process: One of ``HARVESTS``.
        last_day: The last day with a harvest in kilograms; empty if there is none.
        figures: Volume and concentration.
        months: By month, its days.
        weeks: By week, its days.
        calendar: By week of the year, its years: the band of the season.
        years: How many years have a week with a harvest.
        parties: Who harvested how much, the most first.
        other_units: What was not a mass, by unit: it is in no sum.
    """

    process: str
    last_day: str
    figures: tuple[Figure, ...]
    months: tuple[Span, ...]
    weeks: tuple[Span, ...]
    calendar: tuple[Span, ...]
    years: int
    parties: tuple[tuple[str, str], ...]
    other_units: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SupplyReport:
    """All figures as of a number of entries."""

    origin: str
    size: int
    figures: tuple[Figure, ...]
    kinds: tuple[tuple[str, int], ...]
    """How many parties of each kind."""
    alarms: tuple[tuple[str, int], ...]
    """Of how many subjects each alarm stands."""
    harvests: tuple[HarvestReport, ...]

    def figure(self, name: str) -> Figure:
        """Return a figure by its name."""
        return next(figure for figure in self.figures if figure.name == name)

    def to_json(self) -> dict[str, Json]:
        """Return it as a JSON document."""
        return {
            "format": FORMAT,
            "origin": self.origin,
            "counted_entries": self.size,
            "figures": _figures_json(self.figures),
            "parties_by_kind": {**dict(self.kinds)},
            "open_alarms": {**dict(self.alarms)},
            "harvests": [
                {
                    "process": harvest.process,
                    "last_day": harvest.last_day,
                    "figures": _figures_json(harvest.figures),
                    "months": _spans_json(harvest.months, "month", "days"),
                    "weeks": _spans_json(harvest.weeks, "week", "days"),
                    "calendar_weeks": _spans_json(harvest.calendar, "week", "years"),
                    "years": harvest.years,
                    "parties": [
                        {"party": party, "kilograms": total}
                        for party, total in harvest.parties
                    ],
                    "other_units": {**dict(harvest.other_units)},
                }
                for harvest in self.harvests
            ],
        }


@dataclass(frozen=True, slots=True)
class PartyReport:
    """What one party harvested, and where that went.

    Attributes:
        months: Process, month and kilograms.
        animals: How many it brought into being that have not ended.
        lots: Lots that its harvest is in, at most ``MAX_LOTS``.
        has_more_lots: There may be more.
        is_simulated: All harvests of it that count call themselves simulated.
    """

    party: str
    size: int
    months: tuple[tuple[str, str, str], ...]
    animals: int
    lots: tuple[str, ...]
    has_more_lots: bool
    is_simulated: bool


@dataclass(slots=True)
class _Harvest:
    """Sums of one process, in kilograms."""

    total: Decimal = _NOTHING
    simulated: Decimal = _NOTHING
    statements: int = 0
    by_day: defaultdict[int, Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )
    by_party: defaultdict[str, defaultdict[str, Decimal]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Decimal))
    )
    other: defaultdict[str, Decimal] = field(
        default_factory=lambda: defaultdict(Decimal)
    )


class _Kept(Generic[Thing]):
    """Things that were brought into being, each counted once."""

    def __init__(self) -> None:
        # How often by events that call themselves simulated, and by others.
        self._simulated: Counter[Thing] = Counter()
        self._real: Counter[Thing] = Counter()
        self._both = 0

    def __len__(self) -> int:
        return len(self._simulated) + len(self._real) - self._both

    def __contains__(self, thing: object) -> bool:
        return thing in self._simulated or thing in self._real

    def __iter__(self) -> Iterator[Thing]:
        yield from self._simulated
        yield from (thing for thing in self._real if thing not in self._simulated)

    @property
    def simulated(self) -> int:
        """How many of them an event made that calls itself simulated."""
        return len(self._simulated)

    def add(self, thing: Thing, times: int, *, is_simulated: bool) -> None:
        """Count it once more, or once less."""
        was_both = self._is_both(thing)
        _add(self._simulated if is_simulated else self._real, thing, times)
        self._both += self._is_both(thing) - was_both

    def is_simulated(self, thing: Thing) -> bool:
        """Tell whether an event that calls itself simulated made it."""
        return thing in self._simulated

    def _is_both(self, thing: Thing) -> bool:
        return thing in self._simulated and thing in self._real


class Supply:
    """Counts a ledger entry by entry; every entry once, in order."""

    def __init__(self, origin: str) -> None:
        """Begin before the first entry.

        Args:
            origin: Name of the ledger.
        """
        self.origin = origin
        self.size = 0
        self.directory = Directory(origin)
        self._animal = f"https://{origin.partition('/')[0]}/id/animal/"
        self._events = 0
        self._simulated = 0
        self._declared = 0
        self._registered = 0
        self._late = 0
        self._numbered = 0
        self._gaps = 0
        self._tests = 0
        self._failed = 0
        # Event times since the last seal, whose time tells whether they are late.
        self._unsealed: list[int] = []
        self._sequences: defaultdict[str, KeySequence] = defaultdict(KeySequence)
        # Where an event is that counted for something, by party and eventID in short.
        self._counted: dict[bytes, int] = {}
        self._harvests: dict[str, _Harvest] = {}
        self._animals: _Kept[str] = _Kept()
        self._lots: _Kept[str] = _Kept()
        # Of packs there are many: eight bytes of the hash of each will do.
        self._packs: _Kept[bytes] = _Kept()
        self._keeper: dict[str, str] = {}
        self._harvested: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._real: Counter[str] = Counter()
        self._made_into: defaultdict[str, Counter[str]] = defaultdict(Counter)
        # Subjects of alarms, and animals that ended: judged with all that is about
        # them, and anew when there is more.
        self._watched: set[str] = set()
        self._unjudged: set[str] = set()
        self._standing_alarms: dict[str, tuple[str, ...]] = {}
        self._alarmed: set[str] = set()
        self._ended: set[str] = set()

    @property
    def unjudged(self) -> tuple[str, ...]:
        """Subjects that :meth:`judge` must look at before there is a report."""
        return tuple(sorted(self._unjudged))

    def take(self, entry: bytes) -> None:
        """Count the next entry, which was judged valid before.

        Raises:
            LedgerError: It was not judged before, or is damaged.
        """
        index = self.size
        if entry_kind(entry) == "seal":
            self._take_seal(parse_seal(entry).time_ms)
        else:
            statement = parse_statement(entry)
            content = read_content(statement, origin=self.origin)
            if isinstance(content, Event):
                parties = parties_of(statement, self.directory)
                logged = LoggedEvent(index, parties, content)
                self._take_event(logged, statement.issuer, statement.text_hash)
            else:
                self.directory.apply(index, statement, content)
                self._unjudged |= self._watched
        self.size = index + 1

    def judge(self, subject: str, events_about: EventsAbout) -> None:
        """Judge which alarms about a subject stand, and whether an animal has ended."""
        events = [e for e in events_about(subject) if e.index < self.size]
        standing = standing_of(subject, events, self.directory)
        found = alarms_of(subject, events, standing, self.directory)
        words = tuple(sorted({alarm.word for alarm in found}))
        if words:
            self._standing_alarms[subject] = words
        else:
            self._standing_alarms.pop(subject, None)
        kept, _ = settle_errors(events)
        was_alarmed = any(
            raised_by(logged.event)
            and alarms_of(subject, [logged], standing, self.directory)
            for logged in kept
        )
        _put(self._alarmed, subject, is_in=was_alarmed)
        has_ended = any(
            _ends(logged.event) and logged.party in standing.parties for logged in kept
        )
        _put(self._ended, subject, is_in=has_ended)
        self._unjudged.discard(subject)

    def report(self) -> SupplyReport:
        """Return all figures as of the entries taken in.

        Raises:
            ValueError: There are subjects left to judge.
        """
        if self._unjudged:
            raise ValueError("judge what is unjudged first")
        parties = self.directory.parties
        alarms = Counter(
            word for words in self._standing_alarms.values() for word in words
        )
        return SupplyReport(
            origin=self.origin,
            size=self.size,
            figures=tuple(self._figures()),
            kinds=tuple(sorted(Counter(p.kind for p in parties.values()).items())),
            alarms=tuple(sorted(alarms.items())),
            harvests=tuple(
                _harvest_report(process, harvest)
                for process, harvest in sorted(self._harvests.items())
                if harvest.statements
            ),
        )

    def party(self, party: str) -> PartyReport:
        """Return what one party harvested, and where that went."""
        months: dict[tuple[str, str], Decimal] = {}
        for process, harvest in sorted(self._harvests.items()):
            for month, total in sorted(harvest.by_party.get(party, {}).items()):
                months[process, month] = total
        lots, has_more = self._lots_of(party)
        animals = sum(
            keeper == party and animal not in self._ended
            for animal, keeper in self._keeper.items()
        )
        return PartyReport(
            party=party,
            size=self.size,
            months=tuple((*key, _text(total)) for key, total in months.items()),
            animals=animals,
            lots=lots,
            has_more_lots=has_more,
            is_simulated=bool(months) and not self._real[party],
        )

    def _take_seal(self, time_ms: int) -> None:
        late = (late_flag(0, us, log_time_ms=time_ms) for us in self._unsealed)
        self._late += sum(flag is not None for flag in late)
        self._unsealed.clear()

    def _take_event(
        self, logged: LoggedEvent, issuer: SignerRef, text_hash: bytes
    ) -> None:
        event = logged.event
        if event.seq is not None:
            self._numbered += 1
            gap = self._sequences[issuer.label].take(logged.index, event, text_hash)
            self._gaps += gap is not None
        if raised_by(event) or lifted_by(event):
            self._watched.update(event.subjects)
        elif _ends(event):
            self._watched.update(s for s in event.subjects if self._is_animal(s))
        if not self._watched.isdisjoint(event.subjects):
            self._unjudged |= self._watched.intersection(event.subjects)
        identity = f"{logged.party}\n{event.event_id}".encode()
        key = hashlib.sha256(identity).digest()[:16]
        if event.is_error_declaration:
            self._declared += 1
            first = self._counted.pop(key, None)
            if first is not None:
                self._count(LoggedEvent(first, logged.parties, event), -1)
            return
        self._events += 1
        self._simulated += _is_simulated(event)
        if may_be_late(event, is_importer=self.directory.is_importer(issuer)):
            self._unsealed.append(event.instant_us)
        else:
            self._registered += 1
        if self._count(logged, 1):
            self._counted[key] = logged.index

    def _count(self, logged: LoggedEvent, times: int) -> bool:
        """Add what an event gives to the sums, or take it out; tell if it gives."""
        event = logged.event
        result = _result(event)
        if result is not None:
            self._tests += times
            self._failed += times * (not result)
        created = {name for name in event.created if self._is_by(logged, name)}
        if not created:
            return result is not None
        is_simulated = _is_simulated(event)
        for name in created:
            kind = _gs1_key(name)
            if kind == "10":
                self._lots.add(name, times, is_simulated=is_simulated)
            elif kind == "21":
                short = hashlib.sha256(name.encode()).digest()[:8]
                self._packs.add(short, times, is_simulated=is_simulated)
            elif self._is_animal(name):
                self._animals.add(name, times, is_simulated=is_simulated)
                self._keeper[name] = logged.party
                if name not in self._animals:
                    del self._keeper[name]
        if event.type == "TransformationEvent":
            self._count_made(event, created, times)
            process = event.body.get("caravan:process")
            if isinstance(process, str) and process in HARVESTS:
                self._count_harvest(process, logged, created, times)
        return True

    def _count_made(self, event: Event, created: set[str], times: int) -> None:
        body = event.body
        sources = [
            name
            for name in (*_texts(body.get("inputEPCList")), *_classes(body, "input"))
            if not self._is_animal(name)
        ]
        results = [name for name in sorted(created) if _gs1_key(name) != "21"]
        shared = body.get("transformationID")
        if isinstance(shared, str):
            # Its inputs may stand in one event and its outputs in another.
            for name in sources:
                _add(self._made_into[name], shared, times)
            for name in results:
                _add(self._made_into[shared], name, times)
            return
        for name in sources:
            for result in results:
                _add(self._made_into[name], result, times)

    def _count_harvest(
        self, process: str, logged: LoggedEvent, created: set[str], times: int
    ) -> None:
        event, party = logged.event, logged.party
        harvest = self._harvests.setdefault(process, _Harvest())
        harvest.statements += times
        if not _is_simulated(event):
            self._real[party] += times
        day = _local_day(event)
        month = date.fromordinal(day).isoformat()[:7]
        quantities = quantities_by_role([logged])
        for name in sorted(created):
            _add(self._harvested[party], name, times)
            for total in quantities.get(name, {}).get("output", ()):
                amount = Decimal(total.total) * times
                if total.uom != "KGM":
                    _sum(harvest.other, total.uom, amount)
                    continue
                harvest.total = _EXACT.add(harvest.total, amount)
                if _is_simulated(event):
                    harvest.simulated = _EXACT.add(harvest.simulated, amount)
                _sum(harvest.by_day, day, amount)
                _sum(harvest.by_party[party], month, amount)

    def _is_by(self, logged: LoggedEvent, subject: str) -> bool:
        return creates(logged, subject, self.directory)

    def _is_animal(self, name: str) -> bool:
        return name.startswith(self._animal)

    def _figures(self) -> Iterator[Figure]:
        parties = len(self.directory.parties)
        harvesters = {
            party
            for harvest in self._harvests.values()
            for party, months in harvest.by_party.items()
            if any(months.values())
        }
        living = [name for name in self._animals if name not in self._ended]
        keepers = {self._keeper[name] for name in living}
        simulated = sum(map(self._animals.is_simulated, living))
        yield _counted("harvesters", len(harvesters), parties, "party")
        yield _counted("herds", len(keepers), parties, "party")
        yield Figure(
            "animals",
            str(len(living)),
            str(len(self._animals)),
            "animal",
            str(simulated),
        )
        lots, packs = self._lots, self._packs
        yield Figure("lots", str(len(lots)), "", "lot", str(lots.simulated))
        yield Figure("packs", str(len(packs)), "", "pack", str(packs.simulated))
        yield Figure("parties", str(parties), "", "party")
        yield _counted("simulated", self._simulated, self._events, "event")
        told = self._events - self._registered - len(self._unsealed)
        yield _counted("late", self._late, told, "event")
        yield _counted("registered", self._registered, self._events, "event")
        yield _counted("failed", self._failed, self._tests, "test")
        yield _counted(
            "alarms", len(self._standing_alarms), len(self._alarmed), "subject"
        )
        yield _counted("gaps", self._gaps, self._numbered, "event")
        yield _counted("corrections", self._declared, self._events, "event")

    def _lots_of(self, party: str) -> tuple[tuple[str, ...], bool]:
        """Return lots that came of what a party harvested, and whether there is more.

        Goods are followed from one transformation to the next, until they are a lot.
        """
        waiting = sorted(self._harvested.get(party, ()))
        seen, found = set(waiting), set[str]()
        while waiting and len(seen) <= MAX_STEPS:
            name = waiting.pop()
            if _gs1_key(name) == "10":
                found.add(name)
            for result in sorted(self._made_into.get(name, ())):
                if result not in seen:
                    seen.add(result)
                    waiting.append(result)
        lots = tuple(sorted(found))
        return lots[:MAX_LOTS], bool(waiting) or len(lots) > MAX_LOTS


def supply_of(origin: str, entries: Sequence[bytes]) -> Supply:
    """Count a whole ledger whose entries were judged valid, and judge what it takes.

    Args:
        origin: Name of the ledger.
        entries: All of them, from the first.

    Raises:
        LedgerError: They were not judged before, or are damaged.
    """
    supply = Supply(origin)
    for entry in entries:
        supply.take(entry)
    wanted = frozenset(supply.unjudged)
    about: defaultdict[str, list[LoggedEvent]] = defaultdict(list)
    for index, entry in enumerate(entries if wanted else ()):
        if entry_kind(entry) == "seal":
            continue
        statement = parse_statement(entry)
        content = read_content(statement, origin=origin)
        if isinstance(content, Event):
            logged = LoggedEvent(
                index, parties_of(statement, supply.directory), content
            )
            for subject in wanted.intersection(content.subjects):
                about[subject].append(logged)
    for subject in supply.unjudged:
        supply.judge(subject, lambda name: about[name])
    return supply


def quantile(ordered: Sequence[Decimal], part: Decimal) -> Decimal:
    """Return the least value that at least a part of them do not exceed.

    Args:
        ordered: At least one value, ascending.
        part: More than 0, at most 1.

    >>> quantile([Decimal(n) for n in (1, 2, 3)], Decimal("0.5"))
    Decimal('2')
    """
    place = int((part * len(ordered)).to_integral_value(ROUND_CEILING))
    return ordered[max(place, 1) - 1]


def _harvest_report(process: str, harvest: _Harvest) -> HarvestReport:
    days = {day: kg for day, kg in harvest.by_day.items() if kg}
    by_party = {
        party: _total(months.values()) for party, months in harvest.by_party.items()
    }
    ranked = sorted(
        ((party, kg) for party, kg in by_party.items() if kg),
        key=lambda pair: (-pair[1], pair[0]),
    )
    weeks = defaultdict[str, list[Decimal]](list)
    months = defaultdict[str, list[Decimal]](list)
    for day in sorted(days):
        year, week, _ = date.fromordinal(day).isocalendar()
        weeks[f"{year:04}-W{week:02}"].append(days[day])
        months[date.fromordinal(day).isoformat()[:7]].append(days[day])
    calendar = defaultdict[str, list[Decimal]](list)
    for name in sorted(weeks):
        calendar[name.partition("-")[2]].append(_total(weeks[name]))
    last = max(days, default=None)
    return HarvestReport(
        process=process,
        last_day="" if last is None else date.fromordinal(last).isoformat(),
        figures=tuple(_harvest_figures(harvest, days, [kg for _, kg in ranked])),
        months=_spans(months),
        weeks=_spans(weeks),
        calendar=_spans(calendar),
        years=len({name[:4] for name in weeks}),
        parties=tuple((party, _text(kg)) for party, kg in ranked),
        other_units=tuple(
            (unit, _text(total))
            for unit, total in sorted(harvest.other.items())
            if total
        ),
    )


def _harvest_figures(
    harvest: _Harvest, days: Mapping[int, Decimal], ranked: Sequence[Decimal]
) -> Iterator[Figure]:
    whole, simulated = _text(harvest.total), _text(harvest.simulated)
    yield Figure("volume", whole, "", "KGM", simulated)
    last = max(days, default=0)
    recent = _total(kg for day, kg in days.items() if day > last - RECENT_DAYS)
    yield Figure("recent", _text(recent), str(RECENT_DAYS if days else 0), "KGM")
    yield Figure("days", str(len(days)), str(_span_of(days)), "day")
    yield Figure("harvests", str(harvest.statements), "", "event")
    yield Figure("largest", _text(_total(ranked[:1])), whole, "KGM")
    yield Figure("top-three", _text(_total(ranked[:_TOP])), whole, "KGM")
    squares = _total(_EXACT.multiply(kg, kg) for kg in ranked)
    square = _EXACT.multiply(harvest.total, harvest.total)
    yield Figure("herfindahl", _text(squares), _text(square), "")


def _span_of(days: Mapping[int, Decimal]) -> int:
    return max(days) - min(days) + 1 if days else 0


def _spans(values: Mapping[str, Sequence[Decimal]]) -> tuple[Span, ...]:
    return tuple(_span(name, sorted(found)) for name, found in sorted(values.items()))


def _span(name: str, ordered: Sequence[Decimal]) -> Span:
    low, middle, high = (_text(quantile(ordered, p)) for p in (_LOW, _MIDDLE, _HIGH))
    return Span(name, _text(_total(ordered)), len(ordered), low, middle, high)


def _counted(name: str, part: int, whole: int, unit: str) -> Figure:
    return Figure(name, str(part), str(whole), unit)


def _figures_json(figures: Iterable[Figure]) -> list[Json]:
    return [
        {
            "name": figure.name,
            "numerator": figure.numerator,
            "denominator": figure.denominator or None,
            "unit": figure.unit or None,
            "percent": figure.percent or None,
            "rate": figure.rate or None,
            "simulated": figure.simulated or None,
        }
        for figure in figures
    ]


def _spans_json(spans: Iterable[Span], name: str, count: str) -> list[Json]:
    return [
        {
            name: span.name,
            "kilograms": span.total,
            count: span.count,
            "low": span.low,
            "middle": span.middle,
            "high": span.high,
        }
        for span in spans
    ]


def _result(event: Event) -> bool | None:
    """Return whether a test was passed; None of what tells of no test."""
    if "non_conformant" in raised_by(event):
        return False
    is_passed = event.biz_step == "inspecting" and event.disposition == "conformant"
    return True if is_passed else None


def _ends(event: Event) -> bool:
    return event.type == "ObjectEvent" and event.action == "DELETE"


def _is_simulated(event: Event) -> bool:
    return event.body.get("caravan:simulated") is True


def _local_day(event: Event) -> int:
    """Return the ordinal of the day on which it happened, where it happened."""
    local_us = event.instant_us + event.offset_minutes * 60_000_000
    day = _EPOCH + local_us // _DAY_US
    return min(max(day, date.min.toordinal()), date.max.toordinal())


def _gs1_key(name: str) -> str:
    """Return ``10`` of a lot, ``21`` of a serial; else an empty text.

    >>> _gs1_key("https://id.gs1.org/01/09521321000018/10/L1")
    '10'
    """
    parts = name.removeprefix(GS1).split("/")
    return parts[2] if name.startswith(GS1) and len(parts) == 4 else ""


def _classes(body: Mapping[str, Json], side: str) -> Iterator[str]:
    items = body.get(f"{side}QuantityList")
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            yield from _texts([item.get("epcClass")])


def _texts(value: Json) -> Iterator[str]:
    for item in value if isinstance(value, list) else []:
        if isinstance(item, str):
            yield item


def _add(counts: Counter[Thing], name: Thing, times: int) -> None:
    counts[name] += times
    if counts[name] == 0:
        del counts[name]


def _sum(sums: defaultdict[Thing, Decimal], key: Thing, amount: Decimal) -> None:
    sums[key] = _EXACT.add(sums[key], amount)


def _put(names: set[str], name: str, *, is_in: bool) -> None:
    if is_in:
        names.add(name)
    else:
        names.discard(name)


def _total(amounts: Iterable[Decimal]) -> Decimal:
    total = _NOTHING
    for amount in amounts:
        total = _EXACT.add(total, amount)
    return total


def _text(number: Decimal) -> str:
    """Write a number without exponent and without zeros at its end."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0") else text
