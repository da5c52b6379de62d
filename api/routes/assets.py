"""``GET /assets/<path>``: the page's script, as built and as it was written.

The files are read once, at the start, into a table from path to content. A request is
looked up in that table and never becomes a file name, so no path can leave the folder.

``GET /verifier.html`` is the same modules in one file, to be kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.caching import ASK_AGAIN, JSON, entity_tag, has_tag, packed, taken_coding
from api.routes.log import raw_path
from api.texts import read_all_messages, spell_messages, words_of_script
from api.verifier import NAME, make_verifier
from ledger.errors import NotFoundError

PREFIX = "/assets/"
WORKER: Final = "/sw.js"

MEDIA_TYPES: Mapping[str, str] = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
}
_LOCALE = "locale"
_WORDS = "words"
_SLOWLY: Final = 11
_LESS_SLOWLY: Final = 9
_LARGE: Final = 256 * 1024
"""Above it the last tenth would cost whoever asks first a second or more."""
_NO_ASSETS = frozenset({"templates", "node_modules"})


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it goes over the wire."""

    media_type: str
    etag: str
    content: bytes


def read_assets(folder: Path) -> Mapping[str, Asset]:
    """Return every file that a browser may load, by its path below the folder.

    Scripts and styles anywhere, and the texts. ``words/`` has of each language what the
    script of a page needs.
    """
    assets: dict[str, Asset] = {}
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder)
        media_type = MEDIA_TYPES.get(file.suffix)
        if media_type is None or not file.is_file() or path.parts[0] in _NO_ASSETS:
            continue
        assets[path.as_posix()] = _asset(media_type, file.read_bytes())
    for lang, messages in read_all_messages(folder / _LOCALE).items():
        now, later = words_of_script(messages)
        for name, words in (
            (f"{_LOCALE}/{lang}.json", messages),
            (f"{_WORDS}/{lang}.json", now),
            (f"{_WORDS}/{lang}.later.json", later),
        ):
            assets[name] = _asset(JSON, spell_messages(words))
    return assets


def asset_routes(assets: Mapping[str, Asset]) -> list[BaseRoute]:
    """Return the route that serves them."""

    async def read_asset(request: Request) -> Response:
        # The raw path: an encoded slash or dot is not another name of a file.
        asset = assets.get(raw_path(request).removeprefix(PREFIX))
        if asset is None:
            raise NotFoundError("asset: there is none of this name")
        # What nobody has asked for yet is compressed, as well as can be.
        return await run_in_threadpool(_sent, request, asset)

    return [Route("/assets/{path:path}", read_asset, methods=["GET"])]


def worker_route(assets: Mapping[str, Asset]) -> Route:
    """Return the route of the service worker: from here it may serve every page."""

    def read_worker(request: Request) -> Response:
        response = _sent(request, assets["built/sw.js"])
        # It asks for pages in their place.
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
        )
        return response

    return Route(WORKER, read_worker, methods=["GET"])


def verifier_route(folder: Path) -> Route:
    """Return the route of the saved verifier: a file to keep, no page of this server.

    Args:
        folder: Where its modules are.
    """
    made: list[Asset] = []

    def read_verifier(request: Request) -> Response:
        # Few ask for it: it is made for the first of them.
        if not made:
            content = make_verifier(folder)
            made.append(_asset("text/html; charset=utf-8", content))
        response = _sent(request, made[0])
        response.headers["Content-Disposition"] = f'attachment; filename="{NAME}"'
        return response

    return Route(f"/{NAME}", read_verifier, methods=["GET"])


@lru_cache(maxsize=256)
def _best(content: bytes, coding: str) -> bytes:
    """Return a file compressed as well as can be within a blink."""
    quality = _SLOWLY if len(content) <= _LARGE else _LESS_SLOWLY
    return packed(content, coding, quality=quality)


def _asset(media_type: str, content: bytes) -> Asset:
    etag = f"W/{entity_tag(content)}"
    return Asset(media_type, etag, content)


def _sent(request: Request, asset: Asset) -> Response:
    """Return a file as this client takes it, or that it has it already."""
    # Asked again each time, but sent again only when changed: modules of two
    # releases must never meet in one page.
    headers = {
        "Cache-Control": ASK_AGAIN,
        "ETag": asset.etag,
        "Vary": "Accept-Encoding",
    }
    if has_tag(request, asset.etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    content = asset.content
    coding = taken_coding(request)
    if coding:
        content = _best(content, coding)
        headers["Content-Encoding"] = coding
    return Response(content, media_type=asset.media_type, headers=headers)
