"""``/healthz``, ``/readyz`` and ``/metrics``: for whoever keeps the service running."""

from fastapi import APIRouter
from starlette.responses import PlainTextResponse

from api.openapi import ANY_REFUSAL, problem_answers, text_answer
from api.routes.statements import StatementCounts
from ledger.errors import StoreError
from ledger.log import Log

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
_NOT_READY = problem_answers(StoreError("store: does not answer"))


def health_router(log: Log, counts: StatementCounts) -> APIRouter:
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
        summary="Whether the ledger can be read and has a checkpoint to show",
        responses=text_answer("It can") | _NOT_READY,
        response_class=PlainTextResponse,
    )
    def read_readiness() -> PlainTextResponse:
        log.entry(log.size - 1)
        return PlainTextResponse("ready\n")

    @router.get(
        "/metrics",
        summary="Counters in the text form of Prometheus",
        responses=text_answer("One line a figure"),
        response_class=PlainTextResponse,
    )
    def read_metrics() -> PlainTextResponse:
        text = metrics_text(log.size, counts)
        return PlainTextResponse(text, media_type=PROMETHEUS)

    return router


def metrics_text(size: int, counts: StatementCounts) -> str:
    """Return the figures, one a line.

    >>> print(metrics_text(3, StatementCounts()).splitlines()[2])
    caravan_checkpoint_size 3
    """
    lines = [
        "# HELP caravan_checkpoint_size Entries under the newest checkpoint.",
        "# TYPE caravan_checkpoint_size gauge",
        f"caravan_checkpoint_size {size}",
        "# HELP caravan_statements_total Notes posted since the start, by outcome.",
        "# TYPE caravan_statements_total counter",
        f'caravan_statements_total{{outcome="appended"}} {counts.appended}',
        f'caravan_statements_total{{outcome="known"}} {counts.known}',
        f'caravan_statements_total{{outcome="refused"}} {counts.refused.total()}',
        "# HELP caravan_statements_refused_total Refused notes, by code.",
        "# TYPE caravan_statements_refused_total counter",
    ]
    lines += [
        f'caravan_statements_refused_total{{code="{code}"}} {count}'
        for code, count in sorted(counts.refused.items())
    ]
    return "\n".join(lines) + "\n"
