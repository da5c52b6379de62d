"""Evidence of a split view: what proves it, and what proves nothing."""

import sys
from itertools import product
from pathlib import Path
from types import ModuleType

import pytest

from ledger import evidence
from ledger.checkpoint import SignedCheckpoint, parse_checkpoint
from ledger.errors import EvidenceError
from ledger.evidence import (
    parse_split_view,
    split_view,
    split_view_of_leaves,
    verify_split_view,
)
from ledger.merkle import leaf_hash
from ledger.note import parse_note, parse_vkey
from tests.support.make_vectors import checkpoint as checkpoints
from tests.support.make_vectors import evidence as maker
from tests.support.reference import merkle
from tests.support.vectors import cases, load, outcome

# Each check of what the vectors judge, and the source without it.
REMOVALS = {
    "the version": ("if version != FORMAT:", "if False:"),
    "closed members": ("if odd:", "if False:"),
    "the log that a key is of": ("if vkey.name == origin]", "]"),
    "the first's signature": (
        "first = open_checkpoint(evidence.first, origin=origin, log_keys=keys)",
        "first = unsigned(evidence.first)",
    ),
    "the second's signature": (
        "second = open_checkpoint(evidence.second, origin=origin, log_keys=keys)",
        "second = unsigned(evidence.second)",
    ),
    "nothing with equal sizes": (
        "if evidence.root is not None or evidence.proof:",
        "if False:",
    ),
    "a root": ("elif evidence.root is None:", "elif False:"),
    "the proof": ("            verify_consistency(", "            dict("),
    "that they exclude each other": ("if root == first.root:", "if False:"),
}

KEYS = [parse_vkey(key) for key in maker.KEYS]


def reader(entries):
    """Read complete subtrees of a tree, by the slow definition."""

    def read(level, index):
        assert (index + 1) << level <= len(entries)
        return merkle.root(entries[index << level : (index + 1) << level])

    return read


@pytest.mark.parametrize("case", cases("evidence/parse.json"))
def test_parses(case):
    data = case["evidence"].encode()

    assert outcome(parse_split_view, data) == case["want"]
    if case["want"] == "ok":
        assert parse_split_view(data).to_bytes() == data


@pytest.mark.parametrize("case", cases("evidence/verify.json"))
def test_proves(case):
    evidence = parse_split_view(case["evidence"].encode())
    keys = [parse_vkey(key) for key in case["log_keys"]]

    assert outcome(verify_split_view, evidence, log_keys=keys) == case["want"]


@pytest.mark.parametrize("sizes", [*product((1, 4, 5, 7, 8, 13), repeat=2)])
def test_is_made_of_two_checkpoints_in_either_order(sizes):
    one, other = maker.ENTRIES[: sizes[0]], maker.ELSE[: sizes[1]]
    notes = [maker.signed(log).encode() for log in (one, other)]
    larger = one if len(one) > len(other) else other
    # Up to the fork the two logs are one.
    if min(sizes) <= 4:
        for first, second in (notes, notes[::-1]):
            assert outcome(split_view, first, second, reader(larger)) == "evidence"
        return

    made = split_view(*notes, reader(larger))

    assert len({*sizes}) == 1 or split_view(*notes[::-1], reader(larger)) == made
    leaves = map(leaf_hash, larger)
    assert split_view_of_leaves(*notes, leaves) == made
    proven = verify_split_view(made, log_keys=KEYS)
    assert proven.first.checkpoint.size == min(sizes)
    assert proven.second.checkpoint.size == max(sizes)
    assert proven.root == merkle.root(larger[: min(sizes)])
    assert parse_split_view(made.to_bytes()) == made


def test_of_leaves_that_are_not_those_of_the_larger_tree_nothing_is_made():
    notes = maker.signed(maker.ENTRIES[:7]).encode(), maker.signed(maker.ELSE).encode()
    leaves = [*map(leaf_hash, maker.ELSE)]

    for wrong in ([], leaves[:12], [*map(leaf_hash, maker.ENTRIES)]):
        with pytest.raises(EvidenceError):
            split_view_of_leaves(*notes, wrong)


def test_names_the_keys_that_signed_both():
    proven = {}
    for name, (text, keys, _) in maker.judged().items():
        if name in {"sizes-differ", "each-by-a-key-of-its-own"}:
            evidence = parse_split_view(text.encode())
            log_keys = [parse_vkey(key) for key in keys]
            proven[name] = verify_split_view(evidence, log_keys=log_keys)

    assert proven["sizes-differ"].signed_both == (KEYS[0].label,)
    each = proven["each-by-a-key-of-its-own"]
    assert each.signed_both == ()
    assert each.first.signed_by != each.second.signed_by
    assert each.origin == maker.ORIGIN


def test_is_of_the_log_that_was_asked_for():
    evidence = parse_split_view(maker.between(maker.ENTRIES, maker.ELSE).encode())
    keys = [*KEYS, parse_vkey(checkpoints.log_vkey(name=maker.OTHER))]

    assert verify_split_view(evidence, log_keys=keys, origin=maker.ORIGIN)
    with pytest.raises(EvidenceError):
        verify_split_view(evidence, log_keys=keys, origin=maker.OTHER)


@pytest.mark.parametrize("what", REMOVALS)
def test_whatever_check_is_taken_away_a_vector_notices(what, monkeypatch):
    source = Path(evidence.__file__).read_text("utf-8")
    old, new = REMOVALS[what]
    assert source.count(old) == 1
    without = ModuleType("without")
    monkeypatch.setitem(sys.modules, "without", without)
    without.unsigned = lambda note: SignedCheckpoint(
        parse_checkpoint(parse_note(note).text), parse_note(note), ("",)
    )
    exec(compile(source.replace(old, new), "without", "exec"), vars(without))  # noqa: S102

    def judge(case):
        parsed = without.parse_split_view(case["evidence"].encode())
        if "log_keys" in case:
            keys = [parse_vkey(key) for key in case["log_keys"]]
            without.verify_split_view(parsed, log_keys=keys)

    noticed = []
    for file in ("parse", "verify"):
        for case in load(f"evidence/{file}.json")["cases"]:
            try:
                got = outcome(judge, case)
            except Exception as error:
                got = repr(error)
            noticed += [case["name"]] * (got != case["want"])
    assert noticed
