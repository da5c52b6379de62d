"""Define commitments by the layout of their bytes."""

import hashlib
import struct


def commit(value, salt):
    """Return the commitment of a value under a salt of 32 bytes."""
    data = value.encode()
    layout = f">18s32sI{len(data)}s"
    packed = struct.pack(layout, b"caravan/commit/v1\n", salt, len(data), data)
    return hashlib.sha256(packed).digest()
