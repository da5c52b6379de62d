"""The witnesses of the demonstration: processes of their own, with data of their own.

One remembers what it has seen, one recomputes everything. They run on the machine of
the ledger and below its folder, which real witnesses do not, and their URLs in the
policy say so: every verdict says that nobody elsewhere has looked.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from ledger.cli.outcome import with_hint
from ledger.cli.witnessfolder import WitnessFolder, logs_policy, short_name
from ledger.errors import StoreError
from ledger.policy import Policy, PolicyLog

_LOCAL: Final = "127.0.0.1"
_NAMES: Final = {"witness": "witness/dune", "replaying": "witness/mill/replay"}
"""Their folders, and what they cosign as."""
_STOP_SECONDS: Final = 10
_CHILD: Final = "from ledger.cli.demowitnesses import run_child; run_child()"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((_LOCAL, 0))
        return int(probe.getsockname()[1])


class DemoWitnesses:
    """Both of them, in the folder of a demonstration."""

    ABOUT: Final = (
        "Two witnesses cosign it, and one of them recomputes everything: processes of\n"
        "their own, on this same machine; real ones are run by others, elsewhere."
    )

    def __init__(self, folder: Path) -> None:
        """Remember where they are; nothing is made or started yet."""
        self._folders = {folder / end: name for end, name in _NAMES.items()}
        self._processes: list[subprocess.Popen[bytes]] = []

    def make(self, policy: Policy, *, domain: str, port: int) -> bytes:
        """Make both; return the policy that names them and asks for both.

        Args:
            policy: That of the ledger, which has its log line.
            domain: What their names begin with.
            port: The ledger's; theirs follow it. 0 takes free ones.

        Raises:
            StoreError: They cannot be made; something else may be in the way.
        """
        lines = [f"log {log.vkey.to_text()} {log.url}" for log in policy.logs]
        names: list[str] = []
        logs = logs_policy(*policy.logs)
        for number, (folder, end) in enumerate(self._folders.items(), 1):
            found = port + number if port else free_port()
            key = WitnessFolder(folder).make(f"{domain}/{end}", logs, passphrase=None)
            name = short_name(end)
            lines.append(
                f"witness {name} {key.vkey.to_text()} http://{_LOCAL}:{found}/witness"
            )
            names.append(name)
        lines += [f"group both all {' '.join(names)}", "quorum both", ""]
        return "\n".join(lines).encode()

    def start(self, policy: Policy, *, port: int) -> None:
        """Start both, and wait until they answer.

        Args:
            policy: The ledger's, which has their ports.
            port: Where the ledger answers.

        Raises:
            StoreError: One of them does not start.
        """
        logs = [
            PolicyLog(log.vkey, f"http://{_LOCAL}:{port}/log") for log in policy.logs
        ]
        for folder, witness in zip(self._folders, policy.witnesses, strict=False):
            WitnessFolder(folder).write_logs(logs_policy(*logs))
            own_port = urlsplit(witness.url or "").port or 0
            notices = (folder / "notices").open("ab")
            with notices:
                process = subprocess.Popen(  # noqa: S603  # our own command
                    _command(folder, own_port),
                    # Closed when this process ends, however it does.
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=notices,
                    # Ctrl-C is for the ledger, which stops them when it has stopped.
                    start_new_session=True,
                )
            self._processes.append(process)
        for folder, process in zip(self._folders, self._processes, strict=True):
            _wait_until_it_serves(folder, process)

    def stop(self) -> None:
        """Stop those that run."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
        self._processes = []


def _command(folder: Path, port: int) -> Sequence[str]:
    verb = ["witness", os.fspath(folder), "--host", _LOCAL, "--port", str(port)]
    return [sys.executable, "-c", _CHILD, *verb, "--shares-store"]


def run_child() -> None:
    """Run the command that was typed, until whoever started it has ended."""
    # This module is part of the command.
    from ledger.cli import main

    threading.Thread(target=_stop_at_end_of_input, daemon=True).start()
    sys.exit(main(sys.argv[1:]))


def _stop_at_end_of_input() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _wait_until_it_serves(folder: Path, process: subprocess.Popen[bytes]) -> None:
    for line in process.stdout or ():
        if line.startswith(b"serving: "):
            return
    raise with_hint(
        StoreError(f"{folder}: the witness does not start"),
        f"why is in {folder / 'notices'}; its port may be taken",
    )
