"""How events about a subject are found: in a server's lists, or in a replay."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, Protocol

from ledger.contents import read_content
from ledger.directory import Directory
from ledger.errors import TooLargeError
from ledger.event import Event
from ledger.goods import LoggedEvent, parties_of, read_event
from ledger.seal import entry_kind
from ledger.statement import parse_statement
from ledger.telling import BACK, FORTH, Direction

MAX_STATEMENTS: Final = 50_000
"""Statements that a server reads for one answer."""

_KEPT: Final = 8_192
"""Events that are kept as they were read: some 40 MiB."""


class EntryLists(Protocol):
    """What is looked up in a log; ``log.Log`` is one."""

    def indices_about(self, subjects: Collection[str], below: int) -> tuple[int, ...]:
        """Return the indices, below a size, of statements about any of these."""
        ...

    def indices_telling(
        self, subjects: Collection[str], direction: int, below: int
    ) -> tuple[int, ...]:
        """Return those among them that tell a trace something of these subjects."""
        ...

    def indices_of(self, event_ids: Collection[str], below: int) -> tuple[int, ...]:
        """Return the indices, below a size, of the events with these ids."""
        ...

    def entries(self, indices: Sequence[int]) -> dict[int, bytes]:
        """Return the entries at some indices."""
        ...


class KeptEvents:
    """What was read of the events of one log, kept for a while; threads may share it.

    An entry never changes, and most answers are about the same goods.
    """

    def __init__(self, log: EntryLists) -> None:
        """Read what is in this log."""
        self.log = log
        # The lock guards what follows.
        self._lock = threading.Lock()
        self._events: OrderedDict[int, LoggedEvent] = OrderedDict()

    def read(
        self, indices: Collection[int], directory: Directory
    ) -> dict[int, LoggedEvent]:
        """Return the events among the statements at some indices.

        Args:
            indices: Where to read.
            directory: As of some later entry; what it once bound stays bound.

        Raises:
            LedgerError: An entry is damaged.
        """
        with self._lock:
            events = {i: self._events[i] for i in indices if i in self._events}
        unread = [index for index in indices if index not in events]
        if not unread:
            return events
        new: dict[int, LoggedEvent] = {}
        for index, entry in self.log.entries(unread).items():
            event = read_event(index, entry, directory)
            if event is not None:
                new[index] = event
        with self._lock:
            self._events.update(new)
            while len(self._events) > _KEPT:
                self._events.popitem(last=False)
        return events | new


class ListedEvents:
    """Events found by the lists of their subjects; nothing is read that is not asked.

    What the lists say is believed: this is for the server, whose lists they are.
    Events that would change no answer are not given, unless there are no others about
    where the trace begins: that there are some is an answer too.
    """

    def __init__(
        self,
        events: KeptEvents,
        directory: Directory,
        direction: Direction,
        *,
        tree_size: int,
    ) -> None:
        """Answer as of a tree size, to who goes in this direction."""
        self._events = events
        self._directory = directory
        self._direction = FORTH if direction == "forth" else BACK
        self._tree_size = tree_size
        self._read: set[int] = set()

    def __call__(self, subjects: Collection[str]) -> Iterator[LoggedEvent]:
        """Yield events about these subjects that were not given before.

        Raises:
            TooLargeError: There are too many statements to read for one answer.
            LedgerError: An entry is damaged.
        """
        log, below = self._events.log, self._tree_size
        is_first = not self._read
        found = log.indices_telling(subjects, self._direction, below)
        events = self._read_new(found)
        yield from events
        # A declaration leaves out the event with its id, whatever that one tells.
        ids = {e.event.event_id for e in events if e.event.is_error_declaration}
        if ids:
            same = set(log.indices_of(ids, below))
            yield from self._read_new(
                same.intersection(log.indices_about(subjects, below))
            )
        if is_first and not events:
            for index in log.indices_about(subjects, below):
                events = self._read_new([index])
                if events:
                    yield from events
                    return

    def _read_new(self, indices: Iterable[int]) -> list[LoggedEvent]:
        wanted = [index for index in indices if index not in self._read]
        self._read.update(wanted)
        if len(self._read) > MAX_STATEMENTS:
            raise TooLargeError(
                f"trace: more than {MAX_STATEMENTS} statements to read; "
                "begin nearer to the goods, or replay the ledger and trace there"
            )
        return list(self._events.read(wanted, self._directory).values())


class ReplayedEvents:
    """Events of a whole ledger in memory, for whoever has verified its entries."""

    def __init__(self, origin: str, entries: Iterable[tuple[int, bytes]]) -> None:
        """Read every entry.

        Args:
            origin: Name of the ledger.
            entries: Index and entry of each, in order and judged valid before.
        """
        directory = Directory(origin)
        self._by_subject: defaultdict[str, list[LoggedEvent]] = defaultdict(list)
        for index, entry in entries:
            if entry_kind(entry) == "seal":
                continue
            statement = parse_statement(entry)
            content = read_content(statement, origin=origin)
            if isinstance(content, Event):
                logged = LoggedEvent(index, parties_of(statement, directory), content)
                for subject in content.subjects:
                    self._by_subject[subject].append(logged)
            else:
                directory.apply(index, statement, content)

    def __call__(self, subjects: Collection[str]) -> Iterator[LoggedEvent]:
        """Yield the events about these subjects."""
        for subject in subjects:
            yield from self._by_subject.get(subject, ())
