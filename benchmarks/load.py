"""Post to a server as fast as it answers, as cheaply as Python can.

Sixty-four connections that are kept open, each with one request under way. Requests are
made before the clock starts, and of an answer no more is read than its status and its
length; so what is measured is the server, though both share a machine.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import uvloop

CONNECTIONS = 64
TEXT = "text/plain; charset=utf-8"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Load:
    """How a server bore a load."""

    seconds: float
    latencies: tuple[float, ...]
    """Seconds from sending a request to the end of its answer, ascending."""
    statuses: dict[int, int]
    """How many answers had which status."""

    @property
    def rate(self) -> float:
        """Return answers in a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: float) -> float:
        """Return the latency that this part of the answers did not exceed, in ms."""
        place = min(len(self.latencies) - 1, int(len(self.latencies) * percent / 100))
        return self.latencies[place] * 1000


def request(path: str, body: bytes, content_type: str) -> bytes:
    """Return the bytes of one POST."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench.example\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def post_all(
    url: str, requests: Sequence[bytes], *, connections: int = CONNECTIONS
) -> Load:
    """Send these requests, one under way on each connection, and wait for the answers.

    Raises:
        ConnectionError: The server closed a connection.
    """
    return uvloop.run(_post_all(url, requests, connections))


async def _post_all(url: str, requests: Sequence[bytes], connections: int) -> Load:
    loop = asyncio.get_running_loop()
    parts = urlsplit(url)
    run = _Run(iter(requests), loop.create_future(), min(connections, len(requests)))
    clients = []
    for _ in range(run.open):
        _, client = await loop.create_connection(
            lambda: _Client(run), parts.hostname, parts.port
        )
        clients.append(client)
    start = time.perf_counter()
    for client in clients:
        client.send_next()
    await run.done
    seconds = time.perf_counter() - start
    return Load(seconds, tuple(sorted(run.latencies)), run.statuses)


class _Run:
    """What the connections of one run share."""

    def __init__(
        self, requests: Iterator[bytes], done: asyncio.Future[None], open_: int
    ) -> None:
        self.requests = requests
        self.done = done
        self.open = open_
        self.latencies: list[float] = []
        self.statuses: dict[int, int] = {}


class _Client(asyncio.Protocol):
    """One connection."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._is_done = False

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def send_next(self) -> None:
        """Send the next request, or end."""
        request = next(self._run.requests, None)
        if request is None:
            self._is_done = True
            self._transport.close()
            self._run.open -= 1
            if not self._run.open:
                self._run.done.set_result(None)
            return
        self._received = b""
        self._length = 0
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        received = self._received + data if self._received else data
        if not self._length:
            end = received.find(b"\r\n\r\n") + 4
            if end == 3:
                self._received = received
                return
            self._length = end + _content_length(received[:end])
        if len(received) < self._length:
            self._received = received
            return
        run = self._run
        run.latencies.append(time.perf_counter() - self._sent)
        status = int(received[9:12])
        run.statuses[status] = run.statuses.get(status, 0) + 1
        self.send_next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._is_done and not self._run.done.done():
            self._run.done.set_exception(error or ConnectionError("closed"))


def _content_length(head: bytes) -> int:
    start = head.lower().index(b"content-length:") + len(b"content-length:")
    return int(head[start : head.index(b"\r\n", start)])
