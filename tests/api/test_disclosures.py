"""What parties show is taken in only if they signed for it; no refusal quotes it."""

import logging

import pytest

from api.app import create_app
from api.routes.disclosures import PER_MINUTE
from ledger.discloser import MAX_DOCUMENT_BYTES, Discloser
from ledger.disclosure import parse_disclosures
from ledger.errors import StoreError
from ledger.personal import open_personal
from tests.api.ledgers import (
    ANIMAL,
    HERD,
    HOST,
    OTHER,
    PARTY,
    Client,
    directory_statement,
    event,
)
from tests.api.ledgers import REGISTRAR as BY
from tests.support.make_vectors import disclosure as maker

STEPS = [["inspecting", None], ["other", None]]


def admitted(party, key):
    body = {
        "action": "admit",
        "kind": "household",
        "party": party,
        "places": [],
        "prefixes": [],
        "rights": {"persistent": [], "steps": STEPS},
    }
    bound = {"action": "authorize", "key": key.vkey.to_text(), "party": party}
    return directory_statement(body, BY), directory_statement(bound, BY, key)


HOME = f"https://{HOST}/id/party/household-7"


def profile(number, *members, by=OTHER, **others):
    committed = {m: {"caravan:commit": maker.commitment(m)} for m in members}
    named = {"epcList": [HOME], "bizStep": "other", "caravan:profile": committed}
    return event(number, signers=(by,), **named | others)


def document(*items, **members):
    honest = {"subject": HOME, "consent": maker.CONSENT}
    return maker.spell(maker.document(*items, **honest | members)).encode()


@pytest.fixture
def store(tmp_path):
    opened = open_personal(tmp_path / "personal.db")
    yield opened
    opened.close()


@pytest.fixture
def client(log, store):
    log.append_statements([*admitted(HOME, OTHER)])
    return Client(create_app(log, discloser=Discloser(log, store)))


@pytest.fixture
def showing(client):
    """Have a profile of a name and a story logged; give what asks and sends."""
    assert client.post(profile(20, "name", "story")).status_code == 201
    return client


def send(client, content, media="application/json"):
    headers = {"content-type": media}
    return client.request("POST", "/disclosures", content=content, headers=headers)


def shown(client, subject=HOME):
    answer = client.get(f"/disclosures?subject={subject}")
    assert answer.status_code == 200
    assert "consent" not in answer.json()
    return {item["value"] for item in answer.json()["disclosures"]}


def test_what_was_signed_for_is_shown(showing):
    answer = send(showing, document(maker.item("name"), maker.item("story")))

    assert (answer.status_code, answer.json()) == (200, {"disclosed": 2})
    assert shown(showing) == {maker.VALUES["name"], maker.VALUES["story"]}


def test_sending_again_changes_nothing(showing):
    for _ in range(2):
        assert send(showing, document(maker.item("name"))).status_code == 200

    assert shown(showing) == {maker.VALUES["name"]}


def test_the_answer_is_kept_by_nobody(showing):
    answer = showing.get(f"/disclosures?subject={HOME}")

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex, noarchive"
    assert "access-control-allow-origin" not in answer.headers


PNG = maker.item("photo")["value"]
EMPTY = maker.document(subject=HOME, consent=maker.CONSENT)
LATER = {"format": "caravan/disclosure/v2"}
LONG = maker.CONSENT | {"words": "w" * 4097}
TURNED = maker.CONSENT | {"words": "artificial \u202e words"}
UNDATED = maker.CONSENT | {"given": "artificial"}


@pytest.mark.parametrize(
    ("status", "code", "content"),
    [
        pytest.param(400, "malformed", b"artificial", id="no-json"),
        pytest.param(
            400,
            "malformed",
            document(maker.item("name"), consent=maker.REMOVE),
            id="no-consent",
        ),
        pytest.param(
            400, "malformed", maker.spell(EMPTY).encode(), id="nothing-to-show"
        ),
        pytest.param(
            400,
            "malformed",
            document(maker.item("name"), consent=UNDATED),
            id="consent-without-a-date",
        ),
        pytest.param(
            400,
            "malformed",
            document(maker.item("name"), consent=maker.CONSENT | {"words": ""}),
            id="consent-without-words",
        ),
        pytest.param(
            400,
            "identifier",
            document(maker.item("name"), subject="household"),
            id="no-subject",
        ),
        pytest.param(
            403,
            "character",
            document(maker.item("name"), consent=TURNED),
            id="consent-turned-round",
        ),
        pytest.param(
            413,
            "too-large",
            document(maker.item("name"), consent=LONG),
            id="consent-too-long",
        ),
        pytest.param(
            413,
            "too-large",
            document(maker.item("name", value="x" * MAX_DOCUMENT_BYTES)),
            id="too-large",
        ),
        pytest.param(
            422,
            "unknown-version",
            document(maker.item("name"), **LATER),
            id="later-version",
        ),
        pytest.param(
            422,
            "not-verified",
            document(maker.item("name", value="artificial, and not signed")),
            id="another-value",
        ),
        pytest.param(
            422,
            "not-verified",
            document(maker.item("name", salt=maker.b64(bytes(32)))),
            id="another-salt",
        ),
        pytest.param(
            403,
            "refused",
            document(maker.item("name"), maker.item("photo")),
            id="one-that-nobody-signed-for",
        ),
        pytest.param(
            403,
            "refused",
            document(maker.item("name"), subject=PARTY),
            id="of-another-party",
        ),
        pytest.param(
            403,
            "refused",
            document(maker.item("name"), subject=ANIMAL),
            id="of-an-animal",
        ),
    ],
)
def test_what_is_refused_is_not_kept_and_not_quoted(
    showing, store, caplog, status, code, content
):
    with caplog.at_level(logging.DEBUG):
        answer = send(showing, content)

    assert answer.status_code == status
    assert answer.json()["type"] == f"urn:caravan:problem:{code}"
    told = [str(record.__dict__) for record in caplog.records]
    assert "artificial" not in answer.text + "".join(told)
    assert store.subjects() == ()


