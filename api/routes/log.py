"""``GET /log/…``: the log as C2SP tlog-tiles, prefix ``<host>/log``; and ``/policy``.

A tile has one path only: what ``ledger.tile`` does not parse is not there. Tiles never
change, so they may be kept for ever; the checkpoint is never kept.
"""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.openapi import ANY_REFUSAL, text_answer
from ledger.errors import EncodingError, NotFoundError
from ledger.log import Log
from ledger.tile import parse_tile_path

PREFIX = "/log/"
TEXT = "text/plain; charset=utf-8"
BINARY = "application/octet-stream"

_FOR_EVER = {"Cache-Control": "public, max-age=604800, immutable"}
_NOT_KEPT = {"Cache-Control": "no-store"}


def log_router(log: Log) -> APIRouter:
    """Return the documented routes: the checkpoint and the policy."""
    router = APIRouter(tags=["log"], responses=ANY_REFUSAL)

    @router.get(
        "/log/checkpoint",
        summary="The newest checkpoint that meets the ledger's own policy",
        responses=text_answer("A C2SP tlog-checkpoint"),
        response_class=Response,
    )
    def read_checkpoint() -> Response:
        return Response(log.checkpoint(), media_type=TEXT, headers=_NOT_KEPT)

    @router.get(
        "/policy",
        summary="The policy that the operator suggests, its own log line first",
        responses=text_answer("A C2SP tlog-policy"),
        response_class=Response,
    )
    def read_policy() -> Response:
        headers = {"Cache-Control": "no-cache"}
        return Response(log.policy_text(), media_type=TEXT, headers=headers)

    return router


def tile_routes(log: Log) -> list[BaseRoute]:
    """Return the route of tiles and entry bundles; paths are read as they came."""

    def read_tile(request: Request) -> Response:
        path = raw_path(request).removeprefix(PREFIX)
        try:
            tile = parse_tile_path(path)
        except EncodingError as error:
            raise NotFoundError(f"tile: {error}") from error
        if tile.level is None:
            body = log.entry_bundle(tile.index, tile.width)
        else:
            body = log.tile(tile.level, tile.index, tile.width)
        return Response(body, HTTPStatus.OK, media_type=BINARY, headers=_FOR_EVER)

    return [Route("/log/tile/{path:path}", read_tile, methods=["GET"])]


def raw_path(request: Request) -> str:
    """Return the path as it came over the wire, percent-encoding and all."""
    path: bytes = request.scope["raw_path"]
    return path.decode("latin-1")
