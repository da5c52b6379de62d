"""A real server, and clients that send what no client should."""

import asyncio
import json
import socket
import subprocess
import sys
import textwrap
import time

import pytest
import uvicorn
from uvicorn.server import ServerState

from api.connection import MAX_CONNECTIONS_OF_ADDRESS, BoundedConnection, is_here
from tests.api.ledgers import event

SCRIPT = textwrap.dedent(
    """
    import sys
    import api.connection
    import api.server
    from api.app import create_app
    from tests.api.ledgers import open_log

    api.connection.HEAD_SECONDS = 1.5
    api.connection.BODY_SECONDS = 2.0
    api.connection.ANSWER_SECONDS = 2.0
    api.connection.MAX_CONNECTIONS = 40
    log = open_log(sys.argv[1])
    say = lambda url: print(url, flush=True)
    api.server.run(create_app(log), host="127.0.0.1", port=0, on_started=say)
    log.close()
    """
)
MUCH = "a" * 900_000
POST = (
    "POST /statements HTTP/1.1\r\nHost: herd.example\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
)


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    folder = tmp_path_factory.mktemp("connection")
    command = [sys.executable, "-c", SCRIPT, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        yield int(server.stdout.readline().strip().rpartition(":")[2])
        server.terminate()


def connected(port):
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def until_closed(client):
    """Return all that the server says before it ends the connection."""
    said = b""
    try:
        while part := client.recv(65_536):
            said += part
    except ConnectionError:
        pass
    return said


def asked(port, *sent):
    """Return what the server says to some bytes until it ends the connection."""
    with connected(port) as client:
        try:
            for part in sent:
                client.sendall(part if isinstance(part, bytes) else part.encode())
        except ConnectionError:
            pass
        return until_closed(client)


def refusal(said):
    """Return status and code of the one answer, once it is seen to be a problem."""
    head, _, body = said.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    assert b"application/problem+json" in head
    assert b"connection: close" in head.lower()
    problem = json.loads(body)
    assert problem["status"] == status
    return status, problem["type"].removeprefix("urn:caravan:problem:")


def get(path="/healthz", *headers):
    lines = "".join(f"{header}\r\n" for header in headers)
    return f"GET {path} HTTP/1.1\r\nHost: herd.example\r\n{lines}\r\n"


TOO_LARGE = (431, "request-header-fields-too-large")


@pytest.mark.parametrize(
    ("sent", "want"),
    [
        pytest.param(get("/" + "a" * 9_000), (414, "request-uri-too-long"), id="path"),
        pytest.param(
            get("/healthz?" + "a" * 9_000), (414, "request-uri-too-long"), id="query"
        ),
        pytest.param(
            get("/healthz", *(f"X-{n}: 1" for n in range(101))), TOO_LARGE, id="lines"
        ),
        pytest.param(get("/healthz", f"X: {'a' * 40_000}"), TOO_LARGE, id="long-line"),
        pytest.param(get("/healthz")[:-2] + "X: " + MUCH, TOO_LARGE, id="line"),
        pytest.param("GET /" + MUCH, TOO_LARGE, id="path-without-end"),
        pytest.param("\0\1\2\r\n\r\n", (400, "bad-request"), id="no-http"),
        pytest.param("GET / HTTP/9.9\r\n\r\n", (400, "bad-request"), id="version"),
        pytest.param(
            f"{POST}Content-Length: {'9' * 5_000}\r\n\r\n",
            (400, "bad-request"),
            id="length",
        ),
        pytest.param(
            f"{POST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            (400, "bad-request"),
            id="two-lengths",
        ),
        pytest.param(
            f"{POST}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: " + MUCH,
            TOO_LARGE,
            id="trailers-without-end",
        ),
        pytest.param(
            f"{POST}Transfer-Encoding: chunked\r\n\r\n1;" + MUCH,
            TOO_LARGE,
            id="mark-without-end",
        ),
        pytest.param(
            f"{POST}Content-Length: 99999999\r\n\r\n", (413, "too-large"), id="body"
        ),
        pytest.param(
            f"{POST}Transfer-Encoding: chunked\r\n\r\n"
            + f"4000\r\n{'a' * 0x4000}\r\n" * 20,
            (413, "too-large"),
            id="body-without-length",
        ),
    ],
)
def test_what_is_too_much_is_one_problem_and_the_end(port, sent, want):
    assert refusal(asked(port, sent)) == want


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param("GET /healthz HTTP/1.1\r\nHost: her", id="head"),
        pytest.param(f"{POST}Content-Length: 999\r\n\r\ncaravan", id="body"),
        pytest.param(f"{POST}Transfer-Encoding: chunked\r\n\r\n", id="chunks"),
        pytest.param("", id="nothing"),
    ],
)
def test_who_sends_nothing_more_is_not_waited_for(port, sent):
    began = time.monotonic()

    assert refusal(asked(port, sent)) == (408, "request-timeout")
    assert time.monotonic() - began < 10


