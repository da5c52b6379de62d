"""``docs/cli.md`` names every verb and option, in the words of --help."""

import os
import subprocess
from pathlib import Path

import pytest
import typer

from ledger.cli import app
from ledger.cli.outcome import ExitStatus
from tests.cli.command import INSTALLED

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
ROOT = typer.main.get_command(app)


def verbs(command, path=("caravan",)):
    children = getattr(command, "commands", None)
    if children is None:
        return [(" ".join(path), command)]
    return [
        found
        for name, child in children.items()
        for found in verbs(child, (*path, name))
    ]


def section(verb):
    _, _, rest = PAGE.read_text("utf-8").partition(f"\n## `{verb}`\n")
    return rest.partition("\n## ")[0]


def rows(command):
    for parameter in command.params:
        if parameter.name == "help":
            continue
        if parameter.param_type_name == "argument":
            yield f"`{(parameter.metavar or parameter.name).upper()}`", parameter
        else:
            yield f"`{parameter.opts[0]}`", parameter


@pytest.mark.parametrize(("verb", "command"), verbs(ROOT), ids=lambda v: str(v))
def test_a_verb_and_its_section_name_the_same_options(verb, command):
    text = section(verb)

    assert text, f"docs/cli.md: no section for {verb}"
    documented = [
        line.split("|")[1].strip() for line in text.splitlines() if "|" in line
    ]
    assert documented[2:] == [name for name, _ in rows(command)]
    for _, parameter in rows(command):
        assert (parameter.help or "") in text


def test_every_exit_status_is_documented():
    text = PAGE.read_text("utf-8")

    for status in ExitStatus:
        assert f"| {int(status)} |" in text


def test_the_ledger_from_nothing_is_made_as_the_page_says(tmp_path):
    _, _, text = PAGE.read_text("utf-8").partition(
        "## A ledger from nothing\n\n```sh\n"
    )
    script = text.partition("```")[0]
    wait = "caravan serve dairy --port 0 > served &\n"
    wait += "until grep -q serving served; do sleep 0.1; done\n"
    script = script.replace("caravan serve dairy &\n", wait)
    script = script.replace(
        "http://127.0.0.1:8000", "$(sed -n 's/serving: //p' served)"
    )
    _, _, shown = text.partition("```json\n")
    (tmp_path / "event.json").write_text(shown.partition("```")[0])
    _, _, copying = section("caravan verify").partition("```sh\n")
    script += copying.partition("```")[0]

    done = subprocess.run(
        ["sh", "-ec", f"trap 'kill $!' EXIT\n{script}"],
        cwd=tmp_path,
        env=os.environ
        | {
            "PATH": f"{INSTALLED.parent}:{os.environ['PATH']}",
            "CARAVAN_PASSPHRASE": "seven camels",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("verified: dairy.example/log-") == 2
    assert "\nfrom: copied log copy\n" in done.stdout
    assert (tmp_path / "receipts" / "6.receipt").is_file()
