"""What a page shows of a statement: named texts, the same in both languages.

The server writes each fact into the page under its name; the script builds the same
facts from the statement it has verified, compares, and names the first difference. So
these are functions of the statement and of one locale file, and total: whatever a
valid body holds in members that validity does not read, it is shown as written or not
at all. ``scanner_web/verify/facts.js`` is the same module for the browser.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from ledger.area import area_name, area_of
from ledger.encoding import Json
from ledger.event import Event
from ledger.flags import Flag
from ledger.fragment import fragment_of
from ledger.product import article_facts, product_facts
from ledger.wording import (
    Fact,
    Messages,
    Names,
    date,
    day,
    given,
    items,
    measure,
    member,
    named,
    names_at,
    nobody,
    number,
    phrase,
    quantity,
    short,
    text,
    time,
    visible,
    word,
)

__all__ = ["directory_facts", "event_facts", "names_at", "product_facts"]

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

# What the ledger's own members say: the name of the fact, the member, and for words
# of what kind they are, if they are of a list.
_WORDS = (
    ("process", "caravan:process", "process"),
    ("mode", "caravan:mode", "mode"),
    ("method", "caravan:method", "method"),
    ("disease", "caravan:disease", "disease"),
    ("vaccine-lot", "caravan:vaccineLot", ""),
    ("calf-share", "caravan:calfShare", "value"),
    ("species", "caravan:species", "species"),
    ("reason", "caravan:reason", "reason"),
)
_NUMBERS = (("head", "caravan:head"), ("parity", "caravan:parity"))
_DAYS = (
    ("calved", "caravan:calved"),
    ("withdrawal-until", "caravan:withdrawalUntil"),
)

# Steps that say less than the process does: that something is now there.
_PLAIN_STEPS = ("commissioning", "creating_class_instance")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who reads: in which language, with which words, knowing which names."""

    lang: str
    messages: Messages
    names: Names

    def says(self, kind: str, value: Json) -> str:
        """Return a signed text in the reader's words, as far as there are any."""
        said = phrase(value, self.lang)
        return word(kind, said, self.messages) if kind and said else said


def event_facts(
    event: Event,
    *,
    index: int,
    who: str,
    log_time: str,
    flags: Sequence[Flag],
    lang: str,
    messages: Messages,
    names: Names = nobody,
    signed_by: Sequence[str] = (),
) -> list[Fact]:
    """Return the facts of an event, each with a name that no other fact has.

    Args:
        event: What was signed.
        index: Where the statement is; of ``flags``, its own are shown.
        who: The issuer's party, by name or by identifier; empty if not known.
        log_time: The time of the closing seal; empty if not known.
        flags: What is odd, about this statement or others.
        lang: The reader's language.
        messages: The locale's texts by key: ``step.shipping``, ``unit.KGM`` and so on.
        names: Gives the display name of a party or a place.
        signed_by: Labels of the keys that signed.
    """
    reader = _Reader(lang, messages, names)
    body = event.body
    facts = [("step", title(event, lang, messages))]
    # A register that knows the day only is not shown as if it knew the minute.
    knows_day_only = body.get("caravan:precision") == "day"
    at = event.event_time
    when = date(at[:10], messages) if knows_day_only else time(at, messages)
    facts.append(("time", when))
    facts += given("log-time", time(log_time, messages) if log_time else "")
    facts += given("who", named(who, names))
    facts += given("signed-by", ", ".join(signed_by))
    facts.append(("where", named(event.read_point, names)))
    facts += given("area", area_name(area_of(body.get("caravan:area")), messages))
    place = text(member(body.get("bizLocation"), "id"))
    if place != event.read_point:
        facts += given("location", named(place, names))
    facts += given("disposition", _dispositions([event.disposition or ""], messages))
    facts += given("set", _dispositions(event.set, messages))
    facts += given("unset", _dispositions(event.unset, messages))
    facts += _ends("sender", body.get("sourceList"), "source", reader)
    facts += _ends("destination", body.get("destinationList"), "destination", reader)
    facts += _about(body, messages)
    facts += article_facts(body.get("ilmd"), lang, messages)
    facts += _sensors(body.get("sensorElementList"), reader)
    facts += _extensions(body, reader)
    facts += _documents(body.get("bizTransactionList"), reader)
    if event.label is not None:
        printed = fragment_of(event.label.size, event.label.root)
        facts.append(("printed", printed.to_text()))
    if body.get("caravan:simulated") is True:
        facts.append(("simulated", word("answer", "simulated", messages)))
    if event.source is not None:
        register = word("register", event.source.register, messages)
        facts += given("source", f"{register} · {event.source.record}")
    facts += _declared(event, messages)
    facts += _flagged([flag for flag in flags if flag.index == index], messages)
    return visible(facts)


