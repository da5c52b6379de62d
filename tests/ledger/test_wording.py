import json
from pathlib import Path

import pytest

from ledger.wording import day, grouped
from tests.support.make_vectors import wording as maker

VECTORS = Path(__file__).parents[2] / "tests/vectors/wording/wording.json"
GIVEN = json.loads(VECTORS.read_text("utf-8"))


def test_days_and_times_are_said_as_in_the_vectors():
    for case in GIVEN["days"]:
        assert day(case["value"], maker.LOCALES[case["lang"]]) == case["want"], case


@pytest.mark.parametrize(("key", "want"), maker.MEANT.items())
def test_days_and_times_are_said_as_people_of_a_language_do(key, want):
    lang, value = key

    assert day(value, maker.LOCALES[lang]) == want


def test_long_numbers_have_their_thousands_apart():
    for case in GIVEN["numbers"]:
        assert grouped(case["value"], maker.LOCALES[case["lang"]]) == case["want"], case


def test_only_numbers_are_grouped():
    assert grouped("1234567.125", maker.ENGLISH) == "1,234,567.125"
    assert grouped("1234.56789", maker.ENGLISH) == "1234.56789"
    assert grouped("12345 kg", maker.ENGLISH) == "12345 kg"
