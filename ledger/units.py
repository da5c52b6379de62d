"""Units of measure that the ledger admits: a subset of UN/ECE Recommendation 20.

Codes, not symbols, stand in statements (EPCIS 2.0, ``uom``). Which codes a ledger
admits is its own rule and never makes an entry invalid; to widen the table is safe.
Masses are summed in kilograms and volumes in litres, in decimal and without rounding.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from ledger.errors import UnknownUnitError


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of measure.

    Attributes:
        code: The common code of Recommendation 20.
        name: The English name there.
        dimension: What it measures, one word.
        factor: How many kilograms or litres one of it is; None for other dimensions.
    """

    code: str
    name: str
    dimension: str
    factor: Decimal | None = None


def _unit(code: str, name: str, dimension: str, factor: str | None = None) -> Unit:
    return Unit(code, name, dimension, None if factor is None else Decimal(factor))


UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        unit.code: unit
        for unit in (
            _unit("MC", "microgram", "mass", "0.000000001"),
            _unit("MGM", "milligram", "mass", "0.000001"),
            _unit("GRM", "gram", "mass", "0.001"),
            _unit("KGM", "kilogram", "mass", "1"),
            _unit("DTN", "decitonne", "mass", "100"),
            _unit("TNE", "tonne", "mass", "1000"),
            _unit("LBR", "pound", "mass", "0.45359237"),
            _unit("MLT", "millilitre", "volume", "0.001"),
            _unit("CMQ", "cubic centimetre", "volume", "0.001"),
            _unit("CLT", "centilitre", "volume", "0.01"),
            _unit("DLT", "decilitre", "volume", "0.1"),
            _unit("LTR", "litre", "volume", "1"),
            _unit("DMQ", "cubic decimetre", "volume", "1"),
            _unit("HLT", "hectolitre", "volume", "100"),
            _unit("MTQ", "cubic metre", "volume", "1000"),
            _unit("C62", "one", "count"),
            _unit("EA", "each", "count"),
            _unit("H87", "piece", "count"),
            _unit("HEA", "head", "count"),
            _unit("NCL", "number of cells", "count"),
            _unit("DZN", "dozen", "count"),
            _unit("MMT", "millimetre", "length"),
            _unit("CMT", "centimetre", "length"),
            _unit("MTR", "metre", "length"),
            _unit("KMT", "kilometre", "length"),
            _unit("MTK", "square metre", "area"),
            _unit("P1", "percent", "fraction"),
            _unit("60", "percent weight", "fraction"),
            _unit("VP", "percent volume", "fraction"),
            _unit("59", "part per million", "fraction"),
            _unit("KMQ", "kilogram per cubic metre", "density"),
            _unit("23", "gram per cubic centimetre", "density"),
            _unit("GL", "gram per litre", "density"),
            _unit("M1", "milligram per litre", "density"),
            _unit("H29", "microgram per litre", "density"),
            _unit("A93", "gram per cubic metre", "density"),
            _unit("GP", "milligram per cubic metre", "density"),
            _unit("C35", "mole per cubic decimetre", "amount-concentration"),
            _unit("C38", "mole per litre", "amount-concentration"),
            _unit("M33", "millimole per litre", "amount-concentration"),
            _unit("K63", "reciprocal litre", "number-concentration"),
            _unit("C86", "reciprocal cubic metre", "number-concentration"),
            _unit("CEL", "degree Celsius", "temperature"),
            _unit("KEL", "kelvin", "temperature"),
            _unit("FAH", "degree Fahrenheit", "temperature"),
            _unit("SEC", "second", "time"),
            _unit("MIN", "minute", "time"),
            _unit("HUR", "hour", "time"),
            _unit("DAY", "day", "time"),
            _unit("WEE", "week", "time"),
            _unit("MON", "month", "time"),
            _unit("ANN", "year", "time"),
            _unit("MTS", "metre per second", "speed"),
            _unit("KMH", "kilometre per hour", "speed"),
            _unit("DD", "degree", "angle"),
            _unit("PAL", "pascal", "pressure"),
            _unit("BAR", "bar", "pressure"),
            _unit("JOU", "joule", "energy"),
            _unit("KWH", "kilowatt hour", "energy"),
            _unit("WTT", "watt", "power"),
            _unit("KWT", "kilowatt", "power"),
            _unit("VLT", "volt", "voltage"),
            _unit("LUX", "lux", "illuminance"),
            _unit("D10", "siemens per metre", "conductivity"),
            _unit("Q30", "pH", "acidity"),
        )
    }
)
"""Every unit that is admitted, by its code."""

QUANTITY_DIMENSIONS = frozenset({"area", "count", "length", "mass", "volume"})
"""What a quantity of goods may be measured in."""


def find_unit(code: str, *, pointer: str | None = None) -> Unit:
    """Return the unit of a code.

    Args:
        code: The common code.
        pointer: Where in the body it stands, for the refusal.

    Raises:
        UnknownUnitError: The code is not in the table.

    >>> find_unit("KGM").name
    'kilogram'
    """
    unit = UNITS.get(code)
    if unit is None:
        raise UnknownUnitError(
            f"unit: got {code[:20]!r}, want a UN/ECE Recommendation 20 code "
            f"such as KGM, LTR, H87, CEL or P1",
            pointer=pointer,
        )
    return unit


def in_base_unit(value: int | Decimal, unit: Unit) -> Decimal:
    """Return a mass in kilograms or a volume in litres, exactly.

    Raises:
        ValueError: The unit is one of neither; ask ``dimension`` first.

    >>> in_base_unit(Decimal("41.6"), find_unit("GRM"))
    Decimal('0.0416')
    """
    if unit.factor is None:
        raise ValueError(f"{unit.code} measures {unit.dimension}, want mass or volume")
    return value * unit.factor
