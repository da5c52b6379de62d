"""A process that prepares statements while this one writes others.

What is judged of a statement by itself takes more time than all the rest, and most of
it holds Python's lock. So whole groups are handed to a process of its own, which has no
state but keys: nothing is lost when it dies, and the sequencer judges for itself what
came back unprepared.

Bytes go through two pipes of the system to a child that nobody else can write to.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import BinaryIO

from ledger.admission import check_event_form
from ledger.errors import LedgerError
from ledger.event import Event
from ledger.note import VerifierKey
from ledger.replay import PreparedStatement, prepare_statement

MAX_HELPERS = 8
"""More than these one sequencer does not keep busy."""
KeyOf = Callable[[str], VerifierKey | None]


def helpers_for(cores: int) -> int:
    """Return how many processes prepare on a machine of so many cores.

    On two cores two are better than one: while one is read from, the other works. On
    a single core they would only be in the way.

    >>> helpers_for(1), helpers_for(2), helpers_for(64)
    (0, 2, 8)
    """
    return min(cores, MAX_HELPERS) if cores > 1 else 0


def prepare_notes(
    notes: Sequence[bytes], *, origin: str, keys: Mapping[str, VerifierKey]
) -> list[PreparedStatement | None]:
    """Prepare statements; None stands for what the sequencer judges as it came.

    That is whatever would be refused: who refuses is the sequencer, in its turn, which
    may have another reason by then. What is prepared is also admitted, but for its
    time.
    """
    return [_prepare(note, origin, keys) for note in notes]


def _prepare(
    note: bytes, origin: str, keys: Mapping[str, VerifierKey]
) -> PreparedStatement | None:
    try:
        prepared = prepare_statement(note, origin=origin, keys=keys)
        if not isinstance(prepared.content, Event):
            return None
        host = origin.partition("/")[0]
        check_event_form(prepared.content, host=host, entry_size=len(note))
    except LedgerError:
        return None
    return prepared


def signer_labels(note: bytes) -> list[str]:
    r"""Return what stands where a statement names its signers; nothing is checked.

    >>> signer_labels(b"caravan/statement/v1\nlog\nevent\na+01 b+02\n{}\n")
    ['a+01', 'b+02']
    """
    lines = note.split(b"\n", 4)
    return lines[3].decode(errors="replace").split(" ") if len(lines) > 4 else []


class Preparer:
    """One such process; one thread at a time may ask it."""

    def __init__(self, origin: str, key_of: KeyOf) -> None:
        """Start it.

        Args:
            origin: Name of the ledger.
            key_of: Gives the key that the directory binds to a label; any thread may
                ask it.

        Raises:
            OSError: The system has no process to give.
        """
        self._origin = origin
        self._key_of = key_of
        # What the child was told, so that it is told once.
        self._told: dict[str, VerifierKey] = {}
        self._process = self._start()

    @property
    def pid(self) -> int:
        """What the system knows the process by."""
        return self._process.pid

    def prepare(self, notes: Sequence[bytes]) -> list[PreparedStatement | None]:
        """Return what became of each note; of none anything, if the process died.

        Raises:
            OSError: It died, and another one cannot be started.
        """
        labels = {label for note in notes for label in signer_labels(note)}
        new: dict[str, VerifierKey] = {}
        for label in labels:
            key = self._key_of(label)
            if key is not None and self._told.get(label) != key:
                new[label] = key
        try:
            return self._ask(notes, new)
        except (OSError, EOFError, pickle.UnpicklingError):
            self._end()
            self._told = {}
            self._process = self._start()
            return [None] * len(notes)

    def close(self) -> None:
        """End the process."""
        self._end()

    def _start(self) -> subprocess.Popen[bytes]:
        # It ends when its standard input does: with this process, however that dies.
        return subprocess.Popen(  # noqa: S603  # this program, and no words of others
            [sys.executable, "-m", "ledger.preparer", self._origin],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def _ask(
        self, notes: Sequence[bytes], new: dict[str, VerifierKey]
    ) -> list[PreparedStatement | None]:
        child = self._process
        if child.stdin is None or child.stdout is None:
            raise EOFError
        pickle.dump((list(notes), new), child.stdin, pickle.HIGHEST_PROTOCOL)
        child.stdin.flush()
        # What answers is this very module, in a process that we started.
        answers: list[PreparedStatement | None] = pickle.load(child.stdout)  # noqa: S301
        if len(answers) != len(notes):
            raise EOFError
        self._told |= new
        return answers

    def _end(self) -> None:
        child = self._process
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                # It may be dead already.
                with suppress(OSError):
                    pipe.close()
        try:
            child.wait(1)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def serve(origin: str, asked: BinaryIO, answers: BinaryIO) -> None:
    """Answer until there is nobody who asks."""
    keys: dict[str, VerifierKey] = {}
    while True:
        try:
            notes, new = pickle.load(asked)  # noqa: S301  # whoever started us
        except EOFError:
            return
        keys |= new
        prepared = prepare_notes(notes, origin=origin, keys=keys)
        pickle.dump(prepared, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()


def main() -> None:
    """Run as the child."""
    # A stop is for the parent, which answers what it took before it lets us go.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        serve(sys.argv[1], sys.stdin.buffer, answers)
    except BrokenPipeError:
        os._exit(0)


if __name__ == "__main__":
    main()
