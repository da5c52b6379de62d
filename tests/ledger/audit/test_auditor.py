"""The auditor: it believes only what was verified, and goes on where it was left."""

import sqlite3

import pytest

from ledger.audit import auditor as auditing
from ledger.audit.auditor import Auditor
from ledger.audit.records import Records
from ledger.audit.scope import Scope, month_of
from ledger.errors import RootMismatchError, StoreError
from ledger.merkle import leaf_hash, root_hash
from ledger.simulate.plan import SMALL
from ledger.template import builtin_templates
from tests.support.audits import DraftAuditor, audited, audited_clean
from tests.support.forge import ORIGIN, PARTY, Forge
from tests.support.frauds import plant, season_with
from tests.support.seasons import season


def told(auditor):
    """Return all that was found, in no order."""
    return sorted(
        (f.id, f.severity, f.entries, sorted(f.values.items()))
        for f in auditor.records.findings()
    )


def opened(path=None):
    return Auditor(Records(path), origin=ORIGIN, templates=builtin_templates())


@pytest.fixture
def entries():
    forge = Forge()
    forge.genesis()
    forge.seal()
    forge.admit(PARTY)
    forge.seal()
    return forge.entries


def root_of(entries):
    return root_hash([leaf_hash(entry) for entry in entries])


def take(auditor, entries):
    for index, entry in enumerate(entries):
        auditor.take(index, entry)


@pytest.mark.parametrize(
    ("kind_id", "strength", "parts"),
    [("milkings-left-out", 7, 2), ("failed-lot-released", 9, 4)],
)
def test_in_parts_it_finds_what_it_finds_at_once(kind_id, strength, parts):
    planted = plant(kind_id, season(SMALL).drafts, strength, seed=1)
    found = season_with(season(SMALL), planted)
    auditor = DraftAuditor(Records(), origin=ORIGIN, templates=builtin_templates())
    auditor.take_directory(found)
    size = -(-len(found.drafts) // parts)

    for first in range(0, len(found.drafts), size):
        auditor.take_drafts(found.drafts[first : first + size])
        auditor.run()

    assert told(auditor) == told(audited(found))


def test_what_nothing_new_is_about_is_not_looked_at_again():
    auditor = DraftAuditor(Records(), origin=ORIGIN, templates=builtin_templates())
    found = season(SMALL)
    auditor.take_directory(found)
    auditor.take_drafts(found.drafts[:-20])
    whole = auditor.run()
    auditor.take_drafts(found.drafts[-20:])

    assert 0 < auditor.run() < whole // 3
    assert auditor.run() == 0
    assert told(auditor) == told(audited_clean(SMALL))


def test_other_entries_than_were_verified_are_forgotten(entries):
    auditor = opened()
    take(auditor, entries[:-1])

    with pytest.raises(RootMismatchError) as refusal:
        auditor.settle(len(entries), root_of(entries))

    assert refusal.value.code == "root-mismatch"
    assert auditor.size == 0
    take(auditor, entries)
    auditor.settle(len(entries), root_of(entries))


def test_it_goes_on_where_it_was_left(tmp_path, entries):
    path = tmp_path / "audited.db"
    first = opened(path)
    take(first, entries[:2])
    first.run()
    first.records.close()

    again = opened(path)

    assert again.size == 2
    take(again, entries)
    again.settle(len(entries), root_of(entries))
    assert PARTY in again.directory.parties
    again.records.close()


def test_what_did_not_come_to_its_end_is_begun_anew(tmp_path, entries):
    path = tmp_path / "audited.db"
    first = opened(path)
    take(first, entries)
    first.records.close()

    assert opened(path).size == 0


def test_what_broke_off_when_it_went_on_is_begun_anew_too(tmp_path, entries):
    path = tmp_path / "audited.db"
    first = opened(path)
    take(first, entries[:2])
    first.run()
    take(first, entries)
    first.records.commit()
    first.records.close()

    assert opened(path).size == 0


def test_what_another_program_has_left_is_begun_anew(tmp_path, entries, monkeypatch):
    path = tmp_path / "audited.db"
    first = opened(path)
    take(first, entries)
    first.run()
    first.records.close()
    monkeypatch.setattr(auditing, "program_hash", lambda: "another")

    assert opened(path).size == 0


def test_only_one_has_a_file_at_a_time(tmp_path):
    path = tmp_path / "audited.db"
    first = Records(path)

    with pytest.raises(StoreError, match="locked"):
        Records(path)

    first.close()


def left_at(path):
    """Leave what was kept of the small season at a path; return what was found."""
    auditor = DraftAuditor(Records(path), origin=ORIGIN, templates=builtin_templates())
    auditor.take_season(season(SMALL))
    auditor.run()
    auditor.records.close()
    return told(audited_clean(SMALL))


def audited_at(path):
    auditor = DraftAuditor(Records(path), origin=ORIGIN, templates=builtin_templates())
    auditor.begin_anew()
    auditor.take_season(season(SMALL))
    auditor.run()
    found = told(auditor)
    auditor.records.close()
    return found


@pytest.mark.parametrize(
    "tables",
    [
        "CREATE TABLE scope (name TEXT)",
        "CREATE TABLE mention (scope INTEGER, idx INTEGER)",
        "CREATE TABLE other (name TEXT)",
    ],
)
def test_a_file_with_other_tables_is_begun_anew(tmp_path, tables):
    path = tmp_path / "audited.db"
    database = sqlite3.connect(path)
    database.execute(tables)
    database.close()

    assert audited_at(path) == told(audited_clean(SMALL))


def test_a_file_that_is_none_is_begun_anew(tmp_path):
    path = tmp_path / "audited.db"
    path.write_bytes(b"milk" * 400)

    assert audited_at(path) == told(audited_clean(SMALL))


def test_a_file_that_proves_damaged_is_thrown_away(tmp_path):
    path = tmp_path / "audited.db"
    found = left_at(path)
    kept = bytearray(path.read_bytes())
    kept[8192:] = b"\xff" * (len(kept) - 8192)
    path.write_bytes(kept)

    with pytest.raises(StoreError, match="thrown away, audit again"):
        audited_at(path)

    assert audited_at(path) == found


@pytest.mark.parametrize(
    ("day", "month"),
    [(0, 0), (30, 0), (31, 1), (-1, -1), (11_016, 361), (11_017, 362)],
)
def test_months_are_those_of_the_calendar(day, month):
    # 11016 is 2000-02-29.
    assert month_of(day) == month


def test_a_scope_that_is_asked_for_before_it_is_told_of_is_the_same_later():
    records = Records()

    assert records.id(Scope("thing", "a")) == records.id(Scope("thing", "a"))
    assert records.records(Scope("thing", "a")) == []


def test_other_processes_find_what_this_one_does(tmp_path):
    found = season_with(
        season(SMALL), plant("slip-left-out", season(SMALL).drafts, 5, seed=1)
    )
    records = Records(tmp_path / "audited.db")
    auditor = DraftAuditor(records, origin=ORIGIN, templates=builtin_templates())
    auditor.take_season(found)

    auditor.run(jobs=3)

    assert told(auditor) == told(audited(found))
    assert auditor.products == audited(found).products
    assert auditor.run() == 0
    records.close()
