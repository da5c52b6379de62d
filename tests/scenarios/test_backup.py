"""A ledger is copied while it is served, lost, and put back."""

import json
import shutil
import sqlite3
import stat
import threading

import pytest

from ledger.client import LedgerClient, Posted
from tests.support import starter
from tests.support.forge import event_body
from tests.support.served import HOST, Served, run


@pytest.fixture
def served(tmp_path):
    ledger = Served(tmp_path / "ledger").init().start().admit()
    yield ledger
    ledger.stop()


def post(served, numbers, answers, enough):
    with LedgerClient(served.url) as client:
        for number in numbers:
            if enough.is_set():
                return
            answers += client.post([served.sign(event_body(number))])


def files(folder):
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_copy_made_under_load_verifies_and_can_be_served(served, tmp_path):
    copy, answers, enough = tmp_path / "copy", [], threading.Event()
    post(served, range(1, 40), answers, enough)
    before = len(answers)
    thread = threading.Thread(
        target=post, args=(served, range(100, 10_000), answers, enough)
    )
    thread.start()
    try:
        said = run("backup", served.folder, copy)
    finally:
        enough.set()
        thread.join()
    served.stop()

    assert said.startswith(f"backup: {copy}\n".encode())
    assert files(copy) == {"ledger.db", "policy"}
    assert all(isinstance(answer, Posted) for answer in answers)
    restored = Served(copy)
    restored.herder = served.herder
    shutil.copytree(served.folder / "keys", copy / "keys")
    restored.start()
    with LedgerClient(restored.url) as client:
        size = int(client.checkpoint().split(b"\n")[1])
        kept = dict(client.entries(size))
        for answer in answers[:before]:
            assert answer.index in kept
        (again,) = client.post([restored.sign(event_body(1))])
        assert again.index == answers[0].index
        (new,) = client.post([restored.sign(event_body(20_000))])
        assert new.index >= size
    assert restored.stop() == 0
    run("verify", copy, "--policy", copy / "policy", "--every-seal")


def test_an_older_copy_put_in_place_is_not_appended_to(served, tmp_path):
    copy = tmp_path / "copy"
    with LedgerClient(served.url) as client:
        client.post([served.sign(event_body(1))])
        run("backup", served.folder, copy)
        client.post([served.sign(event_body(2))])
    served.stop()

    for file in served.folder.glob("ledger.db*"):
        file.unlink()
    shutil.copy(copy / "ledger.db", served.folder)
    done = starter.run(["serve", served.folder, "--port", str(served.port)])

    assert done.returncode not in (0, None)
    assert b"signed" in done.stderr or b"newer" in done.stderr


def test_keys_and_what_can_be_erased_are_copied_only_when_asked_for(served, tmp_path):
    copy = tmp_path / "copy"

    run("backup", served.folder, copy, "--with-keys", "--with-personal", "--json")

    assert files(copy) == {
        *["ledger.db", "policy", "personal.db"],
        *[f"keys/{name}.pem" for name in ("ledger", "registrar", "recovery")],
    }
    assert mode(copy) == mode(copy / "keys") == 0o700
    assert {mode(file) for file in (copy / "keys").iterdir()} == {0o600}
    assert mode(copy / "personal.db") == 0o600


def test_a_damaged_ledger_is_copied_and_said_to_be_damaged(served, tmp_path):
    copy = tmp_path / "copy"
    served.stop()
    with sqlite3.connect(served.folder / "ledger.db") as database:
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        )
        for (name,) in names.fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE entry SET entry = entry || 'x' WHERE \"index\" = 3")
    database.close()

    said = run("backup", served.folder, copy, "--json", expect=3)

    assert json.loads(said)["outcome"] == "not verified"
    assert (copy / "ledger.db").is_file()


def test_nothing_is_written_over_and_nothing_half_is_kept(served, tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    (there / "kept").write_text(HOST)

    run("backup", served.folder, there, expect=2)
    run("backup", tmp_path / "nothing", tmp_path / "copy", expect=2)

    assert files(there) == {"kept"}
    assert not list(tmp_path.glob("*.part"))
