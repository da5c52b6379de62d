"""What a reader trusts, and what the keys it trusts vouch for.

A policy names log keys and witnesses; where it comes from is named in every verdict.
Shared by ``verify`` (a passport) and ``verify_ledger`` (everything). No clock: the time
of reading is an argument.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from ledger.checkpoint import SignedCheckpoint
from ledger.errors import (
    CannotCheckError,
    CheckpointError,
    LedgerError,
    QuorumError,
    SignatureError,
    StaleError,
    UnknownKeyError,
)
from ledger.note import VerifierKey, verify_note_signature
from ledger.policy import Policy, quorum_time, read_cosignatures
from ledger.seal import Seal, format_time

PolicySource = Literal["yours", "built-in", "server"]
"""Who says which keys to trust: the reader, this program, or the server itself."""

FUTURE_MS = 5 * 60 * 1000
"""How far a witness's clock may be ahead (blueprint, 3.6)."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What a reader believes before reading, and when it reads."""

    policy: bytes
    source: PolicySource
    now_ms: int


@dataclass(frozen=True, slots=True)
class Witnessing:
    """What the policy's witnesses vouch for."""

    witnesses: tuple[str, ...]
    """Names of those whose cosignatures count."""
    time: str | None
    """T: the time they vouch for, None with ``quorum none``."""
    ignored: tuple[str, ...]
    """Names of witnesses whose line is false or doubled."""


def check_ledger_keys(
    signed: SignedCheckpoint, ledger_keys: Sequence[VerifierKey]
) -> None:
    """Check that every ledger key in force has signed a checkpoint, once.

    Raises:
        UnknownKeyError: One has not.
        SignatureError: The line of one is false, or there twice.
    """
    for vkey in ledger_keys:
        lines = [
            line
            for line in signed.note.signatures
            if (line.name, line.key_id) == (vkey.name, vkey.key_id)
        ]
        if not lines:
            raise UnknownKeyError(f"checkpoint: not signed by {vkey.label}")
        if len(lines) > 1:
            raise SignatureError(f"checkpoint: {vkey.label} signed twice")
        verify_note_signature(vkey, signed.text, lines[0])


def check_witnesses(
    policy: Policy,
    signed: SignedCheckpoint,
    *,
    seal: Seal,
    now_ms: int,
    max_age_seconds: int,
) -> Witnessing:
    """Return what the policy's witnesses vouch for (blueprint, 3.6, freshness).

    A false or doubled line of a witness counts as absent.

    Raises:
        QuorumError: Too few have cosigned.
        StaleError: What they vouch for is older than the ledger allows.
        CannotCheckError: The last seal is later than they vouch for.
    """
    cosigned = read_cosignatures(policy, signed.note)
    witnesses = tuple(cosigned.times)
    if policy.quorum is None:
        return Witnessing(witnesses, None, cosigned.faulty)
    until = (now_ms + FUTURE_MS) // 1000
    seconds = quorum_time(policy, cosigned.times, until=until)
    if seconds is None:
        raise QuorumError(
            f"quorum {policy.quorum}: cosigned by {', '.join(witnesses) or 'nobody'}"
        )
    time_ms = seconds * 1000
    if now_ms - time_ms > max_age_seconds * 1000:
        raise StaleError(f"out of date since {format_time(time_ms)}")
    if seal.time_ms > time_ms + FUTURE_MS:
        raise CannotCheckError(
            f"seal time: got {seal.time}, cosigned at {format_time(time_ms)}"
        )
    return Witnessing(witnesses, format_time(time_ms), cosigned.faulty)


def log_keys_of(
    checkpoint: bytes, policy: Policy
) -> tuple[str, tuple[VerifierKey, ...]]:
    """Return the origin that a checkpoint claims, and the policy's keys for it.

    Args:
        checkpoint: A signed note; nothing of it is judged yet.
        policy: Whose keys are trusted.

    Raises:
        CheckpointError: It is not text.
        UnknownKeyError: The policy does not know a log of that name.
    """
    try:
        origin = checkpoint.decode().partition("\n")[0]
    except UnicodeDecodeError as error:
        raise CheckpointError(f"checkpoint: not UTF-8 at byte {error.start}") from error
    keys = policy.log(origin)
    if not keys:
        raise UnknownKeyError(f"policy: no log line for {origin}")
    return origin, keys


def located(index: int, error: LedgerError) -> LedgerError:
    """Return a refusal that names its entry."""
    error.index = index
    return error


@contextmanager
def numbered(number: int) -> Iterator[None]:
    """Number whatever is refused inside, unless it knows its step better."""
    try:
        yield
    except LedgerError as error:
        if error.step is None:
            error.step = number
        raise
