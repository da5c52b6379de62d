import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.direction import pieces

VECTORS = Path(__file__).parents[2] / "tests/vectors/direction/pieces.json"
CASES = json.loads(VECTORS.read_text("utf-8"))["cases"]
SIGNS = st.text(st.sampled_from("a1(،) -+.%سى😀·"), max_size=30)


def apart(text):
    return [piece for piece, is_apart in pieces(text) if is_apart]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:20])
def test_the_parts_are_those_of_the_vectors(case):
    assert [list(piece) for piece in pieces(case["text"])] == case["want"]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("سۈت sim-plant 2026-08-05-pm.", ["sim-plant 2026-08-05-pm"]),
        ("(01) 09520123456788 (10) S01", ["(01) 09520123456788 (10) S01"]),
        ("2026-يىلى 23-ئاۋغۇست، 13:30 (UTC+8)", ["13:30 (UTC+8)"]),
        ("چۈشۈش -0.52 °C، 3 دانە", ["-0.52 °C"]),
        ("T89R73JF (7 دانە)", ["T89R73JF"]),
        ("2 قەدەم", []),
    ],
)
def test_what_is_printed_from_the_left_stays_together(text, want):
    assert apart(text) == want


@given(SIGNS)
def test_the_parts_are_the_text_and_have_their_brackets_in_pairs(text):
    found = pieces(text)

    assert "".join(piece for piece, _ in found) == text
    assert all(piece for piece, _ in found)
    for run in apart(text):
        assert run.count("(") == run.count(")")
        assert not set(run) & set("سى،")
