"""Statements: what an issuer signs about one step (blueprint, 3.2).

A statement is a C2SP signed note whose text is five lines: the format, the ledger's
origin, the kind, the signers and the body. It goes into the log byte for byte. The
signers line is there because a note's signatures cover neither their own key names nor
each other: without it a line could be taken away, repeated, reordered or put under
another name, and the note would still verify.

Only the outer form is read here. What a body says is judged by ``event`` and
``action``, who may say it by ``directory``. ``scanner_web/verify/statement.js`` is the
twin for the browser, and ``tests/support/reference/statement.py`` the slow definition.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

import msgspec

from ledger.encoding import Json, canonical
from ledger.errors import (
    NoteError,
    SignatureError,
    StatementFormatError,
    UnknownVersionError,
    WrongOriginError,
)
from ledger.note import (
    NoteSignature,
    Signer,
    VerifierKey,
    check_key_name,
    parse_note,
    sign_note,
    verify_text_signature,
)

HEADER: Final = "caravan/statement/v1"
_HEADER_LINE: Final = HEADER.encode() + b"\n"
MAX_ENTRY_SIZE: Final = 65_535
MAX_SIGNERS: Final = 16

Kind = Literal["event", "directory"]

_OTHER_VERSION: Final = re.compile(rb"caravan/statement/v[1-9][0-9]*")
_KIND: Final = re.compile(r"[a-z]+(-[a-z]+)*")
_SIGNER: Final = re.compile(r"([^+ ]+)\+([0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class SignerRef:
    """Name a key as the signers line does."""

    name: str
    key_id: bytes
    label: str = field(init=False, repr=False, compare=False)
    """``name+id``, the id in hex."""

    def __post_init__(self) -> None:
        """Spell the label once; the directory is asked by it."""
        object.__setattr__(self, "label", f"{self.name}+{self.key_id.hex()}")


class Statement(msgspec.Struct, frozen=True, gc=False):
    """Hold one statement whose outer form is right; its signatures are not judged.

    ``signatures`` stand in the order of ``signers``; ``body`` is one line, not yet
    read as JSON; ``text`` is what is signed, the five lines, each with its newline;
    ``text_hash`` its SHA-256, by which two statements are the same; ``entry`` is the
    whole note as it stands in the log.
    """

    origin: str
    kind: Kind
    signers: tuple[SignerRef, ...]
    body: bytes
    signatures: tuple[bytes, ...]
    text: bytes
    text_hash: bytes
    entry: bytes

    @property
    def issuer(self) -> SignerRef:
        """Return the first signer."""
        return self.signers[0]


def parse_statement(entry: bytes) -> Statement:
    """Return the statement that an entry holds, judging its outer form only.

    Raises:
        StatementFormatError: The entry is too large, its text is not five lines of the
            right grammar, or its signature lines are not those of the signers line.
        NoteError: The entry is not a signed note.
        UnknownVersionError: The version, or in an otherwise good statement the kind,
            is not one that this program knows.
    """
    if len(entry) > MAX_ENTRY_SIZE:
        raise StatementFormatError(
            f"statement: got {len(entry)} bytes, want at most {MAX_ENTRY_SIZE}"
        )
    if not entry.startswith(_HEADER_LINE):
        _refuse_header(entry.partition(b"\n")[0])
    note = parse_note(entry)
    text = note.text
    lines = text.split(b"\n")
    if len(lines) != 6 or lines[5]:
        raise StatementFormatError(f"statement: got {len(lines) - 1} lines, want 5")
    origin = lines[1].decode()
    _check_name("origin", origin)
    signers = _parse_signers(lines[3].decode())
    _check_signature_lines(signers, note.signatures)
    return Statement(
        origin,
        _known_kind(lines[2].decode()),
        signers,
        lines[4],
        tuple([line.signature for line in note.signatures]),
        text,
        hashlib.sha256(text).digest(),
        entry,
    )


def check_origin(statement: Statement, origin: str) -> None:
    """Refuse a statement made for another ledger.

    Raises:
        WrongOriginError: The statement names another origin.
    """
    if statement.origin != origin:
        raise WrongOriginError(f"origin: got {statement.origin}, want {origin}")


def verify_statement_signatures(
    statement: Statement, keys: Sequence[VerifierKey]
) -> None:
    """Verify every signature of a statement, each with the key that it names.

    Args:
        statement: The statement; its form is right.
        keys: One key for each signer, in the order of the signers line.

    Raises:
        SignatureError: There are not as many keys as signers, a key is not the one
            that its signer names, or a signature fails the one Ed25519 rule.
    """
    if len(keys) != len(statement.signers):
        raise SignatureError(
            f"signers: got {len(keys)} keys, want {len(statement.signers)}"
        )
    text = statement.text
    lines = zip(statement.signers, statement.signatures, keys, strict=True)
    for signer, signature, key in lines:
        if key.label != signer.label:
            raise SignatureError(f"signer: got key {key.label}, want {signer.label}")
        verify_text_signature(key, text, signature)


def sign_statement(
    *, origin: str, kind: Kind, body: Json | bytes, signers: Sequence[Signer]
) -> bytes:
    """Return a signed statement, ready to post.

    Args:
        origin: The ledger that it is for.
        kind: What the body is.
        body: The body as a value, or its canonical text.
        signers: The issuer first, then those who attest.

    Raises:
        EncodingError: The body has no canonical form.
        StatementFormatError: There are too many signers, one signs twice, or the
            statement is too large.
    """
    spelling = body if isinstance(body, bytes) else canonical(body)
    labels = " ".join(signer.vkey.label for signer in signers)
    head = f"{HEADER}\n{origin}\n{kind}\n{labels}\n"
    entry = sign_note(head.encode() + spelling + b"\n", signers).to_bytes()
    # What would not parse is never handed out.
    return parse_statement(entry).entry


def _refuse_header(first: bytes) -> None:
    """Say what is wrong with a first line; one without an end is left to ``note``."""
    if first == HEADER.encode():
        return
    if _OTHER_VERSION.fullmatch(first):
        raise UnknownVersionError(f"statement: got {first.decode()}, want {HEADER}")
    raise StatementFormatError(f"statement: first line is not {HEADER}")


def _check_name(what: str, name: str) -> None:
    try:
        check_key_name(name)
    except NoteError as error:
        raise StatementFormatError(f"{what}: {error}") from error


@lru_cache(maxsize=4096)
def _parse_signers(line: str) -> tuple[SignerRef, ...]:
    labels = line.split(" ")
    if len(labels) > MAX_SIGNERS:
        raise StatementFormatError(
            f"signers: got {len(labels)}, want 1 to {MAX_SIGNERS}"
        )
    if len(set(labels)) != len(labels):
        raise StatementFormatError("signers: one is named twice")
    return tuple(_parse_signer(label) for label in labels)


def _parse_signer(label: str) -> SignerRef:
    match = _SIGNER.fullmatch(label)
    if match is None:
        raise StatementFormatError("signers: want name+id for each, one space between")
    _check_name("signers", match[1])
    return SignerRef(match[1], bytes.fromhex(match[2]))


def _check_signature_lines(
    signers: Sequence[SignerRef], lines: Sequence[NoteSignature]
) -> None:
    for place, signer in enumerate(signers):
        line = lines[place] if place < len(lines) else None
        if line is None or line.name != signer.name or line.key_id != signer.key_id:
            got = "none" if line is None else line.label
            raise StatementFormatError(
                f"signatures: line {place}: got {got}, want {signer.label}, "
                "as the signers line says"
            )
    if len(lines) > len(signers):
        raise StatementFormatError(
            f"signatures: got {len(lines)} lines, want {len(signers)}, "
            "as the signers line says"
        )


def _known_kind(kind: str) -> Kind:
    if kind == "event":
        return "event"
    if kind == "directory":
        return "directory"
    if _KIND.fullmatch(kind):
        raise UnknownVersionError(f"kind: got {kind}, want event or directory")
    raise StatementFormatError("kind: not a word")
