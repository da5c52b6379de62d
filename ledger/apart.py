"""What can be judged of events apart from one another, so by several processes.

Form, signatures, the canonical body, what an event says and the right to say it are a
function of the entry and of the directory before it. What is found of a piece of the
ledger comes back in columns: flat bytes, which pass between processes for nearly
nothing. Chain, tree, seals, uniqueness and lists need order; they are not looked at
here, and neither is anything refused: at the first entry in doubt the judge stops, and
whoever takes the pieces in judges that entry again, in its place.

Pure: who runs it where is for ``workers``.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Final, Protocol

import msgspec

from ledger.completeness import subject_key
from ledger.errors import IncompleteError, LedgerError
from ledger.event import Event
from ledger.flags import (
    Flag,
    Stay,
    is_stay_boundary,
    may_be_late,
    stay_of,
    timeless_flags,
)
from ledger.replay import JudgedStatement, PartialReplay
from ledger.statement import HEADER
from ledger.trust import located

HASH_BYTES: Final = 32
PIECE_ENTRIES: Final = 512
_MAX_PIECE_BYTES: Final = 4 * 1024 * 1024
_MAX_NAME: Final = 200
"""Longest name whose key is remembered, so that nobody fills the memory."""

Row = tuple[int, bytes, bytes | None]
"""Index, entry and, where a store keeps it, the chain head after it."""


class Piece(msgspec.Struct, frozen=True, gc=False):
    """Consecutive entries, cut off to be judged.

    Attributes:
        first: Index of the first of them.
        entries: They themselves.
        chains: The stored chain head after each, where there is one.
        error: Why no entry follows, where one should.
    """

    first: int
    entries: list[bytes]
    chains: list[bytes | None]
    error: LedgerError | None = None


class Numbered(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An event that its key numbered."""

    place: int
    key: str
    seq: int
    prev: bytes | None
    text_hash: bytes


