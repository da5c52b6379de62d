"""``GET /entries/{index}`` and its receipt: one entry, for people and tools."""

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.caching import FOR_A_DAY, JSON, NEVER, answer
from api.openapi import ANY_REFUSAL, json_answer, problem_answers
from api.routes.statements import FlagAnswer
from ledger.encoding import (
    canonical,
    encode_base64,
    parse_canonical,
    parse_integer,
)
from ledger.errors import (
    CannotCheckError,
    EncodingError,
    MalformedError,
    NotFoundError,
    StoreError,
)
from ledger.merkle import leaf_hash
from ledger.reader import LogReader
from ledger.seal import Seal, entry_kind, parse_seal
from ledger.statement import parse_statement

TEXT = "text/plain; charset=utf-8"


class SealBody(msgspec.Struct, frozen=True):
    """What a seal says, as JSON."""

    chain_head: str
    index_root: str
    previous: int | None
    time: str


class EntryAnswer(msgspec.Struct, frozen=True):
    """One entry as JSON; only ``entry`` is signed or hashed, all else is read of it."""

    index: int
    kind: str
    entry: str
    body: msgspec.Raw | SealBody
    leaf_hash: str
    log_time: str | None
    flags: tuple[FlagAnswer, ...]


class ReceiptAnswer(msgspec.Struct, frozen=True):
    """A receipt, and whether others than the ledger have signed its checkpoint."""

    index: int
    receipt: str
    state: str


def entry_router(log: LogReader) -> APIRouter:
    """Return the routes below ``/entries``."""
    router = APIRouter(tags=["entries"], responses=ANY_REFUSAL)
    missing = problem_answers(NotFoundError("entry: got 99, want below 18"))

    @router.get(
        "/entries/{index}",
        summary="One entry: its exact text, what it says, and what is odd about it",
        responses=json_answer("The entry", _EXAMPLE) | missing,
        response_class=Response,
    )
    def read_entry(request: Request, index: str) -> Response:
        place = _index(index)
        entry = log.entry(place)
        try:
            found = _entry_answer(log, place, entry)
        except (MalformedError, CannotCheckError, UnicodeDecodeError) as error:
            # What is in the log was judged before it got there: this is damage.
            raise StoreError(f"entry {place}: is damaged: {error}") from error
        body = msgspec.json.encode(found)
        # What it says never changes; what is odd about it, a later release may know.
        return answer(request, body, media_type=JSON, keep=FOR_A_DAY)

    @router.get(
        "/entries/{index}/receipt",
        summary="The entry's newest receipt: JSON, or the file itself as text/plain",
        responses=json_answer("The receipt", _RECEIPT_EXAMPLE) | missing,
        response_class=Response,
    )
    def read_receipt(request: Request, index: str) -> Response:
        place = _index(index)
        receipt, state = log.receipt(place)
        headers = {"Cache-Control": NEVER, "Vary": "Accept"}
        if request.headers.get("accept", "").startswith("text/plain"):
            return Response(receipt, media_type=TEXT, headers=headers)
        found = ReceiptAnswer(place, receipt.decode("utf-8"), state)
        return Response(msgspec.json.encode(found), media_type=JSON, headers=headers)

    return router


def _index(text: str) -> int:
    """Return the index that a path names; it has one spelling.

    Raises:
        NotFoundError: No entry is named so.
    """
    try:
        return parse_integer(text)
    except EncodingError as error:
        raise NotFoundError(f"entry: {error}") from error


def _entry_answer(log: LogReader, index: int, entry: bytes) -> EntryAnswer:
    if entry_kind(entry) == "seal":
        seal = parse_seal(entry)
        kind: str = "seal"
        log_time: str | None = seal.time
        body: msgspec.Raw | SealBody = _seal_body(seal)
    else:
        statement = parse_statement(entry)
        kind, log_time = statement.kind, log.log_time(index)
        body = msgspec.Raw(canonical(parse_canonical(statement.body)))
    return EntryAnswer(
        index=index,
        kind=kind,
        entry=entry.decode("utf-8"),
        body=body,
        leaf_hash=encode_base64(leaf_hash(entry)),
        log_time=log_time,
        flags=tuple(FlagAnswer(f.code, f.index, f.detail) for f in log.flags(index)),
    )


def _seal_body(seal: Seal) -> SealBody:
    return SealBody(
        chain_head=encode_base64(seal.chain_head),
        index_root=encode_base64(seal.index_root),
        previous=seal.previous,
        time=seal.time,
    )


_EXAMPLE = {
    "index": 17,
    "kind": "event",
    "entry": "caravan/statement/v1\n…",
    "body": {"type": "ObjectEvent", "action": "OBSERVE"},
    "leaf_hash": "Yj0mzUNTMSEMhzkW0mB3LDj1IThSFvd7MSBGZIwPH2k=",
    "log_time": "2026-06-12T06:15:00.000Z",
    "flags": [],
}
_RECEIPT_EXAMPLE = {
    "index": 17,
    "receipt": "c2sp.org/tlog-proof@v1\nindex 17\n…",
    "state": "signed",
}
