import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.chart import bars_shape, temperature_shape, to_svg, weights_shape
from tests.support.make_vectors import chart as maker

VECTORS = Path(__file__).parents[2] / "tests/vectors"
TAGS = {
    "svg", "g", "path", "rect", "circle", "line", "polyline", "text", "title", "desc"
}  # fmt: skip


def drawings():
    for file in sorted(VECTORS.glob("*/*.json")):
        if file.parent.name in {"balance", "chart", "growth", "massflow"}:
            for case in json.loads(file.read_text())["cases"]:
                if case.get("svg"):
                    name = f"{file.parent.name}-{file.stem}-{case['name']}"
                    yield pytest.param(case["svg"], id=name)


@pytest.mark.parametrize("svg", list(drawings()))
def test_a_drawing_has_only_what_a_page_allows(svg):
    root = ElementTree.fromstring(svg)  # noqa: S314

    assert {element.tag for element in root.iter()} <= TAGS
    assert root.attrib["role"] == "img"
    assert root[0].tag == "title"
    for element in root.iter():
        assert not {"style", "href", "id"} & element.attrib.keys()
        assert not any(name.startswith("on") for name in element.attrib)


def svg_of(kind, case):
    if kind == "bars":
        return to_svg(bars_shape(case["name"], maker.BARS[case["name"]]))
    if kind == "weights":
        return to_svg(
            weights_shape(
                case["name"], case["points"], maker.BAND, across="months", up="kg"
            )
        )
    return maker.drawn(temperature_shape(case["points"], messages=maker.MESSAGES))


@pytest.mark.parametrize("kind", ["bars", "weights", "temperatures"])
def test_drawings_are_as_the_vectors_say(kind):
    for case in json.loads((VECTORS / f"chart/{kind}.json").read_text())["cases"]:
        assert svg_of(kind, case) == case["svg"], case["name"]


@given(st.lists(st.integers(0, 10**20), min_size=1, max_size=9))
@settings(deadline=None)
def test_parts_of_a_bar_lie_side_by_side_and_are_as_wide_as_their_share(sizes):
    bar = [(f"p{place}", size, "x") for place, size in enumerate(sizes)]

    root = ElementTree.fromstring(to_svg(bars_shape("x", [("x", bar)])))  # noqa: S314

    rects = [element.attrib for element in root.iter("rect")]
    shown = [size for size in sizes if size]
    assert len(rects) == len(shown)
    done = 0
    for rect, size in zip(rects, shown, strict=True):
        assert abs(int(rect["x"]) - done * 312 / sum(sizes)) <= 1
        assert abs(int(rect["width"]) - size * 312 / sum(sizes)) <= 1
        done += size


@given(
    st.lists(
        st.tuples(st.integers(0, 14_610), st.integers(0, 5_000_000)),
        min_size=1,
        max_size=20,
    )
)
@settings(deadline=None)
def test_weighings_lie_within_the_drawing_and_higher_is_heavier(weighings):
    points = [(age, grams, "x", False) for age, grams in weighings]

    svg = to_svg(weights_shape("x", points, maker.BAND, across="months", up="kg"))

    root = ElementTree.fromstring(svg)  # noqa: S314
    for path in root.iter("path"):
        corners = [int(number) for number in re.findall("-?[0-9]+", path.get("d"))]
        assert all(24 <= number <= 302 for number in corners)
    marks = [c.attrib for c in root.iter("circle")]
    placed = [(int(mark["cx"]), int(mark["cy"])) for mark in marks]
    assert all(40 <= x <= 302 and 24 <= y <= 164 for x, y in placed)
    for (x, y), (age, grams) in zip(placed, weighings, strict=True):
        for (other_x, other_y), (other_age, other_grams) in zip(
            placed, weighings, strict=True
        ):
            assert age <= other_age or x >= other_x
            assert grams <= other_grams or y <= other_y


@given(
    st.lists(
        st.tuples(
            st.integers(-(10**11), 10**12),
            st.integers(-4999, 4999),
            st.sampled_from(["milk", "road"]),
        ),
        min_size=1,
        max_size=60,
    )
)
@settings(deadline=None)
def test_temperatures_lie_within_the_drawing_and_squares_are_not_raw_milk(points):
    svg = to_svg(temperature_shape(points, messages=maker.MESSAGES))

    root = ElementTree.fromstring(svg)  # noqa: S314
    # The last two are the key below the drawing.
    *marks, _, _ = [e for e in root.iter() if "mark" in e.get("class", "")]
    assert 0 < len(marks) <= 98
    for mark in marks:
        top = int(mark.get("y", mark.get("cy")))
        assert 20 <= top <= 164
    kinds = {"square" in mark.get("class") for mark in marks}
    assert kinds == {phase != "milk" for _, _, phase in points}
