"""Devices: what is reported of calibrations, of fineness and of where they were."""

from decimal import Decimal

import pytest

from tests.support.told import Told, animal, own, place

METER = own("herd", "device/meter")
DAY = 24


@pytest.fixture
def told():
    ledger = Told()
    ledger.registered(1, 2)
    return ledger


def read(told, hour, value="2.0", by="herd", **members):
    report = {"component": "caravan:milk", "uom": "KGM", "value": Decimal(value)}
    element = {"sensorMetadata": {"deviceID": METER}, "sensorReport": [report]}
    return told.say(
        by,
        "sensor_reporting:active",
        hour,
        epcList=[animal(1)],
        sensorElementList=[element],
        **members,
    )


def calibrated(told, hour, until, result="conformant"):
    return told.say(
        "herd",
        f"inspecting:{result}",
        hour,
        epcList=[METER],
        caravan__process="calibration",
        **({"caravan:validUntil": until} if until else {}),
    )


def test_a_meter_that_is_used_after_its_calibration_ran_out_is_told(told):
    check = calibrated(told, -300 * DAY, "2026-03-05T00:00:00+08:00")
    read(told, DAY)
    late = [read(told, day * DAY) for day in (4, 9)]
    (finding,) = told.found("calibration-out-of-date")
    assert finding.entries == (check, *late)
    assert finding.about[0] == METER
    assert (finding.values["count"], finding.values["all"]) == ("2", "3")


def test_a_meter_that_was_calibrated_anew_is_in_order(told):
    calibrated(told, -300 * DAY, "2026-03-05T00:00:00+08:00")
    calibrated(told, 2 * DAY, "2027-03-05T00:00:00+08:00")
    read(told, 9 * DAY)
    assert told.rules("devices") == []


def test_a_meter_that_nobody_calibrates_is_not_told(told):
    read(told, 9 * DAY)
    assert told.rules("devices") == []


def test_a_calibration_that_comes_afterwards_is_none_of_before(told):
    calibrated(told, -300 * DAY, "2026-03-05T00:00:00+08:00")
    read(told, 9 * DAY)
    calibrated(told, 20 * DAY, "2027-03-05T00:00:00+08:00")
    assert told.rules("devices") == ["calibration-out-of-date"]


def test_a_meter_that_is_used_after_it_failed_is_told(told):
    failed = calibrated(told, 0, "", result="non_conformant")
    late = read(told, DAY)
    calibrated(told, 2 * DAY, "2027-03-05T00:00:00+08:00")
    read(told, 3 * DAY)
    (finding,) = told.found("calibration-failed")
    assert finding.entries == (failed, late)


def test_values_between_the_steps_of_a_meter_are_told(told):
    for number in range(40):
        read(told, number * 12, f"{2 + Decimal(number % 9) / 20:.3f}")
    odd = read(told, 500, "2.317")
    (finding,) = told.found("finer-than-device")
    assert finding.entries == (odd,)
    assert (finding.values["step"], finding.values["value"]) == ("0.05", "2.317")


def test_the_month_before_says_what_a_meter_tells_apart(told):
    for number in range(40):
        read(told, number * 12, f"{2 + Decimal(number % 9) / 20:.3f}")
    odd = [read(told, 800 + each * 12, f"2.31{each % 10}") for each in range(1, 25)]
    (finding,) = told.found("finer-than-device")
    assert set(finding.entries) <= {*odd}
    assert finding.values["known"] == "40"


def test_a_month_may_have_any_number_of_values(told):
    for number in range(1200):
        read(told, number / 2, f"{2 + Decimal(number % 8) / 2 + number % 2:.1f}")
    odd = read(told, 601, "2.3")
    (finding,) = told.found("finer-than-device")
    assert finding.entries == (odd,)


def test_a_meter_that_tells_grams_is_as_fine_as_it_is(told):
    for number in range(40):
        read(told, number * 12, f"{2 + Decimal(number * 37 % 91) / 1000:.3f}")
    assert told.rules("devices") == []


def test_last_digits_alone_are_no_reason(told):
    """Most are even, as of a meter of 0.2 kg; a true herd has some that are not."""
    for number in range(40):
        value = 2 + Decimal(number % 7) / 5 + Decimal(number % 4 == 0) / 10
        read(told, number * 12, f"{value:.1f}")
    assert told.rules("devices") == []


def test_a_device_in_two_places_at_one_time_is_told(told):
    here, there = read(told, 0), read(told, 0, by="other-herd")
    (finding,) = told.found("device-in-two-places")
    assert finding.entries == (here, there)
    assert finding.severity == "critical"
    assert {*finding.about} == {METER, place("herd"), place("other-herd")}


def test_a_device_may_be_carried_along(told):
    read(told, 0)
    read(told, 1, by="other-herd")
    read(told, 2, caravan__area="652929")
    read(told, 30, by="other-herd", caravan__area="330100")
    assert told.rules("devices") == ["device-in-two-places"]
    (finding,) = told.found("device-in-two-places")
    assert finding.values["minutes"] == "1680"
