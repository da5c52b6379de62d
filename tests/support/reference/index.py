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


def proof(origin, lists, names):
    """Return the proof of several lists, or that there are none, as its JSON value."""
    wanted = {bits(key(origin, name)) for name in names}
    leaves = tree(origin, lists)
    return tokens(leaves, wanted) if leaves else []


def tokens(leaves, wanted):
    """Return what the walk down to the wanted keys meets over some leaves."""
    if not wanted:
        return [encoding.encode_base64(node_hash(leaves))]
    if len(leaves) == 1:
        [(found, (subject_key, indices))] = leaves.items()
        if found in wanted:
            return ["."]
        head = chain(subject_key, indices)
        told = map(encoding.encode_base64, (subject_key, head))
        return [[next(told), len(indices), next(told)]]
    prefix = shared(leaves)
    inside = {bit for bit in wanted if bit.startswith(prefix)}
    head = len(prefix)
    if inside != wanted:
        head = [len(prefix), encoding.encode_base64(padded(prefix))]
    children = [
        tokens(
            under(leaves, prefix + bit),
            {each for each in inside if each.startswith(prefix + bit)},
        )
        for bit in "01"
    ]
    return [head, *children[0], *children[1]]
