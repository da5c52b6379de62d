import hashlib
import re
import tomllib
from collections import Counter
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from ledger.audit.finding import SEVERITIES
from ledger.audit.report import wordbook as wordbooks
from ledger.audit.report.document import report_hash
from ledger.audit.report.model import MOST_NOTES, read_notes
from ledger.audit.report.sample import draw, draw_hash, drawn_from
from ledger.audit.report.terminal import MOST, terminal_lines
from ledger.audit.report.wordbook import LANGUAGES, wordbook
from ledger.audit.rule import FAMILIES, rules
from ledger.errors import MalformedError
from tests.support import reports

FOLDER = Path(wordbooks.__file__).parent
BLANK = re.compile(r"\{[a-z_]+\}")
# Of these, words that come from elsewhere choose one.
OPEN = ("grade.", "policy.", "kind.", "unit.", "mode.", "number.", "date.")


def test_both_languages_say_the_same_things():
    english, chinese = (wordbook(language).texts for language in LANGUAGES)

    assert english.keys() == chinese.keys()
    for key, said in english.items():
        assert Counter(BLANK.findall(said)) == Counter(BLANK.findall(chinese[key])), key


def test_no_text_is_left_that_nothing_says():
    files = [*FOLDER.rglob("*.py"), FOLDER / "page.html.j2"]
    source = "\n".join(file.read_text("utf-8") for file in files)

    for key in wordbook("en").texts:
        kind, _, name = key.rpartition(".")
        is_named = f'"{key}"' in source or f"'{key}'" in source
        begin = key.partition(".")[0]
        is_built = f"{kind}.{{" in source or f"'{begin}.'" in source
        is_chosen = f'"{kind}"' in source or f'"{name}"' in source
        assert is_named or is_built or is_chosen or key.startswith(OPEN), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_judges_anybody(language):
    said = " ".join(tomllib_texts(language)).lower()

    for word in ("fraud", "cheat", "guilt", "欺诈", "作弊", "造假"):
        assert word not in said


def tomllib_texts(language):
    tables = tomllib.loads((FOLDER / f"words/{language}.toml").read_text("utf-8"))
    waiting = [tables]
    while waiting:
        for value in waiting.pop().values():
            if isinstance(value, dict):
                waiting.append(value)
            else:
                yield value


def test_findings_are_in_order_however_they_are_given():
    report = reports.report()
    again = reports.report(findings=report.findings[::-1])

    assert again.findings == report.findings
    ranks = [
        (
            -SEVERITIES.index(each.severity),
            FAMILIES.index(report.rules[each.rule_id].family),
        )
        for each in report.findings
    ]
    assert ranks == sorted(ranks)
    for one, other in pairwise(report.findings):
        if one.rule_id == other.rule_id and one.severity == other.severity:
            assert one.at <= other.at


def test_a_finding_of_a_rule_that_was_not_looked_at_is_refused():
    report = reports.report()
    stranger = msgspec.structs.replace(report.findings[0], rule_id="other-rule")

    with pytest.raises(ValueError, match="other-rule"):
        reports.report(findings=(stranger,))


def test_notes_and_findings_are_bound_together():
    report = reports.report(notes="seen two households")
    hashes = {
        report_hash(report),
        report_hash(reports.report(notes="seen two households ")),
        report_hash(reports.report()),
        report_hash(
            reports.report(notes="seen two households", findings=report.findings[1:])
        ),
    }

    assert len(hashes) == 4
    assert report_hash(reports.report(notes="seen two households")) in hashes
    told = "\n".join(terminal_lines(report))
    assert hashlib.sha256(b"seen two households").hexdigest() in told
    assert report_hash(report) in told


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"a" * (MOST_NOTES + 1), id="too-large"),
        pytest.param(b"seen \xff", id="not-utf-8"),
    ],
)
def test_notes_that_cannot_be_shown_are_refused(data):
    with pytest.raises(MalformedError) as refusal:
        read_notes(data)
    assert refusal.value.code == "malformed"


