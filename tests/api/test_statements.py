import asyncio
import json
import threading

import pytest

from api.app import create_app
from api.settings import Settings
from ledger import intake
from ledger.encoding import decode_base64
from ledger.merkle import leaf_hash
from ledger.note import NoteSignature, parse_note
from ledger.receipt import parse_receipt, verify_receipt
from tests.api.ledgers import (
    ANIMAL,
    HERD,
    LEDGER,
    ORIGIN,
    OTHER,
    Client,
    authorization,
    canonical_body,
    directory_statement,
    event,
    milking,
    raw_event,
    respell,
    signer,
)


def code_of(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["detail"]
    assert problem["type"].startswith("urn:caravan:problem:")
    return problem["type"].removeprefix("urn:caravan:problem:")


def test_a_recorded_statement_is_answered_with_a_receipt_that_verifies(client):
    note = event()

    answer = client.post(note)

    assert answer.status_code == 201
    told = answer.json()
    assert answer.headers["location"] == f"/entries/{told['index']}"
    receipt = parse_receipt(told["receipt"].encode())
    verify_receipt(receipt, note, origin=ORIGIN, log_keys=[LEDGER.vkey])
    assert receipt.index == told["index"]
    assert told["flags"] == []


def test_a_text_known_already_is_answered_with_the_first_entry(client):
    first = client.post(event()).json()

    again = client.post(event())

    assert again.status_code == 200
    assert again.json()["index"] == first["index"]


def test_a_batch_is_logged_in_the_order_of_the_array(client):
    notes = [event(number) for number in range(1, 6)]

    answer = client.post_many(notes)

    assert answer.status_code == 200
    told = answer.json()
    indices = [one["index"] for one in told]
    assert indices == list(range(indices[0], indices[0] + 5))
    for note, one in zip(notes, told, strict=True):
        entry = client.get(f"/entries/{one['index']}").json()
        assert entry["entry"].encode() == note


def test_a_bad_note_in_the_middle_stands_as_a_problem_and_the_rest_goes_on(client):
    notes = [event(1), b"no note at all", event(2), 7, event(3)]

    told = client.post_many(notes).json()

    assert [("index" in one) for one in told] == [True, False, True, False, True]
    assert told[1]["type"] == "urn:caravan:problem:statement-format"
    assert told[1]["status"] == 400
    assert told[3]["type"] == "urn:caravan:problem:encoding"
    assert told[4]["index"] == told[0]["index"] + 2


def test_a_batch_may_be_empty(client):
    answer = client.post_many([])

    assert (answer.status_code, answer.json()) == (200, [])


def test_a_large_batch_is_answered_like_a_small_one(client):
    notes = [event(number) for number in range(1, 601)]

    told = client.post_many(notes).json()

    assert len({one["index"] for one in told}) == 600


def test_a_flag_comes_with_the_answer(client):
    told = client.post(milking(kilograms="0")).json()

    assert [flag["code"] for flag in told["flags"]] == ["zero-value"]


# What issue and blueprint call bad input: the lie, the code, the status.
BODY = canonical_body()


def doubled_line(note):
    line = note[note.rindex(b"\n\n") + 2 :]
    return note + line


def reordered_lines(note):
    head, _, lines = note.partition(b"\n\n")
    first, second, _ = lines.split(b"\n")
    return head + b"\n\n" + second + b"\n" + first + b"\n"


def without_last_line(note):
    return note[: note[:-1].rindex(b"\n") + 1]


def low_order_signature(note):
    """Sign with R the low-order point of 32 zero bytes."""
    (line,) = parse_note(note).signatures
    return respell(
        note,
        line.to_line().encode(),
        NoteSignature(line.name, line.key_id, bytes(64)).to_line().encode(),
    )


BAD_NOTES = [
    pytest.param(b"", "statement-format", 400, id="empty"),
    pytest.param(b"\xff\xfe" + event(), "statement-format", 400, id="not-ours"),
    pytest.param(respell(event(), b"pasture", b"past\xffre"), "note", 400, id="utf-8"),
    pytest.param(respell(event(), b"pasture", b"past\x07re"), "note", 400, id="bell"),
    pytest.param(
        event(origin="herd.example/other"), "wrong-origin", 422, id="wrong-origin"
    ),
    pytest.param(
        respell(event(), b"event\n", b"event-two\n"),
        "unknown-version",
        422,
        id="unknown-kind",
    ),
    pytest.param(
        without_last_line(event(signers=(HERD, signer("herd.example/two", 5)))),
        "statement-format",
        400,
        id="missing-signature-line",
    ),
    pytest.param(doubled_line(event()), "statement-format", 400, id="extra-line"),
    pytest.param(
        reordered_lines(event(signers=(HERD, signer("herd.example/two", 5)))),
        "statement-format",
        400,
        id="reordered-lines",
    ),
    pytest.param(
        respell(
            event(),
            "\u2014 herd.example/herd".encode(),
            "\u2014 herd.example/h".encode(),
        ),
        "statement-format",
        400,
        id="relabelled-line",
    ),
    pytest.param(event(signers=(OTHER,)), "unknown-key", 422, id="unknown-key"),
    pytest.param(
        respell(event(), b"inspecting", b"departing_"), "signature", 422, id="altered"
    ),
    pytest.param(low_order_signature(event()), "signature", 422, id="low-order"),
    pytest.param(raw_event(BODY + b" "), "encoding", 400, id="trailing-space"),
    pytest.param(
        raw_event(BODY.replace(b'{"action"', b'{"action":"ADD","action"')),
        "encoding",
        400,
        id="duplicate-member",
    ),
    pytest.param(
        raw_event(BODY.replace(b'{"action"', b'{"__proto__":1,"action"')),
        "encoding",
        400,
        id="proto",
    ),
    pytest.param(
        raw_event(BODY.replace(b'"epcList"', b'"a":1e3,"epcList"')),
        "encoding",
        400,
        id="number-out-of-form",
    ),
    pytest.param(
        event(eventTime="2026-06-14T06:10:00+08:00"), "future-time", 403, id="future"
    ),
    pytest.param(
        event(
            quantityList=[
                {
                    "epcClass": "https://id.gs1.org/01/09520123456788/10/A",
                    "quantity": 1,
                    "uom": "STONE",
                }
            ]
        ),
        "unknown-unit",
        403,
        id="unknown-unit",
    ),
    pytest.param(
        event(epcList=["https://id.gs1.org/01/09520123456789/21/1"]),
        "event",
        400,
        id="wrong-check-digit",
    ),
    pytest.param(
        event(epcList=["urn:epc:id:sgtin:952012.0345678.1"]),
        "event",
        400,
        id="other-spelling",
    ),
    pytest.param(event(eventTime="2026-02-30T06:10:00Z"), "event", 400, id="no-date"),
    pytest.param(event(bizStep="packing"), "authority", 422, id="no-right"),
    pytest.param(
        event(signers=(HERD,), epcList=[f"{ANIMAL}/{'x' * 60_000}"]),
        "too-large",
        413,
        id="oversized-statement",
    ),
]


@pytest.mark.parametrize(("note", "code", "status"), BAD_NOTES)
def test_a_bad_note_is_refused_for_its_own_reason_and_the_next_is_recorded(
    client, note, code, status
):
    before = client.get("/log/checkpoint").content

    answer = client.post(note)

    assert code_of(answer) == code
    assert answer.status_code == status
    assert client.get("/log/checkpoint").content == before
    assert client.post(event(77)).status_code == 201


def test_a_bad_member_is_pointed_at(client):
    problem = client.post(event(epcList=["urn:epc:x"])).json()

    assert problem["pointer"] == "/epcList/0"


def test_an_event_id_used_again_is_a_conflict(client):
    client.post(event(1))

    answer = client.post(event(1, bizStep="arriving"))

    assert (code_of(answer), answer.status_code) == ("event-reused", 409)


def test_a_revoked_key_is_refused(client):
    body = {
        "action": "revoke",
        "key": HERD.vkey.to_text(),
        "party": "https://herd.example/id/party/green-oasis",
    }
    assert client.post(directory_statement(body, HERD)).status_code == 201

    answer = client.post(event())

    assert (code_of(answer), answer.status_code) == ("authority", 422)


def test_a_key_bound_once_is_not_bound_again(client):
    other_name = signer("herd.example/second", 3)

    assert code_of(client.post(authorization(other_name))) == "authority"


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/x-www-form-urlencoded",
        "application/octet-stream",
        "text/plain; charset=iso-8859-1",
        "multipart/form-data; boundary=x",
    ],
)
def test_a_body_of_another_type_is_refused(reader, content_type):
    answer = reader.post(event(), content_type)

    assert answer.status_code == 415
    assert code_of(answer) == "unsupported-media-type"


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", 'Text/Plain; charset="UTF-8"', "text/plain;charset=utf-8"],
)
def test_a_content_type_may_be_spelled_as_http_allows(client, content_type):
    assert client.post(event(), content_type).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{}", id="an-object"),
        pytest.param(b'["a"', id="cut-off"),
        pytest.param(b'["\xff"]', id="not-utf-8"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b'"' + b"x" * 300_000, id="large-and-cut-off"),
    ],
)
def test_a_batch_that_is_no_array_of_notes_is_refused_whole(reader, body):
    answer = reader.post(body, "application/json")

    assert (code_of(answer), answer.status_code) == ("encoding", 400)


