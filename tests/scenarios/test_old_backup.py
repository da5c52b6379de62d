"""An old backup is put back: the ledger does not sign a second history over it."""

import shutil

import httpx
import pytest

from ledger.client import LedgerClient
from tests.support import starter
from tests.support.forge import event_body
from tests.support.served import Served


@pytest.fixture
def served(tmp_path):
    ledger = Served(tmp_path / "ledger").init().start().admit()
    yield ledger
    ledger.stop()


def post(served, number):
    with LedgerClient(served.url) as client:
        (answer,) = client.post([served.sign(event_body(number))])
    return answer


def copy(served, name):
    """Back up the database of a ledger that has stopped."""
    backup = served.folder.with_name(name)
    shutil.copy(served.folder / "ledger.db", backup)
    return backup


def put_back(served, backup):
    for old in served.folder.glob("ledger.db*"):
        old.unlink()
    shutil.copy(backup, served.folder / "ledger.db")


def serve(served, *options):
    return starter.run(["serve", served.folder, "--port", str(served.port), *options])


def test_it_is_refused_shown_read_only_and_replaced_by_the_newest(served):
    served.stop()
    old = copy(served, "old.db")
    served.start()
    first = post(served, 1)
    served.stop()
    newest = copy(served, "newest.db")

    put_back(served, old)
    refused = serve(served)
    assert refused.returncode == 2
    assert b"holds 5 entries, but 7 were signed" in refused.stderr
    assert b"caravan: hint: to append would sign a second history" in refused.stderr
    assert b"--read-only" in refused.stderr

    served.start("--read-only")
    assert_is_only_read(served)
    served.stop()

    put_back(served, newest)
    served.start()
    assert post(served, 1).index == first.index
    assert post(served, 2).index > first.index


def assert_is_only_read(served):
    with httpx.Client(base_url=served.url) as client:
        size = int(client.get("/log/checkpoint").text.split("\n")[1])
        assert size == 5
        assert client.get("/", headers={"Accept": "text/html"}).status_code == 200
        assert client.get("/readyz").text == "ready\n"
        assert "caravan_checkpoint_size 5" in client.get("/metrics").text
        note = served.sign(event_body(1))
        for answer in (
            client.post("/statements", content=note),
            client.post("/disclosures", json={}),
            client.get("/disclosures", params={"subject": "x"}),
        ):
            assert answer.status_code == 503
            assert answer.json()["type"] == "urn:caravan:problem:read-only"


def test_it_is_found_out_also_by_a_file_kept_elsewhere(served, tmp_path):
    """As on another disk: the folder as a whole was put back, its own file too."""
    served.stop()
    elsewhere = tmp_path / "other-disk"
    old = shutil.copytree(served.folder, tmp_path / "old")
    served.start("--newest-checkpoint", elsewhere)
    post(served, 1)
    served.stop()

    shutil.rmtree(served.folder)
    old.rename(served.folder)

    assert serve(served, "--newest-checkpoint", elsewhere).returncode == 2


def test_a_ledger_begun_anew_knowingly_is_appended_to(served):
    """What docs/operations.md says is done last, after the incident was published."""
    served.stop()
    old = copy(served, "old.db")
    served.start()
    post(served, 1)
    served.stop()
    put_back(served, old)

    (served.folder / "newest-checkpoint").unlink()

    served.start()
    assert post(served, 2).index == 5


def test_a_server_that_only_reads_sees_what_another_appends(served):
    reader = Served(served.folder)
    reader.start("--read-only")
    try:
        newest = post(served, 1).index + 2
        for _ in range(100):
            if httpx.get(f"{reader.url}/log/checkpoint").text.split("\n")[1] == str(
                newest
            ):
                return
        raise AssertionError("it does not follow")
    finally:
        reader.stop()


def test_two_servers_never_append_to_one_ledger(served):
    second = Served(served.folder)
    refused = serve(second)
    assert refused.returncode == 2
    assert b"another process appends to it" in refused.stderr
    assert post(served, 1).index == 5
