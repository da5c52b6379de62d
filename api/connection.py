"""What one connection may take of this machine before anything is known of it.

The parser of HTTP has no limits of its own: a head without end would be kept whole,
and whoever sends a byte a minute would be waited for. So the head is bounded in bytes,
lines and time, a body must come at a pace, an answer must be taken, and connections
are counted. Each refusal is one problem detail, and ends the connection.
"""

import asyncio
import ipaddress
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import httptools
import msgspec
from uvicorn.protocols.http.httptools_impl import (
    HttpToolsProtocol,
    RequestResponseCycle,
)

from api.problems import MEDIA_TYPE, Problem, http_problem, problem_response

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

MAX_CONNECTIONS: Final = 800
"""At once: below the 1,024 open files that a process may have by default."""
MAX_CONNECTIONS_OF_ADDRESS: Final = 200
MAX_PATH_BYTES: Final = 8 * 1024
"""Path and query; the longest identifier is 512 bytes."""
MAX_HEADERS: Final = 100
MAX_HEAD_BYTES: Final = 32 * 1024
HEAD_SECONDS: Final = 10.0
"""From the first byte of a request, or from the connection, to the end of its head."""
BODY_SECONDS: Final = 20.0
"""How far a body may fall behind its pace."""
BODY_BYTES_PER_SECOND: Final = 16 * 1024
"""Of an upload over a mobile network that is still of use."""
ANSWER_SECONDS: Final = 60.0
"""How long a client may take nothing of what it asked for."""


