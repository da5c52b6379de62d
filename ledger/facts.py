"""What a page shows of a statement: named texts, the same in both languages.

The server writes each fact into the page under its name; the script builds the same
facts from the statement it has verified, compares, and names the first difference. So
these are functions of the statement and of one locale file, and total: whatever a
valid body holds in members that validity does not read, it is shown as written or not
at all. ``scanner_web/verify/facts.js`` is the same module for the browser.

A number is shown as it is signed; a time in the offset it was written with. A word
without a message is shown as it is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import count

from ledger.encoding import Json, canonical
from ledger.event import Event
from ledger.flags import Flag
from ledger.identifier import GS1

Fact = tuple[str, str]
Messages = Mapping[str, str]

# Visible ASCII only: what stays encoded cannot break out of its line.
_ENCODED = re.compile(r"%(2[1-9A-F]|[3-6][0-9A-F]|7[0-9A-E])")
# What an event is about: the name of the facts, and the members they come from.
_ROLES = (
    ("what", "epcList", "quantityList"),
    ("parent", "parentID", ""),
    ("child", "childEPCs", "childQuantityList"),
    ("input", "inputEPCList", "inputQuantityList"),
    ("output", "outputEPCList", "outputQuantityList"),
    ("transformation", "transformationID", ""),
)
_VALUES = (
    "value",
    "minValue",
    "maxValue",
    "meanValue",
    "sDev",
    "percRank",
    "percValue",
    "stringValue",
    "booleanValue",
    "hexBinaryValue",
    "uriValue",
)


def event_facts(
    event: Event,
    *,
    index: int,
    who: str,
    log_time: str,
    flags: Sequence[Flag],
    messages: Messages,
    signed_by: Sequence[str] = (),
) -> list[Fact]:
    """Return the facts of an event, each with a name that no other fact has.

    Args:
        event: What was signed.
        index: Where the statement is; of ``flags``, its own are shown.
        who: The issuer's party, by name or by identifier; empty if not known.
        log_time: The time of the closing seal; empty if not known.
        flags: What is odd, about this statement or others.
        messages: The locale's texts by key: ``step.shipping``, ``unit.KGM`` and so on.
        signed_by: Labels of the keys that signed.
    """
    facts = [("step", _word("step", event.biz_step, messages))]
    # A register that knows the day only is not shown as if it knew the minute.
    knows_day_only = event.body.get("caravan:precision") == "day"
    when = event.event_time[:10] if knows_day_only else _time(event.event_time)
    facts.append(("time", when))
    facts += _given("log-time", _time(log_time) if log_time else "")
    facts += _given("who", _short(who).removeprefix("party/"))
    facts += _given("signed-by", ", ".join(signed_by))
    facts.append(("where", _short(event.read_point)))
    place = _text(_member(event.body.get("bizLocation"), "id"))
    if place != event.read_point:
        facts += _given("location", place)
    for name, words in (
        ("disposition", (event.disposition or "",)),
        ("set", event.set),
        ("unset", event.unset),
    ):
        shown = [_word("disposition", word, messages) for word in words if word]
        facts += _given(name, ", ".join(shown))
    facts += _about(event.body, messages)
    facts += _sensors(event.body.get("sensorElementList"), messages)
    if event.source is not None:
        facts += _given("source", f"{event.source.register} · {event.source.record}")
    facts += _declared(event, messages)
    facts += _flagged([flag for flag in flags if flag.index == index], messages)
    return facts


def directory_facts(
    body: Mapping[str, Json], *, who: str, log_time: str, messages: Messages
) -> list[Fact]:
    """Return the facts of a directory statement.

    Args:
        body: The body of a valid directory statement.
        who: The party of the key that decided, by name or by identifier.
        log_time: The time of the closing seal; empty if not known.
        messages: The locale's texts by key.
    """
    facts = [("step", _word("action", _text(body.get("action")), messages))]
    facts += _given("log-time", _time(log_time) if log_time else "")
    facts += _given("who", _short(who).removeprefix("party/"))
    for name, member in (("party", "party"), ("on-behalf-of", "on_behalf_of")):
        facts += _given(name, _short(_text(body.get(member))).removeprefix("party/"))
    facts += _given("name", _text(body.get("name")))
    facts += _given("kind", _word("role", _text(body.get("kind")), messages))
    for name in ("key", "registrar", "add", "retire"):
        facts += _given(name, _key_label(body.get(name)))
    for place, key in enumerate(_items(body.get("ledger_keys"))):
        facts += _given(f"ledger-key.{place}", _key_label(key))
    for name in ("officer", "importer"):
        if body.get(name) is True:
            facts.append((name, _word("answer", "yes", messages)))
    for name, member in (("until", "until"), ("suspect-since", "suspect_since")):
        moment = _text(body.get(member))
        facts += _given(name, _time(moment) if moment else "")
    for name in ("place", "prefix"):
        member = "places" if name == "place" else "prefixes"
        for place, text in enumerate(_items(body.get(member))):
            facts += _given(f"{name}.{place}", _short(_text(text)))
    facts += _rights(body.get("rights"), messages)
    return facts


def _rights(rights: Json, messages: Messages) -> Iterator[Fact]:
    for place, step in enumerate(_items(_member(rights, "steps"))):
        words = [_text(word) for word in _items(step)]
        kinds = ("step", "disposition")
        shown = [
            _word(kind, word, messages)
            for kind, word in zip(kinds, words, strict=False)
            if word
        ]
        yield f"right.{place}", " · ".join(shown)
    words = [_text(word) for word in _items(_member(rights, "persistent"))]
    shown = [_word("disposition", word, messages) for word in words]
    yield from _given("persistent", ", ".join(shown))


def _about(body: Mapping[str, Json], messages: Messages) -> Iterator[Fact]:
    """Yield what an event names, one fact for each."""
    for name, epcs, quantities in _ROLES:
        number = count()
        value = body.get(epcs)
        for epc in [value] if isinstance(value, str) else _items(value):
            yield f"{name}.{next(number)}", _short(_text(epc))
        for element in _items(body.get(quantities)):
            if isinstance(element, dict):
                parts = [_short(_text(element.get("epcClass")))]
                amount = _text(element.get("quantity"))
                parts += [_measure(amount, element.get("uom"), messages)] * bool(amount)
                yield f"{name}.{next(number)}", " · ".join(parts)


def _sensors(elements: Json, messages: Messages) -> Iterator[Fact]:
    """Yield what sensors or people measured, one fact for each report."""
    number = count()
    for element in _items(elements):
        for report in _items(_member(element, "sensorReport")):
            if isinstance(report, dict):
                texts = list(_measured(report, messages))
                yield f"sensor.{next(number)}", ": ".join(filter(None, texts))


def _measured(report: Mapping[str, Json], messages: Messages) -> Iterator[str]:
    """Yield what was measured, and the values."""
    named = _text(report.get("component")) or _text(report.get("type"))
    yield _word("sensor", named, messages)
    values = []
    for member in _VALUES:
        value = _text(report.get(member))
        if value:
            shown = _measure(value, report.get("uom"), messages)
            is_plain = member in {"value", "stringValue"}
            label = "" if is_plain else _word("sensor", member, messages) + " "
            values.append(label + shown)
    alert = _text(report.get("exception"))
    if alert:
        values.append(_word("sensor", alert, messages))
    yield ", ".join(values)


def _declared(event: Event, messages: Messages) -> list[Fact]:
    if not event.is_error_declaration:
        return []
    reason = _text(_member(event.body.get("errorDeclaration"), "reason"))
    return [("declared-error", _word("error", reason or "unknown", messages))]


def _flagged(flags: Sequence[Flag], messages: Messages) -> list[Fact]:
    """Return one fact for each code, with what of the details a reader can use."""
    details: dict[str, list[str]] = {}
    for flag in flags:
        useful = [] if flag.detail.startswith("/") else [flag.detail]
        details.setdefault(flag.code, []).extend(useful)
    return [
        (
            f"flag.{code}",
            _word("flag", code, messages) + (f" ({', '.join(found)})" if found else ""),
        )
        for code, found in details.items()
    ]


def _given(name: str, text: str) -> list[Fact]:
    """Return a fact, or none if there is nothing to show."""
    return [(name, text)] if text else []


def _word(kind: str, word: str, messages: Messages) -> str:
    return messages.get(f"{kind}.{word}", word)


def _measure(value: str, unit: Json, messages: Messages) -> str:
    code = _text(unit)
    return f"{value} {_word('unit', code, messages)}" if code else value


def _time(text: str) -> str:
    """Show the minute, and the offset it is written in."""
    zone = "+00:00" if text.endswith("Z") else text[-6:]
    return f"{text[:10]} {text[11:16]} (UTC{zone})"


def _short(identifier: str) -> str:
    """Show an identifier as people read it.

    GS1's keys stand in brackets before their values; of the ledger's own, the part
    that all of them share is left out.
    """
    if identifier.startswith(GS1):
        segments = [_decode(part) for part in identifier[len(GS1) :].split("/")]
        keys = [f"({key})" for key in segments[::2]]
        pairs = zip(keys, [*segments[1::2], ""], strict=False)
        return " ".join(f"{key} {value}" for key, value in pairs).rstrip(" ")
    host, separator, tail = identifier.partition("/id/")
    return tail if separator and host.startswith("https://") else identifier


def _decode(spelled: str) -> str:
    return _ENCODED.sub(lambda found: chr(int(found[1], 16)), spelled)


def _key_label(vkey: Json) -> str:
    """Show the name and the id of a key, not its bytes."""
    return "+".join(_text(vkey).split("+", 2)[:2])


def _text(value: Json) -> str:
    """Return a string as it is, a number or a boolean as it is signed, else nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | Decimal):
        return canonical(value).decode()
    return ""


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _member(value: Json, name: str) -> Json:
    return value.get(name) if isinstance(value, dict) else None
