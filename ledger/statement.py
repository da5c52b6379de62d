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
from dataclasses import dataclass
from typing import Final, Literal

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
    verify_note_signature,
)

HEADER: Final = "caravan/statement/v1"
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

    @property
    def label(self) -> str:
        """Return ``name+id``, the id in hex."""
        return f"{self.name}+{self.key_id.hex()}"


@dataclass(frozen=True, slots=True)
class Statement:
    """Hold one statement whose outer form is right; its signatures are not judged.

    ``signatures`` stand in the order of ``signers``; ``body`` is one line, not yet
    read as JSON; ``entry`` is the whole note as it stands in the log.
    """

    origin: str
    kind: Kind
    signers: tuple[SignerRef, ...]
    body: bytes
    signatures: tuple[bytes, ...]
    entry: bytes

    @property
    def issuer(self) -> SignerRef:
        """Return the first signer."""
        return self.signers[0]

    @property
    def text(self) -> bytes:
        """Return what is signed: the five lines, each with its newline."""
        return self.entry[: self.entry.rindex(b"\n\n") + 1]

    @property
    def text_hash(self) -> bytes:
        """Return the SHA-256 of the text, by which two statements are the same."""
        return hashlib.sha256(self.text).digest()


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
    first = entry.partition(b"\n")[0]
    if first != HEADER.encode():
        if _OTHER_VERSION.fullmatch(first):
            raise UnknownVersionError(f"statement: got {first.decode()}, want {HEADER}")
        raise StatementFormatError(f"statement: first line is not {HEADER}")

    note = parse_note(entry)
    lines = note.text.decode().split("\n")
    if len(lines) != 6 or lines[5]:
        raise StatementFormatError(f"statement: got {len(lines) - 1} lines, want 5")
    _, origin, kind, signers_line, body, _ = lines
    _check_name("origin", origin)
    signers = _parse_signers(signers_line)
    _check_signature_lines(signers, note.signatures)
    known = _known_kind(kind)

    return Statement(
        origin=origin,
        kind=known,
        signers=signers,
        body=body.encode(),
        signatures=tuple(line.signature for line in note.signatures),
        entry=entry,
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
        line = NoteSignature(signer.name, signer.key_id, signature)
        verify_note_signature(key, text, line)


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


def _check_name(what: str, name: str) -> None:
    try:
        check_key_name(name)
    except NoteError as error:
        raise StatementFormatError(f"{what}: {error}") from error


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
        got = lines[place].label if place < len(lines) else "none"
        if got != signer.label:
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
