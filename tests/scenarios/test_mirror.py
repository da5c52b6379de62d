"""A mirror behind nginx, with the lines of docs/operations.md as they stand."""

import os
import socket
import subprocess
import time
from contextlib import contextmanager

import httpx
import pytest

from ledger.cli import main
from ledger.tile import bundle_path, encode_bundle
from tests.support.find_tools import ToolMissingError, find_nginx
from tests.support.forge import honest, policy_text
from tests.support.make_docs import ROOT
from tests.support.served import free_port

OPERATIONS = ROOT / "docs/operations.md"


@contextmanager
def nginx(base, folder):
    """Serve a folder as the page says; give the URL."""
    try:
        program = find_nginx()
    except ToolMissingError as error:
        pytest.skip(str(error))
    page = OPERATIONS.read_text(encoding="utf-8").partition("## A mirror\n")[2]
    site = page.partition("```nginx\n")[2].partition("```")[0]
    assert site.count("/srv/mirror") == 3
    site = site.replace("/srv/mirror", str(folder))
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = "".join(
        f"  {kind}_temp_path {base}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = base / "nginx.conf"
    configuration.write_text(
        f"{user}\ndaemon off;\npid {base}/pid;\nerror_log {base}/errors;\nevents {{}}\n"
        f"http {{\n{temporary}access_log off;\nserver {{\n"
        f"listen 127.0.0.1:{port};\n{site}\n}}\n}}\n"
    )
    process = subprocess.Popen(
        [program, "-p", base, "-e", base / "errors", "-c", configuration],
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None, (base / "errors").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def test_a_mirror_is_served_as_the_page_says(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    forge, source, copy = honest(), tmp_path / "source", tmp_path / "copy"
    for number in range(100, 400):
        forge.event(number)
    forge.seal()
    size = len(forge.entries)
    for number, width in ((0, 256), (1, size - 256)):
        file = source / bundle_path(number, width)
        file.parent.mkdir(parents=True, exist_ok=True)
        held = forge.entries[number * 256 : number * 256 + width]
        file.write_bytes(encode_bundle(held))
    (source / "checkpoint").write_bytes(forge.checkpoint())
    (source / "policy").write_text(policy_text())
    assert main(["mirror", str(source), str(copy)]) == 0

    with nginx(tmp_path, copy) as url:
        assert main(["verify", url]) == 0
        assert main(["mirror", url, str(tmp_path / "other")]) == 0
        answers = {
            path: httpx.get(f"{url}{path}")
            for path in (
                "/log/checkpoint",
                "/log/tile/0/000",
                f"/log/tile/0/001.p/{size - 256}",
                "/log/tile/entries/000",
                "/policy",
                "/log/.lock",
                "/log/tile/0/002",
            )
        }

    types = {path: answer.headers["content-type"] for path, answer in answers.items()}
    statuses = [answer.status_code for answer in answers.values()]
    assert statuses == [200, 200, 200, 200, 200, 404, 404]
    assert types["/log/checkpoint"] == types["/policy"] == "text/plain; charset=utf-8"
    for path in [*answers][1:4]:
        assert types[path] == "application/octet-stream"
        assert "immutable" in answers[path].headers["cache-control"]
        assert answers[path].headers["access-control-allow-origin"] == "*"
    assert "immutable" not in answers["/log/checkpoint"].headers["cache-control"]
    assert answers["/log/tile/0/000"].content == (copy / "tile/0/000").read_bytes()
