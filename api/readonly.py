"""What a server answers that only reads: nothing is taken in, the rest is as ever."""

from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import problem_of, problem_response
from ledger.errors import ReadOnlyError

_NOTHING_APPENDED = ReadOnlyError(
    "ledger: is only read here for now; nothing was recorded: post it again later"
)
_NOTHING_SHOWN = ReadOnlyError(
    "disclosures: none are given out here for now: whether one was taken back is not "
    "known"
)


class RefuseToTakeIn:
    """Plain ASGI middleware: posts, and all that may be taken back, are refused."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        refusal = None
        if scope["type"] == "http" and scope["method"] == "POST":
            refusal = _NOTHING_APPENDED
        elif scope["type"] == "http" and scope["path"] == "/disclosures":
            refusal = _NOTHING_SHOWN
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await problem_response(problem_of(refusal))(scope, receive, send)
