import pytest

from ledger.audit.report.values import Values
from ledger.audit.report.wordbook import LANGUAGES, wordbook
from ledger.template import builtin_templates

MILK = "bactrian-milk"


def said(language, product=MILK, **values):
    words = wordbook(language)
    return Values(builtin_templates(), words).said(values, product)


def test_a_step_is_called_as_the_template_calls_it():
    assert said("en", step="slip", after="delivery") == {
        "step": "handover slip",
        "after": "delivery",
    }
    assert said("zh", step="slip")["step"] == "生鲜乳交接单"


def test_a_step_of_one_name_is_that_of_the_product():
    assert said("zh", "apple", step="sorting") != said("zh", "walnut", step="sorting")


def test_a_process_or_business_step_that_is_no_step_has_words_too():
    assert said("zh", process="spray drying")["process"] == "喷雾干燥"
    assert said("en", last_step="creating_class_instance")["last_step"] == "making"


def test_a_word_that_nobody_knows_is_said_as_it_is_written():
    assert said("zh", step="blending", mode="camel", roles="guest") == {
        "step": "blending",
        "mode": "camel",
        "roles": "guest",
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("told", ["", "-"])
def test_what_is_not_told_is_said_in_words(language, told):
    for blank, value in said(language, mode=told, roles=told, signed=told).items():
        assert value not in ("", "-"), blank


def test_components_and_their_figures_are_in_the_language():
    told = said("zh", component="freezing_point", figures="fat 5.62, density 1.03")

    assert told == {"component": "冰点", "figures": "脂肪 5.62，密度 1.03"}


def test_figures_keep_their_units_and_what_is_usual():
    told = said("en", figures="freezing_point -0.486 °C (-0.639 – -0.575)")

    assert told["figures"] == "freezing point -0.486 °C (-0.639 – -0.575)"


def test_units_are_in_words_and_identifiers_are_left_alone():
    unit = "https://id.gs1.org/00/095216000000000012"

    assert said("zh", amount="3.000 KGM", unit="kg", found="5 EA") == {
        "amount": "3.000 千克",
        "unit": "千克",
        "found": "5 件",
    }
    assert said("zh", unit=unit)["unit"] == unit


def test_numbers_are_grouped_and_codes_are_not():
    assert said("en", made="12345.5", area="650100", number="12345") == {
        "made": "12,345.5",
        "area": "650100",
        "number": "12345",
    }


def test_products_and_species_are_told_apart_by_name():
    told = said("zh", products="bactrian-milk, cow-milk", recipe="camel")

    assert told == {"products": "双峰驼乳、牛乳", "recipe": "骆驼"}
