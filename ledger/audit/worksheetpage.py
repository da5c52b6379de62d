"""A worksheet as a page of its own, to be printed and signed."""

from collections.abc import Iterator
from html import escape
from typing import Final

from ledger.audit.exercise import Exercise
from ledger.audit.printout import MASSES, Words, cell_of, head_of, state_of, words_of
from ledger.audit.report.wordbook import Language
from ledger.audit.worksheet import TABLES, Row, Table

_FIELDS: Final = (
    *("level", "step", "entries", "time", "parties", "subject"),
    *(*MASSES, "pieces", "pieces_off", "note"),
)
_NUMBERS: Final = frozenset({"level", *MASSES, "pieces", "pieces_off"})
_LONG: Final = frozenset({"parties", "subject", "note"})
_STYLE: Final = """
body { font: 10pt/1.4 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
  margin: 1.5rem auto; max-width: 76rem; padding: 0 1rem;
  color: #111; background: #fff; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100%; margin: .3rem 0 1.2rem;
  font-size: 8.5pt }
th, td { border: 1px solid #999; padding: .15rem .35rem; text-align: left;
  vertical-align: top; overflow-wrap: normal }
td.u { overflow-wrap: anywhere; min-width: 6em }
th { background: #eee } td.n, th.n { text-align: right; white-space: nowrap }
tr { break-inside: avoid } thead { display: table-header-group }
h2 { break-before: page } h2.first { break-before: auto } h3 { break-after: avoid }
tr.off td { background: #fbe3df; font-weight: 600 } .state { font-weight: 700 }
@page { size: A4 landscape; margin: 12mm }
@media print { body { font-size: 9pt; max-width: none } table { font-size: 7pt } }
"""


def as_page(exercise: Exercise, language: Language = "en") -> str:
    """Return the worksheet as a page of its own, to be printed."""
    words = words_of(language)
    lang = "zh-Hans" if language == "zh" else "en"
    parts = [
        f'<!doctype html>\n<html lang="{lang}">\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{escape(words('title'))}</title>",
        f"<style>{_STYLE}</style>",
        f"<h1>{escape(words('title'))}</h1>",
    ]
    parts += [f"<p>{escape(line)}</p>" for line in [*head_of(exercise, words)][1:]]
    for number, half in enumerate((exercise.back, exercise.forward)):
        head, *lines = state_of(half, words)
        first = "" if number else ' class="first"'
        parts.append(f"<h2{first}>{escape(head)}</h2>")
        parts += [f'<p class="state">{escape(line)}</p>' for line in lines]
        for name in TABLES:
            if half.table(name):
                parts += _table(name, half.table(name), words)
    parts += [f"<p>{escape(words(key))}</p>" for key in ("shows", "signed")]
    return "\n".join((*parts, "</html>", ""))


def _table(name: Table, rows: tuple[Row, ...], words: Words) -> Iterator[str]:
    """Yield a table of the columns in which anything stands."""
    cells = {field: [cell_of(row, field, words) for row in rows] for field in _FIELDS}
    fields = [field for field in _FIELDS if any(cells[field])]
    fields = [f for f in fields if f != "pieces_off" or any(r.pieces_off for r in rows)]
    yield f"<h3>{escape(words.texts[f'table.{name}'])}</h3>\n<table><thead><tr>"
    for field in fields:
        yield f"<th{_class(field)}>{escape(words.column(name, field))}</th>"
    yield "</tr></thead><tbody>"
    for place, row in enumerate(rows):
        shown_cells = "".join(
            f"<td{_class(field)}>{escape(cells[field][place])}</td>" for field in fields
        )
        yield f"<tr{_off(row)}>{shown_cells}</tr>"
    yield "</tbody></table>"


def _class(field: str) -> str:
    if field in _NUMBERS:
        return ' class="n"'
    return ' class="u"' if field in _LONG else ""


def _off(row: Row) -> str:
    return ' class="off"' if row.is_off else ""
