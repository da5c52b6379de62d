"""The page on a buyer's phone: honest, lied to, offline and without WebCrypto."""

import json
import re
import shutil
import sqlite3

import pytest

from ledger.client import LedgerClient
from tests.support.forge import event_body
from tests.support.served import Served

PATH = "/id/animal/spring/7"
OTHER_PATH = "/id/animal/spring/8"
PASSPORT = r"/passport\?"
SETTLED = "#verdict:not([data-state=checking])"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Serve a birth, a weighing, a correction, and a statement about another animal."""
    here = Served(tmp_path_factory.mktemp("page") / "data").init().start().admit()
    born = {"action": "ADD", "bizStep": "commissioning", "disposition": "active"}
    declared = {"errorDeclaration": {"declarationTime": "2026-06-12T09:00:00+08:00"}}
    other = {"epcList": ["https://oasis.example/id/animal/spring/8"]}
    notes = [
        here.sign(event_body(1, **born)),
        here.sign(event_body(2)),
        here.sign(event_body(3, **other)),
        here.sign(event_body(2, **declared)),
    ]
    with LedgerClient(here.url) as client:
        here.indices = [answer.index for answer in client.post(notes)]
    yield here
    here.stop()


def state(page):
    """Wait for the verdict and return it."""
    page.wait_for_selector(SETTLED)
    return page.get_attribute("#verdict", "data-state")


def words(page):
    """Return what the verdict says."""
    return page.inner_text("#verdict")


def opened(page, served, path=PATH, lang="en"):
    """Open a page and return the verdict."""
    page.goto(f"{served.url}{path}?lang={lang}")
    return state(page)


def rewrite(page, pattern, change):
    """Let a liar between server and phone change what goes over the wire."""

    def answer(route):
        honest = route.fetch()
        route.fulfill(response=honest, body=change(honest.text()))

    page.route(re.compile(pattern), answer)


def replaced(old, new):
    """Return a change of one text, which must be there."""

    def change(text):
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    ("lang", "title", "source"),
    [("en", "Verified", "by this server’s own word"), ("zh", "已核验", "本服务器自述")],
)
def test_an_honest_page_is_verified_in_both_languages(
    phone, served, lang, title, source
):
    assert opened(phone, served, lang=lang) == "verified"
    assert phone.inner_text(".verdict-title") == title
    assert source in words(phone)
    assert phone.locator("article").count() == 3
    assert phone.locator("article[data-checked]").count() == 3
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_nothing_is_asked_of_anyone_else_and_nothing_is_kept(phone, served):
    asked = []
    phone.on("request", lambda request: asked.append(request.url))

    assert opened(phone, served) == "verified"

    assert all(url.startswith((served.url, "data:")) for url in asked)
    assert not [url for url in asked if "/vendor/" in url]
    assert phone.context.cookies() == []
    assert phone.evaluate("localStorage.length + sessionStorage.length") == 0


def test_what_was_not_checked_is_named_and_complete_is_not_said(phone, served):
    opened(phone, served)

    assert "whether a record about this code was left out" in words(phone)
    assert "no witness has signed" in words(phone)
    assert "omplete" not in words(phone)
    assert "raise an alarm" in words(phone)


def test_a_printed_label_is_said_to_be_not_compared(phone, served):
    phone.goto(f"{served.url}{PATH}?lang=en#c=12.AAAA")

    assert state(phone) == "verified"
    assert "agrees with the printed label" in words(phone)


def test_a_party_is_verified_from_its_directory_statements(phone, served):
    assert opened(phone, served, "/id/party/spring") == "verified"
    assert phone.locator("article[data-kind=directory][data-checked]").count() == 2


def test_one_changed_fact_in_the_page_is_named(phone, served):
    place = re.compile(r'(?s)(id="entry-(\d+)".*?data-fact="where">)([^<]+)')
    lie = {}

    def change(text):
        found = place.search(text)
        lie["index"], lie["text"] = found[2], found[3]
        return place.sub(r"\g<1>place/elsewhere", text, count=1)

    rewrite(phone, PATH + r"\?", change)

    assert opened(phone, served) == "not-verified"
    for told in (f"no. {lie['index']}", "Where", "place/elsewhere", lie["text"]):
        assert told in words(phone)
    assert phone.locator("article[data-checked]").count() == 0


@pytest.mark.parametrize(
    ("pattern", "put", "told"),
    [
        pytest.param(
            r"(?s)<li><article.*?</article></li>", "", "does not show it", id="left-out"
        ),
        pytest.param(
            r'<ol class="steps">',
            '<ol class="steps"><li><article data-index="2"></article></li>',
            "no such record",
            id="made-up",
        ),
        pytest.param(
            r"(?s)<li data-fact=\"flag\.late\">.*?</li>",
            "",
            "leaves out",
            id="flag-hidden",
        ),
        pytest.param(
            r"<dl>",
            '<dl><dd data-fact="prize">gold</dd>',
            "says nothing of it",
            id="prize-made-up",
        ),
        pytest.param(
            r"<h2>",
            '<h2 data-fact="prize">',
            "shows something else",
            id="fact-outside-a-step",
        ),
        pytest.param(
            r"<bdi>https://oasis.example/id/animal/spring/7</bdi>",
            "<bdi>https://oasis.example/id/animal/spring/9</bdi>",
            "shows something else",
            id="another-identifier",
        ),
    ],
)
def test_a_page_that_shows_less_or_more_is_not_verified(
    phone, served, pattern, put, told
):
    def change(text):
        found = re.subn(pattern, put, text, count=1)
        assert found[1] == 1
        return found[0]

    rewrite(phone, PATH + r"\?", change)

    assert opened(phone, served) == "not-verified"
    assert told in words(phone)


def test_the_page_of_another_code_is_not_verified(phone, served):
    phone.route(
        re.compile(PATH + r"\?"),
        lambda route: route.fulfill(
            response=route.fetch(url=f"{served.url}{OTHER_PATH}?lang=en")
        ),
    )

    assert opened(phone, served) == "not-verified"


def test_one_changed_byte_in_the_passport_is_not_verified_and_named(phone, served):
    index = served.indices[1]
    rewrite(phone, PASSPORT, replaced("2026-06-11T06:02", "2026-06-11T06:03"))

    assert opened(phone, served) == "not-verified"
    assert f"no. {index}" in words(phone)


def test_a_statement_taken_out_of_the_passport_is_not_verified(phone, served):
    def change(text):
        passport = json.loads(text)
        passport["entries"] = [
            entry for entry in passport["entries"] if entry[0] != served.indices[1]
        ]
        return json.dumps(
            passport, ensure_ascii=False, separators=(",", ":"), sort_keys=True
        )

    rewrite(phone, PASSPORT, change)

    assert opened(phone, served) == "not-verified"


def test_a_page_older_than_the_ledger_is_to_be_loaded_again(phone, served):
    index = served.indices[3]

    def change(text):
        step = re.compile(rf'(?s)<li><article id="entry-{index}".*?</article></li>')
        older = step.sub("", text, count=1)
        return re.sub(r'data-size="\d+"', f'data-size="{index}"', older)

    rewrite(phone, PATH + r"\?", change)

    assert opened(phone, served) == "cannot-check"
    assert "newer record" in words(phone)


def test_keys_of_another_ledger_say_nothing_about_this_one(phone, served):
    other = "ledger.example/other+3cdf7ee3+AXQ6LNJ3U4h+NQGyZP3bQ6XBZ4yvz3wKYc1eWqkT9H9d"
    phone.route(
        re.compile(r"/policy$"),
        lambda route: route.fulfill(
            body=f"log {other}\nquorum none\n", content_type="text/plain"
        ),
    )

    assert opened(phone, served) == "cannot-check"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda route: route.abort(), id="offline"),
        pytest.param(lambda route: route.fulfill(status=503), id="overloaded"),
        pytest.param(
            lambda route: route.fulfill(body="Sign in", content_type="text/html"),
            id="hotel-portal",
        ),
        pytest.param(
            lambda route: route.fulfill(
                status=302, headers={"location": "https://other.example/"}
            ),
            id="sent-elsewhere",
        ),
    ],
)
def test_no_evidence_is_no_bad_news(phone, served, answer):
    phone.route(re.compile(PASSPORT), answer)

    assert opened(phone, served) == "cannot-check"
    assert "neither good nor bad news" in words(phone)


@pytest.mark.parametrize("gone", ["app.js", "verify/verify.js", "verify/note.js"])
def test_a_script_that_does_not_come_leaves_the_page_unverified(phone, served, gone):
    phone.route(re.compile(f"/assets/{gone}"), lambda route: route.abort())
    phone.goto(f"{served.url}{PATH}?lang=en")
    phone.wait_for_load_state("networkidle")

    assert phone.get_attribute("#verdict", "data-state") == "checking"
    assert phone.inner_text(".verdict-title") == "Not checked yet"


def test_without_webcrypto_the_vendored_code_comes_to_the_same_verdict(phone, served):
    asked = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.add_init_script(
        "Object.defineProperty(Crypto.prototype, 'subtle', {get: () => undefined})"
    )

    assert opened(phone, served) == "verified"
    assert {url.rsplit("/", 1)[1] for url in asked if "/vendor/" in url} >= {
        "nacl-fast.js",
        "sha2.js",
    }


def test_without_webcrypto_a_lie_is_found_too(phone, served):
    phone.add_init_script(
        "Object.defineProperty(Crypto.prototype, 'subtle', {get: () => undefined})"
    )
    rewrite(phone, PASSPORT, replaced("2026-06-11T06:02", "2026-06-11T06:03"))

    assert opened(phone, served) == "not-verified"


def test_without_a_script_the_page_is_complete_and_says_it_is_unchecked(
    browser, served
):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served.url}{PATH}?lang=en")

    assert "Not checked yet" in words(page)
    assert page.locator("article").count() == 3
    assert page.locator("article [data-fact=step]").first.inner_text() != ""
    context.close()


def test_one_changed_byte_in_the_database_is_not_verified_and_named(
    phone, served, tmp_path
):
    index = served.indices[1]
    damaged = Served(tmp_path / "data")
    shutil.copytree(served.folder, damaged.folder)
    damaged.start()
    change_entry(damaged.folder, index, b"T06:02", b"T06:03")

    try:
        assert opened(phone, damaged) == "not-verified"
        assert f"no. {index}" in words(phone)
    finally:
        damaged.stop()


def change_entry(folder, index, old, new):
    """Change an entry where it is stored, past the triggers that forbid it."""
    with sqlite3.connect(next(folder.glob("*.db"))) as database:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in database.execute(triggers).fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        query = 'SELECT entry FROM entry WHERE "index" = ?'
        (entry,) = database.execute(query, (index,)).fetchone()
        assert old in entry
        changed = entry.replace(old, new, 1)
        database.execute(
            'UPDATE entry SET entry = ? WHERE "index" = ?', (changed, index)
        )
    database.close()
