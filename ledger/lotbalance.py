"""How much of what each step gave went into a lot, and where the rest is.

Of what went into other things as well, the part that went into the lot is counted, by
mass. What lacks for a sum is said, never guessed.

Pure and total. ``scanner_web/verify/lotbalance.js`` is the same module for the browser.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ledger.made import Unknown
from ledger.massflow import Flow, Flows, key_of
from ledger.wording import items, member, text


@dataclass(slots=True)
class Step:
    """All transformations of one process, as far as they went into the lot."""

    process: str
    is_milking: bool
    into: int = 0
    out: int = 0
    gap: int = 0
    losses: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
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
class Balance:
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

    steps: dict[str, Step]
    raw: int
    milk: int
    added: int
    dried: int
    lot: int
    batches: list[Batch]
    overdrawn: list[str]
    is_shared: bool


def balance_of(flows: Flows) -> Balance | Unknown:
    """Follow the mass of a lot back, each part by the share of it that went there."""
    ordered = flows.order(flows.lot)
    if ordered is None:
        return Unknown("cycle")
    reached = flows.reached(ordered)
    missing = _missing(flows, ordered)
    if missing is not None:
        return missing
    found = Balance({}, 0, 0, 0, 0, flows.made(flows.lot), [], [], is_shared=False)
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
            if mass is None and (flow.out is None or key_of(name) != "21"):
                return Unknown("mass", name)
    return None


def _add_step(found: Balance, flows: Flows, flow: Flow, taken: int) -> None:
    """Add a transformation, as far as it went into the lot."""
    out = flow.out or 0
    step = found.steps.setdefault(flow.process, Step(flow.process, flow.is_milking))
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


def _batch(flows: Flows, name: str, here: int) -> Batch:
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
    return Batch(name, made, here, others, stock, counted, made - here - others - stock)
