import re
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import UnknownUnitError
from ledger.units import QUANTITY_DIMENSIONS, UNITS, find_unit, in_base_unit


def test_every_code_has_the_form_that_epcis_asks_for():
    for code, unit in UNITS.items():
        assert re.fullmatch("[A-Z0-9]{2,3}", code)
        assert unit.code == code
        assert unit.name


def test_masses_and_volumes_and_nothing_else_have_a_factor():
    for unit in UNITS.values():
        assert (unit.factor is not None) is (unit.dimension in {"mass", "volume"})


def test_every_dimension_of_goods_has_a_unit():
    assert {unit.dimension for unit in UNITS.values()} >= QUANTITY_DIMENSIONS


@pytest.mark.parametrize(
    ("value", "code", "want"),
    [
        pytest.param("1", "TNE", "1000", id="tonne"),
        pytest.param("1", "DTN", "100", id="decitonne"),
        pytest.param("1", "KGM", "1", id="kilogram"),
        pytest.param("1", "GRM", "0.001", id="gram"),
        pytest.param("1", "MGM", "0.000001", id="milligram"),
        pytest.param("1", "MC", "0.000000001", id="microgram"),
        pytest.param("100", "LBR", "45.359237", id="pound"),
        pytest.param("1", "MTQ", "1000", id="cubic-metre"),
        pytest.param("1", "HLT", "100", id="hectolitre"),
        pytest.param("1", "LTR", "1", id="litre"),
        pytest.param("1", "DMQ", "1", id="cubic-decimetre"),
        pytest.param("1", "DLT", "0.1", id="decilitre"),
        pytest.param("1", "CLT", "0.01", id="centilitre"),
        pytest.param("1", "MLT", "0.001", id="millilitre"),
        pytest.param("1", "CMQ", "0.001", id="cubic-centimetre"),
    ],
)
def test_a_unit_is_as_large_as_it_is(value, code, want):
    assert in_base_unit(Decimal(value), find_unit(code)) == Decimal(want)


@given(
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.sampled_from([unit for unit in UNITS.values() if unit.factor is not None]),
)
def test_conversion_never_rounds_a_number_that_a_body_may_hold(digits, unit):
    value = Decimal(digits).scaleb(-6)

    converted = in_base_unit(value, unit)

    with localcontext(prec=60):
        assert converted / unit.factor == value


@pytest.mark.parametrize("code", ["", "kg", "kgm", "KGM ", "L", "XXX", "P2"])
def test_an_unknown_code_is_refused_where_it_stands(code):
    with pytest.raises(UnknownUnitError) as refusal:
        find_unit(code, pointer="/quantityList/0/uom")

    assert refusal.value.code == "unknown-unit"
    assert refusal.value.pointer == "/quantityList/0/uom"


def test_a_temperature_has_no_base_unit():
    with pytest.raises(ValueError, match="CEL measures temperature"):
        in_base_unit(4, find_unit("CEL"))
