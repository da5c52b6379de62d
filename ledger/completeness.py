r"""Completeness proofs: this list is all there is about a subject (blueprint, 3.5).

The completeness index is a Merkle map from subject to the ordered list of indices of
all statements about it: a compressed binary prefix trie over the hashes of the
subjects. Here are its hashes and the proofs under its root; ``index`` is the map
itself. Whether a root is right is the claim of the seal that carries it, until somebody
replays the ledger.

Pure functions over bytes. ``scanner_web/verify/completeness.js`` is the twin for the
browser, and ``tests/support/reference/index.py`` the slow, recursive definition.
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from ledger.encoding import Json, decode_base64
from ledger.errors import EncodingError, IncompleteError, ProofShapeError

EMPTY_INDEX_ROOT: Final = bytes(32)
ALARM_SUFFIX: Final = "#alarm"
"""What a subject's list of alarm statements is indexed under, behind its name."""

_KEY_BITS: Final = 256
_HASH_BYTES: Final = 32
_MAX_INDEX: Final = 2**63 - 1
_OWN_LEAF: Final = "."
_INNER_HEADS: Final = tuple(b"\x11" + n.to_bytes(2, "big") for n in range(_KEY_BITS))


def subject_key(origin: str, subject: str) -> bytes:
    """Return the key under which a ledger lists a subject.

    >>> subject_key("example.org/milk", "registrar").hex()[:16]
    'e3e797c8c9bae2c2'
    """
    text = f"caravan/subject/v1\n{origin}\n{subject}"
    return hashlib.sha256(text.encode()).digest()


def list_start(key: bytes) -> bytes:
    """Return the chain of an empty list, chain(0)."""
    return hashlib.sha256(b"caravan/list/v1\n" + key).digest()


def list_next(chain: bytes, index: int) -> bytes:
    """Return the chain of a list with one index more, chain(k+1)."""
    return hashlib.sha256(chain + index.to_bytes(8, "big")).digest()


def list_leaf_hash(key: bytes, count: int, chain: bytes) -> bytes:
    """Return the hash of a subject's list: a leaf of the trie."""
    return hashlib.sha256(b"\x10" + key + count.to_bytes(8, "big") + chain).digest()


