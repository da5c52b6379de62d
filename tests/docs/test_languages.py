"""The words that docs/languages.md gives are those of the pages."""

import re

import pytest

from api.negotiation import LANGUAGES
from api.texts import read_messages
from tests.support.make_docs import ROOT

TEXT = (ROOT / "docs/languages.md").read_text(encoding="utf-8")
LOCALE = ROOT / "scanner_web/locale"
MESSAGES = [read_messages(LOCALE / f"{lang}.json") for lang in ("en", "zh", "ug", "kk")]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if line.startswith("| ")
]
WORDS = [row for row in ROWS if re.fullmatch(r"`[\w.-]+\.[\w.-]+`", row[0])]
TERMS = ROWS[ROWS.index(["English", "中文", "ئۇيغۇرچە", "قازاقشا"]) + 1 :]


@pytest.mark.parametrize("row", WORDS, ids=lambda row: row[0])
def test_a_word_is_the_one_of_the_pages(row):
    key = row[0].strip("`")

    assert row[1:] == [messages[key] for messages in MESSAGES]


@pytest.mark.parametrize("row", TERMS, ids=lambda row: row[0])
def test_a_term_is_used_in_every_language(row):
    for term, messages in zip(row, MESSAGES, strict=True):
        assert any(term in text.lower() for text in messages.values()), term


def test_every_language_is_named_with_its_tag():
    assert len(WORDS) > 20
    assert len(TERMS) > 10
    for language in LANGUAGES.values():
        row = next(row for row in ROWS if row[0] == f"`{language.code}`")
        assert row[1].startswith(language.name)
        assert row[2].startswith(f"`{language.tag}`")
