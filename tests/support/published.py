"""Figures that were published of herds, as a group's milking of one day."""

from dataclasses import dataclass
from decimal import Decimal

from tests.support.barn import audited_events, milking, own


@dataclass(frozen=True)
class Figure:
    """What was published.

    Attributes:
        source: Where, and of what.
        head: Animals that are milked.
        kilograms: What they give on a day.
        is_possible: Whether it agrees with what was measured elsewhere.
    """

    source: str
    head: int
    kilograms: Decimal
    is_possible: bool = True


FIGURES = (
    Figure("a household in Keping, 2021", 13, Decimal(30)),
    Figure("a household in Keping, 2024", 20, Decimal(60)),
    Figure("Fuhai county, 2021", 6470, Decimal(12_500)),
    Figure("a cooperative in Alxa", 90, Decimal(340)),
    Figure("another cooperative in Alxa", 100, Decimal(300)),
    Figure(
        "an article: a hundred camels give 1.2 t a day",
        100,
        Decimal(1200),
        is_possible=False,
    ),
)
"""Press reports; see the template of Bactrian milk for what was measured."""


def audited_figure(figure):
    """Return the auditor of one day of milking in one herd, after its audit."""
    told = milking(
        [],
        own("milk", "spring", "1"),
        figure.kilograms,
        day=1,
        **{"caravan:head": figure.head},
    )
    return audited_events(told)
