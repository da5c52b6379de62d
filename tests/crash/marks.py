"""What a process was doing when it was killed, in memory that outlives it."""

import mmap
import struct

from ledger.sequencer import Sequencer
from ledger.sqlstore import SqlStore

STAGES = (
    "starting",
    "waiting",
    "judging",
    "writing the group",
    "before the checkpoint",
    "writing the checkpoint",
    "answering",
)
OPEN_GROUP = STAGES[2:]
"""From the first statement of a group being judged to its last one being answered."""

_SLOT = struct.Struct("<QQ")


class Marks:
    """Where the writer is, and what each poster has posted without an answer."""

    def __init__(self, posters):
        """Make marks that processes forked from now on share."""
        self._memory = mmap.mmap(-1, 1 + posters * _SLOT.size)
        self._posters = posters

    def clear(self):
        """Forget all."""
        self._memory[:] = bytes(len(self._memory))

    @property
    def stage(self):
        """What the writer was doing last."""
        return STAGES[self._memory[0]]

    @stage.setter
    def stage(self, stage):
        self._memory[0] = STAGES.index(stage)

    def posting(self, poster, first, count):
        """Say what a poster has in flight; a count of 0 says nothing."""
        start = 1 + poster * _SLOT.size
        self._memory[start : start + _SLOT.size] = _SLOT.pack(first, count)

    def in_flight(self):
        """Return first number and count of everything unanswered."""
        slots = _SLOT.iter_unpack(self._memory[1:])
        return [(first, count) for first, count in slots if count]

    def watch(self):
        """Have this process mark its stages from now on."""
        _mark_around(Sequencer, "append", self, "judging", "answering")
        _mark_around(
            SqlStore, "append_group", self, "writing the group", "before the checkpoint"
        )
        _mark_around(
            SqlStore, "append_checkpoint", self, "writing the checkpoint", "answering"
        )


def _mark_around(owner, name, marks, during, after):
    method = getattr(owner, name)

    def marked(*arguments, **options):
        marks.stage = during
        try:
            return method(*arguments, **options)
        finally:
            marks.stage = after

    setattr(owner, name, marked)
