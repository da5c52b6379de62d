"""What a reader trusts, and what the keys it trusts vouch for.

A policy names log keys and witnesses; where it comes from is named in every verdict.
Shared by ``verify`` (a passport) and ``verify_ledger`` (everything). No clock: the time
of reading is an argument.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

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
from ledger.policy import (
    Policy,
    PolicyWitness,
    is_quorum,
    quorum_time,
    read_cosignatures,
)
from ledger.seal import Seal, format_time, parse_time

PolicySource = Literal["yours", "built-in", "server"]
"""Who says which keys to trust: the reader, this program, or the server itself."""

FUTURE_MS: Final = 5 * 60 * 1000
"""How far a witness's clock may be ahead (blueprint, 3.6)."""

DOUBTFUL_MS: Final = 30 * 24 * 60 * 60 * 1000
"""What is out of date by more than this may be so by the reader's clock alone."""

REPLAYING: Final = "/replay"
"""How the name of a key ends that cosigns what it has recomputed (blueprint, 3.5)."""

_URL: Final = re.compile(
    r"[a-z]+://(?:[^/?#@]*@)?(\[[^\]]*\]|[^/:?#@\[\]]+?)\.?(?=[/:?#]|\Z)", re.I | re.A
)
_LOOPBACK: Final = re.compile(
    r"(.+\.)?localhost|127(\.[0-9]+){1,3}|0(\.0){0,3}|\[::(1|ffff:127(\.[0-9]+){3})?\]"
)


@dataclass(frozen=True, slots=True)
class Trust:
    """What a reader believes before reading, and when it reads."""

    policy: bytes
    source: PolicySource
    now_ms: int


@dataclass(frozen=True, slots=True)
class Witnessing:
    """What the policy's witnesses vouch for.

    Attributes:
        time: T, the time that a quorum vouches for; None if there is none, or the
            policy asks for none.
        known: How many witnesses the policy names.
        seen_by: Names of those who saw this very checkpoint since T, or, without T,
            within the time that the ledger allows.
        replayed_by: Names of those who recomputed the whole ledger up to it, within
            the time that the ledger allows.
        same_machine: Which of all these run on the ledger's own machine.
        ahead: Names of those whose line is of a time to come, and not believed.
        ignored: Names of those whose line is false or doubled, or says no time.
        is_clock_doubtful: Whether a wrong clock of the reader would explain why there
            is no T, or such an old one: no witness's clock agrees with it.
    """

    time: str | None
    known: int
    seen_by: tuple[str, ...]
    replayed_by: tuple[str, ...]
    same_machine: tuple[str, ...]
    ahead: tuple[str, ...]
    ignored: tuple[str, ...]
    is_clock_doubtful: bool

    @property
    def is_all_on_one_machine(self) -> bool:
        """Whether nobody vouches but from the ledger's own machine."""
        counted = {*self.seen_by, *self.replayed_by}
        return bool(counted) and counted == {*self.same_machine}


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


def read_witnesses(
    policy: Policy, signed: SignedCheckpoint, *, now_ms: int, max_age_seconds: int
) -> Witnessing:
    """Return what the policy's witnesses vouch for; nothing is judged yet.

    A false or doubled line of a witness counts as absent, and so does one of time 0:
    who signs that does not say that it has seen nothing newer (C2SP tlog-cosignature).
    """
    cosigned = read_cosignatures(policy, signed.note)
    times = {name: time for name, time in cosigned.times.items() if time > 0}
    until = (now_ms + FUTURE_MS) // 1000
    oldest = -((max_age_seconds * 1000 - now_ms) // 1000)
    seconds = quorum_time(policy, times, until=until)
    since = oldest if seconds is None else seconds
    known = [w for w in policy.witnesses if times.get(w.name, until + 1) <= until]
    seen_by = [w for w in known if times[w.name] >= since]
    recent = [w for w in known if times[w.name] >= oldest]
    replayed_by = [w for w in recent if is_replaying(w)]
    origin = signed.checkpoint.origin
    return Witnessing(
        time=None if seconds is None else format_time(seconds * 1000),
        known=len(policy.witnesses),
        seen_by=tuple(w.name for w in seen_by),
        replayed_by=tuple(w.name for w in replayed_by),
        same_machine=tuple(
            w.name
            for w in known
            if (w in seen_by or w in replayed_by) and is_beside(policy, w, origin)
        ),
        ahead=tuple(name for name, time in times.items() if time > until),
        ignored=(
            *cosigned.faulty,
            *(n for n, time in cosigned.times.items() if not time),
        ),
        is_clock_doubtful=not recent
        and (
            policy.quorum is not None and is_quorum(policy, times)
            if seconds is None
            else now_ms - seconds * 1000 > DOUBTFUL_MS
        ),
    )


def check_quorum(policy: Policy, witnessing: Witnessing) -> str | None:
    """Return the time that a quorum vouches for; None if the policy asks for nobody.

    Raises:
        QuorumError: Too few have cosigned.
    """
    if witnessing.time is None and policy.quorum is not None:
        by = ", ".join(witnessing.seen_by) or "nobody"
        ahead = ", ".join(witnessing.ahead)
        raise QuorumError(
            f"quorum {policy.quorum}: cosigned by {by}"
            + (f"; at a time to come by {ahead}" if ahead else ""),
            is_clock_doubtful=witnessing.is_clock_doubtful,
        )
    return witnessing.time


def check_fresh(
    policy: Policy,
    witnessing: Witnessing,
    *,
    seal: Seal,
    now_ms: int,
    max_age_seconds: int,
) -> None:
    """Check that a quorum vouches for what is shown, and for today (blueprint, 3.6).

    Raises:
        QuorumError: Too few have cosigned.
        StaleError: What they vouch for is older than the ledger allows.
        CannotCheckError: The last seal is later than they vouch for.
    """
    time = check_quorum(policy, witnessing)
    if time is None:
        return
    time_ms = parse_time(time)
    if now_ms - time_ms > max_age_seconds * 1000:
        raise StaleError(
            f"out of date since {time}",
            witnessed_at=time,
            is_clock_doubtful=witnessing.is_clock_doubtful,
        )
    if seal.time_ms > time_ms + FUTURE_MS:
        raise CannotCheckError(
            f"seal time: got {seal.time}, cosigned at {time}", witnessed_at=time
        )


def is_replaying(witness: PolicyWitness) -> bool:
    """Say whether a witness recomputes the ledgers that it cosigns: its key's name."""
    return witness.vkey.name.endswith(REPLAYING)


def is_beside(policy: Policy, witness: PolicyWitness, origin: str) -> bool:
    """Say whether a witness runs on the machine of a log, as its URL has it."""
    host = _host(witness.url)
    hosts = {_host(log.url) for log in policy.logs if log.vkey.name == origin}
    return host is not None and (host in hosts or _LOOPBACK.fullmatch(host) is not None)


def _host(url: str | None) -> str | None:
    found = _URL.match(url or "")
    return None if found is None else found[1].lower()


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
