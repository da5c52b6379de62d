"""``caravan verify`` of evidence: what was proven, and to whom it is to be shown."""

import pytest

from ledger.cli.seen import Comparison
from ledger.errors import LedgerError, SplitViewError
from ledger.evidence import verify_split_view
from ledger.merkle import Frontier, leaf_hash
from ledger.note import parse_vkey
from ledger.witness import REFUSED_FORMAT
from tests.cli.command import caravan
from tests.support.make_vectors import checkpoint as checkpoints
from tests.support.make_vectors import cosignature as cosignatures
from tests.support.make_vectors import evidence as maker
from tests.support.reference import checkpoint, encoding, merkle

NOTHING, BROKEN, CANNOT = 2, 3, 4
POLICY = f"log {checkpoints.log_vkey()}\n"
WITNESSES = (
    f"witness one {cosignatures.witness_vkey()}\n"
    f"witness two {cosignatures.witness_vkey('other', cosignatures.OTHER)}\n"
)


def cosigned(entries):
    text = checkpoint.text(maker.ORIGIN, len(entries), merkle.root(entries))
    return maker.signed(entries, more=[cosignatures.line(text=text)])


def both_cosigned():
    """Return evidence that one witness of the policy has cosigned both."""
    first, second = maker.ENTRIES[:7], maker.ELSE
    proof = merkle.consistency_proof(7, second)
    root = merkle.root(second[:7])
    return maker.document(cosigned(first), cosigned(second), root, proof)


@pytest.fixture
def judge(tmp_path):
    """Verify evidence under a policy that the reader gives."""

    def run(text, *more, policy=POLICY + "quorum none\n"):
        (tmp_path / "evidence.json").write_text(text, "utf-8")
        (tmp_path / "policy").write_text(policy, "utf-8")
        given = [] if policy is None else ["--policy", tmp_path / "policy"]
        return caravan("verify", tmp_path / "evidence.json", *given, *more)

    return run


def test_says_which_key_signed_what_and_whom_to_show_it(judge):
    ended = judge(both_cosigned(), policy=POLICY + WITNESSES + "quorum one\n")

    assert (ended.status, ended.err) == (BROKEN, "")
    key = parse_vkey(checkpoints.log_vkey()).label
    for line in (
        f"split view proven: two histories of {maker.ORIGIN} are signed by its keys",
        f"first: 7 entries, root {merkle.root(maker.ENTRIES[:7]).hex()}",
        f"second: 13 entries, root {merkle.root(maker.ELSE).hex()}",
        "second: cosigned by one at 2026-06-21T00:00:00.000Z",
        f"signed both: {key}",
        "policy: yours",
    ):
        assert line in ended.out.splitlines()
    assert f"has root {merkle.root(maker.ELSE[:7]).hex()}" in ended.out
    assert "cosigned both: one, which" in ended.out
    assert "two" not in ended.out.replace("two histories", "").replace("two roots", "")
    assert "What follows" in ended.out
    assert "Whom to show it" in ended.out


def test_says_the_same_to_a_program(judge):
    policy = POLICY + WITNESSES + "quorum one\n"
    ended = judge(both_cosigned(), "--json", policy=policy)

    assert ended.status == BROKEN
    assert ended.json["code"] == "split-view"
    assert ended.json["cosigned_both"] == ["one"]
    assert ended.json["first"]["cosigned"] == {"one": "2026-06-21T00:00:00.000Z"}
    sizes = [ended.json[one]["tree_size"] for one in ("first", "second")]
    assert sizes == [7, 13]


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, (_, keys, want) in maker.judged().items()
        if want != "ok" and keys == maker.KEYS
    ],
)
def test_what_proves_nothing_leaves_nothing_to_judge(judge, name):
    text, _, _ = maker.judged()[name]

    ended = judge(text)

    assert (ended.status, ended.out) == (NOTHING, "")
    assert "proves nothing" in ended.err


def test_without_a_key_of_that_ledger_nothing_can_be_checked(judge):
    other = f"log {checkpoints.log_vkey(name=maker.OTHER)}\nquorum none\n"
    text = maker.between(maker.ENTRIES, maker.ELSE)

    assert judge(text, policy=other).status == CANNOT


