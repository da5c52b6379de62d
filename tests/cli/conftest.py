"""A ledger of a cooperative, made with the command; each test has its own copy."""

import json
import shutil

import pytest

from ledger.cli.folder import DataFolder
from ledger.clock import SystemClock
from tests.cli.command import caravan

HOST = "herd.example"
ANIMAL = f"https://{HOST}/id/animal/7"


def event(number, **members):
    return {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:0190a6c0-0000-7000-8000-{number:012d}",
        "eventTime": "2026-06-11T06:10:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "bizStep": "inspecting",
        "readPoint": {"id": f"https://{HOST}/id/place/pasture"},
        "epcList": [ANIMAL],
    } | members


def append(folder, *notes):
    """Append notes without a server; each is new and admitted."""
    log = DataFolder(folder).open_log(clock=SystemClock())
    try:
        answers = log.append_statements(notes)
    finally:
        log.close()
    assert [answer.is_new for answer in answers] == [True] * len(notes)


def signed(folder, *events, key="anna.pem"):
    text = "\n".join(json.dumps(event) for event in events).encode()
    pem = folder.parent / key
    ended = caravan("sign", "-", "--key", pem, "--ledger", folder, stdin=text)
    assert ended.status == 0, ended.err
    one_or_more = ended.out if len(events) == 1 else json.loads(ended.out)
    notes = [one_or_more] if len(events) == 1 else one_or_more
    return [note.encode() for note in notes]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Keep pins apart, and let nothing of the real environment in."""
    for name in ("CARAVAN_KEY", "CARAVAN_LEDGER", "CARAVAN_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "caravan"


@pytest.fixture(scope="session")
def first_ledger(tmp_path_factory):
    """Entries: genesis, seal, admit, authorize, seal, two events, seal."""
    base = tmp_path_factory.mktemp("first")
    folder, anna = base / "data", base / "anna.pem"
    made = caravan("init", folder, "--host", HOST, "--no-passphrase")
    assert made.status == 0, made.err
    caravan("key", "new", f"{HOST}/anna", "--out", anna, "--no-passphrase")
    shared = ["--key", folder / "keys" / "registrar.pem", "--ledger", folder]
    admit = ["--id", "green-oasis", "--role", "cooperative", "--name", "Green Oasis"]
    admit += ["--prefix", f"https://{HOST}/id/animal"]
    admitted = caravan("party", "admit", *admit, *shared)
    authorize = ["--party", "green-oasis", "--new-key", anna]
    authorized = caravan("party", "authorize", *authorize, *shared)
    append(folder, admitted.out.encode(), authorized.out.encode())
    append(folder, *signed(folder, event(1), event(2)))
    return base


@pytest.fixture
def base(first_ledger, tmp_path):
    """A folder with ``data`` and ``anna.pem``."""
    return shutil.copytree(first_ledger, tmp_path / "base")


@pytest.fixture
def folder(base):
    return base / "data"
