"""The demonstration as a newcomer starts it, stops it in the middle, and goes on."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.support.served import run

CARAVAN = Path(sys.executable).with_name("caravan")
HOST = "demo.caravan.example"
EVENTS = 220 + (281 - 219) + (281 - 6) + 4797


class Demo:
    """One run of ``caravan demo`` on a data folder."""

    def __init__(self, folder):
        self.said = []
        self._process = subprocess.Popen(
            [CARAVAN, "demo"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"CARAVAN_DEMO_DIR": str(folder), "PORT": "0"},
        )

    def wait_for(self, word):
        """Read up to the line that begins with a word; return the rest of that line."""
        for line in iter(self._process.stdout.readline, ""):
            self.said.append(line.rstrip("\n"))
            if line.startswith(f"{word}: "):
                return line.removeprefix(f"{word}: ").strip()
        raise AssertionError(self._process.stderr.read())

    def line(self, word):
        [found] = [line for line in self.said if line.startswith(f"{word}: ")]
        return found.removeprefix(f"{word}: ")

    def stop(self, how=signal.SIGTERM):
        """Stop it as an operator does; return status and standard error."""
        self._process.send_signal(how)
        _, err = self._process.communicate(timeout=30)
        return self._process.returncode, err


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demo") / "data" / "demo"


@pytest.fixture(scope="module")
def interrupted(folder):
    """Return what a run said that was stopped when some records were in."""
    demo = Demo(folder)
    url = demo.wait_for("serving")
    deadline = time.monotonic() + 60
    while int(get(f"{url}/log/checkpoint").splitlines()[1]) < 500:
        assert time.monotonic() < deadline
    return demo, demo.stop(signal.SIGINT)


@pytest.fixture(scope="module")
def running(folder, interrupted):
    demo = Demo(folder)
    demo.wait_for("stop")
    yield demo
    assert demo.stop() == (0, "")


def test_a_stop_in_the_middle_is_no_failure(interrupted):
    _, ended = interrupted

    assert ended == (0, "")


def test_the_ledger_goes_on_where_it_was_stopped(interrupted, running):
    first, _ = interrupted

    assert running.line("ledger") == first.line("ledger")


def test_every_record_is_imported_once_and_its_faults_are_flagged(running):
    imported = running.line("imported")
    new, known, refused, herds = map(int, re.findall(r"\d+", imported)[:4])

    assert (new + known, refused, herds) == (EVENTS, 0, 26)
    assert known > 0
    assert running.line("events") == str(EVENTS)
    assert running.line("parties") == "26"
    assert running.line("flags") == "3 overlap, 2 zero-value"


def test_it_is_verified_with_the_policy_that_init_wrote(running):
    assert running.line("verified").startswith(f"{HOST}/herds-")
    assert running.line("policy") == "yours"


def test_it_says_whose_records_these_are(running):
    said = " ".join(running.said)

    assert "real records of three French dairy herds" in said
    assert "under pseudonyms" in said
    assert "cows, not camels" in said


def test_the_pages_it_names_show_an_animal_with_a_flag_and_her_herd(running):
    page = get(running.line("page"))
    herd = get(running.line("herd"))

    assert page.count('data-fact="sensor.0"') > 20
    assert 'data-fact="flag.overlap"' in page
    assert "DairyHerdData" in page
    assert "fr000045" in herd


def test_a_code_for_a_phone_is_drawn_above_the_address(running):
    picture = [line for line in running.said if "█" in line]

    assert len(picture) > 15
    assert len({len(line) for line in picture[:-1]}) == 1


def test_the_keys_of_the_herds_are_their_owners_only(folder, running):
    keys = sorted((folder / "keys" / "herds").iterdir())

    assert len(keys) == 26
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}


# ------------------------------------------------------- the verb import, on the same


MAPPING = """
register = "a scale"
[tables.weights]
file = "weights.csv"
[[events]]
name = "weighing"
table = "weights"
record = "weight/{animal}/{day}"
signer = "{herd}"
[events.event]
type = "ObjectEvent"
action = "OBSERVE"
bizStep = "{step}"
disposition = "active"
eventTime = "{day}T00:00:00Z"
eventTimeZoneOffset = "+00:00"
epcList = ["https://{host}/id/animal/{herd}/{animal}"]
readPoint = { id = "https://{host}/id/place/{herd}" }
[[events.event.sensorElementList]]
sensorReport = [{ type = "Mass", value = { number = "{kg}" }, uom = "KGM" }]
"""
WEIGHTS = """\
herd,animal,day,step,kg
fr000045,a,2010-01-01,inspecting,612.5
fr000045,a,2010-02-01,inspecting,much
fr999999,b,2010-02-01,inspecting,600
fr000047,c,2010-02-01,shipping,600
fr000047,c,2010-03-01,inspecting,601.0
"""


def run_import(running, folder, mapping, *options, expect):
    keys = folder / "keys" / "herds"
    where = ("--mapping", mapping, "--keys", keys, "--to", running.line("serving"))
    return run("import", *where, *options, expect=expect)


def test_rows_that_do_not_do_are_named_and_the_others_imported_once(
    running, folder, tmp_path
):
    mapping = tmp_path / "weights.toml"
    mapping.write_text(MAPPING)
    (tmp_path / "weights.csv").write_text(WEIGHTS)

    first = json.loads(run_import(running, folder, mapping, "--json", expect=1))
    again = run_import(running, folder, mapping, expect=1).decode().splitlines()

    assert (first["new"], first["known"]) == (2, 0)
    refused = [(found["line"], found["code"]) for found in first["refused"]]
    # By the register's faults first, then by the ledger's rules.
    assert sorted(refused) == [(3, "malformed"), (4, "key-file"), (5, "authority")]
    assert again == [f"ledger: {first['origin']}", "new: 0", "known: 2", "refused: 3"]


def test_a_row_that_was_changed_after_it_was_imported_is_refused(
    running, folder, tmp_path
):
    mapping = tmp_path / "weights.toml"
    mapping.write_text(MAPPING)
    csv = tmp_path / "weights.csv"
    head, row, *_ = WEIGHTS.splitlines()
    csv.write_text(f"{head}\n{row}\n")
    run_import(running, folder, mapping, expect=0)
    csv.write_text(f"{head}\n{row.replace('612.5', '621.5')}\n")

    ended = json.loads(run_import(running, folder, mapping, "--json", expect=1))

    assert [found["code"] for found in ended["refused"]] == ["event-reused"]


def test_a_ledger_of_another_name_gets_nothing(running, folder, tmp_path):
    mapping = tmp_path / "weights.toml"
    mapping.write_text(MAPPING)
    (tmp_path / "weights.csv").write_text(WEIGHTS)

    run_import(running, folder, mapping, "--origin", "other.example/log", expect=3)


def test_a_folder_with_another_ledger_is_no_demonstration(tmp_path):
    folder = tmp_path / "real"
    run("init", folder, "--host", "herd.example", "--no-passphrase")

    environment = os.environ | {"CARAVAN_DEMO_DIR": str(folder), "PORT": "0"}
    run("demo", env=environment, expect=2)


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "letters").mkdir()
    letter = tmp_path / "letters" / "one.txt"
    letter.write_text("dear")

    environment = os.environ | {"CARAVAN_DEMO_DIR": str(letter.parent), "PORT": "0"}
    run("demo", env=environment, expect=2)

    assert [*letter.parent.iterdir()] == [letter]
    assert [*tmp_path.iterdir()] == [letter.parent]
