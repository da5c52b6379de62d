"""What may be kept and for how long, told in each answer (RFC 9111, RFC 9110).

What never changes is kept for ever: a full tile, an entry. What changes is asked for
again each time, and sent again only when it is another one. Text is compressed for who
takes Brotli or gzip; what its caches must tell apart is named in ``Vary``.
"""

import gzip
import hashlib
from http import HTTPStatus
from typing import Final

import brotli
from starlette.requests import Request
from starlette.responses import Response

from api.negotiation import weighted

FOR_EVER: Final = "public, max-age=31536000, immutable"
"""Of what has this content under this path, or none."""
FOR_A_DAY: Final = "public, max-age=86400, immutable"
"""The same, of what is soon asked for by another path, or read by a newer release."""
ASK_AGAIN: Final = "no-cache"
NEVER: Final = "no-store"

JSON: Final = "application/json"
_SMALL: Final = 1024
"""Up to this size compressing saves no packet."""
_CODINGS: Final = ("br", "gzip")
"""The better one first."""
_AT_ONCE: Final = 7
"""A page takes a few milliseconds; the next one takes twice as long, to save little."""


def answer(
    request: Request,
    body: bytes,
    *,
    media_type: str,
    keep: str,
    vary: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    """Return a body as this client takes it, or that it has it already.

    Args:
        request: Who asks.
        body: What it is, uncompressed.
        media_type: Its content type; text and JSON are compressed.
        keep: What ``Cache-Control`` says.
        vary: Headers by which it was chosen, with commas between.
        status: Only what is there is told by a tag.
    """
    headers = {"Cache-Control": keep}
    is_text = media_type.startswith(("text/", JSON))
    varies = [name for name in (vary, "Accept-Encoding" if is_text else "") if name]
    if varies:
        headers["Vary"] = ", ".join(varies)
    if status == HTTPStatus.OK and keep != NEVER:
        # Compressed or not, it says the same: that is all that a weak tag promises.
        headers["ETag"] = ("W/" if is_text else "") + entity_tag(body)
        if has_tag(request, headers["ETag"]):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    coding = taken_coding(request) if is_text and len(body) > _SMALL else ""
    if coding:
        headers["Content-Encoding"] = coding
        body = packed(body, coding)
    return Response(body, status, media_type=media_type, headers=headers)


def entity_tag(body: bytes) -> str:
    """Return a tag that no other content has.

    >>> entity_tag(b"")
    '"e3b0c44298fc1c149afbf4c8996fb924"'
    """
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def has_tag(request: Request, tag: str) -> bool:
    """Tell whether the client says that it has the content with this tag."""
    wanted = tag.removeprefix("W/")
    return any(
        given.strip().removeprefix("W/") in (wanted, "*")
        for given in request.headers.get("if-none-match", "").split(",")
    )


def taken_coding(request: Request) -> str:
    """Return how this client takes a text: ``br``, ``gzip``, or as it is."""
    given = dict(weighted(request.headers.get("accept-encoding", "")))
    return next((coding for coding in _CODINGS if given.get(coding, 0.0) > 0), "")


def packed(body: bytes, coding: str, quality: int = _AT_ONCE) -> bytes:
    """Return a text compressed; the same bytes each time.

    Args:
        body: The text.
        coding: ``br`` or ``gzip``.
        quality: Of Brotli, up to 11.
    """
    if coding == "br":
        return bytes(brotli.compress(body, quality=quality))
    return gzip.compress(body, compresslevel=6, mtime=0)
