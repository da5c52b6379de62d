"""One step for each statement of a passport, as the page shows it.

Nothing is judged: whether a statement holds is for the script and for ``verify``, and
one that cannot be read is a step that says so. The facts come from ``ledger.facts``,
whose twin the script uses on what it has verified. Everything is read from the
passport, so that both are about the same statements.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.texts import Texts
from ledger.action import REGISTRAR, Action, action_subjects, parse_action
from ledger.directory import Directory
from ledger.encoding import Json, parse_canonical
from ledger.errors import LedgerError
from ledger.event import Event, parse_event
from ledger.facts import directory_facts, event_facts
from ledger.flags import Flag, flags_of_event, flags_of_subject
from ledger.passport import Passport
from ledger.seal import Seal, parse_seal
from ledger.statement import SignerRef, Statement, parse_statement

TITLE = "step"
TIME = "time"
FLAG = "flag."
EVIDENCE = ("log-time", "signed-by")

_SEAL = b"caravan/seal/"


@dataclass(frozen=True, slots=True)
class ShownFact:
    """One fact and the word in front of it."""

    label: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One statement as the page shows it."""

    index: int
    kind: str
    is_read: bool
    is_alarm: bool
    title: ShownFact | None
    time: ShownFact | None
    facts: tuple[ShownFact, ...]
    flags: tuple[ShownFact, ...]
    evidence: tuple[ShownFact, ...]
    """What few readers look at: set small, at the end."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read of a statement; nothing of it has been judged."""

    index: int
    statement: Statement
    body: Mapping[str, Json]
    content: Event | Action
    who: str
    """The issuer's party, by the name it had when the statement was logged."""

    @property
    def order(self) -> tuple[int, int]:
        """Return what steps are shown in the order of: event time, then index."""
        content = self.content
        instant_us = content.instant_us if isinstance(content, Event) else 0
        return (instant_us, self.index)

    def is_about(self, subject: str) -> bool:
        """Tell whether a reader of the subject is shown this statement."""
        if isinstance(self.content, Event):
            return subject in self.content.subjects
        return subject in action_subjects(self.content)


def read_steps(passport: Passport, *, origin: str, texts: Texts) -> tuple[Step, ...]:
    """Return the statements about the passport's subject, in the order of a reader.

    What cannot be read comes last.

    Args:
        passport: The document that the script will check.
        origin: Name of the ledger.
        texts: The words of the reader's language.
    """
    directory = Directory(origin)
    seals: list[Seal] = []
    readings: list[Reading] = []
    unread: list[Step] = []
    for index, entry in passport.entries:
        try:
            if entry.startswith(_SEAL):
                seals.append(parse_seal(entry))
            else:
                readings.append(_read(index, entry, directory, texts))
        except LedgerError:
            unread.append(_unread(index))
    about = [reading for reading in readings if reading.is_about(passport.subject)]
    flags = _flags(about, seals, directory)
    # That each statement is about what the page is about needs no large letters.
    itself = passport.subject.removeprefix(f"https://{origin.split('/', 1)[0]}/id/")
    steps = [
        _step(reading, _log_time(reading.index, seals), flags, texts, itself)
        for reading in sorted(about, key=lambda reading: reading.order)
    ]
    return (*steps, *unread)


def _read(index: int, entry: bytes, directory: Directory, texts: Texts) -> Reading:
    """Return what a statement says, and let the directory follow it.

    Raises:
        LedgerError: It cannot be read, or the directory does not take it.
    """
    origin = directory.origin
    host = origin.split("/", 1)[0]
    statement = parse_statement(entry)
    who = _who(statement.issuer, directory, texts)
    body = parse_canonical(statement.body)
    if statement.kind == "event":
        return Reading(index, statement, body, parse_event(body, host=host), who)
    action = parse_action(body, host=host, origin=origin)
    directory.apply(index, statement, action)
    return Reading(index, statement, body, action, who)


def _who(issuer: SignerRef, directory: Directory, texts: Texts) -> str:
    bound = directory.key(issuer)
    party_id = None if bound is None else bound.party
    if party_id is None:
        return texts(f"who.{REGISTRAR}")
    party = directory.parties.get(party_id)
    return party_id if party is None or party.name is None else party.name


def _flags(
    readings: Sequence[Reading], seals: Sequence[Seal], directory: Directory
) -> tuple[Flag, ...]:
    """Return the flags of every statement shown, as the script will compute them."""
    events: list[tuple[int, Event]] = []
    flags: list[Flag] = []
    for reading in readings:
        if not isinstance(reading.content, Event):
            continue
        events.append((reading.index, reading.content))
        seal = _closing_seal(reading.index, seals)
        if seal is not None:
            flags += flags_of_event(
                reading.index,
                reading.content,
                log_time_ms=seal.time_ms,
                is_importer=directory.is_importer(reading.statement.issuer),
            )
    return (*flags, *flags_of_subject(events))


def _closing_seal(index: int, seals: Sequence[Seal]) -> Seal | None:
    place = bisect_right([seal.index for seal in seals], index)
    return seals[place] if place < len(seals) else None


def _log_time(index: int, seals: Sequence[Seal]) -> str:
    seal = _closing_seal(index, seals)
    return "" if seal is None else seal.time


def _step(
    reading: Reading, log_time: str, flags: Sequence[Flag], texts: Texts, itself: str
) -> Step:
    facts = [
        ShownFact(texts.label(name), name, text)
        for name, text in _facts(reading, log_time, flags, texts)
    ]
    by_name = {fact.name: fact for fact in facts}
    small = [fact for fact in facts if fact.name in EVIDENCE or fact.text == itself]
    content = reading.content
    return Step(
        index=reading.index,
        kind=reading.statement.kind,
        is_read=True,
        is_alarm=isinstance(content, Event) and content.is_alarm,
        title=by_name.get(TITLE),
        time=by_name.get(TIME),
        facts=tuple(
            fact
            for fact in facts
            if fact not in small
            and fact.name not in (TITLE, TIME)
            and not fact.name.startswith(FLAG)
        ),
        flags=tuple(fact for fact in facts if fact.name.startswith(FLAG)),
        evidence=tuple(small),
    )


def _facts(
    reading: Reading, log_time: str, flags: Sequence[Flag], texts: Texts
) -> list[tuple[str, str]]:
    if isinstance(reading.content, Event):
        return event_facts(
            reading.content,
            index=reading.index,
            who=reading.who,
            log_time=log_time,
            flags=flags,
            messages=texts.messages,
            signed_by=[signer.label for signer in reading.statement.signers],
        )
    return directory_facts(
        reading.body, who=reading.who, log_time=log_time, messages=texts.messages
    )


def _unread(index: int) -> Step:
    return Step(
        index=index,
        kind="unread",
        is_read=False,
        is_alarm=False,
        title=None,
        time=None,
        facts=(),
        flags=(),
        evidence=(),
    )
