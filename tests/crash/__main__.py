"""``python -m tests.crash``: kill a ledger under load, and let its system calls fail.

Each round starts the ledger again, loads it from several threads or connections, kills
it at a moment that the seed decides, starts it again and judges what is there. The
kill is SIGKILL: what the process had not handed to the system is gone. A power cut,
where the system loses what it had not written either, is another thing.
"""

import argparse
import logging
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from ledger.errors import LedgerError
from tests.crash.faults import MayNotTraceError, try_faults
from tests.crash.ground import make_ground, say
from tests.crash.judge import Judge
from tests.crash.load import (
    NUMBERS,
    POSTERS,
    fork_appender,
    fork_clients,
    fork_server,
    read_line,
)
from tests.crash.marks import OPEN_GROUP, Marks
from tests.support.find_tools import ToolMissingError
from tests.support.served import free_port

ROUNDS_OF_A_LEDGER = 50
HTTP_EVERY = 10
LONGEST_SECONDS = 0.35
"""Load before the kill, at most."""
EARLY = 0.1
"""Share of the rounds that may be killed while the ledger is still starting."""


class Harness:
    """The rounds of one run, and what they found."""

    def __init__(self, folder, seed):
        """Begin with no ledger."""
        self.folder = Path(folder)
        self.seed = seed
        self.draw = random.Random(seed)
        self.marks = Marks(POSTERS)
        self.stages = Counter()
        self.kinds = Counter()
        self.acknowledged = 0
        self.lost = 0
        self.kept = 0
        self.reports = []
        self.judge = None

    def run(self, rounds):
        """Do so many rounds; the whole ledger is verified every fifty, and last."""
        for number in range(rounds):
            if number % ROUNDS_OF_A_LEDGER == 0:
                self.finish()
                self.judge = Judge(make_ground(self.folder / f"ledger-{number}"))
            # Every tenth, and the first: a run of a few rounds has one too.
            kill = self.kill_server if number % HTTP_EVERY == 0 else self.kill_appender
            self.after(kill(1 + number * POSTERS * NUMBERS))
            if (number + 1) % 25 == 0 or number + 1 == rounds:
                self.say_progress(number + 1, rounds)
        self.finish()

    def kill_appender(self, first):
        """Kill a process that appends by itself."""
        reading, writing = os.pipe()
        self.marks.clear()
        child = fork_appender(
            self.judge.ground,
            self.marks,
            first=first,
            seed=f"{self.seed} {first}",
            pipe=writing,
        )
        os.close(writing)
        said = Said(reading)
        if self.draw.random() >= EARLY:
            said.wait_for("ready")
        said.listen(self.draw.uniform(0, LONGEST_SECONDS))
        kill(child)
        self.kinds["process"] += 1
        return said.to_the_end()

    def kill_server(self, first):
        """Kill a server that answers over HTTP."""
        port = free_port()
        reading, writing = os.pipe()
        self.marks.clear()
        server = fork_server(self.judge.ground, self.marks, port=port)
        clients = fork_clients(
            self.judge.ground,
            self.marks,
            port=port,
            first=first,
            seed=f"{self.seed} {first}",
            pipe=writing,
        )
        os.close(writing)
        said = Said(reading)
        said.wait_for("ready")
        said.listen(self.draw.uniform(0, 2 * LONGEST_SECONDS))
        kill(server)
        lines = said.to_the_end()
        os.waitpid(clients, 0)
        self.kinds["HTTP"] += 1
        return lines

    def after(self, lines):
        """Start the ledger again and judge it."""
        self.stages[self.marks.stage] += 1
        answers = [answer for answer in map(read_line, lines) if answer is not None]
        given_out = self.judge.ground.given_out()
        log = self.judge.ground.open()
        try:
            again, lost = self.judge.take(answers, self.marks.in_flight(), given_out)
            for answer in log.append_statements(again):
                assert not isinstance(answer, LedgerError), answer
            self.judge.read()
            newest = self.judge.check_checkpoint(log.checkpoint())
            assert newest.size == len(self.judge.entries)
        finally:
            log.close()
        self.acknowledged += len(answers)
        self.lost += lost
        self.kept += len(again) - lost

    def finish(self):
        """Verify the ledger that is there, and forget it."""
        if self.judge is not None:
            self.reports.append(self.judge.finish())
            shutil.rmtree(self.judge.ground.data.path)

    def say_progress(self, done, rounds):
        """Say how far this is."""
        open_groups = sum(self.stages[stage] for stage in OPEN_GROUP)
        say(
            f"{done} of {rounds} rounds, {open_groups} in an open group, "
            f"{self.acknowledged} statements acknowledged, none lost"
        )

    def summary(self):
        """Return what was found, a fact a line."""
        open_groups = sum(self.stages[stage] for stage in OPEN_GROUP)
        rounds = sum(self.stages.values())
        verified = sum(report.size for report in self.reports)
        return [
            f"rounds, each with one SIGKILL       {rounds}",
            *(f"  of a {kind:<31}{n}" for kind, n in sorted(self.kinds.items())),
            f"kills that hit an open group        {open_groups}",
            *(f"  while {s:<30}{self.stages[s]}" for s in OPEN_GROUP),
            *(
                f"  while {s:<30}{n} (not open)"
                for s, n in self.stages.items()
                if s not in OPEN_GROUP
            ),
            f"statements acknowledged             {self.acknowledged}",
            "  lost                              0",
            f"statements without an answer        {self.lost + self.kept}",
            f"  lost, posted again, logged        {self.lost}",
            f"  logged all the same               {self.kept}",
            "checkpoints in conflict             0",
            f"ledgers verified in whole           {len(self.reports)}, "
            f"{verified} entries, every seal",
        ]


