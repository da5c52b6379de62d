"""Processes that prepare statements: what comes of them is what came without them."""

import os
import random
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from ledger.errors import LedgerError
from ledger.event import Event
from ledger.log import Log
from ledger.preparer import Preparer, prepare_notes
from ledger.sqlstore import open_store
from ledger.trust import Trust
from ledger.verify_ledger import verify_ledger
from tests.support.clocks import FrozenClock
from tests.support.forge import (
    HERDER,
    LEDGER,
    ORIGIN,
    START_MS,
    WELL,
    Forge,
    policy_text,
)

KEYS = {HERDER.vkey.label: HERDER.vkey}


def event(number, *signers, **members):
    return Forge().event_entry(number, *(signers or [HERDER]), **members)


@pytest.fixture
def preparer():
    started = Preparer(ORIGIN, KEYS.get)
    yield started
    started.close()


def test_a_process_prepares_what_this_one_would(preparer):
    notes = [event(1), b"no note", event(2, WELL), event(3, ilmd={}), event(4)]

    got = preparer.prepare(notes)

    assert got == prepare_notes(notes, origin=ORIGIN, keys=KEYS)
    assert [each is not None for each in got] == [True, False, False, False, True]
    assert isinstance(got[0].content, Event)


def test_a_key_bound_later_is_told_when_it_signs(preparer, monkeypatch):
    note = event(2, WELL)
    assert preparer.prepare([note]) == [None]

    monkeypatch.setitem(KEYS, WELL.vkey.label, WELL.vkey)

    assert preparer.prepare([note])[0].statement.entry == note


def test_a_process_that_died_costs_nothing_but_its_work(preparer):
    assert preparer.prepare([event(1)])[0] is not None

    os.kill(preparer.pid, signal.SIGKILL)

    assert preparer.prepare([event(1)]) == [None]
    assert preparer.prepare([event(1)])[0] is not None


def test_a_stop_by_signal_is_left_to_who_asks(preparer):
    preparer.prepare([event(1)])
    os.kill(preparer.pid, signal.SIGTERM)
    os.kill(preparer.pid, signal.SIGINT)

    assert preparer.prepare([event(2)])[0] is not None


# ----------------------------------------------------------------- in a whole log


def begun(url, helpers):
    forge = Forge()
    forge.genesis()
    log = Log.create(
        url,
        origin=ORIGIN,
        genesis=forge.entries[0],
        signers=[LEDGER],
        clock=FrozenClock(START_MS),
        policy=policy_text().encode(),
    )
    forge.admit()
    forge.authorize()
    log.append_statements(forge.entries[1:])
    log.employ(helpers)
    return log


def outcome(answer):
    """Return what an answer says, but for the place and what depends on it."""
    if isinstance(answer, LedgerError):
        return answer.code, answer.pointer
    return "logged", answer.leaf_hash


def test_many_threads_get_the_answers_of_one_after_the_other(tmp_path):
    """Texts that are new, known, wrong and forged, in batches of any size, at once."""
    chosen = random.Random(4)
    texts = [
        *(event(number) for number in range(1, 120)),
        *(event(number, bizStep="killing") for number in range(200, 215)),
        *(event(number, WELL) for number in range(220, 235)),
        *(event(number, ilmd={}) for number in range(240, 255)),
        *(event(n).replace(b"inspecting", b"arriving") for n in range(260, 270)),
        b"no note at all",
    ]
    batches = [
        chosen.choices(texts, k=chosen.choice([1, 1, 2, 30, 260])) for _ in range(40)
    ]
    url = f"sqlite:///{tmp_path}/ledger.db"
    log = begun(url, helpers=2)

    with ThreadPoolExecutor(8) as pool:
        answered = list(pool.map(log.append_statements, batches))
    log.close()

    alone = begun(f"sqlite:///{tmp_path}/alone.db", helpers=0)
    want = {text: outcome(alone.append_statements([text])[0]) for text in texts}
    alone.close()
    places, new = {}, []
    for batch, answers in zip(batches, answered, strict=True):
        for text, answer in zip(batch, answers, strict=True):
            assert outcome(answer) == want[text]
            if not isinstance(answer, LedgerError):
                assert places.setdefault(text, answer.index) == answer.index
                new.append(text) if answer.is_new else None
    assert sorted(new) == sorted(places)
    verify(url)


def verify(url):
    store = open_store(url)
    trust = Trust(policy_text().encode(), "yours", START_MS)
    checkpoint = store.newest_checkpoint()
    verify_ledger(store.entries(0, store.size()), checkpoint=checkpoint, trust=trust)
    store.close()


def test_a_key_revoked_between_two_notes_of_one_batch_signs_no_more(tmp_path):
    log = begun(f"sqlite:///{tmp_path}/ledger.db", helpers=1)
    other = Forge()
    revocation = other.entries[other.revoke()]
    before = [event(number) for number in range(1, 40)]
    after = [event(number) for number in range(50, 90)]

    answers = log.append_statements([*before, revocation, *after])
    log.close()

    codes = [a.code if isinstance(a, LedgerError) else "ok" for a in answers]
    assert codes == ["ok"] * 40 + ["authority"] * 40


def test_a_party_that_is_bound_in_a_batch_may_write_in_the_same_batch(tmp_path):
    log = begun(f"sqlite:///{tmp_path}/ledger.db", helpers=1)
    other = Forge()
    binding = other.entries[other.authorize(WELL)]
    notes = [*(event(n) for n in range(1, 20)), binding, event(30, WELL)]

    answers = log.append_statements(notes)
    log.close()

    assert not any(isinstance(answer, LedgerError) for answer in answers)
