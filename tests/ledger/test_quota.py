import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.app import create_app
from api.settings import Settings
from ledger.errors import StoreError, TooManyError
from ledger.quota import DAY_MS, Quotas
from ledger.sqlstore import SqlStore
from tests.api.ledgers import (
    NOW_MS,
    PARTY,
    REGISTRAR,
    Client,
    directory_statement,
    event,
    open_log,
    signer,
)
from tests.support.clocks import FrozenClock


def taken(quotas, count, time_ms, *, is_importer=False):
    done = 0
    for _ in range(count):
        try:
            quotas.take("farm", is_importer=is_importer, time_ms=time_ms)
        except TooManyError:
            break
        done += 1
    return done


def test_a_days_allowance_at_once_and_then_as_time_goes_by():
    quotas = Quotas(per_day=240)

    assert taken(quotas, 300, NOW_MS) == 240
    assert taken(quotas, 300, NOW_MS + DAY_MS // 24) == 10
    assert taken(quotas, 300, NOW_MS + 9 * DAY_MS) == 240


def test_an_importer_has_ten_times_that_and_others_have_their_own():
    quotas = Quotas(per_day=7)

    assert taken(quotas, 300, NOW_MS) == 7
    assert taken(quotas, 300, NOW_MS, is_importer=True) == 70
    quotas.take("plant", is_importer=False, time_ms=NOW_MS)


@given(st.integers(1, 100), st.lists(st.integers(0, DAY_MS), max_size=100))
def test_whoever_waits_as_told_is_taken(per_day, pauses):
    quotas, now = Quotas(per_day), NOW_MS
    for pause in pauses:
        now += pause
        try:
            quotas.take("farm", is_importer=False, time_ms=now)
        except TooManyError as error:
            now += error.wait_seconds * 1000
            quotas.take("farm", is_importer=False, time_ms=now)


@pytest.fixture
def clock():
    return FrozenClock(NOW_MS)


def test_one_party_too_much_is_told_when_to_come_again(tmp_path, clock):
    log = open_log(tmp_path, clock)
    client = Client(create_app(log, Settings(statements_a_day=4)))

    answers = client.post_many([event(n) for n in range(1, 6)]).json()
    refused = client.post(event(7))
    known = client.post(event(1))
    clock.time_ms = NOW_MS + DAY_MS // 4
    later = client.post(event(7))
    log.close()

    assert ["index" in answer for answer in answers] == [True] * 4 + [False]
    assert answers[4]["status"] == refused.status_code == 429
    assert refused.json()["type"] == "urn:caravan:problem:too-many-requests"
    assert int(refused.headers["retry-after"]) == 6 * 60 * 60 + 1
    assert PARTY in refused.json()["detail"]
    # What is logged already is no new statement.
    assert known.status_code == 200
    assert later.status_code == 201


def test_what_could_not_be_written_is_not_counted(tmp_path, monkeypatch):
    log = open_log(tmp_path)
    log.limit_parties(2)
    notes = [event(1), event(2)]

    def fail(*_):
        raise StoreError("database: the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(SqlStore, "append_group", fail)
        for _ in range(3):
            with pytest.raises(StoreError):
                log.append_statements(notes)
    answers = log.append_statements([*notes, event(3)])
    log.close()

    codes = [getattr(answer, "code", "ok") for answer in answers]
    assert codes == ["ok", "ok", "too-many-requests"]


def test_a_key_of_an_importer_is_known_as_one(tmp_path):
    log = open_log(tmp_path)
    key = signer("herd.example/register", 9)
    body = {"action": "authorize", "importer": True, "key": key.vkey.to_text()}
    body["party"] = PARTY
    log.append_statements([directory_statement(body, REGISTRAR, key)])
    log.limit_parties(2)

    source = {"caravan:source": {"record": "1", "register": "herd book"}}
    notes = [event(n, signers=[key], **source) for n in range(1, 30)]
    answers = log.append_statements(notes)
    log.close()

    assert [getattr(a, "code", "ok") for a in answers].count("ok") == 20
