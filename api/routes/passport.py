"""``GET /passport?subject=URI``: what a phone fetches to check a page by itself."""

import gzip

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.openapi import ANY_REFUSAL, json_answer, problem_answers
from api.routes.assets import accepts_gzip
from ledger.errors import IdentifierError, NotFoundError
from ledger.identifier import parse_identifier
from ledger.log import Log

JSON = "application/json"

_EXAMPLE = {
    "format": "caravan/passport/v1",
    "subject": "https://herd.example/id/animal/fr002185",
    "checkpoint": "herd.example/log-1f2e3d4c\n18\n…",
    "entries": [[0, "caravan/statement/v1\n…"]],
    "nodes": ["Yj0mzUNTMSEMhzkW0mB3LDj1IThSFvd7MSBGZIwPH2k="],
}


def passport_router(log: Log) -> APIRouter:
    """Return the documented route."""
    router = APIRouter(tags=["pages"], responses=ANY_REFUSAL)

    @router.get(
        "/passport",
        summary="All that is needed to check one subject, under one checkpoint",
        responses=json_answer("The passport", _EXAMPLE)
        | problem_answers(
            IdentifierError("identifier: (01) has a wrong check digit or count"),
            NotFoundError("subject: nothing is recorded about it"),
        ),
        response_class=Response,
    )
    def read_passport(request: Request, subject: str = "") -> Response:
        identifier = parse_identifier(subject, host=log.host)
        return passport_response(request, log.passport(identifier.text))

    return router


def passport_response(request: Request, document: bytes) -> Response:
    """Return a passport as the client takes it; it is never kept."""
    headers = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Encoding"}
    if accepts_gzip(request):
        headers["Content-Encoding"] = "gzip"
        document = gzip.compress(document, compresslevel=6, mtime=0)
    return Response(document, media_type=JSON, headers=headers)
