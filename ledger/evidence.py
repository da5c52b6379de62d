"""Evidence of a split view: two signed checkpoints that no one history has both of.

One document holds all that anybody needs to see it: the two notes and, if their sizes
differ, the root that the larger tree has at the smaller size, with the proof of that.
It is worth showing only if keys of the log signed both, and if the two exclude each
other; whatever else a document says proves nothing, and is refused.

Pure functions over bytes: no storage, no clock, no network.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.checkpoint import (
    Checkpoint,
    SignedCheckpoint,
    open_checkpoint,
    parse_checkpoint,
)
from ledger.encoding import (
    Json,
    canonical,
    decode_base64,
    encode_base64,
    parse_canonical,
)
from ledger.errors import (
    EncodingError,
    EvidenceError,
    MalformedError,
    UnknownVersionError,
    VerificationError,
)
from ledger.merkle import (
    HASH_BYTES,
    HashReader,
    consistency_proof,
    node_hash,
    tree_root,
    verify_consistency,
)
from ledger.note import VerifierKey, parse_note

FORMAT: Final = "caravan/split-view/v1"
_FAMILY: Final = "caravan/split-view/"
_MEMBERS: Final = {"first", "format", "proof", "root", "second"}


@dataclass(frozen=True, slots=True)
class SplitView:
    """Two checkpoints of one log, and what shows that they exclude each other.

    Attributes:
        first: The one of the smaller size, a signed note; either, if they are equal.
        second: The other, a signed note.
        root: What the second's tree has at the first's size; None if the sizes are
            equal.
        proof: That the second's tree has that root there (RFC 6962, consistency).
    """

    first: bytes
    second: bytes
    root: bytes | None
    proof: tuple[bytes, ...]

    def to_bytes(self) -> bytes:
        """Return the document, canonical JSON."""
        return canonical(
            {
                "first": self.first.decode(),
                "format": FORMAT,
                "proof": [encode_base64(node) for node in self.proof],
                "root": None if self.root is None else encode_base64(self.root),
                "second": self.second.decode(),
            }
        )


@dataclass(frozen=True, slots=True)
class TwoHistories:
    """What a document has proven: keys of a log signed two histories.

    Attributes:
        first: The checkpoint of the smaller size.
        second: The other.
        root: What the second's tree has at the first's size; it is not the first's.
    """

    first: SignedCheckpoint
    second: SignedCheckpoint
    root: bytes

    @property
    def origin(self) -> str:
        """The log that both are of."""
        return self.first.checkpoint.origin

    @property
    def signed_both(self) -> tuple[str, ...]:
        """Labels of the keys that signed both; none if each has a key of its own."""
        return tuple(
            label for label in self.first.signed_by if label in self.second.signed_by
        )


def parse_split_view(data: bytes) -> SplitView:
    """Return the evidence that a document holds; nothing of it is judged yet.

    Raises:
        UnknownVersionError: It is evidence of another version.
        EvidenceError: It is not this kind of evidence.
    """
    try:
        document = parse_canonical(data)
    except EncodingError as error:
        raise EvidenceError(f"evidence: {error}") from error
    version = document.get("format")
    if version != FORMAT:
        if isinstance(version, str) and version.startswith(_FAMILY):
            raise UnknownVersionError(f"evidence: got {version}, want {FORMAT}")
        raise EvidenceError(f"format: want {FORMAT}", pointer="/format")
    odd = sorted(document.keys() ^ _MEMBERS)
    if odd:
        raise EvidenceError(f"evidence: missing or unknown members: {', '.join(odd)}")
    proof = document["proof"]
    if not isinstance(proof, list):
        raise EvidenceError("/proof: want an array", pointer="/proof")
    root = document["root"]
    return SplitView(
        first=_text(document["first"], "/first").encode(),
        second=_text(document["second"], "/second").encode(),
        root=None if root is None else _hash(root, "/root"),
        proof=tuple(_hash(node, f"/proof/{at}") for at, node in enumerate(proof)),
    )


def split_view(first: bytes, second: bytes, read: HashReader) -> SplitView:
    """Return the evidence that two checkpoints exclude each other.

    Whose signatures they bear is not judged here.

    Args:
        first: One checkpoint, a signed note.
        second: Another; which of the two is older does not matter.
        read: Reader of complete subtrees of the larger one's tree. It is not asked
            anything if the sizes are equal.

    Raises:
        EvidenceError: They do not exclude each other, or what is read is not the tree
            of the larger one.
        MalformedError: One is not a checkpoint.
    """
    older, newer = _checkpoint(first), _checkpoint(second)
    if older.size > newer.size:
        first, second, older, newer = second, first, newer, older
    evidence = SplitView(first, second, None, ())
    if older.size < newer.size:
        evidence = SplitView(
            first,
            second,
            tree_root(older.size, read),
            consistency_proof(older.size, newer.size, read),
        )
    _check_excludes(evidence, older, newer)
    return evidence


def split_view_of_leaves(
    first: bytes, second: bytes, leaves: Iterable[bytes]
) -> SplitView:
    """Return the evidence, as ``split_view`` does, from all leaves of the larger tree.

    Args:
        first: One checkpoint, a signed note.
        second: Another.
        leaves: Leaf hashes of the larger one's tree, in order; they are read once.

    Raises:
        EvidenceError: They do not exclude each other, or these are not the leaves of
            the larger one's tree.
        MalformedError: One is not a checkpoint.
    """
    small, large = sorted((_checkpoint(first).size, _checkpoint(second).size))
    hashes = ProofHashes(small, large)
    for leaf in leaves:
        hashes.append(leaf)
    return split_view(first, second, hashes.read)


class ProofHashes:
    """The few hashes of a growing tree that a consistency proof needs.

    >>> from ledger.merkle import leaf_hash
    >>> hashes = ProofHashes(1, 2)
    >>> for entry in (b"olives", b"dates"):
    ...     hashes.append(leaf_hash(entry))
    >>> consistency_proof(1, 2, hashes.read) == (leaf_hash(b"dates"),)
    True
    """

    def __init__(
        self, old_size: int, new_size: int, peaks: Sequence[bytes] = (), size: int = 0
    ) -> None:
        """Begin with the empty tree, or with what there is already.

        Args:
            old_size: Size whose root is wanted.
            new_size: Size of the tree to be proven to have that root.
            peaks: The complete subtrees over the leaves that there are, largest first.
            size: How many leaves those are; not more than the old size.
        """
        self._found: dict[tuple[int, int], bytes | None] = {}
        self._peaks: list[bytes] = []
        self._size = size

        def note_down(level: int, index: int) -> bytes:
            self._found[level, index] = None
            return bytes(HASH_BYTES)

        tree_root(old_size, note_down)
        consistency_proof(old_size, new_size, note_down)
        low = 0
        for peak in peaks:
            level = (size - low).bit_length() - 1
            self._keep(level, low >> level, peak)
            self._peaks.append(peak)
            low += 1 << level

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash on the right."""
        node, level, index = leaf, 0, self._size
        self._keep(level, index, node)
        while index & 1:
            node = node_hash(self._peaks.pop(), node)
            level, index = level + 1, index >> 1
            self._keep(level, index, node)
        self._peaks.append(node)
        self._size += 1

    def read(self, level: int, index: int) -> bytes:
        """Return one of the hashes, as ``ledger.merkle`` asks for them.

        Raises:
            EvidenceError: The leaves did not reach that far.
        """
        node = self._found.get((level, index))
        if node is None:
            raise EvidenceError(f"leaves: got {self._size}, want those of both trees")
        return node

    def _keep(self, level: int, index: int, node: bytes) -> None:
        if (level, index) in self._found:
            self._found[level, index] = node


