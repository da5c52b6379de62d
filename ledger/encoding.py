"""Encode base64, integers and canonical JSON, each in exactly one spelling.

Canonical JSON is RFC 8785 with less in it (blueprint, 3.2): numbers are decimals of at
most 15 significant digits and six places, nesting ends at 32, and three member names
are refused because JavaScript gives them a meaning of its own. What is read here is
written back and compared, so no two texts ever stand for one value.

Nothing here is a float: a number is an ``int``, or a ``Decimal`` made from its text.
``scanner_web/verify/encoding.js`` is the twin for the browser, and
``tests/support/reference/encoding.py`` the slow definition this is checked against.
"""

import binascii
import json
import re
from decimal import Decimal
from functools import lru_cache
from typing import Final, NoReturn, TypeAlias, TypeGuard

import msgspec

from ledger.errors import EncodingError

Json: TypeAlias = bool | int | Decimal | str | list["Json"] | dict[str, "Json"] | None

MAX_DEPTH: Final = 32
MAX_INTEGER: Final = 2**63 - 1
FORBIDDEN_NAMES: Final = frozenset({"__proto__", "constructor", "prototype"})

_MAX_DIGITS: Final = 15
_MAX_PLACES: Final = 6
_NUMBER_LIMIT: Final = 10**_MAX_DIGITS
_INTEGER: Final = re.compile(r"0|[1-9][0-9]{0,18}")

_PLAIN_FRACTION: Final = re.compile(r"-?(0|[1-9][0-9]{0,8})\.[0-9]{0,5}[1-9]")
# What the fast path leaves to the slow one, wherever in the text it stands.
_DIGITS_TO_ZERO: Final = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER: Final = b"0" * (_MAX_DIGITS + 1)
_BEYOND_BASIC_PLANE: Final = re.compile(rb"[\xf0-\xff]")

_decoder: Final = msgspec.json.Decoder(dict[str, object], float_hook=Decimal)
_encoder: Final = msgspec.json.Encoder(decimal_format="number")
_sorting_encoder: Final = msgspec.json.Encoder(decimal_format="number", order="sorted")


def canonical(value: Json) -> bytes:
    r"""Return the one canonical spelling of a JSON value.

    Raises:
        EncodingError: A number, a member name, the depth or a lone surrogate is outside
            what canonical bodies may hold.
        TypeError: The value is not made of JSON's types; a float is not.

    >>> canonical({"fat": Decimal("5.70"), "cans": 3, "\u20ac": None})
    b'{"cans":3,"fat":5.7,"\xe2\x82\xac":null}'
    """
    return _encode(_normalise(value, MAX_DEPTH))


def write_parsed(value: dict[str, Json]) -> bytes:
    """Return the canonical spelling of members of what ``parse_canonical`` gave.

    Args:
        value: Some of the members, unchanged and in their order.

    >>> write_parsed({"cans": 3})
    b'{"cans":3}'
    """
    return _encode(value)


def parse_canonical(data: bytes) -> dict[str, Json]:
    """Return the object that a canonical text stands for.

    Raises:
        EncodingError: The text is not JSON, not an object, or not in the spelling that
            ``canonical`` gives it.

    >>> parse_canonical(b'{"cans":3,"fat":5.7}')
    {'cans': 3, 'fat': Decimal('5.7')}
    >>> parse_canonical(b'{"fat":5.70}')
    Traceback (most recent call last):
    ledger.errors.EncodingError: json: not in canonical form, from byte 10 on
    """
    try:
        plain = _plain_decoder.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass
    else:
        if _is_canonical(plain, data):
            return plain
    # Whatever is not plain is judged the long way, which alone refuses.
    try:
        decoded = _decoder.decode(data)
    except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError) as error:
        raise EncodingError(f"json: {error}") from error
    value = _normalise_object(decoded, MAX_DEPTH)
    spelling = _encode(value)
    if spelling != data:
        raise EncodingError(
            f"json: not in canonical form, from byte {_difference(spelling, data)} on"
        )
    return value


def read_judged(data: bytes) -> dict[str, Json]:
    """Return the object of a canonical text that was judged before.

    It takes half the time of :func:`parse_canonical`, since it does not ask again
    whether the text is canonical.

    Raises:
        EncodingError: It was not judged, or is damaged.

    >>> read_judged(b'{"cans":3,"fat":5.7}')
    {'cans': 3, 'fat': Decimal('5.7')}
    """
    try:
        value = _decoder.decode(data)
    except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError) as error:
        raise EncodingError(f"json: {error}") from error
    if not _is_json(value):
        raise EncodingError("json: not an object")
    return value


def parse_json(data: bytes) -> Json:
    """Return the value of a JSON text in any spelling, ready for ``canonical``.

    This is for what people write by hand: white space, any order of members and any
    spelling of a number are taken; what ``canonical`` could not write is refused.

    Raises:
        EncodingError: The text is not JSON, repeats a member, or holds what canonical
            bodies may not.

    >>> parse_json(b' { "fat": 5.70, "cans": 3e1 } ')
    {'cans': 30, 'fat': Decimal('5.7')}
    """
    try:
        decoded: object = json.loads(
            data.decode(),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique_members,
        )
    except EncodingError:
        raise
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise EncodingError(f"json: {error}") from error
    value = _normalise(decoded, MAX_DEPTH)
    _encode(value)  # finds the lone surrogates that ``json`` lets through
    return value


