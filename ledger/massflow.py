"""The transformations behind a pack, what they were made of, and how much of it.

They are walked from a pack or a lot back to what none made, by what the statements say,
never by the recipe. Only statements count that are neither apart nor in error, and of
these only such as the closure followed: one that makes a thing of what lies further
from the code than one step was followed for another thing's sake.

A step with parts of one share keeps it, if it is known that no more came out than went
in. What came out beyond that is of unknown kind, and so is what an event with ADD puts
to goods that a transformation made: of these any part may be of it. What lacks for a
sum is said, never guessed.

Pure and total. ``scanner_web/verify/massflow.js`` is the same module for the browser.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ledger.account import Account
from ledger.closure import Member
from ledger.encoding import Json
from ledger.identifier import GS1
from ledger.made import Made, Unknown, least, mixed, only
from ledger.mass import counted, mass_of, net_of, sum_known
from ledger.wording import items, member, text

_PIECES: Final = frozenset({"", "C62", "EA", "H87"})
_NET: Final = ("gs1:netContent", "gs1:netWeight", "cbvmda:netWeight")
_ITEM: Final = f"{GS1}01/"


@dataclass(slots=True, eq=False)
class Flow:
    """A transformation: masses in and out by name, None where they are not known.

    Attributes:
        into: The mass that goes in.
        out: The mass that comes out; serials are not counted beside their lot.
    """

    step: str
    inputs: dict[str, int | None] = field(default_factory=dict)
    outputs: dict[str, int | None] = field(default_factory=dict)
    bodies: list[Mapping[str, Json]] = field(default_factory=list)
    into: int | None = None
    out: int | None = None

    def add_up(self) -> None:
        """Sum the masses of both sides, once all of them are read."""
        lots = {item_of(name) for name in self.outputs if key_of(name) == "10"}
        self.into = sum_known(self.inputs.values())
        self.out = sum_known(
            mass
            for name, mass in self.outputs.items()
            if key_of(name) != "21" or item_of(name) not in lots
        )

    @property
    def is_milking(self) -> bool:
        """Tell whether animals alone went in, and were milked."""
        return (
            bool(self.inputs)
            and all("/id/animal/" in name for name in self.inputs)
            and self.process == "milking"
        )

    @property
    def process(self) -> str:
        """Return what was done, in the word of the statement."""
        said = [text(body.get("caravan:process")) for body in self.bodies]
        return next(filter(None, said), self.step)

    @property
    def species(self) -> str:
        """Return the one species that the statements name; nothing if they differ."""
        said = {text(body.get("caravan:species")) for body in self.bodies}
        return said.pop() if len(said) == 1 else ""


class Flows:
    """The transformations that led to a pack or a lot."""

    def __init__(self, accounts: Iterable[Account], members: Sequence[Member]) -> None:
        """Read the accounts; of members, their relations and levels."""
        self.members = {each.subject: each for each in members}
        self.accounts = sorted(
            (a for a in accounts if a.counts), key=lambda account: account.index
        )
        self.subject = members[0].subject if members else ""
        self.lot = _related(members, "lot") or self.subject
        self.item = _related(members, "trade-item")
        self.net = self._net()
        self.flows = self._read()
        self._makers: dict[str, list[Flow]] = {}
        for flow in self.flows:
            for name in flow.outputs:
                if self._is_followed(flow, name):
                    self._makers.setdefault(name, []).append(flow)
        self.added = self._added()

    def makers(self, name: str) -> list[Flow]:
        """Return the transformations that made a thing."""
        return self._makers.get(name, [])

    def start(self) -> str:
        """Return the pack or else its lot, whichever was made of something."""
        found = [name for name in (self.subject, self.lot) if self.makers(name)]
        return found[0] if found else ""

    def order(self, start: str) -> list[str] | None:
        """Return what a thing came of, each after its own parts; None of a cycle."""
        ordered: list[str] = []
        is_done: dict[str, bool] = {}
        stack = [(start, False)]
        while stack:
            name, is_back = stack.pop()
            if is_back:
                is_done[name] = True
                ordered.append(name)
            elif name not in is_done:
                is_done[name] = False
                stack.append((name, True))
                for source in self.sources(name):
                    if is_done.get(source) is False:
                        return None
                    stack.append((source, False))
        return ordered

    def sources(self, name: str) -> list[str]:
        """Return what a thing was made of; animals that were milked are no such."""
        found = {
            source: None
            for flow in self.makers(name)
            if not flow.is_milking
            for source in flow.inputs
        }
        return [*found]

    def reached(self, ordered: Iterable[str]) -> list[Flow]:
        """Return the transformations behind things, each once."""
        found = {id(flow): flow for name in ordered for flow in self.makers(name)}
        return [*found.values()]

    def milkings(self, start: str) -> list[Flow]:
        """Return the milkings behind a thing."""
        return [f for f in self.reached(self.order(start) or []) if f.is_milking]

    def made(self, name: str) -> int:
        """Return the mass that was made of a thing or added, as far as it is known."""
        made = sum(flow.outputs[name] or 0 for flow in self.makers(name))
        return made + (self.added.get(name) or 0)

    def recipe(self) -> list[Json]:
        """Return the parts of the recipe that was last signed for the product."""
        found: list[Json] = []
        for name in (self.item, self.lot, self.subject):
            for account in self.accounts:
                if name in account.event.created:
                    ilmd = account.event.body.get("ilmd")
                    found = items(member(ilmd, "caravan:recipe")) or found
        return found

    def made_of(self, start: str) -> Made | Unknown:
        """Return what a thing is made of."""
        ordered = self.order(start)
        if ordered is None:
            return Unknown("cycle")
        known: dict[str, Made | Unknown] = {}
        for name in ordered:
            told = [_of_flow(flow, name, known) for flow in self.makers(name)]
            if name in self.added or not told:
                told.append(only(f"name:{name}"))
            known[name] = least(told)
        return known[start]

    def mass(self, element: Json) -> int | None:
        """Return the mass of an element of a quantity list; packs have their net."""
        unit, name = text(member(element, "uom")), text(member(element, "epcClass"))
        is_pack = (
            unit in _PIECES and key_of(name) == "10" and item_of(name) == self.item
        )
        count = counted(element) if is_pack else None
        if count is None or self.net is None:
            return mass_of(element)
        return count * self.net // 10**6

    def _read(self) -> list[Flow]:
        found: dict[str, Flow] = {}
        for account in self.accounts:
            event = account.event
            if event.type != "TransformationEvent":
                continue
            shared = text(event.body.get("transformationID"))
            key = shared or str(account.index)
            flow = found.setdefault(key, Flow(event.biz_step))
            flow.bodies.append(event.body)
            self._put(flow.inputs, event.body, "inputEPCList", "inputQuantityList")
            self._put(flow.outputs, event.body, "outputEPCList", "outputQuantityList")
        for flow in found.values():
            flow.add_up()
        return [*found.values()]

    def _added(self) -> dict[str, int | None]:
        """Return the masses of what was added to things that something made."""
        found: dict[str, int | None] = {}
        for account in self.accounts:
            event = account.event
            if (event.type, event.action) == ("ObjectEvent", "ADD"):
                listed = items(event.body.get("quantityList"))
                told = [e for e in listed if member(e, "quantity") is not None]
                self._put(found, {"told": told}, "", "told")
        return {
            name: mass
            for name, mass in found.items()
            if mass != 0 and name in self._makers
        }

    def _put(
        self,
        side: dict[str, int | None],
        body: Mapping[str, Json],
        things: str,
        classes: str,
    ) -> None:
        for thing in items(body.get(things)):
            name = text(thing)
            is_pack = key_of(name) == "21" and item_of(name) == self.item
            side.setdefault(name, self.net if is_pack else None)
        for element in items(body.get(classes)):
            name = text(member(element, "epcClass"))
            mass = self.mass(element)
            before = side.get(name, 0)
            side[name] = None if mass is None or before is None else before + mass

    def _is_followed(self, flow: Flow, name: str) -> bool:
        made = self.members.get(name)
        if made is None:
            return False
        if made.relation == "parent":
            return True
        sources = [self.members.get(source) for source in flow.inputs]
        return all(
            source is not None and source.level <= made.level + 1 for source in sources
        )

    def _net(self) -> int | None:
        """Return the mass of one pack, as was last said of it or its trade item."""
        found: list[tuple[int, int]] = []
        ranked = [name for name in (self.item, self.lot, self.subject) if name]
        for account in self.accounts:
            ilmd = account.event.body.get("ilmd")
            ranks = [r for r, n in enumerate(ranked) if n in account.event.created]
            said = next(
                (member(ilmd, name) for name in _NET if member(ilmd, name) is not None),
                None,
            )
            mass = net_of(said)
            if ranks and mass is not None:
                found.append((ranks[-1], mass))
        best = max((rank for rank, _ in found), default=0)
        return next((mass for rank, mass in reversed(found) if rank == best), None)


def item_of(name: str) -> str:
    """Return the trade item of a lot or a serial."""
    return name.rsplit("/", 2)[0] if key_of(name) else ""


def key_of(name: str) -> str:
    """Return 10 of a lot, 21 of a serial, and nothing of anything else."""
    if not name.startswith(_ITEM):
        return ""
    parts = name.split("/")
    return parts[5] if len(parts) == 7 else ""


def _of_flow(
    flow: Flow, name: str, known: Mapping[str, Made | Unknown]
) -> Made | Unknown:
    """Return what comes out of a transformation is made of."""
    if flow.is_milking:
        return only(f"milk:{flow.species}")
    told = [(known[source], mass) for source, mass in flow.inputs.items()]
    unknown = next((made for made, _ in told if isinstance(made, Unknown)), None)
    if unknown is not None:
        return unknown
    parts = [(made, mass) for made, mass in told if isinstance(made, Made)]
    if not parts:
        return only(f"name:{name}")
    first, into, out = parts[0][0], flow.into, flow.out
    is_one = all(made == first for made, _ in parts)
    if is_one and into is not None and out is not None and out <= into:
        return first
    for source, mass in flow.inputs.items():
        if mass is None:
            return Unknown("mass", source)
    if not out or into is None:
        return Unknown("mass", name)
    return mixed(parts, into, out)


def _related(members: Iterable[Member], relation: str) -> str:
    return next((each.subject for each in members if each.relation == relation), "")
