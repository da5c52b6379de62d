"""A small simulated season in a served ledger: pouches, tanks, camels, a recall."""

import time
from contextlib import contextmanager

from ledger.client import LedgerClient
from ledger.errors import LedgerError
from ledger.keys import read_key_file
from ledger.simulate.plan import SMALL
from ledger.simulate.season import Season, latest_start
from tests.support.served import Served

GROUP = 500


@contextmanager
def serving_season(folder, plan=SMALL):
    """Serve a ledger with a season in it.

    Its ``landmarks`` say what is worth a look.
    """
    ledger = Served(folder).init()
    try:
        ledger.start()
        season = Season(
            origin=ledger.origin,
            registrar=read_key_file(folder / "keys/registrar.pem"),
            secret=b"season",
            start=latest_start(int(time.time() * 1000), plan),
            plan=plan,
        )
        notes = list(season.statements())
        with LedgerClient(ledger.url) as client:
            for first in range(0, len(notes), GROUP):
                answers = client.post(notes[first : first + GROUP])
                refused = [a for a in answers if isinstance(a, LedgerError)]
                assert refused == [], refused[:3]
        ledger.landmarks = season.landmarks
        yield ledger
    finally:
        ledger.stop()
