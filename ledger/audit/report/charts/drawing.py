"""What the drawings of a report are made of: texts, lines, boxes and marks."""

from collections.abc import Iterable
from typing import Final, Literal

from ledger.audit.report.wordbook import plain
from ledger.chart import Shape

Form = Literal["circle", "square", "diamond", "triangle"]

_REACH: Final = 5
"""From the middle of a mark to its edge."""
_STRIPE: Final = 4
_NARROW: Final = 1
_WIDE: Final = 2
_LAST_NARROW: Final = "\u2e7f"


def drawing(title: str, width: int, height: int, shapes: Iterable[Shape]) -> Shape:
    """Return a whole drawing, with the title that is read out."""
    attributes = (
        ("class", "chart"),
        ("role", "img"),
        ("viewBox", f"0 0 {width} {height}"),
    )
    return Shape("svg", attributes, (*titled(title), *shapes))


def text(shown: str, x: int, y: int, name: str = "") -> Shape:
    """Return a text whose line begins there."""
    classes = (("class", name),) if name else ()
    said = plain(shown)
    place = (("x", f"{x}"), ("y", f"{y}"))
    return Shape("text", (*classes, *place), (said,) if said else ())


def path(d: str, name: str, title: str = "") -> Shape:
    """Return a line or an area."""
    return Shape("path", (("class", name), ("d", d)), titled(title))


def box(x: int, y: int, width: int, height: int, name: str, title: str = "") -> Shape:
    """Return a rectangle; never one of no size, which nobody would see."""
    place = (
        ("x", f"{x}"),
        ("y", f"{y}"),
        ("width", f"{max(width, 1)}"),
        ("height", f"{max(height, 1)}"),
    )
    return Shape("rect", (("class", name), *place), titled(title))


def stripes(x: int, y: int, width: int, height: int, name: str) -> Shape:
    """Return the stripes of a rectangle."""
    lines = (f"M{x} {at}h{width}" for at in range(y + 2, y + height, _STRIPE))
    return path("".join(lines) or f"M{x} {y}h{width}", name)


def cross(x: int, y: int, width: int, height: int, name: str) -> Shape:
    """Return the cross of a rectangle, from corner to corner."""
    high = max(height, 1)
    return path(f"M{x} {y}l{width} {high}M{x} {y + high}l{width} {-high}", name)


def mark(x: int, y: int, form: Form, name: str, title: str) -> Shape:
    """Return a mark, whose form says what it means."""
    r = _REACH
    match form:
        case "circle":
            place = (("cx", f"{x}"), ("cy", f"{y}"), ("r", f"{r - 1}"))
            return Shape("circle", (("class", name), *place), titled(title))
        case "square":
            side = 2 * r - 2
            return box(x - r + 1, y - r + 1, side, side, name, title)
        case "diamond":
            return path(f"M{x} {y - r}l{r} {r}l{-r} {r}l{-r} {-r}Z", name, title)
        case "triangle":
            return path(f"M{x} {y - r}L{x + r} {y + r - 1}H{x - r}Z", name, title)


def point(x: int, y: int, *, is_odd: bool, title: str) -> Shape:
    """Return a circle, or a square for what is outside its bounds."""
    if is_odd:
        return mark(x, y, "square", "mark outside", title)
    return mark(x, y, "circle", "mark", title)


def titled(shown: str) -> tuple[Shape, ...]:
    """Return what is read out of a shape, or shown above it; nothing for no text."""
    said = plain(shown)
    return (Shape("title", (), (said,)),) if said else ()


def fitted(shown: str, most: int) -> str:
    """Return a text that is no wider than so many letters, with its end cut off.

    >>> fitted("household-0eeb", 10), fitted("骆驼奶粉骆驼奶粉", 10)
    ('household…', '骆驼奶粉…')
    """
    width = 0
    for place, character in enumerate(shown):
        width += _NARROW if character <= _LAST_NARROW else _WIDE
        if width > most:
            return _cut(shown[:place], most - 1)
    return shown


def _cut(shown: str, most: int) -> str:
    while sum(_NARROW if c <= _LAST_NARROW else _WIDE for c in shown) > most:
        shown = shown[:-1]
    return f"{shown}…"


def steps(low: int, high: int) -> list[int]:
    """Return round numbers, at most seven, from one at or below to one at or above.

    >>> steps(0, 4300), steps(-20, 90)
    ([0, 1000, 2000, 3000, 4000, 5000], [-20, 0, 20, 40, 60, 80, 100])
    """
    step = 1
    while (high - low) // step > 5:
        step = _next_step(step)
    first, last = low // step, -(-high // step)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def _next_step(step: int) -> int:
    return step * 5 // 2 if f"{step}".startswith("2") else step * 2