def test_who_sends_a_byte_now_and_then_is_not_waited_for_either(port):
    with connected(port) as client:
        client.sendall(f"{POST}Content-Length: 60000\r\n\r\n".encode())
        client.settimeout(0.2)
        said = b""
        for _ in range(50):
            try:
                client.sendall(b"a")
                said = client.recv(65_536)
                break
            except TimeoutError:
                continue

    assert refusal(said) == (408, "request-timeout")


def test_a_body_that_comes_at_a_pace_is_taken(port):
    note = event()
    with connected(port) as client:
        client.sendall(f"{POST}Content-Length: {len(note)}\r\n\r\n".encode())
        for start in range(0, len(note), 300):
            client.sendall(note[start : start + 300])
            time.sleep(0.2)

        assert client.recv(65_536).startswith(b"HTTP/1.1 201")


def test_who_takes_no_answer_is_let_go(port):
    asset = "/assets/vendor/noble-ed25519/index.js"
    size = len(asked(port, get(asset, "Connection: close")))
    with connected(port) as client:
        client.sendall(get(asset).encode() * 800)
        time.sleep(6)

        assert len(until_closed(client)) < 800 * size


def test_one_connection_too_many_is_told_so(port):
    many = [connected(port) for _ in range(40)]
    try:
        assert refusal(asked(port, get())) == (503, "service-unavailable")
    finally:
        for client in many:
            client.close()
    time.sleep(0.2)
    assert asked(port, get("/healthz", "Connection: close")).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "header",
    [
        "Range: bytes=0-0,1-1,2-2",
        "Range: bytes=99999999999999999999-",
        "Accept: " + "a/b;q=0.5," * 900,
        "Accept: ;;;q=,,,q=9",
        "Accept-Language: " + "zh;q=0.1," * 900,
        "Accept-Encoding: gzip;q=\xb2",
        "If-None-Match: " + '"a",' * 900,
        "If-Modified-Since: yesterday",
        "Cookie: " + "a=b;" * 900,
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: a",
        "Expect: 100-continue",
        "X-Forwarded-For: " + "1.2.3.4," * 900,
        "Host: \xff\xfe",
    ],
)
@pytest.mark.parametrize("path", ["/", "/policy", "/id/party/green-oasis"])
def test_an_absurd_header_changes_nothing(port, path, header):
    sent = get(path, header, "Connection: close").encode("latin-1")

    said = asked(port, sent)

    assert said.split()[1] in (b"200", b"404", b"400")
    assert b"Traceback" not in said


class Wire:
    """The server's end of a connection from an address."""

    def __init__(self, address):
        self._peer = (address, 7)
        self.said = b""
        self.is_closed = False

    def get_extra_info(self, name):
        return self._peer if name == "peername" else None

    def is_closing(self):
        return self.is_closed

    def write(self, data):
        self.said += data

    def close(self):
        self.is_closed = True


def taken(addresses):
    """Return how many connections are taken of those from some addresses."""
    config = uvicorn.Config(None, lifespan="off", proxy_headers=False)
    config.load()
    state = ServerState()

    async def connect():
        wires = []
        for address in addresses:
            connection = BoundedConnection(config, state, {})
            wires.append(Wire(address))
            connection.connection_made(wires[-1])
        return sum(not wire.said for wire in wires)

    return asyncio.run(connect())


def test_a_stranger_has_a_share_of_the_connections():
    share = MAX_CONNECTIONS_OF_ADDRESS
    assert taken(["192.0.2.7"] * (share + 9)) == share
    assert taken(["127.0.0.1"] * (share + 9)) == share + 9
    assert taken([f"192.0.2.{n}" for n in range(share + 9)]) == share + 9
    # Whoever has one address of version 6 has as many as he likes.
    assert taken([f"2001:db8::{n:x}" for n in range(share + 9)]) == share


def test_this_machine_is_no_stranger():
    assert is_here("127.0.0.7")
    assert not is_here("192.0.2.7")
