"""Post what a register stands for, and tell what was new, known or refused."""

from collections import deque
from collections.abc import Iterable, Iterator

from ledger.client import LedgerClient, Posted
from ledger.errors import LedgerError
from ledger.importer.statements import Made, RowEvent

Outcome = tuple[RowEvent, Posted | LedgerError]
"""Where an event is in the log, or why it is not."""


def post_statements(client: LedgerClient, made: Iterable[Made]) -> Iterator[Outcome]:
    """Post statements in batches, and yield what became of each event.

    What could not be made into a statement comes at once; the others come when their
    batch has been answered. Whatever breaks off may be run again from the start.

    Raises:
        StoreError: No connection after several tries, or no usable answer.
    """
    posted: deque[RowEvent] = deque()
    failed: deque[Outcome] = deque()

    def notes() -> Iterator[bytes]:
        for about, note in made:
            if isinstance(note, LedgerError):
                failed.append((about, note))
            else:
                posted.append(about)
                yield note

    for _, answer in client.post_all(notes()):
        while failed:
            yield failed.popleft()
        yield posted.popleft(), answer
    yield from failed
