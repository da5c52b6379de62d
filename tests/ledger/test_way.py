import json
import subprocess
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.reading import read_passport
from api.whole import accounts_of
from ledger import way
from ledger.account import Account
from ledger.encoding import canonical
from ledger.event import Event
from ledger.limits import LIMITS
from ledger.passport import parse_passport
from ledger.simulate.plan import SMALL
from ledger.wording import names_at
from tests.support.find_tools import find_node
from tests.support.forge import ORIGIN
from tests.support.make_vectors import way as maker
from tests.support.seasons import logged_season, season

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests/vectors/way"
LOCALES = [ROOT / f"scanner_web/locale/{lang}.json" for lang in ("en", "zh")]
LEVELS = 100
OWN_WORDS = {"cold", "gaps", "how", "limit", "phase", "product", "tests", "way"}
SCALAR = (
    st.none()
    | st.booleans()
    | st.integers(-99, 99)
    | st.sampled_from(["", "x", "4.5", "CEL", "KGM", maker.MILK])
)
JSON = st.recursive(
    SCALAR,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(maker.INNER), inner, max_size=4)
    ),
    max_leaves=12,
)


def read(name):
    return json.loads((VECTORS / name).read_text("utf-8"))


def cases(name):
    return [pytest.param(case, id=case["name"]) for case in read(name)["cases"]]


class Asked(dict):
    """Messages that know which of them were asked for and are not there."""

    def __init__(self, messages):
        super().__init__(messages)
        self.missing = set()

    def get(self, key, default=None):
        if key not in self:
            self.missing.add(key)
        return super().get(key, default)


@pytest.fixture(scope="module")
def reading(tmp_path_factory):
    """Return what the whole passport of a pouch of the season holds."""
    with logged_season(tmp_path_factory.mktemp("way")) as log:
        passport = log.passport(season(SMALL).landmarks.pouch, LEVELS)
    return read_passport(parse_passport(passport), lot=None, origin=ORIGIN)


def rows_of(reading, messages, lang):
    accounts = accounts_of(reading)
    known = {
        "members": reading.closure.members,
        "lang": lang,
        "messages": messages,
        "names": names_at(reading.directory, reading.size, messages),
    }
    return {name: make(accounts, **known) for name, make in maker.FUNCTIONS.items()}


def label(name):
    """Return the key of the word in front of a text."""
    return ".".join(["label", *(p for p in name.split(".") if not p.isdigit())])


def spelled(account: Account):
    """Return an account as a vector has it."""
    event: Event = account.event
    return {
        "index": account.index,
        "body": canonical(dict(event.body)).decode(),
        "parties": account.parties,
        "about": account.about,
        "logTime": account.log_time,
        "flags": [
            {"code": flag.code, "index": flag.index, "detail": flag.detail}
            for flag in account.flags
        ],
        "signers": account.signers,
        "isApart": account.is_apart,
        "declaredBy": account.declared_by,
    }


@pytest.mark.parametrize("case", cases("way.json") + cases("hostile.json"))
def test_rows_are_those_of_the_vectors(case):
    rows = maker.read_rows(case)

    assert rows == case["want"]
    blocks = (rows[block] for block in maker.FUNCTIONS)
    facts = {fact[0]: fact[1] for block in blocks for row in block for fact in row}
    assert {name: facts.get(name) for name in case["says"]} == case["says"]


def test_the_limits_are_those_of_the_vectors_and_nobody_has_verified_one():
    assert [asdict(limit) for limit in LIMITS] == read("limits.json")["limits"]
    assert not any(limit.verified for limit in LIMITS)


