"""Reach: no more of a product is packed than the animals behind it can have given.

Each step may be a little off; what is packed in the end is held against the animals at
the beginning. Everything is taken at its best: no animal gives more in a milking than
the template thinks possible in a day, and each conversion gives the most that it can.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from ledger.audit.book import Thing
from ledger.audit.check import GOODS, Check, ThingCheck
from ledger.audit.conversion import conversion_of
from ledger.audit.finding import Finding, basis_of, finding_of, shown
from ledger.audit.flow import Flow
from ledger.audit.herdbook import MILKING, kin_of
from ledger.audit.quantities import (
    flows_about,
    is_animal,
    is_overdue,
    kilograms,
    packs,
)
from ledger.massflow import item_of
from ledger.template import Bound, Template

_MOST_BEHIND: Final = 20_000


@dataclass
class Behind:
    """What is behind some goods.

    Attributes:
        milk: Kilograms that the animals can have given, at most.
        told: Kilograms that they are told to have given.
        animals: Those in a herd book.
        best: How much of the product a kilogram of milk gives, at most.
        milkings: Entries of the milkings.
        unknown: What nobody says the origin of, and the entries that used it.
    """

    milk: Decimal = Decimal(0)
    told: Decimal = Decimal(0)
    animals: set[str] = field(default_factory=set)
    best: Decimal = Decimal(1)
    milkings: list[int] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)


def beyond_reach(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if more is packed than the registered animals can have given."""
    template = thing.template
    bound = None if template is None else template.bound("yield.day.animal")
    if template is None or bound is None:
        return
    flows = [flow for flow in flows_about(thing) if packs(flow)]
    if not flows:
        return
    last = max((flow.first for flow in flows), key=lambda r: r.at_us)
    if not is_overdue(thing.book, last, template):
        return
    mass = Decimal(0)
    for flow in flows:
        for amount in packs(flow):
            packed = kilograms(thing.book, amount)
            if packed is None:
                return
            mass += packed
    behind = _behind(thing, template, bound)
    if not behind.milkings or mass <= behind.milk * behind.best:
        return
    yield finding_of(
        "beyond-its-animals",
        "critical",
        last,
        about=(thing.name, item_of(thing.name), *behind.unknown),
        values={
            "lot": thing.name,
            "mass": shown(mass),
            "animals": str(len(behind.animals)),
            "milkings": str(len(behind.milkings)),
            "told": shown(behind.told),
            "milk": shown(behind.milk),
            "unknown": str(len(behind.unknown)),
            "possible": shown(behind.milk * behind.best),
            "time": last.time,
            "party": last.party,
        },
        entries=[
            *(index for flow in flows for index in flow.entries),
            *behind.milkings,
            *behind.unknown.values(),
        ],
        basis=basis_of(template, bound),
    )


def _behind(thing: Thing, template: Template, bound: Bound) -> Behind:
    """Return what is behind a lot; of what only a part was packed, that part."""
    found, conversions = Behind(), dict[str, Decimal]()
    book = thing.book
    used: dict[str, Decimal] = {}
    for flow in flows_about(thing):
        for amount in flow.inputs:
            mass = amount.kilograms or Decimal(0)
            used[amount.name] = used.get(amount.name, Decimal(0)) + mass
    shares = {name: _share(thing, name, mass) for name, mass in used.items()}
    seen: set[str] = set()
    # What is behind two inputs counts with the larger share, which is the most.
    for name, share in sorted(shares.items(), key=lambda each: -each[1]):
        waiting = [name]
        while waiting and len(seen) < _MOST_BEHIND:
            for flow in book.thing(waiting.pop()).made_by:
                if flow.process == MILKING:
                    _add(found, thing, flow, bound, share)
                    continue
                conversion = conversion_of(template, flow)
                if conversion is not None:
                    best = _best(conversion.ratio, conversion.direction)
                    conversions[conversion.id] = best
                new = [each.name for each in flow.inputs if each.name not in seen]
                seen.update(new)
                waiting += new
                for each in new:
                    if not book.thing(each).is_made:
                        found.unknown[each] = flow.first.index
    for best in conversions.values():
        found.best *= best
    return found


def _share(thing: Thing, name: str, mass: Decimal) -> Decimal:
    """Return which part of an input went into a lot."""
    made = thing.book.thing(name).made_kg
    return min(mass / made, Decimal(1)) if made else Decimal(1)


def _add(found: Behind, thing: Thing, flow: Flow, bound: Bound, share: Decimal) -> None:
    """Add what the animals of a milking can have given."""
    told = sum((each.kilograms or Decimal(0) for each in flow.outputs), Decimal(0))
    named = [each.name for each in flow.inputs if is_animal(each.name)]
    known = [name for name in named if name in found.animals or _is_kept(thing, name)]
    head = flow.first.fact("head")
    most = None if bound.critical is None else bound.critical.most
    count = len(known) if named else int(head) if head.isdecimal() else 0
    possible = told if most is None else min(told, most * count)
    found.told += told * share
    found.milk += possible * share
    found.animals.update(known)
    found.milkings += flow.entries


def _is_kept(thing: Thing, animal: str) -> bool:
    """Tell whether an animal is in a herd book."""
    return kin_of(thing.book, animal).entry is not None


def _best(ratio: Bound, direction: str) -> Decimal:
    """Return the most that comes out for one kilogram that goes in."""
    outer = ratio.critical or ratio.warn or ratio.expected
    if direction == "out/in":
        return Decimal(1) if outer.most is None else outer.most
    return Decimal(1) / outer.least if outer.least else Decimal(1)


CHECKS: Final[tuple[Check, ...]] = (
    ThingCheck(("beyond-its-animals",), beyond_reach, GOODS),
)
