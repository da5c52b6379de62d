"""What one passport does not give away is found by who is said to find it.

Each of ``LIMITS`` is believed by somebody; here are those who do not: the witnesses
themselves, a replaying witness, who replays the whole ledger, the ledger that was set
back, and who compares two checkpoints.
"""

import json
from types import SimpleNamespace

import pytest

from ledger import cosigning
from ledger.addcheckpoint import AddCheckpoint, origin_hash
from ledger.cli.seen import Comparison
from ledger.cosigning import check_not_older
from ledger.errors import (
    DistrustedError,
    GivenOutError,
    OldSizeError,
    RootMismatchError,
    SealMismatchError,
    SplitViewError,
    StaleError,
    UnknownKeyError,
)
from ledger.evidence import parse_split_view, verify_split_view
from ledger.merkle import consistency_proof
from ledger.note import parse_note
from ledger.policy import parse_policy, read_cosignatures
from ledger.replay import Occurrences, Replay
from ledger.witness import Witness
from ledger.witnessstore import open_witness_store
from tests.ledger.test_replayer import Watched, until
from tests.support.clocks import FrozenClock
from tests.support.forge import LEDGER, ORIGIN, policy_text
from tests.support.liar import LIMITS
from tests.support.lies.ledgers import OWN_LEDGER, OtherKey, SecondLedger, unindexed
from tests.support.lies.told import (
    OTHER_WITNESS,
    REPLAYING_WITNESS,
    WITNESS,
    cosigned,
    story,
    witnessed_policy,
)
from tests.support.lies.witnesses import (
    LATER_MS,
    backdated,
    before,
    expiring,
    other_history,
    set_back,
)
from tests.support.pouch import OTHER_TANK, PLANT

KEYS = parse_policy(policy_text().encode()).log(ORIGIN)
BY_WITNESS = {
    "presents-a-second-ledger-under-the-same-key": lambda: SecondLedger().begin(),
    "shows-somebody-else-another-history": other_history,
    "has-a-witness-that-signs-anything": other_history,
    "goes-on-after-a-restore-to-who-asks-for-no-witnesses": set_back,
    "shows-the-ledger-of-before-to-who-asks-for-no-witnesses": before,
}
"""What a witness that saw the recall is asked to cosign after it."""
SEEN_AND_TOLD = {
    "index": (before, unindexed, "seal-mismatch"),
    "hour": (expiring, backdated, "backdated"),
}
"""What a replaying witness saw, what it is asked to cosign then, and why it is not."""
BY_REPLAYING_WITNESS = {
    "leaves-the-recall-out-of-the-index": "index",
    "has-witnesses-cosign-a-false-index": "index",
    "leaves-the-replaying-witness-out": "index",
    "forges-the-replaying-witness": "index",
    "carries-the-replaying-witness-over": "index",
    "backdates-a-seal-within-its-hour": "hour",
}
BY_POLICY = {
    "presents-a-second-ledger-with-its-policy",
    "gives-a-policy-with-witnesses-of-his-own",
}
"""What needs nobody but a reader with a policy of his own: ``Limit.found``."""
BY_PASSPORT = {"gives-only-the-alarms-of-the-powder"}
"""What is counted on the page as not seen."""


@pytest.fixture(autouse=True)
def _disk(monkeypatch):
    monkeypatch.setattr("os.fsync", lambda _: None)


