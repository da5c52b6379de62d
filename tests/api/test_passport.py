"""``GET /passport``: what a phone checks a page with, and how much of it at once."""

import gzip
import json

import pytest

from api.routes.passport import parse_levels
from ledger import collector
from ledger.errors import LedgerError, MalformedError
from ledger.fragment import fragment_of
from ledger.passport import parse_passport
from ledger.trust import Trust
from ledger.verify import verify_passport
from tests.api.ledgers import (
    ANIMAL,
    GTIN,
    HOST,
    LOT,
    NOW_MS,
    PARTY,
    REGISTRAR,
    damage,
    directory_statement,
    event,
    policy_text,
)

MILK = f"https://{HOST}/id/goods/milk"
SERIAL = f"{GTIN}/21/1"
TRUST = Trust(policy_text(), "yours", NOW_MS)


@pytest.fixture
def client(log, client):
    steps = ("commissioning", "creating_class_instance", "inspecting")
    admission = {
        "action": "admit",
        "kind": "cooperative",
        "party": PARTY,
        "places": [],
        "prefixes": [f"https://{HOST}/id/goods", f"{GTIN}/10", f"{GTIN}/21"],
        "rights": {"persistent": [], "steps": [[step, None] for step in steps]},
    }
    made = {"type": "TransformationEvent", "action": None, "epcList": None}
    told = [
        directory_statement(admission, REGISTRAR),
        event(1, action="ADD", bizStep="commissioning", epcList=[MILK]),
        event(
            2,
            bizStep="creating_class_instance",
            inputEPCList=[MILK],
            outputQuantityList=[{"epcClass": LOT}],
            **made,
        ),
        event(
            3,
            action="ADD",
            bizStep="commissioning",
            epcList=[SERIAL],
            quantityList=[{"epcClass": LOT}],
        ),
    ]
    answers = log.append_statements(told)
    assert not [answer for answer in answers if isinstance(answer, LedgerError)]
    return client


def passport(client, subject, **query):
    asked = "".join(f"&{name}={value}" for name, value in query.items())
    answer = client.get(f"/passport?subject={subject}{asked}")
    assert answer.status_code == 200, answer.text
    return answer.content


def test_a_phone_verifies_what_it_gets(client):
    given = passport(client, SERIAL)

    report = verify_passport(given, subject=SERIAL, trust=TRUST, lot=LOT)

    assert report.lot == LOT
    assert [m.subject for m in report.members] == [SERIAL, LOT, GTIN, MILK]
    assert not any(m.is_open for m in report.members)


def test_levels_say_how_far_up(client):
    by_levels = {n: parse_passport(passport(client, SERIAL, levels=n)) for n in (0, 1)}

    assert MILK + "#alarm" in by_levels[0].lists
    assert MILK not in by_levels[0].lists
    assert MILK in by_levels[1].lists
    for levels in (0, 1, 100):
        given = passport(client, SERIAL, levels=levels)
        verify_passport(given, subject=SERIAL, trust=TRUST)


@pytest.mark.parametrize(
    "levels", ["-1", "101", "1.0", "01", "x", "%201", "9" * 30, "%EF%BC%91"]
)
def test_levels_are_a_number_of_levels(client, levels):
    answer = client.get(f"/passport?subject={ANIMAL}&levels={levels}")

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:caravan:problem:malformed"
    assert answer.json()["detail"].startswith("levels: got")
    assert len(answer.json()["detail"]) < 100


def test_a_label_is_compared_with_the_ledger_of_today(client):
    for size in (1, 2, 3, 8, 9):
        given = passport(client, SERIAL, label=size)
        label = parse_passport(given).label
        printed = fragment_of(size, label.root).to_text()

        found = verify_passport(given, subject=SERIAL, trust=TRUST, label=printed)

        assert found.label_size == label.size == size
        assert "label" not in found.absent
    assert parse_passport(passport(client, SERIAL)).label is None


