"""Define statements by one expression over a note's text, signed with OpenSSL."""

import hashlib
import re

from tests.support.reference import encoding, note

HEADER = "caravan/statement/v1"
LABEL = r"[^+ \n]+\+[0-9a-f]{8}"
TEXT = re.compile(
    rf"{HEADER}\n(?P<origin>.+)\n(?P<kind>[a-z]+(-[a-z]+)*)\n"
    rf"(?P<signers>{LABEL}( {LABEL}){{0,15}})\n(?P<body>.*)\n"
)


def label(name, seed):
    """Return how a signers line names a key."""
    return f"{name}+{note.key_id(name, note.ED25519, note.public_key(seed)).hex()}"


def vkey(name, seed):
    """Return the vkey of a name and a seed."""
    return note.vkey(name, note.ED25519, note.public_key(seed))


def canonical(body):
    """Return the canonical text of a body."""
    return encoding.canonical(body).decode()


def text(origin, kind, signers, body):
    """Return the five lines; signers are pairs of name and seed, the body is text."""
    labels = " ".join(label(*signer) for signer in signers)
    return f"{HEADER}\n{origin}\n{kind}\n{labels}\n{body}\n"


def statement(origin, kind, signers, body):
    """Return a signed statement."""
    signed = text(origin, kind, signers, body)
    return note.note(signed, *(note.sign(*signer, signed) for signer in signers))


def text_hash(entry):
    """Return what two statements are the same by."""
    return hashlib.sha256(note.parse(entry.encode())[0]).digest()


def judge(entry):
    """Return "ok", or the code that the outer form of an entry is refused with."""
    first = entry.split(b"\n")[0]
    if len(entry) > 65535:
        return "statement-format"
    if first != HEADER.encode():
        is_other = re.fullmatch(rb"caravan/statement/v[1-9][0-9]*", first)
        return "unknown-version" if is_other else "statement-format"
    parsed = note.parse(entry)
    if parsed is None:
        return "note"
    found = TEXT.fullmatch(parsed[0].decode())
    if found is None or not note.is_our_name(found["origin"]):
        return "statement-format"
    labels = found["signers"].split(" ")
    names = [each.split("+")[0] for each in labels]
    if len(set(labels)) != len(labels) or not all(map(note.is_our_name, names)):
        return "statement-format"
    if labels != [f"{name}+{identity.hex()}" for name, identity, _ in parsed[1]]:
        return "statement-format"
    return "ok" if found["kind"] in ("event", "directory") else "unknown-version"
