"""Explain evidence against a ledger: who signed what, what follows, whom to show it.

A split view is proven by its file alone. A checkpoint that a replaying witness refused
is not: what is wrong stands in the ledger, and whoever wants to know looks there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import typer

from ledger.checkpoint import SignedCheckpoint, open_checkpoint, parse_checkpoint
from ledger.cli.documents import Choose
from ledger.cli.outcome import ExitStatus, printable, with_hint
from ledger.cli.trusting import Chosen
from ledger.cli.verdict import policy_facts
from ledger.encoding import Json, canonical, parse_canonical
from ledger.errors import (
    EncodingError,
    EvidenceError,
    MalformedError,
    UnknownVersionError,
    VerificationError,
)
from ledger.evidence import TwoHistories, parse_split_view, verify_split_view
from ledger.note import parse_note
from ledger.policy import Cosigned, Policy, read_cosignatures
from ledger.seal import format_time
from ledger.witness import REFUSED_FORMAT

FOLLOWS: Final = (
    "What follows: whoever holds these keys can show some readers one history and\n"
    "others another. Nobody can tell from this which one is true: believe neither,\n"
    "nor anything else that rests on these keys alone.\n"
    "Whom to show it: everybody who reads this ledger, its witnesses, whoever keeps a\n"
    "copy of it. They need not believe you: the file is the proof, and caravan verify\n"
    "checks it under any policy that has the key."
)

LOOK: Final = (
    "What follows: that a key of this ledger signed the checkpoint is proven. That\n"
    "something under it is wrong is the word of whoever made this file: verify the\n"
    "ledger, or a copy of it, up to that size, and see for yourself. If it has\n"
    "another root at that size by now, the two are a split view: keep this one."
)
_REFUSED_MEMBERS: Final = {"checkpoint", "code", "format", "index", "reason", "time"}


@dataclass(frozen=True, slots=True)
class RefusedCheckpoint:
    """A checkpoint, and what somebody who replayed the ledger says is wrong."""

    signed: SignedCheckpoint
    code: str
    index: int | None
    reason: str
    time: str


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


def judge_refused(data: bytes, choose: Choose) -> tuple[RefusedCheckpoint, Chosen]:
    """Return a refused checkpoint that a key of its ledger signed, and why.

    Raises:
        EvidenceError: It is none, or by no key of the policy.
        UnknownVersionError: It is one of another version.
        CannotCheckError: No policy has a key of this ledger.
        LedgerError: What is trusted cannot be read.
    """
    try:
        document = parse_canonical(data)
    except EncodingError as error:
        raise EvidenceError(f"evidence: {error}") from error
    if document.get("format") != REFUSED_FORMAT:
        raise UnknownVersionError(f"evidence: want {REFUSED_FORMAT}")
    odd = sorted(document.keys() ^ _REFUSED_MEMBERS)
    if odd:
        raise EvidenceError(f"evidence: missing or unknown members: {', '.join(odd)}")
    words = {
        name: value
        for name in ("checkpoint", "code", "reason", "time")
        if isinstance(value := document[name], str)
    }
    index = document["index"]
    if len(words) != 4 or not (index is None or isinstance(index, int)):
        raise EvidenceError("evidence: a member of another type")
    note = words["checkpoint"].encode()
    try:
        origin = parse_checkpoint(parse_note(note).text).origin
    except MalformedError as error:
        raise EvidenceError(f"proves nothing: {error}") from error
    chosen = choose(origin, None)
    try:
        log_keys = chosen.policy.log(origin)
        signed = open_checkpoint(note, origin=origin, log_keys=log_keys)
    except VerificationError as error:
        raise EvidenceError(f"proves nothing: {error}") from error
    refused = RefusedCheckpoint(
        signed, words["code"], index, words["reason"], words["time"]
    )
    return refused, chosen


def say_refused(
    refused: RefusedCheckpoint, chosen: Chosen, *, as_json: bool
) -> ExitStatus:
    """Say what was refused, and that it is to be looked at."""
    policy = chosen.policy
    origin = refused.signed.checkpoint.origin
    trusted = policy_facts(chosen.source, policy.fingerprint, chosen.said)
    if as_json:
        facts: dict[str, Json] = {
            "checkpoint": _facts(policy, refused.signed),
            "code": refused.code,
            "index": refused.index,
            "ledger": origin,
            "message": refused.reason,
            "outcome": "cannot check",
            "time": refused.time,
        }
        typer.echo(canonical(facts | trusted))
        return ExitStatus.CANNOT_CHECK
    typer.echo(f"cannot check: a checkpoint of {printable(origin)} that was refused")
    for line in _lines(policy, refused.signed):
        typer.echo(f"checkpoint: {printable(line)}")
    where = "" if refused.index is None else f"entry {refused.index}: "
    said = f"{where}{refused.code}: {refused.reason}"
    typer.echo(f"somebody's word, of {printable(refused.time)}: {printable(said)}")
    _say_policy(trusted)
    typer.echo(LOOK)
    return ExitStatus.CANNOT_CHECK


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
    _say_policy(trusted)
    typer.echo(FOLLOWS)
    return ExitStatus.BROKEN


def _say_policy(trusted: Mapping[str, Json]) -> None:
    for fact, value in trusted.items():
        typer.echo(f"{fact.replace('_', ' ')}: {value}")


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
