r"""Parse, sign and verify signed notes (C2SP signed-note, Ed25519, type 0x01).

A note is a text, a blank line, and lines that sign the text. The text may hold blank
lines itself: the last one is where it ends. A signature covers the text alone, neither
the key names nor the other lines, so lines can be taken away, doubled and relabelled by
anyone; formats that care list their signers inside the text.

Any key name of the standard is parsed here; ``check_key_name`` is our own grammar, for
the names that we give. ``scanner_web/verify/note.js`` is the twin for the browser, and
``tests/support/reference/note.py`` the slow definition this is checked against.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Protocol

import msgspec

from ledger.encoding import decode_base64, encode_base64
from ledger.errors import EncodingError, NoteError, SignatureError, UnknownKeyError
from ledger.signatures import KEY_BYTES, SigningKey, verify_signature

# The first byte of what a vkey encodes: what the key signs, and how.
ED25519: Final = 1
COSIGNATURE: Final = 4

KEY_ID_BYTES: Final = 4
MAX_SIGNATURES: Final = 64
MAX_KEY_NAME_BYTES: Final = 200

_PREFIX: Final = "\u2014 "

# Unicode's White_Space as of version 15, spelled out because Python's and JavaScript's
# ``\s`` each mean something else. The controls up to U+0020 are refused with it.
_SPACES: Final = r"\x00-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_ANY_NAME: Final = re.compile(rf"[^+{_SPACES}]+")
_OUR_NAME: Final = re.compile(r"[a-z0-9.-]+(/[a-z0-9._~-]+)*")
_RESERVED: Final = ("caravan/", "cosignature/")
_HEX_ID: Final = re.compile(r"[0-9a-f]{8}")
_CONTROLS: Final = bytes(code for code in range(0x20) if code != 0x0A)


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name it signs under: what a vkey says.

    ``verifier_key`` makes one with the key id that belongs to it.
    """

    name: str
    key_id: bytes
    kind: int
    key: bytes
    label: str = field(init=False, repr=False, compare=False)
    """The name and the key id, which tell one key from another."""

    def __post_init__(self) -> None:
        """Spell the label once; it is asked for at every signature."""
        object.__setattr__(self, "label", f"{self.name}+{self.key_id.hex()}")

    def to_text(self) -> str:
        """Return the vkey."""
        material = encode_base64(bytes([self.kind]) + self.key)
        return f"{self.name}+{self.key_id.hex()}+{material}"


class NoteSignature(msgspec.Struct, frozen=True, gc=False):
    """One signature line: whose it says it is, and the bytes after the key id."""

    name: str
    key_id: bytes
    signature: bytes

    def to_line(self) -> str:
        """Return the line, newline included."""
        return f"{_PREFIX}{self.name} {encode_base64(self.key_id + self.signature)}\n"

    @property
    def label(self) -> str:
        """The name and the key id, which tell one key from another."""
        return f"{self.name}+{self.key_id.hex()}"


class Note(msgspec.Struct, frozen=True, gc=False):
    """A text and the lines that sign it, in their order. Nothing is verified yet."""

    text: bytes
    signatures: tuple[NoteSignature, ...]

    def to_bytes(self) -> bytes:
        """Return the note, byte for byte what was parsed."""
        lines = "".join(line.to_line() for line in self.signatures)
        return self.text + b"\n" + lines.encode()


class Signer(Protocol):
    """Something that signs notes under a name."""

    @property
    def vkey(self) -> VerifierKey:
        """The public key that verifies what this signs."""
        ...

    def sign(self, text: bytes) -> NoteSignature:
        """Return the line that signs a note's text."""
        ...


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """An Ed25519 key and the name it signs notes under.

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
        """The public key that verifies what this signs."""
        return verifier_key(self.name, ED25519, self.key.public_key)

    def sign(self, text: bytes) -> NoteSignature:
        """Return the line that signs a note's text."""
        signed_with = key_id(self.name, ED25519, self.key.public_key)
        return NoteSignature(self.name, signed_with, self.key.sign(text))


