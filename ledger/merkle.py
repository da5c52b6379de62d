"""Hash Merkle trees and verify proofs about them (RFC 6962, section 2.1).

Three kinds of proof: that an entry is in a tree, that a tree extends an older one, and,
for many entries at once, a multi-proof that carries every shared hash a single time.
What makes proofs is given a reader of stored hashes; what verifies them needs nothing.

Pure functions over bytes: no storage, no clock, no network.
``tests/support/reference/merkle.py`` holds the slow, recursive definition these are
checked against, and ``scanner_web/verify/merkle.js`` is the twin for the browser.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import Final, Self, TypeAlias

from ledger.errors import ProofShapeError, RootMismatchError, VerificationError

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()

HashReader: TypeAlias = Callable[[int, int], bytes]
"""Gives the hash over the ``2**level`` leaves from ``index * 2**level`` on."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of an entry.

    A leaf and a node can never be mistaken for one another, because what is hashed
    starts with a different byte.

    >>> leaf_hash(b"").hex()[:8]
    '6e340b9c'
    """
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    r"""Return the hash of an inner node.

    >>> node_hash(leaf_hash(b""), leaf_hash(b"\x00")).hex()[:8]
    'fac54203'
    """
    return sha256(b"\x01" + left + right).digest()


def root_from_inclusion_proof(
    leaf: bytes, *, index: int, tree_size: int, proof: Sequence[bytes]
) -> bytes:
    """Return the root that the proof leads to, starting from a leaf hash.

    Siblings come lowest first. Below the level where this leaf's path joins the path
    of the last leaf, a sibling may be on either side; from there up, only siblings on
    the left exist, and a level without one is skipped.

    Args:
        leaf: Leaf hash of the entry, not the entry itself.
        index: Position of the entry in the log, from zero.
        tree_size: Number of entries under the root.
        proof: Sibling hashes, lowest first.

    Raises:
        VerificationError: The index is outside the tree, or the leaf is no hash.
        ProofShapeError: The proof has too many or too few hashes, or one that is not 32
            bytes.

    >>> left, right = leaf_hash(b"olives"), leaf_hash(b"dates")
    >>> root = root_from_inclusion_proof(right, index=1, tree_size=2, proof=[left])
    >>> root == node_hash(left, right)
    True
    """
    _check_leaf(leaf, index, tree_size)
    inner = (index ^ (tree_size - 1)).bit_length()
    _check_proof(proof, want=inner + (index >> inner).bit_count())

    node = leaf
    for level, sibling in enumerate(proof):
        on_the_left = level >= inner or index >> level & 1
        node = node_hash(sibling, node) if on_the_left else node_hash(node, sibling)
    return node


def verify_inclusion(
    leaf: bytes, *, index: int, tree_size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Verify that a leaf is in the tree under a root.

    A root does not fix the size: some proofs fit trees of several sizes. Take size and
    root from one checkpoint.

    Raises:
        VerificationError: The index is outside the tree, or the leaf is no hash.
        ProofShapeError: The proof has too many or too few hashes.
        RootMismatchError: The proof leads to another root.

    >>> leaf = leaf_hash(b"milk")
    >>> verify_inclusion(leaf, index=0, tree_size=1, proof=[], root=leaf)
    """
    _check_root(
        root_from_inclusion_proof(leaf, index=index, tree_size=tree_size, proof=proof),
        root,
    )


