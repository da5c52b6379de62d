"""Where a process hands notes to the one that appends, through the database they share.

A row is what one client posted at once; beside it the process that appends writes what
became of each note. Nothing here is durable, nothing is acknowledged by it: a row that
is lost was not answered, and its client posts again, which is always safe. A row whose
reader died waits for the next one.

A row's number is chosen by who posts, and no other row ever has it: the database loses
all rows when it crashes, and would count from one again, while a process still waits
for what stood under a number before.

Whoever can write here can post, as anybody can over HTTP; what is answered here is
believed by the process that asks, as the rest of the store is.
"""

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    LargeBinary,
    MetaData,
    Table,
    delete,
    func,
    select,
    update,
)
from sqlalchemy import text as sql
from sqlalchemy.exc import SQLAlchemyError

from ledger.clock import SystemClock
from ledger.database import Listener, open_engine, reading, reason
from ledger.errors import StoreError

METADATA: Final = MetaData()
"""Apart from the ledger's tables: a SQLite file has one process and no inbox."""

_CHANNEL: Final = "caravan_inbox"
_TICKS_PER_MS: Final = 10
_TAG_BITS: Final = 16
_INSERT: Final = sql(
    "INSERT INTO inbox (number, notes) OVERRIDING SYSTEM VALUE VALUES (:number, :notes)"
)
_INBOX: Final = Table(
    "inbox",
    METADATA,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column(
        "posted", DateTime(timezone=True), server_default=func.now(), nullable=False
    ),
    Column("notes", ARRAY(LargeBinary), nullable=False),
    Column("answers", LargeBinary),
    prefixes=["UNLOGGED"],
)
_ROWS = _INBOX.c


class Inbox:
    """The inbox of one ledger; threads may share it, save for :meth:`wait`."""

    def __init__(self, url: str) -> None:
        """Use the database of a ledger that is there."""
        self._engine = open_engine(url)
        self._listener = Listener(self._engine, _CHANNEL)
        # Two processes that have the same one must also hit upon the same tick.
        self._tag = secrets.randbits(_TAG_BITS)
        self._last_tick = 0

    @contextmanager
    def handing_over(self, posted: Sequence[Sequence[bytes]]) -> Iterator[list[int]]:
        """Put in what clients posted; give the number of each, and let go at the end.

        For one thread of the process. Nobody sees them before the block has ended.

        Raises:
            StoreError: They may not be there; they may be put in again.
        """
        numbers = [self._number() for _ in posted]
        rows = [
            {"number": number, "notes": list(notes)}
            for number, notes in zip(numbers, posted, strict=True)
        ]
        with self._writing() as connection:
            connection.execute(_INSERT, rows)
            yield numbers

    def unanswered(
        self, taken: Collection[int], limit: int
    ) -> list[tuple[int, list[bytes]]]:
        """Return number and notes of what waits for an answer, oldest first.

        Args:
            taken: Numbers that are being worked on.
            limit: How many to return at most.

        Raises:
            StoreError: They cannot be read.
        """
        query = (
            select(_ROWS.number, _ROWS.notes)
            .where(_ROWS.answers.is_(None), _ROWS.number.not_in(list(taken)))
            .order_by(_ROWS.number)
            .limit(limit)
        )
        with self._reading() as connection:
            return [
                (int(number), [bytes(note) for note in notes])
                for number, notes in connection.execute(query)
            ]

    def answer(self, answers: Mapping[int, bytes]) -> None:
        """Write what became of what was posted.

        Raises:
            StoreError: It may not be there; it may be written again.
        """
        with self._writing() as connection:
            for number, answer in answers.items():
                connection.execute(
                    update(_INBOX).where(_ROWS.number == number).values(answers=answer)
                )

    def answers(self, numbers: Collection[int]) -> dict[int, bytes]:
        """Return what was answered, of these, and take it out.

        Raises:
            StoreError: They cannot be read.
        """
        query = (
            delete(_INBOX)
            .where(_ROWS.number.in_(list(numbers)), _ROWS.answers.is_not(None))
            .returning(_ROWS.number, _ROWS.answers)
        )
        with self._changing() as connection:
            found = connection.execute(query)
            return {int(number): bytes(answers) for number, answers in found}

    def take_out(self, numbers: Collection[int]) -> None:
        """Take out what nobody waits for any more.

        Raises:
            StoreError: It may still be there.
        """
        with self._changing() as connection:
            connection.execute(delete(_INBOX).where(_ROWS.number.in_(list(numbers))))

    def take_out_older(self, seconds: float) -> None:
        """Take out what was left behind by processes that died.

        Raises:
            StoreError: It may still be there.
        """
        with self._changing() as connection:
            connection.execute(
                sql(
                    "DELETE FROM inbox WHERE posted < now() - make_interval(secs => :s)"
                ),
                {"s": seconds},
            )

    def wait(self, seconds: float) -> None:
        """Return when something was put in or answered, or when the time is over."""
        self._listener.wait(seconds)

    def close(self) -> None:
        """Close every connection."""
        self._listener.close()
        self._engine.dispose()

    def _number(self) -> int:
        """Return a number that no row has had, after all before it of this process."""
        now = SystemClock().now_ms() * _TICKS_PER_MS
        self._last_tick = max(self._last_tick + 1, now)
        return self._last_tick << _TAG_BITS | self._tag

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with reading(self._engine) as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(reason(error)) from error

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(reason(error)) from error

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._changing() as connection:
            yield connection
            # It is told when, and only if, the transaction is committed.
            connection.execute(sql(f"NOTIFY {_CHANNEL}"))
