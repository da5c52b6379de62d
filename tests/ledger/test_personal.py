"""The side table: what is in it can be erased, and is then nowhere in the file."""

import sqlite3
import stat

import pytest

from ledger.disclosure import Consent, Disclosure
from ledger.errors import NotFoundError, RefusedError, StoreError
from ledger.personal import open_personal

CONSENT = Consent("2026-05-01T06:30:00Z", "artificial purpose", "artificial words")
PARTY = "https://ledger.example/id/party/household-7"


def item(number, value="artificial value "):
    return Disclosure(bytes([number]) * 32, bytes([100 + number]) * 32, value * 400)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "personal.db"


@pytest.fixture
def store(path):
    opened = open_personal(path)
    yield opened
    opened.close()


def files(path):
    return {found.name: found.read_bytes() for found in path.parent.iterdir()}


def test_what_is_kept_is_given_out_again(store):
    store.keep(PARTY, [item(1), item(2)], CONSENT)

    assert set(store.disclosed(PARTY)) == {item(1), item(2)}
    assert store.disclosed("https://ledger.example/id/party/other") == ()
    assert store.subjects() == (PARTY,)


def test_only_the_owner_can_read_it(store, path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_others_could_read_is_closed_to_them(path):
    path.touch(0o644)

    open_personal(path).close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_kept_stays_as_it_was_first(store, path):
    store.keep(PARTY, [item(1)], CONSENT)

    store.keep(PARTY, [item(1)], Consent("2026-06-01T00:00:00Z", "another", "forged"))

    assert b"artificial words" in path.read_bytes()
    assert b"forged" not in path.read_bytes()


def test_what_is_erased_is_in_no_file_while_others_have_it_open(store, path):
    store.keep(PARTY, [item(number) for number in range(20)], CONSENT)
    reader = open_personal(path)
    with sqlite3.connect(path) as idle:
        idle.execute("SELECT count(*) FROM disclosed").fetchone()

        assert store.erase_subject(PARTY) == 20

        assert [*files(path)] == ["personal.db"]
        assert b"artificial" not in path.read_bytes()
        assert not any(bytes([100 + n]) * 32 in path.read_bytes() for n in range(20))
        assert reader.disclosed(PARTY) == ()
    idle.close()
    reader.close()


def test_erasing_one_leaves_the_others(store, path):
    store.keep(PARTY, [item(1), item(2, "another ")], CONSENT)

    assert store.erase([item(1).commitment]) == 1

    assert store.disclosed(PARTY) == (item(2, "another "),)
    assert b"artificial value" not in path.read_bytes()


def test_erasing_again_erases_nothing_more(store):
    store.keep(PARTY, [item(1)], CONSENT)

    assert [store.erase_subject(PARTY) for _ in range(2)] == [1, 0]
    assert [store.erase([item(3).commitment]) for _ in range(2)] == [0, 0]


def test_what_was_erased_is_not_taken_again_nor_what_comes_with_it(store):
    store.erase([item(1).commitment])

    with pytest.raises(RefusedError):
        store.keep(PARTY, [item(2), item(1)], CONSENT)

    assert store.disclosed(PARTY) == ()


def test_a_failure_quotes_nothing(store, path):
    store.keep(PARTY, [item(1)], CONSENT)
    with sqlite3.connect(path) as other:
        other.execute("DROP TABLE disclosed")
    other.close()

    with pytest.raises(StoreError) as failure:
        store.keep(PARTY, [item(2)], CONSENT)

    assert "artificial" not in repr(failure.value)
    assert failure.value.__cause__ is None


def test_it_is_not_erased_while_another_holds_the_file(store, path):
    store.keep(PARTY, [item(1)], CONSENT)
    # Nobody waits five seconds in a test.
    hasty = open_personal(path, busy_timeout_ms=10)
    with sqlite3.connect(path) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreError):
            hasty.erase_subject(PARTY)

        other.rollback()
    other.close()
    assert store.erase_subject(PARTY) == 1


def test_no_folder_is_no_side_table(tmp_path):
    with pytest.raises(NotFoundError):
        open_personal(tmp_path / "none" / "personal.db")


def test_what_is_no_database_is_refused(path):
    path.write_bytes(b"something else, and long enough to be read as a header" * 9)

    with pytest.raises(StoreError):
        open_personal(path)
