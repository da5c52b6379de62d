"""``caravan verify``: judge evidence, and name the first thing that is wrong."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from ledger.apart import Judges
from ledger.checkpoint import parse_checkpoint
from ledger.cli import verdict
from ledger.cli.documents import (
    is_page,
    judge_page,
    judge_passport,
    judge_receipt,
    read_document,
)
from ledger.cli.evidence import (
    judge_refused,
    judge_split_view,
    say_refused,
    say_split_view,
)
from ledger.cli.explanations import LEDGER_STEPS, PASSPORT_STEPS, RECEIPT_STEPS
from ledger.cli.ledgers import LedgerTarget, is_database, is_url, open_target
from ledger.cli.options import AcceptPolicy, AsJson, Policy
from ledger.cli.outcome import ExitStatus
from ledger.cli.seen import Comparison, check_continues
from ledger.cli.succession import extended, is_signed_under, successors
from ledger.cli.terminal import progress
from ledger.cli.trusting import Chosen, choose_policy
from ledger.cli.verdict import Verdict
from ledger.clock import SystemClock
from ledger.errors import (
    EncodingError,
    LedgerError,
    MalformedError,
    StaleError,
    StoreError,
    UnknownKeyError,
    VerificationError,
)
from ledger.note import parse_note
from ledger.pins import Pins, default_pins
from ledger.policy import parse_policy, read_cosignatures
from ledger.reading import Reading
from ledger.saved import Left, SavedReadings
from ledger.seal import format_time
from ledger.trust import FUTURE_MS, Trust, numbered
from ledger.verify_ledger import LedgerReport, verify_ledger
from ledger.workers import Workers, worker_count

LONG_LEDGER: Final = 20_000
"""Entries from which on a reading is left for the next time."""


def verify(
    target: Annotated[
        str,
        typer.Argument(
            help="URL of a ledger or page, folder, database, copied log, evidence "
            "bundle, passport, receipt or evidence."
        ),
    ],
    policy: Policy = None,
    accept_policy: AcceptPolicy = False,
    every_seal: Annotated[
        bool,
        typer.Option("--every-seal", help="Recompute the index root at every seal."),
    ] = False,
    from_start: Annotated[
        bool,
        typer.Option("--from-start", help="Read again what was verified here before."),
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
    """Verify a ledger, a document or evidence, trusting nobody but a policy.

    A ledger is recomputed from its first entry to its last; a long one that was
    verified here before, from where it was left. Exit status: 0 all holds,
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
                    opened,
                    choose,
                    pins,
                    every_seal=every_seal,
                    jobs=jobs,
                    saved=None if from_start else SavedReadings(pins.folder),
                )
        elif document.kind == "passport":
            steps = PASSPORT_STEPS
            found = judge_passport(document.data, subject, choose, pins)
        elif document.kind == "split-view":
            proven, chosen = judge_split_view(document.data, choose)
            raise typer.Exit(say_split_view(proven, chosen, as_json=as_json))
        elif document.kind == "refused":
            refused, chosen = judge_refused(document.data, choose)
            raise typer.Exit(say_refused(refused, chosen, as_json=as_json))
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
    saved: SavedReadings | None = None,
    now_ms: int | None = None,
) -> Verdict:
    """Replay a ledger, from its first entry or from where it was left.

    Args:
        target: The ledger.
        choose: Chooses whom to trust.
        pins: What this machine remembers.
        every_seal: Recompute the index root at every seal, which needs all entries.
        jobs: How many processes judge; None for as many as it is worth, 0 for none.
        saved: Where a reading may have been left, and is left if it is long; None to
            begin with the first entry, and to leave nothing.
        now_ms: As of when what witnesses say is judged, if not as of now.

    Raises:
        LedgerError: The first thing that does not hold.
    """
    chosen = choose(target.origin, target.policy)
    said = [*chosen.said]
    seen = pins.checkpoint(target.origin)
    as_of_ms = SystemClock().now_ms() if now_ms is None else now_ms
    if target.is_dated:
        as_of_ms = last_seen_ms(target, chosen, as_of_ms)

    def replay(reading: Reading) -> tuple[LedgerReport, Comparison]:
        comparison = Comparison(target.note, seen)

        def up_to(note: bytes, policy: bytes) -> LedgerReport:
            size = parse_checkpoint(parse_note(note).text).size
            before, peaks = reading.replay.size, reading.replay.frontier.hashes
            rows = target.entries(size, before)
            judging_now = judges(target.origin, size - before, jobs)
            with progress("verifying") as on_progress, judging_now as judging:
                return verify_ledger(
                    comparison.watch(rows, peaks, before),
                    checkpoint=note,
                    trust=Trust(policy, chosen.source, as_of_ms),
                    check_every_index_root=every_seal,
                    on_progress=on_progress,
                    judges=judging,
                    reading=reading,
                )

        def under(policy: bytes) -> LedgerReport:
            cosigned = cosigned_apart(target, chosen)
            if cosigned is None:
                return up_to(target.note, policy)
            report = up_to(cosigned, policy)
            if report.size == target.size:
                return report
            said.append(
                f"entries {report.size} to {target.size - 1} are not cosigned yet: "
                "they are signed by the ledger alone"
            )
            rest = up_to(target.note, without_quorum(policy))
            return replace(
                rest,
                witnessing=report.witnessing,
                verified_before=report.verified_before,
            )

        try:
            return under(chosen.policy.text), comparison
        except UnknownKeyError as error:
            keys = () if error.step != 2 else successors(target, chosen.policy, seen)
            if not keys:
                raise
            report = under(extended(chosen.policy, keys))
            labels = ", ".join(key.label for key in keys)
            said.append(f"the directory leads from its key to {labels}")
            return report, comparison

    left = None
    if saved is not None and not every_seal:
        left = find_left(saved, target, chosen, seen, said)
    reading = Reading(target.origin, check_every_index_root=every_seal)
    if left is None:
        report, comparison = replay(reading)
    else:
        try:
            report, comparison = replay(left.reading)
            reading = left.reading
            said.append(
                f"entries 0 to {report.verified_before - 1} were verified here on "
                f"{left.date}, and not read again; --from-start reads them"
            )
        except (VerificationError, MalformedError):
            # What is wrong, and where, is said by whoever reads everything.
            report, comparison = replay(reading)
    is_older = False
    try:
        with numbered(len(LEDGER_STEPS)):
            check_continues(comparison, pins, target.origin)
    except StaleError:
        if not target.is_dated:
            raise
        is_older = True
        said.append("a newer checkpoint of this ledger was verified here before")
    try:
        if chosen.to_pin is not None:
            pins.pin_policy(target.origin, chosen.to_pin)
        # One that bears no key of the policy would tie nothing to it.
        if not is_older and is_signed_under(target.note, chosen.policy, target.origin):
            pins.keep_checkpoint(target.origin, target.note)
        if saved is not None and not every_seal and report.size >= LONG_LEDGER:
            leave(saved, reading, chosen, report)
    except StoreError as error:
        said.append(f"not remembered on this machine: {error}")
    report = replace(report, policy_fingerprint=chosen.policy.fingerprint)
    return verdict.of_ledger(report, target.where, said)


