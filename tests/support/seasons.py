"""The simulated season, written down once for all tests that look at it."""

import functools

from ledger.simulate.plan import SEASON
from ledger.simulate.season import Season, latest_start
from tests.support.forge import ORIGIN, REGISTRAR, START_MS

START = latest_start(START_MS)


def season(plan=SEASON, secret=b"season"):
    return _season(plan, secret)


@functools.cache
def _season(plan, secret):
    return Season(
        origin=ORIGIN, registrar=REGISTRAR, secret=secret, start=START, plan=plan
    )
