"""``GET /trace``: the graph as JSON, from the lists of what it names."""

import gzip

import pytest

from ledger.trace import parse_trace
from tests.api.ledgers import (
    ANIMAL,
    GTIN,
    HOST,
    LOT,
    PARTY,
    REGISTRAR,
    damage,
    directory_statement,
    event,
)

MILK = f"https://{HOST}/id/goods/milk"
SERIAL = f"{GTIN}/21/1"
CARTON = "https://id.gs1.org/00/095213210000000018"
SHOP = f"https://{HOST}/id/place/shop"
STEPS = (
    "commissioning",
    "creating_class_instance",
    "packing",
    "shipping",
    "inspecting",
)


@pytest.fixture
def client(log, client):
    body = {
        "action": "admit",
        "kind": "cooperative",
        "party": PARTY,
        "places": [],
        "prefixes": [f"https://{HOST}/id/goods"],
        "rights": {"persistent": [], "steps": [[step, None] for step in STEPS]},
    }
    told = [
        event(
            1,
            type="TransformationEvent",
            action=None,
            bizStep="creating_class_instance",
            epcList=None,
            inputEPCList=[ANIMAL],
            outputQuantityList=[{"epcClass": MILK, "quantity": 3, "uom": "KGM"}],
        ),
        event(
            2,
            type="TransformationEvent",
            action=None,
            bizStep="creating_class_instance",
            epcList=None,
            inputQuantityList=[{"epcClass": MILK}],
            outputQuantityList=[{"epcClass": LOT}],
        ),
        event(
            3,
            action="ADD",
            bizStep="commissioning",
            epcList=[SERIAL],
            quantityList=[{"epcClass": LOT}],
        ),
        event(
            4,
            type="AggregationEvent",
            action="ADD",
            bizStep="packing",
            epcList=None,
            parentID=CARTON,
            childEPCs=[SERIAL],
        ),
        event(
            5,
            bizStep="shipping",
            epcList=[CARTON],
            destinationList=[{"type": "location", "destination": SHOP}],
        ),
        event(6, epcList=[ANIMAL]),
    ]
    answers = log.append_statements([directory_statement(body, REGISTRAR), *told])
    assert [answer.is_new for answer in answers] == [True] * 7
    return client


def trace(client, subject, direction="back", **headers):
    parameters = {"subject": subject, "direction": direction}
    return client.request("GET", "/trace", params=parameters, headers=headers)


def test_a_serial_leads_back_to_the_animal(client, log):
    answer = trace(client, SERIAL)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-cache"
    found = answer.json()
    assert [(node["subject"], node["level"]) for node in found["nodes"]] == [
        (SERIAL, 0),
        (LOT, 1),
        (MILK, 2),
        (ANIMAL, 3),
    ]
    assert found["nodes"][2]["quantities"]["output"] == [
        {"total": "3", "uom": "KGM", "dimension": "mass"}
    ]
    assert (found["origin"], found["tree_size"]) == (log.origin, log.size)
    assert {statement["party"] for statement in found["statements"]} == {PARTY}


def test_an_animal_leads_forth_to_the_shop(client):
    found = parse_trace(trace(client, ANIMAL, "forth").content)

    assert [node.subject for node in found.nodes] == [ANIMAL, MILK, LOT, SERIAL, CARTON]
    assert found.recall.serials == (SERIAL,)
    assert [consignee.id for consignee in found.recall.consignees] == [SHOP]


def test_every_number_is_that_of_an_entry_that_says_so(client):
    for link in trace(client, SERIAL).json()["links"]:
        for index in link["statements"]:
            entry = client.get(f"/entries/{index}").json()["entry"]
            for part in (*link["inputs"], *link["outputs"]):
                assert part["subject"] in entry


@pytest.mark.parametrize(
    ("subject", "direction", "status", "code"),
    [
        (SERIAL, "up", 400, "malformed"),
        ("milk", "back", 400, "identifier"),
        (f"{GTIN}/21/99", "back", 404, "not-found"),
        (PARTY, "forth", 404, "not-found"),
    ],
)
def test_what_cannot_be_traced_is_a_problem(client, subject, direction, status, code):
    answer = trace(client, subject, direction)

    assert answer.status_code == status
    assert answer.json()["type"] == f"urn:caravan:problem:{code}"


def test_more_than_a_server_gives_out_is_a_problem_with_a_hint(client, monkeypatch):
    monkeypatch.setattr("ledger.lookup.MAX_STATEMENTS", 1)

    answer = trace(client, SERIAL)

    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:caravan:problem:too-large"
    assert "begin nearer" in answer.json()["detail"]


def test_a_damaged_entry_is_the_servers_fault(client, log, tmp_path):
    index = log.listing(SERIAL)[0]
    damage(tmp_path, index, b"caravan/statement/v1\nnothing\n")

    answer = trace(client, SERIAL)

    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:caravan:problem:store"


def test_it_is_compressed_for_whom_takes_that_and_open_to_all(client):
    plain = trace(client, SERIAL, **{"Accept-Encoding": "identity"})
    packed = trace(client, SERIAL, **{"Accept-Encoding": "gzip"})

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert len(gzip.compress(plain.content)) < len(plain.content)
    assert plain.headers["access-control-allow-origin"] == "*"


def test_the_members_of_the_example_are_those_that_are_sent(client):
    document = client.get("/openapi.json").json()
    answers = document["paths"]["/trace"]["get"]["responses"]
    example = answers["200"]["content"]["application/json"]["example"]

    found = trace(client, ANIMAL, "forth").json()

    assert found.keys() == example.keys()
    for member in ("nodes", "statements"):
        assert found[member][0].keys() == example[member][0].keys()
    assert found["recall"].keys() == example["recall"].keys()


def test_back_is_what_is_answered_when_nobody_says(client):
    answer = client.request("GET", "/trace", params={"subject": SERIAL})

    assert answer.json()["direction"] == "back"