def title(event: Event, lang: str, messages: Messages) -> str:
    """Return the word for what was done.

    A step that EPCIS has no word for is called after its process, or after the profile
    it carries; a plain one only if the reader has a word for that process.
    """
    step = event.biz_step
    is_other = step == "other"
    done = phrase(event.body.get("caravan:process"), lang)
    if is_other and not done and "caravan:profile" in event.body:
        done = "caravan:profile"
    if done and (is_other or step in _PLAIN_STEPS):
        said = word("done", done, messages)
        if is_other or said != done:
            return said
    return word("step", step, messages)


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
    facts = [("step", word("action", text(body.get("action")), messages))]
    facts += given("log-time", time(log_time, messages) if log_time else "")
    facts += given("who", short(who).removeprefix("party/"))
    for name, spelling in (("party", "party"), ("on-behalf-of", "on_behalf_of")):
        facts += given(name, short(text(body.get(spelling))).removeprefix("party/"))
    facts += given("name", text(body.get("name")))
    facts += given("kind", word("role", text(body.get("kind")), messages))
    for name in ("key", "registrar", "add", "retire"):
        facts += given(name, _key_label(body.get(name)))
    for place, key in enumerate(items(body.get("ledger_keys"))):
        facts += given(f"ledger-key.{place}", _key_label(key))
    for name in ("officer", "importer"):
        if body.get(name) is True:
            facts.append((name, word("answer", "yes", messages)))
    for name, spelling in (("until", "until"), ("suspect-since", "suspect_since")):
        moment = text(body.get(spelling))
        facts += given(name, time(moment, messages) if moment else "")
    for name, spelling in (("place", "places"), ("prefix", "prefixes")):
        for place, identifier in enumerate(items(body.get(spelling))):
            facts += given(f"{name}.{place}", short(text(identifier)))
    facts += _rights(body.get("rights"), messages)
    return visible(facts)


def _rights(rights: Json, messages: Messages) -> Iterator[Fact]:
    for place, step in enumerate(items(member(rights, "steps"))):
        said = [text(item) for item in items(step)]
        kinds = ("step", "disposition")
        shown = [
            word(kind, name, messages)
            for kind, name in zip(kinds, said, strict=False)
            if name
        ]
        yield f"right.{place}", " · ".join(shown)
    persistent = [text(name) for name in items(member(rights, "persistent"))]
    yield from given("persistent", _dispositions(persistent, messages))


def _dispositions(found: Sequence[str], messages: Messages) -> str:
    return ", ".join(word("disposition", name, messages) for name in found if name)


def _ends(name: str, listed: Json, spelling: str, reader: _Reader) -> Iterator[Fact]:
    """Yield where goods come from or go to, and as whose, one fact for each."""
    number_of = count()
    for item in items(listed):
        end = text(member(item, spelling))
        if end:
            kind = reader.says("end", member(item, "type"))
            shown = _labelled(kind, named(end, reader.names))
            yield f"{name}.{next(number_of)}", shown


def _about(body: Mapping[str, Json], messages: Messages) -> Iterator[Fact]:
    """Yield what an event names, one fact for each."""
    for name, epcs, quantities in _ROLES:
        number_of = count()
        value = body.get(epcs)
        for epc in [value] if isinstance(value, str) else items(value):
            yield f"{name}.{next(number_of)}", short(text(epc))
        for element in items(body.get(quantities)):
            if isinstance(element, dict):
                parts = [short(text(element.get("epcClass")))]
                amount = text(element.get("quantity"))
                parts += [measure(amount, element.get("uom"), messages)] * bool(amount)
                yield f"{name}.{next(number_of)}", " · ".join(parts)


