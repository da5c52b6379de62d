"""``caravan restore``: a ledger's own folder mended, and a dead ledger shown."""

import json
import shutil
import sqlite3

import pytest

from ledger.cli.folder import DataFolder
from ledger.clock import SystemClock
from ledger.cosignature import Cosigner, sign_cosignature
from ledger.note import parse_note
from ledger.signatures import SigningKey
from ledger.tile import bundle_path, encode_bundle
from tests.cli.command import caravan, serving
from tests.cli.conftest import ANIMAL, HOST, append, event, signed

HOLDS, NOTHING, BROKEN, CANNOT = 0, 2, 3, 4
WITNESS = Cosigner("witness.example/w1", SigningKey.from_seed(b"seen".ljust(32)))


def mirrored(folder, to, note=None):
    """Copy a log as tlog-tiles lays it out, with the policy beside it."""
    log = DataFolder(folder).open_reader()
    try:
        bundle = to / bundle_path(0, log.size)
        bundle.parent.mkdir(parents=True)
        bundle.write_bytes(log.entry_bundle(0, log.size))
        (to / "checkpoint").write_bytes(note or log.checkpoint())
    finally:
        log.close()
    shutil.copy(folder / "policy", to / "policy")
    return to


@pytest.fixture
def copy(folder, tmp_path):
    return mirrored(folder, tmp_path / "copy")


def given_out(folder):
    log = DataFolder(folder).open_reader()
    try:
        return log.size, log.checkpoint(), log.passport(ANIMAL)
    finally:
        log.close()


def lose(folder):
    for file in folder.glob("ledger.db*"):
        if not file.name.endswith("-sequencer"):
            file.unlink()


def files(folder):
    return {file.name for file in folder.iterdir()}


# --------------------------------------------------------------------- its own folder


def test_a_lost_database_is_made_anew_and_appended_to(folder, copy):
    before = given_out(folder)
    kept = files(folder)
    lose(folder)

    ended = caravan("restore", copy, folder)

    assert ended.status == HOLDS, ended.err
    assert "restored: " in ended.out
    assert f"next: caravan serve {folder}\n" in ended.err
    assert given_out(folder) == before
    append(folder, *signed(folder, event(3)))
    assert caravan("verify", folder).status == HOLDS
    assert files(folder) == kept


def test_a_database_that_is_there_is_moved_aside_and_never_deleted(folder, copy):
    with sqlite3.connect(folder / "ledger.db") as database:
        database.execute("DROP TRIGGER entry_no_delete")
        database.execute('DELETE FROM entry WHERE "index" = 5')
    database.close()
    old = (folder / "ledger.db").read_bytes()
    assert caravan("verify", folder).status == BROKEN

    refused = caravan("restore", copy, folder)
    done = caravan("restore", copy, folder, "--replace")
    again = caravan("restore", copy, folder, "--replace")

    assert refused.status == NOTHING
    assert "has a database already" in refused.err
    assert "--replace moves it aside" in refused.err
    assert (done.status, again.status) == (HOLDS, HOLDS), done.err + again.err
    assert (folder / "ledger.db.replaced-1").read_bytes() == old
    assert (folder / "ledger.db.replaced-2").is_file()
    assert caravan("verify", folder).status == HOLDS
    append(folder, *signed(folder, event(3)))


def test_a_database_that_something_appends_to_stays(folder, copy):
    log = DataFolder(folder).open_log(clock=SystemClock())
    try:
        refused = caravan("restore", copy, folder, "--replace")
        assert refused.status == NOTHING
        assert "another process appends to it" in refused.err
        assert not list(folder.glob("ledger.db.replaced*"))
        (folder / "ledger.db").rename(folder / "elsewhere.db")
        assert caravan("restore", copy, folder).err == refused.err
    finally:
        log.close()


def test_a_copy_older_than_what_was_given_out_is_shown_and_not_appended_to(
    folder, copy
):
    append(folder, *signed(folder, event(3)))
    lose(folder)

    ended = caravan("restore", copy, folder)
    appending = caravan("serve", folder, "--port", "0")

    assert ended.status == HOLDS
    assert "newest-checkpoint is of 10 entries, and this copy has 8" in ended.err
    assert appending.status == NOTHING
    assert "holds 8 entries, but 10 were signed" in appending.err
    assert given_out(folder)[0] == 8


def test_another_ledger_than_that_of_the_folder_is_refused(folder, tmp_path):
    other = tmp_path / "other"
    caravan("init", other, "--host", HOST, "--no-passphrase")
    lose(folder)

    refused = caravan("restore", mirrored(other, tmp_path / "copy"), folder)

    assert refused.status == CANNOT
    assert "has no log line" in refused.err
    own = caravan(
        *["restore", tmp_path / "copy", folder, "--policy", other / "policy"],
    )
    assert "is of another ledger" in own.err
    assert not (folder / "ledger.db").exists()


