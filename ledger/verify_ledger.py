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
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from ledger.checkpoint import open_checkpoint
from ledger.errors import (
    ChainBrokenError,
    IncompleteError,
    RootMismatchError,
    SealMismatchError,
)
from ledger.event import Event
from ledger.flags import (
    Flag,
    KeySequence,
    flags_of_event,
    flags_of_subject,
    is_stay_boundary,
)
from ledger.policy import parse_policy
from ledger.replay import JudgedStatement, Occurrences, Replay
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
    entries: Iterable[tuple[int, bytes, bytes | None]],
    *,
    checkpoint: bytes,
    trust: Trust,
    check_every_index_root: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
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
        replay = Replay(
            origin,
            occurrences=Occurrences(),
            check_every_index_root=check_every_index_root,
        )
        counts = _Counts()
        for index, entry, chain in entries:
            if index >= size:
                break
            _take(replay, index, entry, chain, counts)
            if on_progress is not None and (index & 0xFF == 0 or index == size - 1):
                on_progress(index + 1, size)
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
        flags = counts.all_flags()
    return LedgerReport(
        origin=origin,
        size=size,
        root=root,
        seal_time=last.time,
        statements=size - counts.seals,
        events=counts.events,
        seals=counts.seals,
        parties=len(replay.directory.parties),
        index_roots="every seal" if check_every_index_root else "last seal",
        flags=flags,
        witnessing=witnessing,
        policy_source=trust.source,
        policy_fingerprint=policy.fingerprint,
    )


@dataclass(slots=True)
class _Counts:
    """What is counted, and kept for flags, along the way through a ledger."""

    events: int = 0
    seals: int = 0
    flags: list[Flag] = field(default_factory=list)
    # Flags need the log time, which the closing seal tells.
    unsealed: list[tuple[int, Event, bool]] = field(default_factory=list)
    stays: dict[str, list[tuple[int, Event]]] = field(default_factory=dict)
    sequences: defaultdict[str, KeySequence] = field(
        default_factory=lambda: defaultdict(KeySequence)
    )

    def take_seal(self, seal: Seal) -> None:
        self.seals += 1
        for index, event, is_importer in self.unsealed:
            self.flags.extend(
                flags_of_event(
                    index, event, log_time_ms=seal.time_ms, is_importer=is_importer
                )
            )
        self.unsealed.clear()

    def take_event(self, index: int, event: Event, *, is_importer: bool) -> None:
        self.events += 1
        self.unsealed.append((index, event, is_importer))
        if is_stay_boundary(event):
            for subject in event.subjects:
                self.stays.setdefault(subject, []).append((index, event))

    def take_sequence(self, judged: JudgedStatement, event: Event) -> None:
        statement = judged.statement
        sequence = self.sequences[statement.issuer.label]
        gap = sequence.take(judged.index, event, judged.occurrence.text_hash)
        if gap is not None:
            self.flags.append(gap)

    def all_flags(self) -> tuple[Flag, ...]:
        found = dict.fromkeys(self.flags)
        for events in self.stays.values():
            found.update((flag, None) for flag in flags_of_subject(events))
        return tuple(sorted(found, key=lambda flag: (flag.index, flag.code)))


def _take(
    replay: Replay, index: int, entry: bytes, chain: bytes | None, counts: _Counts
) -> None:
    if index != replay.size:
        raise located(replay.size, IncompleteError(f"entry {replay.size}: missing"))
    judged = replay.judge(entry)
    replay.advance(judged)
    if chain is not None and chain != replay.chain_head:
        raise located(
            index, ChainBrokenError(f"entry {index}: its stored chain head differs")
        )
    if not isinstance(judged, JudgedStatement):
        counts.take_seal(judged.seal)
    elif isinstance(judged.content, Event):
        counts.take_sequence(judged, judged.content)
        counts.take_event(
            index,
            judged.content,
            is_importer=replay.directory.is_importer(judged.statement.issuer),
        )
