"""The machine fails in other ways: a full disk, a clock that is set back."""

import os
import subprocess
import sys

import pytest

from ledger.answer import Appended
from ledger.errors import StoreError
from tests.crash.ground import make_ground
from tests.support.clocks import FrozenClock


def try_full(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash.full", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_write_cut_short_anywhere_loses_nothing(tmp_path):
    said = try_full(tmp_path / "ledger", "--seed", 1)
    assert "12 times full" in said


@pytest.fixture
def small_disk(tmp_path):
    """Mount a file system of a few megabytes, where this may be done."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "none", str(place)]
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("a file system of its own: only root may mount one")
    done = subprocess.run(mount, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"a file system of its own: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_was_full_goes_on_once_there_is_room(small_disk):
    said = try_full(small_disk / "ledger", "--ballast", small_disk / "ballast")
    assert "12 times full" in said


def test_a_clock_set_back_stops_the_ledger_until_time_has_passed(tmp_path):
    ground = make_ground(tmp_path / "ledger")
    clock = FrozenClock(4_000_000_000_000)
    log = ground.data.open_log(clock=clock)
    log.append_statements(ground.notes(1, 1))
    newest = log.checkpoint()

    clock.time_ms -= 1
    with pytest.raises(StoreError) as refusal:
        log.append_statements(ground.notes(2, 1))
    assert refusal.value.code == "clock"
    assert log.checkpoint() == newest

    clock.time_ms += 1
    (answer,) = log.append_statements(ground.notes(2, 1))
    assert isinstance(answer, Appended)
    log.close()
