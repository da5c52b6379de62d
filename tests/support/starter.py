"""The command as a process of its own that need not load its libraries first.

To load them takes ``caravan`` longer than most of what a test wants of it. So one
process of each run of the tests loads them, and forks into the command whenever it is
asked: with arguments, environment, files and a session as a new process would have
them, and its end waited for. What the installed file itself does is for the tests that
start that.
"""

import atexit
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

LOADED = (
    "ledger.cli",
    "api.app",
    "api.operation",
    "api.server",
    "alembic.command",
    "alembic.runtime.migration",
    "psycopg",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
)
CARAVAN = Path(sys.executable).with_name("caravan")
ROOT = Path(__file__).parents[2]
_NUMBER = struct.Struct("i")


# ------------------------------------------------------------------ for who starts it


class Process:
    """One ``caravan`` that runs; a :class:`subprocess.Popen` as far as needed."""

    def __init__(
        self,
        arguments,
        *,
        stdin=subprocess.DEVNULL,
        stdout=None,
        stderr=None,
        env=None,
        text=False,
    ):
        """Start it in a session of its own."""
        self.returncode = None
        self.stdout = self.stderr = None
        ours, theirs = [], []
        for name, given in (("stdin", stdin), ("stdout", stdout), ("stderr", stderr)):
            if given == subprocess.PIPE:
                reading, writing = os.pipe()
                setattr(self, name, os.fdopen(reading, "r" if text else "rb"))
                ours.append(writing)
                theirs.append(writing)
            elif given == subprocess.DEVNULL:
                ours.append(os.open(os.devnull, os.O_RDWR))
                theirs.append(ours[-1])
            else:
                theirs.append(len(theirs) if given is None else given.fileno())
        self._status, told = os.pipe()
        asked = {
            "arguments": [os.fspath(argument) for argument in arguments],
            "folder": os.getcwd(),
            "environment": dict(os.environ if env is None else env),
        }
        starter = _starter()
        socket.send_fds(starter, [json.dumps(asked).encode()], [*theirs, told])
        for each in (*ours, told):
            os.close(each)
        self.pid = self._heard(60)
        assert self.pid is not None, "the command cannot be started"

    def _heard(self, seconds):
        """Wait for a number that is told of the process; None if none is."""
        if not select.select([self._status], [], [], seconds)[0]:
            return None
        told = os.read(self._status, _NUMBER.size)
        assert told, "what starts the command has ended"
        return _NUMBER.unpack(told)[0]

    def poll(self):
        """Return how it ended, or None while it runs."""
        return self._ended(0)

    def wait(self, timeout=None):
        """Wait until it ends, and return how."""
        if self._ended(timeout) is None:
            raise subprocess.TimeoutExpired("caravan", timeout)
        return self.returncode

    def _ended(self, seconds):
        if self.returncode is None:
            self.returncode = self._heard(seconds)
            if self.returncode is not None:
                os.close(self._status)
        return self.returncode

    def send_signal(self, number):
        """Send it a signal, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self):
        """Tell it to end."""
        self.send_signal(signal.SIGTERM)


def run(arguments, *, stdin=b"", env=None, timeout=60):
    """Run it to its end; return how it ended and, as bytes, what it said."""
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        given.write(stdin)
        given.seek(0)
        process = Process(arguments, stdin=given, stdout=out, stderr=err, env=env)
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(
            arguments, process.returncode, out.read(), err.read()
        )


@cache
def _starter():
    """Start what forks into the command, once; it ends when this process does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.starter", str(theirs.fileno())],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
    atexit.register(process.wait, 10)
    atexit.register(ours.close)
    return ours


# ----------------------------------------------------------------- in a process apart


def main(descriptor):
    """Wait for who wants the command, and become it; or end with who asks."""
    asking = socket.socket(fileno=descriptor)
    for name in LOADED:
        importlib.import_module(name)
    caravan = importlib.import_module("ledger.cli").main
    # What is shared with the forks stays shared.
    gc.collect()
    gc.freeze()
    while True:
        try:
            asked, files, _, _ = socket.recv_fds(asking, 1 << 20, 4)
        except KeyboardInterrupt:
            return 0
        if not asked:
            return 0
        if os.fork() == 0 and _watched(files):
            asking.close()
            _become(files, **json.loads(asked))
            return caravan()
        for each in files:
            os.close(each)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _watched(files):
    """Fork once more; the parent tells how the child ended, and comes not back."""
    child = os.fork()
    if child == 0:
        return True
    for each in files[:3]:
        os.close(each)
    _, status = os.waitpid(child, 0)
    # Who asked may have gone.
    with suppress(BrokenPipeError):
        os.write(files[3], _NUMBER.pack(os.waitstatus_to_exitcode(status)))
    os._exit(0)


def _become(files, *, arguments, folder, environment):
    """Be in all that can be seen a new process that runs the command."""
    os.setsid()
    for number, each in enumerate(files[:3]):
        os.dup2(each, number)
    os.write(files[3], _NUMBER.pack(os.getpid()))
    for each in files:
        if each > 2:
            os.close(each)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [str(CARAVAN), *arguments]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