def test_notes_may_be_as_large_as_is_said():
    assert read_notes(b"a" * MOST_NOTES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_reads_a_terminal_is_told_how_sure_each_finding_is(language):
    report = reports.report()
    told = "\n".join(terminal_lines(report, language))
    words = wordbook(language)

    for certainty in ("impossible", "unlikely", "missing"):
        assert words(f"certainty.{certainty}.long") in told
    assert words("basis.unverified") in told
    for name in ("sim-keping-station", "#4100 #4107", words("findings.ask")):
        assert name in told


def test_a_terminal_is_told_of_the_first_findings_and_how_many_more():
    findings = tuple(
        reports.yield_finding(day, herd=f"sim-household-{number:04x}")
        for number in range(MOST + 5)
        for day in (5, 6)
    )
    lines = list(terminal_lines(reports.report(findings=findings)))

    assert sum(line.startswith("warning: ") for line in lines) == MOST
    assert sum("1 more like it at this place" in line for line in lines) == MOST
    assert lines[-1].startswith("and 10 more findings")


def test_many_entries_are_not_all_told():
    lines = list(terminal_lines(reports.report(findings=(reports.mass_finding(17),))))

    assert any(line.endswith("#707 and 7 more") for line in lines)


def test_a_terminal_is_told_what_to_look_at_on_the_spot():
    report = reports.report()
    lines = list(terminal_lines(report))

    at = lines.index(f"To be looked at on the spot: seed {report.sample.seed}")
    assert lines[at + 1].startswith("  3 of 8 households: sim-household-")
    assert lines[at + 2].startswith("  2 of 3 lots: (01) ")
    assert lines[at + 3] == "  1 of 1 stations: sim-keping-station"


def test_an_audit_that_found_nothing_does_not_say_that_all_is_well():
    lines = list(terminal_lines(reports.report(findings=())))

    assert lines[0] == "audited: nothing found"
    assert "not the same as nothing being wrong" in lines[-1]


def test_an_unverified_ledger_is_never_said_to_be_verified():
    lines = list(terminal_lines(reports.report(failure="entry 7: chain broken")))

    assert lines[0].startswith("audited, not verified: ")
    assert "entry 7: chain broken" in lines[1]
    assert "verified: no: entry 7: chain broken" in lines


def test_nothing_from_a_ledger_steers_a_terminal():
    finding = reports.mass_finding(3)
    evil = "\x1b[2J\u202eevil\r\nverified: yes"
    values = finding.values | {"used": evil}
    evil_finding = msgspec.structs.replace(
        finding, values=values, about=(f"https://ledger.example/id/tank/{evil}",)
    )
    for line in terminal_lines(
        reports.report(findings=(evil_finding,), failure=evil, notes=evil)
    ):
        assert line.isprintable()


def test_a_sample_is_as_large_as_is_said_and_can_be_drawn_by_hand():
    sample = reports.drawn()
    household = next(each for each in sample.strata if each.kind == "household")
    everyone = [f"{reports.HOST}/party/sim-household-{n:04x}" for n in range(8)]

    def by_hand(name):
        return hashlib.sha256(f"{sample.seed}\n{sample.root}\n{name}".encode()).digest()

    assert household.population == 8
    assert list(household.chosen) == sorted(everyone, key=by_hand)[: drawn_from(8)]
    assert (
        draw_hash(sample.seed, sample.root, everyone[0]) == by_hand(everyone[0]).hex()
    )


def test_a_sample_does_not_depend_on_the_order_of_names_and_does_on_seed_and_root():
    names = [f"{n}" for n in range(100)]
    one = draw({"lot": names}, seed="1", root="00")

    assert draw({"lot": [*names[::-1], "7"]}, seed="1", root="00") == one
    assert draw({"lot": names}, seed="2", root="00").strata != one.strata
    assert draw({"lot": names}, seed="1", root="01").strata != one.strata
    assert len({*one.strata[0].chosen}) == 10


@pytest.mark.parametrize("seed", ["", "1\n2", "\u202e1"])
def test_a_seed_of_more_than_one_line_is_refused(seed):
    with pytest.raises(ValueError, match="seed"):
        draw({"lot": ["a"]}, seed=seed, root="00")


def test_messages_of_the_rules_themselves_can_be_told():
    report = reports.report(findings=())
    assert {each.rule.family for each in report.looked} <= {*FAMILIES}
    assert {rule.family for rule in rules().values()} <= {*FAMILIES}
