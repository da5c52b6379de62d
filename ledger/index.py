"""The completeness index: every subject's list of statements (blueprint, 3.5).

A compressed binary prefix trie, in memory. Its root is a function of the entries alone,
in whatever order the subjects came, so whoever replays the log finds the same root.
Adding an index marks one path; the root then hashes again only what is marked, so that
a group of statements about one lot costs its path once.

``completeness`` defines what is hashed and verifies what is proved here.
``tests/support/reference/index.py`` is the slow, recursive definition.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from ledger.completeness import (
    EMPTY_INDEX_ROOT,
    inner_node_hash,
    key_bit,
    key_prefix,
    list_leaf_hash,
    list_next,
    list_start,
    subject_key,
)
from ledger.encoding import Json, encode_base64

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A subject's list, as it is hashed."""

    key: bytes
    count: int
    chain: bytes


@dataclass(frozen=True, slots=True)
class Inner(Generic[T]):
    """A node with two children, each with its hash."""

    length: int
    prefix: bytes
    children: tuple[T, T]
    hashes: tuple[bytes, bytes]


def prove_keys(
    root: T,
    keys: Collection[bytes],
    listed: Collection[bytes],
    *,
    look: Callable[[T], Leaf | Inner[T]],
) -> list[Json]:
    """Return the tokens that lead to all these keys (``docs/formats.md``, section 11).

    Args:
        root: The node at the top of the map.
        keys: What is asked for, at least one.
        listed: Those of them that have a list.
        look: Says what a node is.
    """
    tokens: list[Json] = []

    def walk(node: T, wanted: Sequence[bytes]) -> None:
        found = look(node)
        if isinstance(found, Leaf):
            if found.key in listed:
                tokens.append(".")
            else:
                key, chain = encode_base64(found.key), encode_base64(found.chain)
                tokens.append([key, found.count, chain])
            return

        def beginning(key: bytes) -> bytes:
            return key_prefix(key, found.length)

        start = bisect_left(wanted, found.prefix, key=beginning)
        end = bisect_right(wanted, found.prefix, key=beginning)
        below = wanted[start:end]
        is_all = len(below) == len(wanted)
        told = encode_base64(found.prefix)
        tokens.append(found.length if is_all else [found.length, told])
        split = bisect_left(below, 1, key=lambda key: key_bit(key, found.length))
        for side, half in enumerate((below[:split], below[split:])):
            if half:
                walk(found.children[side], half)
            else:
                tokens.append(encode_base64(found.hashes[side]))

    walk(root, sorted(keys))
    return tokens


class _Leaf:
    """A subject's list. ``node_hash`` is empty while it must be hashed again."""

    __slots__ = ("chain", "indices", "key", "node_hash")

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.indices: list[int] = []
        self.chain = list_start(key)
        self.node_hash = b""


class _Inner:
    """A node with two children; ``byte`` and ``mask`` find the bit that parts them.

    If ``node_hash`` is empty, so is that of every node above.
    """

    __slots__ = ("byte", "left", "length", "mask", "node_hash", "prefix", "right")

    def __init__(self, length: int, key: bytes, left: "_Node", right: "_Node") -> None:
        self.length = length
        self.prefix = key_prefix(key, length)
        self.byte = length >> 3
        self.mask = 0x80 >> (length & 7)
        self.left = left
        self.right = right
        self.node_hash = b""


_Node: TypeAlias = _Leaf | _Inner


