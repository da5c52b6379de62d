"""How often a code was looked up: counted here, checked by nobody.

A visit to the page of a serial counts, once in half an hour from one address. What is
remembered of an address is a hash under a key that this process drew when it started:
in memory, of bounded size, and never written down. What is written down is a subject, a
day and a number (``ledger.lookupstore``), every few seconds, by a thread of its own: a
crash loses the counts of these seconds.

Serials that were never packed are not written down one by one, whoever makes them up:
their lot has one number a day for all of them.
"""

import hashlib
import secrets
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from api.connection import network_of
from api.reading import PassportReading, Reading
from api.texts import Texts
from ledger.clock import Clock, SystemClock
from ledger.errors import StoreError
from ledger.event import Event
from ledger.lookupstore import Days, LookupStore
from ledger.notices import failure
from ledger.seal import format_time
from ledger.wording import day as day_in_words
from ledger.wording import named, names_at

Outcome = Literal["packed", "void", "unissued"]

AGAIN_SECONDS: Final = 30 * 60
"""How long one address counts once."""
MAX_VISITS: Final = 50_000
"""So many are remembered; whoever came longest ago counts anew first."""
WRITE_SECONDS: Final = 5
"""How long counts wait to be written, many of them together."""
MANY_AFTER_SALE: Final = 10
"""Look-ups on days after the sale that are said to be many.

A choice: a household looks a few times, its friends a few times more. Whoever copies
one code onto many packs is looked up by many households.
"""

_SHIPPED: Final = "shipping"
_SOLD: Final = ("retail_selling", "retail_sold")


