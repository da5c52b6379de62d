"""Problem details (RFC 9457): the one place where a refusal becomes an HTTP status.

A class of ``ledger.errors`` that is not listed has the status of its nearest listed
parent, so that a new one is mapped from its first day. No traceback and no text of an
unknown exception ever leaves.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus

import msgspec
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.negotiation import names_html
from ledger.errors import (
    CannotCheckError,
    DuplicateError,
    EventReusedError,
    LabelError,
    LedgerError,
    MalformedError,
    NotFoundError,
    OldSizeError,
    QuorumError,
    RefusedError,
    StoreError,
    TooLargeError,
    TooManyError,
    UnknownVersionError,
    VerificationError,
)
from ledger.notices import failure

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:caravan:problem:"

STATUSES: Mapping[type[LedgerError], HTTPStatus] = {
    LedgerError: HTTPStatus.INTERNAL_SERVER_ERROR,
    MalformedError: HTTPStatus.BAD_REQUEST,
    NotFoundError: HTTPStatus.NOT_FOUND,
    RefusedError: HTTPStatus.FORBIDDEN,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
    OldSizeError: HTTPStatus.CONFLICT,
    VerificationError: HTTPStatus.UNPROCESSABLE_ENTITY,
    DuplicateError: HTTPStatus.CONFLICT,
    EventReusedError: HTTPStatus.CONFLICT,
    # There is none with a quorum yet: to ask again at once would not help.
    QuorumError: HTTPStatus.NOT_FOUND,
    # Later the answer may be another one.
    CannotCheckError: HTTPStatus.SERVICE_UNAVAILABLE,
    # Anyone can write a label; that one cannot be compared is no fault of the server.
    LabelError: HTTPStatus.UNPROCESSABLE_ENTITY,
    # This server will not learn a new version by being asked again.
    UnknownVersionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
}

# Refusals of HTTP itself: nothing of the ledger was asked.
HTTP_CODES: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "bad-request",
    HTTPStatus.NOT_FOUND: NotFoundError.code,
    HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
    HTTPStatus.NOT_ACCEPTABLE: "not-acceptable",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported-media-type",
}

INTERNAL_CODE = "internal"
MAX_DETAIL_LENGTH = 1_000


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The members of one problem detail, in the order in which they are written."""

    type: str
    title: str
    status: int
    detail: str
    pointer: str | None = None
    """JSON Pointer (RFC 6901) to the member at fault, in the statement's body."""


def problem_status(error: LedgerError) -> HTTPStatus:
    """Return the status of an error's nearest listed parent.

    >>> from ledger.errors import NoteError
    >>> problem_status(NoteError("note: got no signature, want at least one")).value
    400
    """
    for cls in type(error).__mro__:
        if issubclass(cls, LedgerError) and cls in STATUSES:
            return STATUSES[cls]
    raise TypeError(f"{type(error).__name__}: not below LedgerError")


def problem_of(error: LedgerError) -> Problem:
    """Return the problem detail that says what was wrong and where."""
    summary = (type(error).__doc__ or error.code).partition("\n")[0]
    return Problem(
        type=TYPE_PREFIX + error.code,
        title=summary.rstrip("."),
        status=problem_status(error),
        detail=_detail(error),
        pointer=error.pointer,
    )


def _detail(error: LedgerError) -> str:
    """Return the message as text that any client can read, whatever was quoted."""
    text = str(error).encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= MAX_DETAIL_LENGTH else text[:MAX_DETAIL_LENGTH] + "…"


def http_problem(status: int, detail: str) -> Problem:
    """Return the problem detail of a request that never reached the ledger."""
    phrase = HTTPStatus(status).phrase
    code = HTTP_CODES.get(status, phrase.lower().replace(" ", "-"))
    return Problem(TYPE_PREFIX + code, phrase, status, detail)


def internal_problem() -> Problem:
    """Return what is said of an exception that nobody expected: nothing."""
    return Problem(
        TYPE_PREFIX + INTERNAL_CODE,
        "Internal error",
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "the server failed; whether a statement was recorded can be found out by "
        "posting it again, which never records it twice",
    )


def problem_response(
    problem: Problem, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the HTTP response that carries a problem detail."""
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store"} | dict(headers or {}),
    )


def register(
    app: FastAPI, nowhere: Callable[[Request, Problem], Response] | None = None
) -> None:
    """Answer every exception of an endpoint with a problem detail.

    Args:
        app: Whose endpoints.
        nowhere: Makes the page for a browser that asks for a path where nothing is.
    """

    async def answer_http_exception(request: Request, error: Exception) -> Response:
        problem = _http_problem_of(request, error)
        is_nowhere = problem.status == HTTPStatus.NOT_FOUND
        if nowhere is not None and is_nowhere and names_html(request):
            return nowhere(request, problem)
        headers = error.headers if isinstance(error, HTTPException) else None
        return problem_response(problem, headers)

    app.add_exception_handler(LedgerError, _answer_ledger_error)
    app.add_exception_handler(HTTPException, answer_http_exception)
    app.add_exception_handler(RequestValidationError, _answer_validation_error)


def problem_of_exception(error: Exception) -> Problem:
    """Return the problem detail of whatever an endpoint raised."""
    if isinstance(error, LedgerError):
        return problem_of(error)
    if isinstance(error, HTTPException):
        return http_problem(error.status_code, error.detail)
    return internal_problem()


async def _answer_ledger_error(_request: Request, error: Exception) -> Response:
    problem = problem_of_exception(error)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        failure("request-failed", error)
    return problem_response(problem)


def _http_problem_of(request: Request, error: Exception) -> Problem:
    problem = problem_of_exception(error)
    if problem.status == HTTPStatus.NOT_FOUND:
        detail = f"path: nothing is at {request.url.path[:200]!r}"
        problem = msgspec.structs.replace(problem, detail=detail)
    return problem


async def _answer_validation_error(_request: Request, error: Exception) -> Response:
    detail = "the request's parameters do not have their form"
    if isinstance(error, RequestValidationError):
        detail = "; ".join(
            f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}".lower()
            for item in error.errors()
        )
    return problem_response(http_problem(HTTPStatus.BAD_REQUEST, detail))


class UnknownAsProblem:
    """Plain ASGI middleware: an exception that nobody expected says nothing outside.

    The operator is told its kind and its place in the code, and nobody what was in it.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_started = False

        async def send_and_note(message: Message) -> None:
            nonlocal is_started
            is_started = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except ClientDisconnect:
            return
        except Exception as error:
            failure("request-failed", error)
            if is_started:
                # Half an answer cannot be taken back: the server cuts the connection.
                raise
            await problem_response(internal_problem())(scope, receive, send)
