"""The service of a witness (C2SP tlog-witness): cosignatures in, out and on show.

Raw bytes in and out: what a log sends is read under a limit and handed to the witness.
A refusal is a problem detail, but for the size that is wanted, whose form is given.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

import msgspec
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api import problems
from api.app import HeadAsGet, ResponseHeaders
from api.caching import NEVER, answer
from api.metrics import MEDIA_TYPE, Exposition, Labels
from api.operation import Operation
from api.problems import problem_of, problem_response
from api.rates import LimitAddresses
from api.settings import Settings
from ledger.addcheckpoint import MAX_BODY_BYTES
from ledger.clock import Clock
from ledger.errors import (
    LedgerError,
    NotYetError,
    OldSizeError,
    OverloadedError,
    SignatureError,
    StoreError,
    TooLargeError,
    UnknownKeyError,
)
from ledger.notices import failure
from ledger.replayer import Replayer, ReplayFigures
from ledger.witness import LogFigures, Witness

PREFIX: Final = "/witness"
TEXT: Final = "text/plain; charset=utf-8"
SIZE_TYPE: Final = "text/x.tlog.size"
MAX_WAITING: Final = 64
"""Checkpoints that are looked into at once; the next is asked to come again."""
_RETRY_AFTER_SECONDS: Final = "1"

Endpoint = Callable[[Request], Awaitable[Response]]


def create_witness_app(
    witness: Witness,
    clock: Clock,
    settings: Settings | None = None,
    operation: Operation | None = None,
    replayer: Replayer | None = None,
) -> FastAPI:
    """Return the service of one witness.

    Args:
        witness: Whoever opened its store closes it after the service has stopped.
        clock: What the age of a log is told by.
        settings: Limits; the defaults are for production.
        operation: Shared with who runs it, to stop.
        replayer: What the witness asks, if it replays; for the figures.
    """
    operation = operation or Operation()
    answered: Counter[int] = Counter()
    app = FastAPI(
        title="Caravan witness",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    problems.register(app)
    app.router.routes += [
        Route(
            f"{PREFIX}/add-checkpoint",
            _add_checkpoint(witness, answered, operation),
            methods=["POST"],
        ),
        *_read_routes(witness, clock, answered, operation, replayer),
    ]
    app.add_middleware(problems.UnknownAsProblem)
    app.add_middleware(LimitAddresses, settings=settings or Settings())
    app.add_middleware(
        ResponseHeaders, page_policy="default-src 'none'", open_to_all=(f"{PREFIX}/",)
    )
    app.add_middleware(HeadAsGet)
    return app


def _add_checkpoint(
    witness: Witness, answered: Counter[int], operation: Operation
) -> Endpoint:
    waiting = 0

    async def add_checkpoint(request: Request) -> Response:
        nonlocal waiting
        try:
            # Whoever sends slowly takes nobody's place.
            body = await _read_body(request)
            if waiting >= MAX_WAITING:
                raise OverloadedError("witness: others are being answered")
            waiting += 1
            try:
                lines = await run_in_threadpool(witness.add_checkpoint, body)
            finally:
                waiting -= 1
            headers = {"Cache-Control": NEVER}
            response = Response(lines, media_type=TEXT, headers=headers)
        except LedgerError as error:
            operation.statements.refused[error.code] += 1
            response = _refusal(error)
        answered[response.status_code] += 1
        return response

    return add_checkpoint


def _refusal(error: LedgerError) -> Response:
    if isinstance(error, OldSizeError):
        headers = {"Content-Type": SIZE_TYPE, "Cache-Control": NEVER}
        return Response(f"{error.size}\n", HTTPStatus.CONFLICT, headers)
    problem = problem_of(error)
    if isinstance(error, SignatureError | UnknownKeyError):
        # A log that did not sign is told apart from one that contradicts itself.
        problem = msgspec.structs.replace(problem, status=HTTPStatus.FORBIDDEN)
    headers = {}
    if isinstance(error, NotYetError | OverloadedError):
        headers["Retry-After"] = _RETRY_AFTER_SECONDS
    elif isinstance(error, StoreError):
        failure("request-failed", error)
    if isinstance(error, TooLargeError | OverloadedError):
        # What was not read is not worth reading: the connection ends here.
        headers["Connection"] = "close"
    return problem_response(problem, headers)


async def _read_body(request: Request) -> bytes:
    """Return the body, never holding more than the limit and one chunk of it.

    Raises:
        TooLargeError: It is longer.
        ClientDisconnect: The client went away.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise TooLargeError(f"body: got more than {MAX_BODY_BYTES} bytes")
    return bytes(body)


