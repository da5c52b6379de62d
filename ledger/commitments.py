r"""Commit to a value that may have to be forgotten, and verify what was disclosed.

A statement carries the commitment; the value and its salt are kept beside the ledger,
where they can be erased. Without the salt nobody can find the value by trying likely
ones, so once it is gone the commitment says nothing, and every proof still holds.

``tests/support/reference/commitments.py`` holds the slow definition this is checked
against.
"""

import hashlib
from typing import Final

from ledger.errors import EncodingError, VerificationError

SALT_BYTES: Final = 32
_PREFIX: Final = b"caravan/commit/v1\n"


def commit(value: str, salt: bytes) -> bytes:
    """Return the 32 bytes that stand for a value.

    Args:
        value: Any text; it is taken as it is, not normalised.
        salt: 32 random bytes, fresh for each value and secret until it is disclosed.

    Raises:
        EncodingError: The salt is not 32 bytes, or the value has a lone surrogate.

    >>> commit("N 40.5", bytes(32)).hex()[:16]
    '60d198786fcdccaa'
    """
    if len(salt) != SALT_BYTES:
        raise EncodingError(f"salt: got {len(salt)} bytes, want {SALT_BYTES}")
    try:
        encoded = value.encode()
    except UnicodeEncodeError as error:
        raise EncodingError("value: a lone surrogate") from error
    length = len(encoded).to_bytes(4, "big")
    return hashlib.sha256(_PREFIX + salt + length + encoded).digest()


def verify_commitment(commitment: bytes, value: str, salt: bytes) -> None:
    """Verify that a commitment stands for a value.

    Raises:
        EncodingError: The salt is not 32 bytes, or the value has a lone surrogate.
        VerificationError: It stands for something else.

    >>> verify_commitment(commit("N 40.5", bytes(32)), "N 40.5", bytes(32))
    """
    if commit(value, salt) != commitment:
        raise VerificationError("commitment: stands for another value or salt")
