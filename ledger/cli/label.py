"""``caravan label``: the code that goes on a pack.

The code is a GS1 Digital Link URI on the ledger's own domain, or an identifier of the
ledger's own. It has no fragment: a fragment vouches for a checkpoint with a quorum of
witnesses (blueprint, 3.8), and without one it would vouch for nothing.
"""

import io
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import segno
import typer

from ledger.cli.ledgers import find_origin, is_url
from ledger.cli.options import Ledger
from ledger.cli.outcome import with_hint
from ledger.errors import IdentifierError, StoreError
from ledger.identifier import GS1, identifiers_from_path

_FILES: Final = (".png", ".svg")


def label(
    subject: Annotated[
        str, typer.Argument(help="The URI of a lot, serial, animal, place or party.")
    ],
    ledger: Ledger = None,
    out: Annotated[
        Path | None, typer.Option(help="A .png or .svg file; else the terminal.")
    ] = None,
    scale: Annotated[int, typer.Option(help="Pixels of one dot.", min=1)] = 8,
) -> None:
    """Make the QR code that leads to the page of a subject, and print what it says.

    The page is looked for at the ledger, if one is given, else at the URI's own host.
    """
    uri = page_uri(subject, ledger)
    named, led_to = urlsplit(subject).netloc, urlsplit(uri).netloc
    if named != led_to and not subject.startswith(GS1):
        typer.echo(f"caravan: the code leads to {led_to}, not to {named}", err=True)
    code = segno.make(uri, error="m", micro=False)
    if out is None:
        picture = io.StringIO()
        code.terminal(out=picture, compact=True)
        typer.echo(picture.getvalue())
    else:
        if out.suffix not in _FILES:
            raise typer.BadParameter(f"want {' or '.join(_FILES)}", param_hint="--out")
        try:
            code.save(str(out), kind=out.suffix[1:], scale=scale)
        except OSError as error:
            raise StoreError(f"{out}: {error.strerror}") from error
    typer.echo(uri)


def page_uri(subject: str, ledger: str | None) -> str:
    """Return the URI of a subject's page.

    Args:
        subject: An identifier, or a Digital Link URI with lot and serial in one.
        ledger: URL or data folder of the ledger; None takes the subject's own host.

    Raises:
        IdentifierError: It is not in its one spelling, or there is no host.
        NotFoundError: There is no ledger in that folder.

    >>> page_uri("https://id.gs1.org/01/09520123456788/10/L1", "http://herd.example/")
    'http://herd.example/01/09520123456788/10/L1'
    """
    try:
        parts = urlsplit(subject)
    except ValueError as error:
        raise IdentifierError(f"subject: {error}") from error
    if parts.scheme not in {"http", "https"} or parts.query or parts.fragment:
        raise IdentifierError(f"subject: got {subject}, want https://… and only a path")
    identifiers_from_path(parts.path, host=parts.netloc)
    if ledger is None:
        if subject.startswith(GS1):
            raise with_hint(
                IdentifierError("subject: its page is not known by its URI"),
                "give --ledger URL, whose domain the code is to name",
            )
        base = f"{parts.scheme}://{parts.netloc}"
    elif is_url(ledger):
        base = ledger.rstrip("/")
    else:
        base = "https://" + find_origin(None, ledger).split("/", 1)[0]
    return base + parts.path
