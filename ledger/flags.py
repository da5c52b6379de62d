"""What looks odd in the ledger: recomputed by every verifier, stored by none.

Registers of herds are messy; what is well-formed, authorised and new is recorded, and
what is implausible is said openly (blueprint, section 2). A flag is never a reason to
fail. ``scanner_web/verify/flags.js`` is the same module for the browser.

Codes: ``late``, ``zero-value``, ``more-serials``, ``overlap``, ``out-before-in``,
``sequence-gap``.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

import msgspec

from ledger.encoding import Json
from ledger.event import QUANTITY_LISTS, Event

LATE_US = 24 * 60 * 60 * 1_000_000
_HOUR_US = 60 * 60 * 1_000_000
_SERIAL = "/21/"
_PIECES = ("C62", "EA", "H87")
"""Units of things that are counted; EPCIS has none for them."""


class Flag(msgspec.Struct, frozen=True, gc=False):
    """Something odd about one statement.

    Attributes:
        code: What is odd.
        index: The statement.
        detail: ``#17`` for another statement, ``49 h`` for how late, JSON Pointers
            of values with a blank between them, ``102 > 100`` for serials and what they
            were packed in, or the number that was due.
    """

    code: str
    index: int
    detail: str


class Stay(msgspec.Struct, frozen=True, gc=False):
    """What is read of a statement to find what is odd between it and others."""

    event_id: str
    is_error_declaration: bool
    is_boundary: bool
    is_opening: bool
    """If it is the boundary of a stay: that it begins one."""
    instant_us: int
    place: str


def flags_of_event(
    index: int, event: Event, *, log_time_ms: int, is_importer: bool
) -> tuple[Flag, ...]:
    """Return what is odd about a statement by itself.

    Args:
        index: Where the statement is.
        event: What it says.
        log_time_ms: The time of its closing seal, in milliseconds since 1970.
        is_importer: Whether the issuer's key may take over records from a register:
            what it takes over is not late.
    """
    late = None
    if may_be_late(event, is_importer=is_importer):
        late = late_flag(index, event.instant_us, log_time_ms=log_time_ms)
    return (*(() if late is None else (late,)), *timeless_flags(index, event))


def timeless_flags(index: int, event: Event) -> tuple[Flag, ...]:
    """Return what is odd about a statement by itself, whenever it was logged."""
    found = (zero_value(index, event), more_serials(index, event))
    return tuple(flag for flag in found if flag is not None)


def may_be_late(event: Event, *, is_importer: bool) -> bool:
    """Tell whether an event can be late: what an importer takes over cannot."""
    return not (is_importer and event.source is not None)


def late_flag(index: int, instant_us: int, *, log_time_ms: int) -> Flag | None:
    """Return a flag if something was logged long after it happened.

    Args:
        index: Where the statement is.
        instant_us: When it happened, in microseconds since 1970.
        log_time_ms: The time of its closing seal, in milliseconds since 1970.
    """
    delay_us = log_time_ms * 1000 - instant_us
    if delay_us <= LATE_US:
        return None
    return Flag("late", index, f"{delay_us // _HOUR_US} h")


def zero_value(index: int, event: Event) -> Flag | None:
    """Return a flag if a quantity or a sensor value of an event is 0."""
    zeros = " ".join(_zeros(event.body))
    return Flag("zero-value", index, zeros) if zeros else None


def more_serials(index: int, event: Event) -> Flag | None:
    """Return a flag if an event issues more serials than it packs.

    Serials of a trade item are counted against the pieces of all its lots in the same
    event. A lot without a whole number of pieces says nothing of how many there are.
    """
    issued = Counter(
        name.partition(_SERIAL)[0] for name in event.created if _SERIAL in name
    )
    for item, serials in issued.items():
        pieces = _pieces(event, f"{item}/10/")
        if pieces is not None and serials > pieces:
            return Flag("more-serials", index, f"{serials} > {pieces}")
    return None


def is_stay_boundary(event: Event) -> bool:
    """Tell whether an event begins or ends a stay of one animal or item at a place.

    Only single things have stays: of a lot, parts may well be in two places. So the
    event must name things one by one, and no quantity.
    """
    return (
        event.type == "ObjectEvent"
        and bool(event.body.get("epcList"))
        and not event.body.get("quantityList")
        and (_opens(event) or _closes(event))
    )


def stay_of(event: Event) -> Stay:
    """Return what ``flags_of_stays`` reads of an event."""
    return Stay(
        event.event_id,
        event.is_error_declaration,
        is_stay_boundary(event),
        not _closes(event),
        event.instant_us,
        _place(event),
    )


def flags_of_subject(listed: Sequence[tuple[int, Event]]) -> tuple[Flag, ...]:
    """Return what is odd between the stays of one subject, as ``flags_of_stays``.

    Args:
        listed: Every event about the subject, with its index, in any order.
    """
    return flags_of_stays([(index, stay_of(event)) for index, event in listed])


def flags_of_stays(listed: Sequence[tuple[int, Stay]]) -> tuple[Flag, ...]:
    """Return what is odd between the stays of one subject.

    A stay begins when the subject arrives, is received or comes into being at a place,
    and ends when it departs, is shipped or is deleted there. ``overlap`` is said of the
    statement that begins the later of two stays, if it does so before the earlier one
    ended; ``out-before-in`` of the statement that ends a stay before it began.

    Args:
        listed: What is read of every event about the subject, with its index, in any
            order.
    """
    openings: list[_Boundary] = []
    ends: dict[int, int] = {}
    flags: list[Flag] = []
    for boundaries in _boundaries_by_place(listed).values():
        opened, early = _pair(boundaries, ends)
        openings += opened
        flags += early
    flags += _overlaps(openings, ends)
    return tuple(sorted(flags, key=lambda flag: (flag.index, flag.code)))


def flags_between(
    lists: Iterable[Sequence[tuple[int, Event]]],
) -> dict[int, tuple[Flag, ...]]:
    """Return what is odd between the statements on several subjects' lists, by index.

    What two subjects share is said once; flags are sorted by code and detail.
    """
    found = {flag for listed in lists for flag in flags_of_subject(listed)}
    by_index: defaultdict[int, tuple[Flag, ...]] = defaultdict(tuple)
    for flag in sorted(found, key=lambda flag: (flag.code, flag.detail)):
        by_index[flag.index] += (flag,)
    return by_index


class KeySequence:
    """What one key numbered so far, to see where a statement of it is missing.

    Only who reads every entry can tell: a phone has no such flag.
    """

    def __init__(self, due: int = 0, last_hash: bytes | None = None) -> None:
        """Begin before the key's first statement, or go on.

        Args:
            due: The number that comes next.
            last_hash: The hash of the statement before, None if there is none.
        """
        self.due = due
        self.last_hash = last_hash

    def take(self, index: int, event: Event, text_hash: bytes) -> Flag | None:
        """Return a flag if this event does not follow the one before.

        Events without ``caravan:seq`` are passed over; a number that is not the next,
        or the hash of another statement than the one before, says that one is missing.

        Args:
            index: Where the statement is; later than what was taken before.
            event: What it says.
            text_hash: The statement's, by which the next one refers to it.
        """
        if event.seq is None:
            return None
        return self.take_number(index, event.seq, event.prev, text_hash)

    def take_number(
        self, index: int, seq: int, prev: bytes | None, text_hash: bytes
    ) -> Flag | None:
        """Return a flag if a number does not follow the one before.

        Args:
            index: Where the statement is; later than what was taken before.
            seq: The number that it has.
            prev: The hash of the statement before, as it says.
            text_hash: Its own.
        """
        follows = seq == self.due and prev == self.last_hash
        gap = None if follows else Flag("sequence-gap", index, str(self.due))
        self.due, self.last_hash = seq + 1, text_hash
        return gap


@dataclass(frozen=True, slots=True)
class _Boundary:
    """The beginning or the end of a stay."""

    instant_us: int
    is_opening: bool
    index: int

    @property
    def order(self) -> tuple[int, bool, int]:
        """Sort by time; of two at one instant, who leaves leaves first."""
        return (self.instant_us, self.is_opening, self.index)


def _boundaries_by_place(
    listed: Sequence[tuple[int, Stay]],
) -> dict[str, list[_Boundary]]:
    by_place: defaultdict[str, list[_Boundary]] = defaultdict(list)
    for index, stay in _without_declared(listed):
        if stay.is_boundary:
            boundary = _Boundary(stay.instant_us, stay.is_opening, index)
            by_place[stay.place].append(boundary)
    return {
        place: sorted(boundaries, key=lambda boundary: boundary.order)
        for place, boundaries in by_place.items()
    }


def _without_declared(
    listed: Sequence[tuple[int, Stay]],
) -> Iterator[tuple[int, Stay]]:
    """Leave out declarations, and for each of them one original.

    Anybody may repeat another party's event and then declare the copy an error. So a
    declaration takes out the last of the originals with its ``eventID``: what was
    there before the copy stays.
    """
    declared = Counter(e.event_id for _, e in listed if e.is_error_declaration)
    for index, event in sorted(listed, key=itemgetter(0), reverse=True):
        if event.is_error_declaration:
            continue
        if declared[event.event_id]:
            declared[event.event_id] -= 1
        else:
            yield index, event


def _pair(
    boundaries: Sequence[_Boundary], ends: dict[int, int]
) -> tuple[list[_Boundary], list[Flag]]:
    """Give each stay at one place its end.

    An end belongs to the latest stay that is still open. Ends that find none come
    before every beginning that is left in the end; only then are they held against it.

    Args:
        boundaries: Beginnings and ends at the place, in order.
        ends: Where the time of each end is kept, by the index of its beginning.
    """
    openings = [boundary for boundary in boundaries if boundary.is_opening]
    still_open: list[_Boundary] = []
    unmatched: list[_Boundary] = []
    for boundary in boundaries:
        if not boundary.is_opening:
            if still_open:
                ends[still_open.pop().index] = boundary.instant_us
            else:
                unmatched.append(boundary)
        elif unmatched and unmatched[-1].instant_us == boundary.instant_us:
            ends[boundary.index] = unmatched.pop().instant_us
        else:
            still_open.append(boundary)
    early = [
        Flag("out-before-in", closing.index, f"#{opening.index}")
        for closing, opening in zip(reversed(unmatched), still_open, strict=False)
    ]
    return openings, early


def _overlaps(openings: Sequence[_Boundary], ends: Mapping[int, int]) -> list[Flag]:
    """Flag each stay that begins before an earlier one ended.

    A stay that has no end yet overlaps with nothing that comes after it: the end may
    be on its way.
    """
    flags = []
    longest: _Boundary | None = None
    for opening in sorted(openings, key=lambda opening: opening.order):
        if longest is not None and opening.instant_us < ends[longest.index]:
            flags.append(Flag("overlap", opening.index, f"#{longest.index}"))
        end = ends.get(opening.index)
        if end is not None and (longest is None or end > ends[longest.index]):
            longest = opening
    return flags


def _opens(event: Event) -> bool:
    return event.biz_step in {"arriving", "receiving"} or (
        event.action == "ADD" and event.biz_step == "commissioning"
    )


def _closes(event: Event) -> bool:
    return event.biz_step in {"departing", "shipping"} or event.action == "DELETE"


def _place(event: Event) -> str:
    """Return where the thing is after the event, else where the event was seen."""
    location = event.body.get("bizLocation")
    place = location.get("id") if isinstance(location, dict) else None
    return place if isinstance(place, str) else event.read_point


def _zeros(body: Mapping[str, Json]) -> Iterator[str]:
    """Yield pointers to quantities and sensor values that are 0."""
    for member in QUANTITY_LISTS:
        if member not in body:
            continue
        for place, element in _objects(body[member]):
            if _is_zero(element.get("quantity")):
                yield f"/{member}/{place}/quantity"
    if "sensorElementList" not in body:
        return
    for place, element in _objects(body["sensorElementList"]):
        for number, report in _objects(element.get("sensorReport")):
            if _is_zero(report.get("value")):
                yield f"/sensorElementList/{place}/sensorReport/{number}/value"


def _pieces(event: Event, lots: str) -> int | None:
    """Return how many pieces of lots an event makes; None if it does not say."""
    total: int | None = None
    for member in ("quantityList", "outputQuantityList"):
        for _, element in _objects(event.body.get(member)):
            lot, count = element.get("epcClass"), element.get("quantity")
            if not (isinstance(lot, str) and lot.startswith(lots)):
                continue
            if not isinstance(count, int) or isinstance(count, bool):
                return None
            if element.get("uom", "H87") not in _PIECES:
                return None
            total = (total or 0) + count
    return total


def _is_zero(value: Json) -> bool:
    return value == 0 and isinstance(value, int) and not isinstance(value, bool)


def _objects(value: Json) -> Iterator[tuple[int, dict[str, Json]]]:
    """Yield the objects of an array with their places; validity reads none of them."""
    for place, item in enumerate(value if isinstance(value, list) else []):
        if isinstance(item, dict):
            yield place, item