def test_a_body_over_the_limit_is_not_read(reader):
    answer = reader.post(b"x" * 66_561)

    assert (code_of(answer), answer.status_code) == ("too-large", 413)
    assert answer.headers["connection"] == "close"


def test_a_body_that_does_not_say_how_long_it_is_is_cut_at_the_limit(reader):
    async def endless():
        while True:
            yield b"x" * 10_000

    headers = {"content-type": "text/plain"}
    answer = reader.request("POST", "/statements", content=endless(), headers=headers)

    assert code_of(answer) == "too-large"


def test_a_batch_of_too_many_notes_is_refused(log):
    client = Client(create_app(log, Settings(max_batch_notes=2)))

    assert code_of(client.post_many([event(1), event(2), event(3)])) == "too-large"


def test_a_batch_that_memory_has_no_room_for_is_asked_to_come_again(log):
    client = Client(create_app(log, Settings(max_held_bytes=100)))

    answer = client.post_many([event(1)])

    assert (code_of(answer), answer.status_code) == ("overloaded", 503)
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["connection"] == "close"
    assert client.post(event(1)).status_code == 201


def test_what_no_more_may_wait_is_refused_at_once(client, monkeypatch):
    monkeypatch.setattr(intake, "MAX_WAITING_NOTES", 1)

    many = client.post_many([event(1), event(2)])
    one = client.post(event(1))

    assert (code_of(many), many.status_code) == ("overloaded", 503)
    assert many.headers["retry-after"] == "1"
    assert one.status_code == 201


