"""Amounts: quantities that nobody can sum or compare, and that nobody guesses."""

from collections.abc import Iterator
from typing import Final

from ledger.audit.book import Book, Period
from ledger.audit.check import Check, PeriodCheck
from ledger.audit.finding import Finding, finding_of
from ledger.audit.quantities import dimension_of, is_animal, month_text, written
from ledger.audit.record import Amount, Record
from ledger.massflow import key_of
from ledger.units import UNITS

_SIDES: Final = frozenset({"input", "output"})
_LITRES: Final = frozenset(c for c, u in UNITS.items() if u.dimension == "volume")
"""Codes of units that make sums of litres."""


def unclear_quantities(period: Period) -> Iterator[Finding]:
    """Yield findings of quantities of a month that cannot be summed or compared."""
    mixed: list[tuple[Record, str]] = []
    unclear: list[tuple[Record, str]] = []
    for record in period.records:
        is_flow = record.type == "TransformationEvent"
        for amount in record.things:
            if amount.unit and amount.unit not in UNITS:
                unclear.append((record, f"{amount.name} {written(amount)}"))
            is_in_litres = amount.unit in _LITRES and not is_flow
            if is_in_litres and _is_made_in_kilograms(period.book, amount):
                mixed.append((record, amount.name))
        if is_flow:
            unclear += [
                (record, amount.name)
                for amount in record.things
                if not amount.quantity and _lacks_quantity(period.book, amount)
            ]
            lot = _mixes(period.book, record)
            if lot:
                mixed.append((record, lot))
    for rule_id, told in (("units-mixed", mixed), ("quantity-unclear", unclear)):
        if told:
            yield _of_month(rule_id, period, told)


def _mixes(book: Book, record: Record) -> str:
    """Return a lot that is told in kilograms and in litres; nothing if none is."""
    told_of = [each for each in record.things if each.quantity]
    inputs = [(a.name, dimension_of(a)) for a in told_of if a.role == "input"]
    outputs = [(a.name, dimension_of(a)) for a in told_of if a.role == "output"]
    inside = {told: name for name, told in inputs if told}
    outside = {told: name for name, told in outputs if told}
    for side in (inside, outside):
        if {"mass", "volume"} <= side.keys():
            return side["volume"]
    if {"mass", "volume"} <= inside.keys() | outside.keys():
        return (inside | outside)["volume"]
    for name, told in inputs:
        is_either = told in {"mass", "volume"}
        if is_either and {"mass", "volume"} == {told, *_made_in(book, name)}:
            return name
    return ""


def _is_made_in_kilograms(book: Book, amount: Amount) -> bool:
    """Tell whether goods that are told in litres were made in kilograms."""
    is_told = dimension_of(amount) == "volume"
    return is_told and "mass" in _made_in(book, amount.name)


def _made_in(book: Book, name: str) -> set[str]:
    """Return what goods were measured in when they were made."""
    thing = book.thing(name)
    makers = [record for flow in thing.made_by for record in flow.records]
    return {
        told
        for record in (*makers, *thing.added_by)
        for each in record.things
        if each.name == name and each.role != "input" and (told := dimension_of(each))
    }


def _lacks_quantity(book: Book, amount: Amount) -> bool:
    """Tell whether goods without a quantity are such as are counted or weighed."""
    if amount.role not in _SIDES or is_animal(amount.name):
        return False
    if key_of(amount.name) == "21":
        return False
    if key_of(amount.name) == "10":
        return True
    makers = book.thing(amount.name).made_by if amount.role == "input" else ()
    outputs = [each for flow in makers for each in flow.outputs]
    return any(each.name == amount.name and each.quantity for each in outputs)


def _of_month(rule_id: str, period: Period, told: list[tuple[Record, str]]) -> Finding:
    first = told[0]
    return finding_of(
        rule_id,
        "warning",
        told[-1][0],
        about=(period.name, *dict.fromkeys(n.split(" ")[0] for _, n in told[:9])),
        values={
            "place": period.name,
            "month": month_text(period.month),
            "count": str(len(told)),
            "first": first[1],
            "time": first[0].time,
            "party": first[0].party,
        },
        entries=[record.index for record, _ in told],
        mark=str(period.month),
    )


CHECKS: Final[tuple[Check, ...]] = (
    PeriodCheck("place", ("units-mixed", "quantity-unclear"), unclear_quantities),
)
