"""Read key files, and get passphrases: from a file, the environment or a person."""

import os
from getpass import getpass
from pathlib import Path
from typing import Final

from ledger.cli.outcome import with_hint
from ledger.cosignature import Cosigner
from ledger.errors import KeyFileError
from ledger.keys import needs_passphrase, read_cosigner_file, read_key_file
from ledger.note import NoteSigner

VARIABLE: Final = "CARAVAN_PASSPHRASE"
_TERMINAL: Final = Path("/dev/tty")


def read_signer(
    path: Path, passphrase_file: Path | None = None, *, name: str | None = None
) -> NoteSigner:
    """Return the key in a file, asking for its passphrase if it has one.

    Raises:
        KeyFileError: There is no such key, or no passphrase that opens it.
        NoteError: The name is not in our grammar.
    """
    return read_key_file(path, _passphrase_of(path, passphrase_file), name=name)


def read_cosigner(path: Path, passphrase_file: Path | None = None) -> Cosigner:
    """Return the witness's key in a file, asking for its passphrase if it has one.

    Raises:
        KeyFileError: There is no such key, or no passphrase that opens it.
        NoteError: The name is not in our grammar.
    """
    return read_cosigner_file(path, _passphrase_of(path, passphrase_file))


def new_passphrase(
    passphrase_file: Path | None, *, is_wanted: bool = True
) -> str | None:
    """Return what to encrypt a new key with; None if that is not wanted.

    Raises:
        KeyFileError: It is wanted, and there is none.
    """
    if not is_wanted:
        return None
    given = _given(passphrase_file)
    if given is None:
        given = _ask("New passphrase: ")
        if given is not None and given != _ask("The same again: "):
            raise KeyFileError("passphrase: the two differ")
    if not given:
        raise with_hint(
            KeyFileError("passphrase: none was given"),
            f"give --passphrase-file, set {VARIABLE}, or say --no-passphrase",
        )
    return given


def _passphrase_of(path: Path, passphrase_file: Path | None) -> str | None:
    """Return what opens a key file; None if nothing is needed.

    Raises:
        KeyFileError: It is needed, and there is none, or the file cannot be read.
    """
    if not needs_passphrase(path):
        return None
    passphrase = _given(passphrase_file)
    if passphrase is None:
        passphrase = _ask(f"Passphrase of {path.name}: ")
    if passphrase is None:
        raise with_hint(
            KeyFileError(f"key file {path.name}: want a passphrase"),
            f"give --passphrase-file or set {VARIABLE}",
        )
    return passphrase


def _given(passphrase_file: Path | None) -> str | None:
    if passphrase_file is None:
        return os.environ.get(VARIABLE)
    try:
        text = passphrase_file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(f"passphrase file {passphrase_file}: {error}") from error
    return text.partition("\n")[0]


def _ask(prompt: str) -> str | None:
    """Ask the person at the terminal; None where there is nobody."""
    # Not standard input: that may be the statement to sign.
    try:
        with _TERMINAL.open("r+b", buffering=0):
            pass
    except OSError:
        return None
    return getpass(prompt)
