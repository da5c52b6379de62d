"""A ledger served as a user serves it: the command, in a process of its own."""

import os
import signal
import socket
import subprocess
import time

from ledger.client import LedgerClient
from ledger.errors import LedgerError
from ledger.keys import read_key_file
from ledger.statement import sign_statement
from tests.support import starter
from tests.support.forge import STEPS, signer
from tests.support.starter import CARAVAN

HOST = "oasis.example"
PARTY = f"https://{HOST}/id/party/spring"

__all__ = ["CARAVAN", "HOST", "PARTY", "Served", "free_port", "run"]


def run(*arguments, expect=0, env=None):
    """Run the command to its end; return what it printed on standard output."""
    done = starter.run([*map(str, arguments)], env=env, timeout=120)
    assert done.returncode == expect, (done.returncode, done.stderr.decode())
    return done.stdout


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Served:
    """One data folder, and the server on it while it runs."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.herder = signer(f"{HOST}/spring")
        self.process = None

    def init(self, *options):
        """Begin the ledger."""
        run("init", self.folder, "--host", HOST, "--no-passphrase", *options)
        return self

    def start(self, *options, stdout=subprocess.DEVNULL):
        """Start the server with these options and wait until it answers."""
        self.process = starter.Process(
            ["serve", self.folder, "--port", str(self.port), *options],
            stdout=stdout,
            stderr=subprocess.PIPE if stdout is subprocess.DEVNULL else stdout,
        )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                with LedgerClient(self.url) as client:
                    self.origin = client.origin()
                return self
            except LedgerError:
                assert self.process.poll() is None, self._said()
                time.sleep(0.05)
        raise AssertionError("the server does not answer")

    def stop(self, how=signal.SIGTERM):
        """End the server; return its exit status."""
        if self.process is None:
            return None
        os.killpg(self.process.pid, how)
        status = self.process.wait(30)
        if self.process.stderr is not None:
            self.process.stderr.close()
        self.process = None
        return status

    def _said(self):
        stream = self.process.stderr
        return "no server" if stream is None else stream.read().decode()

    def admit(self, **members):
        """Admit the party, with these members of its admission, and bind its key."""
        registrar = read_key_file(self.folder / "keys/registrar.pem")
        admission = {
            "action": "admit",
            "kind": "farm",
            "party": PARTY,
            "places": [],
            "prefixes": [f"https://{HOST}/id/animal/spring"],
            "rights": {"persistent": [], "steps": STEPS},
        } | members
        key = self.herder.vkey.to_text()
        binding = {"action": "authorize", "key": key, "party": PARTY}
        notes = [
            self.sign(admission, registrar, kind="directory"),
            self.sign(binding, registrar, self.herder, kind="directory"),
        ]
        with LedgerClient(self.url) as client:
            assert not [a for a in client.post(notes) if isinstance(a, LedgerError)]
        return self

    def sign(self, body, *signers, kind="event"):
        """Return a statement for this ledger."""
        return sign_statement(
            origin=self.origin, kind=kind, body=body, signers=signers or (self.herder,)
        )
