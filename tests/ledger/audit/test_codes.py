"""Codes: what is reported of serials, cartons and sales, and what is not."""

import pytest

from tests.support.told import (
    ITEM,
    OTHER_UNIT,
    UNIT,
    Told,
    kg,
    lot,
    own,
    party,
    pieces,
    place,
    serial,
)

LOT = lot("L1")
POWDER = own("plant", "powder/1")
PACKS = [serial(f"P{number}") for number in range(4)]


@pytest.fixture
def told():
    return Told()


def packed(told, serials=PACKS, count=None, hour=10, **members):
    pouches = len(serials) if count is None else count
    return told.made(
        "plant", "packing", hour, [kg(POWDER, "2")],
        [*serials, pieces(LOT, pouches)], **members,
    )  # fmt: skip


def boxed(told, unit=UNIT, inside=PACKS, hour=12, action="ADD", by="plant"):
    return told.say(
        by, "packing:container_closed", hour, action=action,
        parentID=unit, childEPCs=list(inside),
    )  # fmt: skip


def sent(told, to="shop", unit=UNIT, inside=PACKS, hour=20):
    return told.say(
        "plant", "shipping:in_transit", hour, parentID=unit, childEPCs=list(inside),
        destinationList=[
            {"type": "possessing_party", "destination": party(to)},
            {"type": "location", "destination": place(to)},
        ],
    )  # fmt: skip


def received(told, unit=UNIT, hour=40, by="shop", **members):
    return told.say(by, "receiving", hour, epcList=[unit], **members)


def sold(told, pack=PACKS[0], hour=60, by="shop", **members):
    step = "retail_selling:retail_sold"
    return told.say(by, step, hour, epcList=[pack], **members)


def on_the_shelf(told):
    """Pack, box, send and receive four packs."""
    packed(told)
    boxed(told)
    sent(told)
    received(told)


def test_packs_that_go_their_way_are_not_reported(told):
    on_the_shelf(told)
    for number, pack in enumerate(PACKS):
        sold(told, pack, 60 + number)
    assert told.rules("codes") == []


def test_more_serials_than_packs_are_critical(told):
    entry = packed(told, count=3)
    (finding,) = told.found("serials-above-packed")
    assert (finding.severity, finding.values["difference"]) == ("critical", "1")
    assert finding.entries == (entry,)


def test_packs_without_a_serial_are_worth_a_notice(told):
    packed(told, count=6)
    (finding,) = told.found("serials-below-packed")
    assert finding.severity == "notice"


def test_a_serial_is_given_out_once(told):
    packed(told)
    entry = packed(told, PACKS[1:3], hour=30)
    (finding,) = told.found("issued-twice")
    assert entry in finding.entries
    assert (finding.values["count"], finding.values["first"]) == ("2", PACKS[1])


def test_a_carton_number_may_come_again_after_a_year(told):
    commission = {"action": "ADD", "epcList": [UNIT]}
    told.say("plant", "commissioning:active", 0, **commission)
    told.say("plant", "commissioning:active", 24 * 370, **commission)
    assert told.found("issued-twice") == []
    told.say("plant", "commissioning:active", 24 * 380, **commission)
    assert told.found("issued-twice")


def test_no_more_packs_are_coded_than_codes_were_printed(told):
    printing = told.say("plant", "encoding", 1, quantityList=[pieces(LOT, 3)])
    packed(told)
    (finding,) = told.found("more-than-printed")
    assert printing in finding.entries
    assert finding.values["excess"] == "1"


def test_a_pack_lies_in_one_carton(told):
    packed(told)
    boxed(told)
    second = boxed(told, OTHER_UNIT, PACKS[:1], hour=13)
    (finding,) = told.found("packed-twice")
    assert second in finding.entries
    assert finding.about == (OTHER_UNIT, PACKS[0])


def test_a_pack_that_was_taken_out_may_go_into_another_carton(told):
    packed(told)
    boxed(told)
    boxed(told, UNIT, PACKS[:1], hour=13, action="DELETE")
    boxed(told, OTHER_UNIT, PACKS[:1], hour=14)
    assert told.found("packed-twice") == []


def test_what_nobody_packed_is_in_no_carton(told):
    packed(told, PACKS[:3])
    boxed(told)
    assert told.found("packed-not-issued") == []
    told.passes(200)
    (finding,) = told.found("packed-not-issued")
    assert finding.values["first"] == PACKS[3]


def test_the_content_on_the_way_is_what_was_packed(told):
    packed(told)
    boxed(told, inside=PACKS[:3])
    entry = sent(told)
    (finding,) = told.found("content-differs")
    assert entry in finding.entries
    assert finding.values["first"] == PACKS[3]


def void(told, hour=11):
    return told.say(
        "plant", "decommissioning:inactive", hour, action="DELETE", epcList=PACKS[:1]
    )


def test_a_void_pack_is_neither_boxed_nor_sold(told):
    packed(told)
    entry = void(told)
    boxed(told)
    sent(told)
    received(told)
    sold(told)
    assert told.rules("codes") == ["sold-void", "void-packed"]
    (finding,) = told.found("sold-void")
    assert entry in finding.entries
    assert finding.severity == "critical"


