"""What validity reads of an EPCIS 2.0 event, and nothing else of it.

The list is closed (blueprint, 3.2): a verifier of today and one of ten years from now
must come to one answer, so word lists, units and schemas are not here but in
``admission``. ``docs/formats.md`` has the table of JSON types.

Pure functions over parsed canonical JSON. ``scanner_web/verify/event.js`` is the same
module for the browser.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

import msgspec

from ledger.encoding import Json, decode_base64
from ledger.errors import EncodingError, EventError, IdentifierError
from ledger.identifier import parse_identifier

EVENT_TYPES = (
    "AggregationEvent",
    "AssociationEvent",
    "ObjectEvent",
    "TransactionEvent",
    "TransformationEvent",
)
ACTIONS = ("ADD", "DELETE", "OBSERVE")
ALARMS = frozenset(
    {
        "damaged",
        "destroyed",
        "disposed",
        "expired",
        "inactive",
        "mismatch_class",
        "mismatch_instance",
        "mismatch_quantity",
        "needs_replacement",
        "no_pedigree_match",
        "non_conformant",
        "non_sellable_other",
        "recalled",
        "returned",
        "stolen",
    }
)
"""Dispositions that put a statement on the ``#alarm`` list of its subjects too."""

EPC_LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
QUANTITY_LISTS = (
    "quantityList",
    "childQuantityList",
    "inputQuantityList",
    "outputQuantityList",
)
MAX_SUBJECTS = 1024

_SEQ = "caravan:seq"
_EPC_MEMBERS = ("parentID", "transformationID")

_EVENT_ID = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")
_MAX_EVENT_ID_BYTES = 512
_WORD = re.compile(r"[a-z]+(?:_[a-z]+)*")
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])"
    r"(?:\.([0-9]{1,6}))?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_OFFSET = re.compile(r"([+-])(0[0-9]|1[0-4]):([0-5][0-9])")
_MAX_OFFSET_MINUTES = 14 * 60
_MAX_KNOWN: Final = 200
"""Longest identifier that is remembered, so that nobody fills the memory."""
_EPOCH = date(1970, 1, 1).toordinal()


class Label(msgspec.Struct, frozen=True, gc=False):
    """The checkpoint printed on a label: ``caravan:label``."""

    root: bytes
    size: int


class Source(msgspec.Struct, frozen=True, gc=False):
    """The register an event was taken over from: ``caravan:source``."""

    register: str
    record: str


class Event(msgspec.Struct, frozen=True, gc=False):
    """An event as far as validity reads it, and the body it was read from.

    Attributes:
        instant_us: ``eventTime`` in microseconds since 1970-01-01T00:00:00Z.
        offset_minutes: ``eventTimeZoneOffset`` in minutes east of UTC.
        set: Persistent dispositions that the event sets, as listed.
        unset: Persistent dispositions that the event takes back, as listed.
        subjects: What the event is about, each once, by code point.
        created: Those of the subjects that the event brings into being.
    """

    type: str
    event_id: str
    event_time: str
    instant_us: int
    offset_minutes: int
    action: str | None
    biz_step: str
    disposition: str | None
    set: tuple[str, ...]
    unset: tuple[str, ...]
    read_point: str
    is_error_declaration: bool
    is_alarm: bool
    subjects: tuple[str, ...]
    created: tuple[str, ...]
    seq: int | None
    prev: bytes | None
    label: Label | None
    source: Source | None
    body: Mapping[str, Json]


def parse_event(body: Mapping[str, Json], *, host: str) -> Event:
    """Read an event from a canonical body.

    Args:
        body: The object that ``encoding.parse_canonical`` gave.
        host: The host of the ledger's origin.

    Raises:
        EventError: A member that validity reads is missing or malformed; ``pointer``
            names it.

    >>> event = parse_event(
    ...     {
    ...         "type": "ObjectEvent",
    ...         "eventID": "urn:uuid:0190a6c0-0000-7000-8000-000000000001",
    ...         "eventTime": "2026-06-12T06:10:00+08:00",
    ...         "eventTimeZoneOffset": "+08:00",
    ...         "action": "OBSERVE",
    ...         "bizStep": "inspecting",
    ...         "readPoint": {"id": "https://id.gs1.org/414/9521321000001"},
    ...         "epcList": ["https://ledger.example/id/animal/7"],
    ...     },
    ...     host="ledger.example",
    ... )
    >>> event.biz_step, event.subjects
    ('inspecting', ('https://ledger.example/id/animal/7',))
    """
    event_type = _choice(body, "type", EVENT_TYPES)
    action = _choice(body, "action", ACTIONS) if "action" in body else None
    event_time = _string(body, "eventTime")
    offset = _string(body, "eventTimeZoneOffset")
    disposition = _word(body, "disposition") if "disposition" in body else None
    raised, lifted = _persistent_dispositions(body)
    is_error_declaration = "errorDeclaration" in body
    if is_error_declaration:
        _object(body, "errorDeclaration")
    named = _named(body, host)
    subjects = _merge(*named.values())
    if len(subjects) > MAX_SUBJECTS:
        raise _error("", f"got {len(subjects)} subjects, want at most {MAX_SUBJECTS}")
    seq, prev = _sequence(body)
    return Event(
        type=event_type,
        event_id=_event_id(body),
        event_time=event_time,
        instant_us=parse_instant(event_time, "/eventTime"),
        offset_minutes=_offset_minutes(offset, "/eventTimeZoneOffset"),
        action=action,
        biz_step=_word(body, "bizStep"),
        disposition=disposition,
        set=raised,
        unset=lifted,
        read_point=_identifier(_read_point(body), "/readPoint/id", host),
        is_error_declaration=is_error_declaration,
        is_alarm=is_error_declaration
        or not ALARMS.isdisjoint((disposition, *raised, *lifted)),
        subjects=subjects,
        created=_created(named, event_type, action),
        seq=seq,
        prev=prev,
        label=_label(body),
        source=_source(body),
        body=body,
    )


