"""``caravan post``: hand statements to a ledger and keep its receipts."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from ledger.checkpoint import parse_checkpoint
from ledger.cli.notes import read_input, read_notes
from ledger.cli.options import AsJson, Input
from ledger.cli.outcome import ExitStatus, say_error, words_of
from ledger.cli.receipts import keep_receipt, refresh_receipts
from ledger.cli.terminal import progress
from ledger.client import Answer, LedgerClient, Posted
from ledger.disclosure import parse_disclosures
from ledger.encoding import Json, canonical
from ledger.errors import LedgerError, QuorumError, StoreError
from ledger.note import parse_note
from ledger.reader import ReceiptState


def post(
    to: Annotated[
        str, typer.Option(envvar="CARAVAN_LEDGER", help="URL of the ledger.")
    ],
    file: Input = "-",
    receipts: Annotated[
        Path | None,
        typer.Option(help="Folder for the receipts, each with its statement in it."),
    ] = None,
    refresh: Annotated[
        bool,
        typer.Option(
            "--refresh",
            help="Post nothing; exchange the folder's receipts for witnessed ones.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Post a note, or a JSON array of notes; doing it again changes nothing.

    Each statement stands alone: what is refused is named, and the rest is recorded. A
    file of disclosures, as "party profile" writes it, is sent to be shown. A receipt is
    signed by the ledger at first; once witnesses have cosigned, the next post to the
    same folder, or --refresh, exchanges it for a witnessed one.
    """
    if refresh:
        if receipts is None:
            raise typer.BadParameter("want a folder", param_hint="--receipts")
        if not receipts.is_dir():
            raise StoreError(f"{receipts}: there is no such folder")
        with LedgerClient(to) as client:
            counts = refresh_receipts(receipts, client)
        if as_json:
            typer.echo(canonical(dict[str, Json](counts.items())))
        else:
            say_receipts(counts)
        return
    data = read_input(file)
    if is_disclosures(data):
        post_disclosures(data, to, as_json=as_json)
    else:
        source = "standard input" if file == "-" else file
        post_notes(
            read_notes(data), to, source=source, receipts=receipts, as_json=as_json
        )


def post_notes(
    notes: Sequence[bytes],
    to: str,
    *,
    source: str = "statement",
    receipts: Path | None = None,
    as_json: bool = False,
) -> None:
    """Post notes, and print where each is in the log or why it is not.

    Args:
        notes: The notes, in order.
        to: URL of the ledger.
        source: Where they are from, for whoever has to look there.
        receipts: Folder for the receipts; None keeps none.
        as_json: Whether answers are printed for machines.

    Raises:
        Exit: Some were refused.
        MalformedError: The server has no checkpoint that can be read.
        StoreError: No connection, or a receipt cannot be kept.
    """
    answers: list[Answer] = []
    with LedgerClient(to) as client, progress("posting") as on_progress:
        size = 0
        # A ledger takes statements in before any witness has seen it.
        with suppress(QuorumError):
            size = parse_checkpoint(parse_note(client.checkpoint()).text).size
        for note, answer in client.post_all(notes):
            answers.append(answer)
            if receipts is not None and isinstance(answer, Posted):
                keep_receipt(receipts, answer, note)
            on_progress(len(answers), len(notes))
        counts = Counter() if receipts is None else refresh_receipts(receipts, client)
    if as_json:
        typer.echo(canonical([_as_json(answer) for answer in answers]))
    for place, answer in enumerate(answers, start=1):
        if isinstance(answer, LedgerError):
            which = f": note {place} of {len(notes)}" if len(notes) > 1 else ""
            say_error(f"{source}{which}: {words_of(answer)}")
        elif not as_json:
            typer.echo(f"entry: {answer.index} leaf hash: {answer.leaf_hash}")
            for flag in answer.flags:
                typer.echo(f"flag: {flag.code} {flag.detail}")
            if answer.index < size:
                typer.echo(
                    f"caravan: entry {answer.index} was there before; nothing is added",
                    err=True,
                )
    if counts and not as_json:
        say_receipts(counts)
    if any(isinstance(answer, LedgerError) for answer in answers):
        raise typer.Exit(ExitStatus.FINDINGS)


def say_receipts(counts: Counter[ReceiptState]) -> None:
    """Say how many receipts of a folder are witnessed."""
    words = f"receipts: {counts['witnessed']} witnessed"
    if counts["signed"]:
        words += f", {counts['signed']} signed by the ledger alone"
    typer.echo(words)


def is_disclosures(data: bytes) -> bool:
    """Tell a document of disclosures from notes and from events.

    >>> is_disclosures(b'{"disclosures":[]}'), is_disclosures(b'{"type":"x"}')
    (True, False)
    """
    return data.startswith((b'{"consent":', b'{"disclosures":'))


def post_disclosures(data: bytes, to: str, *, as_json: bool = False) -> None:
    """Send disclosures, and print how many there are; never what they say.

    Raises:
        MalformedError: It is not the document.
        LedgerError: The server refuses them.
        StoreError: No connection.
    """
    count = len(parse_disclosures(data).items)
    with LedgerClient(to) as client:
        client.disclose(data)
    if as_json:
        typer.echo(canonical({"disclosed": count}))
    else:
        typer.echo(f"disclosed: {count}")


def _as_json(answer: Answer) -> Json:
    if isinstance(answer, LedgerError):
        return {"code": answer.code, "detail": str(answer), "pointer": answer.pointer}
    return {
        "flags": [[flag.code, flag.detail] for flag in answer.flags],
        "index": answer.index,
        "leaf_hash": answer.leaf_hash,
        "receipt": answer.receipt.decode(),
    }
