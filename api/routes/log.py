"""``GET /log/…``: the log as C2SP tlog-tiles, prefix ``<host>/log``; and ``/policy``.

A tile has one path only: what ``ledger.tile`` does not parse is not there. Tiles never
change, so they may be kept for ever, and partial ones until they are not asked for any
more; the checkpoint is never kept.
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.caching import ASK_AGAIN, FOR_A_DAY, FOR_EVER, NEVER, answer
from api.openapi import ANY_REFUSAL, text_answer
from ledger.errors import EncodingError, NotFoundError
from ledger.reader import LogReader
from ledger.tile import TILE_WIDTH, parse_tile_path

PREFIX = "/log/"
TEXT = "text/plain; charset=utf-8"
BINARY = "application/octet-stream"


def log_router(log: LogReader) -> APIRouter:
    """Return the documented routes: the checkpoint and the policy."""
    router = APIRouter(tags=["log"], responses=ANY_REFUSAL)

    @router.get(
        "/log/checkpoint",
        summary="The newest checkpoint that meets the ledger's own policy",
        responses=text_answer("A C2SP tlog-checkpoint"),
        response_class=Response,
    )
    def read_checkpoint() -> Response:
        headers = {"Cache-Control": NEVER}
        return Response(log.checkpoint(), media_type=TEXT, headers=headers)

    @router.get(
        "/policy",
        summary="The policy that the operator suggests, its own log line first",
        responses=text_answer("A C2SP tlog-policy"),
        response_class=Response,
    )
    def read_policy(request: Request) -> Response:
        return answer(request, log.policy_text(), media_type=TEXT, keep=ASK_AGAIN)

    return router


def tile_routes(log: LogReader) -> list[BaseRoute]:
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
        keep = FOR_EVER if tile.width == TILE_WIDTH else FOR_A_DAY
        return answer(request, body, media_type=BINARY, keep=keep)

    return [Route("/log/tile/{path:path}", read_tile, methods=["GET"])]


def raw_path(request: Request) -> str:
    """Return the path as it came over the wire, percent-encoding and all."""
    path: bytes = request.scope["raw_path"]
    return path.decode("latin-1")
