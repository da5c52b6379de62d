"""The way of goods from herd to shelf, in rows: its stages, tests, cold chain and gaps.

Each row is a list of named texts that sum up many statements, made from them alone, so
that a phone that has verified them makes the same. Statements that are taken back, and
those of parties with no say about the goods, enter no sum; how many there are is told
among the gaps. Nothing is judged: limits stand beside figures, and what testers signed
is counted.

Figures are decimal and summed exactly; where a sum could count something twice, or
would add different units, there is none. Pure and total: members that validity does not
read are shown or left out. ``scanner_web/verify/way.js`` is the twin.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from ledger.account import Account
from ledger.area import area_name, area_of
from ledger.closure import Member
from ledger.encoding import Json
from ledger.event import QUANTITY_LISTS, Event
from ledger.facts import title
from ledger.identifier import GS1
from ledger.limits import LIMITS, Limit
from ledger.mass import decimal
from ledger.measured import ONE, PLACES, Report, scaled
from ledger.standing import raised_by
from ledger.wording import (
    Messages,
    Names,
    date,
    grouped,
    items,
    measure,
    member,
    named,
    number,
    short,
    text,
    visible,
    word,
)

Told = tuple[str, str] | tuple[str, str, str]
"""A text by its name, and where it leads."""
Row = tuple[Told, ...]

PHASES: Final = ("herd", "milk", "road", "plant", "test", "delivery", "shop")
"""Parts of the way; ``phase.…`` in the locale. Apples and honey have them, too."""
MOST: Final = 24
"""Rows of a block; a reader in a shop reads no more."""
MOST_NAMED: Final = 3
"""So many areas or kinds are named; of the others, how many they are."""
MOST_CORRECTIONS: Final = 8

# Words of `caravan:process` for what is taken from herd, field or tree, and for what
# only puts it together: all that comes before goods are on the road or worked on.
_HARVESTS: Final = frozenset({"milking", "picking", "harvesting"})
_RAW: Final = _HARVESTS | {"bulking", "pooling"}
# Business steps of the Core Business Vocabulary 2.0 (7.1.2), by where they happen.
_ROAD: Final = frozenset(
    {
        "arriving",
        "consigning",
        "departing",
        "loading",
        "shipping",
        "staging_outbound",
        "transporting",
        "unloading",
        "void_shipping",
    }
)
_SHOP: Final = frozenset(
    {"dispensing", "picking", "reserving", "retail_selling", "stocking"}
)
_TEST: Final = frozenset({"holding", "inspecting", "sampling"})
_JUDGED: Final = frozenset({"conformant", "non_conformant"})
# Left out first where stages are too many: another step says as much.
_MINOR: Final = frozenset(
    {"departing", "installing", "sampling", "staging_outbound", "unloading"}
)
# Done to raw goods and to packed ones alike: what they are about decides.
_KEPT: Final = frozenset({"accepting", "collecting", "receiving", "storing"})
# Says nothing of what happened to goods: codes, counts in store, seasons.
_PAPERWORK: Final = frozenset({"cycle_counting", "encoding", "stock_taking"})
# Steps of raw goods at which one would look for a temperature.
_COLD_STEPS: Final = frozenset({"accepting", "collecting", "storing", "transporting"})

# What goods are, by what they came of: a limit is for one product.
_MAKES: Final = {
    "milking": "raw-milk",
    "spray drying": "milk-powder",
    "freeze drying": "milk-powder",
}
_KEEPS: Final = frozenset({"bulking", "pooling", "loading", "receiving", "packing"})

_COOLING_TIME: Final = "caravan:cooling_time"
_AFTER: Final = "caravan:temperature_after"
_BEFORE: Final = "caravan:temperature_before"
_FREEZING_POINT: Final = "caravan:freezing_point"
_FAT: Final = "caravan:fat"
_MOISTURE: Final = "caravan:moisture"
_SPECIES: Final = "caravan:species"

# Masses are summed in millionths of a gram, so that none is rounded.
_GRAMS: Final = {"KGM": 1000, "GRM": 1, "TNE": 1_000_000}
_KILO_PLACES: Final = 9
_PIECES: Final = "C62"
"""EPCIS 2.0 (7.3.3.3): a quantity without a unit is a count."""
_ONE_BY_ONE: Final = ("epcList", "inputEPCList", "outputEPCList", "childEPCs")
_LISTS: Final = ("quantityList", "outputQuantityList")
_GS1_KINDS: Final = {
    "00": "logistic-unit",
    "01": "trade-item",
    "10": "lot",
    "21": "serial",
}
_OF: Final = " · "
"""Between what a place is called after, and its own last segment."""
_DAY_HOURS: Final = 24
_HOURS: Final = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who reads: in which language, with which words, knowing which names."""

    lang: str
    messages: Messages
    names: Names

    def say(self, key: str, **values: str | int) -> str:
        said = self.messages.get(key, key)
        for name, value in values.items():
            is_count = isinstance(value, int)
            shown = grouped(str(value), self.messages) if is_count else str(value)
            said = said.replace("{" + name + "}", shown)
        return said


