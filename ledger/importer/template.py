"""Templates: texts with holes that the columns of a row fill.

``{column}`` stands for a value of the row at hand, ``{column|lower}`` for the same in
small letters, ``{host}`` for the host of the ledger, and ``{table[column].other}`` for
the value that another table has in the row whose key is this row's ``column``.

Pure functions over texts. A value goes in as it is and is never read as a template.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.errors import MalformedError

HOST: Final = "host"

_HOLE: Final = re.compile(
    r"(?:(?P<table>[a-z0-9_-]+)\[(?P<via>[^][{}|]+)\]\.)?"
    r"(?P<column>[^][{}|]+)"
    r"(?P<filters>(?:\|[a-z]+)*)"
)
_PIECE: Final = re.compile(r"\{([^{}]*)\}|([^{}]+)|([{}])")
_FILTERS: Final[Mapping[str, Callable[[str], str]]] = {
    "lower": str.lower,
    "upper": str.upper,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a register, and what its holes may reach besides it.

    ``keyed`` has the rows of every table that has a key, by that key.
    """

    values: Mapping[str, str]
    host: str
    keyed: Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Hole:
    """A place for the value of a column."""

    column: str
    filters: tuple[str, ...] = ()
    table: str | None = None
    via: str | None = None
    """The column of this row that holds the key of the other table's row."""

    def fill(self, row: Row) -> str:
        """Return the value for one row.

        Raises:
            MalformedError: The value is empty, or no row of the other table has it.
        """
        values = row.values
        if self.table is not None and self.via is not None:
            key = values[self.via]
            found = row.keyed[self.table].get(key)
            if found is None:
                raise MalformedError(
                    f"column {self.via}: table {self.table} has no row {key!r}"
                )
            values = found
        elif self.column == HOST:
            return row.host
        value = values[self.column]
        if not value:
            raise MalformedError(
                f"column {self.column}: empty; fill it in, or let the mapping ask "
                f"for it with when = {{ {self.column} = {{ present = true }} }}"
            )
        for name in self.filters:
            value = _FILTERS[name](value)
        return value


@dataclass(frozen=True, slots=True)
class Template:
    """A text with holes."""

    pieces: tuple[str | Hole, ...]

    def fill(self, row: Row) -> str:
        """Return the text for one row.

        Raises:
            MalformedError: A value is empty, or not to be found.
        """
        return "".join(
            piece if isinstance(piece, str) else piece.fill(row)
            for piece in self.pieces
        )

    @property
    def holes(self) -> tuple[Hole, ...]:
        """Return the holes, in order."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Hole))


def parse_template(text: str) -> Template:
    """Return the template that a text spells.

    Raises:
        MalformedError: A brace without its other, or a hole of another form.

    >>> row = Row({"herd": "FR7"}, "a.b", {})
    >>> parse_template("https://{host}/id/place/{herd|lower}").fill(row)
    'https://a.b/id/place/fr7'
    """
    pieces: list[str | Hole] = []
    for hole, plain, brace in _PIECE.findall(text):
        if brace:
            raise MalformedError(f"template {text!r}: a {brace} without its other")
        pieces.append(plain or _parse_hole(hole, text))
    return Template(tuple(pieces))


def _parse_hole(hole: str, text: str) -> Hole:
    match = _HOLE.fullmatch(hole)
    if match is None:
        raise MalformedError(
            f"template {text!r}: got {{{hole}}}, want {{column}}, {{column|lower}} or "
            "{table[column].other}"
        )
    filters = tuple(match["filters"].split("|")[1:])
    for name in filters:
        if name not in _FILTERS:
            known = " or ".join(_FILTERS)
            raise MalformedError(f"template {text!r}: got |{name}, want {known}")
    return Hole(match["column"], filters, match["table"], match["via"])
