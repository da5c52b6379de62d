"""What a herd or a place gave, day by day, against what is expected of it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from ledger.audit.finding import Basis
from ledger.audit.report.charts.drawing import (
    box,
    drawing,
    path,
    point,
    steps,
    text,
)
from ledger.audit.report.wordbook import Wordbook, shown
from ledger.chart import Shape
from ledger.template import Bound, Range

_WIDTH: Final = 720
_LEFT: Final = 60
_RIGHT: Final = 704
_TOP: Final = 26
_BOTTOM: Final = 216
_TICKS: Final = 5
_LABELLED: Final = 12
"""So many of what is outside have their entry's number beside them."""


@dataclass(frozen=True, slots=True)
class YieldDay:
    """One day.

    Attributes:
        day: ``YYYY-MM-DD``.
        value: In the unit of the bound.
        entries: Of what it is added up from.
    """

    day: str
    value: Decimal
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Yields:
    """The days of one place.

    Attributes:
        place: Identifier of the place or party; empty for all of them.
        days: In their order, at least one.
        bound: What is expected; None if no template says.
        unit: Of the values, in words that need no translation: ``kg/d``.
        basis: Where the bound is from.
    """

    place: str
    days: tuple[YieldDay, ...]
    bound: Bound | None
    unit: str
    basis: Basis | None = None

    def is_outside(self, day: YieldDay) -> bool:
        """Tell whether a day is outside what is expected."""
        return self.bound is not None and bool(self.bound.outside(day.value))

    @property
    def outside(self) -> tuple[YieldDay, ...]:
        """Return the days that are."""
        return tuple(day for day in self.days if self.is_outside(day))


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where days and values are: values in thousandths."""

    first: int
    last: int
    high: int

    def x(self, day: str) -> int:
        past = date.fromisoformat(day).toordinal() - self.first
        return _LEFT + (_RIGHT - _LEFT) * past // max(self.last - self.first, 1)

    def y(self, value: Decimal) -> int:
        up = min(max(int(value * 1000), 0), self.high)
        return _BOTTOM - (_BOTTOM - _TOP) * up // self.high

    def area(self, within: Range, name: str) -> Shape:
        low = self.y(within.least or Decimal(0))
        high = _TOP if within.most is None else self.y(within.most)
        return box(_LEFT, high, _RIGHT - _LEFT, low - high, name)


def yields_shape(yields: Yields, *, words: Wordbook) -> Shape:
    """Return the drawing of a place's days."""
    days = [date.fromisoformat(each.day).toordinal() for each in yields.days]
    heights = steps(0, max(int(_highest(yields) * 1000), 1))
    scale = _Scale(min(days), max(days), heights[-1])
    shapes = _bands(yields.bound, scale)
    for height in heights:
        y = scale.y(Decimal(height) / 1000)
        shapes.append(path(f"M{_LEFT} {y}H{_RIGHT}", "grid"))
        shapes.append(text(f"{Decimal(height) / 1000:f}", _LEFT - 6, y + 4, "end"))
    shapes.append(text(yields.unit, 0, 12))
    shapes += _axis(scale)
    shapes += _marks(yields, scale)
    title = yields_title(yields, words)
    return drawing(title, _WIDTH, _BOTTOM + 26, shapes)


def yields_title(yields: Yields, words: Wordbook) -> str:
    """Return what the drawing is of."""
    place = shown(yields.place) if yields.place else words("yields.all")
    return words("yields.title", place=place)


def bounds_words(bound: Bound, words: Wordbook) -> list[str]:
    """Return what is expected, odd and hardly possible, in words."""
    tiers = (
        ("yields.expected", bound.expected),
        ("yields.warn", bound.warn),
        ("yields.critical", bound.critical),
    )
    said = []
    for key, tier in tiers:
        if tier is not None:
            low, high = (
                words("yields.open") if end is None else f"{end:f}"
                for end in (tier.least, tier.most)
            )
            said.append(words(key, low=low, high=high))
    return said


def _highest(yields: Yields) -> Decimal:
    """Return what the scale has to reach: each day, and the bounds near them."""
    most = max(day.value for day in yields.days)
    bound = yields.bound
    ends = [] if bound is None else [t.most for t in (bound.expected, bound.warn) if t]
    near = [end for end in ends if end is not None and end <= 2 * max(most, Decimal(1))]
    return max(most, *near) if near else most


def _bands(bound: Bound | None, scale: _Scale) -> list[Shape]:
    if bound is None:
        return []
    shapes = []
    if bound.warn is not None:
        shapes.append(scale.area(bound.warn, "band wide"))
    shapes.append(scale.area(bound.expected, "band"))
    for end in (bound.critical.least, bound.critical.most) if bound.critical else ():
        if end is not None and 0 < end * 1000 <= scale.high:
            shapes.append(path(f"M{_LEFT} {scale.y(end)}H{_RIGHT}", "limit"))
    return shapes


def _axis(scale: _Scale) -> list[Shape]:
    span = scale.last - scale.first
    count = min(_TICKS, span + 1)
    shapes = []
    for tick in range(count):
        day = date.fromordinal(scale.first + span * tick // max(count - 1, 1))
        side = "end" if tick and tick == count - 1 else "mid" if tick else ""
        x = scale.x(day.isoformat())
        shapes.append(text(day.isoformat(), x, _BOTTOM + 18, side))
    return shapes


def _marks(yields: Yields, scale: _Scale) -> list[Shape]:
    shapes = []
    labelled = 0
    for day in yields.days:
        x, y = scale.x(day.day), scale.y(day.value)
        named = "".join(f" #{entry}" for entry in day.entries[:3])
        title = f"{day.day}: {day.value:f} {yields.unit}{named}"
        is_outside = yields.is_outside(day)
        shapes.append(point(x, y, is_odd=is_outside, title=title))
        if is_outside and day.entries and labelled < _LABELLED:
            labelled += 1
            side = "small end" if x > (_LEFT + _RIGHT) // 2 else "small"
            across = -9 if x > (_LEFT + _RIGHT) // 2 else 9
            shapes.append(text(f"#{day.entries[0]}", x + across, y + 4, side))
    return shapes
