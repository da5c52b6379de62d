"""A reading that is saved goes on as if it had never ended, or not at all."""

import pytest

from ledger import saved as saving
from ledger.errors import EncodingError, LedgerError
from ledger.reading import Reading
from ledger.saved import SavedReadings
from ledger.trust import Trust
from ledger.verify_ledger import verify_ledger
from ledger.workers import Workers
from tests.ledger.test_apart import DECLARED, busy, rows_of, told
from tests.support.forge import ANIMAL, ORIGIN, Forge, policy_text

POLICY = policy_text().encode()
BOUND = {"policy_fingerprint": "p"}


def part(forge, size):
    """Return the ledger as it was when it had so many entries."""
    past = Forge()
    past.entries, past.now_ms = forge.entries[:size], forge.now_ms
    return past


def read(forge, reading=None, **options):
    start = 0 if reading is None else reading.replay.size
    return verify_ledger(
        rows_of(forge)[start:],
        checkpoint=forge.checkpoint(),
        trust=Trust(POLICY, "yours", forge.now_ms),
        reading=reading,
        **options,
    )


def seals(forge):
    return [i for i, e in enumerate(forge.entries) if e.startswith(b"caravan/seal/")]


def left(forge, folder, size):
    """Save a reading of the first entries; return the folder of readings."""
    reading, readings = Reading(ORIGIN), SavedReadings(folder)
    read(part(forge, size), reading)
    readings.save(reading, date="2026-06-12", **BOUND)
    return readings


def without_before(report):
    return {
        name: getattr(report, name)
        for name in report.__slots__
        if name != "verified_before"
    }


def test_going_on_after_any_seal_finds_what_reading_all_finds(tmp_path):
    forge = busy()
    whole = read(forge)
    for seal in seals(forge):
        found = left(forge, tmp_path, seal + 1).load(ORIGIN, **BOUND)
        report = read(forge, found.reading)

        assert (found.date, report.verified_before) == ("2026-06-12", seal + 1)
        assert without_before(report) == without_before(whole)


def test_what_goes_on_can_be_saved_again(tmp_path):
    forge = busy()
    first, second, *_, last = seals(forge)
    readings = left(forge, tmp_path, first + 1)
    going_on = readings.load(ORIGIN, **BOUND).reading
    read(part(forge, second + 1), going_on)
    readings.save(going_on, date="2026-06-13", **BOUND)

    again = readings.load(ORIGIN, **BOUND)

    assert again.reading.taken() == going_on.taken()
    assert without_before(read(forge, again.reading)) == without_before(read(forge))
    assert last + 1 == len(forge.entries)


def test_workers_know_the_directory_of_what_was_read_before(tmp_path):
    forge = busy()
    found = left(forge, tmp_path, seals(forge)[-2] + 1).load(ORIGIN, **BOUND)
    with Workers(ORIGIN, 2) as workers:
        report = read(forge, found.reading, judges=workers, piece_entries=1)
    assert without_before(report) == without_before(read(forge))


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param({"number": 3, "bizStep": "inspecting"}, id="event-id-used-before"),
        pytest.param({"number": 80, **DECLARED}, id="nothing-to-declare"),
        pytest.param({"number": 2, **DECLARED}, id="declared-before"),
    ],
)
def test_what_was_read_before_binds_what_comes(tmp_path, lie):
    forge = busy()
    size = len(forge.entries)
    forge.event(**lie)
    forge.seal()
    found = left(forge, tmp_path, size).load(ORIGIN, **BOUND)

    refusal = told(lambda: read(forge, found.reading))

    assert refusal == told(lambda: read(forge))
    assert refusal[2:4] == (3, size)


def test_a_list_that_leaves_out_what_was_read_before_is_found(tmp_path):
    forge = busy()
    size = len(forge.entries)
    forge.event(70, epcList=[ANIMAL])
    forge.seal(index_root=bytes(32))
    found = left(forge, tmp_path, size).load(ORIGIN, **BOUND)
    assert told(lambda: read(forge, found.reading))[1:3] == ("seal-mismatch", 5)


def test_another_history_does_not_continue_what_was_read(tmp_path):
    forge, other = busy(), busy()
    end = seals(forge)[-2] + 1
    other.entries[7] = other.event_entry(71)
    found = left(forge, tmp_path, end).load(ORIGIN, **BOUND)
    refusal = told(lambda: read(other, found.reading))
    assert issubclass(refusal[0], LedgerError)


def test_any_damage_is_found(tmp_path):
    forge = busy()
    readings = left(forge, tmp_path, seals(forge)[1] + 1)
    (file,) = (tmp_path / "verified").iterdir()
    whole = file.read_bytes()
    found = 0
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            assert readings.load(ORIGIN, **BOUND) is None
        except EncodingError:
            found += 1
    for length in range(0, len(whole), 7):
        file.write_bytes(whole[:length])
        with pytest.raises(EncodingError):
            readings.load(ORIGIN, **BOUND)
    file.write_bytes(whole + b"\0")
    with pytest.raises(EncodingError):
        readings.load(ORIGIN, **BOUND)
    assert found > len(whole) / 2


def test_another_policy_or_program_begins_anew(tmp_path, monkeypatch):
    forge = busy()
    readings = left(forge, tmp_path, len(forge.entries))

    assert readings.load(ORIGIN, policy_fingerprint="q") is None
    assert readings.load("oasis.example/other", **BOUND) is None
    assert readings.load(ORIGIN, **BOUND) is not None
    monkeypatch.setattr(saving, "verifier_hash", lambda: "another")
    assert readings.load(ORIGIN, **BOUND) is None


def test_a_reading_that_does_not_end_with_a_seal_is_not_saved(tmp_path):
    forge = busy()
    reading = Reading(ORIGIN)
    with pytest.raises(LedgerError):
        read(part(forge, 6), reading)
    with pytest.raises(ValueError, match="its last entry is a seal"):
        SavedReadings(tmp_path).save(reading, date="", **BOUND)
