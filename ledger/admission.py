"""What a server refuses to log although it would be valid (blueprint, 3.0).

Sizes, characters, events from the future, and the schema: rules that may be widened
without making any entry false, and that no verifier asks about. Each refusal names the
member by a JSON Pointer and says what to do.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from ledger.characters import check_characters
from ledger.disclosure import PROFILE
from ledger.encoding import Json, write_parsed
from ledger.errors import FutureTimeError, SchemaError, TooLargeError
from ledger.event import Event
from ledger.schema import check_schema
from ledger.shape import URI, escape

MAX_EVENT_BYTES = 16 * 1024
MAX_TEXT_BYTES = 256
MAX_URI_BYTES = 512
MAX_AHEAD_MS = 24 * 60 * 60 * 1000
_LONG_TEXT = re.compile(rb'"[^"]{%d,}"' % (MAX_TEXT_BYTES + 1))


def check_event_admission(
    event: Event, *, host: str, now_ms: int, entry_size: int
) -> None:
    """Refuse an event that this ledger does not take.

    Args:
        event: A valid event.
        host: The host of the ledger's origin.
        now_ms: The server's time in milliseconds since 1970.
        entry_size: Bytes of the whole statement with its signatures.

    Raises:
        TooLargeError: The statement, or a text in it, is too long.
        FutureTimeError: The event is said to happen more than 24 hours from now.
        CharacterError: A text is not in NFC or has characters that mislead a reader.
        UnknownUnitError: A unit is not in the table.
        SchemaError: The members are not those that EPCIS 2.0 gives this type of event.
    """
    _check_size(entry_size)
    check_event_time(event, now_ms=now_ms)
    _check_members(event, host=host)


def check_event_form(event: Event, *, host: str, entry_size: int) -> None:
    """Refuse an event for what :func:`check_event_admission` sees at any time.

    Raises:
        RefusedError: As there, save for ``FutureTimeError``.
    """
    _check_size(entry_size)
    _check_members(event, host=host)


def check_event_time(event: Event, *, now_ms: int) -> None:
    """Refuse an event from the future.

    Raises:
        FutureTimeError: The event is said to happen more than 24 hours from now.
    """
    if event.instant_us > (now_ms + MAX_AHEAD_MS) * 1000:
        raise FutureTimeError(
            f"eventTime: {event.event_time} is more than 24 hours ahead of this "
            "ledger's clock; check the date and the time zone",
            pointer="/eventTime",
        )


def check_profile_admission(event: Event, *, party: str) -> None:
    """Refuse a profile that nobody would show: one by another than who it is about.

    Args:
        event: An event that :func:`check_event_admission` admits.
        party: The issuer's party.

    Raises:
        SchemaError: It has a profile, and is about another party.
    """
    if PROFILE in event.body and event.subjects != (party,):
        raise SchemaError(
            f"/{PROFILE}: a profile is signed by the party's own key; sign it with "
            f"a key of {event.subjects[0]}",
            pointer=f"/{PROFILE}",
        )


def check_directory_admission(body: Mapping[str, Json]) -> None:
    """Refuse a directory statement with texts that mislead a reader.

    Raises:
        CharacterError: A text is not in NFC or has characters that mislead a reader.

    >>> check_directory_admission({"action": "revoke"})
    """
    for text, pointer in _texts(dict(body), ""):
        check_characters(text, pointer)


def _check_size(entry_size: int) -> None:
    if entry_size > MAX_EVENT_BYTES:
        raise TooLargeError(
            f"statement: got {entry_size} bytes, want at most {MAX_EVENT_BYTES}; "
            "put long texts and pictures beside the ledger and sign a commitment"
        )


def _check_members(event: Event, *, host: str) -> None:
    _check_texts(event.body)
    check_schema(event, host=host)


def _check_texts(body: Mapping[str, Json]) -> None:
    if not _is_plain(write_parsed(dict(body))):
        _check_each_text(body)


def _is_plain(spelling: bytes) -> bool:
    """Tell whether no text in a body can be refused; if not, none need be.

    Nearly all bodies are plain, and to find that out takes a tenth of the time. What is
    printable has no control characters of either kind and no non-characters; texts of
    which the whole is in NFC are in NFC; and without a backslash, a text is what stands
    between two quotation marks.
    """
    text = spelling.decode()
    return (
        text.isprintable()
        and b"\\" not in spelling
        and _LONG_TEXT.search(spelling) is None
        and unicodedata.is_normalized("NFC", text)
    )


def _check_each_text(body: Mapping[str, Json]) -> None:
    for text, pointer in _texts(dict(body), ""):
        check_characters(text, pointer)
        size = len(text.encode())
        limit = MAX_URI_BYTES if URI.fullmatch(text) else MAX_TEXT_BYTES
        if size > limit:
            raise TooLargeError(
                f"{pointer!a}: got {size} bytes, want at most {limit}; put the text "
                "beside the ledger and sign a commitment",
                pointer=pointer,
            )


def _texts(value: Json, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield every string and every member name, each with its pointer."""
    if isinstance(value, str):
        yield value, pointer
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _texts(item, f"{pointer}/{place}")
    elif isinstance(value, dict):
        for name, item in value.items():
            below = f"{pointer}/{escape(name)}"
            yield name, below
            yield from _texts(item, below)
