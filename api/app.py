"""Put the service together around an open log.

``create_app`` reads no environment and opens nothing but the page's files: the log is
given, so the same application runs in tests, in the demo and in production.
"""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from fastapi import Depends, FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.caching import ASK_AGAIN, JSON, answer
from api.counting import Counting
from api.lookups import Lookups
from api.openapi import describe
from api.operation import IS_HEAD, STATUS, CountRequests, Operation
from api.pages import PageRenderer
from api.parameters import check_parameters
from api.rates import LimitAddresses
from api.readonly import RefuseToTakeIn
from api.routes.assets import (
    WORKER,
    asset_routes,
    read_assets,
    verifier_route,
    worker_route,
)
from api.routes.disclosures import disclosure_router
from api.routes.entries import entry_router
from api.routes.health import health_router
from api.routes.log import log_router, tile_routes
from api.routes.pages import nowhere_page, page_routes
from api.routes.passport import passport_router
from api.routes.search import SCAN_PATH, search_routes
from api.routes.statements import PostStatements
from api.routes.supply import supply_routes
from api.routes.trace import trace_router
from api.settings import Settings
from ledger.discloser import Discloser
from ledger.log import Log
from ledger.reader import LogReader

# Anyone may read these from any page: a verifier saved elsewhere needs them.
OPEN_TO_ALL = ("/log/", "/policy", "/passport", "/entries/", "/trace")


def create_app(
    log: LogReader,
    settings: Settings | None = None,
    discloser: Discloser | None = None,
    operation: Operation | None = None,
    lookups: Lookups | None = None,
) -> FastAPI:
    """Return the service for one open log.

    Args:
        log: The log; whoever opened it closes it after the service has stopped. To one
            that is only read nothing is posted.
        settings: Limits and places; the defaults are for production.
        discloser: What is shown beside the log, if anything is.
        operation: Shared with who runs it, to count and to stop.
        lookups: Counts visits to the pages of serials, if anything does; whoever opened
            it closes it.
    """
    chosen = settings or Settings()
    assets = read_assets(chosen.scanner_web)
    operation = operation or Operation()
    counts = operation.statements
    counting = operation.counting = Counting(log)
    renderer = PageRenderer(chosen.scanner_web, counting)

    app = FastAPI(
        title="Caravan",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        dependencies=[Depends(check_parameters)],
    )
    problems.register(app, nowhere_page(log, renderer))
    app.include_router(log_router(log))
    app.include_router(entry_router(log))
    app.include_router(passport_router(log))
    app.include_router(trace_router(log))
    app.include_router(disclosure_router(discloser))
    app.include_router(health_router(log, operation, lookups))
    app.router.routes += [
        *tile_routes(log),
        *page_routes(log, renderer, chosen, lookups),
        *supply_routes(log, renderer, counting),
        *search_routes(log, renderer),
        *asset_routes(assets),
        worker_route(assets),
        verifier_route(chosen.scanner_web),
        _openapi_route(app),
    ]
    if isinstance(log, Log):
        log.limit_parties(chosen.statements_a_day)
        statements = PostStatements(log, chosen, counts)
        app.router.routes.append(Route("/statements", statements, methods=["POST"]))
        app.add_middleware(StatementsFirst, statements=statements)
    else:
        app.add_middleware(RefuseToTakeIn)
    app.add_middleware(problems.UnknownAsProblem)
    app.add_middleware(LimitAddresses, settings=chosen)
    app.add_middleware(ResponseHeaders, page_policy=renderer.content_security_policy)
    app.add_middleware(CountRequests, figures=operation.requests)
    app.add_middleware(HeadAsGet)
    return app


def _openapi_route(app: FastAPI) -> Route:
    async def read_openapi(request: Request) -> Response:
        return answer(request, document(), media_type=JSON, keep=ASK_AGAIN)

    kept: list[bytes] = []

    def document() -> bytes:
        if not kept:
            kept.append(msgspec.json.encode(describe(app)))
        return kept[0]

    return Route("/openapi.json", read_openapi, methods=["GET"])


class ResponseHeaders:
    """Plain ASGI middleware: the headers that every answer of its kind carries."""

    def __init__(
        self,
        app: ASGIApp,
        page_policy: str,
        open_to_all: tuple[str, ...] = OPEN_TO_ALL,
    ) -> None:
        """Wrap an application.

        Args:
            app: What answers.
            page_policy: The Content-Security-Policy of HTML pages.
            open_to_all: Beginnings of paths that any page may read.
        """
        self._app = app
        self._open_to_all = open_to_all
        always = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
        self._for_page = _raw(
            always
            | {
                "Content-Security-Policy": page_policy,
                "Cross-Origin-Opener-Policy": "same-origin",
                "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            }
        )
        self._for_scan = [
            (name, value.replace(b"camera=()", b"camera=(self)"))
            for name, value in self._for_page
        ]
        # It asks for pages in their place, and has a policy of its own.
        self._for_worker = _raw(always)
        # What is no page loads nothing, wherever a browser is made to show it.
        self._for_data = _raw(
            always
            | {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, adding headers as the answer starts."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_open = scope["path"].startswith(self._open_to_all)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                scope[STATUS] = message["status"]
                headers = message["headers"]
                is_page = any(
                    name == b"content-type" and value.startswith(b"text/html")
                    for name, value in headers
                )
                added = self._for_page if is_page else self._for_data
                if is_page and scope["path"] == SCAN_PATH:
                    added = self._for_scan
                if scope["path"] == WORKER:
                    added = self._for_worker
                if message["status"] == HTTPStatus.NOT_MODIFIED:
                    # It has no type, and a browser puts its headers in the place of
                    # those that it has kept: a page would lose its policy.
                    added = []
                opened = [(b"access-control-allow-origin", b"*")] if is_open else []
                message["headers"] = [*headers, *added, *opened]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class StatementsFirst:
    """Plain ASGI middleware: a statement does not wait for the table of routes.

    Looking through it costs as much as all that is done with the request here. The
    route stands there too, for every other method.
    """

    def __init__(self, app: ASGIApp, statements: ASGIApp) -> None:
        """Wrap an application.

        Args:
            app: What answers everything else.
            statements: The endpoint of ``POST /statements``.
        """
        self._app = app
        self._statements = statements

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        app = (
            self._statements
            if is_post and scope["path"] == "/statements"
            else self._app
        )
        await app(scope, receive, send)


class HeadAsGet:
    """Plain ASGI middleware: HEAD is answered as GET is, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        as_get = dict(scope) | {"method": "GET", IS_HEAD: True}
        await self._app(as_get, receive, send_without_body)


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
