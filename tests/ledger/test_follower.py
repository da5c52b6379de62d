"""A reader beside the process that appends answers as that one does."""

import pytest

from ledger.errors import IncompleteError, RootMismatchError
from ledger.follower import MAX_BEHIND_SECONDS, Follower, ReadOnlyLog
from ledger.log import Log
from ledger.sqlstore import open_store
from ledger.trust import Trust
from ledger.verify import verify_passport
from tests.support.clocks import FrozenClock
from tests.support.databases import change
from tests.support.forge import (
    ANIMAL,
    HERDER,
    LEDGER,
    ORIGIN,
    START_MS,
    Forge,
    policy_text,
    signer,
)

POLICY = policy_text().encode()
forge = Forge()
forge.genesis()
forge.admit()
forge.authorize()
HERD = ANIMAL.rpartition("/")[0]


@pytest.fixture
def log(url):
    made = Log.create(
        url,
        origin=ORIGIN,
        genesis=forge.entries[0],
        signers=[LEDGER],
        clock=FrozenClock(START_MS),
        policy=POLICY,
    )
    made.append_statements(forge.entries[1:3])
    yield made
    made.close()


def weighings(first, count):
    return [
        forge.event_entry(number, epcList=[f"{HERD}/{number % 7}"])
        for number in range(first, first + count)
    ]


@pytest.mark.parametrize("count", [1, 255, 700])
def test_a_reader_gives_what_the_log_gives(log, url, count):
    log.append_statements(weighings(1, count))
    reader = ReadOnlyLog.open(url, policy=POLICY)
    assert reader.checkpoint() == log.checkpoint()
    assert reader.entries(range(reader.size)) == log.entries(range(log.size))
    for index in (0, 3, log.size - 1):
        assert reader.receipt(index) == log.receipt(index)
    subject = f"{HERD}/1"
    passport = reader.passport(subject)
    assert passport == log.passport(subject)
    trust = Trust(POLICY, "yours", START_MS)
    assert verify_passport(passport, subject=subject, trust=trust).size == log.size
    reader.close()


def test_a_follower_takes_what_is_appended_meanwhile(log, url):
    now = [0.0]
    store = open_store(url)
    follower = Follower(store, origin=ORIGIN, monotonic=lambda: now[0])
    before = follower.signed
    other = signer(f"{ORIGIN.split('/')[0]}/another-key")
    log.append_statements([forge.entries[forge.authorize(key=other)]])
    assert follower.signed == before
    now[0] += MAX_BEHIND_SECONDS
    assert follower.signed.note == log.checkpoint()
    assert other.vkey.label in follower.directory.keys
    assert HERDER.vkey.label in follower.directory.keys
    assert follower.edge.read(0, 1) == log.tile(0, 0, 2)[32:]
    store.close()


def test_entries_that_were_not_signed_are_not_followed(log, url):
    log.append_statements(weighings(1, 3))
    change(url, 'UPDATE entry SET entry = chain WHERE "index" = 4')
    with pytest.raises(RootMismatchError):
        ReadOnlyLog.open(url, policy=POLICY)


def test_fewer_entries_than_were_signed_are_not_followed(log, url):
    log.append_statements(weighings(1, 3))
    change(
        url, """DELETE FROM entry WHERE "index" = (SELECT max("index") FROM entry)"""
    )
    with pytest.raises(IncompleteError):
        ReadOnlyLog.open(url, policy=POLICY)
