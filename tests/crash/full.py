"""``python -m tests.crash.full FOLDER``: append to a full disk, then to a freed one.

The disk is full at a byte that the seed decides, so that a write is cut short anywhere:
by a limit on the size of files, or, with ``--ballast FILE``, because the file system is
full and that file is removed later. Prints what was refused and logged.
"""

import argparse
import logging
import os
import random
import resource
import sys
from pathlib import Path

from ledger.errors import StoreError
from tests.crash.ground import make_ground
from tests.crash.judge import Judge
from tests.crash.load import Acknowledged

ROUNDS = 12
BATCH = 7
_NO_LIMIT = resource.RLIM_INFINITY


class LimitedFiles:
    """No file may grow beyond a limit: what would, is cut short there (EFBIG)."""

    def __init__(self, ground, draw):
        """Limit the files of a ledger in this process."""
        self._wal = ground.data.database.with_name("ledger.db-wal")
        self._draw = draw

    def fill(self):
        """Leave room for a part of a group."""
        size = self._wal.stat().st_size if self._wal.exists() else 0
        # The file of the newest checkpoint is smaller than that.
        limit = max(20_000, size) + self._draw.randrange(1, 60_000)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, _NO_LIMIT))

    def free(self):
        """Let them grow again."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (_NO_LIMIT, _NO_LIMIT))


class FullFileSystem:
    """A file system with a file on it that can be made larger, and taken away."""

    def __init__(self, ballast, draw):
        """Keep this file."""
        self._ballast = ballast
        self._draw = draw

    def fill(self):
        """Leave room for a part of a group."""
        system = os.statvfs(self._ballast.parent)
        room = system.f_bavail * system.f_frsize - self._draw.randrange(1, 60_000)
        with self._ballast.open("wb") as file:
            file.write(bytes(max(0, room)))

    def free(self):
        """Make room again."""
        self._ballast.unlink()


def append_until_full(log, ground, number):
    """Append until it is refused; return the answers, and what was refused last."""
    answers = []
    while True:
        try:
            found = log.append_statements(ground.notes(number, BATCH))
        except StoreError:
            return answers, number
        answers += acknowledged(number, found)
        number += BATCH


def acknowledged(number, answers):
    """Return answers with the numbers of their statements."""
    return [
        Acknowledged(n, answer.index, answer.receipt)
        for n, answer in enumerate(answers, number)
    ]


def try_out(ground, disk):
    """Fill the disk again and again; return how much was logged."""
    judge = Judge(ground)
    log = ground.open()
    number, count = 1, 0
    for _ in range(ROUNDS):
        disk.fill()
        answers, refused = append_until_full(log, ground, number)
        # What is there is read as ever, and nothing but itself is given out.
        newest = log.checkpoint()
        assert log.entry(log.size - 1)
        disk.free()
        assert log.checkpoint() == newest
        answers += acknowledged(
            refused, log.append_statements(ground.notes(refused, BATCH))
        )
        number = refused + BATCH
        given_out = ground.given_out()
        again, _ = judge.take(answers, [], given_out)
        assert not again
        count += len(answers)
    log.close()
    judge.finish()
    return count


def main():
    """Make a ledger in a folder, and try it out."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--ballast", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    draw = random.Random(given.seed)
    ground = make_ground(given.folder)
    if given.ballast is None:
        disk = LimitedFiles(ground, draw)
    else:
        disk = FullFileSystem(given.ballast, draw)
    sys.stdout.write(
        f"{ROUNDS} times full, {try_out(ground, disk)} logged, none lost\n"
    )


if __name__ == "__main__":
    main()
