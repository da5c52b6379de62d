"""Where the time of the slowest step goes: the sequencer's thread, by function."""

import cProfile
import io
import pstats
import shutil
import tempfile
from pathlib import Path
from typing import Final
from unittest.mock import patch

from benchmarks.posting import BATCH, Workload
from ledger.cli.folder import DataFolder
from ledger.clock import SystemClock
from ledger.errors import LedgerError
from ledger.log import Log

_SHOWN: Final = 10


def sequencer_profile(workload: Workload, statements: int) -> str:
    """Append batches, and return the functions in which the most time is spent."""
    profile = cProfile.Profile()
    append_group = Log._append_group

    def profiled(log: Log, group: object) -> object:
        return profile.runcall(append_group, log, group)  # type: ignore[arg-type]

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "ledger"
        shutil.copytree(workload.folder, folder)
        with patch.object(Log, "_append_group", profiled):
            log = DataFolder(folder).open_log(clock=SystemClock())
            for start in range(0, statements, BATCH):
                for answer in log.append_statements(
                    workload.events[start : start + BATCH]
                ):
                    assert not isinstance(answer, LedgerError), answer
            log.close()
    told = io.StringIO()
    stats = pstats.Stats(profile, stream=told).strip_dirs().sort_stats("tottime")
    stats.print_stats(_SHOWN)
    lines = [line.rstrip() for line in told.getvalue().splitlines()]
    return "\n".join(lines[lines.index("") + 1 :]).strip()
