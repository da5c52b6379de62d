"""Vectors for the completeness index: roots, proofs, and lies about them."""

import hashlib

from tests.support.make_vectors.statement import ORIGIN
from tests.support.reference import encoding, note
from tests.support.reference import index as reference

COW = "https://ledger.example/id/cow/1"
LISTS = {
    "registrar": [0, 9],
    COW: [3, 4, 7, 2**40],
    COW + "#alarm": [7],
    **{f"https://ledger.example/id/cow/{n}": [n, n + 20] for n in range(2, 40)},
}
ROOT = reference.root(ORIGIN, LISTS)
OTHER = hashlib.sha256(b"other").digest()
"""A hash that stands for nothing."""


def bits(subject):
    """Return the bits of a subject's key."""
    return reference.bits(reference.key(ORIGIN, subject))


def calf(is_wanted):
    """Return the first calf that is wanted; none of them is listed."""
    names = (f"https://ledger.example/id/calf/{n}" for n in range(10_000))
    return next(name for name in names if is_wanted(name))


def place_of(tokens, members):
    """Return where the first token is that is an array of so many, or None."""
    places = (n for n, t in enumerate(tokens) if isinstance(t, list))
    return next((n for n in places if len(tokens[n]) == members), None)


def is_absent_by(members):
    """Return the test whether a token of so many shows that a name is absent."""
    return lambda name: (
        place_of(reference.proof(ORIGIN, LISTS, [name]), members) is not None
    )


BY_LEAF, BY_NODE = calf(is_absent_by(3)), calf(is_absent_by(2))


def root_cases():
    """Return lists by subject with their roots."""
    subjects = list(LISTS)
    told = {
        "empty": {},
        "one-subject-is-its-leaf": {COW: [5]},
        "two-subjects": {COW: [5], "registrar": [0]},
        "another-order-of-the-same": {"registrar": [0], COW: [5]},
        "alarm-list-is-its-own": {COW: [5], COW + "#alarm": [5]},
        "index-zero": {"registrar": [0]},
        "largest-index": {COW: [2**53 - 1]},
        "many-subjects": LISTS,
        "many-subjects-backwards": {s: LISTS[s] for s in subjects[::-1]},
        "subject-in-chinese": {"驼": [1], "奶": [2]},
    }
    return [
        {
            "name": name,
            "origin": ORIGIN,
            "lists": [[subject, indices] for subject, indices in lists.items()],
            "want": reference.root(ORIGIN, lists).hex(),
        }
        for name, lists in told.items()
    ] + [
        {
            "name": "another-origin",
            "origin": "other.example",
            "lists": [[COW, [5]]],
            "want": reference.root("other.example", {COW: [5]}).hex(),
        }
    ]


def claim(name, want, lists, **other):
    """Return a claim that these are whole lists; its proof is the honest one."""
    case = {
        "name": name,
        "origin": ORIGIN,
        "root_hex": ROOT.hex(),
        "lists": [[subject, indices] for subject, indices in lists.items()],
    }
    if "proof" not in other:
        case["proof"] = reference.proof(ORIGIN, LISTS, lists)
    return {**case, **other, "want": want}


def own(*subjects):
    """Return the true lists of some subjects."""
    return {subject: LISTS.get(subject, []) for subject in subjects}


def under(lists, *names):
    """Return the root over other lists, and the honest proof of some names there."""
    return {
        "root_hex": reference.root(ORIGIN, lists).hex(),
        "proof": reference.proof(ORIGIN, lists, names),
    }


def base64_of(data):
    """Return bytes, or bits padded to 32 bytes, in base64."""
    data = reference.padded(data) if isinstance(data, str) else data
    return encoding.encode_base64(data)


def leaf_of(subject, indices):
    """Return the hash of a list."""
    key = reference.key(ORIGIN, subject)
    return reference.leaf(key, len(indices), reference.chain(key, indices))


def leaf_token(subject, indices):
    """Return the token for the list of another subject."""
    key = reference.key(ORIGIN, subject)
    return [base64_of(key), len(indices), base64_of(reference.chain(key, indices))]


