"""``caravan audit``: report what a verified ledger tells that does not add up."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

import typer

from ledger.audit.auditor import Auditor
from ledger.audit.finding import Finding, is_at_least
from ledger.audit.records import Records
from ledger.audit.report.wordbook import Language
from ledger.cli import verdict
from ledger.cli.auditing import (
    Wanted,
    make_report,
    read_expectations,
    read_given,
    write_report,
)
from ledger.cli.explanations import LEDGER_STEPS
from ledger.cli.ledgers import LedgerTarget, Row, open_target
from ledger.cli.options import AcceptPolicy, AsJson, Policy
from ledger.cli.outcome import ExitStatus
from ledger.cli.terminal import progress
from ledger.cli.trusting import choose_policy
from ledger.cli.verify import judge_ledger
from ledger.errors import LedgerError, RootMismatchError, StoreError
from ledger.pins import default_pins
from ledger.saved import SavedReadings

FailOn = Literal["notice", "warning", "critical", "never"]
"""From which severity on the command fails."""


def audit(
    source: Annotated[
        str,
        typer.Argument(
            help="URL of a ledger, folder, database, copied log or evidence bundle."
        ),
    ],
    policy: Policy = None,
    accept_policy: AcceptPolicy = False,
    templates: Annotated[
        Path | None,
        typer.Option(help="Folder of templates of your own; see docs/templates.md."),
    ] = None,
    language: Annotated[Language, typer.Option(help="Of the report.")] = "en",
    as_json: AsJson = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print the findings as CSV.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write the report as one page, to be printed.")
    ] = None,
    notes: Annotated[
        Path | None, typer.Option(help="Your own notes, a text: their hash goes in.")
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option(help="Draw a sample to look at on the spot, from this word."),
    ] = None,
    fail_on: Annotated[
        FailOn, typer.Option(help="Severity from which on the exit status is 1.")
    ] = "warning",
    from_start: Annotated[
        bool,
        typer.Option("--from-start", help="Read again what was audited here before."),
    ] = False,
    unverified: Annotated[
        bool,
        typer.Option(
            "--unverified", help="Audit what can be read of one that does not verify."
        ),
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=0, max=64, help="Processes that verify and look; 0 for this one."
        ),
    ] = None,
) -> None:
    """Report what a ledger tells that cannot be, is unlikely or is missing.

    It is verified first; what was verified and audited here before is not read again.
    Exit status: 0 nothing found, 1 findings of --fail-on or graver, 2 nothing to
    judge, 3 integrity broken, 4 cannot check.
    """
    pins = default_pins(os.environ)
    choose = partial(
        choose_policy, pins=pins, given=policy, accept_served=accept_policy
    )
    saved = None if from_start else SavedReadings(pins.folder)
    added = read_given(notes)
    status = ExitStatus.HOLDS
    with ExitStack() as stack:
        found, failure = None, None
        try:
            target = stack.enter_context(open_target(source))
            expected = read_expectations(templates, target.bundle)
            wanted = Wanted(
                language, as_json, as_csv, html, added, seed or "", expected
            )
            kept = stack.enter_context(_records(pins.folder, target.origin))
            auditor = Auditor(kept, origin=target.origin, templates=tuple(expected))
            if from_start or auditor.size > target.size:
                auditor.begin_anew()
            watched = replace(target, entries=_watched(target, auditor))
            try:
                found = judge_ledger(watched, choose, pins, jobs=jobs, saved=saved)
                _settle(target, auditor, found)
            except LedgerError as refusal:
                if not unverified:
                    raise
                failure = refusal
                status = verdict.say_refusal(
                    refusal, LEDGER_STEPS, source, as_json=False
                )
                _take_readable(target, auditor)
        except LedgerError as refusal:
            raise typer.Exit(
                verdict.say_refusal(refusal, LEDGER_STEPS, source, as_json=as_json)
            ) from refusal
        with progress("auditing") as on_progress:
            auditor.run(on_progress, jobs=jobs)
        report = make_report(auditor, target, found, failure, wanted)
        write_report(report, wanted)
        if failure is not None:
            # What was not verified is nothing to go on with.
            auditor.begin_anew()
    if status == ExitStatus.HOLDS and _fails(report.findings, fail_on):
        status = ExitStatus.FINDINGS
    raise typer.Exit(status)


def _fails(findings: Iterable[Finding], fail_on: FailOn) -> bool:
    return fail_on != "never" and any(
        is_at_least(each.severity, fail_on) for each in findings
    )


@contextmanager
def _records(folder: Path, origin: str) -> Iterator[Records]:
    """Open what was audited of a ledger before; a file of its own if that is in use.

    Raises:
        StoreError: The disk fails.
    """
    name = hashlib.sha256(origin.encode()).hexdigest()[:32]
    path = folder / "audited" / f"{name}.db"
    with TemporaryDirectory(prefix="caravan-audit-") as scratch:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            records = Records(path)
        except (StoreError, OSError):
            records = Records(Path(scratch) / path.name)
        try:
            yield records
        finally:
            records.close()


def _watched(
    target: LedgerTarget, auditor: Auditor
) -> Callable[[int, int], Iterator[Row]]:
    """Return what reads entries, and has each taken in as it is read."""

    def watch(size: int, start: int) -> Iterator[Row]:
        is_taking = True
        for row in target.entries(size, start):
            if is_taking:
                try:
                    auditor.take(row[0], row[1])
                except LedgerError:
                    # It is for the verifier to say what is wrong with it, and where.
                    is_taking = False
            yield row

    return watch


def _take_rest(target: LedgerTarget, auditor: Auditor, size: int) -> None:
    """Take in what the verifier did not read again, since it had read it before."""
    if auditor.size < size:
        for index, entry, _ in target.entries(size, auditor.size):
            auditor.take(index, entry)


def _settle(target: LedgerTarget, auditor: Auditor, found: verdict.Verdict) -> None:
    """Have taken in what was verified, and nothing else.

    Raises:
        LedgerError: The entries are not those that were verified.
    """
    verified = found.ledger
    if verified is None:
        raise TypeError("the verdict on a ledger has its report")
    _take_rest(target, auditor, verified.size)
    try:
        auditor.settle(verified.size, verified.root)
    except RootMismatchError:
        # What was kept is not of this ledger any more; all of it is read again.
        _take_rest(target, auditor, verified.size)
        auditor.settle(verified.size, verified.root)


def _take_readable(target: LedgerTarget, auditor: Auditor) -> None:
    """Take in whatever can be read, up to the first entry that cannot."""
    auditor.begin_anew()
    with suppress(LedgerError):
        _take_rest(target, auditor, target.size)
