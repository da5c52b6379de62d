"""Count what a group waits for: calls that have the disk keep what was written.

    python -m benchmarks.durable FOLDER NOTES GROUPS

appends so many groups of notes to a ledger; strace counts the calls of two such
processes, and the difference is that of the groups.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.posting import Workload
from ledger.cli.folder import DataFolder
from ledger.clock import SystemClock
from ledger.errors import LedgerError
from ledger.tile import decode_bundle, encode_bundle

FEW: Final = 4
MANY: Final = 24
_IN_A_GROUP: Final = 8
_CALLS: Final = re.compile(r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+) .*\b(\w+)$", re.MULTILINE)


def calls_per_group(workload: Workload) -> dict[str, float] | None:
    """Return how often each call is made for a group; None where strace is missing."""
    if shutil.which("strace") is None:
        return None
    few, many = (_calls(workload, groups) for groups in (FEW, MANY))
    names = sorted(few | many)
    return {n: (many.get(n, 0) - few.get(n, 0)) / (MANY - FEW) for n in names}


def _calls(workload: Workload, groups: int) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as name:
        folder, notes = Path(name) / "ledger", Path(name) / "notes"
        counted = Path(name) / "calls"
        shutil.copytree(workload.folder, folder)
        notes.write_bytes(encode_bundle(workload.events[: MANY * _IN_A_GROUP]))
        traced = ["strace", "-f", "-c", "-o", str(counted)]
        calls = "trace=fsync,fdatasync,sync_file_range,msync"
        append = [sys.executable, "-m", "benchmarks.durable"]
        subprocess.run(
            [*traced, "-e", calls, *append, str(folder), str(notes), str(groups)],
            check=True,
        )
        found = _CALLS.findall(counted.read_text())
    return {call: int(count) for count, call in found if call != "total"}


def main(arguments: Sequence[str]) -> None:
    """Append groups, one after the other."""
    folder, notes, groups = arguments
    events = decode_bundle(Path(notes).read_bytes(), MANY * _IN_A_GROUP)
    log = DataFolder(Path(folder)).open_log(clock=SystemClock())
    for number in range(int(groups)):
        start = number * _IN_A_GROUP
        for answer in log.append_statements(events[start : start + _IN_A_GROUP]):
            assert not isinstance(answer, LedgerError), answer
    log.close()


if __name__ == "__main__":
    main(sys.argv[1:])
