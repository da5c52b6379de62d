"""What is told of animals: one place, one tag, milk after a calving and while alive."""

import pytest

from tests.support.barn import (
    about,
    born,
    found,
    milking,
    own,
    party,
    place,
    sample,
    tagged,
    time,
)

COW = own("animal", "spring", "7")
CALF = own("animal", "spring", "8")
MATE = own("animal", "spring", "9")
OTHER = own("animal", "well", "3")
TAG = own("tag", "vet", "100")
TAG_2 = own("tag", "vet", "200")
LOT = own("milk", "spring", "1")


def lot(day):
    return own("milk", "spring", f"day-{day}")


def tags(*names):
    return about(names, day=-900, step="commissioning", by="vet", action="ADD")


def milked(day, names=(COW,), **options):
    return milking(names, lot(day), 3, day=day, **options)


def entered(name, **options):
    """Return the entry of a grown animal, and the birth of a calf of hers."""
    calf = f"{name}-calf"
    return (
        born(name, day=-3000, **options),
        born(calf, day=-120, dam=name, by=options.get("by", "spring")),
    )


# -------------------------------------------------------------------------------- tags


def test_the_tag_of_one_animal_on_another_is_told_of_whoever_has_it_later():
    events = [
        tags(TAG),
        born(COW, day=-800),
        born(OTHER, day=-700, by="well"),
        tagged(COW, TAG, day=-790),
        tagged(OTHER, TAG, day=-690, by=("well", "vet")),
    ]
    (finding,) = found(*events, rule="tag-on-two-animals")
    assert finding.severity == "critical"
    assert finding.about == (OTHER, TAG, COW)
    assert finding.entries == (3, 4)
    assert finding.values["who"] == party("well")


def test_a_tag_that_came_off_may_be_on_another_animal():
    events = [
        tags(TAG),
        born(COW, day=-800),
        born(OTHER, day=-700, by="well"),
        tagged(COW, TAG, day=-790),
        tagged(COW, TAG, day=-695, action="DELETE", bizStep="removing"),
        tagged(OTHER, TAG, day=-690, by=("well", "vet")),
    ]
    assert not found(*events, rule="tag-on-two-animals")


def test_who_takes_a_tag_without_a_say_accuses_nobody_but_themselves():
    events = [
        tags(TAG),
        born(COW, day=-800),
        born(OTHER, day=-850, by="well"),
        tagged(COW, TAG, day=-790),
        tagged(OTHER, TAG, day=-840, by="well"),
    ]
    (finding,) = found(*events, rule="tag-on-two-animals")
    assert finding.about[0] == OTHER


def test_two_tags_at_once_are_told_and_a_replaced_one_is_not():
    first = [tags(TAG, TAG_2), born(COW, day=-800), tagged(COW, TAG, day=-790)]
    (finding,) = found(*first, tagged(COW, TAG_2, day=-500), rule="two-tags-on-animal")
    assert (finding.severity, finding.values["count"]) == ("warning", "2")
    assert finding.entries == (2, 3)
    replaced = tagged(COW, TAG_2, day=-500, bizStep="replacing")
    assert not found(*first, replaced, rule="two-tags-on-animal")
    lost = about([TAG], day=-510, step="decommissioning", by="vet", action="DELETE")
    again = tagged(COW, TAG_2, day=-500)
    assert not found(*first, lost, again, rule="two-tags-on-animal")


@pytest.mark.parametrize(("days", "count"), [(30, 0), (31, 1)])
def test_a_tag_is_late_after_thirty_days(days, count):
    events = [tags(TAG), born(COW, day=-800), tagged(COW, TAG, day=-800 + days)]
    late = found(*events, rule="tag-late")
    assert len(late) == count
    assert all(finding.severity == "notice" for finding in late)


# ------------------------------------------------------------------------------ places


def arrives(day, by="well", name=COW):
    return about([name], day=day, step="arriving", by=by)


def departs(day, by="spring", name=COW):
    return about([name], day=day, step="departing", by=by)


