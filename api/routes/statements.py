"""``POST /statements``: the write path.

Raw ASGI over raw bytes, because this is the one endpoint whose speed is a promise: the
body is read under a limit, the notes are handed to the log, and the coroutine waits for
the group that holds them to be durable. Nothing here reads a statement.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus

import msgspec
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.problems import (
    Problem,
    problem_of,
    problem_of_exception,
    problem_response,
)
from api.settings import Settings
from ledger.answer import Answer, Appended
from ledger.encoding import encode_base64
from ledger.errors import (
    EncodingError,
    LedgerError,
    OverloadedError,
    StoreError,
    TooLargeError,
    TooManyError,
)
from ledger.intake import Submission
from ledger.log import Log
from ledger.notices import failure

TEXT = "text/plain"
JSON = "application/json"

_LARGE = 256 * 1024
"""From this size on, JSON is read and written in a thread, not in the event loop."""
_RETRY_AFTER_SECONDS = "1"
"""What waits is answered in less, or the server has another problem than load."""


class FlagAnswer(msgspec.Struct, frozen=True):
    """A flag as it goes over the wire."""

    code: str
    index: int
    detail: str


class Receipted(msgspec.Struct, frozen=True):
    """The answer for one recorded statement."""

    index: int
    leaf_hash: str
    receipt: str
    flags: tuple[FlagAnswer, ...]


class StatementCounts:
    """How many notes were appended, known already, or refused by which code.

    Only the event loop's thread changes them.
    """

    def __init__(self) -> None:
        """Begin at zero."""
        self.appended = 0
        self.known = 0
        self.refused: Counter[str] = Counter()

    def count(self, results: Sequence[Appended | LedgerError]) -> None:
        """Take in the results of one request."""
        for result in results:
            if isinstance(result, LedgerError):
                self.refused[result.code] += 1
            elif result.is_new:
                self.appended += 1
            else:
                self.known += 1


class LoopOutbox:
    """Passes answers from the sequencer's thread to event loops: one call a group."""

    def deliver(self, answered: Sequence[Submission]) -> None:
        """Wake whoever waits for these."""
        waiting: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
        for submission in answered:
            waiter = submission.waiter
            if isinstance(waiter, asyncio.Future):
                waiting.setdefault(waiter.get_loop(), []).append(waiter)
        for loop, waiters in waiting.items():
            # In a loop that is closed nobody waits.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_wake, waiters)


def _wake(waiters: Sequence[asyncio.Future[None]]) -> None:
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(None)


