"""The text of a template: its tables, and on which line each member stands.

A parser of TOML says where a text is none, but not where a member stands that is TOML
and yet wrong. Nothing is guessed here either: each member of TOML ends with its line,
so a text that is cut off between two members is TOML, too. The first piece in which a
member is found ends with that member, and it begins where the piece before it ended.

Numbers with a fraction are kept as they are written, never as binary ones. Pure
functions over bytes; ``ledger.template`` says what the members mean.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ledger.errors import MalformedError

Path = tuple[str | int, ...]
"""Names of members, and places in arrays of tables, from the text's own table on."""

MOST_BYTES: Final = 262_144
"""A file that is read by people is never as large."""

_PLACE: Final = re.compile(r" ?\(at (?:line ([0-9]+), column [0-9]+|end of document)\)")
_DECIMAL: Final = re.compile(r"[+-]?([0-9]{1,15}(\.[0-9]{1,15})?|inf)")
_ENDLESS: Final = Decimal("Infinity")
_LARGEST: Final = 10**15


class TemplateError(MalformedError):
    """A product's template cannot be read."""

    # No page and no verifier meets it, so that JavaScript does not have it.
    code = "template"

    def __init__(self, message: str, *, file: str = "", line: int = 0) -> None:
        """Keep where the fault is.

        Args:
            message: What is wrong, and what is wanted.
            file: The name of the file.
            line: In the file, from one; 0 if it is the file itself.
        """
        place = f"{file}:{line}" if line else file
        super().__init__(f"{place}: {message}" if place else message)
        self.file = file
        self.line = line
        self.reason = message


