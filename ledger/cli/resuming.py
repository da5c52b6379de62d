"""A client that has read the log, and posts only what is not there yet.

To post a known text is safe, and costs the server a search and a receipt. Whoever goes
on with a long task has many of them, and reads what there is faster than it is told so
one by one.
"""

import hashlib
from collections.abc import Sequence

from ledger.checkpoint import parse_checkpoint
from ledger.client import Answer, LedgerClient, Posted
from ledger.encoding import encode_base64
from ledger.merkle import leaf_hash
from ledger.note import parse_note


class ResumingClient(LedgerClient):
    """One ledger, and where each text was in it when it was read.

    Attributes:
        known_size: How many entries were read; what has a larger index is new.
    """

    known_size: int = 0

    def read_log(self) -> None:
        """Read the log as it is now.

        Raises:
            StoreError: No connection, or no answer that can be used.
            IncompleteError: The server withholds what its checkpoint includes.
        """
        size = parse_checkpoint(parse_note(self.checkpoint()).text).size
        self._known: dict[bytes, Posted] = {}
        for index, entry in self.entries(size):
            # Two statements are the same if their texts are; a seal is none.
            if text := _text_of(entry):
                leaf = encode_base64(leaf_hash(entry))
                self._known[_sha256(text)] = Posted(index, leaf, b"", ())
        self.known_size = size

    def post(self, notes: Sequence[bytes]) -> list[Answer]:
        """Post those of the notes that are not known.

        Returns:
            For each note where it is in the log, or why it is not. What was known has
            neither receipt nor flags here.

        Raises:
            StoreError: No connection after several tries, or no usable answer; the
                same notes may be posted again.
            LedgerError: The server refuses the request as a whole.
        """
        known = [self._known.get(_sha256(_text_of(note))) for note in notes]
        fresh = [note for note, place in zip(notes, known, strict=True) if not place]
        answers = iter(super().post(fresh))
        return [place or next(answers) for place in known]


def _text_of(note: bytes) -> bytes:
    """Return what is signed; nothing, if it is no signed note."""
    return note.rpartition(b"\n\n")[0]


def _sha256(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()
