"""Parse, sign and open checkpoints (C2SP tlog-checkpoint).

A checkpoint says: at this size, the log of this origin has this root. It is a signed
note of three lines. Ours carries no extension lines, and a checkpoint that does is
refused: nobody could audit what they say. Times come from seals and cosignatures.

``scanner_web/verify/checkpoint.js`` is the twin for the browser, and
``tests/support/reference/checkpoint.py`` the slow definition this is checked against.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.encoding import decode_base64, encode_base64, parse_integer
from ledger.errors import (
    CheckpointError,
    EncodingError,
    SignatureError,
    UnknownKeyError,
    WrongOriginError,
)
from ledger.note import (
    Note,
    Signer,
    VerifierKey,
    parse_note,
    sign_note,
    verify_note_signature,
)

_ROOT_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log claims about itself: its origin, its size and its root hash."""

    origin: str
    size: int
    root: bytes

    def to_text(self) -> bytes:
        """Return the note text, the bytes that are signed."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n".encode()


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint that keys the reader listed have signed.

    Attributes:
        checkpoint: What is claimed.
        note: The note it came in, with lines of keys that were not listed.
        signed_by: Labels of the listed keys that signed, in the order of their lines.
    """

    checkpoint: Checkpoint
    note: Note
    signed_by: tuple[str, ...]

    @property
    def text(self) -> bytes:
        """The note text, which cosignatures cover too."""
        return self.note.text


def parse_checkpoint(text: bytes) -> Checkpoint:
    r"""Return the checkpoint that a note's text is.

    Any origin is taken: which one it must be, the reader knows.

    Raises:
        CheckpointError: Not three lines of an origin, a size and a root hash.

    >>> root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    >>> parse_checkpoint(f"ledger.example/log\n0\n{root}\n".encode()).size
    0
    """
    try:
        lines = text.decode().split("\n")
    except UnicodeDecodeError as error:
        raise CheckpointError(f"checkpoint: not UTF-8 at byte {error.start}") from error
    if lines.pop() != "" or len(lines) != 3:
        raise CheckpointError("checkpoint: want three lines, each with its newline")
    origin, size, root = lines
    if origin == "":
        raise CheckpointError("checkpoint: the origin is empty")
    try:
        return Checkpoint(origin, parse_integer(size), decode_base64(root, _ROOT_BYTES))
    except EncodingError as error:
        raise CheckpointError(f"checkpoint: {error}") from error


def sign_checkpoint(checkpoint: Checkpoint, signers: Iterable[Signer]) -> bytes:
    """Return the signed note of a checkpoint, with a line of each ledger key.

    Raises:
        NoteError: There are no signers.
        WrongOriginError: A signer's name is not the origin.

    >>> from ledger.note import NoteSigner
    >>> from ledger.signatures import SigningKey
    >>> signer = NoteSigner("ledger.example/log", SigningKey.from_seed(bytes(32)))
    >>> note = sign_checkpoint(Checkpoint("ledger.example/log", 1, bytes(32)), [signer])
    >>> open_checkpoint(
    ...     note, origin="ledger.example/log", log_keys=[signer.vkey]
    ... ).signed_by
    ('ledger.example/log+b3898635',)
    """
    signers = tuple(signers)
    for signer in signers:
        if signer.vkey.name != checkpoint.origin:
            raise WrongOriginError(
                f"checkpoint: got a key of {signer.vkey.name}, want {checkpoint.origin}"
            )
    return sign_note(checkpoint.to_text(), signers).to_bytes()


def open_checkpoint(
    note: bytes, *, origin: str, log_keys: Sequence[VerifierKey]
) -> SignedCheckpoint:
    """Return the checkpoint in a note, once a listed key is seen to have signed it.

    Lines of other keys are ignored, also those that bear the log's own name with
    another key id. A line of a listed key has to hold, and to be there once: whoever
    holds the key cannot have meant it otherwise.

    Args:
        note: The signed note.
        origin: The log it must be of.
        log_keys: The keys that may sign for that log.

    Raises:
        NoteError: Not a signed note.
        CheckpointError: Its text is not a checkpoint.
        WrongOriginError: It is of another log.
        SignatureError: A listed key's line is false, or there twice.
        UnknownKeyError: No listed key has signed.
    """
    parsed = parse_note(note)
    checkpoint = parse_checkpoint(parsed.text)
    if checkpoint.origin != origin:
        raise WrongOriginError(f"checkpoint: got {checkpoint.origin}, want {origin}")
    keys = {(vkey.name, vkey.key_id): vkey for vkey in log_keys}
    signed_by: list[str] = []
    for line in parsed.signatures:
        vkey = keys.get((line.name, line.key_id))
        if vkey is None:
            continue
        if vkey.label in signed_by:
            raise SignatureError(f"checkpoint: {vkey.label} signed twice")
        verify_note_signature(vkey, parsed.text, line)
        signed_by.append(vkey.label)
    if not signed_by:
        wanted = ", ".join(vkey.label for vkey in log_keys) or "none is known"
        raise UnknownKeyError(f"checkpoint: no line of a key of this log: {wanted}")
    return SignedCheckpoint(checkpoint, parsed, tuple(signed_by))
