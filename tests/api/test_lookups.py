"""Visits to the pages of serials are counted, and nobody is remembered."""

import asyncio
import re

import httpx
import pytest

from api.app import create_app
from api.lookups import MANY_AFTER_SALE, Lookups, Visitors
from ledger.encoding import parse_canonical
from ledger.errors import StoreError
from ledger.lookupstore import open_lookups
from ledger.seal import parse_time
from ledger.simulate.names import TRADE_ITEM
from ledger.simulate.plan import SMALL
from ledger.statement import parse_statement
from tests.api.ledgers import HOST
from tests.support.clocks import FrozenClock
from tests.support.seasons import logged_season, season

LOT = f"{TRADE_ITEM}/10/S01"
SOME_ADDRESS, ANOTHER = "198.51.100.7", "203.0.113.9"
DAY_MS = 24 * 60 * 60 * 1000


class Visit:
    """What there is of one pouch, as the season says."""

    def __init__(self):
        self.sold, self.packed, self.void = {}, [], []
        self.shipped = ""
        for note in season(SMALL).statements():
            body = parse_canonical(parse_statement(note).body)
            step = body.get("bizStep")
            if body.get("outputQuantityList", [{}])[0].get("epcClass") == LOT:
                self.packed += body["outputEPCList"]
            elif step == "retail_selling":
                self.sold[body["epcList"][0]] = body["eventTime"]
            elif body.get("disposition") == "inactive":
                self.void += body["epcList"]
            elif step == "shipping" and not self.shipped and "epcList" in body:
                self.shipped = body["eventTime"]
        there = {*self.packed} - {*self.void}
        self.unsold = next(name for name in sorted(there) if name not in self.sold)
        self.bought = next(name for name in sorted(there) if name in self.sold)
        self.leaked = next(name for name in self.void if name in self.packed)


@pytest.fixture(scope="module")
def pouches():
    return Visit()


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    with logged_season(tmp_path_factory.mktemp("season")) as opened:
        yield opened


@pytest.fixture
def clock(pouches):
    after = max(pouches.sold.values())[:10]
    return FrozenClock(ms(after) + 2 * DAY_MS)


@pytest.fixture
def seconds():
    return [0.0]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "lookups.db"


@pytest.fixture
def lookups(file, clock, seconds):
    counting = Lookups(
        open_lookups(file), clock=clock, visitors=Visitors(now=lambda: seconds[0])
    )
    yield counting
    counting.close()


class Through:
    """Passes on to the counts of the test at hand: one application serves all."""

    now = None

    def __getattr__(self, name):
        return getattr(self.now, name)


@pytest.fixture(scope="module")
def served(log):
    through = Through()
    return create_app(log, lookups=through), through


@pytest.fixture
def ask(served, lookups):
    app, through = served
    through.now = lookups

    def ask(name, address=SOME_ADDRESS, method="GET", **headers):
        named = {key.replace("_", "-"): value for key, value in headers.items()}

        async def answer():
            transport = httpx.ASGITransport(app, client=(address, 7))
            async with httpx.AsyncClient(
                transport=transport, base_url=f"http://{HOST}"
            ) as client:
                path = re.sub(r"^https://[^/]*", "", name)
                return await client.request(method, path, headers=named)

        return asyncio.run(answer())

    return ask


def ms(day):
    return parse_time(f"{day}T00:00:00.000Z")


def block(page):
    """Return the words of the section, or nothing."""
    found = re.search(r'<section id="lookups".*?</section>', page.text, re.S)
    return re.sub(r"<[^>]*>|\s+", " ", found[0]) if found else ""


def total(lookups, name):
    return sum(count for _, count in lookups.days(name))


def test_one_address_counts_once_in_half_an_hour(ask, lookups, pouches, seconds):
    name = pouches.unsold

    ask(name)
    page = ask(name)
    ask(name, ANOTHER)
    assert total(lookups, name) == 2
    assert "Look-ups since" in block(page)
    assert ": 1." in block(page)
    seconds[0] = 30 * 60
    assert ": 3." in block(ask(name))


def test_what_is_no_visit_to_a_page_does_not_count(ask, lookups, pouches):
    name = pouches.unsold

    assert ask(name, method="HEAD").status_code == 200
    assert ask(name, accept="application/json").status_code == 200
    assert ask(f"/passport?subject={name}").status_code == 200
    assert ask(name, sec_purpose="prefetch;prerender").status_code == 200
    assert ask(LOT).status_code == 200

    assert total(lookups, name) == total(lookups, LOT) == 0
    assert not lookups.outcomes


def test_serials_that_were_never_packed_have_one_number_for_their_lot(
    ask, lookups, file
):
    for serial in ("MADE-UP-1", "MADE-UP-2"):
        page = ask(f"{LOT}/21/{serial}", f"192.0.2.{serial[-1]}")
        assert page.status_code == 404
    lookups.write()

    assert "of codes that were never packed here: 2." in block(page)
    assert "of codes that were never packed here: 2." in block(ask(LOT))
    assert "visits to this page" not in block(page) + block(ask(LOT))
    assert lookups.outcomes == {"unissued": 2}
    assert b"MADE-UP" not in b"".join(
        each.read_bytes() for each in file.parent.iterdir()
    )