def test_a_herd_says_that_an_animal_came_before_the_other_says_that_it_left():
    events = [born(COW, day=-800), arrives(10), departs(15)]
    (finding,) = found(*events, rule="animal-in-two-herds")
    assert finding.entries == (0, 1, 2)
    assert finding.values["days"] == "5"
    assert finding.values["who"] == party("well")
    assert finding.values["other_who"] == party("spring")


def test_an_animal_may_leave_and_come_on_one_day():
    assert not found(born(COW, day=-800), departs(10), arrives(10))


def test_a_stranger_moves_no_animal():
    stranger = about([COW], day=10, step="arriving", by="well")
    stranger[1]["readPoint"] = {"id": place("station")}
    assert not found(
        born(COW, day=-800), stranger, departs(15), rule="animal-in-two-herds"
    )


def test_an_animal_that_leaves_before_it_comes_is_told():
    events = [born(OTHER, day=-800, by="well"), departs(5, name=OTHER)]
    events += [arrives(9, by="spring", name=OTHER)]
    (finding,) = found(*events, rule="animal-left-before-it-came")
    assert (finding.entries, finding.values["came"]) == ((1, 2), time(9))


def test_an_animal_is_seen_in_another_herd_while_it_is_milked_at_home():
    events = [*entered(COW), *entered(OTHER, by="well"), sample(COW, 1, day=3)]
    away = about([COW], day=3, hour=8, by=("well", "vet"))
    (finding,) = found(*events, away, rule="animal-at-two-places")
    assert finding.values["minutes"] == "60"
    assert finding.values["home"] == place("spring")
    assert finding.entries == (4, 5)
    at_the_vet = about([COW], day=3, hour=8, by="vet")
    assert not found(*events, at_the_vet, rule="animal-at-two-places")


def test_an_animal_that_left_is_milked_on():
    events = [*entered(COW), *entered(MATE), departs(5), sample(COW, 1, day=7)]
    (finding,) = found(*events, rule="animal-where-it-does-not-stay")
    assert (finding.values["count"], finding.entries) == ("1", (5,))


# -------------------------------------------------------------------------------- life


def dies(day):
    return about([COW], day=day, step="decommissioning", action="DELETE")


def test_a_dead_animal_gives_milk():
    events = [*entered(COW), milked(1), dies(2), milked(3), sample(COW, 1, day=4)]
    (finding,) = found(*events, rule="animal-after-its-end")
    assert finding.severity == "critical"
    assert finding.entries == (3, 4, 5)
    assert finding.values["milkings"] == "2"


def test_a_death_that_was_declared_an_error_ends_nothing():
    words, death = dies(2)
    death = death | {"eventID": "urn:uuid:0"}
    declared = death | {"errorDeclaration": {"reason": "did_not_occur"}}
    events = [*entered(COW), milked(1), (words, death), milked(3), (words, declared)]
    assert not found(*events, rule="animal-after-its-end")


def test_a_male_gives_milk():
    events = [born(COW, day=-3000, sex="male"), *entered(MATE), milked(1, [COW, MATE])]
    (finding,) = found(*events, rule="male-milked")
    assert (finding.severity, finding.about, finding.entries) == (
        "critical",
        (COW,),
        (0, 3),
    )


def test_a_dry_animal_gives_milk_again_only_after_a_calf():
    dry = about([COW], day=5, **{"caravan:process": "drying off"})
    (finding,) = found(*entered(COW), dry, milked(6), rule="dry-animal-milked")
    assert finding.entries == (2, 3)
    calf = born(CALF, day=600, dam=COW)
    events = [*entered(COW), dry, calf, milked(640)]
    assert not found(*events, rule="dry-animal-milked")


def treated(day, until):
    members = {
        "caravan:process": "treatment",
        "caravan:withdrawalUntil": time(until),
    }
    return about([COW], day=day, hour=5, by=("vet", "spring"), **members)


