"""Ask a witness to cosign a checkpoint (C2SP tlog-witness).

A witness is *not* trusted with more than its own word: what it answers is bytes for
``cosigning``, and one that stalls or sends without end only makes itself absent.
Nothing is tried again here: who asks comes back with a newer checkpoint anyway.
"""

import re
import time
from contextlib import closing
from http import HTTPStatus
from typing import Final

import httpx

from ledger.addcheckpoint import AddCheckpoint, origin_hash
from ledger.errors import (
    NotFoundError,
    NotYetError,
    OldSizeError,
    RefusedError,
    StoreError,
)

_MAX_ANSWER: Final = 64 * 1024
_SIZE: Final = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


class WitnessClient:
    """One witness, by its submission prefix."""

    def __init__(self, url: str, *, timeout_seconds: float = 10) -> None:
        """Remember where the witness is; nothing is asked yet.

        Args:
            url: What ``/add-checkpoint`` is added to.
            timeout_seconds: How long one answer may take.

        Raises:
            StoreError: It is not an http or https URL.
        """
        self.url = url.rstrip("/")
        try:
            parsed = httpx.URL(self.url)
        except (httpx.InvalidURL, ValueError) as error:
            raise StoreError(f"witness: {url}: {error}") from error
        if parsed.scheme not in {"http", "https"} or not parsed.host:
            raise StoreError(f"witness: got {url}, want http://… or https://…")
        self._timeout_seconds = timeout_seconds
        self._http = httpx.Client(timeout=timeout_seconds)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def add_checkpoint(self, request: AddCheckpoint) -> bytes:
        """Return the signature lines that the witness gives for a checkpoint.

        Raises:
            OldSizeError: It has cosigned another size last; ``size`` is that.
            NotFoundError: It does not know the log.
            RefusedError: It does not cosign this checkpoint.
            NotYetError: It has not got as far; ask again soon.
            StoreError: It does not answer.
        """
        path = f"{self.url}/add-checkpoint"
        answer, body = self._ask("POST", path, request.to_bytes())
        match answer.status_code:
            case HTTPStatus.OK:
                return body
            case HTTPStatus.CONFLICT if found := _SIZE.fullmatch(body):
                size = int(found[1])
                raise OldSizeError(f"{self.url}: has cosigned {size}", size=size)
            case HTTPStatus.NOT_FOUND:
                raise NotFoundError(f"{self.url}: does not know this log")
            case HTTPStatus.FORBIDDEN | HTTPStatus.UNPROCESSABLE_ENTITY:
                raise RefusedError(f"{self.url}: refuses: {_first_line(body)}")
            case HTTPStatus.SERVICE_UNAVAILABLE:
                raise NotYetError(f"{self.url}: not yet: {_first_line(body)}")
            case status:
                raise StoreError(f"{self.url}: HTTP status {status}")

    def newest(self, origin: str) -> bytes:
        """Return the checkpoint of a log that the witness cosigned last.

        Raises:
            NotFoundError: It has cosigned none, or does not say.
            StoreError: It does not answer.
        """
        url = f"{self.url}/{origin_hash(origin)}/checkpoint"
        answer, body = self._ask("GET", url, None)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            raise NotFoundError(f"{self.url}: has cosigned nothing of {origin}")
        if not answer.is_success:
            raise StoreError(f"{self.url}: HTTP status {answer.status_code}")
        return body

    def _ask(
        self, method: str, url: str, content: bytes | None
    ) -> tuple[httpx.Response, bytes]:
        request = self._http.build_request(method, url, content=content)
        # The library's own limit is for each piece that comes.
        deadline = time.monotonic() + self._timeout_seconds
        try:
            with closing(self._http.send(request, stream=True)) as answer:
                body = bytearray()
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > _MAX_ANSWER or time.monotonic() > deadline:
                        raise StoreError(f"{self.url}: an answer without end")
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            reason = str(error) or type(error).__name__
            raise StoreError(f"{self.url}: {reason}") from error
        return answer, bytes(body)


def _first_line(body: bytes) -> str:
    return body[:200].decode("utf-8", "replace").partition("\n")[0]
