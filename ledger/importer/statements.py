"""Make the statements that a register's rows stand for.

Each has an ``eventID`` that follows from register, record and event name, and no time
or chance goes into it: equal rows give equal notes, byte for byte (Ed25519 signs
without randomness). A record that was changed after it had been taken over keeps its
``eventID``, so the ledger refuses it, and whoever keeps the register declares an error.

Pure functions: files and keys come as bytes and through a function.
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from ledger.encoding import Json, canonical, parse_canonical
from ledger.errors import EventError, LedgerError, MalformedError
from ledger.event import parse_event, parse_instant
from ledger.importer.mapping import EventMapping, RegisterMapping, check_columns
from ledger.importer.table import Table, parse_table
from ledger.importer.template import Row
from ledger.note import NoteSigner
from ledger.statement import sign_statement

_KEY_NAME: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_ID_TAG: Final = b"caravan/import/v1\n"

SignerOf = Callable[[str], NoteSigner]
"""Gives the key that a mapping names, or raises ``LedgerError``."""


@dataclass(frozen=True, slots=True)
class RowEvent:
    """Which event of which row: what a refusal is about."""

    file: str
    line: int
    name: str
    """Name of the event in the mapping; empty for the row as a whole."""

    def __str__(self) -> str:
        """Say it as people look for it."""
        about = f" ({self.name})" if self.name else ""
        return f"{self.file} line {self.line}{about}"


Made = tuple[RowEvent, bytes | LedgerError]
"""A statement, or why there is none."""


class Register:
    """A register that has been read, with what its rows mean."""

    def __init__(self, mapping: RegisterMapping, read: Callable[[str], bytes]) -> None:
        """Read every table.

        Args:
            mapping: What the rows mean.
            read: Gives the bytes of a file that the mapping names.

        Raises:
            LedgerError: A file cannot be read.
            MalformedError: A file is no table, or lacks a column.
        """
        self.mapping = mapping
        self.tables: Mapping[str, Table] = {
            name: parse_table(
                read(table.file), name=table.file, separator=table.separator
            )
            for name, table in mapping.tables.items()
        }
        check_columns(
            mapping, {name: table.columns for name, table in self.tables.items()}
        )
        self._keyed = {
            name: self.tables[name].by_key(table.key)
            for name, table in mapping.tables.items()
            if table.key is not None
        }
        self._used = {event.table for event in mapping.events}

    @property
    def row_count(self) -> int:
        """Return how many rows there are to go through."""
        return sum(len(self.tables[name].rows) for name in self._used)

    def statements(
        self,
        *,
        origin: str,
        signer_of: SignerOf,
        on_row: Callable[[], None] = lambda: None,
    ) -> Iterator[Made]:
        """Yield the statement of each event of each row, table by table.

        Args:
            origin: The ledger that they are for.
            signer_of: Gives the key that a mapping names.
            on_row: Called when a row is done.
        """
        maker = _Maker(self.mapping.register, origin, signer_of)
        for name, table in self.tables.items():
            events = [event for event in self.mapping.events if event.table == name]
            for line, values in table.rows if events else ():
                if isinstance(values, MalformedError):
                    yield RowEvent(table.name, line, ""), values
                else:
                    row = Row(values, maker.host, self._keyed)
                    for event in events:
                        if event.applies(row):
                            about = RowEvent(table.name, line, event.name)
                            yield about, maker.make(row, event, about)
                on_row()


@dataclass(slots=True)
class _Maker:
    """What making one statement after another needs."""

    register: str
    origin: str
    signer_of: SignerOf
    # Two rows of one record would be two events under one eventID.
    records: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return self.origin.split("/", 1)[0]

    def make(
        self, row: Row, event: EventMapping, about: RowEvent
    ) -> bytes | LedgerError:
        try:
            record = event.record.fill(row)
            line = self.records.setdefault((event.name, record), about.line)
            if line != about.line:
                raise MalformedError(
                    f"record {record}: is in line {line} too; a record is one row, "
                    "so let its name in the mapping have more of the columns"
                )
            body = event_body(row, event, record=record, register=self.register)
            signer = self.signer_of(_key_name(event.signer.fill(row)))
            return sign_body(body, origin=self.origin, signer=signer)
        except LedgerError as error:
            return error


def event_body(
    row: Row, event: EventMapping, *, record: str, register: str
) -> dict[str, Json]:
    """Return the event that a row stands for, with where it is from.

    Raises:
        MalformedError: A value is empty, not to be found or no number.
        EventError: It has no time.
    """
    body = event.event.fill(row)
    time = body.get("eventTime")
    if not isinstance(time, str):
        raise EventError("eventTime: missing", pointer="/eventTime")
    instant_us = parse_instant(time, "/eventTime")
    source: dict[str, Json] = {"record": record, "register": register}
    body["caravan:source"] = source
    body["eventID"] = event_id(register, record, event.name, instant_us=instant_us)
    return body


def sign_body(body: dict[str, Json], *, origin: str, signer: NoteSigner) -> bytes:
    """Return an event as a signed statement; what would be invalid is never signed.

    Raises:
        EncodingError: The event has no canonical form.
        EventError: What validity reads of it is missing or of the wrong form.
    """
    spelling = canonical(body)
    parse_event(parse_canonical(spelling), host=origin.split("/", 1)[0])
    return sign_statement(origin=origin, kind="event", body=spelling, signers=[signer])


def event_id(register: str, record: str, name: str, *, instant_us: int) -> str:
    """Return the URN of an event: laid out as a UUIDv7, and the same every time.

    The first 48 bits are the event's own time in milliseconds, so that ids ascend as a
    database likes it; the 74 that RFC 9562, section 5.7, leaves free are of a SHA-256.

    >>> event_id("herd book", "stay/7", "arrival", instant_us=1_136_934_000_000_000)
    'urn:uuid:0108b68c-1580-7f09-89b0-f87d3805c577'
    """
    named: list[Json] = [register, record, name]
    digest = hashlib.sha256(_ID_TAG + canonical(named)).digest()
    free = int.from_bytes(digest[:10], "big")
    # A time before 1970 has no place there.
    milliseconds = max(instant_us // 1000, 0) & (1 << 48) - 1
    high = milliseconds << 16 | 7 << 12 | free >> 62 & 0xFFF
    return uuid.UUID(int=high << 64 | 0b10 << 62 | free & (1 << 62) - 1).urn


def _key_name(name: str) -> str:
    # It becomes a file name, and comes from the register: it must not lead elsewhere.
    if not _KEY_NAME.fullmatch(name):
        raise MalformedError(f"signer: got {name[:40]!r}, want letters, digits, . - _")
    return name
