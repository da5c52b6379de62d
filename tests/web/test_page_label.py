"""A printed label, scanned: the page demands that today's ledger extends its tree."""

import re

import pytest

from ledger.checkpoint import parse_checkpoint
from ledger.client import LedgerClient
from ledger.fragment import fragment_of, shown_root
from ledger.note import parse_note
from ledger.passport import parse_passport
from tests.web.pages import PATH, WORDS, verdict

EN = WORDS["en"]
ANOTHER = bytes(range(32))
"""A root that no tree of this ledger has."""


@pytest.fixture(scope="module")
def root_of(served):
    """Give the root that the ledger had at a size."""
    with LedgerClient(served.url) as client:

        def root(size):
            passport = client.passport(client_subject, label=size)
            return parse_passport(passport).label.root

        note = parse_note(client.checkpoint())
        client_subject = f"https://{client.origin().split('/')[0]}{PATH}"
        root.size = parse_checkpoint(note.text).size
        yield root


def scan(page, served, fragment, lang="en"):
    page.goto("about:blank")
    page.goto(f"{served.url}{PATH}?lang={lang}{fragment}")
    return verdict(page)


def test_the_label_of_an_older_tree_is_compared(phone, served, root_of):
    asked = []
    phone.on("request", lambda request: asked.append(request.url))

    for size in (1, 7, root_of.size):
        seen = scan(phone, served, fragment_of(size, root_of(size)).to_text())

        assert seen.state == "verified"
        assert EN["verdict.verified.label"] in seen.text
        assert EN["absent.label"] not in seen.text
        assert any(re.search(f"/passport.*&label={size}$", url) for url in asked)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_label_of_another_history_disagrees(phone, served, root_of, lang):
    seen = scan(phone, served, fragment_of(7, ANOTHER).to_text(), lang)

    assert seen.state == "not-verified"
    assert seen.title == WORDS[lang]["verdict.label-mismatch.title"]
    assert shown_root(ANOTHER) in seen.text
    assert shown_root(root_of(7)) in seen.text
    assert WORDS[lang]["verdict.label-mismatch.hint"] in seen.text
    assert phone.locator("article .checked").count() == 0


@pytest.mark.parametrize(
    ("fragment", "why"),
    [
        pytest.param("#c=12.AAAA", "malformed", id="cut-short"),
        pytest.param("#c=", "malformed", id="nothing"),
        pytest.param(f"#c=0.{shown_root(ANOTHER)}", "malformed", id="of-nothing"),
        pytest.param(fragment_of(10**6, ANOTHER).to_text(), "larger", id="larger"),
    ],
)
def test_what_cannot_be_compared_is_neither_good_nor_bad_news(
    phone, served, fragment, why
):
    seen = scan(phone, served, fragment)

    assert (seen.state, seen.title) == (
        "cannot-check",
        EN["verdict.cannot-check.title"],
    )
    first, _, last = EN[f"label-gap.{why}"].partition("{size}")
    assert first in seen.text
    assert last.rpartition("}")[2] in seen.text
    assert phone.locator("article .checked").count() == 0


def test_without_a_label_it_is_said_that_none_was_compared(phone, served):
    for fragment in ("", "#entry-5", "#c"):
        seen = scan(phone, served, fragment)

        assert seen.state == "verified"
        assert EN["absent.label"] in seen.text
        assert EN["verdict.verified.label"] not in seen.text


def test_another_label_in_the_address_is_checked_anew(phone, served, root_of):
    true = fragment_of(7, root_of(7)).to_text()
    assert scan(phone, served, true).state == "verified"

    # To a place on the page and back: the label that was checked is the same.
    phone.evaluate("document.body.dataset.old = ''; location.hash = '#steps'")
    phone.evaluate("hash => { location.hash = hash }", true)
    phone.wait_for_timeout(50)
    assert phone.locator("body[data-old]").count() == 1

    phone.evaluate(
        "hash => { location.hash = hash }", fragment_of(7, ANOTHER).to_text()
    )
    phone.wait_for_selector("body:not([data-old])")

    assert verdict(phone).title == EN["verdict.label-mismatch.title"]


def test_the_label_stays_when_the_language_is_changed(phone, served, root_of):
    true = fragment_of(7, root_of(7)).to_text()
    scan(phone, served, true)

    phone.click("header a[hreflang]")
    phone.wait_for_url(re.compile("lang=zh"))

    assert phone.url.endswith(true)
    assert WORDS["zh"]["verdict.verified.label"] in verdict(phone).text
