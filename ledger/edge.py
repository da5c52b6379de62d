"""The stored tree: full tiles from the store, the right edge from memory.

Every proof and every tile is cut from hashes of complete subtrees. Those under full
tiles never change and are kept; the at most 255 hashes of each level to the right of
them are in memory, where appending a leaf costs no look-up.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable

from ledger.errors import StoreError
from ledger.merkle import node_hash
from ledger.tile import TILE_HEIGHT, TILE_WIDTH, split_tile

ReadTile = Callable[[int, int], bytes | None]
_KEPT_TILES = 1024
"""8 MiB of hashes; more than one group can fill before it is durable."""


_KEPT_BETWEEN = 65_536


class Edge:
    """Hashes of every complete subtree of a growing log."""

    def __init__(self, read_tile: ReadTile) -> None:
        """Begin an empty tree.

        Args:
            read_tile: Returns the bytes of a full tile that is durable, or None.
        """
        self._read_tile = read_tile
        # The lock guards what follows: proofs are cut in other threads than appends.
        self._lock = threading.Lock()
        self._partial: list[list[bytes]] = []
        self._filled: list[int] = []
        self._kept: OrderedDict[tuple[int, int], tuple[bytes, ...]] = OrderedDict()
        # Hashes between the levels of tiles. They never change either, and the proofs
        # of one group share nearly all of them.
        self._between: dict[tuple[int, int], bytes] = {}

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash; return the tiles it fills: level, number, hashes."""
        filled: list[tuple[int, int, bytes]] = []
        with self._lock:
            level, new = 0, leaf
            while True:
                if level == len(self._partial):
                    self._partial.append([])
                    self._filled.append(0)
                hashes = self._partial[level]
                hashes.append(new)
                if len(hashes) < TILE_WIDTH:
                    return filled
                number = self._filled[level]
                filled.append((level, number, b"".join(hashes)))
                self._keep((level, number), tuple(hashes))
                self._partial[level] = []
                self._filled[level] += 1
                level, new = level + 1, _fold(hashes)

    def load(self, size: int, leaves: Callable[[int, int], list[bytes]]) -> None:
        """Take over a tree whose full tiles are all stored.

        Args:
            size: Number of entries.
            leaves: Returns the leaf hashes of the entries in ``[start, end)``.

        Raises:
            StoreError: A full tile is missing.
        """
        width, level = size, 0
        partial: list[list[bytes]] = []
        filled: list[int] = []
        while width:
            number, rest = divmod(width, TILE_WIDTH)
            first = number * TILE_WIDTH
            if level == 0:
                partial.append(leaves(first, first + rest))
            else:
                partial.append(
                    [
                        _fold(self._tile(level - 1, below))
                        for below in range(first, first + rest)
                    ]
                )
            filled.append(number)
            width, level = number, level + 1
        with self._lock:
            self._partial, self._filled = partial, filled

    def read(self, level: int, index: int) -> bytes:
        """Return the hash of the complete subtree of ``2**level`` leaves at ``index``.

        Raises:
            StoreError: A full tile is missing from the store.
        """
        tile_level, height = divmod(level, TILE_HEIGHT)
        if height:
            known = self._between.get((level, index))
            if known is not None:
                return known
            node = node_hash(
                self.read(level - 1, 2 * index), self.read(level - 1, 2 * index + 1)
            )
            if len(self._between) >= _KEPT_BETWEEN:
                self._between.clear()
            self._between[level, index] = node
            return node
        number, place = divmod(index, TILE_WIDTH)
        return self._tile(tile_level, number)[place]

    def peaks(self, size: int) -> list[bytes]:
        """Return the hashes of the complete subtrees of a size, largest first.

        Raises:
            StoreError: A full tile is missing from the store.
        """
        return [
            self.read(level, (size >> level) - 1)
            for level in reversed(range(size.bit_length()))
            if size >> level & 1
        ]

    def _tile(self, level: int, number: int) -> tuple[bytes, ...]:
        with self._lock:
            if level < len(self._partial) and number == self._filled[level]:
                return tuple(self._partial[level])
            kept = self._kept.get((level, number))
            if kept is not None:
                self._kept.move_to_end((level, number))
                return kept
        stored = self._read_tile(level, number)
        if stored is None:
            raise StoreError(f"tile: level {level} number {number} is not stored")
        hashes = split_tile(stored, TILE_WIDTH)
        with self._lock:
            self._keep((level, number), hashes)
        return hashes

    def _keep(self, name: tuple[int, int], hashes: tuple[bytes, ...]) -> None:
        self._kept[name] = hashes
        if len(self._kept) > _KEPT_TILES:
            self._kept.popitem(last=False)


def _fold(hashes: tuple[bytes, ...] | list[bytes]) -> bytes:
    """Return the hash over a complete subtree's hashes: a power of two of them."""
    level = list(hashes)
    while len(level) > 1:
        pairs = iter(level)
        level = [
            node_hash(left, right) for left, right in zip(pairs, pairs, strict=True)
        ]
    return level[0]
