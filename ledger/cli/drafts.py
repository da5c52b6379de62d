"""Statements with several signers, who rarely sit at one machine.

A draft is a statement's note in which lines are still missing. Its text names all
signers from the first moment, so whoever signs sees who the others are; each adds the
own line, and the one who adds the last has the statement.
"""

from collections.abc import Sequence

import typer

from ledger.encoding import Json, canonical
from ledger.errors import NoteError, StatementFormatError
from ledger.note import Note, NoteSignature, NoteSigner, VerifierKey, parse_note
from ledger.statement import HEADER, Kind, parse_statement


def draft_statement(
    *,
    origin: str,
    kind: Kind,
    body: Json | bytes,
    signers: Sequence[NoteSigner | VerifierKey],
) -> bytes:
    """Return a statement signed by those whose private key is here.

    Args:
        origin: The ledger that it is for.
        kind: What the body is.
        body: The body as a value, or its canonical text.
        signers: The issuer first; a public key stands for somebody elsewhere.

    Raises:
        EncodingError: The body has no canonical form.
        NoteError: Nobody's private key is here.
        StatementFormatError: It is complete, and not of the right form.
    """
    labels = [
        (signer if isinstance(signer, VerifierKey) else signer.vkey).label
        for signer in signers
    ]
    head = f"{HEADER}\n{origin}\n{kind}\n{' '.join(labels)}\n"
    spelling = body if isinstance(body, bytes) else canonical(body)
    text = head.encode() + spelling + b"\n"
    lines = [
        signer.sign(text) for signer in signers if not isinstance(signer, VerifierKey)
    ]
    if not lines:
        raise NoteError("statement: no private key of a signer is here")
    return _checked(Note(text, tuple(lines)).to_bytes())


def is_draft(data: bytes) -> bool:
    """Tell a statement, complete or not, from an event."""
    return data.startswith(f"{HEADER}\n".encode())


def complete(draft: bytes, signers: Sequence[NoteSigner]) -> bytes:
    """Return a draft with more of its lines.

    Raises:
        NoteError: It is not a signed note.
        StatementFormatError: A key is not one that the statement names, or it is
            complete, and not of the right form.
    """
    note = parse_note(draft)
    order = _labels(note)
    lines: dict[str, NoteSignature] = {line.label: line for line in note.signatures}
    for signer in signers:
        label = signer.vkey.label
        if label not in order:
            raise StatementFormatError(f"{label}: not a signer of this statement")
        lines[label] = signer.sign(note.text)
    ordered = tuple(lines[label] for label in order if label in lines)
    return _checked(Note(note.text, ordered).to_bytes())


def missing_signers(statement: bytes) -> tuple[str, ...]:
    """Return the labels of those who have not signed yet."""
    note = parse_note(statement)
    signed = {line.label for line in note.signatures}
    return tuple(label for label in _labels(note) if label not in signed)


def say_missing(statement: bytes) -> tuple[str, ...]:
    """Say on standard error who has not signed yet, and return their labels."""
    missing = missing_signers(statement)
    if missing:
        typer.echo(f"caravan: to be signed by {', '.join(missing)} too", err=True)
    return missing


def _labels(note: Note) -> list[str]:
    lines = note.text.decode().split("\n")
    if len(lines) != 6:
        raise StatementFormatError(f"statement: got {len(lines) - 1} lines, want 5")
    return lines[3].split(" ")


def _checked(statement: bytes) -> bytes:
    # What would not parse is never handed out.
    return statement if missing_signers(statement) else parse_statement(statement).entry
