"""What a server reads in a passport, to show it: statements, their goods, their alarms.

Nothing is judged: whether a statement holds is for the script and for ``verify``, and
an entry that cannot be read is only counted. But what belongs to the code, who has a
say about it and which alarms stand follows from the same pure rules that both use, so
that a page says of a recall what they will say, before any script has run.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ledger.closure import Closure, find_lot, walk
from ledger.completeness import ALARM_SUFFIX
from ledger.contents import Content, parse_content, subjects_of
from ledger.directory import Directory
from ledger.encoding import Json, parse_canonical
from ledger.errors import LedgerError, NotPackedError
from ledger.event import Event
from ledger.flags import Flag, flags_between, flags_of_event
from ledger.goods import LoggedEvent, parties_of, settle_errors
from ledger.passport import Passport
from ledger.seal import Seal, entry_kind, parse_seal
from ledger.statement import SignerRef, Statement, parse_statement


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be read of a statement about members; nothing of it was judged."""

    index: int
    statement: Statement
    body: Mapping[str, Json]
    content: Content
    parties: tuple[str, ...]
    """Of the signers, the issuer's first; of a directory statement none."""
    who: str | None
    """The issuer's party, by the name it had then; None for the registrar."""
    about: tuple[str, ...] = ()
    """The members it is about."""
    is_apart: bool = False
    """Its signers have no say about any of them."""
    log_time: str = ""
    flags: tuple[Flag, ...] = ()
    declared_by: int | None = None
    """The statement in which its party says that it is an error."""


@dataclass(frozen=True, slots=True)
class PassportReading:
    """All that a page about a subject is made of.

    Attributes:
        size: Number of entries of the ledger.
        lot: What a serial was packed in; None for any other subject, or if unknown.
        closure: What the code leads to; None if that cannot be told.
        is_packed: False of a serial that was not packed in this lot, or in none.
        readings: Statements about members, by index.
        unread: Entries that should be statements and cannot be read.
        directory: As the statements given make it.
    """

    subject: str
    size: int
    lot: str | None
    closure: Closure | None
    is_packed: bool
    readings: tuple[Reading, ...]
    unread: tuple[int, ...]
    directory: Directory


def read_passport(
    passport: Passport, *, lot: str | None, origin: str
) -> PassportReading:
    """Read what a passport holds, as far as it can be read.

    Args:
        passport: The document that the script will check.
        lot: The lot that was scanned with a serial, if one was.
        origin: Name of the ledger.
    """
    given = _Given(passport, Directory(origin))
    given.take_all()
    subject = passport.subject
    is_packed, closure = True, None
    try:
        known = find_lot(subject, lot=lot, lists=given, directory=given.directory)
        closure = walk(subject, lot=known, lists=given, directory=given.directory)
    except NotPackedError:
        is_packed = False
    except LedgerError:
        # Something is damaged or left out: the script names it, and what is about the
        # subject itself is shown.
        pass
    return PassportReading(
        subject=subject,
        size=passport.entries[-1][0] + 1,
        lot=None if closure is None else closure.lot,
        closure=closure,
        is_packed=is_packed,
        readings=tuple(given.readings(subject, closure)),
        unread=tuple(given.unread),
        directory=given.directory,
    )


