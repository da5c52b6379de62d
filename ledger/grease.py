"""Adds lines to a checkpoint that no key verifies, so that no reader counts on none.

A verifier must pass over the lines of keys that it does not know: those of witnesses,
of a ledger key that is being introduced, of kinds of signature that do not exist yet.
One that does not is found out on the first day, not on the day when such a line comes
(RFC 8701 has the idea and the word). So every checkpoint carries two: one of a name
that nobody has, and one of the log's own name with a key id of none of its keys. All
lines stand in any order.
"""

import secrets
from collections.abc import Callable
from typing import Final

from ledger.note import KEY_ID_BYTES, Note, NoteSignature, parse_note
from ledger.signatures import SIGNATURE_BYTES

NAME: Final = "grease.invalid"
"""A name that nobody can have (RFC 2606)."""
_ORDER_BYTES: Final = 8


def greased(note: bytes, *, random: Callable[[int], bytes] | None = None) -> bytes:
    r"""Return a signed checkpoint with two more lines, and all of them shuffled.

    Args:
        note: The checkpoint; its text begins with the log's name.
        random: Gives so many random bytes.

    Raises:
        NoteError: It is not a signed note.

    >>> greased("oasis.example/log\n\n\u2014 a.b AAAAAAA=\n".encode()).count(b"\n")
    5
    """
    draw = random or secrets.token_bytes
    signed = parse_note(note)
    origin = signed.text.split(b"\n", 1)[0].decode()
    known = {line.key_id for line in signed.signatures}
    lines = [*signed.signatures]
    for name in (NAME, origin):
        key_id = draw(KEY_ID_BYTES)
        while key_id in known:  # a false line of a key that is known is no grease
            key_id = draw(KEY_ID_BYTES)
        lines.append(NoteSignature(name, key_id, draw(SIGNATURE_BYTES)))
    lines.sort(key=lambda _: draw(_ORDER_BYTES))
    return Note(signed.text, tuple(lines)).to_bytes()
