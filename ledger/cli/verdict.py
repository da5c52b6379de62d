"""A verdict in words and in JSON: what holds, on whose word, and what that shows.

Three outcomes, and no others: *verified*, *not verified*, *cannot check*.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import typer

from ledger.cli.explanations import explain
from ledger.cli.outcome import ExitStatus, printable, say_error, status_of
from ledger.cli.trusting import SOURCES
from ledger.closure import Member, Relation
from ledger.encoding import Json, canonical
from ledger.errors import (
    CannotCheckError,
    LedgerError,
    MalformedError,
    SplitViewError,
)
from ledger.flags import Flag
from ledger.trust import PolicySource, Witnessing
from ledger.verify import PassportReport
from ledger.verify_ledger import LedgerReport

SHOWS = (
    "This shows who said what, in which order, and that nobody changed it since.\n"
    "It does not show that what they said is true."
)
_SEALS = {
    "last seal": "recomputed at the last seal",
    "every seal": "recomputed at every seal",
}
_RELATIONS: Final[Mapping[Relation, str]] = {
    "subject": "what was asked for itself",
    "lot": "its lot",
    "trade-item": "all of its kind",
    "parent": "what it was packed in",
}
_AS_A_WHOLE: Final = "verified as a whole, not each single item"
_GRAVEST: Final = ("recalled", "inactive", "non_conformant")
_LISTED: Final = 10
"""So many of a long list are said to a reader; with --json all of them are."""
_OUTCOMES = {
    ExitStatus.HOLDS: "verified",
    ExitStatus.BROKEN: "not verified",
    ExitStatus.CANNOT_CHECK: "cannot check",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was verified.

    Attributes:
        headline: What it is.
        facts: In the order in which they are said.
        closing: What it shows, and what not.
        details: What only a program reads.
        findings: What is wrong with the goods; said first.
        is_whole: Whether all there is to check was, and nothing was found.
        outcome: The first word; more than one where "verified" alone would mislead.
        ledger: The report, if a whole ledger was verified.
    """

    headline: str
    facts: dict[str, Json]
    closing: str = SHOWS
    details: dict[str, Json] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    is_whole: bool = True
    outcome: str = "verified"
    ledger: LedgerReport | None = None


def of_ledger(report: LedgerReport, where: str, said: Sequence[str]) -> Verdict:
    """Return the verdict on a whole ledger."""
    before = report.verified_before
    start = f"entry {before} on" if before else "its first entry to its last"
    earlier = f" here, the first {before} entries before" if before else " here"
    return Verdict(
        f"{report.origin}, replayed from {start}",
        {
            "from": where,
            "tree_size": report.size,
            **({"verified_before": before} if before else {}),
            "root_hash": report.root.hex(),
            "statements": report.statements,
            "events": report.events,
            "seals": report.seals,
            "parties": report.parties,
            "flags": flag_counts(report.flags),
            "last_seal": report.seal_time,
            "index_root": _SEALS[report.index_roots],
            **policy_facts(report.policy_source, report.policy_fingerprint, said),
            **witness_facts(report.witnessing, report.seal_time),
        },
        "\n".join(
            (
                "Nothing that this ledger holds was left out: all of it was "
                f"replayed{earlier}.",
                *witness_limits(report.witnessing, report.policy_source),
                SHOWS,
            )
        ),
        details=witness_details(report.witnessing),
        ledger=report,
    )


def of_passport(
    report: PassportReport, subject_said_by: str, said: Sequence[str]
) -> Verdict:
    """Return the verdict on a passport."""
    flags = [flag for statement in report.statements for flag in statement.flags]
    counting: list[Json] = [s.judged.index for s in report.statements if not s.is_apart]
    apart: list[Json] = [s.judged.index for s in report.statements if s.is_apart]
    sources = report.sources
    checked = sum(not source.is_open for source in sources)
    facts: dict[str, Json] = {
        "ledger": report.origin,
        "tree_size": report.size,
        "label": _label_words(report),
        "lot": report.lot,
        "sources": f"{checked} of at least {len(sources)} checked",
        "statements": counting,
        "shown_apart": apart,
        "flags": flag_counts(flags),
        "last_seal": report.seal_time,
        "not_checked": [*report.absent],
        **policy_facts(report.policy_source, report.policy_fingerprint, said),
        **witness_facts(report.witnessing, report.seal_time),
    }
    return Verdict(
        f"{report.subject}, {subject_said_by}",
        {name: value for name, value in facts.items() if value is not None},
        "\n".join((*_limits(report), SHOWS)),
        details={
            "alarms": [
                {
                    "index": alarm.index,
                    "is_judged": alarm.is_judged,
                    "subject": alarm.subject,
                    "word": alarm.word,
                }
                for alarm in report.alarms
            ],
            "cycle": [*report.cycle],
            "label_size": report.label_size,
            "lot": report.lot,
            "members": [
                {
                    "is_open": member.is_open,
                    "level": member.level,
                    "relation": member.relation,
                    "subject": member.subject,
                }
                for member in report.members
            ],
            **witness_details(report.witnessing),
        },
        findings=tuple(_findings(report)),
        is_whole={"sources", "contents", "standing"}.isdisjoint(report.absent),
        outcome=_AS_A_WHOLE if "contents" in report.absent else "verified",
    )


