"""Tables of a register: CSV files (RFC 4180) with the names of columns in row one.

A table is read whole before anything is signed, so that a file which is no table stops
an import before it starts. A row with too many or too few values is kept as a refusal:
it is named when its turn comes, and the others go on.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ledger.errors import MalformedError


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one file.

    ``rows`` pairs the number of a row's last line in the file with its values by
    column, or with why it has none.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str] | MalformedError], ...]

    def by_key(self, column: str) -> dict[str, Mapping[str, str]]:
        """Return the rows by the values of a column.

        Raises:
            MalformedError: Two rows have the same value, so neither can be meant.
        """
        found: dict[str, Mapping[str, str]] = {}
        for line, values in self.rows:
            if isinstance(values, MalformedError):
                continue
            if values[column] in found:
                raise MalformedError(
                    f"{self.name} line {line}: {column} {values[column]!r} is there "
                    "already; a key is there once"
                )
            found[values[column]] = values
        return found


def parse_table(data: bytes, *, name: str, separator: str = ",") -> Table:
    r"""Return the table that a file holds.

    Args:
        data: The file.
        name: What to call it in a refusal.
        separator: What stands between two values.

    Raises:
        MalformedError: It is not UTF-8, not CSV, or its first row names no columns.

    >>> table = parse_table(b"herd,milk\nFR7,43.5\nFR8\n", name="milk.csv")
    >>> table.rows[0]
    (2, {'herd': 'FR7', 'milk': '43.5'})
    >>> table.rows[1]
    (3, MalformedError('got 1 value, want 2'))
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise MalformedError(
            f"{name} line {line}: not UTF-8; save the file in that encoding"
        ) from error
    rows = _read(text, name, separator)
    _, columns = next(rows, (0, []))
    if not columns or len(set(columns)) != len(columns) or "" in columns:
        raise MalformedError(f"{name} line 1: want the name of each column, once")
    return Table(
        name, tuple(columns), tuple((line, _named(columns, row)) for line, row in rows)
    )


def _read(text: str, name: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, ""), delimiter=separator, strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, [value.strip() for value in row]
    except csv.Error as error:
        raise MalformedError(f"{name} line {reader.line_num}: {error}") from error


def _named(columns: list[str], row: list[str]) -> Mapping[str, str] | MalformedError:
    if len(row) != len(columns):
        noun = "value" if len(row) == 1 else "values"
        return MalformedError(f"got {len(row)} {noun}, want {len(columns)}")
    return dict(zip(columns, row, strict=True))
