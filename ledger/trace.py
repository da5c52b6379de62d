"""The graph of goods around one subject: what it came of, or what came of it.

Back are the inputs, level by level, of what the subject was made of; forth is what was
made of it and what that was packed in, with the shipments and consignees that a recall
must reach. Each subject is named once, at its nearest level; goods that came of
themselves are a finding. ``back`` and ``forth`` follow the same links, so one holds
there exactly if it holds here.

A trace leaves out nobody's word and weighs nobody's: who has standing is for the
verdict on a passport. It has no sense of time: what was ever in a parent counts as in
it, because a recall had better reach too far than not far enough.

Pure: whoever asks hands in how events are found; ``lookup`` has two ways.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import msgspec

from ledger.errors import MalformedError, NotFoundError, StoreError, TooLargeError
from ledger.finding import Finding, findings_of
from ledger.goods import (
    Alarm,
    LeftOut,
    Link,
    LoggedEvent,
    Part,
    Role,
    Total,
    alarm_of,
    links_of,
    quantities_by_role,
    quantity_statements,
    settle_errors,
)
from ledger.identifier import parse_identifier
from ledger.recall import Recall, recall_of
from ledger.telling import Direction

FORMAT: Final = "caravan/trace/v1"
MAX_SUBJECTS: Final = 10_000
"""Subjects in one answer of a server."""
_HINT: Final = "begin nearer to the goods, or replay the ledger and trace it yourself"

EventsAbout = Callable[[Collection[str]], Iterable[LoggedEvent]]
"""Every event about any of these subjects."""


@dataclass(frozen=True, slots=True)
class Node:
    """A subject in the graph.

    Attributes:
        level: The fewest links between it and where the trace begins.
        quantities: By role, the sums over all statements about it.
        statements: Those that link it, count in its quantities or are its alarms.
    """

    subject: str
    kind: str
    level: int
    quantities: dict[Role, tuple[Total, ...]]
    alarms: tuple[Alarm, ...]
    statements: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A statement in short: who says which step was taken when."""

    index: int
    party: str
    type: str
    biz_step: str
    disposition: str | None
    event_time: str


@dataclass(frozen=True, slots=True)
class Trace:
    """The answer: a graph, and what to do with it.

    Attributes:
        tree_size: The ledger as of which it holds.
        nodes: By level, then by name; the first is where the trace begins.
        links: Each with those of its parts that are among the nodes.
        statements: Every statement that something else in the answer refers to.
        recall: Only forth.
    """

    format: Literal["caravan/trace/v1"]
    origin: str
    tree_size: int
    subject: str
    direction: Direction
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    recall: Recall | None
    findings: tuple[Finding, ...]
    left_out: tuple[LeftOut, ...]
    statements: tuple[Said, ...]

    def to_bytes(self) -> bytes:
        """Return the answer as JSON."""
        return msgspec.json.encode(self)


def parse_direction(text: str) -> Direction:
    """Read a direction as somebody typed it.

    Raises:
        MalformedError: It is neither.
    """
    match text:
        case "back" | "forth":
            return text
        case _:
            raise MalformedError(f"direction: got {text[:40]!r}, want back or forth")


def parse_trace(data: bytes) -> Trace:
    """Read the answer of a server, which is not trusted.

    Raises:
        StoreError: It is not an answer that can be used.
    """
    try:
        return msgspec.json.decode(data, type=Trace)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise StoreError(f"trace: no such answer: {error}") from error


def trace(
    subject: str,
    direction: Direction,
    *,
    origin: str,
    tree_size: int,
    events_about: EventsAbout,
    max_subjects: int | None = MAX_SUBJECTS,
) -> Trace:
    """Follow goods back to what they came of, or forth to where they went.

    Args:
        subject: Where to begin, an identifier in its one spelling.
        direction: Back or forth.
        origin: Name of the ledger.
        tree_size: As of which size ``events_about`` answers.
        events_about: How to find events.
        max_subjects: More are refused; None for as many as there are.

    Raises:
        NotFoundError: No event is about the subject.
        TooLargeError: There are more subjects than the limit.
    """
    walk = _Walk(direction, events_about, max_subjects)
    walk.begin(subject)
    return _answer(walk, subject, origin=origin, tree_size=tree_size)


