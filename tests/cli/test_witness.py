"""``caravan witness``: what it makes, goes on with, and where it refuses to be."""

import subprocess
from contextlib import closing, contextmanager

import pytest

from ledger.addcheckpoint import parse_add_checkpoint
from ledger.cli.witnessfolder import WitnessFolder, logs_policy
from ledger.client import LedgerClient
from ledger.errors import OldSizeError, PolicyError
from ledger.note import COSIGNATURE, parse_vkey, verifier_key
from ledger.policy import PolicyLog, parse_policy
from ledger.witnessclient import WitnessClient
from ledger.witnessstore import open_witness_store
from tests.cli.command import caravan
from tests.ledger.test_witness import LOGS, MILK, ORIGIN, OTHER
from tests.support import starter
from tests.support.forge import signer

NAME = "oasis.example/dune"


@pytest.fixture
def logs(tmp_path):
    """A policy with two keys of one log and one of another."""
    file = tmp_path / "some-policy"
    file.write_bytes(LOGS.text)
    return file


@pytest.fixture
def dune(tmp_path):
    """The folder of a witness that was made before."""
    data = WitnessFolder(tmp_path / "dune")
    data.make(NAME, LOGS, passphrase=None)
    return data


@pytest.fixture
def served(monkeypatch):
    """Take what would be served, instead of serving it."""
    taken = []

    def run(app, *, on_started, **options):
        taken.append(options)
        on_started("http://127.0.0.1:8001")

    monkeypatch.setattr("api.server.run", run)
    return taken


def lines(ended):
    assert ended.status == 0, ended.err
    return dict(line.split(": ", 1) for line in ended.out.splitlines())


def test_a_new_witness_is_made_and_says_what_a_policy_needs(tmp_path, logs, served):
    folder = tmp_path / "dune"
    new = ("--name", NAME, "--log", logs, "--no-passphrase")
    said = lines(caravan("witness", folder, *new))

    assert said["witness"] == NAME
    assert said["serving"] == "http://127.0.0.1:8001"
    word, name, vkey, url = said["policy line"].split(" ")
    assert (word, name, url) == ("witness", "dune", "http://127.0.0.1:8001/witness")
    assert parse_vkey(vkey).kind == COSIGNATURE
    policy = parse_policy(f"{LOGS.text.decode()}{said['policy line']}\n".encode())
    assert policy.witnesses[0].vkey.name == NAME
    assert parse_policy((folder / "logs").read_bytes()).logs == LOGS.logs
    assert (folder / "witness.pem").stat().st_mode & 0o077 == 0
    # Later runs need the folder and nothing else, and are the same witness.
    again = lines(caravan("witness", folder, "--url", "https://dune.oasis.example/"))
    assert again["policy line"] == (
        f"witness dune {vkey} https://dune.oasis.example/witness"
    )


def test_another_log_is_added_to_those_that_are_there(dune, tmp_path, served):
    other = PolicyLog(OTHER.vkey, "https://other.example/log")
    more = tmp_path / "more"
    more.write_bytes(logs_policy(other).text)

    ended = caravan("witness", dune.path, "--log", more)

    assert ended.status == 0, ended.err
    # A key that is there already is there once, where it was said to be last.
    assert dune.read_logs().logs == (*LOGS.logs[:2], other)
    assert ended.out.count("log: ") == 2


def test_a_passphrase_opens_the_key(tmp_path, logs, served, monkeypatch):
    folder, secret = tmp_path / "dune", tmp_path / "secret"
    secret.write_text("artificial words\n")
    new = ("--name", NAME, "--log", logs)

    assert "--no-passphrase" in caravan("witness", folder, *new).err
    assert not folder.exists()
    made = caravan("witness", folder, *new, "--passphrase-file", secret)
    assert made.status == 0, made.err
    assert b"ENCRYPTED" in (folder / "witness.pem").read_bytes()
    assert caravan("witness", folder).status == 2
    monkeypatch.setenv("CARAVAN_PASSPHRASE", "artificial words")
    assert caravan("witness", folder).status == 0


def refused(*arguments):
    ended = caravan("witness", *arguments)
    assert ended.status == 2, ended
    error, hint = ended.err.splitlines()
    assert error.startswith("caravan: error: ")
    assert hint.startswith("caravan: hint: ")
    return error


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((), "no name for a new"),
        (("--name", NAME), "log: none is given"),
        (("--name", "oasis.example/dune", "--replay"), "ends in /replay"),
        (("--name", "oasis.example/replay"), "ends in /replay, and no --replay"),
    ],
)
def test_nothing_is_made_of_half_a_witness(tmp_path, logs, given, words):
    more = () if "none is given" in words else ("--log", logs)

    assert words in refused(tmp_path / "new", *given, *more, "--no-passphrase")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["Oasis.example/dune", "oasis/dune", "o.example/a b"])
def test_a_name_is_in_our_grammar(tmp_path, logs, name):
    new = ("--name", name, "--log", logs, "--no-passphrase")
    ended = caravan("witness", tmp_path / "new", *new)

    assert (ended.status, ended.out) == (2, "")
    assert "key name" in ended.err
    assert not (tmp_path / "new").exists()


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path, logs):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "letter").touch()

    new = ("--name", NAME, "--log", logs, "--no-passphrase")
    assert "not empty" in refused(tmp_path / "new", *new)


