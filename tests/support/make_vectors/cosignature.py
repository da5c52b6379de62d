"""Vectors for cosignatures: their message, and lies about their lines."""

import struct

from tests.support.make_vectors import _foreign
from tests.support.make_vectors import checkpoint as checkpoints
from tests.support.make_vectors import note as notes
from tests.support.reference import cosignature as reference
from tests.support.reference import note as note_reference

NAME = "witness.example/w1"
OTHER = "witness.example/w2"
TIME = 1782000000
TEXT = checkpoints.TEXT

SIGSUM = _foreign.Sigsum()


def witness_vkey(word="witness", name=NAME):
    """Return the vkey of a witness."""
    return notes.vkey(name, word, note_reference.COSIGNATURE)


def line(word="witness", name=NAME, time=TIME, text=TEXT):
    """Return a witness's line under a checkpoint's text."""
    return reference.sign(name, notes.seed(word), time, text)


def blob(time=TIME, text=TEXT):
    """Return the bytes of the first witness's line after the key id."""
    note = note_reference.note(text, line(time=time, text=text))
    return note_reference.parse(note.encode())[1][0][2]


def judged():
    """Return (vkey, note) whose first line is to be a cosignature, by its lie."""
    known = witness_vkey()
    identity = note_reference.parse_vkey(known)[1]

    def with_bytes(data, name=NAME, key=identity):
        return note_reference.note(TEXT, note_reference.line(name, key, data))

    plain = note_reference.parse(
        note_reference.note(TEXT, notes.line(NAME, "witness", TEXT)).encode()
    )[1][0]
    note_key = notes.vkey(NAME, "witness")
    return {
        "true": (known, note_reference.note(TEXT, line())),
        "time-zero": (known, note_reference.note(TEXT, line(time=0))),
        "last-time-that-javascript-counts": (
            known,
            note_reference.note(TEXT, line(time=2**53 - 1)),
        ),
        "sigsum": (
            SIGSUM.witness_vkey,
            note_reference.note(SIGSUM.text, SIGSUM.witness_line),
        ),
        "a-second-later": (known, with_bytes(struct.pack(">Q", TIME + 1) + blob()[8:])),
        "time-little-endian": (
            known,
            with_bytes(struct.pack("<Q", TIME) + blob()[8:]),
        ),
        "time-of-64-bits": (known, with_bytes(struct.pack(">Q", 2**63) + blob()[8:])),
        "no-time": (known, with_bytes(blob()[8:])),
        "one-byte-short": (known, with_bytes(blob()[:-1])),
        "one-byte-more": (known, with_bytes(blob() + b"\0")),
        "one-byte": (known, with_bytes(b"\0")),
        "all-zero": (known, with_bytes(bytes(72))),
        "of-another-text": (
            known,
            note_reference.note(TEXT, line(text=TEXT.replace("4797", "4798"))),
        ),
        "of-the-blank-line-too": (
            known,
            note_reference.note(TEXT, line(text=TEXT + "\n")),
        ),
        "another-witness": (known, note_reference.note(TEXT, line("witness-2", OTHER))),
        "another-name-with-this-key": (
            known,
            note_reference.note(TEXT, line(name=OTHER)),
        ),
        "another-id": (known, with_bytes(blob(), key=b"abcd")),
        "plain-signature-in-its-place": (
            known,
            with_bytes(struct.pack(">Q", TIME) + plain[2]),
        ),
        "plain-signature-of-the-same-key": (
            known,
            note_reference.note(TEXT, notes.line(NAME, "witness", TEXT)),
        ),
        "key-of-the-kind-that-signs-notes": (
            note_key,
            with_bytes(blob(), key=note_reference.parse_vkey(note_key)[1]),
        ),
        "first-half-of-low-order": (
            known,
            with_bytes(blob()[:8] + b"\1" + bytes(31) + blob()[40:]),
        ),
    }


def messages():
    """Return (time, text, message), by what they are like."""
    ours = {"checkpoint": (TIME, TEXT), "time-zero": (0, TEXT)}
    return {
        name: (time, text, reference.message(time, text).decode())
        for name, (time, text) in ours.items()
    } | {"spec-example": _foreign.spec_message()}


def vectors():
    """Return the vector files of cosignatures."""
    cases = []
    for name, (spelled, note) in judged().items():
        text, lines = note_reference.parse(note.encode())
        known = note_reference.parse_vkey(spelled)
        want, time = reference.judge_line(known, text, lines[0])
        case = {"name": name, "vkey": spelled, "note": note, "want": want}
        cases.append(case if time is None else case | {"timestamp": time})
    return {
        "message.json": {
            "about": "The bytes that a cosigner signs, as text.",
            "cases": [
                {"name": name, "timestamp": time, "text": text, "want": message}
                for name, (time, text, message) in messages().items()
            ],
        },
        "verify.json": {
            "about": "The first line of the note is, or is not, the key's cosignature"
            " of the text at 'timestamp'.",
            "cases": cases,
        },
    }
