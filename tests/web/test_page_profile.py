"""What a party says of itself is shown only if it opens what the party signed."""

import json
import re

import pytest

from ledger.keys import write_key_file
from tests.support.forge import STEPS
from tests.support.pictures import PIXELS
from tests.support.served import PARTY, Served, run
from tests.web.pages import WORDS, between, new_phone, page_changed, scan, substituted

EN = WORDS["en"]
PATH = "/id/party/spring"
NAME = "artificial household 7 奶"
STORY = "<b>An artificial story</b>, about nobody."
DISCLOSURES = r"/disclosures\?"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    base = tmp_path_factory.mktemp("profile")
    ledger = Served(base / "data").init().start()
    try:
        rights = {"persistent": [], "steps": [*STEPS, ["other", None]]}
        ledger.admit(rights=rights)
        write_key_file(base / "key.pem", ledger.herder, passphrase=None)
        values = {
            "name": NAME.encode(),
            "story": STORY.encode(),
            "photo": PIXELS,
            "consent": b"artificial words",
        }
        options = []
        for name, value in values.items():
            (base / name).write_bytes(value)
            options.append(f"--{name}-file={base / name}")
        key = ["--key", base / "key.pem", "--to", ledger.url]
        run("party", "profile", "--party", "spring", *key, *options)
        yield ledger
    finally:
        ledger.stop()


def said(page):
    """Wait for what the script says of the profile; return its text."""
    page.wait_for_selector("#profile .note, #profile .name")
    return page.inner_text("#profile")


def changed(page, change):
    """Let the server give other disclosures, in the spelling that a document has."""

    def respell(text):
        document = json.loads(text)
        change(document)
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"))

    between(page, DISCLOSURES, respell)


def item(document, value):
    (found,) = (each for each in document["disclosures"] if each["value"] == value)
    return found


def test_what_opens_its_commitment_is_shown_beside_the_verdict(served, phone):
    seen = scan(phone, served, PATH)

    text = said(phone)
    assert seen.state == "verified", seen
    assert EN["profile.title"] in text
    assert EN["profile.hint"] in text
    # A story is text, whatever it looks like.
    assert NAME in text
    assert STORY in text
    assert phone.locator("#profile b").count() == 0
    source = phone.get_attribute("#profile img", "src")
    assert source.startswith("data:image/png;base64,")
    assert phone.get_attribute("#profile img", "alt") == EN["profile.photo-alt"]


def test_it_is_said_in_the_readers_language(served, phone):
    scan(phone, served, PATH, lang="zh")

    assert WORDS["zh"]["profile.title"] in said(phone)


def test_another_value_is_named_and_never_shown(served, phone):
    def lie(document):
        item(document, NAME)["value"] = "artificial household 8"

    changed(phone, lie)
    seen = scan(phone, served, PATH)

    text = said(phone)
    assert EN["profile.mismatch"].format(member=EN["profile.member.name"]) in text
    assert "household 8" not in phone.content()
    assert STORY in text
    # Words beside the ledger turn no verdict.
    assert seen.state == "verified"


def test_one_value_in_the_place_of_another_is_not_shown(served, phone):
    def lie(document):
        item(document, NAME)["value"] = STORY

    changed(phone, lie)
    scan(phone, served, PATH)

    said(phone)
    assert phone.locator("#profile .name").count() == 0
    assert phone.locator("#profile .story").count() == 1


def test_what_is_not_given_is_named(served, phone):
    changed(phone, lambda document: document["disclosures"].clear())
    scan(phone, served, PATH)

    text = said(phone)
    for member in ("name", "photo", "story"):
        told = EN["profile.missing"]
        assert told.format(member=EN[f"profile.member.{member}"]) in text
    assert EN["profile.hint"] not in text


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"status": 503, "body": ""}, id="server-error"),
        pytest.param({"status": 404, "body": ""}, id="none-kept"),
        pytest.param({"body": "{}", "content_type": "application/json"}, id="no-form"),
        pytest.param({"body": "<b>x</b>", "content_type": "text/html"}, id="portal"),
    ],
)
def test_where_nothing_can_be_checked_nothing_is_shown(served, phone, answer):
    phone.route(re.compile(DISCLOSURES), lambda route: route.fulfill(**answer))
    seen = scan(phone, served, PATH)

    assert EN["profile.failed"] in said(phone)
    assert phone.locator("#profile img").count() == 0
    assert seen.state == "verified"


def test_what_the_server_writes_there_itself_is_replaced(served, phone):
    title = f"<h2>{EN['profile.title']}</h2><p>forged words</p>"
    forged = f'<section id="profile" class="aside" data-unchecked>{title}'
    page_changed(phone, substituted(r'<section id="profile"[^>]*>', forged), PATH)
    scan(phone, served, PATH)

    assert NAME in said(phone)
    assert "forged words" not in phone.content()


def test_a_page_without_the_section_gets_one(served, phone):
    section = r'<section id="profile".*?</section>'
    page_changed(phone, substituted(section, ""), PATH)
    scan(phone, served, PATH)

    assert NAME in said(phone)


def test_without_a_script_there_is_only_that_there_is_something(served, browser):
    with new_phone(browser, java_script_enabled=False) as page:
        page.goto(f"{served.url}{PATH}?lang=en")

        assert EN["profile.unread"] in page.inner_text("#profile")
        assert NAME not in page.content()


def test_when_the_ledger_does_not_hold_nothing_is_shown(served, phone):
    def lie(text):
        document = json.loads(text)
        document["checkpoint"] = document["checkpoint"].replace("\n\n", "\nx\n\n", 1)
        return json.dumps(document, separators=(",", ":"), ensure_ascii=False)

    asked = []
    phone.on("request", lambda request: asked.append(request.url))
    between(phone, r"/passport\?", lie)
    seen = scan(phone, served, PATH)

    assert seen.state != "verified"
    assert not [url for url in asked if "/disclosures" in url]
    assert EN["profile.unread"] in phone.inner_text("#profile")


def test_what_is_erased_is_shown_no_more(served, phone):
    run("erase", served.folder, "--subject", PARTY)
    seen = scan(phone, served, PATH)

    text = said(phone)
    assert NAME not in text
    assert EN["profile.missing"].format(member=EN["profile.member.photo"]) in text
    assert seen.state == "verified"
