"""``caravan exercise``: one lot back, one milking forward, as a worksheet."""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Annotated, Final

import typer

from ledger.audit.events import Events
from ledger.audit.exercise import Exercise, run_exercise
from ledger.audit.printout import as_csv as csv_of
from ledger.audit.printout import as_json as json_of
from ledger.audit.printout import as_lines, words_of
from ledger.audit.report.wordbook import Language
from ledger.audit.spool import Spool
from ledger.audit.stock import Goods
from ledger.audit.worksheetpage import as_page
from ledger.cli import verdict
from ledger.cli.documents import scanned
from ledger.cli.explanations import LEDGER_STEPS
from ledger.cli.ledgers import LedgerTarget, Row, open_target
from ledger.cli.options import AcceptPolicy, AsJson, Policy
from ledger.cli.outcome import ExitStatus, printable
from ledger.cli.trusting import choose_policy
from ledger.cli.verify import judge_ledger
from ledger.encoding import Json, canonical
from ledger.errors import LedgerError, MalformedError, StoreError
from ledger.pins import default_pins


class _Language(StrEnum):
    EN = "en"
    ZH = "zh"


_LANGUAGES: Final[dict[_Language, Language]] = {_Language.EN: "en", _Language.ZH: "zh"}


def exercise(
    source: Annotated[
        str,
        typer.Argument(help="URL of a ledger, folder, database, copied log or bundle."),
    ],
    lot: Annotated[
        str | None,
        typer.Option(help="The lot to follow back; drawn if not given."),
    ] = None,
    milking: Annotated[
        str | None,
        typer.Option(
            help="What a milking gave, to follow forward; drawn if not given."
        ),
    ] = None,
    seed: Annotated[str, typer.Option(help="Any word of yours, to draw with.")] = "1",
    policy: Policy = None,
    accept_policy: AcceptPolicy = False,
    language: Annotated[
        _Language, typer.Option(help="Of the worksheet.")
    ] = _Language.EN,
    as_json: AsJson = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print every line as CSV.")
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(help="Write the worksheet as one page, to be printed."),
    ] = None,
) -> None:
    """Trace one lot back and one milking forward, with every kilogram and pack.

    The ledger is verified first. Exit status: as of "verify", and 1 if something is
    left over or cannot be counted.
    """
    if as_json and as_csv:
        raise MalformedError("output: got --json and --csv, want one of them")
    if not seed.isprintable():
        raise MalformedError("--seed: want one line of text")
    begun = monotonic()
    pins = default_pins(os.environ)
    choose = partial(
        choose_policy, pins=pins, given=policy, accept_served=accept_policy
    )
    with closing(Spool()) as spool:
        try:
            with open_target(source) as target:
                found = judge_ledger(_watched(target, spool), choose, pins)
        except LedgerError as error:
            raise typer.Exit(
                verdict.say_refusal(error, LEDGER_STEPS, source, as_json=as_json)
            ) from error
        verified = monotonic() - begun
        done = _run(target.origin, spool, found, lot, milking, seed)
    told = words_of(_LANGUAGES[language])
    if html is not None:
        _write(html, as_page(done, told.language))
    if as_json:
        document: dict[str, Json] = {"outcome": "verified", "ledger": found.facts}
        typer.echo(canonical(document | {"exercise": json_of(done)}))
    elif as_csv:
        typer.echo(csv_of(done), nl=False)
    else:
        _say(done, found, told.language)
    seconds = {"seconds": monotonic() - begun, "verified": verified}
    shown = {name: f"{value:.1f}" for name, value in seconds.items()}
    typer.echo(told("elapsed", **shown), err=True)
    if not done.is_accounted:
        raise typer.Exit(ExitStatus.FINDINGS)


def _watched(target: LedgerTarget, spool: Spool) -> LedgerTarget:
    """Return the target, of which every entry that is read is kept."""

    def watch(size: int, start: int) -> Iterator[Row]:
        # Whoever replays twice, because a key was changed, begins anew; whoever goes
        # on beyond what is cosigned does so where it was left.
        spool.cut(start)
        for row in target.entries(size, start):
            spool.append(row[1])
            yield row

    return replace(target, entries=watch)


def _run(
    origin: str,
    spool: Spool,
    found: verdict.Verdict,
    lot: str | None,
    milking: str | None,
    seed: str,
) -> Exercise:
    """Run the exercise over the very entries that were verified.

    Raises:
        LedgerError: What was given is nothing that the ledger made.
    """
    host = origin.split("/", 1)[0]
    goods = Goods(Events(origin, spool))
    return run_exercise(
        goods,
        origin=origin,
        tree_size=len(spool),
        root=str(found.facts["root_hash"]),
        seed=seed,
        lot=None if lot is None else scanned(lot, host=host).subject,
        harvest=None if milking is None else scanned(milking, host=host).subject,
    )


def _say(done: Exercise, found: verdict.Verdict, language: Language) -> None:
    typer.secho("verified", fg="green", nl=False)
    typer.echo(f": {found.headline}")
    for name in ("policy", "as_of"):
        typer.echo(f"{name.replace('_', ' ')}: {printable(str(found.facts[name]))}")
    for line in as_lines(done, language):
        typer.echo(printable(line))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
