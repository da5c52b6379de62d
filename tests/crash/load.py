"""Processes that post without rest until they are killed, and tell what was answered.

What was answered is one line on a pipe, written before the next post: what a process
wrote into a pipe is read also when it is dead.
"""

import base64
import os
import random
import signal
import socket
import sys
import threading
from dataclasses import dataclass

import ledger.cli
from ledger.client import LedgerClient
from ledger.errors import LedgerError, StoreError
from tests.crash.ground import fork

POSTERS = 4
NUMBERS = 100_000
"""Statements that one poster may use in one round."""
_COUNTS = (1, 1, 1, 1, 7, 60)
"""How many statements are posted at once, drawn from these."""


@dataclass(frozen=True)
class Acknowledged:
    """One statement, and the answer that it is logged."""

    number: int
    index: int
    receipt: bytes


def fork_appender(ground, marks, *, first, seed, pipe):
    """Fork a process that has the log open and appends from several threads."""

    def work():
        marks.watch()
        log = ground.open()
        marks.stage = "waiting"
        post_without_rest(
            lambda: log.append_statements,
            ground,
            marks,
            first=first,
            seed=seed,
            pipe=pipe,
        )

    return fork(work)


def fork_server(ground, marks, *, port):
    """Fork a process that runs ``caravan serve``."""

    def work():
        os.setsid()
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
        marks.watch()
        return ledger.cli.main(["serve", str(ground.data.path), "--port", str(port)])

    return fork(work)


def fork_clients(ground, marks, *, port, first, seed, pipe):
    """Fork a process that posts over HTTP, from a connection for each thread."""

    def work():
        def connect():
            client = LedgerClient(f"http://127.0.0.1:{port}", sleep=_give_up)
            return client.post

        _wait_for(port)
        marks.stage = "waiting"
        post_without_rest(connect, ground, marks, first=first, seed=seed, pipe=pipe)

    return fork(work)


def post_without_rest(connect, ground, marks, *, first, seed, pipe):
    """Post from several threads until nothing is answered any more."""

    def post(poster):
        draw = random.Random(f"{seed} {poster}")
        append = connect()
        number = first + poster * NUMBERS
        while True:
            count = draw.choice(_COUNTS)
            notes = ground.notes(number, count)
            marks.posting(poster, number, count)
            try:
                answers = append(notes)
            except (StoreError, _NoAnswerError) as error:
                _tell(pipe, f"unanswered {number} {error}")
                return
            for answer in answers:
                _tell(pipe, _line(number, answer))
                number += 1
            marks.posting(poster, 0, 0)

    _tell(pipe, "ready")
    threads = [threading.Thread(target=post, args=[n]) for n in range(POSTERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def read_line(line):
    """Return what one line says of a statement, or None if it says something else.

    A refusal is none that a crash may cause: the statements are all admissible.
    """
    word, _, rest = line.partition(" ")
    assert word != "refused", line
    if word != "logged":
        return None
    number, index, receipt = rest.split(" ")
    return Acknowledged(int(number), int(index), base64.b64decode(receipt))


def _line(number, answer):
    if isinstance(answer, LedgerError):
        return f"refused {number} {answer.code} {answer}"
    receipt = base64.b64encode(answer.receipt).decode()
    return f"logged {number} {answer.index} {receipt}"


def _tell(pipe, line):
    data = f"{line}\n".encode()
    # Up to this size lines of several threads never mix, and none is cut by a kill.
    assert len(data) <= 4096
    os.write(pipe, data)


class _NoAnswerError(Exception):
    """A server that dies does not answer; it is not asked twice."""


def _give_up(_seconds):
    raise _NoAnswerError("no answer")


def _wait_for(port):
    signal.alarm(30)
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            threading.Event().wait(0.01)
        else:
            signal.alarm(0)
            return
