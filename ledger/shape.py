"""Checks of JSON values, and of the members that an object may have.

A check takes a value, its JSON Pointer and the host of the ledger, and returns nothing
raises ``SchemaError`` or ``UnknownUnitError``; a ``Shape`` is the check of an object.
``schema`` puts them together to the events of EPCIS 2.0.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from ledger.encoding import Json, decode_base64
from ledger.errors import EncodingError, EventError, IdentifierError, SchemaError
from ledger.event import parse_instant
from ledger.identifier import GS1, parse_identifier
from ledger.units import QUANTITY_DIMENSIONS, find_unit
from ledger.vocabulary import EXTENSIONS

Check = Callable[[Json, str, str], None]

URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")
_EXTENSION = re.compile(rf"(?:{'|'.join(EXTENSIONS)}):[A-Za-z0-9][A-Za-z0-9._-]*")
_MAX_KNOWN = 200
"""Longest text that is remembered, so that nobody fills the memory."""
_HEX = re.compile(r"[0-9A-Fa-f]+")


def refusal(pointer: str, reason: str) -> SchemaError:
    """Make the refusal of a value: where it stands, and what to do."""
    return SchemaError(f"{pointer or 'event'!a}: {reason}", pointer=pointer)


def escape(name: str) -> str:
    """Write a member name as a token of a JSON Pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def text(value: Json, pointer: str, _host: str) -> None:
    """Check a string."""
    if not isinstance(value, str):
        raise refusal(pointer, "want a string")


def boolean(value: Json, pointer: str, _host: str) -> None:
    """Check true or false."""
    if not isinstance(value, bool):
        raise refusal(pointer, "want true or false")


def number(value: Json, pointer: str, _host: str) -> None:
    """Check a number."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise refusal(pointer, "want a number, without quotes")


def amount(value: Json, pointer: str, host: str) -> None:
    """Check a number that is not negative."""
    number(value, pointer, host)
    if isinstance(value, int | Decimal) and value < 0:
        raise refusal(pointer, f"got {value}, want 0 or more")


def hexadecimal(value: Json, pointer: str, _host: str) -> None:
    """Check hexadecimal digits."""
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise refusal(pointer, "want hexadecimal digits")


def commitment(value: Json, pointer: str, _host: str) -> None:
    """Check a salted commitment (blueprint, 3.9)."""
    try:
        decode_base64(value if isinstance(value, str) else "", 32)
    except EncodingError as error:
        raise refusal(pointer, "want 32 bytes in base64") from error


def time(value: Json, pointer: str, host: str) -> None:
    """Check a time in the form of ``eventTime``."""
    text(value, pointer, host)
    try:
        parse_instant(str(value), pointer)
    except EventError as error:
        raise refusal(pointer, "want YYYY-MM-DDThh:mm:ss, then Z or ±hh:mm") from error


def uri(value: Json, pointer: str, host: str) -> None:
    """Check a URI; one of GS1's or of this ledger must be in its one spelling."""
    if isinstance(value, str) and len(value) <= _MAX_KNOWN and _is_uri(value, host):
        return
    if not isinstance(value, str) or not URI.fullmatch(value):
        raise refusal(pointer, "want a URI")
    if value.startswith((GS1, f"https://{host}/id/")):
        identifier(value, pointer, host)


def identifier(value: Json, pointer: str, host: str) -> None:
    """Check an identifier in its one spelling."""
    if isinstance(value, str) and len(value) <= _MAX_KNOWN and _is_known(value, host):
        return
    text(value, pointer, host)
    try:
        parse_identifier(str(value), host=host)
    except IdentifierError as error:
        raise refusal(pointer, str(error)) from error


@lru_cache(maxsize=16_384)
def _is_known(value: str, host: str) -> bool:
    """Tell whether a text is an identifier: the same ones are named again and again."""
    try:
        parse_identifier(value, host=host)
    except IdentifierError:
        return False
    return True


@lru_cache(maxsize=4_096)
def _is_uri(value: str, host: str) -> bool:
    """Tell whether a text is a URI; one of a device or a rule recurs."""
    return URI.fullmatch(value) is not None and (
        not value.startswith((GS1, f"https://{host}/id/")) or _is_known(value, host)
    )


def uris(value: Json, pointer: str, host: str) -> None:
    """Check a URI, or an array of them."""
    if isinstance(value, list):
        array_of(uri)(value, pointer, host)
    else:
        uri(value, pointer, host)