@dataclass(frozen=True, slots=True)
class _Written:
    """What TOML calls a float, as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class _Source:
    file: str
    text: str

    def refusal(self, path: Path, reason: str) -> TemplateError:
        line = line_of(self.text, path)
        return TemplateError(reason, file=self.file, line=line)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a file, whose members are taken out one by one."""

    _source: _Source
    _path: Path
    _members: dict[str, object]

    def __contains__(self, name: str) -> bool:
        """Tell whether it has a member."""
        return name in self._members

    @property
    def file(self) -> str:
        """Return the name of the file."""
        return self._source.file

    def refusal(self, name: str | None, reason: str) -> TemplateError:
        """Return the error that says what is wrong with a member, or the table."""
        if name is None:
            return self._source.refusal(self._path, reason)
        return self._source.refusal((*self._path, name), f"{name}: {reason}")

    def check_members(
        self, *, required: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> None:
        """Check which members it has.

        Raises:
            TemplateError: One is missing, or is none of these.
        """
        for name in self._members:
            if name not in required + optional:
                known = ", ".join(required + optional)
                raise self.refusal(name, f"unknown key, want one of {known}")
        for name in required:
            if name not in self._members:
                raise self.refusal(None, f"{name}: missing key")

    def text(self, name: str) -> str:
        """Return a text; an empty one if there is none of this name.

        Raises:
            TemplateError: It is not a text.
        """
        value = self._members.get(name, "")
        if not isinstance(value, str):
            raise self.refusal(name, f"wrong type, want a text, not {_kind(value)}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return an array of texts; an empty one if there is none of this name.

        Raises:
            TemplateError: It is not an array of texts.
        """
        value = self._members.get(name, [])
        found = value if isinstance(value, list) else [value]
        texts = [each for each in found if isinstance(each, str)]
        if not isinstance(value, list) or len(texts) != len(found):
            raise self.refusal(name, "wrong type, want an array of texts")
        return tuple(texts)

    def flag(self, name: str) -> bool:
        """Return true or false; false if there is none of this name.

        Raises:
            TemplateError: It is something else.
        """
        value = self._members.get(name, False)
        if not isinstance(value, bool):
            raise self.refusal(name, "wrong type, want true or false")
        return value

    def number(self, name: str) -> Decimal:
        """Return a number.

        Raises:
            TemplateError: It is none, or is not written out in decimal.
        """
        found = self._number(self._members.get(name), name)
        if not found.is_finite():
            raise self.refusal(name, "number not decimal, want digits, such as 0.5")
        return found

    def ends(self, name: str) -> tuple[Decimal | None, Decimal | None]:
        """Return two numbers, the lower first; None for ``-inf`` and ``inf``.

        Raises:
            TemplateError: It is not an array of two numbers in their order.
        """
        value = self._members.get(name)
        if not isinstance(value, list):
            raise self.refusal(
                name, f"wrong type, want [low, high], not {_kind(value)}"
            )
        if len(value) != 2:
            raise self.refusal(name, f"got {len(value)} numbers, want [low, high]")
        low, high = (self._number(each, name) for each in value)
        if low > high or low == _ENDLESS or high == -_ENDLESS:
            raise self.refusal(name, f"got {low} before {high}, want the lower first")
        return low if low.is_finite() else None, high if high.is_finite() else None

    def table(self, name: str) -> "Table":
        """Return a table in this one.

        Raises:
            TemplateError: It is none.
        """
        value = self._members.get(name)
        if not isinstance(value, dict):
            raise self.refusal(name, f"wrong type, want a table, not {_kind(value)}")
        return Table(self._source, (*self._path, name), value)

    def tables(self, name: str) -> Iterator["Table"]:
        """Yield the tables of an array; none if there is none of this name.

        Raises:
            TemplateError: It is not an array of tables.
        """
        value = self._members.get(name, [])
        if not isinstance(value, list) or not all(isinstance(e, dict) for e in value):
            raise self.refusal(name, f"wrong type, want tables, each after [[{name}]]")
        for place, members in enumerate(value):
            yield Table(self._source, (*self._path, name, place), members)

    def _number(self, value: object, name: str) -> Decimal:
        match value:
            case bool():
                pass
            case int() if abs(value) < _LARGEST:
                return Decimal(value)
            case int():
                raise self.refusal(name, "number not decimal, want 15 digits at most")
            case _Written(text):
                digits = text.replace("_", "")
                if _DECIMAL.fullmatch(digits):
                    return Decimal(digits)
                reason = f"number not decimal, got {text[:40]}, want digits, as in 0.5"
                raise self.refusal(name, reason)
        raise self.refusal(name, f"wrong type, want a number, not {_kind(value)}")


def parse_file(data: bytes, *, file: str) -> Table:
    """Return the table that a text of TOML is.

    Args:
        data: The text.
        file: What the file is called, for refusals.

    Raises:
        TemplateError: It is too large, or not TOML; the message says where.
    """
    if len(data) > MOST_BYTES:
        raise TemplateError(f"larger than {MOST_BYTES} bytes", file=file)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise TemplateError("not TOML: not UTF-8", file=file, line=line) from error
    try:
        return Table(_Source(file, text), (), _parse(text))
    except (ValueError, RecursionError) as error:
        # Of integers with thousands of digits, and of tables in tables without end,
        # the parser does not say where they are.
        reason, line = str(error), 1
        place = _PLACE.search(reason)
        if place is not None:
            line = int(place[1]) if place[1] else text.count("\n") + 1
            reason = reason[: place.start()]
        raise TemplateError(f"not TOML: {reason}", file=file, line=line) from error


def line_of(text: str, path: Path) -> int:
    r"""Return on which line of a text a member begins, from one.

    Of a member in an array that is written as one value, it is the array's line.

    Args:
        text: A text that is TOML.
        path: A member that is in it.

    >>> line_of("# two\n[a]\nb = [\n  1,\n]\nc = 2\n", ("a", "c"))
    6
    """
    lines = text.replace("\r\n", "\n").split("\n")
    # Pieces are named by how many lines they have. The member is not in the first of
    # these two, but is in the second.
    before, after = 0, len(lines)
    while True:
        middle = (before + after) // 2
        nearest = (*range(middle, after), *range(middle - 1, before, -1))
        for cut in nearest if middle > before else ():
            piece = _piece(lines, cut)
            if piece is not None:
                before, after = (before, cut) if _has(piece, path) else (cut, after)
                break
        else:
            return before + 1


def _piece(lines: list[str], cut: int) -> dict[str, object] | None:
    """Return what so many lines hold; None if they end within a member."""
    try:
        return _parse("\n".join(lines[:cut]))
    except ValueError:
        return None


def _parse(text: str) -> dict[str, object]:
    return tomllib.loads(text, parse_float=_Written)


def _has(members: object, path: Path) -> bool:
    for part in path:
        if isinstance(members, dict) and part in members:
            members = members[part]
        elif isinstance(members, list) and isinstance(part, int):
            if part >= len(members):
                return False
            members = members[part]
        else:
            return False
    return True


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case int() | _Written():
            return "a number"
        case str():
            return "a text"
        case list():
            return "an array"
        case dict():
            return "a table"
        case None:
            return "nothing"
        case _:
            return "a date or time"
