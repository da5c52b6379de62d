import json
from pathlib import Path

import pytest

from ledger.balance import balance_rows, balance_shape
from ledger.chart import to_svg
from tests.support.make_vectors import massflow as maker

VECTORS = Path(__file__).parents[2] / "tests/vectors/balance/balance.json"
CASES = [
    pytest.param(case, id=case["name"])
    for case in json.loads(VECTORS.read_text())["cases"]
]


@pytest.mark.parametrize("case", CASES)
def test_a_lot_has_the_balance_of_the_vectors(case):
    assert maker.rows(balance_rows, case) == case["balance"]


@pytest.mark.parametrize("case", CASES)
def test_a_balance_is_drawn_as_the_vectors_say(case):
    shape = maker.summed(balance_shape, case)

    assert ("" if shape is None else to_svg(shape)) == case["svg"]