def unit(value: Json, pointer: str, host: str) -> None:
    """Check a code of the units table."""
    text(value, pointer, host)
    find_unit(str(value), pointer=pointer)


def quantity_unit(value: Json, pointer: str, host: str) -> None:
    """Check a unit that goods are counted or measured in."""
    text(value, pointer, host)
    found = find_unit(str(value), pointer=pointer)
    if found.dimension not in QUANTITY_DIMENSIONS:
        reason = f"{found.name} measures {found.dimension}, want a unit of goods"
        raise refusal(pointer, reason)


def word(words: frozenset[str] | tuple[str, ...]) -> Check:
    """Build the check that a string is one of these words."""

    def check(value: Json, pointer: str, _host: str) -> None:
        if not isinstance(value, str) or value not in words:
            shown = ", ".join(sorted(words))
            raise refusal(pointer, f"not a word of CBV 2.0; want one of {shown}")

    return check


def word_or_extension(words: frozenset[str]) -> Check:
    """Build the check of a word, or of one under an extension prefix."""
    check_word = word(words)

    def check(value: Json, pointer: str, host: str) -> None:
        if not isinstance(value, str) or not _EXTENSION.fullmatch(value):
            check_word(value, pointer, host)

    return check


def anything(_value: Json, _pointer: str, _host: str) -> None:
    """Accept what validity has read already, or what is free."""


def array_of(check_item: Check, least: int = 0) -> Check:
    """Build the check of an array, with at least so many items."""

    def check(value: Json, pointer: str, host: str) -> None:
        if not isinstance(value, list):
            raise refusal(pointer, "want an array")
        if len(value) < least:
            raise refusal(pointer, "want at least one; leave an empty list out")
        for place, item in enumerate(value):
            check_item(item, f"{pointer}/{place}", host)

    return check


def distinct(check_item: Check, least: int = 0) -> Check:
    """Build the check of an array of strings that names nothing twice."""
    check_array = array_of(check_item, least)

    def check(value: Json, pointer: str, host: str) -> None:
        check_array(value, pointer, host)
        seen: set[str] = set()
        for place, item in enumerate(value if isinstance(value, list) else []):
            if item in seen:
                raise refusal(f"{pointer}/{place}", "named twice; name it once")
            seen.add(str(item))

    return check


@dataclass(frozen=True, slots=True)
class Shape:
    """Which members an object may have.

    Attributes:
        name: What it is called in a refusal.
        required: Members that must be there.
        optional: Members that may be there.
        is_open: Whether extensions may be there too.
    """

    name: str
    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    is_open: bool = True
    _known: Mapping[str, tuple[str, Check]] = field(init=False, repr=False)
    """The end of its pointer, and the check, of every member that may be there."""

    def __post_init__(self) -> None:
        """Make what is looked up for each member once."""
        checks = {**self.optional, **self.required}
        known = {name: (f"/{escape(name)}", check) for name, check in checks.items()}
        object.__setattr__(self, "_known", known)

    def __call__(self, value: Json, pointer: str, host: str) -> None:
        """Check an object and every member of it."""
        if not isinstance(value, dict):
            raise refusal(pointer, "want an object")
        for name in self.required:
            if name not in value:
                raise refusal(f"{pointer}/{name}", f"missing; {self.name} needs it")
        for name, item in value.items():
            known = self._known.get(name)
            if known is not None:
                end, check = known
                if check is not anything:
                    check(item, pointer + end, host)
                continue
            below = f"{pointer}/{escape(name)}"
            if self.is_open and _EXTENSION.fullmatch(name):
                _extension(item, below, host)
            else:
                raise refusal(below, self._advice(name))

    def _advice(self, name: str) -> str:
        """Say what to do about a member that does not belong here."""
        if name in _ADVICE:
            return _ADVICE[name]
        if not self.is_open:
            return f"{self.name} has no such member"
        prefixes = ", ".join(f"{prefix}:" for prefix in EXTENSIONS)
        return f"{self.name} has no such member; extensions begin with {prefixes}"


_ADVICE = {
    "@context": "leave it out: prefixes have a fixed meaning here",
    "recordTime": "leave it out: the seal that closes the statement is the record time",
}


def _extension(value: Json, pointer: str, host: str) -> None:
    """Check a commitment wherever in an extension it stands; the rest is free."""
    if pointer.endswith("/caravan:commit"):
        commitment(value, pointer, host)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            _extension(item, f"{pointer}/{place}", host)
    elif isinstance(value, dict):
        for name, item in value.items():
            _extension(item, f"{pointer}/{escape(name)}", host)
