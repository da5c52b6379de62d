"""Every system call with which an append writes fails once, each in every way.

A child starts a ledger, appends, and closes it; ``strace`` lets one of its system calls
on the ledger's files fail, or kills it there. Whatever happens, the child goes on as a
client does: it posts again what was not answered. Then it is killed, the ledger is
started again, and the judge looks at what is there.

Two ways lie: the system says that something was written, and nothing was. No database
can keep what it was told falsely is kept; the ledger must then not go on as if nothing
had happened: it is whole, or it refuses to append.
"""

import ctypes
import json
import os
import random
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from ledger.cli.folder import DataFolder
from ledger.errors import LedgerError
from tests.crash.ground import fork, make_ground, say
from tests.crash.judge import Judge
from tests.crash.load import Acknowledged
from tests.support.find_tools import find_strace

CALLS = (
    "pwrite64",
    "write",
    "fsync",
    "fdatasync",
    "ftruncate",
    "fallocate",
    "openat",
    "unlink",
    "unlinkat",
    "rename",
)
"""What writes, or makes that it lasts; and what opens what is written to."""
FILES = (
    "ledger.db",
    "ledger.db-wal",
    "ledger.db-shm",
    "ledger.db-journal",
    "newest-checkpoint",
    "",
)
"""Of the data folder; the folder itself too, whose entries have to last."""
NUMBERS = (2, 3)
"""The statements that a child appends; the one before is there already."""
_TRIES = 3
_ANY_PROCESS = ctypes.c_ulong(-1)
_PR_SET_PTRACER = 0x59616D61


@dataclass(frozen=True)
class Fault:
    """One system call of the run, and what becomes of it."""

    call: str
    number: int
    """The first of its kind is 1."""
    how: str
    """As strace is told."""

    @property
    def is_lie(self):
        """Whether the system says that something is done which is not."""
        return self.how.startswith("retval")

    def __str__(self):
        """Name the fault."""
        return f"{self.call} {self.number}: {self.how}"


def ways(call):
    """Return how a system call can fail."""
    found = ["signal=KILL", "error=EIO"]
    if call in {"pwrite64", "write", "ftruncate", "fallocate", "openat"}:
        found.append("error=ENOSPC")
    if call in {"pwrite64", "write"}:
        # It says that 7 bytes are written: they are not, and the rest is on its way.
        found.append("retval=7")
    if call in {"fsync", "fdatasync", "ftruncate"}:
        found.append("retval=0")
    return found


