"""Vectors for the completeness index: roots, proofs, and lies about them."""

import copy
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


def absent(kind):
    """Return the first subject whose absence is shown by a leaf or by a node."""
    return next(
        subject
        for n in range(1000)
        for subject in [f"https://ledger.example/id/calf/{n}"]
        if kind in reference.proof(ORIGIN, LISTS, subject)
    )


BY_LEAF, BY_NODE = absent("leaf"), absent("node")


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


def claim(name, want, subject, indices=None, **other):
    """Return a claim about the lists; without indices it is one of absence."""
    case = {
        "name": name,
        "origin": ORIGIN,
        "root_hex": ROOT.hex(),
        "subject": subject,
        "proof": reference.proof(ORIGIN, LISTS, subject),
    }
    if indices is not None:
        case["indices"] = indices
    return {**case, **other, "want": want}


def proof(subject, change):
    """Return a subject's proof with something done to it."""
    made = copy.deepcopy(reference.proof(ORIGIN, LISTS, subject))
    change(made)
    return made


def other_hash(_old=None):
    """Return a hash that stands for nothing, in base64."""
    return encoding.encode_base64(hashlib.sha256(b"other").digest())


def ledger_lie(name, indices):
    """Return a list that stands under its root, and yet is none."""
    lists = {**LISTS, COW: indices}
    proved = {
        "root_hex": reference.root(ORIGIN, lists).hex(),
        "proof": reference.proof(ORIGIN, lists, COW),
    }
    return claim(name, "incomplete", COW, indices, **proved)


def listed_cases():
    """Return true and false claims that a list is complete."""
    whole = LISTS[COW]

    def lie(name, want, change):
        return claim(name, want, COW, whole, proof=proof(COW, change))

    def swap(made):
        made["path"][0], made["path"][1] = made["path"][1], made["path"][0]

    def longer(made):
        made["path"][-1][0] += 1

    def doubled(made):
        made["path"].append(made["path"][-1])

    def too_long(made):
        made["path"].append([256, other_hash()])

    def deeper(made):
        made["path"].append([255, other_hash()])

    def other_sibling(made):
        made["path"][0][1] = other_hash()

    one = {COW: [5]}
    lone = {"root_hex": reference.root(ORIGIN, one).hex(), "proof": {"path": []}}
    return [
        claim("whole-list", "ok", COW, whole),
        claim("alarm-list", "ok", COW + "#alarm", [7]),
        claim("registrar", "ok", "registrar", [0, 9]),
        claim("only-subject", "ok", COW, [5], **lone),
        claim("last-left-out", "incomplete", COW, whole[:-1]),
        claim("first-left-out", "incomplete", COW, whole[1:]),
        claim("one-in-the-middle-left-out", "incomplete", COW, [3, 7, 2**40]),
        claim("one-made-up", "incomplete", COW, [3, 4, 5, 7, 2**40]),
        claim("one-replaced", "incomplete", COW, [3, 5, 7, 2**40]),
        claim("nothing-listed", "incomplete", COW, []),
        claim("descending", "incomplete", COW, whole[::-1]),
        claim("one-doubled", "incomplete", COW, [3, 4, 4, 7, 2**40]),
        ledger_lie("one-doubled-by-the-ledger", [3, 4, 4]),
        ledger_lie("disordered-by-the-ledger", [4, 3]),
        claim("negative-index", "incomplete", COW, [-1, 3, 4, 7]),
        claim("list-of-another-subject", "incomplete", COW, [0, 9]),
        claim("another-origin", "incomplete", COW, whole, origin="other.example"),
        claim("another-root", "incomplete", COW, whole, root_hex="00" * 32),
        claim(
            "only-subject-under-a-longer-path",
            "incomplete",
            COW,
            [5],
            root_hex=lone["root_hex"],
        ),
        claim(
            "proof-of-another-subject",
            "incomplete",
            COW,
            whole,
            proof=reference.proof(ORIGIN, LISTS, "registrar"),
        ),
        claim(
            "empty-map",
            "incomplete",
            COW,
            whole,
            root_hex="00" * 32,
            proof={"path": []},
        ),
        claim("absent-subject", "proof-shape", BY_LEAF, [1]),
        lie("root-step-left-out", "incomplete", lambda made: made["path"].pop(0)),
        lie("last-step-left-out", "incomplete", lambda made: made["path"].pop()),
        lie("a-step-too-many", "incomplete", deeper),
        lie("sibling-changed", "incomplete", other_sibling),
        lie("prefix-one-bit-longer", "incomplete", longer),
        lie("steps-swapped", "proof-shape", swap),
        lie("step-doubled", "proof-shape", doubled),
        lie("prefix-of-256-bits", "proof-shape", too_long),
    ]


