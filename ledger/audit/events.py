"""Events of a verified ledger, found by what they are about, and read when asked for.

A million events do not fit into the memory of everybody's machine: of each only where
it is remains there, and what was read last.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from ledger.contents import read_content
from ledger.directory import Directory
from ledger.encoding import Json
from ledger.event import Event
from ledger.goods import LoggedEvent, parties_of
from ledger.massflow import key_of
from ledger.seal import entry_kind
from ledger.statement import parse_statement
from ledger.supply import HARVESTS
from ledger.wording import items, member, text

_KEPT: Final = 20_000
"""Events that are kept as they were read: some 100 MiB."""


class Entries(Protocol):
    """Entries that can be read more than once, such as a list."""

    def __getitem__(self, index: int, /) -> bytes:
        """Return one."""
        ...

    def __iter__(self) -> Iterator[bytes]:
        """Yield all, from the first on."""
        ...


class Events:
    """The events of a verified ledger, those in error left out; read when asked for."""

    def __init__(self, origin: str, entries: Entries) -> None:
        """Read every entry once, and keep where each thing is mentioned.

        Args:
            origin: Name of the ledger.
            entries: All of them, judged valid before; they are read again.
        """
        self._origin = origin
        self._entries = entries
        self._directory = Directory(origin)
        self._about: defaultdict[str, list[int]] = defaultdict(list)
        self._declared: set[tuple[str, str]] = set()
        self._read: OrderedDict[int, LoggedEvent] = OrderedDict()
        harvested: list[tuple[tuple[str, str], str]] = []
        finished: list[tuple[tuple[str, str], str]] = []
        for index, entry in enumerate(entries):
            logged = self._parse(index, entry)
            if logged is None:
                continue
            event, said = logged.event, (logged.party, logged.event.event_id)
            for subject in event.subjects:
                self._about[subject].append(index)
            if event.is_error_declaration:
                self._declared.add(said)
            elif event.type == "TransformationEvent":
                is_harvest = text(event.body.get("caravan:process")) in HARVESTS
                for name in _classes(event.body, "outputQuantityList"):
                    if is_harvest:
                        harvested.append((said, name))
                    if key_of(name) == "10":
                        finished.append((said, name))
        self.harvested = self._counting(harvested)
        """What harvests gave, such as the milk of a milking."""
        self.finished = self._counting(finished)
        """The lots of trade items that were made of something."""

    def about(self, subject: str) -> list[LoggedEvent]:
        """Return the events about a thing, in their order."""
        found = (self._event(index) for index in self._about.get(subject, ()))
        return [
            logged
            for logged in found
            if not logged.event.is_error_declaration
            and (logged.party, logged.event.event_id) not in self._declared
        ]

    def _counting(self, told: list[tuple[tuple[str, str], str]]) -> tuple[str, ...]:
        """Return what was not declared in error, each name once."""
        return tuple(
            sorted({name for said, name in told if said not in self._declared})
        )

    def _event(self, index: int) -> LoggedEvent:
        logged = self._read.get(index) or self._parse(index, self._entries[index])
        if logged is None:
            raise ValueError(f"entry {index}: no event, and was one")
        self._read[index] = logged
        self._read.move_to_end(index)
        if len(self._read) > _KEPT:
            self._read.popitem(last=False)
        return logged

    def _parse(self, index: int, entry: bytes) -> LoggedEvent | None:
        if entry_kind(entry) == "seal":
            return None
        statement = parse_statement(entry)
        content = read_content(statement, origin=self._origin)
        if isinstance(content, Event):
            # A key that was bound once stays bound.
            return LoggedEvent(index, parties_of(statement, self._directory), content)
        self._directory.apply(index, statement, content)
        return None


def _classes(body: Mapping[str, Json], listed: str) -> Iterator[str]:
    for element in items(body.get(listed)):
        name = text(member(element, "epcClass"))
        if name:
            yield name