def flipped(subject_bits, place):
    """Return bits of which one is changed."""
    other = "1" if subject_bits[place] == "0" else "0"
    return subject_bits[:place] + other + subject_bits[place + 1 :]


def true_cases():
    """Return true claims."""
    length, told = reference.proof(ORIGIN, LISTS, [BY_NODE])[
        place_of(reference.proof(ORIGIN, LISTS, [BY_NODE]), 2)
    ]
    prefix = reference.bits(note.decode_base64(told))[:length]
    below = next(name for name in LISTS if bits(name).startswith(prefix))
    empty = {"root_hex": "00" * 32, "proof": []}
    chinese, largest = {"驼": [1], "registrar": [0]}, {COW: [2**53 - 1]}
    return [
        claim("whole-list", "ok", own(COW)),
        claim("alarm-list", "ok", own(COW + "#alarm")),
        claim("no-alarm", "ok", own("registrar#alarm")),
        claim("another-leaf-stands-there", "ok", own(BY_LEAF)),
        claim("a-node-with-another-prefix-stands-there", "ok", own(BY_NODE)),
        claim("several-lists", "ok", own("registrar", COW, COW + "#alarm", BY_LEAF)),
        claim("another-order-of-names", "ok", own(BY_LEAF, COW + "#alarm", COW)),
        claim("node-excludes-one-and-leads-on", "ok", own(below, BY_NODE)),
        claim("every-list", "ok", LISTS),
        claim("every-list-and-two-absent", "ok", {**LISTS, BY_NODE: [], BY_LEAF: []}),
        claim("only-subject", "ok", {COW: [5]}, **under({COW: [5]}, COW)),
        claim(
            "only-subject-and-one-absent",
            "ok",
            {COW: [5], BY_LEAF: []},
            **under({COW: [5]}, COW, BY_LEAF),
        ),
        claim("one-other-subject", "ok", {"registrar": []})
        | under({COW: [5]}, "registrar"),
        claim("map-is-empty", "ok", own(BY_LEAF), **empty),
        claim("map-is-empty-of-several", "ok", own(BY_LEAF, BY_NODE), **empty),
        claim("subject-in-chinese", "ok", {"驼": [1], "奶": []})
        | under(chinese, "驼", "奶"),
        claim("largest-index", "ok", largest, **under(largest, COW)),
    ]


def list_cases():
    """Return lies about the lists under a proof that is honest."""
    whole = LISTS[COW]

    def ledger_lie(name, logged, told):
        # What stands under the root has the chain of another list, or of none.
        return claim(name, "incomplete", {COW: told}, **under({COW: logged}, COW))

    return [
        claim("last-left-out", "incomplete", {COW: whole[:-1]}),
        claim("first-left-out", "incomplete", {COW: whole[1:]}),
        claim("one-in-the-middle-left-out", "incomplete", {COW: [3, 7, 2**40]}),
        claim("one-made-up", "incomplete", {COW: [3, 4, 5, 7, 2**40]}),
        claim("one-replaced", "incomplete", {COW: [3, 5, 7, 2**40]}),
        claim("all-left-out", "incomplete", {COW: []}),
        claim("alarms-left-out", "incomplete", {COW: whole, COW + "#alarm": []}),
        claim("list-of-one-absent-by-a-leaf", "incomplete", {BY_LEAF: [1]}),
        claim("list-of-one-absent-by-a-node", "incomplete", {BY_NODE: [1]}),
        claim("lists-swapped", "incomplete", {COW: [0, 9], "registrar": whole}),
        claim("descending", "incomplete", {COW: whole[::-1]}),
        ledger_lie("doubled-by-the-ledger", [3, 4, 4], [3, 4, 4]),
        ledger_lie("disordered-by-the-ledger", [4, 3], [4, 3]),
        ledger_lie("index-beyond-2-to-63", [2**63], [2**63]),
        ledger_lie("index-is-negative", [2**64 - 1], [-1]),
        ledger_lie("index-is-true", [0, 1], [0, True]),
        ledger_lie("index-is-text", [0, 9], [0, "9"]),
        ledger_lie("index-is-null", [0, 9], [None, 9]),
        ledger_lie("index-is-no-whole-number", [0, 9], [0, 9.5]),
        claim("another-root", "incomplete", own(COW), root_hex="01" * 32),
        claim("another-origin", "incomplete", {COW: [5]}, origin="other.example")
        | under({COW: [5]}, COW),
        claim("no-names", "proof-shape", {}, proof=["."]),
        claim("no-names-of-an-empty-map", "proof-shape", {}, proof=[])
        | {"root_hex": "00" * 32},
    ]


