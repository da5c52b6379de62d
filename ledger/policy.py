r"""Parse trust policies and judge cosignatures by them (C2SP tlog-policy).

A policy is a text file that names the logs its reader accepts, the witnesses the reader
knows, and the quorum: which of them must have cosigned a checkpoint. Everything a
verdict claims rests on one, so a verdict names where its policy came from.

Two lines with the same key would let one party count twice, or let a log vouch for
itself: such a policy is refused. Names are compared as they are written, and mean
nothing outside the file. Keys are Ed25519; a policy with others is refused, because
reading it as if they were absent would be another policy.

``scanner_web/verify/policy.js`` is the twin for the browser, and
``tests/support/reference/policy.py`` the slow definition this is checked against.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.cosignature import verify_cosignature
from ledger.encoding import parse_integer
from ledger.errors import (
    EncodingError,
    NoteError,
    PolicyError,
    QuorumError,
    VerificationError,
)
from ledger.note import COSIGNATURE, ED25519, Note, VerifierKey, parse_vkey

_NONE: Final = "none"
_CONTROLS: Final = bytes(code for code in range(0x20) if code not in b"\t\n") + b"\x7f"
_ITEM: Final = re.compile(r"[^ \t]+")


@dataclass(frozen=True, slots=True)
class PolicyLog:
    """A log whose checkpoints are accepted; its key's name is its origin."""

    vkey: VerifierKey
    url: str | None


@dataclass(frozen=True, slots=True)
class PolicyWitness:
    """A witness under the name that groups and the quorum know it by."""

    name: str
    vkey: VerifierKey
    url: str | None


@dataclass(frozen=True, slots=True)
class PolicyGroup:
    """A group that has cosigned once ``threshold`` of its members have."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """What a reader trusts.

    Attributes:
        logs: Accepted logs, in the order of the file.
        witnesses: Known witnesses, in the order of the file.
        groups: Groups, each after its members.
        quorum: The witness or group that must have cosigned; None asks for nobody.
        text: The file, byte for byte.
    """

    logs: tuple[PolicyLog, ...]
    witnesses: tuple[PolicyWitness, ...]
    groups: tuple[PolicyGroup, ...]
    quorum: str | None
    text: bytes

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the file in hex, which a person can compare."""
        return hashlib.sha256(self.text).hexdigest()

    def log(self, origin: str) -> tuple[VerifierKey, ...]:
        """Return the keys that may sign for an origin; none if it is not listed."""
        return tuple(log.vkey for log in self.logs if log.vkey.name == origin)


@dataclass(frozen=True, slots=True)
class Cosigned:
    """Which witnesses of a policy have cosigned a checkpoint.

    Attributes:
        times: When each did, in seconds since 1970, by its name in the policy.
        faulty: Names whose line is false or there twice. They count as absent.
    """

    times: Mapping[str, int]
    faulty: tuple[str, ...]


def parse_policy(data: bytes) -> Policy:
    r"""Return the policy that a file states.

    Raises:
        PolicyError: A line that is none of the format's, a name used before it is
            defined, or twice, a key that is there twice, or not exactly one quorum.

    >>> parse_policy(b"quorum none\n").quorum is None
    True
    """
    parser = _Parser()
    for number, line in enumerate(_split_lines(data), start=1):
        items = _ITEM.findall(line)
        if not items or items[0].startswith("#"):
            continue
        try:
            parser.read(items)
        except (PolicyError, NoteError, EncodingError) as error:
            raise PolicyError(f"policy, line {number}: {error}") from error
    if len(parser.quorums) != 1:
        raise PolicyError(f"policy: got {len(parser.quorums)} quorum lines, want 1")
    quorum = parser.quorums[0]
    return Policy(
        logs=tuple(parser.logs),
        witnesses=tuple(parser.witnesses),
        groups=tuple(parser.groups),
        quorum=None if quorum == _NONE else quorum,
        text=data,
    )


def is_quorum(policy: Policy, names: Collection[str]) -> bool:
    """Say whether these witnesses, by their names in the policy, are enough.

    Names that the policy does not have count for nothing.
    """
    if policy.quorum is None:
        return True
    cosigned = {witness.name for witness in policy.witnesses} & set(names)
    # Members are always defined before their group, so one pass is enough.
    for group in policy.groups:
        if sum(member in cosigned for member in group.members) >= group.threshold:
            cosigned.add(group.name)
    return policy.quorum in cosigned


def verify_quorum(policy: Policy, names: Collection[str]) -> None:
    """Verify that these witnesses, by their names in the policy, are enough.

    Raises:
        QuorumError: They are not.
    """
    if not is_quorum(policy, names):
        known = [witness.name for witness in policy.witnesses if witness.name in names]
        raise QuorumError(
            f"quorum {policy.quorum}: cosigned by {', '.join(known) or 'nobody'}"
        )


