import json
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import merkle
from ledger.encoding import decode_base64
from ledger.errors import RootMismatchError
from tests.support.make_vectors import merkle as maker
from tests.support.reference import merkle as reference
from tests.support.vectors import VECTORS, cases, load, outcome

ENTRIES = maker.ENTRIES
LEAVES = [merkle.leaf_hash(entry) for entry in ENTRIES]
FOREIGN = VECTORS / "foreign" / "merkle"


def reader(entries, size):
    """Return a reader of stored hashes that knows only the tree of one size."""

    def read(level, index):
        start, end = index << level, (index + 1) << level
        assert end <= size, f"subtree {index} of level {level} is not complete"
        if (level, index, size) not in seen:
            seen[level, index, size] = reference.root(entries[start:end])
        return seen[level, index, size]

    seen = {}
    return read


def claim(case, *texts):
    """Return a vector's claim as arguments."""
    made = {text: case[text] for text in texts}
    for key, value in case.items():
        if key == "proof_hex":
            made["proof"] = [bytes.fromhex(node) for node in value]
        elif key == "leaves_hex":
            made["leaves"] = {index: bytes.fromhex(leaf) for index, leaf in value}
        elif key.endswith("_hex"):
            made[key.removesuffix("_hex")] = bytes.fromhex(value)
    return made


def verify_inclusion(leaf, **rest):
    merkle.verify_inclusion(leaf, **rest)


def verify_multi_proof(leaves, *, tree_size, proof, root):
    if merkle.root_from_multi_proof(leaves, tree_size=tree_size, proof=proof) != root:
        raise RootMismatchError("root: another")


@pytest.mark.parametrize("case", cases("merkle/inclusion.json"))
def test_a_claim_of_inclusion_is_judged_for_the_right_reason(case):
    told = claim(case, "index", "tree_size")

    assert outcome(verify_inclusion, **told) == case["want"]


@pytest.mark.parametrize("case", cases("merkle/consistency.json"))
def test_a_claim_of_consistency_is_judged_for_the_right_reason(case):
    told = claim(case, "old_size", "new_size")

    assert outcome(merkle.verify_consistency, **told) == case["want"]


@pytest.mark.parametrize("case", cases("merkle/multi_proof.json"))
def test_a_claim_of_a_multi_proof_is_judged_for_the_right_reason(case):
    told = claim(case, "tree_size")

    assert outcome(verify_multi_proof, **told) == case["want"]


@pytest.mark.parametrize("case", cases("merkle/roots.json"))
def test_the_roots_are_those_of_rfc_6962(case):
    leaves = [merkle.leaf_hash(bytes.fromhex(entry)) for entry in case["entries_hex"]]

    assert merkle.root_hash(leaves).hex() == case["want"]


def test_the_roots_of_rfc_6962_begin_as_published():
    # From RFC 6962's own test data; the vectors above are computed by our reference.
    published = (
        "e3b0c442 6e340b9c fac54203 aeb6bcfe d37ee418 4e3bbb1f 76e67dad ddb89be4"
    )
    wanted = [*published.split(), "5dc9da79"]

    assert [case["want"][:8] for case in load("merkle/roots.json")["cases"]] == wanted


def foreign_paths(kind):
    return [
        pytest.param(path, id=path.relative_to(FOREIGN / kind).as_posix())
        for path in sorted((FOREIGN / kind).rglob("*.json"))
    ]


def foreign_claim(path):
    """Return a foreign file; what is not base64 of a hash stays what it is."""
    told = json.loads(path.read_text())
    told["proof"] = [decode_base64(node) for node in told["proof"] or []]
    for key in ("root", "leafHash", "root1", "root2"):
        if key in told:
            told[key] = decode_base64(told[key] or "")
    return told


@pytest.mark.parametrize("path", foreign_paths("inclusion"))
def test_the_foreign_claims_of_inclusion_are_judged_as_their_authors_say(path):
    told = foreign_claim(path)

    got = outcome(
        merkle.verify_inclusion,
        told["leafHash"],
        index=told["leafIdx"],
        tree_size=told["treeSize"],
        proof=told["proof"],
        root=told["root"],
    )
    assert (got != "ok") == told["wantErr"]


@pytest.mark.parametrize("path", foreign_paths("consistency"))
def test_the_foreign_claims_of_consistency_are_judged_as_their_authors_say(path):
    told = foreign_claim(path)

    got = outcome(
        merkle.verify_consistency,
        old_size=told["size1"],
        new_size=told["size2"],
        old_root=told["root1"],
        new_root=told["root2"],
        proof=told["proof"],
    )
    assert (got != "ok") == told["wantErr"]


def test_there_are_foreign_claims():
    assert len(foreign_paths("inclusion")) > 40
    assert len(foreign_paths("consistency")) > 40


