"""Define Merkle trees and their proofs as RFC 6962, section 2.1, words them.

Everything is recursive and over whole lists of entries; the split point ``k`` is found
by doubling. Imports nothing of ours.
"""

from hashlib import sha256


def leaf_hash(entry):
    """Return the hash of one entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    """Return the hash over two hashes."""
    return sha256(b"\x01" + left + right).digest()


def split(size):
    """Return the largest power of two smaller than a size of two or more."""
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def root(entries):
    """MTH(D[n])."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return leaf_hash(entries[0])
    k = split(len(entries))
    return node_hash(root(entries[:k]), root(entries[k:]))


def inclusion_proof(index, entries):
    """PATH(m, D[n])."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if index < k:
        return [*inclusion_proof(index, entries[:k]), root(entries[k:])]
    return [*inclusion_proof(index - k, entries[k:]), root(entries[:k])]


def consistency_proof(old_size, entries):
    """PROOF(m, D[n]), and no hashes for the empty tree."""
    return _subproof(old_size, entries, True) if old_size else []


def _subproof(old_size, entries, is_known):
    if old_size == len(entries):
        return [] if is_known else [root(entries)]
    k = split(len(entries))
    if old_size <= k:
        return [*_subproof(old_size, entries[:k], is_known), root(entries[k:])]
    return [*_subproof(old_size - k, entries[k:], False), root(entries[:k])]


def multi_proof(indices, entries):
    """Return the hashes that several leaves need, depth first and left first."""
    if not indices:
        return [root(entries)]
    if len(entries) == 1:
        return []
    k = split(len(entries))
    left = [index for index in indices if index < k]
    right = [index - k for index in indices if index >= k]
    return multi_proof(left, entries[:k]) + multi_proof(right, entries[k:])


def root_from_path(leaf, index, size, proof):
    """Return the root above a leaf, walking down from the top of the proof."""
    if size == 1:
        if proof:
            raise ValueError("a hash too many")
        return leaf
    k = split(size)
    *below, sibling = proof
    if index < k:
        return node_hash(root_from_path(leaf, index, k, below), sibling)
    return node_hash(sibling, root_from_path(leaf, index - k, size - k, below))


def path_length(index, size):
    """Return how many hashes an inclusion proof has."""
    if size == 1:
        return 0
    k = split(size)
    if index < k:
        return 1 + path_length(index, k)
    return 1 + path_length(index - k, size - k)