def last_seen_ms(target: LedgerTarget, chosen: Chosen, now_ms: int) -> int:
    """Return when a witness saw a ledger last, by their lines; now if none did.

    Args:
        target: The ledger.
        chosen: Whose witnesses count.
        now_ms: No witness sees what is to come.
    """
    note = parse_note(target.cosigned or target.note)
    times_ms = (
        seconds * 1000
        for seconds in read_cosignatures(chosen.policy, note).times.values()
    )
    seen = [time_ms for time_ms in times_ms if time_ms <= now_ms + FUTURE_MS]
    return min(now_ms, max(seen, default=now_ms))


def find_left(
    saved: SavedReadings,
    target: LedgerTarget,
    chosen: Chosen,
    seen: bytes | None,
    said: list[str],
) -> Left | None:
    """Return a reading of a ledger to go on with, if one was left that fits.

    Args:
        saved: Where it may be.
        target: The ledger.
        chosen: Whom to trust; another policy, and everything is read.
        seen: The newest checkpoint verified here, which it must not be ahead of.
        said: Is told if what was left is damaged.
    """
    try:
        left = saved.load(target.origin, policy_fingerprint=chosen.policy.fingerprint)
    except EncodingError as error:
        said.append(f"{error}; everything was read again")
        return None
    if left is None or seen is None:
        return None
    newest = parse_checkpoint(parse_note(seen).text).size
    cosigned = cosigned_apart(target, chosen) or target.note
    known = min(newest, parse_checkpoint(parse_note(cosigned).text).size)
    return left if left.reading.replay.size <= known else None


def cosigned_apart(target: LedgerTarget, chosen: Chosen) -> bytes | None:
    """Return the checkpoint that witnesses are to have cosigned, if it is another.

    Args:
        target: The ledger.
        chosen: Whom to trust.
    """
    return None if chosen.policy.quorum is None else target.cosigned


def without_quorum(policy: bytes) -> bytes:
    """Return a policy of the same logs that asks for no witness."""
    logs = parse_policy(policy).logs
    lines = (f"log {log.vkey.to_text()}\n" for log in logs)
    return "".join((*lines, "quorum none\n")).encode()


def leave(
    saved: SavedReadings, reading: Reading, chosen: Chosen, report: LedgerReport
) -> None:
    """Leave a reading for the next time, if it is longer than what was left.

    Raises:
        StoreError: It cannot be written.
    """
    if report.verified_before < report.size:
        saved.save(
            reading,
            policy_fingerprint=chosen.policy.fingerprint,
            date=format_time(SystemClock().now_ms())[:10],
        )


@contextmanager
def judges(origin: str, size: int, jobs: int | None) -> Iterator[Judges | None]:
    """Start the processes that judge a ledger's events; none if it is not worth it.

    Args:
        origin: The ledger.
        size: How many entries are to be read.
        jobs: How many; None for as many as it is worth.
    """
    count = worker_count(size) if jobs is None else jobs
    if count == 0:
        yield None
    else:
        with Workers(origin, count) as workers:
            yield workers
