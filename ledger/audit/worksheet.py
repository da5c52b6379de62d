"""The lines of a trace exercise's worksheet, from what statements say.

Each line has what went in, came out, was lost and is in stock, and what is left over;
it names its statements. A line is off if something is left over, or if a mass is
missing that it needs.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal

from ledger.audit.apportion import Parts, to_gram
from ledger.audit.stock import Account, Goods, Mass, Step, key_of
from ledger.audit.whereabouts import Whereabouts
from ledger.encoding import Json
from ledger.goods import LoggedEvent
from ledger.wording import items, member, text

Table = Literal[
    "steps", "sources", "goods", "packs", "consignees", "shares", "tests", "handovers"
]
TABLES: Final[tuple[Table, ...]] = (
    *("steps", "sources", "goods", "packs"),
    *("consignees", "shares", "tests", "handovers"),
)

_TESTING: Final = frozenset({"inspecting", "sampling"})
_MOVING: Final = frozenset(
    {"accepting", "arriving", "departing", "loading", "receiving", "shipping"}
)
_VALUES: Final = ("value", "minValue", "maxValue", "stringValue")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the worksheet; what does not apply is None or empty.

    Attributes:
        table: Which part of the worksheet it is in.
        level: How many steps from where the exercise begins.
        step: What was done or is told, in a word.
        entries: The statements that say so.
        time: When, as the first of them has it.
        parties: Who says so.
        subject: What it is about.
        into: Mass that went in, or was made.
        out: Mass that came out, or went on.
        lost: Mass that is said to be lost, or was thrown away.
        stock: Mass that was counted.
        difference: Mass that is left over.
        running: The differences so far, in this table.
        share: Of the mass, what belongs to where the exercise begins.
        pieces: How many packs or animals.
        pieces_off: How many of them nobody says what became of.
        note: What else the statements say.
        is_untold: Whether a mass is missing that the line needs.
    """

    table: Table
    level: int | None = None
    step: str = ""
    entries: tuple[int, ...] = ()
    time: str = ""
    parties: tuple[str, ...] = ()
    subject: str = ""
    into: Mass = None
    out: Mass = None
    lost: Mass = None
    stock: Mass = None
    difference: Mass = None
    running: Mass = None
    share: Mass = None
    pieces: int | None = None
    pieces_off: int = 0
    note: str = ""
    is_untold: bool = False

    @property
    def is_off(self) -> bool:
        """Tell whether something is left over, or cannot be counted."""
        return bool(self.difference or self.pieces_off) or self.is_untold


