"""What the operator is told: one line for each event, on standard error.

A notice is the name of an event and plain facts about the process. It never has the
address of a client, the text of a statement, a value that a party disclosed, or a
party's name: who reads these lines learns how the service does, not who uses it. So of
an exception only its kind and its place in the code are told, and its words only where
they are our own words about the store; of what a library says, the first line.
"""

import logging
import sys
import traceback
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from ledger.encoding import Json, canonical
from ledger.errors import LedgerError, StoreError
from ledger.seal import format_time


class Form(StrEnum):
    """How notices are written: for machines, or for people."""

    JSON = "json"
    TEXT = "text"


MAX_WORDS: Final = 200
"""Characters of what a library says that are told."""
_FRAMES: Final = 6
_LOGGER: Final = logging.getLogger("caravan")


def notice(event: str, **facts: Json) -> None:
    """Tell of something that happened.

    Args:
        event: What: one or two words in kebab-case.
        facts: Plain figures, codes and names of the ledger's own.
    """
    _LOGGER.info(event, extra={"facts": facts})


def failure(event: str, error: BaseException, **facts: Json) -> None:
    """Tell of something that failed, without any value that was in the way.

    Args:
        event: What failed.
        error: Why.
        facts: As for :func:`notice`.
    """
    _LOGGER.error(event, extra={"facts": {**facts, **_facts_of(error)}})


def begin_notices(form: Form) -> None:
    """Write notices, and the warnings of libraries, to standard error from now on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(form))
    logging.raiseExceptions = False  # a line that cannot be written is lost, quietly
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    _LOGGER.setLevel(logging.INFO)


class _Lines(logging.Formatter):
    """Records as lines: JSON for machines, words for people."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for one record, whoever made it."""
        told: dict[str, Json] = {
            "time": format_time(int(record.created * 1000)),
            "level": record.levelname.lower(),
        }
        facts = getattr(record, "facts", None)
        if isinstance(facts, Mapping):
            told |= {"event": record.msg, **facts}
        else:
            words = record.getMessage().partition("\n")[0][:MAX_WORDS]
            told |= {"event": "library", "logger": record.name, "words": words}
            if record.exc_info is not None and record.exc_info[1] is not None:
                told |= _facts_of(record.exc_info[1])
        plain = {k: _plain(v) if isinstance(v, str) else v for k, v in told.items()}
        if self._form is Form.JSON:
            return canonical(plain).decode()
        time, level, event = (plain.pop(k) for k in ("time", "level", "event"))
        rest = "".join(f" {name}={_words(value)}" for name, value in plain.items())
        return f"{time} {level} {event}{rest}"


def _facts_of(error: BaseException) -> dict[str, str]:
    """Return an exception's kind, its place, and its words if they are about a store.

    A ``StoreError`` that was made of another refusal may quote the entry at fault.
    """
    facts = {"error": type(error).__name__}
    if isinstance(error, LedgerError):
        facts["code"] = error.code
    cause = error.__cause__ or error.__context__
    if isinstance(error, StoreError) and not isinstance(
        cause, (LedgerError, ValueError)
    ):
        facts["reason"] = str(error)
    if cause is not None:
        facts["cause"] = type(cause).__name__
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    if frames:
        facts["where"] = " > ".join(
            f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno}"
            for frame in frames
        )
    return facts


def _words(value: Json) -> str:
    return value if isinstance(value, str) else canonical(value).decode()


def _plain(text: str) -> str:
    """Return a text that is one line and can be written, whatever is in it."""
    escaped = text.encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in escaped)
