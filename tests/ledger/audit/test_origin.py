"""Origin: what is reported of milk, animals, dates and species, and what is not."""

from decimal import Decimal

import pytest

from tests.support.told import ITEM, Told, animal, kg, lot, own, pieces, readings

POWDER = own("plant", "powder/1")
DAY = 24


@pytest.fixture
def told():
    return Told()


def measured(told, number, kilograms, hour=0):
    return told.say(
        "herd", "sensor_reporting:active", hour, epcList=[animal(number)],
        sensorElementList=readings(milk=kilograms),
    )  # fmt: skip


def milked(told, numbers, kilograms, hour=1, name="a", **members):
    inputs = [animal(number) for number in numbers]
    said = {"caravan__species": "camel"} | members
    milk = own("herd", f"milk/{name}")
    return told.made("herd", "milking", hour, inputs, [kg(milk, kilograms)], **said)


# ------------------------------------------------------------------ milk and animals


def test_milk_of_registered_animals_is_not_reported(told):
    told.registered(1, 2)
    measured(told, 1, "2.0")
    measured(told, 2, "2.0")
    milked(told, [1, 2], "3.9")
    told.passes(30 * DAY)
    assert told.rules("origin") == []


def test_animals_in_no_herd_book_are_told_once_it_is_late(told):
    told.registered(1)
    entry = milked(told, [1, 98, 99], "4")
    told.passes(3 * DAY)
    assert told.found("milked-not-registered") == []
    told.passes(4 * DAY)
    (finding,) = told.found("milked-not-registered")
    assert finding.severity == "warning"
    assert finding.entries == (entry,)
    assert (finding.values["count"], finding.values["all"]) == ("2", "3")


def test_an_animal_that_came_or_was_tagged_is_registered(told):
    told.say("herd", "arriving:active", -20, epcList=[animal(7)])
    told.say(
        "herd", "installing:active", -20, type="AssociationEvent", action="ADD",
        parentID=animal(8), childEPCs=[own("herd", "tag/1")],
    )  # fmt: skip
    milked(told, [7, 8], "4")
    told.passes(30 * DAY)
    assert told.found("milked-not-registered") == []


def test_more_head_than_the_herd_book_has(told):
    told.registered(1, 2, 3)
    milked(told, [], "4", caravan__head=3)
    entry = milked(told, [], "9", 13, "b", caravan__head=7)
    told.passes(30 * DAY)
    (finding,) = told.found("more-head-than-registered")
    assert (finding.values["head"], finding.values["registered"]) == ("7", "3")
    assert entry in finding.entries
    assert finding.values["count"] == "1"


def test_a_herd_that_nobody_registered_is_not_counted(told):
    milked(told, [], "9", caravan__head=7)
    told.passes(30 * DAY)
    assert told.found("more-head-than-registered") == []


def test_more_in_the_can_than_the_animals_gave(told):
    told.registered(1, 2)
    sample = measured(told, 1, "2.0")
    measured(told, 2, "2.0")
    entry = milked(told, [1, 2], "4.5")
    (finding,) = told.found("can-above-animals")
    assert finding.severity == "critical"
    assert {sample, entry} <= {*finding.entries}
    assert finding.values["excess"] == "0.5"


def test_what_is_kept_at_home_counts(told):
    told.registered(1)
    measured(told, 1, "4.0")
    loss = [{"quantity": Decimal("0.5"), "uom": "KGM", "reason": "kept at home"}]
    milked(told, [1], "4.0", caravan__loss=loss)
    (finding,) = told.found("can-above-animals")
    assert finding.values["can"] == "4.5"


def test_a_can_with_an_animal_that_was_not_measured_is_not_compared(told):
    told.registered(1, 2)
    measured(told, 1, "2.0")
    milked(told, [1, 2], "4.5")
    assert told.found("can-above-animals") == []


def test_scales_may_differ_once_but_not_always_to_one_side(told):
    told.registered(1)
    for day in range(19):
        measured(told, 1, "2.000", day * DAY)
        milked(told, [1], "2.030", day * DAY + 1, f"m{day}")
    assert told.found("can-above-animals") == []
    measured(told, 1, "2.000", 19 * DAY)
    milked(told, [1], "2.030", 19 * DAY + 1, "last")
    (finding,) = told.found("can-above-animals")
    assert (finding.severity, finding.values["count"]) == ("warning", "20")


def dried_and_packed(told, kilograms, count):
    """Dry the milk of two animals, and pack all of it."""
    told.registered(1, 2)
    milked(told, [1, 2], kilograms)
    name = own("herd", "milk/a")
    out = str(Decimal(kilograms) / 6)
    told.made("plant", "spray drying", 5, [kg(name, kilograms)], [kg(POWDER, out)])
    product(told, **{"gs1:netContent": {"value": 500, "uom": "GRM"}})
    packing = [kg(POWDER, out)], [pieces(lot("L1"), count)]
    told.made("plant", "packing", 30, *packing)
    told.passes(30 * DAY)


def test_no_more_is_packed_than_the_animals_can_give(told):
    dried_and_packed(told, "60", 20)
    (finding,) = told.found("beyond-its-animals")
    assert finding.severity == "critical"
    assert (finding.values["milk"], finding.values["possible"]) == ("16", "3.2")


def test_packs_of_what_two_animals_gave_are_not_reported(told):
    dried_and_packed(told, "12", 4)
    assert told.found("beyond-its-animals") == []


# ------------------------------------------------------------------------------ dates


def product(told, **ilmd):
    told.say(
        "plant", "commissioning:active", -900, action="ADD",
        quantityList=[{"epcClass": ITEM}],
        ilmd={"caravan:shelfLife": {"uom": "MON", "value": 18}} | ilmd,
    )  # fmt: skip


