"""What a verifier of a whole ledger must remember of every entry, in few bytes.

A million entries as objects of their own would take gigabytes. Here each is one key and
one value of bytes: 240 bytes a statement, 200 a subject.
"""

import struct
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from ledger.apart import HASH_BYTES, identity_hash, list_key
from ledger.completeness import (
    EMPTY_INDEX_ROOT,
    inner_node_hash,
    key_prefix,
    list_start,
)
from ledger.replay import Occurrence

_NO_FINGERPRINT: Final = bytes(HASH_BYTES)
_PLACE: Final = struct.Struct(">QI")
FACTS_BYTES: Final = 1 + 2 * HASH_BYTES
_OCCURRENCE_BYTES: Final = _PLACE.size + FACTS_BYTES
_COUNT_BYTES: Final = 8
OCCURRENCE_RECORD_BYTES: Final = HASH_BYTES + _OCCURRENCE_BYTES
HEAD_RECORD_BYTES: Final = HASH_BYTES + _COUNT_BYTES + HASH_BYTES


def packed_place(index: int, party_number: int) -> bytes:
    """Return the beginning of what is remembered of a statement."""
    return _PLACE.pack(index, party_number)


def is_declaration(facts: bytes) -> bool:
    """Tell whether the facts are those of an error declaration."""
    return facts[0] == 1


class Remembered:
    """Logged statements by identity, as ``replay.Occurrences``, for all of a ledger."""

    def __init__(self) -> None:
        """Begin with none."""
        self.by_hash: dict[bytes, bytes] = {}
        self._numbers: dict[str, int] = {}
        self.parties: list[str] = []

    def add(self, identity: str, occurrence: Occurrence) -> None:
        """Remember that a statement with this identity was logged."""
        key = identity_hash(identity)
        place = packed_place(occurrence.index, self.party_number(occurrence.party))
        facts = b"".join(
            (
                b"\x01" if occurrence.is_declaration else b"\x00",
                occurrence.text_hash,
                occurrence.fingerprint or _NO_FINGERPRINT,
            )
        )
        self.by_hash[key] = self.by_hash.get(key, b"") + place + facts

    def find(self, identity: str) -> tuple[Occurrence, ...]:
        """Return the statements logged with this identity, oldest first."""
        told = self.by_hash.get(identity_hash(identity), b"")
        return tuple(
            self._occurrence(told[start : start + _OCCURRENCE_BYTES])
            for start in range(0, len(told), _OCCURRENCE_BYTES)
        )

    def party_number(self, party: str) -> int:
        """Return the number that stands for a party here."""
        number = self._numbers.get(party)
        if number is None:
            number = self._numbers[party] = len(self.parties)
            self.parties.append(party)
        return number

    @property
    def count(self) -> int:
        """Return how many statements are remembered."""
        return sum(map(len, self.by_hash.values())) // _OCCURRENCE_BYTES

    def records(self) -> Iterator[bytes]:
        """Yield each statement, the oldest of an identity first; parties by number."""
        for key, told in self.by_hash.items():
            for start in range(0, len(told), _OCCURRENCE_BYTES):
                yield key + told[start : start + _OCCURRENCE_BYTES]

    def put_record(self, record: bytes) -> None:
        """Remember what ``records`` gave."""
        key, told = record[:HASH_BYTES], record[HASH_BYTES:]
        self.by_hash[key] = self.by_hash[key] + told if key in self.by_hash else told

    def name_parties(self, parties: list[str]) -> None:
        """Say which parties the numbers in records stand for."""
        self.parties = list(parties)
        self._numbers = {party: number for number, party in enumerate(parties)}

    def _occurrence(self, told: bytes) -> Occurrence:
        index, number = _PLACE.unpack_from(told)
        facts = told[_PLACE.size :]
        return Occurrence(
            index=index,
            party=self.parties[number],
            text_hash=facts[1 : 1 + HASH_BYTES],
            fingerprint=facts[1 + HASH_BYTES :],
            is_declaration=is_declaration(facts),
        )


class ListHeads:
    """The completeness index, of which nothing is asked but its root.

    Of each list its length and chain are kept, one after the other as they are hashed.
    """

    def __init__(self, origin: str) -> None:
        """Begin an empty map.

        Args:
            origin: Name of the ledger, which every key depends on.
        """
        self.origin = origin
        self.heads: dict[bytes, bytes] = {}

    def __len__(self) -> int:
        """Return the number of lists."""
        return len(self.heads)

    def records(self) -> Iterator[bytes]:
        """Yield each list: key, length and chain."""
        for key, head in self.heads.items():
            yield key + head

    def put_record(self, record: bytes) -> None:
        """Keep what ``records`` gave."""
        self.heads[record[:HASH_BYTES]] = record[HASH_BYTES:]

    def append(self, subject: str, index: int) -> None:
        """Put the index of a statement at the end of a subject's list."""
        self.append_key(list_key(self.origin, subject), index)

    def append_key(self, key: bytes, index: int) -> None:
        """Put the index of a statement at the end of the list with a key."""
        head = self.heads.get(key)
        if head is None:
            count, chain = 1, list_start(key)
        else:
            count = int.from_bytes(head[:_COUNT_BYTES], "big") + 1
            chain = head[_COUNT_BYTES:]
        chain = sha256(chain + index.to_bytes(8, "big")).digest()
        self.heads[key] = count.to_bytes(_COUNT_BYTES, "big") + chain

    def root(self) -> bytes:
        """Return the root over all lists.

        The keys come in order, so every subtree is closed as soon as a key comes that
        shares less with the one before than all of it does.
        """
        open_nodes: list[tuple[int, bytes, bytes]] = []
        before, node = b"", EMPTY_INDEX_ROOT
        for key, leaf in self._leaves():
            if before:
                shared = _shared_bits(before, key)
                while open_nodes and open_nodes[-1][0] > shared:
                    length, prefix, left = open_nodes.pop()
                    node = inner_node_hash(length, prefix, left, node)
                open_nodes.append((shared, key_prefix(key, shared), node))
            before, node = key, leaf
        while open_nodes:
            length, prefix, left = open_nodes.pop()
            node = inner_node_hash(length, prefix, left, node)
        return node

    def _leaves(self) -> Iterator[tuple[bytes, bytes]]:
        heads = self.heads
        for key in sorted(heads):
            # As in ``completeness.list_leaf_hash``.
            yield key, sha256(b"\x10" + key + heads[key]).digest()


def _shared_bits(key: bytes, other: bytes) -> int:
    difference = int.from_bytes(key, "big") ^ int.from_bytes(other, "big")
    return 8 * HASH_BYTES - difference.bit_length()
