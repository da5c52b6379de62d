"""Limits that food law sets to what is measured, each with its edition and source.

A reader is told a limit beside the figures, never that something passed: whether a
test was well made no ledger knows. None of these numbers has been compared with the
printed standard by this project (``verified`` is False), and readers are told that too.

``scanner_web/verify/limits.js`` has the same table for the browser.
"""

from dataclasses import dataclass
from typing import Final, Literal

Comparison = Literal[">=", "<="]


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit.

    Attributes:
        component: What is measured, as sensor reports spell it.
        product: Of what: ``raw-milk`` or ``milk-powder``, both of camels.
        comparison: What a value within the limit is, compared with it.
        value: The limit, decimal.
        unit: That the values must have, a code of Recommendation 20; empty for none.
        of: ``snf`` if it is a share of the solids that are not fat; else empty.
        edition: Of the standard.
        source: The key of the standard's name in the locale: ``limit.source.…``.
        verified: Whether somebody has compared it with the standard.
    """

    component: str
    product: str
    comparison: Comparison
    value: str
    unit: str
    of: str
    edition: str
    source: str
    verified: bool


_XINJIANG: Final = ("DBS65/010-2023", "xinjiang-raw-camel-milk", False)
_INNER_MONGOLIA: Final = ("DBS15/016-2019", "inner-mongolia-camel-milk-powder", False)
# Regulation on the supervision of the quality of dairy: within two hours of milking,
# milk has to be cooled to 0 to 4 °C.
_COOLING: Final = ("536/2008", "state-council-dairy", False)

LIMITS: Final = (
    Limit("caravan:fat", "raw-milk", ">=", "4", "P1", "", *_XINJIANG),
    Limit("caravan:protein", "raw-milk", ">=", "3.5", "P1", "", *_XINJIANG),
    Limit("caravan:density", "raw-milk", ">=", "1.028", "23", "", *_XINJIANG),
    Limit("caravan:acidity", "raw-milk", ">=", "16", "", "", *_XINJIANG),
    Limit("caravan:acidity", "raw-milk", "<=", "24", "", "", *_XINJIANG),
    Limit("caravan:fat", "milk-powder", ">=", "28", "P1", "", *_INNER_MONGOLIA),
    Limit("caravan:protein", "milk-powder", ">=", "36", "P1", "snf", *_INNER_MONGOLIA),
    Limit("caravan:cooling_time", "raw-milk", "<=", "120", "MIN", "", *_COOLING),
    Limit("caravan:temperature_after", "raw-milk", "<=", "4", "CEL", "", *_COOLING),
)  # fmt: skip
"""All limits that are told."""
