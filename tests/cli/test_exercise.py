"""``caravan exercise``: a worksheet of what was verified, and nothing else."""

import pytest

from tests.cli.command import caravan
from tests.cli.conftest import append, signed
from tests.cli.test_supply import milking
from tests.support.forge import policy_text
from tests.support.seasons import logged_season


@pytest.fixture(scope="module")
def season(tmp_path_factory):
    folder = tmp_path_factory.mktemp("season")
    with logged_season(folder):
        pass
    (folder / "policy").write_text(policy_text())
    return folder


def test_the_season_is_accounted_for_and_the_worksheet_is_the_same_each_time(
    season, tmp_path
):
    pages = [tmp_path / "one.html", tmp_path / "two.html"]
    first, second = (
        caravan("exercise", season, "--seed", "Li Na", "--html", page) for page in pages
    )

    assert first.status == 0, first.err
    assert first.out.startswith("verified: ")
    assert first.out.count("ACCOUNTED FOR: by the statements' own figures") == 2
    assert "NOT ACCOUNTED" not in first.out
    # What is said of the policy differs: the second time it is pinned.
    assert first.out.splitlines()[3:] == second.out.splitlines()[3:]
    assert pages[0].read_bytes() == pages[1].read_bytes()
    assert "answered in" in first.err
    assert "answered in" not in first.out


def test_lot_and_milking_may_be_given_in_any_spelling(season):
    drawn = caravan("exercise", season, "--json").json["exercise"]
    lot, milk = drawn["back"]["subject"], drawn["forward"]["subject"]
    path = lot.removeprefix("https://id.gs1.org")

    given = caravan("exercise", season, "--json", "--lot", path, "--milking", milk)

    assert given.status == 0, given.err
    assert (drawn["lots"], given.json["exercise"]["lots"]) == (3, 0)
    assert given.json["exercise"]["back"] == drawn["back"]
    assert given.json["exercise"]["forward"] == drawn["forward"]
    assert given.json["outcome"] == "verified"


def test_a_bundle_is_exercised_as_the_ledger_is(season, tmp_path):
    out = tmp_path / "bundle.zip"
    assert caravan("export", season, "--evidence", out).status == 0

    ended = caravan("exercise", out, "--csv")

    assert ended.status == 0, ended.err
    assert ended.out.startswith("\ufeffdirection,table,")
    assert ",no," not in ended.out


def test_milk_that_nobody_used_ends_with_a_finding(folder):
    append(folder, *signed(folder, milking(11, 3)))
    milk = "https://herd.example/id/goods/milk-11"
    shown = ["--milking", milk, "--lot", milk]

    ended = caravan("exercise", folder, *shown)

    assert ended.status == 1, ended.err
    assert "NOT ACCOUNTED FOR: 1 lines do not add up" in ended.out
    chinese = caravan("exercise", folder, *shown, "--language", "zh")
    assert "未能全部查明：1 行" in chinese.out


def test_without_anything_to_draw_there_is_no_exercise(folder):
    ended = caravan("exercise", folder)

    assert ended.status == 2
    assert "lot: the ledger has none to draw from" in ended.err
    assert "hint: name one with --lot" in ended.err


def test_what_does_not_verify_is_not_exercised(folder):
    database = folder / "ledger.db"
    data = database.read_bytes()
    database.write_bytes(data.replace(b"inspecting", b"inspectinh"))

    assert caravan("exercise", folder).status == 3


def test_one_output_takes_one_form(folder):
    assert caravan("exercise", folder, "--json", "--csv").status == 2
