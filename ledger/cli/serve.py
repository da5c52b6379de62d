"""``caravan serve``: answer for a ledger over HTTP until told to stop."""

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from ledger.cli.folder import DataFolder
from ledger.cli.options import PassphraseFile
from ledger.cli.outcome import not_listening, with_hint
from ledger.clock import SystemClock
from ledger.cosigning import Cosigning, check_not_older
from ledger.discloser import Discloser
from ledger.errors import (
    GivenOutError,
    KeyFileError,
    LedgerError,
    StoreError,
    VerificationError,
)
from ledger.log import Log
from ledger.lookupstore import LookupStore, open_lookups
from ledger.notices import Form, begin_notices, failure, notice
from ledger.personal import open_personal
from ledger.policy import parse_policy
from ledger.preparer import helpers_for


def serve(
    folder: Annotated[Path, typer.Argument(help="A folder that caravan init made.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0 takes a free one.")
    ] = 8000,
    passphrase_file: PassphraseFile = None,
    trusted_proxy: Annotated[
        str,
        typer.Option(
            metavar="ADDRESSES",
            help="Reverse proxies, with commas between, whose X-Forwarded headers are "
            "believed; no others are.",
        ),
    ] = "",
    drain_seconds: Annotated[
        float,
        typer.Option(help="How long to answer on, not ready, once told to stop."),
    ] = 0,
    log_format: Annotated[
        Form, typer.Option(help="How events are told on standard error.")
    ] = Form.JSON,
    newest_checkpoint: Annotated[
        Path | None,
        typer.Option(
            envvar="CARAVAN_NEWEST_CHECKPOINT",
            metavar="FILE",
            help="Where the newest checkpoint given out is kept, best on another disk; "
            "by default newest-checkpoint in the folder.",
        ),
    ] = None,
    lookups: Annotated[
        bool,
        typer.Option(
            "--lookups/--no-lookups",
            envvar="CARAVAN_LOOKUPS",
            help="Count how often the page of each serial is looked up, without "
            "keeping who did.",
        ),
    ] = True,
    read_only: Annotated[
        bool,
        typer.Option(
            "--read-only",
            help="Show what is there and take nothing in; needs no key, and may run "
            "beside a server that appends.",
        ),
    ] = False,
) -> None:
    """Serve a ledger: pages, statements in, the log out."""
    # Every other verb starts faster without the server's libraries.
    from api.app import create_app
    from api.lookups import Lookups
    from api.operation import Operation
    from api.server import run

    begin_notices(log_format)
    data = DataFolder(folder)
    try:
        log = (
            data.open_reader()
            if read_only
            else _open_log(data, passphrase_file, newest_checkpoint)
        )
    except LedgerError as error:
        failure("not-started", error)
        raise
    operation = Operation()
    cosigning = Cosigning(log, clock=SystemClock()) if isinstance(log, Log) else None
    counting: Lookups | None = None
    notice("opened", origin=log.origin, size=log.size, read_only=read_only)
    try:
        typer.echo(f"ledger: {log.origin}")
        if isinstance(log, Log):
            log.employ(helpers_for(os.cpu_count() or 1))
            discloser = Discloser(log, open_personal(data.personal))
        else:
            discloser = None
            typer.echo("read-only: nothing is appended")
        if cosigning is not None:
            operation.witnesses = cosigning.figures

        if lookups and (store := _lookup_store(data, is_needed=not read_only)):
            counting = Lookups(store)

        def say_where(url: str) -> None:
            typer.echo(f"serving: {url}")
            # A witness that replays reads what it is asked about from here.
            if cosigning is not None:
                cosigning.start()

        run(
            create_app(log, discloser=discloser, operation=operation, lookups=counting),
            host=host,
            port=port,
            on_started=say_where,
            operation=operation,
            drain_seconds=drain_seconds,
            trusted_proxies=trusted_proxy,
        )
    except OSError as error:
        raise not_listening(host, port, error) from error
    finally:
        if cosigning is not None:
            cosigning.close()
        if counting is not None:
            counting.close()
        log.close()
        notice("stopped", size=log.size)


def _lookup_store(data: DataFolder, *, is_needed: bool) -> LookupStore | None:
    """Return where look-ups are counted; who only reads may not be able to write."""
    try:
        return open_lookups(data.lookups)
    except StoreError as error:
        if is_needed:
            hint = "caravan serve --no-lookups counts none"
            raise with_hint(error, hint) from error
        failure("lookups-not-counted", error)
        return None


def _open_log(
    data: DataFolder, passphrase_file: Path | None, newest_checkpoint: Path | None
) -> Log:
    """Return the log for appending, or say what can be done instead."""
    try:
        ask_witnesses(data)
        return data.open_log(
            clock=SystemClock(),
            passphrase_file=passphrase_file,
            newest_checkpoint=newest_checkpoint,
        )
    except VerificationError as error:
        raise with_hint(
            error,
            f"nothing is appended to a damaged ledger: caravan verify {data.path} says "
            "where; restore the database from a copy that is not older",
        ) from error
    except GivenOutError as error:
        raise with_hint(
            error,
            "to append would sign a second history: put the newest database in place; "
            f"caravan serve {data.path} --read-only shows what is there meanwhile; "
            "docs/operations.md has each way on",
        ) from error
    except KeyFileError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            raise
        raise with_hint(
            error,
            f"keys are in {data.path}/keys; without them nothing can be appended, and "
            f"caravan serve {data.path} --read-only shows what is there",
        ) from error


def ask_witnesses(data: DataFolder) -> None:
    """Refuse a ledger that is older than what its witnesses have seen.

    Those that do not answer are told to the operator: without their word it starts all
    the same, as ``newest-checkpoint`` guards it too.

    Raises:
        GivenOutError: It is older, or has another history.
        LedgerError: It cannot be read.
    """
    if not parse_policy(data.read_policy()).witnesses:
        return
    with closing(data.open_reader()) as held:
        for name in check_not_older(held):
            notice("witness-silent", witness=name)
