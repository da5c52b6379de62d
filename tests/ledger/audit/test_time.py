"""Time: what is reported of when things happened and were recorded."""

from decimal import Decimal

import pytest

from tests.support.told import (
    UNIT,
    Told,
    kg,
    lot,
    own,
    party,
    pieces,
    place,
    readings,
    serial,
)

TANK = own("station", "tank/1")
LOAD = own("station", "load/1")
RAW = own("plant", "tank/raw")
HEATED = own("plant", "tank/heated")
DAY = 24


@pytest.fixture
def told():
    ledger = Told()
    ledger.registered(1)
    return ledger


def cooled(told, milk, hour, minutes=None, **members):
    if minutes is not None:
        report = {"component": "caravan:cooling_time", "uom": "MIN"}
        report |= {"type": "Time", "value": Decimal(minutes)}
        members["sensorElementList"] = [{"sensorReport": [report]}]
    return told.say("herd", "storing", hour, quantityList=[kg(milk, 4)], **members)


def packed(told, hour, *numbers):
    powder = own("plant", "powder/1")
    told.made("plant", "spray drying", hour - 1, [kg(HEATED, 9)], [kg(powder, 1)])
    return told.made(
        "plant",
        "packing",
        hour,
        [kg(powder, 1)],
        [*(serial(number) for number in numbers), pieces(lot("L"), len(numbers))],
    )


# ------------------------------------------------------------------------ recorded when


def test_what_is_recorded_weeks_after_it_happened_is_late(told):
    told.milked("a", 4, 0)
    told.milked("b", 4, 1, recorded=20 * DAY)
    (finding,) = told.found("late-entry")
    assert finding.severity == "warning"
    assert finding.values["days"] == "20"
    assert finding.values["count"] == "1"
    assert finding.basis.name == "bound late.entry"


def test_what_is_recorded_after_months_is_critical(told):
    told.milked("a", 4, 0, recorded=70 * DAY)
    assert [f.severity for f in told.found("late-entry")] == ["critical"]


def test_a_few_days_without_signal_are_not_late(told):
    told.milked("a", 4, 0, recorded=4 * DAY)
    told.milked("b", 4, 12, recorded=4 * DAY)
    assert told.rules("time") == []


def test_old_births_that_are_typed_in_are_a_notice(told):
    told.say(
        "herd",
        "commissioning:active",
        -900 * DAY,
        action="ADD",
        epcList=[own("herd", "animal/9")],
        recorded=0,
    )
    assert [f.severity for f in told.found("late-entry")] == ["notice"]


def test_a_correction_is_not_late(told):
    milk = told.milked("a", 4, 0)
    said = {"eventID": "urn:uuid:00000000-0000-4000-8000-000000000007"}
    cooled(told, milk, 1, **said)
    wrong = {"reason": "incorrect_data", "declarationTime": "2026-03-30T08:00:00+08:00"}
    cooled(told, milk, 1, recorded=20 * DAY, errorDeclaration=wrong, **said)
    cooled(told, milk, 1, 60, recorded=20 * DAY)
    assert told.found("late-entry") == []


def test_one_milking_that_comes_days_after_its_neighbours_is_told(told):
    for day in range(8):
        told.milked(f"am-{day}", 4, day * DAY)
        late = 7 * DAY if day == 2 else 0
        hour = day * DAY + 11
        told.milked(f"pm-{day}", 4, hour, recorded=hour + late)
    (finding,) = told.found("recorded-out-of-order")
    assert finding.severity == "warning"
    assert finding.values["days"] == "7"
    assert own("herd", "milk/pm-2") in finding.about


def test_a_whole_day_that_comes_later_is_no_warning(told):
    for day in range(8):
        for half in (0, 11):
            hour = day * DAY + half
            late = 5 * DAY if day in {2, 3} else 0
            told.milked(f"{day}-{half}", 4, hour, recorded=hour + late)
    assert [f.severity for f in told.found("recorded-out-of-order")] == ["notice"]


