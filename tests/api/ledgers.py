"""A small ledger with a cooperative and a few statements, and a client that asks it."""

import asyncio
import json
import sqlite3
from decimal import Decimal

import httpx

from ledger.encoding import canonical
from ledger.log import Log
from ledger.note import NoteSigner
from ledger.signatures import SigningKey
from ledger.statement import sign_statement
from tests.support.clocks import FrozenClock

ORIGIN = "herd.example/log-1f2e3d4c"
HOST = "herd.example"
NOW_MS = 1_781_222_400_000  # 2026-06-12T00:00:00Z
PARTY = f"https://{HOST}/id/party/green-oasis"
ANIMAL = f"https://{HOST}/id/animal/7"
PASTURE = f"https://{HOST}/id/place/pasture"
GTIN = "https://id.gs1.org/01/09520123456788"
LOT = f"{GTIN}/10/L%2F1"


def signer(name, number):
    return NoteSigner(name, SigningKey.from_seed(bytes([number]) * 32))


REGISTRAR = signer(f"{HOST}/registrar", 1)
LEDGER = signer(ORIGIN, 2)
HERD = signer(f"{HOST}/herd", 3)
OTHER = signer(f"{HOST}/other", 4)


def directory_statement(body, *signers):
    return sign_statement(origin=ORIGIN, kind="directory", body=body, signers=signers)


def genesis():
    body = {
        "action": "genesis",
        "ledger_keys": [LEDGER.vkey.to_text()],
        "max_age_seconds": 86_400,
        "recovery": {"k": 0, "keys": []},
        "registrar": REGISTRAR.vkey.to_text(),
    }
    return directory_statement(body, REGISTRAR)


def admission(name="Green Oasis"):
    steps = [["commissioning", None], ["inspecting", None], ["arriving", None]]
    steps += [["departing", None], ["inspecting", "recalled"]]
    body = {
        "action": "admit",
        "kind": "cooperative",
        "name": name,
        "party": PARTY,
        "places": [],
        "prefixes": [f"https://{HOST}/id/animal", f"{GTIN}/10", f"{GTIN}/21"],
        "rights": {"persistent": [], "steps": steps},
    }
    return directory_statement(body, REGISTRAR)


def authorization(key=HERD):
    body = {"action": "authorize", "key": key.vkey.to_text(), "party": PARTY}
    return directory_statement(body, REGISTRAR, key)


def event_body(number=1, **members):
    """Return an event about the animal; a member given as None is left out."""
    body = {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:0190a6c0-0000-7000-8000-{number:012d}",
        "eventTime": "2026-06-11T12:10:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "bizStep": "inspecting",
        "readPoint": {"id": PASTURE},
        "epcList": [ANIMAL],
    } | members
    return {member: value for member, value in body.items() if value is not None}


def event(number=1, *, signers=(HERD,), origin=ORIGIN, **members):
    body = event_body(number, **members)
    return sign_statement(origin=origin, kind="event", body=body, signers=signers)


def raw_event(body, signers=(HERD,)):
    """Sign a body that is no canonical JSON, as a liar would."""
    return sign_statement(origin=ORIGIN, kind="event", body=body, signers=signers)


def milking(number=9, kilograms="3.5"):
    return event(
        number,
        bizStep="inspecting",
        quantityList=[{"epcClass": LOT, "quantity": Decimal(kilograms), "uom": "KGM"}],
    )


def packing(number=8, serials=("s1",), lot=LOT):
    """Say that serials came into being in a lot."""
    return event(
        number,
        action="ADD",
        bizStep="commissioning",
        epcList=[f"{GTIN}/21/{serial}" for serial in serials],
        quantityList=[{"epcClass": lot, "quantity": len(serials), "uom": "H87"}],
    )


def open_log(folder, clock=None):
    """Return a log with a party that may write; entry 0 and four more."""
    log = Log.create(
        f"sqlite:///{folder}/ledger.db",
        origin=ORIGIN,
        genesis=genesis(),
        signers=[LEDGER],
        clock=clock or FrozenClock(NOW_MS),
        policy=policy_text(),
    )
    answers = log.append_statements([admission(), authorization()])
    assert [answer.is_new for answer in answers] == [True, True]
    return log


def policy_text():
    return f"log {LEDGER.vkey.to_text()}\nquorum none\n".encode()


class Client:
    """Ask an application as a browser would, without a network."""

    def __init__(self, app):
        self._app = app

    def request(self, method, path, **options):
        async def ask():
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url=f"http://{HOST}"
            ) as client:
                return await client.request(method, path, **options)

        return asyncio.run(ask())

    def get(self, path, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("GET", path, headers=named)

    def post(self, note, content_type="text/plain; charset=utf-8"):
        headers = {"content-type": content_type}
        return self.request("POST", "/statements", content=note, headers=headers)

    def post_many(self, notes):
        batch = [note if isinstance(note, int) else note.decode() for note in notes]
        return self.post(json.dumps(batch).encode(), "application/json")


def respell(note, old, new):
    """Change bytes of a signed note without signing anew."""
    assert old in note
    return note.replace(old, new, 1)


def canonical_body(number=1, **members):
    return canonical(event_body(number, **members))


def damage(folder, index, entry):
    """Change an entry where it is stored, past the triggers that forbid it."""
    with sqlite3.connect(folder / "ledger.db") as database:
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        )
        for (name,) in names.fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute('UPDATE entry SET entry = ? WHERE "index" = ?', (entry, index))
    database.close()
