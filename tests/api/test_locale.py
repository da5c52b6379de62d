import re
from pathlib import Path

import pytest

from api.texts import read_messages
from ledger.errors import LedgerError
from ledger.identifier import KINDS
from ledger.roles import ROLES
from ledger.units import UNITS
from ledger.vocabulary import BIZ_STEPS, DISPOSITIONS
from tests.api.test_problems import all_classes

SCANNER_WEB = Path(__file__).parents[2] / "scanner_web"
ENGLISH = read_messages(SCANNER_WEB / "locale/en.json")
CHINESE = read_messages(SCANNER_WEB / "locale/zh.json")
BLANK = re.compile(r"\{([a-zA-Z]+)\}")

# Words that would claim more than a proof shows (blueprint, section 6).
TOO_MUCH = [
    "genuine", "authentic", "guarantee", "trustworthy", "safe", "100",
    "正品", "保证", "真品", "合格", "放心", "安全", "权威",
]  # fmt: skip


def test_both_languages_say_the_same_things():
    assert ENGLISH.keys() == CHINESE.keys()


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_both_texts_have_the_same_blanks_and_are_texts(key):
    english, chinese = ENGLISH[key], CHINESE.get(key, "")

    assert sorted(BLANK.findall(english)) == sorted(BLANK.findall(chinese))
    assert english.strip() == english != ""
    assert chinese.strip() == chinese != ""
    assert english.isascii() or set(english) - set(map(chr, range(128))) <= set(
        "“”’…·–×°²³µ"
    )


def test_every_text_that_a_template_asks_for_is_there():
    asked = re.compile(r"""t\(["']([a-z0-9.-]+)["'][,)]""")
    keys = {
        key
        for template in (SCANNER_WEB / "templates").glob("*.html")
        for key in asked.findall(template.read_text("utf-8"))
    }

    assert len(keys) > 20
    assert keys - ENGLISH.keys() == set()


def test_every_text_that_the_script_asks_for_is_there():
    asked = re.compile(r"""say\(\s*messages,\s*["']([a-zA-Z0-9.-]+)["']""")
    keys = {
        key
        for script in SCANNER_WEB.glob("*.js")
        for key in asked.findall(script.read_text("utf-8"))
    }

    assert len(keys) > 10
    assert keys - ENGLISH.keys() == set()


def test_every_word_of_the_vocabulary_is_translated():
    assert {f"step.{word}" for word in BIZ_STEPS} - ENGLISH.keys() == set()
    assert {f"disposition.{word}" for word in DISPOSITIONS} - ENGLISH.keys() == set()
    assert {f"kind.{kind}" for kind in KINDS.values()} - ENGLISH.keys() == set()
    assert {f"role.{role}" for role in ROLES} - ENGLISH.keys() == set()
    assert {f"unit.{code}" for code in UNITS} - ENGLISH.keys() == set()
    keys = {key for form in KINDS for key in form}
    assert {f"part.{key}" for key in keys} - ENGLISH.keys() == set()


def test_every_refusal_that_a_phone_can_meet_has_words():
    # What only the service or the command meets.
    apart = {
        "ledger-error", "refused", "too-large", "future-time", "unknown-unit",
        "character", "schema", "store", "format-version", "clock", "key-file",
        "receipt-format", "not-found", "given-out", "read-back", "read-only",
        "overloaded", "crowded", "too-many-requests",
        "add-checkpoint", "not-yet", "old-size", "distrusted", "evidence",
        "backdated",
    }  # fmt: skip
    codes = {cls.code for cls in all_classes(LedgerError)} - apart

    assert {
        f"code.{code}" for code in codes if "brand-new" not in code
    } <= ENGLISH.keys()


@pytest.mark.parametrize("word", TOO_MUCH)
def test_no_text_claims_what_a_proof_does_not_show(word):
    for messages in (ENGLISH, CHINESE):
        assert [key for key, text in messages.items() if word in text.lower()] == []
