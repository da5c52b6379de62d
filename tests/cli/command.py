"""The command as a user runs it, and the same without starting a process."""

import io
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger.cli import main
from tests.support import starter

INSTALLED = Path(sys.executable).with_name("caravan")


@dataclass(frozen=True, slots=True)
class Ended:
    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


def caravan(*arguments, stdin=b""):
    """Run the command in this process; environment and folder are those of the test."""
    before = sys.stdin, sys.stdout, sys.stderr
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    err = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    sys.stdin, sys.stdout, sys.stderr = io.TextIOWrapper(io.BytesIO(stdin)), out, err
    try:
        status = int(main([str(argument) for argument in arguments]))
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
    said = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return Ended(status, *said)


def run(*arguments, stdin=b"", **environment):
    """Run the installed command."""
    done = subprocess.run(
        [INSTALLED, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env=os.environ | environment,
        timeout=60,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


@contextmanager
def serving(folder, *options):
    """Start ``caravan serve``; give its URL, and stop it politely."""
    server = starter.Process(
        ["serve", folder, "--port", "0", *options], stdout=subprocess.PIPE, text=True
    )
    try:
        lines = iter(server.stdout.readline, "")
        url = next(line.split()[1] for line in lines if line.startswith("serving: "))
        yield url
    finally:
        server.terminate()
        server.wait(30)
        server.stdout.close()
    assert server.returncode == 0
