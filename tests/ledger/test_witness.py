"""What a witness cosigns, what it refuses, and what it never forgets."""

import json
import sqlite3
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest

from ledger import witness as witness_module
from ledger.addcheckpoint import AddCheckpoint, origin_hash
from ledger.checkpoint import (
    Checkpoint,
    SignedCheckpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from ledger.cosignature import Cosigner, verify_cosignature
from ledger.errors import (
    AddCheckpointError,
    CheckpointError,
    ClockError,
    DistrustedError,
    FormatVersionError,
    NoteError,
    NotFoundError,
    NotYetError,
    OldSizeError,
    ProofShapeError,
    RootMismatchError,
    SignatureError,
    StoreError,
    UnknownKeyError,
    UnknownVersionError,
)
from ledger.evidence import parse_split_view, verify_split_view
from ledger.merkle import EMPTY_ROOT, consistency_proof, leaf_hash, root_hash
from ledger.note import NoteSigner, parse_note
from ledger.policy import parse_policy
from ledger.signatures import SigningKey
from ledger.witness import Witness
from ledger.witnessstore import LastCosigned, WitnessStore, open_witness_store
from tests.support.clocks import FrozenClock

ORIGIN = "ledger.example/log"
NOW_MS = 1_795_000_000_500


def key(number):
    return SigningKey.from_seed(bytes([number]) * 32)


LEDGER = NoteSigner(ORIGIN, key(1))
LATER = NoteSigner(ORIGIN, key(2))
"""A second key of the same log."""
OTHER = NoteSigner("other.example/log", key(3))
STRANGER = NoteSigner(ORIGIN, key(4))
"""Bears the log's name, and nobody knows it."""
COSIGNER = Cosigner("witness.example/w1", key(5))
LOGS = parse_policy(
    "".join(f"log {s.vkey.to_text()}\n" for s in (LEDGER, LATER, OTHER)).encode()
    + b"quorum none\n"
)


class Tree:
    """A history of a log: the same letters have the same roots."""

    def __init__(self, letters):
        self.leaves = [leaf_hash(letter.encode()) for letter in letters]

    def read(self, level, index):
        return root_hash(self.leaves[index << level : (index + 1) << level])

    def root(self, size):
        return root_hash(self.leaves[:size])

    def proof(self, old, new):
        return consistency_proof(old, new, self.read)

    def note(self, size, *signers, origin=ORIGIN):
        checkpoint = Checkpoint(origin, size, self.root(size))
        return sign_checkpoint(checkpoint, signers or (LEDGER,))

    def body(self, old, new, *signers, origin=ORIGIN):
        note = self.note(new, *signers, origin=origin)
        return AddCheckpoint(old, self.proof(old, new), note).to_bytes()


MILK = Tree("abcdefghijklmnop")
FORK = Tree("abcdeFghijklmnop")
"""Parts from the other at its sixth leaf."""


class ThisJudge:
    """Does what it is told."""

    def __init__(self, error=None):
        self.error = error
        self.asked = []

    def check(self, origin, checkpoint_note):
        self.asked.append((origin, checkpoint_note))
        if self.error is not None:
            raise self.error


@pytest.fixture
def clock():
    return FrozenClock(NOW_MS)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "witness.db"


@pytest.fixture
def store(path):
    opened = open_witness_store(path, is_new=True)
    yield opened
    opened.close()


@pytest.fixture
def evidence(tmp_path):
    folder = tmp_path / "evidence"
    folder.mkdir()
    return folder


@pytest.fixture
def witness(store, clock, evidence):
    return Witness(COSIGNER, LOGS, store, clock, evidence=evidence)


def cosigned(answer, text):
    """Return the time in the one line of an answer, once it is verified."""
    (line,) = parse_note(text + b"\n" + answer).signatures
    return verify_cosignature(COSIGNER.vkey, text, line)


def text_of(note):
    return parse_note(note).text


def test_cosigns_what_continues_and_serves_it_with_the_logs_line(witness, clock):
    for old, new in [(0, 3), (3, 3), (3, 8), (8, 13)]:
        clock.time_ms += 1000
        answer = witness.add_checkpoint(MILK.body(old, new))

        text = text_of(MILK.note(new))
        assert cosigned(answer, text) == clock.time_ms // 1000
        assert witness.newest(origin_hash(ORIGIN)) == MILK.note(new) + answer


def test_each_log_is_a_history_of_its_own(witness):
    witness.add_checkpoint(MILK.body(0, 3))
    witness.add_checkpoint(FORK.body(0, 7, OTHER, origin=OTHER.name))
    witness.add_checkpoint(MILK.body(3, 9))

    sizes = {log.origin: (log.size, log.cosigned) for log in witness.figures()}
    assert sizes == {ORIGIN: (9, 2), OTHER.name: (7, 1)}


def test_the_empty_tree_may_be_cosigned_and_grow(witness):
    witness.add_checkpoint(MILK.body(0, 0))
    witness.add_checkpoint(MILK.body(0, 0))
    witness.add_checkpoint(MILK.body(0, 5))

    assert b"\n5\n" in witness.newest(origin_hash(ORIGIN))


def test_only_lines_that_were_verified_are_kept(witness):
    note = MILK.note(3, STRANGER, LATER, LEDGER)
    answer = witness.add_checkpoint(AddCheckpoint(0, (), note).to_bytes())

    wanted = MILK.note(3, LATER, LEDGER) + answer
    assert witness.newest(origin_hash(ORIGIN)) == wanted


def test_the_key_of_another_log_is_none_of_this_log(witness):
    text = Checkpoint(ORIGIN, 3, MILK.root(3)).to_text()
    line = OTHER.sign(text).to_line().encode()

    with pytest.raises(UnknownKeyError):
        witness.add_checkpoint(b"old 0\n\n" + text + b"\n" + line)


def replaced(body, old, new):
    assert body.count(old) == 1
    return body.replace(old, new)


def doubled(note):
    return note + note.rpartition(b"\n\n")[2]


def false_line(signer, note):
    """Return a note with a line of a key that signed something else."""
    return note + signer.sign(b"something else\n").to_line().encode()


REFUSED = {
    "no body": (b"", AddCheckpointError),
    "no note": (b"old 0\n\nledger.example/log\n3\n", NoteError),
    "no checkpoint": (
        b"old 0\n\nno checkpoint\n\n" + LEDGER.sign(b"x\n").to_line().encode(),
        CheckpointError,
    ),
    "a negative size": (
        replaced(MILK.body(0, 3), b"\n3\n", b"\n-3\n"),
        CheckpointError,
    ),
    "old above new": (
        AddCheckpoint(4, (), MILK.note(3)).to_bytes(),
        AddCheckpointError,
    ),
    "an unknown log": (
        MILK.body(0, 3, NoteSigner("a.example/log", key(1)), origin="a.example/log"),
        NotFoundError,
    ),
    "only a stranger": (MILK.body(0, 3, STRANGER), UnknownKeyError),
    "a false line": (
        replaced(MILK.body(0, 3), b"\n3\n", b"\n4\n"),
        SignatureError,
    ),
    "one false line of two": (
        AddCheckpoint(0, (), false_line(LATER, MILK.note(3))).to_bytes(),
        SignatureError,
    ),
    "a line twice": (
        AddCheckpoint(0, (), doubled(MILK.note(3))).to_bytes(),
        SignatureError,
    ),
    "another old size": (MILK.body(2, 3), OldSizeError),
    "a proof from nothing": (
        AddCheckpoint(0, (bytes(32),), MILK.note(3)).to_bytes(),
        ProofShapeError,
    ),
    "an empty tree that is not": (
        AddCheckpoint(
            0, (), sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), [LEDGER])
        ).to_bytes(),
        RootMismatchError,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses_and_remembers_nothing(witness, name):
    body, error = REFUSED[name]

    with pytest.raises(error):
        witness.add_checkpoint(body)

    assert witness.figures()[0].seen_ms is None
    with pytest.raises(NotFoundError):
        witness.newest(origin_hash(ORIGIN))
    assert not any(log.evidence for log in witness.figures())


CONTRADICTED = {
    "the proof is another's": AddCheckpoint(7, FORK.proof(7, 12), MILK.note(12)),
    "the proof is too short": AddCheckpoint(7, MILK.proof(7, 12)[:-1], MILK.note(12)),
    "the proof is too long": AddCheckpoint(
        7, (*MILK.proof(7, 12), bytes(32)), MILK.note(12)
    ),
    "no proof": AddCheckpoint(7, (), MILK.note(12)),
    "a proof where none is": AddCheckpoint(7, (bytes(32),), MILK.note(7)),
}


@pytest.mark.parametrize("name", CONTRADICTED)
def test_refuses_a_false_proof_which_is_no_evidence(witness, evidence, name):
    witness.add_checkpoint(MILK.body(0, 7))
    before = witness.newest(origin_hash(ORIGIN))

    with pytest.raises((ProofShapeError, RootMismatchError)):
        witness.add_checkpoint(CONTRADICTED[name].to_bytes())

    assert witness.newest(origin_hash(ORIGIN)) == before
    assert [*evidence.iterdir()] == []


@pytest.mark.parametrize("new", [7, 12])
def test_keeps_what_proves_that_the_log_has_two_histories(
    witness, clock, evidence, caplog, new
):
    caplog.set_level("INFO", logger="caravan")
    witness.add_checkpoint(MILK.body(0, 7))

    with pytest.raises(RootMismatchError):
        witness.add_checkpoint(FORK.body(7, new))

    (file,) = evidence.iterdir()
    found = verify_split_view(
        parse_split_view(file.read_bytes()), log_keys=[LEDGER.vkey], origin=ORIGIN
    )
    assert found.first.checkpoint.root == MILK.root(7)
    assert found.root == FORK.root(7)
    assert found.second.checkpoint.size == new
    assert caplog.records[-1].msg == "split-view"
    assert witness.figures()[0].evidence == 1
    assert found.first.note.to_bytes() == witness.newest(origin_hash(ORIGIN))
    # The history that was cosigned goes on; the same evidence is kept once.
    clock.time_ms += 1_000
    witness.add_checkpoint(MILK.body(7, 7))
    with pytest.raises(RootMismatchError):
        witness.add_checkpoint(FORK.body(7, new))
    assert [*evidence.iterdir()] == [file]


def test_one_size_with_two_roots_is_evidence_whatever_was_asked(witness, evidence):
    witness.add_checkpoint(MILK.body(0, 7))

    for body in (MILK.body(0, 7), MILK.body(2, 7), FORK.body(0, 9)):
        with pytest.raises(OldSizeError):
            witness.add_checkpoint(body)
    assert [*evidence.iterdir()] == []
    with pytest.raises(OldSizeError):
        witness.add_checkpoint(FORK.body(3, 7))

    (file,) = evidence.iterdir()
    found = parse_split_view(file.read_bytes())
    assert verify_split_view(found, log_keys=[LEDGER.vkey]).root == FORK.root(7)


def test_a_log_that_lies_without_end_fills_no_disk(witness, evidence, monkeypatch):
    monkeypatch.setattr("ledger.witness.MAX_EVIDENCE", 3)
    witness.add_checkpoint(MILK.body(0, 7))

    for new in range(7, 14):
        with pytest.raises(RootMismatchError):
            witness.add_checkpoint(FORK.body(7, new))

    assert len([*evidence.iterdir()]) == 3


def test_evidence_that_cannot_be_kept_changes_no_answer(store, clock, tmp_path, caplog):
    witness = Witness(COSIGNER, LOGS, store, clock, evidence=tmp_path / "gone")
    witness.add_checkpoint(MILK.body(0, 7))

    with pytest.raises(RootMismatchError):
        witness.add_checkpoint(FORK.body(7, 7))

    assert "evidence-lost" in [record.msg for record in caplog.records]


def test_says_which_size_it_wants(witness):
    witness.add_checkpoint(MILK.body(0, 7))

    for old in (0, 6):
        with pytest.raises(OldSizeError) as caught:
            witness.add_checkpoint(MILK.body(old, 9))
        assert caught.value.size == 7


def test_never_goes_back_to_a_smaller_tree(witness):
    witness.add_checkpoint(MILK.body(0, 7))

    with pytest.raises(OldSizeError):
        witness.add_checkpoint(MILK.body(0, 3))
    with pytest.raises(OldSizeError):
        witness.add_checkpoint(MILK.body(3, 3))
    with pytest.raises(AddCheckpointError):
        witness.add_checkpoint(AddCheckpoint(7, (), MILK.note(3)).to_bytes())


def test_goes_on_where_it_was_after_a_restart(witness, store, path, clock):
    witness.add_checkpoint(MILK.body(0, 7))
    before = witness.newest(origin_hash(ORIGIN))
    store.close()

    again_store = open_witness_store(path)
    again = Witness(COSIGNER, LOGS, again_store, clock)

    assert again.newest(origin_hash(ORIGIN)) == before
    with pytest.raises(OldSizeError) as caught:
        again.add_checkpoint(MILK.body(0, 9))
    assert caught.value.size == 7
    with pytest.raises(RootMismatchError):
        again.add_checkpoint(FORK.body(7, 9))
    again.add_checkpoint(MILK.body(7, 9))
    again_store.close()


class Killed(BaseException):
    """The process ended."""


def test_what_was_written_and_not_answered_is_asked_for_again(
    witness, store, clock, monkeypatch
):
    def replace_and_die(self, origin, make):
        replace(self, origin, make)
        raise Killed

    replace = WitnessStore.replace
    with monkeypatch.context() as patched:
        patched.setattr(WitnessStore, "replace", replace_and_die)
        with pytest.raises(Killed):
            witness.add_checkpoint(MILK.body(0, 7))

    # The log knows nothing of it, and tries as before; then with what it is told.
    with pytest.raises(OldSizeError) as caught:
        witness.add_checkpoint(MILK.body(0, 7))
    answer = witness.add_checkpoint(MILK.body(caught.value.size, 7))
    assert cosigned(answer, text_of(MILK.note(7)))


def test_what_was_not_written_is_not_answered(witness, monkeypatch):
    def fail(*_):
        raise StoreError("database: disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("ledger.witnessstore.insert", fail)
        with pytest.raises(StoreError):
            witness.add_checkpoint(MILK.body(0, 7))

    assert witness.figures()[0].size == 0
    witness.add_checkpoint(FORK.body(0, 7))


class MeetingClock(FrozenClock):
    """Asked for the time, waits a moment for another to ask too."""

    def __init__(self, time_ms):
        super().__init__(time_ms)
        self.meeting = threading.Barrier(2)

    def now_ms(self):
        with suppress(threading.BrokenBarrierError):
            self.meeting.wait(0.2)
        return self.time_ms


@pytest.mark.parametrize("is_one_store", [True, False])
def test_of_two_histories_at_once_one_is_cosigned(path, is_one_store):
    """Whoever signs, which is when the time is asked for, is alone in doing so."""
    clock = MeetingClock(NOW_MS)
    stores = [open_witness_store(path, is_new=True)]
    stores += stores if is_one_store else [open_witness_store(path)]
    looked = threading.Barrier(2, timeout=20)

    class BothHaveLooked:
        def check(self, origin, checkpoint_note):
            looked.wait()

    outcomes = []

    def add(store, body):
        witness = Witness(COSIGNER, LOGS, store, clock, BothHaveLooked())
        try:
            outcomes.append(witness.add_checkpoint(body))
        except OldSizeError as error:
            outcomes.append(error.size)

    bodies = [MILK.body(0, 7), FORK.body(0, 8)]
    threads = [
        threading.Thread(target=add, args=given)
        for given in zip(stores, bodies, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    (size,) = (told for told in outcomes if isinstance(told, int))
    (line,) = (told for told in outcomes if isinstance(told, bytes))
    newest = Witness(COSIGNER, LOGS, stores[0], clock).newest(origin_hash(ORIGIN))
    assert newest == {7: MILK, 8: FORK}[size].note(size) + line
    for store in stores:
        store.close()


@pytest.mark.parametrize("back_ms", [1_000, 10**9, NOW_MS])
def test_a_clock_set_back_stops_it(witness, clock, caplog, back_ms):
    caplog.set_level("INFO", logger="caravan")
    witness.add_checkpoint(MILK.body(0, 7))
    clock.time_ms -= back_ms

    with pytest.raises(ClockError):
        witness.add_checkpoint(MILK.body(7, 7))

    assert caplog.records[-1].msg == "clock-behind"
    clock.time_ms = NOW_MS
    assert cosigned(witness.add_checkpoint(MILK.body(7, 9)), text_of(MILK.note(9)))


def test_a_clock_that_stands_at_the_beginning_cosigns_nothing(witness, clock):
    clock.time_ms = 999

    with pytest.raises(ClockError):
        witness.add_checkpoint(MILK.body(0, 7))


def test_a_judge_is_asked_about_what_continues_and_only_that(store, clock):
    judge = ThisJudge()
    witness = Witness(COSIGNER, LOGS, store, clock, judge)
    note = MILK.note(3, STRANGER, LEDGER)
    for body, _ in REFUSED.values():
        with pytest.raises(Exception):  # noqa: B017, PT011
            witness.add_checkpoint(body)
    assert judge.asked == []

    witness.add_checkpoint(AddCheckpoint(0, (), note).to_bytes())

    assert judge.asked == [(ORIGIN, note)]


@pytest.mark.parametrize(
    "error",
    [
        NotYetError("log: got 3 entries, want 7"),
        StoreError("log: does not answer"),
        UnknownVersionError("statement: got v9"),
    ],
)
def test_a_judge_that_cannot_tell_yet_is_asked_again(store, clock, error):
    judge = ThisJudge(error)
    witness = Witness(COSIGNER, LOGS, store, clock, judge)

    with pytest.raises(type(error)):
        witness.add_checkpoint(MILK.body(0, 7))

    assert witness.figures()[0].size == 0
    judge.error = None
    witness.add_checkpoint(MILK.body(0, 7))
    assert not witness.figures()[0].is_distrusted


def test_what_a_judge_finds_false_is_never_forgotten(
    store, path, clock, evidence, caplog
):
    caplog.set_level("INFO", logger="caravan")
    judge = ThisJudge()
    witness = Witness(COSIGNER, LOGS, store, clock, judge, evidence)
    witness.add_checkpoint(MILK.body(0, 7))
    judge.error = RootMismatchError("seal: another index root")
    judge.error.index = 8

    with pytest.raises(DistrustedError, match="another index root"):
        witness.add_checkpoint(MILK.body(7, 9))

    (file,) = evidence.iterdir()
    document = json.loads(file.read_bytes())
    assert document == {
        "checkpoint": MILK.note(9).decode(),
        "code": "root-mismatch",
        "format": "caravan/refused-checkpoint/v1",
        "index": 8,
        "reason": "seal: another index root",
        "time": "2026-11-18T11:06:40.500Z",
    }
    told = caplog.records[-1]
    assert (told.msg, told.facts["origin"], told.facts["index"]) == (
        "distrusted", ORIGIN, 8,
    )  # fmt: skip
    # Neither what comes later nor a restart nor another judge makes up for it.
    judge.error = None
    again_store = open_witness_store(path)
    for other in (witness, Witness(COSIGNER, LOGS, again_store, clock)):
        for new in (7, 11):
            with pytest.raises(DistrustedError, match="entry 8: seal"):
                other.add_checkpoint(MILK.body(7, new))
        assert [log.is_distrusted for log in other.figures()] == [True, False]
    again_store.close()
    assert [*evidence.iterdir()] == [file]
    # What was cosigned stays cosigned, and other logs have nothing to do with it.
    assert b"\n7\n" in witness.newest(origin_hash(ORIGIN))
    witness.add_checkpoint(FORK.body(0, 7, OTHER, origin=OTHER.name))


def test_the_key_of_a_log_does_not_cosign_it(store, clock):
    with pytest.raises(ValueError, match="is a log's"):
        Witness(Cosigner("witness.example/w1", key(3)), LOGS, store, clock)


def test_a_memory_that_is_lost_is_not_begun_anew(tmp_path):
    with pytest.raises(NotFoundError):
        open_witness_store(tmp_path / "witness.db")

    assert [*tmp_path.iterdir()] == []


def test_a_memory_is_of_one_key(store, path):
    for _ in range(2):
        store.belong_to(COSIGNER.vkey.to_text())

    with pytest.raises(StoreError, match="is the memory of"):
        open_witness_store(path).belong_to(LEDGER.vkey.to_text())


def test_another_database_is_refused(tmp_path):
    path = tmp_path / "another.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE other (id INTEGER)")
    database.close()
    with pytest.raises(FormatVersionError):
        open_witness_store(path)

    path.write_bytes(b"no database at all, but long enough to be looked at" * 40)
    with pytest.raises(StoreError):
        open_witness_store(path)


def test_the_newest_of_no_log_is_not_found(witness):
    for wanted in ("", "00", origin_hash("a.example/log"), origin_hash(ORIGIN)):
        with pytest.raises(NotFoundError):
            witness.newest(wanted)


# Each check of a witness, and the source without it.
REMOVALS = {
    "that the log is known": ("if not keys:", "if False:"),
    "the log's signature": (
        "open_checkpoint(request.checkpoint, origin=origin, log_keys=keys)",
        "unsigned(request.checkpoint)",
    ),
    "an old size that can be": (
        "if request.old_size > signed.checkpoint.size:",
        "if False:",
    ),
    "that the log is trusted": ("        self._check_trusted(origin)\n", ""),
    "the first look": (
        "        self._check_continues(self._store.newest(origin), request, signed)\n",
        "",
    ),
    "the judge": ("        self._ask_judge(origin, request.checkpoint)\n", ""),
    "the second look": (
        "            self._check_continues(last, request, signed)\n",
        "",
    ),
    "the old size": ("if request.old_size != size:", "if False:"),
    "consistency": ("            verify_consistency(", "            dict("),
    "the clock": ("if time < max(before, 1):", "if False:"),
    "what proves something": (
        "verify_split_view(evidence, log_keys=self._logs.log(origin), origin=origin)",
        "pass",
    ),
    "only lines that hold": (
        "line for line in signed.note.signatures if line.label in signed.signed_by",
        "line for line in signed.note.signatures",
    ),
}


def outcomes_of(module, folder):
    """Return what a witness says to a log that tries everything."""
    folder.mkdir()
    store = open_witness_store(folder / "witness.db", is_new=True)
    clock, judge = FrozenClock(NOW_MS), ThisJudge()
    asked = module.Witness(COSIGNER, LOGS, store, clock, judge, folder)
    found = []

    def add(body):
        try:
            found.append(asked.add_checkpoint(body))
        except Exception as error:
            found.append(getattr(error, "code", repr(error)))

    def overtaken(origin, checkpoint_note):
        judge.check = lambda *_: None
        add(FORK.body(0, 8))

    judge.check = overtaken
    add(MILK.body(0, 7))
    store.replace(ORIGIN, lambda _: LastCosigned(0, EMPTY_ROOT, MILK.note(0), 1, 1, 1))
    del judge.check
    for body, _ in REFUSED.values():
        add(body)
    add(AddCheckpoint(0, (), MILK.note(7, STRANGER, LEDGER)).to_bytes())
    for request in CONTRADICTED.values():
        add(request.to_bytes())
    add(FORK.body(7, 9))
    clock.time_ms -= 1_000
    add(MILK.body(7, 7))
    clock.time_ms += 1_000
    judge.error = RootMismatchError("seal: another index root")
    add(MILK.body(7, 12))
    judge.error = None
    add(MILK.body(7, 12))
    shown = store.newest(ORIGIN).note
    store.close()
    files = sorted(file.name for file in folder.glob("*.json"))
    return found, len(judge.asked), shown, files


@pytest.fixture(scope="module")
def honest_outcomes(tmp_path_factory):
    return outcomes_of(witness_module, tmp_path_factory.mktemp("whole") / "w")


@pytest.mark.parametrize("what", REMOVALS)
def test_whatever_check_is_taken_away_is_noticed(
    what, honest_outcomes, monkeypatch, tmp_path
):
    source = Path(witness_module.__file__).read_text("utf-8")
    old, new = REMOVALS[what]
    assert source.count(old) == 1
    without = ModuleType("without")
    monkeypatch.setitem(sys.modules, "without", without)
    without.unsigned = lambda note: SignedCheckpoint(
        parse_checkpoint(parse_note(note).text), parse_note(note), (LEDGER.vkey.label,)
    )
    exec(compile(source.replace(old, new), "without", "exec"), vars(without))  # noqa: S102

    assert outcomes_of(without, tmp_path / "w") != honest_outcomes


def test_nothing_taken_away_is_noticed(honest_outcomes, tmp_path):
    assert outcomes_of(witness_module, tmp_path / "w") == honest_outcomes
