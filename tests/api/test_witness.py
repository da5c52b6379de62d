"""A witness over HTTP: each row of C2SP tlog-witness, and what is on show."""

import asyncio

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from api import witness as service
from api.operation import Operation
from api.witness import create_witness_app
from ledger.addcheckpoint import (
    MAX_BODY_BYTES,
    AddCheckpoint,
    origin_hash,
    parse_add_checkpoint,
)
from ledger.cosignature import verify_cosignature
from ledger.errors import NotYetError, RootMismatchError, StoreError
from ledger.note import ED25519, parse_note, parse_vkey, verifier_key
from ledger.policy import parse_policy, read_cosignatures
from ledger.replayer import ReplayFigures
from ledger.witness import Witness
from ledger.witnessstore import open_witness_store
from tests.api.ledgers import Client
from tests.ledger.test_witness import (
    COSIGNER,
    FORK,
    LEDGER,
    LOGS,
    MILK,
    NOW_MS,
    ORIGIN,
    REFUSED,
    ThisJudge,
    cosigned,
    text_of,
)
from tests.support.clocks import FrozenClock
from tests.support.vectors import load

NEWEST = f"/witness/{origin_hash(ORIGIN)}/checkpoint"


@pytest.fixture
def judge():
    return ThisJudge()


@pytest.fixture
def clock():
    return FrozenClock(NOW_MS)


@pytest.fixture
def operation():
    return Operation()


@pytest.fixture
def client(tmp_path, clock, judge, operation):
    store = open_witness_store(tmp_path / "witness.db", is_new=True)
    witness = Witness(COSIGNER, LOGS, store, clock, judge, tmp_path)
    yield Client(create_witness_app(witness, clock, operation=operation))
    store.close()


def add(client, body):
    return client.request("POST", "/witness/add-checkpoint", content=body)


def test_a_checkpoint_is_cosigned_and_then_on_show(client):
    added = add(client, MILK.body(0, 7))

    assert added.status_code == 200
    assert added.headers["content-type"] == "text/plain; charset=utf-8"
    assert added.headers["cache-control"] == "no-store"
    assert cosigned(added.content, text_of(MILK.note(7))) == NOW_MS // 1000
    shown = client.get(NEWEST)
    assert shown.status_code == 200
    assert shown.content == MILK.note(7) + added.content
    assert shown.headers["content-type"] == "text/plain; charset=utf-8"
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["access-control-allow-origin"] == "*"
    head = client.request("HEAD", NEWEST)
    assert (head.status_code, head.content) == (200, b"")


STATUSES = {
    "no body": 400,
    "no note": 400,
    "no checkpoint": 400,
    "a negative size": 400,
    "old above new": 400,
    "an unknown log": 404,
    "only a stranger": 403,
    "a false line": 403,
    "one false line of two": 403,
    "a line twice": 403,
    "another old size": 409,
    "a proof from nothing": 422,
    "an empty tree that is not": 422,
}


@pytest.mark.parametrize("name", REFUSED)
def test_each_refusal_has_the_status_of_the_standard(client, name):
    answer = add(client, REFUSED[name][0])

    assert answer.status_code == STATUSES[name]
    if answer.status_code != 409:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code
    assert client.get(NEWEST).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (FORK.body(7, 7), 422),
        (FORK.body(7, 12), 422),
        (AddCheckpoint(7, (), MILK.note(12)).to_bytes(), 422),
        (MILK.body(7, 12), 200),
    ],
)
def test_what_does_not_continue_is_told_apart(client, body, status):
    add(client, MILK.body(0, 7))

    assert add(client, body).status_code == status


def test_the_size_that_is_wanted_is_all_that_a_conflict_says(client):
    add(client, MILK.body(0, 7))

    answer = add(client, MILK.body(0, 9))

    assert answer.status_code == 409
    assert answer.content == b"7\n"
    assert answer.headers["content-type"] == "text/x.tlog.size"


def test_what_is_not_replayed_yet_is_asked_for_again(client, judge):
    judge.error = NotYetError("log: got 3 entries, want 7")
    answer = add(client, MILK.body(0, 7))

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    judge.error = StoreError("log: does not answer")
    assert add(client, MILK.body(0, 7)).status_code == 503
    judge.error = None
    assert add(client, MILK.body(0, 7)).status_code == 200


def test_a_distrusted_log_is_refused(client, judge):
    judge.error = RootMismatchError("seal: another index root")
    add(client, MILK.body(0, 7))
    judge.error = None

    answer = add(client, MILK.body(0, 7))

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:caravan:problem:distrusted"
    assert "another index root" in answer.json()["detail"]


def test_a_clock_set_back_is_a_failure_of_the_witness(client, clock):
    add(client, MILK.body(0, 7))
    clock.time_ms -= 5_000

    assert add(client, MILK.body(7, 7)).status_code == 503


def test_a_body_is_read_up_to_its_limit(client):
    answer = add(client, b"x" * (MAX_BODY_BYTES + 1))

    assert (answer.status_code, answer.headers["connection"]) == (413, "close")
    assert add(client, b"x" * MAX_BODY_BYTES).status_code == 400