class PostStatements:
    """The ASGI endpoint of ``POST /statements``; it answers every refusal itself."""

    def __init__(self, log: Log, settings: Settings, counts: StatementCounts) -> None:
        """Keep what each request needs."""
        self._log = log
        self._settings = settings
        self._counts = counts
        self._outbox = LoopOutbox()
        # Bytes of batches that are not answered yet; the event loop's alone.
        self._held_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            refused = await self._answer(Headers(scope=scope), receive, send)
        except (LedgerError, HTTPException) as error:
            if isinstance(error, StoreError) and not isinstance(error, OverloadedError):
                failure("request-failed", error)
            await _refuse(error)(scope, receive, send)
            return
        if refused is not None:
            self._counts.count([refused])
            # What was not read is not worth reading: the connection ends here.
            await _refuse(refused, Connection="close")(scope, receive, send)

    async def _answer(
        self, headers: Headers, receive: Receive, send: Send
    ) -> LedgerError | None:
        """Answer a request; return why its body was not read to the end, if so."""
        is_one = _media_type(headers) == TEXT
        limits = self._settings
        limit = limits.max_note_bytes if is_one else limits.max_batch_bytes
        held = 0 if is_one else _declared_bytes(headers, limit)
        if self._held_bytes + held > limits.max_held_bytes:
            return OverloadedError(
                "batches: others are being answered; post the same again in a second"
            )
        self._held_bytes += held
        try:
            try:
                body = await _read_body(headers, receive, limit)
            except TooLargeError as error:
                return error
            if is_one:
                await self._append_one(body, send)
            else:
                await self._append_many(body, receive, send)
        finally:
            self._held_bytes -= held
        return None

    async def _append_one(self, note: bytes, send: Send) -> None:
        submission, waiter = self._hand_over([note])
        await waiter
        (result,) = _answers(submission)
        self._counts.count([result])
        if isinstance(result, LedgerError):
            raise result
        status = HTTPStatus.CREATED if result.is_new else HTTPStatus.OK
        location = [(b"location", b"/entries/%d" % result.index)]
        await _send_json(
            send, status, msgspec.json.encode(_receipted(result)), location
        )

    async def _append_many(self, body: bytes, receive: Receive, send: Send) -> None:
        is_large = len(body) >= _LARGE
        limit = self._settings.max_batch_notes
        if is_large:
            members = await asyncio.to_thread(_parse_batch, body, limit)
        else:
            members = _parse_batch(body, limit)
        del body
        notes = [member for member in members if isinstance(member, bytes)]
        appended = iter(await self._submit(notes, receive) if notes else [])
        results = [
            next(appended) if isinstance(member, bytes) else member
            for member in members
        ]
        self._counts.count(results)
        if is_large:
            answer = await asyncio.to_thread(_encode_results, results)
        else:
            answer = _encode_results(results)
        await _send_json(send, HTTPStatus.OK, answer)

    def _hand_over(
        self, notes: Sequence[bytes]
    ) -> tuple[Submission, asyncio.Future[None]]:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        submission = Submission(notes, self._outbox, waiter)
        self._log.hand_over(submission)
        return submission, waiter

    async def _submit(self, notes: Sequence[bytes], receive: Receive) -> list[Answer]:
        """Return the answers to many notes; take no more of them if nobody waits.

        Raises:
            ClientDisconnect: The client went away.
        """
        submission, waiter = self._hand_over(notes)
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            await asyncio.wait((waiter, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            self._log.let_go(submission)
        if not waiter.done():
            raise ClientDisconnect
        return _answers(submission)


def _answers(submission: Submission) -> list[Answer]:
    if submission.error is not None:
        raise submission.error
    return submission.answers


async def _disconnected(receive: Receive) -> None:
    """Return when the client has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _refuse(error: LedgerError | HTTPException, **headers: str) -> Response:
    if isinstance(error, OverloadedError):
        headers["Retry-After"] = _RETRY_AFTER_SECONDS
    if isinstance(error, TooManyError):
        headers["Retry-After"] = str(error.wait_seconds)
    return problem_response(problem_of_exception(error), headers)


def _declared_bytes(headers: Headers, limit: int) -> int:
    """Return how much of a batch may have to be held: all, if it does not say."""
    declared = headers.get("content-length", "")
    return min(int(declared), limit) if declared.isdecimal() else limit


def _media_type(headers: Headers) -> str:
    """Return which of the two forms the body has.

    Raises:
        HTTPException: Neither, or in a character set or coding that is not ours.
    """
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    media_type = media_type.strip().lower()
    charset = parameters.strip().lower().replace('"', "")
    if media_type not in (TEXT, JSON) or charset not in ("", "charset=utf-8"):
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "content-type: want text/plain; charset=utf-8 with one note, or "
            "application/json with an array of notes",
        )
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content-encoding: want none"
        )
    return media_type


async def _read_body(headers: Headers, receive: Receive, limit: int) -> bytes:
    """Return the body, never holding more than the limit and one chunk of it.

    Raises:
        TooLargeError: It is longer, or says so.
        ClientDisconnect: The client went away.
    """
    declared = headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > limit:
        raise TooLargeError(f"body: got {declared} bytes, want at most {limit}")
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise TooLargeError(f"body: got more than {limit} bytes")
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _parse_batch(body: bytes, max_notes: int) -> list[bytes | LedgerError]:
    """Return the notes of a batch; a member that is none stands as its refusal.

    Raises:
        EncodingError: It is not a JSON array in UTF-8.
        TooLargeError: It has too many members.
    """
    try:
        members = msgspec.json.decode(body, type=list[object])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise EncodingError(f"batch: want a JSON array of notes: {error}") from error
    if len(members) > max_notes:
        raise TooLargeError(
            f"batch: got {len(members)} notes, want at most {max_notes}"
        )
    return [_note_bytes(member) for member in members]


def _note_bytes(member: object) -> bytes | LedgerError:
    if not isinstance(member, str):
        return EncodingError("batch: want each member to be a string with one note")
    try:
        return member.encode("utf-8")
    except UnicodeEncodeError:
        return EncodingError("note: got a lone surrogate, want UTF-8")


def _receipted(result: Appended) -> Receipted:
    return Receipted(
        index=result.index,
        leaf_hash=encode_base64(result.leaf_hash),
        receipt=result.receipt.decode("utf-8"),
        flags=tuple(FlagAnswer(f.code, f.index, f.detail) for f in result.flags),
    )


def _encode_results(results: Sequence[Appended | LedgerError]) -> bytes:
    answers: list[Receipted | Problem] = [
        problem_of(result) if isinstance(result, LedgerError) else _receipted(result)
        for result in results
    ]
    return msgspec.json.encode(answers)


async def _send_json(
    send: Send,
    status: HTTPStatus,
    body: bytes,
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": int(status),
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", b"%d" % len(body)),
                (b"cache-control", b"no-store"),
                *headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})
