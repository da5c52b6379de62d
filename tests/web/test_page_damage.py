"""A ledger whose store was damaged, past the triggers that forbid it.

A small ledger reads every entry when it starts, and will not start on one that was not
signed. A larger one starts from its full tiles and reads an entry only when somebody
asks for it; then the phone finds the damage.
"""

import re
import shutil
import sqlite3
from contextlib import closing, contextmanager

import pytest

from tests.support import starter
from tests.support.served import Served
from tests.web.pages import NEIGHBOUR, WORDS, neighbour, path_of, scan, serving_life

EN = WORDS["en"]


@pytest.fixture(scope="module")
def small(served, tmp_path_factory):
    """Keep a small ledger at rest."""
    return copied(served, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Keep a ledger with a full tile at rest; the animal's life is under that tile."""
    folder = tmp_path_factory.mktemp("large") / "data"
    others = [neighbour(number) for number in range(1001, 1300)]
    with serving_life(folder, others) as ledger:
        pass
    return ledger


@pytest.fixture
def started():
    """Start ledgers that are stopped when the test ends."""
    running = []

    def start(ledger):
        running.append(ledger.start())
        return ledger

    yield start
    for ledger in running:
        ledger.stop()


def copied(ledger, folder):
    """Return a ledger of its own on a copy of the data."""
    copy = Served(folder / "data")
    shutil.copytree(ledger.folder, copy.folder)
    copy.indices = ledger.indices
    return copy


@contextmanager
def unguarded(ledger):
    """Open the database as somebody can who has the file; its triggers are gone."""
    with closing(sqlite3.connect(ledger.folder / "ledger.db")) as database, database:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in database.execute(triggers).fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        yield database


def damage_entry(ledger, index):
    """Change one byte of a record: 12.5 kg become 22.5."""
    with unguarded(ledger) as database:
        query = 'SELECT entry FROM entry WHERE "index" = ?'
        (entry,) = database.execute(query, [index]).fetchone()
        lie = entry.replace(b'"value":12.5', b'"value":22.5')
        assert lie != entry
        database.execute('UPDATE entry SET entry = ? WHERE "index" = ?', [lie, index])


def damage_tile(ledger, place):
    """Change one byte of the hash of an entry in the first tile."""
    with unguarded(ledger) as database:
        query = "SELECT hashes FROM tile WHERE level = 0 AND number = 0"
        lie = bytearray(database.execute(query).fetchone()[0])
        lie[32 * place] ^= 1
        update = "UPDATE tile SET hashes = ? WHERE level = 0 AND number = 0"
        database.execute(update, [bytes(lie)])


def refused_start(ledger):
    """Start a server that must not start; return what it says."""
    ended = starter.run(["serve", ledger.folder, "--port", str(ledger.port)])
    said = ended.stderr.decode()
    assert ended.returncode == 3
    notice, told = said.split("\n", 1)
    assert '"event":"not-started"' in notice
    assert told.startswith("caravan: error: ")
    return told


def assert_refused(page, ledger, *told):
    seen = scan(page, ledger)
    assert seen.state == "not-verified", seen
    for words in told:
        assert words in seen.text
    assert page.locator(".checked").count() == 0


@pytest.mark.parametrize("size", ["small", "large"])
def test_a_byte_changed_in_the_database_under_a_running_server_is_named(
    phone, started, request, tmp_path, size
):
    ledger = started(copied(request.getfixturevalue(size), tmp_path))
    index = ledger.indices["milked"]
    assert scan(phone, ledger, path_of(NEIGHBOUR)).state == "verified"

    damage_entry(ledger, index)

    assert_refused(phone, ledger, f"Record no. {index}", EN["code.root-mismatch"])
    assert "22.5 kg" in phone.inner_text(f"#entry-{index}")


def test_a_byte_changed_in_the_database_is_named_after_a_restart(
    phone, started, large, tmp_path
):
    ledger = copied(large, tmp_path)
    index = ledger.indices["milked"]
    damage_entry(ledger, index)

    started(ledger)

    assert_refused(phone, ledger, f"Record no. {index}", EN["code.root-mismatch"])


def test_a_small_ledger_does_not_start_on_a_byte_changed_in_its_database(
    small, tmp_path
):
    ledger = copied(small, tmp_path)
    damage_entry(ledger, ledger.indices["milked"])

    assert "its first 18 entries are not those signed" in refused_start(ledger)


def test_a_ledger_does_not_start_on_a_byte_changed_in_a_tile(large, tmp_path):
    ledger = copied(large, tmp_path)
    damage_tile(ledger, ledger.indices["milked"])

    assert "are not those signed" in refused_start(ledger)


def test_a_tile_is_not_signed_anew_once_a_byte_of_it_is_changed(large, tmp_path):
    """Scenario: an operator forgets its checkpoints, to sign what the tile says."""
    ledger = copied(large, tmp_path)
    damage_tile(ledger, ledger.indices["milked"])
    (ledger.folder / "newest-checkpoint").unlink()
    with unguarded(ledger) as database:
        database.execute("DELETE FROM checkpoint")

    assert re.search(r"a tile before \d+ is damaged", refused_start(ledger))


def test_a_record_that_the_list_of_its_animal_leaves_out_makes_no_page(
    phone, started, small, tmp_path
):
    ledger = copied(small, tmp_path)
    with unguarded(ledger) as database:
        query = 'DELETE FROM listing WHERE "index" = ?'
        database.execute(query, [ledger.indices["failed"]])

    started(ledger)
    answer = phone.goto(f"{ledger.url}/id/animal/spring/7?lang=en")

    assert answer.status == 503
    assert phone.inner_text("h1") == EN["refusal.503"]
    assert "is not that of the index" in phone.text_content("main")
