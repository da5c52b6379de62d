"""Tests of goods: what is reported of samples, reports and results."""

from decimal import Decimal
from random import Random

import pytest

from tests.support.told import ITEM, Told, kg, lot, own, party, pieces, serial

HANDS = ("laboratory", "plant")
REPORT = own("laboratory", "report/1")
LONG = 40 * 24


def report(name=REPORT, kind="testres"):
    return [{"type": kind, "bizTransaction": name}]


@pytest.fixture
def told():
    """Return a ledger in which two lots are packed, each of its own powder."""
    ledger = Told()
    ledger.registered(1)
    for word in ("A", "B"):
        milk = ledger.milked(word, 9)
        tank, powder = own("plant", f"tank/{word}"), own("plant", f"powder/{word}")
        ledger.made("plant", "pasteurising", 4, [kg(milk, 9)], [kg(tank, 9)])
        ledger.made("plant", "spray drying", 9, [kg(tank, 9)], [kg(powder, 1)])
        packs = [serial(f"{word}1"), pieces(lot(word), 1)]
        ledger.made("plant", "packing", 20, [kg(powder, 1)], packs)
        ledger.say(HANDS, "sampling", 21, quantityList=[pieces(lot(word), 1)])
    return ledger


def judged(told, word, hour=30, by=HANDS, name=None, result="conformant", **members):
    about = [pieces(lot(word), 1)] if name is None else [kg(name, 1)]
    return told.say(by, f"inspecting:{result}", hour, quantityList=about, **members)


def released(told, word, hour=40, **members):
    return told.say(
        "plant",
        "inspecting:sellable_not_accessible",
        hour,
        quantityList=[pieces(lot(word), 1)],
        **members,
    )


def figures(**values):
    reports = [
        {"component": f"caravan:{name}", "value": Decimal(value)}
        for name, value in values.items()
    ]
    return [{"sensorReport": reports}]


def species():
    result = {"component": "caravan:camel_dna", "stringValue": "camel only"}
    return [{"sensorReport": [result]}]


# ------------------------------------------------------------------------------ reports


def test_one_report_for_two_lots_is_told(told):
    first = judged(told, "A", bizTransactionList=report())
    second = judged(told, "B", 31, bizTransactionList=report())
    (finding,) = told.found("report-for-two-lots")
    assert finding.entries == (first, second)
    assert finding.about == (REPORT, lot("A"), lot("B"))


def test_one_test_may_be_of_several_goods(told):
    both = [pieces(lot("A"), 1), pieces(lot("B"), 1)]
    told.say(
        HANDS,
        "inspecting:conformant",
        30,
        quantityList=both,
        bizTransactionList=report(),
    )
    released(told, "A", bizTransactionList=report())
    told.passes(LONG)
    assert told.rules("tests") == []


def test_a_report_on_powder_is_one_on_what_was_packed_of_it(told):
    judged(told, "", name=own("plant", "powder/A"), bizTransactionList=report())
    judged(told, "A", bizTransactionList=report())
    released(told, "A", bizTransactionList=report())
    assert told.found("report-for-two-lots", "report-of-another-lot") == []


def test_other_documents_may_be_about_anything(told):
    for word in ("A", "B"):
        judged(told, word, bizTransactionList=report(kind="po"))
    assert told.found("report-for-two-lots") == []


def test_a_stranger_cannot_use_up_a_report(told):
    judged(told, "A", bizTransactionList=report())
    judged(told, "B", by="stranger", bizTransactionList=report())
    assert told.found("report-for-two-lots") == []


def test_a_release_on_another_lots_report_is_told(told):
    test = judged(told, "A", bizTransactionList=report())
    release = released(told, "B", bizTransactionList=report())
    (finding,) = told.found("report-of-another-lot")
    assert finding.entries == (test, release)
    assert (finding.severity, finding.about[0]) == ("critical", lot("B"))


def test_a_report_that_nobody_gave_is_told_in_time(told):
    release = released(told, "A", bizTransactionList=report())
    assert told.found("report-unknown") == []
    told.passes(LONG)
    (finding,) = told.found("report-unknown")
    assert finding.entries == (release,)


# ------------------------------------------------------------------------------ results


def day_by_day(told, days, results):
    """Tell of a delivery on each day, and of what the station finds in it."""
    entries = []
    for day in range(days):
        milk = told.milked(f"{day}", 4, day * 24)
        goods = {"quantityList": [kg(milk, 4)]}
        told.say(("station", "herd"), "accepting", day * 24 + 2, **goods)
        found = figures(**results(day))
        entries.append(
            told.say(
                "station",
                "inspecting:conformant",
                day * 24 + 3,
                sensorElementList=found,
                **goods,
            )
        )
    return entries


