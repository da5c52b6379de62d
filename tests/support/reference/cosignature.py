"""Define cosignatures by the layout of their bytes."""

import struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support.reference import note


def message(timestamp, text):
    """Return the bytes that a cosigner signs."""
    return b"\n".join([b"cosignature/v1", b"time %d" % timestamp, text.encode()])


def sign(name, seed, timestamp, text):
    """Return the line that cosigns a checkpoint's text."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    identity = note.key_id(name, note.COSIGNATURE, note.public_key(seed))
    blob = struct.pack(">Q64s", timestamp, private.sign(message(timestamp, text)))
    return note.line(name, identity, blob)


def judge_line(known, text, found):
    """Return the code for a line that is to be a key's cosignature, and its time."""
    name, identity, kind, key = known
    if found[:2] != (name, identity):
        return "unknown-key", None
    if kind != note.COSIGNATURE or len(found[2]) != 72:
        return "signature", None
    timestamp, signature = struct.unpack(">q64s", found[2])
    if timestamp < 0:
        return "signature", None
    if not note.verify(key, message(timestamp, text.decode()), signature):
        return "signature", None
    return "ok", timestamp
