"""What a kind of fraud is, and where all of them are kept."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from tests.support.frauds.book import Book, Planted

FAMILIES = (
    "mass",
    "origin",
    "plausibility",
    "time",
    "custody",
    "tests",
    "devices",
    "animals",
    "codes",
)
FOUND: dict[str, "Kind"] = {}
"""Every kind by its id, in the order in which they are read."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fraud.

    Attributes:
        id: Its name for good.
        sentence: What the cheat does.
        family: What it hurts.
        strengths: From blatant to faint.
        unit: What a strength counts.
        cheat: Does it in a book, and says where.
    """

    id: str
    sentence: str
    family: str
    strengths: tuple[int | Decimal, ...]
    unit: str
    cheat: Callable[[Book, int | Decimal, Random], str]

    def plant(self, drafts, strength, chance):
        """Return the season with the fraud in it, before it is signed.

        Args:
            drafts: Those of a season, which are left as they are.
            strength: One of ``strengths``.
            chance: Which household, day or lot it is; see ``chance_of``.
        """
        book = Book(drafts)
        where = self.cheat(book, strength, chance)
        return book.close(where)


def chance_of(kind_id, seed):
    """Return what all draws of one kind come from, at whatever strength."""
    return Random(f"{kind_id}/{seed}")


def plant(kind_id, drafts, strength, seed) -> Planted:
    """Plant one fraud."""
    return FOUND[kind_id].plant(drafts, strength, chance_of(kind_id, seed))


def season_with(season, planted):
    """Return a season that signs and posts what was planted in it."""
    found = copy.copy(season)
    found.drafts = planted.drafts
    for known in ("planted", "event_count"):
        found.__dict__.pop(known, None)
    return found


def fraud(family, unit, *strengths):
    """Keep a function as a kind, whose id and sentence are its name and docstring."""

    def keep(cheat):
        name = cheat.__name__.replace("_", "-")
        if name in FOUND or family not in FAMILIES:
            raise ValueError(f"{name}: twice, or of no family")
        sentence = cheat.__doc__.partition("\n\n")[0].replace("\n    ", " ").strip()
        FOUND[name] = Kind(name, sentence, family, strengths, unit, cheat)
        return cheat

    return keep
