"""``caravan export``: a ledger and what belongs to it in one file, as evidence."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final, NamedTuple

import typer

from ledger.audit.bundle import Contents, Refusal
from ledger.audit.bundling import Layout
from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.cli import verdict
from ledger.cli.explanations import LEDGER_STEPS
from ledger.cli.ledgers import Row, open_target
from ledger.cli.options import AcceptPolicy, AsJson, Policy
from ledger.cli.outcome import ExitStatus, printable, with_hint
from ledger.cli.terminal import OnProgress, progress
from ledger.cli.trusting import choose_policy
from ledger.cli.verdict import Verdict
from ledger.cli.verify import judge_ledger
from ledger.copiedlog import CopiedLog
from ledger.encoding import Json, canonical, parse_json
from ledger.errors import CannotCheckError, LedgerError, StoreError
from ledger.note import parse_note
from ledger.pins import default_pins
from ledger.tile import TILE_WIDTH

_SHOWN: Final = 10


def export(
    source: Annotated[
        str,
        typer.Argument(help="URL of a ledger, folder, database, copied log or bundle."),
    ],
    evidence: Annotated[
        Path,
        typer.Option("--evidence", metavar="FILE", help="A new file for the bundle."),
    ],
    policy: Policy = None,
    accept_policy: AcceptPolicy = False,
    templates: Annotated[
        Path | None,
        typer.Option(help="Folder of your own templates, beside the built-in ones."),
    ] = None,
    report: Annotated[
        list[Path] | None,
        typer.Option(help="A report to put in, as it is."),
    ] = None,
    attachments: Annotated[
        Path | None,
        typer.Option(help="Folder of files that statements may name by their hash."),
    ] = None,
    unverified: Annotated[
        bool,
        typer.Option(
            "--unverified",
            help="Make a bundle also of what does not verify; it says so.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make an evidence bundle: the log, its policy, templates, files and reports.

    The ledger is verified first, and what is verified is what goes in. From the same
    checkpoint and files the bundle has the same bytes, wherever it is made. Exit
    status: as of "verify", also where a bundle was made with --unverified.
    """
    if evidence.exists():
        raise with_hint(
            StoreError(f"{evidence}: is there already"),
            "name a file that is not there yet",
        )
    try:
        beside = evidence.absolute().parent
        with TemporaryDirectory(prefix=f".{evidence.name}.", dir=beside) as folder:
            layout = Layout(Path(folder, "bundle"))
            given = _Given(source, policy, accept_policy, unverified)
            try:
                judged = _lay_out(layout, given)
            except LedgerError as error:
                raise typer.Exit(
                    verdict.say_refusal(error, LEDGER_STEPS, source, as_json=as_json)
                ) from error
            contents = layout.write_rest(
                judged.checkpoint,
                templates=templates,
                reports=report or [],
                attachments=attachments,
                refusal=judged.refusal,
            )
            whole = Path(folder, "whole")
            with whole.open("xb") as stream:
                layout.write_archive(stream)
                stream.flush()
                os.fsync(stream.fileno())
            whole.rename(evidence)
    except OSError as error:
        named = error.filename or evidence
        raise StoreError(f"{named}: {error.strerror or error}") from error
    status = ExitStatus.HOLDS
    if judged.error is not None:
        status = verdict.say_refusal(judged.error, LEDGER_STEPS, source, as_json=False)
    _say(contents, evidence, judged, as_json=as_json)
    raise typer.Exit(status)


class _Given(NamedTuple):
    source: str
    policy: Path | None
    accept_policy: bool
    unverified: bool


class _Judged(NamedTuple):
    """What was laid out, and whether it holds."""

    checkpoint: Checkpoint
    found: Verdict | None
    error: LedgerError | None

    @property
    def refusal(self) -> Refusal | None:
        error = self.error
        return None if error is None else Refusal(error.code, error.index)


def _lay_out(layout: Layout, given: _Given) -> _Judged:
    """Lay out a log and its policy, and verify what is laid out.

    Raises:
        LedgerError: It cannot be read; or does not hold, and is not asked for all the
            same.
    """
    with open_target(given.source) as target:
        # A data folder has what witnesses have cosigned apart, as it is shown.
        note = target.cosigned or target.note
        checkpoint = parse_checkpoint(parse_note(note).text)
        rows = target.entries(checkpoint.size, 0)
        with progress("copying") as on_progress:
            layout.write_log(checkpoint, note, _copied(rows, checkpoint, on_progress))
        copy = replace(
            target,
            note=note,
            cosigned=None,
            checkpoint=checkpoint,
            entries=_entries_of(CopiedLog(layout.log)),
            # A bundle is judged as of its day, and so the same whenever it is made.
            is_dated=True,
        )
        pins = default_pins(os.environ)
        try:
            chosen = choose_policy(
                target.origin,
                target.policy,
                pins=pins,
                given=given.policy,
                accept_served=given.accept_policy,
            )
        except CannotCheckError as error:
            if not given.unverified:
                raise
            if target.policy is not None:
                layout.write_policy(target.policy)
            return _Judged(checkpoint, None, error)
        layout.write_policy(chosen.policy.text)
        try:
            found = judge_ledger(copy, lambda *_: chosen, pins)
        except LedgerError as error:
            if not given.unverified:
                error.add_note(
                    "--unverified makes a bundle all the same, which says so"
                )
                raise
            return _Judged(checkpoint, None, error)
        return _Judged(checkpoint, found, None)


def _copied(
    rows: Iterator[Row], checkpoint: Checkpoint, on_progress: OnProgress
) -> Iterator[tuple[int, bytes]]:
    for index, entry, _ in rows:
        if index % TILE_WIDTH == 0:
            on_progress(index, checkpoint.size)
        yield index, entry


def _entries_of(log: CopiedLog) -> Callable[[int, int], Iterator[Row]]:
    def entries(size: int, start: int) -> Iterator[Row]:
        return ((index, entry, None) for index, entry in log.entries(size, start))

    return entries


def _say(contents: Contents, evidence: Path, judged: _Judged, *, as_json: bool) -> None:
    size = evidence.stat().st_size
    with evidence.open("rb") as stream:
        sha256 = file_digest(stream, "sha256").hexdigest()
    if as_json:
        document: dict[str, Json] = {
            "outcome": "verified" if judged.found is not None else "not verified",
            "bundle": str(evidence),
            "bytes": size,
            "sha256": sha256,
            "contents": parse_json(contents.to_bytes()),
            "ledger": None if judged.found is None else judged.found.facts,
        }
        typer.echo(canonical(document))
        return
    missing = contents.missing
    held = len(contents.attachments) - len(missing)
    word = "verified" if judged.found is not None else "NOT verified"
    typer.secho(word, fg="green" if judged.found is not None else "red", nl=False)
    typer.echo(f": {contents.origin}, {contents.tree_size} entries")
    if judged.found is not None:
        for name in ("policy", "as_of"):
            shown = printable(str(judged.found.facts[name]))
            typer.echo(f"{name.replace('_', ' ')}: {shown}")
    typer.echo(f"attachments: {held} of {len(contents.attachments)}")
    for each in missing[:_SHOWN]:
        typer.echo(f"missing: {each.sha256}, named by #{each.entries[0]}")
    if len(missing) > _SHOWN:
        typer.echo(f"missing: and {len(missing) - _SHOWN} more (bundle.json has all)")
    typer.echo(f"evidence: {printable(str(evidence))}, {size:,} bytes")
    typer.echo(f"sha256: {sha256}")
    typer.echo(verdict.SHOWS)
