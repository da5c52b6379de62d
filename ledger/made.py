"""What a thing is made of: parts of a whole, mixed and compared.

A share is exact as long as no step mixes parts and loses mass: then all of the lost
mass may have come from the part in question, and the share is what it is at least.

Pure; shares are fractions of whole numbers. ``scanner_web/verify/made.js`` is the same
module for the browser.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Final

_LONG: Final = 10**60
"""A fraction with a longer denominator is rounded down, to so many parts of one:"""
_PARTS: Final = 10**18


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


def only(key: str) -> Made:
    """Return what is all of one kind."""
    return Made({key: 1}, 1, is_exact=True)


def mixed(parts: Iterable[tuple[Made, int | None]], into: int, out: int) -> Made:
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


def least(told: Sequence[Made | Unknown]) -> Made | Unknown:
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


def _reduced(parts: Mapping[str, int], whole: int, is_exact: bool) -> Made:
    """Return parts of a whole as short fractions, or rounded down if they are long."""
    kept = {key: part for key, part in parts.items() if part > 0}
    divisor = gcd(whole, *kept.values())
    if whole // divisor <= _LONG:
        found = {key: part // divisor for key, part in kept.items()}
        return Made(found, whole // divisor, is_exact)
    rounded = {key: part * _PARTS // whole for key, part in kept.items()}
    return Made({k: p for k, p in rounded.items() if p}, _PARTS, is_exact=False)
