"""Which part of goods is of a lot, or of a harvest: by mass, where goods were mixed.

Of what went into several things, a lot has the part that its mass is of theirs; of what
came of several things, a harvest has the part that it was of what went in. Nobody can
tell one litre in a tank from another, so this is a way of counting and no statement of
fact. Fractions are exact; where a mass is not told, the part is not known (None).

Pure.
"""

from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from typing import Final

from ledger.audit.stock import Goods, Mass, Step

_GRAM: Final = 10**12

Part = Fraction | None
Parts = Mapping[str, Part]


def parts_back(lot: str, levels: Mapping[str, int], goods: Goods) -> Parts:
    """Return of everything that a lot came of the part that went into the lot.

    Args:
        lot: The lot.
        levels: What it came of, and itself.
        goods: Where steps are found.
    """
    parts: dict[str, Part] = {lot: Fraction(1)}

    def made_of_it(name: str) -> list[str]:
        used = (step.outputs for step in goods.users(name))
        return [each for outputs in used for each in outputs if each in levels]

    for name in _ordered(levels, made_of_it):
        if name != lot:
            used = [
                (_of_output(step, parts), step.inputs[name])
                for step in goods.users(name)
            ]
            parts[name] = _quotient(_sum(used), _made(name, goods))
    return parts


def parts_forward(
    harvest: str, levels: Mapping[str, int], steps: Collection[Step], goods: Goods
) -> Parts:
    """Return of everything that came of a harvest the part that is of the harvest.

    Args:
        harvest: What the harvest gave.
        levels: What came of it, and itself.
        steps: Those that it went through.
        goods: Where steps are found.
    """
    parts: dict[str, Part] = {harvest: Fraction(1)}
    within = {id(step) for step in steps}

    def makers(name: str) -> list[Step]:
        return [step for step in goods.makers(name) if id(step) in within]

    def came_of(name: str) -> list[str]:
        used = (step.inputs for step in makers(name))
        return [each for inputs in used for each in inputs if each in levels]

    for name in _ordered(levels, came_of):
        if name != harvest:
            made = [
                (of_input(step, parts), step.outputs[name]) for step in makers(name)
            ]
            parts[name] = _quotient(_sum(made), _made(name, goods))
    return parts


def share_back(step: Step, parts: Parts) -> Mass:
    """Return how much of what came out of a step went into the lot."""
    part, out = _of_output(step, parts), step.out
    return None if part is None or out is None else to_gram(out * part)


def share_forward(step: Step, parts: Parts) -> Mass:
    """Return how much of what went into a step was of the harvest."""
    part, into = of_input(step, parts), step.into
    return None if part is None or into is None else to_gram(into * part)


def to_gram(mass: Fraction) -> int:
    """Return a mass that was shared out, to the nearest gram.

    >>> to_gram(Fraction(10**15, 3)) / 10**12
    333.0
    """
    return round(mass / _GRAM) * _GRAM


def of_input(step: Step, parts: Parts) -> Part:
    """Return which part of what went into a step is of the harvest."""
    known = [(parts[name], m) for name, m in step.inputs.items() if name in parts]
    return _quotient(_sum(known), step.into)


def _of_output(step: Step, parts: Parts) -> Part:
    known = [(parts[name], m) for name, m in step.outputs.items() if name in parts]
    return _quotient(_sum(known), step.out) if known else Fraction(0)


def _sum(amounts: Collection[tuple[Part, Mass]]) -> Fraction | None:
    total = Fraction(0)
    for part, mass in amounts:
        if part is None or (mass is None and part):
            return None
        total += part * (mass or 0)
    return total


def _quotient(amount: Fraction | None, of: Mass) -> Part:
    if amount == 0:
        return Fraction(0)
    return None if amount is None or not of else amount / of


def _made(name: str, goods: Goods) -> int:
    """Return how much there was of a thing: of what nothing made, what was used."""
    account = goods.account(name)
    return account.made or account.used


def _ordered(
    levels: Mapping[str, int], before: Callable[[str], Collection[str]]
) -> list[str]:
    """Return things so that each comes after those that it is counted from.

    What came of itself is taken as it stands: its part is then not known.
    """
    ordered: dict[str, None] = {}
    begun: set[str] = set()
    for start in levels:
        stack = [start]
        while stack:
            name = stack[-1]
            if name in begun:
                ordered[stack.pop()] = None
                continue
            begun.add(name)
            stack += [each for each in before(name) if each not in begun]
    return [*ordered]