def inner_node_hash(length: int, prefix: bytes, left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node of the trie.

    Args:
        length: How many bits all keys below share.
        prefix: These bits, zero-padded to 32 bytes.
        left: Hash of what continues with 0.
        right: Hash of what continues with 1.
    """
    head = _INNER_HEADS[length]
    return hashlib.sha256(b"".join((head, prefix, left, right))).digest()


def key_prefix(key: bytes, length: int) -> bytes:
    """Return the first bits of a key, zero-padded to 32 bytes.

    >>> key_prefix(bytes([0xFF] * 32), 12).hex()[:6]
    'fff000'
    """
    dropped = _KEY_BITS - length
    return (int.from_bytes(key, "big") >> dropped << dropped).to_bytes(32, "big")


def key_bit(key: bytes, place: int) -> int:
    """Return one bit of a key, counted from the most significant of byte 0."""
    return key[place >> 3] >> (7 - (place & 7)) & 1


def listed_under(subjects: Iterable[str], *, is_alarm: bool) -> tuple[str, ...]:
    """Return everything that a statement about these subjects is listed under.

    >>> listed_under(["registrar"], is_alarm=True)
    ('registrar', 'registrar#alarm')
    """
    named = tuple(subjects)
    if not is_alarm:
        return named
    return named + tuple(subject + ALARM_SUFFIX for subject in named)


def verify_lists(
    root: bytes,
    *,
    origin: str,
    lists: Mapping[str, Sequence[int]],
    proof: Sequence[Json],
) -> None:
    """Verify that these are all statements listed under some names.

    Args:
        root: The index root of a seal.
        origin: The ledger.
        lists: The whole list of each name; ``[]`` where there is none. What is listed
            under a name that is not here is left open.
        proof: The tokens of the walk that leads to all of them (``docs/formats.md``,
            section 11).

    Raises:
        ProofShapeError: The tokens are no walk that leads to these names.
        IncompleteError: A list is not the one under this root, or not ascending; a name
            has none that is said to have one, or the other way round.

    >>> origin, key = "a.example", subject_key("a.example", "registrar")
    >>> root = list_leaf_hash(key, 1, list_next(list_start(key), 0))
    >>> verify_lists(root, origin=origin, lists={"registrar": [0]}, proof=["."])
    """
    if not lists:
        raise ProofShapeError("lists: want at least one name")
    wanted = sorted(_Wanted.of(origin, name, lists[name]) for name in lists)
    reader = _Reader(proof)
    got = reader.walk(wanted, 0) if proof else _empty_root(wanted)
    reader.check_end()
    if got != root:
        raise IncompleteError(
            f"{next(iter(lists))}: the proof leads to {got.hex()}, want {root.hex()}"
        )


@dataclass(frozen=True, slots=True, order=True)
class _Wanted:
    """A name on its way down, with the hash of the list it is said to have."""

    key: bytes
    name: str
    leaf: bytes
    """Empty if it is said to have none."""

    @classmethod
    def of(cls, origin: str, name: str, indices: Sequence[int]) -> Self:
        """Hash a list; refuse one that no ledger can have."""
        try:
            key = subject_key(origin, name)
        except UnicodeEncodeError as error:
            raise ProofShapeError("name: want Unicode text") from error
        last = -1
        chain = list_start(key)
        for index in indices:
            # True is an integer here, and none in the other language.
            if type(index) is not int or not last < index <= _MAX_INDEX:
                raise IncompleteError(
                    f"{name}: got {index} after {last}, "
                    f"want ascending indices up to {_MAX_INDEX}"
                )
            last = index
            chain = list_next(chain, index)
        leaf = list_leaf_hash(key, len(indices), chain) if indices else b""
        return cls(key, name, leaf)


class _Reader:
    """Takes the tokens of a walk one by one; each is used once.

    What is wanted comes sorted by key. A key leads to one place of the map only: on
    the way down prefixes grow, and every key of a subtree begins with its prefix. So
    whoever finds two proofs, one of a list and one of none, has found a collision of
    SHA-256.
    """

    def __init__(self, proof: Sequence[Json]) -> None:
        """Begin at the first token."""
        self._proof = proof
        self._at = 0

    def walk(self, wanted: Sequence[_Wanted], depth: int) -> bytes:
        """Return the hash of the subtree that these lead into.

        Args:
            wanted: At least one; all share their first bits.
            depth: How many: the prefix above and the bit taken.
        """
        token = self._next()
        if token == _OWN_LEAF:
            return _own_leaf(wanted)
        if isinstance(token, list) and len(token) == 3:
            return _other_leaf(token, wanted, depth)
        if isinstance(token, list) and len(token) == 2:
            length = _length(token[0], depth)
            prefix = _hash(token[1])
            below = _below(length, prefix, wanted, depth)
        else:
            length = _length(token, depth)
            prefix = key_prefix(wanted[0].key, length)
            if key_prefix(wanted[-1].key, length) != prefix:
                raise ProofShapeError(f"node: its names do not share {length} bits")
            below = wanted
        split = bisect_left(below, 1, key=lambda each: key_bit(each.key, length))
        zeros, ones = below[:split], below[split:]
        # At most 256 levels deep: the length grows with each.
        left = self.walk(zeros, length + 1) if zeros else _hash(self._next())
        right = self.walk(ones, length + 1) if ones else _hash(self._next())
        return inner_node_hash(length, prefix, left, right)

    def check_end(self) -> None:
        """Refuse what is left over."""
        if self._at != len(self._proof):
            raise ProofShapeError(
                f"proof: got {len(self._proof)} tokens, want {self._at}"
            )

    def _next(self) -> Json:
        if self._at == len(self._proof):
            raise ProofShapeError(f"proof: got {self._at} tokens, want more")
        self._at += 1
        return self._proof[self._at - 1]


def _empty_root(wanted: Iterable[_Wanted]) -> bytes:
    _refuse_listed(wanted)
    return EMPTY_INDEX_ROOT


def _own_leaf(wanted: Sequence[_Wanted]) -> bytes:
    listed = [each for each in wanted if each.leaf]
    if len(listed) != 1:
        names = ", ".join(each.name for each in wanted)
        raise IncompleteError(f"leaf: stands for {len(listed)} lists of {names}")
    return listed[0].leaf


def _other_leaf(token: Sequence[Json], wanted: Sequence[_Wanted], depth: int) -> bytes:
    key, count, chain = _hash(token[0]), _integer(token[1]), _hash(token[2])
    if not 1 <= count <= _MAX_INDEX:
        raise ProofShapeError("leaf: want a list of at least one")
    if key_prefix(key, depth) != key_prefix(wanted[0].key, depth):
        raise ProofShapeError("leaf: stands where no path of its key leads")
    _refuse_listed(wanted)
    if any(each.key == key for each in wanted):
        raise IncompleteError("leaf: of a name that is said to have no list")
    return list_leaf_hash(key, count, chain)


def _below(
    length: int, prefix: bytes, wanted: Sequence[_Wanted], depth: int
) -> Sequence[_Wanted]:
    """Return what begins with a node's prefix, once the rest is found absent."""
    if key_prefix(prefix, length) != prefix:
        raise ProofShapeError("node: its prefix is not padded with zeros")
    if key_prefix(prefix, depth) != key_prefix(wanted[0].key, depth):
        raise ProofShapeError("node: stands where no path of its keys leads")

    def beginning(each: _Wanted) -> bytes:
        return key_prefix(each.key, length)

    start = bisect_left(wanted, prefix, key=beginning)
    end = bisect_right(wanted, prefix, key=beginning)
    if end - start == len(wanted):
        raise ProofShapeError("node: its prefix is told where all names have it")
    _refuse_listed((*wanted[:start], *wanted[end:]))
    return wanted[start:end]


def _refuse_listed(absent: Iterable[_Wanted]) -> None:
    for each in absent:
        if each.leaf:
            raise IncompleteError(f"{each.name}: its list is not in the index")


def _length(value: Json, depth: int) -> int:
    length = _integer(value)
    if not depth <= length < _KEY_BITS:
        raise ProofShapeError(
            f"node: got a prefix of {length} bits, want {depth} to {_KEY_BITS - 1}"
        )
    return length


def _integer(value: Json) -> int:
    if type(value) is not int:
        raise ProofShapeError("proof: want an integer")
    return value


def _hash(value: Json) -> bytes:
    if not isinstance(value, str):
        raise ProofShapeError("proof: want a hash in base64")
    try:
        return decode_base64(value, length=_HASH_BYTES)
    except EncodingError as error:
        raise ProofShapeError(f"proof: {error}") from error
