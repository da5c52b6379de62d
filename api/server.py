"""Run the service until it is told to stop, as ``serve`` and ``demo`` do.

A stop takes three steps. At once ``/readyz`` says 503, and goes on saying so for as
long as whoever spreads requests needs to notice. Then nothing new is taken; what was
taken is answered. Then the caller closes the log.
"""

import asyncio
import gc
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.connection import BoundedConnection
from api.operation import Operation
from ledger.notices import notice

GRACE_SECONDS = 10
"""How long requests under way may take once nothing new is taken."""
SUMMARY_SECONDS = 60
"""How often the operator is told what was refused."""
_BACKLOG = 1024
_TICKS_A_SECOND = 10
FIRST_GC_THRESHOLD = 50_000


def run(
    app: FastAPI,
    *,
    host: str,
    port: int,
    on_started: Callable[[str], None] = lambda _url: None,
    operation: Operation | None = None,
    drain_seconds: float = 0,
    trusted_proxies: str = "",
) -> None:
    """Serve until SIGINT or SIGTERM, then finish what is under way and return.

    Args:
        app: What ``create_app`` made; its log is closed by whoever opened it.
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        on_started: Called with the base URL once connections are accepted.
        operation: What ``create_app`` was given.
        drain_seconds: How long to go on after a stop was asked for, not ready; asked
            for once more, it stops at once.
        trusted_proxies: Addresses or networks, with commas between, whose word on
            scheme and client address is believed (``X-Forwarded-…``); no other's is.

    Raises:
        OSError: The address cannot be listened on.
    """
    listener = listen(host, port)
    url = base_url(host, listener.getsockname()[1])
    config = uvicorn.Config(
        app,
        access_log=False,
        # Whoever asked for notices has the server's warnings among them.
        log_config=None,
        log_level="warning",
        server_header=False,
        lifespan="off",
        http=BoundedConnection,
        ws="none",
        timeout_graceful_shutdown=GRACE_SECONDS,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies,
    )

    def started() -> None:
        notice("serving", url=url)
        on_started(url)

    server = _Server(config, started, operation or Operation(), drain_seconds)
    with listener, _stop_returns():
        server.run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that the port is known before anything is said.

    Raises:
        OSError: The address is taken, not ours, or not an address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=_BACKLOG)


def base_url(host: str, port: int) -> str:
    """Return the URL under which a listener is reached from this machine.

    >>> base_url("127.0.0.1", 8000), base_url("::1", 8000)
    ('http://127.0.0.1:8000', 'http://[::1]:8000')
    """
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """A server that says when it has started, and that it is about to stop."""

    def __init__(
        self,
        config: uvicorn.Config,
        started: Callable[[], None],
        operation: Operation,
        drain_seconds: float,
    ) -> None:
        super().__init__(config)
        self._when_started = started
        self._operation = operation
        self._drain_seconds = drain_seconds
        self._ends_at: float | None = None
        """When draining is over; None until a stop is asked for."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What lives now lives until the end; not looking at it again takes a third off
        # the slowest answers.
        gc.collect()
        gc.freeze()
        gc.set_threshold(FIRST_GC_THRESHOLD, 20, 20)
        self._tell_refused()
        if self._operation.counting is not None:
            self._operation.counting.start()
        self._when_started()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Between any two instructions of the program: nothing but assignments here.
        is_second = self._operation.is_stopping
        self._operation.is_stopping = True
        if is_second or not self._drain_seconds:
            super().handle_exit(sig, frame)
        else:
            self._ends_at = time.monotonic() + self._drain_seconds

    async def on_tick(self, counter: int) -> bool:
        if counter % _TICKS_A_SECOND == 0:
            for connection in tuple(self.server_state.connections):
                if isinstance(connection, BoundedConnection):
                    connection.check_pace()
        if self._ends_at is not None and time.monotonic() >= self._ends_at:
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._operation.is_stopping = True
        notice("stopping", requests=len(self.server_state.tasks))
        await super().shutdown(sockets)
        if self._operation.counting is not None:
            self._operation.counting.stop()
        self._operation.tell_refused()

    def _tell_refused(self) -> None:
        self._operation.tell_refused()
        loop = asyncio.get_running_loop()
        loop.call_later(SUMMARY_SECONDS, self._tell_refused)


@contextmanager
def _stop_returns() -> Iterator[None]:
    """Let a stop by signal end in a return, so that the caller can close the log.

    Uvicorn raises the signal once more when it has stopped; by then it has done its
    work, and the default would kill the process before the log is closed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ignore(_number: int, _frame: FrameType | None) -> None:
        return

    before = {
        number: signal.signal(number, ignore)
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
