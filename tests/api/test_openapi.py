import re

import pytest
from starlette.routing import Route

from api.app import create_app
from api.openapi import EXAMPLE_NOTE, EXAMPLE_VKEY
from ledger.encoding import parse_canonical
from ledger.event import parse_event
from ledger.note import parse_vkey
from ledger.statement import parse_statement, verify_statement_signatures
from tests.api.ledgers import ANIMAL, event

# Known to people, not to programs: pages, their parts, and this description itself.
NOT_DESCRIBED = {
    "/", "/scan", "/search", "/openapi.json", "/assets/{path}", "/verifier.html",
    "/sw.js",
}  # fmt: skip


@pytest.fixture
def document(client):
    return client.get("/openapi.json").json()


def test_the_example_is_a_statement_that_verifies():
    statement = parse_statement(EXAMPLE_NOTE.encode())

    verify_statement_signatures(statement, [parse_vkey(EXAMPLE_VKEY)])
    parse_event(parse_canonical(statement.body), host="herd.example")


def test_every_route_is_described_and_no_other(log, document):
    app = create_app(log)
    routed = {
        re.sub(r":path}", "}", path)
        for path in (route.path for route in app.routes if isinstance(route, Route))
    }

    described = set(document["paths"])

    assert {"/statements", "/log/checkpoint", "/entries/{index}"} <= described
    named = {path for path in routed if not path.startswith(("/log/tile/",))}
    pages = {path for path in named if re.fullmatch(r"/[0-9]+/{path}", path)}
    assert named - pages - NOT_DESCRIBED <= described
    assert {path for path in described if path.startswith("/log/tile/")} == {
        "/log/tile/{level}/{place}",
        "/log/tile/entries/{place}",
    }


def test_every_reference_leads_somewhere(document):
    schemas = document["components"]["schemas"]

    for name in re.findall(r"#/components/schemas/(\w+)", str(document)):
        assert name in schemas


def examples(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for status, answer in operation["responses"].items():
                for content in answer.get("content", {}).values():
                    if "example" in content:
                        yield path, method, status, content["example"]


def test_the_members_of_each_example_are_those_that_are_sent(client, document):
    index = client.post(event()).json()["index"]
    asked = {
        "/entries/{index}": f"/entries/{index}",
        "/entries/{index}/receipt": f"/entries/{index}/receipt",
        "/passport": f"/passport?subject={ANIMAL}",
    }

    for path, _, status, example in examples(document):
        if status == "200" and path in asked:
            assert client.get(asked.pop(path)).json().keys() == example.keys()
        if path == "/statements" and status == "201":
            assert client.post(event()).json().keys() == example.keys()
    assert asked == {}


def test_problems_are_shown_by_example(document):
    problems = [
        e for *_, e in examples(document) if isinstance(e, dict) and "type" in e
    ]

    assert {p["status"] for p in problems} >= {400, 404, 413, 503}
    assert all(p["type"].startswith("urn:caravan:problem:") for p in problems)
