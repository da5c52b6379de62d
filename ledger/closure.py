"""The closure of a code: all that bears on it, and what that says (blueprint, 3.6).

A serial leads to the one lot it was packed in, to its trade item, to what it was packed
into, and, level by level, to everything it was made of. Each step follows from events
of those who have standing about the goods at hand, never from what somebody says is in
the closure; a stranger's word leads nowhere.

Pure: a verifier hands in the lists that a passport gives and proves, a server its own,
to find out which those are. ``scanner_web/verify/closure.js`` is the twin.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from ledger.bindings import Bindings
from ledger.cycle import cycle_in
from ledger.encoding import Json
from ledger.errors import IncompleteError, NotPackedError
from ledger.event import Event
from ledger.goods import LoggedEvent, settle_errors
from ledger.identifier import GS1, names_class
from ledger.standing import (
    Standing,
    StandingAlarm,
    alarms_of,
    is_by_creator_or_authority,
    is_entitled,
    is_release,
    lifted_by,
    raised_by,
    standing_of,
    unjudged_alarms_of,
)

Relation = Literal["subject", "lot", "trade-item", "parent", "source"]
Below = Literal["contents", "uses"]

_PACKING_EVENTS: Final = frozenset({"AggregationEvent", "AssociationEvent"})
_PACKED_IN: Final = ("quantityList", "outputQuantityList")
_PACKED: Final = ("epcList", "outputEPCList")


class SubjectLists(Protocol):
    """Lists of events, by the name they are listed under."""

    def whole(self, name: str) -> Sequence[LoggedEvent] | None:
        """Return all events about a subject; None if they are not known."""
        ...

    def alarms(self, name: str) -> Sequence[LoggedEvent] | None:
        """Return the events on the ``#alarm`` list of a subject; None as before."""
        ...


@dataclass(frozen=True, slots=True)
class Member:
    """A subject that bears on the code.

    Attributes:
        level: Steps up from the code for a source, from 1; else 0.
        is_open: Only its alarms are known: whatever it came of is not followed.
    """

    subject: str
    relation: Relation
    level: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class Closure:
    """What a code leads to.

    Attributes:
        lot: What a serial was packed in; None for any other subject.
        members: The subject, lot, trade item, parents and sources, each once.
        places: Where among the members each is, by its name.
        standing: Of each member that is not open.
        alarms: Those that stand, by member, index and word.
        cycle: Goods that came of themselves, by name.
        followed: Indices of the events that led to a source.
        in_error: Indices of the events that are declared in error, and of what
            declares them so.
        below: What the code is known to lead down to, where no walk goes: ``contents``,
            the things of a class or in a parent; ``uses``, what was made of it.
    """

    lot: str | None
    members: tuple[Member, ...]
    places: Mapping[str, int]
    standing: Mapping[str, Standing]
    alarms: tuple[StandingAlarm, ...]
    cycle: tuple[str, ...]
    followed: frozenset[int]
    in_error: frozenset[int]
    below: tuple[Below, ...]

    def about(self, event: Event) -> tuple[str, ...]:
        """Return the members that an event is about, in their order."""
        found = [name for name in event.subjects if name in self.places]
        return tuple(sorted(found, key=lambda name: self.places[name]))

    def is_apart(self, logged: LoggedEvent, directory: Bindings) -> bool:
        """Tell whether an event counts for nothing about any member it is about.

        Nobody who signed it has standing, nothing followed it, and it neither raises
        nor lifts an alarm that it may. A release counts only from those whose recall
        would. Of an open member nobody can say.
        """
        about = self.about(logged.event)
        standings = [self.standing[name] for name in about if name in self.standing]
        if len(standings) < len(about):
            return False
        if logged.index not in self.in_error and any(
            is_entitled(word, logged, standing, directory)
            for word in raised_by(logged.event) | lifted_by(logged.event)
            for standing in standings
        ):
            return False
        if is_release(logged.event):
            return not any(
                is_by_creator_or_authority(logged, standing, directory)
                for standing in standings
            )
        return logged.index not in self.followed and not any(
            standing.covers(logged) for standing in standings
        )


