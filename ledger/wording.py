"""How a page says things: words, names, identifiers, quantities, times.

Pure and total: whatever stands in a member that validity does not read is shown as
written or not at all. A word without a message is shown as it is, a number as it is
signed, a time in the offset it was written with. ``scanner_web/verify/wording.js`` is
the same module for the browser.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Final

from ledger.bindings import Bindings, Party
from ledger.encoding import Json, canonical
from ledger.identifier import GS1

Fact = tuple[str, str]
"""A name that no other fact of its statement has, and a text."""
Messages = Mapping[str, str]
"""The locale's texts by key: ``step.shipping``, ``unit.KGM`` and so on."""
Names = Callable[[str], str]
"""Gives the display name of a party or a place; nothing for what it does not know."""

# Visible ASCII only: what stays encoded cannot break out of its line.
_ENCODED: Final = re.compile(r"%(2[1-9A-F]|[3-6][0-9A-F]|7[0-9A-E])")
# Embeddings, overrides and isolates: with one of them a text could turn round what
# stands beside it. They have no form of their own, so nothing visible is lost.
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?")
_DATE: Final = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)
_TAG: Final = re.compile(r"[A-Za-z0-9-]+")
_FALLBACK: Final = "en"
_QUANTITIES: Final = (
    ("value", "uom"),
    ("quantity", "uom"),
    ("gs1:value", "gs1:unitCode"),
)


def nobody(_identifier: str) -> str:
    """Know no name."""
    return ""


def names_at(directory: Bindings, index: int) -> Names:
    """Return what parties and places were called when an entry was logged.

    A place is called after the parties that have it, each by its name or else its
    identifier, and by its own last segment.

    Args:
        directory: With every admission of every party that a reader is told of.
        index: Of the entry.
    """

    def name_of(identifier: str) -> str:
        party = directory.party_at(identifier, index)
        if party is not None:
            return _party_name(party)
        admitted = [directory.party_at(name, index) for name in directory.parties]
        holders = [p for p in admitted if p is not None and identifier in p.places]
        if not holders:
            return ""
        # Identifiers are ASCII, so every language puts them in the same order.
        holders.sort(key=lambda party: party.id)
        called = ", ".join(_party_name(party) for party in holders)
        shown = short(identifier)
        segment = shown if identifier.startswith(GS1) else shown.rpartition("/")[2]
        return called if called == segment else f"{called} · {segment}"

    return name_of


def named(identifier: str, names: Names) -> str:
    """Show a party or a place by its name, or else by what tells it from others."""
    shown = short(identifier)
    tail = shown.removeprefix("party/").removeprefix("place/")
    return names(identifier) or tail or shown


def visible(facts: Iterable[Fact]) -> list[Fact]:
    """Return facts without what would turn text round, and without empty ones.

    >>> visible([("name", "a\u202eb"), ("kind", "")])
    [('name', 'ab')]
    """
    plain = [(name, _TURNING.sub("", shown)) for name, shown in facts]
    return [(name, shown) for name, shown in plain if shown]


def given(name: str, shown: str) -> list[Fact]:
    """Return a fact, or none if there is nothing to show."""
    return [(name, shown)] if shown else []


def word(kind: str, name: str, messages: Messages) -> str:
    """Return the message for a word of a kind, or else the word."""
    return messages.get(f"{kind}.{name}", name)


def phrase(value: Json, lang: str) -> str:
    """Return a text in the reader's language, or else in English, or as first given.

    Texts with a language are ``{"@language": …, "@value": …}``, alone or in a list;
    several in the chosen language are all shown. What is not a text is left out.

    >>> phrase([{"@language": "en", "@value": "milk"}, {"@value": "乳"}], "zh")
    'milk'
    """
    tagged: list[tuple[str, str]] = []
    for item in value if isinstance(value, list) else [value]:
        tag = member(item, "@language")
        said = member(item, "@value") if isinstance(item, dict) else item
        shown = "" if isinstance(said, bool) else text(said)
        if shown:
            tagged.append((tag if isinstance(tag, str) else "", shown))
    if not tagged:
        return ""
    tags = [tag for tag, _ in tagged]
    chosen = next(
        (tag for wanted in (lang, _FALLBACK) for tag in tags if _speaks(tag, wanted)),
        tags[0],
    )
    return ", ".join(shown for tag, shown in tagged if tag == chosen)


def measure(value: str, unit: Json, messages: Messages) -> str:
    """Show a number, and its unit in words if it has one."""
    code = text(unit)
    return f"{value} {word('unit', code, messages)}" if code else value


def number(value: Json) -> str:
    """Show a number, or a text that is one, as it is signed; else nothing."""
    shown = text(value)
    return shown if _NUMBER.fullmatch(shown) else ""


def quantity(value: Json, messages: Messages) -> str:
    """Show a number with its unit; nothing if there is none.

    The members are those of EPCIS, of the ledger or of GS1's vocabulary.

    >>> quantity({"uom": "GRM", "value": 500}, {"unit.GRM": "g"})
    '500 g'
    """
    for amount, unit in _QUANTITIES:
        shown = number(member(value, amount))
        if shown:
            return measure(shown, member(value, unit), messages)
    return ""


def time(moment: str) -> str:
    """Show the minute, and the offset it is written in."""
    zone = "+00:00" if moment.endswith("Z") else moment[-6:]
    return f"{moment[:10]} {moment[11:16]} (UTC{zone})"


def day(value: Json) -> str:
    """Show a date as it is written, or a time to the minute; nothing if it is neither.

    >>> day("2026-05-01"), day("2026-05-01T06:30:00Z"), day("soon")
    ('2026-05-01', '2026-05-01 06:30 (UTC+00:00)', '')
    """
    written = text(member(value, "@value") if isinstance(value, dict) else value)
    if _DATE.fullmatch(written):
        return written
    return time(written) if _MOMENT.fullmatch(written) else ""


def short(identifier: str) -> str:
    """Show an identifier as people read it.

    GS1's keys stand in brackets before their values; of the ledger's own, the part
    that all of them share is left out.

    >>> short("https://id.gs1.org/01/09520123456788/10/L%2F1")
    '(01) 09520123456788 (10) L/1'
    """
    if identifier.startswith(GS1):
        segments = [_decode(part) for part in identifier[len(GS1) :].split("/")]
        keys = [f"({key})" for key in segments[::2]]
        pairs = zip(keys, [*segments[1::2], ""], strict=False)
        return " ".join(f"{key} {value}" for key, value in pairs).rstrip(" ")
    host, separator, tail = identifier.partition("/id/")
    return tail if separator and host.startswith("https://") else identifier


def text(value: Json) -> str:
    """Return a string as it is, a number or a boolean as it is signed, else nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | Decimal):
        return canonical(value).decode()
    return ""


def items(value: Json) -> list[Json]:
    """Return the items of a list; of anything else, none."""
    return value if isinstance(value, list) else []


def member(value: Json, name: str) -> Json:
    """Return a member of an object; of anything else, nothing."""
    return value.get(name) if isinstance(value, dict) else None


def _party_name(party: Party) -> str:
    return party.name or short(party.id).removeprefix("party/")


def _speaks(tag: str, lang: str) -> bool:
    """Tell whether a language tag is of a language, in whatever variety."""
    # Beyond ASCII, languages of code differ in what is lower case.
    if not _TAG.fullmatch(tag):
        return False
    return tag.lower().split("-", 1)[0] == lang


def _decode(spelled: str) -> str:
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), spelled)
