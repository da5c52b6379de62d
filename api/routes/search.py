"""``GET /search?q=…`` and ``GET /scan``: for who has a pack but not its address.

What was typed, or read by a phone's camera, leads to the page it means; if that is not
one page, a page says what was found. There is no other redirect in the service but this
one, which somebody asked for.
"""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from api.negotiation import chosen_language
from api.pages import PageRenderer
from api.parameters import given_once
from api.routes.pages import or_refusal, page_response, visit_of
from ledger.reader import LogReader
from ledger.search import Search, search

SCAN_PATH = "/scan"
"""The one page that may ask for the camera."""


def search_routes(log: LogReader, renderer: PageRenderer) -> list[BaseRoute]:
    """Return the routes of search and scan."""

    def read_search(request: Request) -> Response:
        visit = visit_of(request, log)
        typed = (given_once(request, "q") or "").strip()
        if not typed:
            page = renderer.search_page(log, visit, typed, Search(()))
            return page_response(request, page)
        here = {request.url.netloc, request.headers.get("host", log.host)}
        found = search(typed, log, host=log.host, hosts=frozenset(here))
        if len(found.paths) == 1 and not found.foreign:
            path, _, label = found.paths[0].partition("#")
            label = f"#{label}" if label else ""
            address = f"{path}?lang={chosen_language(request)}{label}"
            return RedirectResponse(address, HTTPStatus.SEE_OTHER)
        page = renderer.search_page(log, visit, typed, found)
        status = HTTPStatus.OK if found.paths else HTTPStatus.NOT_FOUND
        return page_response(request, page, status)

    def read_scan(request: Request) -> Response:
        return page_response(request, renderer.scan_page(visit_of(request, log)))

    answer = or_refusal(log, renderer)
    return [
        Route("/search", answer(read_search), methods=["GET"]),
        Route(SCAN_PATH, answer(read_scan), methods=["GET"]),
    ]
