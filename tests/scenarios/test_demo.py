"""The demonstration as a newcomer starts it, stops it in the middle, and goes on."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
import zlib
from pathlib import Path

import pytest

from ledger.client import LedgerClient
from ledger.clock import SystemClock
from ledger.fragment import parse_fragment
from ledger.trust import Trust
from ledger.verify import verify_passport
from tests.support.served import run

CARAVAN = Path(sys.executable).with_name("caravan")
HOST = "demo.caravan.example"
HERDS = 26
ROWS = 220 + (281 - 219) + (281 - 6) + 4797
PARTIES = 19
EVENTS = 22_680
"""Of the season, which is the same whenever it begins."""
LABELLED = 2
"""Lots whose labels say what they were printed from."""


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


def size_of(url):
    found = re.search(r"^caravan_checkpoint_size (\d+)$", get(f"{url}/metrics"), re.M)
    return int(found[1])


def wait_for_witnesses(url):
    """Wait until what is shown is all there is."""
    deadline = time.monotonic() + 30
    while int(get(f"{url}/log/checkpoint").splitlines()[1]) < size_of(url):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demo") / "data" / "demo"


@pytest.fixture(scope="module")
def interrupted(folder):
    """Return what a run said that was stopped when some records were in."""
    demo = Demo(folder)
    url = demo.wait_for("serving")
    deadline = time.monotonic() + 60
    while size_of(url) < 3000:
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


def test_everything_is_posted_once_and_its_faults_are_flagged(running):
    new, known = map(int, re.findall(r"\d+", running.line("season"))[:2])
    imported = running.line("imported")
    rows, again, refused, herds = map(int, re.findall(r"\d+", imported)[:4])

    assert new + known == EVENTS
    # Batches of a thousand: the first had been answered when it was stopped.
    assert known >= 2000
    assert new > 0
    assert (rows + again, refused, herds) == (ROWS, 0, HERDS)
    assert running.line("events") == str(EVENTS + ROWS + LABELLED)
    assert running.line("parties") == str(PARTIES + HERDS)
    assert running.line("flags") == ("15 late, 3 overlap, 1 sequence-gap, 2 zero-value")


def test_it_is_verified_with_the_policy_that_init_wrote(running):
    assert running.line("verified").startswith(f"{HOST}/milk-")
    assert running.line("policy") == "yours"


def test_both_witnesses_have_seen_it_and_are_said_to_be_here(running):
    assert running.line("as of").endswith("seen by 2 of 2 witnesses")
    assert running.line("replayed by") == "mill-replay"
    assert any("run on the ledger's own machine" in line for line in running.said)


def test_it_says_whose_records_these_are(running):
    said = " ".join(running.said)

    assert "real records of three French dairy herds" in said
    assert "under pseudonyms" in said
    assert "cows, not camels" in said


def test_it_says_what_is_simulated(running):
    said = " ".join(running.said)

    assert "The camel milk is simulated" in said
    assert "Every record and every party says so" in said


def test_the_pages_it_names_are_there_and_say_what_they_are_of(running):
    pouch, recalled, voided, disputed, herd = (
        get(running.line(word))
        for word in ("page", "recalled", "voided", "disputed", "herd")
    )

    for page in (pouch, recalled, voided, disputed):
        assert "simulated" in page
        assert "09521600000104" in page
    assert "fr000045" in herd


@pytest.mark.parametrize(
    ("word", "alarms", "apart"),
    [
        ("page", [], []),
        (
            "recalled",
            [("sim-keping-plant", "non_conformant"), ("sim-keping-plant", "recalled")],
            [],
        ),
        ("voided", [("21", "inactive")], []),
        ("disputed", [], ["recalled"]),
    ],
)
def test_a_phone_that_verifies_one_answer_finds_what_was_planted(
    folder, running, word, alarms, apart
):
    item, lot, serial, label = re.fullmatch(
        "(/01/[0-9]{14})(/10/[^/]+)(/21/[^/#]+)(#c=.+)",
        running.line(word).removeprefix(running.line("serving")),
    ).groups()
    subject = f"https://id.gs1.org{item}{serial}"
    with LedgerClient(running.line("serving")) as client:
        passport = client.passport(subject, label=parse_fragment(label).size)
    trust = Trust((folder / "policy").read_bytes(), "yours", SystemClock().now_ms())
    report = verify_passport(
        passport,
        subject=subject,
        trust=trust,
        lot=f"https://id.gs1.org{item}{lot}",
        label=label,
    )

    assert not {"replay", "label", "witnesses"} & {*report.absent}
    assert report.witnessing.replayed_by == ("mill-replay",)
    assert [(a.subject.split("/")[-2], a.word) for a in report.alarms] == alarms
    assert [
        statement.judged.content.disposition
        for statement in report.statements
        if statement.is_apart
    ] == apart
    # The tanks that pasteurised milk came from are the last that the first answer has,
    # if only their alarms.
    assert any(m.subject.endswith("-heated") for m in report.members)
    assert len(zlib.compress(passport)) <= 40 * 1024


def test_the_first_page_is_that_of_a_pouch_by_the_path_printed_on_it(running):
    path = running.line("page").removeprefix(running.line("serving"))

    assert re.fullmatch("/01/09521600000104/10/S01/21/[0-9A-Z]{8}#c=.{33,}", path)
    assert "/10/S02/" in running.line("recalled")


def test_a_code_for_a_phone_is_drawn_above_the_address(running):
    picture = [line for line in running.said if "█" in line]

    assert len(picture) > 15
    assert len({len(line) for line in picture[:-1]}) == 1


def test_what_signs_for_the_parties_is_its_owners_only(folder, running):
    keys = sorted((folder / "keys" / "herds").iterdir())
    secret = folder / "keys" / "season.secret"

    assert len(keys) == HERDS
    assert {key.stat().st_mode & 0o777 for key in [*keys, secret]} == {0o600}


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
    wait_for_witnesses(running.line("serving"))
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