def verify_consistency(
    *,
    old_size: int,
    new_size: int,
    old_root: bytes,
    new_root: bytes,
    proof: Sequence[bytes],
) -> None:
    """Verify that a tree extends an older one without changing it.

    The proof is that of RFC 6962, section 2.1.2: the path of the last old leaf, from
    the largest complete subtree that ends at the old size. When the old tree is itself
    such a subtree, its root is not repeated in the proof.

    Raises:
        VerificationError: The older tree is the larger one.
        ProofShapeError: The proof has too many or too few hashes.
        RootMismatchError: The proof leads to another old or new root.

    >>> old, added = leaf_hash(b"olives"), leaf_hash(b"dates")
    >>> verify_consistency(
    ...     old_size=1,
    ...     new_size=2,
    ...     old_root=old,
    ...     new_root=node_hash(old, added),
    ...     proof=[added],
    ... )
    """
    if not 0 <= old_size <= new_size:
        raise VerificationError(
            f"old size: got {old_size}, want 0 <= old size <= {new_size}"
        )
    if old_size in {0, new_size}:
        _check_proof(proof, want=0)
        if old_size == 0:
            _check_root(EMPTY_ROOT, old_root)
        if new_size == 0 or old_size != 0:
            _check_root(old_root, new_root)
        return

    old_node, new_node = roots_from_consistency_proof(
        old_size=old_size, new_size=new_size, old_root=old_root, proof=proof
    )
    _check_root(old_node, old_root)
    _check_root(new_node, new_root)


