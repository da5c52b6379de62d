"""``caravan trace``: verified in a folder, a server's word by its URL."""

import pytest

from tests.cli.command import caravan, serving
from tests.cli.conftest import ANIMAL, HOST, append, event, signed

MILK = f"https://{HOST}/id/goods/milk"
TANK = f"https://{HOST}/id/goods/tank"


def pooling(number, **members):
    return event(number, **members) | {
        "type": "TransformationEvent",
        "bizStep": "creating_class_instance",
    }


def made_of(number, source, result, kilograms=3):
    made = pooling(number, inputEPCList=[source])
    made["outputQuantityList"] = [
        {"epcClass": result, "quantity": kilograms, "uom": "KGM"}
    ]
    return {m: v for m, v in made.items() if m not in {"action", "epcList"}}


@pytest.fixture
def milked(folder):
    shipped = event(13, bizStep="shipping", epcList=[TANK])
    shipped["destinationList"] = [
        {"type": "location", "destination": f"https://{HOST}/id/place/plant"}
    ]
    told = [made_of(11, ANIMAL, MILK), made_of(12, MILK, TANK), shipped]
    append(folder, *signed(folder, *told))
    return folder


def traced(subject, ledger, *options):
    return caravan("trace", subject, "--ledger", ledger, *options)


def test_a_folder_is_verified_and_traced_back(milked):
    ended = traced(TANK, milked)

    assert ended.status == 0, ended.err
    lines = ended.out.splitlines()
    assert lines[0].startswith(f"verified: {HOST}/log-")
    assert f"back from {TANK}: 3 subjects" in lines
    assert f"  goods {TANK}; output 3 KGM [#9]" in lines
    assert any(line.startswith(f"  animal {ANIMAL} ") for line in lines)
    assert "does not show that what they said is true" in ended.out


def test_forth_ends_with_what_a_recall_must_reach(milked):
    ended = traced(ANIMAL, milked, "--direction", "forth")

    assert ended.status == 0, ended.err
    assert "shipments: 1\n" in ended.out
    assert f"1 goods\n    from https://{HOST}/id/place/pasture to " in ended.out
    assert f"  https://{HOST}/id/place/plant (location) [#" in ended.out


def test_json_says_whether_it_was_verified(milked):
    found = traced(TANK, milked, "--json").json

    assert found["outcome"] == "verified"
    assert found["ledger"]["witnesses"] == []
    assert [node["level"] for node in found["trace"]["nodes"]] == [0, 1, 2]


def test_a_server_is_believed_in_words_and_verified_when_asked(milked):
    with serving(milked) as url:
        asked = traced(TANK, url)
        asked_json = traced(TANK, url, "--json").json
        checked = traced(TANK, url, "--verify", "--json").json
        missing = traced(f"{TANK}-2", url)

    assert asked.status == 0, asked.err
    assert asked.out.startswith(f"not checked: on the word of {url} alone")
    assert "--verify" in asked.out
    assert asked_json["outcome"] == "not checked"
    assert checked["outcome"] == "verified"
    assert checked["trace"] == asked_json["trace"]
    assert missing.status == 2


def test_a_subject_is_named_as_its_page_is(milked):
    path = TANK.partition(HOST)[2]
    with serving(milked) as url:
        for named in (path, f"{url}{path}", f"{url}{path}?lang=zh"):
            asked = traced(named, url)
            assert asked.status == 0, asked.err
            assert f"back from {TANK}: 3 subjects" in asked.out
        no_name = traced("/01/1/2", url)

    assert f"back from {TANK}: 3 subjects" in traced(path, milked).out
    for ended in (no_name, traced("/01/1/2", milked), traced("tank-7", milked)):
        assert (ended.status, ended.out) == (2, "")
        assert "identifier: " in ended.err


def test_a_damaged_folder_is_not_traced(milked):
    database = milked / "ledger.db"
    data = database.read_bytes()
    database.write_bytes(data[: len(data) // 2])

    ended = traced(TANK, milked)

    assert ended.status == 3
    assert ended.out == ""
    assert "not verified" in ended.err


def test_goods_that_came_of_themselves_are_a_finding(milked):
    append(milked, *signed(milked, made_of(21, TANK, MILK)))

    ended = traced(TANK, milked)

    assert ended.status == 1
    assert f"finding: cycle: {MILK}, {TANK} [" in ended.out


def test_many_alike_are_counted(milked):
    tags = [f"{ANIMAL}/tag-{number}" for number in range(12)]
    pooled = made_of(21, ANIMAL, TANK) | {"inputEPCList": tags}
    append(milked, *signed(milked, pooled))

    assert "  animal and 2 more (--json has all)" in traced(TANK, milked).out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("trace", TANK), "--ledger"),
        (("trace", TANK, "--ledger", "FOLDER", "--direction", "up"), "direction"),
        (("trace", "milk", "--ledger", "FOLDER"), "identifier"),
        (("trace", f"{TANK}-2", "--ledger", "FOLDER"), "no event is about"),
    ],
)
def test_what_cannot_be_traced_ends_with_two_lines(milked, arguments, words):
    ended = caravan(*(milked if word == "FOLDER" else word for word in arguments))

    assert ended.status == 2
    assert ended.out == ""
    assert words in ended.err
