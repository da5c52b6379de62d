"""A whole ledger being read: all that must be known of what was read, to the end.

Pure; ``verify_ledger`` has the steps, and ``saved`` keeps a reading for another day.
"""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from ledger.apart import (
    HASH_BYTES,
    Columns,
    Piece,
    directory_beginning,
    event_beginning,
    is_event,
    list_key,
)
from ledger.compact import (
    FACTS_BYTES,
    ListHeads,
    Remembered,
    is_declaration,
    packed_place,
)
from ledger.errors import ChainBrokenError, MalformedError
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
    timeless_flags,
)
from ledger.index import IndexTree
from ledger.merkle import Frontier
from ledger.replay import JudgedSeal, JudgedStatement, Replay
from ledger.seal import Seal, parse_seal
from ledger.trust import located


class Taken(msgspec.Struct, frozen=True):
    """What was read, but for identities and lists; the last entry was a seal."""

    origin: str
    size: int
    chain_head: bytes
    peaks: list[bytes]
    last_seal: bytes
    directory: list[tuple[int, bytes]]
    parties: list[str]
    events: int
    seals: int
    flags: list[Flag]
    stays: list[tuple[bytes, list[tuple[int, Stay]]]]
    sequences: list[tuple[str, int, bytes | None]]


class Reading:
    """Takes a ledger in piece by piece, and keeps what must be known to the end.

    What is found in columns is believed, because ``apart`` has judged it. All else is
    judged here, in its place: seals, directory statements, an event that has to do
    with one logged before, and from the first entry in doubt on everything in its
    piece. So a refusal is always that of ``Replay``, at the first entry that is not
    valid.
    """

    def __init__(self, origin: str, *, check_every_index_root: bool = False) -> None:
        """Begin before the first entry.

        Args:
            origin: Name of the ledger.
            check_every_index_root: Recompute the index root at every seal; such a
                reading cannot be saved.
        """
        self.origin = origin
        self._events = event_beginning(origin)
        self._directory = directory_beginning(origin)
        self.remembered = Remembered()
        self.heads = ListHeads(origin)
        self._index = IndexTree(origin) if check_every_index_root else self.heads
        self.directory: list[tuple[int, bytes]] = []
        self.replay = Replay(
            origin,
            occurrences=self.remembered,
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

    def taken(self) -> Taken:
        """Return what was read; identities and lists are kept apart.

        Raises:
            ValueError: The last entry is no seal.
        """
        replay = self.replay
        last = replay.last_seal
        if last is None or last.index != replay.size - 1:
            raise ValueError("a reading is saved when its last entry is a seal")
        return Taken(
            origin=self.origin,
            size=replay.size,
            chain_head=replay.chain_head,
            peaks=list(replay.frontier.hashes),
            last_seal=last.to_bytes(),
            directory=self.directory,
            parties=self.remembered.parties,
            events=self.events,
            seals=self.seals,
            flags=self._flags,
            stays=list(self._stays.items()),
            sequences=[(key, s.due, s.last_hash) for key, s in self._sequences.items()],
        )

    def go_on(self, taken: Taken) -> None:
        """Continue where another reading ended; identities and lists are there.

        Raises:
            MalformedError: It is of another ledger, or does not fit together.
            LedgerError: The directory cannot be made again.
        """
        replay = self.replay
        replay.last_seal = parse_seal(taken.last_seal)
        if taken.origin != self.origin or replay.last_seal.index != taken.size - 1:
            raise MalformedError("reading: does not fit together")
        for index, entry in taken.directory:
            replay.directory.take_in(index, entry)
        replay.size = taken.size
        replay.chain_head = taken.chain_head
        replay.frontier = Frontier.from_hashes(taken.size, taken.peaks)
        self.directory = taken.directory
        self.remembered.name_parties(taken.parties)
        self.events, self.seals = taken.events, taken.seals
        self._flags = taken.flags
        self._stays = dict(taken.stays)
        for key, due, last_hash in taken.sequences:
            self._sequences[key] = KeySequence(due, last_hash)

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
        replay, by_hash = self.replay, self.remembered.by_hash
        parties = [self.remembered.party_number(name) for name in columns.party_names]
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
        elif entry.startswith(self._directory):
            self.directory.append((judged.index, entry))
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
        gap = self._sequences[issuer.label].take(
            judged.index, event, judged.occurrence.text_hash
        )
        self._flags += timeless_flags(judged.index, event)
        self._flags += () if gap is None else (gap,)
        if is_stay_boundary(event):
            keys = [list_key(self.origin, subject) for subject in event.subjects]
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
