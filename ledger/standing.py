"""Standing: whose say about a subject counts (blueprint, 3.7).

Whoever may sign may state events about anything, so a reader must tell the word of
those whose goods these are from the word of a stranger. Standing follows from all
events about a subject, in no order and for good: an event declared in error gives it
too. A key that acts for another party gives standing to its own party alone.

Pure functions over events that were judged before. ``closure`` walks with them;
``scanner_web/verify/standing.js`` is the twin for the browser.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.bindings import Bindings
from ledger.event import ALARMS, Event
from ledger.goods import LoggedEvent, settle_errors
from ledger.identifier import within

AUTHORITY: Final = "authority"
"""The kind of a party whose recall counts whatever it is about."""

_BY_CREATORS: Final = frozenset({"inactive", "recalled"})
_BY_ANYBODY: Final = frozenset({"non_conformant"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Who may speak of a subject.

    Attributes:
        creators: Parties that brought it into being under a prefix of their own.
        parties: All that have standing; the creators are among them.
    """

    creators: frozenset[str]
    parties: frozenset[str]

    def covers(self, logged: LoggedEvent) -> bool:
        """Tell whether one of an event's signers has standing."""
        return not self.parties.isdisjoint(logged.parties)


@dataclass(frozen=True, slots=True)
class StandingAlarm:
    """An alarm about a subject that nobody entitled has lifted.

    ``is_judged`` is False where only the statements of alarm are known: without all the
    others nobody can say who has standing, so every alarm counts.
    """

    subject: str
    word: str
    index: int
    is_judged: bool


def standing_of(
    subject: str, events: Sequence[LoggedEvent], directory: Bindings
) -> Standing:
    """Return who may speak of a subject.

    Args:
        subject: An identifier.
        events: All events about it, those declared in error too, in any order.
        directory: With every admission of every party that signs one of them.
    """
    creators = {
        logged.party for logged in events if creates(logged, subject, directory)
    }
    parties = set(creators)
    if directory.admissions(subject):
        parties.add(subject)
    parties |= {
        party
        for party in {name for logged in events for name in logged.parties}
        if any(subject in admitted.places for admitted in directory.admissions(party))
    }
    waiting = list(events)
    has_grown = True
    while has_grown:
        reached = [e for e in waiting if not parties.isdisjoint(e.parties)]
        waiting = [e for e in waiting if parties.isdisjoint(e.parties)]
        has_grown = bool(reached)
        for logged in reached:
            parties.update(logged.parties, destinations_of(logged.event))
    return Standing(frozenset(creators), frozenset(parties))


def destinations_of(event: Event) -> Iterator[str]:
    """Yield whom and where an event names as destination."""
    items = event.body.get("destinationList")
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict) and isinstance(name := item.get("destination"), str):
            yield name


def raised_by(event: Event) -> frozenset[str]:
    """Return the alarms that an event raises about each of its subjects."""
    return ALARMS & {event.disposition, *event.set}


def lifted_by(event: Event) -> frozenset[str]:
    """Return the alarms that an event lifts about each of its subjects."""
    return ALARMS & {*event.unset}


def is_entitled(
    word: str, logged: LoggedEvent, standing: Standing, directory: Bindings
) -> bool:
    """Tell whether an event may raise or lift an alarm about a subject.

    A failed test counts from whoever has the right to state it, which validity has
    judged; a recall and a void only from a creator or an authority. What another raised
    not everybody may lift who may raise it: :func:`alarms_of`.

    Args:
        word: The alarm.
        logged: The event.
        standing: Who may speak of the subject.
        directory: Whoever was admitted as what.
    """
    if word in _BY_ANYBODY:
        return True
    if word in _BY_CREATORS:
        return is_by_creator_or_authority(logged, standing, directory)
    return logged.party in standing.parties


def is_by_creator_or_authority(
    logged: LoggedEvent, standing: Standing, directory: Bindings
) -> bool:
    """Tell whether an event's issuer created the subject, or was an authority then."""
    return logged.party in standing.creators or is_by_authority(logged, directory)


def is_by_authority(logged: LoggedEvent, directory: Bindings) -> bool:
    """Tell whether an event's issuer was an authority at its index."""
    admitted = directory.party_at(logged.party, logged.index)
    return admitted is not None and admitted.kind == AUTHORITY


def creates(logged: LoggedEvent, subject: str, directory: Bindings) -> bool:
    """Tell whether an event brings a subject into being under its issuer's prefix."""
    if subject not in logged.event.created:
        return False
    issuer = directory.party_at(logged.party, logged.index)
    return issuer is not None and any(within(subject, p) for p in issuer.prefixes)


def is_release(event: Event) -> bool:
    """Tell whether an event releases goods for sale.

    As a recall it counts only from a creator or an authority.
    """
    return event.biz_step == "inspecting" and (
        event.disposition is not None and event.disposition.startswith("sellable_")
    )


def alarms_of(
    subject: str,
    events: Iterable[LoggedEvent],
    standing: Standing,
    directory: Bindings,
) -> tuple[StandingAlarm, ...]:
    """Return the alarms that stand about a subject, by index and then by word.

    Each party may lift what it raised, an authority what anybody did. What an authority
    raised, and a failed test, nobody else lifts: those whose goods it is about would be
    judges in their own cause.

    Args:
        subject: An identifier.
        events: All events about it.
        standing: Who may speak of it.
        directory: Whoever was admitted as what.
    """
    kept, _ = settle_errors(events)
    taken_back: dict[tuple[str, str], int] = {}
    lifted_by_authority: dict[str, int] = {}
    lifted_by_others: dict[str, int] = {}
    for logged in kept:
        for word in lifted_by(logged.event):
            if not is_entitled(word, logged, standing, directory):
                continue
            taken_back[word, logged.party] = logged.index
            if is_by_authority(logged, directory):
                lifted_by_authority[word] = logged.index
            elif word not in _BY_ANYBODY:
                lifted_by_others[word] = logged.index
    return tuple(
        StandingAlarm(subject, word, logged.index, is_judged=True)
        for logged in kept
        for word in sorted(raised_by(logged.event))
        if is_entitled(word, logged, standing, directory)
        and logged.index >= taken_back.get((word, logged.party), 0)
        and logged.index >= lifted_by_authority.get(word, 0)
        and (
            is_by_authority(logged, directory)
            or logged.index >= lifted_by_others.get(word, 0)
        )
    )


def unjudged_alarms_of(
    subject: str, events: Iterable[LoggedEvent], directory: Bindings
) -> tuple[StandingAlarm, ...]:
    """Return every alarm about a subject of which only these are known.

    Each that may count does. A recall or a void by who never had a prefix over the
    subject, nor was an authority, cannot: one statement of a stranger would otherwise
    make everything look recalled of which no more than the alarms is given.

    Args:
        subject: An identifier.
        events: All statements of alarm about it.
        directory: With every admission of every party that signs one of them.
    """
    kept, _ = settle_errors(events)
    return tuple(
        StandingAlarm(subject, word, logged.index, is_judged=False)
        for logged in kept
        for word in sorted(raised_by(logged.event))
        if is_entitled(word, logged, _widest(subject, logged, directory), directory)
    )


def _widest(subject: str, logged: LoggedEvent, directory: Bindings) -> Standing:
    """Return the most standing that an event's issuer can have, lists unknown."""
    issuer = frozenset({logged.party})
    could_create = any(
        within(subject, prefix)
        for admitted in directory.admissions(logged.party)
        for prefix in admitted.prefixes
    )
    return Standing(creators=issuer if could_create else frozenset(), parties=issuer)
