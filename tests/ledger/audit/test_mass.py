"""Mass: what is reported of goods that do not add up, and what is not."""

from decimal import Decimal
from itertools import pairwise

import pytest

from tests.support.told import (
    ITEM,
    Told,
    animal,
    kg,
    lot,
    own,
    party,
    pieces,
    readings,
    serial,
)

TANK = own("station", "tank/1")
LOAD = own("station", "load/1")
RAW = own("plant", "tank/raw")
HEATED = own("plant", "tank/heated")
POWDER = own("plant", "powder/1")


@pytest.fixture
def told():
    ledger = Told()
    ledger.registered(1)
    return ledger


def delivered(told, milk, quantity, hour=2, **members):
    return told.say(
        ("station", "herd"),
        "accepting:in_progress",
        hour,
        quantityList=[kg(milk, quantity)],
        **members,
    )


def pooled(told, milk, quantity, out=None, hour=3, **members):
    outputs = [kg(TANK, out or quantity)]
    return told.made(
        "station", "bulking", hour, [kg(milk, quantity)], outputs, **members
    )


def test_what_balances_is_not_reported(told):
    milk = told.milked("a", "4.000")
    delivered(told, milk, "4.000")
    pooled(told, milk, "4.000")
    told.passes(1000)
    assert told.rules("mass") == []


def test_more_used_than_made_is_critical(told):
    milk = told.milked("a", "4.000")
    delivered(told, milk, "4.000")
    first = pooled(told, milk, "3.000")
    second = told.made(
        "station",
        "bulking",
        4,
        [kg(milk, "2.000")],
        [kg(own("station", "tank/2"), "2")],
    )
    (finding,) = told.found("more-used-than-made")
    assert finding.severity == "critical"
    assert finding.about == (milk,)
    assert {first, second} <= {*finding.entries}
    assert (finding.values["made"], finding.values["used"]) == ("4", "5")


def test_parts_that_add_up_to_what_was_made_are_no_finding(told):
    milk = told.milked("a", "4.000")
    delivered(told, milk, "4.000")
    pooled(told, milk, "3.000")
    told.made(
        "station",
        "bulking",
        4,
        [kg(milk, "1.000")],
        [kg(own("station", "tank/2"), "1")],
    )
    assert told.rules("mass") == []


def test_what_was_thrown_away_cannot_be_used(told):
    milk = told.milked("a", "4.000")
    delivered(told, milk, "4.000")
    told.say(
        "herd", "decommissioning:destroyed", 2, action="DELETE",
        quantityList=[kg(milk, "4.000")],
    )  # fmt: skip
    pooled(told, milk, "4.000")
    (finding,) = told.found("more-used-than-made")
    assert finding.values["used"] == "8"


def test_an_error_declared_takes_its_use_back(told):
    milk = told.milked("a", "4.000")
    delivered(told, milk, "4.000")
    pooled(told, milk, "4.000")
    wrong = {"inputQuantityList": [kg(milk, "4.000")], "eventID": "urn:uuid:wrong-1"}
    told.say("station", "creating_class_instance", 4, **wrong)
    assert told.found("more-used-than-made")
    told.say(
        "station", "creating_class_instance", 4, errorDeclaration={}, **wrong
    )  # fmt: skip
    assert told.rules("mass") == []


def test_a_strangers_use_is_no_finding(told):
    milk = told.milked("a", "4.000")
    pooled(told, milk, "4.000")
    told.made(
        "stranger", "bulking", 4, [kg(milk, "4")], [kg(own("stranger", "tank/x"), "4")]
    )
    assert told.found("more-used-than-made", "told-above-made") == []


def test_more_delivered_than_milked_is_told_once_where_it_begins(told):
    milk = told.milked("a", "4.000")
    delivery = delivered(told, milk, "5.000")
    pooled(told, milk, "5.000")
    assert told.rules("mass") == ["told-above-made"]
    (finding,) = told.found("told-above-made")
    assert finding.severity == "critical"
    assert delivery in finding.entries
    assert finding.basis.name == "bound delivery.over.milked"
    assert finding.values["party"] == party("station")