def drawn(day):
    chance = Random(day)
    return {
        "fat": f"{chance.gauss(5.8, 0.5):.2f}",
        "protein": f"{chance.gauss(3.7, 0.2):.2f}",
        "density": f"{chance.gauss(1.032, 0.001):.4f}",
        "freezing_point": f"{chance.gauss(-0.6, 0.02):.3f}",
    }


def test_results_of_the_day_before_are_told(told):
    entries = day_by_day(told, 14, lambda day: drawn(6 if day in {7, 8} else day))
    (finding,) = told.found("results-repeated")
    assert finding.entries == tuple(entries[6:9])
    assert finding.values["count"] == "2"
    assert "fat" in finding.values["figures"]


def test_results_that_differ_are_not(told):
    day_by_day(told, 14, drawn)
    assert told.found("results-repeated") == []


def test_figures_that_hardly_vary_may_be_the_same(told):
    def coarse(day):
        return {"fat": f"{4 + day % 3}", "protein": "3", "acidity": f"{20 + day % 2}"}

    day_by_day(told, 14, coarse)
    assert told.found("results-repeated") == []


def test_one_result_for_two_milkings_of_a_delivery_is_no_copy(told):
    first, second = told.milked("am", 4), told.milked("pm", 4, 8)
    both = [kg(first, 4), kg(second, 4)]
    told.say(("station", "herd"), "accepting", 9, quantityList=both)
    for hour in (10, 11):
        told.say(
            "station",
            "inspecting:conformant",
            hour,
            quantityList=both,
            sensorElementList=figures(**drawn(1)),
        )
    assert told.found("results-repeated") == []


def test_goods_that_go_on_after_their_test_ran_out_are_told(told):
    test = judged(told, "A", caravan__validUntil="2026-03-03")
    release = released(told, "A", 100)
    (finding,) = told.found("test-expired")
    assert finding.entries == (test, release)


def test_a_day_is_over_when_it_is_over_everywhere(told):
    judged(told, "A", caravan__validUntil="2026-03-04")
    released(told, "A", 40 + 24)
    assert told.found("test-expired") == []


def test_a_newer_test_takes_the_place_of_one_that_ran_out(told):
    judged(told, "A", caravan__validUntil="2026-03-03")
    judged(told, "A", 90)
    released(told, "A", 100)
    assert told.found("test-expired") == []


# ------------------------------------------------------------------------------ samples


def test_a_tester_who_had_no_sample_is_told(told):
    test = told.say(
        ("station", "plant"),
        "inspecting:conformant",
        30,
        quantityList=[pieces(lot("A"), 1)],
    )
    (finding,) = told.found("sample-of-another")
    assert test in finding.entries
    assert finding.values["tester"] == party("station")
    assert finding.values["hands"] == f"{party('laboratory')}, {party('plant')}"


def test_a_sample_that_belongs_to_nothing_is_told(told):
    sample = own("laboratory", "sample/7")
    test = judged(
        told, "", name=sample, by="laboratory", sensorElementList=figures(fat="5.2")
    )
    (finding,) = told.found("sample-from-nowhere")
    assert (finding.entries, finding.about) == ((test,), (sample,))


def test_a_device_that_is_checked_is_no_sample(told):
    scale = own("herd", "device/scale")
    check = {"caravan__process": "calibration", "epcList": [scale]}
    told.say("station", "inspecting:conformant", 30, **check)
    told.say(
        "station", "inspecting:conformant", 31, epcList=[own("haulage", "lorry/1")]
    )
    assert told.found("sample-from-nowhere") == []


# ------------------------------------------------------------------------------ species


def claimed(told):
    told.say(
        "plant",
        "commissioning",
        -9,
        action="ADD",
        quantityList=[{"epcClass": ITEM}],
        ilmd={"caravan:recipe": [{"name": "milk", "species": "camel", "value": 100}]},
    )


def test_a_lot_without_the_species_test_that_others_have_is_told(told):
    claimed(told)
    judged(told, "A", sensorElementList=species())
    judged(told, "B", sensorElementList=figures(moisture="2"))
    for word in ("A", "B"):
        release = released(told, word)
    (finding,) = told.found("species-untested")
    assert (finding.severity, finding.about) == ("warning", (lot("B"), ITEM))
    assert release in finding.entries
    assert (finding.values["tested"], finding.values["lots"]) == ("1", "1")


def test_where_no_lot_is_tested_for_species_it_is_a_notice(told):
    claimed(told)
    for word in ("A", "B"):
        released(told, word)
    assert {f.severity for f in told.found("species-untested")} == {"notice"}


def test_a_test_of_the_powder_is_one_of_its_species(told):
    claimed(told)
    judged(told, "", name=own("plant", "powder/A"), sensorElementList=species())
    released(told, "A")
    assert told.found("species-untested") == []


def test_who_claims_nothing_need_not_test(told):
    released(told, "A")
    assert told.found("species-untested") == []
