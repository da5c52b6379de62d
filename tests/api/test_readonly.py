"""A server that only reads takes nothing in; one whose clock is wrong, nothing now."""

import pytest

from api.app import create_app
from ledger.follower import ReadOnlyLog
from tests.api.ledgers import ANIMAL, NOW_MS, Client, event, open_log, policy_text
from tests.support.clocks import FrozenClock


@pytest.fixture
def read_only(tmp_path):
    log = open_log(tmp_path)
    log.append_statements([event(1)])
    log.close()
    log = ReadOnlyLog.open(f"sqlite:///{tmp_path}/ledger.db", policy=policy_text())
    yield Client(create_app(log))
    log.close()


@pytest.mark.parametrize("path", ["/statements", "/disclosures", "/elsewhere"])
def test_nothing_is_taken_in(read_only, path):
    answer = read_only.request("POST", path, content=event(2))

    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:caravan:problem:read-only"
    assert "nothing was recorded" in answer.json()["detail"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_may_have_been_taken_back_is_not_shown(read_only):
    answer = read_only.get(f"/disclosures?subject={ANIMAL}")
    assert answer.status_code == 503


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/id/animal/7",
        f"/passport?subject={ANIMAL}",
        f"/trace?subject={ANIMAL}&direction=forth",
        "/entries/5",
        "/entries/5/receipt",
        "/log/checkpoint",
        "/log/tile/0/000.p/7",
        "/policy",
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
    ],
)
def test_the_rest_is_as_ever(read_only, path):
    assert read_only.get(path).status_code == 200


def test_a_clock_set_back_is_said_until_time_has_passed(tmp_path):
    clock = FrozenClock(NOW_MS)
    log = open_log(tmp_path, clock)
    client = Client(create_app(log))

    clock.time_ms = NOW_MS - 1
    refused = client.post(event(1))
    clock.time_ms = NOW_MS
    accepted = client.post(event(1))
    log.close()

    assert refused.status_code == 503
    assert refused.json()["type"] == "urn:caravan:problem:clock"
    assert "2026-06-12T00:00:00.000Z or later" in refused.json()["detail"]
    assert accepted.status_code == 201
