"""Explain evidence of a split view: who signed what, what follows, whom to show it."""

from collections.abc import Sequence

import typer

from ledger.checkpoint import SignedCheckpoint, parse_checkpoint
from ledger.cli.documents import Choose
from ledger.cli.outcome import ExitStatus, printable, with_hint
from ledger.cli.trusting import Chosen
from ledger.cli.verdict import policy_facts
from ledger.encoding import Json, canonical
from ledger.errors import EvidenceError, MalformedError
from ledger.evidence import TwoHistories, parse_split_view, verify_split_view
from ledger.note import parse_note
from ledger.policy import Cosigned, Policy, read_cosignatures
from ledger.seal import format_time

FOLLOWS = (
    "What follows: whoever holds these keys can show some readers one history and\n"
    "others another. Nobody can tell from this which one is true: believe neither,\n"
    "nor anything else that rests on these keys alone.\n"
    "Whom to show it: everybody who reads this ledger, its witnesses, whoever keeps a\n"
    "copy of it. They need not believe you: the file is the proof, and caravan verify\n"
    "checks it under any policy that has the key."
)


def judge_split_view(data: bytes, choose: Choose) -> tuple[TwoHistories, Chosen]:
    """Return the two histories that a document proves, and the policy that says so.

    Raises:
        EvidenceError: It proves nothing.
        CannotCheckError: No policy has a key of this ledger.
        LedgerError: What is trusted cannot be read.
    """
    evidence = parse_split_view(data)
    try:
        origin = parse_checkpoint(parse_note(evidence.first).text).origin
    except MalformedError as error:
        raise EvidenceError(f"proves nothing: {error}") from error
    chosen = choose(origin, None)
    try:
        proven = verify_split_view(
            evidence, origin=origin, log_keys=chosen.policy.log(origin)
        )
    except EvidenceError as error:
        raise with_hint(
            error,
            "by the keys of this policy; if the ledger has had another key since or "
            "before, give a policy that has it",
        ) from error
    return proven, chosen


def say_split_view(
    proven: TwoHistories, chosen: Chosen, *, as_json: bool
) -> ExitStatus:
    """Say what was proven, and to whom it is to be shown."""
    policy = chosen.policy
    first, second = (_facts(policy, one) for one in (proven.first, proven.second))
    both = [
        label
        for label in _cosigned(policy, proven.first).times
        if label in _cosigned(policy, proven.second).times
    ]
    trusted = policy_facts(chosen.source, policy.fingerprint, chosen.said)
    if as_json:
        facts: dict[str, Json] = {
            "code": "split-view",
            "cosigned_both": [*both],
            "first": first,
            "ledger": proven.origin,
            "outcome": "not verified",
            "root_at_first_size": proven.root.hex(),
            "second": second,
            "signed_both": [*proven.signed_both],
        }
        typer.echo(canonical(facts | trusted))
        return ExitStatus.BROKEN
    typer.secho("split view proven", fg="red", nl=False)
    typer.echo(f": two histories of {printable(proven.origin)} are signed by its keys")
    for name, one in (("first", proven.first), ("second", proven.second)):
        for line in _lines(policy, one):
            typer.echo(f"{name}: {printable(line)}")
    for line in _why(proven, both):
        typer.echo(printable(line))
    for fact, value in trusted.items():
        typer.echo(f"{fact.replace('_', ' ')}: {value}")
    typer.echo(FOLLOWS)
    return ExitStatus.BROKEN


def _why(proven: TwoHistories, cosigned_both: Sequence[str]) -> list[str]:
    """Return why no one history has both, and who answers for that."""
    first, second = proven.first.checkpoint, proven.second.checkpoint
    if first.size == second.size:
        lines = ["they exclude each other: one size, and two roots"]
    else:
        lines = [
            f"they exclude each other: at size {first.size} the second's history has "
            f"root {proven.root.hex()}, as its proof shows"
        ]
    if proven.signed_both:
        lines.append(f"signed both: {', '.join(proven.signed_both)}")
    else:
        lines.append("signed both: no one key, but each was signed by one of the log")
    lines += [
        f"cosigned both: {name}, which did not see that they exclude each other, or "
        "whose key is in other hands"
        for name in cosigned_both
    ]
    return lines


def _lines(policy: Policy, signed: SignedCheckpoint) -> list[str]:
    """Return what a reader should know of one of the two, line by line."""
    cosigned = _cosigned(policy, signed)
    checkpoint = signed.checkpoint
    lines = [
        f"{checkpoint.size} entries, root {checkpoint.root.hex()}",
        f"signed by {', '.join(signed.signed_by)}",
    ]
    lines += [
        f"cosigned by {name} at {_time(seconds)}"
        for name, seconds in cosigned.times.items()
    ]
    lines += [
        f"bears a false or doubled line of {name}, which says nothing"
        for name in cosigned.faulty
    ]
    if not cosigned.times:
        lines.append("cosigned by no witness of this policy")
    return lines


def _facts(policy: Policy, signed: SignedCheckpoint) -> dict[str, Json]:
    cosigned = _cosigned(policy, signed)
    return {
        "checkpoint": signed.note.to_bytes().decode(),
        "cosigned": {name: _time(at) for name, at in cosigned.times.items()},
        "false_cosignatures_of": [*cosigned.faulty],
        "root_hash": signed.checkpoint.root.hex(),
        "signed_by": [*signed.signed_by],
        "tree_size": signed.checkpoint.size,
    }


def _cosigned(policy: Policy, signed: SignedCheckpoint) -> Cosigned:
    return read_cosignatures(policy, signed.note)


def _time(seconds: int) -> str:
    """Return a witness's time; what no calendar has is given as it stands."""
    try:
        return format_time(seconds * 1000)
    except (OverflowError, ValueError):
        return f"second {seconds} after 1970"
