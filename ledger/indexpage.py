"""One page of the completeness index: what the trie holds in four bits of the keys.

Under each of the sixteen values of these bits there is nothing, the list of the one
subject there, or the hash of what the page below covers, where two or more part. A page
is named by the bits above it, in hexadecimal digits; the one at the top has no digit.
Which pages there are and what they hold is a function of the lists, like the root.

Pure: bytes in, bytes or a refusal out. ``pagedindex`` puts pages together.
"""

from collections.abc import Iterable
from typing import Final

from ledger.completeness import inner_node_hash, list_leaf_hash
from ledger.errors import StoreError
from ledger.index import Leaf

SLOTS: Final = 16

_BITS: Final = 4
_KEY_BITS: Final = 256
_MAX_DIGITS: Final = _KEY_BITS // _BITS - 1
_LIST: Final = 0x80
"""Marks in a stored page that a list stands there, not a hash."""
_LIST_BYTES: Final = 1 + 32 + 8 + 32
_HASH_BYTES: Final = 1 + 32


def slot_of(key: bytes, depth: int) -> int:
    """Return the place of a key in a page with so many digits.

    >>> [slot_of(bytes([0xE3]), depth) for depth in (0, 1)]
    [14, 3]
    """
    byte = key[depth >> 1]
    return byte & 15 if depth & 1 else byte >> 4


class Page:
    """Sixteen places.

    Attributes:
        name: Digits above it.
        lists: The lists that stand here, by place.
        hashes: A tree in an array: 1 covers the page, 2p and 2p + 1 are below p, the
            last sixteen are the places. Empty where nothing is. What stands alone in a
            subtree is its hash, for a node has two children.
    """

    __slots__ = ("_prefix", "hashes", "lists", "name")

    def __init__(self, name: str) -> None:
        """Begin an empty page."""
        self.name = name
        self.lists: dict[int, Leaf] = {}
        self.hashes = [b""] * (2 * SLOTS)
        self._prefix = int(name or "0", 16)

    @property
    def hash(self) -> bytes:
        """What the page above has in the place of this one."""
        return self.hashes[1]

    def below(self, slot: int) -> str:
        """Return the name of the page below a place."""
        return f"{self.name}{slot:x}"

    def is_page(self, slot: int) -> bool:
        """Say whether a page lies below a place."""
        return slot not in self.lists and self.hashes[SLOTS + slot] != b""

    def node_prefix(self, place: int) -> tuple[int, bytes]:
        """Return length and prefix of the node that parts at a place of ``hashes``."""
        level = place.bit_length() - 1
        length = _BITS * len(self.name) + level
        bits = self._prefix << level | place ^ 1 << level
        return length, (bits << _KEY_BITS - length).to_bytes(32, "big")

    def put_list(self, slot: int, leaf: Leaf) -> None:
        """Put a list into a place; ``settle`` is still to be called."""
        self.lists[slot] = leaf
        node = list_leaf_hash(leaf.key, leaf.count, leaf.chain)
        self.hashes[SLOTS + slot] = node

    def put_page(self, slot: int, node: bytes) -> None:
        """Put the hash of a page into a place; ``settle`` is still to be called."""
        self.lists.pop(slot, None)
        self.hashes[SLOTS + slot] = node

    def settle(self, slots: Iterable[int]) -> None:
        """Hash again what lies above these places."""
        hashes = self.hashes
        places = {SLOTS + slot >> 1 for slot in slots}
        while places:
            for place in places:
                left, right = hashes[2 * place], hashes[2 * place + 1]
                if left and right:
                    length, prefix = self.node_prefix(place)
                    hashes[place] = inner_node_hash(length, prefix, left, right)
                else:
                    hashes[place] = left or right
            places = {place >> 1 for place in places if place > 1}

    def by_slot(self, keys: Iterable[bytes]) -> dict[int, list[bytes]]:
        """Return keys by the place that they lead to."""
        found: dict[int, list[bytes]] = {}
        depth = len(self.name)
        for key in keys:
            found.setdefault(slot_of(key, depth), []).append(key)
        return found

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
        """Return the page as it is stored: its places in ascending order."""
        parts: list[bytes] = []
        lists = self.lists
        for slot, node in enumerate(self.hashes[SLOTS:]):
            if slot in lists:
                leaf = lists[slot]
                count = leaf.count.to_bytes(8, "big")
                parts += (bytes((_LIST | slot,)), leaf.key, count, leaf.chain)
            elif node:
                parts += (bytes((slot,)), node)
        return b"".join(parts)


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
    at, last = 0, -1
    while at < len(data):
        slot = data[at] & ~_LIST
        if not last < slot < SLOTS:
            raise StoreError(f"index page {name!r}: damaged")
        if data[at] & _LIST:
            part = data[at + 1 : at + _LIST_BYTES]
            key, count = part[:32], int.from_bytes(part[32:40], "big")
            if len(part) != _LIST_BYTES - 1 or not key.hex().startswith(
                page.below(slot)
            ):
                raise StoreError(f"index page {name!r}: damaged")
            page.put_list(slot, Leaf(key, count, part[40:]))
            at += _LIST_BYTES
        elif len(name) == _MAX_DIGITS:
            raise StoreError(f"index page {name!r}: damaged")
        else:
            page.put_page(slot, data[at + 1 : at + _HASH_BYTES])
            at += _HASH_BYTES
        last = slot
    page.settle(range(SLOTS))
    if page.hash != want:
        raise StoreError(
            f"index page {name!r}: leads to {page.hash.hex()}, want {want.hex()}"
        )
    return page
