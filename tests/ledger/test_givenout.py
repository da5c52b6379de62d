"""The newest checkpoint given out: an older database is not appended to."""

import shutil
import sqlite3

import pytest

from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.errors import StoreError
from ledger.givenout import GivenOut
from ledger.log import Log
from ledger.note import parse_note
from tests.support.clocks import FrozenClock
from tests.support.forge import LEDGER, ORIGIN, START_MS, Forge, policy_text, signer

NOTES = [
    sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), [LEDGER])
    for size in range(1, 6)
]


@pytest.fixture
def given_out(tmp_path):
    return GivenOut(tmp_path / "newest-checkpoint")


def test_nothing_is_there_before_the_first_checkpoint(given_out):
    assert given_out.read() == ()


def test_the_newest_and_the_one_before_are_kept(given_out):
    for before, note in zip([None, *NOTES], NOTES, strict=False):
        given_out.write(note)
        assert {*given_out.read()} == {note, before} - {None}


def test_who_opens_it_again_leaves_the_newest_in_place(given_out):
    given_out.write(NOTES[0])
    given_out.write(NOTES[1])
    again = GivenOut(given_out.path)
    assert NOTES[1] in again.read()
    again.keep(NOTES[1])
    again.write(NOTES[2])
    assert {*again.read()} == {NOTES[1], NOTES[2]}


def test_the_file_is_text_that_a_person_can_read(given_out):
    given_out.write(NOTES[0])
    assert parse_note(given_out.path.read_bytes().rstrip(b"\n") + b"\n")


def test_what_cannot_be_written_is_one_line(given_out):
    given_out.path.mkdir()
    with pytest.raises(StoreError) as refusal:
        given_out.write(NOTES[0])
    assert str(given_out.path) in str(refusal.value)
    with pytest.raises(StoreError):
        given_out.read()


def test_a_checkpoint_without_end_is_not_written(given_out):
    with pytest.raises(StoreError):
        given_out.write(b"x" * 10_000)


# ------------------------------------------------------------------- beside a database


forge = Forge()
forge.genesis()
forge.admit()
forge.authorize()


@pytest.fixture
def database(tmp_path):
    return tmp_path / "ledger.db"


def opened(database, given_out):
    return Log.open(
        f"sqlite:///{database}",
        signers=[LEDGER],
        clock=FrozenClock(START_MS),
        policy=policy_text().encode(),
        given_out=given_out,
    )


@pytest.fixture
def began(database, given_out):
    """Begin a ledger with five entries, and keep a copy of its database."""
    log = Log.create(
        f"sqlite:///{database}",
        origin=ORIGIN,
        genesis=forge.entries[0],
        signers=[LEDGER],
        clock=FrozenClock(START_MS),
        policy=policy_text().encode(),
        given_out=given_out,
    )
    log.append_statements(forge.entries[1:])
    log.close()
    shutil.copy(database, database.with_name("backup.db"))


def append(database, given_out, *numbers):
    log = opened(database, given_out)
    answers = log.append_statements([forge.event_entry(n) for n in numbers])
    log.close()
    return [answer.index for answer in answers]


def put_back(database):
    shutil.copy(database.with_name("backup.db"), database)


@pytest.mark.usefixtures("began")
def test_every_checkpoint_is_kept_before_it_is_given_out(database, given_out):
    log = opened(database, given_out)
    for number in range(1, 4):
        log.append_statements([forge.event_entry(number)])
        assert log.checkpoint() in given_out.read()
    log.close()


@pytest.mark.usefixtures("began")
def test_an_old_backup_is_not_appended_to(database, given_out):
    append(database, given_out, 1)
    put_back(database)

    with pytest.raises(StoreError) as refusal:
        opened(database, given_out)

    assert refusal.value.code == "given-out"
    assert "holds 5 entries, but 7 were signed" in str(refusal.value)


@pytest.mark.usefixtures("began")
def test_another_history_of_the_same_length_is_not_appended_to(database, given_out):
    append(database, given_out, 1)
    put_back(database)
    append(database, None, 2)

    with pytest.raises(StoreError) as refusal:
        opened(database, given_out)

    assert refusal.value.code == "given-out"
    assert "are not those signed" in str(refusal.value)