def roots_from_consistency_proof(
    *, old_size: int, new_size: int, old_root: bytes, proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """Return the roots of the older and the newer tree that a proof leads to.

    Args:
        old_size: Above zero, below the new size.
        new_size: Number of leaves of the newer tree.
        old_root: Where the proof starts if the older tree is one complete subtree; else
            the proof says so itself.
        proof: The hashes, lowest first.

    Raises:
        ProofShapeError: The proof has too many or too few hashes.
    """
    # The walk starts at the root of the largest complete subtree that ends with the
    # last old leaf: 2**shift leaves, at this place among the subtrees of its size.
    shift = (old_size & -old_size).bit_length() - 1
    place = (old_size - 1) >> shift
    inner = (place ^ ((new_size - 1) >> shift)).bit_length()
    given = 0 if old_size == 1 << shift else 1
    _check_proof(proof, want=given + inner + (place >> inner).bit_count())

    old_node = new_node = proof[0] if given else old_root
    for level, sibling in enumerate(proof[given:]):
        if level >= inner or place >> level & 1:
            old_node = node_hash(sibling, old_node)
            new_node = node_hash(sibling, new_node)
        else:
            # Right of the old tree's last leaf: only the new tree has this sibling.
            new_node = node_hash(new_node, sibling)
    return old_node, new_node


class Frontier:
    """The right edge of a growing tree: all that appending and the root need."""

    __slots__ = ("_peaks", "_size")

    def __init__(self) -> None:
        """Start with the empty tree."""
        self._size = 0
        self._peaks: list[bytes] = []

    @classmethod
    def from_hashes(cls, size: int, hashes: Sequence[bytes]) -> Self:
        """Take up a tree where it was left.

        Args:
            size: Number of leaves.
            hashes: What ``hashes`` gave at that size.

        Raises:
            ValueError: There are not as many hashes as that size has, or one is not 32
                bytes.
        """
        if size < 0 or len(hashes) != size.bit_count():
            raise ValueError(f"frontier: got {len(hashes)} hashes for size {size}")
        if any(len(peak) != HASH_BYTES for peak in hashes):
            raise ValueError(f"frontier: a hash is not {HASH_BYTES} bytes")
        frontier = cls()
        frontier._size = size
        frontier._peaks = list(hashes)
        return frontier

    @property
    def size(self) -> int:
        """The number of leaves so far."""
        return self._size

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """The roots of the complete subtrees, largest first."""
        return tuple(self._peaks)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash on the right.

        >>> frontier = Frontier()
        >>> frontier.append(leaf_hash(b"milk"))
        >>> frontier.root() == leaf_hash(b"milk")
        True
        """
        # Invariant: one peak for each set bit of the size, largest first. Each trailing
        # one is a complete subtree that this leaf doubles.
        node = leaf
        carry = self._size
        while carry & 1:
            node = sha256(b"\x01" + self._peaks.pop() + node).digest()
            carry >>= 1
        self._peaks.append(node)
        self._size += 1

    def root(self) -> bytes:
        """Return the root over the leaves so far."""
        return _fold(self._peaks)


def root_hash(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes.

    >>> root_hash([]) == EMPTY_ROOT
    True
    """
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def tree_root(size: int, read: HashReader) -> bytes:
    """Return the root over the first leaves of a stored tree.

    Args:
        size: How many leaves.
        read: Reader of complete subtrees within them.
    """
    return _range_hash(0, size, read) if size else EMPTY_ROOT


def inclusion_proof(index: int, tree_size: int, read: HashReader) -> tuple[bytes, ...]:
    """Return the siblings of a leaf on its way to the root, lowest first.

    Raises:
        ValueError: The index is outside the tree.
    """
    if not 0 <= index < tree_size:
        raise ValueError(f"index: got {index}, want 0 <= index < {tree_size}")
    siblings: list[bytes] = []
    low, high = 0, tree_size
    while high - low > 1:
        middle = low + _left_size(high - low)
        if index < middle:
            siblings.append(_range_hash(middle, high, read))
            high = middle
        else:
            siblings.append(_range_hash(low, middle, read))
            low = middle
    return tuple(reversed(siblings))


def inclusion_proofs(
    indices: Sequence[int], tree_size: int, read: HashReader
) -> dict[int, tuple[bytes, ...]]:
    """Return the proofs of several leaves; each hash that they share is read once.

    Args:
        indices: Strictly ascending.
        tree_size: Number of leaves under the root.
        read: Reader of complete subtrees.

    Raises:
        ValueError: Out of order, or outside the tree.
    """
    if indices and (indices[0] < 0 or indices[-1] >= tree_size):
        raise ValueError(f"indices: want them from 0 to below {tree_size}")
    if any(left >= right for left, right in pairwise(indices)):
        raise ValueError("indices: want them strictly ascending")
    proofs: dict[int, tuple[bytes, ...]] = {}

    def walk(
        low: int, high: int, first: int, end: int, above: tuple[bytes, ...]
    ) -> None:
        if high - low == 1:
            proofs[low] = above
            return
        middle = low + _left_size(high - low)
        split = bisect_left(indices, middle, first, end)
        if first < split:
            right = _range_hash(middle, high, read)
            walk(low, middle, first, split, (right, *above))
        if split < end:
            left = _range_hash(low, middle, read)
            walk(middle, high, split, end, (left, *above))

    if indices:
        walk(0, tree_size, 0, len(indices), ())
    return proofs


def consistency_proof(
    old_size: int, new_size: int, read: HashReader
) -> tuple[bytes, ...]:
    """Return the proof that the tree of one size extends that of another.

    Raises:
        ValueError: The older tree is the larger one.
    """
    if not 0 <= old_size <= new_size:
        raise ValueError(f"old size: got {old_size}, want 0 <= old size <= {new_size}")
    if old_size in {0, new_size}:
        return ()
    hashes: list[bytes] = []
    low, high = 0, new_size
    while high != old_size:
        middle = low + _left_size(high - low)
        if old_size <= middle:
            hashes.append(_range_hash(middle, high, read))
            high = middle
        else:
            hashes.append(_range_hash(low, middle, read))
            low = middle
    if low > 0:
        # The verifier knows the old root, which is this hash only if it starts at 0.
        hashes.append(_range_hash(low, high, read))
    return tuple(reversed(hashes))


def multi_proof(
    indices: Sequence[int], tree_size: int, read: HashReader
) -> tuple[bytes, ...]:
    """Return the hashes that lead from several leaves to the root.

    Walk the tree depth first, left before right; where no wanted leaf lies below, take
    the hash and do not descend.

    Args:
        indices: At least one, strictly ascending.
        tree_size: Number of leaves under the root.
        read: Reader of complete subtrees.

    Raises:
        ValueError: No indices, out of order, or outside the tree.
    """
    if not indices or indices[0] < 0 or indices[-1] >= tree_size:
        raise ValueError(f"indices: want one to {tree_size} of them in the tree")
    if any(left >= right for left, right in pairwise(indices)):
        raise ValueError("indices: want them strictly ascending")
    hashes: list[bytes] = []

    def walk(low: int, high: int, first: int, end: int) -> None:
        if first == end:
            hashes.append(_range_hash(low, high, read))
        elif high - low > 1:
            middle = low + _left_size(high - low)
            split = bisect_left(indices, middle, first, end)
            walk(low, middle, first, split)
            walk(middle, high, split, end)

    walk(0, tree_size, 0, len(indices))
    return tuple(hashes)


def root_from_multi_proof(
    leaves: Mapping[int, bytes], *, tree_size: int, proof: Sequence[bytes]
) -> bytes:
    """Return the root that a multi-proof leads to.

    The walk is the one of ``multi_proof``; every hash of the proof is used once.

    Args:
        leaves: Leaf hashes by index, at least one.
        tree_size: Number of leaves under the root.
        proof: The hashes, in the order of the walk.

    Raises:
        VerificationError: There is no leaf, or one is outside the tree or no hash.
        ProofShapeError: The proof has too many or too few hashes, or one that is not 32
            bytes.

    >>> left, right = leaf_hash(b"olives"), leaf_hash(b"dates")
    >>> root_from_multi_proof(
    ...     {1: right}, tree_size=2, proof=[left]
    ... ) == node_hash(left, right)
    True
    """
    if not leaves:
        raise VerificationError("leaves: got none, want at least one")
    indices = sorted(leaves)
    for index in indices:
        _check_leaf(leaves[index], index, tree_size)
    given = iter(proof)

    def walk(low: int, high: int, first: int, end: int) -> bytes:
        if first == end:
            node = next(given, None)
            if node is None:
                raise ProofShapeError(f"proof: got {len(proof)} hashes, want more")
            if len(node) != HASH_BYTES:
                raise ProofShapeError(
                    f"proof: a hash of {len(node)} bytes, want {HASH_BYTES}"
                )
            return node
        if high - low == 1:
            return leaves[low]
        middle = low + _left_size(high - low)
        split = bisect_left(indices, middle, first, end)
        left = walk(low, middle, first, split)
        return node_hash(left, walk(middle, high, split, end))

    root = walk(0, tree_size, 0, len(indices))
    if next(given, None) is not None:
        raise ProofShapeError(f"proof: got {len(proof)} hashes, want fewer")
    return root


def _left_size(size: int) -> int:
    """Return the largest power of two that is smaller than a size above one."""
    return 1 << ((size - 1).bit_length() - 1)


def _range_hash(low: int, high: int, read: HashReader) -> bytes:
    """Return the hash over leaves low to high, where a subtree begins at ``low``.

    Such a range is complete subtrees of falling size; each begins at a multiple of its
    own size, so that the reader has it.
    """
    peaks: list[bytes] = []
    while low < high:
        level = (high - low).bit_length() - 1
        peaks.append(read(level, low >> level))
        low += 1 << level
    return _fold(peaks)


def _fold(peaks: Sequence[bytes]) -> bytes:
    """Return the root over complete subtrees, given largest first."""
    if not peaks:
        return EMPTY_ROOT
    node = peaks[-1]
    for peak in reversed(peaks[:-1]):
        node = node_hash(peak, node)
    return node


def _check_leaf(leaf: bytes, index: int, tree_size: int) -> None:
    if not 0 <= index < tree_size:
        raise VerificationError(f"index: got {index}, want 0 <= index < {tree_size}")
    if len(leaf) != HASH_BYTES:
        raise VerificationError(f"leaf: got {len(leaf)} bytes, want {HASH_BYTES}")


def _check_proof(proof: Sequence[bytes], *, want: int) -> None:
    if len(proof) != want:
        raise ProofShapeError(f"proof: got {len(proof)} hashes, want {want}")
    for sibling in proof:
        if len(sibling) != HASH_BYTES:
            raise ProofShapeError(
                f"proof: a hash of {len(sibling)} bytes, want {HASH_BYTES}"
            )


def _check_root(computed: bytes, root: bytes) -> None:
    if computed != root:
        raise RootMismatchError(f"root: got {computed.hex()}, want {root.hex()}")