def read_cosignatures(policy: Policy, note: Note) -> Cosigned:
    """Return which of a policy's witnesses have truly cosigned a checkpoint.

    Lines of keys that the policy does not have are ignored. A line of a witness that is
    false, or there twice, makes that witness absent, and is reported: the log, or
    whoever carried the note, added something that the witness cannot have meant.
    """
    times: dict[str, int] = {}
    faulty: list[str] = []
    for witness in policy.witnesses:
        key = (witness.vkey.name, witness.vkey.key_id)
        lines = [line for line in note.signatures if (line.name, line.key_id) == key]
        if not lines:
            continue
        try:
            if len(lines) > 1:
                raise VerificationError(f"{witness.vkey.label}: cosigned twice")
            times[witness.name] = verify_cosignature(witness.vkey, note.text, lines[0])
        except VerificationError:
            faulty.append(witness.name)
    return Cosigned(times, tuple(faulty))


def quorum_time(policy: Policy, times: Mapping[str, int], *, until: int) -> int | None:
    """Return the latest time from which on enough witnesses have cosigned.

    That is the largest T such that the witnesses whose time lies in [T, until] are a
    quorum: the answer to "how old is this, at worst?". None if there is no such T,
    which is always so when the policy asks for nobody.

    Args:
        policy: Whose quorum.
        times: Seconds since 1970 by witness name, as in ``Cosigned.times``.
        until: Times after this one are not believed; now and a few minutes.
    """
    if policy.quorum is None:
        return None
    believed = {name: time for name, time in times.items() if time <= until}
    for earliest in sorted(set(believed.values()), reverse=True):
        names = {name for name, time in believed.items() if time >= earliest}
        if is_quorum(policy, names):
            return earliest
    return None


class _Parser:
    """What the lines read so far have defined."""

    __slots__ = ("groups", "keys", "logs", "members", "names", "quorums", "witnesses")

    def __init__(self) -> None:
        self.logs: list[PolicyLog] = []
        self.witnesses: list[PolicyWitness] = []
        self.groups: list[PolicyGroup] = []
        self.quorums: list[str] = []
        self.keys: set[bytes | str] = set()
        self.names: set[str] = set()
        self.members: set[str] = set()

    def read(self, items: list[str]) -> None:
        """Take in one line that is neither empty nor a comment."""
        keyword, *rest = items
        readers: dict[str, Callable[[list[str]], None]] = {
            "log": self._read_log,
            "witness": self._read_witness,
            "group": self._read_group,
            "quorum": self._read_quorum,
        }
        if keyword not in readers:
            raise PolicyError(f"got {keyword!r}, want log, witness, group or quorum")
        readers[keyword](rest)

    def _read_log(self, rest: list[str]) -> None:
        if len(rest) not in {1, 2}:
            raise PolicyError("want: log <vkey> [<url>]")
        vkey = self._new_key(rest[0], ED25519)
        self.logs.append(PolicyLog(vkey, rest[1] if len(rest) == 2 else None))

    def _read_witness(self, rest: list[str]) -> None:
        if len(rest) not in {2, 3}:
            raise PolicyError("want: witness <name> <vkey> [<url>]")
        name = self._new_name(rest[0])
        vkey = self._new_key(rest[1], COSIGNATURE)
        url = rest[2] if len(rest) == 3 else None
        self.witnesses.append(PolicyWitness(name, vkey, url))

    def _read_group(self, rest: list[str]) -> None:
        if len(rest) < 3:
            raise PolicyError("want: group <name> all|any|<k> <member>...")
        name, count, *members = rest
        for member in members:
            self._check_defined(member)
            if member in self.members:
                raise PolicyError(f"{member} is a member for the second time")
            self.members.add(member)
        words = {"all": len(members), "any": 1}
        threshold = words[count] if count in words else parse_integer(count)
        if not 1 <= threshold <= len(members):
            raise PolicyError(f"got {threshold} of {len(members)} members")
        self.groups.append(PolicyGroup(self._new_name(name), threshold, tuple(members)))

    def _read_quorum(self, rest: list[str]) -> None:
        if len(rest) != 1:
            raise PolicyError("want: quorum <name>|none")
        if rest[0] != _NONE:
            self._check_defined(rest[0])
        self.quorums.append(rest[0])

    def _new_name(self, name: str) -> str:
        if name == _NONE or name in self.names:
            raise PolicyError(f"the name {name} is taken")
        self.names.add(name)
        return name

    def _check_defined(self, name: str) -> None:
        if name not in self.names:
            raise PolicyError(f"{name} is not defined above")

    def _new_key(self, text: str, kind: int) -> VerifierKey:
        vkey = parse_vkey(text)
        if vkey.kind != kind:
            raise PolicyError(f"{vkey.label}: got type {vkey.kind}, want {kind}")
        # The second test keeps one signature line from counting for two keys.
        if not self.keys.isdisjoint({vkey.key, vkey.label}):
            raise PolicyError(f"{vkey.label}: its key is there for the second time")
        self.keys |= {vkey.key, vkey.label}
        return vkey


def _split_lines(data: bytes) -> list[str]:
    if len(data.translate(None, _CONTROLS)) != len(data):
        raise PolicyError("policy: a control character other than tab and newline")
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError as error:
        raise PolicyError(f"policy: not UTF-8 at byte {error.start}") from error
    if lines.pop() != "":
        raise PolicyError("policy: the last line has no newline")
    return lines
