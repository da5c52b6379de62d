"""The client against a server that does what it is told, good or bad."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from ledger.client import LedgerClient, Posted, batches
from ledger.errors import (
    AuthorityError,
    IncompleteError,
    LedgerError,
    NotFoundError,
    StoreError,
)
from ledger.flags import Flag
from ledger.tile import encode_bundle

RECORDED = {
    "index": 5,
    "leaf_hash": "AAAA",
    "receipt": "c2sp.org/tlog-proof@v1\n",
    "flags": [{"code": "late", "index": 5, "detail": "49 h"}],
}
REFUSED = {
    "type": "urn:caravan:problem:authority",
    "title": "A key was not authorised",
    "status": 422,
    "detail": "signer: not the key of a party",
    "pointer": "/bizStep",
}


class Script:
    """What the server answers, in order; the last is repeated."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def next(self, path):
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(path) if callable(answer) else answer


@contextmanager
def served(*answers):
    script = Script(*answers)

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            length = int(self.headers.get("content-length", 0))
            script.asked.append((self.path, self.rfile.read(length)))
            status, body, *media = script.next(self.path)
            media, later = media[:1], media[1:]
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("content-type", *(media or ["application/json"]))
            for seconds in later:
                self.send_header("retry-after", seconds)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    pauses = []
    try:
        url = f"http://127.0.0.1:{server.server_port}/"
        with LedgerClient(url, sleep=pauses.append) as client:
            yield client, script, pauses
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def body(value):
    return json.dumps(value).encode()


def test_each_note_gets_its_own_answer():
    with served((200, body([RECORDED, REFUSED]))) as (client, script, _):
        first, second = client.post([b"one\n", b"two\n"])

    assert first == Posted(
        5, "AAAA", b"c2sp.org/tlog-proof@v1\n", (Flag("late", 5, "49 h"),)
    )
    assert isinstance(second, AuthorityError)
    assert (str(second), second.pointer) == (REFUSED["detail"], REFUSED["pointer"])
    assert script.asked == [("/statements", b'["one\\n","two\\n"]')]


def test_no_notes_are_no_request():
    with served((500, b"")) as (client, script, _):
        assert client.post([]) == []
        assert script.asked == []


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param((503, b"", "text/plain"), id="unavailable"),
        pytest.param((500, body(REFUSED)), id="broken"),
        pytest.param((0, b""), id="cut-off"),
    ],
)
def test_what_failed_on_the_way_is_sent_again_and_again_the_same(failure):
    with served(failure, failure, (200, body([RECORDED]))) as (client, script, pauses):
        (answer,) = client.post([b"one\n"])

    assert answer.index == 5
    assert len(set(script.asked)) == 1
    assert pauses == [0.2, 0.4]


def test_a_server_that_never_recovers_is_given_up():
    with (
        served((503, body(REFUSED))) as (client, script, _),
        pytest.raises(StoreError) as refusal,
    ):
        client.post([b"one\n"])

    assert refusal.value.code == "store"
    assert len(script.asked) == 7


def test_a_redirection_that_leads_nowhere_is_no_answer():
    def redirect(_):
        return httpx.Response(302, headers={"location": "mailto:somebody"})

    with LedgerClient("http://127.0.0.1:9", sleep=lambda _: None) as client:
        client._http = httpx.Client(transport=httpx.MockTransport(redirect))
        with pytest.raises(StoreError):
            client.policy()


def test_a_refusal_of_the_whole_request_is_not_sent_again():
    problem = (422, body(REFUSED), "application/problem+json")
    with served(problem) as (client, script, _), pytest.raises(AuthorityError):
        client.post([b"one\n"])

    assert len(script.asked) == 1


@pytest.mark.parametrize(
    ("told", "waited"),
    [
        ("7", 7),
        ("0", 0.2),
        ("86400", 60),
        ("9" * 400, 0.2),
        ("tomorrow", 0.2),
        ("²", 0.2),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_who_is_told_to_come_again_later_does(status, told, waited):
    busy = (status, b"", "text/plain", told)
    with served(busy, (200, body([RECORDED]))) as (client, script, pauses):
        (answer,) = client.post([b"one\n"])

    assert answer.index == 5
    assert pauses == [waited]
    assert len(script.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"<html>", id="no-json"),
        pytest.param(b'[{"detail":"\xff"}]', id="no-utf-8"),
        pytest.param(b"[" * 100_000, id="without-end"),
        pytest.param(body({"index": 5}), id="no-array"),
        pytest.param(body([RECORDED, RECORDED]), id="one-answer-too-many"),
        pytest.param(body([]), id="no-answer"),
        pytest.param(body([{"index": "5"}]), id="index-that-is-text"),
    ],
)
def test_an_answer_that_is_none_says_nothing_about_the_note(answer):
    with served((200, answer)) as (client, _, _), pytest.raises(LedgerError) as refusal:
        client.post([b"one\n"])

    assert refusal.value.code == "store"


