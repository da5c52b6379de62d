import json
import re
import unicodedata
from pathlib import Path

import pytest

from api.negotiation import LANGUAGES
from api.texts import read_messages
from ledger.errors import LedgerError
from ledger.identifier import KINDS
from ledger.roles import ROLES
from ledger.units import UNITS
from ledger.vocabulary import BIZ_STEPS, DISPOSITIONS
from tests.api.test_problems import all_classes

SCANNER_WEB = Path(__file__).parents[2] / "scanner_web"
LOCALE = SCANNER_WEB / "locale"
TEXTS = {
    lang: json.loads((LOCALE / f"{lang}.json").read_text("utf-8")) for lang in LANGUAGES
}
ENGLISH, CHINESE = TEXTS["en"], TEXTS["zh"]
BLANK = re.compile(r"\{([a-zA-Z]+)\}")
HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN_WORD = re.compile(r"[A-Za-z]+")
# Each language's own letters: what looks the same and is a character of Persian or of
# Arabic is found by no search, and read out wrong.
LETTERS = {
    "ug": set("ئابپتجچخدرزژسشغفقكگڭلمنھەوۇۆۈۋېىي"),
    "kk": set("ٴابۆگعدەجزيكقلمنڭوپرستۋۇفحھچشى"),
}

# Words that would claim more than a proof shows (blueprint, section 6).
TOO_MUCH = {
    "en": ["genuine", "authentic", "guarantee", "trustworthy", "safe", "100"],
    "zh": ["正品", "保证", "真品", "合格", "放心", "安全", "权威", "100"],
    "ug": [
        "ھەقىقىي", "كاپالەت", "بىخەتەر", "لاياقەتلىك", "خاتىرجەم",
        "ئىشەنچلىك", "نوپۇز", "100",
    ],
    "kk": [
        "تۇپنۇسقا", "ناعىز", "كەپىل", "قاۋىپسىز", "جارامدى", "الاڭسىز",
        "سەنىمدى", "بەدەلدى", "100",
    ],
}  # fmt: skip

SYMBOLS = {"API", "Caravan", "l"}


def is_plain(sign):
    """Tell whether it is a visible sign and no letter, or an ordinary digit."""
    return sign.isascii() or sign in "µ²³" or unicodedata.category(sign)[0] in "PS"


in_each_language = pytest.mark.parametrize("lang", LANGUAGES)


@in_each_language
def test_every_language_says_the_same_things(lang):
    assert ENGLISH.keys() - TEXTS[lang].keys() == set()
    assert TEXTS[lang].keys() - ENGLISH.keys() == set()


@in_each_language
def test_a_file_has_one_spelling(lang):
    ordered = dict(sorted(TEXTS[lang].items()))
    spelled = json.dumps(ordered, ensure_ascii=False, indent=2) + "\n"

    assert (LOCALE / f"{lang}.json").read_text("utf-8") == spelled


@in_each_language
def test_every_text_has_the_blanks_of_the_english_one(lang):
    wrong = {
        key: text
        for key, text in TEXTS[lang].items()
        if sorted(BLANK.findall(text)) != sorted(BLANK.findall(ENGLISH.get(key, "")))
        or text.strip() != text
        or text == ""
    }

    assert wrong == {}


def test_english_has_plain_letters():
    signs = set("“”’…·–×°²³µ")

    assert {
        key: text
        for key, text in ENGLISH.items()
        if not set(filter(lambda sign: not sign.isascii(), text)) <= signs
    } == {}


def test_chinese_is_chinese():
    wrong = {
        key: text
        for key, text in TEXTS["zh"].items()
        if not HAN.search(text) and text != ENGLISH[key] and not BLANK.search(text)
    }

    assert wrong == {}


@pytest.mark.parametrize("lang", LETTERS)
def test_uyghur_and_kazakh_have_their_own_letters_apart_from_names_and_codes(lang):
    wrong = {}
    for key, text in TEXTS[lang].items():
        said = BLANK.sub(" ", text)
        latin = set(LATIN_WORD.findall(said))
        # A name or a code that English has too.
        foreign = latin - set(LATIN_WORD.findall(ENGLISH[key])) - SYMBOLS
        rest = {sign for sign in LATIN_WORD.sub("", said) if not is_plain(sign)}
        rest -= LETTERS[lang]
        is_own = bool(set(said) & LETTERS[lang]) or not latin or text == ENGLISH[key]
        if foreign or rest or not is_own:
            wrong[key] = (text, foreign, rest)

    assert wrong == {}


@in_each_language
def test_no_text_claims_what_a_proof_does_not_show(lang):
    wrong = {
        key: text
        for key, text in TEXTS[lang].items()
        for word in TOO_MUCH[lang]
        if word in text.lower()
    }

    assert wrong == {}


@in_each_language
def test_dates_are_said_in_words(lang):
    texts = TEXTS[lang]

    months = [texts[f"date.month.{number}"] for number in range(1, 13)]
    assert len(set(months)) == 12
    assert all(texts[key] for key in ("date.day", "date.month", "date.time"))


def test_what_a_language_lacks_is_said_in_english(tmp_path):
    (tmp_path / "en.json").write_text('{"a": "one", "b": "two"}')
    (tmp_path / "kk.json").write_text('{"b": "ەكى"}', "utf-8")

    assert read_messages(tmp_path / "kk.json") == {"a": "one", "b": "ەكى"}


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
        "backdated", "template",
    }  # fmt: skip
    codes = {cls.code for cls in all_classes(LedgerError)} - apart

    assert {
        f"code.{code}" for code in codes if "brand-new" not in code
    } <= ENGLISH.keys()