def test_what_was_made_void_after_its_sale_is_no_finding(told):
    on_the_shelf(told)
    sold(told)
    void(told, 70)
    assert told.found("sold-void") == []


def test_what_nobody_packed_cannot_be_sold(told):
    sold(told)
    assert told.rules("codes") == []
    told.passes(200)
    assert told.rules("codes") == ["sold-not-issued"]


@pytest.mark.parametrize("hour", [15, 30])
def test_a_pack_is_not_sold_before_it_left_or_came(told, hour):
    on_the_shelf(told)
    entry = sold(told, hour=hour)
    (finding,) = told.found("sold-too-early")
    assert finding.severity == "critical"
    assert entry in finding.entries
    assert told.rules("codes") == ["sold-too-early"]


def test_who_sells_has_received(told):
    packed(told)
    boxed(told)
    sent(told)
    sold(told)
    assert told.rules("codes") == []
    told.passes(200)
    assert told.rules("codes") == ["sold-not-received"]


def test_the_maker_may_sell_without_receiving(told):
    packed(told)
    sold(told, by="plant")
    assert told.rules("codes") == []


def test_a_pack_is_sold_once(told):
    on_the_shelf(told)
    first, second = sold(told), sold(told, hour=90)
    (finding,) = told.found("sold-twice")
    assert {first, second} <= {*finding.entries}
    assert finding.severity == "critical"


def test_a_pack_that_was_given_back_may_be_sold_again(told):
    on_the_shelf(told)
    sold(told)
    told.say("shop", "receiving:returned", 70, epcList=PACKS[:1])
    sold(told, hour=90)
    assert told.found("sold-twice") == []


def test_a_sale_declared_in_error_was_none(told):
    on_the_shelf(told)
    said = {"eventID": "urn:uuid:sale-1", "hour": 60}
    sold(told, **said)
    sold(told, errorDeclaration={}, **said)
    sold(told, hour=90)
    assert told.rules("codes") == []


def test_many_packs_of_a_lot_are_one_finding(told):
    on_the_shelf(told)
    for number, pack in enumerate(PACKS):
        sold(told, pack, 15 + number)
    (finding,) = told.found("sold-too-early")
    assert finding.values["count"] == "4"
    assert finding.about[0] == LOT


def test_who_never_got_a_pack_does_not_sell_it(told):
    on_the_shelf(told)
    entry = sold(told, by="other-shop")
    told.passes(200)
    (finding,) = told.found("sold-elsewhere")
    assert finding.severity == "warning"
    assert entry in finding.entries
    assert finding.values["destination"] == party("shop")


def test_a_strangers_sale_does_not_accuse_the_seller(told):
    on_the_shelf(told)
    sold(told, by="stranger", hour=50)
    sale = sold(told, hour=60)
    told.passes(200)
    findings = told.found("sold-elsewhere", "sold-twice")
    assert {f.values["party"] for f in findings} == {party("stranger")}
    assert all(sale not in f.entries for f in findings)


def test_a_stranger_can_raise_no_alarm(told):
    on_the_shelf(told)
    sold(told)
    sold(told, by="stranger", hour=90)
    (finding,) = told.found("sold-elsewhere", "sold-twice", "sold-too-early")
    assert (finding.rule_id, finding.severity) == ("sold-twice", "warning")


def test_goods_are_sold_in_the_city_in_which_they_came_in(told):
    packed(told)
    boxed(told)
    sent(told)
    received(told, caravan__area="330100")
    sold(told, PACKS[0], caravan__area="330106")
    sold(told, PACKS[1], 61, caravan__area="650100")
    (finding,) = told.found("sold-in-other-area")
    assert finding.values["first"] == PACKS[1]


def test_what_is_made_of_something_recalled_is_not_sold(told):
    told.made("plant", "spray drying", 5, [], [kg(POWDER, "4")])
    on_the_shelf(told)
    sold(told, PACKS[0])
    recall = told.say(
        "plant", "holding:recalled", 65, quantityList=[{"epcClass": POWDER}]
    )
    late = sold(told, PACKS[1], 70)
    (finding,) = told.found("sold-recalled")
    assert finding.values["recalled"] == POWDER
    assert {*finding.entries} == {recall, late}
    told.say(
        "plant", "holding", 80, quantityList=[{"epcClass": POWDER}],
        persistentDisposition={"unset": ["recalled"]},
    )  # fmt: skip
    sold(told, PACKS[2], 90)
    assert [f.values["count"] for f in told.found("sold-recalled")] == ["1"]


def test_a_strangers_recall_is_none(told):
    on_the_shelf(told)
    told.say("stranger", "holding:recalled", 50, epcList=PACKS[:1])
    sold(told)
    assert told.found("sold-recalled") == []


@pytest.mark.parametrize(
    ("date", "is_past"), [("2026-03-04", True), ("2026-03-05", False)]
)
def test_a_pack_is_sold_up_to_its_date(told, date, is_past):
    packed(told, ilmd={"gs1:bestBeforeDate": date})
    boxed(told)
    sent(told)
    received(told)
    sold(told, hour=75)
    assert bool(told.found("sold-past-date")) == is_past


def test_the_trade_item_is_no_pack(told):
    told.say("plant", "commissioning:active", 0, action="ADD", epcList=[ITEM])
    assert told.rules("codes") == []
