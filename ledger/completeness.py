r"""Completeness proofs: this list is all there is about a subject (blueprint, 3.5).

The completeness index is a Merkle map from subject to the ordered list of indices of
all statements about it: a compressed binary prefix trie over the hashes of the
subjects. Here are its hashes and the proofs under its root; ``index`` is the map
itself. Whether a root is right is the claim of the seal that carries it, until somebody
replays the ledger.

Pure functions over bytes. ``scanner_web/verify/completeness.js`` is the twin for the
browser, and ``tests/support/reference/index.py`` the slow, recursive definition.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ledger.encoding import Json, decode_base64, encode_base64
from ledger.errors import (
    EncodingError,
    IncompleteError,
    PassportError,
    ProofShapeError,
)

EMPTY_INDEX_ROOT: Final = bytes(32)
ALARM_SUFFIX: Final = "#alarm"
"""What a subject's list of alarm statements is indexed under, behind its name."""

_KEY_BITS: Final = 256
_HASH_BYTES: Final = 32
_MAX_INDEX: Final = 2**63 - 1


def subject_key(origin: str, subject: str) -> bytes:
    """Return the key under which a ledger lists a subject.

    >>> subject_key("example.org/milk", "registrar").hex()[:16]
    'e3e797c8c9bae2c2'
    """
    text = f"caravan/subject/v1\n{origin}\n{subject}"
    return hashlib.sha256(text.encode()).digest()


def list_start(key: bytes) -> bytes:
    """Return the chain of an empty list, chain(0)."""
    return hashlib.sha256(b"caravan/list/v1\n" + key).digest()


def list_next(chain: bytes, index: int) -> bytes:
    """Return the chain of a list with one index more, chain(k+1)."""
    return hashlib.sha256(chain + index.to_bytes(8, "big")).digest()


def list_leaf_hash(key: bytes, count: int, chain: bytes) -> bytes:
    """Return the hash of a subject's list: a leaf of the trie."""
    return hashlib.sha256(b"\x10" + key + count.to_bytes(8, "big") + chain).digest()


