"""The verifier of a whole ledger: entries and trusted keys in, a report out.

The steps, whose numbers a refusal carries (``step``, with the ``index`` of the entry):

 1. The policy has a log line for the origin.
 2. The checkpoint is signed by that key.
 3. Every entry is valid at its index, one after the other: form, signatures,
    authority, uniqueness, chain, seals. A stored chain head is that of its entry.
 4. The entries are as many as the checkpoint says, and lead to its root.
 5. The last entry is a seal, and the completeness index has the root it says.
 6. The checkpoint is signed by every ledger key in force at index size − 1.
 7. The witnesses' cosignatures meet the policy's quorum and are recent enough.
 8. Flags are recomputed.

No clock, no network, no storage.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from ledger.apart import (
    HASH_BYTES,
    PIECE_ENTRIES,
    Columns,
    InTurn,
    Judges,
    Piece,
    Row,
    cut,
    event_beginning,
    is_event,
    list_key,
)
from ledger.checkpoint import open_checkpoint
from ledger.compact import (
    FACTS_BYTES,
    ListHeads,
    Remembered,
    is_declaration,
    packed_place,
)
from ledger.errors import (
    ChainBrokenError,
    IncompleteError,
    RootMismatchError,
    SealMismatchError,
)
from ledger.event import Event
from ledger.flags import (
    LATE_US,
    Flag,
    KeySequence,
    Stay,
    flags_of_stays,
    is_stay_boundary,
    late_flag,
    may_be_late,
    stay_of,
    zero_value,
)
from ledger.index import IndexTree
from ledger.policy import parse_policy
from ledger.replay import JudgedSeal, JudgedStatement, Replay
from ledger.seal import Seal
from ledger.trust import (
    PolicySource,
    Trust,
    Witnessing,
    check_ledger_keys,
    check_witnesses,
    located,
    log_keys_of,
    numbered,
)


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What holds of a whole ledger."""

    origin: str
    size: int
    root: bytes
    seal_time: str
    statements: int
    events: int
    seals: int
    parties: int
    index_roots: Literal["last seal", "every seal"]
    flags: tuple[Flag, ...]
    witnessing: Witnessing
    policy_source: PolicySource
    policy_fingerprint: str


def verify_ledger(
    entries: Iterable[Row],
    *,
    checkpoint: bytes,
    trust: Trust,
    check_every_index_root: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
    judges: Judges | None = None,
    piece_entries: int = PIECE_ENTRIES,
) -> LedgerReport:
    """Verify a ledger from its first entry to its checkpoint.

    Args:
        entries: Index, entry and, where a store keeps it, the chain head after it; in
            order. What lies beyond the checkpoint is not read.
        checkpoint: The signed note the entries stand under.
        trust: What the reader believes.
        check_every_index_root: Recompute the index root at every seal, not only at
            the last.
        on_progress: Called with entries done and entries to do.
        judges: Who judges what can be judged of events apart; if nobody else, it is
            done here.
        piece_entries: How many entries they get at a time.

    Raises:
        LedgerError: The first thing that does not hold; ``step`` and ``index`` say
            where.
    """
    with numbered(1):
        policy = parse_policy(trust.policy)
        origin, log_keys = log_keys_of(checkpoint, policy)
    with numbered(2):
        signed = open_checkpoint(checkpoint, origin=origin, log_keys=log_keys)
        size = signed.checkpoint.size
    with numbered(3):
        reading = _Reading(origin, check_every_index_root=check_every_index_root)
        pieces = cut(entries, size, piece_entries)
        for piece, columns in (judges or InTurn(origin)).judge(pieces):
            reading.take(piece, columns)
            if on_progress is not None:
                on_progress(reading.replay.size, size)
    replay = reading.replay
    with numbered(4):
        if replay.size != size:
            raise IncompleteError(f"entries: got {replay.size}, want {size}")
        root = replay.frontier.root()
        if root != signed.checkpoint.root:
            raise RootMismatchError(
                f"root: got {root.hex()}, want {signed.checkpoint.root.hex()}"
            )
    with numbered(5):
        last = replay.last_seal
        if last is None or last.index != size - 1:
            raise SealMismatchError(f"entry {size - 1}: not a seal, want the last one")
        replay.check_index_root(last)
    with numbered(6):
        check_ledger_keys(signed, replay.directory.ledger_keys)
    with numbered(7):
        witnessing = check_witnesses(
            policy,
            signed,
            seal=last,
            now_ms=trust.now_ms,
            max_age_seconds=replay.directory.max_age_seconds,
        )
    with numbered(8):
        flags = reading.all_flags()
    return LedgerReport(
        origin=origin,
        size=size,
        root=root,
        seal_time=last.time,
        statements=size - reading.seals,
        events=reading.events,
        seals=reading.seals,
        parties=len(replay.directory.parties),
        index_roots="every seal" if check_every_index_root else "last seal",
        flags=flags,
        witnessing=witnessing,
        policy_source=trust.source,
        policy_fingerprint=policy.fingerprint,
    )


