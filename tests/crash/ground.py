"""A ledger to crash: its data folder, and statements that can be made again.

Everything follows from a number: what was posted is known by its number alone, also
when the process that posted it is dead.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from ledger.cli.folder import DataFolder, Plan, create_ledger
from ledger.clock import SystemClock
from ledger.errors import LedgerError
from ledger.givenout import GivenOut
from ledger.keys import read_key_file
from ledger.note import VerifierKey
from ledger.statement import sign_statement
from tests.support.forge import HOST, PARTY, STEPS, event_body, signer

HERDER = signer(f"{HOST}/spring")
ANIMALS = 997
"""How many animals the statements are about: lists grow, and so does their number."""


@dataclass(frozen=True)
class Ground:
    """One ledger in a data folder."""

    data: DataFolder
    origin: str
    key: VerifierKey
    """Its ledger key."""

    def open(self):
        """Return the log, opened for appending as the server does."""
        return self.data.open_log(clock=SystemClock())

    def given_out(self):
        """Return what the file of the newest checkpoint holds."""
        return GivenOut(self.data.newest_checkpoint).read()

    def note(self, number):
        """Return the statement with a number, the same bytes every time."""
        animal = f"https://{HOST}/id/animal/spring/{number % ANIMALS}"
        body = event_body(number, epcList=[animal])
        return sign_statement(
            origin=self.origin, kind="event", body=body, signers=[HERDER]
        )

    def notes(self, first, count):
        """Return the statements with the numbers from first on."""
        return [self.note(number) for number in range(first, first + count)]


def make_ground(path):
    """Make a ledger with a party that may post; return it."""
    data = DataFolder(Path(path))
    origin = create_ledger(data, Plan(host=HOST), passphrase=None, clock=SystemClock())
    registrar = read_key_file(data.registrar_key)
    admission = {
        "action": "admit",
        "kind": "farm",
        "party": PARTY,
        "places": [],
        "prefixes": [f"https://{HOST}/id/animal/spring"],
        "rights": {"persistent": [], "steps": STEPS},
    }
    binding = {"action": "authorize", "key": HERDER.vkey.to_text(), "party": PARTY}
    ground = Ground(data, origin, read_key_file(data.ledger_key).vkey)
    log = ground.open()
    answers = log.append_statements(
        [
            sign_statement(origin=origin, kind="directory", body=body, signers=signers)
            for body, signers in [
                (admission, [registrar]),
                (binding, [registrar, HERDER]),
            ]
        ]
    )
    log.close()
    assert not [a for a in answers if isinstance(a, LedgerError)], answers
    return ground


def say(words):
    """Say how far a long run is."""
    sys.stderr.write(f"crash: {words}\n")
    sys.stderr.flush()


def fork(work):
    """Run work in a child process that ends with it; return the child's id.

    A fork has the libraries loaded already: a round takes a tenth of a second, not two.
    This process must have no other thread.
    """
    child = os.fork()
    if child:
        return child
    status = 70
    try:
        status = work() or 0
    finally:
        # Nothing of the parent's, neither its files nor its tests, goes on here.
        os._exit(status)
