"""The pages about the whole ledger, and what they count."""

import gzip
import re

import pytest

from api.app import create_app
from api.counting import Counting
from ledger.simulate.plan import SMALL
from ledger.supply import supply_of
from tests.api.ledgers import ANIMAL, GTIN, Client, damage, event, open_log
from tests.support.seasons import logged_season, season

BUDGET = 14 * 1024


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    with logged_season(tmp_path_factory.mktemp("season")) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(log):
    return Client(create_app(log))


@pytest.fixture(scope="module")
def figures(client):
    return client.get("/supply", accept="application/json").json()


def path(identifier):
    return re.sub(r"^https://[^/]*", "", identifier)


def test_the_server_counts_what_the_command_counts(log, figures):
    entries = [log.entry(index) for index in range(log.size)]
    report = supply_of(log.origin, entries).report().to_json()

    assert figures["counted_entries"] == figures["tree_size"] == log.size
    assert {name: figures[name] for name in report} == report


def test_in_the_background_it_counts_the_same(log, figures):
    counting = Counting(log)
    counting.start()
    while not counting.counted().is_whole:
        pass
    counting.stop()

    assert counting.counted().report.to_json()["harvests"] == figures["harvests"]


@pytest.mark.parametrize("lang", ["en", "zh", "ug", "kk"])
@pytest.mark.parametrize("page", ["/", "/supply", "/parties"])
def test_a_page_is_light_and_says_whose_word_it_is(client, page, lang):
    answer = client.get(f"{page}?lang={lang}", accept="text/html")

    assert answer.status_code == 200
    assert len(gzip.compress(answer.content)) <= BUDGET
    assert "data-unchecked" in answer.text
    assert "supply." not in re.sub(
        r"<code>.*?</code>|<style>.*?</style>", "", answer.text
    )
    assert not re.search(r'style="|<script', answer.text)


def test_the_first_page_greets_and_leads_on(client):
    text = client.get("/?lang=en").text

    assert 'class="mascot"' in text
    assert "A doll, a poster" in text
    assert "Simulated: 1612 of 1612" in text
    assert 'href="/supply?lang=en"' in text
    assert 'href="/parties?lang=en"' in text
    assert "caravan supply http://herd.example" in text
    assert 'aria-label="Kilograms on a day, by month (milking) Feb 2026: 20;' in text


def test_each_share_has_both_its_numbers_and_a_command(client, figures):
    text = client.get("/supply?lang=en", accept="text/html").text

    largest = figures["harvests"][0]["figures"][4]
    assert largest["name"] == "largest"
    assert f"{largest['numerator']} kg of {largest['denominator']} kg" in text
    assert f"<b>{largest['percent']} %</b>" in text
    assert "One year only" in text
    assert text.count("<code>caravan supply http://herd.example</code>") == 4


def test_a_household_shows_what_it_gave_and_where_it_is(client):
    text = client.get(path(season(SMALL).landmarks.household) + "?lang=en").text

    section = text.partition('id="figures"')[2].partition("</section>")[0]
    assert "Harvested, by month" in section
    assert "Simulated: these harvests did not happen" in section
    assert section.count("/10/S0") == 3


def test_of_a_place_nothing_is_counted(client):
    place = season(SMALL).names.place("sim-keping-plant")
    text = client.get(path(place) + "?lang=en").text

    assert "Of a place there is no list that could be proved whole" in text


def test_parties_are_listed_page_by_page(client, log):
    ids = sorted(log.directory.parties)
    first = client.get("/parties").text
    rest = client.get(f"/parties?after={ids[4]}").text

    assert first.count("/id/party/") == len(ids)
    assert rest.count("/id/party/") == len(ids) - 5


def test_an_entry_that_cannot_be_read_stops_the_counting(tmp_path):
    log = open_log(tmp_path)
    log.append_statements([event(1)])
    damage(tmp_path, 4, b"no statement")
    client = Client(create_app(log))

    answer = client.get("/supply", accept="application/json").json()
    page = client.get("/supply?lang=en", accept="text/html")

    assert (answer["has_stopped"], answer["counted_entries"]) == (True, 4)
    assert page.status_code == 200
    assert "cannot read the next one" in page.text
    log.close()


def picking(number, year, quantity, uom="KGM"):
    lot = f"{GTIN}/10/P{number}"
    return event(
        number,
        type="TransformationEvent",
        action=None,
        bizStep="commissioning",
        epcList=None,
        inputEPCList=[ANIMAL],
        eventTime=f"{year}-03-18T12:00:00+08:00",
        outputQuantityList=[{"epcClass": lot, "quantity": quantity, "uom": uom}],
        **{"caravan:process": "picking"},
    )


def test_several_years_make_a_band_and_other_units_stand_apart(tmp_path):
    log = open_log(tmp_path)
    told = [picking(n, 2023 + n, 10 * n * n) for n in (1, 2, 3)]
    answers = log.append_statements([*told, picking(4, 2026, 7, "LTR")])
    client = Client(create_app(log))
    text = client.get("/supply?lang=en", accept="text/html").text
    log.close()

    assert [answer.is_new for answer in answers] == [True] * 4
    band = text.partition(">Season<")[2].partition("</table>")[0]
    assert "The same week in 3 years" in band
    assert re.findall(r"<td>(.*?)</td>", band) == ["140", "3", "10", "40", "90"]
    assert "in no sum here: 7 l" in text
    assert "picking" in text
    assert 'class="simulated"' not in text


def test_what_is_earlier_than_the_tables_is_said_to_be(tmp_path):
    log = open_log(tmp_path)
    log.append_statements([picking(n, 1970 + n, 10) for n in range(1, 56)])
    client = Client(create_app(log))
    text = client.get("/supply?lang=en", accept="text/html").text
    document = client.get("/supply", accept="application/json").json()
    log.close()

    months, weeks, *_ = re.findall(r"<tbody>(.*?)</tbody>", text, re.DOTALL)
    assert months.count("<tr>") == 24
    assert weeks.count("<tr>") == 53
    assert "listed the last 24. Earlier ones, which the totals and the command" in text
    assert "the command count: 31." in text
    assert "Listed are the last 53 weeks." in text
    assert "gives with --json: 2." in text
    assert len(document["harvests"][0]["months"]) == 55
