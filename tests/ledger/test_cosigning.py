"""A log and its witnesses: who is asked, what is published, when none appends."""

import re
import threading
from types import SimpleNamespace

import pytest

from ledger import cosigning
from ledger.addcheckpoint import AddCheckpoint, origin_hash
from ledger.bindings import BoundKey
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.cosignature import Cosigner
from ledger.cosigning import Cosigning, check_not_older, own_checkpoint
from ledger.errors import (
    GivenOutError,
    NotFoundError,
    NotYetError,
    OldSizeError,
    QuorumError,
    StoreError,
)
from ledger.note import parse_note
from ledger.policy import parse_policy, read_cosignatures
from ledger.restore import keep_cosigned, restore
from ledger.sqlstore import create_store
from ledger.witness import Witness
from ledger.witnessstore import open_witness_store
from tests.ledger.test_published import created, event, grow, judged, opened
from tests.support.clocks import FrozenClock
from tests.support.forge import LEDGER, ORIGIN, START_MS, policy_text, signer

DAY_MS = 86_400_000
LOGS = parse_policy(policy_text().encode())


class Local:
    """A witness in this process, asked as over HTTP; it may be away, or slow."""

    def __init__(self, name, folder, clock):
        self.cosigner = Cosigner(name, signer(name).key)
        file = folder / f"{name.replace('/', '-')}.db"
        self.store = open_witness_store(file, is_new=True)
        self.witness = Witness(self.cosigner, LOGS, self.store, clock)
        self.asked = []
        self.fails_with = None
        self.shows = True
        self.gate = None

    def add_checkpoint(self, request):
        self.asked.append(request)
        if self.gate is not None:
            self.gate.wait(5)
        if self.fails_with is not None:
            raise self.fails_with
        return self.witness.add_checkpoint(request.to_bytes())

    def newest(self, origin):
        if not self.shows or self.fails_with is not None:
            raise NotFoundError("witness: shows nothing")
        return self.witness.newest(origin_hash(origin))

    def close(self):
        pass


class Ring:
    """A log with three witnesses, of which two are a quorum; one of them replays."""

    NAMES = ("a.example/dune", "b.example/rock", "c.example/mill/replay")

    def __init__(self, folder, quorum="2"):
        self.clock = FrozenClock(START_MS)
        self.witnesses = [Local(name, folder, self.clock) for name in self.NAMES]
        lines = [
            f"witness w{n} {each.cosigner.vkey.to_text()} http://w{n}.example/witness"
            for n, each in enumerate(self.witnesses)
        ]
        group = f"group some {quorum} w0 w1 w2"
        self.text = policy_text(*lines, group, "quorum some")
        self.policy = parse_policy(self.text.encode())
        self.url = f"sqlite:///{folder}/ledger.db"
        self.log = created(self.url, policy=self.text, clock=self.clock)
        self.cosigning = self.joined()

    def joined(self):
        return Cosigning(self.log, clock=self.clock, connect=self.connect)

    def connect(self, url):
        return self.witnesses[int(url.removeprefix("http://w")[0])]

    def seen_by(self):
        note = parse_note(self.log.checkpoint())
        return sorted(read_cosignatures(self.policy, note).times)

    def close(self):
        for each in self.witnesses:
            each.gate = None
            each.store.close()
        self.cosigning.close()
        self.log.close()