def test_one_checkpoint_too_many_at_once_is_asked_for_again(client, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(service, "MAX_WAITING", 0)
        answer = add(client, MILK.body(0, 7))
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")

    assert add(client, MILK.body(0, 7)).status_code == 200


def test_whoever_sends_slowly_takes_nobodys_place(tmp_path, clock, monkeypatch):
    monkeypatch.setattr(service, "MAX_WAITING", 1)
    store = open_witness_store(tmp_path / "witness.db", is_new=True)
    app = create_witness_app(Witness(COSIGNER, LOGS, store, clock), clock)

    async def body():
        asked.set()
        await asyncio.sleep(10)
        yield b""

    async def ask():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport) as client:
            url = "http://a.b/witness/add-checkpoint"
            slow = asyncio.create_task(client.post(url, content=body()))
            await asked.wait()
            answer = await client.post(url, content=MILK.body(0, 7))
            slow.cancel()
            return answer

    asked = asyncio.Event()
    assert asyncio.run(ask()).status_code == 200
    store.close()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/witness/add-checkpoint", 405),
        ("POST", NEWEST, 405),
        ("GET", NEWEST.upper(), 404),
        ("GET", f"/witness/{origin_hash(ORIGIN).upper()}/checkpoint", 404),
        ("GET", "/witness/..%2f..%2fwitness.db/checkpoint", 404),
        ("GET", "/", 404),
    ],
)
def test_nothing_else_is_there(client, method, path, status):
    add(client, MILK.body(0, 7))

    answer = client.request(method, path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_it_says_that_it_is_well_until_it_stops(client, operation):
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text == "ready\n"
    operation.is_stopping = True
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def figures(client):
    text = client.get("/metrics").text
    return {
        (sample.name.removeprefix("caravan_witnessed_"), *sample.labels.values()): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_figures_tell_how_it_stands_with_each_log(client, judge, clock):
    add(client, MILK.body(0, 7))
    add(client, MILK.body(7, 9))
    add(client, MILK.body(7, 9))
    add(client, FORK.body(9, 9))
    clock.time_ms += 90_000
    told = figures(client)

    assert told["size", ORIGIN] == 9
    assert told["cosigned_total", ORIGIN] == 2
    assert told["seconds_since_seen", ORIGIN] == 90
    assert told["evidence_files", ORIGIN] == 1
    assert told["is_distrusted", ORIGIN] == 0
    assert told["size", "other.example/log"] == 0
    assert ("seconds_since_seen", "other.example/log") not in told
    assert told[("is_replaying",)] == 0
    assert [told["answers_total", status] for status in ("200", "409", "422")] == [
        2, 1, 1,
    ]  # fmt: skip
    judge.error = RootMismatchError("seal: another index root")
    add(client, MILK.body(9, 12))
    assert figures(client)["is_distrusted", ORIGIN] == 1


def test_figures_tell_how_far_a_replay_is(tmp_path, clock):
    class HalfWay:
        def figures(self):
            return (ReplayFigures(ORIGIN, "behind", 3, 7),)

    store = open_witness_store(tmp_path / "witness.db", is_new=True)
    witness = Witness(COSIGNER, LOGS, store, clock)
    told = figures(Client(create_witness_app(witness, clock, replayer=HalfWay())))

    assert told[("is_replaying",)] == 1
    assert told["replayed_size", ORIGIN] == 3
    assert told["replay_state", ORIGIN, "behind"] == 1
    store.close()


def test_figures_can_be_read_whatever_a_log_is_called(tmp_path, clock):
    name = 'a"b\\c'
    vkey = verifier_key(name, ED25519, LEDGER.key.public_key).to_text()
    store = open_witness_store(tmp_path / "witness.db", is_new=True)
    logs = parse_policy(f"log {vkey}\nquorum none\n".encode())
    witness = Witness(COSIGNER, logs, store, clock)

    assert figures(Client(create_witness_app(witness, clock)))["size", name] == 0
    store.close()


FOREIGN = load("foreign/aics/exchange.json")


def test_answers_a_log_of_others_as_a_witness_of_others_did(tmp_path, clock):
    """What its log asked, we answer with the same status and the same size."""
    store = open_witness_store(tmp_path / "witness.db", is_new=True)
    logs = parse_policy(f"log {FOREIGN['log']}\nquorum none\n".encode())
    client = Client(create_witness_app(Witness(COSIGNER, logs, store, clock), clock))

    for said in FOREIGN["exchanges"]:
        answer = add(client, said["request"].encode())
        assert answer.status_code == said["status"], said["what"]
        if said["status"] == 409:
            assert answer.text == said["answer"]
    store.close()


def test_the_cosignatures_of_others_hold_by_our_rule():
    vkey = parse_vkey(FOREIGN["witness"])
    times = []
    for said in FOREIGN["exchanges"]:
        if said["status"] == 200:
            note = parse_add_checkpoint(said["request"].encode()).checkpoint
            text = text_of(note)
            (line,) = parse_note(text + b"\n" + said["answer"].encode()).signatures
            times.append(verify_cosignature(vkey, text, line))
    assert len(times) == 6
    shown = parse_note(FOREIGN["shown"].encode())
    policy = parse_policy(
        f"log {FOREIGN['log']}\nwitness w {FOREIGN['witness']}\nquorum w\n".encode()
    )
    assert read_cosignatures(policy, shown).times == {"w": times[-1]}