def test_roots_and_frontiers_are_those_of_the_reference():
    frontier = merkle.Frontier()
    for size in range(len(ENTRIES) + 1):
        want = reference.root(ENTRIES[:size])

        assert frontier.size == size
        assert frontier.root() == want
        assert merkle.root_hash(LEAVES[:size]) == want
        assert merkle.tree_root(size, reader(ENTRIES, size)) == want
        again = merkle.Frontier.from_hashes(size, frontier.hashes)
        assert (again.size, again.root()) == (size, want)
        if size < len(ENTRIES):
            frontier.append(LEAVES[size])
            again.append(LEAVES[size])
            assert again.hashes == frontier.hashes


def test_a_frontier_that_was_taken_up_does_not_change_the_first():
    first = merkle.Frontier()
    for leaf in LEAVES[:5]:
        first.append(leaf)
    hashes, root = first.hashes, first.root()

    merkle.Frontier.from_hashes(5, hashes).append(LEAVES[5])

    assert (first.hashes, first.root()) == (hashes, root)


@pytest.mark.parametrize(
    ("size", "hashes"),
    [(-1, []), (-1, [bytes(32)]), (0, [bytes(32)]), (5, [bytes(32)]), (4, [bytes(31)])],
)
def test_a_frontier_needs_a_hash_for_each_complete_subtree(size, hashes):
    with pytest.raises(ValueError, match="frontier"):
        merkle.Frontier.from_hashes(size, hashes)


def test_proofs_of_several_leaves_are_those_of_each():
    for size in range(1, len(ENTRIES) + 1):
        read = reader(ENTRIES, size)
        for first in range(size):
            for step in (1, 3):
                indices = list(range(first, size, step))
                assert merkle.inclusion_proofs(indices, size, read) == {
                    index: merkle.inclusion_proof(index, size, read)
                    for index in indices
                }


def test_no_proofs_are_asked_for_and_none_given():
    assert merkle.inclusion_proofs([], 0, reader([], 0)) == {}


def test_inclusion_proofs_are_those_of_the_reference_for_every_small_tree():
    for size in range(1, len(ENTRIES) + 1):
        root, read = reference.root(ENTRIES[:size]), reader(ENTRIES, size)
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, read)
            assert list(proof) == reference.inclusion_proof(index, ENTRIES[:size])
            merkle.verify_inclusion(
                LEAVES[index], index=index, tree_size=size, proof=proof, root=root
            )


def test_consistency_proofs_are_those_of_the_reference_for_every_small_tree():
    for new_size in range(len(ENTRIES) + 1):
        read = reader(ENTRIES, new_size)
        for old_size in range(new_size + 1):
            proof = merkle.consistency_proof(old_size, new_size, read)
            entries = ENTRIES[:new_size]
            assert list(proof) == reference.consistency_proof(old_size, entries)
            merkle.verify_consistency(
                **maker.consistency(old_size, new_size) | {"proof": proof}
            )


def test_multi_proofs_are_those_of_the_reference_for_every_choice_of_leaves():
    for size in range(1, 10):
        root, read = reference.root(ENTRIES[:size]), reader(ENTRIES, size)
        for count in range(1, size + 1):
            for indices in combinations(range(size), count):
                proof = merkle.multi_proof(indices, size, read)
                assert list(proof) == reference.multi_proof(indices, ENTRIES[:size])
                leaves = {index: LEAVES[index] for index in indices}
                verify_multi_proof(leaves, tree_size=size, proof=proof, root=root)


def test_a_multi_proof_of_one_leaf_has_the_hashes_of_its_inclusion_proof():
    for size in range(1, 40):
        read = reader(ENTRIES, size)
        for index in range(size):
            one = merkle.inclusion_proof(index, size, read)
            assert sorted(merkle.multi_proof([index], size, read)) == sorted(one)


