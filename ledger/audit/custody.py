"""Custody: whose hands goods went through, and whose are missing."""

from typing import Final

from ledger.audit.check import GOODS, Check, PeriodCheck, ThingCheck
from ledger.audit.duties import (
    failed_and_used,
    released_own_test,
    tested_by_deliverer,
)
from ledger.audit.handovers import handovers_open, used_without_handover
from ledger.audit.signers import signatures_missing
from ledger.audit.steps import steps_missing, steps_skipped

CHECKS: Final[tuple[Check, ...]] = (
    PeriodCheck("place", ("signature-missing",), signatures_missing),
    PeriodCheck(
        "place", ("step-missing", "test-missing", "sample-missing"), steps_missing
    ),
    ThingCheck(("step-skipped",), steps_skipped, GOODS),
    PeriodCheck("place", ("handover-open",), handovers_open),
    PeriodCheck("place", ("used-without-handover",), used_without_handover),
    PeriodCheck("place", ("tested-by-deliverer",), tested_by_deliverer),
    ThingCheck(("released-own-test",), released_own_test),
    ThingCheck(("failed-and-used", "failed-then-passed"), failed_and_used),
)
