"""Figures against what is usual and against what was before; Keping's among them."""

from dataclasses import replace

import pytest

from ledger.template import builtin_templates
from tests.support.barn import (
    analysed,
    born,
    found,
    milking,
    own,
    party,
    place,
    sample,
    weighed,
)

COW = own("animal", "spring", "1")
CALF = own("animal", "spring", "calf")
HERD = [own("animal", "spring", f"{number}") for number in range(1, 13)]
SHARES = [8, 9, 11, 12, 7, 10, 13, 9, 10, 11, 12, 8]
"""Of an honest herd: tenths of what an animal gives on average, which is 2 kg."""


def lot(day, hour=7):
    return own("milk", "spring", f"{day}-{hour}")


def entered(herd=HERD):
    return [born(name, day=-3000) for name in herd]


def group(head, kilograms, *, day=1, hour=7, **members):
    """Return a milking of so many animals that nobody names."""
    members = {"caravan:head": head} | members
    return milking([], lot(day, hour), kilograms, day=day, hour=hour, **members)


def samples(day, factor=1, herd=HERD, step=10):
    """Return what meters tell of a herd on a day; animals vary a little by the day."""
    return [
        sample(name, grams // step * step / 1000, day=day)
        for number, name in enumerate(herd)
        for grams in [
            round(factor * SHARES[number % 12] * (200 + (day * (number + 3)) % 23 - 11))
        ]
    ]


# ------------------------------------------------------------------ published figures


@pytest.mark.parametrize(
    ("head", "kilograms"),
    [(13, 30), (20, 60), (6470, 12_500), (90, 340), (100, 300)],
    ids=["Keping 2021", "Keping 2024", "Fuhai 2021", "Alxa", "Alxa too"],
)
def test_published_figures_that_can_be_are_not_accused(head, kilograms):
    assert not found(group(head, kilograms), rule="herd-gives-too-much")


def test_the_published_twelve_kilograms_a_day_cannot_be():
    (finding,) = found(group(100, 1200), rule="herd-gives-too-much")
    assert finding.severity == "critical"
    assert finding.entries == (0,)
    assert finding.values | {"head": "100", "given": "1200", "mean": "12"} == (
        finding.values
    )
    assert finding.basis.name == "bound yield.day.herdmean"
    assert not finding.basis.is_verified


def test_two_milkings_of_a_day_are_added_up():
    halves = [group(13, 30), group(13, 30, hour=19)]
    (finding,) = found(*halves, rule="herd-gives-too-much")
    assert (finding.severity, finding.values["mean"]) == ("warning", "4.62")
    apart = [group(13, 30), group(13, 30, day=2)]
    assert not found(*apart, rule="herd-gives-too-much")


def test_two_groups_milked_at_one_time_are_two_groups():
    groups = [group(13, 40), group(13, 40, hour=8)]
    assert not found(*groups, rule="herd-gives-too-much")


def test_litres_and_unknown_animals_are_not_guessed():
    litres = group(100, 1200)
    litres[1]["outputQuantityList"][0]["uom"] = "LTR"
    assert not found(litres, rule="herd-gives-too-much")
    horses = group(100, 1200, **{"caravan:species": "horse"})
    assert not found(horses, rule="herd-gives-too-much")


def test_a_stranger_says_nothing_of_a_herd():
    words, body = group(100, 1200, by="well")
    body["readPoint"] = {"id": place("spring")}
    assert not found((words, body), rule="herd-gives-too-much")


# ------------------------------------------------------------------------------ yields


def days(count, first=1, **options):
    return [
        one for day in range(first, first + count) for one in samples(day, **options)
    ]


def test_an_honest_herd_is_not_accused():
    told = found(*entered(), *days(40))
    assert not [each for each in told if each.rule.family == "plausibility"]


def test_one_excellent_animal_is_worth_knowing_only_once_it_goes_on():
    odd = [sample(COW, 5.5, day=day) for day in (50, 51, 52)]
    events = [*entered(), *days(30)]
    assert not found(*events, odd[0], rule="animal-gives-too-much")
    (finding,) = found(*events, *odd, rule="animal-gives-too-much")
    assert finding.severity == "warning"
    assert finding.about == (place("spring"), COW)
    assert finding.values["cases"] == "3"


@pytest.mark.parametrize(("kilograms", "severity"), [(9, "notice"), (25, "critical")])
def test_a_single_figure_is_grave_only_if_it_is_absurd(kilograms, severity):
    told = found(*entered(), sample(COW, kilograms, day=5))
    assert [(each.rule_id, each.severity) for each in told] == [
        ("animal-gives-too-much", severity)
    ]


def test_a_herd_that_gives_half_as_much_again_for_days_is_told():
    calm, high = days(25), days(3, first=26, factor=1.6)
    (finding,) = found(*entered(), *calm, *high, rule="herd-gives-more-than-before")
    assert finding.severity == "critical"
    assert finding.values["days"] == "3"
    assert len(finding.entries) == 36
    one_day = days(1, first=26, factor=1.6)
    assert not found(*entered(), *calm, *one_day, rule="herd-gives-more-than-before")


def test_an_animal_is_milked_nine_times_a_day():
    often = [
        milking([COW], lot(1, hour), "0.3", day=1, hour=hour) for hour in range(5, 14)
    ]
    (finding,) = found(*entered(), *often, rule="milked-too-often")
    assert (finding.severity, finding.values["times"]) == ("critical", "9")
    assert not found(*entered(), *often[:6], rule="milked-too-often")


# -------------------------------------------------------------------------- uniformity


def test_a_herd_in_which_all_give_the_same_is_told():
    alike = [
        sample(name, 2 + number % 3 / 100, day=day)
        for day in (20, 21)
        for number, name in enumerate(HERD)
    ]
    (finding,) = found(*entered(), *days(15), *alike, rule="yields-too-uniform")
    assert finding.severity == "critical"
    assert finding.values["days"] == "2"
    assert finding.values["usual"] == "15 – 40"


def test_few_animals_may_be_alike_if_they_always_are():
    few = HERD[:3]
    alike = [
        sample(name, 2 + number / 100 + day % 4 / 50, day=day)
        for day in range(1, 26)
        for number, name in enumerate(few)
    ]
    assert not found(*entered(few), *alike, rule="yields-too-uniform")
    sudden = [*days(15, herd=few), *alike[3 * 20 : 3 * 23]]
    (finding,) = found(*entered(few), *sudden, rule="yields-too-uniform")
    assert finding.severity == "warning"


def test_a_day_that_is_copied_is_told():
    copied = [
        sample(names[0], float(told["value"]), day=17)
        for _, body in samples(16)
        for names in [body["epcList"]]
        for told in [body["sensorElementList"][0]["sensorReport"][0]]
    ]
    (finding,) = found(*entered(), *days(16), *copied, rule="yields-repeated")
    assert finding.values["count"] == "12"
    assert finding.severity == "warning"
    assert len(finding.entries) == 24


def test_one_animal_that_gives_the_same_for_days_is_told():
    same = [sample(COW, "1.73", day=day) for day in range(17, 24)]
    events = [*entered(), *days(16), *days(7, first=17, herd=HERD[1:]), *same]
    (finding,) = found(*events, rule="yields-repeated")
    assert finding.values["count"] == "6"
    assert finding.about == (place("spring"), COW)
    assert not found(*events[:-4], rule="yields-repeated")


def test_a_coarse_scale_repeats_itself():
    # Half kilograms: most animals give again what they gave.
    coarse = days(20, step=1000)
    assert not found(*entered(), *coarse, rule="yields-repeated")


# -------------------------------------------------------------------------- composition


def test_a_zero_of_fat_is_no_measurement():
    zero = sample(COW, 2, day=5, fat=0, protein="3.6")
    (finding,) = found(*entered(), zero)
    assert (finding.rule_id, finding.severity) == ("zero-value", "warning")
    assert (finding.about, finding.entries) == ((COW,), (12,))
    assert finding.values["component"] == "fat"


def test_a_camel_that_gives_nothing_is_dry_and_not_impossible():
    assert not found(*entered(), sample(COW, 0, day=5), rule="zero-value")


def can(day, *, water=0, fat="5.8", kilograms=25, disposition="conformant"):
    """Return a can of milk and its test; some of it, in percent, is water."""
    keeps = (100 - water) / 100
    wave = (day * 7 % 5 - 2) / 100
    parts = {
        "fat": (round((float(fat) + 5 * wave) * keeps, 2), "P1"),
        "protein": (round((3.75 + wave) * keeps, 2), "P1"),
        "density": (round(1.0320 - 0.0338 * (1 - keeps) + wave / 100, 4), "23"),
        "freezing_point": (round((-0.607 + wave / 5) * keeps, 3), "CEL"),
        "acidity": (20.0, ""),
    }
    name = lot(day)
    return [
        group(13, kilograms, day=day),
        analysed(name, kilograms, day=day, disposition=disposition, **parts),
    ]


def narrow(expected):
    """Return a range of one value, where it has two ends."""
    if expected.least is None or expected.most is None:
        return expected
    return replace(expected, most=expected.least)


def cans(count, first=1, **options):
    return [one for day in range(first, first + count) for one in can(day, **options)]


def test_a_household_whose_milk_is_as_ever_is_not_accused():
    told = found(*cans(45))
    assert not [each for each in told if each.rule.family == "plausibility"]


@pytest.mark.parametrize(("water", "count"), [(10, 1), (5, 3)])
def test_water_shows_against_the_milk_before(water, count):
    told = found(
        *cans(20), *cans(count, first=21, water=water), rule="milk-thinner-than-before"
    )
    (finding,) = told
    assert finding.severity == "warning"
    assert abs(int(finding.values["share"]) - water) <= 1
    assert len(finding.entries) == count
    assert finding.values["who"] == party("station")


def test_leaner_milk_is_no_water():
    assert not found(
        *cans(20), *cans(3, first=21, fat="5.2"), rule="milk-thinner-than-before"
    )


def test_figures_that_never_vary_are_no_measure_of_others():
    exact = [
        replace(
            t, bounds=tuple(replace(b, expected=narrow(b.expected)) for b in t.bounds)
        )
        for t in builtin_templates()
    ]
    alike = [
        analysed(lot(day), 30, day=day, fat=(5.5, "P1"), protein=(3.7, "P1"))
        for day in range(1, 21)
    ]
    made = [group(13, 30, day=day) for day in range(1, 21)]

    told = found(*made, *alike, templates=exact)

    assert not [each for each in told if each.rule_id.startswith("milk-")]


def test_milk_is_thin_against_ten_tests_or_not_at_all():
    few = found(*cans(8), *can(9, water=10), rule="milk-thinner-than-before")
    assert not few


def test_milk_of_other_animals_is_unlike_the_milk_before():
    (finding,) = found(
        *cans(20), *cans(4, first=21, fat="3.9"), rule="milk-unlike-before"
    )
    assert finding.severity == "notice"
    assert len(finding.entries) == 4


def test_a_figure_outside_its_bounds_is_told_if_nobody_refused_the_milk():
    (finding,) = found(*can(1, water=20), rule="figure-outside-bounds")
    assert finding.severity == "critical"
    assert finding.about == (lot(1),)
    assert "freezing point" in finding.values["figures"]
    refused = can(1, water=20, disposition="non_conformant")
    assert not found(*refused, rule="figure-outside-bounds")


def test_solids_add_up():
    parts = {"fat": 5.8, "protein": 3.7, "lactose": 4.9, "ash": 0.9}
    told = {word: (value, "P1") for word, value in parts.items()}

    def test_of(solids):
        values = told | {"total_solids": (solids, "P1")}
        return found(
            group(13, 25), analysed(lot(1), 25, day=1, **values),
            rule="solids-do-not-add-up",
        )  # fmt: skip

    (finding,) = test_of(17.0)
    assert (finding.severity, finding.values["off"]) == ("critical", "1.7")
    assert not test_of(15.4)


def test_many_animals_outside_their_bounds_are_told_and_one_is_not():
    low = [sample(name, 2, day=5, fat="3.1") for name in HERD]
    (finding,) = found(*entered(), *low, rule="figures-of-animals-outside-bounds")
    assert (finding.severity, finding.values["count"]) == ("warning", "12")
    others = [sample(name, 2, day=5, fat="5.1") for name in HERD[1:]]
    one = [low[0], *others]
    assert not found(*entered(), *one, rule="figures-of-animals-outside-bounds")


# ------------------------------------------------------------------------------ growth


def calf(*weights, method="scale"):
    """Return a calf, and its weights by day."""
    return [
        born(COW, day=-3000),
        born(CALF, day=0, dam=COW),
        *(weighed(CALF, kg, day=day, method=method) for day, kg in weights),
    ]


def test_a_calf_that_grows_is_not_accused():
    weights = [(day, 36 + day * 0.6) for day in range(0, 211, 30)]
    weights += [(240, 160), (300, 155), (360, 165)]
    assert not found(*calf(*weights))


def test_a_forgotten_decimal_point_is_one_finding():
    (finding,) = found(*calf((30, 55), (60, 730), (90, 92)))
    assert finding.rule_id == "weight-does-not-fit-age"
    assert (finding.severity, finding.values["weight"]) == ("critical", "730")


@pytest.mark.parametrize(
    ("kilograms", "severity"), [(125, "critical"), (102, "warning"), (78, None)]
)
def test_a_gain_is_that_of_a_calf(kilograms, severity):
    told = found(*calf((30, 55), (60, kilograms)), rule="gain-does-not-fit-age")
    assert [each.severity for each in told] == [severity] * bool(severity)


def test_a_week_and_another_method_tell_no_gain():
    assert not found(*calf((30, 55), (40, 85)), rule="gain-does-not-fit-age")
    other = [*calf((30, 55)), weighed(CALF, 100, day=60, method="assessed")]
    assert not found(*other, rule="gain-does-not-fit-age")


def test_a_grown_camel_weighs_what_grown_camels_do():
    events = [born(COW, day=-3000), weighed(COW, 180, day=1)]
    (finding,) = found(*events)
    assert (finding.rule_id, finding.severity) == (
        "weight-does-not-fit-age",
        "critical",
    )
    assert not found(born(COW, day=-3000), weighed(COW, 540, day=1))
