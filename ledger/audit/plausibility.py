"""Plausibility: figures against what is usual, and against what was before.

The checks stand by what they read: ``yields``, ``uniformity``, ``growing``,
``composition``.
"""

from collections.abc import Iterator
from typing import Final

from ledger.audit import composition, figures, growing
from ledger.audit.book import Period
from ledger.audit.check import Check, PeriodCheck
from ledger.audit.finding import Finding
from ledger.audit.herdmonth import herd_months
from ledger.audit.uniformity import repeated, too_uniform
from ledger.audit.yields import too_much, too_often


def herds(period: Period) -> Iterator[Finding]:
    """Yield what does not fit of the milk of each herd at a place, in one month."""
    for herd in herd_months(period):
        yield from too_much(herd)
        yield from too_often(herd)
        yield from too_uniform(herd)
        yield from repeated(herd)
    yield from figures.of_animals(period)


CHECKS: Final[tuple[Check, ...]] = (
    *composition.CHECKS,
    *figures.CHECKS,
    *growing.CHECKS,
    PeriodCheck(
        "place",
        (
            "herd-gives-too-much",
            "animal-gives-too-much",
            "herd-gives-more-than-before",
            "milked-too-often",
            "yields-too-uniform",
            "yields-repeated",
            "figures-of-animals-outside-bounds",
        ),
        herds,
    ),
)
