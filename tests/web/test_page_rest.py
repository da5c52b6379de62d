"""What the second answer may change: a chain of goods too long for the first one.

Each step is so large that the first answer holds two of them. What is further back,
and whatever happened meanwhile, only the second one tells.
"""

import re
from contextlib import contextmanager

import pytest

from ledger.client import LedgerClient, Posted
from tests.support.forge import STEPS, event_body
from tests.support.served import HOST, Served
from tests.web.pages import (
    WORDS,
    hours_ago,
    new_phone,
    page_changed,
    substituted,
    verdict,
)

EN = WORDS["en"]
PREFIX = f"https://{HOST}/id/lot/spring"
PATH = "/id/lot/spring/0"
WHOLE = re.compile(r"/passport\?.*levels=")
REPORTS = 130
MEASURED = 2
LEVELS = 5
KEPT = """async () => {
  const kept = await caches.open("caravan-pages");
  return (await kept.keys()).map(({ url }) => new URL(url).pathname);
}"""
SAVES_DATA = "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"


def lot(number):
    return f"{PREFIX}/{number}"


def made(number):
    """Return the event that makes a lot of the next one; of the last, of nothing."""
    kilograms = {"quantity": 1, "uom": "KGM"}
    members = {
        "epcList": None,
        "bizStep": "commissioning",
        "disposition": "active",
        "eventTime": hours_ago(20 - number),
        "sensorElementList": measurements(),
    }
    output = [{"epcClass": lot(number)} | kilograms]
    if number == LEVELS:
        return event_body(number, action="ADD", quantityList=output, **members)
    return event_body(
        number,
        type="TransformationEvent",
        action=None,
        inputQuantityList=[{"epcClass": lot(number + 1)} | kilograms],
        outputQuantityList=output,
        **members,
    )


def measurements():
    """Return so much as makes a statement as large as may be."""
    reports = [
        {
            "type": "Temperature",
            "uom": "CEL",
            "value": place,
            "deviceID": f"urn:x:{place:040}",
        }
        for place in range(REPORTS)
    ]
    return [{"sensorReport": reports}]


def step(number):
    """Return the events of a lot: how it was made, and what was measured."""
    yield made(number)
    for time in range(MEASURED):
        body = about(number, 100 + 10 * number + time)
        yield body | {"sensorElementList": measurements()}


def about(number, event_number, **members):
    body = {"epcList": None, "eventTime": hours_ago(1)} | members
    quantities = [{"epcClass": lot(number), "quantity": 1, "uom": "KGM"}]
    return event_body(event_number, quantityList=quantities, **body)


@contextmanager
def serving_chain(folder, *more):
    """Serve a ledger in which a lot was made of a lot, and so on; and more."""
    ledger = Served(folder).init()
    try:
        rights = {"persistent": ["recalled"], "steps": STEPS}
        ledger.start().admit(prefixes=[PREFIX], rights=rights)
        for number in reversed(range(LEVELS + 1)):
            post(ledger, *step(number))
        post(ledger, *more)
        yield ledger
    finally:
        ledger.stop()


def post(ledger, *bodies):
    if not bodies:
        return
    with LedgerClient(ledger.url) as client:
        answers = client.post([ledger.sign(body) for body in bodies])
    assert all(isinstance(answer, Posted) for answer in answers), answers


def open_page(page, ledger):
    page.goto(f"{ledger.url}/id/lot/spring/0?lang=en")
    return verdict(page)


@pytest.fixture
def saver(phone):
    phone.add_init_script(SAVES_DATA)
    return phone


def check_all(page):
    page.get_by_role("button", name=EN["rest.button"]).click()


def said(page, words):
    """Wait until this is said of the rest."""
    page.wait_for_function(
        "(words) => document.querySelector('.verdict-more').textContent === words",
        arg=words,
    )


