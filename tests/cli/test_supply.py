"""``caravan supply``: a ledger is verified, and counted again."""

import pytest

from tests.cli.command import caravan
from tests.cli.conftest import ANIMAL, HOST, append, event, signed

MILK = f"https://{HOST}/id/goods/milk"


def milking(number, kilograms):
    made = event(number) | {
        "type": "TransformationEvent",
        "bizStep": "creating_class_instance",
        "caravan:process": "milking",
        "inputEPCList": [ANIMAL],
        "outputQuantityList": [
            {"epcClass": f"{MILK}-{number}", "quantity": kilograms, "uom": "KGM"}
        ],
    }
    return {m: v for m, v in made.items() if m not in {"action", "epcList"}}


@pytest.fixture
def milked(folder):
    append(folder, *signed(folder, milking(11, 3), milking(12, 4)))
    return folder


def test_a_folder_is_verified_and_counted(milked):
    ended = caravan("supply", milked)

    assert ended.status == 0, ended.err
    lines = ended.out.splitlines()
    assert lines[0].startswith(f"verified: {HOST}/log-")
    assert "animals: 0" in ended.out
    # The goods are under nobody's prefix: nobody could say that they are theirs.
    assert "harvest: none" in lines
    assert "does not show that what they said is true" in ended.out


def test_json_has_the_verdict_and_the_figures(milked):
    found = caravan("supply", milked, "--json").json

    assert found["outcome"] == "verified"
    assert found["supply"]["format"] == "caravan/supply/v1"
    assert found["supply"]["counted_entries"] == found["ledger"]["tree_size"]


def test_what_is_no_ledger_ends_as_verify_does(tmp_path):
    ended = caravan("supply", tmp_path)

    assert ended.status == caravan("verify", tmp_path).status == 2
