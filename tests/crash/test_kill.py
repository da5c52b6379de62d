"""Killed under load and started again: nothing that was acknowledged is lost."""

import shutil
import sqlite3
import subprocess
import sys

import pytest

from tests.crash.ground import make_ground
from tests.crash.judge import Judge
from tests.crash.load import Acknowledged
from tests.support.find_tools import ToolMissingError, bring_strace
from tests.support.served import Served, run

ROUNDS = 5
FAULTS = 10
SEED = 20260612


def test_sigkill_under_load_loses_nothing_that_was_acknowledged():
    """``make crash`` does two thousand of these."""
    figures = crash(f"--rounds={ROUNDS}", "--faults=0")

    assert int(figures["rounds, each with one SIGKILL"]) == ROUNDS
    assert int(figures["kills that hit an open group"]) > ROUNDS // 3
    assert int(figures["statements acknowledged"]) > ROUNDS


def test_any_system_call_of_an_append_may_fail_and_nothing_is_lost():
    """``make crash`` lets each of them fail, in each way."""
    try:
        bring_strace()
    except ToolMissingError as error:
        pytest.skip(str(error))

    figures = crash("--rounds=0", f"--faults={FAULTS}")

    (tried,) = (line for line in figures if line.startswith("system calls"))
    if "none tried" in tried:
        pytest.skip(tried)
    assert tried.endswith(f"{FAULTS} of")


def crash(*options):
    """Run the harness; return its summary: the last word of each line by the rest."""
    # In a process of its own: a fork wants a parent with one thread.
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash", *options, f"--seed={SEED}"],
        capture_output=True,
        text=True,
        timeout=220,
    )
    assert done.returncode == 0, done.stderr
    sys.stdout.write(done.stdout)
    return dict(line.rsplit(maxsplit=1) for line in done.stdout.splitlines())


@pytest.fixture
def ground(tmp_path):
    return make_ground(tmp_path / "ledger")


def append(ground, first, count):
    log = ground.open()
    answers = log.append_statements(ground.notes(first, count))
    log.close()
    return [
        Acknowledged(first + n, answer.index, answer.receipt)
        for n, answer in enumerate(answers)
    ]


def test_the_judge_misses_an_acknowledged_statement(ground, tmp_path):
    shutil.copy(ground.data.database, tmp_path / "old")
    answers = append(ground, 1, 3)
    shutil.copy(tmp_path / "old", ground.data.database)

    with pytest.raises((AssertionError, IndexError)):
        Judge(ground).take(answers, [], ground.given_out())


def test_the_judge_misses_what_was_acknowledged_in_another_history(ground, tmp_path):
    shutil.copy(ground.data.database, tmp_path / "old")
    answers = append(ground, 1, 3)
    shutil.copy(tmp_path / "old", ground.data.database)
    ground.data.newest_checkpoint.unlink()
    append(ground, 1, 4)

    with pytest.raises(AssertionError, match="two histories"):
        Judge(ground).take(answers, [], ground.given_out())


@pytest.mark.parametrize(
    "damage",
    [
        'DELETE FROM entry WHERE "index" = (SELECT max("index") FROM entry)',
        "DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)",
        'DELETE FROM listing WHERE "index" = 5',
        "DELETE FROM seal WHERE rowid = 1",
        "DELETE FROM statement WHERE rowid = 5",
        "DELETE FROM tile",
        "UPDATE entry SET chain = zeroblob(32) WHERE rowid = 5",
    ],
)
def test_the_judge_misses_half_of_a_group(ground, damage):
    answers = append(ground, 1, 300)
    database = sqlite3.connect(ground.data.database)
    triggers = database.execute("SELECT name FROM sqlite_master WHERE type='trigger'")
    for (name,) in triggers.fetchall():
        database.execute(f"DROP TRIGGER {name}")
    assert database.execute(damage).rowcount
    database.commit()
    database.close()

    judge = Judge(ground)

    def judge_all():
        judge.take(answers, [], ground.given_out())
        judge.finish()

    with pytest.raises(AssertionError):
        judge_all()


@pytest.fixture
def served(tmp_path):
    ledger = Served(tmp_path / "ledger").init().start().admit()
    yield ledger
    ledger.stop()


def test_a_stopped_server_answers_what_it_took_and_exits_cleanly(served):
    assert served.stop() == 0
    run("verify", served.folder, "--policy", served.folder / "policy")
