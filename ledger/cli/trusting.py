"""Where trust comes from: a file, this machine's memory, or the server itself.

Blueprint, 4.2: a policy that the reader gives; else the one pinned for that origin;
else, on first use, the one that the server suggests, which is pinned. What is pinned
stays in force until the reader says otherwise.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.cli.folder import read_file
from ledger.cli.outcome import with_hint
from ledger.errors import CannotCheckError, PolicyError
from ledger.pins import Pins
from ledger.policy import Policy, parse_policy
from ledger.trust import PolicySource

SOURCES: Final[dict[PolicySource, str]] = {
    "yours": "yours",
    "built-in": "built into this verifier",
    "server": "this server's own word",
}
"""How a verdict names each source."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The policy in force, where it is from, and what the reader should know of it."""

    policy: Policy
    source: PolicySource
    said: tuple[str, ...] = ()
    to_pin: bytes | None = None
    """To be remembered once what it speaks of has been verified."""


def choose_policy(
    origin: str,
    served: bytes | None,
    *,
    pins: Pins,
    given: Path | None,
    accept_served: bool,
) -> Chosen:
    """Return the policy to judge a ledger by.

    Args:
        origin: Which ledger it claims to be.
        served: The policy that comes with the ledger.
        pins: What this machine remembers.
        given: A policy file of the reader's own.
        accept_served: The reader takes the served one in place of the pinned one.

    Raises:
        NotFoundError: The reader's file is not there.
        PolicyError: The policy in force is none.
        CannotCheckError: There is no policy, or it does not speak of this ledger.
        StoreError: What is pinned cannot be read.
    """
    if given is not None:
        policy = parse_policy(read_file(given))
        _check_speaks_of(policy, origin)
        return Chosen(policy, "yours", _difference(policy.text, served))
    pinned = pins.policy(origin)
    if pinned is not None and (not accept_served or served is None):
        said = _difference(pinned, served)
        hint = ("--accept-policy takes the served one",) if said else ()
        return Chosen(parse_policy(pinned), "server", ("pinned here", *said, *hint))
    if served is None:
        raise with_hint(
            CannotCheckError(f"policy: none for {origin}"),
            "give --policy FILE, or verify the ledger by its URL first",
        )
    try:
        policy = parse_policy(served)
    except PolicyError as error:
        raise with_hint(error, "the policy that was served is none") from error
    _check_speaks_of(policy, origin)
    word = "taken now, pinned here" if pinned is not None else "first use, pinned here"
    return Chosen(policy, "server", (word,), to_pin=served)


def _check_speaks_of(policy: Policy, origin: str) -> None:
    if not policy.log(origin):
        raise with_hint(
            CannotCheckError(f"policy: has no log line for {origin}"),
            "it says nothing about this ledger, good or bad",
        )


def _difference(in_force: bytes, served: bytes | None) -> tuple[str, ...]:
    if served is None or served == in_force:
        return ()
    try:
        fingerprint = parse_policy(served).fingerprint
    except PolicyError:
        return ("the served policy differs, and is none",)
    return (f"the served policy differs: its fingerprint is {fingerprint}",)