def small_cases():
    """Return lies about maps of no subject or one."""
    nothing = {"root_hex": "00" * 32, "proof": []}
    lone = under({COW: [5]}, "registrar")
    ([key, _, chain],) = lone["proof"]
    root = bytes.fromhex(lone["root_hex"])

    def leaf(name, want, token):
        return claim(name, want, {"registrar": []}, **lone) | {"proof": [token]}

    return [
        claim("list-in-an-empty-map", "incomplete", {COW: [5]}, **nothing),
        claim("map-is-not-empty", "incomplete", own(BY_LEAF), proof=[]),
        claim("map-is-said-to-be-empty", "incomplete", own(BY_LEAF))
        | {"root_hex": "00" * 32},
        claim("zeros-for-an-empty-map", "proof-shape", own(BY_LEAF), **nothing)
        | {"proof": [base64_of(bytes(32))]},
        claim("root-as-a-hash", "proof-shape", {COW: [5]}, **lone)
        | {"proof": [base64_of(root)]},
        claim("only-list-is-said-to-be-absent", "incomplete", {COW: []}, **lone)
        | {"proof": ["."]},
        claim("only-list-shown-as-anothers", "incomplete", {COW: []}, **lone),
        claim("leaf-stands-for-two-lists", "incomplete", {COW: [5], "registrar": [1]})
        | {**lone, "proof": ["."]},
        claim("leaf-stands-for-no-list", "incomplete", {"registrar": []}, **lone)
        | {"proof": ["."]},
        claim("leaf-is-listed-where-another-stands", "incomplete", {"registrar": [1]})
        | lone,
        leaf("leaf-count-changed", "incomplete", [key, 2, chain]),
        leaf("leaf-count-is-true", "proof-shape", [key, True, chain]),
        leaf("leaf-count-is-text", "proof-shape", [key, "1", chain]),
        leaf("leaf-count-is-null", "proof-shape", [key, None, chain]),
        leaf("leaf-count-is-no-whole-number", "proof-shape", [key, 1.5, chain]),
        leaf("leaf-count-is-negative", "proof-shape", [key, -1, chain]),
        leaf("leaf-count-beyond-2-to-63", "proof-shape", [key, 2**63, chain]),
        leaf("leaf-chain-changed", "incomplete", [key, 1, base64_of(OTHER)]),
        leaf("leaf-chain-is-null", "proof-shape", [key, 1, None]),
        leaf("leaf-key-changed", "incomplete", [base64_of(OTHER), 1, chain]),
        leaf("leaf-key-is-a-number", "proof-shape", [7, 1, chain]),
        leaf("leaf-of-four", "proof-shape", [key, 1, chain, chain]),
        leaf("leaf-of-none", "proof-shape", []),
        leaf("leaf-is-an-object", "proof-shape", {"key": key}),
        leaf("leaf-is-null", "proof-shape", None),
    ]


