"""Parcels: lots that come out as they went in, and do not; events told in two ways."""

import pytest

from tests.support.fsma import FAULTS, audited_chain
from tests.support.told import OTHER_UNIT, UNIT, Told, lot, pieces

LOT, OTHER = lot("L1"), lot("L2")


@pytest.fixture
def told():
    ledger = Told()
    for hour, name in ((1, LOT), (2, OTHER)):
        ledger.say(
            "plant", "commissioning:active", hour, action="ADD",
            quantityList=[pieces(name, 20)],
        )  # fmt: skip
    return ledger


def parcel(told, by, action, hour, *inside, unit=UNIT, **members):
    step = "packing" if action == "ADD" else "receiving"
    return told.say(
        by, step, hour, type="AggregationEvent", action=action, parentID=unit,
        childQuantityList=[pieces(*each) for each in inside], **members,
    )  # fmt: skip


def test_what_is_received_as_it_was_packed_is_no_finding(told):
    parcel(told, "plant", "ADD", 10, (LOT, 5), (OTHER, 3))
    parcel(told, "plant", "ADD", 11, (LOT, 2))
    parcel(told, "plant", "OBSERVE", 30, (LOT, 7), (OTHER, 3))

    assert told.found("parcel-differs") == []
    assert told.found("packed-from-nowhere") == []


def test_more_than_was_packed_is_critical_and_less_a_warning(told):
    first = parcel(told, "plant", "ADD", 10, (LOT, 5))
    more = parcel(told, "plant", "OBSERVE", 30, (LOT, 6))
    parcel(told, "plant", "ADD", 10, (OTHER, 5), unit=OTHER_UNIT)
    parcel(told, "plant", "OBSERVE", 30, (OTHER, 4), unit=OTHER_UNIT)

    graver, lesser = told.found("parcel-differs")
    assert (graver.severity, lesser.severity) == ("critical", "warning")
    assert graver.entries == (first, more)
    assert graver.values["packed"] == "5 H87"
    assert graver.values["found"] == "6 H87"


def test_what_was_taken_out_is_compared_no_more(told):
    parcel(told, "plant", "ADD", 10, (LOT, 5))
    parcel(told, "plant", "DELETE", 20)
    parcel(told, "plant", "OBSERVE", 30, (LOT, 1))

    assert told.found("parcel-differs") == []


def test_a_lot_that_nobody_made_is_named(told):
    packed = parcel(told, "plant", "ADD", 10, (lot("L3"), 5))

    (finding,) = told.found("packed-from-nowhere")
    assert finding.entries == (packed,)
    assert finding.about == (UNIT, lot("L3"))


def test_the_word_of_a_stranger_is_not_compared(told):
    parcel(told, "plant", "ADD", 10, (LOT, 5))
    parcel(told, "stranger", "OBSERVE", 30, (LOT, 50))

    assert told.found("parcel-differs") == []


def test_the_chain_of_others_has_its_faults_named_and_nothing_else_said():
    auditor, events = audited_chain()
    findings = [*auditor.records.findings()]
    named = {f.id: {events[index] for index in f.entries} for f in findings}

    for fault in FAULTS:
        assert any(
            f.rule_id in fault.rules and named[f.id] & fault.events for f in findings
        ), fault.sentence
    for finding in findings:
        assert any(
            finding.rule_id in fault.rules and named[finding.id] & fault.events
            for fault in FAULTS
        ), finding
