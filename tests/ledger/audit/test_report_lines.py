import csv
import hashlib
import io
import json
import shutil
import subprocess

import msgspec
import pytest

from ledger.audit.report.document import report_hash
from ledger.audit.report.lines import COLUMNS, csv_text, json_lines
from ledger.audit.report.wordbook import LANGUAGES
from ledger.encoding import canonical, parse_canonical
from tests.support import reports

# Members without which the lines are what the report's hash is over.
WORDS = ("words", "report_hash")


def rows(report, language="en"):
    text = csv_text(report, language)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_line_is_canonical_and_they_are_the_same_every_time(language):
    report = reports.report(notes="看过")
    lines = list(json_lines(report, language))

    assert lines == list(json_lines(reports.report(notes="看过"), language))
    assert all(
        canonical(parse_canonical(line.encode())).decode() == line for line in lines
    )
    first, *others = map(json.loads, lines)
    assert len(others) == len(report.findings) == sum(first["counts"].values())
    assert [other["id"] for other in others] == [each.id for each in report.findings]
    assert first["words"]["language"] == language
    assert first["notes_sha256"] == hashlib.sha256("看过".encode()).hexdigest()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hash_of_a_report_is_that_of_its_lines_without_words(language):
    report = reports.report(notes="seen")
    digest = hashlib.sha256()
    for line in json_lines(report, language):
        members = parse_canonical(line.encode())
        kept = {name: value for name, value in members.items() if name not in WORDS}
        digest.update(canonical(kept) + b"\n")

    assert digest.hexdigest() == report_hash(report)
    first = json.loads(next(iter(json_lines(report, language))))
    assert first["report_hash"] == report_hash(report)


@pytest.mark.skipif(shutil.which("jq") is None, reason="no jq on this machine")
def test_the_command_that_the_page_prints_gives_the_hash():
    report = reports.report(notes="看过")
    text = "".join(f"{line}\n" for line in json_lines(report, "zh"))
    ran = subprocess.run(
        ["jq", "-cS", "del(.words, .report_hash)"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )

    assert hashlib.sha256(ran.stdout).hexdigest() == report_hash(report)


def test_words_are_in_the_language_and_all_else_is_not():
    english, chinese = (
        [json.loads(line) for line in json_lines(reports.report(), language)]
        for language in LANGUAGES
    )

    for one, other in zip(english, chinese, strict=True):
        assert one.pop("words") != other.pop("words")
        assert one == other


def test_a_table_has_a_row_for_each_finding_with_the_hashes():
    report = reports.report(notes="seen")
    found = rows(report)

    assert tuple(found[0]) == COLUMNS
    assert [row["id"] for row in found] == [each.id for each in report.findings]
    assert {row["report_hash"] for row in found} == {report_hash(report)}
    assert {row["notes_sha256"] for row in found} == {report.notes_sha256}
    told = {row["compared_with_source"] for row in found}
    assert told == {"yes", "no", ""}
    assert csv_text(report).count("\r\n") == len(found) + 1


@pytest.mark.parametrize(
    "evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\uff1d1", "\u202e=1", "\x00=1"]
)
def test_no_cell_is_a_formula(evil):
    finding = msgspec.structs.replace(
        reports.mass_finding(3), place=evil, about=(evil, "b")
    )
    for row in rows(reports.report(findings=(finding,))):
        assert not any(
            cell.startswith(tuple("=+-@\t\uff1d\uff0b\uff0d\uff20"))
            for cell in row.values()
        )
        assert "\u202e" not in "".join(row.values())


def test_a_table_without_findings_has_its_head():
    assert rows(reports.report(findings=())) == []
    assert csv_text(reports.report(findings=())).count("\r\n") == 1
