"""What a page says of all its statements together: alarms, product, what it comes from.

Rows of named texts, some with a link. ``scanner_web/content.js`` makes the same from
what it has verified, and compares; so nothing here may come from anywhere but the
passport and the locale.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from api.reading import PassportReading, Reading
from api.texts import Texts
from ledger.closure import Member
from ledger.event import Event
from ledger.facts import event_facts
from ledger.goods import LoggedEvent
from ledger.identifier import Identifier, parse_identifier
from ledger.product import product_facts
from ledger.standing import StandingAlarm, creates
from ledger.wording import Fact, names_at, visible

MOST_MEASURED: Final = 3
"""So many results of a test stand beside the alarm that it raised."""
GRAVEST: Final = ("recalled", "inactive", "non_conformant")
"""How grave an alarm is; any other word comes after these."""


ON_THE_PACK: Final = (
    "lot",
    "produced",
    "harvested",
    "packed",
    "best-before",
    "expires",
    "sell-by",
    "net",
    "allergens",
    "species",
    "sex",
)
"""What is said of a product in the open; the rest is folded away."""


@dataclass(frozen=True, slots=True)
class ShownFact:
    """One text under its name, the word in front of it, and where it leads."""

    label: str
    name: str
    text: str
    href: str = ""


Row = tuple[ShownFact, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The members of one kind, or of one level."""

    heading: Row
    """Which they are, and how many are given whole, if not all are."""
    members: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """The blocks of a page.

    Attributes:
        title: What the scanned thing is called, if more than its identifier.
        gravest: The word for the title of a page with an alarm; empty if it has none.
    """

    title: tuple[ShownFact, ...]
    gravest: str
    simulated: tuple[ShownFact, ...]
    alarms: tuple[Row, ...]
    product: tuple[ShownFact, ...]
    cycle: tuple[ShownFact, ...]
    groups: tuple[Group, ...]

    @property
    def product_parts(self) -> tuple[list[ShownFact], list[ShownFact]]:
        """Return what a buyer compares with the pack, and all else of the product."""
        first = [f for f in self.product if f.name.split(".")[1] in ON_THE_PACK]
        first.sort(key=lambda fact: ON_THE_PACK.index(fact.name.split(".")[1]))
        return first, [fact for fact in self.product if fact not in first]


class Naming:
    """What members are called, and where their pages are."""

    def __init__(self, reading: PassportReading, texts: Texts) -> None:
        """Name the members of one closure in one language."""
        self.host = reading.directory.origin.split("/", 1)[0]
        self.texts = texts
        closure = reading.closure
        listed = () if closure is None else closure.members
        self._members = {member.subject: member for member in listed}

    def name(self, subject: str) -> str:
        """Return what people call something: its kind, and what tells it apart."""
        identifier = parse_identifier(subject, host=self.host)
        parts = identifier.parts
        told = parts[1:] if identifier.kind == "own" else parts[-1:]
        return " ".join([kind_word(identifier, self.texts), *told])

    def href(self, subject: str) -> str:
        """Return the address of its page, wherever that is served."""
        path = subject.removeprefix("https://").partition("/")[2]
        return f"/{path}?lang={self.texts.lang}"

    def how(self, subject: str) -> str:
        """Return how a member belongs to the code."""
        member = self._members.get(subject)
        return "" if member is None else relation_word(member, self.texts)


def kind_word(identifier: Identifier, texts: Texts) -> str:
    """Return the word for what an identifier names, in the reader's language.

    The ledger's own identifiers say it in their first segment; one that the texts do
    not know is shown as it is.
    """
    if identifier.kind != "own":
        return texts(f"kind.{identifier.kind}")
    word = identifier.parts[0]
    return texts.messages.get(f"kind.own.{word}", word)


def relation_word(member: Member, texts: Texts) -> str:
    """Return how a member belongs to the code: "2 steps back"."""
    is_next = member.relation == "source" and member.level == 1
    key = "relation.source-1" if is_next else f"relation.{member.relation}"
    return texts(key, level=member.level)


def read_content(reading: PassportReading, texts: Texts) -> Content:
    """Return the blocks of a page.

    Args:
        reading: What the passport holds.
        texts: The words of the reader's language.
    """
    naming = Naming(reading, texts)
    closure = reading.closure
    alarms = () if closure is None else closure.alarms
    cycle = () if closure is None else closure.cycle
    listed = ", ".join(naming.name(subject) for subject in cycle)
    product = _product(reading, texts)
    return Content(
        title=tuple(_title(product, reading, naming)),
        gravest=gravest_of(reading),
        simulated=_simulated(reading, texts),
        alarms=tuple(_alarm_rows(alarms, reading, naming)),
        product=tuple(
            ShownFact(texts.label(name), name, text) for name, text in product
        ),
        cycle=(ShownFact("", "cycle", texts("members.cycle", names=listed)),)
        if cycle
        else (),
        groups=() if closure is None else tuple(_groups(closure.members, naming)),
    )


