"""What is usual of a composition: how milk of one origin was before, and how it varies.

Whatever is asked for is by the middle value and the median distance from it, which a
few odd tests do not move.
"""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from ledger.audit.tested import WATER, Tested

LEAST_BEFORE: Final = 10
_MOST_BEFORE: Final = 40
_TO_DEVIATION: Final = Decimal("1.4826")
"""From the median distance to the standard deviation, if figures are spread evenly."""


class _Column(NamedTuple):
    """What each test found of a component, four times in units of the last digit.

    Whole numbers are much faster to sort; four times, a mean of means is whole.

    Attributes:
        name: The component.
        digits: Decimals of the unit.
        figures: Of each test; None where it was not found.
        floor: The least that the component varies.
        near: If half of all are no farther off, it does not vary more than that.
        water: What is found in water.
    """

    name: str
    digits: int
    figures: Sequence[int | None]
    floor: Decimal
    near: int
    water: float


class Usual(NamedTuple):
    """What was found of a component before, and how far it varies.

    Attributes:
        column: The component.
        median: What is found, in the units of the column.
        deviation: How far it varies, in the same.
        reach: How far it is from that of water, in the same.
        weight: How well it tells of water.
    """

    column: _Column
    median: int
    deviation: Decimal
    reach: float
    weight: float

    @property
    def middle(self) -> Decimal:
        """Return what is found."""
        return Decimal(self.median).scaleb(-self.column.digits) / 4

    @property
    def spread(self) -> Decimal:
        """Return how far it varies."""
        return self.deviation.scaleb(-self.column.digits) / 4


class _Window:
    """The last figures of a component, by their size, as time goes on.

    Attributes:
        column: The component.
    """

    def __init__(self, column: _Column) -> None:
        """Begin with none."""
        self.column = column
        self._last: deque[int] = deque()
        self._ordered: list[int] = []

    def add(self, place: int) -> None:
        """Take in the figure of a test, if it has one, and leave out the oldest."""
        figure = self.column.figures[place]
        if figure is None:
            return
        self._last.append(figure)
        insort(self._ordered, figure)
        if len(self._last) > _MOST_BEFORE:
            oldest = self._last.popleft()
            del self._ordered[bisect_left(self._ordered, oldest)]

    def usual(self) -> Usual | None:
        """Return what is usual by them; None if they are too few."""
        return _usual(self.column, self._ordered)


class History:
    """Tests in the order of time, and what was usual before each of them.

    Attributes:
        tests: All of them.
        strange: Places of those that tell nothing of what is usual.
    """

    def __init__(self, tests: Sequence[Tested], floors: Mapping[str, Decimal]) -> None:
        """Begin with all tests, and the least that each component varies."""
        self.tests = tests
        self.strange: set[int] = set()
        columns = [_column(name, tests, floor) for name, floor in floors.items()]
        self._columns = [
            column
            for column in columns
            if len(tests) - column.figures.count(None) >= LEAST_BEFORE
        ]
        self._is_whole = not any(None in column.figures for column in self._columns)
        self._known: dict[tuple[int, ...], Mapping[str, Usual]] = {}
        self._begin()

    def _begin(self) -> None:
        self._windows = [_Window(column) for column in self._columns]
        self._before: list[Mapping[str, Usual]] = [{}]

    def leave_out(self, places: Iterable[int]) -> None:
        """Have tests tell nothing of what is usual from now on."""
        self.strange |= {*places}
        self._begin()

    def before(self, place: int) -> Mapping[str, Usual]:
        """Return what is usual of each component, by the tests before one."""
        for last in range(len(self._before) - 1, place):
            usual: Mapping[str, Usual] = self._before[last]
            if last not in self.strange:
                for window in self._windows:
                    window.add(last)
                usual = {
                    window.column.name: found
                    for window in self._windows
                    if (found := window.usual()) is not None
                }
            self._before.append(usual)
        return self._before[place]

    def usual(self, known: Iterable[int]) -> Mapping[str, Usual]:
        """Return what is usual of each component, of which enough is known.

        Args:
            known: Places of the tests from which it is known, in the order of time.
        """
        places = tuple(known)
        if self._is_whole:
            places = places[-_MOST_BEFORE:]
        if places not in self._known:
            self._known[places] = {
                column.name: found
                for column in self._columns
                if (found := _usual(column, _ordered(column, places))) is not None
            }
        return self._known[places]


def _ordered(column: _Column, places: Iterable[int]) -> Sequence[int]:
    """Return the last figures at some places by their size."""
    told = [v for place in places if (v := column.figures[place]) is not None]
    return sorted(told[-_MOST_BEFORE:])


def _usual(column: _Column, ordered: Sequence[int]) -> Usual | None:
    """Return what is usual by figures in the order of size.

    It is None if they are too few, or all one: nothing can be measured by that.
    """
    if len(ordered) < LEAST_BEFORE:
        return None
    middle = _median(ordered)
    spread = _spread(column, ordered, middle)
    if not spread:
        return None
    reach = middle - column.water
    return Usual(column, middle, spread, reach, (reach / float(spread)) ** 2)


def _column(name: str, tests: Sequence[Tested], floor: Decimal) -> _Column:
    """Return what each test found of a component."""
    values = [test.values.get(name) for test in tests]
    digits = max((_decimals(value) for value in values if value is not None), default=0)
    unit = Decimal(4).scaleb(digits)
    return _Column(
        name,
        digits,
        [None if value is None else int(value * unit) for value in values],
        floor * unit,
        int(floor * unit / _TO_DEVIATION),
        float(WATER[name] * unit),
    )


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _spread(column: _Column, ordered: Sequence[int], middle: int) -> Decimal:
    """Return how far figures of a component vary, by their median distance."""
    near = bisect_right(ordered, middle + column.near) - bisect_left(
        ordered, middle - column.near
    )
    if near > len(ordered) // 2:
        return column.floor
    distance = _median(sorted([abs(value - middle) for value in ordered]))
    return max(_TO_DEVIATION * distance, column.floor)


def _median(ordered: Sequence[int]) -> int:
    """Return the middle of values that are whole multiples of 2; so far it is exact."""
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) // 2
