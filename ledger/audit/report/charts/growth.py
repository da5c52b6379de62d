"""What an animal weighed over its age, against published bounds."""

from dataclasses import dataclass

from ledger.audit.report.wordbook import Wordbook, shown
from ledger.chart import Band, Shape, weights_shape


@dataclass(frozen=True, slots=True)
class Weight:
    """One weighing.

    Attributes:
        age: In days.
        grams: The weight.
        day: As it is written.
        entry: Of the entry that tells it.
        is_outside: Whether it is outside the bounds.
    """

    age: int
    grams: int
    day: str
    entry: int
    is_outside: bool


@dataclass(frozen=True, slots=True)
class Growth:
    """The weighings of one animal.

    Attributes:
        animal: Its identifier.
        weights: By age, at least one.
        bands: Bounds: days of age, and the least and the most in grams.
        source: Key of the text that says where the bounds are from; empty if there
            are none.
    """

    animal: str
    weights: tuple[Weight, ...]
    bands: tuple[Band, ...] = ()
    source: str = ""


def growth_shape(growth: Growth, *, words: Wordbook) -> Shape:
    """Return the drawing of an animal's weighings."""
    points = [
        (
            weight.age,
            weight.grams,
            f"{weight.day} #{weight.entry}: {kilograms(weight.grams)} kg",
            weight.is_outside,
        )
        for weight in growth.weights
    ]
    return weights_shape(
        words("growth.title", animal=shown(growth.animal)),
        points,
        growth.bands,
        across=words("growth.months"),
        up=words("growth.kilograms"),
    )


def kilograms(grams: int) -> str:
    """Return a mass in kilograms.

    >>> kilograms(412_500), kilograms(30)
    ('412.5', '0.03')
    """
    return f"{grams // 1000}.{grams % 1000:03}".rstrip("0").rstrip(".")
