"""Figures of supply, counted by this server as the ledger grows.

A thread of its own takes entries in, a few at a time, and rests for longer than it
worked, so that whoever appends or asks is not kept waiting. Where none runs, whoever
asks counts a step. What is shown says up to which entry it was counted: it is this
server's word, and ``caravan supply`` counts it again.
"""

import threading
import time
from dataclasses import dataclass
from typing import Final

from ledger.errors import LedgerError, StoreError
from ledger.goods import read_event
from ledger.notices import notice
from ledger.reader import LogReader
from ledger.supply import PartyReport, Supply, SupplyReport

CHUNK: Final = 32
"""Entries between two rests."""
STEP: Final = 4096
"""Entries that are counted at once for who asks, where no thread does."""
_REST: Final = 3
"""How many times as long as it worked the thread rests."""
_REST_FOR_OTHERS: Final = 30
"""The same while the ledger grows: whoever appends comes first."""
_IDLE_SECONDS: Final = 1.0
_RETRY_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Counted:
    """Figures, and how far they go.

    Attributes:
        report: As of ``report.size`` entries.
        tree_size: How many entries there are.
        has_stopped: An entry could not be read: it goes no further.
    """

    report: SupplyReport
    tree_size: int
    has_stopped: bool

    @property
    def is_whole(self) -> bool:
        """Tell whether every entry was counted."""
        return self.report.size >= self.tree_size


class Counting:
    """Counts one log; threads may share it."""

    def __init__(self, log: LogReader) -> None:
        """Begin before the first entry."""
        self._log = log
        # The lock guards what follows.
        self._lock = threading.Lock()
        self._supply = Supply(log.origin)
        self._report = self._supply.report()
        self._has_stopped = False
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def start(self) -> None:
        """Count in the background from now on."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._run, name="counting", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """Stop counting; the log may be closed then."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def counted(self) -> Counted:
        """Return the figures as far as they were counted.

        Raises:
            StoreError: The store does not answer.
        """
        if self._thread is None:
            self._advance(STEP)
        elif self._log.size - self._supply.size <= CHUNK:
            self._advance(CHUNK)
        with self._lock:
            if self._report.size != self._supply.size and not self._supply.unjudged:
                self._report = self._supply.report()
            return Counted(self._report, self._log.size, self._has_stopped)

    def party(self, party: str) -> PartyReport:
        """Return the figures of a party, as far as they were counted."""
        with self._lock:
            return self._supply.party(party)

    def _run(self) -> None:
        size = self._log.size
        while not self._stop.is_set():
            began = time.perf_counter()
            try:
                count = self._advance(CHUNK)
            except StoreError:
                self._stop.wait(_RETRY_SECONDS)
                continue
            if self._has_stopped:
                return
            worked = time.perf_counter() - began
            grown, size = self._log.size > size, self._log.size
            rest = worked * (_REST_FOR_OTHERS if grown else _REST)
            self._stop.wait(rest if count else _IDLE_SECONDS)

    def _advance(self, most: int) -> int:
        """Count some entries, if there are any; return how many.

        Raises:
            StoreError: The store does not answer.
        """
        with self._lock:
            supply = self._supply
            first = supply.size
            end = min(self._log.size, first + most)
            if end <= first or self._has_stopped:
                return 0
            entries = self._log.entries(range(first, end))
            try:
                for index in range(first, end):
                    supply.take(entries[index])
                for subject in supply.unjudged:
                    self._judge(subject)
            except StoreError:
                raise
            except (LedgerError, UnicodeDecodeError) as error:
                # What is in the log was judged before it got there: this is damage.
                self._has_stopped = True
                notice("counting-stopped", index=supply.size, error=str(error))
            return supply.size - first

    def _judge(self, subject: str) -> None:
        supply, log = self._supply, self._log
        entries = log.entries(log.indices_about([subject], supply.size))
        read = (read_event(i, entries[i], supply.directory) for i in sorted(entries))
        events = [event for event in read if event is not None]
        supply.judge(subject, lambda _: events)