@dataclass(slots=True)
class _Stage:
    """Statements of one sort, in order of time."""

    title: str
    phase: str
    accounts: list[Account] = field(default_factory=list)


@dataclass(slots=True)
class _Tested:
    """All results of one component, of one product, in one unit."""

    accounts: list[Account] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    said: dict[str, int] = field(default_factory=dict)
    compared: int = 0
    outside: int = 0


def way_rows(
    accounts: Iterable[Account],
    *,
    members: Sequence[Member],
    lang: str,
    messages: Messages,
    names: Names,
) -> list[Row]:
    """Return the parts of the way in the order in which they began, and their stages.

    A stage is all statements with one title in one part of the way, so that "received"
    at the plant is not summed with "received" at the shop. Of too many, those that say
    least to a buyer are only counted. The row of a part is ``way.N``; those of its
    stages, which follow it, are ``way.N.M``, and do not tell again what it tells.

    Args:
        accounts: What the statements about members tell, in any order.
        members: Of the closure.
        lang: The reader's language.
        messages: The locale's texts by key.
        names: Gives the display name of a party or a place.
    """
    reader = _Reader(lang, messages, names)
    told = _counted(accounts)
    sources = _Sources(told)
    found = _stages(_until_harvest(told), members, reader)
    kept = [s for s in found if s.accounts[0].event.biz_step not in _MINOR]
    kept = (kept if len(found) > MOST else found)[: MOST - (len(kept) > MOST)]
    parts: dict[str, list[_Stage]] = {}
    for stage in kept:
        parts.setdefault(stage.phase, []).append(stage)
    rows = [
        row
        for place, (phase, stages) in enumerate(parts.items())
        for row in _part_rows(f"way.{place}", phase, stages, sources, reader)
    ]
    return [*rows, *_more("way", len(parts), len(found) - len(kept), reader)]


def brief_rows(
    accounts: Iterable[Account],
    *,
    members: Sequence[Member],
    lang: str,
    messages: Messages,
    names: Names,
) -> list[Row]:
    """Return what a buyer asks first: whose it is and of when, and what tests found.

    Args:
        accounts: What the statements about members tell, in any order.
        members: Of the closure.
        lang: The reader's language.
        messages: The locale's texts by key.
        names: Gives the display name of a party or a place.
    """
    reader = _Reader(lang, messages, names)
    told = _counted(accounts)
    if not told:
        return []
    rows: list[Row] = []
    for stage in _stages(told, members, reader):
        processes = {text(a.event.body.get("caravan:process")) for a in stage.accounts}
        if processes.isdisjoint(_HARVESTS):
            continue
        whose = [_who(stage.accounts, reader), _things(stage.accounts, reader)]
        parts = (
            ("when", _when(stage.accounts, reader)),
            ("who", _OF.join(filter(None, whose))),
            ("where", _where(stage.accounts, reader)),
        )
        rows.append(_row(f"brief.{len(rows)}", stage.title, "", *parts))
    tested = test_rows(
        told, members=members, lang=lang, messages=messages, names=names
    )[0]
    head = (f"brief.{len(rows)}", tested[0][1])
    rows.append((head, *((f"{head[0]}{fact[0][7:]}", fact[1]) for fact in tested[1:])))
    signed = reader.say("brief.signed", count=len(_issuers(told)))
    rows.append(_row(f"brief.{len(rows)}", signed, "", ("who", _who(told, reader))))
    return rows


def test_rows(
    accounts: Iterable[Account],
    *,
    members: Sequence[Member],
    lang: str,
    messages: Messages,
    names: Names,
) -> list[Row]:
    """Return what tests found: what their testers signed, then each component.

    A test is a statement that inspects goods (CBV 2.0, ``inspecting``) and gives a
    result or a disposition. A limit is told of products that it is written for, and
    only if the statements say that they are of camels.

    Args:
        accounts: What the statements about members tell, in any order.
        members: Of the closure.
        lang: The reader's language.
        messages: The locale's texts by key.
        names: Gives the display name of a party or a place.
    """
    reader = _Reader(lang, messages, names)
    told = _counted(accounts)
    products = _products(told)
    has_limits = _species(told) == {"camel"}
    tests: list[Account] = []
    signed: dict[str, int] = {}
    results: dict[tuple[str, str, str, str], _Tested] = {}
    for account in told:
        reports = [report for report in account.reports if report.component]
        disposition = account.event.disposition or ""
        is_judged = disposition in _JUDGED
        if account.event.biz_step != "inspecting" or not (reports or is_judged):
            continue
        if _phase(account.event) != "test":
            continue
        tests.append(account)
        signed[disposition] = signed.get(disposition, 0) + 1
        product = _product_of(account, products)
        about = reader.say(f"product.{product}") if product else _kinds(account, reader)
        for report in reports:
            of = product if has_limits else ""
            key = (about, of, report.component, report.unit)
            tested = results.setdefault(key, _Tested())
            _take(tested, account, report, of, reports)
    if not tests:
        return [_row("tests.0", reader.say("tests.none", count=len(told)), "")]
    rows = [
        _row(
            "tests.0",
            reader.say("tests.count", count=len(tests)),
            _href(tests, reader),
            ("signed", _dispositions(signed, reader)),
            ("for", _components(results, reader)),
            ("who", _who(tests, reader, MOST_NAMED)),
            ("when", _when(tests, reader)),
        )
    ]
    for (about, of, component, unit), tested in results.items():
        name = f"tests.{len(rows)}"
        limits = _limits_of(of, component, unit)
        rows.append(
            _row(
                name,
                word("sensor", component, messages),
                _href(tested.accounts, reader),
                ("range", _range(tested.values, unit, reader)),
                ("result", _said(tested.said, reader)),
                ("count", grouped(str(len(tested.accounts)), messages)),
                ("on", about),
                ("who", _who(tested.accounts, reader)),
                *_limit_parts(limits, tested.outside, tested.compared, reader),
            )
        )
    return _capped("tests", rows, reader)