class BoundedConnection(HttpToolsProtocol):
    """A connection of uvicorn's that waits for nobody, and keeps nothing without end.

    Who serves calls :meth:`check_pace` about every second.
    """

    _running: RequestResponseCycle | None = None
    """The request that is being answered; uvicorn keeps the newest, which may wait."""
    _head_bytes = 0
    """What came of a request and is no body: its head, trailers, marks of chunks."""
    _head_since: float | None = None
    """When the head began; None while none is coming."""
    _is_body_coming = False
    _body_credit = BODY_SECONDS
    _unread_bytes = 0
    _unread_since = 0.0
    _checked_at = 0.0
    _network = ""
    """What counts as one address."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take in a connection, or refuse one too many."""
        super().connection_made(transport)
        self._head_since = self._checked_at = self.loop.time()
        self._network = network_of(self.client[0] if self.client else "")
        if len(self.connections) > MAX_CONNECTIONS or self._is_one_too_many():
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "connections: too many")

    def connection_lost(self, exc: Exception | None) -> None:
        """Let those know who would still write to it."""
        for cycle in (self._running, *(waiting for waiting, _ in self.pipeline)):
            if cycle is not None:
                cycle.disconnected = True
                cycle.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came."""
        self._unset_keepalive_if_required()
        self._head_bytes += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            return  # is answered as if it had not been asked for
        except httptools.HttpParserError:
            self._refuse(HTTPStatus.BAD_REQUEST, "request: not HTTP/1.1")
            return
        is_coming = self._head_since is not None or self._is_body_coming
        if is_coming and self._head_bytes > MAX_HEAD_BYTES:
            self._refuse(*_HEAD_TOO_LARGE)

    def on_message_begin(self) -> None:
        """Begin with a request."""
        super().on_message_begin()
        self._head_bytes = 0
        self._head_since = self.loop.time()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take in a header; what comes behind the body is passed over."""
        if self._head_since is not None:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Hand a request over, or answer that its head is too large."""
        self._head_since = None
        self._is_body_coming = True
        self._body_credit = BODY_SECONDS
        refusal = self._head_refusal()
        if refusal is None:
            super().on_headers_complete()
            return
        app = self.app
        problem = http_problem(*refusal)
        self.app = problem_response(problem, {"Connection": "close"})
        try:
            super().on_headers_complete()
        finally:
            self.app = app

    def on_body(self, body: bytes) -> None:
        """Take in a part of a body."""
        super().on_body(body)
        # A mark costs at most that much for each byte in its chunk.
        self._head_bytes = max(self._head_bytes - 16 * len(body), 0)
        credit = self._body_credit + len(body) / BODY_BYTES_PER_SECOND
        self._body_credit = min(credit, BODY_SECONDS)

    def on_message_complete(self) -> None:
        """Note that nothing more of this request comes."""
        super().on_message_complete()
        self._is_body_coming = False

    def check_pace(self) -> None:
        """End the connection if its client is waited for in vain."""
        now = self.loop.time()
        passed, self._checked_at = now - self._checked_at, now
        if self.transport.is_closing():
            self._check_taken(now)
            return
        if self._head_since is not None and now - self._head_since > HEAD_SECONDS:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "request: its head did not come")
        elif self._is_body_coming and not self.flow.read_paused:
            self._body_credit -= passed
            if self._body_credit < 0:
                self._refuse(
                    HTTPStatus.REQUEST_TIMEOUT, "body: comes too slowly; send it again"
                )
        self._check_taken(now)

    def _check_taken(self, now: float) -> None:
        unread = self.transport.get_write_buffer_size()
        if unread == 0 or unread != self._unread_bytes:
            self._unread_bytes, self._unread_since = unread, now
        elif now - self._unread_since > ANSWER_SECONDS:
            self.transport.abort()

    def _is_one_too_many(self) -> bool:
        """Tell whether this address has more connections than its share."""
        if self.config.proxy_headers or len(self.connections) <= _SHARE:
            return False
        address = self.client[0] if self.client else ""
        if is_here(address):
            return False
        own = sum(
            1
            for other in self.connections
            if isinstance(other, BoundedConnection) and other._network == self._network
        )
        return own > _SHARE

    def _head_refusal(self) -> tuple[HTTPStatus, str] | None:
        if len(self.url) > MAX_PATH_BYTES:
            return (
                HTTPStatus.REQUEST_URI_TOO_LONG,
                f"path: got {len(self.url)} bytes, want at most {MAX_PATH_BYTES}",
            )
        size = sum(len(name) + len(value) for name, value in self.headers)
        if len(self.headers) > MAX_HEADERS or size > MAX_HEAD_BYTES:
            return _HEAD_TOO_LARGE
        return None

    def _refuse(self, status: HTTPStatus, detail: str) -> None:
        """Answer without having been asked, as far as nothing is answered yet."""
        if self.transport.is_closing():
            return
        cycle = self._running
        if cycle is None or not cycle.response_started or cycle.response_complete:
            self.transport.write(_answer_of(http_problem(status, detail)))
        self.transport.close()

    def _start_asgi_task(
        self, cycle: RequestResponseCycle, app: "ASGI3Application"
    ) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def send_400_response(self, msg: str) -> None:
        """Answer that this is not HTTP."""
        self._refuse(HTTPStatus.BAD_REQUEST, msg)


_SHARE: Final = MAX_CONNECTIONS_OF_ADDRESS
_HEAD_TOO_LARGE: Final = (
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    f"headers: want at most {MAX_HEADERS} with {MAX_HEAD_BYTES} bytes",
)


@lru_cache(maxsize=1024)
def is_here(address: str) -> bool:
    """Tell whether an address is of this machine: whoever is on it is no stranger.

    >>> is_here("127.0.0.1"), is_here("::1"), is_here("192.0.2.7"), is_here("")
    (True, True, False, False)
    """
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def network_of(address: str) -> str:
    """Return what one subscriber has: an address, of version 6 the first 64 bits.

    >>> network_of("192.0.2.7"), network_of("2001:db8::1:2"), network_of("unknown")
    ('192.0.2.7', '2001:db8::/64', 'unknown')
    """
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((parsed, 64), strict=False))


def _answer_of(problem: Problem) -> bytes:
    body = msgspec.json.encode(problem)
    phrase = HTTPStatus(problem.status).phrase
    return (
        f"HTTP/1.1 {problem.status} {phrase}\r\nContent-Type: {MEDIA_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\n"
        "Connection: close\r\n\r\n"
    ).encode() + body