@pytest.fixture
def ring(tmp_path, monkeypatch):
    monkeypatch.setattr(cosigning, "PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(cosigning, "_ASKED_AGAIN_SECONDS", 0.01)
    made = Ring(tmp_path)
    yield made
    made.close()


def test_all_who_answer_cosign_what_is_newest(ring):
    assert ring.cosigning.take_round()
    assert ring.seen_by() == ["w0", "w1", "w2"]
    grow(ring.log, [1, 2])
    assert ring.cosigning.take_round()
    assert judged(ring.log, policy=ring.text).size == ring.log.size
    # The proof was asked for from where each one stood.
    assert [len(each.asked) for each in ring.witnesses] == [2, 2, 2]
    assert ring.witnesses[0].asked[1].old_size > 0


def test_while_idle_it_is_cosigned_again_four_times_a_day(ring):
    ring.cosigning.take_round()
    ring.clock.time_ms += DAY_MS // 4 - 1000
    ring.cosigning.take_round()
    assert len(ring.witnesses[0].asked) == 1
    ring.clock.time_ms += 1000
    ring.cosigning.take_round()
    assert len(ring.witnesses[0].asked) == 2
    times = read_cosignatures(ring.policy, parse_note(ring.log.checkpoint())).times
    assert set(times.values()) == {(START_MS + DAY_MS // 4) // 1000}


def test_one_that_is_away_is_not_needed_and_comes_back(ring):
    ring.witnesses[1].fails_with = StoreError("away")
    assert ring.cosigning.take_round()
    assert ring.seen_by() == ["w0", "w2"]
    assert ring.cosigning.figures[1].failed == {"store": 1}
    ring.witnesses[1].fails_with = None
    grow(ring.log, [1])
    ring.cosigning.take_round()
    assert ring.seen_by() == ["w0", "w1", "w2"]
    assert ring.cosigning.figures[1].size == ring.log.size


def test_too_few_publish_nothing_and_the_same_is_offered_again(ring):
    ring.cosigning.take_round()
    before = ring.log.checkpoint()
    for away in ring.witnesses[1:]:
        away.fails_with = StoreError("away")
    grow(ring.log, [1])
    assert not ring.cosigning.take_round()
    assert ring.log.checkpoint() == before
    size = ring.log.size
    grow(ring.log, [2])
    ring.witnesses[1].fails_with = None
    assert ring.cosigning.take_round()
    assert parse_note(ring.log.checkpoint()).text.split(b"\n")[1] == b"%d" % size
    ring.witnesses[2].fails_with = None
    assert ring.cosigning.take_round()
    assert judged(ring.log, policy=ring.text).size == ring.log.size


def test_witnesses_that_others_have_shown_more_are_offered_that(ring):
    for away in ring.witnesses[1:]:
        away.fails_with = StoreError("away")
    grow(ring.log, [1])
    assert not ring.cosigning.take_round()
    grow(ring.log, [2])
    # A receipt has the newest checkpoint, and anybody may bring that to a witness.
    newest = ring.log.signed_checkpoint()
    for each in ring.witnesses[1:]:
        each.fails_with = None
        each.add_checkpoint(AddCheckpoint(0, (), newest))
    assert not ring.cosigning.take_round()
    assert ring.cosigning.take_round()
    assert judged(ring.log, policy=ring.text).size == ring.log.size


def test_nobody_who_posts_waits_for_a_witness(ring):
    for each in ring.witnesses:
        each.gate = threading.Event()
    ring.cosigning.start()
    grow(ring.log, range(1, 5))
    assert ring.log.receipt(ring.log.size - 2)[1] == "signed"
    for each in ring.witnesses:
        each.gate.set()


def test_one_that_replays_is_asked_until_it_has_got_there(ring):
    slow = ring.witnesses[2]
    slow.fails_with = NotYetError("replay: at 3 of 9")

    def catch_up(request, add=slow.add_checkpoint):
        if len(slow.asked) == 2:
            slow.fails_with = None
        return add(request)

    slow.add_checkpoint = catch_up
    assert ring.cosigning.take_round()
    assert ring.seen_by() == ["w0", "w1", "w2"]
    assert len(slow.asked) >= 3


def test_a_new_process_learns_from_the_witnesses_where_they_stand(ring):
    ring.cosigning.take_round()
    grow(ring.log, [1])
    ring.cosigning.close()
    ring.cosigning = ring.joined()
    ring.cosigning.take_round()
    assert ring.seen_by() == ["w0", "w1", "w2"]
    # Zero first, as nothing is known; then what the answer 409 says.
    assert [request.old_size > 0 for request in ring.witnesses[0].asked] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    "answer", [b"", b"garbage\n", "\u2014 a.example/dune AAAA\n".encode()]
)
def test_an_answer_that_is_no_cosignature_makes_its_witness_absent(ring, answer):
    ring.witnesses[0].add_checkpoint = lambda _: answer
    assert ring.cosigning.take_round()
    assert ring.seen_by() == ["w1", "w2"]
    assert sum(ring.cosigning.figures[0].failed.values()) == 1


def test_a_line_of_another_checkpoint_makes_its_witness_absent(ring):
    ring.cosigning.take_round()
    old = ring.log.checkpoint().split(b"\n\n", 1)[1]
    mine = [line for line in old.split(b"\n") if b"a.example" in line]
    grow(ring.log, [1])
    ring.witnesses[0].add_checkpoint = lambda _: mine[0] + b"\n"
    ring.cosigning.take_round()
    assert ring.seen_by() == ["w1", "w2"]


def test_whatever_goes_wrong_with_one_the_lines_of_the_others_are_published(ring):
    ring.witnesses[0].fails_with = RuntimeError("no refusal of ours")
    assert ring.cosigning.take_round()
    assert ring.seen_by() == ["w1", "w2"]
    assert ring.cosigning.figures[0].failed == {"error": 1}


def test_one_that_says_another_old_size_each_time_is_not_asked_without_end(ring):
    sizes = iter(range(100))

    def say(request):
        raise OldSizeError("409", size=next(sizes) % 2)

    ring.witnesses[0].add_checkpoint = say
    assert ring.cosigning.take_round()
    assert ring.seen_by() == ["w1", "w2"]
    assert next(sizes) < 8


def test_a_clock_that_was_set_back_does_not_keep_it_from_being_cosigned(ring):
    ring.clock.time_ms += 400 * DAY_MS
    ring.cosigning.take_round()
    ring.clock.time_ms -= 400 * DAY_MS
    ring.cosigning.take_round()
    assert len(ring.witnesses[0].asked) == 2


# ------------------------------------------------------------------ an old ledger


@pytest.fixture
def old_copy(ring, tmp_path):
    """Give the ledger as it was before its witnesses saw more."""
    ring.cosigning.take_round()
    ring.log.close()
    copy = tmp_path / "old.db"
    copy.write_bytes((tmp_path / "ledger.db").read_bytes())
    ring.log = opened(ring.url, policy=ring.text, clock=ring.clock)
    grow(ring.log, [1])
    ring.cosigning = ring.joined()
    ring.cosigning.take_round()
    old = opened(f"sqlite:///{copy}", policy=ring.text, clock=ring.clock)
    yield old
    old.close()


def check(ring, log):
    return check_not_older(log, connect=ring.connect)


def test_a_ledger_that_its_witnesses_know_starts(ring):
    assert check(ring, ring.log) == ()
    ring.cosigning.take_round()
    grow(ring.log, [1])
    assert check(ring, ring.log) == ()


def test_a_ledger_restored_from_a_copy_of_all_of_it_goes_on(ring, old_copy, tmp_path):
    entries = [(index, ring.log.entry(index)) for index in range(ring.log.size)]
    store = create_store(f"sqlite:///{tmp_path}/restored.db", origin=ORIGIN)
    restore(store, entries, checkpoint=ring.log.checkpoint())
    keep_cosigned(store, ring.log.checkpoint(), ring.policy)
    store.close()

    again = opened(
        f"sqlite:///{tmp_path}/restored.db", policy=ring.text, clock=ring.clock
    )
    assert check(ring, again) == ()
    assert judged(again, policy=ring.text).witnessing.time is not None
    grow(again, [50])
    goes_on = Cosigning(again, clock=ring.clock, connect=ring.connect)
    assert goes_on.take_round()
    assert judged(again, policy=ring.text).size == again.size
    goes_on.close()
    again.close()


@pytest.mark.parametrize("shows", [True, False])
def test_a_ledger_older_than_what_a_witness_saw_is_refused(ring, old_copy, shows):
    for each in ring.witnesses:
        each.shows = shows
    with pytest.raises(GivenOutError, match=r"witness w0: .*has cosigned \d+ entries"):
        check(ring, old_copy)


def test_a_ledger_with_another_history_is_refused(ring, old_copy):
    grow(old_copy, range(40, 60))
    with pytest.raises(GivenOutError, match="not those of the database"):
        check(ring, old_copy)


def test_a_witness_that_is_silent_is_named(ring):
    for each in ring.witnesses:
        each.fails_with = StoreError("away")
    assert check(ring, ring.log) == ("w0", "w1", "w2")


def test_a_witness_that_never_has_said_all_keeps_nobody_from_starting(
    ring, monkeypatch
):
    monkeypatch.setattr(cosigning, "START_SECONDS", 0.05)
    slow, gate = ring.witnesses[1], threading.Event()
    slow.newest = lambda _: gate.wait(5) and b""
    # As closing its connection does.
    slow.close = gate.set
    assert check(ring, ring.log) == ("w1",)
    assert gate.is_set()


def test_a_witness_cannot_halt_a_ledger_by_its_word_alone(ring, old_copy):
    for each in ring.witnesses:
        each.shows = False
    alone = Cosigning(old_copy, clock=ring.clock, connect=ring.connect)
    assert not alone.take_round()
    old_copy.append_statements([event(70)])
    alone.close()


def test_a_witness_that_shows_more_of_the_ledger_halts_it(ring, old_copy):
    alone = Cosigning(old_copy, clock=ring.clock, connect=ring.connect)
    assert not alone.take_round()
    with pytest.raises(StoreError, match="that this ledger's key has signed"):
        old_copy.append_statements([event(70)])
    alone.close()


@pytest.mark.parametrize(
    ("ended_at", "size"), [(None, 9), (8, 9), (7, None), (2, None)]
)
def test_a_ledger_key_that_was_retired_signs_nothing_of_the_ledger_after_that(
    ended_at, size
):
    bound = BoundKey(LEDGER.vkey, "ledger", 0, ended_at=ended_at)
    directory = SimpleNamespace(ledger_keys=(), keys={LEDGER.vkey.label: bound})
    log = SimpleNamespace(directory=directory, policy=LOGS, origin=ORIGIN)
    note = sign_checkpoint(Checkpoint(ORIGIN, 9, bytes(32)), [LEDGER])
    found = own_checkpoint(log, note)
    assert (found and found.size) == size


def test_witnesses_without_a_url_are_asked_nothing(ring):
    ring.log.close()
    nowhere = re.sub(" http.*", "", ring.text)
    ring.log = opened(ring.url, policy=nowhere, clock=ring.clock)
    quiet = ring.joined()
    quiet.start()
    quiet.close()
    assert check(ring, ring.log) == ()
    with pytest.raises(QuorumError):
        ring.log.checkpoint()
