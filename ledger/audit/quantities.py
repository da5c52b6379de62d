"""Quantities as checks count them: masses, volumes and pieces, never one for another.

A pack counts as its net content where the product says one. A litre is never made a
kilogram: without a measured density and temperature nobody knows what it weighs.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from ledger.audit.book import Book, Period, Thing, each_flow, once
from ledger.audit.flow import Flow, total
from ledger.audit.record import Amount, Record
from ledger.massflow import item_of, key_of
from ledger.template import Template
from ledger.units import UNITS

EXACT: Final = Decimal("0.0005")
"""Scales tell kilograms to the gram: half of one is no difference."""
TWO_SCALES: Final = Decimal("0.005")
"""The share by which two scales in order may differ; a choice of this project."""

_PIECES: Final = frozenset({"", "C62", "EA", "H87"})
_NET: Final = ("ilmd.gs1:netContent", "ilmd.gs1:netWeight", "ilmd.cbvmda:netWeight")
_ANIMAL: Final = "/id/animal/"
_EPOCH_YEAR: Final = 1970
_DAY_US: Final = 86_400_000_000
_USUAL_DAYS: Final = Decimal(3)
"""How late entries usually are where no template says it."""
_SYMBOLS: Final = {"mass": "kg", "volume": "L", "count": "pcs"}


class Measure(NamedTuple):
    """How much of something: kilograms, litres, pieces, or what else is written.

    Attributes:
        dimension: What is measured; of a unit that makes no sums, its code. So what is
            told in cases is compared with cases, and with nothing else.
        number: How much.
    """

    dimension: str
    number: Decimal

    @property
    def unit(self) -> str:
        """Return the sign of its unit."""
        return _SYMBOLS.get(self.dimension, self.dimension)


def measure(amount: Amount) -> Measure | None:
    """Return how much an amount is; None if it tells none."""
    if amount.kilograms is not None:
        return Measure("mass", amount.kilograms)
    number = Decimal(amount.quantity) if amount.quantity else None
    if number is None or number < 0:
        return None
    if amount.unit in _PIECES:
        return Measure("count", number)
    unit = UNITS.get(amount.unit)
    if unit is None or unit.factor is None:
        return Measure(amount.unit, number)
    return Measure(unit.dimension, number * unit.factor)


def dimension_of(amount: Amount) -> str:
    """Return what is measured of an amount, as ``measure`` does; empty for nothing."""
    if not amount.quantity or amount.quantity.startswith("-"):
        told = measure(amount)
        return "" if told is None else told.dimension
    if amount.unit in _PIECES:
        return "count"
    unit = UNITS.get(amount.unit)
    return amount.unit if unit is None or unit.factor is None else unit.dimension


def sums(amounts: Iterable[Amount]) -> dict[str, Decimal]:
    """Return the sum of each dimension; what cannot be summed is left out."""
    found: dict[str, Decimal] = {}
    for amount in amounts:
        told = measure(amount)
        if told is not None:
            found[told.dimension] = found.get(told.dimension, Decimal(0)) + told.number
    return found


def net_kilograms(book: Book, name: str) -> Decimal | None:
    """Return the net mass of one pack of a lot or with a serial; None if none is told.

    What is said of the lot goes before what is said of its trade item.
    """
    for each in (name, item_of(name)):
        for record in reversed(book.thing(each).records) if each else ():
            if each not in record.created:
                continue
            for fact in _NET:
                mass = as_kilograms(record.fact(fact))
                if mass is not None:
                    return mass
    return None


def as_kilograms(written: str) -> Decimal | None:
    """Return a mass as facts have it, in kilograms.

    >>> as_kilograms("500 GRM"), as_kilograms("18 MON")
    (Decimal('0.500'), None)
    """
    number, _, code = written.partition(" ")
    unit = UNITS.get(code)
    if unit is None or unit.dimension != "mass" or unit.factor is None:
        return None
    return Decimal(number) * unit.factor


def kilograms(book: Book, amount: Amount) -> Decimal | None:
    """Return the mass of an amount; packs count as their net content."""
    if amount.kilograms is not None:
        return amount.kilograms
    key = key_of(amount.name)
    if key == "21" and not amount.quantity:
        return net_kilograms(book, amount.name)
    told = measure(amount) if key == "10" else None
    if told is None or told.dimension != "count":
        return None
    net = net_kilograms(book, amount.name)
    return None if net is None else net * told.number


def mass_in(book: Book, flow: Flow) -> Decimal | None:
    """Return the kilograms that go into a transformation; None if one is not known."""
    if not flow.inputs:
        return None
    return total(kilograms(book, each) for each in flow.inputs)


def mass_out(book: Book, flow: Flow) -> Decimal | None:
    """Return the kilograms that come out; serials do not count beside their lot."""
    outputs = lots_and_others(flow)
    return total(kilograms(book, each) for each in outputs) if outputs else None


def lots_and_others(flow: Flow) -> list[Amount]:
    """Return what comes out of a transformation, without serials that are in a lot."""
    keyed = [(key_of(each.name), each) for each in flow.outputs]
    lots = {item_of(each.name) for key, each in keyed if key == "10"}
    if not lots:
        return [*flow.outputs]
    return [
        each for key, each in keyed if key != "21" or item_of(each.name) not in lots
    ]


def packs(flow: Flow) -> list[Amount]:
    """Return the lots of packs that come out of a transformation, told in pieces."""
    return [
        each
        for each in flow.outputs
        if key_of(each.name) == "10" and dimension_of(each) == "count"
    ]


def main_output(flow: Flow) -> str:
    """Return what a transformation is about: its first output that is no serial."""
    first = flow.outputs[0].name if flow.outputs else ""
    if key_of(first) != "21":
        return first
    return next((each.name for each in lots_and_others(flow)), first)


@once
def flows_of(period: Period) -> Sequence[Flow]:
    """Return the transformations that are told of in a month."""
    return tuple(each_flow(period.records, period.book))


@once
def flows_about(thing: Thing) -> Sequence[Flow]:
    """Return the transformations that a thing is the main output of.

    So each is looked at once, however many serials come out of it.
    """
    flows: Sequence[Flow] = thing.made_by
    if flows and key_of(thing.name) == "21":
        flows = [flow for flow in flows if key_of(_last_output(flow)) != "10"]
    return tuple([flow for flow in flows if main_output(flow) == thing.name])


def _last_output(flow: Flow) -> str:
    """Return what comes out of a transformation last: a lot after its serials."""
    for record in reversed(flow.records):
        for each in reversed(record.things):
            if each.role == "output":
                return each.name
    return ""


@once
def sources(thing: Thing) -> Sequence[str]:
    """Return the goods that a thing was made of: all that went in but animals."""
    names = [each.name for flow in thing.made_by for each in flow.inputs]
    return [name for name in names if _ANIMAL not in name]


def goes_away(record: Record) -> bool:
    """Tell whether an event takes what it is about out of the world."""
    return record.type == "ObjectEvent" and (
        record.action == "DELETE" or record.step == "retail_selling"
    )


def removed(thing: Thing) -> Sequence[tuple[Record, Amount]]:
    """Return how much of a thing was thrown away, or sold without a serial."""
    return [
        (record, amount)
        for record in thing.in_time
        if (record.action == "DELETE" or record.step == "retail_selling")
        and goes_away(record)
        and (amount := record.amount(thing.name, "about"))
    ]


def is_overdue(book: Book, record: Record, template: Template | None) -> bool:
    """Tell whether what belongs to a record should be there by now.

    Entries come days late where there is no signal: so long nothing is missing. The
    template says how long that usually is.
    """
    bound = None if template is None else template.bound("late.entry")
    most = None if bound is None else bound.expected.most
    return book.is_past(record.at_us + int((most or _USUAL_DAYS) * _DAY_US))


def is_animal(name: str) -> bool:
    """Tell whether an identifier names an animal.

    >>> is_animal("https://herd.example/id/animal/7")
    True
    """
    return _ANIMAL in name


def written(amount: Amount) -> str:
    """Return an amount as it is written, with the code of its unit."""
    return f"{amount.quantity} {amount.unit}".strip()


def month_text(month: int) -> str:
    """Return a month of a scope as it is written.

    >>> month_text(0), month_text(12 * 56 + 1)
    ('1970-01', '2026-02')
    """
    year, of_year = divmod(month, 12)
    return f"{_EPOCH_YEAR + year}-{of_year + 1:02}"