def parse_instant(text: str, pointer: str) -> int:
    """Return the microseconds from 1970-01-01T00:00:00Z to a time of an event.

    Args:
        text: ``YYYY-MM-DDThh:mm:ss``, up to six decimals, then ``Z`` or ``±hh:mm``.
        pointer: Where in the body it stands, for the refusal.

    Raises:
        EventError: Another form, a day that is not, or an offset beyond 14 hours.

    >>> parse_instant("1970-01-01T08:00:00.25+08:00", "/eventTime")
    250000
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise _error(
            pointer, f"got {text[:40]!r}, want YYYY-MM-DDThh:mm:ss, then Z or ±hh:mm"
        )
    day, hour, minute, second, fraction, zone = match.groups()
    try:
        days = _days(day)
    except ValueError as error:
        raise _error(pointer, f"no such day: {day}") from error
    offset = 0 if zone == "Z" else _offset_minutes(zone, pointer)
    minutes = (days * 24 + int(hour)) * 60 + int(minute) - offset
    microseconds = int(fraction.ljust(6, "0")) if fraction else 0
    return (minutes * 60 + int(second)) * 1_000_000 + microseconds


def body_without_declaration(body: Mapping[str, Json]) -> dict[str, Json]:
    """Return what an event and its error declaration have in common.

    The two are one event if these are equal (blueprint, 3.2).

    >>> body_without_declaration({"eventID": "urn:x:1", "errorDeclaration": {}})
    {'eventID': 'urn:x:1'}
    """
    apart = {"errorDeclaration", "caravan:seq", "caravan:prev"}
    return {member: value for member, value in body.items() if member not in apart}


@lru_cache(maxsize=1024)
def _days(day: str) -> int:
    """Return the days from 1970-01-01 to a day ``YYYY-MM-DD``; ValueError if none."""
    return date(int(day[:4]), int(day[5:7]), int(day[8:])).toordinal() - _EPOCH


def _created(
    named: Mapping[str, list[str]], event_type: str, action: str | None
) -> tuple[str, ...]:
    """Return the identifiers that an event creates (blueprint, 3.7)."""
    if event_type == "TransformationEvent":
        return _merge(
            named.get("outputEPCList", ()), named.get("outputQuantityList", ())
        )
    if event_type == "ObjectEvent" and action == "ADD":
        return _merge(named.get("epcList", ()), named.get("quantityList", ()))
    return ()


def _named(body: Mapping[str, Json], host: str) -> dict[str, list[str]]:
    """Return the identifiers in each member that subjects come from.

    Every such member counts whatever the type of the event: which type may have which
    is admission, and a subject must not be hidden by writing it in a strange place.
    """
    named: dict[str, list[str]] = {}
    for member in _EPC_MEMBERS:
        if member in body:
            named[member] = [_identifier(body[member], f"/{member}", host)]
    for member in EPC_LISTS:
        if member in body:
            named[member] = [
                epc
                if isinstance(epc, str) and _is_known(epc, host)
                else _identifier(epc, f"/{member}/{place}", host)
                for place, epc in enumerate(_array(body, member))
            ]
    for member in QUANTITY_LISTS:
        if member in body:
            named[member] = [
                _identifier(_epc_class(element), f"/{member}/{place}/epcClass", host)
                for place, element in enumerate(_array(body, member))
            ]
    return named


def _merge(*lists: Sequence[str]) -> tuple[str, ...]:
    if len(lists) == 1 and len(lists[0]) == 1:
        return (lists[0][0],)
    return tuple(sorted(set().union(*lists)))


def _identifier(value: Json, pointer: str, host: str) -> str:
    if not isinstance(value, str):
        raise _error(pointer, "want an identifier, a string")
    if _is_known(value, host):
        return value
    try:
        return parse_identifier(value, host=host).text
    except IdentifierError as error:
        raise _error(pointer, str(error)) from error


def _is_known(text: str, host: str) -> bool:
    """Tell whether a text is an identifier; a long one is not looked at.

    The same animals, places and lots are named again and again.
    """
    return len(text) <= _MAX_KNOWN and _is_identifier(text, host)


@lru_cache(maxsize=65_536)
def _is_identifier(text: str, host: str) -> bool:
    try:
        return parse_identifier(text, host=host).text == text
    except IdentifierError:
        return False


def _epc_class(element: Json) -> Json:
    return element.get("epcClass") if isinstance(element, dict) else None


def _read_point(body: Mapping[str, Json]) -> Json:
    return _object(body, "readPoint").get("id")


def _event_id(body: Mapping[str, Json]) -> str:
    event_id = _string(body, "eventID")
    if not _EVENT_ID.fullmatch(event_id) or len(event_id) > _MAX_EVENT_ID_BYTES:
        raise _error("/eventID", "want a URI of at most 512 visible ASCII characters")
    return event_id


def _persistent_dispositions(
    body: Mapping[str, Json],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what an event sets and what it takes back."""
    if "persistentDisposition" not in body:
        return (), ()
    persistent = _object(body, "persistentDisposition")
    raised, lifted = (
        tuple(
            _as_word(word, f"/persistentDisposition/{member}/{place}")
            for place, word in enumerate(
                _as_array(
                    persistent.get(member, []), f"/persistentDisposition/{member}"
                )
            )
        )
        for member in ("set", "unset")
    )
    return raised, lifted


