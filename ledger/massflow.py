"""Where the mass of a pack comes from, and what became of the rest.

Transformations are walked from a pack or a lot back to what none made, by what the
statements say, never by the recipe. Only statements count that are neither apart nor
in error, and of these only such as the closure followed: one that makes a thing of
what lies further from the code than one step was followed for another thing's sake.

A share is exact as long as no step mixes parts and loses mass: then all of the lost
mass may have come from the part in question, and the share is what it is at least. A
step with parts of one share keeps it, if it is known that no more came out than went
in. What came out beyond that is of unknown kind, and so is what an event with ADD puts
to goods that a transformation made: of these any part may be of it. What lacks for a
sum is said, never guessed.

Pure and total; masses are whole numbers of 10⁻¹⁵ kg, shares are fractions of whole
numbers. ``scanner_web/verify/massflow.js`` is the same module for the browser.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import gcd
from typing import Final

from ledger.account import Account
from ledger.chart import Shape, bars_shape
from ledger.closure import Member
from ledger.encoding import Json
from ledger.identifier import GS1
from ledger.wording import (
    Fact,
    Messages,
    date,
    items,
    measure,
    member,
    number,
    phrase,
    short,
    text,
    visible,
    word,
)

Row = list[Fact]

MASSES: Final[Mapping[str, int]] = {
    "MC": 1,
    "MGM": 10**3,
    "GRM": 10**6,
    "KGM": 10**9,
    "DTN": 10**11,
    "TNE": 10**12,
    "LBR": 453_592_370,
}
"""A millionth of each unit of mass, in 10⁻¹⁵ kg."""
MOST_PARTS: Final = 8
MOST_NAMED: Final = 3
_KILOGRAM: Final = 10**15
_PIECES: Final = frozenset({"", "C62", "EA", "H87"})
_NET: Final = ("gs1:netContent", "gs1:netWeight", "cbvmda:netWeight")
_AMOUNTS: Final = (("value", "uom"), ("gs1:value", "gs1:unitCode"))
_LONG: Final = 10**60
"""A fraction with a longer denominator is rounded down, to so many parts of one:"""
_PARTS: Final = 10**18
_RATIO: Final = (58, 75)
"""Kilograms of Bactrian milk for one of whole powder, in tenths: (1 - moisture) /
(solids x (1 - loss)) with 13.6 to 17 % of solids, 15.3 in the mean of Junggar milk."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a thing is made of: parts of a whole by their keys, none of them 0.

    A key is ``milk:`` and a species, or ``name:`` and an identifier. Unless the parts
    are exact, each is what it is at least.
    """

    parts: Mapping[str, int]
    whole: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why nothing can be computed: ``cycle``, or ``mass`` of a thing."""

    reason: str
    name: str = ""


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
        lots = {_item(name) for name in self.outputs if _key(name) == "10"}
        self.into = _sum(self.inputs.values())
        self.out = _sum(
            mass
            for name, mass in self.outputs.items()
            if _key(name) != "21" or _item(name) not in lots
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
                told.append(_only(f"name:{name}"))
            known[name] = _least(told)
        return known[start]

    def mass(self, element: Json) -> int | None:
        """Return the mass of an element of a quantity list; packs have their net."""
        unit, name = text(member(element, "uom")), text(member(element, "epcClass"))
        is_pack = unit in _PIECES and _key(name) == "10" and _item(name) == self.item
        count = _counted(element) if is_pack else None
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
            is_pack = _key(name) == "21" and _item(name) == self.item
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
            mass = _said_mass(said)
            if ranks and mass is not None:
                found.append((ranks[-1], mass))
        best = max((rank for rank, _ in found), default=0)
        return next((mass for rank, mass in reversed(found) if rank == best), None)


def share_rows(
    accounts: Iterable[Account],
    *,
    members: Sequence[Member],
    lang: str,
    messages: Messages,
) -> list[Row]:
    """Return what a pack is made of by mass, and whether its recipe says the same.

    Args:
        accounts: All that is known of the members.
        members: Of the closure, the subject first.
        lang: The reader's language.
        messages: The locale's texts by key.
    """
    flows = Flows(accounts, members)
    start = flows.start()
    if not start:
        return []
    made = flows.made_of(start)
    if isinstance(made, Unknown):
        return [_one("share.0", _why(made, messages))]
    listed = sorted(made.parts.items(), key=lambda part: -part[1])
    rows = []
    for place, (key, part) in enumerate(listed[:MOST_PARTS]):
        how = "share.exact" if made.is_exact else "share.least"
        shown = fill(
            how,
            messages,
            part=_kind(key, flows, lang, messages),
            share=_percent(part, made.whole),
        )
        rows.append(_one(f"share.{place}", shown))
    if len(listed) > MOST_PARTS:
        count = len(listed) - MOST_PARTS
        rows.append(_one("share.more", fill("share.more", messages, count=count)))
    rest = made.whole - sum(made.parts.values())
    if rest > 0 and not made.is_exact:
        shown = fill("share.rest", messages, share=_percent(rest, made.whole))
        rows.append(_one("share.rest", shown))
    milkings, of_lot = (_milkings(flows, name) for name in (start, flows.lot))
    if milkings:
        # The way and the balance tell of the whole lot.
        how = "share.basis.lot" if of_lot > milkings else "share.basis"
        basis = fill(how, messages, milkings=milkings, all=of_lot)
        rows.append(_one("share.basis", basis))
    rows.append(_one("share.recipe", _recipe(flows, made, lang, messages)))
    return [row for row in rows if row]


def balance_rows(
    accounts: Iterable[Account],
    *,
    members: Sequence[Member],
    lang: str,
    messages: Messages,
) -> list[Row]:
    """Return what went into a lot and what became of the rest, step by step.

    Of what went into other things as well, the part that went into this lot is counted,
    by mass.

    Args:
        accounts: All that is known of the members.
        members: Of the closure, the subject first.
        lang: The reader's language.
        messages: The locale's texts by key.
    """
    flows = Flows(accounts, members)
    if not flows.makers(flows.lot):
        return []
    balance = _balance(flows)
    if isinstance(balance, Unknown):
        return [_one("balance.problem", _why(balance, messages))]
    rows: list[Row] = []
    for place, step in enumerate(balance.steps.values()):
        name = f"balance.{place}"
        lost = [
            f"{word('loss', reason, messages)} {_kg(mass, messages)}"
            for reason, mass in step.losses.items()
        ]
        rows.append(
            visible(
                [
                    (f"{name}.step", word("process", step.process, messages)),
                    (f"{name}.in", _kg(step.into, messages) if step.into else ""),
                    (f"{name}.lost", " · ".join(lost)),
                    (
                        f"{name}.gap",
                        _kg(step.gap, messages) if _cents(step.gap) else "",
                    ),
                    (f"{name}.out", _kg(step.out, messages)),
                ]
            )
        )
    rows += _packs(flows, balance, messages)
    if balance.added:
        shown = fill("balance.added", messages, mass=_kg(balance.added, messages))
        rows.append(_one("balance.added", shown))
    if balance.is_shared:
        rows.append(_one("balance.shared", _shared(flows, balance, messages)))
    rows.append(_batches_row(balance.batches, messages))
    rows.append(_one("balance.ratio", _ratio(flows, balance, messages)))
    if balance.overdrawn:
        names = " · ".join(map(short, balance.overdrawn[:MOST_NAMED]))
        count = len(balance.overdrawn)
        shown = fill("balance.overdrawn", messages, count=count, names=names)
        rows.append(_one("balance.overdrawn", shown))
    return [row for row in rows if row]


def balance_shape(
    accounts: Iterable[Account],
    *,
    members: Sequence[Member],
    lang: str,
    messages: Messages,
) -> Shape | None:
    """Return the balance as two bars: of what went in, and of the batches packed.

    Args:
        accounts: All that is known of the members.
        members: Of the closure, the subject first.
        lang: The reader's language.
        messages: The locale's texts by key.
    """
    flows = Flows(accounts, members)
    balance = _balance(flows) if flows.makers(flows.lot) else None
    if balance is None or isinstance(balance, Unknown) or not balance.raw:
        return None
    # What was kept of a milking went into no lot.
    losses: dict[str, int] = {}
    for step in balance.steps.values():
        for reason, mass in () if step.is_milking else step.losses.items():
            losses[reason] = losses.get(reason, 0) + mass
    gaps = sum(max(step.gap, 0) for step in balance.steps.values())
    milked = [
        (fill("balance.this", messages), balance.lot),
        *sorted(
            ((word("loss", reason, messages), mass) for reason, mass in losses.items()),
            key=lambda part: -part[1],
        ),
        (fill("balance.untold", messages), gaps),
    ]
    made = [(fill("balance.this", messages), sum(b.here for b in balance.batches))]
    for key in ("others", "stock", "untold"):
        mass = sum(max(getattr(batch, key), 0) for batch in balance.batches)
        made.append((fill(f"balance.{key}", messages), mass))
    called = "balance.milked" if balance.raw == balance.milk else "balance.raw"
    wholes = [balance.raw, sum(batch.made for batch in balance.batches)]
    return bars_shape(
        fill("balance.title", messages),
        [
            (
                fill(key, messages, mass=_kg(whole, messages)),
                [
                    (called, mass, _kg(mass, messages))
                    for called, mass in parts
                    if _cents(mass) > 0
                ],
            )
            for key, whole, parts in zip(
                (called, "balance.made"), wholes, (milked, made), strict=True
            )
        ],
    )


@dataclass(slots=True)
class _Step:
    """All transformations of one process, as far as they went into the lot."""

    process: str
    is_milking: bool
    into: int = 0
    out: int = 0
    gap: int = 0
    losses: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Batch:
    """What was packed: how much there was of it, and where it went."""

    name: str
    made: int
    here: int
    others: int
    stock: int
    counted: str
    """The day on which the stock was counted."""
    untold: int


@dataclass(slots=True)
class _Balance:
    """What went into a lot: by step, and what became of the batches it was packed of.

    Attributes:
        raw: What left the milkings, was added or has no transformation behind it.
        milk: What of it left the milkings.
        added: What of it was added to what was made.
        dried: What dryers gave.
        lot: The mass of the lot.
        overdrawn: What more was used of than was made.
        is_shared: Whether part of something went elsewhere.
    """

    steps: dict[str, _Step]
    raw: int
    milk: int
    added: int
    dried: int
    lot: int
    batches: list[_Batch]
    overdrawn: list[str]
    is_shared: bool


def _balance(flows: Flows) -> _Balance | Unknown:
    """Follow the mass of a lot back, each part by the share of it that went there."""
    ordered = flows.order(flows.lot)
    if ordered is None:
        return Unknown("cycle")
    reached = flows.reached(ordered)
    missing = _missing(flows, ordered)
    if missing is not None:
        return missing
    found = _Balance({}, 0, 0, 0, 0, flows.made(flows.lot), [], [], is_shared=False)
    need: dict[str, int] = {}
    taken: dict[int, int] = {}
    users: dict[str, list[Flow]] = {}
    for flow in reached:
        for name in () if flow.is_milking else flow.inputs:
            users.setdefault(name, []).append(flow)
    for name in reversed(ordered):
        makers, made = flows.makers(name), flows.made(name)
        wanted = sum(
            (flow.inputs[name] or 0) * taken[id(flow)] // flow.out
            for flow in users.get(name, ())
            if flow.out
        )
        if name == flows.lot:
            wanted = made
        if makers and wanted > made:
            found.overdrawn.append(name)
            wanted = made
        if makers and wanted < made:
            found.is_shared = True
        need[name] = wanted
        if not makers:
            found.raw += wanted
        for flow in makers:
            part = wanted * (flow.outputs[name] or 0) // made if made else 0
            taken[id(flow)] = taken.get(id(flow), 0) + part
            found.milk += part if flow.is_milking else 0
        if name in flows.added and made:
            found.added += wanted * (flows.added[name] or 0) // made
    found.raw += found.milk + found.added
    for flow in reached:
        _add_step(found, flows, flow, taken[id(flow)])
    found.batches = [
        _batch(flows, name, need[name]) for name in flows.sources(flows.lot)
    ]
    return found


def _missing(flows: Flows, ordered: Sequence[str]) -> Unknown | None:
    """Return a mass that is not known, of those that are needed."""
    for name in ordered:
        if flows.added.get(name, 0) is None:
            return Unknown("mass", name)
    for flow in flows.reached(ordered):
        for name, mass in flow.inputs.items():
            if mass is None and not flow.is_milking:
                return Unknown("mass", name)
        for name, mass in flow.outputs.items():
            if mass is None and (flow.out is None or _key(name) != "21"):
                return Unknown("mass", name)
    return None


def _add_step(found: _Balance, flows: Flows, flow: Flow, taken: int) -> None:
    """Add a transformation, as far as it went into the lot."""
    out = flow.out or 0
    step = found.steps.setdefault(flow.process, _Step(flow.process, flow.is_milking))
    lost = 0
    for body in flow.bodies:
        for element in items(body.get("caravan:loss")):
            mass = (flows.mass(element) or 0) * taken // out if out else 0
            reason = text(member(element, "reason"))
            lost += mass
            if mass:
                step.losses[reason] = step.losses.get(reason, 0) + mass
    step.out += taken
    if not flow.is_milking:
        into = (flow.into or 0) * taken // out if out else 0
        step.into += into
        step.gap += into - taken - lost
    if flow.process.endswith("drying"):
        found.dried += taken


def _batch(flows: Flows, name: str, here: int) -> _Batch:
    """Return where a batch went: to this lot, to others, or still there."""
    others, stock, counted = 0, 0, ""
    for flow in flows.flows:
        if flows.lot not in flow.outputs:
            others += flow.inputs.get(name) or 0
    for account in flows.accounts:
        body = account.event.body
        if account.event.biz_step == "stock_taking":
            for element in items(body.get("quantityList")):
                if text(member(element, "epcClass")) == name:
                    stock, counted = (
                        flows.mass(element) or 0,
                        account.event.event_time[:10],
                    )
    made = flows.made(name) if flows.makers(name) else here + others + stock
    return _Batch(
        name, made, here, others, stock, counted, made - here - others - stock
    )


def _of_flow(
    flow: Flow, name: str, known: Mapping[str, Made | Unknown]
) -> Made | Unknown:
    """Return what comes out of a transformation is made of."""
    if flow.is_milking:
        return _only(f"milk:{flow.species}")
    told = [(known[source], mass) for source, mass in flow.inputs.items()]
    unknown = next((made for made, _ in told if isinstance(made, Unknown)), None)
    if unknown is not None:
        return unknown
    parts = [(made, mass) for made, mass in told if isinstance(made, Made)]
    if not parts:
        return _only(f"name:{name}")
    first, into, out = parts[0][0], flow.into, flow.out
    is_one = all(made == first for made, _ in parts)
    if is_one and into is not None and out is not None and out <= into:
        return first
    for source, mass in flow.inputs.items():
        if mass is None:
            return Unknown("mass", source)
    if not out or into is None:
        return Unknown("mass", name)
    return _mixed(parts, into, out)


def _mixed(parts: Iterable[tuple[Made, int | None]], into: int, out: int) -> Made:
    """Return what a mix is made of; all of what it lost may have been of each part."""
    listed = [(made, mass or 0) for made, mass in parts]
    whole = 1
    for made, _ in listed:
        whole = whole * made.whole // gcd(whole, made.whole)
    found: dict[str, int] = {}
    for made, mass in listed:
        for key, part in made.parts.items():
            found[key] = found.get(key, 0) + part * mass * (whole // made.whole)
    lost = max(into - out, 0) * whole
    is_exact = into == out and all(made.is_exact for made, _ in listed)
    return _reduced(
        {key: part - lost for key, part in found.items()}, whole * out, is_exact
    )


def _least(told: Sequence[Made | Unknown]) -> Made | Unknown:
    """Return what holds of a thing whichever of its makers it came from."""
    for made in told:
        if isinstance(made, Unknown):
            return made
    kinds = [made for made in told if isinstance(made, Made)]
    first = kinds[0]
    if all(made == first for made in kinds):
        return first
    whole = 1
    for made in kinds:
        whole = whole * made.whole // gcd(whole, made.whole)
    least = {
        key: min(made.parts.get(key, 0) * (whole // made.whole) for made in kinds)
        for key in first.parts
    }
    return _reduced(least, whole, is_exact=False)


def _only(key: str) -> Made:
    return Made({key: 1}, 1, is_exact=True)


def _reduced(parts: Mapping[str, int], whole: int, is_exact: bool) -> Made:
    """Return parts of a whole as short fractions, or rounded down if they are long."""
    kept = {key: part for key, part in parts.items() if part > 0}
    divisor = gcd(whole, *kept.values())
    if whole // divisor <= _LONG:
        found = {key: part // divisor for key, part in kept.items()}
        return Made(found, whole // divisor, is_exact)
    rounded = {key: part * _PARTS // whole for key, part in kept.items()}
    return Made({k: p for k, p in rounded.items() if p}, _PARTS, is_exact=False)


def _kind(key: str, flows: Flows, lang: str, messages: Messages) -> str:
    """Name a part: milk by the species that was milked, else by what is said of it."""
    kind, _, name = key.partition(":")
    if kind == "milk":
        if not name:
            return fill("milk.listed", messages)
        own = messages.get(f"milk.of.{name}")
        return own or fill("milk.of", messages, species=word("species", name, messages))
    for account in reversed(flows.accounts):
        if name in account.event.created:
            called = phrase(
                member(account.event.body.get("ilmd"), "gs1:productName"), lang
            )
            if called:
                return f"{called} ({short(name)})"
    return short(name)


def _recipe(flows: Flows, made: Made, lang: str, messages: Messages) -> str:
    """Tell whether a recipe that was signed for the product says the same."""
    listed = flows.recipe()
    if not listed:
        return ""
    said = []
    is_open = False
    for part in listed:
        amount = _share_of(part)
        key = f"milk:{text(member(part, 'species'))}"
        if amount is None or key == "milk:":
            return fill("share.recipe.open", messages)
        share = measure(number(member(part, "value")), "P1", messages)
        said.append(f"{_kind(key, flows, lang, messages)} {share}")
        # In hundredths of a millionth, as the recipe's percent have six places.
        got = made.parts.get(key, 0) * 10**8
        if got > amount * made.whole or (made.is_exact and got != amount * made.whole):
            return fill(
                "share.recipe.differs", messages, recipe=" · ".join(said[:MOST_PARTS])
            )
        is_open = is_open or got != amount * made.whole
    how = "share.recipe.fits" if is_open else "share.recipe.agrees"
    return fill(how, messages, recipe=" · ".join(said[:MOST_PARTS]))


def _why(unknown: Unknown, messages: Messages) -> str:
    if unknown.reason == "cycle":
        return fill("share.cycle", messages)
    return fill("share.unknown", messages, name=short(unknown.name))


def _milkings(flows: Flows, start: str) -> int:
    """Return how many milkings are behind a thing."""
    reached = flows.reached(flows.order(start) or [])
    return sum(flow.is_milking for flow in reached)


def _shared(flows: Flows, balance: _Balance, messages: Messages) -> str:
    """Tell of how much milk only a part is in the lot, as the way sums up all of it."""
    reached = flows.reached(flows.order(flows.lot) or [])
    milkings = [flow for flow in reached if flow.is_milking]
    milked = sum(flow.out or 0 for flow in milkings)
    if _cents(milked) <= _cents(balance.milk):
        return fill("balance.shared", messages)
    return fill(
        "balance.shared.milk",
        messages,
        milked=_kg(milked, messages),
        milkings=len(milkings),
        mass=_kg(balance.milk, messages),
    )


def _packs(flows: Flows, balance: _Balance, messages: Messages) -> list[Row]:
    """Return how many packs the lot has, and their net mass."""
    shown = _kg(balance.lot, messages)
    if flows.net:
        count = str(balance.lot // flows.net)
        net = _pack(flows.net, messages)
        shown = fill("balance.packs", messages, count=count, net=net, mass=shown)
    return [_one("balance.packs", shown)]


def _batches_row(batches: Sequence[_Batch], messages: Messages) -> Row:
    """Return where the batches went that a lot was packed of."""
    name = "balance.batches"
    masses = [
        ("made", sum(batch.made for batch in batches)),
        ("here", sum(batch.here for batch in batches)),
        ("others", sum(batch.others for batch in batches)),
        ("stock", sum(batch.stock for batch in batches)),
        ("untold", sum(max(batch.untold, 0) for batch in batches)),
        ("over", sum(max(-batch.untold, 0) for batch in batches)),
    ]
    row = [(name, fill(name, messages, count=len(batches)))]
    row += [
        (f"{name}.{key}", _kg(mass, messages)) for key, mass in masses if _cents(mass)
    ]
    counted = max((batch.counted for batch in batches), default="")
    return visible([*row, (f"{name}.counted", date(counted, messages))])


def _ratio(flows: Flows, balance: _Balance, messages: Messages) -> str:
    """Compare milk and powder with what was published, if it is camels' milk alone."""
    made = flows.made_of(flows.lot)
    if isinstance(made, Unknown) or {*made.parts} != {"milk:camel"}:
        return ""
    if not made.is_exact or not balance.dried:
        return ""
    tenths = (balance.raw * 20 // balance.dried + 1) // 2
    low, high = _RATIO
    key = "balance.ratio" if low <= tenths <= high else "balance.ratio.beyond"
    return fill(
        key,
        messages,
        ratio=decimal(tenths, 1),
        low=decimal(low, 1),
        high=decimal(high, 1),
    )


def mass_of(element: Json) -> int | None:
    """Return a mass in 10⁻¹⁵ kg; None if it is none.

    >>> mass_of({"quantity": 2, "uom": "GRM"})
    2000000000000
    """
    unit = MASSES.get(text(member(element, "uom")))
    millionths = _counted(element)
    return None if unit is None or millionths is None else millionths * unit


def _counted(element: Json) -> int | None:
    """Return how much there is of something, in millionths."""
    amount = member(element, "quantity")
    written = "" if isinstance(amount, str) else number(amount)
    if not written or written.startswith("-"):
        return None
    return _millionths(written)


def _said_mass(value: Json) -> int | None:
    """Return a net mass; nothing if it is none."""
    first = value[0] if isinstance(value, list) and value else value
    for amount, unit in _AMOUNTS:
        written = number(member(first, amount))
        uom = text(member(first, unit))
        if written and not written.startswith("-") and uom in MASSES:
            return _millionths(written) * MASSES[uom]
    return None


def _share_of(part: Json) -> int | None:
    """Return the percent of a part of a recipe, in millionths."""
    written = number(member(part, "value"))
    if text(member(part, "uom")) != "P1" or not written or written.startswith("-"):
        return None
    return _millionths(written)


def _related(members: Iterable[Member], relation: str) -> str:
    return next((each.subject for each in members if each.relation == relation), "")


def _millionths(written: str) -> int:
    whole, _, places = written.partition(".")
    return int(whole + places.ljust(6, "0"))


def _item(name: str) -> str:
    """Return the trade item of a lot or a serial."""
    return "/".join(name.split("/")[:5]) if _key(name) else ""


def _key(name: str) -> str:
    """Return 10 of a lot, 21 of a serial, and nothing of anything else."""
    parts = name.split("/")
    return parts[5] if name.startswith(f"{GS1}01/") and len(parts) == 7 else ""


def _sum(masses: Iterable[int | None]) -> int | None:
    total = 0
    for mass in masses:
        if mass is None:
            return None
        total += mass
    return total


def _one(name: str, shown: str) -> Row:
    return visible([(name, shown)])


def fill(key: str, messages: Messages, **values: object) -> str:
    """Return a message with its blanks filled in; a missing one shows its key."""
    shown = messages.get(key, key)
    for name, value in values.items():
        shown = shown.replace("{" + name + "}", f"{value}")
    return shown


def _percent(part: int, whole: int) -> str:
    """Return tenths of a percent, rounded down.

    >>> _percent(2, 3), _percent(1, 1)
    ('66.6', '100')
    """
    return decimal(part * 1000 // whole, 1)


def _kg(mass: int, messages: Messages) -> str:
    return measure(decimal(_cents(mass), 2), "KGM", messages)


def _cents(mass: int) -> int:
    """Return hundredths of a kilogram, to the nearest."""
    half = _KILOGRAM // 200
    return (abs(mass) + half) // (2 * half) * (1 if mass >= 0 else -1)


def _pack(mass: int, messages: Messages) -> str:
    """Return a mass as packs have it: grams below a kilogram."""
    if mass < _KILOGRAM:
        grams = decimal(mass // (_KILOGRAM // 10**6), 3)
        return measure(grams, "GRM", messages)
    return _kg(mass, messages)


def decimal(scaled: int, places: int) -> str:
    """Write a number given in its last decimal place, without zeros at its end.

    >>> decimal(-1250, 2), decimal(7, 1)
    ('-12.5', '0.7')
    """
    sign, digits = "-" if scaled < 0 else "", str(abs(scaled)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")