def test_milk_of_a_treated_animal_goes_into_a_can():
    events = [*entered(COW), treated(2, until=9), milked(8), milked(9, hour=8)]
    (finding,) = found(*events, rule="withdrawal-milk")
    assert finding.severity == "critical"
    assert finding.entries == (2, 3)
    assert finding.about == (COW, lot(8))


def test_milk_of_a_treated_animal_may_be_thrown_away():
    gone = about([], day=8, step="destroying", action="DELETE")
    gone[1]["quantityList"] = [{"epcClass": lot(8), "quantity": 3, "uom": "KGM"}]
    events = [*entered(COW), treated(2, until=9), milked(8), gone]
    assert not found(*events, rule="withdrawal-milk")


# ----------------------------------------------------------------------------- calving


def test_an_animal_without_a_calf_is_milked_where_calves_are_recorded():
    events = [born(COW, day=-3000), *entered(MATE), milked(1, [COW, MATE])]
    (finding,) = found(*events, rule="milked-without-calving")
    assert (finding.about, finding.entries) == ((COW,), (3,))


def test_where_no_calf_is_recorded_none_is_missing():
    events = [born(COW, day=-3000), born(MATE, day=-3000), milked(1, [COW, MATE])]
    assert not found(*events, rule="milked-without-calving")


@pytest.mark.parametrize(
    ("days", "severity"), [(6, "critical"), (20, "warning"), (31, None)]
)
def test_the_first_milk_is_the_calfs(days, severity):
    events = [born(COW, day=-3000), born(CALF, day=0, dam=COW), milked(days)]
    early = found(*events, rule="milk-too-early")
    assert [finding.severity for finding in early] == [severity] * bool(severity)


def test_what_was_only_measured_is_not_taken_from_the_calf():
    events = [born(COW, day=-3000), born(CALF, day=0, dam=COW), sample(COW, 1, day=3)]
    assert not found(*events, rule="milk-too-early")


@pytest.mark.parametrize(
    ("days", "severity"),
    [([700], None), ([700, 701, 702], "notice"), ([740, 741, 742], "warning")],
)
def test_milk_long_after_a_calving_is_told_once_it_goes_on(days, severity):
    events = [born(COW, day=-3000), born(CALF, day=0, dam=COW), *map(milked, days)]
    late = found(*events, rule="milk-long-after-calving")
    assert [finding.severity for finding in late] == [severity] * bool(severity)


def test_calvings_too_close_are_no_twins():
    first = [born(COW, day=-3000), born(CALF, day=-200, dam=COW)]
    second = own("animal", "spring", "twin")
    (finding,) = found(*first, born(second, day=0, dam=COW), rule="calvings-too-close")
    assert (finding.severity, finding.values["days"]) == ("critical", "200")
    twin = born(second, day=-199, dam=COW)
    assert not found(*first, twin, rule="calvings-too-close")


def test_a_dam_is_grown():
    events = [born(COW, day=-700), born(CALF, day=0, dam=COW)]
    (finding,) = found(*events, rule="calved-too-young")
    assert (finding.severity, finding.values["days"]) == ("critical", "700")
    # Who was entered as she stood there has no known age.
    entered_by_hand = born(COW, day=-700)
    del entered_by_hand[1]["caravan:precision"]
    assert not found(entered_by_hand, events[1], rule="calved-too-young")


def test_a_dam_is_female_and_alive():
    calf = born(CALF, day=0, dam=COW)
    (finding,) = found(born(COW, day=-3000, sex="male"), calf, rule="dam-is-male")
    assert (finding.about, finding.entries) == ((COW, CALF), (0, 1))
    (finding,) = found(born(COW, day=-3000), dies(-5), calf, rule="dam-is-no-more")
    assert finding.entries == (1, 2)


def test_a_household_without_anything_odd_has_no_finding_of_these():
    events = [
        tags(TAG),
        *entered(COW),
        *entered(MATE),
        tagged(COW, TAG, day=-2990),
        *(milked(day, [COW, MATE]) for day in range(1, 20)),
    ]
    told = {finding.rule.family for finding in found(*events)}
    assert told.isdisjoint({"animals", "plausibility"})
