"""Mapping files: what the rows of a register mean, as TOML.

``register`` names the register. ``[tables.<name>]`` says in which CSV ``file`` a table
is, and by which ``key`` its rows are looked up. Each ``[[events]]`` says which event a
row of a ``table`` gives: its ``name``; the ``record`` that it is taken over from; the
``signer`` whose key file signs it; ``when`` there is one; and the ``event`` itself.

Texts are templates. ``{ number = "{milk}" }`` is a number, digit by digit as in the
register, and ``{ number = "{milk}", times = 1000 }`` the same in a smaller unit. An
object in an event may have a ``when`` of its own, and is left out where it fails.

``data/dairy-herds/mapping.toml`` is an example that is used.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from ledger.errors import MalformedError
from ledger.importer.pattern import (
    Array,
    Condition,
    Number,
    Object,
    Pattern,
    condition_holes,
    holes,
)
from ledger.importer.template import HOST, Hole, Row, Template, parse_template

_NAME: Final = re.compile(r"[a-z0-9_-]+")
_TESTS: Final[tuple[Literal["is", "not", "present"], ...]] = ("is", "not", "present")
_WHEN: Final = "when"
_DECIMAL: Final = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")

Fields = dict[str, object]


@dataclass(frozen=True, slots=True)
class TableFile:
    """Where a table is, and by which column its rows are looked up."""

    file: str
    key: str | None
    separator: str


@dataclass(frozen=True, slots=True)
class EventMapping:
    """Which event a row of a table gives."""

    name: str
    table: str
    record: Template
    signer: Template
    when: tuple[Condition, ...]
    event: Object

    def applies(self, row: Row) -> bool:
        """Tell whether a row gives this event."""
        return all(condition.holds(row) for condition in self.when)

    def holes(self) -> Iterator[Hole]:
        """Yield every hole that a row must fill, conditions included."""
        yield from self.record.holes
        yield from self.signer.holes
        yield from condition_holes(self.when)
        yield from holes(self.event)


@dataclass(frozen=True, slots=True)
class RegisterMapping:
    """What the rows of one register mean."""

    register: str
    tables: Mapping[str, TableFile]
    events: tuple[EventMapping, ...]


def parse_mapping(data: bytes) -> RegisterMapping:
    """Return the mapping that a file holds.

    Raises:
        MalformedError: It is not TOML, or a member is missing, unknown or of the wrong
            form; the message says where.
    """
    try:
        found: Fields = tomllib.loads(data.decode(), parse_float=_decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MalformedError(f"mapping: {error}") from error
    _check_members(found, "mapping", required=("register", "tables", "events"))
    register = _text(found["register"], "register")
    tables = {
        _matching(name, f"tables.{name}"): _table(value, f"tables.{name}")
        for name, value in _fields(found["tables"], "tables").items()
    }
    events = tuple(
        _event(value, f"events {number}", tables)
        for number, value in enumerate(_list(found["events"], "events"), start=1)
    )
    names = [event.name for event in events]
    if len(set(names)) != len(names):
        raise _refusal("events", "two have one name; it is part of each eventID")
    return RegisterMapping(register, tables, events)


def check_columns(
    mapping: RegisterMapping, columns: Mapping[str, tuple[str, ...]]
) -> None:
    """Check that every column which a mapping names is in its table.

    Args:
        mapping: The mapping.
        columns: The columns of each of its tables.

    Raises:
        MalformedError: One is not; the message names it.
    """
    for name, table in mapping.tables.items():
        if table.key is not None:
            _check_column(table.key, name, columns, f"tables.{name}.key")
    for event in mapping.events:
        for hole in event.holes():
            where = f"event {event.name}"
            if hole.table is None or hole.via is None:
                if hole.column != HOST:
                    _check_column(hole.column, event.table, columns, where)
                continue
            if hole.table not in columns or mapping.tables[hole.table].key is None:
                raise _refusal(where, f"{hole.table}: not a table that has a key")
            _check_column(hole.via, event.table, columns, where)
            _check_column(hole.column, hole.table, columns, where)


def _check_column(
    column: str, table: str, columns: Mapping[str, tuple[str, ...]], where: str
) -> None:
    if column not in columns[table]:
        known = ", ".join(columns[table])
        raise _refusal(where, f"table {table} has no column {column}; it has {known}")


def _table(value: object, where: str) -> TableFile:
    fields = _fields(value, where)
    _check_members(fields, where, required=("file",), optional=("key", "separator"))
    separator = _text(fields.get("separator", ","), f"{where}.separator")
    if len(separator) != 1 or separator in '"\r\n':
        raise _refusal(f"{where}.separator", "want one character, such as ;")
    key = _text(fields["key"], f"{where}.key") if "key" in fields else None
    return TableFile(_text(fields["file"], f"{where}.file"), key, separator)


def _event(value: object, where: str, tables: Mapping[str, TableFile]) -> EventMapping:
    fields = _fields(value, where)
    needed = ("name", "table", "record", "signer", "event")
    _check_members(fields, where, required=needed, optional=(_WHEN,))
    name = _matching(_text(fields["name"], f"{where}.name"), f"{where}.name")
    where = f"event {name}"
    table = _text(fields["table"], f"{where}: table")
    if table not in tables:
        raise _refusal(where, f"no table {table}; there are {', '.join(tables)}")
    event = _pattern(fields["event"], where)
    if not isinstance(event, Object) or event.when:
        raise _refusal(where, "want a table of the event's members")
    for member in ("eventID", "caravan:source"):
        if member in event.members:
            raise _refusal(where, f"{member}: leave it out, the import makes it")
    return EventMapping(
        name=name,
        table=table,
        record=_template(fields["record"], f"{where}: record"),
        signer=_template(fields["signer"], f"{where}: signer"),
        when=_conditions(fields.get(_WHEN, {}), f"{where}: when"),
        event=event,
    )


def _pattern(value: object, where: str) -> Pattern:
    match value:
        case str():
            return _template(value, where)
        case bool() | int() | Decimal():
            return value
        case list():
            return Array(
                tuple(_pattern(v, f"{where}/{at}") for at, v in enumerate(value))
            )
        case dict() if "number" in value:
            return _number(value, where)
        case dict():
            return Object(
                {
                    name: _pattern(v, f"{where}/{name}")
                    for name, v in value.items()
                    if name != _WHEN
                },
                _conditions(value.get(_WHEN, {}), f"{where}/{_WHEN}"),
            )
        case _:
            raise _refusal(where, 'write a date or a time as a text, in "…"')


def _number(fields: Fields, where: str) -> Number:
    _check_members(fields, where, required=("number",), optional=("times",))
    times = fields.get("times", 1)
    if isinstance(times, bool) or not isinstance(times, int | Decimal):
        raise _refusal(f"{where}/times", "want a number")
    if not _DECIMAL.fullmatch(str(times)):
        raise _refusal(f"{where}/times", "want at most 20 digits each side of the .")
    return Number(_template(fields["number"], where), Decimal(times))


def _conditions(value: object, where: str) -> tuple[Condition, ...]:
    return tuple(
        _condition(column, test, f"{where}.{column}")
        for column, test in _fields(value, where).items()
    )


def _condition(column: str, value: object, where: str) -> Condition:
    tests = _fields(value, where)
    for test in _TESTS:
        want = tests.get(test)
        kind = bool if test == "present" else str
        if len(tests) == 1 and isinstance(want, kind):
            return Condition(column, test, want)
    raise _refusal(where, 'want { is = "…" }, { not = "…" } or { present = true }')


def _template(value: object, where: str) -> Template:
    text = _text(value, where)
    try:
        return parse_template(text)
    except MalformedError as error:
        raise _refusal(where, str(error)) from error


def _decimal(text: str) -> Decimal:
    # Of all that TOML calls a float, what an event may hold; never binary.
    if not _DECIMAL.fullmatch(text):
        raise MalformedError(f"mapping: number {text[:40]}: write it out, as 0.001")
    return Decimal(text)


def _fields(value: object, where: str) -> Fields:
    if not isinstance(value, dict):
        raise _refusal(where, "want a table of members")
    return value


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise _refusal(where, "want an array")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise _refusal(where, "want a text")
    return value


def _matching(text: str, where: str) -> str:
    if not _NAME.fullmatch(text):
        raise _refusal(where, f"got {text!r}, want letters a-z, digits, - and _")
    return text


def _check_members(
    fields: Fields,
    where: str,
    *,
    required: tuple[str, ...],
    optional: tuple[str, ...] = (),
) -> None:
    for name in required:
        if name not in fields:
            raise _refusal(where, f"{name} is missing")
    for name in fields:
        if name not in required + optional:
            known = ", ".join(required + optional)
            raise _refusal(where, f"{name}: not one of {known}")


def _refusal(where: str, reason: str) -> MalformedError:
    return MalformedError(f"mapping: {where}: {reason}")
