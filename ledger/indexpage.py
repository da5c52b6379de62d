"""One page of the completeness index: what the trie holds in four bits of the keys.

Under each of the sixteen values of these bits there is nothing, the list of the one
subject there, or the hash of what the page below covers, where two or more part. A page
is named by the bits above it, in hexadecimal digits; the one at the top has no digit.
Which pages there are and what they hold is a function of the lists, like the root.

Pure: bytes in, bytes or a refusal out. ``pagedindex`` puts pages together.
"""

from collections.abc import Collection, Iterable
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
        hashes: A tree in an array: 1 covers the page, 2p and 2p + 1 are below p, the
            last sixteen are the places. Empty where nothing is. What stands alone in a
            subtree is its hash, for a node has two children.
    """

    __slots__ = ("_bits", "_stored", "hashes", "name")

    def __init__(self, name: str) -> None:
        """Begin an empty page."""
        self.name = name
        self.hashes = [b""] * (2 * SLOTS)
        # Each place as it is stored: there are many pages in memory, and few of their
        # lists are asked for.
        self._stored = [b""] * SLOTS
        self._bits = int(name or "0", 16)

    @property
    def hash(self) -> bytes:
        """What the page above has in the place of this one."""
        return self.hashes[1]

    def below(self, slot: int) -> str:
        """Return the name of the page below a place."""
        return f"{self.name}{slot:x}"

    def is_page(self, slot: int) -> bool:
        """Say whether a page lies below a place."""
        return len(self._stored[slot]) == _HASH_BYTES

    def list_at(self, slot: int) -> Leaf | None:
        """Return the list that stands in a place, or None."""
        part = self._stored[slot]
        if len(part) != _LIST_BYTES:
            return None
        return Leaf(part[1:33], int.from_bytes(part[33:41], "big"), part[41:])

    def node_prefix(self, place: int) -> tuple[int, bytes]:
        """Return length and prefix of the node that parts at a place of ``hashes``."""
        level = place.bit_length() - 1
        length = _BITS * len(self.name) + level
        bits = self._bits << level | place ^ 1 << level
        return length, (bits << _KEY_BITS - length).to_bytes(32, "big")

    def put_list(self, slot: int, leaf: Leaf) -> None:
        """Put a list into a place; ``settle`` is still to be called."""
        count = leaf.count.to_bytes(8, "big")
        part = b"%c%b%b%b" % (_LIST | slot, leaf.key, count, leaf.chain)
        self.put_stored(slot, part)

    def put_page(self, slot: int, node: bytes) -> None:
        """Put the hash of a page into a place; ``settle`` is still to be called."""
        self._stored[slot] = b"%c%b" % (slot, node)
        self.hashes[SLOTS + slot] = node

    def put_stored(self, slot: int, part: bytes) -> None:
        """Put in what a place held when it was stored; ``settle`` is to be called."""
        self._stored[slot] = part
        if len(part) == _LIST_BYTES:
            count = int.from_bytes(part[33:41], "big")
            self.hashes[SLOTS + slot] = list_leaf_hash(part[1:33], count, part[41:])
        else:
            self.hashes[SLOTS + slot] = part[1:]

    def settle(self, slots: Collection[int]) -> None:
        """Hash again what lies above these places."""
        if len(slots) == 1:
            (slot,) = slots
            self._settle_places([SLOTS + slot >> level for level in (1, 2, 3, 4)])
            return
        # From the lowest level up.
        places = {SLOTS + slot >> 1 for slot in slots}
        while places:
            self._settle_places(places)
            places = {place >> 1 for place in places if place > 1}

    def settle_all(self) -> None:
        """Hash what lies above every place."""
        self._settle_places(range(SLOTS - 1, 0, -1))

    def _settle_places(self, places: Iterable[int]) -> None:
        hashes, top, bits = self.hashes, _BITS * len(self.name), self._bits
        for place in places:
            left, right = hashes[2 * place], hashes[2 * place + 1]
            if left and right:
                level = place.bit_length() - 1
                length = top + level
                prefix = (bits << level | place ^ 1 << level) << _KEY_BITS - length
                hashes[place] = inner_node_hash(
                    length, prefix.to_bytes(32, "big"), left, right
                )
            else:
                hashes[place] = left or right

    def by_slot(self, keys: Iterable[bytes]) -> dict[int, list[bytes]]:
        """Return keys by the place that they lead to."""
        found: dict[int, list[bytes]] = {}
        depth = len(self.name)
        for key in keys:
            slot = slot_of(key, depth)
            if slot in found:
                found[slot].append(key)
            else:
                found[slot] = [key]
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
        return b"".join(self._stored)


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
        is_list = data[at] != slot
        end = at + (_LIST_BYTES if is_list else _HASH_BYTES)
        if not last < slot < SLOTS or end > len(data):
            raise StoreError(f"index page {name!r}: damaged")
        part = data[at:end]
        if is_list:
            is_right = part[1:33].hex().startswith(page.below(slot))
        else:
            is_right = len(name) < _MAX_DIGITS
        if not is_right:
            raise StoreError(f"index page {name!r}: damaged at {slot:x}")
        page.put_stored(slot, part)
        at, last = end, slot
    page.settle_all()
    if page.hash != want:
        raise StoreError(
            f"index page {name!r}: leads to {page.hash.hex()}, want {want.hex()}"
        )
    return page