def _label_words(report: PassportReport) -> str | None:
    """Return what the label showed; None if there was none."""
    if report.label_size is None:
        return None
    return f"printed from {report.label_size} entries, which today's ledger extends"


def _findings(report: PassportReport) -> Iterator[str]:
    """Yield what is wrong with the goods, the gravest first, in words."""
    members = {member.subject: member for member in report.members}
    issuers = {s.judged.index: s.judged.party for s in report.statements}
    for alarm in sorted(report.alarms, key=lambda alarm: _gravity(alarm.word)):
        party = issuers[alarm.index]
        known = report.directory.parties.get(party)
        who = party if known is None or known.name is None else known.name
        open_words = "" if alarm.is_judged else "; whether they may is not known"
        yield (
            f"{alarm.word}: {alarm.subject}, {_relation(members[alarm.subject])}, "
            f"said by {who} in entry {alarm.index}{open_words}"
        )
    if report.cycle:
        yield f"came of themselves: {', '.join(report.cycle)}"


def _gravity(word: str) -> int:
    """Return how grave an alarm is: the smaller, the graver, as on a page."""
    return _GRAVEST.index(word) if word in _GRAVEST else len(_GRAVEST)


def _relation(member: Member) -> str:
    if member.relation == "source":
        return f"{member.level} step{'s' if member.level > 1 else ''} back"
    return _RELATIONS[member.relation]


def _limits(report: PassportReport) -> Iterator[str]:
    """Yield what the verdict says of what is not in it, and what it does not say."""
    replayed_by = ", ".join(report.witnessing.replayed_by)
    if replayed_by:
        limit = (
            "Of what was looked at, nothing"
            if "sources" in report.absent
            else "Nothing"
        )
        yield (
            f"{limit} that the ledger holds was left out: {replayed_by} has recomputed "
            "the whole ledger."
        )
    else:
        yield "Complete according to the ledger; nobody else has checked."
    yield from witness_limits(report.witnessing, report.policy_source)
    sources = report.sources
    checked = sum(not source.is_open for source in sources)
    if "sources" in report.absent:
        yield (
            f"{checked} of at least {len(sources)} sources checked: of the others the "
            "alarms are known, and not what they came of."
        )
    if "contents" in report.absent:
        yield (
            "Not checked: what is inside it or attached to it, or the single packs "
            "that bear this code: a recall of one of them does not show here; ask for "
            "the code on the pack itself."
        )
    if "uses" in report.absent:
        yield "Not checked: what was made of it."
    if "label" in report.absent:
        yield "Label not compared: what was asked ends in no #c=, as a label may."
    if "standing" in report.absent:
        yield "Nobody who has a say about it has said anything: strangers' words alone."


def flag_counts(flags: Sequence[Flag]) -> dict[str, Json]:
    """Return how many flags there are of each code."""
    return {**Counter(sorted(flag.code for flag in flags))}


def policy_facts(
    source: PolicySource, fingerprint: str, said: Sequence[str]
) -> dict[str, Json]:
    """Return whose policy it is."""
    words = "; ".join((SOURCES[source], *said))
    return {"policy": words, "policy_fingerprint": fingerprint}


def witness_facts(witnessing: Witnessing, seal_time: str) -> dict[str, Json]:
    """Return who vouches for it besides the ledger."""
    if witnessing.time is None:
        as_of = f"{seal_time}, on the ledger's word alone"
    else:
        seen = f"{len(witnessing.seen_by)} of {witnessing.known} witnesses"
        as_of = f"{witnessing.time}, seen by {seen}"
    return {
        "as_of": as_of,
        "witnesses": [*witnessing.seen_by],
        "replayed_by": [*witnessing.replayed_by],
    }


