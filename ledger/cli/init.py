"""``caravan init``: begin a ledger."""

from pathlib import Path
from typing import Annotated

import typer

from ledger.cli.folder import (
    DEFAULT_MAX_AGE_SECONDS,
    DataFolder,
    Plan,
    create_ledger,
)
from ledger.cli.keyfiles import new_passphrase
from ledger.cli.options import (
    AsJson,
    Database,
    NoPassphrase,
    PassphraseFile,
    Writer,
)
from ledger.clock import SystemClock
from ledger.encoding import canonical
from ledger.policy import parse_policy


def init(
    folder: Annotated[Path, typer.Argument(help="A new folder for its data.")],
    host: Annotated[
        str, typer.Option(help="Domain under which it will be served; has a dot.")
    ],
    name: Annotated[str, typer.Option(help="Beginning of the ledger's name.")] = "log",
    url: Annotated[
        str | None, typer.Option(help="URL of its log, if not https://HOST/log.")
    ] = None,
    max_age_seconds: Annotated[
        int, typer.Option(help="How old a witnessed checkpoint may be.")
    ] = DEFAULT_MAX_AGE_SECONDS,
    database: Database = None,
    writer: Writer = None,
    no_passphrase: NoPassphrase = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Begin a ledger: its keys, its policy and entry 0."""
    data = DataFolder(folder)
    origin = create_ledger(
        data,
        Plan(host, name, url, max_age_seconds, database, writer),
        passphrase=new_passphrase(passphrase_file, is_wanted=not no_passphrase),
        clock=SystemClock(),
    )
    fingerprint = parse_policy(data.read_policy()).fingerprint
    if as_json:
        typer.echo(
            canonical(
                {
                    "fingerprint": fingerprint,
                    "folder": str(folder),
                    "origin": origin,
                    "policy": str(data.policy),
                }
            )
        )
        return
    typer.echo(f"ledger: {origin}")
    typer.echo(f"policy: {data.policy}")
    if database is not None:
        typer.echo(
            f"database: {data.database_url}\n"
            "          A password is kept in no file of ours: PGPASSWORD or ~/.pgpass."
        )
    typer.echo(f"fingerprint: {fingerprint}")
    typer.echo(
        f"keys: {data.ledger_key} signs checkpoints and stays with the server.\n"
        f"      {data.registrar_key} decides who may sign, and\n"
        f"      {data.recovery_key} replaces a registrar that is lost: whoever has\n"
        "      them rules the ledger. Move both to places apart from this machine."
    )
    typer.echo(f"next: caravan serve {folder}")
