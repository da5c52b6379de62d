"""``caravan erase``: forget what a party had shown; no proof changes by it."""

from pathlib import Path
from typing import Annotated

import typer

from ledger.cli.folder import PERSONAL, DataFolder
from ledger.cli.ledgers import SQLITE, open_target, read_directory
from ledger.cli.options import AsJson
from ledger.cli.outcome import with_hint
from ledger.encoding import canonical, decode_base64
from ledger.errors import LedgerError, NotFoundError
from ledger.personal import open_personal


def erase(
    folder: Annotated[
        Path, typer.Argument(help="A data folder, or the database in it.")
    ],
    subject: Annotated[
        str | None, typer.Option(help="The URI of the party all of which is erased.")
    ] = None,
    commit: Annotated[
        str | None, typer.Option(help="The one commitment, in base64.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Erase a party's name, photo and story, their salts and the consent to them.

    Also while a server runs on the folder. What is erased is overwritten, and is not
    taken again. Nothing is asked, and how many values there were is all that is said.
    Exit status: 0 nothing of it is left, 2 not known to be erased, or no such party.
    """
    if (subject is None) == (commit is None):
        raise with_hint(
            NotFoundError("erase: not said what"), "give either --subject or --commit"
        )
    commitment = None if commit is None else decode_base64(commit, 32)
    store = open_personal(_side_table(folder))
    try:
        if commitment is not None:
            erased = store.erase([commitment])
        else:
            erased = store.erase_subject(subject or "")
    except LedgerError as error:
        raise with_hint(error, "not known to be erased: do it again") from error
    finally:
        store.close()
    if erased == 0 and subject is not None:
        # Asked only now: what is kept is erased whatever state the ledger is in.
        _check_party(folder, subject)
    typer.echo(canonical({"erased": erased}) if as_json else f"erased: {erased}")
    if erased == 0:
        typer.echo("caravan: no value of that was kept", err=True)


def _check_party(folder: Path, subject: str) -> None:
    """Tell a party that nothing is kept of from a URI that is misspelt.

    Raises:
        NotFoundError: No party of the ledger has this URI.
        LedgerError: The ledger cannot be read.
    """
    with open_target(str(folder)) as target:
        parties = read_directory(target).parties
    if subject not in parties:
        raise with_hint(
            NotFoundError(f"subject: {subject!r} is no party of this ledger"),
            f"nothing was erased; caravan party list --ledger {folder} has their URIs",
        )


def _side_table(path: Path) -> Path:
    """Return where the side table of a ledger is.

    Raises:
        NotFoundError: There is no ledger.
    """
    if DataFolder(path).has_ledger:
        return DataFolder(path).personal
    try:
        with path.open("rb") as file:
            is_database = file.read(len(SQLITE)) == SQLITE
    except OSError:
        is_database = False
    if not is_database:
        raise with_hint(
            NotFoundError(f"{path}: neither a data folder nor its database"),
            "caravan init makes the folder of a ledger",
        )
    return path.with_name(PERSONAL)
