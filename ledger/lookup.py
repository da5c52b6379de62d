"""How events about a subject are found: in a server's lists, or in a replay."""

import re
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, Protocol

from ledger.contents import read_content
from ledger.directory import Directory
from ledger.encoding import canonical
from ledger.errors import TooLargeError
from ledger.event import ALARMS, QUANTITY_LISTS, Event
from ledger.goods import LoggedEvent, parties_of, read_event
from ledger.seal import entry_kind
from ledger.statement import parse_statement

MAX_STATEMENTS: Final = 50_000
"""Statements that a server reads for one answer."""

_KEPT: Final = 8_192
"""Events that are kept as they were read: some 40 MiB."""
_OBJECT: Final = b'"ObjectEvent"'
_TELLING: Final = re.compile(
    b'"(?:%s)"'
    % "|".join(
        (
            *("AggregationEvent", "AssociationEvent", "TransformationEvent"),
            *("transformationID", *QUANTITY_LISTS),
            *("destinationList", "shipping"),
            *("errorDeclaration", *sorted(ALARMS)),
        )
    ).encode()
)
"""Strings of which an event has one if it links, sums, sends, declares or raises.

Canonical JSON has one spelling of each. Most events about an animal have none: it was
weighed, or seen, which a trace has no use for.
"""


class EntryLists(Protocol):
    """What is looked up in a log; ``log.Log`` is one."""

    def indices_about(self, subjects: Collection[str], below: int) -> tuple[int, ...]:
        """Return the indices, below a size, of statements about any of these."""
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
        self._silent: set[int] = set()

    def read(
        self, indices: Collection[int], directory: Directory
    ) -> tuple[dict[int, LoggedEvent], list[int]]:
        """Return the events that a trace has a use for; and where the others are.

        Args:
            indices: Where to read.
            directory: As of some later entry; what it once bound stays bound.

        Raises:
            LedgerError: An entry is damaged.
        """
        with self._lock:
            events = {i: self._events[i] for i in indices if i in self._events}
            unread = [
                index
                for index in indices
                if index not in events and index not in self._silent
            ]
        new: dict[int, LoggedEvent] = {}
        for index, entry in self.log.entries(unread).items():
            if _OBJECT in entry and not _TELLING.search(entry):
                continue
            event = read_event(index, entry, directory)
            if event is not None:
                new[index] = event
        with self._lock:
            self._silent.update(index for index in unread if index not in new)
            self._events.update(new)
            while len(self._events) > _KEPT:
                self._events.popitem(last=False)
        events |= new
        return events, [index for index in indices if index not in events]


class ListedEvents:
    """Events found by the lists of their subjects; nothing is read that is not asked.

    What the lists say is believed: this is for the server, whose lists they are.
    Events that would change no answer are not given, unless there are no others about
    where the trace begins: that there are some is an answer too.
    """

    def __init__(
        self, events: KeptEvents, directory: Directory, *, tree_size: int
    ) -> None:
        """Answer as of a tree size."""
        self._events = events
        self._directory = directory
        self._tree_size = tree_size
        self._read: set[int] = set()

    def __call__(self, subjects: Collection[str]) -> Iterator[LoggedEvent]:
        """Yield events about these subjects that were not given before.

        Raises:
            TooLargeError: There are too many statements to read for one answer.
            LedgerError: An entry is damaged.
        """
        is_first = not self._read
        found = self._events.log.indices_about(subjects, self._tree_size)
        wanted = [index for index in found if index not in self._read]
        self._read.update(wanted)
        if len(self._read) > MAX_STATEMENTS:
            raise TooLargeError(
                f"trace: more than {MAX_STATEMENTS} statements to read; "
                "begin nearer to the goods, or replay the ledger and trace there"
            )
        events, silent = self._events.read(wanted, self._directory)
        yield from events.values()
        # A declaration leaves out the event with its id, whatever that one says.
        ids = {
            e.event.event_id for e in events.values() if e.event.is_error_declaration
        }
        if ids or (is_first and not events):
            names = [canonical(event_id) for event_id in ids]
            for index, entry in self._events.log.entries(silent).items():
                if not names or any(name in entry for name in names):
                    event = read_event(index, entry, self._directory)
                    if event is not None:
                        yield event


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