def test_an_alarm_that_only_the_second_answer_has_turns_the_card(
    browser, saver, tmp_path
):
    far = 4
    bad = about(far, 50, persistentDisposition={"set": ["recalled"]})
    with serving_chain(tmp_path / "data", bad) as ledger:
        # Who has no script reads of it as the server's word; a phone checks that word,
        # though it saves data.
        with new_phone(browser, java_script_enabled=False) as unscripted:
            unscripted.goto(f"{ledger.url}{PATH}?lang=en")
            assert unscripted.inner_text(".verdict-title") == "Recalled"
            assert unscripted.get_attribute("#verdict", "data-alarm") == "recalled"
        open_page(saver, ledger)
        saver.wait_for_selector('#verdict[data-state="alarm"]')

        assert saver.inner_text(".verdict-title") == "Recalled"
        alarm = saver.inner_text("#alarms")
        assert EN["relation.source"].format(level=far) in alarm
        # The page has no article of it: the ledger has the record.
        href = saver.get_attribute("#alarms [data-fact='alarm.0.record']", "href")
        assert re.fullmatch(r"/entries/\d+", href)


@pytest.fixture
def keeper(browser):
    """Return a phone that saves data and may keep pages."""
    with new_phone(browser, service_workers="allow") as page:
        page.add_init_script(SAVES_DATA)
        yield page


def test_an_alarm_that_the_server_keeps_to_itself_is_found_all_the_same(
    keeper, tmp_path
):
    """Without a connection the page would open without the alarm: it is not kept."""
    bad = about(4, 50, persistentDisposition={"set": ["recalled"]})
    with serving_chain(tmp_path / "data", bad) as ledger:
        page_changed(keeper, substituted(' data-alarm="recalled"', ""), PATH)
        first = open_page(keeper, ledger)
        assert first.state == "partial", first
        assert re.search(r"[01] of at least \d sources", first.text)
        keeper.wait_for_selector("footer .kept")
        assert PATH in keeper.evaluate(KEPT)

        check_all(keeper)
        keeper.wait_for_selector('#verdict[data-state="alarm"]')
        keeper.wait_for_selector("footer .kept", state="detached")
        assert keeper.evaluate(KEPT) == []


def test_a_whole_chain_without_an_alarm_is_verified(phone, tmp_path):
    with serving_chain(tmp_path / "data") as ledger:
        open_page(phone, ledger)
        phone.wait_for_selector('#verdict[data-state="verified"]')

        assert phone.locator("#members li").count() == LEVELS


def test_what_was_recorded_meanwhile_keeps_the_first_verdict(saver, tmp_path):
    with serving_chain(tmp_path / "data") as ledger:
        assert open_page(saver, ledger).state == "partial"
        post(ledger, about(1, 60))

        check_all(saver)
        said(saver, EN["rest.changed"])

        assert saver.get_attribute("#verdict", "data-state") == "partial"


def test_a_page_that_lies_about_its_age_keeps_the_first_verdict(saver, tmp_path):
    with serving_chain(tmp_path / "data") as ledger:
        page_changed(saver, substituted('data-size="[0-9]+"', 'data-size="9999"'), PATH)
        assert open_page(saver, ledger).state == "partial"
        post(ledger, about(0, 60))

        check_all(saver)
        said(saver, EN["rest.changed"])

        assert saver.get_attribute("#verdict", "data-state") == "partial"


def test_a_recall_that_was_recorded_meanwhile_turns_the_card(saver, tmp_path):
    with serving_chain(tmp_path / "data") as ledger:
        assert open_page(saver, ledger).state == "partial"
        post(ledger, about(0, 60, persistentDisposition={"set": ["recalled"]}))

        check_all(saver)
        saver.wait_for_selector('#verdict[data-state="alarm"]')

        assert saver.inner_text(".verdict-title") == "Recalled"


def test_a_second_answer_that_is_older_than_the_first_is_not_used(saver, tmp_path):
    with serving_chain(tmp_path / "data") as ledger:
        url = f"{ledger.url}/passport?subject={lot(0)}&levels=100"
        older = saver.request.get(url).text()
        post(ledger, about(0, 60))
        saver.route(
            WHOLE,
            lambda route: route.fulfill(body=older, content_type="application/json"),
        )
        assert open_page(saver, ledger).state == "partial"

        check_all(saver)
        said(saver, EN["rest.older"])

        assert saver.get_attribute("#verdict", "data-state") == "partial"
