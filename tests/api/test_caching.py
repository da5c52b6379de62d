import sqlite3
import urllib.parse

import pytest
from sqlalchemy import Engine
from sqlalchemy import event as hooks

from api.app import create_app
from tests.api.ledgers import LOT, Client, event, milking, open_log, packing

SERIAL = "https://id.gs1.org/01/09520123456788/21/s1"
SUBJECT = urllib.parse.quote(SERIAL, safe="")
PAGE = "/01/09520123456788/21/s1"
# Tables of a handful of rows, of which the first by its key is asked for.
FEW = ("SCAN checkpoint",)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """Return a client of a ledger whose first tile is full."""
    log = open_log(tmp_path_factory.mktemp("full"))
    log.append_statements([milking(), packing(), *(event(n) for n in range(20, 280))])
    yield Client(create_app(log))
    log.close()


CHANGES = [
    PAGE,
    "/",
    f"/passport?subject={SUBJECT}",
    f"/trace?subject={SUBJECT}",
    "/policy",
    "/openapi.json",
    "/assets/scan.js",
    "/verifier.html",
]
SMALL = ["/policy", f"/trace?subject={SUBJECT}"]
LOT_PASSPORT = f"/passport?subject={urllib.parse.quote(LOT, safe='')}&levels=3"
STAYS = ["/log/tile/0/000", "/log/tile/entries/000"]
STAYS_FOR_NOW = ["/log/tile/0/001.p/3", "/log/tile/entries/001.p/3", "/entries/3"]


@pytest.mark.parametrize(
    ("path", "keep"),
    [
        *((path, "public, max-age=31536000, immutable") for path in STAYS),
        *((path, "public, max-age=86400, immutable") for path in STAYS_FOR_NOW),
        *((path, "no-cache") for path in CHANGES),
        ("/log/checkpoint", "no-store"),
        ("/entries/3/receipt", "no-store"),
        ("/metrics", "no-store"),
        ("/log/tile/0/002", "no-store"),
        ("/entries/9999", "no-store"),
    ],
)
def test_how_long_an_answer_is_kept_is_said_in_it(full, path, keep):
    assert full.get(path).headers["cache-control"] == keep


@pytest.mark.parametrize("path", [*STAYS, *STAYS_FOR_NOW, *CHANGES])
def test_who_has_it_already_is_sent_nothing(full, path):
    first = full.get(path)
    tag = first.headers["etag"]

    for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        again = full.get(path, if_none_match=known)
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "cache-control", "vary"):
            assert again.headers.get(name) == first.headers.get(name)
        # A browser would keep it in the place of the page's own.
        assert "content-security-policy" not in again.headers
    for other in ('"other"', tag.replace('"', ""), tag[:-2] + '"'):
        assert full.get(path, if_none_match=other).status_code == 200


@pytest.mark.parametrize(
    "path", [*(path for path in CHANGES if path not in SMALL), LOT_PASSPORT, "/metrics"]
)
def test_text_is_compressed_for_who_takes_that(full, path):
    plain = full.get(path, accept_encoding="identity")

    for taken in ("gzip", "br;q=0.1, gzip;q=1.0", "GZIP"):
        packed = full.get(path, accept_encoding=taken)
        assert packed.headers["content-encoding"] == ("br" if "br" in taken else "gzip")
        assert int(packed.headers["content-length"]) < len(plain.content)
        assert packed.headers.get("etag") == plain.headers.get("etag")
    for refused in ("gzip;q=0", "gzip;q=0.0", "zstd", ""):
        unpacked = full.get(path, accept_encoding=refused)
        assert "content-encoding" not in unpacked.headers
    assert "Accept-Encoding" in plain.headers["vary"]


@pytest.mark.parametrize("path", STAYS)
def test_hashes_and_bundles_go_as_they_are(full, path):
    answer = full.get(path, accept_encoding="gzip")

    assert "content-encoding" not in answer.headers
    assert "vary" not in answer.headers


def test_what_has_changed_is_sent_again(client, log):
    log.append_statements([milking(), packing()])
    for path in (PAGE, f"/passport?subject={SUBJECT}", f"/trace?subject={SUBJECT}"):
        tag = client.get(path).headers["etag"]
        log.append_statements([event(ord(path[1]), epcList=[SERIAL])])

        assert client.get(path, if_none_match=tag).status_code == 200


def test_a_refusal_has_no_tag(full):
    for path in ("/id/animal/none", "/passport?subject=none"):
        answer = full.get(path, if_none_match="*")
        assert answer.status_code >= 400
        assert "etag" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        f"/passport?subject={SUBJECT}",
        f"/passport?subject={urllib.parse.quote(LOT, safe='')}&levels=100",
        f"/trace?subject={SUBJECT}",
        f"/trace?subject={SUBJECT}&direction=forth",
        PAGE,
        "/entries/3",
        "/log/tile/entries/000",
        "/readyz",
    ],
)
def test_nothing_that_is_read_scans_a_table(client, log, tmp_path, path):
    log.append_statements([milking(), packing(), *(event(n) for n in range(20, 300))])
    asked = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        asked.append((statement, parameters))

    hooks.listen(Engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        hooks.remove(Engine, "before_cursor_execute", note)

    queries = {
        (statement, tuple(parameters))
        for statement, parameters in asked
        if statement.lstrip().upper().startswith(("SELECT", "WITH"))
    }
    assert queries
    with sqlite3.connect(tmp_path / "ledger.db") as database:
        for statement, parameters in queries:
            plan = database.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [row[3] for row in plan.fetchall()]
            scans = [s for s in steps if s.startswith("SCAN") and s not in FEW]
            assert not scans, (statement, steps)
            assert not any(s in FEW for s in steps) or "LIMIT" in statement
    database.close()
