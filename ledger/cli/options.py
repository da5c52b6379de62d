"""Options that several verbs share: one name, one meaning, one help text."""

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
Keys = Annotated[
    list[Path],
    typer.Option(
        "--key",
        envvar="CARAVAN_KEY",
        help="Key file to sign with; the issuer's first, then those who attest.",
    ),
]
Attesters = Annotated[
    list[str] | None,
    typer.Option(
        "--attester",
        metavar="VKEY",
        help="One who is to sign too, elsewhere; what is printed is a draft then.",
    ),
]
Key = Annotated[
    Path,
    typer.Option("--key", envvar="CARAVAN_KEY", help="Key file of who decides."),
]
KeyName = Annotated[
    str | None,
    typer.Option(help="Name to sign under, for a key file that has none in it."),
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(help="File whose first line is the passphrase; else it is asked for."),
]
NoPassphrase = Annotated[
    bool,
    typer.Option("--no-passphrase", help="Write keys that whoever reads them can use."),
]
Origin = Annotated[
    str | None, typer.Option(help="Name of the ledger that it is signed for.")
]
Ledger = Annotated[
    str | None,
    typer.Option(envvar="CARAVAN_LEDGER", help="URL or data folder of the ledger."),
]
To = Annotated[
    str | None,
    typer.Option("--to", help="Post it to the ledger at this URL at once."),
]
Policy = Annotated[Path | None, typer.Option(help="The policy that you trust.")]
AcceptPolicy = Annotated[
    bool,
    typer.Option(
        "--accept-policy", help="Take the served policy in place of the pinned."
    ),
]
Database = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="A database of PostgreSQL to keep the ledger in, instead of a file in the "
        "folder.",
    ),
]
Writer = Annotated[
    str | None,
    typer.Option(
        metavar="ROLE",
        help="Another role of PostgreSQL, to serve with: it may append, and no more.",
    ),
]
Input = Annotated[
    str, typer.Argument(metavar="FILE", help="A file; - is standard input.")
]
