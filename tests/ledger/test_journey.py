import json
import math
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.area import area_name, area_of
from ledger.chart import to_svg
from ledger.journey import journey_rows, journey_shape
from ledger.position import POSITIONS, kilometres
from tests.support.make_vectors import journey as maker

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests/vectors/journey"
LOCALES = sorted((ROOT / "scanner_web/locale").glob("*.json"))
JOURNEYS = json.loads((VECTORS / "journey.json").read_text())
ABOUT = {"members": maker.members(), "lang": "en", "messages": JOURNEYS["messages"]}
MARGIN = 1e-6
"""Far more than two mathematical libraries differ by."""


def case(name):
    return next(each for each in JOURNEYS["cases"] if each["name"] == name)


@pytest.mark.parametrize("case", JOURNEYS["cases"], ids=lambda case: case["name"])
def test_a_way_has_the_rows_and_the_map_of_the_vectors(case):
    accounts = maker.accounts_of(case["statements"])

    rows = journey_rows(accounts, **ABOUT, names=lambda n: maker.NAMES.get(n, ""))

    assert [[list(fact) for fact in row] for row in rows] == case["rows"]
    assert maker.tree(journey_shape(accounts, **ABOUT)) == case["shape"]


def test_distances_are_those_of_the_vectors():
    found = json.loads((VECTORS / "kilometres.json").read_text())

    assert found["codes"] == [*POSITIONS]
    for place, row in enumerate(found["want"]):
        start = POSITIONS[found["codes"][place]]
        ends = found["codes"][place + 1 :]
        assert [kilometres(start, POSITIONS[end]) for end in ends] == row


def test_no_distance_lies_where_the_last_bit_would_round_it_another_way():
    for start, end in combinations(POSITIONS.values(), 2):
        (south, west), (north, east) = (
            [math.radians(tenths / 10) for tenths in position]
            for position in (start, end)
        )
        # Another formula than the module's, with errors of its own.
        cosine = math.sin(south) * math.sin(north)
        cosine += math.cos(south) * math.cos(north) * math.cos(east - west)
        tens = 637.1 * math.acos(min(1, cosine)) + 0.5
        assert abs(tens - round(tens)) > MARGIN, (start, end)
        assert kilometres(start, end) == math.floor(tens) * 10


def test_no_narrowing_lies_where_the_last_bit_would_round_it_another_way():
    for degree in range(91):
        narrowed = math.cos(math.radians(degree)) * 1000 + 0.5
        assert abs(narrowed - round(narrowed)) > MARGIN


def test_numbers_hide_neither_one_another_nor_a_dot():
    shape = case("from-keping-to-hangzhou")["shape"]
    texts = [each[1] for each in shape[2] if each[0] == "text"]
    numbers = [(int(each["x"]), int(each["y"]) - 4) for each in texts[:5]]
    dots = [
        (int(each[1]["cx"]), int(each[1]["cy"]))
        for each in shape[2]
        if each[0] == "circle"
    ]

    for (x, y), (a, b) in combinations(numbers, 2):
        assert max(abs(x - a), abs(y - b)) >= 16
    for x, y in numbers:
        assert all(max(abs(x - a), abs(y - b)) >= 12 for a, b in dots)
        assert 8 <= x <= 312
        assert 8 <= y <= 150


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*POSITIONS, "999999", "x"]),
            st.dates().map(lambda day: f"{max(day.year, 1000)}{day.isoformat()[4:]}"),
        ).filter(lambda pair: pair[1][5:] != "02-29"),
        max_size=12,
    )
)
def test_whatever_the_way_it_is_drawn_inside_its_frame(stops):
    accounts = maker.accounts_of([maker.at(area, day) for area, day in stops])

    shape = journey_shape(accounts, **ABOUT)

    if shape is not None:
        dots = [
            dict(each.attributes) for each in shape.children if each.tag == "circle"
        ]
        assert all(0 < int(dot["cx"]) < 320 for dot in dots)
        assert all(0 < int(dot["cy"]) < 158 for dot in dots)
        assert to_svg(shape).startswith("<svg ")


@pytest.mark.parametrize("value", [None, 652929, "65292", "6529291", ["652929"], {}])
def test_what_is_no_code_names_no_area(value):
    assert area_of(value) == area_name(area_of(value), {}) == ""


@pytest.mark.parametrize("file", LOCALES, ids=lambda file: file.stem)
def test_no_locale_names_an_area_whose_position_is_not_known(file):
    messages = json.loads(file.read_text())

    named = {key for key in messages if key.startswith("area.")}
    assert named <= {f"area.{code}" for code in POSITIONS}
