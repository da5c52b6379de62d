"""``/healthz``, ``/readyz`` and ``/metrics``: for whoever keeps the service running."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from api.caching import NEVER, answer
from api.lookups import Lookups
from api.metrics import MEDIA_TYPE, Exposition
from api.openapi import ANY_REFUSAL, problem_answers, text_answer
from api.operation import Operation
from ledger.errors import StoreError
from ledger.log import Log
from ledger.reader import LogReader
from ledger.seal import parse_seal

_STOPPING = "service: is stopping"
_NOT_READY = problem_answers(StoreError(_STOPPING))


def health_router(
    log: LogReader, operation: Operation, lookups: Lookups | None = None
) -> APIRouter:
    """Return the routes; none of them is part of what a proof says."""
    router = APIRouter(tags=["operation"], responses=ANY_REFUSAL)

    @router.get(
        "/healthz",
        summary="Whether the process answers at all",
        responses=text_answer("It does"),
        response_class=PlainTextResponse,
    )
    async def read_health() -> PlainTextResponse:
        return PlainTextResponse("ok\n")

    @router.get(
        "/readyz",
        summary="Whether the ledger can be read, has a checkpoint and is not stopping",
        responses=text_answer("It can") | _NOT_READY,
        response_class=PlainTextResponse,
    )
    def read_readiness() -> PlainTextResponse:
        if operation.is_stopping:
            raise StoreError(_STOPPING)
        log.entry(log.size - 1)
        return PlainTextResponse("ready\n")

    @router.get(
        "/metrics",
        summary="Figures in the text form of Prometheus",
        responses=text_answer("One line a figure"),
        response_class=PlainTextResponse,
    )
    def read_metrics(request: Request) -> Response:
        text = metrics_text(log, operation, lookups).encode()
        return answer(request, text, media_type=MEDIA_TYPE, keep=NEVER)

    return router


def metrics_text(
    log: LogReader, operation: Operation, lookups: Lookups | None = None
) -> str:
    """Return the figures of a log, and of the service in front of it.

    Raises:
        StoreError: The store does not answer.
    """
    metrics = Exposition()
    _log_metrics(metrics, log)
    _witness_metrics(metrics, operation)
    _request_metrics(metrics, operation)
    if lookups is not None:
        metrics.counter(
            "caravan_lookups_total",
            "Visits counted since the start, by what was found of the serial.",
            [
                ({"outcome": outcome}, count)
                for outcome, count in sorted(lookups.outcomes.items())
            ],
        )
    return metrics.text()


def _log_metrics(metrics: Exposition, log: LogReader) -> None:
    size = log.size
    metrics.gauge(
        "caravan_checkpoint_size", "Entries under the newest checkpoint.", size
    )
    metrics.gauge(
        "caravan_published_size",
        "Entries under the newest checkpoint that meets the ledger's own policy.",
        log.published_size(),
    )
    metrics.gauge(
        "caravan_checkpoint_timestamp_seconds",
        "Time of the newest seal, in seconds of Unix time.",
        parse_seal(log.entry(size - 1)).time_ms / 1000,
    )
    metrics.gauge(
        "caravan_database_bytes", "Size of the ledger's database.", log.database_bytes()
    )
    metrics.histogram(
        "caravan_passport_seconds",
        "How long the making of a passport took.",
        [({}, log.passport_seconds)],
    )
    appends = log if isinstance(log, Log) else None
    metrics.gauge(
        "caravan_is_read_only", "Whether nothing is taken in here.", appends is None
    )
    metrics.gauge(
        "caravan_is_sequencer",
        "Whether this process is the one that appends.",
        appends is not None and appends.is_sequencer,
    )
    if appends is not None:
        _group_metrics(metrics, appends)


def _witness_metrics(metrics: Exposition, operation: Operation) -> None:
    witnesses = operation.witnesses
    metrics.gauges(
        "caravan_witness_cosigned_timestamp_seconds",
        "Time of a witness's newest cosignature, in seconds of Unix time; 0 if none.",
        [({"witness": each.name}, each.cosigned_s) for each in witnesses],
    )
    metrics.gauges(
        "caravan_witness_size",
        "Entries under the newest checkpoint that a witness has cosigned.",
        [({"witness": each.name}, each.size) for each in witnesses],
    )
    metrics.counter(
        "caravan_witness_failures_total",
        "How often a witness was asked and gave no cosignature, by code.",
        [
            ({"witness": each.name, "code": code}, count)
            for each in witnesses
            for code, count in sorted(dict(each.failed).items())
        ],
    )


def _group_metrics(metrics: Exposition, log: Log) -> None:
    metrics.gauge(
        "caravan_queue_notes",
        "Notes that are not answered yet.",
        log.waiting,
    )
    figures = log.figures
    metrics.histogram(
        "caravan_group_notes",
        "Notes judged together; their count is that of the groups.",
        [({}, figures.notes)],
    )
    metrics.histogram(
        "caravan_group_seconds",
        "From a group's first judgement to its durable checkpoint.",
        [({}, figures.seconds)],
    )
    metrics.counter(
        "caravan_groups_failed_total",
        "Groups that store or clock did not take.",
        [({}, figures.failed)],
    )


def _request_metrics(metrics: Exposition, operation: Operation) -> None:
    counts, requests = operation.statements, operation.requests
    metrics.counter(
        "caravan_statements_total",
        "Notes posted since the start, by outcome.",
        [
            ({"outcome": "appended"}, counts.appended),
            ({"outcome": "known"}, counts.known),
            ({"outcome": "refused"}, counts.refused.total()),
        ],
    )
    metrics.counter(
        "caravan_statements_refused_total",
        "Refused notes, by code.",
        [({"code": code}, n) for code, n in sorted(dict(counts.refused).items())],
    )
    metrics.counter(
        "caravan_requests_total",
        "Requests by route and status; 0 is a client that was gone.",
        [
            ({"route": route, "status": status}, count)
            for (route, status), count in sorted(dict(requests.answered).items())
        ],
    )
    metrics.histogram(
        "caravan_request_seconds",
        "How long requests took, by route.",
        [({"route": route}, seconds) for route, seconds in requests.seconds.items()],
    )
    metrics.gauge(
        "caravan_is_stopping",
        "Whether a stop was asked for.",
        operation.is_stopping,
    )
