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

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from ledger.apart import PIECE_ENTRIES, InTurn, Judges, Row, cut
from ledger.checkpoint import open_checkpoint
from ledger.errors import IncompleteError, RootMismatchError, SealMismatchError
from ledger.flags import Flag
from ledger.policy import parse_policy
from ledger.reading import Reading
from ledger.trust import (
    PolicySource,
    Trust,
    Witnessing,
    check_fresh,
    check_ledger_keys,
    log_keys_of,
    numbered,
    read_witnesses,
)


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What holds of a whole ledger."""

    origin: str
    size: int
    root: bytes
    seal_time: str
    verified_before: int
    """How many of the entries were read before, and not now."""
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
    reading: Reading | None = None,
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
        reading: One of this ledger to go on with, which the entries continue; it is
            not known of every seal in it that its index root is right.
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
        if reading is None:
            reading = Reading(origin, check_every_index_root=check_every_index_root)
        before = reading.replay.size
        judges = judges or InTurn(origin)
        for index, entry in reading.directory:
            judges.learn(index, entry)
        pieces = cut(entries, size, piece_entries, first=before)
        for piece, columns in judges.judge(pieces):
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
        max_age = replay.directory.max_age_seconds
        now_ms = trust.now_ms
        witnessing = read_witnesses(
            policy, signed, now_ms=now_ms, max_age_seconds=max_age
        )
        check_fresh(
            policy, witnessing, seal=last, now_ms=now_ms, max_age_seconds=max_age
        )
    with numbered(8):
        flags = reading.all_flags()
    return LedgerReport(
        origin=origin,
        size=size,
        root=root,
        seal_time=last.time,
        verified_before=before,
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
