"""No check of the verifier is without a test: each is taken away in turn.

It runs as a command, in processes of its own: what is taken away must not be imported
here.
"""

import subprocess
import sys

import pytest

from tests.support.remove_steps import CHECKS, ROOT


@pytest.mark.parametrize("language", CHECKS)
def test_whatever_check_is_taken_away_a_test_turns_red(language):
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.remove_steps", language],
        cwd=ROOT,
        capture_output=True,
        timeout=230,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b""), done.stdout.decode()


def test_every_step_has_something_to_take_away():
    python, javascript = (
        {removal.step for removal in removals} for removals, _ in CHECKS.values()
    )

    assert python == {*range(1, 19)}
    assert javascript == {*range(1, 20)}
