"""Frauds that are planted in the simulated season, before it is signed.

Whoever cheats signs the lie with their own key, so the ledger stays valid; only what it
says does not add up. Each kind is in ``KINDS`` with its strengths, from blatant to
faint. Where a fraud shows in what others measure later, they tell the truth of it.

No check of the auditor is known here: the frauds are those that are known from the
trade, as they would be done and not as they would be found.
"""

from types import MappingProxyType

# To import them is what makes them known.
from tests.support.frauds import animals, care, goods, milk  # noqa: F401
from tests.support.frauds.book import Planted
from tests.support.frauds.kinds import (
    FAMILIES,
    FOUND,
    Kind,
    chance_of,
    plant,
    season_with,
)

KINDS = MappingProxyType(FOUND)

__all__ = ["FAMILIES", "KINDS", "Kind", "Planted", "chance_of", "plant", "season_with"]