class Said:
    """What a process says on a pipe."""

    def __init__(self, reading):
        """Read from this descriptor, and close it at the end."""
        self._reading = reading
        self._data = bytearray()
        self._is_open = True

    def wait_for(self, word):
        """Read until a line is just this word."""
        deadline = time.monotonic() + 30
        while f"{word}\n".encode() not in self._data:
            assert self._is_open, self._data.decode()
            assert time.monotonic() < deadline, f"not {word} after 30 seconds"
            self._read(0.1)

    def listen(self, seconds):
        """Read for so long: a pipe that is full would stop the process."""
        end = time.monotonic() + seconds
        while self._is_open and (left := end - time.monotonic()) > 0:
            self._read(left)

    def to_the_end(self):
        """Return all lines, once nobody can write any more."""
        while self._is_open:
            self._read(30)
        return self._data.decode().splitlines()

    def _read(self, seconds):
        if select.select([self._reading], [], [], seconds)[0]:
            data = os.read(self._reading, 1 << 20)
            self._data += data
            if not data:
                os.close(self._reading)
                self._is_open = False


def kill(child):
    """Kill a process that is alive, and wait until it is gone."""
    assert os.waitpid(child, os.WNOHANG) == (0, 0), "it died by itself"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def main():
    """Do the rounds and the faults that were asked for, and print the summary."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--faults", type=int, default=None, help="by default all")
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args()
    seed = (
        random.SystemRandom().randrange(1 << 32) if given.seed is None else given.seed
    )
    started = time.monotonic()
    # What a failing ledger tells its operator is not what is asked here.
    logging.disable(logging.CRITICAL)
    # Kept when something does not hold: it is the evidence.
    folder = tempfile.mkdtemp(prefix="crash-")
    say(f"seed {seed}, in {folder}")
    lines = [f"seed                                {seed}"]
    if given.faults != 0:
        try:
            lines += try_faults(folder, count=given.faults, seed=seed)
        except (ToolMissingError, MayNotTraceError) as error:
            lines.append(f"system calls that failed            none tried: {error}")
    if given.rounds:
        harness = Harness(folder, seed)
        harness.run(given.rounds)
        lines += harness.summary()
    lines.append(
        f"seconds                             {time.monotonic() - started:.0f}"
    )
    shutil.rmtree(folder)
    sys.stdout.write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
