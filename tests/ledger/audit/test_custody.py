"""Custody: what is reported of hands that are missing, and of goods that went on."""

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
    serial,
)

TANK = own("station", "tank/1")
LOAD = own("station", "load/1")
RAW = own("plant", "tank/raw")
HEATED = own("plant", "tank/heated")
POWDER = own("plant", "powder/1")
LOT = lot("L")
LONG = 40 * 24


class Chain:
    """Milk on its way from a herd to packs, of which any step can be left out."""

    def __init__(self):
        self.told = Told()
        self.told.registered(1)
        self.entries = {}

    def goes(self, *left_out, **signers):
        """Tell of all steps but some, each by its usual hands or by others."""
        milk = own("herd", "milk/a")
        goods = {"quantityList": [kg(milk, 9)]}
        load = {"quantityList": [kg(LOAD, 9)]}
        packs = {"quantityList": [pieces(LOT, 2)]}
        steps = [
            ("delivery", ("station", "herd"), "accepting", 2, goods),
            ("station-test", ("station",), "inspecting:conformant", 3, goods),
            (
                "slip",
                ("plant", "station", "haulage", "haulage"),
                "accepting:conformant",
                8,
                load,
            ),
            (
                "sampling",
                ("plant", "laboratory"),
                "sampling",
                40,
                packs,
            ),
            ("lot-test", ("laboratory", "plant"), "inspecting:conformant", 50, packs),
            ("release", ("plant",), "inspecting:sellable_not_accessible", 60, packs),
        ]
        raw = {"quantityList": [kg(RAW, 9)]}
        powder = {"quantityList": [kg(POWDER, 1)]}
        cold = {"quantityList": [kg(milk, 9)]}
        steps += [
            ("cooling", ("herd",), "storing", 1, cold),
            ("raw-test", ("plant",), "inspecting:conformant", 11, raw),
            ("powder-test", ("plant",), "inspecting:conformant", 21, powder),
        ]
        making = [
            ("bulking", "station", 4, [kg(milk, 9)], [kg(TANK, 9)]),
            ("loading", ("station", "haulage"), 6, [kg(TANK, 9)], [kg(LOAD, 9)]),
            ("receiving", "plant", 10, [kg(LOAD, 9)], [kg(RAW, 9)]),
            ("pasteurising", "plant", 12, [kg(RAW, 9)], [kg(HEATED, 9)]),
            ("spray drying", "plant", 20, [kg(HEATED, 9)], [kg(POWDER, 1)]),
            ("packing", "plant", 30, [kg(POWDER, 1)], [serial(1), serial(2)]),
        ]
        self.told.milked("a", 9)
        for name, by, word, hour, about in sorted(steps, key=lambda each: each[3]):
            while making and making[0][2] < hour:
                self._make(*making.pop(0), left_out=left_out)
            if name not in left_out:
                hands = signers.get(name.replace("-", "_"), by)
                self.entries[name] = self.told.say(hands, word, hour, **about)
        return self

    def _make(self, process, by, hour, inputs, outputs, left_out):
        if process == "packing":
            outputs = [*outputs, pieces(LOT, 2)]
        if process in left_out:
            return
        self.entries[process] = self.told.made(by, process, hour, inputs, outputs)

    def found(self, *rules):
        self.told.passes(LONG)
        return self.told.found(*rules)

    def rules(self):
        self.told.passes(LONG)
        return self.told.rules("custody")


@pytest.fixture
def chain():
    return Chain()


def test_of_a_whole_chain_nothing_is_told(chain):
    assert chain.goes().rules() == []


# --------------------------------------------------------------------------- signatures


def test_a_slip_that_lacks_a_hand_is_told(chain):
    chain.goes(slip=("plant", "station", "haulage"))
    (finding,) = chain.found("signature-missing")
    assert finding.entries == (chain.entries["slip"],)
    assert (finding.values["signatures"], finding.values["want"]) == ("3", "4")
    assert finding.basis.name == "step slip"
    assert not finding.basis.is_verified


def test_a_delivery_that_only_one_side_signed_is_told(chain):
    chain.goes(delivery=("herd", "herd"))
    (finding,) = chain.found("signature-missing")
    assert finding.values["roles"] == "station"
    assert finding.values["step"] == "delivery"


def test_two_that_sign_the_same_step_apart_have_both_signed(chain):
    chain.goes(slip=("plant", "station", "haulage"))
    load = {"quantityList": [kg(LOAD, 9)]}
    chain.told.say("haulage", "accepting:conformant", 8, place="plant", **load)
    assert chain.found("signature-missing") == []


# -------------------------------------------------------------------------------- steps


@pytest.mark.parametrize(
    ("step", "rule", "severity"),
    [
        ("station-test", "test-missing", "warning"),
        ("raw-test", "test-missing", "warning"),
        ("cooling", "step-missing", "warning"),
        ("lot-test", "test-missing", "critical"),
        ("sampling", "sample-missing", "warning"),
        ("powder-test", "test-missing", "warning"),
    ],
)
def test_a_step_that_is_left_out_is_told_where_the_goods_went_on(
    chain, step, rule, severity
):
    chain.goes(step)
    (finding,) = chain.found("test-missing", "sample-missing", "step-missing")
    assert (finding.rule_id, finding.severity) == (rule, severity)
    assert finding.values["step"] == {"sampling": "lot-sample"}.get(step, step)


def test_goods_that_stay_where_they_are_lack_nothing():
    told = Told()
    told.registered(1)
    milk = told.milked("a", 4)
    told.say("herd", "decommissioning:destroyed", 5, action="DELETE", epcList=[milk])
    told.passes(LONG)
    assert told.rules("custody") == []


