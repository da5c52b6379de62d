"""Small drawings of figures: bars, a growth chart, temperatures along the way.

A drawing is a tree of shapes, all numbers whole, styled by classes alone. A server
writes it out as text, a script builds the same nodes, so the two can be compared. No
meaning is carried by colour alone: parts have numbers, what lies outside a band is a
square, and all figures stand as text beside the drawing as well. Coordinates run from
left to right in every language, as time and scales do.

Pure and total. ``scanner_web/verify/chart.js`` is the same module for the browser.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ledger.wording import Messages, date, measure, word

Part = tuple[str, int, str]
"""A label, a size, and the size in words."""
Point = tuple[int, int, str, bool]
"""Where along, how much, its title, and whether it is drawn as a square."""
Band = Sequence[tuple[int, int, int]]
"""Corners from left to right: where along, the lower and the upper bound."""
Tick = tuple[int, str]

_WIDTH: Final = 312
_LEFT: Final = 40
_RIGHT: Final = 302
_BEYOND: Final = 6
_TOP: Final = 24
_BOTTOM: Final = 164
_CLASSES: Final = 6
_SHOWN_AT: Final = 14
"""Segments from so many pixels on have their number in them."""
_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_MONTH: Final = 30_437
"""Thousandths of a day."""
_MONTHS: Final = (2, 3, 6, 12, 24, 60, 120)
_YEAR: Final = 365
_MARGIN: Final = 15
_SPAN: Final = 456
"""The fewest days across: fifteen months."""
_DAY: Final = 86_400
_STEPS: Final = (5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_COLUMNS: Final = 48
_HOTTEST: Final = 5000
_RAW_PHASE: Final = "milk"
_DRAWN: Final = frozenset({_RAW_PHASE, "road", "delivery", "shop"})
COLD_LIMIT: Final = 40
"""Tenths of a degree: raw milk is to be cooled to 4 °C within two hours."""


@dataclass(frozen=True, slots=True)
class Shape:
    """An element of a drawing."""

    tag: str
    attributes: tuple[tuple[str, str], ...] = ()
    children: "tuple[Shape | str, ...]" = ()


def to_svg(shape: Shape) -> str:
    """Write a drawing out.

    >>> to_svg(Shape("g", (("class", 'a"b'),), ("1 < 2",)))
    '<g class="a&quot;b">1 &lt; 2</g>'
    """
    attributes = "".join(f' {name}="{_safe(text)}"' for name, text in shape.attributes)
    children = "".join(
        _safe(child) if isinstance(child, str) else to_svg(child)
        for child in shape.children
    )
    return f"<{shape.tag}{attributes}>{children}</{shape.tag}>"


def bars_shape(title: str, bars: Iterable[tuple[str, Sequence[Part]]]) -> Shape:
    """Return bars that add up parts to a whole, each with its parts in words below."""
    shapes: list[Shape] = []
    y = 0
    for called, parts in bars:
        shapes.append(_text(called, 0, y + 14, "head"))
        shapes += _bar(parts, y + 22)
        y += 66
        for place, (label, size, words) in enumerate(parts):
            if size > 0:
                shapes.append(_text(f"{place + 1}", 0, y, "key"))
                shapes.append(_text(label, 18, y))
                shapes.append(_text(words, _WIDTH, y, "end"))
                y += 20
        y += 8
    return _drawing(title, y, shapes)


def weights_shape(
    title: str,
    points: Sequence[Point],
    bands: Iterable[Band],
    *,
    across: str,
    up: str,
) -> Shape:
    """Return weighings over age, at least one, against bands.

    Args:
        title: Of the drawing.
        points: Age in days, weight in grams, title, and whether it is outside.
        bands: The same of bounds.
        across: What the lower axis shows: months.
        up: What the other one shows: kilograms.
    """
    ages = [age for age, *_ in points]
    # Of grown animals the first years are not shown.
    first = min(ages) - _YEAR if min(ages) > 2 * _YEAR else min(*ages, 0)
    last = max(max(ages) + _MARGIN, first + _SPAN)
    seen = [_clipped(band, first, last) for band in bands]
    weights = [weight for _, weight, *_ in points]
    weights += [high for band in seen for _, _, high in band]
    months = _scale(first * 1000 // _MONTH, last * 1000 // _MONTH, _MONTHS)
    ticks = [(month * _MONTH // 1000, f"{month}") for month in months]
    kilograms = _scale(0, max(weights) // 1000 + 1, _STEPS)
    heights = [(kilogram * 1000, f"{kilogram}") for kilogram in kilograms]
    grid = _Grid(first, last, 0, heights[-1][0])
    shapes = [grid.band(band) for band in seen if band]
    shapes += grid.axes([t for t in ticks if first <= t[0] <= last], heights, up)
    shapes.append(_text(across, _RIGHT, _BOTTOM + 34, "end"))
    shapes += [grid.point(point) for point in points]
    return _drawing(title, _BOTTOM + 40, shapes)


def temperature_shape(
    points: Sequence[tuple[int, int, str]], *, messages: Messages
) -> Shape | None:
    """Return temperatures over time with the limit of raw milk that was cooled.

    What lies close together is one stroke, from the lowest to the highest. What is
    measured later is a square: the limit is not for it. What a plant does to goods is
    no temperature of the way, and not drawn.

    Args:
        points: Seconds since 1970, tenths of a degree Celsius, and the phase.
        messages: The locale's texts by key.

    Returns:
        None if there is nothing to draw.
    """
    drawn: list[Point] = []
    for when, tenths, phase in points:
        if phase in _DRAWN and -_HOTTEST < tenths < _HOTTEST:
            called = messages.get(f"phase.{phase}", phase)
            degrees = measure(_tenths(tenths), "CEL", messages)
            drawn.append((when, tenths, f"{called}: {degrees}", phase != _RAW_PHASE))
    if not drawn:
        return None
    times = [when for when, *_ in drawn]
    first, last = min(times), max(times)
    values = [tenths for _, tenths, *_ in drawn]
    degrees_shown = _scale(
        min(*values, 0) // 10, max(*values, COLD_LIMIT + 10) // 10 + 1, _STEPS
    )
    heights = [(degree * 10, f"{degree}") for degree in degrees_shown]
    grid = _Grid(first, max(last, first + _DAY), heights[0][0], heights[-1][0])
    shapes = grid.axes([], heights, word("unit", "CEL", messages))
    shapes.append(_text(date(_day(first), messages), _LEFT, _BOTTOM + 16))
    shapes.append(_text(date(_day(last), messages), _RIGHT, _BOTTOM + 16, "end"))
    # The limit is drawn no further than what it is for.
    raw = [grid.x(when) for when, _, _, is_square in drawn if not is_square]
    if raw:
        ends = max(_LEFT, min(raw) - _BEYOND), min(_RIGHT, max(raw) + _BEYOND)
        limit = f"M{ends[0]} {grid.y(COLD_LIMIT)}H{ends[1]}"
        shapes.append(_path(limit, "limit"))
    shapes += [grid.stroke(column) for column in grid.columns(drawn)]
    legend = ("cold.limit", "cold.raw", "cold.later")
    for place, key in enumerate(legend):
        y = _BOTTOM + 40 + 20 * place
        shapes.append(
            _path(f"M0 {y - 4}H14", "limit")
            if place == 0
            else _mark(7, y - 4, "", is_square=place == len(legend) - 1)
        )
        shapes.append(_text(messages.get(key, key), 22, y))
    return _drawing(messages.get("cold.title", "cold.title"), _BOTTOM + 90, shapes)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where things are in a drawing."""

    first: int
    last: int
    low: int
    high: int

    def x(self, along: int) -> int:
        return _LEFT + (along - self.first) * (_RIGHT - _LEFT) // (
            self.last - self.first
        )

    def y(self, up: int) -> int:
        return _BOTTOM - (up - self.low) * (_BOTTOM - _TOP) // (self.high - self.low)

    def axes(
        self, ticks: Sequence[Tick], heights: Sequence[Tick], up: str
    ) -> list[Shape]:
        shapes = [_text(up, 0, 12)]
        for value, shown in heights:
            y = self.y(value)
            shapes.append(_path(f"M{_LEFT} {y}H{_RIGHT}", "grid"))
            shapes.append(_text(shown, _LEFT - 6, y + 4, "end"))
        for along, shown in ticks:
            shapes.append(_text(shown, self.x(along), _BOTTOM + 16, "mid"))
        return shapes

    def band(self, band: Band) -> Shape:
        upper = [f"{self.x(along)} {self.y(high)}" for along, _, high in band]
        lower = [f"{self.x(along)} {self.y(low)}" for along, low, _ in reversed(band)]
        return _path(f"M{'L'.join(upper + lower)}Z", "band")

    def point(self, point: Point) -> Shape:
        along, up, title, is_square = point
        return _mark(self.x(along), self.y(up), title, is_square=is_square)

    def columns(self, points: Sequence[Point]) -> list[list[Point]]:
        """Return points that would lie on each other together."""
        found: dict[tuple[int, bool], list[Point]] = {}
        for point in sorted(points, key=lambda point: point[0]):
            column = (point[0] - self.first) * _COLUMNS // (self.last - self.first)
            found.setdefault((column, point[3]), []).append(point)
        return [*found.values()]

    def stroke(self, points: Sequence[Point]) -> Shape:
        """Return one point, or from the lowest to the highest of several."""
        by_value = sorted(points, key=lambda point: point[1])
        lowest, highest = by_value[0], by_value[-1]
        if lowest[1] == highest[1]:
            return self.point(points[0])
        x, top, foot = self.x(points[0][0]), self.y(highest[1]), self.y(lowest[1])
        is_square = points[0][3]
        title = f"{lowest[2]} – {highest[2]}"
        return Shape(
            "rect",
            (
                ("class", "mark square" if is_square else "mark"),
                ("x", f"{x - 3}"),
                ("y", f"{top - 3}"),
                ("width", "6"),
                ("height", f"{foot - top + 6}"),
                ("rx", "0" if is_square else "3"),
            ),
            _titled(title),
        )


