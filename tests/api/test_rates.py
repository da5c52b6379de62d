import asyncio

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.app import create_app
from api.rates import AddressRates
from api.settings import Settings

STRANGER = "192.0.2.7"


class Seconds:
    """A clock that a test moves."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


def taken(rates, address, count):
    return sum(rates.take(address) == 0 for _ in range(count))


def test_after_a_burst_so_many_a_second(seconds):
    rates = AddressRates(per_second=10, burst=50, now=seconds)

    assert taken(rates, STRANGER, 80) == 50
    seconds.now += 2
    assert taken(rates, STRANGER, 80) == 20
    seconds.now += 3600
    assert taken(rates, STRANGER, 80) == 50


def test_who_waits_as_told_is_taken(seconds):
    rates = AddressRates(per_second=3, burst=1, now=seconds)
    rates.take(STRANGER)

    seconds.now += rates.take(STRANGER)

    assert rates.take(STRANGER) == 0


@given(st.lists(st.floats(0, 2), max_size=60))
def test_never_more_than_burst_and_rate_allow(pauses):
    seconds = Seconds()
    rates = AddressRates(per_second=5, burst=4, now=seconds)
    count = 0
    for pause in pauses:
        seconds.now += pause
        count += rates.take(STRANGER) == 0

    assert count <= 4 + 5 * (seconds.now - 100) + 1e-6


def test_others_are_not_held_up_and_the_table_has_an_end(seconds):
    rates = AddressRates(per_second=1, burst=1, max_addresses=100, now=seconds)

    assert all(rates.take(f"192.0.2.{n % 256}.{n}") == 0 for n in range(5_000))
    assert len(rates) == 100


def test_a_network_of_version_6_is_one_subscriber(seconds):
    rates = AddressRates(per_second=1, burst=2, now=seconds)

    assert rates.take("2001:db8::1") == rates.take("2001:db8::2:3") == 0
    assert rates.take("2001:db8::ffff") > 0
    assert rates.take("2001:db8:0:1::1") == 0
    assert rates.take("::ffff:192.0.2.7") == rates.take("192.0.2.7") == 0
    assert rates.take("192.0.2.7") > 0


def asked(app, address, count, **headers):
    async def ask():
        transport = httpx.ASGITransport(app, client=(address, 7))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://herd.example"
        ) as client:
            return [await client.get("/policy", headers=headers) for _ in range(count)]

    return asyncio.run(ask())


def test_a_stranger_who_asks_too_often_is_told_when_to_come_again(log):
    app = create_app(log, Settings(requests_per_second=0.1, request_burst=3))

    *first, last = asked(app, STRANGER, 4)

    assert {answer.status_code for answer in first} == {200}
    assert last.status_code == 429
    assert last.json()["type"] == "urn:caravan:problem:too-many-requests"
    assert 1 <= int(last.headers["retry-after"]) <= 10
    # A page elsewhere must be able to read it.
    assert last.headers["access-control-allow-origin"] == "*"
    assert asked(app, "192.0.2.8", 1)[0].status_code == 200


def test_who_is_on_this_machine_is_no_stranger(log):
    app = create_app(log, Settings(requests_per_second=0.1, request_burst=3))

    assert {answer.status_code for answer in asked(app, "127.0.0.1", 9)} == {200}


def test_what_a_proxy_forwards_is_believed_of_a_proxy_that_is_trusted(log):
    limited = create_app(log, Settings(requests_per_second=0.1, request_burst=3))
    app = ProxyHeadersMiddleware(limited, trusted_hosts="127.0.0.1")
    forwarded = {"X-Forwarded-For": STRANGER}

    through_proxy = asked(app, "127.0.0.1", 4, **forwarded)
    lying = [
        asked(app, "192.0.2.9", 1, **{"X-Forwarded-For": f"192.0.2.{n}"})
        for n in range(4)
    ]

    assert [answer.status_code for answer in through_proxy] == [200] * 3 + [429]
    assert [answer.status_code for (answer,) in lying] == [200] * 3 + [429]
