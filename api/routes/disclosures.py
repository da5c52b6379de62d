"""``/disclosures``: values that parties chose to show, beside the ledger.

This server's word, which a page checks against signed commitments. Nothing of a body is
ever in an answer, a log or a metric.
"""

import asyncio
import time
from collections import deque
from http import HTTPStatus

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.openapi import ANY_REFUSAL, json_answer, problem_answers
from ledger.discloser import MAX_DOCUMENT_BYTES, Discloser
from ledger.encoding import canonical
from ledger.errors import (
    IdentifierError,
    NotFoundError,
    RefusedError,
    TooLargeError,
    VerificationError,
)

JSON = "application/json"
PER_MINUTE = 60
"""Documents that are looked at in a minute, from everybody together."""

_SUBJECT = "https://herd.example/id/party/household-7"
_COMMIT = "Yj0mzUNTMSEMhzkW0mB3LDj1IThSFvd7MSBGZIwPH2k="
_EXAMPLE = {
    "disclosures": [
        {"commit": _COMMIT, "salt": _COMMIT, "value": "household 7 (artificial)"}
    ],
    "format": "caravan/disclosure/v1",
    "subject": _SUBJECT,
}
_CONSENT = {
    "given": "2026-05-01T06:30:00Z",
    "purpose": "shown to buyers on the pages of this ledger",
    "words": "…",
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {JSON: {"schema": {}, "example": _EXAMPLE | {"consent": _CONSENT}}},
    }
}
_KEEPS_NONE = "disclosures: this server keeps none"


class _Allowance:
    """So many a minute; only the event loop's thread asks."""

    def __init__(self, per_minute: int) -> None:
        self._times: deque[float] = deque(maxlen=per_minute)

    def take(self) -> None:
        """Count one more.

        Raises:
            HTTPException: They are used up.
        """
        now = time.monotonic()
        if len(self._times) == self._times.maxlen and now - self._times[0] < 60:
            wait = str(int(60 - (now - self._times[0])) + 1)
            raise HTTPException(
                HTTPStatus.TOO_MANY_REQUESTS,
                "disclosures: too many in a minute; send it again later",
                {"Retry-After": wait},
            )
        self._times.append(now)


def disclosure_router(
    discloser: Discloser | None, *, per_minute: int = PER_MINUTE
) -> APIRouter:
    """Return the documented routes; without a discloser this server keeps none."""
    router = APIRouter(tags=["disclosures"], responses=ANY_REFUSAL)
    allowance = _Allowance(per_minute)

    @router.get(
        "/disclosures",
        summary="What a party chose to show, to be checked against its commitments",
        responses=json_answer("The document, without consent", _EXAMPLE)
        | problem_answers(
            IdentifierError("identifier: got another spelling"),
            NotFoundError(_KEEPS_NONE),
        ),
        response_class=Response,
    )
    def read_disclosures(subject: str) -> Response:
        if discloser is None:
            raise NotFoundError(_KEEPS_NONE)
        return _answer(discloser.disclosed(subject))

    @router.post(
        "/disclosures",
        summary="Show values that a logged statement has commitments to",
        description="Knowing the salt is the authority. What is kept already stays as "
        "it is; what was erased is not taken again.",
        responses=json_answer("How many values the document has", {"disclosed": 1})
        | problem_answers(
            RefusedError("disclosures: one has a commitment that is not in force"),
            TooLargeError(f"body: want at most {MAX_DOCUMENT_BYTES} bytes"),
            VerificationError("name: value or salt is not what was committed to"),
        ),
        openapi_extra=_BODY,
        response_class=Response,
    )
    async def post_disclosures(request: Request) -> Response:
        if discloser is None:
            raise NotFoundError(_KEEPS_NONE)
        media_type = request.headers.get("content-type", "").partition(";")[0]
        if media_type.strip().lower() != JSON:
            raise HTTPException(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"content-type: want {JSON}"
            )
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            raise HTTPException(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content-encoding: want none"
            )
        allowance.take()
        body = await _read_body(request)
        count = await asyncio.to_thread(discloser.keep, body)
        return _answer(canonical({"disclosed": count}))

    return router


async def _read_body(request: Request) -> bytes:
    """Return the body, never holding more than the limit and one chunk of it."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_DOCUMENT_BYTES:
            raise TooLargeError(f"body: want at most {MAX_DOCUMENT_BYTES} bytes")
    return bytes(body)


def _answer(body: bytes) -> Response:
    # What may have to be forgotten is kept by no cache and found by no search.
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, noarchive"}
    return Response(body, media_type=JSON, headers=headers)
