import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.completeness import (
    CompletenessProof,
    OtherLeaf,
    OtherNode,
    PathStep,
    listed_under,
    parse_completeness_proof,
    verify_absent,
    verify_listed,
)
from ledger.errors import LedgerError, ProofShapeError
from ledger.index import IndexTree
from tests.support.make_vectors import index as maker
from tests.support.reference import index as reference
from tests.support.vectors import cases, outcome

ORIGIN = maker.ORIGIN
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda items: (
        st.lists(items)
        | st.dictionaries(st.sampled_from(["path", "leaf", "node", "end"]), items)
    ),
)


def tree_of(lists, origin=ORIGIN):
    """Return the tree of lists by subject, filled in the order of a log."""
    made = IndexTree(origin)
    for index, subject in sorted((i, s) for s, found in lists.items() for i in found):
        made.append(subject, index)
    return made


def verify(case):
    """Judge a vector's claim."""
    facts = {"origin": case["origin"], "subject": case["subject"]}
    proof = parse_completeness_proof(case["proof"])
    root = bytes.fromhex(case["root_hex"])
    if "indices" in case:
        verify_listed(root, indices=case["indices"], proof=proof, **facts)
    else:
        verify_absent(root, proof=proof, **facts)


@pytest.mark.parametrize("case", cases("index/roots.json"))
def test_the_root_is_a_function_of_the_lists(case):
    assert tree_of(dict(case["lists"]), case["origin"]).root().hex() == case["want"]


@pytest.mark.parametrize("case", cases("index/listed.json"))
def test_a_claim_of_completeness_is_judged_for_the_right_reason(case):
    assert outcome(verify, case) == case["want"]


@pytest.mark.parametrize("case", cases("index/absent.json"))
def test_a_claim_of_absence_is_judged_for_the_right_reason(case):
    assert outcome(verify, case) == case["want"]


@pytest.mark.parametrize("case", cases("index/forms.json"))
def test_a_value_is_a_proof_or_malformed(case):
    assert outcome(parse_completeness_proof, case["proof"]) == case["want"]
    if case["want"] == "ok":
        assert parse_completeness_proof(case["proof"]).to_json() == case["proof"]


def test_every_proof_of_every_small_map_is_that_of_the_reference():
    lists = {}
    tree = IndexTree(ORIGIN)
    for index in range(24):
        subject = f"cow {index * 7 % 17}"
        lists.setdefault(subject, []).append(index)
        tree.append(subject, index)

        assert tree.root() == reference.root(ORIGIN, lists)
        for wanted in (f"cow {n}" for n in range(0, 30, 3)):
            proof = tree.prove(wanted)
            facts = {"origin": ORIGIN, "subject": wanted, "proof": proof}
            assert proof.to_json() == reference.proof(ORIGIN, lists, wanted)
            assert tree.indices(wanted) == tuple(lists.get(wanted, ()))
            if wanted in lists:
                verify_listed(tree.root(), indices=lists[wanted], **facts)
            else:
                verify_absent(tree.root(), **facts)


def test_both_ends_of_a_path_occur_among_the_proofs_of_absence():
    tree = tree_of(maker.LISTS)

    assert isinstance(tree.prove(maker.BY_LEAF).end, OtherLeaf)
    assert isinstance(tree.prove(maker.BY_NODE).end, OtherNode)


@given(st.dictionaries(st.text(max_size=3), st.sets(st.integers(0, 99), min_size=1)))
def test_the_root_does_not_depend_on_when_it_was_asked_for(lists):
    asked = IndexTree(ORIGIN)
    for index, subject in sorted((i, s) for s, found in lists.items() for i in found):
        asked.append(subject, index)
        asked.root()

    assert asked.root() == tree_of(lists).root()
    assert len(asked) == len(lists)