def test_a_code_that_is_unknown_here_is_still_a_refusal():
    unknown = REFUSED | {"type": "urn:caravan:problem:tomorrow"}
    with served((200, body([unknown]))) as (client, _, _):
        (answer,) = client.post([b"one\n"])

    assert isinstance(answer, LedgerError)
    assert str(answer) == REFUSED["detail"]


def test_what_is_not_there_is_not_found():
    with (
        served((404, b"", "text/html")) as (client, _, _),
        pytest.raises(NotFoundError),
    ):
        client.checkpoint()


def test_entries_come_from_as_many_bundles_as_the_tree_has():
    entries = [b"%d" % number for number in range(300)]
    bundles = [(200, encode_bundle(part)) for part in (entries[:256], entries[256:])]
    with served(*bundles) as (client, script, _):
        assert list(client.entries(300)) == list(enumerate(entries))

    assert [path for path, _ in script.asked] == [
        "/log/tile/entries/000",
        "/log/tile/entries/001.p/44",
    ]


def test_entries_from_a_place_on_ask_for_no_earlier_bundle():
    with served((200, encode_bundle([b"a", b"b"]))) as (client, script, _):
        assert list(client.entries(258, 257)) == [(257, b"b")]

    assert [path for path, _ in script.asked] == ["/log/tile/entries/001.p/2"]


class SlowLog:
    """Answers bundles by their path, each after a while, and counts."""

    def __init__(self, entries, missing=None):
        self.entries, self.missing = entries, missing
        self.at_once = self.most = 0
        self._lock = threading.Lock()

    def __call__(self, path):
        with self._lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        time.sleep(0.02)
        with self._lock:
            self.at_once -= 1
        number = int(path.rpartition("/")[2])
        if number == self.missing:
            return 404, b"{}"
        return 200, encode_bundle(self.entries[number * 256 : (number + 1) * 256])


ENTRIES = [b"%d" % index for index in range(256 * 20)]


def test_bundles_are_on_their_way_while_others_are_read():
    log = SlowLog(ENTRIES)
    with served(log) as (client, script, _):
        found = list(client.entries(len(ENTRIES), 256 * 3 + 5))

    assert found == list(enumerate(ENTRIES))[256 * 3 + 5 :]
    assert 2 <= log.most <= 8
    assert len(script.asked) == 17


def test_what_is_missing_is_said_when_its_turn_has_come():
    found = []
    with served(SlowLog(ENTRIES, missing=9)) as (client, _, _):
        coming = client.entries(len(ENTRIES))
        with pytest.raises(IncompleteError) as refusal:
            found.extend(coming)

    assert refusal.value.index == 9 * 256
    assert found == list(enumerate(ENTRIES))[: 9 * 256]


def test_whoever_stops_reading_asks_for_no_more():
    with served(SlowLog(ENTRIES)) as (client, script, _):
        coming = client.entries(len(ENTRIES))
        next(coming)
        coming.close()
        assert len(script.asked) <= 9


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((404, b""), id="withheld"),
        pytest.param((200, encode_bundle([b"a"])), id="one-too-few"),
        pytest.param((200, b"\x00\x09milk"), id="cut-short"),
    ],
)
def test_entries_that_are_withheld_are_missed_at_their_index(answer):
    with served(answer) as (client, _, _), pytest.raises(IncompleteError) as refusal:
        list(client.entries(2))

    assert refusal.value.index == 0


def test_where_nobody_ever_listened_it_is_not_tried_again():
    pauses = []
    with (
        LedgerClient("http://127.0.0.1:9", sleep=pauses.append) as client,
        pytest.raises(StoreError),
    ):
        client.post([b"one\n"])

    assert pauses == []


@pytest.mark.parametrize("url", ["ftp://a.b", "milk", "http://", "http://xn--/", ""])
def test_what_is_no_url_of_a_server_is_refused(url):
    with pytest.raises(StoreError):
        LedgerClient(url)


def test_batches_keep_the_order_and_both_limits():
    notes = [b"x" * size for size in (1, 2, 3, 90, 1, 1, 1, 1)]

    found = list(batches(notes, count=3, size=10))

    assert [note for batch in found for note in batch] == notes
    assert [len(batch) for batch in found] == [3, 1, 3, 1]