class _Reading:
    """Takes a ledger in piece by piece, and keeps what must be known to the end.

    What is found in columns is believed, because ``apart`` has judged it. All else is
    judged here, in its place: seals, directory statements, an event that has to do
    with one logged before, and from the first entry in doubt on everything in its
    piece. So a refusal is always that of ``Replay``, at the first entry that is not
    valid.
    """

    def __init__(self, origin: str, *, check_every_index_root: bool) -> None:
        self._origin = origin
        self._events = event_beginning(origin)
        self._remembered = Remembered()
        self._index = IndexTree(origin) if check_every_index_root else ListHeads(origin)
        self.replay = Replay(
            origin,
            occurrences=self._remembered,
            check_every_index_root=check_every_index_root,
        )
        self.replay.index = self._index
        self.events = 0
        self.seals = 0
        self._flags: list[Flag] = []
        # Whether they are late is known when the closing seal tells the log time.
        self._unsealed: list[tuple[int, int]] = []
        # By the key of the subject's list.
        self._stays: dict[bytes, list[tuple[int, Stay]]] = {}
        self._places: dict[str, str] = {}
        self._sequences: defaultdict[str, KeySequence] = defaultdict(KeySequence)

    def take(self, piece: Piece, columns: Columns) -> None:
        """Take a piece in.

        Raises:
            LedgerError: The first thing that does not hold.
        """
        taken = self._take_columns(piece, columns)
        for entry, chain in zip(
            piece.entries[taken:], piece.chains[taken:], strict=True
        ):
            judged = self._take_in_place(entry)
            if isinstance(judged, JudgedStatement):
                self._count_statement(judged)
            self._check_chain(chain)
        if piece.error is not None:
            raise piece.error

    def _take_columns(self, piece: Piece, columns: Columns) -> int:
        """Take in what was judged apart, and what stands between; return how much."""
        replay, by_hash = self.replay, self._remembered.by_hash
        parties = [self._remembered.party_number(name) for name in columns.party_names]
        untils = dict(columns.untils)
        indices: list[int] = []
        first_key = 0
        for offset in range(columns.done):
            entry = piece.entries[offset]
            index = replay.size
            if not is_event(entry, self._events):
                self._take_in_place(entry)
                self._check_chain(piece.chains[offset])
                continue
            place = len(indices)
            indices.append(index)
            start = place * HASH_BYTES
            end_key = first_key + columns.names[place] * HASH_BYTES
            identity = columns.identities[start : start + HASH_BYTES]
            facts = columns.facts[place * FACTS_BYTES : (place + 1) * FACTS_BYTES]
            if identity in by_hash or is_declaration(facts):
                self._take_in_place(entry)
            else:
                party = parties[columns.parties[place]]
                by_hash[identity] = packed_place(index, party) + facts
                for key in range(first_key, end_key, HASH_BYTES):
                    self._index.append_key(columns.keys[key : key + HASH_BYTES], index)
                replay.advance_event(
                    columns.leaves[start : start + HASH_BYTES], untils.get(place)
                )
            first_key = end_key
            self._check_chain(piece.chains[offset])
            instant_us = columns.instants[place]
            if instant_us is not None:
                self._unsealed.append((index, instant_us))
        self._count_columns(columns, indices)
        return columns.done

    def _take_in_place(self, entry: bytes) -> JudgedStatement | JudgedSeal:
        judged = self.replay.judge(entry)
        self.replay.advance(judged)
        if isinstance(judged, JudgedSeal):
            self._count_seal(judged.seal)
        return judged

    def _check_chain(self, stored: bytes | None) -> None:
        if stored is not None and stored != self.replay.chain_head:
            index = self.replay.size - 1
            raise located(
                index,
                ChainBrokenError(f"entry {index}: its stored chain head differs"),
            )

    def _count_seal(self, seal: Seal) -> None:
        self.seals += 1
        log_time_ms = seal.time_ms
        latest_us = log_time_ms * 1000 - LATE_US
        for index, instant_us in self._unsealed:
            if instant_us < latest_us:
                flag = late_flag(index, instant_us, log_time_ms=log_time_ms)
                self._flags += () if flag is None else (flag,)
        self._unsealed.clear()

    def _count_columns(self, columns: Columns, indices: Sequence[int]) -> None:
        self.events += len(indices)
        for flag in columns.flags:
            self._flags.append(Flag(flag.code, indices[flag.index], flag.detail))
        for each in columns.numbered:
            gap = self._sequences[each.key].take_number(
                indices[each.place], each.seq, each.prev, each.text_hash
            )
            self._flags += () if gap is None else (gap,)
        for bounding in columns.bounding:
            self._keep_stay(indices[bounding.place], bounding.keys, bounding.stay)

    def _count_statement(self, judged: JudgedStatement) -> None:
        """Count what was judged here after all that stands in columns."""
        event = judged.content
        if not isinstance(event, Event):
            return
        self.events += 1
        issuer = judged.statement.issuer
        is_importer = self.replay.directory.is_importer(issuer)
        if may_be_late(event, is_importer=is_importer):
            self._unsealed.append((judged.index, event.instant_us))
        zero = zero_value(judged.index, event)
        gap = self._sequences[issuer.label].take(
            judged.index, event, judged.occurrence.text_hash
        )
        self._flags += [flag for flag in (zero, gap) if flag is not None]
        if is_stay_boundary(event):
            keys = [list_key(self._origin, subject) for subject in event.subjects]
            self._keep_stay(judged.index, keys, stay_of(event))

    def _keep_stay(self, index: int, keys: Sequence[bytes], stay: Stay) -> None:
        # A place is named by many; its text is kept once.
        place = self._places.setdefault(stay.place, stay.place)
        kept = (index, msgspec.structs.replace(stay, place=place))
        for key in keys:
            self._stays.setdefault(key, []).append(kept)

    def all_flags(self) -> tuple[Flag, ...]:
        """Return every flag, by index and code."""
        found = dict.fromkeys(self._flags)
        for stays in self._stays.values():
            found.update((flag, None) for flag in flags_of_stays(stays))
        return tuple(sorted(found, key=lambda flag: (flag.index, flag.code)))
