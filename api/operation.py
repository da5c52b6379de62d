"""What the running service knows of itself: what it answered, and that it stops.

Plain numbers, which only the event loop's thread changes. Nothing here says who asked.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from api.counting import Counting
from api.routes.statements import StatementCounts
from ledger.cosigning import WitnessFigures
from ledger.figures import SECONDS, Histogram
from ledger.identifier import KINDS
from ledger.notices import notice

_ROUTES: Final[Mapping[str, str]] = {
    "": "page",
    "id": "page",
    "assets": "asset",
    "disclosures": "disclosures",
    "entries": "entries",
    "healthz": "operation",
    "log": "log",
    "metrics": "operation",
    "openapi.json": "operation",
    "passport": "passport",
    "policy": "log",
    "readyz": "operation",
    "parties": "page",
    "statements": "statements",
    "supply": "page",
    "trace": "trace",
    "witness": "witness",
} | {form[0]: "page" for form in KINDS}
"""The class of a route by the first part of its path: no request adds another."""

_OTHER: Final = "other"
STATUS: Final = "caravan.status"
"""Where in the scope the status of the answer is."""
IS_HEAD: Final = "caravan.is_head"
"""Where it is said that a request was HEAD before it was made a GET."""
UNANSWERED: Final = 0
"""Status of a request whose client was gone before the answer."""


class RequestFigures:
    """How many requests were answered how, and how fast."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.answered: dict[tuple[str, int], int] = {}
        """How many, by class of route and status."""
        routes = (*_ROUTES.values(), _OTHER)
        self.seconds = {route: Histogram(SECONDS) for route in sorted(set(routes))}

    def take(self, path: str, status: int, seconds: float) -> None:
        """Count one request."""
        route = _ROUTES.get(path[1:].partition("/")[0], _OTHER)
        key = (route, status)
        self.answered[key] = self.answered.get(key, 0) + 1
        self.seconds[route].observe(seconds)


@dataclass(slots=True)
class Operation:
    """What the routes and the server tell each other."""

    requests: RequestFigures = field(default_factory=RequestFigures)
    statements: StatementCounts = field(default_factory=StatementCounts)
    witnesses: Sequence[WitnessFigures] = ()
    """Those that this process asks to cosign."""
    counting: Counting | None = None
    """What counts the figures of supply."""
    is_stopping: bool = False
    """Set once a stop is asked for: whoever spreads requests goes elsewhere."""
    _told: Counter[str] = field(default_factory=Counter)

    def tell_refused(self) -> None:
        """Tell the operator, in one line, what was refused since this was last told."""
        now = Counter(self.statements.refused)
        new = now - self._told
        self._told = now
        if new:
            notice("refused", notes=new.total(), codes=dict(new))


class CountRequests:
    """Plain ASGI middleware: every request is counted once it is answered.

    What is inside notes the status in the scope, where it looks at the answer anyway:
    looking a second time would cost more than all the counting.
    """

    def __init__(self, app: ASGIApp, figures: RequestFigures) -> None:
        """Wrap an application."""
        self._app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        try:
            await self._app(scope, receive, send)
        finally:
            status = scope.get(STATUS, UNANSWERED)
            self._figures.take(scope["path"], status, time.perf_counter() - began)