def token_cases():
    """Return true lists under tokens that are not those of the walk."""
    lists = {**LISTS, BY_NODE: [], BY_LEAF: []}
    honest = reference.proof(ORIGIN, LISTS, lists)
    at_one, at_own, at_node = honest.index(1), honest.index("."), place_of(honest, 2)
    length, told = honest[at_node]
    few = own(COW, BY_LEAF)
    short = reference.proof(ORIGIN, LISTS, few)
    at_hash = next(n for n, t in enumerate(short) if isinstance(t, str) and t != ".")

    def lie(name, want, place, token):
        made = [*honest[:place], token, *honest[place + 1 :]]
        return claim(name, want, lists, proof=made)

    def hash_lie(name, want, token):
        made = [*short[:at_hash], token, *short[at_hash + 1 :]]
        return claim(name, want, few, proof=made)

    stray = short[at_hash][:-2] + chr(ord(short[at_hash][-2]) + 1) + "="
    return [
        claim("token-left-over", "proof-shape", few, proof=[*short, base64_of(OTHER)]),
        claim("null-left-over", "proof-shape", few, proof=[*short, None]),
        claim("last-token-left-out", "proof-shape", few, proof=short[:-1]),
        claim("root-token-left-out", "proof-shape", few, proof=short[1:]),
        claim("root-token-doubled", "proof-shape", few, proof=[short[0], *short]),
        hash_lie("hash-changed", "incomplete", base64_of(OTHER)),
        hash_lie("hash-is-a-dot", "proof-shape", "."),
        hash_lie("hash-is-a-number", "proof-shape", 3),
        hash_lie("hash-is-null", "proof-shape", None),
        hash_lie("hash-is-a-leaf", "proof-shape", leaf_token(COW, [5])),
        hash_lie("hash-is-an-object", "proof-shape", {}),
        hash_lie("hash-in-hex", "proof-shape", "00" * 32),
        hash_lie("hash-of-31-bytes", "proof-shape", base64_of(bytes(31))),
        hash_lie("hash-of-33-bytes", "proof-shape", base64_of(bytes(33))),
        hash_lie("hash-without-padding", "proof-shape", short[at_hash][:-1]),
        hash_lie("hash-with-stray-bits", "proof-shape", stray),
        lie("hash-where-names-lead", "proof-shape", at_own, base64_of(OTHER)),
        lie("length-is-true", "proof-shape", at_one, True),
        lie("length-is-text", "proof-shape", at_one, "1"),
        lie("length-is-null", "proof-shape", at_one, None),
        lie("length-in-an-array", "proof-shape", at_one, [1]),
        lie("length-in-an-object", "proof-shape", at_one, {"length": 1}),
        lie("length-is-no-whole-number", "proof-shape", at_one, 1.5),
        lie("length-is-negative", "proof-shape", 0, -1),
        lie("length-is-that-above", "proof-shape", 1, 0),
        lie("length-beyond-what-names-share", "proof-shape", 0, 1),
        lie("prefix-told-where-all-have-it", "proof-shape", 0, [0, base64_of("")]),
        lie("prefix-not-told", "proof-shape", at_node, length),
        lie("told-prefix-of-256-bits", "proof-shape", at_node, [256, told]),
        lie("prefix-length-is-text", "proof-shape", at_node, [str(length), told]),
        lie("prefix-is-null", "proof-shape", at_node, [length, None]),
        lie("prefix-in-hex", "proof-shape", at_node, [length, "00" * 32]),
    ]


