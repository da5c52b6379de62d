"""What is odd between the stays of one subject, whenever a statement joins them.

To say it, all that was told of the subject before is needed. It is read from the store
once, and kept while statements about the subject go on; a reader of the whole ledger
computes the same (``flags``).
"""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from typing import Final, Protocol

from ledger.event import Event
from ledger.flags import Flag, Stay, flags_of_stays, is_stay_boundary, stay_of

MAX_KEPT: Final = 50_000
"""Events of which something is kept: some 10 MiB."""


class StayReader(Protocol):
    """Reads what was told of subjects; ``reader.LogReader`` does."""

    def stays_of(
        self, subjects: Collection[str], below: int
    ) -> dict[str, list[tuple[int, Stay]]]:
        """Return, of each subject, what every event about it below a size says."""
        ...


class Stays:
    """The stays of the subjects that were told of last; for one thread."""

    def __init__(self, reader: StayReader, *, max_kept: int = MAX_KEPT) -> None:
        """Begin with nothing kept.

        Args:
            reader: What to ask for what is not kept.
            max_kept: Of how many events something is kept.
        """
        self._reader = reader
        self._max_kept = max_kept
        self._kept: OrderedDict[str, list[tuple[int, Stay]]] = OrderedDict()
        self._count = 0

    def forget(self) -> None:
        """Keep nothing: something may have been logged that was not taken."""
        self._kept.clear()
        self._count = 0

    def take(self, events: Sequence[tuple[int, Event]]) -> dict[int, tuple[Flag, ...]]:
        """Return what is odd between new events and those before, where anything is.

        Args:
            events: All that were logged since the last call, ascending; of each it is
                said what was odd when it was logged.

        Raises:
            StoreError: What was told before cannot be read.
        """
        self._read(events)
        found: dict[int, tuple[Flag, ...]] = {}
        for index, event in events:
            known = [s for s in event.subjects if s in self._kept]
            if not known:
                continue
            stay = stay_of(event)
            self._count += len(known)
            for subject in known:
                self._kept[subject].append((index, stay))
                self._kept.move_to_end(subject)
                if stay.is_boundary:
                    odd = flags_of_stays(self._kept[subject])
                    new = found.get(index, ())
                    new += tuple(f for f in odd if f.index == index and f not in new)
                    found[index] = new
        while self._count > self._max_kept and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._count -= len(oldest)
        return found

    def _read(self, events: Sequence[tuple[int, Event]]) -> None:
        """Have kept what was told before of every subject that is asked about."""
        missing = {
            subject
            for _, event in events
            if is_stay_boundary(event)
            for subject in event.subjects
            if subject not in self._kept
        }
        if missing:
            read = self._reader.stays_of(missing, events[0][0])
            self._kept.update(read)
            self._count += sum(map(len, read.values()))
