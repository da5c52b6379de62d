"""Answers as one process of ours gives them to another, through ``inbox``."""

from collections.abc import Sequence

import msgspec

from ledger.answer import Answer, Appended
from ledger.errors import LedgerError, StoreError, error_of
from ledger.flags import Flag


class _Outcome(msgspec.Struct, array_like=True, frozen=True):
    """What became of one note: its place with all that proves it, or the refusal."""

    index: int = -1
    is_new: bool = False
    leaf_hash: bytes = b""
    receipt: bytes = b""
    flags: tuple[Flag, ...] = ()
    code: str = ""
    detail: str = ""
    pointer: str | None = None


def encode_answers(answers: Sequence[Answer]) -> bytes:
    """Return answers as they are kept beside what was posted."""
    return msgspec.msgpack.encode(
        [
            _Outcome(code=a.code, detail=_text(str(a)), pointer=a.pointer)
            if isinstance(a, LedgerError)
            else _Outcome(a.index, a.is_new, a.leaf_hash, a.receipt, a.flags)
            for a in answers
        ]
    )


def decode_answers(answers: bytes) -> list[Answer]:
    """Return the answers as the sequencer's process gave them.

    Raises:
        StoreError: They are none.
    """
    try:
        outcomes = msgspec.msgpack.decode(answers, type=list[_Outcome])
    except msgspec.MsgspecError as error:
        raise StoreError(f"inbox: got no answers: {error}") from error
    return [
        error_of(o.code, o.detail, o.pointer)
        if o.code
        else Appended(o.index, o.is_new, o.leaf_hash, o.receipt, o.flags)
        for o in outcomes
    ]


def _text(words: str) -> str:
    """Return words that quote what a note held, as text that can be written."""
    return words.encode("utf-8", "backslashreplace").decode("utf-8")
