"""Where the packs of a lot are, as far as statements say, and who was sent how many.

A pack is where the last statement about it, or about what it was in at the time, saw
it; unless it was sold, or ended. What is written of a carton or pallet holds for what
was put into it and not taken out again.

Pure.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from ledger.audit.events import Events
from ledger.audit.stock import PIECES
from ledger.encoding import Json
from ledger.goods import LoggedEvent
from ledger.mass import counted
from ledger.massflow import item_of, key_of
from ledger.recall import Destination
from ledger.wording import items, member, text

State = Literal["sold", "ended", "away", "there"]
"""Sold to whoever buys; ended, such as void or destroyed; on the way; at a place."""

_ENDED: Final = frozenset(
    {"damaged", "destroyed", "disposed", "expired", "inactive", "stolen"}
)
_BACK: Final = frozenset({"returned"})
_SOLD: Final = "retail_sold"
_SENDING: Final = frozenset({"departing", "loading", "shipping", "transporting"})
_TAKING: Final = frozenset({"accepting", "arriving", "receiving", "unloading"})
_MILLION: Final = 10**6


@dataclass(frozen=True, slots=True)
class Found:
    """Where one pack is.

    Attributes:
        state: What is known of it.
        word: The disposition or business step that says so.
        party: Who says so.
        place: Where that was.
        index: The statement.
    """

    state: State
    word: str
    party: str
    place: str
    index: int


@dataclass(frozen=True, slots=True)
class Consignee:
    """One that goods were sent to.

    Attributes:
        names: The party and its places, as shipments name them.
        entries: The shipments.
        sent: Packs that were sent to it.
        received: Of them, those that it says it got.
        sold: Of them, those that it sold.
        ended: Of them, those that are void or destroyed.
        passed_on: Of them, those that it sent on.
        here: Of them, those that were last seen with it.
        under_way: Of them, those that it has not received, and that are not elsewhere.
    """

    names: tuple[str, ...]
    entries: tuple[int, ...]
    sent: int
    received: int
    sold: int
    ended: int
    passed_on: int
    here: int
    under_way: int

    @property
    def untold(self) -> int:
        """Return how many it received and nobody says what became of."""
        known = self.sold + self.ended + self.passed_on + self.here + self.under_way
        return self.sent - known


class Whereabouts:
    """The packs of one lot."""

    def __init__(self, lot: str, events: Events) -> None:
        """Read nothing yet.

        Args:
            lot: A lot of a trade item.
            events: Of the whole ledger.
        """
        self.lot = lot
        self._events = events
        self._seen: dict[str, list[LoggedEvent]] = {}

    @cached_property
    def issued(self) -> tuple[str, ...]:
        """Return the serials that statements name together with the lot."""
        return tuple(sorted({serial for _, serial in self._named()}))

    @cached_property
    def packed(self) -> tuple[str, ...]:
        """Return those of them that were packed: brought into being with the lot."""
        return tuple(
            sorted({s for logged, s in self._named() if s in logged.event.created})
        )

    @cached_property
    def ended_unpacked(self) -> frozenset[str]:
        """Return the serials that were ended and never packed."""
        return frozenset(
            serial
            for serial in {*self.issued} - {*self.packed}
            if any(
                _after(logged, serial, None).state == "ended"
                for logged in self._events.about(serial)
            )
        )

    @cached_property
    def making(self) -> tuple[LoggedEvent, ...]:
        """Return the statements that brought the lot into being."""
        return tuple(
            logged
            for logged in self._events.about(self.lot)
            if self.lot in logged.event.created
        )

    @cached_property
    def told(self) -> int:
        """Return how many pieces of the lot were made, as quantities have it."""
        total = 0
        for logged in self.making:
            for listed in ("quantityList", "outputQuantityList"):
                for element in items(logged.event.body.get(listed)):
                    if text(member(element, "epcClass")) == self.lot:
                        total += _pieces(element)
        return total

    @cached_property
    def found(self) -> dict[str, Found]:
        """Return where each pack is."""
        return {serial: self._find(serial) for serial in self.packed}

    @cached_property
    def consignees(self) -> tuple[Consignee, ...]:
        """Return whom packs were sent to, in the order of the shipments."""
        sent: dict[tuple[str, ...], tuple[set[str], set[int]]] = {}
        for serial in self.packed:
            for logged in self._history(serial):
                names = _destinations(logged)
                if logged.event.biz_step == "shipping" and names:
                    packs, entries = sent.setdefault(names, (set(), set()))
                    packs.add(serial)
                    entries.add(logged.index)
        ordered = sorted(sent.items(), key=lambda item: min(item[1][1]))
        return tuple(
            self._consignee(names, packs, entries)
            for names, (packs, entries) in ordered
        )

    def _consignee(
        self, names: tuple[str, ...], packs: set[str], entries: set[int]
    ) -> Consignee:
        def is_by(logged: LoggedEvent) -> bool:
            return not {*logged.parties, logged.event.read_point}.isdisjoint(names)

        received = 0
        counts: Counter[str] = Counter()
        for serial in packs:
            history, found = self._history(serial), self.found[serial]
            is_received = any(
                logged.event.biz_step in _TAKING and is_by(logged) for logged in history
            )
            received += is_received
            if found.party in names or found.place in names:
                counts[found.state] += 1
            elif any(
                logged.event.biz_step == "shipping"
                and logged.party in names
                and _destinations(logged) != names
                for logged in history
            ):
                counts["passed on"] += 1
            elif not is_received:
                counts["under way"] += 1
        return Consignee(
            names=names,
            entries=tuple(sorted(entries)),
            sent=len(packs),
            received=received,
            sold=counts["sold"],
            ended=counts["ended"],
            passed_on=counts["passed on"],
            here=counts["there"],
            under_way=counts["under way"] + counts["away"],
        )

    def _named(self) -> Iterator[tuple[LoggedEvent, str]]:
        item = item_of(self.lot)
        for logged in self._events.about(self.lot):
            for name in logged.event.subjects:
                if key_of(name) == "21" and item_of(name) == item:
                    yield logged, name

    def _find(self, serial: str) -> Found:
        found = None
        for logged in self._history(serial):
            found = _after(logged, serial, found)
        if found is None:  # pragma: no cover  # what was packed has a history
            raise ValueError(f"{serial}: nothing is about it")
        return found

    def _history(self, name: str) -> list[LoggedEvent]:
        """Return what happened to a thing and to what it was in, in order of time."""
        if name in self._seen:
            return self._seen[name]
        self._seen[name] = []  # a thing that is in itself has no more history
        own = sorted(self._events.about(name), key=_when)
        history = {logged.index: logged for logged in own}
        for parent, begin, end in _stays(name, own):
            for logged in self._history(parent):
                if begin <= _when(logged) and (end is None or _when(logged) <= end):
                    history[logged.index] = logged
        self._seen[name] = sorted(history.values(), key=_when)
        return self._seen[name]


def _stays(
    name: str, own: list[LoggedEvent]
) -> Iterator[tuple[str, tuple[int, int], tuple[int, int] | None]]:
    """Yield what a thing was put into, from when, and until when if it is out."""
    open_stays: dict[str, tuple[int, int]] = {}
    for logged in own:
        event = logged.event
        parent = text(event.body.get("parentID"))
        if not parent or parent == name:
            continue
        if event.action == "DELETE":
            begin = open_stays.pop(parent, None)
            if begin is not None:
                yield parent, begin, _when(logged)
        else:
            open_stays.setdefault(parent, _when(logged))
    for parent, begin in open_stays.items():
        yield parent, begin, None


def _after(logged: LoggedEvent, serial: str, before: Found | None) -> Found:
    """Return where a pack is after a statement."""
    event = logged.event
    is_own = serial in event.subjects
    words = {event.disposition or "", *event.set}
    state: State = "away" if event.biz_step in _SENDING else "there"
    word = event.disposition or event.biz_step
    is_deleted = event.type == "ObjectEvent" and event.action == "DELETE"
    if is_own and (is_deleted or _ENDED & words):
        state, word = "ended", next(iter(sorted(_ENDED & words)), word)
    elif is_own and (_SOLD in words or event.biz_step == "retail_selling"):
        state = "sold"
        if before is not None and before.state == "ended":
            word = f"{before.word}; {word}"
    elif before is not None and before.state in ("sold", "ended"):
        is_back = is_own and (_BACK & words or event.biz_step == "returning")
        if not is_back:
            return before
    return Found(state, word, logged.party, event.read_point, logged.index)


def _destinations(logged: LoggedEvent) -> tuple[str, ...]:
    """Return whom a shipment is for: the party first, then places."""
    found = [
        Destination(text(member(each, "type")), text(member(each, "destination")))
        for each in items(logged.event.body.get("destinationList"))
    ]
    named = [each for each in found if each.id]
    named.sort(key=lambda each: each.type == "location")
    return tuple(dict.fromkeys(each.id for each in named))


def _when(logged: LoggedEvent) -> tuple[int, int]:
    return logged.event.instant_us, logged.index


def _pieces(element: Json) -> int:
    amount = counted(element)
    is_counted = text(member(element, "uom")) in PIECES
    return amount // _MILLION if is_counted and amount is not None else 0
