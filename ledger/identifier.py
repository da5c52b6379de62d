"""Identifiers of goods, places and parties, each with exactly one spelling.

GS1 keys are written as the constrained Digital Link URIs of CBV 2.0 (section 8) under
``https://id.gs1.org/``; lengths, character sets and check digits are those of the GS1
syntax dictionary. A ledger's own identifiers are ``https://<host>/id/`` and segments.
Any other spelling is malformed: gateways convert, the ledger never guesses.

Pure functions over text. ``tests/support/reference/identifier.py`` is the slow
definition, and ``scanner_web/verify/identifier.js`` is the same module for the browser.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from ledger.errors import IdentifierError

GS1 = "https://id.gs1.org/"

# What ``quote`` leaves as it is: letters, digits, and these four.
_UNRESERVED = "._~-"
_SPELLED = re.compile(r"(?:[!-$&-~]|%[0-9A-Fa-f]{2})+")
_SEGMENT = re.compile(r"[a-z0-9._~-]+", re.ASCII)
# GS1 General Specifications, figures 7.11-1 and 7.11-2.
_CSET_82 = r"[!\"%&'()*+,./0-9:;<=>?A-Z_a-z-]"
_CSET_39 = r"[#/0-9A-Z-]"


@dataclass(frozen=True, slots=True)
class Identifier:
    """What a text names.

    Attributes:
        text: The one spelling, a URI.
        kind: The word for the form, for example ``lot``; ``own`` for the ledger's own.
        parts: Values without percent-encoding, the key first; segments for ``own``.
    """

    text: str
    kind: str
    parts: tuple[str, ...]


def check_digit(digits: str) -> str:
    """Compute the GS1 check digit that belongs after these digits.

    Weights are 3 and 1 in turn, starting with 3 at the right end.

    >>> check_digit("0952012345678")
    '8'
    """
    odd, even = map(int, digits[::-2]), map(int, digits[-2::-2])
    return str(-(3 * sum(odd) + sum(even)) % 10)


def _has_check_digit(start: int, end: int) -> Callable[[str], bool]:
    """Build the rule that ``value[end - 1]`` is the check digit from ``start`` on."""
    return lambda value: check_digit(value[start : end - 1]) == value[end - 1]


def _is_piece_of_total(value: str) -> bool:
    """Tell whether an ITIP has its check digit and counts 1 <= piece <= total."""
    return check_digit(value[:13]) == value[13] and "01" <= value[14:16] <= value[16:]


def _anything(_value: str) -> bool:
    """Accept what the pattern accepted."""
    return True


_Field = tuple[re.Pattern[str], Callable[[str], bool]]


def _field(pattern: str, holds: Callable[[str], bool] = _anything) -> _Field:
    return re.compile(pattern, re.ASCII), holds


_TEXT_20 = _field(_CSET_82 + "{1,20}")
# A company prefix has at least four digits, so every key begins with four.
_FIELDS: dict[str, _Field] = {
    "00": _field(r"\d{18}", _has_check_digit(0, 18)),
    "01": _field(r"\d{14}", _has_check_digit(0, 14)),
    "10": _TEXT_20,
    "21": _TEXT_20,
    "235": _field(_CSET_82 + "{1,28}"),
    "253": _field(r"\d{13}" + _CSET_82 + "{0,17}", _has_check_digit(0, 13)),
    "254": _TEXT_20,
    "255": _field(r"\d{13,25}", _has_check_digit(0, 13)),
    "401": _field(r"\d{4}" + _CSET_82 + "{0,26}"),
    "402": _field(r"\d{17}", _has_check_digit(0, 17)),
    "414": _field(r"\d{13}", _has_check_digit(0, 13)),
    "417": _field(r"\d{13}", _has_check_digit(0, 13)),
    "8003": _field(r"0\d{13}" + _CSET_82 + "{0,16}", _has_check_digit(1, 14)),
    "8004": _field(r"\d{4}" + _CSET_82 + "{0,26}"),
    "8006": _field(r"\d{18}", _is_piece_of_total),
    "8010": _field(r"\d{4}" + _CSET_39 + "{0,26}"),
    "8011": _field(r"[1-9]\d{0,11}"),
    "8017": _field(r"\d{18}", _has_check_digit(0, 18)),
    "8018": _field(r"\d{18}", _has_check_digit(0, 18)),
}

KINDS: dict[tuple[str, ...], str] = {
    ("01",): "trade-item",
    ("01", "10"): "lot",
    ("01", "21"): "serial",
    ("01", "235"): "pack",
    ("00",): "logistic-unit",
    ("414",): "location",
    ("414", "254"): "sublocation",
    ("417",): "party",
    ("8003",): "returnable-asset",
    ("8004",): "asset",
    ("8006",): "piece",
    ("8006", "10"): "piece-lot",
    ("8006", "21"): "piece-serial",
    ("8010",): "component",
    ("8010", "8011"): "component-serial",
    ("8017",): "service-provider",
    ("8018",): "service-recipient",
    ("253",): "document",
    ("255",): "coupon",
    ("401",): "consignment",
    ("402",): "shipment",
}
"""The key forms of CBV 2.0, and the word for each."""
# A serial makes one thing of a trade item, a piece or a component (CBV 2.0, 8.3); that
# of a returnable asset, a document or a coupon follows the check digit at once.
_CLASS: Final = re.compile(
    rf"{GS1}((01/\d{{14}}|8006/\d{{18}})(/10/[^/]+)?|8010/[^/]+|8003/\d{{14}}|25[35]/\d{{13}})",
    re.ASCII,
)


def parse_identifier(text: str, *, host: str) -> Identifier:
    """Parse an identifier in its one spelling.

    Args:
        text: The URI as written in a statement.
        host: The host of the ledger's origin, under which its own identifiers are.

    Raises:
        IdentifierError: Another spelling, an unknown form or a wrong check digit.

    >>> parse_identifier("https://id.gs1.org/01/09520123456788/10/L%2F1", host="a.b")
    ... # doctest: +NORMALIZE_WHITESPACE
    Identifier(text='https://id.gs1.org/01/09520123456788/10/L%2F1', kind='lot',
    parts=('09520123456788', 'L/1'))
    """
    if text.startswith(GS1):
        segments = text[len(GS1) :].split("/")
        keys, values = tuple(segments[::2]), segments[1::2]
        kind = KINDS.get(keys)
        if kind is None or len(keys) != len(values):
            raise _refusal(text, "not a key form of CBV 2.0")
        pairs = zip(keys, values, strict=True)
        return Identifier(text, kind, tuple(_value(*pair, text) for pair in pairs))
    own = f"https://{host}/id/"
    if text.startswith(own):
        segments = text[len(own) :].split("/")
        _check_segments(segments, text)
        return Identifier(text, "own", tuple(segments))
    raise _refusal(text, f"want {GS1}… or {own}…")


def identifiers_from_path(raw_path: str, *, host: str) -> tuple[Identifier, ...]:
    """Read what a page's path names, the most precise first.

    A code on a pack names a lot and a serial in one path, which no identifier does;
    this gives the serial, then the lot. A path may spell a value with other
    percent-encoding than an identifier may, so values are decoded and written anew.

    Args:
        raw_path: The path as it came, still percent-encoded, from the first slash.
        host: The host of the ledger's origin.

    Raises:
        IdentifierError: The path names nothing that the ledger could hold.

    >>> path = "/01/09520123456788/10/L+1/21/7"
    >>> [found.text for found in identifiers_from_path(path, host="a.b")]
    ... # doctest: +NORMALIZE_WHITESPACE
    ['https://id.gs1.org/01/09520123456788/21/7',
     'https://id.gs1.org/01/09520123456788/10/L%2B1']
    """
    if raw_path.startswith("/id/"):
        return (parse_identifier(f"https://{host}{raw_path}", host=host),)
    segments = raw_path.split("/")[1:]
    if raw_path[:1] != "/" or len(segments) % 2:
        raise _refusal(raw_path, "want a value after every key")
    pairs = [
        f"{key}/{quote(_decode(value, raw_path), safe=_UNRESERVED)}"
        for key, value in zip(segments[::2], segments[1::2], strict=True)
    ]
    if segments[::2] == ["01", "10", "21"]:
        item, lot, serial = pairs
        forms = [f"{item}/{serial}", f"{item}/{lot}"]
    else:
        forms = ["/".join(pairs)]
    return tuple(parse_identifier(GS1 + form, host=host) for form in forms)


def check_prefix(text: str, *, host: str) -> None:
    """Check that a text is the beginning of identifiers, cut before a slash.

    ``https://id.gs1.org/00`` is one, and so is every identifier; the bare beginnings
    that everything shares, ``https://id.gs1.org`` and ``https://<host>/id``, are not.

    Raises:
        IdentifierError: No identifier begins with this text and a slash, or equals it.

    >>> check_prefix("https://id.gs1.org/01/09520123456788/21", host="a.b")
    """
    if not text.startswith(GS1):
        parse_identifier(text, host=host)
        return
    segments = text[len(GS1) :].split("/")
    keys, values = tuple(segments[::2]), segments[1::2]
    if not any(form[: len(keys)] == keys for form in KINDS):
        raise _refusal(text, "no key form of CBV 2.0 begins so")
    for key, value in zip(keys, values, strict=False):
        _value(key, value, text)


def names_class(text: str) -> bool:
    """Tell whether an identifier names a class of things, of which there are many.

    >>> names_class("https://id.gs1.org/01/09520123456788/10/L1")
    True
    >>> names_class("https://id.gs1.org/01/09520123456788/21/7")
    False
    """
    return _CLASS.fullmatch(text) is not None


def within(text: str, prefix: str) -> bool:
    """Tell whether an identifier equals a prefix or lies under it.

    >>> within("https://a.b/id/cow/1", "https://a.b/id/cow")
    True
    >>> within("https://a.b/id/cows", "https://a.b/id/cow")
    False
    """
    return text == prefix or text.startswith(prefix + "/")


def _value(key: str, spelled: str, text: str) -> str:
    """Return the value of one key, decoded, if it is one and in its one spelling."""
    value = _decode(spelled, text)
    if quote(value, safe=_UNRESERVED) != spelled:
        raise _refusal(text, f"got {spelled}, want {quote(value, safe=_UNRESERVED)}")
    if value in {".", ".."}:
        raise _refusal(text, f"({key}) must not be {value}, which browsers take away")
    pattern, holds = _FIELDS[key]
    if not pattern.fullmatch(value):
        raise _refusal(text, f"({key}) has a wrong length or character")
    if not holds(value):
        raise _refusal(text, f"({key}) has a wrong check digit or count")
    return value


def _decode(spelled: str, text: str) -> str:
    """Take percent-encoding away."""
    if not _SPELLED.fullmatch(spelled):
        raise _refusal(text, "want visible ASCII and %XX in every segment")
    try:
        return unquote_to_bytes(spelled).decode("ascii")
    except UnicodeError as error:
        raise _refusal(text, "has bytes that no GS1 value has") from error


def _check_segments(segments: list[str], text: str) -> None:
    """Refuse segments that are empty, of other characters, or that walk upwards."""
    for segment in segments:
        if not _SEGMENT.fullmatch(segment) or segment in {".", ".."}:
            raise _refusal(text, f"want segments of [a-z0-9._~-], got {segment!r}")


def _refusal(text: str, reason: str) -> IdentifierError:
    return IdentifierError(f"identifier: {reason}: {text[:200]!r}")
