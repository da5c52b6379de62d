"""A ledger as its operator has it: what it says while it runs, and how it stops."""

import asyncio
import base64
import json
import signal
import sqlite3
import threading
import time
import urllib.parse

import httpx
import pytest

from ledger.client import LedgerClient
from ledger.encoding import canonical
from ledger.keys import write_key_file
from ledger.statement import parse_statement
from tests.api.ledgers import damage
from tests.support.forge import STEPS, event_body
from tests.support.served import PARTY, Served, run

CLIENT = "203.0.113.77"
NAME = "Zyxomma artificial cooperative"
SECRET = "Qwyjibo-artificial"
VALUE = "Vexillum artificial household"
WORDS = "Ptarmigan artificial consent"


@pytest.fixture
def served(tmp_path):
    ledger = Served(tmp_path / "ledger").init()
    yield ledger
    ledger.stop()


def disclosed(served, tmp_path):
    """Sign a profile with a value in it; return the document that shows the value."""
    write_key_file(tmp_path / "spring.pem", served.herder, passphrase=None)
    (tmp_path / "name").write_text(VALUE)
    (tmp_path / "consent").write_text(WORDS)
    run(
        *["party", "profile", "--party", "spring", "--key", tmp_path / "spring.pem"],
        *["--to", served.url, f"--name-file={tmp_path / 'name'}"],
        *[f"--consent-file={tmp_path / 'consent'}", f"--purpose={WORDS}"],
        f"--disclosures={tmp_path / 'shown'}",
    )
    return (tmp_path / "shown").read_bytes()


def test_what_is_told_of_a_served_day_has_no_personal_data(served, tmp_path):
    said = tmp_path / "said"
    with said.open("wb") as file:
        served.start("--trusted-proxy", "127.0.0.1", stdout=file)
    rights = {"persistent": [], "steps": [*STEPS, ["other", None]]}
    served.admit(name=NAME, rights=rights)
    shown = disclosed(served, tmp_path)
    party = urllib.parse.quote(PARTY, safe="")
    strange = served.sign(event_body(1) | {"bizLocation": {"id": SECRET}})
    odd = served.sign(event_body(2) | {"bizStep": SECRET})
    headers = {"x-forwarded-for": CLIENT, "user-agent": SECRET, "cookie": SECRET}
    with httpx.Client(base_url=served.url, headers=headers) as http:
        text = {"content-type": "text/plain; charset=utf-8"}
        for note in (strange, odd, SECRET.encode(), b"\xff" + SECRET.encode()):
            answer = http.post("/statements", content=note, headers=text)
            assert answer.status_code >= 400
        good = served.sign(event_body(3) | {"eventID": f"urn:caravan:{SECRET}"})
        http.post("/statements", content=good, headers=text)
        assert http.get(f"/disclosures?subject={party}").json()["disclosures"]
        http.post("/disclosures", content=shown.replace(b"Vex", b"vex"))
        http.get(f"/id/party/spring?{SECRET}")
        http.get(f"/{SECRET}/01/{SECRET}")
        run("erase", served.folder, "--subject", PARTY)
        # An entry that cannot be read: the server fails, and has it in its hands.
        damage(served.folder, 3, f"caravan/statement/v1\n{SECRET}\n{VALUE}".encode())
        assert http.get("/entries/3").status_code == 503
        assert http.get(f"/trace?subject={party}").status_code in (200, 404, 503)

    assert served.stop() == 0

    lines = [line for line in said.read_text().splitlines() if line.startswith("{")]
    told = [json.loads(line) for line in lines]
    assert [t["event"] for t in told if t["level"] == "info"] == [
        *["opened", "serving", "stopping"],
        *["refused", "stopped"],
    ]
    assert {t["event"] for t in told if t["level"] != "info"} == {"request-failed"}
    (refused,) = (t for t in told if t["event"] == "refused")
    assert refused["notes"] == sum(refused["codes"].values()) == 4
    salts = [
        base64.b64decode(item["salt"]) for item in json.loads(shown)["disclosures"]
    ]
    secrets = [CLIENT, NAME, SECRET, VALUE, WORDS, "Zyxomma", "Qwyjibo", "Vexillum"]
    secrets += [base64.b64encode(salt).decode() for salt in salts]
    secrets += [salt.hex() for salt in salts]
    everything = said.read_text()
    assert not [secret for secret in secrets if secret in everything]


def recorded(served):
    """Return the bodies of all events in the ledger's database."""
    with sqlite3.connect(served.folder / "ledger.db") as database:
        rows = database.execute('SELECT entry FROM entry ORDER BY "index"').fetchall()
    database.close()
    statements = [
        parse_statement(entry)
        for (entry,) in rows
        if entry.startswith(b"caravan/statement/v1\n")
    ]
    return {s.body for s in statements if s.kind == "event"}


async def post_until_refused(http, bodies, notes, acknowledged):
    for number, note in notes:
        try:
            answer = await http.post("/statements", content=note)
        except httpx.TransportError:
            return
        assert answer.status_code == 201, answer.text
        acknowledged.add(bodies[number])


def test_a_stop_with_posts_in_flight_answers_all_that_it_took(served):
    served.start().admit()
    bodies = {number: canonical(event_body(number)) for number in range(1, 2001)}
    notes = [(number, served.sign(event_body(number))) for number in bodies]
    acknowledged = set()

    async def post_all():
        limits = httpx.Limits(max_connections=32)
        headers = {"content-type": "text/plain; charset=utf-8"}
        async with httpx.AsyncClient(
            base_url=served.url, limits=limits, headers=headers, timeout=30
        ) as http:
            posts = (
                post_until_refused(http, bodies, notes[place::32], acknowledged)
                for place in range(32)
            )
            await asyncio.gather(*posts)

    def stop_in_the_middle():
        while len(acknowledged) < 100:
            time.sleep(0.001)
        stopped.append(served.stop())

    stopped = []
    thread = threading.Thread(target=stop_in_the_middle)
    thread.start()
    began = time.monotonic()
    asyncio.run(post_all())
    thread.join()

    assert stopped == [0]
    assert time.monotonic() - began < 30
    assert 100 <= len(acknowledged) < len(notes)
    # Nothing lost, and nothing taken that nobody was answered.
    assert recorded(served) == acknowledged
    run("verify", served.folder, "--policy", served.folder / "policy")


def test_while_it_stops_it_is_not_ready_and_still_answers(served):
    served.start("--drain-seconds", "1.5").admit()
    with httpx.Client(base_url=served.url) as http, LedgerClient(served.url) as client:
        assert http.get("/readyz").status_code == 200

        served.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 1
        while (ready := http.get("/readyz")).status_code == 200:
            assert time.monotonic() < deadline
        (posted,) = client.post([served.sign(event_body(1))])

        assert (ready.status_code, ready.json()["detail"]) == (
            503,
            "service: is stopping",
        )
        assert "caravan_is_stopping 1\n" in http.get("/metrics").text
        assert http.get("/healthz").status_code == 200
        assert posted.index > 0
    assert served.process.wait(10) == 0
    served.process.stderr.close()
    served.process = None