def test_another_version_cannot_be_checked_and_a_damaged_one_is_nothing(judge):
    text = maker.between(maker.ENTRIES, maker.ELSE)

    assert judge(text.replace("view/v1", "view/v2")).status == CANNOT
    assert judge(text[:-1]).status == NOTHING
    assert judge(text[:40]).status == NOTHING


def test_a_cosignature_of_no_calendar_does_not_stop_the_news(judge):
    text = checkpoint.text(maker.ORIGIN, 13, merkle.root(maker.ELSE))
    late = cosignatures.line(text=text, time=2**62)
    second = maker.signed(maker.ELSE, more=[late])
    evidence = maker.document(maker.signed(maker.ENTRIES), second)

    ended = judge(evidence, policy=POLICY + WITNESSES + "quorum one\n")

    assert ended.status == BROKEN
    assert f"cosigned by one at second {2**62} after 1970" in ended.out


@pytest.mark.parametrize("size", range(8))
def test_evidence_is_made_from_what_is_read_once_wherever_reading_begins(size):
    comparison = Comparison(
        maker.signed(maker.ELSE).encode(), maker.signed(maker.ENTRIES[:7]).encode()
    )
    left = Frontier()
    for entry in maker.ELSE[:size]:
        left.append(leaf_hash(entry))
    rows = [(index, maker.ELSE[index], None) for index in range(size, 13)]

    passed = [*comparison.watch(iter(rows), left.hashes, size)]

    assert passed == rows
    with pytest.raises(SplitViewError):
        comparison.check()
    keys = [parse_vkey(key) for key in maker.KEYS]
    proven = verify_split_view(comparison.evidence(), log_keys=keys)
    assert proven.root == merkle.root(maker.ELSE[:7])


def test_of_two_that_agree_there_is_no_evidence():
    comparison = Comparison(
        maker.signed(maker.ENTRIES).encode(), maker.signed(maker.ENTRIES[:7]).encode()
    )
    rows = [(index, entry, None) for index, entry in enumerate(maker.ENTRIES)]

    assert [*comparison.watch(iter(rows))] == rows
    comparison.check()
    with pytest.raises(LedgerError):
        comparison.evidence()


def refused(**changes):
    """Return what a replaying witness keeps of a checkpoint that it did not cosign."""
    members = {
        "checkpoint": maker.signed(maker.ELSE),
        "code": "signature",
        "format": REFUSED_FORMAT,
        "index": 7,
        "reason": "oasis.example/spring+01020304: signature: does not verify",
        "time": "2026-06-21T00:00:00.000Z",
    }
    return encoding.canonical(members | changes).decode()


def test_what_a_replaying_witness_refused_is_its_word_until_somebody_looks(judge):
    ended = judge(refused())
    told = judge(refused(index=None), "--json").json

    assert (ended.status, ended.err) == (CANNOT, "")
    assert f"cannot check: a checkpoint of {maker.ORIGIN} that was refused" in ended.out
    assert "entry 7: signature: oasis.example/spring" in ended.out
    assert "verify the" in ended.out
    assert (told["outcome"], told["index"]) == ("cannot check", None)
    assert told["checkpoint"]["tree_size"] == 13


@pytest.mark.parametrize(
    "changes",
    [
        {"checkpoint": "nothing\n"},
        {"checkpoint": maker.signed(maker.ELSE).replace("\n13\n", "\n14\n")},
        {"checkpoint": maker.signed(maker.ELSE, word="next-log")},
        {"index": "7"},
        {"reason": None},
        {"more": 1},
    ],
)
def test_a_refusal_of_what_no_key_of_the_ledger_signed_is_nothing(judge, changes):
    assert judge(refused(**changes)).status == NOTHING


def test_a_refusal_of_another_version_cannot_be_checked(judge):
    text = refused(format=REFUSED_FORMAT.replace("/v1", "/v2"))

    assert judge(text).status == CANNOT
