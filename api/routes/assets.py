"""``GET /assets/<path>``: what the page's script is made of, shipped as written.

The files are read once, at the start, into a table from path to content. A request is
looked up in that table and never becomes a file name, so no path can leave the folder.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.caching import ASK_AGAIN, accepts_gzip, entity_tag, has_tag
from api.routes.log import raw_path
from ledger.errors import NotFoundError

PREFIX = "/assets/"

MEDIA_TYPES: Mapping[str, str] = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
}
_LOCALE = "locale"
_NO_ASSETS = frozenset({"templates", "node_modules"})


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it goes over the wire."""

    media_type: str
    etag: str
    content: bytes
    packed: bytes
    """The content in gzip; the same bytes at every start."""


def read_assets(folder: Path) -> Mapping[str, Asset]:
    """Return every file that a browser may load, by its path below the folder.

    Scripts and styles anywhere; JSON only where the texts are.
    """
    assets: dict[str, Asset] = {}
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder)
        media_type = MEDIA_TYPES.get(file.suffix)
        if media_type is None or not file.is_file() or path.parts[0] in _NO_ASSETS:
            continue
        if file.suffix == ".json" and path.parts[0] != _LOCALE:
            continue
        content = file.read_bytes()
        etag = f"W/{entity_tag(content)}"
        packed = gzip.compress(content, mtime=0)
        assets[path.as_posix()] = Asset(media_type, etag, content, packed)
    return assets


def asset_routes(assets: Mapping[str, Asset]) -> list[BaseRoute]:
    """Return the route that serves them."""

    async def read_asset(request: Request) -> Response:
        # The raw path: an encoded slash or dot is not another name of a file.
        asset = assets.get(raw_path(request).removeprefix(PREFIX))
        if asset is None:
            raise NotFoundError("asset: there is none of this name")
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
        if accepts_gzip(request):
            content = asset.packed
            headers["Content-Encoding"] = "gzip"
        return Response(content, media_type=asset.media_type, headers=headers)

    return [Route("/assets/{path:path}", read_asset, methods=["GET"])]