def _bar(parts: Sequence[Part], y: int) -> list[Shape]:
    whole = sum(max(size, 0) for _, size, _ in parts)
    shapes: list[Shape] = []
    done = 0
    for place, (label, size, words) in enumerate(parts):
        if size <= 0:
            continue
        x = done * _WIDTH // whole
        done += size
        width = done * _WIDTH // whole - x
        shapes.append(
            Shape(
                "rect",
                (
                    ("class", f"part p{place % _CLASSES}"),
                    ("x", f"{x}"),
                    ("y", f"{y}"),
                    ("width", f"{max(width, 1)}"),
                    ("height", "24"),
                ),
                _titled(f"{label}: {words}"),
            )
        )
        if width >= _SHOWN_AT:
            shapes.append(_text(f"{place + 1}", x + width // 2, y + 17, "mid on"))
    return shapes


def _clipped(band: Band, first: int, last: int) -> list[tuple[int, int, int]]:
    """Return the part of a band that is drawn."""
    found: list[tuple[int, int, int]] = []
    for (start, low, high), (end, low_end, high_end) in pairwise(band):
        for at in (max(start, first), min(end, last)):
            past, days = at - start, end - start
            corner = (
                at,
                low + (low_end - low) * past // days,
                high + (high_end - high) * past // days,
            )
            is_seen = first <= at <= last and start <= at <= end
            if is_seen and corner not in found[-1:]:
                found.append(corner)
    return found


def _scale(low: int, high: int, steps: Sequence[int]) -> list[int]:
    """Return round numbers, at most seven, from one at or below to one at or above."""
    step = next((s for s in steps if (high - low) // s <= 5), 10**18)
    first = low // step
    last = -(-high // step)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def _tenths(value: int) -> str:
    sign = "-" if value < 0 else ""
    return f"{sign}{abs(value) // 10}.{abs(value) % 10}"


def _day(seconds: int) -> str:
    """Return the day in UTC, of the proleptic Gregorian calendar.

    >>> _day(0), _day(1_785_801_600)
    ('1970-01-01', '2026-08-04')
    """
    # Days since 1 March of the year 0, of which leap days come last.
    days = seconds // _DAY + 719_468
    of_era = days % 146_097
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    years = days // 146_097 * 400 + year + (1 if month < 3 else 0)
    return f"{str(years).rjust(4, '0')}-{month:02}-{day:02}"


def _mark(x: int, y: int, title: str, *, is_square: bool) -> Shape:
    if is_square:
        place = (("x", f"{x - 4}"), ("y", f"{y - 4}"), ("width", "8"), ("height", "8"))
        return Shape("rect", (("class", "mark square"), *place), _titled(title))
    circle = (("cx", f"{x}"), ("cy", f"{y}"), ("r", "4"))
    return Shape("circle", (("class", "mark"), *circle), _titled(title))


def _path(d: str, name: str) -> Shape:
    return Shape("path", (("class", name), ("d", d)))


def _text(shown: str, x: int, y: int, name: str = "") -> Shape:
    place = (("x", f"{x}"), ("y", f"{y}"))
    classes = (("class", name),) if name else ()
    return Shape("text", (*classes, *place), _words(shown))


def _titled(shown: str) -> tuple[Shape, ...]:
    return (Shape("title", (), _words(shown)),) if shown else ()


def _words(shown: str) -> tuple[str, ...]:
    """Return a text as a page keeps it: no control characters, and none if empty."""
    plain = _UNSEEN.sub("", shown)
    return (plain,) if plain else ()


def _drawing(title: str, height: int, shapes: Iterable[Shape]) -> Shape:
    attributes = (
        ("class", "chart"),
        ("role", "img"),
        ("viewBox", f"0 0 {_WIDTH} {height}"),
    )
    return Shape("svg", attributes, (*_titled(title), *shapes))


def _safe(shown: str) -> str:
    for sign, spelled in (("&", "amp"), ("<", "lt"), (">", "gt"), ('"', "quot")):
        shown = shown.replace(sign, f"&{spelled};")
    return shown