def test_what_is_recorded_before_it_happened_is_told(told):
    told.milked("a", 4, 3, recorded=0)
    (finding,) = told.found("told-before-it-happened")
    assert (finding.severity, finding.values["minutes"]) == ("critical", "180")


def test_clocks_differ_by_some_minutes(told):
    told.milked("a", 4, 0.2, recorded=0)
    assert told.found("told-before-it-happened") == []


def test_a_week_that_is_recorded_in_one_hour_is_told(told):
    for day in range(6):
        for half in (0, 11):
            told.milked(f"{day}-{half}", 4, day * DAY + half, recorded=6 * DAY)
    (finding,) = told.found("recorded-at-one-time")
    assert finding.severity == "warning"
    assert (finding.values["count"], finding.values["days"]) == ("12", "6")


def test_two_days_that_are_recorded_in_one_hour_are_not(told):
    for half in range(0, 40, 4):
        told.milked(f"{half}", 4, half, recorded=50)
    assert told.found("recorded-at-one-time") == []


def test_numbers_that_never_came_are_told(told):
    for number, seq in enumerate((0, 1, 4, 6)):
        told.milked(f"{seq}", 4, number, caravan__seq=seq, **_prev(seq))
    told.passes(30 * DAY)
    (finding,) = told.found("number-missing")
    assert finding.values["numbers"] == "2-3, 5"


def test_numbers_that_may_still_come_are_not_missing(told):
    for number, seq in enumerate((0, 1, 4)):
        told.milked(f"{seq}", 4, number, caravan__seq=seq, **_prev(seq))
    told.passes(DAY)
    assert told.found("number-missing") == []


def test_numbers_may_come_in_any_order(told):
    for number, seq in enumerate((0, 2, 1)):
        told.milked(f"{seq}", 4, seq, recorded=3 + number, caravan__seq=seq)
    told.passes(30 * DAY)
    assert told.rules("time") == []


def test_a_number_that_is_there_twice_is_told(told):
    for name in ("a", "b"):
        told.milked(name, 4, 1, caravan__seq=7, **_prev(7))
    (finding,) = told.found("number-twice")
    assert finding.values["numbers"] == "7"
    assert len(finding.entries) == 2


def test_a_clock_that_is_set_back_is_told(told):
    for seq, hour in enumerate((0, 24, 48, 1, 72)):
        told.milked(
            f"{seq}", 4, hour, recorded=80 + seq, caravan__seq=seq, **_prev(seq)
        )
    (finding,) = told.found("clock-set-back")
    assert (finding.values["number"], finding.values["before"]) == ("3", "2")


# -------------------------------------------------------------------------- what order


def test_what_is_used_before_it_was_made_is_told(told):
    milk = told.milked("a", 4, 10)
    used = told.made("station", "bulking", 2, [kg(milk, 4)], [kg(TANK, 4)])
    told.say(("station", "herd"), "accepting", 12, quantityList=[kg(milk, 4)])
    (finding,) = told.found("before-it-was-made")
    assert finding.severity == "critical"
    assert finding.about == (milk,)
    assert used in finding.entries
    assert finding.values["hours"] == "8"


def test_a_label_may_be_printed_before_the_pack_is_made(told):
    packed(told, 5, 1, 2)
    told.say("plant", "encoding", 1, epcList=[serial(1)])
    assert told.found("before-it-was-made") == []


def test_milk_that_is_accepted_after_it_was_pooled_is_told(told):
    milk = told.milked("a", 4)
    told.say(("station", "herd"), "accepting", 9, quantityList=[kg(milk, 4)])
    test = told.say("station", "inspecting:conformant", 3, quantityList=[kg(milk, 4)])
    (finding,) = told.found("steps-reversed")
    assert test in finding.entries
    assert (finding.values["step"], finding.values["before"]) == (
        "station-test",
        "delivery",
    )


