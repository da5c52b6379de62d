"""The pages: ``/01/…``, ``/00/…``, ``/414/…``, ``/8004/…`` and ``/id/…``.

A page is found by its path, whatever the host, and there is no redirect between a code
and its page, save from one with a slash after it. Paths are read raw: an encoded slash
in a lot is part of the lot. Browsers get HTML; who asks for JSON gets the passport,
which is the same evidence.
"""

from collections.abc import Callable
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from api.caching import ASK_AGAIN
from api.caching import answer as cached
from api.lookups import Lookups
from api.negotiation import chosen_language, prefers_json
from api.operation import IS_HEAD
from api.pages import PageRenderer
from api.parameters import given_once
from api.problems import Problem, problem_of
from api.rendering import Visit
from api.routes.log import raw_path
from api.routes.passport import passport_response
from api.settings import Settings
from ledger.errors import LedgerError, NotFoundError
from ledger.identifier import (
    KINDS,
    identifiers_from_path,
)
from ledger.reader import LogReader

PAGE_ROOTS = (*sorted({form[0] for form in KINDS}), "id")

_Endpoint = Callable[[Request], Response]


def page_routes(
    log: LogReader,
    renderer: PageRenderer,
    settings: Settings,
    lookups: Lookups | None = None,
) -> list[BaseRoute]:
    """Return the routes of everything that a person looks at."""

    def read_subject(request: Request) -> Response:
        path = raw_path(request)
        if path.endswith("/") and path[:-1].count("/") > 1:
            return _without_slash(request, host=log.host)
        identifiers = identifiers_from_path(path, host=log.host)
        subject = identifiers[0]
        # That a serial was never packed is something to prove; of anything else that
        # nothing is recorded about there is nothing to say.
        if subject.kind != "serial" and not log.is_listed(subject.text):
            raise NotFoundError(f"subject: no statement is about {subject.text}")
        passport = log.passport(subject.text)
        if prefers_json(request):
            return passport_response(request, passport)
        page, status = renderer.subject_page(
            log,
            visit_of(request, log),
            identifiers,
            passport,
            limit=settings.subjects_on_a_page,
            lookups=lookups,
            visitor=_visitor(request),
            has_all=given_once(request, "records") == "all",
        )
        return page_response(request, page, status)

    answer = or_refusal(log, renderer)
    subject = answer(read_subject)
    return [Route(f"/{root}/{{path:path}}", subject) for root in PAGE_ROOTS]


def or_refusal(
    log: LogReader, renderer: PageRenderer
) -> Callable[[_Endpoint], _Endpoint]:
    """Return what makes a page of a refusal, for who did not ask for JSON."""

    def wrap(endpoint: _Endpoint) -> _Endpoint:
        def page_or_refusal(request: Request) -> Response:
            try:
                return endpoint(request)
            except LedgerError as error:
                if prefers_json(request):
                    raise
                problem = problem_of(error)
                page = renderer.refusal_page(visit_of(request, log), problem)
                return page_response(request, page, problem.status)

        return page_or_refusal

    return wrap


def nowhere_page(
    log: LogReader, renderer: PageRenderer
) -> Callable[[Request, Problem], Response]:
    """Return what makes the page for a path where nothing is."""

    def answer(request: Request, problem: Problem) -> Response:
        page = renderer.refusal_page(visit_of(request, log), problem, words="path")
        return page_response(request, page, problem.status)

    return answer


def _without_slash(request: Request, *, host: str) -> Response:
    """Send on to the one spelling, if what stands before the slash is an identifier."""
    path = raw_path(request)[:-1]
    identifiers_from_path(path, host=host)
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(path + query, HTTPStatus.PERMANENT_REDIRECT)


def visit_of(request: Request, log: LogReader) -> Visit:
    """Return who asks for a page."""
    return Visit(
        lang=chosen_language(request),
        path=raw_path(request),
        base_url=f"{request.url.scheme}://{request.headers.get('host', log.host)}",
    )


def _visitor(request: Request) -> str | None:
    """Return the address of whoever looks; None if nobody does yet."""
    is_ahead = "prefetch" in request.headers.get("sec-purpose", "")
    if is_ahead or request.scope.get(IS_HEAD):
        return None
    return "" if request.client is None else request.client.host


def page_response(
    request: Request, html: bytes, status: int = HTTPStatus.OK
) -> Response:
    """Return a page as this client takes it."""
    return cached(
        request,
        html,
        media_type="text/html; charset=utf-8",
        keep=ASK_AGAIN,
        vary="Accept, Accept-Language",
        status=status,
    )
