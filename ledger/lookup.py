"""How events about a subject are found: in a server's lists, or in a replay."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, Protocol

from ledger.contents import read_content
from ledger.directory import Directory
from ledger.errors import TooLargeError
from ledger.event import Event
from ledger.goods import LoggedEvent, parties_of, read_event
from ledger.seal import entry_kind
from ledger.statement import parse_statement

MAX_STATEMENTS: Final = 50_000
"""Statements that a server reads for one answer."""


class EntryLists(Protocol):
    """What is looked up in a log; ``log.Log`` is one."""

    def indices_about(self, subjects: Collection[str], below: int) -> tuple[int, ...]:
        """Return the indices, below a size, of statements about any of these."""
        ...

    def entries(self, indices: Sequence[int]) -> dict[int, bytes]:
        """Return the entries at some indices."""
        ...


class ListedEvents:
    """Events found by the lists of their subjects; nothing is read that is not asked.

    What the lists say is believed: this is for the server, whose lists they are.
    """

    def __init__(
        self, log: EntryLists, directory: Directory, *, tree_size: int
    ) -> None:
        """Answer as of a tree size."""
        self._log = log
        self._directory = directory
        self._tree_size = tree_size
        self._read: set[int] = set()

    def __call__(self, subjects: Collection[str]) -> Iterator[LoggedEvent]:
        """Yield the events about these subjects that were not given before.

        Raises:
            TooLargeError: There are too many statements to read for one answer.
            LedgerError: An entry is damaged.
        """
        found = self._log.indices_about(subjects, self._tree_size)
        wanted = [index for index in found if index not in self._read]
        self._read.update(wanted)
        if len(self._read) > MAX_STATEMENTS:
            raise TooLargeError(
                f"trace: more than {MAX_STATEMENTS} statements to read; "
                "begin nearer to the goods, or replay the ledger and trace there"
            )
        for index, entry in sorted(self._log.entries(wanted).items()):
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