class _Walk:
    """A breadth-first walk: what was reached, and what was read on the way."""

    def __init__(
        self,
        direction: Direction,
        events_about: EventsAbout,
        max_subjects: int | None,
    ) -> None:
        self.direction = direction
        self.levels: dict[str, int] = {}
        self.events: dict[int, LoggedEvent] = {}
        """Those that count, by index."""
        self.left_out: dict[int, LeftOut] = {}
        self.links: list[Link] = []
        """All that were read, followed or not."""
        self._events_about = events_about
        self._max_subjects = max_subjects
        self._known: set[int] = set()
        self._asked: set[str] = set()
        self._next: defaultdict[str, list[frozenset[str]]] = defaultdict(list)

    def begin(self, subject: str) -> None:
        """Walk as far as links lead."""
        level, found = 0, {subject}
        while found:
            self.levels.update(dict.fromkeys(sorted(found), level))
            if self._max_subjects is not None and len(self.levels) > self._max_subjects:
                raise TooLargeError(
                    f"trace: more than {self._max_subjects} subjects; {_HINT}"
                )
            self._read(found)
            if not self._known:
                raise NotFoundError(f"subject: no event is about {subject}")
            # Each far side once: a pallet of cartons is one step, not one for each.
            sides = {id(far): far for near in found for far in self._next[near]}
            found = set().union(*sides.values()) - self.levels.keys()
            level += 1

    def _read(self, subjects: set[str]) -> None:
        """Read the events about these, and what shares a transformation with them."""
        new = self._ask(subjects)
        shared = {str(e.event.body.get("transformationID", "")) for e in new} - {""}
        new += self._ask(shared)
        # An event and its declaration name the same subjects, so they come together.
        kept, left_out = settle_errors(new)
        self.left_out |= {item.index: item for item in left_out}
        self.events |= {logged.index: logged for logged in kept}
        links = links_of(kept)
        self.links += links
        for link in links:
            near, far = self.sides(link)
            leads_to = frozenset(part.subject for part in far)
            for part in near:
                self._next[part.subject].append(leads_to)

    def _ask(self, subjects: set[str]) -> list[LoggedEvent]:
        wanted = sorted(subjects - self._asked)
        if not wanted:
            return []
        self._asked.update(wanted)
        found = {e.index: e for e in self._events_about(wanted)}
        new = [logged for index, logged in found.items() if index not in self._known]
        self._known.update(found)
        return new

    def sides(self, link: Link) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
        """Return the side that this walk comes from, and the one it goes to."""
        if self.direction == "forth":
            return link.inputs, link.outputs
        return link.outputs, link.inputs

    def followed(self) -> list[Link]:
        """Return the links between what was reached, without what was not."""
        found = []
        for link in sorted(self.links, key=lambda link: (link.statements, link.kind)):
            inputs, outputs = (
                tuple(part for part in parts if part.subject in self.levels)
                for parts in (link.inputs, link.outputs)
            )
            if inputs and outputs:
                found.append(Link(link.kind, inputs, outputs, link.statements))
        return found


def _answer(walk: _Walk, subject: str, *, origin: str, tree_size: int) -> Trace:
    links = walk.followed()
    about = [
        logged
        for _, logged in sorted(walk.events.items())
        if not walk.levels.keys().isdisjoint(logged.event.subjects)
    ]
    left_out = tuple(walk.left_out[index] for index in sorted(walk.left_out))
    nodes = _nodes(walk.levels, about, links, host=origin.split("/", 1)[0])
    kinds = {node.subject: node.kind for node in nodes}
    recall = recall_of(kinds, about) if walk.direction == "forth" else None
    named = {index for node in nodes for index in node.statements}
    named |= {index for link in links for index in link.statements}
    if recall is not None:
        named |= {shipment.index for shipment in recall.shipments}
        named |= {index for to in recall.consignees for index in to.statements}
    return Trace(
        format=FORMAT,
        origin=origin,
        tree_size=tree_size,
        subject=subject,
        direction=walk.direction,
        nodes=nodes,
        links=tuple(links),
        recall=recall,
        findings=findings_of(links),
        left_out=left_out,
        statements=tuple(_said(walk.events[index]) for index in sorted(named)),
    )


def _nodes(
    levels: Mapping[str, int],
    events: Sequence[LoggedEvent],
    links: Sequence[Link],
    *,
    host: str,
) -> tuple[Node, ...]:
    quantities = quantities_by_role(events)
    statements = quantity_statements(events)
    alarms: defaultdict[str, list[Alarm]] = defaultdict(list)
    for logged in events:
        alarm = alarm_of(logged)
        if alarm is not None:
            for subject in logged.event.subjects:
                alarms[subject].append(alarm)
                statements[subject].add(logged.index)
    for link in links:
        for part in (*link.inputs, *link.outputs):
            statements[part.subject].update(link.statements)
    return tuple(
        Node(
            subject=subject,
            kind=_kind_of(subject, host),
            level=level,
            quantities=quantities.get(subject, {}),
            alarms=tuple(alarms[subject]),
            statements=tuple(sorted(statements[subject])),
        )
        for subject, level in sorted(levels.items(), key=lambda item: item[::-1])
    )


@lru_cache(maxsize=65_536)
def _kind_of(subject: str, host: str) -> str:
    return parse_identifier(subject, host=host).kind


def _said(logged: LoggedEvent) -> Said:
    event = logged.event
    return Said(
        index=logged.index,
        party=logged.party,
        type=event.type,
        biz_step=event.biz_step,
        disposition=event.disposition,
        event_time=event.event_time,
    )
