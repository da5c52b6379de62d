"""A worksheet on paper, in a terminal, a spreadsheet and for programs.

The figures and words of statements are the same in every form; only headings are in the
reader's language. The same exercise gives the same bytes.
"""

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ledger.audit.exercise import Exercise, Half
from ledger.audit.report.wordbook import Language, plain, shown
from ledger.audit.rule import filled
from ledger.audit.stock import Mass
from ledger.audit.worksheet import TABLES, Row, Table
from ledger.encoding import Json
from ledger.mass import decimal

FORMAT: Final = "caravan/exercise/v1"
COLUMNS: Final = (
    *("direction", "table", "level", "step", "entries", "time", "parties", "subject"),
    *("in_kg", "out_kg", "lost_kg", "stock_kg", "difference_kg", "running_kg"),
    *("of_it_kg", "number", "not_found", "adds_up", "note"),
)

_WORDS: Final = Path(__file__).parent / "exercise.toml"
_SHOWN: Final = 10
_PLACES: Final = 15
MASSES: Final = (
    *("into", "out", "lost", "stock"),
    *("difference", "running", "share"),
)
"""Fields of a line that are masses."""

# What a spreadsheet takes for the beginning of a formula, in either width.
_FORMULAS: Final = tuple("=+-@\uff1d\uff0b\uff0d\uff20\t\r\n")


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language; a word that is not there stands as it is."""

    language: Language
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its blanks filled in."""
        given = {name: f"{value}" for name, value in values.items()}
        return filled(self.texts[key], given)

    def word(self, name: str) -> str:
        """Return a word of a statement."""
        return plain(self.texts.get(f"word.{name}", name))

    def column(self, table: Table, field: str) -> str:
        """Return the head of a column."""
        own = self.texts.get(f"column_of.{table}.{field}")
        return self.texts[f"column.{field}"] if own is None else own


@cache
def words_of(language: Language) -> Words:
    """Return the texts of a language."""
    texts = tomllib.loads(_WORDS.read_text("utf-8"))[language]
    return Words(language, dict(_flat(texts, "")))


def kilograms(mass: Mass) -> str:
    """Return a mass in kilograms as it was told; nothing if it is not known.

    >>> kilograms(1_250 * 10**12), kilograms(None)
    ('1.25', '')
    """
    return "" if mass is None else decimal(mass, _PLACES)


def as_lines(exercise: Exercise, language: Language = "en") -> Iterator[str]:
    """Yield the worksheet as people read it in a terminal, long tables cut short."""
    words = words_of(language)
    yield from head_of(exercise, words)
    for half in (exercise.back, exercise.forward):
        yield ""
        yield from state_of(half, words)
        for row in half.off[:_SHOWN]:
            yield f"  {words('is_off')}: {_line(row, words)}"
        for name in TABLES:
            rows = half.table(name)
            if rows:
                yield f"  {words.texts[f'table.{name}']}"
            yield from (f"    {_line(row, words)}" for row in rows[:_SHOWN])
            if len(rows) > _SHOWN:
                yield f"    {words('more', count=len(rows) - _SHOWN)}"
    yield ""
    yield words("shows")


def as_json(exercise: Exercise) -> dict[str, Json]:
    """Return the worksheet for programs, with every line."""
    return {
        "format": FORMAT,
        "origin": exercise.origin,
        "tree_size": exercise.tree_size,
        "root_hash": exercise.root,
        "seed": exercise.seed,
        "lots": exercise.lots,
        "harvests": exercise.harvests,
        "is_accounted": exercise.is_accounted,
        "back": _half_json(exercise.back),
        "forward": _half_json(exercise.forward),
    }


def as_csv(exercise: Exercise) -> str:
    """Return every line as a row of a table, as RFC 4180 has it.

    It begins with a byte order mark, so that a spreadsheet reads it as UTF-8, and no
    cell begins as a formula would: such a one has an apostrophe before it.
    """
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for half in (exercise.back, exercise.forward):
        for row in half.rows:
            writer.writerow(_csv_row(half, row))
    return out.getvalue()


def head_of(exercise: Exercise, words: Words) -> Iterator[str]:
    """Yield what a worksheet is of, and how lot and harvest were drawn."""
    yield words("title")
    yield (
        f"{words('ledger')}: {plain(exercise.origin)}, {exercise.tree_size} "
        f"{words('entries')}, {words('root')} {exercise.root}"
    )
    drawn = {(True, True): "drawn", (True, False): "lot_drawn"}
    drawn[False, True] = "harvest_drawn"
    key = drawn.get((exercise.lots > 0, exercise.harvests > 0), "given")
    yield words(
        key,
        seed=plain(exercise.seed),
        lots=exercise.lots,
        harvests=exercise.harvests,
    )
    if key != "given":
        yield words("redraw")


