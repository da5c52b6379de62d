"""A report for programs and for spreadsheets: JSON Lines and CSV."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from ledger.audit.finding import Finding
from ledger.audit.report.document import finding_document, report_document, report_hash
from ledger.audit.report.model import AuditReport
from ledger.audit.report.telling import Teller
from ledger.audit.report.wordbook import Language, Wordbook, plain, wordbook
from ledger.encoding import Json, canonical

COLUMNS: Final = (
    *("severity", "certainty", "family", "rule", "title", "message", "entries"),
    *("about", "at", "place", "product", "edition", "expectation", "expected"),
    *("source", "compared_with_source", "innocent", "ask", "id"),
    *("notes_sha256", "report_hash"),
)
# What a spreadsheet takes for the beginning of a formula, in either width.
_FORMULAS: Final = tuple("=+-@\uff1d\uff0b\uff0d\uff20\t\r\n")


def json_lines(report: AuditReport, language: Language = "en") -> Iterator[str]:
    """Yield a line for the report, and one for each of its findings.

    Each is canonical JSON. ``words`` is in the language; without it, and without
    ``report_hash``, the lines are what that hash is over.

    Args:
        report: The report.
        language: Of the words.
    """
    words = wordbook(language)
    document = report_document(report)
    document["report_hash"] = report_hash(report)
    document["words"] = {
        "language": language,
        "notes": report.notes,
        "templates": [words.said(each.name) for each in report.templates],
        "unverified": [
            words.said(each.notice) for each in report.templates if each.notice
        ],
    }
    yield canonical(document).decode()
    teller = Teller(report, words)
    for finding in report.findings:
        line = finding_document(finding, teller.rule(finding))
        line["words"] = _words(finding, teller, words)
        yield canonical(line).decode()


def csv_text(report: AuditReport, language: Language = "en") -> str:
    """Return a table with a row for each finding, as RFC 4180 has it.

    It begins with a byte order mark, without which a spreadsheet takes Chinese for
    something else. No cell begins as a formula would: such a one has an apostrophe
    before it.

    Args:
        report: The report.
        language: Of the words.
    """
    words = wordbook(language)
    teller = Teller(report, words)
    known = report.notes_sha256, report_hash(report)
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for finding in report.findings:
        writer.writerow([_cell(cell) for cell in (*_row(finding, teller), *known)])
    return out.getvalue()


def _words(finding: Finding, teller: Teller, words: Wordbook) -> dict[str, Json]:
    told, rule = teller.tell(finding), teller.rule(finding)
    return {
        "ask": told.ask,
        "basis": [*told.basis],
        "certainty": told.certainty,
        "innocent": [*told.innocent],
        "message": told.message,
        "rule": words.said(rule.rule),
        "severity": words.word("severity", finding.severity),
        "title": told.title,
    }


def _row(finding: Finding, teller: Teller) -> Iterator[str]:
    told, rule, basis = teller.tell(finding), teller.rule(finding), finding.basis
    yield from (finding.severity, rule.certainty, rule.family, rule.id)
    yield from (told.title, told.message)
    yield " ".join(f"#{entry}" for entry in finding.entries)
    yield " ".join(finding.about)
    yield from (finding.at, finding.place)
    if basis is None:
        yield from ("",) * 6
    else:
        yield from (basis.product, basis.edition, basis.name, basis.expected)
        yield from (basis.source, "yes" if basis.is_verified else "no")
    yield from ("\n".join(told.innocent), told.ask, finding.id)


def _cell(shown: str) -> str:
    told = "\n".join(plain(line) for line in shown.split("\n"))
    return f"'{told}" if told.startswith(_FORMULAS) else told
