import copy
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.completeness import listed_under, verify_lists
from ledger.index import IndexTree
from tests.support.make_vectors import index as maker
from tests.support.reference import index as reference
from tests.support.vectors import cases, outcome

ORIGIN = maker.ORIGIN
NAMES = st.sampled_from([f"cow {n}" for n in range(40)])
LISTS = st.sets(st.integers(0, 99), min_size=1).map(sorted)
MAPS = st.dictionaries(NAMES, LISTS, max_size=25)
SOME = st.sets(NAMES, min_size=1, max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda items: st.lists(items) | st.dictionaries(st.text(max_size=2), items),
    max_leaves=6,
)


def tree_of(lists, origin=ORIGIN):
    """Return the tree of lists by subject, filled in the order of a log."""
    made = IndexTree(origin)
    for index, subject in sorted((i, s) for s, found in lists.items() for i in found):
        made.append(subject, index)
    return made


def judge(root, lists, proof, origin=ORIGIN):
    """Return "ok", or the code that a claim is refused with."""
    return outcome(verify_lists, root, origin=origin, lists=lists, proof=proof)


@pytest.mark.parametrize("case", cases("index/roots.json"))
def test_the_root_is_a_function_of_the_lists(case):
    assert tree_of(dict(case["lists"]), case["origin"]).root().hex() == case["want"]


@pytest.mark.parametrize("case", cases("index/lists.json"))
def test_a_claim_of_completeness_is_judged_for_the_right_reason(case):
    root, lists = bytes.fromhex(case["root_hex"]), dict(case["lists"])

    assert judge(root, lists, case["proof"], case["origin"]) == case["want"]


def test_every_proof_of_every_small_map_is_that_of_the_reference():
    lists = {}
    tree = IndexTree(ORIGIN)
    for index in range(24):
        subject = f"cow {index * 7 % 17}"
        lists.setdefault(subject, []).append(index)
        tree.append(subject, index)

        assert tree.root() == reference.root(ORIGIN, lists)
        for wanted in (f"cow {n}" for n in range(0, 30, 3)):
            found, proof = tree.prove_lists([wanted])
            assert proof == reference.proof(ORIGIN, lists, [wanted])
            assert found == {wanted: tuple(lists.get(wanted, ()))}
            assert judge(tree.root(), found, proof) == "ok"


@given(MAPS, SOME)
def test_the_proof_of_several_names_is_that_of_the_reference(lists, names):
    tree = tree_of(lists)

    found, proof = tree.prove_lists(names)

    assert proof == reference.proof(ORIGIN, lists, names)
    assert found == {name: tuple(lists.get(name, ())) for name in names}
    assert judge(tree.root(), found, proof) == "ok"


@given(MAPS, SOME, st.data())
def test_another_list_of_any_name_is_refused_under_any_true_proof(lists, names, data):
    tree = tree_of(lists)
    found, _ = tree.prove_lists(names)
    name = data.draw(st.sampled_from(sorted(found)))
    lie = data.draw(st.sets(st.integers(0, 99)).map(lambda s: tuple(sorted(s))))
    _, proof = tree.prove_lists(data.draw(SOME))

    if lie != found[name]:
        assert judge(tree.root(), {**found, name: lie}, proof) != "ok"


@given(MAPS, SOME, st.data())
def test_one_token_changed_is_refused(lists, names, data):
    tree = tree_of(lists)
    found, honest = tree.prove_lists(names)
    proof = copy.deepcopy(honest)
    places = st.integers(0, len(proof))
    place = data.draw(places)
    change = data.draw(st.sampled_from(["replace", "insert", "remove"]))
    token = data.draw(JSON | st.sampled_from([".", *honest]) | st.integers(0, 256))
    if change != "insert":
        del proof[place : place + 1]
    if change != "remove":
        proof.insert(place, token)

    if proof != honest:
        assert judge(tree.root(), found, proof) in {"incomplete", "proof-shape"}


@given(MAPS, SOME, st.data())
def test_one_flipped_bit_anywhere_in_the_proof_is_refused(lists, names, data):
    tree = tree_of(lists)
    found, honest = tree.prove_lists(names)
    proof = copy.deepcopy(honest)
    spots = [
        (holder, place)
        for holder in [proof, *(t for t in proof if isinstance(t, list))]
        for place, part in enumerate(holder)
        if not isinstance(part, list) and part != "."
    ]
    if not spots:
        return
    holder, place = data.draw(st.sampled_from(spots))
    bit = data.draw(st.integers(0, 7 if isinstance(holder[place], int) else 255))
    if isinstance(holder[place], int):
        holder[place] ^= 1 << bit
    else:
        flipped = bytearray(maker.note.decode_base64(holder[place]))
        flipped[bit // 8] ^= 1 << bit % 8
        holder[place] = maker.encoding.encode_base64(bytes(flipped))

    assert judge(tree.root(), found, proof) in {"incomplete", "proof-shape"}


@given(st.lists(JSON), st.dictionaries(st.text(max_size=3), st.lists(JSON)))
def test_random_values_are_refused_with_the_two_codes(proof, lists):
    assert judge(bytes(31), lists, proof) in {"incomplete", "proof-shape"}


@given(MAPS)
def test_the_root_does_not_depend_on_when_it_was_asked_for(lists):
    asked = IndexTree(ORIGIN)
    for index, subject in sorted((i, s) for s, found in lists.items() for i in found):
        asked.append(subject, index)
        asked.root()

    assert asked.root() == tree_of(lists).root()
    assert len(asked) == len(lists)


def test_indices_end_at_the_largest_integer():
    for index, want in ((2**63 - 1, "ok"), (2**63, "incomplete")):
        root = reference.root(ORIGIN, {"registrar": [index]})

        assert judge(root, {"registrar": [index]}, ["."]) == want


def test_a_list_only_grows():
    tree = tree_of({"registrar": [3]})

    with pytest.raises(ValueError, match="got 3 after 3"):
        tree.append("registrar", 3)


def test_no_names_have_no_proof():
    with pytest.raises(ValueError, match="want at least one"):
        tree_of({"registrar": [3]}).prove_lists([])


def test_a_name_asked_for_twice_counts_once():
    tree = tree_of({"registrar": [3], "cow": [4]})

    assert tree.prove_lists(["cow", "cow"]) == tree.prove_lists(["cow"])


def test_an_alarm_is_listed_twice_under_each_subject():
    assert listed_under(["a", "b"], is_alarm=False) == ("a", "b")
    assert listed_under(["a", "b"], is_alarm=True) == ("a", "b", "a#alarm", "b#alarm")


def test_an_alarm_shows_in_no_other_list():
    tree = IndexTree(ORIGIN)
    for subject in listed_under(["cow", "can"], is_alarm=False):
        tree.append(subject, 1)

    lists, proof = tree.prove_lists(["cow#alarm"])

    assert lists == {"cow#alarm": ()}
    verify_lists(tree.root(), origin=ORIGIN, lists=lists, proof=proof)


def test_the_roots_of_a_growing_map_are_pinned_by_one_hash():
    tree = IndexTree("pin.example/index")
    roots = hashlib.sha256(tree.root())
    for index in range(500):
        tree.append(f"subject {index * index % 173}", index)
        roots.update(tree.root())

    assert roots.hexdigest() == (
        "2a31e278327f50984d8f50bc8736178e1ab9daaec74c31675f7ccaf8f1ef6693"
    )
