"""``caravan audit``: a ledger is verified, and what does not add up is reported."""

import csv
import io
import json
import shutil

import pytest

from tests.cli.command import caravan
from tests.cli.conftest import HOST, append, event, signed
from tests.cli.test_verify import change

MILK = f"https://{HOST}/id/animal/milk"


def told(number, time, name, kilograms, made=None):
    """Return what goes into a tank, or comes out of a milking."""
    body = event(number) | {
        "type": "TransformationEvent",
        "bizStep": "creating_class_instance",
        "eventTime": f"2026-06-11T{time}:00+08:00",
    }
    goods = [{"epcClass": name, "quantity": kilograms, "uom": "KGM"}]
    if made is None:
        sides = {"inputEPCList": [f"https://{HOST}/id/animal/7"]}
        sides |= {"outputQuantityList": goods, "caravan:process": "milking"}
    else:
        out = [{"epcClass": made, "quantity": kilograms, "uom": "KGM"}]
        sides = {"inputQuantityList": goods, "outputQuantityList": out}
    return {m: v for m, v in body.items() if m not in {"action", "epcList"}} | sides


@pytest.fixture
def overdrawn(folder):
    """A ledger in which 3 kg were milked, and 5 kg of them used."""
    append(
        folder,
        *signed(
            folder,
            told(11, "06:00", f"{MILK}-1", 3),
            told(12, "08:00", f"{MILK}-1", 5, made=f"{MILK}-2"),
        ),
    )
    return folder


def test_a_ledger_without_findings_ends_with_status_0(tmp_path):
    caravan("init", tmp_path / "new", "--host", HOST, "--no-passphrase")

    ended = caravan("audit", tmp_path / "new")

    assert ended.status == 0, ended.err
    assert "verified: yes" in ended.out
    assert "nothing being wrong" in ended.out


def test_what_is_from_nowhere_is_told_with_its_entries(overdrawn):
    ended = caravan("audit", overdrawn)

    assert ended.status == 1, ended.err
    assert "more used than made" in ended.out
    assert ": 2 kg more than there was" in ended.out


@pytest.mark.parametrize(
    ("fail_on", "status"),
    [("never", 0), ("notice", 1), ("warning", 1), ("critical", 1)],
)
def test_from_which_severity_on_it_fails_is_to_be_said(overdrawn, fail_on, status):
    assert caravan("audit", overdrawn, "--fail-on", fail_on).status == status


def test_json_lines_name_rule_entries_and_certainty(overdrawn):
    report, *findings = map(
        json.loads, caravan("audit", overdrawn, "--json").out.splitlines()
    )

    assert report["scope"]["verified"] is True
    (finding,) = (f for f in findings if f["rule"] == "more-used-than-made")
    assert finding["certainty"] == "impossible"
    assert finding["severity"] == "critical"
    assert finding["entries"] == [8, 9]


def test_a_table_and_a_page_are_written(overdrawn, tmp_path):
    page = tmp_path / "report.html"

    ended = caravan(
        "audit", overdrawn, "--csv", "--html", page, "--language", "zh", "--seed", "7"
    )

    rows = [*csv.reader(io.StringIO(ended.out.removeprefix("\ufeff")))]
    assert {len(row) for row in rows} == {len(rows[0])}
    text = page.read_text("utf-8")
    assert '<html lang="zh' in text
    assert "用量大于产量" in text
    assert "src=" not in text


def test_notes_are_bound_to_the_report(overdrawn, tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text("two households visited")
    hashes = set()
    for options in ((), ("--notes", notes)):
        lines = caravan("audit", overdrawn, "--json", *options).out.splitlines()
        hashes.add(json.loads(lines[0])["report_hash"])

    assert len(hashes) == 2


def test_again_it_says_the_same_and_with_what_is_new(overdrawn):
    first = caravan("audit", overdrawn, "--json")
    again = caravan("audit", overdrawn, "--json")
    append(overdrawn, *signed(overdrawn, told(13, "09:00", f"{MILK}-3", 4)))
    later = caravan("audit", overdrawn, "--json")
    whole = caravan("audit", overdrawn, "--json", "--from-start")

    assert again.out == first.out
    assert later.out == whole.out != first.out


def test_a_ledger_that_does_not_verify_is_audited_only_when_asked(overdrawn):
    change(overdrawn, 'UPDATE entry SET chain = ? WHERE "index" = 9', bytes(32))

    refused = caravan("audit", overdrawn)
    asked = caravan("audit", overdrawn, "--unverified")

    assert refused.status == asked.status == 3
    assert refused.out == ""
    assert asked.out.startswith("audited, not verified")
    assert "more used than made" in asked.out
    # Nothing of it is believed the next time.
    assert caravan("audit", overdrawn).status == 3


def test_an_older_copy_is_audited_by_itself(overdrawn, tmp_path):
    older = shutil.copytree(overdrawn, tmp_path / "older")
    append(overdrawn, *signed(overdrawn, told(13, "09:00", f"{MILK}-3", 4)))
    size = len(caravan("audit", overdrawn, "--json").out)

    ended = caravan("audit", older, "--json")

    # It is older than what was verified here: what it says of itself is stale.
    assert ended.status in {3, 4}, size


def test_a_broken_template_is_named_with_file_line_and_reason(folder, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "goat.toml").write_text('product = "goat-milk"\nname = 7\n')

    ended = caravan("audit", folder, "--templates", tmp_path / "own")

    assert ended.status == 2
    assert "goat.toml:" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--json", "--csv"], "want one of them"),
        (["--notes", "nowhere.txt"], "nowhere.txt"),
        (["--fail-on", "sometimes"], "sometimes"),
        (["--html", "no/such/folder.html"], "not written"),
    ],
)
def test_what_does_not_do_is_said_in_one_line(folder, options, says):
    ended = caravan("audit", folder, *options)

    assert ended.status == 2
    assert says in ended.err
    assert "Traceback" not in ended.err


def test_what_is_no_ledger_ends_as_verify_does(tmp_path):
    assert caravan("audit", tmp_path).status == 2
    assert caravan("audit", tmp_path / "nowhere").status == 2
