"""How a page says things: words, names, identifiers, quantities, times.

Pure and total: whatever stands in a member that validity does not read is shown as
written or not at all. A word without a message is shown as it is, a number as it is
signed, a time in the offset it was written with. Dates are put together as the locale
says, from its own names of months. ``scanner_web/verify/wording.js`` is the twin.
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
_THOUSANDS: Final = re.compile(r"\B(?=([0-9]{3})+$)")
_UNGROUPED: Final = 4
"""So many digits are read at a glance."""
_DATE: Final = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)
_BLANK: Final = re.compile(r"\{([a-z]+)\}")
_DAYS: Final = frozenset(str(number + 1) for number in range(31))
_DAY_PARTS: Final = 3
_TAG: Final = re.compile(r"[A-Za-z0-9-]+")
_FALLBACK: Final = "en"
_OTHERS: Final = {"ug": ("zh",), "kk": ("zh",)}
_QUANTITIES: Final = (
    ("value", "uom"),
    ("quantity", "uom"),
    ("gs1:value", "gs1:unitCode"),
)


def nobody(_identifier: str) -> str:
    """Know no name."""
    return ""


def names_at(directory: Bindings, index: int, messages: Messages) -> Names:
    """Return what parties and places were called when an entry was logged.

    A party without a name is called by its identifier. If that has the word for its
    kind, with one word after it and one or none before, the locale's word stands first
    instead: ``sim-household-7`` is *Household sim-7*.

    A place is called after the parties that have it and by its own last segment: but
    the place that one party alone has, with that party's own segments, is called as
    the party is.

    Args:
        directory: With every admission of every party that a reader is told of.
        index: Of the entry.
        messages: The locale's texts.
    """

    def name_of(identifier: str) -> str:
        party = directory.party_at(identifier, index)
        if party is not None:
            return _party_name(party, messages)
        admitted = [directory.party_at(name, index) for name in directory.parties]
        holders = [p for p in admitted if p is not None and identifier in p.places]
        if not holders:
            return ""
        # Identifiers are ASCII, so every language puts them in the same order.
        holders.sort(key=lambda party: party.id)
        called = ", ".join(_party_name(party, messages) for party in holders)
        if len(holders) == 1 and identifier == _own_place(holders[0]):
            return called
        shown = short(identifier)
        segment = shown if identifier.startswith(GS1) else shown.rpartition("/")[2]
        return f"{called} · {segment}"

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
    """Return a text in the reader's language, or else in another, or as first given.

    Of others English is likeliest to be understood; in Xinjiang, before it, Chinese.

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
    ranked = (lang, *_OTHERS.get(lang, ()), _FALLBACK)
    chosen = next(
        (tag for wanted in ranked for tag in tags if _speaks(tag, wanted)), tags[0]
    )
    return ", ".join(shown for tag, shown in tagged if tag == chosen)


def measure(value: str, unit: Json, messages: Messages) -> str:
    """Show a number, and its unit in words if it has one."""
    code = text(unit)
    shown = grouped(value, messages)
    return f"{shown} {word('unit', code, messages)}" if code else shown


def grouped(shown: str, messages: Messages) -> str:
    """Return a number with its thousands set apart, if it is long; else as it is.

    >>> grouped("18250.5", {"number.group": ","}), grouped("1825", {})
    ('18,250.5', '1825')
    """
    if not _NUMBER.fullmatch(shown):
        return shown
    whole, point, fraction = shown.partition(".")
    if len(whole.removeprefix("-")) <= _UNGROUPED:
        return shown
    sign = messages.get("number.group", "")
    return _THOUSANDS.sub(lambda _: sign, whole) + point + fraction


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


def time(moment: str, messages: Messages) -> str:
    """Show the minute, and the offset it is written in: two clocks rule in Xinjiang.

    >>> time("2026-05-01T06:30:00+05:30", {})
    '2026-05-01 06:30 (UTC+5:30)'
    """
    blanks = {
        "day": date(moment[:10], messages),
        "clock": moment[11:16],
        "zone": "UTC" + ("" if moment.endswith("Z") else _offset(moment[-6:])),
    }
    return _filled(messages.get("date.time", "{day} {clock} ({zone})"), blanks)


def day(value: Json, messages: Messages) -> str:
    """Show a date, or a time to the minute; nothing if it is neither.

    >>> day("2026-05-01", {}), day("2026-05-01T06:30:00Z", {}), day("soon", {})
    ('2026-05-01', '2026-05-01 06:30 (UTC)', '')
    """
    written = text(member(value, "@value") if isinstance(value, dict) else value)
    if _DATE.fullmatch(written):
        return date(written, messages)
    return time(written, messages) if _MOMENT.fullmatch(written) else ""


def date(written: str, messages: Messages) -> str:
    """Show ``YYYY-MM-DD`` or ``YYYY-MM`` in words; what names no such day as written.

    >>> date("2026-05-01", {"date.day": "{day} {month} {year}", "date.month.5": "May"})
    '1 May 2026'
    """
    parts = [part.lstrip("0") for part in written.split("-")]
    month = messages.get(f"date.month.{parts[1]}") if len(parts) > 1 else None
    pattern = messages.get("date.day" if len(parts) == _DAY_PARTS else "date.month")
    number_of_day = parts[-1] if len(parts) == _DAY_PARTS else "1"
    if month is None or pattern is None or number_of_day not in _DAYS:
        return written
    return _filled(pattern, {"day": number_of_day, "month": month, "year": written[:4]})


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


def _offset(written: str) -> str:
    """Return an offset as it is spoken: ``+8``, ``-9:30``, nothing for none."""
    hours = written[1:3].removeprefix("0")
    minutes = "" if written[3:] == ":00" else written[3:]
    return "" if written[1:] == "00:00" else f"{written[:1]}{hours}{minutes}"


def _filled(pattern: str, blanks: Mapping[str, str]) -> str:
    return _BLANK.sub(lambda found: blanks.get(found[1], found[0]), pattern)


def _own_place(party: Party) -> str:
    return party.id.replace("/id/party/", "/id/place/", 1)


def _party_name(party: Party, messages: Messages) -> str:
    called = party.name or short(party.id).removeprefix("party/")
    before, kind, after = f"-{called}".partition(f"-{party.kind}-")
    # With more words, two identifiers could come to be called the same.
    if party.name or not kind or not after or "-" in before[1:] + after:
        return called
    told = "-".join(part for part in (before[1:], after) if part)
    return f"{word('role', party.kind, messages)} {told}"


def _speaks(tag: str, lang: str) -> bool:
    """Tell whether a language tag is of a language, in whatever variety."""
    # Beyond ASCII, languages of code differ in what is lower case.
    if not _TAG.fullmatch(tag):
        return False
    return tag.lower().split("-", 1)[0] == lang


def _decode(spelled: str) -> str:
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), spelled)