def encode_base64(data: bytes) -> str:
    """Return bytes in the padded standard alphabet.

    >>> encode_base64(b"milk")
    'bWlsaw=='
    """
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def decode_base64(text: str, length: int | None = None) -> bytes:
    """Return the bytes that a base64 text stands for.

    Unused bits must be zero and padding complete: what is decoded is encoded again and
    compared.

    Args:
        text: The padded standard alphabet, nothing else.
        length: How many bytes it must be, if that is known.

    Raises:
        EncodingError: The text is not the one spelling, or not of that length.

    >>> decode_base64("bWlsaw==", length=4)
    b'milk'
    """
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except ValueError as error:
        raise EncodingError(f"base64: {error}") from error
    if binascii.b2a_base64(data, newline=False) != text.encode():
        raise EncodingError("base64: not the one spelling of these bytes")
    if length is not None and len(data) != length:
        raise EncodingError(f"base64: got {len(data)} bytes, want {length}")
    return data


def parse_integer(text: str) -> int:
    """Return the value of a decimal integer from 0 to 2**63 - 1.

    Raises:
        EncodingError: Anything but ``0`` or digits that do not begin with 0, or too
            large.

    >>> parse_integer("4797")
    4797
    """
    if _INTEGER.fullmatch(text) is None:
        shown = text if len(text) <= 40 else text[:40] + "…"
        raise EncodingError(
            f"integer: got {shown!r}, want 0 or digits, the first not 0"
        )
    value = int(text)
    if value > MAX_INTEGER:
        raise EncodingError(f"integer: got {text}, want at most {MAX_INTEGER}")
    return value


@lru_cache(maxsize=16_384)
def _plain_fraction(text: str) -> Decimal:
    """Return a number with decimals that is in its canonical spelling, and short."""
    if _PLAIN_FRACTION.fullmatch(text) is None:
        raise ValueError("not plain")
    return Decimal(text)


_plain_decoder: Final = msgspec.json.Decoder(
    dict[str, object], float_hook=_plain_fraction
)


def _is_canonical(value: dict[str, object], data: bytes) -> TypeGuard[dict[str, Json]]:
    """Tell whether a text is surely canonical; if not, it may be nevertheless.

    Written again with sorted members it is the same, which leaves open what msgspec
    does otherwise than ``_normalise``: long integers, names beyond the basic plane,
    depth, forbidden names. Whether they may occur is seen in the text, in strings too:
    the long way finds out. Fractions were judged when they were decoded.
    """
    return (
        data.count(b"{") + data.count(b"[") <= MAX_DEPTH
        and _LONG_NUMBER not in data.translate(_DIGITS_TO_ZERO)
        and b"proto" not in data
        and b"constructor" not in data
        and (data.isascii() or _BEYOND_BASIC_PLANE.search(data) is None)
        and _encode_sorted(value) == data
    )


def _is_json(value: dict[str, object]) -> TypeGuard[dict[str, Json]]:
    """Tell that a decoder of JSON gives nothing else."""
    return isinstance(value, dict)


def _encode_sorted(value: object) -> bytes:
    try:
        return _sorting_encoder.encode(value)
    except UnicodeEncodeError:
        return b""


def _normalise(value: object, depth: int) -> Json:
    """Return a copy whose numbers have one form and whose members are in order."""
    if isinstance(value, str) or value is None or value is True or value is False:
        return value
    if isinstance(value, dict):
        return _normalise_object(value, depth)
    if isinstance(value, list):
        if depth == 0:
            raise EncodingError(f"json: nested more than {MAX_DEPTH} deep")
        return [_normalise(item, depth - 1) for item in value]
    if isinstance(value, int):
        if not -_NUMBER_LIMIT < value < _NUMBER_LIMIT:
            raise EncodingError(f"number: more than {_MAX_DIGITS} digits")
        return value
    if isinstance(value, Decimal):
        return _normalise_decimal(value)
    raise TypeError(f"not a JSON value: {type(value).__name__}")


def _normalise_object(members: dict[str, object], depth: int) -> dict[str, Json]:
    if depth == 0:
        raise EncodingError(f"json: nested more than {MAX_DEPTH} deep")
    names = sorted(members)
    # RFC 8785, 3.2.3: members are ordered by UTF-16 code units. Python orders by code
    # points, which is the same unless a name leaves the basic plane.
    if not "".join(names).isascii():
        names.sort(key=_utf16)
    if forbidden := FORBIDDEN_NAMES.intersection(names):
        # One of these, read into a JavaScript object, would change what it inherits.
        raise EncodingError(f"json: no member may be named {min(forbidden)}")
    return {name: _normalise(members[name], depth - 1) for name in names}


def _normalise_decimal(number: Decimal) -> int | Decimal:
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise EncodingError(f"number: got {number}, want a finite one")
    kept = len(digits)
    while kept and digits[kept - 1] == 0:
        kept -= 1
    if kept == 0:
        return 0
    exponent += len(digits) - kept
    # Both bounds come before any arithmetic: 1e999999999 must not be written out.
    if exponent < -_MAX_PLACES or kept + max(exponent, 0) > _MAX_DIGITS:
        raise EncodingError(
            f"number: got {str(number)[:40]}, want at most {_MAX_DIGITS} digits, "
            f"{_MAX_PLACES} of them after the point"
        )
    if exponent >= 0:
        return int(number)
    if kept == len(digits):
        return number
    return Decimal((sign, digits[:kept], exponent))


def _encode(value: Json) -> bytes:
    # msgspec escapes exactly what RFC 8785, 3.2.2.2 says, and keeps the order of dicts.
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError as error:
        raise EncodingError("json: a lone surrogate") from error


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-be", "surrogatepass")


def _unique_members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        name = next(name for name in names if names.count(name) > 1)
        raise EncodingError(f"json: member {name[:60]!r} occurs twice")
    return members


def _refuse_constant(word: str) -> NoReturn:
    raise EncodingError(f"number: got {word}")


def _difference(left: bytes, right: bytes) -> int:
    """Return the first place where two unlike texts differ."""
    for place, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b:
            return place
    return min(len(left), len(right))
