"""Keep private keys in files, one key a file.

A key file is a vkey on the first line, so that it names itself, and the private key as
PKCS#8 PEM (RFC 5958, RFC 7468), which OpenSSL reads and writes. A file without the
first line, as ``openssl genpkey -algorithm ed25519`` makes it, is read when the caller
gives the name.

A key file is trusted: whoever reads it and knows the passphrase can sign as its owner.
The passphrase is stretched only a little, so a short one can be guessed from a copy of
the file.
"""

import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from ledger.cosignature import Cosigner
from ledger.errors import KeyFileError, NoteError
from ledger.note import COSIGNATURE, ED25519, NoteSigner, parse_vkey
from ledger.signatures import SigningKey

_PEM_START: Final = b"-----BEGIN "
_ENCRYPTED: Final = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
_MAX_BYTES: Final = 65536  # of a file that is a key; of any other, enough to say so


def generate(name: str) -> NoteSigner:
    """Make a new key that signs notes under a name.

    Raises:
        NoteError: The name is not in our grammar.
    """
    return NoteSigner(name, SigningKey.generate())


def generate_cosigner(name: str) -> Cosigner:
    """Make a new key that cosigns checkpoints under a name.

    Raises:
        NoteError: The name is not in our grammar.
    """
    return Cosigner(name, SigningKey.generate())


def write_key_file(
    path: Path, signer: NoteSigner | Cosigner, *, passphrase: str | None
) -> None:
    """Write a key to a new file that only its owner can read.

    Args:
        path: Where; nothing may be there.
        signer: The key and its name.
        passphrase: What the key is encrypted with; None leaves it readable to whoever
            gets hold of the file.

    Raises:
        KeyFileError: Something is there already, the file cannot be written, or the
            passphrase is empty.
    """
    encryption: KeySerializationEncryption = NoEncryption()
    if passphrase is not None:
        if passphrase == "":
            raise KeyFileError("key file: the passphrase is empty")
        encryption = BestAvailableEncryption(
            passphrase.encode("utf-8", "surrogateescape")
        )
    pem = Ed25519PrivateKey.from_private_bytes(signer.key.seed).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, encryption
    )
    try:
        # O_EXCL never follows a link nor overwrites: a key that is gone is gone.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(f"{signer.vkey.to_text()}\n".encode() + pem)
            file.flush()
            os.fsync(file.fileno())
        # Without this a power failure can take the file's name away after the key is
        # already on a ledger.
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except FileExistsError as error:
        raise KeyFileError(f"key file {path.name}: is there already") from error
    except OSError as error:
        raise KeyFileError(f"key file {path.name}: {error.strerror}") from error


def read_key_file(
    path: Path, passphrase: str | None = None, *, name: str | None = None
) -> NoteSigner:
    """Return the key in a file, ready to sign notes.

    Args:
        path: The file.
        passphrase: What it is encrypted with, if it is.
        name: The name to sign under, for a file that does not say; if it says, both
            must agree.

    Raises:
        KeyFileError: The file cannot be read, holds no such key, or the passphrase is
            missing, wrong or not needed.
        NoteError: The name is not in our grammar.
    """
    return NoteSigner(*_read(path, passphrase, kind=ED25519, name=name))


def read_cosigner_file(
    path: Path, passphrase: str | None = None, *, name: str | None = None
) -> Cosigner:
    """Return the key in a file, ready to cosign checkpoints.

    Args:
        path: The file.
        passphrase: What it is encrypted with, if it is.
        name: The name to cosign under, for a file that does not say; if it says, both
            must agree.

    Raises:
        KeyFileError: The file cannot be read, holds no such key, or the passphrase is
            missing, wrong or not needed.
        NoteError: The name is not in our grammar.
    """
    return Cosigner(*_read(path, passphrase, kind=COSIGNATURE, name=name))


def needs_passphrase(path: Path) -> bool:
    """Say whether a passphrase has to be asked for: the key in a file is encrypted.

    Raises:
        KeyFileError: The file cannot be read.
    """
    return _ENCRYPTED in _read_bytes(path)


def _read(
    path: Path, passphrase: str | None, *, kind: int, name: str | None
) -> tuple[str, SigningKey]:
    """Return the name to sign under and the key, once both fit the first line."""
    data = _read_bytes(path)
    vkey = None
    if not data.startswith(_PEM_START):
        line, _, data = data.partition(b"\n")
        try:
            vkey = parse_vkey(line.decode())
        except (NoteError, UnicodeDecodeError) as error:
            raise KeyFileError(f"key file {path.name}: first line: {error}") from error
    key = _load(path, data, passphrase)
    if vkey is None:
        if name is None:
            raise KeyFileError(f"key file {path.name}: has no name, and none was given")
        return name, key
    if vkey.kind != kind:
        raise KeyFileError(
            f"key file {path.name}: got a key of type {vkey.kind}, want {kind}"
        )
    if vkey.key != key.public_key:
        raise KeyFileError(f"key file {path.name}: the first line names another key")
    if name not in {None, vkey.name}:
        raise KeyFileError(f"key file {path.name}: got {vkey.name}, want {name}")
    return vkey.name, key


def _load(path: Path, pem: bytes, passphrase: str | None) -> SigningKey:
    secret = (
        None if passphrase is None else passphrase.encode("utf-8", "surrogateescape")
    )
    try:
        loaded = load_pem_private_key(pem, secret)
    except TypeError as error:
        # How ``cryptography`` says that a passphrase is missing, or one too many.
        wanted = "want a passphrase" if _ENCRYPTED in pem else "is not encrypted"
        raise KeyFileError(f"key file {path.name}: {wanted}") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        wrong = "damaged" if secret is None else "wrong passphrase, or damaged"
        raise KeyFileError(f"key file {path.name}: {wrong}") from error
    if not isinstance(loaded, Ed25519PrivateKey):
        raise KeyFileError(f"key file {path.name}: not an Ed25519 key")
    return SigningKey.from_seed(loaded.private_bytes_raw())


def _read_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_BYTES)
    except OSError as error:
        raise KeyFileError(f"key file {path.name}: {error.strerror}") from error