def test_a_ledger_is_not_made_of_itself(folder):
    for itself in (folder, folder / "ledger.db"):
        refused = caravan("restore", itself, folder, "--replace")
        assert refused.status == NOTHING
        assert "is what is to be made" in refused.err
    assert caravan("verify", folder).status == HOLDS


# --------------------------------------------------------------------- in its stead


def test_a_dead_ledger_is_shown_from_a_copy_alone(folder, copy, tmp_path):
    before = given_out(folder)
    new = tmp_path / "stand-in"

    ended = caravan("restore", copy, new, "--json")

    assert ended.status == HOLDS, ended.err
    assert ended.json["outcome"] == "verified"
    assert (ended.json["restored_entries"], ended.json["can_append"]) == (8, False)
    assert f"next: caravan serve {new} --read-only" in ended.err
    assert files(new) == {"ledger.db", "policy"}
    assert (new / "policy").read_bytes() == (folder / "policy").read_bytes()
    assert given_out(new) == before
    assert caravan("verify", new).status == HOLDS
    refused = caravan("serve", new, "--port", "0")
    assert refused.status == NOTHING
    assert "ledger.pem" in refused.err
    assert f"caravan serve {new} --read-only shows" in refused.err
    with serving(new, "--read-only") as url:
        assert caravan("verify", url).status == HOLDS
        assert caravan("verify", f"{url}/id/animal/7").status == HOLDS
        # And from what stands in, another one.
        assert caravan("restore", f"{url}/log", tmp_path / "third").status == HOLDS
    assert given_out(tmp_path / "third") == before


def test_what_witnesses_saw_is_shown_with_its_time_however_long_ago(
    folder, tmp_path, monkeypatch
):
    _, note, _ = given_out(folder)
    now_ms = SystemClock().now_ms()
    seen = sign_cosignature(WITNESS, now_ms // 1000, parse_note(note).text)
    note += seen.to_line().encode()
    copy = mirrored(folder, tmp_path / "copy", note)
    policy = (copy / "policy").read_text().replace("quorum none", "")
    policy += f"witness w1 {WITNESS.vkey.to_text()}\nquorum w1\n"
    (copy / "policy").write_text(policy)
    monkeypatch.setattr(SystemClock, "now_ms", lambda _: now_ms + 40 * 86_400_000)
    by = ["--policy", copy / "policy"]
    new = tmp_path / "stand-in"

    assert caravan("verify", copy, *by).status == CANNOT
    ended = caravan("restore", copy, new, *by)

    assert ended.status == HOLDS, ended.err
    size, shown, passport = given_out(new)
    assert (size, shown) == (8, note)
    assert json.loads(passport)["checkpoint"] == note.decode()
    (tmp_path / "passport").write_bytes(passport)
    judged = caravan("verify", tmp_path / "passport", *by)
    assert (judged.status, "out of date since" in judged.err) == (CANNOT, True)


def test_a_copy_that_is_broken_changes_nothing(folder, copy):
    bundle = copy / bundle_path(0, 8)
    entries = given_out(folder)[0]
    store = DataFolder(folder).open_store()
    rows = [entry for _, entry, _ in store.entries(0, entries)]
    store.close()
    rows[5] = rows[5].replace(b"T06:10", b"T06:11")
    bundle.write_bytes(encode_bundle(rows))
    before = files(folder)

    refused = caravan("restore", copy, folder, "--replace")

    assert refused.status == BROKEN
    assert "entry 5: signature" in refused.err
    assert files(folder) == before


def test_a_write_that_fails_leaves_what_was_there(folder, copy, monkeypatch):
    def die(*_, **__):
        raise OSError(28, "No space left on device")

    before = files(folder)
    monkeypatch.setattr("ledger.cli.restore.restore", die)

    refused = caravan("restore", copy, folder, "--replace")

    assert refused.status == NOTHING
    assert "No space left" in refused.err
    assert files(folder) == before


def test_a_stand_in_may_be_in_postgresql(copy, tmp_path, postgresql_url):
    new = tmp_path / "stand-in"

    ended = caravan("restore", copy, new, "--database", postgresql_url)
    again = caravan("restore", copy, tmp_path / "b", "--database", postgresql_url)

    assert ended.status == HOLDS, ended.err
    assert files(new) == {"database", "policy"}
    assert given_out(new)[0] == 8
    assert again.status == NOTHING
    assert "holds a ledger already" in again.err
    # What is moved aside is the way to it.
    assert caravan("restore", copy, new, "--replace").status == HOLDS
    assert {"ledger.db", "database.replaced-1"} < files(new)
