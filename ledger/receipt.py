r"""Parse and verify receipts: the proof that an entry is in the log (C2SP tlog-proof).

A receipt holds the entry's index, its inclusion proof and a checkpoint, verbatim. It
does not hold the entry, and the extra line is signed by nobody. Who has cosigned the
checkpoint is for ``policy`` to judge: a receipt with the log's signature alone is
*signed*, one whose checkpoint meets the quorum is *witnessed*.

``tests/support/reference/receipt.py`` holds the slow definition this is checked
against.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.checkpoint import SignedCheckpoint, open_checkpoint
from ledger.encoding import decode_base64, encode_base64, parse_integer
from ledger.errors import EncodingError, ReceiptFormatError
from ledger.merkle import leaf_hash, verify_inclusion
from ledger.note import VerifierKey

_HEADER: Final = "c2sp.org/tlog-proof@v1"
_EXTRA: Final = "extra "
_INDEX: Final = "index "
_HASH_BYTES: Final = 32
_MAX_PROOF: Final = 63  # no tree of fewer than 2**63 entries needs more


@dataclass(frozen=True, slots=True)
class Receipt:
    """The place of an entry in a log, and what proves it. Nothing is verified yet.

    Attributes:
        index: The entry's place, from zero.
        proof: Sibling hashes, lowest first.
        checkpoint: The signed note, verbatim.
        extra: Bytes of the application's own, which nobody signed; never empty.
    """

    index: int
    proof: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def to_bytes(self) -> bytes:
        """Return the receipt, byte for byte what was parsed."""
        lines = [_HEADER]
        if self.extra:
            lines.append(_EXTRA + encode_base64(self.extra))
        lines.append(f"{_INDEX}{self.index}")
        lines.extend(encode_base64(sibling) for sibling in self.proof)
        return "\n".join(lines).encode() + b"\n\n" + self.checkpoint


def spell_receipts(
    proofs: Mapping[int, Sequence[bytes]], checkpoint: bytes
) -> dict[int, bytes]:
    """Return the receipts of several entries, each as ``to_bytes`` gives it.

    Neighbours share nearly all hashes of their proofs: each is spelled once.

    Args:
        proofs: Inclusion proofs by index, under the checkpoint's size.
        checkpoint: The signed note, verbatim.

    >>> spell_receipts({3: ()}, b"") == {3: Receipt(3, (), b"").to_bytes()}
    True
    """
    lines: dict[bytes, str] = {}
    for proof in proofs.values():
        for sibling in proof:
            if sibling not in lines:
                lines[sibling] = f"\n{encode_base64(sibling)}"
    head, tail = f"{_HEADER}\n{_INDEX}", b"\n\n" + checkpoint
    return {
        index: f"{head}{index}{''.join([lines[h] for h in proof])}".encode() + tail
        for index, proof in proofs.items()
    }


def parse_receipt(data: bytes) -> Receipt:
    """Return the parts of a receipt; its checkpoint is left as it stands.

    Raises:
        ReceiptFormatError: Not a tlog-proof.
    """
    head, blank, checkpoint = data.partition(b"\n\n")
    if blank == b"":
        raise ReceiptFormatError("receipt: no blank line before the checkpoint")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise ReceiptFormatError(f"receipt: not ASCII at byte {error.start}") from error
    if lines.pop(0) != _HEADER:
        raise ReceiptFormatError(f"receipt: the first line is not {_HEADER}")
    try:
        extra = None
        if lines and lines[0].startswith(_EXTRA):
            extra = decode_base64(lines.pop(0).removeprefix(_EXTRA))
            if extra == b"":
                raise ReceiptFormatError("receipt: an extra line with nothing in it")
        if not lines or not lines[0].startswith(_INDEX):
            raise ReceiptFormatError("receipt: no index line")
        index = parse_integer(lines.pop(0).removeprefix(_INDEX))
        if len(lines) > _MAX_PROOF:
            raise ReceiptFormatError(
                f"receipt: got {len(lines)} hashes, want at most {_MAX_PROOF}"
            )
        proof = tuple(decode_base64(line, _HASH_BYTES) for line in lines)
    except EncodingError as error:
        raise ReceiptFormatError(f"receipt: {error}") from error
    return Receipt(index, proof, checkpoint, extra)


def verify_receipt(
    receipt: Receipt, entry: bytes, *, origin: str, log_keys: Sequence[VerifierKey]
) -> SignedCheckpoint:
    """Return the receipt's checkpoint, once it is seen to include an entry.

    Args:
        receipt: What the log handed out.
        entry: The exact bytes that were logged.
        origin: The log it must be of.
        log_keys: The keys that may sign for that log.

    Raises:
        NoteError: The checkpoint is not a signed note.
        CheckpointError: The note's text is not a checkpoint.
        WrongOriginError: The receipt is of another log.
        SignatureError: A listed key's line is false, or there twice.
        UnknownKeyError: No listed key has signed.
        VerificationError: The index is outside the tree.
        ProofShapeError: The proof has too many or too few hashes.
        RootMismatchError: The tree does not have this entry at this index.

    >>> from ledger.checkpoint import Checkpoint, sign_checkpoint
    >>> from ledger.note import NoteSigner
    >>> from ledger.signatures import SigningKey
    >>> signer = NoteSigner("ledger.example/log", SigningKey.from_seed(bytes(32)))
    >>> checkpoint = Checkpoint(signer.name, 1, leaf_hash(b"30 kg"))
    >>> receipt = Receipt(0, (), sign_checkpoint(checkpoint, [signer]))
    >>> signed = verify_receipt(
    ...     parse_receipt(receipt.to_bytes()), b"30 kg",
    ...     origin=signer.name, log_keys=[signer.vkey],
    ... )
    >>> signed.checkpoint.size
    1
    """
    signed = open_checkpoint(receipt.checkpoint, origin=origin, log_keys=log_keys)
    verify_inclusion(
        leaf_hash(entry),
        index=receipt.index,
        tree_size=signed.checkpoint.size,
        proof=receipt.proof,
        root=signed.checkpoint.root,
    )
    return signed
