"""The pages: ``/01/…``, ``/00/…``, ``/414/…``, ``/8004/…``, ``/id/…`` and ``/``.

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

from api.caching import ASK_AGAIN, answer
from api.negotiation import chosen_language, prefers_json
from api.pages import PageRenderer, Visit, page_path
from api.parameters import given_once
from api.problems import Problem, problem_of
from api.routes.log import raw_path
from api.routes.passport import passport_response
from api.settings import Settings
from ledger.errors import LedgerError, NotFoundError
from ledger.identifier import (
    KINDS,
    Identifier,
    identifiers_from_path,
    parse_identifier,
)
from ledger.reader import LogReader

PAGE_ROOTS = (*sorted({form[0] for form in KINDS}), "id")

_Endpoint = Callable[[Request], Response]


def page_routes(
    log: LogReader, renderer: PageRenderer, settings: Settings
) -> list[BaseRoute]:
    """Return the routes of everything that a person looks at."""

    def read_start(request: Request) -> Response:
        wanted = (given_once(request, "subject") or "").strip()
        if wanted:
            # Somebody typed it in: only here is a page not where it was asked for.
            identifier = _typed_in(wanted, str(request.base_url), host=log.host)
            path = page_path(identifier.text, host=log.host)
            lang = chosen_language(request)
            return RedirectResponse(f"{path}?lang={lang}", HTTPStatus.SEE_OTHER)
        return _page(request, renderer.start_page(log, _visit(request, log)))

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
            _visit(request, log),
            identifiers,
            passport,
            limit=settings.subjects_on_a_page,
        )
        return _page(request, page, status)

    def or_refusal(endpoint: _Endpoint) -> _Endpoint:
        def page_or_refusal(request: Request) -> Response:
            try:
                return endpoint(request)
            except LedgerError as error:
                if prefers_json(request):
                    raise
                problem = problem_of(error)
                page = renderer.refusal_page(_visit(request, log), problem)
                return _page(request, page, problem.status)

        return page_or_refusal

    subject = or_refusal(read_subject)
    return [
        Route("/", or_refusal(read_start), methods=["GET"]),
        *(Route(f"/{root}/{{path:path}}", subject) for root in PAGE_ROOTS),
    ]


def nowhere_page(
    log: LogReader, renderer: PageRenderer
) -> Callable[[Request, Problem], Response]:
    """Return what makes the page for a path where nothing is."""

    def answer(request: Request, problem: Problem) -> Response:
        page = renderer.refusal_page(_visit(request, log), problem, words="path")
        return _page(request, page, problem.status)

    return answer


def _without_slash(request: Request, *, host: str) -> Response:
    """Send on to the one spelling, if what stands before the slash is an identifier."""
    path = raw_path(request)[:-1]
    identifiers_from_path(path, host=host)
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(path + query, HTTPStatus.PERMANENT_REDIRECT)


def _visit(request: Request, log: LogReader) -> Visit:
    return Visit(
        lang=chosen_language(request),
        path=raw_path(request),
        base_url=f"{request.url.scheme}://{request.headers.get('host', log.host)}",
    )


def _page(request: Request, html: bytes, status: int = HTTPStatus.OK) -> Response:
    return answer(
        request,
        html,
        media_type="text/html; charset=utf-8",
        keep=ASK_AGAIN,
        vary="Accept, Accept-Language",
        status=status,
    )


def _typed_in(wanted: str, base_url: str, *, host: str) -> Identifier:
    """Return what is named by an identifier, or by the address of its page here."""
    address = wanted.removeprefix(base_url.rstrip("/")).partition("?")[0]
    if address.startswith("/"):
        return identifiers_from_path(address, host=host)[0]
    return parse_identifier(wanted, host=host)
