"""How large a season is, and when its lots are made."""

from dataclasses import dataclass
from typing import Final

RUN_DAYS: Final = 2
"""Every second day the tanker goes, so that no milk waits more than 48 hours."""


@dataclass(frozen=True, slots=True)
class LotPlan:
    """One lot: the powder of which runs, how many pouches, and how it travels."""

    first_run: int
    runs: int
    pouches: int
    is_flown: bool = False
    recalled_run: int | None = None
    """The run whose tank is found bad after the pouches were sold."""

    @property
    def pack_day(self) -> int:
        """The last powder is made, and has been tested."""
        return (self.first_run + self.runs) * RUN_DAYS + 3

    @property
    def release_day(self) -> int:
        """The plant lets the lot go, after the laboratory's tests."""
        return self.pack_day + 5

    @property
    def ship_day(self) -> int:
        """It leaves the plant."""
        return self.release_day + 2

    @property
    def shop_day(self) -> int:
        """It leaves the warehouse in Hangzhou, for the shops."""
        return self.ship_day + (2 if self.is_flown else 6)


@dataclass(frozen=True, slots=True)
class Plan:
    """A season.

    Attributes:
        days: How many days milk is collected.
        milkers: Milking camels of each household.
        lots: What is packed; of them one has a recalled run.
        rain: Days without milking.
    """

    days: int
    milkers: tuple[int, ...]
    lots: tuple[LotPlan, ...]
    rain: tuple[int, ...] = ()

    @property
    def recall_day(self) -> int:
        """The day on which the laboratory finds the bad tank."""
        shop_day = next(lot.shop_day for lot in self.lots if lot.recalled_run)
        return min(shop_day + 11, self.days - 2)


SEASON: Final = Plan(
    days=120,
    milkers=(13, 10, 9, 8, 7, 6, 4, 3),
    lots=(
        LotPlan(first_run=5, runs=8, pouches=500),
        LotPlan(first_run=26, runs=8, pouches=500, recalled_run=29),
        LotPlan(first_run=40, runs=8, pouches=500, is_flown=True),
    ),
    rain=(47, 48),
)
"""Sixty milkers of eight households, 120 days, three lots of 500 pouches."""

SMALL: Final = Plan(
    days=36,
    milkers=(4, 3, 2),
    lots=(
        LotPlan(first_run=0, runs=2, pouches=12),
        LotPlan(first_run=2, runs=2, pouches=12, recalled_run=3),
        LotPlan(first_run=4, runs=2, pouches=12, is_flown=True),
    ),
    rain=(14,),
)
"""The same in little, for tests: the same troubles, a twentieth of the statements."""
