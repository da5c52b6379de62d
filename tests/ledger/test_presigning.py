"""What is written is read back before it is signed: what differs is never signed."""

import sqlite3

import pytest

from ledger.errors import LedgerError, StoreError
from ledger.log import Log
from ledger.sqlstore import SqlStore
from tests.support.clocks import FrozenClock
from tests.support.forge import LEDGER, ORIGIN, START_MS, Forge, policy_text

forge = Forge()
forge.genesis()
forge.admit()
forge.authorize()

# What a disk, or somebody, may do to the newest group after it was written.
DAMAGES = {
    "an-entry-is-another": (
        "UPDATE entry SET entry = CAST(replace(CAST(entry AS TEXT), 'spring', 'spting')"
        ' AS BLOB) WHERE "index" = 6'
    ),
    "an-entry-is-cut-short": (
        'UPDATE entry SET entry = substr(entry, 1, 40) WHERE "index" = 6'
    ),
    "an-entry-lacks": 'DELETE FROM entry WHERE "index" = 6',
    "a-chain-head-is-another": (
        'UPDATE entry SET chain = zeroblob(32) WHERE "index" = 6'
    ),
    "the-seal-is-another": (
        'UPDATE entry SET entry = (SELECT entry FROM entry WHERE "index" = 4) '
        'WHERE "index" = (SELECT max("index") FROM entry)'
    ),
    "all-entries-lack": 'DELETE FROM entry WHERE "index" > 4',
    "a-tile-is-another": "UPDATE tile SET hashes = zeroblob(8192)",
    "a-tile-lacks": "DELETE FROM tile",
}


@pytest.fixture
def database(tmp_path):
    return tmp_path / "ledger.db"


@pytest.fixture
def log(database):
    opened = Log.create(
        f"sqlite:///{database}",
        origin=ORIGIN,
        genesis=forge.entries[0],
        signers=[LEDGER],
        clock=FrozenClock(START_MS),
        policy=policy_text().encode(),
    )
    opened.append_statements(forge.entries[1:])
    yield opened
    opened.close()


def reopen(database):
    return Log.open(
        f"sqlite:///{database}",
        signers=[LEDGER],
        clock=FrozenClock(START_MS),
        policy=policy_text().encode(),
    )


def change(database, statement):
    """Change rows behind the ledger's back."""
    connection = sqlite3.connect(database)
    triggers = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    for (name,) in triggers.fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    assert connection.execute(statement).rowcount
    connection.commit()
    connection.close()


def notes():
    """Return as many statements as fill a tile."""
    return [forge.event_entry(number) for number in range(1, 260)]


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_what_is_not_what_was_written_is_never_signed(
    log, database, monkeypatch, damage
):
    before = log.checkpoint()
    write = SqlStore.append_group

    def write_badly(store, group):
        write(store, group)
        change(database, damage)

    monkeypatch.setattr(SqlStore, "append_group", write_badly)
    with pytest.raises(StoreError) as refusal:
        log.append_statements(notes())
    monkeypatch.undo()

    assert refusal.value.code == "read-back"
    assert log.checkpoint() == before


@pytest.mark.parametrize(
    "damage",
    [sql for name, sql in DAMAGES.items() if name != "all-entries-lack"],
    ids=[name for name in DAMAGES if name != "all-entries-lack"],
)
def test_what_a_crash_left_is_read_back_before_it_is_signed(
    log, database, monkeypatch, damage
):
    def crash(*_, **__):
        raise StoreError("crash")

    monkeypatch.setattr(SqlStore, "append_checkpoint", crash)
    with pytest.raises(StoreError):
        log.append_statements(notes())
    monkeypatch.undo()
    log.close()
    change(database, damage)

    with pytest.raises(LedgerError) as refusal:
        reopen(database)

    assert refusal.value.code in {
        "chain-broken",
        "incomplete",
        "root-mismatch",
        "store",
    }
