"""Serve what is measured over HTTP: the ledger, and an endpoint that does nothing.

    python -m benchmarks.served ledger FOLDER
    python -m benchmarks.served baseline

Both print their URL when they answer, and serve under the same settings until they are
told to stop. The endpoint that does nothing is what a FastAPI service is at its
quickest: a coroutine that reads the body and answers.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response

from api.app import create_app
from api.server import run
from ledger.cli.folder import DataFolder
from ledger.clock import SystemClock
from ledger.preparer import helpers_for


def baseline_app() -> FastAPI:
    """Return a service whose only endpoint reads a body."""
    app = FastAPI(openapi_url=None)

    @app.post("/statements")
    async def read(request: Request) -> Response:
        await request.body()
        return Response(b"{}", media_type="application/json")

    return app


@contextmanager
def served(*arguments: str) -> Iterator[str]:
    """Give the URL of a server in a process of its own, while the block runs."""
    command = [sys.executable, "-m", "benchmarks.served", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def main(arguments: list[str]) -> None:
    """Serve until told to stop."""

    def say(url: str) -> None:
        print(url, flush=True)

    if arguments == ["baseline"]:
        run(baseline_app(), host="127.0.0.1", port=0, on_started=say)
        return
    _, folder = arguments
    log = DataFolder(Path(folder)).open_log(clock=SystemClock())
    log.employ(helpers_for(os.cpu_count() or 1))
    try:
        run(create_app(log), host="127.0.0.1", port=0, on_started=say)
    finally:
        log.close()


if __name__ == "__main__":
    main(sys.argv[1:])
