"""Duties that should not be in one hand, and goods that failed and went on."""

from collections.abc import Iterator
from typing import Final

from ledger.audit.book import Period, Thing
from ledger.audit.finding import Finding, finding_of
from ledger.audit.packs import act_of, is_release, told_of_packs
from ledger.audit.quantities import month_text
from ledger.audit.record import Record, is_test
from ledger.audit.steps import HANDOVER, is_test_step

_GOING_ON: Final = frozenset(
    {"departing", "loading", "packing", "retail_selling", "shipping", "stocking"}
)


def tested_by_deliverer(period: Period) -> Iterator[Finding]:
    """Yield a finding if who delivered goods tested them, and nobody else did."""
    found: list[tuple[str, Record]] = []
    tests = 0
    for record in filter(is_test, period.records):
        tests += 1
        for name in record.names:
            thing = period.book.thing(name)
            if record in thing.records and _is_own_delivery(thing, record):
                found.append((name, record))
    if not found:
        return
    name, last = found[-1]
    yield finding_of(
        "tested-by-deliverer",
        "warning",
        last,
        about=(period.name, *(each for each, _ in found[:50]), last.party),
        values={
            "place": period.name,
            "month": month_text(period.month),
            "party": last.party,
            "count": str(len({record.index for _, record in found})),
            "all": str(tests),
            "thing": name,
            "time": last.time,
        },
        entries=[record.index for _, record in found],
        mark=str(period.month),
    )


def released_own_test(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if who released goods is who tested them, and nobody else did."""
    if not thing.tests:
        return
    released = [r for r in thing.in_time if is_release(r)]
    if not released:
        return
    release = released[0]
    before = [t for t in thing.tests if t.at_us <= release.at_us] or [*thing.tests]
    hands = {party for test in before for party in test.parties} | {*release.parties}
    if hands != {release.party}:
        return
    is_same_key = any(test.key == release.key for test in before)
    yield finding_of(
        "released-own-test",
        "warning" if is_same_key else "notice",
        release,
        about=(thing.name, release.party),
        values={
            "thing": thing.name,
            "party": release.party,
            "test_key": before[-1].key,
            "key": release.key,
            "tested": before[-1].time,
            "time": release.time,
        },
        entries=[test.index for test in before],
    )


def failed_and_used(thing: Thing) -> Iterator[Finding]:
    """Yield a finding if goods went on after they had failed a test."""
    failed = next((t for t in thing.tests if has_failed(t)), None)
    if failed is None:
        return
    passed = next(
        (
            t
            for t in thing.tests
            if not has_failed(t) and (t.at_us, t.index) > (failed.at_us, failed.index)
        ),
        None,
    )
    if passed is not None and failed.index != passed.index:
        yield _failed_then_passed(thing, failed, passed)
        return
    uses = [r for flow in thing.used_by for r in flow.records] + [
        r for r in thing.records if is_release(r)
    ]
    if any(made.quantity for flow in thing.made_by for made in flow.outputs):
        uses += [r for r in told_of_packs(thing) if r.step in _GOING_ON]
    after = sorted(
        {r.index: r for r in uses if r.at_us > failed.at_us}.values(),
        key=lambda r: (r.at_us, r.index),
    )
    if not after:
        return
    yield finding_of(
        "failed-and-used",
        "critical",
        after[0],
        about=(thing.name,),
        values={
            "thing": thing.name,
            "tester": failed.party,
            "failed": failed.time,
            "step": act_of(after[0]),
            "time": after[0].time,
            "party": after[0].party,
            "count": str(len(after)),
        },
        entries=[failed.index, *(r.index for r in after[:200])],
    )


def has_failed(record: Record) -> bool:
    """Tell whether a test was failed."""
    return record.disposition == "non_conformant" or "non_conformant" in record.set


def _failed_then_passed(thing: Thing, failed: Record, passed: Record) -> Finding:
    is_other = not {*passed.parties} <= {*failed.parties}
    return finding_of(
        "failed-then-passed",
        "notice" if is_other else "warning",
        passed,
        about=(thing.name,),
        values={
            "thing": thing.name,
            "tester": failed.party,
            "failed": failed.time,
            "second": passed.party,
            "passed": passed.time,
            "tests": str(len(thing.tests)),
        },
        entries=[t.index for t in thing.tests],
    )


def _is_own_delivery(thing: Thing, record: Record) -> bool:
    """Tell whether a test after a handover is in the hands of who delivered alone."""
    template = thing.template
    if template is None or not thing.made_by:
        return False
    makers = {
        party for flow in thing.made_by for r in flow.records for party in r.parties
    }
    if not makers.issuperset(record.parties):
        return False
    for step in filter(is_test_step, template.steps):
        before = template.step(step.after)
        if before is None or before.makes or not {*before.business_steps} & HANDOVER:
            continue
        if not thing.is_step(record, step):
            continue
        return not any(
            {*other.parties} - makers for other in thing.tests if other is not record
        )
    return False
