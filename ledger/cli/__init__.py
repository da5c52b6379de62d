"""The command ``caravan``: one short module for each verb.

Files or standard input in, results on standard output, progress on standard error. Bad
input is answered with one line that says what and one that says what to do, never with
a traceback; ``outcome`` has the exit statuses.
"""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated

import typer

from ledger.cli import (
    audit,
    backup,
    demo,
    erase,
    exercise,
    exporting,
    importing,
    init,
    key,
    label,
    migrate,
    mirror,
    office,
    outcome,
    party,
    post,
    profile,
    restore,
    serve,
    sign,
    supply,
    trace,
    verify,
    witness,
)
from ledger.errors import LedgerError

app = typer.Typer(
    name="caravan",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _say_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"caravan {version('caravan')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def caravan(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_say_version,
            is_eager=True,
            help="Print the version of this program.",
        ),
    ] = False,
) -> None:
    """A ledger of signed statements about goods, checked by anyone."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


app.command()(init.init)
app.command()(serve.serve)
app.command()(migrate.migrate)
app.command()(demo.demo)
app.add_typer(key.app, name="key")
party.app.command("ledger-key")(office.ledger_key)
party.app.command()(office.rotate)
party.app.command()(profile.profile)
app.add_typer(party.app, name="party")
app.command()(sign.sign)
app.command()(post.post)
app.command("import")(importing.import_)
app.command()(verify.verify)
app.command()(audit.audit)
app.command()(trace.trace)
app.command()(supply.supply)
app.command()(exercise.exercise)
app.command()(label.label)
app.command()(erase.erase)
app.command()(backup.backup)
app.command("restore")(restore.restore_ledger)
app.command()(mirror.mirror)
app.command()(exporting.export)
app.command()(witness.witness)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Args:
        arguments: What stands after the command's name; by default what was typed.
    """
    command = typer.main.get_command(app)
    try:
        status = command.main(
            None if arguments is None else list(arguments),
            prog_name="caravan",
            standalone_mode=False,
        )
    except LedgerError as error:
        return outcome.report(error)
    except typer.TyperException as error:
        outcome.say_usage(error)
        return outcome.ExitStatus.NOTHING_TO_JUDGE
    except typer.Abort:
        status = outcome.INTERRUPTED
    if status == outcome.INTERRUPTED:
        typer.echo("caravan: interrupted", err=True)
    return status if isinstance(status, int) else outcome.ExitStatus.HOLDS