def forged_cases():
    """Return proofs that do lead to the root, because a ledger sealed no map."""
    own_bits, other = bits(COW), base64_of(OTHER)
    leaf = leaf_of(COW, [5])
    # Where the list of COW would be looked for, below the root.
    side = int(own_bits[0])

    def forged(name, want, indices, root, *tokens):
        root_hex = {"root_hex": root.hex()}
        return claim(name, want, {COW: indices}, **root_hex, proof=list(tokens))

    def inner(length, prefix, left, right):
        head = b"\x11" + length.to_bytes(2, "big")
        return reference.sha256(head, prefix, left, right)

    def both(child):
        return (OTHER, child) if side else (child, OTHER)

    def walked(*tokens):
        return [0, other, *tokens] if side else [0, *tokens, other]

    def below_root(name, want, indices, node, *tokens):
        root = reference.inner("", *both(node))
        return forged(name, want, indices, root, *walked(*tokens))

    far = reference.padded(flipped(own_bits, 0))
    far_leaf = reference.leaf(far, 1, OTHER)
    near = reference.padded(flipped(own_bits, 9)[:12])
    near_token = base64_of(near)
    unpadded = near[:31] + b"\x01"
    deepest = reference.inner(own_bits, leaf, OTHER)
    none_chain = reference.chain(reference.key(ORIGIN, "registrar"), [])
    none = reference.leaf(reference.key(ORIGIN, "registrar"), 0, none_chain)
    return [
        below_root("leaf-below-a-node", "ok", [5], leaf, "."),
        below_root(
            "node-no-longer-than-that-above",
            "proof-shape",
            [5],
            reference.inner("", *both(leaf)),
            *walked("."),
        ),
        below_root(
            "leaf-where-no-path-of-its-key-leads",
            "proof-shape",
            [],
            far_leaf,
            [base64_of(far), 1, other],
        ),
        below_root(
            "prefix-told-below-a-node",
            "ok",
            [],
            inner(12, near, OTHER, OTHER),
            [12, near_token],
            other,
            other,
        ),
        below_root(
            "prefix-where-no-path-of-its-keys-leads",
            "proof-shape",
            [],
            inner(256 - 1, reference.padded(flipped(own_bits, 0)[:255]), OTHER, OTHER),
            [255, base64_of(flipped(own_bits, 0)[:255])],
            other,
            other,
        ),
        below_root(
            "prefix-not-padded",
            "proof-shape",
            [],
            inner(12, unpadded, OTHER, OTHER),
            [12, base64_of(unpadded)],
            other,
            other,
        ),
        below_root(
            "prefix-told-no-longer-than-that-above",
            "proof-shape",
            [],
            inner(0, bytes(32), OTHER, OTHER),
            [0, base64_of("")],
            other,
            other,
        ),
        forged("prefix-of-256-bits", "proof-shape", [5], deepest, 256, ".", other),
        forged(
            "prefix-told-of-256-bits",
            "proof-shape",
            [],
            inner(256, far, OTHER, OTHER),
            [256, base64_of(far)],
            other,
            other,
        ),
        forged(
            "leaf-of-an-empty-list",
            "proof-shape",
            [],
            none,
            leaf_token("registrar", []),
        ),
    ]


def deep_cases():
    """Return walks as deep as a map can be, and deeper."""
    own_bits, other = bits(COW), base64_of(OTHER)

    def deep(name, want, lengths):
        node = leaf_of(COW, [5])
        tokens = ["."]
        for length in reversed(lengths):
            is_right = own_bits[min(length, 255)] == "1"
            children = (OTHER, node) if is_right else (node, OTHER)
            node = reference.inner(own_bits[:length], *children)
            tokens = [length, other, *tokens] if is_right else [length, *tokens, other]
        return claim(name, want, {COW: [5]}, root_hex=node.hex(), proof=tokens)

    return [
        deep("walk-of-256-nodes", "ok", range(256)),
        deep("walk-of-10000-nodes", "proof-shape", [*range(256), *[255] * 9_744]),
    ]


def name_cases():
    """Return names that are no text."""
    replaced = under({"\ufffd": [5]}, "\ufffd")
    return [
        claim(name, "proof-shape", lists, **replaced)
        for name, lists in {
            "name-is-a-lone-surrogate": {"\ud800": [5]},
            "name-ends-in-a-lone-surrogate": {"\ufffd": [5], "a\udfff": []},
        }.items()
    ]


def vectors():
    """Return the files of tests/vectors/index."""
    return {
        "roots.json": {
            "about": "Lists of indices by subject, and the index root over them.",
            "cases": root_cases(),
        },
        "lists.json": {
            "about": "Claims that these are the whole lists of some names.",
            "cases": [
                *true_cases(),
                *list_cases(),
                *small_cases(),
                *token_cases(),
                *forged_cases(),
                *deep_cases(),
                *name_cases(),
            ],
        },
    }