@pytest.fixture
def lot_told(told):
    """Return a ledger in which a lot is packed, and a say of its steps."""
    told.milked("a", 9)
    milk = own("herd", "milk/a")
    told.made("plant", "pasteurising", 1, [kg(milk, 9)], [kg(HEATED, 9)])
    packed(told, 5, 1, 2)

    def say(step, hour):
        by = {"sampling": ("plant", "laboratory"), "released": "plant"}
        words = {"sampling": "sampling", "released": "inspecting:sellable_accessible"}
        return told.say(
            by.get(step, ("laboratory", "plant")),
            words.get(step, "inspecting:conformant"),
            hour,
            quantityList=[pieces(lot("L"), 2)],
        )

    return told, say


def test_a_test_before_its_sample_is_told(lot_told):
    told, say = lot_told
    test, sample = say("tested", 20), say("sampling", 30)
    (finding,) = told.found("test-before-sample")
    assert finding.entries == (test, sample)
    assert (finding.about, finding.severity) == ((lot("L"),), "critical")


def test_a_release_before_the_test_is_told(lot_told):
    told, say = lot_told
    say("sampling", 10)
    release, test = say("released", 20), say("tested", 40)
    (finding,) = told.found("released-before-test")
    assert finding.entries == (release, test)


def test_what_leaves_in_a_carton_before_its_release_is_told(lot_told):
    told, say = lot_told
    say("sampling", 10)
    say("tested", 20)
    unit = UNIT
    told.say("plant", "packing", 11, action="ADD", parentID=unit, childEPCs=[serial(1)])
    left = told.say("plant", "shipping:in_transit", 25, epcList=[unit])
    release = say("released", 30)
    (finding,) = told.found("shipped-before-release")
    assert finding.entries == (left, release)
    assert finding.about == (lot("L"), unit)


def test_what_leaves_after_its_release_is_not(lot_told):
    told, say = lot_told
    for hour, step in ((10, "sampling"), (20, "tested"), (24, "released")):
        say(step, hour)
    told.say("plant", "packing", 11, action="ADD", parentID=UNIT, childEPCs=[serial(1)])
    told.say("plant", "shipping:in_transit", 25, epcList=[UNIT])
    assert told.rules("time") == []


# ---------------------------------------------------------------------------- how fast


def seen(told, step, hour, area, by="haulage", where=None, **members):
    return told.say(
        by,
        step,
        hour,
        epcList=[UNIT],
        caravan__area=area,
        place=where or f"place-{area}",
        **members,
    )


def test_a_pallet_that_drives_across_the_country_in_a_day_is_told(told):
    left = seen(told, "departing", 0, "652901", caravan__mode="road")
    came = seen(told, "arriving", 24, "330100", caravan__mode="road")
    (finding,) = told.found("too-fast")
    assert finding.entries == (left, came)
    assert finding.severity == "critical"
    assert Decimal(finding.values["speed"]) > 120


def test_a_pallet_that_flies_is_not(told):
    seen(told, "departing", 0, "652901", caravan__mode="air")
    seen(told, "arriving", 6, "330100", caravan__mode="air")
    assert told.rules("time") == []


def test_where_nobody_says_how_it_travelled_it_is_a_warning(told):
    seen(told, "departing", 0, "652901")
    seen(told, "arriving", 24, "330100")
    assert [f.severity for f in told.found("too-fast")] == ["warning"]


def test_a_sample_in_a_laboratory_is_no_journey(told):
    seen(told, "departing", 0, "652901", caravan__mode="road")
    seen(told, "inspecting", 2, "330100", by="laboratory")
    assert told.rules("time") == []


def test_a_distance_that_is_told_counts_from_its_start(told):
    seen(told, "shipping", 0, "", by="plant", where="plant")
    far = {"from": place("plant"), "quantity": 800, "uom": "KMT"}
    seen(told, "arriving", 5, "", caravan__distance=far, caravan__mode="road")
    (finding,) = told.found("too-fast")
    assert finding.values["from"] == place("plant")
    assert finding.values["kilometres"] == "784"


