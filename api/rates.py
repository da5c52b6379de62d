"""How often one address may ask: a bucket of tokens each, in a table with an end.

An address is all that is known of a stranger. Behind a reverse proxy it is the one that
the proxy forwards, if the server was told to believe it (``--trusted-proxy``); else all
that comes through the proxy counts as one, or as this machine, which is not limited.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from api.connection import is_here, network_of
from api.problems import http_problem, problem_response
from api.settings import Settings

MAX_ADDRESSES: Final = 20_000
"""Whoever asked longest ago is forgotten first, and begins with a full bucket."""


class AddressRates:
    """Who asked how often; only the event loop's thread asks."""

    def __init__(
        self,
        *,
        per_second: float,
        burst: int,
        max_addresses: int = MAX_ADDRESSES,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with nobody.

        Args:
            per_second: How many requests an address may go on making.
            burst: How many at once, after a while without any.
            max_addresses: How many are remembered.
            now: Seconds that only grow.
        """
        self._per_second = per_second
        self._burst = burst
        self._max_addresses = max_addresses
        self._now = now
        # When each bucket will be full again: all that there is to know of it.
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def take(self, address: str) -> float:
        """Count a request of an address; return how many seconds it should wait.

        One that has to wait is not counted.

        >>> rates = AddressRates(per_second=2, burst=1, now=lambda: 0.0)
        >>> rates.take("192.0.2.7"), rates.take("192.0.2.7"), rates.take("192.0.2.8")
        (0.0, 0.5, 0.0)
        """
        network = network_of(address)
        now = self._now()
        full_at = max(self._full_at.get(network, now), now) + 1 / self._per_second
        wait = full_at - now - self._burst / self._per_second
        if wait > 1e-9:
            return wait
        self._full_at[network] = full_at
        self._full_at.move_to_end(network)
        if len(self._full_at) > self._max_addresses:
            self._full_at.popitem(last=False)
        return 0.0

    def __len__(self) -> int:
        """Return how many addresses are remembered."""
        return len(self._full_at)


class LimitAddresses:
    """Plain ASGI middleware: who asks too often is told when to ask again."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Wrap an application."""
        self._app = app
        self._rates = AddressRates(
            per_second=settings.requests_per_second, burst=settings.request_burst
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        address = (scope.get("client") or ("",))[0]
        if scope["type"] != "http" or not address or is_here(address):
            await self._app(scope, receive, send)
            return
        wait = self._rates.take(address)
        if not wait:
            await self._app(scope, receive, send)
            return
        problem = http_problem(
            HTTPStatus.TOO_MANY_REQUESTS,
            "requests: too many from this address; ask again after Retry-After seconds",
        )
        headers = {"Retry-After": str(math.ceil(wait))}
        await problem_response(problem, headers)(scope, receive, send)
