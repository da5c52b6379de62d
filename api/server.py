"""Run the service until it is told to stop, as ``serve`` and ``demo`` do."""

import gc
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from fastapi import FastAPI

GRACE_SECONDS = 10
"""How long requests under way may take once a stop is asked for."""
_BACKLOG = 1024
_FIRST_GC_THRESHOLD = 50_000


def run(
    app: FastAPI,
    *,
    host: str,
    port: int,
    on_started: Callable[[str], None] = lambda _url: None,
) -> None:
    """Serve until SIGINT or SIGTERM, then finish what is under way and return.

    Args:
        app: What ``create_app`` made; its log is closed by whoever opened it.
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        on_started: Called with the base URL once connections are accepted.

    Raises:
        OSError: The address cannot be listened on.
    """
    listener = listen(host, port)
    url = base_url(host, listener.getsockname()[1])
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config, lambda: on_started(url))
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
    """A server that says when it has started."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # What lives now lives until the end; not looking at it again takes a third off
        # the slowest answers.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_FIRST_GC_THRESHOLD, 20, 20)
        self._when_started()


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
