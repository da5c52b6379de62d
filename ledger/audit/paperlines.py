"""Lines of the worksheet that are papers: tests, releases, alarms, handovers."""

from collections.abc import Iterator, Mapping
from typing import Final

from ledger.audit.stock import Goods, Mass
from ledger.audit.worksheet import Row
from ledger.encoding import Json
from ledger.goods import LoggedEvent
from ledger.wording import items, member, text

_TESTING: Final = frozenset({"inspecting", "sampling"})
_MOVING: Final = frozenset(
    {"accepting", "arriving", "departing", "loading", "receiving", "shipping"}
)
_VALUES: Final = ("value", "minValue", "maxValue", "stringValue")


def inspection_rows(levels: Mapping[str, int], goods: Goods) -> Iterator[Row]:
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