def inner_node_hash(length: int, prefix: bytes, left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node of the trie.

    Args:
        length: How many bits all keys below share.
        prefix: These bits, zero-padded to 32 bytes.
        left: Hash of what continues with 0.
        right: Hash of what continues with 1.
    """
    head = b"\x11" + length.to_bytes(2, "big") + prefix
    return hashlib.sha256(head + left + right).digest()


def key_prefix(key: bytes, length: int) -> bytes:
    """Return the first bits of a key, zero-padded to 32 bytes.

    >>> key_prefix(bytes([0xFF] * 32), 12).hex()[:6]
    'fff000'
    """
    dropped = _KEY_BITS - length
    return (int.from_bytes(key, "big") >> dropped << dropped).to_bytes(32, "big")


def key_bit(key: bytes, place: int) -> int:
    """Return one bit of a key, counted from the most significant of byte 0."""
    return key[place >> 3] >> (7 - (place & 7)) & 1


def listed_under(subjects: Iterable[str], *, is_alarm: bool) -> tuple[str, ...]:
    """Return everything that a statement about these subjects is listed under.

    >>> listed_under(["registrar"], is_alarm=True)
    ('registrar', 'registrar#alarm')
    """
    named = tuple(subjects)
    if not is_alarm:
        return named
    return named + tuple(subject + ALARM_SUFFIX for subject in named)


@dataclass(frozen=True, slots=True)
class PathStep:
    """One inner node on the way down: its prefix length and the child not taken."""

    length: int
    sibling: bytes


@dataclass(frozen=True, slots=True)
class OtherLeaf:
    """Where a path ends at the list of another subject."""

    key: bytes
    count: int
    chain: bytes


@dataclass(frozen=True, slots=True)
class OtherNode:
    """Where a path ends at a node whose prefix the key does not begin with."""

    length: int
    prefix: bytes
    left: bytes
    right: bytes


@dataclass(frozen=True, slots=True)
class CompletenessProof:
    """Show a subject's list, or that it has none, under an index root.

    ``path`` goes from the root down. ``end`` is what stands where the subject's list
    would: None if that is the list itself, or if the map is empty.
    """

    path: tuple[PathStep, ...]
    end: OtherLeaf | OtherNode | None = None

    def to_json(self) -> dict[str, Json]:
        """Return the proof as a JSON value, hashes in base64."""
        value: dict[str, Json] = {
            "path": [[step.length, encode_base64(step.sibling)] for step in self.path]
        }
        if isinstance(self.end, OtherLeaf):
            key, chain = encode_base64(self.end.key), encode_base64(self.end.chain)
            value["leaf"] = [key, self.end.count, chain]
        elif isinstance(self.end, OtherNode):
            hashes = (self.end.prefix, self.end.left, self.end.right)
            value["node"] = [self.end.length, *map(encode_base64, hashes)]
        return value


def parse_completeness_proof(value: Json) -> CompletenessProof:
    """Return the proof that a JSON value spells.

    Raises:
        PassportError: The value has another form.
    """
    if not isinstance(value, dict) or "path" not in value or len(value) > 2:
        raise PassportError("completeness proof: want path, and leaf or node")
    if not value.keys() <= {"path", "leaf", "node"}:
        raise PassportError("completeness proof: unknown member")
    steps = (_array(step, 2) for step in _array(value["path"]))
    path = tuple(PathStep(_number(length), _hash(node)) for length, node in steps)
    if "leaf" in value:
        key, count, chain = _array(value["leaf"], 3)
        return CompletenessProof(
            path, OtherLeaf(_hash(key), _number(count), _hash(chain))
        )
    if "node" in value:
        length, prefix, left, right = _array(value["node"], 4)
        return CompletenessProof(
            path,
            OtherNode(_number(length), _hash(prefix), _hash(left), _hash(right)),
        )
    return CompletenessProof(path)


def verify_listed(
    root: bytes,
    *,
    origin: str,
    subject: str,
    indices: Sequence[int],
    proof: CompletenessProof,
) -> None:
    """Verify that these are all statements about a subject.

    Args:
        root: The index root of a seal.
        origin: The ledger.
        subject: What the list is about.
        indices: The whole list.
        proof: The path from the root to the list.

    Raises:
        ProofShapeError: The path is none that leads to this subject.
        IncompleteError: The list is not the one under this root, or not ascending.
    """
    if not indices or not all(low < high for low, high in pairwise(indices)):
        raise IncompleteError("list: want at least one index, ascending")
    if indices[0] < 0 or indices[-1] > _MAX_INDEX:
        raise IncompleteError(f"list: want indices from 0 to {_MAX_INDEX}")
    if proof.end is not None:
        raise ProofShapeError("completeness proof: of absence, want one of a list")
    _check_path(proof.path)
    key = subject_key(origin, subject)
    chain = list_start(key)
    for index in indices:
        chain = list_next(chain, index)
    leaf = list_leaf_hash(key, len(indices), chain)
    _check_root(root, _climb(leaf, key, proof.path), subject)


def verify_absent(
    root: bytes, *, origin: str, subject: str, proof: CompletenessProof
) -> None:
    """Verify that there is no statement about a subject.

    Args:
        root: The index root of a seal.
        origin: The ledger.
        subject: What is absent.
        proof: The path from the root to what stands in its place.

    Raises:
        ProofShapeError: The path is none that leads to this subject's place.
        IncompleteError: What stands there does not exclude the subject, or the path
            does not begin at this root.
    """
    _check_path(proof.path)
    key = subject_key(origin, subject)
    depth = proof.path[-1].length + 1 if proof.path else 0
    if proof.end is None:
        if proof.path:
            raise ProofShapeError("completeness proof: of a list, want one of absence")
        node = EMPTY_INDEX_ROOT
    elif isinstance(proof.end, OtherLeaf):
        node = _other_leaf_hash(proof.end, key, depth)
    else:
        node = _other_node_hash(proof.end, key, depth)
    _check_root(root, _climb(node, key, proof.path), subject)


def _check_path(path: Sequence[PathStep]) -> None:
    lengths = [step.length for step in path]
    if not all(above < below for above, below in pairwise(lengths)):
        raise ProofShapeError("path: a prefix is not longer than the one above")
    if lengths and not 0 <= lengths[0] <= lengths[-1] < _KEY_BITS:
        raise ProofShapeError(f"path: want prefixes of 0 to {_KEY_BITS - 1} bits")
    if any(len(step.sibling) != _HASH_BYTES for step in path):
        raise ProofShapeError(f"path: want hashes of {_HASH_BYTES} bytes")


def _climb(node: bytes, key: bytes, path: Sequence[PathStep]) -> bytes:
    # Every prefix on the way is taken from the key itself, so that it begins it.
    for step in reversed(path):
        children = (node, step.sibling)
        left, right = children[::-1] if key_bit(key, step.length) else children
        node = inner_node_hash(step.length, key_prefix(key, step.length), left, right)
    return node


def _other_leaf_hash(leaf: OtherLeaf, key: bytes, depth: int) -> bytes:
    if leaf.key == key:
        raise IncompleteError("absence: the subject has a list")
    if {len(leaf.key), len(leaf.chain)} != {_HASH_BYTES}:
        raise ProofShapeError(f"leaf: want hashes of {_HASH_BYTES} bytes")
    if not 1 <= leaf.count <= _MAX_INDEX:
        raise ProofShapeError("leaf: want a list of at least one")
    if key_prefix(leaf.key, depth) != key_prefix(key, depth):
        raise ProofShapeError("leaf: stands where no path of its key leads")
    return list_leaf_hash(leaf.key, leaf.count, leaf.chain)


def _other_node_hash(node: OtherNode, key: bytes, depth: int) -> bytes:
    if {len(node.prefix), len(node.left), len(node.right)} != {_HASH_BYTES}:
        raise ProofShapeError(f"node: want hashes of {_HASH_BYTES} bytes")
    if not depth <= node.length < _KEY_BITS:
        raise ProofShapeError("node: its prefix is not longer than the one above")
    if key_prefix(node.prefix, node.length) != node.prefix:
        raise ProofShapeError("node: its prefix is not padded with zeros")
    if key_prefix(node.prefix, depth) != key_prefix(key, depth):
        raise ProofShapeError("node: stands where no path of its keys leads")
    if key_prefix(key, node.length) == node.prefix:
        raise IncompleteError("absence: the subject may lie below this node")
    return inner_node_hash(node.length, node.prefix, node.left, node.right)


def _check_root(root: bytes, got: bytes, subject: str) -> None:
    if got != root:
        raise IncompleteError(
            f"{subject}: the proof leads to {got.hex()}, want {root.hex()}"
        )


def _array(value: Json, length: int | None = None) -> Iterator[Json]:
    if not isinstance(value, list) or length not in {None, len(value)}:
        raise PassportError(f"completeness proof: want an array of {length or 'any'}")
    return iter(value)


def _number(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise PassportError("completeness proof: want an integer")
    return value


def _hash(value: Json) -> bytes:
    if not isinstance(value, str):
        raise PassportError("completeness proof: want a hash in base64")
    try:
        return decode_base64(value, length=_HASH_BYTES)
    except EncodingError as error:
        raise PassportError(f"completeness proof: {error}") from error