def receipt_witness_facts(witnessing: Witnessing) -> dict[str, Json]:
    """Return who vouches for a receipt besides the ledger; it has no last seal."""
    facts = witness_facts(witnessing, "")
    if witnessing.time is None:
        del facts["as_of"]
    return facts


def witness_details(witnessing: Witnessing) -> dict[str, Json]:
    """Return what only a program reads of who vouches for it."""
    return {
        "known_witnesses": witnessing.known,
        "witnessed_at": witnessing.time,
        "witnesses_ahead": [*witnessing.ahead],
        "witnesses_ignored": [*witnessing.ignored],
        "witnesses_on_same_machine": [*witnessing.same_machine],
    }


def witness_limits(witnessing: Witnessing, source: PolicySource) -> Iterator[str]:
    """Yield what the word of these witnesses is worth."""
    counted = witnessing.seen_by or witnessing.replayed_by
    if counted and source == "server":
        yield "The server itself names these witnesses: who they are is its word."
    if witnessing.is_all_on_one_machine:
        yield (
            "These witnesses run on the ledger's own machine: this shows how it works, "
            "not that others have looked."
        )
    for name in witnessing.ignored:
        yield f"A line of witness {name} does not hold: counted as absent."
    for name in witnessing.ahead:
        yield f"The line of witness {name} is of a time to come: counted as absent."


def say_verdict(found: Verdict, *, as_json: bool) -> None:
    """Print that something holds."""
    if as_json:
        outcome: dict[str, Json] = {"outcome": "verified"}
        typer.echo(canonical(outcome | found.facts | found.details))
        return
    for finding in found.findings:
        typer.secho(printable(finding), fg="red")
    colour = "green" if found.is_whole and not found.findings else None
    typer.secho(found.outcome, fg=colour, nl=False)
    typer.echo(f": {found.headline}")
    for name, value in found.facts.items():
        typer.echo(f"{name.replace('_', ' ')}: {_words(value)}")
    typer.echo(found.closing)


def say_refusal(
    error: LedgerError, steps: Sequence[str], target: str, *, as_json: bool
) -> ExitStatus:
    """Say what does not hold, where, what that means, and what to do.

    Args:
        error: The refusal.
        steps: What the verifier does, in order.
        target: What was to be judged.
        as_json: Whether to print JSON too.
    """
    status = _judging_status(error)
    outcome = _OUTCOMES.get(status, "nothing to judge")
    index = "" if error.index is None else f"entry {error.index}: "
    message = f"{error}".removeprefix(index)
    if as_json:
        typer.echo(canonical(_refusal_facts(error, outcome)))
    hints: tuple[str, ...] = tuple(getattr(error, "__notes__", ()))
    if status in _OUTCOMES:
        is_said = error.code.replace("-", " ") == outcome
        code = "" if is_said else f"{error.code}: "
        message = f"{outcome}: {target}: {index}{code}{message}"
        hints += explain(error, steps)
        if isinstance(error, CannotCheckError) and error.is_clock_doubtful:
            hints += (
                "is the clock of this machine right? no witness's agrees with it",
            )
    say_error(message, *hints)
    return status


def _judging_status(error: LedgerError) -> ExitStatus:
    # From the second step on it was evidence of ours; malformed is then damaged.
    if isinstance(error, MalformedError) and error.step is not None:
        return ExitStatus.BROKEN
    return status_of(error)


def _refusal_facts(error: LedgerError, outcome: str) -> dict[str, Json]:
    facts: dict[str, Json] = {
        "code": error.code,
        "index": error.index,
        "message": str(error),
        "outcome": outcome,
        "pointer": error.pointer,
        "step": error.step,
    }
    if isinstance(error, CannotCheckError):
        facts["witnessed_at"] = error.witnessed_at
        facts["is_clock_doubtful"] = error.is_clock_doubtful
    if isinstance(error, SplitViewError):
        facts["checkpoints"] = [error.first.decode(), error.second.decode()]
    return facts


def _words(value: Json) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count} {name}" for name, count in value.items()) or "none"
    if isinstance(value, list):
        more = [f"and {len(value) - _LISTED} more"] if len(value) > _LISTED else []
        return ", ".join([*map(str, value[:_LISTED]), *more]) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
