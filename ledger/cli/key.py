"""``caravan key``: make keys and show who they are."""

from pathlib import Path
from typing import Annotated

import typer

from ledger.cli.folder import DataFolder
from ledger.cli.keyfiles import new_passphrase, read_signer
from ledger.cli.options import KeyName, NoPassphrase, PassphraseFile
from ledger.keys import generate, write_key_file

app = typer.Typer(help="Make keys and show who they are.")


@app.command()
def new(
    name: Annotated[
        str, typer.Argument(help="Name to sign under, as in herd.example/anna.")
    ],
    out: Annotated[Path, typer.Option(help="A new file for it.")],
    no_passphrase: NoPassphrase = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make a key, and print its public half as a vkey."""
    signer = generate(name)
    passphrase = new_passphrase(passphrase_file, is_wanted=not no_passphrase)
    write_key_file(out, signer, passphrase=passphrase)
    typer.echo(signer.vkey.to_text())


@app.command()
def ledger(
    folder: Annotated[Path, typer.Argument(help="The data folder of a ledger.")],
    no_passphrase: NoPassphrase = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make one more ledger key in a data folder, and print its public half."""
    data = DataFolder(folder)
    file = data.next_ledger_key()
    store = data.open_store()
    try:
        signer = generate(store.origin)
    finally:
        store.close()
    passphrase = new_passphrase(passphrase_file, is_wanted=not no_passphrase)
    write_key_file(file, signer, passphrase=passphrase)
    typer.echo(signer.vkey.to_text())
    typer.echo(f"caravan: {file}: signs once the registrar has added it", err=True)


@app.command()
def show(
    file: Annotated[Path, typer.Argument(help="A key file.")],
    name: KeyName = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Print the public half of a key as a vkey."""
    typer.echo(read_signer(file, passphrase_file, name=name).vkey.to_text())
