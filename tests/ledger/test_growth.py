import json
from pathlib import Path

import pytest

from ledger.growth import BANDS, GAINS, growth_rows, milk_rows
from tests.support.make_vectors import growth as maker

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests/vectors/growth"


def cases(*names):
    return [
        pytest.param(case, id=f"{name}-{case['name']}")
        for name in names
        for case in json.loads((VECTORS / f"{name}.json").read_text())["cases"]
    ]


@pytest.mark.parametrize("case", cases("growth", "hostile"))
def test_an_animal_has_the_weighings_of_the_vectors(case):
    assert maker.rows(growth_rows, case["statements"]) == case["growth"]


@pytest.mark.parametrize("case", cases("growth", "hostile"))
def test_weighings_are_drawn_as_the_vectors_say(case):
    assert maker.drawn(case["statements"]) == case["svg"]


@pytest.mark.parametrize("case", cases("milk", "hostile"))
def test_an_animal_has_the_milkings_of_the_vectors(case):
    assert maker.rows(milk_rows, case["statements"]) == case["milk"]


def test_the_newest_of_many_weighings_are_listed_and_all_are_drawn():
    found = maker.rows(growth_rows, maker.many())

    assert found["growth.0"] == "2026-06-02"
    assert found["growth.more"] == "30 in all"
    assert "growth.24" not in found
    assert maker.drawn(maker.many()).count('class="mark') == 30


def test_a_band_is_what_the_published_gains_add_up_to():
    (birth, *corners), grown = BANDS

    assert birth == (0, 28_000, 45_000)
    for (age, low, high), before, (until, least, most) in zip(
        corners, [birth, *corners], GAINS, strict=False
    ):
        days = age - before[0]
        assert (age, low, high) == (
            until,
            before[1] + least * days,
            before[2] + most * days,
        )
    assert {bounds[1:] for bounds in grown} == {(400_000, 725_000)}
