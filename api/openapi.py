"""The parts of ``/openapi.json`` that no signature says: examples, and the write path.

The example note is a real one, signed by a key made from a seed that everybody knows;
a test verifies it, so that the example cannot rot.
"""

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import MEDIA_TYPE, Problem, problem_of
from ledger.errors import EventError, LedgerError, NotFoundError, TooLargeError

Schema = dict[str, object]
Responses = dict[int | str, dict[str, object]]

EXAMPLE_VKEY = "herd.example/herd+d68451ae+Ae1JKMYo0cLG6ukDOJBZlWEpWSc6XGP5NjbBRhSshzfR"
EXAMPLE_NOTE = (
    "caravan/statement/v1\n"
    "herd.example/log-1f2e3d4c\n"
    "event\n"
    "herd.example/herd+d68451ae\n"
    '{"action":"OBSERVE","bizStep":"inspecting","epcList":["https://her'
    'd.example/id/animal/7"],"eventID":"urn:uuid:0190a6c0-0000-7000-800'
    '0-000000000001","eventTime":"2026-06-11T12:10:00+08:00","eventTime'
    'ZoneOffset":"+08:00","readPoint":{"id":"https://herd.example/id/pl'
    'ace/pasture"},"type":"ObjectEvent"}\n'
    "\n"
    "\u2014 herd.example/herd 1oRRrk/5rACpga0rlQabQAzYW7nQHx8e1FXR4hS/JdzcWf"
    "9uP0N6XcqgyQhgi/8SUIZxfIMTQ4Z5nFJKFU1tbKPV3gQ=\n"
)

EXAMPLE_RECEIPTED: Schema = {
    "index": 17,
    "leaf_hash": "Yj0mzUNTMSEMhzkW0mB3LDj1IThSFvd7MSBGZIwPH2k=",
    "receipt": "c2sp.org/tlog-proof@v1\nindex 17\n…\n\nherd.example/log-1f2e3d4c\n…",
    "flags": [
        {"code": "zero-value", "index": 17, "detail": "/quantityList/0/quantity"}
    ],
}

_DESCRIPTION = """\
An append-only ledger of signed statements about goods.

A proof shows who said it, when it was logged and that nobody changed it; not that it is
true. Errors are problem details (RFC 9457): `type` is `urn:caravan:problem:<code>`, and
`pointer` names the member of the body that is at fault.
"""


def text_answer(description: str, media_type: str = "text/plain") -> Responses:
    """Return the documentation of an answer that is text or bytes."""
    schema: Schema = {"type": "string"}
    return {
        200: {"description": description, "content": {media_type: {"schema": schema}}}
    }


def json_answer(description: str, example: object) -> Responses:
    """Return the documentation of a JSON answer, with an example."""
    content = {"application/json": {"schema": {}, "example": example}}
    return {200: {"description": description, "content": content}}


def problem_answers(*examples: LedgerError) -> Responses:
    """Return the documentation of refusals, one example for each status."""
    answers: Responses = {}
    for error in examples:
        problem = problem_of(error)
        answers[problem.status] = {
            "description": problem.title,
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": msgspec.to_builtins(problem),
                }
            },
        }
    return answers


_REFUSED: Schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
_LATER: Schema = {
    "Retry-After": {
        "description": "Seconds after which to ask again",
        "schema": {"type": "integer", "minimum": 1},
    }
}
ANY_REFUSAL: Responses = {
    "4XX": {"description": "Any other refusal", "content": {MEDIA_TYPE: _REFUSED}},
    429: {
        "description": "Too many from this address",
        "headers": _LATER,
        "content": {MEDIA_TYPE: _REFUSED},
    },
    503: {
        "description": "The store or the clock failed, or too much waits; ask again",
        "headers": _LATER,
        "content": {MEDIA_TYPE: _REFUSED},
    },
}
"""What every route may answer; it stands in place of a description of FastAPI's own."""

_NOT_CHANGED: Schema = {"description": "The client has it already: If-None-Match"}


def describe(app: FastAPI) -> Schema:
    """Return the OpenAPI document of the whole service."""
    document: Schema = get_openapi(
        title=app.title,
        version=app.version,
        description=_DESCRIPTION,
        routes=app.routes,
    )
    paths = document["paths"]
    if isinstance(paths, dict):
        paths |= _WRITTEN_BY_HAND
        for path in paths.values():
            _describe_what_is_kept(path)
    document["components"] = {"schemas": _schemas()}
    return document


def _describe_what_is_kept(path: dict[str, dict[str, dict[str, Schema]]]) -> None:
    """Say of a path that is read that it need not be sent again."""
    operation = path.get("get", {})
    if operation and "operation" not in operation["tags"]:
        operation["responses"]["304"] = _NOT_CHANGED


