"""``caravan verify``: judge evidence, and name the first thing that is wrong."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ledger.apart import Judges
from ledger.cli import verdict
from ledger.cli.documents import (
    is_page,
    judge_page,
    judge_passport,
    judge_receipt,
    read_document,
)
from ledger.cli.explanations import LEDGER_STEPS, PASSPORT_STEPS, RECEIPT_STEPS
from ledger.cli.ledgers import LedgerTarget, is_database, is_url, open_target
from ledger.cli.options import AcceptPolicy, AsJson, Policy
from ledger.cli.outcome import ExitStatus
from ledger.cli.seen import Comparison
from ledger.cli.succession import extended, is_signed_under, successors
from ledger.cli.terminal import progress
from ledger.cli.trusting import Chosen, choose_policy
from ledger.cli.verdict import Verdict
from ledger.clock import SystemClock
from ledger.errors import LedgerError, SplitViewError, StoreError, UnknownKeyError
from ledger.pins import Pins, default_pins
from ledger.trust import Trust, numbered
from ledger.verify_ledger import LedgerReport, verify_ledger
from ledger.workers import Workers, worker_count


def verify(
    target: Annotated[
        str,
        typer.Argument(
            help="URL of a ledger or page, folder, database, copied log, "
            "passport or receipt."
        ),
    ],
    policy: Policy = None,
    accept_policy: AcceptPolicy = False,
    every_seal: Annotated[
        bool,
        typer.Option("--every-seal", help="Recompute the index root at every seal."),
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=64,
            help="Processes that judge a ledger; 0 for this one alone.",
            show_default="as many as there are cores, if it is large",
        ),
    ] = None,
    subject: Annotated[
        str | None, typer.Option(help="What was scanned: a URI, or the path of one.")
    ] = None,
    entry: Annotated[
        Path | None, typer.Option(help="The statement that a receipt is for.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Verify a ledger, a passport or a receipt, trusting nobody but a policy.

    A ledger is recomputed from its first entry to its last. Exit status: 0 all holds,
    1 it holds and there is an alarm, 2 nothing to judge, 3 integrity broken, 4 cannot
    check.
    """
    pins = default_pins(os.environ)

    choose = partial(
        choose_policy, pins=pins, given=policy, accept_served=accept_policy
    )
    is_elsewhere = is_url(target) or is_database(target)
    document = None if is_elsewhere else read_document(Path(target))
    steps: Sequence[str] = LEDGER_STEPS
    try:
        if is_url(target) and is_page(target):
            steps = PASSPORT_STEPS
            found = judge_page(target, choose, pins)
        elif document is None:
            with open_target(target) as opened:
                found = judge_ledger(
                    opened, choose, pins, every_seal=every_seal, jobs=jobs
                )
        elif document.kind == "passport":
            steps = PASSPORT_STEPS
            found = judge_passport(document.data, subject, choose, pins)
        else:
            steps = RECEIPT_STEPS
            found = judge_receipt(document.data, entry, choose)
    except LedgerError as error:
        raise typer.Exit(
            verdict.say_refusal(error, steps, target, as_json=as_json)
        ) from error
    verdict.say_verdict(found, as_json=as_json)
    if found.findings:
        raise typer.Exit(ExitStatus.FINDINGS)


def judge_ledger(
    target: LedgerTarget,
    choose: Callable[[str, bytes | None], Chosen],
    pins: Pins,
    *,
    every_seal: bool = False,
    jobs: int | None = None,
) -> Verdict:
    """Replay a ledger from its first entry to its last.

    Args:
        target: The ledger.
        choose: Chooses whom to trust.
        pins: What this machine remembers.
        every_seal: Recompute the index root at every seal.
        jobs: How many processes judge; None for as many as it is worth, 0 for none.

    Raises:
        LedgerError: The first thing that does not hold.
    """
    chosen = choose(target.origin, target.policy)
    said = [*chosen.said]
    seen = pins.checkpoint(target.origin)
    comparison = Comparison(target.note, seen)

    def replay(policy: bytes) -> LedgerReport:
        with progress("verifying") as on_progress, judges(target, jobs) as judging:
            return verify_ledger(
                comparison.watch(target.entries(target.size)),
                checkpoint=target.note,
                trust=Trust(policy, chosen.source, SystemClock().now_ms()),
                check_every_index_root=every_seal,
                on_progress=on_progress,
                judges=judging,
            )

    try:
        report = replay(chosen.policy.text)
    except UnknownKeyError as error:
        keys = () if error.step != 2 else successors(target, chosen.policy, seen)
        if not keys:
            raise
        report = replay(extended(chosen.policy, keys))
        labels = ", ".join(key.label for key in keys)
        said.append(f"the directory leads from its key to {labels}")
    with numbered(len(LEDGER_STEPS)):
        try:
            comparison.check()
        except SplitViewError as error:
            file = pins.keep_split_view(target.origin, error.first, error.second)
            error.add_note(f"both checkpoints are in {file}")
            raise
    try:
        if chosen.to_pin is not None:
            pins.pin_policy(target.origin, chosen.to_pin)
        # One that bears no key of the policy would tie nothing to it.
        if is_signed_under(target.note, chosen.policy, target.origin):
            pins.keep_checkpoint(target.origin, target.note)
    except StoreError as error:
        said.append(f"not remembered on this machine: {error}")
    report = replace(report, policy_fingerprint=chosen.policy.fingerprint)
    return verdict.of_ledger(report, target.where, said)


@contextmanager
def judges(target: LedgerTarget, jobs: int | None) -> Iterator[Judges | None]:
    """Start the processes that judge a ledger's events; none if it is not worth it.

    Args:
        target: The ledger.
        jobs: How many; None for as many as it is worth.
    """
    count = worker_count(target.size) if jobs is None else jobs
    if count == 0:
        yield None
    else:
        with Workers(target.origin, count) as workers:
            yield workers