class Visitors:
    """Who looked at what a while ago, as far as that is needed to count once."""

    def __init__(
        self,
        *,
        max_visits: int = MAX_VISITS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with nobody, and with a key that nobody has.

        Args:
            max_visits: How many are remembered.
            now: Seconds that only grow.
        """
        self._key = secrets.token_bytes(32)
        self._max_visits = max_visits
        self._now = now
        self._seen: OrderedDict[bytes, float] = OrderedDict()

    def is_new(self, subject: str, address: str) -> bool:
        """Remember a visit; tell whether it is the first in half an hour.

        >>> visitors = Visitors(now=lambda: 0.0)
        >>> visitors.is_new("a", "192.0.2.7"), visitors.is_new("a", "192.0.2.7")
        (True, False)
        """
        text = f"{subject}\n{network_of(address)}".encode()
        visit = hashlib.blake2b(text, key=self._key, digest_size=16).digest()
        now = self._now()
        counted = self._seen.get(visit)
        if counted is not None and now - counted < AGAIN_SECONDS:
            return False
        self._seen[visit] = now
        self._seen.move_to_end(visit)
        while self._seen:
            oldest = next(iter(self._seen.values()))
            is_over = now - oldest >= AGAIN_SECONDS
            if not is_over and len(self._seen) <= self._max_visits:
                break
            self._seen.popitem(last=False)
        return True

    def __len__(self) -> int:
        """Return how many visits are remembered."""
        return len(self._seen)


class Lookups:
    """Counts visits, and says how often there were any; used by many threads."""

    def __init__(
        self,
        store: LookupStore,
        *,
        clock: Clock | None = None,
        visitors: Visitors | None = None,
    ) -> None:
        """Begin to count.

        Args:
            store: Where counts are kept; closed with this.
            clock: Says which day it is.
            visitors: Who looked before.
        """
        self._store = store
        self._clock = clock or SystemClock()
        self._visitors = Visitors() if visitors is None else visitors
        self._lock = threading.Lock()
        self._waiting: Counter[tuple[str, str]] = Counter()
        self._outcomes: Counter[Outcome] = Counter()
        self._is_closing = threading.Event()
        self._writer = threading.Thread(
            target=self._write_now_and_then, name="look-ups", daemon=True
        )
        self._writer.start()

    def take(self, subject: str, outcome: Outcome, address: str) -> None:
        """Count a visit, unless the same address was there just now.

        Args:
            subject: The serial; of those never packed, what they claim to be of.
            outcome: What there is to say of the serial.
            address: Who asks; forgotten when this returns.
        """
        today = format_time(self._clock.now_ms())[:10]
        with self._lock:
            if self._visitors.is_new(subject, address):
                self._waiting[subject, today] += 1
                self._outcomes[outcome] += 1

    def days(self, subject: str) -> Days:
        """Return on which days a subject was looked up, and how often.

        Raises:
            StoreError: That cannot be read.
        """
        with self._lock:
            found = Counter(
                {day: n for (name, day), n in self._waiting.items() if name == subject}
            )
            # While the lock is held nothing moves from one to the other.
            found.update(dict(self._store.days(subject)))
        return tuple(sorted(found.items()))

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        """How many visits were counted since the start, by what was found."""
        with self._lock:
            return Counter(self._outcomes)

    def write(self) -> None:
        """Write down what was counted since the last time.

        Raises:
            StoreError: It is kept in memory, to be written next time.
        """
        with self._lock:
            self._store.add(self._waiting)
            self._waiting.clear()

    def close(self) -> None:
        """Write down what is left, and stop."""
        self._is_closing.set()
        self._writer.join()
        self._try_to_write()
        self._store.close()

    def _write_now_and_then(self) -> None:
        while not self._is_closing.wait(WRITE_SECONDS):
            self._try_to_write()

    def _try_to_write(self) -> None:
        try:
            self.write()
        except StoreError as error:
            failure("lookups-not-written", error)


@dataclass(frozen=True, slots=True)
class LookupBlock:
    """What a page says of look-ups, in sentences, each with what to do.

    Attributes:
        alarms: What gives reason to doubt.
        sold: That the serial was signed as sold: who has bought it need not wonder.
        count: How often, and since when.
        is_of_page: Whether what was counted are visits to this very page.
    """

    alarms: tuple[str, ...]
    sold: str
    count: str
    is_of_page: bool


class Counts(Protocol):
    """Says how often something was looked up."""

    def days(self, subject: str) -> Days:
        """Return on which days, and how often."""
        ...


def outcome_of(reading: PassportReading) -> Outcome:
    """Return what there is to say of a serial."""
    if not reading.is_packed:
        return "unissued"
    alarms = () if reading.closure is None else reading.closure.alarms
    is_void = any(
        alarm.word == "inactive" and alarm.subject == reading.subject
        for alarm in alarms
    )
    return "void" if is_void else "packed"


def counted_as(reading: PassportReading, lot: str | None) -> str:
    """Return under what a visit to a serial counts.

    Of a serial that was never packed, that is the lot that was scanned with it, if the
    ledger knows that, or the trade item; what else is made up has one number for all.

    Args:
        reading: Of the serial's passport.
        lot: What was scanned with it and is in the ledger.
    """
    return reading.subject if reading.is_packed else lot or ""


def lookup_block(
    reading: PassportReading, counts: Counts, counted: str, texts: Texts
) -> LookupBlock | None:
    """Return what the page says of look-ups; None if there is nothing.

    Args:
        reading: What the statements say, of shipping and selling too.
        counts: How often something was looked up.
        counted: Under what visits to this page count.
        texts: The words of the reader's language.
    """
    try:
        days = counts.days(counted)
    except StoreError as error:
        failure("lookups-not-read", error)
        return None
    is_serial = counted == reading.subject and "/21/" in counted
    sale = _first(reading, lambda e: (e.biz_step, e.disposition) == _SOLD)
    sold = _sold(reading, sale, texts) if is_serial and sale is not None else ""
    alarms = tuple(_alarms(reading, sale, days, texts)) if is_serial else ()
    if not days and not sold:
        return None
    total = sum(count for _, count in days)
    key = "lookups.count" if is_serial else "lookups.unissued"
    first = days[0][0] if days else ""
    said = texts(key, count=total, day=_in_words(first, texts)) if days else ""
    return LookupBlock(alarms, sold, said, is_serial)


def _alarms(
    reading: PassportReading, sale: Reading | None, days: Days, texts: Texts
) -> Iterable[str]:
    """Yield what gives reason to doubt, the gravest first."""
    shipped = _first(reading, lambda event: event.biz_step == _SHIPPED)
    if shipped is not None:
        day = _day(shipped)
        early = sum(count for on, count in days if on < day)
        if early:
            yield texts("lookups.early", count=early, day=_in_words(day, texts))
    if sale is not None:
        late = sum(count for on, count in days if on > _day(sale))
        if late >= MANY_AFTER_SALE:
            yield texts("lookups.many", count=late)


def _sold(reading: PassportReading, sale: Reading, texts: Texts) -> str:
    """Return when and where a serial was signed as sold."""
    if not isinstance(sale.content, Event):
        return ""
    names = names_at(reading.directory, sale.index, texts.messages)
    place = named(sale.content.read_point, names)
    return texts("lookups.sold", day=_in_words(_day(sale), texts), place=place)


def _first(
    reading: PassportReading, is_meant: Callable[[Event], bool]
) -> Reading | None:
    """Return the earliest statement of a kind about the serial or what it is in."""
    closure = reading.closure
    members = () if closure is None else closure.members
    units = {m.subject for m in members if m.relation in ("subject", "parent")}
    found = [
        read
        for read in reading.readings
        if isinstance(read.content, Event)
        and is_meant(read.content)
        and not read.is_apart
        and read.declared_by is None
        and not read.content.is_error_declaration
        and not units.isdisjoint(read.about)
    ]
    return min(found, key=_instant, default=None)


def _instant(read: Reading) -> tuple[int, int]:
    instant = read.content.instant_us if isinstance(read.content, Event) else 0
    return (instant, read.index)


def _day(read: Reading) -> str:
    """Return the day of a statement in UTC, as look-ups are counted."""
    return format_time(_instant(read)[0] // 1000)[:10]


def _in_words(day: str, texts: Texts) -> str:
    return day_in_words(day, texts.messages)


def looked_up(
    lookups: Lookups | None,
    reading: PassportReading,
    texts: Texts,
    *,
    lot: str | None,
    visitor: str | None,
) -> LookupBlock | None:
    """Count a visit, and return what the page of a serial or a lot says of such.

    Args:
        lookups: Who counts; None where nobody does.
        reading: Of the page's passport.
        texts: The words of the reader's language.
        lot: Of a serial, the lot that it claims, if that is in the ledger.
        visitor: The address that asks; None of whom is not counted.
    """
    subject = reading.subject
    if lookups is None or not ("/21/" in subject or "/10/" in subject):
        return None
    counted = counted_as(reading, lot)
    if visitor is not None and "/21/" in subject:
        lookups.take(counted, outcome_of(reading), visitor)
    return lookup_block(reading, lookups, counted, texts)