def test_the_accumulated_hashes_are_those_of_the_reference():
    entries = maker.accumulated_entries()
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    read = reader(entries, len(entries))
    wanted = {
        case["name"]: case["want"] for case in load("merkle/accumulated.json")["cases"]
    }

    got = maker.accumulated(
        lambda size: merkle.root_hash(leaves[:size]),
        lambda index, size: merkle.inclusion_proof(index, size, read),
        lambda old, size: merkle.consistency_proof(old, size, read),
        lambda indices, size: merkle.multi_proof(indices, size, read),
    )

    assert got == wanted


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda read: merkle.inclusion_proof(8, 8, read), id="index"),
        pytest.param(lambda read: merkle.inclusion_proof(-1, 8, read), id="negative"),
        pytest.param(lambda read: merkle.inclusion_proof(0, 0, read), id="empty"),
        pytest.param(
            lambda read: merkle.inclusion_proofs([8], 8, read), id="proofs-outside"
        ),
        pytest.param(
            lambda read: merkle.inclusion_proofs([-1], 8, read), id="proofs-under"
        ),
        pytest.param(
            lambda read: merkle.inclusion_proofs([2, 1], 8, read), id="proofs-unordered"
        ),
        pytest.param(lambda read: merkle.consistency_proof(9, 8, read), id="shrink"),
        pytest.param(lambda read: merkle.consistency_proof(-1, 8, read), id="minus"),
        pytest.param(lambda read: merkle.multi_proof([], 8, read), id="no-index"),
        pytest.param(lambda read: merkle.multi_proof([0, 8], 8, read), id="outside"),
        pytest.param(lambda read: merkle.multi_proof([-1, 0], 8, read), id="under"),
        pytest.param(lambda read: merkle.multi_proof([1, 1], 8, read), id="twice"),
        pytest.param(lambda read: merkle.multi_proof([2, 1], 8, read), id="unordered"),
    ],
)
def test_a_proof_of_what_is_not_there_is_a_mistake_of_the_programmer(call):
    with pytest.raises(ValueError, match="want"):
        call(reader(ENTRIES, 8))


def draw_size(data):
    return data.draw(st.integers(2, len(ENTRIES)), label="size")


def flip_one_bit(data, hashes):
    """Return hashes of which one has one bit flipped."""
    place = data.draw(st.integers(0, len(hashes) - 1), label="hash")
    bit = data.draw(st.integers(0, 255), label="bit")
    return [
        maker.flip(node, bit) if i == place else node for i, node in enumerate(hashes)
    ]


@given(st.data())
def test_one_flipped_bit_in_a_claim_of_inclusion_is_refused(data):
    size = draw_size(data)
    told = maker.inclusion(data.draw(st.integers(0, size - 1)), size)
    leaf, root, *proof = flip_one_bit(
        data, [told["leaf"], told["root"], *told["proof"]]
    )

    lie = told | {"leaf": leaf, "root": root, "proof": proof}

    assert outcome(verify_inclusion, **lie) == "root-mismatch"


@given(st.data())
def test_a_leaf_at_another_place_is_refused(data):
    size = draw_size(data)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda i: i != index))

    lie = maker.inclusion(index, size) | {"index": other}

    assert outcome(verify_inclusion, **lie) in {"root-mismatch", "proof-shape"}


@given(st.data())
def test_one_flipped_bit_in_a_claim_of_consistency_is_refused(data):
    size = draw_size(data)
    told = maker.consistency(data.draw(st.integers(1, size - 1)), size)
    old_root, new_root, *proof = flip_one_bit(
        data, [told["old_root"], told["new_root"], *told["proof"]]
    )

    lie = told | {"old_root": old_root, "new_root": new_root, "proof": proof}

    assert outcome(merkle.verify_consistency, **lie) == "root-mismatch"


@given(st.data())
def test_one_flipped_bit_in_a_multi_proof_is_refused(data):
    size = draw_size(data)
    indices = sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1)))
    told = maker.multi(indices, size)
    root, *hashes = flip_one_bit(
        data, [told["root"], *told["leaves"].values(), *told["proof"]]
    )

    lie = told | {
        "leaves": dict(zip(indices, hashes, strict=False)),
        "proof": hashes[len(indices) :],
        "root": root,
    }

    assert outcome(verify_multi_proof, **lie) == "root-mismatch"


@given(
    st.binary(max_size=40),
    st.integers(-5, 2**64),
    st.integers(-5, 2**64),
    st.lists(st.binary(max_size=33) | st.binary(min_size=32, max_size=32), max_size=70),
    st.binary(max_size=40).map(lambda end: b"not the leaf" + end),
)
def test_random_claims_are_refused_and_nothing_else_happens(
    leaf, one, other, proof, root
):
    refusals = {"not-verified", "proof-shape", "root-mismatch"}

    told = {"tree_size": other, "proof": proof, "root": root}
    assert outcome(merkle.verify_inclusion, leaf, index=one, **told) in refusals
    assert outcome(verify_multi_proof, {one: leaf}, **told) in refusals
    got = outcome(
        merkle.verify_consistency,
        old_size=one,
        new_size=other,
        old_root=leaf,
        new_root=root,
        proof=proof,
    )
    # From the empty tree every tree is consistent, if the root is that of none.
    assert got in refusals or (one == 0 and leaf == merkle.EMPTY_ROOT)


def test_a_claim_about_the_largest_tree_is_judged_at_once():
    size = 2**63 - 1
    told = maker.large_inclusion(size - 1, size)

    merkle.verify_inclusion(**told)
    verify_multi_proof(
        {size - 1: told["leaf"]},
        tree_size=size,
        proof=told["proof"][::-1],
        root=told["root"],
    )
