"""Sign and verify with Ed25519 (RFC 8032) under one rule.

Libraries disagree about crafted signatures: of C2SP CCTV's 914 hostile vectors
libsodium accepts 43, OpenSSL and Chromium 208. Refusing the 14 low-order encodings
first, as the key or as the first half of the signature, makes them agree on all.
Without that one statement could be true on a phone and false at the auditor's.

This is the only module that knows a signature library.
``scanner_web/verify/signatures.js`` is the twin for the browser, and
``tests/support/reference/signatures.py`` the slow definition this is checked against.
"""

from functools import lru_cache
from typing import Final, Self

from nacl import bindings
from nacl.exceptions import CryptoError

from ledger.errors import SignatureError

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64

# The field's prime and the order of the base point (RFC 8032, section 5.1).
_P: Final = 2**255 - 19
_L: Final = 2**252 + 27742317777372353535851937790883648493

# Every encoding, canonical or not, of a point whose order divides eight, as listed in
# C2SP CCTV, ed25519/README.md.
LOW_ORDER_ENCODINGS: Final = frozenset(
    bytes.fromhex(encoding)
    for encoding in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    )
)


@lru_cache(maxsize=16_384)
def check_public_key(key: bytes) -> None:
    """Refuse bytes that no honest public key is.

    A key that is no point of the curve passes: it can verify nothing, and finding out
    takes arithmetic that a browser does not offer.

    Raises:
        SignatureError: Not 32 bytes, not canonical, or of low order.

    >>> check_public_key(bytes(32))
    Traceback (most recent call last):
    ledger.errors.SignatureError: public key: of low order
    """
    if len(key) != KEY_BYTES:
        raise SignatureError(f"public key: got {len(key)} bytes, want {KEY_BYTES}")
    if key in LOW_ORDER_ENCODINGS:
        raise SignatureError("public key: of low order")
    # The top bit is the sign of x; the other 255 are y.
    if int.from_bytes(key, "little") % 2**255 >= _P:
        raise SignatureError("public key: not canonical")


def verify_signature(key: bytes, message: bytes, signature: bytes) -> None:
    """Verify one Ed25519 signature under the one rule.

    Raises:
        SignatureError: The key, the form of the signature or the signature is bad.

    >>> signer = SigningKey.from_seed(bytes(32))
    >>> verify_signature(signer.public_key, b"30 kg", signer.sign(b"30 kg"))
    """
    check_public_key(key)
    if len(signature) != SIGNATURE_BYTES:
        raise SignatureError(
            f"signature: got {len(signature)} bytes, want {SIGNATURE_BYTES}"
        )
    if signature[:32] in LOW_ORDER_ENCODINGS:
        raise SignatureError("signature: its first half is of low order")
    # Nearly every honest one is below 2**252, which its last byte tells.
    if signature[63] >> 4 and int.from_bytes(signature[32:], "little") >= _L:
        raise SignatureError("signature: its second half is not below the group order")
    try:
        bindings.crypto_sign_open(signature + message, key)
    except CryptoError as error:
        raise SignatureError("signature: does not verify") from error


class SigningKey:
    """An Ed25519 private key."""

    __slots__ = ("_secret", "public_key")

    def __init__(self, seed: bytes) -> None:
        """Make the key that belongs to a seed of 32 bytes.

        Raises:
            ValueError: The seed is not 32 bytes.
        """
        if len(seed) != KEY_BYTES:
            raise ValueError(f"seed: got {len(seed)} bytes, want {KEY_BYTES}")
        self.public_key, self._secret = bindings.crypto_sign_seed_keypair(seed)

    @classmethod
    def from_seed(cls, seed: bytes) -> Self:
        """Make the key that belongs to a seed of 32 bytes.

        Raises:
            ValueError: The seed is not 32 bytes.

        >>> SigningKey.from_seed(bytes(32)).public_key.hex()[:16]
        '3b6a27bcceb6a42d'
        """
        return cls(seed)

    @classmethod
    def generate(cls) -> Self:
        """Make a new key from the system's randomness."""
        return cls(bindings.randombytes(KEY_BYTES))

    @property
    def seed(self) -> bytes:
        """The 32 secret bytes that the key is made from."""
        return self._secret[:KEY_BYTES]

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature of a message."""
        return bindings.crypto_sign(message, self._secret)[:SIGNATURE_BYTES]

    def __repr__(self) -> str:
        """Name the key by its public half; the secret is never shown."""
        return f"SigningKey(public_key={self.public_key.hex()})"
