"""``caravan migrate``: bring a ledger's tables up to this release."""

from pathlib import Path
from typing import Annotated

import typer

from ledger.cli.folder import DataFolder, sqlite_url
from ledger.cli.ledgers import is_database
from ledger.cli.options import AsJson, Writer
from ledger.cli.outcome import with_hint
from ledger.encoding import canonical
from ledger.errors import FormatVersionError, NotFoundError, StoreError
from ledger.sqlstore import migrate_store


def migrate(
    ledger: Annotated[
        str, typer.Argument(help="A data folder, a database file, or URL.")
    ],
    writer: Writer = None,
    as_json: AsJson = False,
) -> None:
    """Bring a ledger's tables up to this release; no entry changes by it.

    Needs the database's owner, and that no server runs on it. All is done or nothing;
    done again, it changes nothing. Exit status: 0 it can be served, 2 it was not
    changed.
    """
    try:
        before, after = migrate_store(_url(ledger), writer=writer)
    except (FormatVersionError, NotFoundError):
        raise
    except StoreError as error:
        raise with_hint(
            error, "nothing was changed; stop the servers that append, and do it again"
        ) from error
    if as_json:
        typer.echo(canonical({"before": before, "revision": after}))
    elif before == after:
        typer.echo(f"revision: {after}, as before")
    else:
        typer.echo(f"revision: {after}, before {before}")


def _url(ledger: str) -> str:
    if is_database(ledger):
        return ledger
    path = Path(ledger)
    folder = DataFolder(path)
    return folder.database_url if path.is_dir() else sqlite_url(path)