def test_two_scales_may_differ_by_what_the_template_expects(told):
    milk = told.milked("a", "4.000")
    delivered(told, milk, "4.040")
    assert told.rules("mass") == []


def test_far_less_accepted_than_milked_is_a_gap(told):
    milk = told.milked("a", "4.000")
    delivered(told, milk, "2.000")
    (finding,) = told.found("handover-gap")
    assert finding.severity == "warning"
    assert (finding.values["gap"], finding.values["percent"]) == ("2", "50")


def test_two_deliveries_of_one_lot_are_no_gap(told):
    milk = told.milked("a", "4.000")
    delivered(told, milk, "2.000")
    delivered(told, milk, "1.900", hour=4)
    assert told.found("handover-gap") == []


def test_a_load_that_lost_a_twentieth_on_its_way_is_a_gap(told):
    milk = told.milked("a", "100")
    pooled(told, milk, "100")
    told.made(
        ("station", "haulage"), "loading", 4, [kg(TANK, "100")], [kg(LOAD, "100")]
    )
    slip = told.say(
        ("plant", "station", "haulage"), "accepting:conformant", 5,
        quantityList=[kg(LOAD, "95")],
    )  # fmt: skip
    told.made("plant", "receiving", 6, [kg(LOAD, "95")], [kg(RAW, "95")])
    told.passes(1000)
    (finding,) = told.found("handover-gap", "rest-not-told")
    assert finding.rule_id == "handover-gap"
    assert slip in finding.entries


@pytest.mark.parametrize(
    ("stock", "rule_id", "severity"),
    [
        ("2.000", None, None),
        ("3.000", "stock-above-balance", "critical"),
        ("1.000", "stock-below-balance", "warning"),
    ],
)
def test_a_stock_take_is_compared_with_the_books(told, stock, rule_id, severity):
    milk = told.milked("a", "4.000")
    delivered(told, milk, "4.000")
    pooled(told, milk, "2.000")
    told.say("station", "stock_taking", 9, quantityList=[kg(milk, stock)])
    found = told.found("stock-above-balance", "stock-below-balance")
    assert [(f.rule_id, f.severity) for f in found] == (
        [(rule_id, severity)] if rule_id else []
    )


def test_a_rest_that_nobody_accounts_for_is_told_once_it_must_be_gone(told):
    milk = told.milked("a", "4.000")
    delivered(told, milk, "4.000")
    pooled(told, milk, "2.000")
    told.passes(90)
    assert told.found("rest-not-told") == []
    told.passes(97)
    (finding,) = told.found("rest-not-told")
    assert (finding.severity, finding.values["rest"]) == ("warning", "2")


def test_more_out_than_in_is_critical_and_rounding_is_not(told):
    milk = told.milked("a", "4.000")
    pooled(told, milk, "4.000", out="4.4")
    (finding,) = told.found("out-above-in")
    assert finding.severity == "critical"
    assert finding.values["difference"] == "0.4"
    other = Told()
    other.registered(1)
    pooled(other, other.milked("a", "4.000"), "4.000", out="4.001")
    assert other.found("out-above-in") == []


def test_losses_beyond_what_went_in_are_more_out_than_in(told):
    milk = told.milked("a", "4.000")
    loss = [{"quantity": Decimal("1.0"), "uom": "KGM", "reason": "spilled"}]
    pooled(told, milk, "4.000", out="3.500", caravan__loss=loss)
    (finding,) = told.found("out-above-in")
    assert finding.values["lost"] == "1"


def test_losses_that_do_not_close_the_balance_are_a_warning(told):
    milk = told.milked("a", "4.000")
    loss = [{"quantity": Decimal("0.1"), "uom": "KGM", "reason": "spilled"}]
    pooled(told, milk, "4.000", out="3.500", caravan__loss=loss)
    (finding,) = told.found("mass-not-closing")
    assert (finding.severity, finding.values["difference"]) == ("warning", "0.4")


