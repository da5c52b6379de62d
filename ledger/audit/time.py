"""Time: what happened when, in which order, and when it was recorded."""

from typing import Final

from ledger.audit.check import Check, PeriodCheck, ThingCheck
from ledger.audit.cooling import done_too_late, held_too_long, told_otherwise
from ledger.audit.milkingdays import days_left_out, milked_alone
from ledger.audit.numbering import clock_set_back, numbers_missing, numbers_twice
from ledger.audit.order import (
    before_it_was_made,
    shipped_before_release,
    steps_reversed,
)
from ledger.audit.recording import (
    at_one_time,
    future_entries,
    late_entries,
    out_of_order,
)
from ledger.audit.travel import impossible_journeys, left_after_arriving

CHECKS: Final[tuple[Check, ...]] = (
    PeriodCheck("key", ("late-entry",), late_entries),
    PeriodCheck("place", ("recorded-out-of-order",), out_of_order),
    PeriodCheck("key", ("told-before-it-happened",), future_entries),
    PeriodCheck("key", ("recorded-at-one-time",), at_one_time),
    PeriodCheck("key", ("number-missing",), numbers_missing),
    PeriodCheck("key", ("number-twice",), numbers_twice),
    PeriodCheck("key", ("clock-set-back",), clock_set_back),
    ThingCheck(("before-it-was-made",), before_it_was_made),
    ThingCheck(
        ("steps-reversed", "test-before-sample", "released-before-test"), steps_reversed
    ),
    ThingCheck(("shipped-before-release",), shipped_before_release),
    ThingCheck(("too-fast",), impossible_journeys),
    ThingCheck(("left-after-arriving",), left_after_arriving),
    PeriodCheck("place", ("done-too-late",), done_too_late),
    PeriodCheck("place", ("cooling-time-differs",), told_otherwise),
    ThingCheck(("held-too-long",), held_too_long),
    PeriodCheck("place", ("days-without-milking",), days_left_out),
    PeriodCheck("place", ("milked-alone",), milked_alone),
)