def _sensors(elements: Json, reader: _Reader) -> Iterator[Fact]:
    """Yield what sensors or people measured, one fact for each report."""
    number_of = count()
    for element in items(elements):
        for report in items(member(element, "sensorReport")):
            if isinstance(report, dict):
                yield f"sensor.{next(number_of)}", _measured(report, reader)


def _measured(report: Mapping[str, Json], reader: _Reader) -> str:
    """Return what was measured, and the values."""
    messages = reader.messages
    component = text(report.get("component")) or text(report.get("type"))
    values = []
    for spelling in _VALUES:
        value = text(report.get(spelling))
        if value:
            if spelling == "stringValue":
                value = word("value", value, messages)
            shown = measure(value, report.get("uom"), messages)
            is_plain = spelling in {"value", "stringValue"}
            label = "" if is_plain else word("sensor", spelling, messages) + " "
            values.append(label + shown)
    alert = text(report.get("exception"))
    if alert:
        values.append(word("sensor", alert, messages))
    return _labelled(word("sensor", component, messages), ", ".join(values))


def _extensions(body: Mapping[str, Json], reader: _Reader) -> Iterator[Fact]:
    """Yield what the ledger's own members say, in the order of the table."""
    for name, spelling, kind in _WORDS:
        yield from given(name, reader.says(kind, body.get(spelling)))
    for name, spelling in _NUMBERS:
        yield from given(name, number(body.get(spelling)))
    for name, spelling in _DAYS:
        yield from given(name, day(body.get(spelling), reader.messages))
    if body.get("caravan:calfFirst") is True:
        yield "calf-first", word("answer", "yes", reader.messages)
    vessel = phrase(body.get("caravan:vessel"), reader.lang)
    yield from given("vessel", short(vessel))
    far = body.get("caravan:distance")
    shown = distance(far, reader.lang, reader.messages, reader.names)
    yield from given("distance", shown)
    number_of = count()
    for part in items(body.get("caravan:loss")):
        amount = quantity(part, reader.messages)
        if amount:
            reason = reader.says("loss", member(part, "reason"))
            yield f"loss.{next(number_of)}", _labelled(reason, amount)


def distance(value: Json, lang: str, messages: Messages, names: Names) -> str:
    """Show how far, measured how, and from where; nothing without a number."""
    far = quantity(value, messages)
    if not far:
        return ""
    start = text(member(value, "from"))
    since = word("distance", "from", messages)
    parts = [
        far,
        _Reader(lang, messages, names).says("distance", member(value, "kind")),
        f"{since} {named(start, names)}" if start else "",
    ]
    return " · ".join(filter(None, parts))


def _documents(listed: Json, reader: _Reader) -> Iterator[Fact]:
    """Yield the documents that an event refers to, one fact for each."""
    number_of = count()
    for item in items(listed):
        document = text(member(item, "bizTransaction"))
        if document:
            kind = reader.says("document", member(item, "type"))
            yield f"document.{next(number_of)}", _labelled(kind, short(document))


def _declared(event: Event, messages: Messages) -> list[Fact]:
    if not event.is_error_declaration:
        return []
    reason = text(member(event.body.get("errorDeclaration"), "reason"))
    return [("declared-error", word("error", reason or "unknown", messages))]


def _flagged(flags: Sequence[Flag], messages: Messages) -> list[Fact]:
    """Return one fact for each code, with what of the details a reader can use."""
    details: dict[str, list[str]] = {}
    for flag in flags:
        useful = [] if flag.detail.startswith("/") else [flag.detail]
        details.setdefault(flag.code, []).extend(useful)
    return [
        (
            f"flag.{code}",
            word("flag", code, messages) + (f" ({', '.join(found)})" if found else ""),
        )
        for code, found in details.items()
    ]


def _labelled(kind: str, shown: str) -> str:
    """Return a text after the word for what it is, as far as there are both."""
    return ": ".join(filter(None, [kind, shown]))


def _key_label(vkey: Json) -> str:
    """Show the name and the id of a key, not its bytes."""
    return "+".join(text(vkey).split("+", 2)[:2])