def with_running(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield lines with the sum of their differences so far."""
    total = 0
    for row in rows:
        total += row.difference or 0
        yield replace(row, running=total)


def step_row(step: Step, level: int, share: Mass) -> Row:
    """Return the line of a step."""
    losses = "; ".join(reason for reason, _ in step.losses if reason)
    event = step.first.event
    return Row(
        "steps",
        level,
        step.process,
        step.entries,
        event.event_time,
        step.first.parties,
        _first([*step.outputs, *step.inputs]),
        into=None if step.is_source else step.into,
        out=step.out,
        lost=step.lost,
        difference=step.difference,
        share=share,
        pieces=len(step.animals) or None,
        note=losses,
        is_untold=step.difference is None,
    )


def source_rows(steps: Iterable[tuple[Step, int]], parts: Parts) -> Iterator[Row]:
    """Yield for each party whose animals gave something how many, and how much."""
    by_party: dict[str, list[Step]] = {}
    for step, _ in steps:
        if step.is_source:
            by_party.setdefault(step.first.party, []).append(step)
    for party, given in sorted(by_party.items()):
        given.sort(key=lambda step: step.first.event.instant_us)
        animals = {animal for step in given for animal in step.animals}
        shares = [
            None if part is None or mass is None else to_gram(part * mass)
            for step in given
            for name, mass in step.outputs.items()
            if (part := parts.get(name)) is not None or name in parts
        ]
        yield Row(
            "sources",
            step=given[0].process,
            entries=tuple(sorted(i for step in given for i in step.entries)),
            time=given[0].first.event.event_time,
            parties=(party,),
            out=_total(step.out for step in given),
            share=_total(shares),
            pieces=len(animals),
            note=" ".join(sorted(animals)),
        )


def goods_rows(
    levels: Mapping[str, int],
    whole: Collection[str],
    steps: Collection[Step],
    *,
    goods: Goods,
    parts: Parts,
) -> Iterator[Row]:
    """Yield what became of each thing.

    Args:
        levels: The things.
        whole: Those of them whose packs are counted, each by itself.
        steps: Those of the exercise; what other steps made is noted.
        goods: Where accounts are found.
        parts: Of each thing, what belongs to where the exercise begins.
    """
    within = {id(step) for step in steps}
    for name, level in sorted(levels.items(), key=lambda item: (item[1], item[0])):
        if name in whole:
            continue
        account = goods.account(name)
        if not goods.makers(name) and not account.entries:
            # Nothing says how much there was: it is where the trail ends.
            account = replace(account, made=account.used)
        others = [step for step in goods.users(name) if id(step) not in within]
        part = parts.get(name)
        makers = goods.makers(name)
        first = makers[0] if makers else goods.users(name)[0]
        yield Row(
            "goods",
            level,
            "account",
            tuple(sorted({*account.entries, *first.entries})),
            first.first.event.event_time,
            first.first.parties,
            name,
            into=account.made,
            out=account.used + account.sent,
            lost=account.removed,
            stock=account.stock,
            difference=account.difference,
            share=None if part is None else to_gram(part * account.made),
            note=_elsewhere(others, account),
            is_untold=not account.is_told,
        )


def pack_rows(packs: Whereabouts, goods: Goods) -> Iterator[Row]:
    """Yield how many packs there are of a lot, and where they are."""
    net, packed = goods.net(packs.lot), len(packs.packed)
    loose = {*packs.issued} - {*packs.packed} - packs.ended_unpacked
    counts = (
        ("told", packs.told, abs(packs.told - packed)),
        ("issued", len(packs.issued), len(loose)),
        ("packed", packed, 0),
    )
    made = tuple(logged.index for logged in packs.making)
    for step, count, gap in counts:
        yield Row(
            "packs",
            step=step,
            entries=made,
            time=packs.making[0].event.event_time if packs.making else "",
            parties=packs.making[0].parties if packs.making else (),
            subject=packs.lot,
            out=None if net is None else net * count,
            pieces=count,
            pieces_off=gap,
        )
    groups: dict[tuple[str, str, str, str], list[int]] = {}
    for found in packs.found.values():
        key = (found.state, found.word, found.place, found.party)
        groups.setdefault(key, []).append(found.index)
    for (state, word, place, party), indices in sorted(groups.items()):
        yield Row(
            "packs",
            step=state,
            entries=tuple(sorted({*indices})),
            parties=(party,),
            subject=place,
            out=None if net is None else net * len(indices),
            pieces=len(indices),
            note=word,
        )


def consignee_rows(packs: Whereabouts, goods: Goods) -> Iterator[Row]:
    """Yield for each consignee how many packs it was sent, and what became of them."""
    net = goods.net(packs.lot)
    for each in packs.consignees:
        counts = {
            "received": each.received,
            "sold": each.sold,
            "ended": each.ended,
            "passed on": each.passed_on,
            "there": each.here,
            "away": each.under_way,
        }
        yield Row(
            "consignees",
            step="shipping",
            entries=each.entries,
            parties=each.names[:1],
            subject=packs.lot,
            out=None if net is None else net * each.sent,
            pieces=each.sent,
            pieces_off=each.untold,
            note="; ".join(f"{word}: {count}" for word, count in counts.items()),
        )


def share_rows(
    rows: Sequence[Row], packs: Sequence[Whereabouts], goods: Goods, parts: Parts
) -> Iterator[Row]:
    """Yield where the mass of a harvest went, by mass where goods were mixed.

    Args:
        rows: Those of steps and goods.
        packs: The lots that it went into.
        goods: Where net contents are found.
        parts: Of each thing, what is of the harvest.
    """
    sums: defaultdict[str, Fraction] = defaultdict(Fraction)
    for row in rows:
        if row.table not in ("steps", "goods") or not row.into or row.share is None:
            continue
        part = Fraction(row.share, row.into)
        sums["lost" if row.table == "steps" else "thrown away"] += part * (
            row.lost or 0
        )
        sums["stock"] += part * (row.stock or 0)
        sums["left over"] += part * (row.difference or 0)
    for each in packs:
        known, net = parts.get(each.lot), goods.net(each.lot)
        if known is None or net is None:
            return
        for found in each.found.values():
            sums[found.state] += known * net
        sums["left over"] += known * net * (each.told - len(each.packed))
    for step, mass in sums.items():
        if to_gram(mass):
            yield Row("shares", step=step, share=to_gram(mass))


def test_rows(levels: Mapping[str, int], goods: Goods) -> Iterator[Row]:
    """Yield the samples, tests and releases of things."""
    for logged, name in _events(levels, goods):
        event = logged.event
        if event.biz_step not in _TESTING and not event.is_alarm:
            continue
        is_release = (event.disposition or "").startswith("sellable")
        said = [event.disposition or "", *event.set, *_readings(event.body)]
        yield Row(
            "tests",
            levels[name],
            "release" if is_release else event.biz_step,
            (logged.index,),
            event.event_time,
            logged.parties,
            name,
            note="; ".join(filter(None, [*said, *_documents(event.body)])),
        )


def handover_rows(levels: Mapping[str, int], goods: Goods) -> Iterator[Row]:
    """Yield where things changed hands: more than one party, a slip, or on the move."""
    for logged, name in _events(levels, goods):
        event = logged.event
        is_handover = (
            len({*logged.parties}) > 1
            or event.type == "TransactionEvent"
            or event.biz_step in _MOVING
        )
        if is_handover and event.biz_step not in _TESTING:
            said = [event.disposition or "", *_documents(event.body)]
            yield Row(
                "handovers",
                levels[name],
                event.biz_step,
                (logged.index,),
                event.event_time,
                logged.parties,
                name,
                out=_moved(logged, name, goods),
                note="; ".join(filter(None, said)),
            )


def _moved(logged: LoggedEvent, name: str, goods: Goods) -> Mass:
    """Return how much of a thing an event is about."""
    for step in goods.steps(name):
        if logged in step.events:
            return step.outputs.get(name, step.inputs.get(name))
    return goods.observed(logged, name)


def _events(
    levels: Mapping[str, int], goods: Goods
) -> Iterator[tuple[LoggedEvent, str]]:
    """Yield the events about things, each once, the nearest things' first."""
    seen: set[int] = set()
    for name, _ in sorted(levels.items(), key=lambda item: (item[1], item[0])):
        for logged in goods.events.about(name):
            if logged.index not in seen:
                seen.add(logged.index)
                yield logged, name


def _readings(body: Mapping[str, Json]) -> Iterator[str]:
    for element in items(body.get("sensorElementList")):
        for report in items(member(element, "sensorReport")):
            name = text(member(report, "component")) or text(member(report, "type"))
            values = (text(member(report, value)) for value in _VALUES)
            shown = next(filter(None, values), "")
            uom = text(member(report, "uom"))
            yield " ".join(filter(None, (name.removeprefix("caravan:"), shown, uom)))


def _documents(body: Mapping[str, Json]) -> Iterator[str]:
    for element in items(body.get("bizTransactionList")):
        yield text(member(element, "bizTransaction"))


def _elsewhere(others: Sequence[Step], account: Account) -> str:
    """Return what else was made of something, and when it was counted."""
    made = {name: None for step in others for name in step.outputs}
    lots = [name for name in made if key_of(name) != "21"]
    said = [f"also in: {', '.join(lots)}"] if lots else []
    if account.counted:
        said.append(f"counted: {account.counted}")
    return "; ".join(said)


def _total(masses: Iterable[Mass]) -> Mass:
    total = 0
    for mass in masses:
        if mass is None:
            return None
        total += mass
    return total


def _first(names: Sequence[str]) -> str:
    """Return what a step is about: of what came out, no single serial."""
    return next((name for name in names if key_of(name) != "21"), names[0])
