"""Tests: that they are of the goods, in force, and not copied."""

from typing import Final

from ledger.audit.check import Check, PeriodCheck, ThingCheck
from ledger.audit.copied import results_repeated
from ledger.audit.reports import report_of_another, report_twice
from ledger.audit.results import (
    expired_tests,
    sample_from_nowhere,
    sample_of_another,
    species_untested,
)

CHECKS: Final[tuple[Check, ...]] = (
    PeriodCheck("document", ("report-for-two-lots",), report_twice),
    PeriodCheck(
        "document", ("report-of-another-lot", "report-unknown"), report_of_another
    ),
    PeriodCheck("place", ("results-repeated",), results_repeated),
    ThingCheck(("test-expired",), expired_tests),
    ThingCheck(("sample-of-another",), sample_of_another),
    ThingCheck(("sample-from-nowhere",), sample_from_nowhere),
    ThingCheck(("species-untested",), species_untested),
)
