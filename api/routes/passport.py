"""``GET /passport?subject=URI[&levels=N][&label=SIZE]``: what a phone checks a page by.

The first answer has what a verdict always needs and the nearest sources, as many levels
as a phone loads at once. ``levels`` asks for more of them, and ``label`` for the proof
that the ledger extends the tree that a label was printed from.
"""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from api.caching import ASK_AGAIN, JSON, answer
from api.openapi import ANY_REFUSAL, json_answer, problem_answers
from ledger.collector import MAX_NEEDED
from ledger.encoding import parse_integer
from ledger.errors import (
    EncodingError,
    IdentifierError,
    LabelError,
    MalformedError,
    TooLargeError,
)
from ledger.identifier import parse_identifier
from ledger.reader import LogReader

MAX_LEVELS = 100

_SUBJECT = "https://herd.example/id/animal/fr002185"
_EXAMPLE = {
    "format": "caravan/passport/v3",
    "subject": _SUBJECT,
    "checkpoint": "herd.example/log-1f2e3d4c\n18\n…",
    "entries": [[0, "caravan/statement/v1\n…"]],
    "lists": {
        "subjects": [[_SUBJECT, [12, 16]], ["registrar", [0]]],
        "proof": [0, ".", "Yj0mzUNTMSEMhzkW0mB3LDj1IThSFvd7MSBGZIwPH2k="],
    },
    "nodes": ["Yj0mzUNTMSEMhzkW0mB3LDj1IThSFvd7MSBGZIwPH2k="],
    "label": {
        "size": 9,
        "root": "L2u3iyQ0EBLQKAKtPZyKpDoSNWPvBqLkLVBYDtsQyq0=",
        "proof": ["Yj0mzUNTMSEMhzkW0mB3LDj1IThSFvd7MSBGZIwPH2k="],
    },
}
_Subject = Annotated[
    str,
    Query(description="An identifier in its one spelling", examples=[_SUBJECT]),
]
_Levels = Annotated[
    str | None,
    Query(
        description=f"0 to {MAX_LEVELS}: give at most so many levels of sources whole. "
        "Without it, as many as fit in a first answer",
        examples=["3"],
    ),
]
_Label = Annotated[
    str | None,
    Query(
        description="The size of the tree that a label was printed from, which stands "
        "behind its `#c=`: compare it with today's. Without it, `label` is null",
        examples=["9"],
    ),
]


def passport_router(log: LogReader) -> APIRouter:
    """Return the documented route."""
    router = APIRouter(tags=["pages"], responses=ANY_REFUSAL)

    @router.get(
        "/passport",
        summary="All that is needed to check one subject, under one checkpoint",
        description="A subject that no statement is about has a passport too: its list "
        "is empty, and the proof of the lists proves that.",
        responses=json_answer("The passport", _EXAMPLE)
        | problem_answers(
            IdentifierError("identifier: (01) has a wrong check digit or count"),
            LabelError("label: of a tree of 21 entries, this has 18"),
            TooLargeError(
                f"passport: more than {MAX_NEEDED} statements are needed to judge it"
            ),
        ),
        response_class=Response,
    )
    def read_passport(
        request: Request,
        subject: _Subject,
        levels: _Levels = None,
        label: _Label = None,
    ) -> Response:
        wanted = None if levels is None else parse_levels(levels)
        size = None if label is None else parse_label(label)
        identifier = parse_identifier(subject, host=log.host)
        document = log.passport(identifier.text, levels=wanted, label=size)
        return passport_response(request, document)

    return router


def parse_levels(text: str) -> int:
    """Return how many levels are asked for.

    Raises:
        MalformedError: It is no number of levels.

    >>> parse_levels("3")
    3
    """
    try:
        levels = parse_integer(text)
    except EncodingError:
        levels = MAX_LEVELS + 1
    if levels > MAX_LEVELS:
        raise MalformedError(f"levels: got {text[:40]!r}, want 0 to {MAX_LEVELS}")
    return levels


def parse_label(text: str) -> int:
    """Return the size of the tree that a label was printed from.

    Raises:
        MalformedError: It is no size of a tree with something in it.

    >>> parse_label("9")
    9
    """
    try:
        size = parse_integer(text)
    except EncodingError:
        size = 0
    if size < 1:
        raise MalformedError(f"label: got {text[:40]!r}, want a size of at least 1")
    return size


def passport_response(request: Request, document: bytes) -> Response:
    """Return a passport as the client takes it; whoever keeps it asks again."""
    return answer(request, document, media_type=JSON, keep=ASK_AGAIN, vary="Accept")
