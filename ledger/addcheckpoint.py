r"""Parse and write the body of a request to a witness (C2SP tlog-witness).

A log asks a witness to cosign its checkpoint with the size that the witness has
cosigned before, the proof that the one tree extends the other, and the checkpoint,
verbatim. Only the form is judged here: what the proof shows and who has signed the
checkpoint is for ``witness``.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from ledger.encoding import decode_base64, encode_base64, parse_integer
from ledger.errors import AddCheckpointError, EncodingError

MAX_BODY_BYTES: Final = 65_536
"""Room for the longest proof and for a note with as many lines as we read."""
MAX_PROOF: Final = 63
"""What the format allows; no tree of fewer than 2**63 entries needs more."""

_OLD: Final = "old "
_HASH_BYTES: Final = 32


def origin_hash(origin: str) -> str:
    """Return what a log is called in a witness's paths.

    >>> origin_hash("ledger.example/log")[:16]
    'bdc1ad3be5123bf0'
    """
    return hashlib.sha256(origin.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """What a log sends to a witness. Nothing is verified yet.

    Attributes:
        old_size: The size that the witness cosigned last, zero if it never did.
        proof: That the checkpoint's tree extends the tree of that size.
        checkpoint: The signed note, verbatim.
    """

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: bytes

    def to_bytes(self) -> bytes:
        r"""Return the body, byte for byte what was parsed.

        >>> AddCheckpoint(0, (), b"ledger.example/log\n").to_bytes()
        b'old 0\n\nledger.example/log\n'
        """
        lines = [f"{_OLD}{self.old_size}", *map(encode_base64, self.proof)]
        return "\n".join(lines).encode() + b"\n\n" + self.checkpoint


def parse_add_checkpoint(data: bytes) -> AddCheckpoint:
    r"""Return the parts of a body; its checkpoint is left as it stands.

    Raises:
        AddCheckpointError: Not such a body, or one that is too long.

    >>> parse_add_checkpoint(b"old 7\n\nledger.example/log\n").old_size
    7
    """
    if len(data) > MAX_BODY_BYTES:
        raise AddCheckpointError(
            f"add-checkpoint: got {len(data)} bytes, want at most {MAX_BODY_BYTES}"
        )
    head, blank, checkpoint = data.partition(b"\n\n")
    if blank == b"":
        raise AddCheckpointError("add-checkpoint: no blank line before the checkpoint")
    try:
        old, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise AddCheckpointError(
            f"add-checkpoint: not ASCII at byte {error.start}"
        ) from error
    if not old.startswith(_OLD):
        raise AddCheckpointError("add-checkpoint: the first line is not: old <size>")
    if len(lines) > MAX_PROOF:
        raise AddCheckpointError(
            f"add-checkpoint: got {len(lines)} hashes, want at most {MAX_PROOF}"
        )
    try:
        old_size = parse_integer(old.removeprefix(_OLD))
        proof = tuple(decode_base64(line, _HASH_BYTES) for line in lines)
    except EncodingError as error:
        raise AddCheckpointError(f"add-checkpoint: {error}") from error
    return AddCheckpoint(old_size, proof, checkpoint)
