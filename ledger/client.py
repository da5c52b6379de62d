"""Speak HTTP to a ledger: read its log, post statements, keep what it answers.

The one module that speaks HTTP outwards. The server is *not* trusted: what is read here
is bytes for a verifier, and a server that lies, stalls or sends without end can at most
make a command fail. Posting again is safe, because a text that is logged already is
answered with its first entry; so whatever fails on the way is simply tried again.
"""

import contextlib
import time
from collections import deque
from collections.abc import (
    Callable,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self

import httpx
import msgspec

from ledger.checkpoint import parse_checkpoint
from ledger.encoding import canonical
from ledger.errors import (
    EncodingError,
    IncompleteError,
    LedgerError,
    NotFoundError,
    QuorumError,
    StoreError,
    error_of,
)
from ledger.flags import Flag
from ledger.note import parse_note
from ledger.policy import parse_policy
from ledger.tile import (
    TILE_WIDTH,
    bundle_path,
    decode_bundle,
    tile_path,
    tile_width,
)

BATCH_NOTES: Final = 1000
BATCH_BYTES: Final = 8 * 1024 * 1024
"""Notes in one request: what one seal closes, and half of what a server takes."""

_MAX_ANSWER: Final = 64 * 1024 * 1024
_TRIES: Final = 7
_BUNDLES_AHEAD: Final = 8
_FIRST_PAUSE_SECONDS: Final = 0.2
_LONGEST_WAIT_SECONDS: Final = 60
"""Whatever a server asks for: it is not trusted with anybody's time either."""
_PROBLEM_PREFIX: Final = "urn:caravan:problem:"
_JSON: Final = "application/json"
_NOT_JSON: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What a decoder raises for bytes of somebody else."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a statement is in the log, as the server says; its receipt proves it."""

    index: int
    leaf_hash: str
    receipt: bytes
    flags: tuple[Flag, ...]


Answer = Posted | LedgerError


class _Answer(msgspec.Struct):
    """One member of an answer: what was recorded, or a problem detail (RFC 9457)."""

    index: int | None = None
    leaf_hash: str = ""
    receipt: str = ""
    flags: tuple[Flag, ...] = ()
    type: str = ""
    title: str = ""
    detail: str = ""
    pointer: str | None = None


_DECODER: Final = msgspec.json.Decoder(list[_Answer])


class LedgerClient:
    """One ledger, by the URL under which it is served."""

    def __init__(
        self,
        url: str,
        *,
        timeout_seconds: float = 60,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Remember where the ledger is; nothing is asked yet.

        Args:
            url: Its base URL, to which ``/policy`` and the other paths are added.
            timeout_seconds: How long one answer may take.
            sleep: How to wait before the next try.

        Raises:
            StoreError: It is not an http or https URL.
        """
        self.url = url.rstrip("/")
        self._sleep = sleep
        self._was_reached = False
        try:
            parsed = httpx.URL(self.url)
            is_server = parsed.scheme in {"http", "https"} and parsed.host != ""
        except (httpx.InvalidURL, ValueError) as error:
            raise StoreError(f"url: {error}") from error
        if not is_server:
            raise StoreError(f"url: got {url}, want http://… or https://…")
        self._http = httpx.Client(timeout=timeout_seconds)

    def __enter__(self) -> Self:
        """Return the client, which is closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    # ------------------------------------------------------------------ reading

    def policy(self) -> bytes:
        """Return the policy that the operator suggests.

        Raises:
            StoreError: No connection, or no answer that can be used.
            NotFoundError: The server has none.
        """
        return self._get("/policy")

    def checkpoint(self) -> bytes:
        """Return the newest checkpoint, a signed note.

        Raises:
            StoreError: No connection, or no answer that can be used.
            NotFoundError: There is no log here.
        """
        return self._get("/log/checkpoint")

    def origin(self) -> str:
        """Return the origin that the newest checkpoint claims.

        As long as no checkpoint has a quorum of witnesses, it is that of the first log
        in the server's policy.

        Raises:
            StoreError: No connection, or no answer that can be used.
            NotFoundError: There is no log here.
            MalformedError: What is there is no checkpoint, and no policy.
        """
        try:
            return parse_checkpoint(parse_note(self.checkpoint()).text).origin
        except QuorumError:
            for log in parse_policy(self.policy()).logs:
                return log.vkey.name
            raise

    def entries(self, size: int, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield index and entry of the entries in ``[start, size)``.

        Several bundles are asked for at a time, so that a long way to the server does
        not matter; what is wrong with one is said when its turn has come.

        Args:
            size: Tree size of a checkpoint; no later entries are asked for.
            start: First entry that is wanted.

        Raises:
            StoreError: No connection, or no answer that can be used.
            IncompleteError: The server withholds what its checkpoint includes.
        """
        numbers = range(start // TILE_WIDTH, -(-size // TILE_WIDTH))
        with contextlib.closing(self._bundles(numbers, size)) as bundles:
            for number, bundle in zip(numbers, bundles, strict=True):
                for index, entry in enumerate(bundle, start=number * TILE_WIDTH):
                    if index >= start:
                        yield index, entry

    def _bundles(
        self, numbers: Sequence[int], size: int
    ) -> Generator[tuple[bytes, ...], None, None]:
        """Yield bundles in order, the next ones being on their way."""
        pool = ThreadPoolExecutor(_BUNDLES_AHEAD)
        coming: deque[Future[tuple[bytes, ...]]] = deque()
        try:
            for place, number in enumerate(numbers):
                coming.append(pool.submit(self._bundle, number, size))
                # The first alone: where nothing is served, nothing more is asked for.
                if place == 0 or len(coming) == _BUNDLES_AHEAD:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _bundle(self, number: int, size: int) -> tuple[bytes, ...]:
        first = number * TILE_WIDTH
        width = tile_width(0, number, size)
        try:
            data = self._get(f"/log/{bundle_path(number, width)}")
            return decode_bundle(data, width)
        except (NotFoundError, EncodingError) as error:
            missing = IncompleteError(
                f"entries {first} to {first + width - 1}: not served: {error}"
            )
            missing.index = first + (error.index or 0)
            raise missing from error

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return the hashes of a tile.

        Raises:
            StoreError: No connection, or no answer that can be used.
            NotFoundError: There is no such tile.
        """
        return self._get(f"/log/{tile_path(level, index, width)}")

    def receipt(self, index: int) -> bytes:
        """Return the newest receipt of an entry (C2SP tlog-proof).

        Raises:
            StoreError: No connection, or no answer that can be used.
            NotFoundError: There is no such entry.
        """
        return self._get(f"/entries/{index}/receipt", accept="text/plain")

    def passport(
        self, subject: str, *, levels: int | None = None, label: int | None = None
    ) -> bytes:
        """Return the passport of a subject.

        Args:
            subject: An identifier.
            levels: How many levels of what it was made of to ask for; None for as many
                as the server gives at once.
            label: Size of the tree that a label was printed of, which is to be
                compared.

        Raises:
            StoreError: No connection, or no answer that can be used.
            NotFoundError: No statement is about it.
        """
        query = {"subject": subject}
        if levels is not None:
            query["levels"] = str(levels)
        if label is not None:
            query["label"] = str(label)
        return self._get("/passport", query=query, accept=_JSON)

    def trace(self, subject: str, direction: str) -> bytes:
        """Return what the server says that goods came of, or what came of them.

        Raises:
            StoreError: No connection, or no answer that can be used.
            NotFoundError: No event is about the subject.
            TooLargeError: The graph is larger than the server gives out.
        """
        query = {"subject": subject, "direction": direction}
        return self._get("/trace", query=query, accept=_JSON)

    # ------------------------------------------------------------------ posting

    def post(self, notes: Sequence[bytes]) -> list[Answer]:
        """Post notes in one request; array order is log order.

        Returns:
            For each note where it is in the log, or why it is not.

        Raises:
            StoreError: No connection after several tries, or no usable answer; the
                same notes may be posted again.
            LedgerError: The server refuses the request as a whole.
        """
        # A note that is no text has no place in a JSON array; the others go on.
        texts = [note.decode("utf-8", "backslashreplace") for note in notes]
        if not texts:
            return []
        content = canonical([*texts])
        body = self._send("POST", "/statements", content=content, media=_JSON)
        try:
            answers = _DECODER.decode(body)
        except _NOT_JSON as error:
            raise StoreError(f"{self.url}: answer: {error}") from error
        if len(answers) != len(notes):
            raise StoreError(
                f"{self.url}: got {len(answers)} answers, want {len(notes)}"
            )
        return [_read_answer(answer) for answer in answers]

    def post_all(self, notes: Iterable[bytes]) -> Iterator[tuple[bytes, Answer]]:
        """Post any number of notes in batches; yield each with its answer, in order.

        Raises:
            StoreError: As for :meth:`post`; what was yielded before is in the log.
        """
        for batch in batches(notes):
            yield from zip(batch, self.post(batch), strict=True)

    def disclose(self, document: bytes) -> None:
        """Send values that logged statements have commitments to; again is no error.

        Raises:
            StoreError: No connection after several tries, or no usable answer.
            LedgerError: The server refuses them.
        """
        self._send("POST", "/disclosures", content=document, media=_JSON)

    # ----------------------------------------------------------------- the wire

    def _get(
        self,
        path: str,
        *,
        accept: str = "*/*",
        query: Mapping[str, str] | None = None,
    ) -> bytes:
        return self._send("GET", path, accept=accept, query=query)

    def _send(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        media: str | None = None,
        accept: str = "*/*",
        query: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return the body of a good answer, trying again while the world fails."""
        headers = {"Accept": accept} | (
            {} if media is None else {"Content-Type": media}
        )
        request = self._http.build_request(
            method, self.url + path, content=content, headers=headers, params=query
        )
        pause = _FIRST_PAUSE_SECONDS
        for left in range(_TRIES - 1, -1, -1):
            try:
                return self._send_once(request)
            except _AgainError as error:
                if left == 0 or not error.may_pass:
                    raise StoreError(str(error)) from error
                wait = max(pause, error.wait_seconds)
            self._sleep(wait)
            pause *= 2
        raise RuntimeError("unreachable: the last try returns or raises")

    def _send_once(self, request: httpx.Request) -> bytes:
        try:
            with contextlib.closing(self._http.send(request, stream=True)) as response:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > _MAX_ANSWER:
                        raise StoreError(f"{request.url}: an answer without end")
        except httpx.ConnectError as error:
            # Where nobody ever listened, the URL is wrong; else the server restarts.
            raise _AgainError(
                f"{self.url}: no connection: {error}", may_pass=self._was_reached
            ) from error
        except UnicodeError as error:
            raise StoreError(f"{self.url}: not the name of a host: {error}") from error
        # The second is what a redirection may lead to; none is followed.
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = str(error) or type(error).__name__
            raise _AgainError(f"{self.url}: {reason}") from error
        self._was_reached = True
        if response.is_success:
            return bytes(body)
        is_again = response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        if is_again or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise _AgainError(
                f"{self.url}: {_problem_text(response, bytes(body))}",
                wait_seconds=_retry_after(response),
            )
        raise _refusal(response, bytes(body), self.url)


def batches(
    notes: Iterable[bytes], *, count: int = BATCH_NOTES, size: int = BATCH_BYTES
) -> Iterator[list[bytes]]:
    """Yield notes in lists that one request may hold.

    >>> [len(batch) for batch in batches([b"one", b"two", b"three"], count=2)]
    [2, 1]
    """
    batch: list[bytes] = []
    total = 0
    for note in notes:
        if batch and (len(batch) == count or total + len(note) > size):
            yield batch
            batch, total = [], 0
        batch.append(note)
        total += len(note)
    if batch:
        yield batch


class _AgainError(Exception):
    """The world failed; the same request may be sent again."""

    def __init__(
        self, message: str, *, may_pass: bool = True, wait_seconds: int = 0
    ) -> None:
        super().__init__(message)
        self.may_pass = may_pass
        self.wait_seconds = wait_seconds


def _retry_after(response: httpx.Response) -> int:
    """Return how long the server wants to be left alone, as far as that is waited."""
    told = response.headers.get("retry-after", "")
    is_seconds = told.isascii() and told.isdecimal() and len(told) < 6
    return min(int(told), _LONGEST_WAIT_SECONDS) if is_seconds else 0


def _error(answer: _Answer) -> LedgerError:
    """Return a problem detail as the refusal it was on the server."""
    code = answer.type.removeprefix(_PROBLEM_PREFIX)
    return error_of(code, answer.detail or answer.title, answer.pointer)


def _refusal(response: httpx.Response, body: bytes, url: str) -> LedgerError:
    problem = _problem(response, body)
    if problem is not None and problem.type.startswith(_PROBLEM_PREFIX):
        return _error(problem)
    text = f"{url}: {_problem_text(response, body)}"
    if response.status_code == HTTPStatus.NOT_FOUND:
        return NotFoundError(text)
    return StoreError(text)


def _problem(response: httpx.Response, body: bytes) -> _Answer | None:
    media = response.headers.get("content-type", "").partition(";")[0]
    if media != "application/problem+json":
        return None
    try:
        return msgspec.json.decode(body, type=_Answer)
    except _NOT_JSON:
        return None


def _problem_text(response: httpx.Response, body: bytes) -> str:
    problem = _problem(response, body)
    said = "" if problem is None else f": {problem.detail or problem.title}"
    return f"HTTP status {response.status_code} for {response.url.path}{said}"


def _read_answer(answer: _Answer) -> Answer:
    if answer.index is None:
        return _error(answer)
    receipt = answer.receipt.encode()
    return Posted(answer.index, answer.leaf_hash, receipt, answer.flags)