def test_where_no_loss_is_told_at_all_a_deficit_is_a_notice(told):
    milk = told.milked("a", "4.000")
    pooled(told, milk, "4.000", out="3.500")
    (finding,) = told.found("mass-not-closing")
    assert finding.severity == "notice"


def test_kilograms_and_litres_are_not_made_one(told):
    milk = told.milked("a", "4.000")
    delivered(told, milk, "4.000")
    told.made("station", "bulking", 3, [kg(milk, "4", "LTR")], [kg(TANK, "4")])
    (finding,) = told.found("units-mixed")
    assert finding.values["first"] in {milk, TANK}
    assert told.found("out-above-in", "more-used-than-made", "mass-not-closing") == []


def test_an_unknown_unit_and_a_missing_quantity_are_said(told):
    milk = told.milked("a", "4.000")
    told.say("station", "storing", 2, quantityList=[kg(milk, "4", "JIN")])
    told.made("station", "bulking", 3, [{"epcClass": milk}], [kg(TANK, "4")])
    (finding,) = told.found("quantity-unclear")
    assert finding.values["count"] == "2"


def test_what_nobody_made_is_told_after_the_time_that_entries_may_take(told):
    told.registered(1, by="other-herd")
    milk, bought = told.milked("a", "4.000"), own("other-herd", "milk/x")
    inputs = [kg(milk, "4.000"), kg(bought, "6.000")]
    entry = told.made("station", "bulking", 3, inputs, [kg(TANK, "10")])
    told.passes(24 * 3)
    assert told.found("used-not-made") == []
    told.passes(24 * 4)
    (finding,) = told.found("used-not-made")
    assert finding.severity == "warning"
    assert entry in finding.entries
    assert finding.values["first"] == bought


def test_powder_that_nothing_went_into_is_reported_and_milk_is_not(told):
    milk = own("herd", "milk/of-a-group")
    told.made("herd", "milking", 0, [], [kg(milk, "4")], caravan__species="camel")
    told.made(
        "plant", "spray drying", 5, [], [kg(POWDER, "4")], caravan__species="camel"
    )
    (finding,) = told.found("made-of-nothing")
    assert finding.about == (POWDER,)


def test_what_is_added_to_a_lot_that_was_made_is_reported(told):
    milk = told.milked("a", "4.000")
    pooled(told, milk, "4.000")
    added = told.say(
        "station", "storing", 4, action="ADD", quantityList=[kg(TANK, "3.000")]
    )
    (finding,) = told.found("made-of-nothing")
    assert added in finding.entries


def test_a_cycle_is_found_and_a_long_chain_is_not_one(told):
    lots = [own("plant", f"tank/{number}") for number in range(5)]
    milk = told.milked("a", "4.000")
    told.made("plant", "pooling", 1, [kg(milk, "4")], [kg(lots[0], "4")])
    for hour, (one, other) in enumerate(pairwise(lots), 2):
        told.made("plant", "pooling", hour, [kg(one, "4")], [kg(other, "4")])
    assert told.found("made-of-itself") == []
    told.made("plant", "pooling", 9, [kg(lots[4], "4")], [kg(lots[1], "4")])
    findings = told.found("made-of-itself")
    assert findings
    assert {f.severity for f in findings} == {"critical"}


def drying(told, powder, *, solids="15", moisture="3", number=1, hour=5):
    """Dry a hundred kilograms: 15 % solids and 3 % moisture make 15.464 kg."""
    milk = told.milked(f"m{number}", "100", hour)
    fat = Decimal(solids) - 10
    told.say(
        "plant", "inspecting:conformant", hour + 1, quantityList=[kg(milk, "100")],
        sensorElementList=readings(fat=str(fat), protein="4", lactose="5", ash="1"),
    )  # fmt: skip
    told.say(("herd", "plant"), "accepting", hour, quantityList=[kg(milk, "100")])
    name = own("plant", f"powder/{number}")
    entry = told.made(
        "plant", "spray drying", hour + 2, [kg(milk, "100")], [kg(name, powder)]
    )
    told.say(
        "plant", "inspecting:conformant", hour + 3, quantityList=[kg(name, powder)],
        sensorElementList=readings(moisture=moisture),
    )  # fmt: skip
    return entry, name