class Bounding(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An event that begins or ends a stay; ``keys`` are those of its subjects."""

    place: int
    keys: list[bytes]
    stay: Stay


class Columns(msgspec.Struct, array_like=True, gc=False):
    """What was found of the events in a piece, one after the other.

    ``place`` counts these events from zero. What is the same for all, and of one length
    for each, is joined into one text of bytes.

    Attributes:
        done: How many entries of the piece are in here, or are no events.
        leaves: Leaf hashes.
        identities: SHA-256 of each ``eventID``.
        facts: What ``compact.Remembered`` keeps, but for index and party.
        parties: Whose they are, by number in ``party_names``.
        untils: Place, and when the earliest of its signers' keys ends.
        names: How many lists each of them joins.
        keys: The keys of these lists, all in one.
        instants: ``eventTime``; None where an event cannot be late.
        flags: What is odd of one alone, but for being late; the index is the place.
        numbered: Those with a number of their key.
        bounding: Those that are the boundary of a stay.
    """

    done: int
    leaves: bytes
    identities: bytes
    facts: bytes
    parties: list[int]
    party_names: list[str]
    untils: list[tuple[int, int]]
    names: list[int]
    keys: bytes
    instants: list[int | None]
    flags: list[Flag]
    numbered: list[Numbered]
    bounding: list[Bounding]


class Judges(Protocol):
    """Those who judge pieces; ``InTurn`` does, and the processes of ``workers``."""

    def learn(self, index: int, entry: bytes) -> None:
        """Take in a directory statement that stands before all pieces."""
        ...

    def judge(self, pieces: Iterable[Piece]) -> Iterator[tuple[Piece, Columns]]:
        """Yield each piece with what was found, in order."""
        ...


def is_event(entry: bytes, beginning: bytes) -> bool:
    """Tell whether an entry says that it is an event of a ledger.

    Args:
        entry: Any bytes.
        beginning: What ``event_beginning`` says of the ledger.
    """
    return entry.startswith(beginning)


def event_beginning(origin: str) -> bytes:
    """Return how every event of a ledger begins."""
    return f"{HEADER}\n{origin}\nevent\n".encode()


def directory_beginning(origin: str) -> bytes:
    """Return how every directory statement of a ledger begins."""
    return f"{HEADER}\n{origin}\ndirectory\n".encode()


def cut(
    rows: Iterable[Row], size: int, most: int = PIECE_ENTRIES, *, first: int = 0
) -> Iterator[Piece]:
    """Cut a ledger into pieces.

    Where an entry is missing, or reading fails, the last piece says so: what is before
    it is judged first.

    Args:
        rows: The ledger.
        size: How many entries are wanted; none beyond is read.
        most: How many entries a piece has.
        first: Index of the first of the rows.
    """
    entries: list[bytes] = []
    chains: list[bytes | None] = []
    held = 0
    error: LedgerError | None = None
    try:
        for index, entry, chain in rows:
            at = first + len(entries)
            if at == size or index >= size:
                break
            if index != at:
                raise located(at, IncompleteError(f"entry {at}: missing"))
            entries.append(entry)
            chains.append(chain)
            held += len(entry)
            if len(entries) >= most or held >= _MAX_PIECE_BYTES:
                yield Piece(first, entries, chains)
                first, entries, chains, held = at + 1, [], [], 0
    except LedgerError as found:
        error = found
    if entries or error is not None:
        yield Piece(first, entries, chains, error)


class ApartJudge:
    """Judges the events of pieces, once told of the directory before each."""

    def __init__(self, origin: str) -> None:
        """Begin with an empty directory.

        Args:
            origin: Name of the ledger.
        """
        self._origin = origin
        self._replay = _Apart(origin)
        self._events = event_beginning(origin)
        self._directory = directory_beginning(origin)

    def learn(self, index: int, entry: bytes) -> None:
        """Take a directory statement in, if it can be.

        Its signatures are not verified: whoever takes the pieces in has done so before
        anything that follows it counts.

        Raises:
            LedgerError: It cannot be taken in.
        """
        self._replay.directory.take_in(index, entry)

    def judge(self, first: int, entries: Sequence[bytes]) -> Columns:
        """Return what is found of the events up to the first entry in doubt."""
        writer = _Writer(self._origin)
        done = 0
        try:
            for index, entry in enumerate(entries, start=first):
                if is_event(entry, self._events):
                    judged = self._replay.judge_at(index, entry)
                    writer.put(judged, self._replay)
                elif entry.startswith(self._directory):
                    self.learn(index, entry)
                done += 1
        except LedgerError:
            pass
        return writer.columns(done)


class InTurn:
    """Judges pieces here, one after the other."""

    def __init__(self, origin: str) -> None:
        """Begin with an empty directory.

        Args:
            origin: Name of the ledger.
        """
        self._judge = ApartJudge(origin)

    def learn(self, index: int, entry: bytes) -> None:
        """Take in a directory statement that stands before all pieces."""
        self._judge.learn(index, entry)

    def judge(self, pieces: Iterable[Piece]) -> Iterator[tuple[Piece, Columns]]:
        """Yield each piece with what was found, in order."""
        for piece in pieces:
            yield piece, self._judge.judge(piece.first, piece.entries)


class _Apart(PartialReplay):
    """Judges statements, and remembers none of them."""

    def judge_at(self, index: int, entry: bytes) -> JudgedStatement:
        """Return the statement at an index judged, as far as it can be alone.

        Raises:
            LedgerError: The first check that fails.
        """
        self.size = index
        return self.judge_statement(entry)


class _Writer:
    """Writes columns."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._leaves: list[bytes] = []
        self._identities: list[bytes] = []
        self._facts: list[bytes] = []
        self._parties: list[int] = []
        self._numbers: dict[str, int] = {}
        self._untils: list[tuple[int, int]] = []
        self._names: list[int] = []
        self._keys: list[bytes] = []
        self._instants: list[int | None] = []
        self._flags: list[Flag] = []
        self._numbered: list[Numbered] = []
        self._bounding: list[Bounding] = []

    def put(self, judged: JudgedStatement, replay: PartialReplay) -> None:
        """Write an event down."""
        event = judged.content
        if not isinstance(event, Event):
            raise TypeError("only events stand in columns")
        place = len(self._leaves)
        issuer = judged.statement.issuer
        occurrence = judged.occurrence
        self._leaves.append(judged.leaf)
        self._identities.append(identity_hash(judged.identity))
        self._facts.append(
            (b"\x01" if occurrence.is_declaration else b"\x00")
            + occurrence.text_hash
            + occurrence.fingerprint
        )
        self._parties.append(self._numbers.setdefault(judged.party, len(self._numbers)))
        until_ms = replay.until_of(judged)
        if until_ms is not None:
            self._untils.append((place, until_ms))
        keys = [list_key(self._origin, name) for name in judged.listed_under]
        self._names.append(len(keys))
        self._keys += keys
        is_importer = replay.directory.is_importer(issuer)
        may = may_be_late(event, is_importer=is_importer)
        self._instants.append(event.instant_us if may else None)
        # In canonical JSON no member is zero without the one, and no serial without the
        # other.
        if b'":0' in judged.statement.body or b"/21/" in judged.statement.body:
            self._flags += timeless_flags(place, event)
        if event.seq is not None:
            text_hash = occurrence.text_hash
            numbered = Numbered(place, issuer.label, event.seq, event.prev, text_hash)
            self._numbered.append(numbered)
        if is_stay_boundary(event):
            # Those of alarms come after all subjects.
            about = keys[: len(event.subjects)]
            self._bounding.append(Bounding(place, about, stay_of(event)))

    def columns(self, done: int) -> Columns:
        """Return what was written."""
        return Columns(
            done=done,
            leaves=b"".join(self._leaves),
            identities=b"".join(self._identities),
            facts=b"".join(self._facts),
            parties=self._parties,
            party_names=list(self._numbers),
            untils=self._untils,
            names=self._names,
            keys=b"".join(self._keys),
            instants=self._instants,
            flags=self._flags,
            numbered=self._numbered,
            bounding=self._bounding,
        )


def identity_hash(identity: str) -> bytes:
    """Return what an identity is remembered by."""
    return sha256(identity.encode()).digest()


def list_key(origin: str, name: str) -> bytes:
    """Return the key of a list, as ``subject_key``; what was asked lately is known."""
    if len(name) > _MAX_NAME:
        return subject_key(origin, name)
    return _known_key(origin, name)


_known_key: Final = lru_cache(maxsize=65_536)(subject_key)
