import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.texts import read_messages
from ledger.action import Admit, Rights
from ledger.directory import Directory
from ledger.encoding import parse_canonical
from ledger.event import parse_event
from ledger.goods import LoggedEvent
from ledger.product import article_facts, product_facts
from ledger.wording import names_at
from tests.support.make_vectors import product as maker

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests/vectors/product"
LOCALES = sorted((ROOT / "scanner_web/locale").glob("*.json"))
DEEP = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["@language", "@value", "name", "value", "uom"]), inner
        )
    ),
    max_leaves=10,
)


def read(name):
    return json.loads((VECTORS / name).read_text())


def cases(name):
    return [pytest.param(case, id=case["name"]) for case in read(name)["cases"]]


def admissions():
    directory = Directory(f"{maker.HOST}/log")
    nothing = Rights(frozenset(), frozenset())
    for admitted in read("names.json")["admitted"]:
        party, name = admitted["party"], admitted["name"]
        places = tuple(admitted["places"])
        action = Admit(party, admitted["kind"], name, places, (), nothing)
        directory.put_party(admitted["index"], action)
    return directory


@pytest.mark.parametrize("case", cases("article.json") + cases("hostile.json"))
def test_an_article_shows_the_facts_of_the_vectors(case):
    ilmd = parse_canonical(case["ilmd"].encode())["ilmd"]

    facts = article_facts(ilmd, case["lang"], maker.MESSAGES)

    assert [list(fact) for fact in facts] == case["want"]


@pytest.mark.parametrize("case", cases("product.json"))
def test_a_product_has_the_facts_of_the_vectors(case):
    events = [
        LoggedEvent(
            index,
            tuple(said["parties"]),
            parse_event(parse_canonical(said["body"].encode()), host=maker.HOST),
        )
        for index, said in enumerate(case["statements"])
    ]

    facts = product_facts(
        events,
        about=case["about"],
        lang=case["lang"],
        messages=maker.MESSAGES,
        names=lambda identifier: case["names"].get(identifier, ""),
    )

    assert [list(fact) for fact in facts] == case["want"]


@pytest.mark.parametrize("case", cases("names.json"))
def test_parties_and_places_are_called_as_the_directory_says(case):
    names = names_at(admissions(), case["index"], maker.MESSAGES)

    assert names(case["identifier"]) == case["want"]


@given(
    st.dictionaries(st.sampled_from(maker.MEMBERS), DEEP), st.sampled_from(["en", "zh"])
)
def test_whatever_stands_in_ilmd_every_fact_has_a_name_of_its_own_and_a_text(
    ilmd, lang
):
    facts = article_facts(ilmd, lang, maker.MESSAGES)

    names = [name for name, _ in facts]
    assert len(set(names)) == len(names)
    assert all(isinstance(text, str) and text for _, text in facts)


def test_a_recipe_of_a_thousand_parts_is_shown_whole():
    parts = [{"name": f"part {number}"} for number in range(1000)]

    facts = article_facts({"caravan:recipe": parts}, "en", {})

    assert facts == [
        (f"product.recipe.{number}", f"part {number}") for number in range(1000)
    ]


@pytest.mark.parametrize("file", LOCALES, ids=lambda file: file.stem)
def test_every_locale_has_a_label_for_every_fact_of_a_product(file):
    messages = read_messages(file)

    for case in maker.ARTICLES:
        for name, _ in case["want"]:
            label = name.rstrip("0123456789").rstrip(".")
            assert f"label.{label}" in messages, label
