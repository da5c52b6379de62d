"""Killed under load, started again: nothing that was acknowledged is lost."""

import random
import signal
import threading
import time

import pytest

from ledger.client import LedgerClient, Posted
from ledger.errors import LedgerError
from ledger.policy import parse_policy
from ledger.receipt import parse_receipt, verify_receipt
from tests.support.forge import event_body
from tests.support.served import Served, run

ROUNDS = 3


@pytest.fixture
def served(tmp_path):
    ledger = Served(tmp_path / "ledger").init().start().admit()
    yield ledger
    ledger.stop()


def post_until_killed(served, numbers, acknowledged):
    """Post one statement after the other; remember what was answered."""
    # One try each: what a dying server does not answer is not acknowledged.
    with LedgerClient(served.url, sleep=give_up) as client:
        for number in numbers:
            note = served.sign(event_body(number))
            try:
                (answer,) = client.post([note])
            except (LedgerError, GaveUpError):
                return
            assert isinstance(answer, Posted)
            acknowledged.append((note, answer))


class GaveUpError(Exception):
    """The server did not answer."""


def give_up(_seconds):
    raise GaveUpError


def test_sigkill_under_load_loses_nothing_that_was_acknowledged(served):
    seed = random.Random(20260612)
    acknowledged = []
    for round_number in range(ROUNDS):
        before = len(acknowledged)
        threads = [
            threading.Thread(
                target=post_until_killed,
                args=(served, range(first, first + 10_000), acknowledged),
            )
            for first in range(
                round_number * 100_000 + 1, round_number * 100_000 + 80_000, 10_000
            )
        ]
        for thread in threads:
            thread.start()
        time.sleep(seed.uniform(0.5, 1.5))
        served.stop(signal.SIGKILL)
        for thread in threads:
            thread.join()
        assert len(acknowledged) > before
        served.start()

    policy = (served.folder / "policy").read_bytes()
    keys = parse_policy(policy).log(served.origin)
    with LedgerClient(served.url) as client:
        for note, answer in acknowledged:
            verify_receipt(
                parse_receipt(answer.receipt), note, origin=served.origin, log_keys=keys
            )
        again = [answer for _, answer in client.post_all(n for n, _ in acknowledged)]
    assert [a.index for a in again] == [a.index for _, a in acknowledged]
    run("verify", served.url, "--policy", served.folder / "policy", "--every-seal")


def test_a_stopped_server_answers_what_it_took_and_exits_cleanly(served):
    assert served.stop() == 0
    run("verify", served.folder, "--policy", served.folder / "policy")
