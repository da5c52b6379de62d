"""Steps and goods as an exercise counts them: what went in, came out, and is where.

A step is a transformation, or a vessel that goods with a quantity were put into. Goods
are whatever steps name. Masses are whole numbers of 10⁻¹⁵ kg, exactly as statements
have them; pieces count with the net content that their trade item was given. A mass
that is not told is None, and no sum that it belongs to is known.

Pure: it reads events that were verified and weighs nobody's word.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from ledger.audit.events import Events
from ledger.encoding import Json
from ledger.event import Event
from ledger.goods import LoggedEvent
from ledger.mass import counted, mass_of, net_of, sum_known
from ledger.massflow import item_of, key_of
from ledger.wording import items, member, text

PIECES: Final = frozenset({"", "C62", "EA", "H87"})
"""Units of what is counted."""

_MILLION: Final = 10**6
_NET: Final = ("gs1:netContent", "gs1:netWeight", "cbvmda:netWeight")

Mass = int | None
"""In 10⁻¹⁵ kg; None if it is not told."""


@dataclass(slots=True)
class Step:
    """What was done to goods, in one statement or those that share an identifier.

    Attributes:
        process: ``caravan:process``, or else the business step.
        animals: Things without a quantity that went in; a milking has no others.
        losses: What the statements say was lost, and why.
    """

    process: str
    events: list[LoggedEvent]
    inputs: dict[str, Mass] = field(default_factory=dict)
    outputs: dict[str, Mass] = field(default_factory=dict)
    animals: list[str] = field(default_factory=list)
    losses: list[tuple[str, Mass]] = field(default_factory=list)

    @property
    def first(self) -> LoggedEvent:
        """Return the first of its statements."""
        return self.events[0]

    @property
    def entries(self) -> tuple[int, ...]:
        """Return where its statements are."""
        return tuple(logged.index for logged in self.events)

    @property
    def into(self) -> Mass:
        """Return the mass that went in."""
        return sum_known(self.inputs.values())

    @property
    def out(self) -> Mass:
        """Return the mass that came out; serials are not counted beside their lot."""
        lots = {item_of(name) for name in self.outputs if key_of(name) == "10"}
        return sum_known(
            mass
            for name, mass in self.outputs.items()
            if key_of(name) != "21" or item_of(name) not in lots
        )

    @property
    def lost(self) -> Mass:
        """Return the mass that is said to be lost."""
        return sum_known(mass for _, mass in self.losses)

    @property
    def is_source(self) -> bool:
        """Tell whether nothing that is weighed went in: goods come from here."""
        return not self.inputs

    @property
    def difference(self) -> Mass:
        """Return what went in and neither came out nor is said to be lost."""
        if self.is_source:
            return 0 if self.out is not None else None
        into, out, lost = self.into, self.out, self.lost
        if into is None or out is None or lost is None:
            return None
        return into - out - lost


@dataclass(frozen=True, slots=True)
class Account:
    """What became of some goods.

    Attributes:
        made: What steps gave, and what was put in without a step.
        used: What steps took.
        removed: What was thrown away or otherwise ended.
        sent: What left with a shipment, of goods that no step used.
        stock: What was counted last, less what went since; None if nobody counted.
        counted: When that was, as the statement has it.
        entries: The statements that are no steps: of removing, sending and counting.
        is_told: Whether every mass that is needed is told.
    """

    made: int
    used: int
    removed: int
    sent: int
    stock: int | None
    counted: str
    entries: tuple[int, ...]
    is_told: bool

    @property
    def left(self) -> int:
        """Return what should still be there."""
        return self.made - self.used - self.removed - self.sent

    @property
    def difference(self) -> Mass:
        """Return what should be there and is not counted there."""
        return self.left - (self.stock or 0) if self.is_told else None


class Goods:
    """Steps and accounts of goods, looked up as they are asked for."""

    def __init__(self, events: Events) -> None:
        """Read nothing yet."""
        self.events = events
        self._net: dict[str, Mass] = {}
        self._steps: dict[str, list[Step]] = {}
        self._by_key: dict[str, Step] = {}

    def steps(self, name: str) -> list[Step]:
        """Return the steps that a thing went into or came out of."""
        if name not in self._steps:
            keys = {
                key: None
                for logged in self.events.about(name)
                if (key := _step_key(logged)) is not None
            }
            found = [self._step(key, name) for key in keys]
            self._steps[name] = [
                step for step in found if name in step.inputs or name in step.outputs
            ]
        return self._steps[name]

    def makers(self, name: str) -> list[Step]:
        """Return the steps that a thing came out of."""
        return [step for step in self.steps(name) if name in step.outputs]

    def users(self, name: str) -> list[Step]:
        """Return the steps that a thing went into."""
        return [step for step in self.steps(name) if name in step.inputs]

    def account(self, name: str) -> Account:
        """Return what became of some goods."""
        made = [step.outputs[name] for step in self.makers(name)]
        used = [step.inputs[name] for step in self.users(name)]
        told = [*made, *used]
        removed = sent = added = 0
        entries: list[int] = []
        stock: tuple[int, LoggedEvent] | None = None
        for logged in self.events.about(name):
            amount = self._observed(logged, name)
            if amount == ():
                continue
            (mass,) = amount
            event = logged.event
            if event.type == "ObjectEvent" and event.action == "ADD":
                added += mass or 0
            elif event.type == "ObjectEvent" and event.action == "DELETE":
                removed += mass or 0
            elif event.biz_step == "shipping" and not used:
                sent += mass or 0
            elif event.biz_step == "stock_taking":
                is_later = stock is None or (
                    event.instant_us >= stock[1].event.instant_us
                )
                stock = (mass or 0, logged) if is_later else stock
            else:
                continue
            told.append(mass)
            entries.append(logged.index)
        return Account(
            made=added + sum(mass or 0 for mass in made),
            used=sum(mass or 0 for mass in used),
            removed=removed,
            sent=sent,
            stock=None if stock is None else self._now(name, *stock),
            counted="" if stock is None else stock[1].event.event_time,
            entries=tuple(entries),
            is_told=None not in told and bool(told),
        )

    def net(self, name: str) -> Mass:
        """Return the mass of one piece of a lot or of a serial's trade item."""
        item = item_of(name)
        if item not in self._net:
            self._net[item] = self._net_of(item)
        return self._net[item]

    def mass(self, element: Json) -> Mass:
        """Return the mass of an element of a quantity list."""
        weighed = mass_of(element)
        if weighed is not None or text(member(element, "uom")) not in PIECES:
            return weighed
        number = counted(element)
        net = self.net(text(member(element, "epcClass")))
        return None if number is None or net is None else number * net // _MILLION

    def _net_of(self, item: str) -> Mass:
        found: Mass = None
        for logged in self.events.about(item):
            ilmd = logged.event.body.get("ilmd")
            for name in _NET:
                net = net_of(member(ilmd, name))
                found = found if net is None else net
        return found

    def _step(self, key: str, about: str) -> Step:
        if key in self._by_key:
            return self._by_key[key]
        shared = self.events.about(key) or [
            logged for logged in self.events.about(about) if _step_key(logged) == key
        ]
        events = [logged for logged in shared if _step_key(logged) == key]
        said = (text(e.event.body.get("caravan:process")) for e in events)
        process = next(filter(None, said), events[0].event.biz_step)
        step = self._by_key[key] = Step(process, events)
        for logged in events:
            self._fill(step, logged.event)
        return step

    def _fill(self, step: Step, event: Event) -> None:
        body = event.body
        if event.type == "TransformationEvent":
            self._add(step.inputs, body.get("inputQuantityList"))
            self._add(step.outputs, body.get("outputQuantityList"))
            for name in _texts(body.get("inputEPCList")):
                net = self.net(name) if key_of(name) == "21" else None
                if net is None:
                    step.animals.append(name)
                else:
                    step.inputs[name] = net
            for name in _texts(body.get("outputEPCList")):
                step.outputs.setdefault(name, self.net(name))
        else:
            parent = text(body.get("parentID"))
            self._add(step.inputs, body.get("childQuantityList"))
            step.outputs[parent] = sum_known(step.inputs.values())
        for element in items(body.get("caravan:loss")):
            step.losses.append((text(member(element, "reason")), self.mass(element)))

    def _add(self, side: dict[str, Mass], elements: Json) -> None:
        for element in items(elements):
            name, mass = text(member(element, "epcClass")), self.mass(element)
            if name:
                before = side.get(name, 0)
                side[name] = (
                    None if None in (before, mass) else sum_known((before, mass))
                )

    def observed(self, logged: LoggedEvent, name: str) -> Mass:
        """Return how much of some goods an event has before it; None if not told."""
        found = self._observed(logged, name)
        return found[0] if found else None

    def _observed(self, logged: LoggedEvent, name: str) -> tuple[Mass, ...]:
        """Return how much of some goods an event has before it, if it says so."""
        found = [
            self.mass(element)
            for element in items(logged.event.body.get("quantityList"))
            if text(member(element, "epcClass")) == name
            and member(element, "quantity") is not None
        ]
        return (sum_known(found),) if found else ()

    def _now(self, name: str, amount: int, logged: LoggedEvent) -> int:
        """Return what is left of what was counted."""
        since = logged.event.instant_us
        for step in self.steps(name):
            if step.first.event.instant_us > since:
                amount -= step.inputs.get(name) or 0
                amount += step.outputs.get(name) or 0
        for other in self.events.about(name):
            event = other.event
            if event.type == "ObjectEvent" and event.instant_us > since:
                mass = sum(m or 0 for m in self._observed(other, name))
                amount -= mass if event.action == "DELETE" else 0
        return amount


def walk(
    start: Collection[str], following: Callable[[str], Iterable[str]]
) -> dict[str, int]:
    """Return what is reached from some things, each with its least number of steps."""
    levels = dict.fromkeys(start, 0)
    found = list(levels)
    level = 0
    while found:
        level += 1
        new = {name: None for each in found for name in following(each)}
        found = [name for name in new if name not in levels]
        levels.update(dict.fromkeys(found, level))
    return levels


def _step_key(logged: LoggedEvent) -> str | None:
    """Return what tells the step of an event from others; None if it is in none."""
    event = logged.event
    if event.type == "TransformationEvent":
        return text(event.body.get("transformationID")) or f"#{logged.index}"
    is_filling = event.type in ("AggregationEvent", "AssociationEvent") and (
        event.action == "ADD"
    )
    is_weighed = is_filling and bool(items(event.body.get("childQuantityList")))
    has_parent = is_weighed and bool(text(event.body.get("parentID")))
    return f"#{logged.index}" if has_parent else None


def _texts(value: Json) -> Iterator[str]:
    return (item for item in items(value) if isinstance(item, str))