def test_lots_that_somebody_made_up_are_not_written_down(ask, lookups, file):
    ask(f"{TRADE_ITEM}/10/MADE-UP/21/7")
    ask("/01/09520000000011/21/7", ANOTHER)
    lookups.write()

    assert total(lookups, TRADE_ITEM) == 1
    assert total(lookups, "") == 1
    assert b"MADE-UP" not in b"".join(
        each.read_bytes() for each in file.parent.iterdir()
    )


def test_a_voided_serial_counts_as_that(ask, lookups, pouches):
    ask(pouches.leaked)

    assert lookups.outcomes == {"void": 1}
    assert total(lookups, pouches.leaked) == 1


def test_who_looks_after_the_sale_reads_that_it_was_sold(ask, pouches):
    sold, unsold = block(ask(pouches.bought)), block(ask(pouches.unsold))

    assert "Signed as sold on" in sold
    assert "do not buy it" in sold
    assert "Signed as sold" not in unsold
    # Who has bought it is not to be frightened.
    assert "attention" not in ask(pouches.bought).text.split('id="lookups"')[1]


def test_many_look_ups_after_the_sale_are_said_to_be_many(ask, lookups, pouches):
    for number in range(MANY_AFTER_SALE - 2):
        lookups.take(pouches.bought, "packed", f"192.0.2.{number}")

    few, many = (block(ask(pouches.bought, each)) for each in (SOME_ADDRESS, ANOTHER))

    assert "after the day of sale" not in few
    assert f"Looked up {MANY_AFTER_SALE} times after the day of sale" in many


def test_a_look_up_before_the_day_of_shipping_raises_an_alarm(ask, clock, pouches):
    clock.time_ms = ms(pouches.shipped[:10])
    assert "before it was shipped" not in block(ask(pouches.unsold))

    # At seven in Keping it is the day before in UTC.
    clock.time_ms = ms(pouches.shipped[:10]) - DAY_MS - 1
    early = block(ask(pouches.unsold, ANOTHER))
    assert "Look-ups on days before it was shipped" in early
    assert "when no buyer had it: 1." in early


def test_no_address_is_in_the_file_and_no_cookie_is_set(ask, lookups, file, pouches):
    page = ask(pouches.bought)
    lookups.write()

    assert "set-cookie" not in page.headers
    kept = b"".join(each.read_bytes() for each in file.parent.iterdir())
    assert pouches.bought.encode() in kept
    assert SOME_ADDRESS.encode() not in kept


def test_every_language_says_it_without_a_script(ask, pouches):
    for lang in ("en", "zh"):
        page = ask(f"{pouches.bought}?lang={lang}", ANOTHER)
        assert 'id="lookups" class="aside" data-unchecked' in page.text
        assert "lookups." not in block(page)


def test_counts_outlive_the_process(file, clock):
    first = Lookups(open_lookups(file), clock=clock)
    first.take("a", "packed", SOME_ADDRESS)
    first.close()
    second = Lookups(open_lookups(file), clock=clock)
    second.take("a", "packed", SOME_ADDRESS)

    assert total(second, "a") == 2
    second.close()
    assert sum(count for _, count in open_lookups(file).days("a")) == 2


def test_without_counting_no_page_speaks_of_it(log, pouches):
    app = create_app(log)
    transport = httpx.ASGITransport(app)

    async def answer():
        async with httpx.AsyncClient(
            transport=transport, base_url=f"http://{HOST}"
        ) as client:
            return await client.get(re.sub(r"^https://[^/]*", "", pouches.bought))

    assert block(asyncio.run(answer())) == ""


def test_a_store_that_fails_takes_no_page_away(ask, lookups, pouches, monkeypatch):
    def fail(*_):
        raise StoreError("look-ups: disk full")

    monkeypatch.setattr(lookups, "days", fail)

    page = ask(pouches.bought)

    assert page.status_code == 200
    assert block(page) == ""


def test_what_could_not_be_written_is_written_later(lookups, monkeypatch):
    lookups.take("a", "packed", SOME_ADDRESS)
    with monkeypatch.context() as patched:
        patched.setattr(lookups._store, "add", raising)
        with pytest.raises(StoreError):
            lookups.write()

    assert total(lookups, "a") == 1
    lookups.write()
    assert lookups._store.days("a")[0][1] == 1


def raising(_):
    raise StoreError("look-ups: disk full")


def test_how_many_there_were_is_among_the_figures(ask, pouches):
    ask(pouches.bought)
    ask(f"{LOT}/21/MADE-UP")

    figures = ask("/metrics").text
    assert 'caravan_lookups_total{outcome="packed"} 1\n' in figures
    assert 'caravan_lookups_total{outcome="unissued"} 1\n' in figures


def test_only_so_many_visits_are_remembered():
    visitors = Visitors(max_visits=2, now=lambda: 0.0)

    assert [visitors.is_new("a", address) for address in "1231"] == [True] * 4
    assert len(visitors) == 2
