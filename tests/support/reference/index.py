"""Define the completeness index: the whole trie, built anew from sorted keys.

A key is a text of 256 characters 0 and 1 here, and a node is what its keys have in
common: nothing is inserted, found or kept.
"""

import hashlib

from tests.support.reference import encoding

EMPTY = bytes(32)


def sha256(*parts):
    """Return the hash of parts put together."""
    return hashlib.sha256(b"".join(parts)).digest()


def key(origin, subject):
    """Return the key of a subject, 32 bytes."""
    return sha256(f"caravan/subject/v1\n{origin}\n{subject}".encode())


def bits(data):
    """Return bytes as a text of bits, the most significant of byte 0 first."""
    return "".join(f"{byte:08b}" for byte in data)


def padded(prefix):
    """Return a prefix of bits, zero-padded to 32 bytes."""
    return int(prefix.ljust(256, "0"), 2).to_bytes(32, "big")


def chain(subject_key, indices):
    """Return the chain over a list."""
    head = sha256(b"caravan/list/v1\n", subject_key)
    for index in indices:
        head = sha256(head, index.to_bytes(8, "big"))
    return head


def leaf(subject_key, count, head):
    """Return the hash of a list."""
    return sha256(b"\x10", subject_key, count.to_bytes(8, "big"), head)


def inner(prefix, left, right):
    """Return the hash of a node whose keys share a prefix of bits."""
    length = len(prefix).to_bytes(2, "big")
    return sha256(b"\x11", length, padded(prefix), left, right)


def tree(origin, lists):
    """Return {bits of key: (key, indices)} of lists by subject."""
    keys = {subject: key(origin, subject) for subject in lists}
    return {
        bits(keys[subject]): (keys[subject], tuple(indices))
        for subject, indices in lists.items()
    }


def node_hash(leaves):
    """Return the hash of the node over some leaves, at least one."""
    if len(leaves) == 1:
        [(subject_key, indices)] = leaves.values()
        return leaf(subject_key, len(indices), chain(subject_key, indices))
    prefix = shared(leaves)
    return inner(
        prefix,
        node_hash(under(leaves, prefix + "0")),
        node_hash(under(leaves, prefix + "1")),
    )


def shared(leaves):
    """Return the longest prefix that all keys begin with."""
    first = next(iter(leaves))
    for length in range(256, -1, -1):
        if all(bit.startswith(first[:length]) for bit in leaves):
            return first[:length]
    raise AssertionError


def under(leaves, prefix):
    """Return the leaves whose keys begin so."""
    return {bit: found for bit, found in leaves.items() if bit.startswith(prefix)}


def root(origin, lists):
    """Return the root over lists by subject."""
    leaves = tree(origin, lists)
    return node_hash(leaves) if leaves else EMPTY


def proof(origin, lists, subject):
    """Return the proof of a list or of absence, as its JSON value."""
    leaves = tree(origin, lists)
    wanted = bits(key(origin, subject))
    path = []
    while len(leaves) > 1:
        prefix = shared(leaves)
        left, right = under(leaves, prefix + "0"), under(leaves, prefix + "1")
        if not wanted.startswith(prefix):
            hashes = (padded(prefix), node_hash(left), node_hash(right))
            node = [len(prefix), *map(encoding.encode_base64, hashes)]
            return {"path": path, "node": node}
        is_right = wanted[len(prefix)] == "1"
        leaves, other = (right, left) if is_right else (left, right)
        path.append([len(prefix), encoding.encode_base64(node_hash(other))])
    if not leaves or wanted in leaves:
        return {"path": path}
    [(other_key, indices)] = leaves.values()
    head = encoding.encode_base64(chain(other_key, indices))
    return {
        "path": path,
        "leaf": [encoding.encode_base64(other_key), len(indices), head],
    }
