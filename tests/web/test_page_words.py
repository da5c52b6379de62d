"""A page comes with the common words; the others are fetched when it says one."""

import re

import pytest

from tests.web.pages import (
    NEIGHBOUR,
    RARE_AREA,
    WORDS,
    new_phone,
    path_of,
    scan,
    shown,
    witnessed,
)

EN = WORDS["en"]
LATER = re.compile(r"/assets/words/en\.later\.json$")


@pytest.fixture
def without(browser):
    """Return a phone that cannot get the words that come later."""
    with new_phone(browser) as page:
        page.route(LATER, lambda route: route.abort())
        yield page


def test_a_page_with_a_rare_word_is_compared_with_that_word(phone, served):
    seen = scan(phone, served, path_of(NEIGHBOUR))

    assert seen.state == "verified", seen
    (facts,) = shown(phone).values()
    assert facts["area"] == EN[f"area.{RARE_AREA}"]


def test_without_a_word_that_the_page_says_nothing_is_told_of_it(without, served):
    seen = scan(without, served, path_of(NEIGHBOUR))

    assert seen.state == "cannot-check", seen
    assert EN["code.network"] in seen.text


def test_what_is_wrong_is_said_with_the_words_that_came(without, served):
    witnessed(without, served)

    seen = scan(without, served)

    assert seen.state == "cannot-check", seen
    assert seen.title == EN["verdict.cannot-check.title"]
    assert EN["verdict.cannot-check.detail"].removeprefix("{code} ") in seen.text
    assert "code.quorum" not in seen.text


@pytest.mark.parametrize("name", ["pouch_path", "tank", "household"])
def test_the_first_verdict_of_a_season_waits_for_no_later_word(without, season, name):
    seen = scan(without, season, path_of(getattr(season.landmarks, name)))

    assert seen.state in {"verified", "partial"}, seen