def _schemas() -> Schema:
    _, schemas = msgspec.json.schema_components(
        [Problem], ref_template="#/components/schemas/{name}"
    )
    return dict(schemas)


def _read(summary: str, answers: Responses, **parameters: Schema) -> Schema:
    """Return a path with one GET and its path parameters."""
    described = [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in parameters.items()
    ]
    responses = {
        str(status): answer for status, answer in (ANY_REFUSAL | answers).items()
    }
    return {
        "get": {
            "summary": summary,
            "tags": ["log"],
            "parameters": described,
            "responses": responses,
        }
    }


_NUMBER: Schema = {"type": "integer", "minimum": 0}
_PLACE: Schema = {
    "type": "string",
    "description": "groups of three digits, all but the last behind an x; "
    "`.p/<width>` for a partial one",
    "example": "x001/234.p/7",
}
_BYTES = "application/octet-stream"
_NOT_THERE = NotFoundError("tile: not within the signed size")

_POST: Schema = {
    "summary": "Record one signed statement, or many",
    "description": "An array's order is the order in the log; each note stands alone. "
    "A text that is already logged is never logged again: the answer is the first "
    "entry's receipt, with status 200.",
    "tags": ["statements"],
    "requestBody": {
        "required": True,
        "content": {
            "text/plain": {"schema": {"type": "string"}, "example": EXAMPLE_NOTE},
            "application/json": {
                "schema": {"type": "array", "items": {"type": "string"}},
                "example": [EXAMPLE_NOTE],
            },
        },
    },
    "responses": {
        "201": {
            "description": "Recorded; durable, and under a signed checkpoint",
            "content": {"application/json": {"example": EXAMPLE_RECEIPTED}},
        },
        "200": {
            "description": "One note: known already. An array: an answer or a problem "
            "for each note",
            "content": {
                "application/json": {
                    "example": [
                        EXAMPLE_RECEIPTED,
                        msgspec.to_builtins(
                            problem_of(
                                EventError(
                                    "eventTime: no such date", pointer="/eventTime"
                                )
                            )
                        ),
                    ]
                }
            },
        },
    }
    | {
        str(status): answer
        for status, answer in (
            ANY_REFUSAL
            | problem_answers(
                EventError("eventTime: no such date", pointer="/eventTime"),
                TooLargeError("body: got 70000 bytes, want at most 66560"),
            )
        ).items()
    },
}

_TEXT: Schema = {"schema": {"type": "string"}}
_PAGE: Responses = {
    200: {
        "description": "The page, or the passport",
        "content": {"text/html": _TEXT, "application/json": {"schema": {}}},
    },
    308: {"description": "The same without the slash at its end"},
    "4XX": {
        "description": "A page that says so, or a problem where JSON is asked for",
        "content": {"text/html": _TEXT, MEDIA_TYPE: _REFUSED},
    },
}

_SUPPLY: Responses = {
    200: {
        "description": "The page, or the figures with numerator and denominator",
        "content": {
            "text/html": _TEXT,
            "application/json": {
                "schema": {},
                "example": {
                    "format": "caravan/supply/v1",
                    "said_by": "this server, not checked",
                    "origin": "herd.example/log-1f2e3d4c",
                    "tree_size": 18,
                    "counted_entries": 18,
                    "has_stopped": False,
                    "figures": [
                        {
                            "name": "late",
                            "numerator": "2",
                            "denominator": "12",
                            "unit": "event",
                            "percent": "16.67",
                            "rate": None,
                            "simulated": None,
                        }
                    ],
                    "parties_by_kind": {"cooperative": 1},
                    "open_alarms": {"recalled": 1},
                    "harvests": [],
                },
            },
        },
    },
}
_PARTIES: Responses = {
    200: {
        "description": "A page of parties by identifier; `after` says from where",
        "content": {"text/html": _TEXT},
    }
}

_WRITTEN_BY_HAND: Schema = {
    "/statements": {"post": _POST},
    "/log/tile/{level}/{place}": _read(
        "A tile of hashes",
        text_answer("Up to 256 hashes of 32 bytes", _BYTES)
        | problem_answers(_NOT_THERE),
        level=_NUMBER,
        place=_PLACE,
    ),
    "/log/tile/entries/{place}": _read(
        "A bundle of entries",
        text_answer("Up to 256 entries, each behind its length in two bytes", _BYTES)
        | problem_answers(_NOT_THERE),
        place=_PLACE,
    ),
    "/supply": _read(
        "What was harvested, when and by whom, and what speaks against the figures; "
        "counted by this server",
        _SUPPLY,
    ),
    "/parties": _read("Everybody whom the registrar admitted", _PARTIES),
    "/id/{path}": _read(
        "The page of what the path names; its passport where JSON is asked for. "
        "Likewise under /01/, /00/, /414/ and /8004/",
        _PAGE,
        path={"type": "string", "example": "party/green-oasis"},
    ),
}
