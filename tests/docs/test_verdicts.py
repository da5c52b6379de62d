"""The page about verdicts has a picture of each state, and the words of today."""

import re
from functools import cache

import pytest

from tests.support.make_docs import ROOT
from tests.support.make_pictures import PICTURES, STATES, words_in
from tests.web.pages import WORDS

TEXT = (ROOT / "docs/verdicts.md").read_text(encoding="utf-8")
PICTURE = re.compile(
    r'^<img src="pictures/([\w-]+)\.png" width="390" alt="(.*)">$', re.M
)
SHOWN = dict(PICTURE.findall(TEXT))
HEADLINE = re.compile(
    r"(verdict\.not-packed\..*|(page\.)?verdict\..*title|alarm\.title\..*)"
)
ANSWERS = ("What happened.", "What it means, and what not.", "What to do.")
MAKE = "run: python -m tests.support.make_pictures"


@cache
def pattern_of(message):
    """Return what a message is with its blanks filled in."""
    parts = map(re.escape, re.split(r"\{\w+\}", message))
    return re.compile(".+".join(parts))


def is_said_by(text, message):
    return pattern_of(message).fullmatch(text) is not None


def test_each_state_has_its_picture_and_each_picture_its_state():
    assert len(PICTURE.findall(TEXT)) == len(SHOWN) == TEXT.count("<img")
    assert {*SHOWN} == {*STATES} == {file.stem for file in PICTURES.iterdir()}


@pytest.mark.parametrize("name", STATES)
def test_the_words_of_a_picture_are_those_of_the_page(name):
    headline, *words = words_in((PICTURES / f"{name}.png").read_bytes())
    messages = WORDS[STATES[name].lang]

    assert is_said_by(headline, messages[STATES[name].headline]), MAKE
    assert SHOWN[name] == headline
    for text in words:
        assert any(is_said_by(text, m) for m in messages.values()), (text, MAKE)


def test_each_headline_there_is_stands_on_the_page():
    said = [*SHOWN.values(), *re.findall(r"\*\*(.+?)\*\*", TEXT)]
    headlines = {
        key: text for key, text in WORDS["en"].items() if HEADLINE.fullmatch(key)
    }

    assert len(headlines) >= 15
    for key, message in headlines.items():
        assert any(is_said_by(text, message) for text in said), key


def test_each_state_says_what_happened_what_that_means_and_what_to_do():
    states = re.split(r"^##+ .*\n", TEXT, flags=re.M)
    with_picture = [state for state in states if PICTURE.search(state)]

    assert len(with_picture) == len({*STATES} - {"verified-zh"})
    for state in with_picture:
        assert tuple(re.findall(r"^- \*\*(.+?)\*\* ", state, re.M)) == ANSWERS


def test_the_pictures_are_small():
    sizes = {file.name: file.stat().st_size for file in PICTURES.iterdir()}

    assert all(size < 48_000 for size in sizes.values()), sizes
