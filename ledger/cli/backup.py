"""``caravan backup``: a copy of a ledger that can be put in its place."""

import os
import shutil
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from ledger.backup import copy_database, sync
from ledger.cli import verdict
from ledger.cli.explanations import LEDGER_STEPS
from ledger.cli.folder import DataFolder
from ledger.cli.ledgers import open_target
from ledger.cli.options import AsJson
from ledger.cli.outcome import with_hint
from ledger.cli.trusting import choose_policy
from ledger.cli.verify import judge_ledger
from ledger.errors import LedgerError, NotFoundError, StoreError
from ledger.pins import default_pins

_PRIVATE: Final = 0o600
_PUBLIC: Final = 0o644


def backup(
    folder: Annotated[Path, typer.Argument(help="The data folder of a ledger.")],
    to: Annotated[Path, typer.Argument(help="A new folder for the copy.")],
    with_keys: Annotated[
        bool,
        typer.Option("--with-keys", help="Copy the private keys in the folder too."),
    ] = False,
    with_personal: Annotated[
        bool,
        typer.Option(
            "--with-personal",
            help="Copy what parties disclosed too; what they have erased later is "
            "then still in the copy.",
        ),
    ] = False,
    no_verify: Annotated[
        bool, typer.Option("--no-verify", help="Leave that to caravan verify.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Copy a ledger, also while it is served, and verify the copy.

    Database and policy. Never the newest checkpoint given out: it stays where it is, so
    that a copy which is older is not appended to. Exit status: 0 the copy holds, 2 it
    could not be made, 3 what was copied is damaged, 4 cannot check.
    """
    data = DataFolder(folder)
    if not data.database.is_file():
        raise with_hint(
            NotFoundError(f"{folder}: has no ledger in SQLite"),
            "one in PostgreSQL is copied with pg_dump or pg_basebackup",
        )
    policy = data.read_policy()
    if to.exists():
        raise with_hint(
            StoreError(f"{to}: is there already"), "name a folder that is not there yet"
        )
    # Under its own name only when it is whole.
    part = DataFolder(to.with_name(f"{to.name}.part"))
    try:
        part.path.mkdir(mode=0o700, parents=True)
        copy_database(data.database, part.database, mode=_PUBLIC)
        _write(part.policy, policy, _PUBLIC)
        if with_personal and data.personal.is_file():
            copy_database(data.personal, part.personal, mode=_PRIVATE)
        if with_keys:
            part.keys.mkdir(mode=0o700)
            for file in sorted(data.keys.glob("*.pem")):
                _write(part.keys / file.name, file.read_bytes(), _PRIVATE)
            sync(part.keys)
        sync(part.path)
        part.path.rename(to)
        sync(to.absolute().parent)
    except (OSError, StoreError) as error:
        shutil.rmtree(part.path, ignore_errors=True)
        raise with_hint(
            StoreError(f"{to}: {error}"), "nothing was kept; make it again"
        ) from error
    typer.echo(f"backup: {to}", err=as_json)
    if not no_verify:
        _verify(to, data.policy, as_json=as_json)


def _write(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _verify(copy: Path, policy: Path, *, as_json: bool) -> None:
    """Replay the copy under the policy of the ledger that it was made of.

    Raises:
        typer.Exit: It does not hold.
    """
    pins = default_pins(os.environ)
    choose = partial(choose_policy, pins=pins, given=policy, accept_served=False)
    try:
        with open_target(str(copy)) as target:
            found = judge_ledger(target, choose, pins)
    except LedgerError as error:
        raise typer.Exit(
            verdict.say_refusal(error, LEDGER_STEPS, str(copy), as_json=as_json)
        ) from error
    verdict.say_verdict(found, as_json=as_json)
