"""The benchmarks run: all of them, once, in little, so that they do not rot.

It takes two minutes of a core; ``make fuzz`` does it, with ``CARAVAN_BENCHMARKS=1``.
"""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.measure import SCALES, measure
from benchmarks.report import document, rows, table

# Each row is measured once, of the least: a ledger of two seasons beside that of one.
LITTLE = replace(
    SCALES["small"],
    singles=40,
    batched=100,
    large=2_000,
    traced=2_000,
    appended=100,
    answers=4,
)


@pytest.fixture
def nothing_kept(monkeypatch):
    """Have ledgers of seasons be made anew, and not kept for the next time."""
    with tempfile.TemporaryDirectory() as name:
        # PostgreSQL is another user.
        Path(name).chmod(0o711)
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield name


@pytest.mark.skipif(
    "CARAVAN_BENCHMARKS" not in os.environ, reason="takes long: make fuzz does it"
)
def test_every_row_is_measured_and_written_down(nothing_kept):
    said = []

    found = measure(LITTLE, 1, say=said.append)

    missing = [row.what for row in rows(found) if row.value is None]
    assert [what for what in missing if "PostgreSQL" not in what] == []
    assert len(table(found).splitlines()) == len(rows(found)) + 2
    assert found.calls is None or sum(found.calls.values()) >= 2
    assert "tottime" in found.profile
    told = document(found)
    assert nothing_kept not in told
    assert "{" not in told.partition("## Where the sequencer")[0]
    assert said[0].startswith("making")