@pytest.mark.parametrize("what", ["ledger.db", "database"])
@pytest.mark.parametrize("place", ["the same", "above", "below"])
def test_a_witness_is_not_in_the_same_place_as_a_ledger(
    dune, served, place, what, tmp_path
):
    folder = {
        "the same": dune.path,
        "above": tmp_path,
        "below": dune.path / "mirrors" / "data",
    }[place]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / what).touch()

    assert "in the same place" in refused(dune.path)
    assert served == []
    assert caravan("witness", dune.path, "--shares-store").status == 0


def test_a_link_does_not_hide_that_they_are_in_the_same_place(dune, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ledger.db").touch()
    dune.path.rename(tmp_path / "data" / "dune")
    (tmp_path / "link").symlink_to(tmp_path / "data" / "dune")

    assert "in the same place" in refused(tmp_path / "link")


def test_a_key_whose_memory_is_lost_cosigns_nothing_more(dune, served):
    dune.memory.unlink()

    assert "is lost" in refused(dune.path)
    assert not dune.memory.exists()


@pytest.mark.parametrize("name", ["witness.db", "logs"])
def test_a_damaged_file_is_named(dune, name):
    (dune.path / name).write_text("not what it was\n")
    assert f"{dune.path / name}: " in refused(dune.path)


def test_the_memory_of_another_key_is_not_taken(dune, tmp_path):
    well = WitnessFolder(tmp_path / "well")
    well.make("oasis.example/well", LOGS, passphrase=None)
    well.memory.replace(dune.memory)

    assert "is the memory of oasis.example/well" in refused(dune.path)


def test_one_witness_is_not_taken_for_another(dune):
    assert "this is the witness" in refused(dune.path, "--name", "oasis.example/well")
    assert "ends in /replay" in refused(dune.path, "--replay")


def test_a_ledger_is_taken_by_its_own_word_and_where_it_was_found(
    dune, served, monkeypatch
):
    class Ledger(LedgerClient):
        def policy(self):
            return logs_policy(PolicyLog(OTHER.vkey, "https://elsewhere.example")).text

    monkeypatch.setattr("ledger.cli.witness.LedgerClient", Ledger)
    for given in ("http://other.example", "http://other.example/log/"):
        ended = caravan("witness", dune.path, "--log", given)

        assert ended.status == 0, ended.err
        assert "other.example/log by this server's own word" in ended.out
        assert parse_policy(Ledger(given).policy()).fingerprint in ended.out
        assert dune.read_logs().logs[-1].url == "http://other.example/log"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (signer(ORIGIN, "of somebody else").vkey, "another key for"),
        (verifier_key("new.example/log", 1, LOGS.logs[0].vkey.key), "the second time"),
    ],
)
def test_no_server_changes_whose_word_is_taken_for_a_log(
    dune, served, monkeypatch, said, words
):
    class Ledger(LedgerClient):
        def policy(self):
            return logs_policy(PolicyLog(said, None)).text

    monkeypatch.setattr("ledger.cli.witness.LedgerClient", Ledger)
    ended = caravan("witness", dune.path, "--log", "http://other.example")

    assert ended.status == 2
    assert words in ended.err
    assert dune.read_logs() == LOGS
    assert served == []


def test_a_log_that_is_none_is_refused(dune, tmp_path):
    (tmp_path / "empty").write_bytes(b"quorum none\n")

    for given in (tmp_path / "gone", tmp_path / "empty", "http://127.0.0.1:9"):
        assert caravan("witness", dune.path, "--log", given).status == 2
    assert dune.read_logs() == LOGS
    with pytest.raises(PolicyError):
        logs_policy()


def test_a_port_that_is_taken_is_said_in_two_lines(dune, monkeypatch):
    def run(*_, **__):
        raise OSError(98, "Address already in use")

    monkeypatch.setattr("api.server.run", run)
    assert "Address already in use" in refused(dune.path)


@contextmanager
def witnessing(folder, *options):
    """Start ``caravan witness``; give what it said, and stop it politely."""
    server = starter.Process(
        ["witness", folder, "--port", "0", *options], stdout=subprocess.PIPE, text=True
    )
    try:
        said = []
        while not said or not said[-1].startswith("serving: "):
            said.append(server.stdout.readline())
            assert said[-1], "it ended"
        yield said
    finally:
        server.terminate()
        server.wait(30)
        server.stdout.close()
    assert server.returncode == 0


def test_it_runs_and_a_log_is_answered_until_it_is_stopped(dune):
    request = parse_add_checkpoint(MILK.body(0, 7))

    with (
        witnessing(dune.path) as said,
        closing(WitnessClient(f"{said[-1].split()[-1]}/witness")) as client,
    ):
        line = client.add_checkpoint(request)
        assert line.startswith("— oasis.example/dune ".encode())
        assert client.newest(ORIGIN) == request.checkpoint + line
        with pytest.raises(OldSizeError):
            client.add_checkpoint(request)
    # What the process knew is in the folder, and needs no process.
    with closing(open_witness_store(dune.memory)) as memory:
        assert memory.newest(ORIGIN).note == request.checkpoint + line
