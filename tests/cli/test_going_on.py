"""A long ledger is verified from where it was left, and that is said."""

import pytest

from ledger.cli import verify as verifying
from tests.cli.conftest import append, event, signed
from tests.cli.test_verify import BROKEN, HOLDS, change_entry, verify

BEFORE = "were verified here on"


@pytest.fixture(autouse=True)
def long(monkeypatch):
    """Take every ledger for a long one."""
    monkeypatch.setattr(verifying, "LONG_LEDGER", 1)


def test_only_what_is_new_is_read_and_that_is_said(folder):
    first = verify(folder, folder)
    append(folder, *signed(folder, event(50)))
    second = verify(folder, folder)
    third = verify(folder, folder)

    assert [each.status for each in (first, second, third)] == [HOLDS] * 3
    assert BEFORE not in first.out
    assert "verified_before" not in first.json
    assert second.json["verified_before"] == 8
    assert f"entries 0 to 7 {BEFORE} " in second.out
    assert f"entries 0 to 9 {BEFORE} " in third.out
    assert "--from-start" in third.out


def test_from_the_start_everything_is_read(folder):
    verify(folder, folder)
    change_entry(folder, 5, b"inspecting", b"departing.")

    assert verify(folder, folder).status == HOLDS
    ended = verify(folder, folder, "--from-start")
    assert ended.status == BROKEN
    assert "entry 5" in ended.err
    assert BEFORE not in verify(folder, folder, "--from-start").out


def test_what_is_new_and_wrong_is_named_as_by_one_who_reads_all(folder):
    verify(folder, folder)
    append(folder, *signed(folder, event(50)))
    change_entry(folder, 8, b"inspecting", b"departing.")

    ended = verify(folder, folder)

    assert ended.status == BROKEN
    assert ended.err == verify(folder, folder, "--from-start").err
    assert "entry 8" in ended.err


def test_a_damaged_file_is_said_and_everything_is_read(folder, home):
    verify(folder, folder)
    (file,) = (home / "verified").iterdir()
    file.write_bytes(file.read_bytes()[:-1])

    ended = verify(folder, folder)

    assert ended.status == HOLDS
    assert "saved reading: " in ended.out
    assert BEFORE in verify(folder, folder).out


def test_every_seal_needs_every_entry(folder):
    verify(folder, folder)
    ended = verify(folder, folder, "--every-seal")
    assert ended.status == HOLDS
    assert BEFORE not in ended.out


def test_a_short_ledger_leaves_nothing(folder, home, monkeypatch):
    monkeypatch.setattr(verifying, "LONG_LEDGER", 9)
    verify(folder, folder)
    assert not (home / "verified").exists()
