"""A command that is forked is in all that can be seen one that was started."""

import os
import signal
import subprocess

import pytest

from tests.cli.command import run
from tests.support import starter


@pytest.mark.parametrize(
    ("arguments", "stdin"), [(["verify", "-", "--json"], b"\xff"), (["serve"], b"")]
)
def test_it_ends_and_says_what_the_installed_file_does(arguments, stdin):
    installed = run(*arguments, stdin=stdin)

    forked = starter.run(arguments, stdin=stdin)

    said = forked.stdout.decode(), forked.stderr.decode()
    assert (forked.returncode, *said) == (
        installed.status,
        installed.out,
        installed.err,
    )
    assert installed.err


def test_it_has_its_own_session_folder_and_environment(tmp_path, monkeypatch):
    made = starter.run(
        ["init", tmp_path / "data", "--host=a.example", "--no-passphrase"]
    )
    assert made.returncode == 0, made.stderr
    monkeypatch.chdir(tmp_path)
    process = starter.Process(
        ["serve", "data", "--port=0"],
        env=os.environ | {"CARAVAN_NEWEST_CHECKPOINT": "beside"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process.stdout as said:
        assert any(line.startswith("serving: ") for line in said)
        assert os.getsid(process.pid) == process.pid != os.getsid(0)
        assert process.poll() is None
        process.terminate()

        assert process.wait(10) == 0
    assert (tmp_path / "beside").exists()


def test_who_is_killed_says_by_what():
    process = starter.Process(["key", "new", "--help"], stdout=subprocess.DEVNULL)
    assert process.wait(10) == 0
    process = starter.Process(["verify", "/dev/full"], stderr=subprocess.DEVNULL)
    os.kill(process.pid, signal.SIGKILL)

    assert process.wait(10) == -signal.SIGKILL