@pytest.mark.usefixtures("began")
@pytest.mark.parametrize("more", [[], [3]])
def test_both_that_were_given_out_have_to_be_of_this_history(database, given_out, more):
    append(database, given_out, 1)
    put_back(database)
    append(database, None, 2)
    for number in more:
        append(database, None, number)
    log = opened(database, None)
    # What is written goes beside the newest of the other history.
    given_out.write(log.checkpoint())
    log.close()

    with pytest.raises(StoreError, match="are not those signed"):
        opened(database, given_out)


@pytest.mark.usefixtures("began")
def test_a_database_put_back_that_is_not_older_is_appended_to(database, given_out):
    put_back(database)
    assert append(database, given_out, 1) == [5]


@pytest.mark.usefixtures("began")
def test_a_database_that_is_newer_than_the_file_is_appended_to(database, given_out):
    append(database, None, 1)
    assert append(database, given_out, 2) == [7]


@pytest.mark.usefixtures("began")
def test_where_there_is_no_file_yet_it_is_made_at_the_start(database, given_out):
    """A ledger of an earlier release, or one whose operator has taken it away."""
    given_out.path.unlink()
    log = opened(database, given_out)
    assert given_out.read() == (log.checkpoint(),)
    log.close()


@pytest.mark.usefixtures("began")
def test_a_file_of_another_ledger_is_refused(database, given_out):
    other = signer("oasis.example/other")
    note = sign_checkpoint(Checkpoint(other.name, 1, bytes(32)), [other])
    given_out.path.unlink()
    given_out.write(note)

    with pytest.raises(StoreError) as refusal:
        opened(database, given_out)

    assert refusal.value.code == "given-out"
    assert "damaged, or of another ledger" in str(refusal.value)


@pytest.mark.usefixtures("began")
def test_a_damaged_file_is_refused(database, given_out):
    damaged = given_out.path.read_bytes().replace(ORIGIN.encode(), b"oasis.example/x")
    given_out.path.write_bytes(damaged)

    with pytest.raises(StoreError) as refusal:
        opened(database, given_out)

    assert refusal.value.code == "given-out"


@pytest.mark.usefixtures("began")
def test_a_place_torn_by_a_power_cut_is_passed_over(database, given_out):
    """What was being written was not given out yet; the other place has what was."""
    notes = given_out.read()
    newest = max(notes, key=lambda note: int(note.split(b"\n")[1]))
    (older,) = {*notes} - {newest}
    torn = given_out.path.read_bytes().replace(older, older[::-1])
    given_out.path.write_bytes(torn)

    assert append(database, given_out, 1) == [5]
    assert older[::-1] not in given_out.path.read_bytes()


@pytest.mark.usefixtures("began")
def test_what_was_kept_but_not_stored_is_signed_the_same_again(database, given_out):
    """A crash between the file and the database's own copy of the checkpoint."""
    log = opened(database, given_out)
    log.append_statements([forge.event_entry(1)])
    newest = log.checkpoint()
    log.close()
    connection = sqlite3.connect(database)
    connection.execute("DROP TRIGGER checkpoint_no_delete")
    connection.execute("DELETE FROM checkpoint WHERE size = 7")
    connection.commit()
    connection.close()

    log = opened(database, given_out)
    assert parse_note(log.checkpoint()).text == parse_note(newest).text
    log.close()


@pytest.mark.usefixtures("began")
def test_a_file_that_cannot_be_written_stops_the_ledger_until_it_can(
    database, given_out
):
    log = opened(database, given_out)
    before = log.checkpoint()
    kept = given_out.path.read_bytes()
    given_out.path.unlink()
    given_out.path.mkdir()
    with pytest.raises(StoreError):
        log.append_statements([forge.event_entry(1)])
    assert log.checkpoint() == before

    given_out.path.rmdir()
    given_out.path.write_bytes(kept)
    (answer,) = log.append_statements([forge.event_entry(1)])
    assert answer.index == 5
    log.close()