class Asked:
    """One witness of the ledger in this process, asked as over HTTP."""

    def __init__(self, folder, cosigner, judge=None):
        self.evidence = folder / "evidence"
        self.evidence.mkdir()
        self.clock = FrozenClock(0)
        self.store = open_witness_store(folder / "witness.db", is_new=True)
        logs = parse_policy(policy_text().encode())
        self.witness = Witness(
            cosigner, logs, self.store, self.clock, judge, self.evidence
        )

    def cosign(self, forge, old_size):
        """Ask it as the ledger does: the proof is what its own tree gives."""
        size = len(forge.entries)
        proof = ()
        if 0 < old_size < size:
            proof = consistency_proof(old_size, size, forge.hash_at)
        self.clock.time_ms = max(self.clock.time_ms, forge.now_ms)
        request = AddCheckpoint(old_size, proof, forge.checkpoint())
        return self.witness.add_checkpoint(request.to_bytes())

    def newest(self, origin=ORIGIN):
        return self.witness.newest(origin_hash(origin))

    def kept(self):
        """Return the evidence that it keeps, by kind."""
        files = sorted(self.evidence.iterdir())
        return [(file.name.rpartition(f"-{short()}-")[0], file) for file in files]

    def add_checkpoint(self, request):
        return self.witness.add_checkpoint(request.to_bytes())

    def close(self):
        """Nothing: it is asked again."""


def short():
    return origin_hash(ORIGIN)[:16]


@pytest.fixture
def witness(tmp_path):
    """Give a witness that has cosigned the ledger with the recall."""
    asked = Asked(tmp_path, OTHER_WITNESS)
    asked.cosign(story(), 0)
    yield asked
    asked.store.close()


def test_each_limit_is_found_by_somebody():
    found = [*BY_WITNESS, *BY_REPLAYING_WITNESS, *BY_POLICY, *BY_PASSPORT]

    assert sorted(found) == sorted(limit.name for limit in LIMITS)
    assert {*BY_REPLAYING_WITNESS.values()} == {*SEEN_AND_TOLD}
    assert {limit.name for limit in LIMITS if limit.found is None} == {
        "leaves-the-recall-out-of-the-index",
        *BY_PASSPORT,
    }


# ------------------------------------------------------------------------- witnesses


@pytest.mark.parametrize("name", BY_WITNESS)
def test_a_witness_that_saw_the_recall_cosigns_no_history_without_it(witness, name):
    true, other = story(), BY_WITNESS[name]()
    seen, size = len(true.entries), len(other.entries)

    if size < seen:
        with pytest.raises(OldSizeError) as refusal:
            witness.cosign(other, size)
        assert refusal.value.size == seen
        assert witness.kept() == []
    else:
        with pytest.raises(RootMismatchError):
            witness.cosign(other, seen)
        ((kind, file),) = witness.kept()
        evidence = parse_split_view(file.read_bytes())
        proven = verify_split_view(evidence, log_keys=KEYS, origin=ORIGIN)
        sizes = [each.checkpoint.size for each in (proven.first, proven.second)]
        assert (kind, sizes) == ("split-view", [seen, size])
        assert proven.signed_both == (LEDGER.vkey.label,)
    assert parse_note(witness.newest()).text == parse_note(true.checkpoint()).text


def test_another_key_under_the_same_name_is_none_to_a_witness(witness):
    other = OtherKey().begin()
    request = AddCheckpoint(0, (), other.checkpoint(OWN_LEDGER))

    with pytest.raises(UnknownKeyError):
        witness.add_checkpoint(request)


def test_a_witness_that_signs_anything_has_signed_evidence_against_itself():
    """Whoever has both checkpoints can show who cosigned the two of them."""
    policy = parse_policy(witnessed_policy().encode())
    notes = [
        cosigned(forge.checkpoint(), (WITNESS, forge.now_ms))
        for forge in (story(), other_history())
    ]
    comparison = Comparison(notes[1], notes[0])

    with pytest.raises(SplitViewError):
        comparison.check()

    proven = verify_split_view(comparison.evidence(), log_keys=KEYS)
    for each in (proven.first, proven.second):
        assert [*read_cosignatures(policy, each.note).times] == ["dune"]


def test_who_kept_a_checkpoint_finds_another_history_in_what_is_read_later():
    true, other = story(), set_back()
    comparison = Comparison(other.checkpoint(), true.checkpoint())
    rows = [(index, entry, None) for index, entry in enumerate(other.entries)]

    assert [*comparison.watch(iter(rows))] == rows
    with pytest.raises(SplitViewError):
        comparison.check()

    assert verify_split_view(comparison.evidence(), log_keys=KEYS).origin == ORIGIN