def find_lot(
    subject: str, *, lot: str | None, lists: SubjectLists, directory: Bindings
) -> str | None:
    """Return the one lot that a serial was packed in; None for any other subject.

    Args:
        subject: What was scanned.
        lot: The lot that was scanned with it, if one was.
        lists: What is known.
        directory: Of the ledger.

    Raises:
        IncompleteError: The subject's list is not known.
        NotPackedError: The serial was not packed by its creator in exactly one lot, or
            not in the one scanned.
    """
    events = _required(lists, subject)
    item, key = _item_and_key(subject)
    if key != "21":
        return None
    creators = standing_of(subject, events, directory).creators
    kept, _ = settle_errors(events)
    lots = {
        name
        for logged in kept
        if logged.party in creators and subject in _names(logged.event, *_PACKED)
        for name in _classes(logged.event, *_PACKED_IN)
        if _item_and_key(name) == (item, "10")
    }
    if len(lots) != 1:
        named = ", ".join(sorted(lots)) or "none"
        raise NotPackedError(f"lot of {subject}: got {named}, want exactly one")
    found = lots.pop()
    if lot not in {None, found}:
        raise NotPackedError(f"lot of {subject}: got {lot}, was packed in {found}")
    return found


def walk(
    subject: str,
    *,
    lot: str | None,
    lists: SubjectLists,
    directory: Bindings,
    max_level: int | None = None,
) -> Closure:
    """Return the closure of a code.

    Args:
        subject: What was scanned.
        lot: What :func:`find_lot` gave for it.
        lists: What is known. A list that is asked for and not there is a refusal, save
            that of a source of which the alarms are there.
        directory: Of the ledger.
        max_level: Sources further up are left open though their whole lists are known,
            unless they have alarms. For a server, which knows everything; None to go
            as far as the lists lead.

    Raises:
        IncompleteError: A list that the walk needs is not known.
    """
    found = _Walk(lists, directory, max_level)
    found.take_whole(subject, "subject")
    if lot is not None:
        found.take_whole(lot, "lot")
    item, key = _item_and_key(subject)
    if key in {"10", "21"}:
        found.take_whole(item, "trade-item")
    found.follow_parents(subject)
    found.follow_sources([subject] if lot is None else [subject, lot])
    return found.closure(subject, lot)