def absent_cases():
    """Return true and false claims that there is no list."""
    node_proof = reference.proof(ORIGIN, LISTS, BY_NODE)
    node_length = node_proof["node"][0]

    def leaf_lie(name, want, change):
        return claim(name, want, BY_LEAF, proof=proof(BY_LEAF, change))

    def node_lie(name, want, change):
        return claim(name, want, BY_NODE, proof=proof(BY_NODE, change))

    def set_leaf(place, value):
        return lambda made: made["leaf"].__setitem__(place, value)

    def set_node(place, value):
        return lambda made: made["node"].__setitem__(place, value)

    def far_away(made):
        # The right hashes, said to stand where this subject would be looked for.
        own = reference.bits(reference.key(ORIGIN, BY_LEAF))
        far = ("1" if own[0] == "0" else "0") + own[1:]
        made["leaf"][0] = encoding.encode_base64(reference.padded(far))

    def node_far_away(made):
        own = reference.bits(reference.key(ORIGIN, BY_NODE))[:node_length]
        far = ("1" if own[0] == "0" else "0") + own[1:]
        made["node"][1] = encoding.encode_base64(reference.padded(far))

    def unpadded(made):
        prefix = bytearray(note.decode_base64(made["node"][1]))
        prefix[31] |= 1
        made["node"][1] = encoding.encode_base64(bytes(prefix))

    own_leaf = reference.chain(reference.key(ORIGIN, COW), LISTS[COW])
    cow_key = encoding.encode_base64(reference.key(ORIGIN, COW))
    own = [cow_key, 4, encoding.encode_base64(own_leaf)]
    empty = {"root_hex": "00" * 32, "proof": {"path": []}}
    lone_chain = reference.chain(reference.key(ORIGIN, COW), [5])
    lone = {
        "root_hex": reference.root(ORIGIN, {COW: [5]}).hex(),
        "proof": {
            "path": [],
            "leaf": [cow_key, 1, encoding.encode_base64(lone_chain)],
        },
    }
    return [
        claim("another-leaf-stands-there", "ok", BY_LEAF),
        claim("a-node-with-another-prefix-stands-there", "ok", BY_NODE),
        claim("map-is-empty", "ok", COW, **empty),
        claim("map-has-one-other-subject", "ok", "registrar", **lone),
        claim("no-alarm", "ok", "registrar#alarm"),
        claim("subject-is-listed", "proof-shape", COW),
        claim("only-subject-is-listed", "incomplete", COW, **lone),
        claim(
            "own-leaf-shown-as-another",
            "incomplete",
            COW,
            proof={**reference.proof(ORIGIN, LISTS, COW), "leaf": own},
        ),
        claim("map-is-not-empty", "incomplete", COW, proof={"path": []}),
        claim("map-is-said-to-be-empty", "incomplete", BY_LEAF, root_hex="00" * 32),
        claim("another-root", "incomplete", BY_NODE, root_hex="01" * 32),
        claim("another-origin", "incomplete", BY_LEAF, origin="other.example")
        | {"want": wrong_origin_code(BY_LEAF)},
        inner_above_own_list(),
        leaf_lie("count-changed", "incomplete", set_leaf(1, 3)),
        leaf_lie("count-of-none", "proof-shape", set_leaf(1, 0)),
        leaf_lie("chain-changed", "incomplete", set_leaf(2, other_hash())),
        leaf_lie("leaf-from-elsewhere", "proof-shape", far_away),
        leaf_lie("leaf-left-out", "proof-shape", lambda made: made.pop("leaf")),
        leaf_lie("root-step-left-out", "incomplete", lambda m: m["path"].pop(0)),
        node_lie("left-changed", "incomplete", set_node(2, other_hash())),
        node_lie("right-changed", "incomplete", set_node(3, other_hash())),
        node_lie("children-swapped", "incomplete", swap_children),
        node_lie("length-too-short", "proof-shape", set_node(0, 0)),
        node_lie("length-of-256", "proof-shape", set_node(0, 256)),
        node_lie("prefix-not-padded", "proof-shape", unpadded),
        node_lie("node-from-elsewhere", "proof-shape", node_far_away),
        node_lie("node-left-out", "proof-shape", lambda made: made.pop("node")),
    ]