def cold_rows(
    accounts: Iterable[Account],
    *,
    members: Sequence[Member],
    lang: str,
    messages: Messages,
    names: Names,
) -> list[Row]:
    """Return how cold goods were at each stage, and at how many steps nobody measured.

    Cooling is held against the limit of the State Council's order on dairy: 4 °C within
    two hours of milking. No limit is told of what is measured later, since none that
    binds is known for it. What a plant heats or dries is no part of the cold chain.

    Args:
        accounts: What the statements about members tell, in any order.
        members: Of the closure.
        lang: The reader's language.
        messages: The locale's texts by key.
        names: Gives the display name of a party or a place.
    """
    reader = _Reader(lang, messages, names)
    told = _counted(accounts)
    products = _products(told)
    rows: list[Row] = []
    found = _stages(told, members, reader)
    for stage in found:
        measured = sum(1 for a in stage.accounts if _cold(a, stage.phase))
        if stage.phase == "plant":
            continue
        if not measured and not any(_is_cold_step(a.event) for a in stage.accounts):
            continue
        count = reader.say("cold.measured", count=measured, all=len(stage.accounts))
        parts = [
            ("measured", count),
            ("temperature", _temperatures(stage, reader, {_BEFORE})),
        ]
        if _is_cooling(stage):
            parts += _cooling(stage, told, products, reader)
        name = f"cold.{len(rows)}"
        rows.append(_row(name, stage.title, _href(stage.accounts, reader), *parts))
    if (harvests := _harvests(told)) and not any(map(_is_cooling, found)):
        lacking = reader.say("cold.uncooled", count=len(harvests), all=len(harvests))
        cooled = reader.say("done.cooling")
        rows.append(_row(f"cold.{len(rows)}", cooled, "", ("uncooled", lacking)))
    return _capped("cold", rows, reader)


