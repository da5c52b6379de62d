"""``caravan mirror``: a copy that stands in for a ledger that is gone."""

import http.server
import shutil
import threading
from contextlib import contextmanager
from functools import partial

import pytest

from ledger.cli import mirror as verb
from ledger.cli.folder import DataFolder
from ledger.clock import SystemClock
from ledger.tile import bundle_path
from tests.cli.command import caravan
from tests.cli.conftest import append, event, signed
from tests.support.forge import LEDGER, ORIGIN, Forge, honest, policy_text


class Files(http.server.SimpleHTTPRequestHandler):
    """What any static file server does, with the copy under ``/log``."""

    def translate_path(self, path):
        return super().translate_path(path.removeprefix("/log"))

    def log_message(self, *_):
        pass


@contextmanager
def static(folder):
    handler = partial(Files, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def files(folder):
    found = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert found.pop(".lock") == b""
    return found


def test_a_copy_stands_in_for_a_ledger_that_is_gone(folder, tmp_path, home):
    copy = tmp_path / "copy"
    policy = (folder / "policy").read_bytes()

    first = caravan("mirror", folder, copy)
    append(folder, *signed(folder, event(3)))
    second = caravan("mirror", folder, copy)
    shutil.rmtree(folder)
    shutil.rmtree(home)
    verified = caravan("verify", copy, "--json")

    assert first.status == second.status == verified.status == 0, first.err
    assert first.out.endswith(", 8 entries, 8 new\n")
    assert f"caravan verify {copy}" in first.err
    assert second.out.endswith(", 10 entries, 2 new\n")
    assert verified.json["events"] == 3
    assert (copy / "policy").read_bytes() == policy
    assert caravan("mirror", folder, copy).status == 2


def test_a_copy_is_served_by_any_server_of_files_and_copied_from_there(
    folder, tmp_path
):
    caravan("mirror", folder, tmp_path / "copy")
    shutil.rmtree(folder)
    with static(tmp_path / "copy") as url:
        verified = caravan("verify", url, "--json")
        mirrored = caravan("mirror", f"{url}/log/", tmp_path / "other")

    assert verified.status == 0, verified.err
    assert verified.json["events"] == 2
    assert mirrored.status == 0, mirrored.err
    assert files(tmp_path / "other") == files(tmp_path / "copy")


def test_a_ledger_that_signs_another_history_is_refused_with_evidence(tmp_path):
    copy, policy = tmp_path / "copy", tmp_path / "policy"
    policy.write_text(policy_text())
    ledgers = []
    for number in (1, 2):
        forge = honest()
        forge.event(10 + number)
        forge.seal()
        ledgers.append(written(forge, tmp_path / str(number)))
    shown = ["--policy", policy]
    assert caravan("mirror", ledgers[0], copy, *shown).status == 0
    before = files(copy)

    ended = caravan("mirror", ledgers[1], copy, *shown)

    assert ended.status == 3
    (file,) = (copy / "split-views").iterdir()
    assert str(file) in ended.err
    explained = caravan("verify", file, *shown)
    assert explained.status == 3
    assert ORIGIN in explained.out + explained.err
    file.unlink()
    assert files(copy) == before


def written(forge, folder):
    bundle = folder / bundle_path(0, len(forge.entries))
    bundle.parent.mkdir(parents=True)
    parts = [len(entry).to_bytes(2) + entry for entry in forge.entries]
    bundle.write_bytes(b"".join(parts))
    (folder / "checkpoint").write_bytes(forge.checkpoint(LEDGER))
    return folder


def test_damage_is_mended_and_said(folder, tmp_path):
    copy = tmp_path / "copy"
    caravan("mirror", folder, copy)
    bundle = copy / bundle_path(0, 8)
    data = bundle.read_bytes()
    bundle.write_bytes(data[:-5] + b"xxxxx")
    assert caravan("verify", copy).status == 3

    ended = caravan("mirror", folder, copy)

    assert ended.status == 0
    assert "mended: 1 files were damaged" in ended.err
    assert bundle.read_bytes() == data


class Enough(Exception):
    pass


def test_it_goes_on_until_stopped_and_over_what_may_pass(folder, tmp_path, monkeypatch):
    copy, waited = tmp_path / "copy", []

    def sleep(seconds):
        waited.append(seconds)
        if len(waited) == 1:
            folder.rename(tmp_path / "away")
        elif len(waited) == 2:
            (tmp_path / "away").rename(folder)
            append(folder, *signed(folder, event(3)))
        else:
            raise Enough

    monkeypatch.setattr(verb.time, "sleep", sleep)
    with pytest.raises(Enough):
        caravan("mirror", folder, copy, "--every", 60)

    assert waited == [60, 60, 60]
    log = DataFolder(folder).open_log(clock=SystemClock())
    try:
        assert (copy / "checkpoint").read_bytes() == log.checkpoint()
    finally:
        log.close()


def test_the_folder_of_a_ledger_is_not_written_to(folder, tmp_path):
    ended = caravan("mirror", folder, folder)
    assert ended.status == 2
    assert "data folder" in ended.err


def test_the_copy_of_one_log_takes_no_other(folder, tmp_path):
    other = Forge()
    other.genesis()
    other.seal()
    copy = written(other, tmp_path / "copy")
    ended = caravan("mirror", folder, copy)
    assert ended.status == 2
    assert f"has a copy of {ORIGIN}, not of" in ended.err


def test_a_policy_that_does_not_know_the_log_says_nothing(folder, tmp_path):
    (tmp_path / "policy").write_text(policy_text())
    ended = caravan(
        "mirror", folder, tmp_path / "copy", "--policy", tmp_path / "policy"
    )
    assert ended.status == 4
    assert not (tmp_path / "copy" / "checkpoint").exists()