def committing(number, member, value):
    committed = {member: {"caravan:commit": maker.commitment(member, value)}}
    return profile(number, **{"caravan:profile": committed})


def of(member, value):
    return document(
        {
            "commit": maker.commitment(member, value),
            "salt": maker.b64(maker.salt(member)),
            "value": value,
        }
    )


@pytest.mark.parametrize(
    ("code", "member", "value"),
    [
        pytest.param("character", "name", "artificial\u202e", id="name-turned-round"),
        pytest.param("malformed", "story", "artificial " * 400, id="story-too-long"),
        pytest.param("malformed", "photo", "https://a.example/b.png", id="elsewhere"),
        pytest.param("malformed", "photo", PNG, id="photo-cut-short"),
    ],
)
def test_what_was_signed_for_and_is_unfit_is_not_kept(
    client, store, code, member, value
):
    assert client.post(committing(20, member, value)).status_code == 201

    answer = send(client, of(member, value))

    assert answer.json()["type"] == f"urn:caravan:problem:{code}"
    assert "artificial" not in answer.text
    assert store.subjects() == ()


def test_a_profile_that_is_taken_back_is_erased_at_once(showing, store):
    send(showing, document(maker.item("name"), maker.item("story")))

    showing.post(profile(21, "name"))

    assert [item.value for item in store.disclosed(HOME)] == [maker.VALUES["name"]]
    assert shown(showing) == {maker.VALUES["name"]}
    assert send(showing, document(maker.item("story"))).status_code == 403


def test_a_profile_in_error_is_erased_at_once(showing, store):
    send(showing, document(maker.item("name")))
    declared = {"declarationTime": "2026-06-12T00:00:00Z"}

    showing.post(profile(20, "name", "story", errorDeclaration=declared))

    assert store.disclosed(HOME) == ()


def test_what_was_taken_back_while_nobody_watched_is_erased_at_the_start(log, store):
    log.append_statements([*admitted(HOME, OTHER), profile(20, "name")])
    kept = parse_disclosures(document(maker.item("name"), maker.item("story")))
    store.keep(HOME, kept.items, kept.consent)

    Discloser(log, store)

    assert [item.value for item in store.disclosed(HOME)] == [maker.VALUES["name"]]


def test_a_side_table_that_fails_stops_no_statement(
    showing, store, monkeypatch, caplog
):
    send(showing, document(maker.item("name")))

    def fail(_commitments):
        raise StoreError("personal data: artificial failure")

    with monkeypatch.context() as patch:
        patch.setattr(type(store), "erase", lambda _self, found: fail(found))
        assert showing.post(profile(21)).status_code == 201
        (told,) = (r.facts for r in caplog.records if r.msg == "erase-failed")
        assert told["reason"] == "personal data: artificial failure"
        assert showing.get(f"/disclosures?subject={HOME}").status_code == 503

    # Whoever asks next has it erased.
    assert shown(showing) == set()
    assert store.subjects() == ()


def test_a_value_changed_in_the_side_table_is_not_given_out(showing, store, tmp_path):
    import sqlite3

    send(showing, document(maker.item("name")))
    with sqlite3.connect(tmp_path / "personal.db") as table:
        table.execute("UPDATE disclosed SET value = 'household 8'")
    table.close()

    assert shown(showing) == set()


def test_a_profile_of_another_is_not_recorded(client):
    log_profile = client.post(profile(20, "name", by=HERD))

    assert log_profile.json()["type"] == "urn:caravan:problem:authority"


def test_a_profile_by_another_with_the_right_is_not_recorded(client, log):
    body = {"action": "admit", "kind": "cooperative", "name": "Green Oasis"}
    more = {"party": PARTY, "places": [], "prefixes": []}
    rights = {"rights": {"persistent": [], "steps": STEPS}}
    log.append_statements([directory_statement(body | more | rights, BY)])

    answer = client.post(profile(20, "name", by=HERD))

    assert answer.json()["type"] == "urn:caravan:problem:schema"
    assert answer.json()["pointer"] == "/caravan:profile"


def test_too_many_in_a_minute_are_put_off(showing):
    for _ in range(PER_MINUTE):
        send(showing, b"x")

    answer = send(showing, document(maker.item("name")))

    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 61


def test_another_media_type_is_refused(showing):
    assert send(showing, b"x", "text/plain").status_code == 415


def test_a_server_without_a_side_table_keeps_none(log):
    client = Client(create_app(log))

    assert client.get(f"/disclosures?subject={HOME}").status_code == 404
    assert send(client, document(maker.item("name"))).status_code == 404


def test_a_subject_that_nobody_knows_shows_nothing(client):
    assert shown(client, f"https://{HOST}/id/party/nobody") == set()
    assert shown(client, ANIMAL) == set()
    assert client.get("/disclosures").status_code == 400
