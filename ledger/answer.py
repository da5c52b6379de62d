"""What is answered to whoever posted: the place of a statement, and what proves it.

All that a group asks of the store is asked at once, and what its receipts share is
made once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.errors import LedgerError
from ledger.event import Event
from ledger.flags import Flag, flags_of_event
from ledger.merkle import leaf_hash
from ledger.reader import LogReader
from ledger.sequencer import Accepted, Known, Outcome
from ledger.stays import Stays


@dataclass(frozen=True, slots=True)
class Appended:
    """Where a statement is in the log, and what proves it."""

    index: int
    is_new: bool
    leaf_hash: bytes
    receipt: bytes
    flags: tuple[Flag, ...]


Answer = Appended | LedgerError


def answers_to(
    log: LogReader, stays: Stays, outcomes: Sequence[Outcome]
) -> list[Answer]:
    """Return the answer to each note of a group that is durable and signed.

    Args:
        log: The log, of that group or later.
        stays: What was told before of the subjects; it takes the group in.
        outcomes: What the sequencer made of the notes.

    Raises:
        StoreError: The store cannot be read, or has not what it said it has.
    """
    known = {o.index for o in outcomes if isinstance(o, Known)}
    accepted = {o.judged.index: o for o in outcomes if isinstance(o, Accepted)}
    # What a group knows already may be in the same group.
    older = sorted(known - accepted.keys())
    leaves = {i: leaf_hash(entry) for i, entry in log.entries(older).items()}
    leaves |= {index: each.judged.leaf for index, each in accepted.items()}
    receipts = log.receipts(sorted(leaves))
    flags = log.flags_at(older) | _new_flags(log, stays, list(accepted.values()))

    def appended(index: int, *, is_new: bool) -> Appended:
        return Appended(
            index, is_new, leaves[index], receipts[index], flags.get(index, ())
        )

    answers: list[Answer] = []
    for outcome in outcomes:
        if isinstance(outcome, LedgerError):
            answers.append(outcome)
        elif isinstance(outcome, Known):
            answers.append(appended(outcome.index, is_new=False))
        else:
            answers.append(appended(outcome.judged.index, is_new=True))
    return answers


def _new_flags(
    log: LogReader, stays: Stays, accepted: Sequence[Accepted]
) -> dict[int, tuple[Flag, ...]]:
    events: list[tuple[int, Event]] = []
    alone: dict[int, tuple[Flag, ...]] = {}
    for each in accepted:
        index, content = each.judged.index, each.judged.content
        if not isinstance(content, Event):
            continue
        events.append((index, content))
        issuer = each.judged.statement.issuer
        alone[index] = flags_of_event(
            index,
            content,
            log_time_ms=each.time_ms,
            is_importer=log.directory.is_importer(issuer),
        )
    between = stays.take(events) if events else {}
    return {index: own + between.get(index, ()) for index, own in alone.items()}
