"""Chance that is the same everywhere: integers drawn from a hash of what they are for.

No generator is passed around. A draw depends on the fixed seed and the words that name
it, so one more animal changes nothing for the others; and there are no floats in it,
whose last digit may differ from machine to machine.
"""

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_SEED: Final = b"caravan/simulated-season/v1\n"
_TERMS: Final = 12
_MEAN_OF_TERMS: Final = _TERMS * 0xFFFF // 2


@dataclass(frozen=True, slots=True)
class Figure:
    """How something is distributed: about a mean, never beyond its bounds."""

    mean: int
    spread: int
    """The standard deviation."""
    least: int
    most: int


def digest(*words: str | int) -> bytes:
    """Return 32 bytes that nothing but these words decides."""
    return hashlib.sha256(_SEED + "\n".join(map(str, words)).encode()).digest()


def between(low: int, high: int, *words: str | int) -> int:
    """Draw an integer, each from ``low`` to ``high`` as likely as another.

    >>> 1 <= between(1, 6, "die", 1) <= 6
    True
    """
    return low + int.from_bytes(digest(*words)[:8], "big") % (high - low + 1)


def near(mean: int, spread: int, *words: str | int) -> int:
    """Draw an integer from a bell about the mean, at most three spreads away.

    The bell is that of twelve equal chances added up, whose deviation is that of one
    normal variable (Irwin and Hall).

    >>> 970 <= near(1000, 10, "day", 1) <= 1030
    True
    """
    drawn = digest(*words)
    terms = [drawn[place] << 8 | drawn[place + 1] for place in range(0, 24, 2)]
    away = spread * (sum(terms) - _MEAN_OF_TERMS) // 0x10000
    return mean + max(-3 * spread, min(3 * spread, away))


def draw(figure: Figure, *words: str | int) -> int:
    """Draw an integer that is distributed as published."""
    drawn = near(figure.mean, figure.spread, *words)
    return max(figure.least, min(figure.most, drawn))


def interpolated(table: tuple[tuple[int, int], ...], place: int) -> int:
    """Return what a table of points says about a place, on straight lines between.

    >>> interpolated(((0, 10), (10, 20)), 5)
    15
    """
    first, last = table[0], table[-1]
    if place <= first[0]:
        return first[1]
    for (left, low), (right, high) in pairwise(table):
        if place <= right:
            return low + (high - low) * (place - left) // (right - left)
    return last[1]