class IndexTree:
    """The lists of all subjects of one ledger, under one root."""

    def __init__(self, origin: str) -> None:
        """Begin an empty map.

        Args:
            origin: Name of the ledger, which every key depends on.
        """
        self.origin = origin
        self._root: _Node | None = None
        self._leaves: dict[bytes, _Leaf] = {}

    def __len__(self) -> int:
        """Return the number of subjects, ``#alarm`` lists counted apart."""
        return len(self._leaves)

    def append(self, subject: str, index: int) -> None:
        """Put the index of a statement at the end of a subject's list.

        Raises:
            ValueError: The index is not larger than the last one of this list.
        """
        self.append_key(subject_key(self.origin, subject), index)

    def append_key(self, key: bytes, index: int) -> None:
        """Put the index of a statement at the end of the list with a key.

        Raises:
            ValueError: The index is not larger than the last one of this list.
        """
        leaf = self._leaves.get(key)
        if leaf is None:
            leaf = self._leaves[key] = _Leaf(key)
            self._insert(leaf)
        elif leaf.indices[-1] >= index:
            raise ValueError(f"index: got {index} after {leaf.indices[-1]}")
        else:
            self._mark(key)
        leaf.indices.append(index)
        leaf.chain = list_next(leaf.chain, index)
        leaf.node_hash = b""

    def indices(self, subject: str) -> tuple[int, ...]:
        """Return a subject's list, ascending; empty if there is none."""
        leaf = self._leaves.get(subject_key(self.origin, subject))
        return () if leaf is None else tuple(leaf.indices)

    def root(self) -> bytes:
        """Return the root over all lists."""
        return EMPTY_INDEX_ROOT if self._root is None else _refreshed(self._root)

    def prove_lists(
        self, names: Iterable[str]
    ) -> tuple[dict[str, tuple[int, ...]], list[Json]]:
        """Return the lists of some names, and their one proof under ``root()``.

        Args:
            names: At least one; each counts once. The lists are in their order, and
                empty where there is none.

        Raises:
            ValueError: There is no name.
        """
        self.root()
        lists = {name: self.indices(name) for name in names}
        if not lists:
            raise ValueError("names: want at least one")
        if self._root is None:
            return lists, []
        keys = {subject_key(self.origin, name) for name in lists}
        listed = keys & self._leaves.keys()
        return lists, prove_keys(self._root, keys, listed, look=_look)

    def _mark(self, key: bytes) -> None:
        node = self._root
        while isinstance(node, _Inner):
            node.node_hash = b""
            node = node.right if key[node.byte] & node.mask else node.left

    def _insert(self, leaf: _Leaf) -> None:
        if self._root is None:
            self._root = leaf
            return
        key = leaf.key
        # Whatever leaf the bits lead to shares as long a prefix as any leaf does.
        nearest = self._root
        while isinstance(nearest, _Inner):
            nearest = (
                nearest.right if key[nearest.byte] & nearest.mask else nearest.left
            )
        length = _shared_bits(key, nearest.key)

        above: _Inner | None = None
        node = self._root
        while isinstance(node, _Inner) and node.length < length:
            node.node_hash = b""
            above = node
            node = node.right if key[node.byte] & node.mask else node.left
        is_right = key_bit(key, length)
        left, right = (node, leaf) if is_right else (leaf, node)
        inner = _Inner(length, key, left, right)
        if above is None:
            self._root = inner
        elif key[above.byte] & above.mask:
            above.right = inner
        else:
            above.left = inner


def _look(node: _Node) -> Leaf | Inner[_Node]:
    if isinstance(node, _Leaf):
        return Leaf(node.key, len(node.indices), node.chain)
    children = (node.left, node.right)
    hashes = (node.left.node_hash, node.right.node_hash)
    return Inner(node.length, node.prefix, children, hashes)


def _shared_bits(key: bytes, other: bytes) -> int:
    difference = int.from_bytes(key, "big") ^ int.from_bytes(other, "big")
    return 8 * len(key) - difference.bit_length()


def _refreshed(node: _Node) -> bytes:
    """Hash a node again where it is marked, and return its hash."""
    if not node.node_hash:
        if isinstance(node, _Leaf):
            node.node_hash = list_leaf_hash(node.key, len(node.indices), node.chain)
        else:
            left = node.left.node_hash or _refreshed(node.left)
            right = node.right.node_hash or _refreshed(node.right)
            node.node_hash = inner_node_hash(node.length, node.prefix, left, right)
    return node.node_hash
