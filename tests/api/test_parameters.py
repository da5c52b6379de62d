"""What a question is asked with: each parameter once, and with something in it."""

import pytest

from tests.api.ledgers import ANIMAL, PARTY

SUBJECT = f"subject={ANIMAL}"
QUESTIONS = {
    "/passport": (SUBJECT, {"subject", "levels", "label"}),
    "/trace": (SUBJECT, {"subject", "direction"}),
    "/disclosures": (f"subject={PARTY}", {"subject"}),
}
VALUES = {"subject": ANIMAL, "levels": "1", "label": "1", "direction": "back"}
EACH = [
    (path, name) for path, (_, names) in QUESTIONS.items() for name in sorted(names)
]


def refused(client, url):
    answer = client.get(url)
    assert answer.status_code == 400, url
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:caravan:problem:malformed"
    return answer.json()["detail"]


@pytest.mark.parametrize(("path", "name"), EACH)
def test_a_parameter_that_stands_twice_has_no_meaning(reader, path, name):
    once = f"{name}={VALUES[name]}"
    asked = QUESTIONS[path][0] if name != "subject" else "x=y"

    for more in (once, f"{name}=other", f"{name}="):
        told = refused(reader, f"{path}?{asked}&{once}&{more}")
        assert told == f"{name}: is given 2 times, want it once"


@pytest.mark.parametrize(("path", "name"), EACH)
def test_a_parameter_says_something(reader, path, name):
    asked = f"&{QUESTIONS[path][0]}" if name != "subject" else ""

    assert refused(reader, f"{path}?{name}={asked}") == f"{name}: is empty"
    assert refused(reader, f"{path}?{name}{asked}") == f"{name}: is empty"


@pytest.mark.parametrize("path", QUESTIONS)
def test_a_subject_that_is_missing_is_missed(reader, path):
    assert refused(reader, path) == "subject: is missing"
    assert refused(reader, f"{path}?subjects={ANIMAL}") == "subject: is missing"


def test_these_are_all_the_parameters_that_are_described(reader):
    paths = reader.get("/openapi.json").json()["paths"]
    described = {
        path: {
            parameter["name"]
            for parameter in methods["get"].get("parameters", ())
            if parameter["in"] == "query"
        }
        for path, methods in paths.items()
        if "get" in methods
    }

    assert {path: names for path, names in described.items() if names} == {
        path: names for path, (_, names) in QUESTIONS.items()
    }


def test_what_a_route_does_not_know_is_passed_over(reader):
    for asked in ("utm=1&utm=2", "utm=", "levels=1&utm"):
        answer = reader.get(f"/passport?{SUBJECT}&{asked}")
        assert answer.status_code == 200
    # A code on a pack may carry more than the path names.
    assert reader.get(f"{ANIMAL.partition('example')[2]}?17=1&17=2").status_code == 200


def test_what_is_looked_up_is_one_text(reader):
    twice = reader.get("/search?q=7&q=8")

    assert twice.status_code == 400
    assert "q: is given 2 times" in twice.text
    assert reader.get("/search?q=").status_code == 200
