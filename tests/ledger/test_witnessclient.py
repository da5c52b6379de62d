"""What a witness may answer, over HTTP, and what is made of it."""

import threading
import time
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ledger.addcheckpoint import AddCheckpoint
from ledger.errors import (
    NotFoundError,
    NotYetError,
    OldSizeError,
    RefusedError,
    StoreError,
)
from ledger.witnessclient import WitnessClient

ASKED = AddCheckpoint(3, (bytes(32),), b"ledger.example/log\n5\n\n")


@contextmanager
def witness(status, *pieces, pause=0, location=None):
    """Give the URL of a witness that answers so, and what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers["Content-Length"])
            asked.append((self.path, self.rfile.read(length)))
            self.do_GET()

        def do_GET(self):
            self.send_response(status)
            if location is not None:
                self.send_header("Location", location)
            self.end_headers()
            try:
                for piece in pieces:
                    self.wfile.write(piece)
                    self.wfile.flush()
                    time.sleep(pause)
            except OSError:
                pass

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/witness", asked
        finally:
            server.shutdown()
            thread.join()


def ask(url, **options):
    with closing(WitnessClient(url, **options)) as client:
        return client.add_checkpoint(ASKED)


def test_the_lines_are_given_as_they_came():
    with witness(200, b"\xe2\x80\x94 a.b/c AAAA\n") as (url, asked):
        assert ask(url) == b"\xe2\x80\x94 a.b/c AAAA\n"
    assert asked == [("/witness/add-checkpoint", ASKED.to_bytes())]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (404, b"", NotFoundError),
        (403, b"no key of the log", RefusedError),
        (422, b"another tree", RefusedError),
        (503, b"", NotYetError),
        (500, b"", StoreError),
        (301, b"", StoreError),
        (409, b"garbage\n", StoreError),
        (409, b"-3\n", StoreError),
    ],
)
def test_each_status_has_its_meaning(status, body, error):
    with witness(status, body) as (url, _), pytest.raises(error):
        ask(url)


def test_a_redirection_that_leads_nowhere_is_no_answer():
    with (
        witness(302, location="mailto:somebody") as (url, _),
        pytest.raises(StoreError),
    ):
        ask(url)


def test_the_size_that_it_cosigned_last_is_told():
    with witness(409, b"17\n") as (url, _), pytest.raises(OldSizeError) as refusal:
        ask(url)
    assert refusal.value.size == 17


def test_an_answer_without_end_is_ended():
    with (
        witness(200, *[b"x" * 8192] * 9) as (url, _),
        pytest.raises(StoreError, match="without end"),
    ):
        ask(url)


def test_an_answer_that_drips_is_ended_in_time():
    began = time.monotonic()
    with (
        witness(200, *[b"x"] * 40, pause=0.05) as (url, _),
        pytest.raises(StoreError, match="without end"),
    ):
        ask(url, timeout_seconds=0.3)
    assert time.monotonic() - began < 2.5


def test_where_nobody_listens_is_said():
    with pytest.raises(StoreError):
        ask("http://127.0.0.1:9/witness", timeout_seconds=1)


@pytest.mark.parametrize("url", ["witness.example", "ftp://a.b/", "http://"])
def test_what_is_no_url_is_refused(url):
    with pytest.raises(StoreError):
        WitnessClient(url)


def test_what_it_cosigned_last_is_asked_for_by_the_hash_of_the_origin():
    with witness(200, b"note") as (url, _), closing(WitnessClient(url)) as client:
        assert client.newest("ledger.example/log") == b"note"
    with (
        witness(404) as (url, _),
        closing(WitnessClient(url)) as client,
        pytest.raises(NotFoundError),
    ):
        client.newest("ledger.example/log")
