"""Define checkpoints as a language, and what it takes to open one."""

import re

from tests.support.reference import encoding, note

# A size has no leading zero and fits 63 bits; a root hash is 32 bytes in base64.
TEXT = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n")


def text(origin, size, root):
    """Return the note text of a checkpoint."""
    return f"{origin}\n{size}\n{encoding.encode_base64(root)}\n"


def parse(data):
    """Return (origin, size, root), or None for what is no checkpoint."""
    try:
        found = TEXT.fullmatch(data.decode())
    except UnicodeDecodeError:
        return None
    if found is None or int(found[2]) >= 2**63:
        return None
    root = note.decode_base64(found[3])
    return None if root is None else (found[1], int(found[2]), root)


def judge(data, *, origin, keys):
    """Return the code that opening a note leads to, and the labels of who signed.

    Args:
        data: The note.
        origin: Whose checkpoint it is to be.
        keys: The listed keys, as ``note.parse_vkey`` returns them.
    """
    parsed = note.parse(data)
    if parsed is None:
        return "note", []
    body, lines = parsed
    checkpoint = parse(body)
    if checkpoint is None:
        return "checkpoint", []
    if checkpoint[0] != origin:
        return "wrong-origin", []
    signed = []
    for known in keys:
        mine = [found for found in lines if found[:2] == known[:2]]
        if len(mine) > 1 or any(note.judge_line(known, body, m) != "ok" for m in mine):
            return "signature", []
        signed += mine
    if not signed:
        return "unknown-key", []
    return "ok", [f"{m[0]}+{m[1].hex()}" for m in lines if m in signed]
