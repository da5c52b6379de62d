"""Read and write notes as the verbs pass them on: one note, or a JSON array of them."""

import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from ledger.cli.folder import read_file
from ledger.cli.outcome import with_hint
from ledger.encoding import canonical, parse_json
from ledger.errors import EncodingError, NotFoundError


def read_input(name: str) -> bytes:
    """Return the bytes of a file, or of standard input for ``-``.

    Raises:
        NotFoundError: There is no such file.
    """
    return sys.stdin.buffer.read() if name == "-" else read_file(Path(name))


def read_notes(data: bytes) -> list[bytes]:
    r"""Return the notes that a file holds.

    Raises:
        EncodingError: A JSON array holds something that is no text.
        NotFoundError: There is nothing in it, or an event that nobody signed.

    >>> read_notes(b'["one\\n"]'), read_notes(b"two\n")
    ([b'one\n'], [b'two\n'])
    """
    start = data.lstrip()[:1]
    if start in {b"", b"{"}:
        got = "an event, not signed yet" if start else "nothing"
        raise with_hint(
            NotFoundError(f"note: got {got}; nothing was posted"),
            "caravan sign makes notes of events",
        )
    if start != b"[":
        return [data]
    members = parse_json(data)
    notes: list[bytes] = []
    listed = members if isinstance(members, list) else []
    for place, member in enumerate(listed):
        which = f"note {place + 1} of {len(listed)}"
        if isinstance(member, dict):
            raise with_hint(
                EncodingError(f"{which}: got an event, not signed yet"),
                "caravan sign makes notes of events; nothing was posted",
            )
        if not isinstance(member, str):
            raise EncodingError(f"{which}: want text", pointer=f"/{place}")
        notes.append(member.encode())
    return notes


def write_notes(notes: Sequence[bytes], *, is_array: bool) -> None:
    """Print one note as it is, or several as what ``POST /statements`` takes."""
    if is_array:
        typer.echo(canonical([note.decode() for note in notes]))
    else:
        for note in notes:
            typer.echo(note, nl=False)
