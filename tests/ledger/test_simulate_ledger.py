"""The simulated season in a real ledger: all is taken, and nothing else is odd.

In little: the whole season goes through ``tests/scenarios/test_demo.py``.
"""

from collections import Counter

import pytest

from ledger.errors import LedgerError
from ledger.log import Log
from ledger.simulate.plan import SMALL
from ledger.sqlstore import open_store
from ledger.trust import Trust
from ledger.verify_ledger import verify_ledger
from tests.support.clocks import FrozenClock
from tests.support.forge import LEDGER, ORIGIN, START_MS, Forge, policy_text
from tests.support.seasons import season

POLICY = policy_text().encode()
GROUP = 200


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    """Return the log's URL after the whole season was posted, and the answers."""
    forge = Forge()
    forge.genesis()
    url = f"sqlite:///{tmp_path_factory.mktemp('season')}/ledger.db"
    log = Log.create(
        url,
        origin=ORIGIN,
        genesis=forge.entries[0],
        signers=[LEDGER],
        clock=FrozenClock(START_MS),
        policy=POLICY,
    )
    notes = list(season(SMALL).statements())
    answers = [
        answer
        for first in range(0, len(notes), GROUP)
        for answer in log.append_statements(notes[first : first + GROUP])
    ]
    again = log.append_statements(list(season(SMALL).statements())[-GROUP:])
    log.close()
    return url, answers, again


def test_every_statement_is_accepted(ledger):
    _, answers, _ = ledger
    refused = [answer for answer in answers if isinstance(answer, LedgerError)]
    assert len(answers) > 1000
    assert refused == []


def test_posting_it_again_changes_nothing(ledger):
    _, answers, again = ledger
    assert not any(answer.is_new for answer in again)
    assert [a.index for a in again] == [a.index for a in answers[-GROUP:]]


def test_the_whole_ledger_verifies_and_has_the_planted_flags_only(ledger):
    url, answers, _ = ledger
    store = open_store(url)
    try:
        report = verify_ledger(
            store.entries(0, store.size()),
            checkpoint=store.newest_checkpoint(),
            trust=Trust(POLICY, "yours", START_MS),
        )
    finally:
        store.close()

    assert report.statements == len(answers) + 1
    assert Counter(flag.code for flag in report.flags) == season(SMALL).planted
