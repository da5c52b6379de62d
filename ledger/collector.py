"""What a passport holds: the lists and entries that the judgement of a code needs.

The server walks the closure as a verifier does, with ``closure`` itself, so that the
two cannot disagree about what belongs there. The verifier never takes this collection's
word that it is enough: it derives the same from what it was given, and finds missing
what is (blueprint, 3.6).

Always given whole: the lists of the subject, its lot, its trade item, its parents, of
the transformations that are followed, and of ``registrar`` and every party behind a
signer. Sources are given whole level by level, nearest first, as far as asked for or as
fits; of the next level only the alarms, and the whole list where one stands, because
without it nobody can say whether it counts. Whatever a stranger states about any of
these is given, since a list is given whole, and leads nowhere.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.action import REGISTRAR
from ledger.closure import Closure, find_lot, walk
from ledger.completeness import ALARM_SUFFIX
from ledger.directory import Directory
from ledger.entrycache import CachedStatement, EntryCache
from ledger.errors import NotPackedError, TooLargeError
from ledger.goods import LoggedEvent
from ledger.standing import unjudged_alarms_of

FIRST_ANSWER_BYTES: Final = 102_000
"""Entries of an answer to which nobody asked for levels: with the lines of witnesses
and the proof for a label, at most 40 KiB compressed. Less would leave the recall of a
tank, two steps back from a pouch of powder, to the second answer."""
FIRST_ANSWER_ALARMED: Final = 200
"""Statements of sources that such an answer has whole only because of an alarm."""
MAX_STATEMENTS: Final = 2_000
"""Statements of an answer that holds more than what is always given."""
MAX_NEEDED: Final = 10_000
"""Statements to read for any answer."""
MAX_NEEDED_BYTES: Final = 16 * 1024 * 1024
"""Bytes of these."""
MAX_NAMES: Final = 10_000
"""Lists of any answer: one statement may name hundreds of sources."""

_LEAST_BYTES: Final = 400
"""No event statement is as small: origin, key, nine members, signature."""
_READ_AT_ONCE: Final = 500
_ONE_BY_ONE: Final = 10
"""Levels that are tried one after the other; then it is several at a time."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What a passport gives.

    Attributes:
        names: Of lists, sorted.
        entries: By ascending index.
    """

    names: tuple[str, ...]
    entries: Mapping[int, bytes]

    @property
    def entry_bytes(self) -> int:
        """Return how large the entries are together."""
        return sum(map(len, self.entries.values()))


def collect(
    subject: str,
    *,
    tree_size: int,
    cache: EntryCache,
    directory: Directory,
    levels: int | None = None,
) -> Collected:
    """Return what a passport of a subject gives in a tree of this size.

    Args:
        subject: An identifier; there need be no statement about it.
        tree_size: Nothing beyond it is given.
        cache: Of the log.
        directory: As of this size or later.
        levels: Levels of sources to give whole, as far as there are at most
            ``MAX_STATEMENTS`` statements; None for as many as are within
            ``FIRST_ANSWER_BYTES``.

    Raises:
        TooLargeError: What must always be given is too much for one answer.
        StoreError: The store failed, or has lost an entry.
    """
    known = _Known(cache, tree_size, directory)
    if not known.indices(subject):
        return _collected(subject, (), known)
    try:
        lot = find_lot(subject, lot=None, lists=_Given(known), directory=directory)
    except NotPackedError:
        # The verdict falls there: what this leads to is looked at by nobody.
        return _collected(subject, (), known)
    known.prefetch(_near(lot, known.events(subject)))
    is_first = levels is None
    answer = _answer(subject, lot, 0, known, is_first=is_first)
    given, too_many = 0, 1 + (MAX_STATEMENTS if levels is None else levels)
    while given + 1 < too_many:
        # Every attempt walks all of it: beyond the first levels they must be few.
        step = 1 if given < _ONE_BY_ONE else given // 2
        level = min(given + step, (given + too_many) // 2)
        opened = [m for m in answer.closure.members if m.is_open]
        above = {m.subject for m in opened if m.level <= level}
        if opened and not above:
            given = level
            continue
        if not opened or not _may_fit(answer, above, known, is_first=is_first):
            break
        try:
            known.read(above)
            further = _answer(subject, lot, level, known, is_first=is_first)
        except TooLargeError:
            too_many = level
            continue
        if further.fits(is_first=is_first):
            answer, given = further, level
        else:
            too_many = level
    return answer.collected


@dataclass(frozen=True, slots=True)
class _Answer:
    """A passport that is whole up to some level."""

    closure: Closure
    statements: frozenset[int]
    collected: Collected

    def fits(self, *, is_first: bool) -> bool:
        """Tell whether this may be given, though less would do."""
        if len(self.statements) > MAX_STATEMENTS:
            return False
        return not is_first or self.collected.entry_bytes <= FIRST_ANSWER_BYTES


class _Known:
    """What was read for one answer."""

    def __init__(self, cache: EntryCache, tree_size: int, directory: Directory) -> None:
        """Read as of a tree size."""
        self.cache = cache
        self.tree_size = tree_size
        self.directory = directory
        self.statements: dict[int, CachedStatement] = {}
        self._lists: dict[str, tuple[int, ...]] = {}
        self._events: dict[str, tuple[LoggedEvent, ...]] = {}
        self._bytes = 0

    def has_read(self, name: str) -> bool:
        """Tell whether the statements of a list have been read."""
        return name in self._events

    def indices(self, name: str) -> tuple[int, ...]:
        """Return a list."""
        return self.lists([name])[name]

    def lists(self, names: Collection[str]) -> Mapping[str, tuple[int, ...]]:
        """Return some lists, looked up at once."""
        missing = [name for name in names if name not in self._lists]
        if missing:
            self._lists |= self.cache.lists(missing, self.tree_size)
        return {name: self._lists[name] for name in names}

    def union(self, names: Collection[str]) -> set[int]:
        """Return the statements on any of these lists."""
        return {index for indices in self.lists(names).values() for index in indices}

    def events(self, name: str) -> tuple[LoggedEvent, ...]:
        """Return the events on a list, save those that are damaged.

        Raises:
            TooLargeError: More was read by now than one answer may need.
        """
        if name not in self._events:
            self.read([name])
        return self._events[name]

    def read(self, names: Collection[str]) -> None:
        """Read the statements of some lists at once.

        Raises:
            TooLargeError: As above.
        """
        lists = self.lists(names)
        new = sorted(self.union(names) - self.statements.keys())
        if len(self.statements) + len(new) > MAX_NEEDED:
            raise _too_large(f"{MAX_NEEDED} statements")
        for start in range(0, len(new), _READ_AT_ONCE):
            some = new[start : start + _READ_AT_ONCE]
            found = self.cache.statements(some, self.directory)
            self.statements |= found
            self._bytes += sum(len(statement.entry) for statement in found.values())
            if self._bytes > MAX_NEEDED_BYTES:
                raise _too_large(f"{MAX_NEEDED_BYTES} bytes")
        for name, indices in lists.items():
            read = (self.statements[index].event for index in indices)
            self._events[name] = tuple(event for event in read if event is not None)

    def prefetch(self, names: Iterable[str]) -> None:
        """Read at once what will most likely be asked for, but nothing large."""
        room, small = _READ_AT_ONCE, []
        for name, indices in sorted(self.lists({*names}).items()):
            if len(indices) <= room:
                room -= len(indices)
                small.append(name)
        self.read(small)


class _Given:
    """The lists that a walk asks for, which are those to give."""

    def __init__(
        self,
        known: _Known,
        also_whole: Collection[str] = (),
        max_alarmed: int = MAX_STATEMENTS,
        max_statements: int = MAX_NEEDED,
    ) -> None:
        """Answer from what is known.

        Args:
            known: What was read.
            also_whole: Sources that are given whole for another reason.
            max_alarmed: Statements of sources that are given whole for an alarm.
            max_statements: Statements that the answer may have.
        """
        self.names: set[str] = set()
        self.statements: set[int] = set()
        self.unread: set[str] = set()
        """Lists of alarms that were taken for empty, because nobody has read them."""
        self._known = known
        self._also_whole = also_whole
        self._room = max_alarmed
        self._max_statements = max_statements

    def whole(self, name: str) -> Sequence[LoggedEvent]:
        """Return all events about a subject, and give them."""
        return self._give(name)

    def alarms(self, name: str) -> Sequence[LoggedEvent] | None:
        """Return those that raise an alarm; none to have the subject left open."""
        if name in self._also_whole:
            return None
        alarms = name + ALARM_SUFFIX
        if not self._known.has_read(alarms):
            self.unread.add(alarms)
            self._check_size()
            return ()
        events = self._known.events(alarms)
        if self._has_alarms(name, events) and self._has_taken_room(name):
            return events
        self._give(alarms)
        return ()

    def has_settled(self) -> bool:
        """Read what was taken for empty, and give it; False if that was wrong."""
        self._known.read(self.unread)
        for alarms in sorted(self.unread):
            events = self._known.events(alarms)
            if self._has_alarms(alarms.removesuffix(ALARM_SUFFIX), events):
                return False
            self.unread.discard(alarms)
            self._give(alarms)
        return True

    def _has_alarms(self, name: str, events: Iterable[LoggedEvent]) -> bool:
        return bool(unjudged_alarms_of(name, events, self._known.directory))

    def _has_taken_room(self, name: str) -> bool:
        # Whoever may state an alarm could make an answer as large as they like.
        count = len(self._known.indices(name))
        if count > self._room or len(self.statements) + count > MAX_STATEMENTS:
            return False
        self._room -= count
        return True

    def _give(self, name: str) -> tuple[LoggedEvent, ...]:
        self.names.add(name)
        self.statements.update(self._known.indices(name))
        self._check_size()
        return self._known.events(name)

    def _check_size(self) -> None:
        if len(self.names) + len(self.unread) > MAX_NAMES:
            raise _too_large(f"{MAX_NAMES} lists")
        if len(self.statements) > self._max_statements:
            raise _too_large(f"{self._max_statements} statements")


def _near(lot: str | None, events: Iterable[LoggedEvent]) -> Iterable[str]:
    """Yield what a walk begins with, and whatever a stranger says is among it."""
    if lot is not None:
        yield from (lot, lot.rpartition("/10/")[0])
    for logged in events:
        parent = logged.event.body.get("parentID")
        if isinstance(parent, str):
            yield parent


def _answer(
    subject: str, lot: str | None, level: int, known: _Known, *, is_first: bool
) -> _Answer:
    """Walk, and collect what was asked for on the way."""
    also_whole: set[str] = set()
    max_alarmed = FIRST_ANSWER_ALARMED if is_first else MAX_STATEMENTS
    while True:
        given = _Given(
            known,
            also_whole,
            max_alarmed,
            max_statements=MAX_STATEMENTS if level > 0 else MAX_NEEDED,
        )
        closure = walk(
            subject, lot=lot, lists=given, directory=known.directory, max_level=level
        )
        if not given.has_settled():
            continue
        collected = _collected(subject, given.names, known)
        # A verifier follows every source of which it has the whole list, for whatever
        # reason that was given.
        opened = {m.subject for m in closure.members if m.is_open}
        opened &= {*collected.names}
        if not opened:
            return _Answer(closure, frozenset(given.statements), collected)
        also_whole |= opened


def _may_fit(
    answer: _Answer, above: Collection[str], known: _Known, *, is_first: bool
) -> bool:
    """Tell whether to read one level more: reading takes most of the time."""
    new = known.union(above) - answer.statements
    if len(answer.statements) + len(new) > MAX_STATEMENTS:
        return False
    if not is_first:
        return True
    room = FIRST_ANSWER_BYTES - answer.collected.entry_bytes
    if len(new) * _LEAST_BYTES > room:
        return False
    new -= answer.collected.entries.keys()
    return sum(map(len, known.cache.entries(new).values())) <= room


def _collected(subject: str, names: Iterable[str], known: _Known) -> Collected:
    """Add whatever proves these lists, and who signed what they hold."""
    given: set[str] = set()
    todo = {subject, REGISTRAR, *names}
    while todo:
        known.read(todo)
        given |= todo
        indices = known.union(todo)
        todo = {party for i in indices for party in known.statements[i].parties} - given
    about = known.union(given)
    shown = {*known.indices(subject)}
    needed = {
        known.statements[index].closed_by
        for index in about
        if index in shown or known.statements[index].needs_seal
    }
    seals = {seal for seal in needed if seal is not None}
    entries = known.cache.entries({0, known.tree_size - 1, *seals} - about)
    entries |= {index: known.statements[index].entry for index in about}
    return Collected(tuple(sorted(given)), dict(sorted(entries.items())))


def _too_large(what: str) -> TooLargeError:
    return TooLargeError(
        f"passport: more than {what} are needed to judge this subject; "
        "replay the ledger and ask there"
    )