class Faults:
    """All faults of one run, each on its own copy of a ledger."""

    def __init__(self, ground, folder):
        """Take a ledger with one statement, not open, and a folder for its copies."""
        self.ground = ground
        self.folder = Path(folder)

    def all(self):
        """Return every fault there can be: a run without one counts the calls."""
        calls = Counter(call for call, _ in self.calls())
        return [
            Fault(call, number, how)
            for call, count in sorted(calls.items())
            for number in range(1, count + 1)
            for how in ways(call)
        ]

    def calls(self):
        """Return the system calls of a run without a fault: name and what it is on."""
        trace = self.folder / "trace"
        ground = self._copy()
        said = self._run(ground, ["-o", str(trace), "-y"])
        assert sum("logged" in line for line in said) == len(NUMBERS), said
        shutil.rmtree(ground.data.path)
        found = re.findall(r"^\d+ +(\w+)\((.*)$", trace.read_text(), re.MULTILINE)
        return [(call, rest) for call, rest in found if call in CALLS]

    def try_out(self, fault):
        """Let one system call fail, and judge what is there then.

        Returns:
            What became of the run: for the summary.
        """
        ground = self._copy()
        told = f"inject={fault.call}:{fault.how}:when={fault.number}"
        said = self._run(ground, ["-o", "/dev/null", "-e", told])
        answers = [
            Acknowledged(line["number"], line["index"], line["receipt"].encode())
            for line in said
            if "logged" in line
        ]
        foreign = [line for line in said if "foreign" in line]
        assert not foreign, f"{fault}: {foreign}"
        try:
            outcome = self._judge(ground, fault, answers)
        except Exception as error:
            error.add_note(str(fault))
            raise
        shutil.rmtree(ground.data.path)
        failed = sum("failed" in line for line in said)
        return f"{outcome}, {'with a word' if failed else 'without'}"

    def _judge(self, ground, fault, answers):
        given_out = ground.given_out()
        judge = Judge(ground)
        try:
            log = ground.open()
            try:
                in_flight = [(NUMBERS[0], len(NUMBERS))]
                again, _ = judge.take(answers, in_flight, given_out)
                for answer in log.append_statements(again):
                    assert not isinstance(answer, LedgerError), answer
            finally:
                log.close()
        except (LedgerError, sqlite3.DatabaseError) as error:
            # Only where the system has lied, and only so: never another history.
            if not fault.is_lie:
                raise
            return f"refused ({getattr(error, 'code', 'unreadable')})"
        try:
            judge.finish()
        except (AssertionError, LedgerError, sqlite3.DatabaseError):
            # Rows that follow from the entries were never written: what is proved with
            # them is refused by whoever is given it.
            if not fault.is_lie:
                raise
            return "damaged beside the entries"
        return "whole"

    def _copy(self):
        path = self.folder / "copy"
        shutil.copytree(self.ground.data.path, path)
        return replace(self.ground, data=DataFolder(path))

    def _run(self, ground, options):
        """Run the child under strace to its end; return what it said."""
        said, saying = os.pipe()
        waiting, going = os.pipe()
        child = fork(lambda: _append(ground, waiting, saying))
        os.close(saying)
        os.close(waiting)
        tracer = self._attach(child, ground, options)
        os.write(going, b"go\n")
        os.close(going)
        lines = _read(said)
        os.waitpid(child, 0)
        tracer.wait(30)
        return [json.loads(line) for line in lines]

    def _attach(self, child, ground, options):
        paths = [str(ground.data.path / name).rstrip("/") for name in FILES]
        tracer = subprocess.Popen(
            [
                *(str(find_strace()), "-f", "-qq", "-p", str(child)),
                *("-e", f"trace={','.join(CALLS)}", *options),
                *(word for path in paths for word in ("-P", path)),
            ],
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 20
        while not _is_traced(child):
            assert time.monotonic() < deadline
            if tracer.poll() is not None:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                raise MayNotTraceError(tracer.stderr.read().strip())
            time.sleep(0.002)
        tracer.stderr.close()
        return tracer


class MayNotTraceError(Exception):
    """The system does not let one process trace another."""


def _append(ground, waiting, saying):
    """Start the ledger and append; say what was answered; then die."""
    # Where only a parent may trace, anybody may trace this one.
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANY_PROCESS, 0, 0, 0)
    os.read(waiting, 3)

    def say(**line):
        os.write(saying, json.dumps(line).encode() + b"\n")

    try:
        log = _again(ground.open, say)
        for number in NUMBERS:
            note = ground.note(number)
            (answer,) = _again(lambda note=note: log.append_statements([note]), say)
            receipt = answer.receipt.decode()
            say(logged=True, number=number, index=answer.index, receipt=receipt)
        log.close()
    except LedgerError as error:
        say(failed=str(error))
    # Anything else is a mistake of ours: no user is told in such words.
    except BaseException as error:
        say(foreign=repr(error))
    os.kill(os.getpid(), signal.SIGKILL)


def _again(work, say):
    """Do what a client does when it is told that the store failed: try it again."""
    for _ in range(_TRIES - 1):
        try:
            return work()
        except LedgerError as error:
            say(failed=str(error))
    return work()


def _is_traced(child):
    status = Path(f"/proc/{child}/status").read_text()
    return not re.search(r"^TracerPid:\s+0$", status, re.MULTILINE)


def _read(said):
    data = b""
    while True:
        assert select.select([said], [], [], 60)[0], "the child neither ends nor speaks"
        more = os.read(said, 1 << 16)
        if not more:
            os.close(said)
            return data.decode().splitlines()
        data += more


def try_faults(folder, *, count, seed):
    """Try so many faults, or all where the count is None; return the summary's lines.

    Raises:
        ToolMissingError: There is no strace.
        MayNotTraceError: It may not be used here.
    """
    ground = make_ground(Path(folder) / "begun")
    log = ground.open()
    log.append_statements(ground.notes(1, 1))
    log.close()
    faults = Faults(ground, folder)
    every = faults.all()
    chosen = every if count is None else some(every, count, seed)
    outcomes = Counter()
    for number, fault in enumerate(chosen, 1):
        kind = "lies" if fault.is_lie else "failures"
        outcomes[f"{kind}: {faults.try_out(fault)}"] += 1
        if number % 25 == 0 or number == len(chosen):
            say(f"{number} of {len(chosen)} system calls failed, nothing lost")
    return [
        f"system calls that failed            {len(chosen)} of {len(every)}",
        *(f"  {outcome:<46}{n}" for outcome, n in sorted(outcomes.items())),
    ]


def some(faults, count, seed):
    """Return so many faults: of each kind of call and of failure, then by lot."""
    draw = random.Random(seed)
    mixed = draw.sample(faults, len(faults))
    kinds = {(fault.call, fault.how): fault for fault in mixed}
    first = list(kinds.values())
    rest = [fault for fault in mixed if fault not in first]
    return (first + rest)[:count]