def test_a_batch_nobody_waits_for_any_more_is_not_taken(log):
    """The client goes away while its batch waits behind a group under way."""
    under_way, gone = threading.Event(), threading.Event()

    def hold(_new):
        under_way.set()
        assert gone.wait(10)

    log.watch(hold)
    ahead = log.submit([event(1)])
    assert under_way.wait(10)
    batch = json.dumps([event(number).decode() for number in range(2, 9)]).encode()

    asyncio.run(post_and_go(create_app(log), batch))
    gone.set()

    assert ahead.result(10)[0].is_new
    assert [answer.is_new for answer in log.append_statements([event(2)])] == [True]


async def post_and_go(app, batch):
    """Post a batch, and go away once it is read."""
    said = [
        {"type": "http.request", "body": batch, "more_body": False},
        {"type": "http.disconnect"},
    ]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/statements",
        "headers": [(b"content-type", b"application/json")],
    }

    async def receive():
        return said.pop(0)

    async def send(message):
        raise AssertionError(f"nobody is there for {message}")

    await app(scope, receive, send)


def test_other_methods_are_refused_with_the_one_that_is_allowed(reader):
    answer = reader.get("/statements")

    assert (code_of(answer), answer.status_code) == ("method-not-allowed", 405)
    assert answer.headers["allow"] == "POST"


def test_what_was_posted_is_counted(client):
    client.post(event(1))
    client.post(event(1))
    client.post(b"nothing")

    lines = client.get("/metrics").text.splitlines()

    assert 'caravan_statements_total{outcome="appended"} 1' in lines
    assert 'caravan_statements_total{outcome="known"} 1' in lines
    assert 'caravan_statements_refused_total{code="statement-format"} 1' in lines


def test_the_leaf_hash_is_that_of_the_note(client):
    note = event()

    told = client.post(note).json()

    assert decode_base64(told["leaf_hash"]) == leaf_hash(note)
    assert (
        client.get(f"/entries/{told['index']}").json()["leaf_hash"] == told["leaf_hash"]
    )