def key_id(name: str, kind: int, key: bytes) -> bytes:
    """Return the four bytes that tell a name's keys apart.

    >>> key = parse_vkey(
    ...     "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    ... )
    >>> key_id(key.name, key.kind, key.key).hex()
    '530d903a'
    """
    claim = name.encode() + b"\n" + bytes([kind]) + key
    return hashlib.sha256(claim).digest()[:KEY_ID_BYTES]


def verifier_key(name: str, kind: int, key: bytes) -> VerifierKey:
    """Return the verifier key of a name and a public key.

    >>> verifier_key("herd.example", ED25519, bytes(32)).label
    'herd.example+dc244467'
    """
    return VerifierKey(name, key_id(name, kind, key), kind, key)


@lru_cache(maxsize=4096)
def check_key_name(name: str) -> None:
    """Refuse a name that is not in the grammar of our key names and origins.

    Raises:
        NoteError: Other characters than ``[a-z0-9._~-]`` and slashes, no dot before the
            first slash, longer than 200 bytes, or a beginning that our formats use.

    >>> check_key_name("ledger.example/log")
    >>> check_key_name("ledger/log")
    Traceback (most recent call last):
    ledger.errors.NoteError: key name: want a dot before the first slash
    """
    if _OUR_NAME.fullmatch(name) is None:
        raise NoteError("key name: want [a-z0-9.-]+(/[a-z0-9._~-]+)*")
    if len(name) > MAX_KEY_NAME_BYTES:
        raise NoteError(f"key name: got {len(name)} bytes, want {MAX_KEY_NAME_BYTES}")
    if name.startswith(_RESERVED):
        raise NoteError(f"key name: must not begin with {' or '.join(_RESERVED)}")
    if "." not in name.partition("/")[0]:
        raise NoteError("key name: want a dot before the first slash")


def parse_vkey(text: str) -> VerifierKey:
    """Return the verifier key that a vkey spells.

    Any name of the standard is taken. The key bytes are not judged: what verifies with
    them judges them every time.

    Raises:
        NoteError: Not a vkey, of a kind that is not Ed25519, or with a key id that does
            not belong to its name and key.

    >>> parse_vkey(
    ...     "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    ... ).name
    'example.com/foo'
    """
    parts = text.split("+", 2)  # base64 has plus signs of its own
    if len(parts) != 3:
        raise NoteError("vkey: want name+id+key")
    name, hex_id, material = parts
    if _ANY_NAME.fullmatch(name) is None:
        raise NoteError("vkey: the name is empty or has spaces")
    if _HEX_ID.fullmatch(hex_id) is None:
        raise NoteError("vkey: want a key id of eight lower-case hex digits")
    try:
        encoded = decode_base64(material)
        name.encode()
    except (EncodingError, UnicodeEncodeError) as error:
        raise NoteError(f"vkey: {error}") from error
    if encoded[:1] not in {bytes([ED25519]), bytes([COSIGNATURE])}:
        raise NoteError(f"vkey: got a key of type {encoded[:1].hex()}, want 01 or 04")
    if len(encoded) != 1 + KEY_BYTES:
        raise NoteError(f"vkey: got {len(encoded) - 1} key bytes, want {KEY_BYTES}")
    key = verifier_key(name, encoded[0], encoded[1:])
    if key.key_id.hex() != hex_id:
        raise NoteError(f"vkey: got key id {hex_id}, want {key.key_id.hex()}")
    return key


def parse_note(data: bytes) -> Note:
    r"""Return the text of a note and its signature lines.

    Raises:
        NoteError: Not UTF-8, a control character other than newline, no blank line, or
            anything but 1 to 64 signature lines after the last one.

    >>> note = parse_note("milk\n\n\u2014 herd.example K06huWJh\n".encode())
    >>> note.text, note.signatures[0].label, note.signatures[0].signature
    (b'milk\n', 'herd.example+2b4ea1b9', b'ba')
    """
    split = data.rfind(b"\n\n")
    if split < 0:
        raise NoteError("note: no blank line before the signatures")
    _check_characters(data)
    text, rest = data[: split + 1], data[split + 2 :].decode()
    lines = rest.split("\n")
    if lines.pop() != "":
        raise NoteError("note: the last line has no newline")
    if not 1 <= len(lines) <= MAX_SIGNATURES:
        raise NoteError(
            f"note: got {len(lines)} signature lines, want 1 to {MAX_SIGNATURES}"
        )
    return Note(text, tuple(_parse_line(line) for line in lines))