def verify_split_view(
    evidence: SplitView, *, log_keys: Sequence[VerifierKey], origin: str | None = None
) -> TwoHistories:
    """Return the two histories, once it is seen that keys of the log signed both.

    Args:
        evidence: What somebody shows.
        log_keys: The keys that may sign for that log; those of other names count for
            nothing.
        origin: The log it must be of; None takes that of the first checkpoint.

    Raises:
        EvidenceError: It proves nothing: a checkpoint is none, is of another log, has
            no signature of a listed key or a false one, or the two do not exclude each
            other.
    """
    try:
        if origin is None:
            origin = _checkpoint(evidence.first).origin
        keys = [vkey for vkey in log_keys if vkey.name == origin]
        first = open_checkpoint(evidence.first, origin=origin, log_keys=keys)
        second = open_checkpoint(evidence.second, origin=origin, log_keys=keys)
    except (MalformedError, VerificationError) as error:
        raise EvidenceError(f"proves nothing: {error}") from error
    root = _check_excludes(evidence, first.checkpoint, second.checkpoint)
    return TwoHistories(first, second, root)


def _check_excludes(
    evidence: SplitView, first: Checkpoint, second: Checkpoint
) -> bytes:
    """Return the root of the second's tree at the first's size, which the first denies.

    Raises:
        EvidenceError: One history may have both.
    """
    if first.size == second.size:
        if evidence.root is not None or evidence.proof:
            raise EvidenceError("proves nothing: equal sizes need no root and no proof")
        root = second.root
    elif evidence.root is None:
        raise EvidenceError("proves nothing: no root at the first's size")
    else:
        root = evidence.root
        try:
            verify_consistency(
                old_size=first.size,
                new_size=second.size,
                old_root=root,
                new_root=second.root,
                proof=evidence.proof,
            )
        except VerificationError as error:
            raise EvidenceError(f"proves nothing: {error}") from error
    if root == first.root:
        raise EvidenceError("proves nothing: the second continues the first")
    return root


def _checkpoint(note: bytes) -> Checkpoint:
    return parse_checkpoint(parse_note(note).text)


def _text(value: Json, pointer: str) -> str:
    if not isinstance(value, str):
        raise EvidenceError(f"{pointer}: want text", pointer=pointer)
    return value


def _hash(value: Json, pointer: str) -> bytes:
    try:
        return decode_base64(_text(value, pointer), length=HASH_BYTES)
    except EncodingError as error:
        raise EvidenceError(f"{pointer}: {error}", pointer=pointer) from error