def wrong_origin_code(subject):
    """Return what a proof for another origin is refused with, found by definition."""
    other = reference.bits(reference.key("other.example", subject))
    made = reference.proof(ORIGIN, LISTS, subject)
    depth = made["path"][-1][0] + 1
    leaf_bits = reference.bits(note.decode_base64(made["leaf"][0]))
    return "incomplete" if leaf_bits[:depth] == other[:depth] else "proof-shape"


def swap_children(made):
    """Give a node its children in the other order."""
    made["node"][2:] = made["node"][:1:-1]


def inner_above_own_list():
    """Return the lie that ends a path at a node which the key does begin with."""
    made = reference.proof(ORIGIN, LISTS, COW)
    key_bits = reference.bits(reference.key(ORIGIN, COW))
    length, sibling = made["path"].pop()
    own = reference.leaf(
        reference.key(ORIGIN, COW),
        len(LISTS[COW]),
        reference.chain(reference.key(ORIGIN, COW), LISTS[COW]),
    )
    children = [encoding.encode_base64(own), sibling]
    if key_bits[length] == "1":
        children.reverse()
    prefix = encoding.encode_base64(reference.padded(key_bits[:length]))
    lie = {"path": made["path"], "node": [length, prefix, *children]}
    return claim("node-above-the-list-itself", "incomplete", COW, proof=lie)


def form_cases():
    """Return JSON values, and whether they are proofs."""
    one = other_hash()
    told = {
        "list": ({"path": [[0, one], [5, one]]}, "ok"),
        "empty": ({"path": []}, "ok"),
        "leaf": ({"path": [], "leaf": [one, 1, one]}, "ok"),
        "node": ({"path": [], "node": [3, one, one, one]}, "ok"),
        "null": (None, "passport"),
        "array": ([], "passport"),
        "no-path": ({}, "passport"),
        "path-is-no-array": ({"path": {}}, "passport"),
        "unknown-member": ({"path": [], "end": 1}, "passport"),
        "leaf-and-node": (
            {"path": [], "leaf": [one, 1, one], "node": [3, one, one, one]},
            "passport",
        ),
        "leaf-is-null": ({"path": [], "leaf": None}, "passport"),
        "leaf-too-short": ({"path": [], "leaf": [one, 1]}, "passport"),
        "node-too-long": ({"path": [], "node": [3, one, one, one, one]}, "passport"),
        "step-too-long": ({"path": [[0, one, one]]}, "passport"),
        "step-is-no-array": ({"path": [0]}, "passport"),
        "length-is-a-text": ({"path": [["0", one]]}, "passport"),
        "length-is-true": ({"path": [[True, one]]}, "passport"),
        "length-is-negative": ({"path": [[-1, one]]}, "passport"),
        "length-is-null": ({"path": [[None, one]]}, "passport"),
        "hash-in-hex": ({"path": [[0, "00" * 32]]}, "passport"),
        "hash-of-31-bytes": (
            {"path": [[0, encoding.encode_base64(bytes(31))]]},
            "passport",
        ),
        "hash-without-padding": ({"path": [[0, one[:-1]]]}, "passport"),
        "hash-is-a-number": ({"path": [[0, 0]]}, "passport"),
    }
    return [
        {"name": name, "proof": value, "want": want}
        for name, (value, want) in told.items()
    ]


def vectors():
    """Return the files of tests/vectors/index."""
    return {
        "roots.json": {
            "about": "Lists of indices by subject, and the index root over them.",
            "cases": root_cases(),
        },
        "listed.json": {
            "about": "Claims that `indices` are all statements about a subject.",
            "cases": listed_cases(),
        },
        "absent.json": {
            "about": "Claims that there is no statement about a subject.",
            "cases": absent_cases(),
        },
        "forms.json": {
            "about": "JSON values, and whether they parse as a completeness proof.",
            "cases": form_cases(),
        },
    }