def test_powder_is_held_against_the_solids_of_its_own_milk(told):
    entry, powder = drying(told, "18.000")
    (finding,) = told.found("conversion-own-solids")
    assert finding.severity == "warning"
    assert entry in finding.entries
    assert finding.values["should"] == "15.464"
    assert told.rules("mass") == ["conversion-own-solids"]
    assert finding.about[0] == powder


def test_powder_that_its_own_milk_gives_is_no_finding_however_rich(told):
    drying(told, "18.400", solids="18")
    assert told.rules("mass") == []


def test_without_tests_the_usual_ratio_decides(told):
    milk = told.milked("a", "100")
    told.say(("herd", "plant"), "accepting", 1, quantityList=[kg(milk, "100")])
    told.made("plant", "spray drying", 5, [kg(milk, "100")], [kg(POWDER, "25")])
    (finding,) = told.found("conversion-ratio")
    assert (finding.severity, finding.values["value"]) == ("critical", "4")
    assert finding.basis.expected == "[5.8, 7.5] KGM/KGM"


def test_runs_that_are_off_together_are_told_though_each_may_be(told):
    for number in range(8):
        drying(told, "16.300", number=number, hour=24 * number)
    (finding,) = told.found("conversion-drift")
    assert finding.values["runs"] == "8"


def test_one_run_unlike_the_others_is_told(told):
    for number in range(8):
        drying(told, "15.400", number=number, hour=24 * number)
    _, powder = drying(told, "16.400", number=9, hour=24 * 9)
    (finding,) = told.found("run-unlike-others", "conversion-drift")
    assert finding.about[0] == powder


def test_fat_that_was_not_in_the_milk_is_told(told):
    _, powder = drying(told, "15.400")
    told.say(
        "plant", "inspecting:conformant", 10, quantityList=[kg(powder, "15.4")],
        sensorElementList=readings(fat="40"),
    )  # fmt: skip
    (finding,) = told.found("component-not-of-input")
    assert finding.values["component"] == "fat"
    assert finding.severity == "warning"


def test_packs_hold_no_more_than_was_packed(told):
    product(told)
    powder(told, "10")
    entry = packed(told, "4.500", 10)
    (finding,) = told.found("packs-above-contents")
    assert finding.severity == "critical"
    assert (finding.values["out"], finding.values["in"]) == ("5", "4.5")
    assert entry in finding.entries


def test_packs_with_a_little_spilled_are_no_finding(told):
    product(told)
    powder(told, "10")
    packed(told, "5.010", 10)
    assert told.found("packs-above-contents", "out-above-in") == []


def test_packs_of_a_product_without_net_content_are_not_weighed(told):
    powder(told, "10")
    packed(told, "4.500", 10)
    assert told.found("packs-above-contents") == []


def product(told):
    told.say(
        "plant", "commissioning:active", -900, action="ADD",
        quantityList=[{"epcClass": ITEM}],
        ilmd={"gs1:netContent": {"value": 500, "uom": "GRM"}},
    )  # fmt: skip


def powder(told, quantity):
    milk = told.milked("a", "65")
    told.say(("herd", "plant"), "accepting", 1, quantityList=[kg(milk, "65")])
    told.made("plant", "spray drying", 5, [kg(milk, "65")], [kg(POWDER, quantity)])


def packed(told, quantity, count):
    serials = [serial(f"P{number}") for number in range(count)]
    return told.made(
        "plant", "packing", 30, [kg(POWDER, quantity)],
        [*serials, pieces(lot("L1"), count)],
    )  # fmt: skip


def test_animals_are_no_goods(told):
    told.made("herd", "milking", 0, [animal(99)], [kg(own("herd", "milk/b"), "3")])
    told.passes(1000)
    assert told.found("used-not-made", "made-of-nothing", "quantity-unclear") == []
