r"""Cosign checkpoints and verify cosignatures (C2SP tlog-cosignature, Ed25519, 0x04).

A cosignature says: at this time, this was the largest consistent tree I had seen of
this log. Its message begins with a line of its own, so that it is never a note's
signature, and a key that cosigns has another type, and so another id, than one that
signs notes. The message does not hold the cosigner's name: a policy in which two names
share a key is refused there.

``scanner_web/verify/cosignature.js`` is the twin for the browser, and
``tests/support/reference/cosignature.py`` the slow definition this is checked against.
"""

from dataclasses import dataclass
from typing import Final

from ledger.checkpoint import parse_checkpoint
from ledger.errors import SignatureError
from ledger.note import (
    COSIGNATURE,
    NoteSignature,
    VerifierKey,
    check_key_name,
    check_signature_names_key,
    verifier_key,
)
from ledger.signatures import SIGNATURE_BYTES, SigningKey, verify_signature

MAX_TIMESTAMP: Final = 2**63 - 1
_TIMESTAMP_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness's key and the name it cosigns under.

    Raises:
        NoteError: The name is not in our grammar.
    """

    name: str
    key: SigningKey

    def __post_init__(self) -> None:
        """Refuse names that are not ours to give."""
        check_key_name(self.name)

    @property
    def vkey(self) -> VerifierKey:
        """The public key that verifies what this cosigns."""
        return verifier_key(self.name, COSIGNATURE, self.key.public_key)


def cosignature_message(timestamp: int, text: bytes) -> bytes:
    r"""Return the bytes that a cosigner signs.

    Args:
        timestamp: Seconds since 1970-01-01T00:00:00Z.
        text: The checkpoint's note text, final newline included.

    Raises:
        ValueError: The timestamp does not fit 63 bits.

    >>> cosignature_message(1679315147, b"ledger.example/log\n")
    b'cosignature/v1\ntime 1679315147\nledger.example/log\n'
    """
    if not 0 <= timestamp <= MAX_TIMESTAMP:
        raise ValueError(f"timestamp: got {timestamp}, want 0 to {MAX_TIMESTAMP}")
    return f"cosignature/v1\ntime {timestamp}\n".encode() + text


def sign_cosignature(cosigner: Cosigner, timestamp: int, text: bytes) -> NoteSignature:
    r"""Return the line that cosigns a checkpoint's text.

    Raises:
        CheckpointError: The text is not a checkpoint; a cosigner signs nothing else.
        ValueError: The timestamp does not fit 63 bits.

    >>> cosigner = Cosigner("witness.example/w1", SigningKey.from_seed(bytes(32)))
    >>> root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    >>> text = f"ledger.example/log\n0\n{root}\n".encode()
    >>> line = sign_cosignature(cosigner, 1679315147, text)
    >>> verify_cosignature(cosigner.vkey, text, line)
    1679315147
    """
    parse_checkpoint(text)
    signature = cosigner.key.sign(cosignature_message(timestamp, text))
    blob = timestamp.to_bytes(_TIMESTAMP_BYTES, "big") + signature
    return NoteSignature(cosigner.name, cosigner.vkey.key_id, blob)


def verify_cosignature(vkey: VerifierKey, text: bytes, signature: NoteSignature) -> int:
    """Return the time of a cosignature, in seconds since 1970, once it is verified.

    Args:
        vkey: The cosigner's key.
        text: The checkpoint's note text.
        signature: The line of the note.

    Raises:
        UnknownKeyError: The line names another key.
        SignatureError: The key is not for cosignatures, or the line is false.
    """
    check_signature_names_key(vkey, signature)
    if vkey.kind != COSIGNATURE:
        raise SignatureError(f"{vkey.label}: a key of type {vkey.kind} does not cosign")
    if len(signature.signature) != _TIMESTAMP_BYTES + SIGNATURE_BYTES:
        raise SignatureError(
            f"{vkey.label}: got {len(signature.signature)} bytes, "
            f"want {_TIMESTAMP_BYTES + SIGNATURE_BYTES}"
        )
    timestamp = int.from_bytes(signature.signature[:_TIMESTAMP_BYTES], "big")
    if timestamp > MAX_TIMESTAMP:
        raise SignatureError(f"{vkey.label}: its time does not fit 63 bits")
    message = cosignature_message(timestamp, text)
    try:
        verify_signature(vkey.key, message, signature.signature[_TIMESTAMP_BYTES:])
    except SignatureError as error:
        raise SignatureError(f"{vkey.label}: {error}") from error
    return timestamp
