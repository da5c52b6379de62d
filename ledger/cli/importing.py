"""``caravan import``: take records over from a register, each signed by its keeper."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import typer

from ledger.checkpoint import parse_checkpoint
from ledger.cli.folder import read_file
from ledger.cli.keyfiles import read_signer
from ledger.cli.options import AsJson, Origin, PassphraseFile
from ledger.cli.outcome import ExitStatus, say_error, words_of
from ledger.cli.terminal import progress
from ledger.client import LedgerClient, Posted
from ledger.encoding import Json, canonical
from ledger.errors import KeyFileError, LedgerError, WrongOriginError
from ledger.importer.mapping import parse_mapping
from ledger.importer.posting import post_statements
from ledger.importer.statements import Register, RowEvent, SignerOf
from ledger.note import NoteSigner, parse_note

MAX_SHOWN: Final = 20
"""Refusals that are printed one by one; a wrong mapping has one for each row."""


@dataclass(slots=True)
class ImportReport:
    """What became of a register."""

    origin: str
    new: int = 0
    known: int = 0
    refused: list[tuple[RowEvent, LedgerError]] = field(default_factory=list)

    def to_json(self) -> Json:
        """Return it for machines."""
        refused: list[Json] = [
            {
                "code": error.code,
                "detail": str(error),
                "event": about.name,
                "file": about.file,
                "line": about.line,
                "pointer": error.pointer,
            }
            for about, error in self.refused
        ]
        return {
            "known": self.known,
            "new": self.new,
            "origin": self.origin,
            "refused": refused,
        }


def import_(
    mapping: Annotated[
        Path, typer.Option(help="What the rows mean; the CSV files lie beside it.")
    ],
    keys: Annotated[
        Path, typer.Option(help="Folder of key files, as the mapping names them.")
    ],
    to: Annotated[
        str, typer.Option(envvar="CARAVAN_LEDGER", help="URL of the ledger.")
    ],
    origin: Origin = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Turn the rows of a register into events, and post them; again, nothing is twice.

    A row that does not do is named, and the others go on. What broke off is run again.
    """
    register = read_register(mapping)
    with LedgerClient(to) as client, progress("importing rows") as on_progress:
        report = import_register(
            client,
            register,
            signer_of=keys_in(keys, passphrase_file),
            origin=origin,
            on_progress=on_progress,
        )
    if as_json:
        typer.echo(canonical(report.to_json()))
    else:
        typer.echo(f"ledger: {report.origin}")
        typer.echo(f"new: {report.new}")
        typer.echo(f"known: {report.known}")
        typer.echo(f"refused: {len(report.refused)}")
    say_refused(report.refused)
    if report.refused:
        raise typer.Exit(ExitStatus.FINDINGS)


def read_register(mapping: Path) -> Register:
    """Return the register that a mapping file describes.

    Raises:
        NotFoundError: A file is not there.
        MalformedError: A file is not what it should be.
    """
    return Register(
        parse_mapping(read_file(mapping)), lambda name: read_file(mapping.parent / name)
    )


def keys_in(folder: Path, passphrase_file: Path | None = None) -> SignerOf:
    """Return what gives the key ``fr7`` from the file ``fr7.pem``, read once."""
    found: dict[str, NoteSigner | LedgerError] = {}

    def signer_of(name: str) -> NoteSigner:
        if name not in found:
            try:
                found[name] = read_signer(folder / f"{name}.pem", passphrase_file)
            except LedgerError as error:
                found[name] = error
        key = found[name]
        if isinstance(key, LedgerError):
            raise KeyFileError(str(key))
        return key

    return signer_of


def import_register(
    client: LedgerClient,
    register: Register,
    *,
    signer_of: SignerOf,
    origin: str | None = None,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> ImportReport:
    """Sign and post all that a register has, and count what was new.

    Args:
        client: The ledger.
        register: The register.
        signer_of: Gives the key that the mapping names.
        origin: Name of the ledger, if the server is not to be believed about it.
        on_progress: Called with rows done and rows to do.

    Raises:
        StoreError: No connection after several tries; run it again.
        WrongOriginError: The server is another ledger's.
    """
    checkpoint = parse_checkpoint(parse_note(client.checkpoint()).text)
    if origin not in {None, checkpoint.origin}:
        raise WrongOriginError(f"{client.url}: got {checkpoint.origin}, want {origin}")
    report = ImportReport(checkpoint.origin)
    done = 0

    def on_row() -> None:
        nonlocal done
        done += 1
        on_progress(done, register.row_count)

    made = register.statements(
        origin=checkpoint.origin, signer_of=signer_of, on_row=on_row
    )
    for about, answer in post_statements(client, made):
        if not isinstance(answer, Posted):
            report.refused.append((about, answer))
        # What was there before has an index below the size at the start.
        elif answer.index < checkpoint.size:
            report.known += 1
        else:
            report.new += 1
    return report


def say_refused(refused: Iterable[tuple[RowEvent, LedgerError]]) -> None:
    """Name the rows that did not do, on standard error."""
    shown = list(refused)
    for about, error in shown[:MAX_SHOWN]:
        say_error(f"{about}: {error.code}: {words_of(error)}")
    if len(shown) > MAX_SHOWN:
        say_error(f"and {len(shown) - MAX_SHOWN} more; --json has all of them")
