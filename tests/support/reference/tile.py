"""Define tiles, bundles and their paths as C2SP tlog-tiles words them."""

import struct

from tests.support.reference import merkle


def place(index):
    """Return three digits at a time, every group but the last with an x."""
    rest, last = divmod(index, 1000)
    text = f"{last:03}"
    while rest:
        rest, group = divmod(rest, 1000)
        text = f"x{group:03}/{text}"
    return text


def path(level, index, width):
    """Return the path of a tile; of a bundle if the level is None."""
    kind = "entries" if level is None else str(level)
    end = "" if width == 256 else f".p/{width}"
    return f"tile/{kind}/{place(index)}{end}"


def tile(level, index, entries):
    """Return what a tree has of a tile: the roots of full subtrees, side by side."""
    span = 256**level
    hashes = []
    for i in range(256):
        start = (index * 256 + i) * span
        if start + span > len(entries):
            break
        hashes.append(merkle.root(entries[start : start + span]))
    return b"".join(hashes)


def bundle(entries):
    """Return entries, each behind its length in two bytes."""
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)
