"""What stands in ``deploy/`` fits the program, as far as it can be tried here."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
import yaml
from prometheus_client.parser import text_string_to_metric_families

from api.operation import Operation
from api.routes.health import metrics_text
from api.witness import create_witness_app
from ledger.cli import app
from ledger.witness import Witness
from ledger.witnessstore import open_witness_store
from tests.api.ledgers import Client, open_log
from tests.ledger.test_witness import COSIGNER, LOGS, NOW_MS
from tests.support.clocks import FrozenClock
from tests.support.make_docs import ROOT
from tests.support.served import CARAVAN

DEPLOY = ROOT / "deploy"
METRIC = re.compile(r"\bcaravan_\w+")
SERVE = typer.main.get_command(app).commands["serve"]


def options_of(command):
    """Return what ``caravan serve`` makes of a command line, which it has to take."""
    return SERVE.make_context("serve", list(command)).params


def test_systemd_takes_the_unit(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze: not found")
    text = (DEPLOY / "caravan.service").read_text()
    unit = tmp_path / "caravan.service"
    unit.write_text(text.replace("/opt/caravan/bin/caravan", str(CARAVAN)))

    done = subprocess.run(
        ["systemd-analyze", "verify", "--recursive-errors=no", unit],
        capture_output=True,
        text=True,
        env=os.environ | {"SYSTEMD_LOG_LEVEL": "warning"},
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_the_unit_starts_the_service_with_options_that_it_has():
    text = (DEPLOY / "caravan.service").read_text()
    (command,) = re.findall(r"^ExecStart=(.*)$", text, re.M)
    program, verb, *rest = shlex.split(command)

    assert (Path(program).name, verb) == ("caravan", "serve")
    assert options_of(rest)["trusted_proxy"] == "127.0.0.1"


def test_the_container_file_copies_what_is_installed():
    text = (DEPLOY / "Containerfile").read_text()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M)
    names = " ".join(copied).split()
    (command,) = re.findall(r"^CMD (\[.*\])$", text, re.M)

    for name in names:
        assert (ROOT / name).exists()
    packages = {"ledger", "api", "scanner_web"}
    assert packages | {"pyproject.toml", "README.md"} <= set(names)
    assert re.search(r"^USER \d+$", text, re.M)
    _, *rest = eval(command)  # noqa: S307 # a list of strings of our own
    assert options_of(rest)["host"] == "0.0.0.0"  # noqa: S104
    for program in re.findall(r'"-c", "(.*)"\]', text):
        compile(program, "HEALTHCHECK", "exec")


def test_alerts_are_about_metrics_that_there_are(tmp_path):
    log = open_log(tmp_path)
    text = metrics_text(log, Operation())
    log.close()
    store = open_witness_store(tmp_path / "witness.db", is_new=True)
    clock = FrozenClock(NOW_MS)
    witness = Witness(COSIGNER, LOGS, store, clock)
    text += Client(create_witness_app(witness, clock)).get("/metrics").text
    store.close()
    names = {
        name
        for family in text_string_to_metric_families(text)
        for name in (family.name, f"{family.name}_total", f"{family.name}_bucket")
    }

    document = yaml.safe_load((DEPLOY / "alerts.yml").read_text())
    rules = [rule for group in document["groups"] for rule in group["rules"]]
    asked = {name for rule in rules for name in METRIC.findall(rule["expr"])}

    assert asked
    assert asked <= names
    for rule in rules:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]


def test_the_python_of_the_container_is_one_that_is_supported():
    found = set(
        re.findall(r"python:3\.(\d+)-slim", (DEPLOY / "Containerfile").read_text())
    )
    oldest = re.search(
        r'requires-python = ">=3\.(\d+)"', (ROOT / "pyproject.toml").read_text()
    )

    assert len(found) == 1
    assert int(found.pop()) >= int(oldest[1])
    assert sys.version_info >= (3, int(oldest[1]))
