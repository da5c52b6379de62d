"""``caravan witness``: cosign what logs show, and remember it, until told to stop."""

from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated

import typer

from ledger.cli.folder import read_file
from ledger.cli.keyfiles import new_passphrase, read_cosigner
from ledger.cli.ledgers import is_url
from ledger.cli.options import NoPassphrase, PassphraseFile
from ledger.cli.outcome import not_listening, with_hint
from ledger.cli.witnessfolder import (
    WitnessFolder,
    logs_policy,
    short_name,
)
from ledger.client import LedgerClient
from ledger.clock import SystemClock
from ledger.errors import NoteError, PolicyError
from ledger.notices import Form, begin_notices
from ledger.policy import PolicyLog, parse_policy
from ledger.replayer import open_replayer
from ledger.trust import REPLAYING
from ledger.witness import Witness


def witness(
    folder: Annotated[
        Path, typer.Argument(help="A folder of its own; it is made if need be.")
    ],
    name: Annotated[
        str | None,
        typer.Option(help="Name of a new witness, as in oasis.example/dune."),
    ] = None,
    log: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL|FILE",
            help="A log to cosign: the URL of a ledger, or a policy that names logs; "
            "once given, it is remembered.",
        ),
    ] = None,
    replay: Annotated[
        bool,
        typer.Option(
            "--replay",
            help="Make one that mirrors a log and verifies all of it before it "
            "cosigns; its name ends in /replay.",
        ),
    ] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0 takes a free one.")
    ] = 8001,
    url: Annotated[
        str | None,
        typer.Option(help="URL under which others reach it, if it is another one."),
    ] = None,
    shares_store: Annotated[
        bool,
        typer.Option(
            "--shares-store",
            help="Take a folder that a ledger is in too, or above, or below.",
        ),
    ] = False,
    no_passphrase: NoPassphrase = False,
    passphrase_file: PassphraseFile = None,
    trusted_proxy: Annotated[
        str,
        typer.Option(
            metavar="ADDRESSES",
            help="Reverse proxies, with commas between, whose X-Forwarded headers are "
            "believed; no others are.",
        ),
    ] = "",
    log_format: Annotated[
        Form, typer.Option(help="How events are told on standard error.")
    ] = Form.JSON,
) -> None:
    """Witness logs: cosign what continues what was seen before, and nothing else."""
    # Every other verb starts faster without the server's libraries.
    from api.operation import Operation
    from api.server import run
    from api.witness import PREFIX, create_witness_app

    begin_notices(log_format)
    data = WitnessFolder(folder)
    if not shares_store:
        data.check_is_apart()
    known = data.read_logs().logs if data.is_made else ()
    given = [found for where in log or () for found in _find_logs(where, known)]
    if data.is_made:
        cosigner = read_cosigner(data.key, passphrase_file)
        _check_same(cosigner.name, name, is_replaying=replay)
        if given:
            data.write_logs(logs_policy(*known, *given))
    else:
        chosen = _check_new(name, given, is_replaying=replay)
        passphrase = new_passphrase(passphrase_file, is_wanted=not no_passphrase)
        cosigner = data.make(chosen, logs_policy(*given), passphrase=passphrase)
    logs = data.read_logs()
    clock = SystemClock()
    operation = Operation()
    with ExitStack() as stack:
        memory = stack.enter_context(closing(data.open_memory(cosigner.vkey)))
        replayer = None
        if cosigner.name.endswith(REPLAYING):
            replayer = open_replayer(data.mirrors, logs.logs, clock=clock)
            stack.enter_context(closing(replayer))
            replayer.start()
        asked = Witness(cosigner, logs, memory, clock, replayer, data.evidence)
        typer.echo(f"witness: {cosigner.name}")
        for origin in dict.fromkeys(item.vkey.name for item in logs.logs):
            typer.echo(f"log: {origin}")

        def say_where(served: str) -> None:
            named = f"{short_name(cosigner.name)} {cosigner.vkey.to_text()}"
            prefix = f"{(url or served).rstrip('/')}{PREFIX}"
            typer.echo(f"policy line: witness {named} {prefix}")
            typer.echo(f"serving: {served}")

        try:
            run(
                create_witness_app(
                    asked, clock, operation=operation, replayer=replayer
                ),
                host=host,
                port=port,
                on_started=say_where,
                operation=operation,
                trusted_proxies=trusted_proxy,
            )
        except OSError as error:
            raise not_listening(host, port, error) from error


def _check_new(
    name: str | None, given: Sequence[PolicyLog], *, is_replaying: bool
) -> str:
    """Return the name of a new witness; refuse what none can be made of.

    Raises:
        NoteError: There is no name, or not one of its kind.
        PolicyError: There is no log to cosign.
    """
    if name is None:
        raise with_hint(
            NoteError("witness: there is none in this folder, and no name for a new"),
            "give --name, as in oasis.example/dune, and --log URL",
        )
    if name.endswith(REPLAYING) != is_replaying:
        wrong = (
            f"want one that ends in {REPLAYING} to replay"
            if is_replaying
            else f"which ends in {REPLAYING}, and no --replay"
        )
        raise with_hint(
            NoteError(f"name: got {name}, {wrong}"),
            f"who ends in {REPLAYING} says that all of a log was looked into, and "
            "needs --replay; nobody else may",
        )
    if not given:
        raise with_hint(
            PolicyError("log: none is given for a new witness"),
            "give --log with the URL of a ledger, or a policy that names logs",
        )
    return name


def _check_same(found: str, name: str | None, *, is_replaying: bool) -> None:
    """Refuse to take one witness for another.

    Raises:
        NoteError: The one in the folder has another name, or does not replay.
    """
    if name not in {None, found}:
        raise with_hint(
            NoteError(f"name: got {name}, but this is the witness {found}"),
            "a folder has one witness: choose another folder for a new one",
        )
    if is_replaying and not found.endswith(REPLAYING):
        raise with_hint(
            NoteError(
                f"name: got {found}, want one that ends in {REPLAYING} to replay"
            ),
            "a witness that replays has a key of its own: make it in another folder",
        )


def _find_logs(where: str, known: Sequence[PolicyLog]) -> list[PolicyLog]:
    """Return the logs of a policy file, or the one that a server says it is.

    Args:
        where: The file, or the server's URL.
        known: The logs that are cosigned already.

    Raises:
        NotFoundError: There is no such file.
        PolicyError: What is there is no policy, has no log line, or gives a log that
            is known another key by a server's word alone.
        StoreError: The server does not answer.
    """
    if not is_url(where):
        logs = parse_policy(read_file(Path(where))).logs
        if not logs:
            raise PolicyError(f"{where}: has no log line")
        return [*logs]
    with LedgerClient(where.removesuffix("/").removesuffix("/log")) as client:
        policy = parse_policy(client.policy())
        if not policy.logs:
            raise PolicyError(f"{where}: its policy has no log line")
    found = policy.logs[0].vkey
    keys = [log.vkey for log in known if log.vkey.name == found.name]
    if keys and found not in keys:
        raise with_hint(
            PolicyError(f"{where}: has another key for {found.name} than is known"),
            "if that log has changed its key, give a policy file with both, which you "
            "have from somebody else than this server",
        )
    typer.echo(
        f"log: {found.name} by this server's own word: compare its fingerprint,\n"
        f"     {policy.fingerprint}, with what its operator says"
    )
    # Where it was found, whatever it calls itself.
    return [PolicyLog(found, f"{client.url}/log")]