@settings(max_examples=30)
@given(st.dictionaries(st.sampled_from(maker.READ), JSON), JSON, JSON)
def test_whatever_stands_in_a_body_every_text_has_a_name_of_its_own(
    members, amount, device
):
    element = {"epcClass": maker.MILK, "quantity": amount}
    bodies = [
        maker.event(bizStep=step, quantityList=[element]) | members
        for step in ("storing", "inspecting", "accepting")
    ]
    bodies.append(maker.made("milking", [element], [element]) | members)
    bodies.append(maker.milked(sensorElementList=[{"sensorMetadata": device}]))
    given = {"members": [], "lang": "en", "accounts": []}
    for index, body in enumerate(bodies):
        try:
            given["accounts"].append({"index": index} | maker.told(body))
        except ValueError:
            return  # Not valid: nobody is shown it.

    rows = maker.read_rows(given)

    facts = [f for block in maker.FUNCTIONS for row in rows[block] for f in row]
    names = [name for name, *_ in facts]
    assert len(set(names)) == len(names)
    assert all(isinstance(text, str) and text for _, text, *_ in facts)


def test_a_chain_in_any_order_makes_the_same_rows():
    case = read("way.json")["cases"][1]

    turned = maker.read_rows(case | {"accounts": case["accounts"][::-1]})

    assert case["name"] == "a-chain"
    assert turned == case["want"]


def test_goods_of_many_transformations_are_walked_once():
    names = [f"{maker.OWN}/tank/{number}" for number in range(400)]
    elements = [maker.kilos(name, 1) for name in names]
    mixed = maker.made("bulking", elements[:200], elements[200:])
    accounts = [{"index": n} | maker.told(mixed) for n in range(60)]

    rows = maker.read_rows({"members": [], "lang": "en", "accounts": accounts})

    assert ["way.0.0.mass", "12,000 kg"] in rows["way"][1]


def test_both_languages_say_the_same_of_a_pouch_of_the_season(reading):
    accounts = accounts_of(reading)
    called = {name for account in accounts for name in account.parties}
    called |= {account.event.read_point for account in accounts}
    asked, want = [], []
    for file in LOCALES:
        messages = json.loads(file.read_text("utf-8"))
        names = names_at(reading.directory, reading.size, messages)
        asked.append(
            {
                "host": ORIGIN.split("/", 1)[0],
                "lang": file.stem,
                "messages": messages,
                "names": {name: names(name) for name in called},
                "members": [[m.subject, m.relation] for m in reading.closure.members],
                "accounts": [spelled(account) for account in accounts],
            }
        )
        rows = rows_of(reading, messages, file.stem)
        want.append(rows | {"points": way.cold_points(accounts)})

    told = subprocess.run(
        [find_node(), ROOT / "tests/support/tell_way.js"],
        input=json.dumps(asked).encode(),
        capture_output=True,
        check=True,
    )

    assert json.loads(told.stdout) == json.loads(json.dumps(want))


@pytest.mark.parametrize("file", LOCALES, ids=lambda file: file.stem)
def test_no_code_word_of_the_season_reaches_a_reader(reading, file):
    messages = Asked(json.loads(file.read_text("utf-8")))

    blocks = rows_of(reading, messages, file.stem)

    assert messages.missing == set()
    names = {f[0] for rows in blocks.values() for row in rows for f in row}
    assert {label(name) for name in names} - messages.keys() == set()
    assert len(blocks["way"]) > 15
    most = dict.fromkeys(blocks, way.MOST) | {"way": way.MOST + len(way.PHASES)}
    assert {name for name, rows in blocks.items() if len(rows) > most[name]} == set()


@pytest.mark.parametrize("file", LOCALES, ids=lambda file: file.stem)
def test_every_locale_has_the_words_and_labels_of_all_rows(file):
    messages = json.loads(file.read_text("utf-8"))
    words = {key for key in maker.MESSAGES if key.split(".")[0] in OWN_WORDS}
    words |= {f"phase.{phase}" for phase in way.PHASES}
    words |= {f"limit.source.{limit.source}" for limit in LIMITS}

    names = set()
    for case in read("way.json")["cases"]:
        rows = case["want"]
        names |= {f[0] for block in maker.FUNCTIONS for row in rows[block] for f in row}

    words |= {label(name) for name in names}
    assert words - messages.keys() == set()
