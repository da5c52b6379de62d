"""Seals and the hash chain (blueprint, 3.3).

A seal is the unsigned entry of seven lines that closes a group of statements: it says
when they were logged, what the running hash over all entries before it is, and what
the completeness index over them is. What a seal says is the ledger's claim; whoever
holds all entries recomputes it with ``verify_seal``.

Nothing here reads a clock. ``scanner_web/verify/seal.js`` is the twin for the browser,
and ``tests/support/reference/seal.py`` the slow definition.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from ledger.encoding import decode_base64, encode_base64, parse_integer
from ledger.errors import (
    ChainBrokenError,
    EncodingError,
    NoteError,
    SealError,
    SealMismatchError,
    StatementFormatError,
    UnknownVersionError,
    WrongOriginError,
)
from ledger.note import check_key_name

HEADER: Final = "caravan/seal/v1"

EntryKind = Literal["statement", "seal"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_TIME: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T"
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})\.([0-9]{3})Z"
)
_OTHER_FORMAT: Final = re.compile(rb"caravan/[a-z]+(-[a-z]+)*/v[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class Seal:
    """Hold what a seal says.

    ``chain_head`` is the chain over the entries before ``index``; ``previous`` is the
    index of the seal before this one, None for the first.
    """

    origin: str
    index: int
    time: str
    chain_head: bytes
    index_root: bytes
    previous: int | None

    @property
    def time_ms(self) -> int:
        """Return the time as milliseconds since 1970."""
        return parse_time(self.time)

    @property
    def first_closed(self) -> int:
        """Return the index of the first entry that this seal closes."""
        return 0 if self.previous is None else self.previous + 1

    def to_bytes(self) -> bytes:
        """Return the entry, seven lines."""
        return (
            f"{HEADER}\n{self.origin}\n{self.index}\n{self.time}\n"
            f"{encode_base64(self.chain_head)}\n{encode_base64(self.index_root)}\n"
            f"{'-' if self.previous is None else self.previous}\n"
        ).encode()


def entry_kind(entry: bytes) -> EntryKind:
    r"""Say by its first line whether an entry is a statement or a seal.

    Raises:
        UnknownVersionError: It is of a format or version that this program does not
            know.
        StatementFormatError: It is none of ours.

    >>> entry_kind(b"caravan/seal/v1\n")
    'seal'
    """
    first = entry.partition(b"\n")[0]
    if first == b"caravan/statement/v1":
        return "statement"
    if first == HEADER.encode():
        return "seal"
    if _OTHER_FORMAT.fullmatch(first):
        raise UnknownVersionError(f"entry: got {first.decode()}")
    raise StatementFormatError("entry: neither a statement nor a seal")


def parse_seal(entry: bytes) -> Seal:
    """Return the seal that an entry holds.

    Raises:
        SealError: The entry is not seven lines of the right grammar, or closes
            nothing: no entry lies between it and the seal it names as previous.
    """
    try:
        lines = entry.decode().split("\n")
    except UnicodeDecodeError as error:
        raise SealError("seal: not UTF-8") from error
    if len(lines) != 8 or lines[7]:
        raise SealError(f"seal: got {len(lines) - 1} lines, want 7")
    header, origin, index, time, chain_head, index_root, previous, _ = lines
    if header != HEADER:
        raise SealError(f"seal: first line is not {HEADER}")
    try:
        check_key_name(origin)
        seal = Seal(
            origin=origin,
            index=parse_integer(index),
            time=format_time(parse_time(time)),
            chain_head=decode_base64(chain_head, length=32),
            index_root=decode_base64(index_root, length=32),
            previous=None if previous == "-" else parse_integer(previous),
        )
    except (EncodingError, NoteError) as error:
        raise SealError(f"seal: {error}") from error
    if seal.first_closed >= seal.index:
        raise SealError(f"seal: at {seal.index} after {previous}, closes nothing")
    return seal


def verify_seal(
    seal: Seal,
    *,
    origin: str,
    index: int,
    chain_head: bytes,
    index_root: bytes,
    previous: Seal | None,
) -> None:
    """Compare a seal with what the entries before it determine.

    Args:
        seal: The seal as it stands in the log.
        origin: The ledger it stands in.
        index: Where it stands.
        chain_head: The chain over the entries before it.
        index_root: The root of the completeness index over the entries before it.
        previous: The last seal before it.

    Raises:
        WrongOriginError: The seal names another origin.
        SealMismatchError: Its index, its previous seal or its index root is another,
            or its time is before that of the previous seal.
        ChainBrokenError: Its chain head is another.
    """
    if seal.origin != origin:
        raise WrongOriginError(f"origin: got {seal.origin}, want {origin}")
    if seal.index != index:
        raise SealMismatchError(f"seal: says index {seal.index}, stands at {index}")
    want = None if previous is None else previous.index
    if seal.previous != want:
        raise SealMismatchError(f"previous seal: got {seal.previous}, want {want}")
    if previous is not None and seal.time < previous.time:
        raise SealMismatchError(f"time: got {seal.time}, want {previous.time} or later")
    if seal.chain_head != chain_head:
        raise ChainBrokenError(
            f"chain head: got {seal.chain_head.hex()}, want {chain_head.hex()}"
        )
    if seal.index_root != index_root:
        raise SealMismatchError(
            f"index root: got {seal.index_root.hex()}, want {index_root.hex()}"
        )


def verify_not_expired(seal: Seal, until_ms: int | None) -> None:
    """Check that a seal may close what a key with this ``until`` has signed.

    Args:
        seal: The closing seal.
        until_ms: Earliest end among the signers' keys; None if none of them ends.

    Raises:
        SealMismatchError: The key had ended at the seal's time.
    """
    if until_ms is not None and until_ms <= seal.time_ms:
        raise SealMismatchError(
            f"seal time: got {seal.time}, want before {format_time(until_ms)}, "
            "when a signer's key ends"
        )


def chain_start(origin: str) -> bytes:
    """Return the chain over no entries, c(0).

    >>> chain_start("example.org/milk").hex()[:16]
    '8ed0d3e798ba1edf'
    """
    return hashlib.sha256(f"caravan/chain/v1\n{origin}\n".encode()).digest()


def chain_next(head: bytes, leaf: bytes) -> bytes:
    """Return the chain over one entry more, c(i+1), from c(i) and the leaf hash of i.

    >>> chain_next(bytes(32), bytes(32)).hex()[:16]
    'f5a5fd42d16a2030'
    """
    return hashlib.sha256(head + leaf).digest()


def parse_time(text: str) -> int:
    """Return the milliseconds since 1970 of a time ``YYYY-MM-DDThh:mm:ss.mmmZ``.

    Raises:
        SealError: The text has another form, is no real date, or is before 1970.

    >>> parse_time("2026-05-01T06:30:00.250Z")
    1777617000250
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise SealError("time: want YYYY-MM-DDThh:mm:ss.mmmZ")
    year, month, day, hour, minute, second, milli = map(int, match.groups())
    try:
        moment = datetime(
            year, month, day, hour, minute, second, milli * 1000, tzinfo=UTC
        )
    except ValueError as error:
        raise SealError(f"time: {error}") from error
    if moment < _EPOCH:
        raise SealError("time: before 1970")
    return (moment - _EPOCH) // _MILLISECOND


def format_time(time_ms: int) -> str:
    """Return milliseconds since 1970 as ``YYYY-MM-DDThh:mm:ss.mmmZ``.

    >>> format_time(1777617000250)
    '2026-05-01T06:30:00.250Z'
    """
    moment = _EPOCH + time_ms * _MILLISECOND
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