def test_who_kept_a_later_checkpoint_finds_that_a_ledger_is_an_old_one():
    comparison = Comparison(before().checkpoint(), story().checkpoint())

    with pytest.raises(StaleError):
        comparison.check()


class Restored:
    """A ledger as it lies there, before it starts."""

    def __init__(self, forge):
        self.origin, self.size = ORIGIN, len(forge.entries)
        self.directory = SimpleNamespace(ledger_keys=(), keys={})
        line = f"witness rock {OTHER_WITNESS.vkey.to_text()} http://w.example/witness"
        self.policy = parse_policy(policy_text(line, "quorum rock").encode())
        self.root, self.signed_checkpoint = forge.root, forge.checkpoint


@pytest.mark.parametrize(
    ("history", "why"),
    [
        (before, "but the database holds"),
        (other_history, "not those of the database"),
        (set_back, "not those of the database"),
    ],
)
def test_a_ledger_that_was_set_back_does_not_start(witness, monkeypatch, history, why):
    monkeypatch.setattr(cosigning, "_BEHIND_SECONDS", 0)

    with pytest.raises(GivenOutError, match=f"^witness rock: .*{why}"):
        check_not_older(Restored(history()), connect=lambda _: witness)


def test_a_ledger_that_was_not_set_back_starts(witness):
    more = story()
    more.say(PLANT, epcList=[OTHER_TANK])
    more.end()

    assert check_not_older(Restored(more), connect=lambda _: witness) == ()


# ----------------------------------------------------------------- replaying witnesses


@pytest.mark.parametrize("what", SEEN_AND_TOLD)
def test_a_replaying_witness_cosigns_nothing_of_it_any_more(tmp_path, what):
    saw, lie, code = SEEN_AND_TOLD[what]
    watched = Watched(tmp_path / "mirrors", saw())
    size = len(watched.forge.entries)
    with watched.running():
        asked = Asked(tmp_path, REPLAYING_WITNESS, watched.replayer)
        assert watched.check() == "ok"
        asked.cosign(watched.forge, 0)
        # It is there when nothing is, and knows the hour since.
        watched.clock.time_ms = watched.forge.now_ms + LATER_MS
        watched.replayer.check(ORIGIN, watched.forge.checkpoint())
        until(lambda: watched.seen().exists())
        watched.source.forge = lie()

        with pytest.raises(DistrustedError):
            asked.cosign(watched.forge, size)
        with pytest.raises(DistrustedError):
            asked.cosign(saw(), size)

        ((kind, file),) = asked.kept()
        refused = json.loads(file.read_bytes())
        assert (kind, refused["code"]) == ("refused", code)
        assert refused["index"] == len(watched.forge.entries) - 1
        assert refused["checkpoint"].encode() == watched.forge.checkpoint()
        (figures,) = asked.witness.figures()
        assert (figures.size, figures.is_distrusted) == (size, True)
        asked.store.close()


@pytest.mark.parametrize("what", SEEN_AND_TOLD)
def test_a_witness_that_does_not_replay_cosigns_it(tmp_path, what):
    saw, lie, _ = SEEN_AND_TOLD[what]
    asked = Asked(tmp_path, WITNESS)
    asked.cosign(saw(), 0)

    assert asked.cosign(lie(), len(saw().entries))
    assert asked.kept() == []
    asked.store.close()


def test_who_replays_the_ledger_finds_what_its_index_leaves_out():
    ledger = unindexed()
    replay = Replay(ORIGIN, occurrences=Occurrences())

    *entries, last = ledger.entries
    for entry in entries:
        replay.advance(replay.judge(entry))

    with pytest.raises(SealMismatchError, match="index root"):
        replay.judge(last)
