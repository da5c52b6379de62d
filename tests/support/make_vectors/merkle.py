"""Vectors for Merkle trees: true claims, and each of them told wrong in one way."""

import hashlib

from tests.support.reference import merkle as reference

# Leaves, and the roots of the trees of the first 0 to 8 of them, that every
# implementation of RFC 6962 is tested with.
RFC6962_ENTRIES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]

ENTRIES = [f"entry {i}".encode() for i in range(70)]
LARGEST = 130

ZERO = bytes(32)


def made_up(*words):
    """Return a hash that stands for leaves nobody has."""
    return hashlib.sha256(" ".join(map(str, words)).encode()).digest()


def flip(data, bit):
    """Return bytes with one bit turned over."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def to_json(claim):
    """Return a claim with its bytes in hex."""
    spelled = {}
    for key, value in claim.items():
        if isinstance(value, bytes):
            spelled[f"{key}_hex"] = value.hex()
        elif key == "proof":
            spelled["proof_hex"] = [node.hex() for node in value]
        elif key == "leaves":
            spelled["leaves_hex"] = [[i, leaf.hex()] for i, leaf in value.items()]
        else:
            spelled[key] = value
    return spelled


def case(name, claim, want, **changes):
    """Return one vector."""
    return {"name": name, **to_json(claim | changes), "want": want}


# ---------------------------------------------------------------------- inclusion


def inclusion(index, size):
    """Return a true claim about a small tree."""
    return {
        "leaf": reference.leaf_hash(ENTRIES[index]),
        "index": index,
        "tree_size": size,
        "proof": reference.inclusion_proof(index, ENTRIES[:size]),
        "root": reference.root(ENTRIES[:size]),
    }


def large_inclusion(index, size):
    """Return a true claim about a tree too large to build: siblings are made up."""
    leaf = made_up("leaf", index)
    proof = [made_up("sibling", i) for i in range(reference.path_length(index, size))]
    root = reference.root_from_path(leaf, index, size, proof)
    return {
        "leaf": leaf,
        "index": index,
        "tree_size": size,
        "proof": proof,
        "root": root,
    }


SMALL = [(0, 1), (0, 2), (1, 2), (2, 3), (5, 8), (6, 7), (3, 7), (12, 13), (63, 65)]
LARGE = [
    (2**31 - 1, 2**31),
    (2**31, 2**31 + 1),
    (2**32 - 1, 2**32 + 5),
    (2**32 + 3, 2**32 + 5),
    (2**40, 2**41 - 1),
    (123_456_789_012_345, 2**52 + 2**33 + 7),
    (2**53 - 2, 2**53 - 1),
    (0, 2**53 - 1),
]


def inclusion_cases():
    """Yield true claims, then lies about the leaf 5 of 8 and the leaf 6 of 7."""
    for index, size in SMALL:
        yield case(f"leaf-{index}-of-{size}", inclusion(index, size), "ok")
    for index, size in LARGE:
        true = large_inclusion(index, size)
        yield case(f"leaf-{index}-of-{size}", true, "ok")
        lie = flip(true["proof"][-1], 7)
        yield case(
            f"leaf-{index}-of-{size}-under-another-top",
            true,
            "root-mismatch",
            proof=[*true["proof"][:-1], lie],
        )
    true = inclusion(5, 8)
    yield from _inclusion_lies(true)

    edge = inclusion(6, 7)
    yield case(
        "right-edge-sibling-of-a-level-that-has-none",
        edge,
        "proof-shape",
        proof=[ZERO, *edge["proof"]],
    )
    yield case("right-edge-leaf-as-one-before", edge, "proof-shape", index=4)
    yield case("right-edge-leaf-of-a-larger-tree", edge, "proof-shape", tree_size=8)
    # Bitcoin's tree gives three leaves and three with the last doubled one root.
    true = inclusion(2, 3)
    yield case("the-last-leaf-doubled", true, "root-mismatch",
               index=3, tree_size=4, proof=[true["leaf"], *true["proof"]])  # fmt: skip
    one = inclusion(0, 1)
    yield case("only-leaf-with-a-sibling", one, "proof-shape", proof=[ZERO])
    yield case("an-empty-leaf-as-its-own-root", one, "not-verified", leaf=b"", root=b"")
    yield case("only-leaf-is-not-the-root", one, "root-mismatch", leaf=ZERO)
    yield case("leaf-of-an-empty-tree", one, "not-verified", tree_size=0)
    yield case(
        "leaf-of-an-empty-tree-under-the-empty-root",
        one,
        "not-verified",
        tree_size=0,
        root=reference.root([]),
    )


def _inclusion_lies(true):
    proof, leaf, root = true["proof"], true["leaf"], true["root"]
    wrong = "root-mismatch"
    yield case("index-is-tree-size", true, "not-verified", index=8)
    yield case("index-far-outside", true, "not-verified", index=2**52)
    yield case("index-below-zero", true, "not-verified", index=-1)
    yield case("tree-size-below-zero", true, "not-verified", tree_size=-8)
    yield case("index-of-the-neighbour", true, wrong, index=4)
    yield case("index-of-the-next", true, wrong, index=6)
    yield case("index-zero", true, wrong, index=0)
    yield case("index-mirrored", true, wrong, index=2)
    yield case("a-smaller-tree-that-the-hashes-fit-too", true, "ok", tree_size=7)
    yield case("a-smaller-tree", true, "proof-shape", tree_size=6)
    yield case("a-larger-tree", true, "proof-shape", tree_size=9)
    yield case("a-tree-of-twice-the-size", true, "proof-shape", tree_size=16)
    yield case("no-proof", true, "proof-shape", proof=[])
    yield case("a-hash-too-few-at-the-bottom", true, "proof-shape", proof=proof[1:])
    yield case("a-hash-too-few-at-the-top", true, "proof-shape", proof=proof[:-1])
    yield case(
        "a-hash-too-many-at-the-bottom", true, "proof-shape", proof=[ZERO, *proof]
    )
    yield case("a-hash-too-many-at-the-top", true, "proof-shape", proof=[*proof, ZERO])
    yield case("the-root-as-one-more-hash", true, "proof-shape", proof=[*proof, root])
    yield case("the-leaf-as-one-more-hash", true, "proof-shape", proof=[leaf, *proof])
    yield case(
        "a-hash-cut-short", true, "proof-shape", proof=[proof[0][:31], *proof[1:]]
    )
    yield case(
        "a-hash-too-long", true, "proof-shape", proof=[proof[0] + b"\0", *proof[1:]]
    )
    yield case("an-empty-hash", true, "proof-shape", proof=[*proof[:2], b""])
    yield case(
        "two-hashes-in-one", true, "proof-shape", proof=[proof[0] + proof[1], proof[2]]
    )
    for level in range(3):
        for bit in (0, 100, 255):
            lie = [*proof]
            lie[level] = flip(proof[level], bit)
            yield case(f"bit-{bit}-of-hash-{level}-flipped", true, wrong, proof=lie)
    yield case("hashes-in-reverse", true, wrong, proof=proof[::-1])
    yield case("two-hashes-swapped", true, wrong, proof=[proof[1], proof[0], proof[2]])
    yield case("a-hash-repeated", true, wrong, proof=[proof[0], proof[0], proof[2]])
    yield case("hashes-of-zeros", true, wrong, proof=[ZERO] * 3)
    yield case("another-leaf", true, wrong, leaf=reference.leaf_hash(b"entry 6"))
    yield case("a-bit-of-the-leaf-flipped", true, wrong, leaf=flip(leaf, 9))
    yield case("an-entry-hashed-without-the-byte", true, wrong,
               leaf=hashlib.sha256(ENTRIES[5]).digest())  # fmt: skip
    yield case("an-entry-hashed-as-a-node", true, wrong,
               leaf=hashlib.sha256(b"\x01" + ENTRIES[5]).digest())  # fmt: skip
    yield case("the-neighbour-swapped-with-the-leaf", true, wrong,
               leaf=proof[0], proof=[leaf, *proof[1:]])  # fmt: skip
    yield case("a-leaf-cut-short", true, "not-verified", leaf=leaf[:31])
    yield case("a-leaf-too-long", true, "not-verified", leaf=leaf + b"\0")
    yield case("another-root", true, wrong, root=ZERO)
    yield case("a-bit-of-the-root-flipped", true, wrong, root=flip(root, 255))
    yield case("the-root-of-a-smaller-tree", true, wrong,
               root=reference.root(ENTRIES[:7]))  # fmt: skip
    yield case("the-empty-root", true, wrong, root=reference.root([]))
    yield case("the-root-cut-short", true, wrong, root=root[:31])
    yield case("the-leaf-as-the-root", true, wrong, root=leaf)
    pair = [reference.leaf_hash(entry) for entry in ENTRIES[4:6]]
    yield case("two-hashes-posing-as-an-entry", true, wrong,
               leaf=reference.leaf_hash(pair[0] + pair[1]),
               index=2, tree_size=4, proof=proof[1:])  # fmt: skip


# -------------------------------------------------------------------- consistency


def consistency(old_size, new_size):
    """Return a true claim about two small trees."""
    return {
        "old_size": old_size,
        "new_size": new_size,
        "old_root": reference.root(ENTRIES[:old_size]),
        "new_root": reference.root(ENTRIES[:new_size]),
        "proof": reference.consistency_proof(old_size, ENTRIES[:new_size]),
    }


GROWTHS = [
    (0, 0),
    (0, 1),
    (0, 8),
    (1, 1),
    (1, 2),
    (1, 8),
    (2, 3),
    (3, 4),
    (3, 7),
    (4, 7),
    (4, 8),
    (6, 8),
    (7, 8),
    (7, 7),
    (8, 8),
    (8, 9),
    (63, 64),
    (64, 65),
    (33, 70),
]


def large_consistency():
    """Return a true claim about trees of more than 2**32 leaves."""
    whole, added = made_up("whole"), made_up("added")
    return {
        "old_size": 2**33,
        "new_size": 2**34,
        "old_root": whole,
        "new_root": reference.node_hash(whole, added),
        "proof": [added],
    }


def large_consistency_in_parts():
    """Return a true claim whose old tree is two subtrees: 2**40 leaves and 2**33."""
    left, middle, right = made_up("left"), made_up("middle"), made_up("right")
    return {
        "old_size": 2**40 + 2**33,
        "new_size": 2**40 + 2**34,
        "old_root": reference.node_hash(left, middle),
        "new_root": reference.node_hash(left, reference.node_hash(middle, right)),
        "proof": [middle, right, left],
    }


def consistency_cases():
    """Yield true claims, then lies about the growth from 6 to 8 and others."""
    for old, new in GROWTHS:
        yield case(f"from-{old}-to-{new}", consistency(old, new), "ok")
    yield case("from-2**33-to-2**34", large_consistency(), "ok")
    yield case("from-2**40+2**33-to-2**40+2**34", large_consistency_in_parts(), "ok")
    yield case(
        "from-2**40+2**33-with-the-parts-swapped",
        large_consistency_in_parts(),
        "root-mismatch",
        proof=[made_up("middle"), made_up("left"), made_up("right")],
    )
    yield from _consistency_lies(consistency(6, 8))
    yield from _lies_about_equal_sizes()

    whole = consistency(4, 7)
    known = whole["old_root"]
    yield case("the-known-root-repeated", whole, "proof-shape",
               proof=[known, *whole["proof"]])  # fmt: skip
    yield case("whole-subtree-with-another-old-root", whole, "root-mismatch",
               old_root=ZERO)  # fmt: skip
    yield case("whole-subtree-with-another-new-root", whole, "root-mismatch",
               new_root=ZERO)  # fmt: skip
    yield case("whole-subtree-of-half-the-size", whole, "proof-shape", old_size=2)
    yield case("whole-subtree-without-proof", whole, "proof-shape", proof=[])


def _consistency_lies(true):
    proof, wrong = true["proof"], "root-mismatch"
    old_root, new_root = true["old_root"], true["new_root"]
    yield case("old-larger-than-new", true, "not-verified", old_size=9)
    yield case("sizes-swapped", true, "not-verified", old_size=8, new_size=6)
    yield case("old-size-below-zero", true, "not-verified", old_size=-1)
    yield case("both-sizes-below-zero", true, "not-verified", old_size=-6, new_size=-4)
    yield case("roots-swapped", true, wrong, old_root=new_root, new_root=old_root)
    yield case("another-old-root", true, wrong, old_root=flip(old_root, 0))
    yield case("another-new-root", true, wrong, new_root=flip(new_root, 0))
    yield case("the-old-root-as-both", true, wrong, new_root=old_root)
    yield case("the-old-root-cut-short", true, wrong, old_root=old_root[:31])
    yield case("an-entry-changed-in-the-old-part", true, wrong, new_root=reference.root(
        [*ENTRIES[:2], b"changed", *ENTRIES[3:8]]))  # fmt: skip
    yield case("old-size-one-less", true, "proof-shape", old_size=5)
    yield case("old-size-one-more", true, "proof-shape", old_size=7)
    yield case("old-size-of-another-shape", true, wrong, old_size=2, proof=proof[1:])
    yield case("new-size-one-less", true, "proof-shape", new_size=7, proof=proof[:2])
    yield case("a-new-size-that-the-hashes-fit-too", true, "ok", new_size=7)
    yield case("new-size-one-more", true, "proof-shape", new_size=9)
    yield case("no-proof", true, "proof-shape", proof=[])
    yield case("a-hash-too-few-in-front", true, "proof-shape", proof=proof[1:])
    yield case("a-hash-too-few-at-the-end", true, "proof-shape", proof=proof[:-1])
    yield case("a-hash-too-many-in-front", true, "proof-shape", proof=[ZERO, *proof])
    yield case("a-hash-too-many-at-the-end", true, "proof-shape", proof=[*proof, ZERO])
    yield case("the-old-root-in-front", true, "proof-shape", proof=[old_root, *proof])
    yield case(
        "a-hash-cut-short", true, "proof-shape", proof=[*proof[:2], proof[2][:31]]
    )
    yield case("an-empty-hash", true, "proof-shape", proof=[b"", *proof[1:]])
    for place in range(len(proof)):
        lie = [*proof]
        lie[place] = flip(proof[place], 77)
        yield case(f"a-bit-of-hash-{place}-flipped", true, wrong, proof=lie)
    yield case("hashes-in-reverse", true, wrong, proof=proof[::-1])
    yield case("the-proof-of-an-inclusion", true, wrong,
               proof=reference.inclusion_proof(5, ENTRIES[:8]))  # fmt: skip


def _lies_about_equal_sizes():
    same, empty = consistency(7, 7), consistency(0, 8)
    wrong = "root-mismatch"
    yield case("same-size-other-roots", same, wrong, new_root=ZERO)
    yield case("same-size-with-a-hash", same, "proof-shape", proof=[ZERO])
    yield case("same-size-with-the-root-as-proof", same, "proof-shape",
               proof=[same["old_root"]])  # fmt: skip
    yield case("empty-with-a-hash", empty, "proof-shape", proof=[empty["new_root"]])
    yield case("empty-with-another-root", empty, wrong, old_root=ZERO)
    yield case("empty-twice-with-another-old-root", consistency(0, 0), wrong,
               old_root=ZERO)  # fmt: skip
    yield case("empty-twice-with-another-new-root", consistency(0, 0), wrong,
               new_root=ZERO)  # fmt: skip


# -------------------------------------------------------------------- multi-proof


def multi(indices, size):
    """Return a true claim about several leaves of a small tree."""
    return {
        "leaves": {index: reference.leaf_hash(ENTRIES[index]) for index in indices},
        "tree_size": size,
        "proof": reference.multi_proof(indices, ENTRIES[:size]),
        "root": reference.root(ENTRIES[:size]),
    }


CHOICES = [
    ([0], 1),
    ([0], 2),
    ([1], 2),
    ([0, 1], 2),
    ([2], 3),
    ([0, 2], 3),
    ([5], 8),
    ([1, 5], 8),
    ([4, 5], 8),
    ([0, 3, 6], 7),
    ([0, 1, 2, 3, 4, 5, 6], 7),
    ([0, 12], 13),
    ([0, 31, 32, 64], 65),
    ([*range(0, 70, 3)], 70),
]


def large_multi():
    """Return a true claim about the first and last of more than 2**32 leaves."""
    size = 2**33 + 1
    first, last = made_up("first"), made_up("last")
    proof = [made_up("sibling", i) for i in range(33)]
    left = reference.root_from_path(first, 0, 2**33, proof)
    return {
        "leaves": {0: first, size - 1: last},
        "tree_size": size,
        "proof": proof,
        "root": reference.node_hash(left, last),
    }


def multi_cases():
    """Yield true claims, then lies about the leaves 1, 5 and 6 of 11."""
    for indices, size in CHOICES:
        some = "-".join(map(str, indices[:8])) + ("-and-on" if indices[8:] else "")
        yield case(f"leaves-{some}-of-{size}", multi(indices, size), "ok")
    yield case("first-and-last-of-2**33+1", large_multi(), "ok")

    true = multi([1, 5, 6], 11)
    proof, leaves, wrong = true["proof"], true["leaves"], "root-mismatch"
    yield case("three-leaves-of-eleven", true, "ok")
    yield case("no-leaves", true, "not-verified", leaves={})
    yield case("no-leaves-and-the-root-as-proof", true, "not-verified",
               leaves={}, proof=[true["root"]])  # fmt: skip
    yield case("no-leaves-of-an-empty-tree", true, "not-verified", leaves={},
               tree_size=0, proof=[], root=reference.root([]))  # fmt: skip
    yield case("a-leaf-of-an-empty-tree", true, "not-verified", tree_size=0)
    yield case("an-index-that-is-the-tree-size", true, "not-verified",
               leaves={**leaves, 11: ZERO})  # fmt: skip
    yield case("an-index-below-zero", true, "not-verified",
               leaves={-1: ZERO, **leaves})  # fmt: skip
    yield case("a-smaller-tree", true, "proof-shape", tree_size=8)
    yield case("a-smaller-tree-that-the-hashes-fit-too", true, "ok", tree_size=10)
    yield case("a-larger-tree", true, "proof-shape", tree_size=17)
    yield case("no-proof", true, "proof-shape", proof=[])
    yield case("a-hash-too-few", true, "proof-shape", proof=proof[:-1])
    yield case("a-hash-too-few-in-front", true, "proof-shape", proof=proof[1:])
    yield case("a-hash-too-many", true, "proof-shape", proof=[*proof, ZERO])
    yield case("a-hash-too-many-in-front", true, "proof-shape", proof=[ZERO, *proof])
    yield case("a-hash-cut-short", true, "proof-shape",
               proof=[proof[0][:31], *proof[1:]])  # fmt: skip
    yield case("a-hash-too-long", true, "proof-shape",
               proof=[*proof[:-1], proof[-1] + b"\0"])  # fmt: skip
    for place in range(len(proof)):
        lie = [*proof]
        lie[place] = flip(proof[place], 200)
        yield case(f"a-bit-of-hash-{place}-flipped", true, wrong, proof=lie)
    for index in leaves:
        yield case(f"a-bit-of-leaf-{index}-flipped", true, wrong,
                   leaves=leaves | {index: flip(leaves[index], 0)})  # fmt: skip
    yield case("hashes-in-reverse", true, wrong, proof=proof[::-1])
    yield case("a-leaf-cut-short", true, "not-verified",
               leaves=leaves | {6: leaves[6][:31]})  # fmt: skip
    yield case("two-leaves-swapped", true, wrong,
               leaves=leaves | {5: leaves[6], 6: leaves[5]})  # fmt: skip
    yield case("a-leaf-at-its-neighbours-index", true, wrong,
               leaves={0: leaves[1], 5: leaves[5], 6: leaves[6]})  # fmt: skip
    yield case("a-leaf-left-out", true, wrong,
               leaves={1: leaves[1], 5: leaves[5]})  # fmt: skip
    yield case("a-leaf-too-many", true, "proof-shape",
               leaves=leaves | {0: reference.leaf_hash(ENTRIES[0])})  # fmt: skip
    yield case("another-root", true, wrong, root=ZERO)
    yield case("leaves-given-out-of-order", true, "ok",
               leaves={index: leaves[index] for index in (6, 1, 5)})  # fmt: skip


# -------------------------------------------------------------------- accumulated


def strides(size):
    """Return the choices of leaves that the accumulated multi-proofs are about."""
    return [[*range(size % step, size, step)] for step in (1, 2, 3, 5, 8, 13)]


def accumulated(root, inclusion_proof, consistency_proof, multi_proof):
    """Return the accumulated hashes that four functions lead to.

    Args:
        root: Of a tree of so many entries.
        inclusion_proof: Of an index and a size.
        consistency_proof: Of an old and a new size.
        multi_proof: Of indices and a size.
    """
    sizes = range(1, LARGEST + 1)
    folds = {
        "roots": (root(size) for size in range(LARGEST + 1)),
        "inclusion-proofs": (
            node
            for size in sizes
            for index in range(size)
            for node in inclusion_proof(index, size)
        ),
        "consistency-proofs": (
            node
            for size in sizes
            for old in range(size + 1)
            for node in consistency_proof(old, size)
        ),
        "multi-proofs": (
            node
            for size in sizes
            for indices in strides(size)
            if indices
            for node in multi_proof(indices, size)
        ),
    }
    return {
        name: hashlib.sha256(b"".join(nodes)).hexdigest()
        for name, nodes in folds.items()
    }


def accumulated_entries():
    """Return the entries of the accumulated hashes."""
    return [i.to_bytes(2, "big") for i in range(LARGEST)]


def accumulated_by_reference():
    """Return the accumulated hashes that the definitions of RFC 6962 lead to."""
    entries = accumulated_entries()
    return accumulated(
        lambda size: reference.root(entries[:size]),
        lambda index, size: reference.inclusion_proof(index, entries[:size]),
        lambda old, size: reference.consistency_proof(old, entries[:size]),
        lambda indices, size: reference.multi_proof(indices, entries[:size]),
    )


def vectors():
    """Return the files of tests/vectors/merkle."""
    entries = [bytes.fromhex(entry) for entry in RFC6962_ENTRIES]
    return {
        "roots.json": {
            "about": "Roots of the trees that RFC 6962's implementations are tested "
            "with.",
            "cases": [
                {
                    "name": f"{size}-entries",
                    "entries_hex": RFC6962_ENTRIES[:size],
                    "want": reference.root(entries[:size]).hex(),
                }
                for size in range(9)
            ],
        },
        "inclusion.json": {
            "about": "Claims that a leaf hash is in a tree. Where the hashes fit "
            "another size too, the claim holds: the size is the checkpoint's to say.",
            "cases": list(inclusion_cases()),
        },
        "consistency.json": {
            "about": "Claims that a tree extends an older one.",
            "cases": list(consistency_cases()),
        },
        "multi_proof.json": {
            "about": "Claims that leaf hashes, given as [index, hash], are in a tree. "
            "The root that the proof leads to is compared with the root given.",
            "cases": list(multi_cases()),
        },
        "accumulated.json": {
            "about": "SHA-256 over hashes one after another. Entry i is i in two "
            "bytes, big-endian. roots: of the trees of 0 to 130 entries. "
            "inclusion-proofs: for each size from 1 to 130, of each index. "
            "consistency-proofs: for each size from 1 to 130, from each old size from "
            "0 to it. multi-proofs: for each size from 1 to 130 and each step of 1, 2, "
            "3, 5, 8, 13, of the indices from size mod step in that step, if any.",
            "cases": [
                {"name": name, "want": digest}
                for name, digest in accumulated_by_reference().items()
            ],
        },
    }
