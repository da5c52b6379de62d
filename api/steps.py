"""One step for each statement of a passport, as the page shows it.

Nothing is judged: whether a statement holds is for the script and for ``verify``, and
one that cannot be read is a step that says so. The facts come from ``ledger.facts``,
whose twin the script uses on what it has verified.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.content import Naming, ShownFact
from api.reading import PassportReading, Reading
from api.texts import Texts
from ledger.action import REGISTRAR
from ledger.event import Event
from ledger.facts import directory_facts, event_facts
from ledger.identifier import parse_identifier
from ledger.wording import names_at

TITLE: Final = "step"
TIME: Final = "time"
FLAG: Final = "flag."
ABOUT: Final = "about."
IN_ERROR: Final = ("in-error", "declared-error")
EVIDENCE: Final = ("log-time", "signed-by", "source", "simulated")
"""What few readers look at: set small, at the end."""

LISTED: Final = 3
LONG: Final = 6
"""Of a longer list, the first three stand there, and how many more there are."""

ABOUT_LISTED: Final = 2
"""So many of the members that a statement is about have a link: the nearest."""
OPEN_FACTS: Final = 4
"""So many facts of a statement stand in the open; the others are folded away."""

_NUMBER: Final = re.compile(r"\.[0-9]+$")


@dataclass(frozen=True, slots=True)
class Step:
    """One statement as the page shows it."""

    index: int
    kind: str
    is_read: bool
    is_apart: bool
    is_alarm: bool
    is_in_error: bool
    title: ShownFact | None
    time: ShownFact | None
    day: str
    about: tuple[ShownFact, ...]
    errors: tuple[ShownFact, ...]
    facts: tuple[ShownFact, ...]
    more: tuple[ShownFact, ...]
    flags: tuple[ShownFact, ...]
    evidence: tuple[ShownFact, ...]
    record: ShownFact | None


def read_steps(reading: PassportReading, texts: Texts) -> tuple[Step, ...]:
    """Return the statements about members, as they happened.

    By event time, then by index: what the directory says first, a declaration of error
    beside what it takes back, and last what cannot be read.

    Args:
        reading: What the passport holds.
        texts: The words of the reader's language.
    """
    naming = Naming(reading, texts)
    originals = {
        read.declared_by: read.index
        for read in reading.readings
        if read.declared_by is not None
    }

    def order(read: Reading) -> tuple[float, int, int]:
        if not isinstance(read.content, Event):
            return (float("-inf"), read.index, read.index)
        original = originals.get(read.index, read.index)
        return (read.content.instant_us, original, read.index)

    steps = [
        _step(read, reading, naming) for read in sorted(reading.readings, key=order)
    ]
    return (*steps, *(_unread(index) for index in reading.unread))


def _step(read: Reading, reading: PassportReading, naming: Naming) -> Step:
    texts = naming.texts
    facts = [
        ShownFact(texts.label(name), name, text)
        for name, text in _shortened(_facts(read, reading, texts), read.about, naming)
    ]
    about = [
        ShownFact(
            texts.label("about"),
            f"{ABOUT}{place}",
            " · ".join(filter(None, [naming.name(subject), naming.how(subject)])),
            naming.href(subject),
        )
        for place, subject in enumerate(read.about[:ABOUT_LISTED])
    ]
    if len(read.about) > ABOUT_LISTED:
        rest = len(read.about) - ABOUT_LISTED
        about.append(ShownFact("", f"{ABOUT}more", texts("fact.more", count=rest)))
    if read.declared_by is not None:
        text = texts("fact.in-error", index=read.declared_by)
        facts.append(ShownFact(texts.label("in-error"), "in-error", text))
    by_name = {fact.name: fact for fact in facts}
    content = read.content
    apart = (TITLE, TIME, *EVIDENCE, *IN_ERROR)
    open_facts = [
        fact
        for fact in facts
        if fact.name not in apart and not fact.name.startswith(FLAG)
    ]
    # Who folds one line away hides as much as it takes to unfold it.
    end = OPEN_FACTS if len(open_facts) > OPEN_FACTS + 1 else len(open_facts)
    return Step(
        index=read.index,
        kind=read.statement.kind,
        is_read=True,
        is_apart=read.is_apart,
        is_alarm=isinstance(content, Event) and content.is_alarm,
        is_in_error=any(name in by_name for name in IN_ERROR),
        title=by_name.get(TITLE),
        time=by_name.get(TIME),
        day=content.event_time[:10] if isinstance(content, Event) else "",
        about=tuple(about),
        errors=tuple(by_name[name] for name in IN_ERROR if name in by_name),
        facts=tuple(open_facts[:end]),
        more=tuple(open_facts[end:]),
        flags=tuple(fact for fact in facts if fact.name.startswith(FLAG)),
        evidence=tuple(by_name[name] for name in EVIDENCE if name in by_name),
        record=ShownFact(
            "",
            "record",
            texts("fact.record", index=read.index),
            f"/entries/{read.index}",
        ),
    )


def _facts(
    read: Reading, reading: PassportReading, texts: Texts
) -> list[tuple[str, str]]:
    who = read.who if read.who is not None else texts(f"who.{REGISTRAR}")
    if isinstance(read.content, Event):
        return event_facts(
            read.content,
            index=read.index,
            who=who,
            log_time=read.log_time,
            flags=read.flags,
            lang=texts.lang,
            messages=texts.messages,
            names=names_at(reading.directory, read.index, texts.messages),
            signed_by=[signer.label for signer in read.statement.signers],
        )
    return directory_facts(
        read.body, who=who, log_time=read.log_time, messages=texts.messages
    )


def _shortened(
    facts: Sequence[tuple[str, str]], about: Sequence[str], naming: Naming
) -> list[tuple[str, str]]:
    """Return facts with long lists cut, as the script will cut them.

    A hundred pouches are packed in one statement: the first few stand there, those that
    the page is about, and how many more there are.
    """
    lists: dict[str, list[tuple[str, str]]] = {}
    for fact in facts:
        lists.setdefault(_NUMBER.sub("", fact[0]), []).append(fact)
    host = naming.host
    wanted = [parse_identifier(name, host=host).parts[-1] for name in about]
    shown: list[tuple[str, str]] = []
    for base, listed in lists.items():
        if len(listed) <= LONG:
            shown += listed
            continue
        kept = [
            fact
            for place, fact in enumerate(listed)
            if place < LISTED or any(word in fact[1] for word in wanted)
        ]
        shown += kept
        rest = len(listed) - len(kept)
        if rest:
            shown.append((f"{base}.more", naming.texts("fact.more", count=rest)))
    return shown


def _unread(index: int) -> Step:
    return Step(
        index=index,
        kind="unread",
        is_read=False,
        is_apart=False,
        is_alarm=False,
        is_in_error=False,
        title=None,
        time=None,
        day="",
        about=(),
        errors=(),
        facts=(),
        more=(),
        flags=(),
        evidence=(),
        record=None,
    )
