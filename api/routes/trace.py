"""``GET /trace?subject=URI&direction=back|forth``: the graph of goods, as JSON.

It is this server's word: nothing in it proves that it is whole. Who must know replays
the ledger and traces there (``caravan trace --verify``).
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.caching import ASK_AGAIN, JSON, answer
from api.openapi import ANY_REFUSAL, json_answer, problem_answers
from ledger.errors import (
    CannotCheckError,
    IdentifierError,
    MalformedError,
    NotFoundError,
    StoreError,
    TooLargeError,
)
from ledger.identifier import parse_identifier
from ledger.lookup import KeptEvents, ListedEvents
from ledger.reader import LogReader
from ledger.telling import Direction
from ledger.trace import MAX_SUBJECTS, Trace, parse_direction, trace

_LOT = "https://id.gs1.org/01/09521321000018/10/L1"
_EXAMPLE = {
    "format": "caravan/trace/v1",
    "origin": "herd.example/log-1f2e3d4c",
    "tree_size": 18,
    "subject": _LOT,
    "direction": "forth",
    "nodes": [
        {
            "subject": _LOT,
            "kind": "lot",
            "level": 0,
            "quantities": {
                "output": [{"total": "69.5", "uom": "KGM", "dimension": "mass"}]
            },
            "alarms": [{"index": 16, "raised": ["recalled"], "lifted": []}],
            "statements": [12, 16],
        }
    ],
    "links": [],
    "recall": {
        "serials": [],
        "logistic_units": [],
        "shipments": [],
        "consignees": [],
    },
    "findings": [],
    "left_out": [],
    "statements": [
        {
            "index": 12,
            "party": "https://herd.example/id/party/green-oasis",
            "type": "TransformationEvent",
            "biz_step": "creating_class_instance",
            "disposition": "in_progress",
            "event_time": "2026-06-11T12:10:00+08:00",
        }
    ],
}


def trace_router(log: LogReader) -> APIRouter:
    """Return the documented route."""
    router = APIRouter(tags=["pages"], responses=ANY_REFUSAL)
    events = KeptEvents(log)

    @router.get(
        "/trace",
        summary="What goods came of (back), or what came of them and where it went "
        "(forth), on this server's word",
        responses=json_answer("The graph", _EXAMPLE)
        | problem_answers(
            IdentifierError("identifier: (01) has a wrong check digit or count"),
            NotFoundError("subject: no event is about it"),
            TooLargeError(f"trace: more than {MAX_SUBJECTS} subjects; begin nearer"),
        ),
        response_class=Response,
    )
    def read_trace(request: Request, subject: str, direction: str = "back") -> Response:
        wanted = parse_direction(direction)
        identifier = parse_identifier(subject, host=log.host)
        document = _traced(log, events, identifier.text, wanted).to_bytes()
        return answer(request, document, media_type=JSON, keep=ASK_AGAIN)

    return router


def _traced(
    log: LogReader, events: KeptEvents, subject: str, direction: Direction
) -> Trace:
    size = log.size
    try:
        return trace(
            subject,
            direction,
            origin=log.origin,
            tree_size=size,
            events_about=ListedEvents(events, log.directory, direction, tree_size=size),
        )
    except (MalformedError, CannotCheckError, UnicodeDecodeError) as error:
        # What is in the log was judged before it got there: this is damage.
        raise StoreError(f"trace: an entry is damaged: {error}") from error