def _title(
    product: Sequence[Fact], reading: PassportReading, naming: Naming
) -> Iterator[ShownFact]:
    """Yield what the scanned thing is called, if that says more than its identifier.

    A product has its one name, a party or a place the directory's.
    """
    names = names_at(reading.directory, reading.size, naming.texts.messages)
    title = dict(product).get("product.name") or names(reading.subject)
    if title != parse_identifier(reading.subject, host=naming.host).parts[-1]:
        for name, text in visible([("title", title)]):
            yield ShownFact("", name, text)


def gravest_of(reading: PassportReading) -> str:
    """Return the word for the title of a page; empty without an alarm."""
    closure, subject = reading.closure, reading.subject
    alarms = () if closure is None else closure.alarms
    words = {alarm.word for alarm in alarms}
    if "recalled" in words:
        return "recalled"
    # What was voided is the scanned code, not something that it was made from.
    if any(alarm.word == "inactive" and alarm.subject == subject for alarm in alarms):
        return "inactive"
    if "non_conformant" in words:
        return "non_conformant"
    return "other" if words else ""


def _simulated(reading: PassportReading, texts: Texts) -> tuple[ShownFact, ...]:
    """Return the label of invented records, if the statements say they are."""
    is_simulated = any(
        read.body.get("caravan:simulated") is True and not read.is_apart
        for read in reading.readings
    )
    label = ShownFact("", "simulated", texts("simulated.label"))
    return (label,) if is_simulated else ()


def _alarm_rows(
    alarms: Sequence[StandingAlarm], reading: PassportReading, naming: Naming
) -> Iterator[Row]:
    """Yield the alarms, the gravest first, then what is nearest to the code."""
    texts = naming.texts
    by_index = {read.index: read for read in reading.readings}
    for place, alarm in enumerate(sorted(alarms, key=_rank)):
        name = f"alarm.{place}"
        facts = _event_facts(by_index.get(alarm.index), reading, texts)
        measured = [text for fact, text in facts.items() if fact.startswith("sensor.")]
        row = [
            ShownFact("", name, texts(f"disposition.{alarm.word}")),
            ShownFact(
                "",
                f"{name}.what",
                naming.name(alarm.subject),
                naming.href(alarm.subject),
            ),
            ShownFact("", f"{name}.found", " · ".join(measured[:MOST_MEASURED])),
            ShownFact("", f"{name}.how", naming.how(alarm.subject)),
            ShownFact("", f"{name}.who", facts.get("who", "")),
            ShownFact("", f"{name}.time", facts.get("time", "")),
            ShownFact(
                "",
                f"{name}.record",
                texts("fact.record", index=alarm.index),
                f"#entry-{alarm.index}",
            ),
        ]
        if not alarm.is_judged:
            row.append(ShownFact("", f"{name}.unjudged", texts("alarm.unjudged")))
        yield tuple(fact for fact in row if fact.text)


def _rank(alarm: StandingAlarm) -> int:
    return GRAVEST.index(alarm.word) if alarm.word in GRAVEST else len(GRAVEST)


def _event_facts(
    read: Reading | None, reading: PassportReading, texts: Texts
) -> dict[str, str]:
    if read is None or not isinstance(read.content, Event):
        return {}
    facts = event_facts(
        read.content,
        index=read.index,
        who=read.who or "",
        log_time=read.log_time,
        flags=(),
        lang=texts.lang,
        messages=texts.messages,
        names=names_at(reading.directory, read.index, texts.messages),
    )
    return dict(facts)


def _product(reading: PassportReading, texts: Texts) -> list[Fact]:
    """Return what is said of the goods by those who brought them into being."""
    closure = reading.closure
    if closure is None:
        return []
    general = [m.subject for m in closure.members if m.relation == "trade-item"]
    about = [*general, *([closure.lot] if closure.lot else []), reading.subject]
    events = [
        LoggedEvent(read.index, read.parties, read.content)
        for read in reading.readings
        if isinstance(read.content, Event)
        and not read.content.is_error_declaration
        and read.declared_by is None
    ]
    return product_facts(
        (
            logged
            for logged in events
            if any(creates(logged, name, reading.directory) for name in about)
        ),
        about=about,
        lang=texts.lang,
        messages=texts.messages,
        names=names_at(reading.directory, reading.size, texts.messages),
    )


def _groups(members: Sequence[Member], naming: Naming) -> Iterator[Group]:
    texts = naming.texts
    shown = [member for member in members if member.relation != "subject"]
    number = 0
    for place, (how, same) in enumerate(
        groupby(shown, key=lambda member: relation_word(member, texts))
    ):
        rows: list[Row] = []
        listed = list(same)
        for member in listed:
            name = f"member.{number}"
            number += 1
            row = [
                ShownFact(
                    "", name, naming.name(member.subject), naming.href(member.subject)
                )
            ]
            if member.is_open:
                row.append(ShownFact("", f"{name}.open", texts("members.open")))
            rows.append(tuple(row))
        heading = [ShownFact("", f"level.{place}", how)]
        given = sum(not member.is_open for member in listed)
        if given < len(listed):
            count = texts("members.count", given=given, all=len(listed))
            heading.append(ShownFact("", f"level.{place}.count", count))
        yield Group(tuple(heading), tuple(rows))