@dataclass(slots=True)
class _Given:
    """The entries of a passport, and the lists it gives of them."""

    passport: Passport
    directory: Directory
    statements: dict[int, Reading] = field(default_factory=dict)
    seals: list[Seal] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)

    def take_all(self) -> None:
        """Read entry after entry; the directory follows."""
        for index, entry in self.passport.entries:
            try:
                if entry_kind(entry) == "seal":
                    self.seals.append(parse_seal(entry))
                else:
                    self.statements[index] = self._read(index, entry)
            except LedgerError:
                self.unread.append(index)

    def whole(self, name: str) -> Sequence[LoggedEvent] | None:
        """Return the events on a list that is given."""
        indices = self.passport.lists.get(name)
        return None if indices is None else self._events(indices)

    def alarms(self, name: str) -> Sequence[LoggedEvent] | None:
        """Return the events on the list of alarms of a subject."""
        return self.whole(name + ALARM_SUFFIX)

    def readings(self, subject: str, closure: Closure | None) -> Sequence[Reading]:
        """Return the statements about members, or else about the subject alone."""
        shown = []
        for index, read in sorted(self.statements.items()):
            about = _about(read.content, subject, closure)
            if about:
                shown.append(
                    replace(
                        read,
                        about=about,
                        is_apart=self._is_apart(read, closure),
                        log_time=self._log_time(index),
                    )
                )
        between = _flags_between(shown, subject, closure)
        _, left_out = settle_errors(self._events([read.index for read in shown]))
        declared = {out.index: out.declared_by for out in left_out}
        return [
            replace(
                read,
                flags=(
                    *self._own_flags(read),
                    *between[read.index],
                ),
                declared_by=declared.get(read.index),
            )
            for read in shown
        ]

    def _read(self, index: int, entry: bytes) -> Reading:
        """Return what a statement says, and let the directory follow it.

        Raises:
            LedgerError: It cannot be read, or the directory does not take it.
        """
        statement = parse_statement(entry)
        who = self._who(statement.issuer)
        body = parse_canonical(statement.body)
        content = parse_content(statement, body, origin=self.directory.origin)
        if isinstance(content, Event):
            parties = parties_of(statement, self.directory)
            return Reading(index, statement, body, content, parties, who)
        self.directory.apply(index, statement, content)
        return Reading(index, statement, body, content, (), who)

    def _who(self, issuer: SignerRef) -> str | None:
        bound = self.directory.key(issuer)
        if bound is None or bound.party is None:
            return None
        party = self.directory.parties.get(bound.party)
        return bound.party if party is None or party.name is None else party.name

    def _events(self, indices: Sequence[int]) -> list[LoggedEvent]:
        """Return the events at some indices; what cannot be read is not among them."""
        return [
            LoggedEvent(index, read.parties, read.content)
            for index in indices
            if (read := self.statements.get(index)) is not None
            and isinstance(read.content, Event)
        ]

    def _is_apart(self, read: Reading, closure: Closure | None) -> bool:
        if closure is None or not isinstance(read.content, Event):
            return False
        logged = LoggedEvent(read.index, read.parties, read.content)
        return closure.is_apart(logged, self.directory)

    def _own_flags(self, read: Reading) -> tuple[Flag, ...]:
        """Return what is odd about a statement by itself."""
        seal = self._closing_seal(read.index)
        if seal is None or not isinstance(read.content, Event):
            return ()
        return flags_of_event(
            read.index,
            read.content,
            log_time_ms=seal.time_ms,
            is_importer=self.directory.is_importer(read.statement.issuer),
        )

    def _closing_seal(self, index: int) -> Seal | None:
        place = bisect_right(self.seals, index, key=lambda seal: seal.index)
        return self.seals[place] if place < len(self.seals) else None

    def _log_time(self, index: int) -> str:
        seal = self._closing_seal(index)
        return "" if seal is None else seal.time


def _about(content: Content, subject: str, closure: Closure | None) -> tuple[str, ...]:
    if closure is not None and isinstance(content, Event):
        return closure.about(content)
    return (subject,) if subject in subjects_of(content) else ()


def _flags_between(
    shown: Sequence[Reading], subject: str, closure: Closure | None
) -> Mapping[int, tuple[Flag, ...]]:
    """Return what is odd between statements about one member, as the script will."""
    whole = (
        [subject]
        if closure is None
        else [member.subject for member in closure.members if not member.is_open]
    )
    return flags_between(
        [
            (read.index, read.content)
            for read in shown
            if isinstance(read.content, Event)
            and not read.is_apart
            and name in read.about
        ]
        for name in whole
    )