@given(st.data())
def test_no_proof_shows_both_presence_and_absence(data):
    lists = {f"s{n}": [n] for n in data.draw(st.sets(st.integers(0, 60), max_size=20))}
    tree = tree_of(lists)
    subject = f"s{data.draw(st.integers(0, 60))}"
    other = f"s{data.draw(st.integers(0, 60))}"
    proof = tree.prove(other)

    if subject in lists:
        with pytest.raises(LedgerError):
            verify_absent(tree.root(), origin=ORIGIN, subject=subject, proof=proof)
    else:
        with pytest.raises(LedgerError):
            verify_listed(
                tree.root(), origin=ORIGIN, subject=subject, indices=[1], proof=proof
            )


@given(st.sampled_from([maker.COW, maker.BY_LEAF, maker.BY_NODE]), st.data())
def test_one_flipped_bit_anywhere_in_the_proof_is_refused(subject, data):
    value = json.loads(json.dumps(reference.proof(ORIGIN, maker.LISTS, subject)))
    spots = [*value["path"], value.get("leaf"), value.get("node")]
    spot = data.draw(st.sampled_from([each for each in spots if each]))
    place = data.draw(st.integers(0, len(spot) - 1))
    bit = data.draw(st.integers(0, 7 if isinstance(spot[place], int) else 255))
    if isinstance(spot[place], int):
        spot[place] ^= 1 << bit
    else:
        flipped = bytearray(maker.note.decode_base64(spot[place]))
        flipped[bit // 8] ^= 1 << bit % 8
        spot[place] = maker.encoding.encode_base64(bytes(flipped))
    indices = {"indices": maker.LISTS[subject]} if subject in maker.LISTS else {}
    lie = {"origin": ORIGIN, "root_hex": maker.ROOT.hex(), "subject": subject}

    assert outcome(verify, {**lie, **indices, "proof": value}) in {
        "incomplete",
        "proof-shape",
    }


@given(JSON)
def test_random_values_are_a_proof_or_malformed(value):
    if outcome(parse_completeness_proof, value) != "passport":
        assert parse_completeness_proof(value).to_json() == value


@pytest.mark.parametrize(
    "proof",
    [
        pytest.param(CompletenessProof((PathStep(0, b""),)), id="sibling-too-short"),
        pytest.param(CompletenessProof((PathStep(-1, bytes(32)),)), id="below-zero"),
        pytest.param(
            CompletenessProof((), OtherLeaf(b"", 1, b"")), id="leaf-too-short"
        ),
        pytest.param(
            CompletenessProof((), OtherNode(1, b"", b"", b"")), id="node-too-short"
        ),
    ],
)
def test_a_proof_of_other_sizes_is_refused(proof):
    with pytest.raises(ProofShapeError):
        verify_absent(bytes(32), origin=ORIGIN, subject="registrar", proof=proof)


def test_indices_end_at_the_largest_integer():
    for index, want in ((2**63 - 1, "ok"), (2**63, "incomplete")):
        root = reference.root(ORIGIN, {"registrar": [index]})
        claim = {"origin": ORIGIN, "subject": "registrar", "indices": [index]}

        got = outcome(verify_listed, root, proof=CompletenessProof(()), **claim)
        assert got == want


def test_a_list_only_grows():
    tree = tree_of({"registrar": [3]})

    with pytest.raises(ValueError, match="got 3 after 3"):
        tree.append("registrar", 3)


def test_an_alarm_is_listed_twice_under_each_subject():
    assert listed_under(["a", "b"], is_alarm=False) == ("a", "b")
    assert listed_under(["a", "b"], is_alarm=True) == ("a", "b", "a#alarm", "b#alarm")


def test_an_alarm_shows_in_no_other_list():
    tree = IndexTree(ORIGIN)
    for subject in listed_under(["cow", "can"], is_alarm=False):
        tree.append(subject, 1)

    verify_absent(
        tree.root(), origin=ORIGIN, subject="cow#alarm", proof=tree.prove("cow#alarm")
    )


def test_the_roots_of_a_growing_map_are_pinned_by_one_hash():
    tree = IndexTree("pin.example/index")
    roots = hashlib.sha256(tree.root())
    for index in range(500):
        tree.append(f"subject {index * index % 173}", index)
        roots.update(tree.root())

    assert roots.hexdigest() == (
        "2a31e278327f50984d8f50bc8736178e1ab9daaec74c31675f7ccaf8f1ef6693"
    )