def test_what_leaves_after_it_arrived_at_the_next_place_is_told(told):
    seen(told, "arriving", 0, "", where="one")
    came = seen(told, "arriving", 20, "", where="two")
    left = seen(told, "departing", 26, "", where="one")
    (finding,) = told.found("left-after-arriving")
    assert finding.entries == (came, left)
    assert finding.values["hours"] == "6"


def test_what_goes_on_and_comes_back_is_not(told):
    for hour, step, where in (
        (0, "arriving", "one"),
        (2, "departing", "one"),
        (20, "arriving", "two"),
        (22, "departing", "two"),
        (40, "arriving", "one"),
        (42, "departing", "one"),
    ):
        seen(told, step, hour, "", where=where)
    assert told.rules("time") == []


# ---------------------------------------------------------------------------- how soon


def test_milk_that_is_cold_too_late_is_told_once_a_month(told):
    for day in range(3):
        milk = told.milked(f"{day}", 4, day * DAY)
        minutes = 300 if day == 1 else 150
        cooled(told, milk, day * DAY + minutes / 60, minutes)
    (finding,) = told.found("done-too-late")
    assert finding.severity == "critical"
    assert (finding.values["count"], finding.values["minutes"]) == ("3", "300")
    assert own("herd", "milk/1") in finding.about


def test_milk_that_is_cold_in_time_is_not(told):
    cooled(told, told.milked("a", 4), 2, 120)
    cooled(told, told.milked("b", 4, 24), 25)
    assert told.rules("time") == []


def test_a_clock_that_says_otherwise_than_the_cooling_time_is_told(told):
    milk = told.milked("a", 4)
    cooled(told, milk, 5, 90)
    (finding,) = told.found("cooling-time-differs")
    assert finding.severity == "warning"
    assert (finding.values["told"], finding.values["clock"]) == ("90", "300")


def test_milk_that_is_a_week_old_when_it_is_heated_is_told(told):
    milk = told.milked("old", 4)
    fresh = told.milked("new", 4, 6 * DAY)
    told.made(
        "station", "bulking", 6 * DAY + 2, [kg(milk, 4), kg(fresh, 4)], [kg(TANK, 8)]
    )
    told.made("plant", "pasteurising", 7 * DAY, [kg(TANK, 8)], [kg(HEATED, 8)])
    for each in (milk, fresh):
        told.say(("station", "herd"), "accepting", 1, quantityList=[kg(each, 4)])
    told.say(("plant", "station"), "accepting", 7 * DAY, quantityList=[kg(TANK, 8)])
    (finding,) = told.found("held-too-long")
    assert (finding.severity, finding.values["hours"]) == ("critical", "168")
    assert finding.values["source"] == milk


def test_a_day_without_milking_is_a_notice(told):
    for day in [*range(12), 13]:
        told.milked(f"{day}", 4, day * DAY)
    (finding,) = told.found("days-without-milking")
    assert (finding.severity, finding.values["days"]) == ("notice", "2026-03-14")


def test_who_milks_on_a_day_on_which_nobody_else_does_is_told():
    told = Told()
    herds = ["herd", "other-herd", "plant", "station", "haulage"]
    for herd in herds:
        told.registered(1, by=herd)
        for day in range(14):
            if day != 7 or herd == "other-herd":
                milk = told.milked(f"{day}", 4, day * DAY, by=herd)
                told.say(
                    ("shop", herd),
                    "accepting",
                    day * DAY + 2,
                    quantityList=[kg(milk, 4)],
                )
    (finding,) = told.found("milked-alone")
    assert finding.values["place"] == place("other-herd")
    assert finding.values["days"] == "2026-03-09"
    assert party("other-herd") in finding.about


def _prev(seq):
    return {"caravan:prev": "A" * 43 + "="} if seq else {}


def test_fat_is_not_read_as_a_time(told):
    milk = told.milked("a", 4)
    told.say(
        "herd",
        "storing",
        1,
        quantityList=[kg(milk, 4)],
        sensorElementList=readings(fat="5"),
    )
    assert told.rules("time") == []