def _read_routes(
    witness: Witness,
    clock: Clock,
    answered: Counter[int],
    operation: Operation,
    replayer: Replayer | None,
) -> list[Route]:
    """Return the routes of what is on show."""

    def read_newest(request: Request) -> Response:
        note = witness.newest(request.path_params["origin_hash"])
        return Response(note, media_type=TEXT, headers={"Cache-Control": NEVER})

    async def read_health(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    def read_readiness(_request: Request) -> Response:
        if operation.is_stopping:
            raise StoreError("service: is stopping")
        witness.figures()
        return PlainTextResponse("ready\n")

    def read_metrics(request: Request) -> Response:
        metrics = Exposition()
        _tell_logs(metrics, witness, clock.now_ms())
        _tell_replay(metrics, replayer)
        metrics.counter(
            "caravan_witnessed_answers_total",
            "Checkpoints answered since the start, by status.",
            [({"status": status}, count) for status, count in sorted(answered.items())],
        )
        text = metrics.text().encode()
        return answer(request, text, media_type=MEDIA_TYPE, keep=NEVER)

    return [
        Route(f"{PREFIX}/{{origin_hash}}/checkpoint", read_newest),
        Route("/healthz", read_health),
        Route("/readyz", read_readiness),
        Route("/metrics", read_metrics),
    ]


def _tell_logs(metrics: Exposition, witness: Witness, now_ms: int) -> None:
    logs: list[tuple[Labels, LogFigures]] = [
        ({"log": log.origin}, log) for log in witness.figures()
    ]
    metrics.gauges(
        "caravan_witnessed_size",
        "Entries under the checkpoint of a log that was cosigned last.",
        [(labels, log.size) for labels, log in logs],
    )
    metrics.gauges(
        "caravan_witnessed_seconds_since_seen",
        "How long ago something of a log was cosigned last.",
        [
            (labels, (now_ms - log.seen_ms) / 1000)
            for labels, log in logs
            if log.seen_ms is not None
        ],
    )
    metrics.counter(
        "caravan_witnessed_cosigned_total",
        "How often something of a log was cosigned, ever.",
        [(labels, log.cosigned) for labels, log in logs],
    )
    metrics.gauges(
        "caravan_witnessed_is_distrusted",
        "Whether nothing of a log is cosigned any more.",
        [(labels, log.is_distrusted) for labels, log in logs],
    )
    metrics.gauges(
        "caravan_witnessed_evidence_files",
        "What is kept that speaks against a log.",
        [(labels, log.evidence) for labels, log in logs],
    )


def _tell_replay(metrics: Exposition, replayer: Replayer | None) -> None:
    metrics.gauge(
        "caravan_witnessed_is_replaying",
        "Whether all entries of a log are looked into before it is cosigned.",
        replayer is not None,
    )
    logs: list[tuple[Labels, ReplayFigures]] = [
        ({"log": log.origin}, log)
        for log in (() if replayer is None else replayer.figures())
    ]
    metrics.gauges(
        "caravan_witnessed_replayed_size",
        "Entries of a log that were looked into.",
        [(labels, log.size) for labels, log in logs],
    )
    metrics.gauges(
        "caravan_witnessed_replay_state",
        "1 for what is so: level, behind, stuck or false.",
        [({**labels, "state": log.state}, 1) for labels, log in logs],
    )