def cold_points(accounts: Iterable[Account]) -> list[tuple[int, int, str]]:
    """Return what a chart of the cold chain shows.

    Returns:
        Seconds since 1970, tenths of a degree Celsius and the phase, by time. What was
        measured before cooling is left out.
    """
    points: list[tuple[int, int, str]] = []
    for account in _counted(accounts):
        phase = _phase(account.event)
        points += [
            (account.event.instant_us // ONE, _tenths(value), phase)
            for report in _cold(account, phase)
            if report.component != _BEFORE
            for value in report.values
        ]
    return points


def gap_rows(
    accounts: Iterable[Account],
    *,
    members: Sequence[Member],
    lang: str,
    messages: Messages,
    names: Names,
) -> list[Row]:
    """Return what is missing, late or taken back, or that none of this was found.

    What a sort of step usually has, is taken from this very chain: if more than half of
    its statements are signed by several, or give measurements, the others lack it.

    Args:
        accounts: What the statements about members tell, in any order.
        members: Of the closure.
        lang: The reader's language.
        messages: The locale's texts by key.
        names: Gives the display name of a party or a place.
    """
    reader = _Reader(lang, messages, names)
    given = sorted(accounts, key=lambda account: account.index)
    told = _counted(given)
    found = [
        *_late(told, reader),
        *_odd(told, reader),
        *_corrections(given, reader),
        *_without_quantities(told, reader),
    ]
    for stage in _stages(told, members, reader):
        found += _lacking(stage, reader)
    apart = sum(account.is_apart for account in given)
    if apart:
        found.append((reader.say("gaps.apart", count=apart), "#apart", []))
    if not found:
        means = ("means", reader.say("gaps.means"))
        return [_row("gaps.0", reader.say("gaps.none", count=len(given)), "", means)]
    rows = [
        _row(f"gaps.{place}", said, href, *parts)
        for place, (said, href, parts) in enumerate(found)
    ]
    return _capped("gaps", rows, reader)


class _Sources:
    """What goods were made of, each transformation kept once."""

    def __init__(self, told: Iterable[Account]) -> None:
        self._making: dict[str, list[int]] = {}
        self._inputs: list[tuple[str, ...]] = []
        for account in told:
            event = account.event
            if event.type == "TransformationEvent":
                for name in event.created:
                    self._making.setdefault(name, []).append(len(self._inputs))
                self._inputs.append(_inputs(event))

    def are_mixed(self, names: Iterable[str]) -> bool:
        """Tell whether some of these goods went into others of them."""
        wanted, done = set(names), set[int]()
        todo = list(wanted)
        while todo:
            for making in self._making.get(todo.pop(), ()):
                if making not in done:
                    done.add(making)
                    if not wanted.isdisjoint(self._inputs[making]):
                        return True
                    todo += self._inputs[making]
        return False


def _counted(accounts: Iterable[Account]) -> list[Account]:
    """Return the accounts that enter sums, in order of time."""
    return _in_time(account for account in accounts if account.counts)


def _in_time(accounts: Iterable[Account]) -> list[Account]:
    return sorted(accounts, key=lambda a: (a.event.instant_us, a.index))


def _stages(
    told: Iterable[Account], members: Sequence[Member], reader: _Reader
) -> list[_Stage]:
    """Return the stages, in the order in which they began."""
    labels = {m.subject for m in members if m.relation == "trade-item"}
    parents = {m.subject for m in members if m.relation == "parent"}
    found: dict[tuple[str, str, bool], _Stage] = {}
    for account in told:
        event = account.event
        # That a case has a code is no step; what was packed in it is.
        begun = parents if event.biz_step == "commissioning" else set[str]()
        if _is_paperwork(account, labels | begun):
            continue
        is_cooled = any(_is_of_cooling(report) for report in account.reports)
        said = "" if is_cooled else title(event, reader.lang, reader.messages)
        key = (said, phase := _phase(event), event.type == "TransformationEvent")
        if key not in found:
            found[key] = _Stage(said or reader.say("done.cooling"), phase)
        found[key].accounts.append(account)
    return list(found.values())


def _part_rows(
    name: str,
    phase: str,
    stages: Sequence[_Stage],
    sources: "_Sources",
    reader: _Reader,
) -> list[Row]:
    """Return the row of a part of the way, and those of its stages."""
    told = _in_time(account for stage in stages for account in stage.accounts)
    shared = (("when", _when(told, reader)), ("where", _where(told, reader)))
    found = ("signed", _passed(told, reader) if phase == "test" else "")
    alarm = ("alarm", _alarms(told, reader))
    rows = [_row(name, reader.say(f"phase.{phase}"), "", *shared, found, alarm)]
    for place, stage in enumerate(stages):
        parts = (
            ("when", _when(stage.accounts, reader)),
            ("who", _who(stage.accounts, reader)),
            ("where", _where(stage.accounts, reader)),
            ("things", _things(stage.accounts, reader)),
            ("mass", _mass(stage, sources, reader)),
            ("temperature", _temperatures(stage, reader)),
            ("signed", _passed(stage.accounts, reader) if phase == "test" else ""),
            ("alarm", _alarms(stage.accounts, reader)),
            ("how", _how(stage.accounts, reader)),
        )
        own = [part for part in parts if part not in shared]
        link = _href(stage.accounts, reader)
        rows.append(_row(f"{name}.{place}", stage.title, link, *own))
    return rows


def _until_harvest(told: Sequence[Account]) -> list[Account]:
    """Return accounts without what befell animals after these goods were taken.

    Alarms remain, whenever they come.
    """
    taken = [
        account.event.instant_us
        for account in told
        if text(account.event.body.get("caravan:process")) in _HARVESTS
        and not set(account.event.created).isdisjoint(account.about)
    ]
    return [
        account
        for account in told
        if not taken
        or account.event.instant_us <= taken[-1]
        or account.event.is_alarm
        or _phase(account.event) != "herd"
    ]


def _is_paperwork(account: Account, labels: set[str]) -> bool:
    """Tell whether a statement is no part of the way of these goods.

    It is about codes, parties or the kind of product only, or tells what else was made
    of something that these goods were made of.
    """
    event = account.event
    if event.biz_step in _PAPERWORK:
        return True
    is_made = event.type == "TransformationEvent"
    if is_made and event.created and set(event.created).isdisjoint(account.about):
        return True
    return all(
        name in labels or short(name).startswith(("party/", "place/"))
        for name in account.about
    )


def _phase(event: Event) -> str:
    """Return the part of the way, from the step, the process and what it is about."""
    step = event.biz_step
    is_packed = any(name.startswith(GS1) for name in event.subjects)
    is_made = event.type == "TransformationEvent"
    if text(event.body.get("caravan:process")) in _RAW:
        return "milk"
    if not is_packed and not is_made and not _has_classes(event):
        return "herd"
    if event.type == "TransactionEvent" or step in _ROAD:
        return "delivery" if is_packed else "road"
    if step in _TEST:
        return "test"
    if step in _SHOP or (is_packed and step in _KEPT and not is_made):
        return "shop"
    return "milk" if step in _KEPT and not is_made else "plant"


def _has_classes(event: Event) -> bool:
    return any(items(event.body.get(name)) for name in QUANTITY_LISTS)


def _inputs(event: Event) -> tuple[str, ...]:
    listed = items(event.body.get("inputQuantityList"))
    named_by_class = [text(member(element, "epcClass")) for element in listed]
    return (*map(text, items(event.body.get("inputEPCList"))), *named_by_class)


def _cold(account: Account, phase: str) -> list[Report]:
    """Return how warm goods or a process were: no property of milk, no tests."""
    return [
        report
        for report in account.reports
        if phase not in {"herd", "test"}
        and (report.kind, report.unit) == ("Temperature", "CEL")
        and report.component != _FREEZING_POINT
        and report.values
    ]


def _is_cold_step(event: Event) -> bool:
    is_packed = any(name.startswith(GS1) for name in event.subjects)
    return event.biz_step in _COLD_STEPS and not is_packed and _has_classes(event)


def _is_of_cooling(report: Report) -> bool:
    return report.component in {_COOLING_TIME, _AFTER}


def _is_cooling(stage: _Stage) -> bool:
    return any(_is_of_cooling(r) for a in stage.accounts for r in a.reports)


def _harvests(told: Iterable[Account]) -> dict[str, None]:
    """Return the milk that was milked, by the name of each milking's."""
    return {
        name: None
        for account in told
        if text(account.event.body.get("caravan:process")) == "milking"
        for name in account.event.created
        if name in account.about
    }


def _cooling(
    stage: _Stage,
    told: Iterable[Account],
    products: Mapping[str, str],
    reader: _Reader,
) -> list[tuple[str, str]]:
    """Return how fast milk was cooled, and how often not within the limit."""
    times: list[int] = []
    compared = outside = 0
    limits: dict[Limit, None] = {}
    cooled: set[str] = set()
    for account in stage.accounts:
        reports = [report for report in account.reports if report.values]
        cooled.update(account.about if any(map(_is_of_cooling, reports)) else ())
        product, judged = _product_of(account, products), set[str]()
        is_outside = False
        for report in reports:
            if (report.component, report.unit) == (_COOLING_TIME, "MIN"):
                times += report.values
            for limit in _limits_of(product, report.component, report.unit):
                limits[limit] = None
                judged.add(limit.component)
                is_outside |= any(_breaks(limit, value) for value in report.values)
        # Who tells only one of the two has not shown that both were kept.
        if {_COOLING_TIME, _AFTER} <= judged:
            compared += 1
            outside += is_outside
    harvests = _harvests(told)
    lacking = sum(1 for name in harvests if name not in cooled)
    uncooled = reader.say("cold.uncooled", count=lacking, all=len(harvests))
    return [
        ("time", _range(times, "MIN", reader)),
        *_limit_parts(list(limits), outside, compared, reader),
        ("uncooled", uncooled if lacking else ""),
    ]


def _products(told: Iterable[Account]) -> dict[str, str]:
    """Return what goods are, by name: of what they were made, in order of time.

    What is only put together, moved or packed stays what it was; what is made in any
    other way, or is said to be two things, is nothing that a limit is known for.
    """
    products: dict[str, str] = {}
    for account in told:
        event = account.event
        if event.type != "TransformationEvent":
            continue
        process = text(event.body.get("caravan:process"))
        product = _MAKES.get(process, "")
        if process in _KEEPS:
            came_of = {products.get(name, "") for name in _inputs(event)}
            product = came_of.pop() if len(came_of) == 1 else ""
        for name in event.created:
            products[name] = product if products.get(name, product) == product else ""
    return products


def _product_of(account: Account, products: Mapping[str, str]) -> str:
    found = {products.get(name, "") for name in account.about}
    return found.pop() if len(found) == 1 else ""


def _species(told: Iterable[Account]) -> set[str]:
    """Return the species that statements name."""
    bodies = [account.event.body for account in told]
    named_by = [text(body.get(_SPECIES)) for body in bodies]
    named_by += [text(member(body.get("ilmd"), _SPECIES)) for body in bodies]
    return {*named_by} - {""}


def _take(
    tested: _Tested,
    account: Account,
    report: Report,
    product: str,
    reports: Sequence[Report],
) -> None:
    """Add one result, and whether it is within the limits that it can be held to."""
    if not tested.accounts or tested.accounts[-1] is not account:
        tested.accounts.append(account)
    tested.values += report.values
    if report.said:
        tested.said[report.said] = tested.said.get(report.said, 0) + 1
    limits = _limits_of(product, report.component, report.unit)
    wholes = [_share(reports) if limit.of else 100 * ONE for limit in limits]
    if limits and report.values and all(whole > 0 for whole in wholes):
        tested.compared += 1
        tested.outside += any(
            _breaks(limit, value, whole)
            for limit, whole in zip(limits, wholes, strict=True)
            for value in report.values
        )


def _share(reports: Sequence[Report]) -> int:
    """Return the solids that are not fat, in millionths of a percent; 0 if unknown."""
    rest = 100 * ONE
    for component in (_FAT, _MOISTURE):
        found = [r for r in reports if (r.component, r.unit) == (component, "P1")]
        if not found or not found[0].values:
            return 0
        rest -= found[0].values[0]
    return rest


def _limits_of(product: str, component: str, unit: str) -> list[Limit]:
    wanted = (product, component, unit)
    return [lim for lim in LIMITS if (lim.product, lim.component, lim.unit) == wanted]


def _breaks(limit: Limit, value: int, whole: int = 100 * ONE) -> bool:
    """Tell whether a value, of a hundred or of a share of it, is outside a limit."""
    bound = (scaled(limit.value) or 0) * whole
    got = value * 100 * ONE
    return got < bound if limit.comparison == ">=" else got > bound


def _limit_parts(
    limits: Sequence[Limit], outside: int, compared: int, reader: _Reader
) -> list[tuple[str, str]]:
    """Return the limits, whose they are, and how many results lie outside."""
    if not limits:
        return []
    shown = []
    for limit in limits:
        sign = "≥" if limit.comparison == ">=" else "≤"
        bound = f"{sign} {measure(limit.value, limit.unit, reader.messages)}"
        of = f"limit.of.{limit.of}"
        shown.append(reader.say(of, limit=bound) if limit.of else bound)
    first = limits[0]
    is_verified = all(limit.verified for limit in limits)
    return [
        ("limit", ", ".join(shown)),
        ("edition", f"{reader.say(f'limit.source.{first.source}')} · {first.edition}"),
        ("outside", reader.say("limit.outside", count=outside, all=compared)),
        ("unverified", "" if is_verified else reader.say("limit.unverified")),
    ]


def _when(told: Sequence[Account], reader: _Reader) -> str:
    days = [date(told[at].event.event_time[:10], reader.messages) for at in (0, -1)]
    return days[0] if days[0] == days[1] else f"{days[0]} – {days[1]}"


def _who(told: Iterable[Account], reader: _Reader, most: int = 1) -> str:
    """Return who says so: the first issuers by name, and how many others."""
    shown = [named(name, reader.names) for name in _issuers(told)]
    return _few(shown, reader, most)


def _few(shown: Sequence[str], reader: _Reader, most: int = MOST_NAMED) -> str:
    """Return the first of them, and how many more there are."""
    rest = len(shown) - most
    more = [reader.say("fact.more", count=rest)] if rest > 0 else []
    return ", ".join([*shown[:most], *more])


def _issuers(told: Iterable[Account]) -> list[str]:
    return list(dict.fromkeys(a.parties[0] for a in told if a.parties))


def _where(told: Sequence[Account], reader: _Reader) -> str:
    """Return the areas, and how many places if these are more; else the places.

    A place that is called after who says so is not told again.
    """
    places = list(dict.fromkeys(account.event.read_point for account in told))
    codes = dict.fromkeys(area_of(a.event.body.get("caravan:area")) for a in told)
    areas = [area_name(code, reader.messages) for code in codes if code]
    count = reader.say("way.places", count=len(places))
    if areas:
        listed = _few(areas, reader)
        return listed if len(places) <= len(areas) else f"{listed} · {count}"
    if len(places) > MOST_NAMED:
        return count
    parties = _issuers(told)
    holders = {named(party, reader.names) for party in parties}
    shown = [named(place, reader.names) for place in places]
    is_told = all({name, name.rpartition(_OF)[0]} & holders for name in shown)
    return "" if is_told and len(places) <= len(parties) else ", ".join(shown)


def _things(told: Iterable[Account], reader: _Reader) -> str:
    """Return how many animals, trees or cases, each counted once; no single packs."""
    found: dict[str, dict[str, None]] = {}
    told = list(told)
    species = _species(told)
    animal = ""
    if len(species) == 1:
        animal = word("kind.own", species.pop(), reader.messages)
    for account in told:
        body, about = account.event.body, set(account.about)
        for name in [text(body.get("parentID")), *_each(body, _ONE_BY_ONE)]:
            is_case = name == body.get("parentID")
            if name in about and (is_case or not name.startswith(GS1)):
                is_animal = short(name).startswith("animal/")
                kind = (animal if is_animal else "") or _kind(name, reader)
                found.setdefault(kind, {})[name] = None
    shown = [
        f"{kind} × {grouped(str(len(names)), reader.messages)}"
        for kind, names in found.items()
    ]
    return ", ".join(shown[:MOST_NAMED])


def _each(body: Mapping[str, Json], lists: Iterable[str]) -> Iterator[str]:
    return (text(name) for listed in lists for name in items(body.get(listed)))


def _kinds(account: Account, reader: _Reader) -> str:
    kinds = dict.fromkeys(_kind(name, reader) for name in account.about)
    return ", ".join(list(kinds)[:MOST_NAMED])


def _kind(name: str, reader: _Reader) -> str:
    """Return the word for what an identifier names."""
    if name.startswith(GS1):
        key = name.split("/")[-2]
        return word("kind", _GS1_KINDS.get(key, key), reader.messages)
    return word("kind.own", short(name).partition("/")[0], reader.messages)


def _mass(stage: _Stage, sources: _Sources, reader: _Reader) -> str:
    """Return how much came out or was there, in all; nothing if that cannot be said.

    Every statement has to give it, in one unit (masses in kilograms). What was seen
    twice, or went into other goods of the same stage, would be counted twice.
    """
    seen: set[str] = set()
    units: set[str] = set()
    total = 0
    for account in stage.accounts:
        is_made = account.event.type == "TransformationEvent"
        listed = account.event.body.get(_LISTS[is_made])
        about = set(account.about)
        told = [e for e in items(listed) if text(member(e, "epcClass")) in about]
        if not told or stage.phase == "test":
            return ""
        for element in told:
            name = text(member(element, "epcClass"))
            amount = scaled(member(element, "quantity"))
            if amount is None or amount < 0 or (name in seen and not is_made):
                return ""
            seen.add(name)
            unit = text(member(element, "uom")) or _PIECES
            units.add("KGM" if unit in _GRAMS else unit)
            total += amount * _GRAMS.get(unit, _GRAMS["KGM"])
    if len(units) != 1 or sources.are_mixed(seen):
        return ""
    return measure(decimal(total, _KILO_PLACES), units.pop(), reader.messages)


def _temperatures(
    stage: _Stage, reader: _Reader, apart: AbstractSet[str] = frozenset()
) -> str:
    """Return the lowest and highest of each thing measured, the first few of them."""
    found: dict[str, list[int]] = {}
    for account in stage.accounts:
        for report in _cold(account, stage.phase):
            name = report.component if report.component != report.kind else ""
            if name not in apart:
                found.setdefault(name, []).extend(report.values)
    shown = []
    for name, values in list(found.items())[: MOST_NAMED + 1]:
        label = word("sensor", name, reader.messages) + ": " if name else ""
        shown.append(label + _range(values, "CEL", reader))
    return ", ".join(shown)


def _how(told: Sequence[Account], reader: _Reader) -> str:
    """Return how many statements there are, and how their figures came to be."""
    device = typed = 0
    for account in told:
        reports = account.reports
        device += any(report.by_device for report in reports)
        typed += _has_amounts(account.event) or any(not r.by_device for r in reports)
    # What was typed, or told by a device, each time is as many as there are records.
    records = 0 if len(told) in {device, typed} else len(told)
    counts = (
        ("records", records),
        ("device", device),
        ("typed", typed),
        ("late", sum(1 for account in told if _is_late(account))),
        ("cosigned", sum(account.signers > 1 for account in told)),
    )
    shown = [reader.say(f"how.{name}", count=count) for name, count in counts if count]
    return " · ".join(shown)


def _alarms(told: Iterable[Account], reader: _Reader) -> str:
    """Return the words that raise an alarm, and in how many statements each stands."""
    found: dict[str, int] = {}
    for account in told:
        for name in sorted(raised_by(account.event)):
            found[name] = found.get(name, 0) + 1
    return _dispositions(found, reader)


def _passed(told: Iterable[Account], reader: _Reader) -> str:
    """Return how often testers signed that goods conform; what did not is an alarm."""
    count = sum(account.event.disposition == "conformant" for account in told)
    return _dispositions({"conformant": count} if count else {}, reader)


def _components(results: Iterable[tuple[str, str, str, str]], reader: _Reader) -> str:
    """Return what was tested for."""
    found = dict.fromkeys(component for _, _, component, _ in results)
    return _few([word("sensor", name, reader.messages) for name in found], reader)


def _has_amounts(event: Event) -> bool:
    return any(
        number(member(element, "quantity"))
        for name in QUANTITY_LISTS
        for element in items(event.body.get(name))
    )


def _is_late(account: Account) -> bool:
    return any(flag.code == "late" for flag in account.flags)


def _range(values: Sequence[int], unit: str, reader: _Reader) -> str:
    if not values:
        return ""
    low, high = decimal(min(values), PLACES), decimal(max(values), PLACES)
    if low == high:
        return measure(low, unit, reader.messages)
    return f"{grouped(low, reader.messages)} – {measure(high, unit, reader.messages)}"


def _said(said: Mapping[str, int], reader: _Reader) -> str:
    shown = [
        f"{word('value', result, reader.messages)} × {count}"
        for result, count in said.items()
    ]
    return _few(shown, reader)


def _dispositions(signed: Mapping[str, int], reader: _Reader) -> str:
    """Return dispositions, and how often each was signed."""
    messages = reader.messages
    return " · ".join(
        f"{word('disposition', name or 'unknown', messages)}"
        f" × {grouped(str(count), messages)}"
        for name, count in signed.items()
    )


_Gap = tuple[str, str, list[tuple[str, str]]]


def _late(told: Sequence[Account], reader: _Reader) -> Iterator[_Gap]:
    longest: tuple[int, Account] | None = None
    count = 0
    for account in told:
        for flag in account.flags:
            if flag.code == "late":
                count += 1
                digits = _HOURS.match(flag.detail)
                hours = int(digits[0]) if digits else 0
                if longest is None or hours > longest[0]:
                    longest = (hours, account)
    if longest is not None:
        said = reader.say("gaps.late", count=count, all=len(told))
        days = longest[0] // _DAY_HOURS
        unit, count = ("days", days) if days > 1 else ("hours", longest[0])
        part = ("longest", reader.say(f"gaps.{unit}", count=count))
        yield said, _href([longest[1]], reader), [part]


def _odd(told: Sequence[Account], reader: _Reader) -> Iterator[_Gap]:
    """Yield every other sort of flag, with how many statements have it."""
    found: dict[str, list[Account]] = {}
    for account in told:
        for code in dict.fromkeys(flag.code for flag in account.flags):
            if code != "late":
                found.setdefault(code, []).append(account)
    for code, odd in found.items():
        count = ("count", grouped(str(len(odd)), reader.messages))
        yield word("flag", code, reader.messages), _href(odd[:1], reader), [count]


def _corrections(given: Sequence[Account], reader: _Reader) -> Iterator[_Gap]:
    by_index = {account.index: account for account in given}
    back = [a for a in given if a.declared_by is not None and not a.is_apart]
    for account in back[:MOST_CORRECTIONS]:
        by = by_index.get(account.declared_by or 0)
        error = None if by is None else by.event.body.get("errorDeclaration")
        reason = text(member(error, "reason")) or "unknown"
        said = reader.say(
            "gaps.correction", index=str(account.index), by=str(account.declared_by)
        )
        part = ("reason", word("error", reason, reader.messages))
        yield said, _href([account], reader), [part]
    if len(back) > MOST_CORRECTIONS:
        rest = len(back) - MOST_CORRECTIONS
        yield reader.say("gaps.corrections", count=rest), "", []


def _without_quantities(told: Sequence[Account], reader: _Reader) -> Iterator[_Gap]:
    """Yield how many transformations do not say how much went in or came out."""
    made = [a for a in told if a.event.type == "TransformationEvent"]
    lacking = [account for account in made if _lacks_amounts(account.event)]
    if lacking:
        said = reader.say("gaps.amounts", count=len(lacking), all=len(made))
        yield said, _href(lacking[:1], reader), []


def _lacks_amounts(event: Event) -> bool:
    listed = [
        element
        for name in ("inputQuantityList", "outputQuantityList")
        for element in items(event.body.get(name))
    ]
    return not listed or not all(number(member(e, "quantity")) for e in listed)


def _lacking(stage: _Stage, reader: _Reader) -> Iterator[_Gap]:
    """Yield what some statements of a stage lack and most of it have."""
    told = stage.accounts
    measured = [account for account in told if account.reports]
    # A release says "for sale" where a test says "conformant": it is of another sort.
    alike = {account.event.disposition for account in measured}
    like = [account for account in told if account.event.disposition in alike]
    for name, having, most in (
        ("cosigned", [account for account in told if account.signers > 1], told),
        ("measured", measured, like),
    ):
        had = {id(account) for account in having}
        lacking = [account for account in most if id(account) not in had]
        if lacking and 2 * len(having) > len(most):
            key, count = f"gaps.{name}", len(lacking)
            said = reader.say(key, count=count, all=len(most), step=stage.title)
            yield said, _href(lacking[:1], reader), []


def _href(told: Sequence[Account], reader: _Reader) -> str:
    """Return where the first statement stands: alone, on this page."""
    first = told[0].index
    return f"/entries/{first}?lang={reader.lang}" if told[1:] else f"#entry-{first}"


def _row(name: str, said: str, href: str, *parts: tuple[str, str]) -> Row:
    """Return a row: its first text, where that leads, and its other texts."""
    head: list[Told] = [
        (named_as, shown, href) if href else (named_as, shown)
        for named_as, shown in visible([(name, said)])
    ]
    return (*head, *visible((f"{name}.{part}", shown) for part, shown in parts))


def _capped(block: str, rows: Sequence[Row], reader: _Reader) -> list[Row]:
    """Return the first rows, and how many more there are."""
    kept = rows[: MOST - (len(rows) > MOST)]
    return [*kept, *_more(block, len(kept), len(rows) - len(kept), reader)]


def _more(block: str, place: int, rest: int, reader: _Reader) -> list[Row]:
    said = reader.say("fact.more", count=rest)
    return [_row(f"{block}.{place}", said, "")] if rest else []


def _tenths(scaled: int) -> int:
    """Return tenths of a number in millionths, to the nearest, halves outwards."""
    nearest = (abs(scaled) * 10 + ONE // 2) // ONE
    return -nearest if scaled < 0 else nearest
