"""One page of the completeness index: what the trie holds in six bits of the keys.

Under each of the 64 values of these bits there is nothing, the list of the one subject
there, or the hash of what the page below covers, where two or more part. A page is
named by the bits above it, six to a digit; the one at the top has no digit. Which pages
there are and what they hold is a function of the lists, like the root.

Pure: bytes in, bytes or a refusal out. ``pagedindex`` puts pages together.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ledger.completeness import inner_node_hash
from ledger.errors import StoreError
from ledger.index import Leaf

SLOTS: Final = 64

_BITS: Final = 6
_KEY_BITS: Final = 256
_MAX_DEPTH: Final = _KEY_BITS // _BITS
_WINDOWS: Final = tuple(
    (_BITS * depth // 8, 10 - _BITS * depth % 8) for depth in range(_MAX_DEPTH + 1)
)
"""Where in a key the bits of a page with so many above it begin: in which byte, and how
far these and the next byte are to be shifted right."""
_MAP_BYTES: Final = 8
_HASH_BYTES: Final = 32
_LIST_BYTES: Final = 32 + 8 + 32


def slot_of(key: bytes, depth: int) -> int:
    """Return the place of a key in a page with so many above it.

    The lowest page has the last four bits of a key, and two that are zero.

    >>> [slot_of(bytes.fromhex("0430"), depth) for depth in (0, 1)]
    [1, 3]
    """
    byte, shift = _WINDOWS[depth]
    next_byte = key[byte + 1] if depth < _MAX_DEPTH else 0
    return (key[byte] << 8 | next_byte) >> shift & SLOTS - 1


class Page:
    """Sixty-four places.

    Attributes:
        name: The bits above it: two octal digits for each page above.
        depth: How many pages are above it.
        hashes: A tree in an array: 1 covers the page, 2p and 2p + 1 are below p, the
            last 64 are the places. Empty where nothing is. What stands alone in a
            subtree is its hash, for a node has two children.
    """

    __slots__ = ("_bits", "_lists", "_taken", "depth", "hashes", "name")

    def __init__(self, name: str) -> None:
        """Begin an empty page."""
        self.name = name
        self.depth = len(name) // 2
        self.hashes = [b""] * (2 * SLOTS)
        # A bit for each place: whether anything is there. Of lists, key, count, chain.
        self._taken = 0
        self._lists: dict[int, bytes] = {}
        self._bits = int(name or "0", 8)

    @property
    def hash(self) -> bytes:
        """What the page above has in the place of this one."""
        return self.hashes[1]

    def below(self, slot: int) -> str:
        """Return the name of the page below a place."""
        return f"{self.name}{slot:02o}"

    def is_page(self, slot: int) -> bool:
        """Say whether a page lies below a place."""
        return self._taken >> slot & 1 == 1 and slot not in self._lists

    def list_at(self, slot: int) -> Leaf | None:
        """Return the list that stands in a place, or None."""
        part = self._lists.get(slot)
        if part is None:
            return None
        return Leaf(part[:32], int.from_bytes(part[32:40], "big"), part[40:])

    def node_prefix(self, place: int) -> tuple[int, bytes]:
        """Return length and prefix of the node that parts at a place of ``hashes``."""
        level = place.bit_length() - 1
        length = _BITS * self.depth + level
        bits = self._bits << level | place ^ 1 << level
        return length, (bits << _KEY_BITS - length).to_bytes(32, "big")

    def put_list(self, slot: int, leaf: Leaf) -> None:
        """Put a list into a place; ``settle`` is still to be called."""
        count = leaf.count.to_bytes(8, "big")
        self.put_stored_list(slot, b"".join((leaf.key, count, leaf.chain)))

    def put_stored_list(self, slot: int, part: bytes) -> None:
        """Put in a list as it is stored; ``settle`` is still to be called."""
        self._taken |= 1 << slot
        self._lists[slot] = part
        # As ``list_leaf_hash``: what is stored of a list is what is hashed of it.
        self.hashes[SLOTS + slot] = hashlib.sha256(b"\x10" + part).digest()

    def put_page(self, slot: int, node: bytes) -> None:
        """Put the hash of a page into a place; ``settle`` is still to be called."""
        self._taken |= 1 << slot
        self._lists.pop(slot, None)
        self.hashes[SLOTS + slot] = node

    def settle(self, slots: Iterable[int]) -> None:
        """Hash again what lies above these places.

        Args:
            slots: The places in ascending order.
        """
        hashes, bits = self.hashes, self._bits
        places = [SLOTS + slot for slot in slots]
        for level in range(_BITS - 1, -1, -1):
            length = _BITS * self.depth + level
            above: list[int] = []
            last = 0
            for below in places:
                place = below >> 1
                if place == last:
                    continue
                above.append(place)
                last = place
                left, right = hashes[2 * place], hashes[2 * place + 1]
                if left and right:
                    prefix = (bits << level | place ^ 1 << level) << _KEY_BITS - length
                    hashes[place] = inner_node_hash(
                        length, prefix.to_bytes(32, "big"), left, right
                    )
                else:
                    hashes[place] = left or right
            places = above

    def ranges(
        self, keys: Sequence[bytes], start: int, end: int
    ) -> Iterator[tuple[int, int, int]]:
        """Yield each place that keys lead to, with the first of them and the next.

        Args:
            keys: Sorted.
            start: The first that leads into this page.
            end: The first that does not any more.
        """
        depth = self.depth
        while start < end:
            slot = slot_of(keys[start], depth)
            first = start
            start += 1
            while start < end and slot_of(keys[start], depth) == slot:
                start += 1
            yield slot, first, start

    def nearest_page(self, slot: int) -> int | None:
        """Return where a page stands alone beside an empty place, or None.

        What is alone in a subtree passes its hash up, wherever in it it stands. Of a
        list the key tells where that is, of a node the prefix; of a page only what is
        in it. It has to be read before the empty place is filled, or shown as empty.
        """
        place = SLOTS + slot
        while place > 1 and not self.hashes[place ^ 1]:
            place >>= 1
        return None if place == 1 else self.lone_page(place ^ 1)

    def lone_page(self, place: int = 1) -> int | None:
        """Return where a page stands alone below a place of ``hashes``, or None."""
        while place < SLOTS:
            left, right = self.hashes[2 * place], self.hashes[2 * place + 1]
            if left and right:
                return None
            place = 2 * place if left else 2 * place + 1
        return place - SLOTS if self.is_page(place - SLOTS) else None

    def to_bytes(self) -> bytes:
        """Return the page as it is stored.

        Two maps with a bit for each place, the lowest for the first: whether something
        is there, and whether that is a list. Then all that is there, in their order.
        """
        parts = self.hashes[SLOTS:]
        lists = sum(1 << slot for slot in self._lists)
        for slot, part in self._lists.items():
            parts[slot] = part
        maps = (
            self._taken.to_bytes(_MAP_BYTES, "big"),
            lists.to_bytes(_MAP_BYTES, "big"),
        )
        return b"".join((*maps, *parts))


def parse_page(name: str, data: bytes, want: bytes) -> Page:
    """Return a stored page, once it is the one that the page above says.

    Args:
        name: Its name.
        data: What is stored.
        want: Its hash.

    Raises:
        StoreError: It is damaged, or another.
    """
    page = Page(name)
    taken = int.from_bytes(data[:_MAP_BYTES], "big")
    lists = int.from_bytes(data[_MAP_BYTES : 2 * _MAP_BYTES], "big")
    at = 2 * _MAP_BYTES
    slots: list[int] = []
    left = taken
    while left:
        slots.append((left & -left).bit_length() - 1)
        left &= left - 1
    for slot in slots:
        if lists >> slot & 1:
            part = data[at : at + _LIST_BYTES]
            at += _LIST_BYTES
            # What stands alone has the same hash wherever it stands.
            is_right = at <= len(data) and slot_of(part, page.depth) == slot
            page.put_stored_list(slot, part)
        else:
            page.put_page(slot, data[at : at + _HASH_BYTES])
            at += _HASH_BYTES
            is_right = page.depth < _MAX_DEPTH
        if not is_right:
            raise StoreError(f"index page {name!r}: damaged at {slot:02o}")
    page.settle(slots)
    if at != len(data) or lists & ~taken or page.hash != want:
        raise StoreError(
            f"index page {name!r}: leads to {page.hash.hex()}, want {want.hex()}"
        )
    return page