def test_a_test_may_come_as_late_as_entries_usually_do(chain):
    chain.goes("powder-test")
    assert chain.told.found("test-missing") == []
    chain.told.passes(LONG)
    assert [f.values["step"] for f in chain.told.found("test-missing")] == [
        "powder-test"
    ]


def test_what_is_used_by_those_who_made_it_need_not_be_handed_over(chain):
    told = chain.told
    milk = told.milked("a", 9)
    told.say("herd", "storing", 1, quantityList=[kg(milk, 9)])
    told.made("herd", "pasteurising", 4, [kg(milk, 9)], [kg(own("herd", "tank/a"), 9)])
    assert chain.rules() == []


def test_powder_of_milk_that_was_not_heated_is_told(chain):
    told = chain.told
    milk = told.milked("a", 9)
    told.say("herd", "storing", 1, quantityList=[kg(milk, 9)])
    told.say(("plant", "herd"), "accepting", 2, quantityList=[kg(milk, 9)])
    told.say("plant", "inspecting:conformant", 2, quantityList=[kg(milk, 9)])
    dried = told.made("plant", "spray drying", 20, [kg(milk, 9)], [kg(POWDER, 1)])
    (finding,) = chain.found("step-skipped")
    assert finding.entries == (dried,)
    assert (finding.values["before"], finding.values["source"]) == ("heating", milk)


# --------------------------------------------------------------------------- handovers


def shipped(told, hour=0, **members):
    to = [{"type": "possessing_party", "destination": party("shop")}]
    return told.say(
        ("plant", "haulage"),
        "shipping:in_transit",
        hour,
        epcList=[UNIT],
        destinationList=to,
        **members,
    )


def test_what_left_and_never_arrived_is_told():
    told = Told()
    left = shipped(told)
    seen = told.say("haulage", "arriving:in_transit", 9, epcList=[UNIT])
    told.passes(LONG)
    (finding,) = told.found("handover-open")
    assert finding.entries == (left, seen)
    assert finding.about == (UNIT,)
    assert finding.values["to"] == party("shop")


def test_what_is_still_on_the_road_is_not():
    told = Told()
    shipped(told)
    told.passes(10 * 24)
    assert told.rules("custody") == []


def test_a_carton_has_arrived_once_its_packs_are_on_the_shelf():
    told = Told()
    told.say("plant", "packing", -1, action="ADD", parentID=UNIT, childEPCs=[serial(1)])
    shipped(told)
    told.say("shop", "stocking:sellable_accessible", 50, epcList=[serial(1)])
    told.passes(LONG)
    assert told.rules("custody") == []


def test_what_somebody_uses_that_nobody_handed_over_is_told_of_the_user(chain):
    chain.goes("delivery", "station-test")
    (finding,) = chain.found("used-without-handover")
    assert finding.entries == (chain.entries["bulking"],)
    assert finding.values["party"] == party("station")
    assert finding.values["maker"] == party("herd")
    assert finding.values["place"] == place("station")


def test_goods_of_nobody_may_be_used_by_anybody(chain):
    told = chain.told
    told.made("plant", "packing", 0, [kg("https://else.example/sugar", 1)], [serial(9)])
    assert chain.found("used-without-handover") == []


# ------------------------------------------------------------------------------- duties


def test_who_tests_what_he_delivered_is_told(chain):
    chain.goes(station_test=("herd",))
    (finding,) = chain.found("tested-by-deliverer")
    assert finding.values["party"] == party("herd")
    assert finding.entries == (chain.entries["station-test"],)


def test_a_test_of_his_own_beside_the_stations_is_not(chain):
    chain.goes()
    milk = {"quantityList": [kg(own("herd", "milk/a"), 9)]}
    chain.told.say("herd", "inspecting:conformant", 3, **milk)
    assert chain.found("tested-by-deliverer") == []


def test_who_tests_and_releases_alone_is_told(chain):
    chain.goes(lot_test=("plant",))
    (finding,) = chain.found("released-own-test")
    assert finding.about == (LOT, party("plant"))
    assert finding.severity == "warning"


def test_a_lot_that_failed_and_was_released_is_told(chain):
    chain.goes("lot-test")
    packs = {"quantityList": [pieces(LOT, 2)]}
    failed = chain.told.say("laboratory", "inspecting:non_conformant", 50, **packs)
    (finding,) = chain.found("failed-and-used")
    assert finding.severity == "critical"
    assert finding.entries == (chain.entries["release"], failed)


def test_a_stranger_cannot_fail_a_lot(chain):
    chain.goes()
    packs = {"quantityList": [pieces(LOT, 2)]}
    chain.told.say("stranger", "inspecting:non_conformant", 50, **packs)
    assert chain.rules() == []


def test_goods_that_failed_after_they_were_used_were_not_used_knowingly(chain):
    chain.goes()
    tank = {"quantityList": [{"epcClass": HEATED}]}
    chain.told.say(("laboratory", "plant"), "inspecting:non_conformant", 90, **tank)
    assert chain.rules() == []


def test_a_test_that_is_made_until_it_is_passed_is_told(chain):
    packs = {"quantityList": [pieces(LOT, 2)]}
    chain.goes()
    hands = ("laboratory", "plant")
    failed = chain.told.say(hands, "inspecting:non_conformant", 45, **packs)
    (finding,) = chain.found("failed-then-passed")
    assert finding.entries == (chain.entries["lot-test"], failed)
    assert finding.severity == "warning"