def _sequence(body: Mapping[str, Json]) -> tuple[int | None, bytes | None]:
    """Return the issuer's counter and the hash of the key's previous statement."""
    seq = _integer(body[_SEQ], f"/{_SEQ}", 0) if _SEQ in body else None
    if ("caravan:prev" in body) != (seq is not None and seq > 0):
        raise _error("/caravan:prev", "want it exactly if caravan:seq is 1 or more")
    if "caravan:prev" not in body:
        return seq, None
    return seq, _hash(body["caravan:prev"], "/caravan:prev")


def _label(body: Mapping[str, Json]) -> Label | None:
    if "caravan:label" not in body:
        return None
    label = _object(body, "caravan:label")
    return Label(
        root=_hash(label.get("root"), "/caravan:label/root"),
        size=_integer(label.get("size"), "/caravan:label/size", 1),
    )


def _source(body: Mapping[str, Json]) -> Source | None:
    if "caravan:source" not in body:
        return None
    source = _object(body, "caravan:source")
    return Source(
        register=_as_string(source.get("register"), "/caravan:source/register"),
        record=_as_string(source.get("record"), "/caravan:source/record"),
    )


def _offset_minutes(text: str, pointer: str) -> int:
    """Return the minutes east of UTC, at most 14 hours either way."""
    minutes = _parse_offset(text[:7])
    if minutes is None:
        raise _error(pointer, f"got {text[:40]!r}, want ±hh:mm up to 14:00")
    return minutes


@lru_cache(maxsize=1024)
def _parse_offset(text: str) -> int | None:
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3])
    if minutes > _MAX_OFFSET_MINUTES:
        return None
    return -minutes if match[1] == "-" else minutes


def _string(body: Mapping[str, Json], member: str) -> str:
    value = body.get(member)
    if isinstance(value, str):
        return value
    return _as_string(_required(body, member), f"/{member}")


def _required(body: Mapping[str, Json], member: str) -> Json:
    if member not in body:
        raise _error(f"/{member}", "is missing")
    return body[member]


def _as_string(value: Json, pointer: str) -> str:
    if not isinstance(value, str):
        raise _error(pointer, "want a string")
    return value


def _word(body: Mapping[str, Json], member: str) -> str:
    return _as_word(_required(body, member), f"/{member}")


def _as_word(value: Json, pointer: str) -> str:
    word = _as_string(value, pointer)
    if not (_is_word(word) if len(word) <= _MAX_KNOWN else _WORD.fullmatch(word)):
        raise _error(
            pointer, f"got {word[:60]!r}, want the bare word, as in in_transit"
        )
    return word


@lru_cache(maxsize=1024)
def _is_word(text: str) -> bool:
    return _WORD.fullmatch(text) is not None


def _choice(body: Mapping[str, Json], member: str, words: tuple[str, ...]) -> str:
    word = _string(body, member)
    if word not in words:
        raise _error(f"/{member}", f"got {word[:60]!r}, want one of {', '.join(words)}")
    return word


def _integer(value: Json, pointer: str, least: int) -> int:
    # In Python a bool is an int; in JSON it is not a number.
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise _error(pointer, f"want a whole number from {least} on")
    return value


def _hash(value: Json, pointer: str) -> bytes:
    try:
        return decode_base64(_as_string(value, pointer), 32)
    except EncodingError as error:
        raise _error(pointer, "want 32 bytes in base64") from error


def _object(body: Mapping[str, Json], member: str) -> dict[str, Json]:
    value = _required(body, member)
    if not isinstance(value, dict):
        raise _error(f"/{member}", "want an object")
    return value


def _array(body: Mapping[str, Json], member: str) -> list[Json]:
    return _as_array(body[member], f"/{member}")


def _as_array(value: Json, pointer: str) -> list[Json]:
    if not isinstance(value, list):
        raise _error(pointer, "want an array")
    return value


def _error(pointer: str, reason: str) -> EventError:
    return EventError(f"event: {pointer or 'body'}: {reason}", pointer=pointer)
