"""The simulated season, written down once for all tests that look at it."""

import functools
from contextlib import contextmanager

from ledger.errors import LedgerError
from ledger.log import Log
from ledger.simulate.plan import SEASON, SMALL
from ledger.simulate.season import Season, latest_start
from tests.support.clocks import FrozenClock
from tests.support.forge import (
    LEDGER,
    ORIGIN,
    REGISTRAR,
    START_MS,
    Forge,
    policy_text,
)

START = latest_start(START_MS)
_GROUP = 200


def season(plan=SEASON, secret=b"season"):
    return _season(plan, secret)


@functools.cache
def _season(plan, secret):
    return Season(
        origin=ORIGIN, registrar=REGISTRAR, secret=secret, start=START, plan=plan
    )


@contextmanager
def logged_season(folder):
    """Open a log of a small season, to which nobody adds."""
    forge = Forge()
    forge.genesis()
    log = Log.create(
        f"sqlite:///{folder}/ledger.db",
        origin=ORIGIN,
        genesis=forge.entries[0],
        signers=[LEDGER],
        clock=FrozenClock(START_MS),
        policy=policy_text().encode(),
    )
    notes = list(season(SMALL).statements())
    for first in range(0, len(notes), _GROUP):
        answers = log.append_statements(notes[first : first + _GROUP])
        assert not any(isinstance(answer, LedgerError) for answer in answers)
    yield log
    log.close()
