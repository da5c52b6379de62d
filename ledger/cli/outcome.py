"""How a command ends: one exit status and, if it is bad news, two lines that say why.

Here alone a refusal becomes an exit status (blueprint, 4.2).
"""

import signal
from enum import IntEnum
from typing import Final

import typer

from ledger.errors import (
    CannotCheckError,
    LedgerError,
    MalformedError,
    NotFoundError,
    RefusedError,
    StoreError,
    VerificationError,
)


class ExitStatus(IntEnum):
    """What a script may rely on."""

    HOLDS = 0
    FINDINGS = 1
    """Something was found, or was not accepted; the rest went on."""
    NOTHING_TO_JUDGE = 2
    """Usage, no such path, no connection, not one of our formats."""
    BROKEN = 3
    """Evidence that is damaged, truncated or false."""
    CANNOT_CHECK = 4
    """Stale, an unknown version, no quorum yet, no policy."""


INTERRUPTED: Final = 128 + signal.SIGINT
"""After Ctrl-C: what a shell gives a command that SIGINT has ended."""

_STATUSES: dict[type[LedgerError], ExitStatus] = {
    LedgerError: ExitStatus.NOTHING_TO_JUDGE,
    MalformedError: ExitStatus.NOTHING_TO_JUDGE,
    NotFoundError: ExitStatus.NOTHING_TO_JUDGE,
    StoreError: ExitStatus.NOTHING_TO_JUDGE,
    RefusedError: ExitStatus.FINDINGS,
    VerificationError: ExitStatus.BROKEN,
    CannotCheckError: ExitStatus.CANNOT_CHECK,
}


def status_of(error: LedgerError) -> ExitStatus:
    """Return the exit status of a refusal, that of its nearest listed parent.

    >>> from ledger.errors import QuorumError
    >>> status_of(QuorumError("witnesses: got none, which is no quorum")).name
    'CANNOT_CHECK'
    """
    for cls in type(error).__mro__:
        if issubclass(cls, LedgerError) and cls in _STATUSES:
            return _STATUSES[cls]
    raise TypeError(f"{type(error).__name__}: not below LedgerError")


def with_hint(error: LedgerError, hint: str) -> LedgerError:
    """Return a refusal that also says what to do about it."""
    error.add_note(hint)
    return error


def report(error: LedgerError) -> ExitStatus:
    """Say on standard error what is wrong and what to do; return the exit status."""
    say_error(words_of(error), *getattr(error, "__notes__", ()))
    return status_of(error)


def not_listening(
    host: str,
    port: int,
    error: OSError,
    hint: str = "choose another one with --host and --port",
) -> LedgerError:
    """Return the refusal of an address that cannot be listened on."""
    return with_hint(StoreError(f"{host} port {port}: {error.strerror or error}"), hint)


def words_of(error: LedgerError) -> str:
    """Return what is wrong and, if it is in a body, where."""
    words, pointer = str(error), error.pointer
    return words if not pointer or pointer in words else f"{words} (at {pointer})"


def say_error(message: str, *hints: str) -> None:
    """Say what is wrong and what to do, on standard error."""
    typer.echo(f"caravan: error: {printable(message)}", err=True)
    for hint in hints:
        typer.echo(f"caravan: hint: {printable(hint)}", err=True)


def say_usage(error: typer.TyperException) -> None:
    """Say how the command was called wrongly, on standard error."""
    words = getattr(error, "format_message", None)
    context = getattr(error, "ctx", None)
    path = "caravan" if context is None else context.command_path
    message = str(error) if words is None else words()
    say_error(message.rstrip("."), f"{path} --help says what it takes")


def printable(text: str) -> str:
    """Return a text that cannot steer a terminal, whoever wrote it."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
