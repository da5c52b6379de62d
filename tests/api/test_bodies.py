"""Bodies that no client means: each has one clear answer, and none is unpacked."""

import gzip

import pytest

from api.app import create_app
from ledger.discloser import Discloser
from ledger.personal import open_personal
from tests.api.ledgers import Client, event, open_log

TEXT = "text/plain; charset=utf-8"
JSON = "application/json"
BOMB = gzip.compress(b"[" + b'"",' * 1_000_000)
DEEP = 100_000


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    log = open_log(tmp_path_factory.mktemp("bodies"))
    yield Client(create_app(log))
    log.close()


@pytest.mark.parametrize(
    ("content_type", "body", "want"),
    [
        pytest.param("multipart/form-data; boundary=a", b"--a--", 415, id="multipart"),
        pytest.param("application/x-www-form-urlencoded", b"a=b", 415, id="form"),
        pytest.param("", b"a", 415, id="no-type"),
        pytest.param("text/plain; charset=utf-16", b"a", 415, id="charset"),
        pytest.param("text/plain;" * 900, b"a", 415, id="parameters"),
        pytest.param(JSON, b"[" * DEEP, 400, id="deep"),
        pytest.param(JSON, b"[" * DEEP + b"]" * DEEP, 400, id="deep-and-closed"),
        pytest.param(JSON, b'[{"a":' * DEEP, 400, id="deep-objects"),
        pytest.param(JSON, b'["\xff"]', 400, id="no-utf-8"),
        pytest.param(JSON, b"{}", 400, id="object"),
        pytest.param(JSON, b"", 400, id="nothing"),
        pytest.param(JSON, b"[1e999999999]", 400, id="number"),
        pytest.param(JSON, b"[" + b'"",' * 10_000 + b'""]', 413, id="too-many"),
        pytest.param(TEXT, b"", 400, id="no-note"),
        pytest.param(TEXT, b"\n" * 66_560, 400, id="line-breaks"),
        pytest.param(TEXT, b"a" * 66_561, 413, id="too-long"),
    ],
)
def test_a_body_of_another_kind_is_one_problem(asked, content_type, body, want):
    answer = asked.post(body, content_type)

    assert answer.status_code == want
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == want
    assert len(answer.content) < 2_000


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd", "gzip, gzip"])
@pytest.mark.parametrize("path", ["/statements", "/disclosures"])
def test_what_is_compressed_is_not_unpacked(showing, path, coding):
    headers = {"content-type": JSON, "content-encoding": coding}

    answer = showing.request("POST", path, content=BOMB, headers=headers)

    assert answer.status_code == 415
    assert "content-encoding" in answer.json()["detail"]


@pytest.fixture
def showing(tmp_path):
    log = open_log(tmp_path)
    discloser = Discloser(log, open_personal(tmp_path / "personal.db"))
    yield Client(create_app(log, discloser=discloser))
    log.close()


@pytest.mark.parametrize("depth", [50, 500, DEEP])
def test_a_deep_event_is_a_refusal(asked, depth):
    deep = b'{"a":' * depth + b"1" + b"}" * depth
    note = event().replace(b'"action":"OBSERVE"', b'"a":' + deep)

    assert asked.post(note).status_code in {400, 413, 422}


def test_a_deep_note_in_a_batch_stands_alone(asked):
    answers = asked.post_many([event(1), b"[" * 60_000, event(2)]).json()

    assert ["index" in answer for answer in answers] == [True, False, True]