@dataclass(slots=True)
class _Walk:
    """What was reached so far."""

    lists: SubjectLists
    directory: Bindings
    max_level: int | None
    members: dict[str, Member] = field(default_factory=dict)
    events: dict[str, Sequence[LoggedEvent]] = field(default_factory=dict)
    standing: dict[str, Standing] = field(default_factory=dict)
    inputs: dict[str, frozenset[str]] = field(default_factory=dict)
    followed: set[int] = field(default_factory=set)
    in_error: set[int] = field(default_factory=set)
    _parts: dict[tuple[str, frozenset[str]], frozenset[str]] = field(
        default_factory=dict
    )
    """Inputs of transformations that are told in parts, by who has standing."""

    def take_whole(self, name: str, relation: Relation, level: int = 0) -> None:
        """Take in a member of which everything must be known."""
        if name in self.members:
            return
        events = _required(self.lists, name)
        self.members[name] = Member(name, relation, level, is_open=False)
        self.events[name] = events
        self.standing[name] = standing_of(name, events, self.directory)
        self._settled(events)

    def follow_parents(self, subject: str) -> None:
        """Take in what the subject was ever packed into, and that in turn."""
        children, seen = [subject], {subject}
        while children:
            parents = {
                parent
                for child in children
                for logged in self._linking(child)
                if logged.event.type in _PACKING_EVENTS
                and child in _names(logged.event, "childEPCs")
                and isinstance(parent := logged.event.body.get("parentID"), str)
            }
            children = sorted(parents - seen)
            seen |= parents
            for name in children:
                self.take_whole(name, "parent")

    def follow_sources(self, made: Sequence[str]) -> None:
        """Take in what goods were made of, level by level."""
        level = 0
        while made:
            level += 1
            for name in made:
                self.inputs[name] = self._inputs_of(name)
            # Outputs of one transformation share their inputs.
            found = frozenset[str]().union(*{self.inputs[name] for name in made})
            # A parent may be what goods were made of, too, and then that is followed.
            new = sorted(found - self.inputs.keys())
            for name in new:
                if name not in self.members:
                    self._take_source(name, level)
            made = [name for name in new if not self.members[name].is_open]

    def closure(self, subject: str, lot: str | None) -> Closure:
        """Return what was found."""
        return Closure(
            lot=lot,
            members=tuple(self.members.values()),
            places={name: place for place, name in enumerate(self.members)},
            standing=self.standing,
            alarms=tuple(a for name in self.members for a in self._alarms_of(name)),
            cycle=cycle_in(self.inputs),
            followed=frozenset(self.followed),
            in_error=frozenset(self.in_error),
            below=tuple(self._below(subject)),
        )

    def _take_source(self, name: str, level: int) -> None:
        if self._is_known(name, level):
            self.take_whole(name, "source", level)
            return
        alarms = self.lists.alarms(name)
        if alarms is None:
            raise IncompleteError(f"list of {name}: not given")
        self.members[name] = Member(name, "source", level, is_open=True)
        self.events[name] = alarms
        self._settled(alarms)

    def _is_known(self, name: str, level: int) -> bool:
        if self.max_level is not None and level > self.max_level:
            alarms = self.lists.alarms(name)
            return alarms is None or bool(alarms)
        return self.lists.whole(name) is not None

    def _settled(self, events: Sequence[LoggedEvent]) -> list[LoggedEvent]:
        """Return the events that are not in error, and remember the others."""
        kept, _ = settle_errors(events)
        self.in_error |= {e.index for e in events} - {e.index for e in kept}
        return kept

    def _linking(self, name: str) -> Iterator[LoggedEvent]:
        """Yield the events about a member that are followed: by standing, no error."""
        standing = self.standing[name]
        return (e for e in self._settled(self.events[name]) if standing.covers(e))

    def _below(self, name: str) -> Iterator[Below]:
        """Yield what an alarm may be about that no walk up from a member finds.

        An association is no content: an ear tag is not what an animal is made of.
        """
        told = [logged.event for logged in self._linking(name)]
        if names_class(name) or any(
            event.type == "AggregationEvent" and event.body.get("parentID") == name
            for event in told
        ):
            yield "contents"
        if any(
            event.type == "TransformationEvent" and name in _inputs(event)
            for event in told
        ):
            yield "uses"

    def _inputs_of(self, name: str) -> frozenset[str]:
        """Return what a member was made of, and remember who says so."""
        making = [e for e in self._linking(name) if _makes(e.event, name)]
        alone = [e for e in making if _transformation(e.event) is None]
        self.followed.update(logged.index for logged in alone)
        told = {frozenset(s for logged in alone for s in _inputs(logged.event))}
        parties = self.standing[name].parties
        shared = {t for e in making if (t := _transformation(e.event)) is not None}
        told |= {self._inputs_of_parts(each, parties) for each in sorted(shared)}
        told.discard(frozenset())
        return told.pop() if len(told) == 1 else frozenset[str]().union(*told)

    def _inputs_of_parts(
        self, transformation: str, parties: frozenset[str]
    ) -> frozenset[str]:
        """Return the inputs of a transformation, as those with standing tell it.

        It may be told in parts, of which some name inputs only. What many things came
        of is read once, or a ledger that is lawful could keep a reader busy for hours.
        """
        known = self._parts.get((transformation, parties))
        if known is not None:
            return known
        parts = [
            part
            for part in self._settled(_required(self.lists, transformation))
            if _transformation(part.event) == transformation
            and not parties.isdisjoint(part.parties)
        ]
        self.followed.update(part.index for part in parts)
        found = frozenset(source for part in parts for source in _inputs(part.event))
        self._parts[transformation, parties] = found
        return found

    def _alarms_of(self, name: str) -> tuple[StandingAlarm, ...]:
        events, standing = self.events[name], self.standing.get(name)
        if standing is None:
            return unjudged_alarms_of(name, events, self.directory)
        return alarms_of(name, events, standing, self.directory)


def _required(lists: SubjectLists, name: str) -> Sequence[LoggedEvent]:
    events = lists.whole(name)
    if events is None:
        raise IncompleteError(f"list of {name}: not given")
    return events


def _item_and_key(name: str) -> tuple[str, str]:
    """Return the trade item of a lot (10) or a serial (21), and which it is."""
    parts = name.split("/")
    if name.startswith(f"{GS1}01/") and len(parts) == 7:
        return "/".join(parts[:5]), parts[5]
    return "", ""


def _makes(event: Event, name: str) -> bool:
    return event.type == "TransformationEvent" and name in event.created


def _transformation(event: Event) -> str | None:
    """Return what the parts of one transformation share."""
    shared = event.body.get("transformationID")
    if event.type == "TransformationEvent" and isinstance(shared, str):
        return shared
    return None


def _inputs(event: Event) -> Iterator[str]:
    yield from _names(event, "inputEPCList")
    yield from _classes(event, "inputQuantityList")


def _names(event: Event, *members: str) -> Iterator[str]:
    """Yield the identifiers in lists of a body, which validity has read."""
    for member in members:
        for name in _list(event.body.get(member)):
            if isinstance(name, str):
                yield name


def _classes(event: Event, *members: str) -> Iterator[str]:
    """Yield the classes in quantity lists of a body, which validity has read."""
    for member in members:
        for element in _list(event.body.get(member)):
            name = element.get("epcClass") if isinstance(element, dict) else None
            if isinstance(name, str):
                yield name


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list) else ()