def state_of(half: Half, words: Words) -> Iterator[str]:
    """Yield where a half begins, how much there is, and whether it adds up."""
    yield words(half.direction, subject=shown(half.subject))
    mass = words("untold") if half.made is None else f"{kilograms(half.made)} kg"
    key = "made_packs" if half.pieces else "made"
    yield f"{words(key, mass=mass, pieces=half.pieces)}; " + words(
        "rests", entries=half.entries
    )
    if half.recovery is not None:
        percent = decimal(int(half.recovery * 10_000), 2)
        yield words("recovery", found=half.found, pieces=half.pieces, percent=percent)
    yield words("off", count=len(half.off)) if half.off else words("accounted")


def _line(row: Row, words: Words) -> str:
    """Return a line of a terminal: what applies, by name."""
    numbers = " ".join(f"#{index}" for index in row.entries[:3])
    more = f" +{len(row.entries) - 3}" if len(row.entries) > 3 else ""
    said = [
        "" if row.level is None else f"{row.level}",
        words.word(row.step),
        shown(row.subject) if row.subject else "",
        row.time[:16],
        "+".join(dict.fromkeys(map(shown, row.parties))),
    ]
    for field in (*MASSES, "pieces", "pieces_off"):
        value = cell_of(row, field, words)
        if value and not (
            field == "running" or (field == "pieces_off" and value == "0")
        ):
            said.append(f"{words.column(row.table, field)} {value}")
    if row.is_untold:
        said.append(words("untold"))
    note = "" if row.table == "sources" else _note(row, words)
    said += [note, f"[{numbers}{more}]" if numbers else ""]
    return "  ".join(filter(None, said))


def cell_of(row: Row, field: str, words: Words) -> str:
    """Return what stands in a column of a line."""
    match field:
        case "level":
            return "" if row.level is None else f"{row.level}"
        case "step":
            return words.word(row.step)
        case "entries":
            return " ".join(f"#{index}" for index in row.entries)
        case "time":
            return plain(row.time)
        case "parties":
            return " ".join(dict.fromkeys(map(shown, row.parties)))
        case "subject":
            return plain(row.subject)
        case "pieces":
            return "" if row.pieces is None else f"{row.pieces}"
        case "pieces_off":
            return f"{row.pieces_off}" if row.pieces is not None else ""
        case "note":
            return _note(row, words)
    if field == "difference" and row.is_untold:
        return words("untold")
    return kilograms(_masses(row)[field])


def _masses(row: Row) -> dict[str, Mass]:
    return {
        "into": row.into,
        "out": row.out,
        "lost": row.lost,
        "stock": row.stock,
        "difference": row.difference,
        "running": row.running,
        "share": row.share,
    }


def _note(row: Row, words: Words) -> str:
    """Return what else statements say, known words in the reader's language."""
    said = []
    for part in filter(None, row.note.split("; ")):
        word, sign, rest = part.partition(": ")
        said.append(f"{words.word(word)}{sign}{plain(rest)}")
    return "; ".join(said)


def _flat(tables: Mapping[str, object], before: str) -> Iterator[tuple[str, str]]:
    for name, value in tables.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", f"{value}"


def _half_json(half: Half) -> dict[str, Json]:
    tables: dict[str, Json] = {
        name: [_row_json(row) for row in half.table(name)] for name in TABLES
    }
    return {
        "subject": half.subject,
        "made_kg": kilograms(half.made) or None,
        "packs": half.pieces,
        "packs_found": half.found,
        "lines_off": len(half.off),
        "statements": half.entries,
        "tables": tables,
    }


def _row_json(row: Row) -> Json:
    masses: dict[str, Json] = {
        f"{'in' if name == 'into' else name}_kg": kilograms(mass)
        for name, mass in _masses(row).items()
        if mass is not None
    }
    told: dict[str, Json] = {
        "level": row.level,
        "step": row.step,
        "entries": [*row.entries],
        "time": row.time or None,
        "parties": [*row.parties],
        "subject": row.subject or None,
        "number": row.pieces,
        "note": row.note or None,
    }
    known = {name: value for name, value in told.items() if value is not None}
    off: dict[str, Json] = {"not_found": row.pieces_off} if row.pieces_off else {}
    return known | masses | off | {"adds_up": not row.is_off}


def _csv_row(half: Half, row: Row) -> list[str]:
    masses = (kilograms(mass) for mass in _masses(row).values())
    texts = (
        half.direction,
        row.table,
        "" if row.level is None else f"{row.level}",
        row.step,
        " ".join(f"#{index}" for index in row.entries),
        row.time,
        " ".join(row.parties),
        row.subject,
    )
    number = "" if row.pieces is None else f"{row.pieces}"
    adds_up = "not told" if row.is_untold else "no" if row.is_off else "yes"
    return [
        *map(_safe, texts),
        *masses,
        number,
        f"{row.pieces_off}" if number else "",
        adds_up,
        _safe(row.note),
    ]


def _safe(told: str) -> str:
    known = plain(told)
    return f"'{known}" if known.startswith(_FORMULAS) else known
