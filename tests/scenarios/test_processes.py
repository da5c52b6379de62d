"""Two servers on one PostgreSQL: one is killed, the other goes on, nothing is lost."""

import itertools
import random
import signal
import threading
import time

import pytest

from ledger.client import LedgerClient, Posted
from ledger.errors import LedgerError
from ledger.policy import parse_policy
from ledger.receipt import parse_receipt, verify_receipt
from tests.support import starter
from tests.support.databases import execute
from tests.support.forge import event_body
from tests.support.served import HOST, Served, run

ROUNDS = 3
CLIENTS = 6
TAKEN_OVER_SECONDS = 5


@pytest.fixture
def pair(tmp_path, postgresql_url):
    """Give two servers of one ledger; the first is the sequencer."""
    folder = tmp_path / "ledger"
    first = Served(folder).init("--database", postgresql_url).start().admit()
    second = Served(folder).start()
    yield first, second
    for server in (first, second):
        server.stop()


class Clients:
    """Post to whichever of two servers answers, and remember what was acknowledged."""

    def __init__(self, pair):
        self._pair = pair
        self._numbers = itertools.count(1)
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._post, args=[at]) for at in range(CLIENTS)
        ]
        self.acknowledged = []
        for thread in self._threads:
            thread.start()

    def stop(self):
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _post(self, at):
        while not self._stopping.is_set():
            server = self._pair[at % 2]
            note = server.sign(event_body(next(self._numbers)))
            began = time.monotonic()
            try:
                with LedgerClient(server.url, sleep=give_up) as client:
                    (answer,) = client.post([note])
            except (LedgerError, GaveUpError):
                # Its server was killed; the same statement is not posted again, so
                # that what was not acknowledged may be there or not.
                at += 1
                continue
            assert isinstance(answer, Posted), answer
            self.acknowledged.append((note, answer, began))


class GaveUpError(Exception):
    """The server did not answer."""


def give_up(_seconds):
    raise GaveUpError


def test_the_sequencer_is_killed_and_another_takes_over(pair, postgresql_url):
    """SIGKILL under load, again and again; who was killed comes back as a reader."""
    seed = random.Random(20260612)
    clients = Clients(pair)
    gaps = []
    sequencer, other = pair
    for _ in range(ROUNDS):
        time.sleep(seed.uniform(0.5, 1.5))
        sequencer.stop(signal.SIGKILL)
        killed = time.monotonic()
        # What was posted after it, not what was only answered after it.
        while not any(
            began > killed for _, _, began in clients.acknowledged[-CLIENTS:]
        ):
            assert time.monotonic() < killed + 4 * TAKEN_OVER_SECONDS
            time.sleep(0.02)
        gaps.append(time.monotonic() - killed)
        sequencer.start()
        sequencer, other = other, sequencer
    clients.stop()

    # On a machine that does nothing else it takes less than a second.
    assert max(gaps) < TAKEN_OVER_SECONDS, gaps
    policy = pair[0].folder / "policy"
    keys = parse_policy(policy.read_bytes()).log(pair[0].origin)
    for note, answer, _ in clients.acknowledged:
        receipt = parse_receipt(answer.receipt)
        verify_receipt(receipt, note, origin=pair[0].origin, log_keys=keys)
    with LedgerClient(pair[1].url) as client:
        notes = [note for note, _, _ in clients.acknowledged]
        again = [answer for _, answer in client.post_all(notes)]
    assert [a.index for a in again] == [a.index for _, a, _ in clients.acknowledged]
    for target in (pair[0].url, pair[1].url, pair[0].folder, postgresql_url):
        run("verify", target, "--policy", policy, "--every-seal")


def test_post_tries_again_until_another_has_taken_over(pair, tmp_path):
    """A user's command, started while nobody appends, ends well by itself."""
    first, second = pair
    note = tmp_path / "note"
    note.write_bytes(first.sign(event_body(1)))
    first.stop(signal.SIGKILL)
    done = run("post", note, "--to", second.url)
    assert done.startswith(b"entry: ")


def test_who_is_told_to_stop_hands_the_role_on(pair):
    first, second = pair
    assert first.stop() == 0
    with LedgerClient(second.url) as client:
        (answer,) = client.post([second.sign(event_body(1))])
    assert isinstance(answer, Posted)


def test_a_ledger_is_served_by_a_role_that_can_only_add(tmp_path, postgresql_url):
    execute(
        postgresql_url,
        "DO $$ BEGIN CREATE ROLE server LOGIN; "
        "EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    )
    folder = tmp_path / "ledger"
    options = ("--database", postgresql_url, "--writer", "server")
    server = Served(folder).init(*options).start().admit()
    try:
        with LedgerClient(server.url) as client:
            (answer,) = client.post([server.sign(event_body(1))])
    finally:
        server.stop()
    assert isinstance(answer, Posted)
    kept = (folder / "database").read_text()
    assert kept == postgresql_url.replace("//owner@", "//server@") + "\n"
    run("verify", kept.strip(), "--policy", folder / "policy")
    assert run("migrate", postgresql_url, "--writer", "server").endswith(b"as before\n")


def test_a_password_is_kept_in_no_file(tmp_path, postgresql_url):
    url = postgresql_url.replace("//owner@", "//owner:s3cret@")
    folder = tmp_path / "ledger"
    said = run("init", folder, "--host", HOST, "--no-passphrase", "--database", url)
    files = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
    assert not [text for text in (said, *files) if b"s3cret" in text]


def test_a_second_ledger_is_not_begun_in_one_database(tmp_path, postgresql_url):
    options = ("--host", HOST, "--no-passphrase", "--database", postgresql_url)
    run("init", tmp_path / "first", *options)
    done = starter.run(["init", tmp_path / "second", *options])
    assert done.returncode == 2
    assert b"holds a ledger already" in done.stderr
    assert not (tmp_path / "second").exists()
