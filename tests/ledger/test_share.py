import json
from pathlib import Path

import pytest

from ledger.share import share_rows
from tests.support.make_vectors import massflow as maker

VECTORS = Path(__file__).parents[2] / "tests/vectors/share/share.json"
CASES = [
    pytest.param(case, id=case["name"])
    for case in json.loads(VECTORS.read_text())["cases"]
]


@pytest.mark.parametrize("case", CASES)
def test_a_pack_is_made_of_what_the_vectors_say(case):
    assert maker.rows(share_rows, case) == case["share"]