def sign_note(text: bytes, signers: Iterable[Signer]) -> Note:
    r"""Return a note over a text, with a line of each signer, in order.

    Raises:
        NoteError: The text cannot be a note's, or there are no signers or too many.

    >>> signer = NoteSigner("herd.example", SigningKey.from_seed(bytes(32)))
    >>> note = sign_note(b"30 kg\n", [signer])
    >>> parse_note(note.to_bytes()) == note
    True
    """
    if not text.endswith(b"\n"):
        raise NoteError("note: the text does not end in a newline")
    _check_characters(text)
    lines = tuple(signer.sign(text) for signer in signers)
    if not 1 <= len(lines) <= MAX_SIGNATURES:
        raise NoteError(f"note: got {len(lines)} signers, want 1 to {MAX_SIGNATURES}")
    return Note(text, lines)


def verify_note_signature(
    vkey: VerifierKey, text: bytes, signature: NoteSignature
) -> None:
    r"""Verify that a line is a key's Ed25519 signature of a note's text.

    Raises:
        UnknownKeyError: The line names another key.
        SignatureError: The key is not for notes, or the signature is bad.

    >>> signer = NoteSigner("herd.example", SigningKey.from_seed(bytes(32)))
    >>> verify_note_signature(signer.vkey, b"30 kg\n", signer.sign(b"30 kg\n"))
    """
    check_signature_names_key(vkey, signature)
    verify_text_signature(vkey, text, signature.signature)


def verify_text_signature(vkey: VerifierKey, text: bytes, signature: bytes) -> None:
    """Verify a key's Ed25519 signature of a note's text.

    Raises:
        SignatureError: The key is not for notes, or the signature is bad.
    """
    if vkey.kind != ED25519:
        raise SignatureError(f"{vkey.label}: a key of type {vkey.kind} signs no notes")
    try:
        verify_signature(vkey.key, text, signature)
    except SignatureError as error:
        raise SignatureError(f"{vkey.label}: {error}") from error


def check_signature_names_key(vkey: VerifierKey, signature: NoteSignature) -> None:
    """Refuse a line that does not name this key, by name and key id.

    Raises:
        UnknownKeyError: The line names another key.
    """
    if (signature.name, signature.key_id) != (vkey.name, vkey.key_id):
        raise UnknownKeyError(f"signature: got {signature.label}, want {vkey.label}")


def _check_characters(data: bytes) -> None:
    # Deleting them all and comparing lengths is nine times as fast as a search.
    if len(data.translate(None, _CONTROLS)) != len(data):
        raise NoteError("note: a control character other than newline")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise NoteError(f"note: not UTF-8 at byte {error.start}") from error


def _matches(name: str) -> bool:
    return _ANY_NAME.fullmatch(name) is not None


_is_name: Final = lru_cache(maxsize=4096)(_matches)


def _parse_line(line: str) -> NoteSignature:
    if not line.startswith(_PREFIX):
        raise NoteError("note: a signature line begins with an em dash and a space")
    name, _, encoded = line[len(_PREFIX) :].partition(" ")
    # Nobody fills the memory with long names.
    is_name = _is_name(name) if len(name) <= MAX_KEY_NAME_BYTES else _matches(name)
    if not is_name:
        raise NoteError("note: a signature line has no key name, or one with spaces")
    try:
        blob = decode_base64(encoded)
    except EncodingError as error:
        raise NoteError(f"note: signature of {name}: {error}") from error
    if len(blob) <= KEY_ID_BYTES:
        raise NoteError(f"note: signature of {name}: nothing after the key id")
    return NoteSignature(name, blob[:KEY_ID_BYTES], blob[KEY_ID_BYTES:])
