"""What a server refuses to log although it would be valid (blueprint, 3.0).

Sizes, characters, events from the future, and the schema: rules that may be widened
without making any entry false, and that no verifier asks about. Each refusal names the
member by a JSON Pointer and says what to do.
"""

import unicodedata
from collections.abc import Iterator, Mapping

from ledger.encoding import Json
from ledger.errors import CharacterError, FutureTimeError, TooLargeError
from ledger.event import Event
from ledger.schema import check_schema
from ledger.shape import URI, escape

MAX_EVENT_BYTES = 16 * 1024
MAX_TEXT_BYTES = 256
MAX_URI_BYTES = 512
MAX_AHEAD_MS = 24 * 60 * 60 * 1000

# Unicode's property Bidi_Control: what makes a reader see another order than is signed.
_BIDI_CONTROLS = frozenset(
    map(chr, [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
)


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
    if entry_size > MAX_EVENT_BYTES:
        raise TooLargeError(
            f"statement: got {entry_size} bytes, want at most {MAX_EVENT_BYTES}; "
            "put long texts and pictures beside the ledger and sign a commitment"
        )
    if event.instant_us > (now_ms + MAX_AHEAD_MS) * 1000:
        raise FutureTimeError(
            f"eventTime: {event.event_time} is more than 24 hours ahead of this "
            "ledger's clock; check the date and the time zone",
            pointer="/eventTime",
        )
    _check_texts(event.body)
    check_schema(event, host=host)


def check_directory_admission(body: Mapping[str, Json]) -> None:
    """Refuse a directory statement with texts that mislead a reader.

    Raises:
        CharacterError: A text is not in NFC or has characters that mislead a reader.

    >>> check_directory_admission({"action": "revoke"})
    """
    for text, pointer in _texts(dict(body), ""):
        _check_characters(text, pointer)


def _check_texts(body: Mapping[str, Json]) -> None:
    for text, pointer in _texts(dict(body), ""):
        _check_characters(text, pointer)
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


def _check_characters(text: str, pointer: str) -> None:
    if text.isascii() and text.isprintable():
        return
    for character in text:
        code = ord(character)
        if (
            unicodedata.category(character) == "Cc"
            or character in _BIDI_CONTROLS
            or code & 0xFFFE == 0xFFFE
            or 0xFDD0 <= code <= 0xFDEF
        ):
            raise CharacterError(
                f"{pointer!a}: has U+{code:04X}, not shown or changing the order "
                "of what is; take it out",
                pointer=pointer,
            )
    if not unicodedata.is_normalized("NFC", text):
        raise CharacterError(
            f"{pointer!a}: not in Unicode's form NFC; normalise it before signing",
            pointer=pointer,
        )
