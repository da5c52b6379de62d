"""What docs/api.md says in shell commands works, with openssl and curl."""

import os
import re
import shutil
import subprocess

import pytest

from ledger.encoding import parse_json
from ledger.policy import parse_policy
from ledger.receipt import parse_receipt, verify_receipt
from tests.support.make_docs import ROOT
from tests.support.served import CARAVAN, Served

TEXT = (ROOT / "docs/api.md").read_text(encoding="utf-8")


@pytest.fixture
def served(tmp_path):
    ledger = Served(tmp_path / "ledger").init().start()
    yield ledger
    ledger.stop()


def test_a_statement_is_made_with_openssl_and_curl(served, tmp_path):
    shutil.copy(served.folder / "keys/registrar.pem", tmp_path)
    script = "set -euo pipefail\n" + "".join(re.findall(r"```sh\n(.*?)```", TEXT, re.S))

    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=os.environ
        | {"CARAVAN": served.url, "PATH": f"{CARAVAN.parent}:{os.environ['PATH']}"},
        capture_output=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr.decode()
    answer = parse_json(done.stdout.splitlines()[-1])
    assert answer["flags"] == []
    signed = verify_receipt(
        parse_receipt(answer["receipt"].encode()),
        (tmp_path / "note").read_bytes(),
        origin=served.origin,
        log_keys=parse_policy((served.folder / "policy").read_bytes()).log(
            served.origin
        ),
    )
    assert signed.checkpoint.size == answer["index"] + 2


def test_every_path_of_the_page_is_in_the_openapi_document(served):
    import httpx

    paths = httpx.get(f"{served.url}/openapi.json").json()["paths"]
    named = set(re.findall(r"`(?:GET |POST )?(/[a-z.]+)", TEXT))
    known = {"/" + path.split("/")[1] for path in paths}
    # The document does not describe itself, nor pages for people, nor another service.
    assert {f"/{name.split('/')[1]}" for name in named} - known == {
        "/openapi.json",
        "/scan",
        "/search",
        "/verifier.html",
        "/witness",
    }