def test_a_label_of_a_larger_tree_is_a_problem_of_its_own(client):
    size = parse_passport(passport(client, SERIAL)).entries[-1][0] + 1

    assert parse_passport(passport(client, SERIAL, label=size)).label.proof == ()
    for label in (size + 1, 10**15, 2**63 - 1):
        answer = client.get(f"/passport?subject={SERIAL}&label={label}")
        assert answer.status_code == 422
        assert answer.json()["type"] == "urn:caravan:problem:label"


@pytest.mark.parametrize(
    "label", ["0", "-1", "01", "1.0", "%201", "%23c=1", "1e3", "%D9%A1", 2**63]
)
def test_a_label_is_asked_for_by_the_size_of_its_tree(client, label):
    answer = client.get(f"/passport?subject={SERIAL}&label={label}")

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:caravan:problem:malformed"
    assert answer.json()["detail"].startswith("label: ")


def test_a_typed_number_is_read_exactly():
    assert [parse_levels(text) for text in ("0", "100")] == [0, 100]
    for text in ("101", ""):
        with pytest.raises(MalformedError):
            parse_levels(text)


@pytest.mark.parametrize(
    "subject",
    ["animal/7", "https://other.example/id/animal/7", ANIMAL + "%3Fx", "registrar"],
)
def test_a_subject_is_in_its_one_spelling(client, subject):
    answer = client.get(f"/passport?subject={subject}")

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:caravan:problem:identifier"


@pytest.mark.parametrize(
    ("subject", "code"), [(ANIMAL + "8", "not-found"), (SERIAL + "8", "not-packed")]
)
def test_that_nothing_is_stated_is_proved(client, subject, code):
    given = passport(client, subject)

    assert parse_passport(given).lists[subject] == ()
    with pytest.raises(LedgerError) as refusal:
        verify_passport(given, subject=subject, trust=TRUST)
    assert (refusal.value.step, refusal.value.code) == (11, code)


def test_it_is_small_on_the_way_and_asked_for_each_time(client):
    plain = client.get(f"/passport?subject={SERIAL}", accept_encoding="identity")
    small = client.request(
        "GET", f"/passport?subject={SERIAL}", headers={"accept-encoding": "gzip"}
    )

    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    assert small.content == plain.content
    assert int(small.headers["content-length"]) < len(plain.content)
    for answer in (plain, small):
        assert answer.headers["cache-control"] == "no-cache"
        assert "Accept-Encoding" in answer.headers["vary"]
        assert answer.headers["content-type"] == "application/json"
    assert len(gzip.compress(plain.content)) < len(plain.content)


def test_what_is_too_much_for_an_answer_is_said(client, monkeypatch):
    monkeypatch.setattr(collector, "MAX_NEEDED", 1)

    answer = client.get(f"/passport?subject={SERIAL}")

    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:caravan:problem:too-large"
    assert "replay the ledger" in answer.json()["detail"]


@pytest.mark.parametrize("entry", [b"\xff\xfe\x00", b"", b"caravan/statement/v1\n"])
def test_a_damaged_record_is_handed_over(client, log, tmp_path, entry):
    (index,) = log.listing(SERIAL)
    damage(tmp_path, index, entry)

    given = passport(client, SERIAL)

    with pytest.raises(LedgerError) as refusal:
        verify_passport(given, subject=SERIAL, trust=TRUST)
    assert (refusal.value.step, refusal.value.index) == (4, index)


def test_the_members_are_those_of_the_format(client):
    document = json.loads(passport(client, SERIAL))

    assert document.keys() == {
        "checkpoint",
        "entries",
        "format",
        "label",
        "lists",
        "nodes",
        "subject",
    }
    assert document["format"] == "caravan/passport/v3"
    names = [name for name, _ in document["lists"]["subjects"]]
    assert names == sorted(names)
    assert {SERIAL, "registrar", PARTY} < {*names}