def dried(told, hour, **members):
    milk = own("herd", "milk/a")
    return told.made(
        "plant", "spray drying", hour, [kg(milk, "65")], [kg(POWDER, "10")], **members
    )


def packed(told, hour, made, until):
    return told.made(
        "plant", "packing", hour, [kg(POWDER, "9")], [pieces(lot("L1"), 18)],
        ilmd={"gs1:productionDate": made, "gs1:bestBeforeDate": until},
    )  # fmt: skip


def test_a_lot_with_true_dates_is_not_reported(told):
    product(told)
    dried(told, 0)
    packed(told, 3 * DAY, "2026-03-05", "2027-09-03")
    assert told.rules("origin") == []


def test_goods_past_their_date_are_not_packed_anew(told):
    product(told)
    drying = dried(told, 0, ilmd={"gs1:bestBeforeDate": "2026-03-20"})
    packing = packed(told, 30 * DAY, "2026-04-01", "2027-09-30")
    (finding,) = told.found("expired-goods-used")
    assert finding.severity == "critical"
    assert finding.entries == (drying, packing)
    assert (finding.values["days"], finding.values["source"]) == ("12", POWDER)


def test_goods_are_packed_on_their_last_day(told):
    dried(told, 0, ilmd={"gs1:bestBeforeDate": "2026-04-01"})
    packed(told, 30 * DAY, "2026-04-01", "2027-09-30")
    assert told.found("expired-goods-used") == []


def test_what_was_said_to_be_expired_is_not_packed(told):
    dried(told, 0)
    told.say("plant", "holding:expired", 20 * DAY, quantityList=[kg(POWDER, "10")])
    packed(told, 30 * DAY, "2026-04-01", "2027-09-30")
    assert told.found("expired-goods-used")


def test_old_goods_with_a_new_date_are_told(told):
    product(told)
    dried(told, 0)
    packed(told, 300 * DAY, "2026-12-27", "2028-06-25")
    (finding,) = told.found("stale-goods-packed")
    assert (finding.severity, finding.values["age"]) == ("warning", "300")


def test_a_lot_is_dated_no_longer_than_the_product_keeps(told):
    product(told)
    dried(told, 0)
    packed(told, 3 * DAY, "2026-03-05", "2028-03-05")
    (finding,) = told.found("dated-too-long")
    assert finding.severity == "critical"
    assert finding.values["life"] == "547"


@pytest.mark.parametrize("made", ["2026-03-01", "2026-03-20"])
def test_the_production_date_is_between_the_goods_and_the_packing(told, made):
    dried(told, 0)
    packed(told, 3 * DAY, made, "2027-08-01")
    (finding,) = told.found("production-date-wrong")
    assert finding.values["printed"] == made


# ---------------------------------------------------------------------------- species


def of_two_species(told):
    told.registered(1)
    milk = own("herd", "milk/a")
    cow = own("other-herd", "milk/c")
    milked(told, [1], "4")
    told.made("other-herd", "milking", 1, [], [kg(cow, "4")], caravan__species="cattle")
    tank = own("plant", "tank/1")
    pooling = told.made(
        "plant", "pooling", 5, [kg(milk, "4"), kg(cow, "4")], [kg(tank, "8")]
    )
    return tank, pooling


def test_goods_of_two_species_in_one_tank_are_told_where_they_meet(told):
    tank, pooling = of_two_species(told)
    told.made("plant", "pasteurising", 6, [kg(tank, "8")], [kg(POWDER, "8")])
    (finding,) = told.found("species-mixed")
    assert finding.severity == "warning"
    assert finding.about[0] == tank
    assert pooling in finding.entries
    assert finding.values["products"] == "bactrian-milk, cow-milk"


def test_packs_are_of_the_species_that_the_recipe_says(told):
    recipe = [{"species": "camel", "value": 100, "uom": "P1"}]
    product(told, **{"caravan:recipe": recipe})
    tank, _ = of_two_species(told)
    told.made("plant", "packing", 9, [kg(tank, "8")], [pieces(lot("L1"), 16)])
    (finding,) = told.found("recipe-not-as-made")
    assert finding.severity == "critical"
    assert (finding.values["recipe"], finding.values["products"]) == ("camel", "cattle")


def test_packs_of_what_the_recipe_says_are_not_reported(told):
    recipe = [{"species": "camel", "value": 100, "uom": "P1"}]
    product(told, **{"caravan:recipe": recipe})
    told.registered(1)
    milked(told, [1], "4", caravan__species="Bactrian")
    milk = own("herd", "milk/a")
    told.made("plant", "packing", 9, [kg(milk, "4")], [pieces(lot("L1"), 8)])
    assert told.found("recipe-not-as-made", "species-mixed") == []


def test_other_milk_that_comes_in_and_goes_into_nothing_is_told(told):
    told.registered(1)
    milked(told, [1], "4")
    milk, cow = own("herd", "milk/a"), own("other-herd", "milk/c")
    told.made("plant", "pooling", 5, [kg(milk, "4")], [kg(own("plant", "tank/1"), "4")])
    entry = told.say(
        "plant", "receiving", 6, quantityList=[kg(cow, "40")], caravan__species="cattle"
    )
    (finding,) = told.found("other-species-at-site")
    assert finding.entries == (entry,)
    assert finding.values["product"] == "cow-milk"
    out = [kg(own("plant", "tank/2"), "40")]
    told.made("plant", "pooling", 7, [kg(cow, "40")], out, caravan__species="cattle")
    assert told.found("other-species-at-site") == []
