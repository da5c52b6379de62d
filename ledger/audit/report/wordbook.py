"""What a report says of its own, in two languages; and how it shows other texts.

The texts are in ``words/``, one file for a language, with the same keys. What comes
from a ledger is shown without what would steer a terminal or turn text round, and an
identifier without what all of them share: the whole of it stands nearby.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from ledger.audit.rule import filled
from ledger.identifier import GS1
from ledger.template import Name
from ledger.wording import short, time

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")

_FOLDER: Final = Path(__file__).parent / "words"
# An identifier's own signs; a comma or a full stop after it is not its.
_NAMED: Final = re.compile(
    r"(?P<uri>https?://[A-Za-z0-9._~%/?#=&:+@-]*[A-Za-z0-9_~%/=&-])|"
    r"(?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2}))"
)
_RANGE: Final = re.compile(
    r"\[(?P<low>[-0-9.]+|-inf), (?P<high>[-0-9.]+|inf)\](?: (?P<unit>\S+))?"
)
_THOUSANDS: Final = re.compile("(?<=[0-9])(?=(?:[0-9]{3})+$)")
_GAPS: Final = re.compile("[\t\n\r\x0b\x0c\x85\u2028\u2029]+")
# Control characters, what changes the order of a text, and what is no character.
_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_SHOWN_SEGMENTS: Final = 2
_ROLE: Final = re.compile("^(party|place)/")


@dataclass(frozen=True, slots=True)
class Wordbook:
    """The texts of a report in one language.

    Attributes:
        language: Which.
        texts: By key.
    """

    language: Language
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its values.

        Raises:
            KeyError: There is none of this key.
        """
        shown = {name: f"{value}" for name, value in values.items()}
        return filled(self.texts[key], shown)

    def word(self, kind: str, name: str) -> str:
        """Return the text for a word of a kind, or else the word."""
        return plain(self.texts.get(f"{kind}.{name}", name))

    def said(self, name: Name) -> str:
        """Return what stands in a rule or a template."""
        return name.zh if self.language == "zh" else name.en

    def number(self, value: object) -> str:
        """Return a number with its thousands set apart.

        Also one of four digits: in a report it stands beside longer ones.

        >>> wordbook("en").number(4330), wordbook("en").number("28170.1234")
        ('4,330', '28,170.1234')
        """
        whole, point, fraction = f"{value}".partition(".")
        return _THOUSANDS.sub(self.texts["number.group"], whole) + point + fraction

    def time(self, moment: str) -> str:
        """Return the minute of a time, and the offset it is written in."""
        return plain(time(moment, self.texts)) if moment else ""


def expectation(told: str, words: Wordbook) -> str:
    """Return a range and its unit in words; anything else as it is told.

    >>> expectation("[0.5, 4.0] KGM/DAY", wordbook("en"))
    '0.5 to 4.0 kg a day'
    >>> expectation("[-inf, 2] HUR", wordbook("en"))
    'at most 2 h'
    """
    match = _RANGE.fullmatch(told)
    if match is None:
        return plain(told)
    low, high, unit = match["low"], match["high"], match["unit"] or ""
    key = "least" if high == "inf" else "most" if low == "-inf" else "both"
    shown_unit = words.word("unit", unit)
    return words(f"range.{key}", low=low, high=high, unit=shown_unit).rstrip()


@cache
def wordbook(language: Language) -> Wordbook:
    """Return the texts of a language.

    >>> wordbook("en")("severity.critical"), wordbook("zh")("severity.critical")
    ('critical', '严重')
    """
    tables = tomllib.loads((_FOLDER / f"{language}.toml").read_text("utf-8"))
    return Wordbook(language, dict(_flat(tables, "")))


def plain(text: str) -> str:
    r"""Return a text without control characters and what turns text round.

    >>> plain("a\u202eb\x1b[2Jc")
    'ab[2Jc'
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub("", _GAPS.sub(" ", text))


def shown(identifier: str) -> str:
    """Return an identifier as it is shown where its whole stands nearby.

    >>> shown("https://ledger.example/id/party/plant")
    'plant'
    >>> shown("https://ledger.example/id/tank/station/2026-05-03")
    'tank/station/2026-05-03'
    >>> shown("https://id.gs1.org/01/09520123456788/10/L1")
    '(01) 09520123456788 (10) L1'
    """
    whole, known = plain(identifier), plain(short(identifier))
    if identifier.startswith(GS1):
        return known
    if known != whole:
        return _ROLE.sub("", known)
    return "/".join(whole.split("/")[-_SHOWN_SEGMENTS:])


def parts(
    message: str, values: Mapping[str, str], words: Wordbook
) -> list[tuple[str, str]]:
    """Return a message in pieces: a text and nothing, or what is shown and its whole.

    Args:
        message: With blanks.
        values: What they are filled with.
        words: Of the language; times are told to the minute.

    >>> lot = {"lot": "https://ledger.example/id/milk/h/9"}
    >>> parts("Of {lot}: 3 kg", lot, wordbook("en"))
    [('Of ', ''), ('milk/h/9', 'https://ledger.example/id/milk/h/9'), (': 3 kg', '')]
    """
    pieces: list[tuple[str, str]] = []
    text = filled(message, values)
    end = 0
    for match in _NAMED.finditer(text):
        pieces.append((plain(text[end : match.start()]), ""))
        if match["uri"]:
            pieces.append((shown(match["uri"]), match["uri"]))
        else:
            pieces.append((words.time(match["time"]), ""))
        end = match.end()
    pieces.append((plain(text[end:]), ""))
    return [piece for piece in pieces if piece[0]]


def _flat(tables: Mapping[str, object], before: str) -> Iterator[tuple[str, str]]:
    for name, value in tables.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", f"{value}"
