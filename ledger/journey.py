"""Where goods went: the areas they were in, in order of time, and a map of them.

An area counts where a statement about the goods names it with ``caravan:area`` and says
that they are there: not what an office elsewhere says of them, nor a sample's way to a
laboratory, nor what became of the rest of a tank once the pack was filled. Each area
stands once, in the order in which goods first were there.

Pure and total. ``scanner_web/verify/journey.js`` is the same module for the browser.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.account import Account
from ledger.area import area_name, area_of
from ledger.chart import Shape
from ledger.closure import Member
from ledger.facts import distance
from ledger.position import POSITIONS, Position, kilometres
from ledger.wording import Fact, Messages, Names, day, measure, nobody, visible

NOT_THERE: Final = frozenset(
    {"encoding", "holding", "inspecting", "other", "sampling", "void_shipping"}
)
"""Business steps that say nothing about where goods are."""
_ITSELF: Final = frozenset({"subject", "parent"})
"""Once it is made, what else is said of its lot and its sources is of other parts."""
KILOMETRE: Final = "KMT"

WIDTH: Final = 320
HEIGHT: Final = 180
_MARGIN: Final = 26
_FOOT: Final = 22
"""Below the stops, for the scale bar."""
_LEAST_SPAN: Final = 2000
"""Thousandths of a tenth of a degree of latitude: stops that lie together are not
drawn as if they were far apart."""
_KM_TENTHS: Final = 899_281
"""Ten thousand kilometres, in those: a tenth of a degree is 11.12 of them."""
_BARS: Final = (2000, 1000, 500, 200, 100, 50, 20, 10, 5)
_LONGEST_BAR: Final = 100
_NUMBER_SIDE: Final = 16
"""How far apart two numbers, or a number and a dot, have to be."""
_AROUND: Final = (
    (0, -16), (0, 16), (16, 0), (-16, 0), (12, -12), (-12, -12), (12, 12), (-12, 12),
    (0, -32), (0, 32), (32, 0), (-32, 0), (24, -24), (-24, -24), (24, 24), (-24, 24),
    (0, -48), (0, 48), (48, 0), (-48, 0), (36, -36), (-36, -36), (36, 36), (-36, 36),
)  # fmt: skip
"""Where a number may stand, seen from its dot; the nearest first."""


@dataclass(frozen=True, slots=True)
class Stop:
    """An area in which goods were.

    Attributes:
        area: Its code.
        first: The day on which they first were there, as it is signed; ``last`` is the
            last one.
        distance: How far it is, as whoever was there declared; empty if nobody did.
    """

    area: str
    first: str
    last: str
    distance: str


def stops_of(
    accounts: Iterable[Account],
    *,
    members: Sequence[Member],
    lang: str,
    messages: Messages,
) -> list[Stop]:
    """Return the areas in which goods were, in the order of their first days.

    Args:
        accounts: What statements tell, in any order.
        members: What bears on the code.
        lang: The reader's language.
        messages: The locale's texts by key.
    """
    ordered = sorted(accounts, key=lambda a: (a.event.instant_us, a.index))
    counted = [account for account in ordered if account.counts]
    relations = {m.subject: m.relation for m in members if _are_goods(m)}
    made_at = max(
        (
            account.event.instant_us
            for account in counted
            for name in account.event.created
            if relations.get(name) == "subject"
        ),
        default=None,
    )
    found: dict[str, Stop] = {}
    for account in counted:
        event = account.event
        code = area_of(event.body.get("caravan:area"))
        is_there = event.biz_step not in NOT_THERE and not event.is_alarm
        told = {relations.get(name, "") for name in account.about} - {""}
        if made_at is not None and event.instant_us > made_at:
            told &= _ITSELF
        if not (code and is_there and told):
            continue
        when = day(event.event_time[:10], messages)
        stop = found.get(code, Stop(code, when, when, ""))
        far = distance(event.body.get("caravan:distance"), lang, messages, nobody)
        found[code] = Stop(code, stop.first, when, stop.distance or far)
    return list(found.values())


def journey_rows(
    accounts: Iterable[Account],
    *,
    members: Sequence[Member],
    lang: str,
    messages: Messages,
    names: Names = nobody,
) -> list[list[Fact]]:
    """Return all areas by number, and below one row for each: its days, how far it is.

    Args:
        accounts: What statements tell, in any order.
        members: What bears on the code.
        lang: The reader's language.
        messages: The locale's texts by key.
        names: As for every block; a row is short, and calls places by their ids.
    """
    stops = stops_of(accounts, members=members, lang=lang, messages=messages)
    called = [area_name(stop.area, messages) for stop in stops]
    listed = " · ".join(f"{number} {name}" for number, name in enumerate(called, 1))
    rows: list[list[Fact]] = [[("map.0", listed)]] if stops else []
    before: Position | None = None
    for place, stop in enumerate(stops):
        name, here = f"map.0.{place}", POSITIONS.get(stop.area)
        days = stop.first if stop.first == stop.last else f"{stop.first} – {stop.last}"
        row = [(name, called[place]), (f"{name}.days", days)]
        if before is not None and here is not None:
            far = measure(str(kilometres(before, here)), KILOMETRE, messages)
            row.append((f"{name}.straight", far))
        row.append((f"{name}.declared", stop.distance))
        rows.append(visible(row))
        before = here
    return rows


def journey_shape(
    accounts: Iterable[Account],
    *,
    members: Sequence[Member],
    lang: str,
    messages: Messages,
) -> Shape | None:
    """Return a map of the areas, numbered as the rows are; None for fewer than two.

    North is up, lines are straight and no roads, and nothing else is drawn.

    Args:
        accounts: What statements tell, in any order.
        members: What bears on the code.
        lang: The reader's language.
        messages: The locale's texts by key.
    """
    stops = stops_of(accounts, members=members, lang=lang, messages=messages)
    known = [
        (number, POSITIONS[stop.area])
        for number, stop in enumerate(stops, 1)
        if stop.area in POSITIONS
    ]
    if len(known) < 2:
        return None
    span, dots = _projected([position for _, position in known])
    numbers = _numbers_beside(dots)
    line = " ".join(f"{x},{y}" for x, y in dots)
    return Shape(
        "svg",
        (
            ("viewBox", f"0 0 {WIDTH} {HEIGHT}"),
            ("role", "img"),
            ("class", "map"),
        ),
        (
            Shape("title", (), (messages.get("map.title", "map.title"),)),
            Shape("polyline", (("class", "way"), ("points", line)), ()),
            *_drawn(dots, numbers, [number for number, _ in known]),
            *_scale(span, messages),
            *_north(messages),
        ),
    )


def _are_goods(member: Member) -> bool:
    """Tell whether a member travels: an item in general does not, animals graze."""
    is_animal = "/id/animal/" in member.subject
    return member.relation != "trade-item" and not is_animal


def _projected(positions: Sequence[Position]) -> tuple[int, list[tuple[int, int]]]:
    """Return how much the width shows, and where the positions are on the map.

    Degrees of longitude are narrowed by the cosine of the middle latitude. All in whole
    numbers, so that every language draws alike.
    """
    north = max(latitude for latitude, _ in positions)
    south = min(latitude for latitude, _ in positions)
    west = min(longitude for _, longitude in positions)
    middle = (north + south) // 20
    narrow = math.floor(math.cos(math.radians(middle)) * 1000 + 0.5)
    placed = [((e - west) * narrow, (north - n) * 1000) for n, e in positions]
    width, height = WIDTH - 2 * _MARGIN, HEIGHT - 2 * _MARGIN - _FOOT
    across = max(x for x, _ in placed)
    down = max(y for _, y in placed)
    span = max(across, down * width // height, _LEAST_SPAN)
    left = _MARGIN + (width - across * width // span) // 2
    top = _MARGIN + (height - down * width // span) // 2
    return span, [
        (left + x * width // span, top + y * width // span) for x, y in placed
    ]


def _numbers_beside(dots: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return where each dot's number stands, so that none hides another."""
    placed: list[tuple[int, int]] = []
    for x, y in dots:
        free = [
            (x + right, y + down)
            for right, down in _AROUND
            if _is_free(x + right, y + down, dots, placed)
        ]
        placed.append(free[0] if free else (x, y))
    return placed


def _is_free(
    x: int, y: int, dots: Sequence[tuple[int, int]], placed: Sequence[tuple[int, int]]
) -> bool:
    side = _NUMBER_SIDE // 2
    if not (side <= x <= WIDTH - side and side <= y <= HEIGHT - _FOOT - side):
        return False
    near_dot = any(abs(x - a) < side + 4 and abs(y - b) < side + 4 for a, b in dots)
    return not near_dot and not any(
        abs(x - a) < _NUMBER_SIDE and abs(y - b) < _NUMBER_SIDE for a, b in placed
    )


def _drawn(
    dots: Sequence[tuple[int, int]],
    numbers: Sequence[tuple[int, int]],
    called: Sequence[int],
) -> Iterator[Shape]:
    """Yield the dots, then their numbers, each with a line from its dot."""
    for x, y in dots:
        at = (("class", "stop"), ("cx", str(x)), ("cy", str(y)), ("r", "4"))
        yield Shape("circle", at, ())
    for (x, y), (a, b), number in zip(dots, numbers, called, strict=True):
        if abs(x - a) > _NUMBER_SIDE or abs(y - b) > _NUMBER_SIDE:
            yield _line("leader", (x, y), (a, b))
        yield _text("number", (a, b + 4), str(number))


def _scale(span: int, messages: Messages) -> Iterator[Shape]:
    """Yield a bar of a round length, and how long that is."""
    width = WIDTH - 2 * _MARGIN
    lengths = [(km, km * _KM_TENTHS * width // (10_000 * span)) for km in _BARS]
    km, long = next((pair for pair in lengths if pair[1] <= _LONGEST_BAR), lengths[-1])
    y = HEIGHT - 12
    left, right = (_MARGIN, y), (_MARGIN + long, y)
    yield _line("scale", left, right)
    text = measure(str(km), KILOMETRE, messages)
    yield _text("scale-text", (_MARGIN + long + 6, y + 4), text)


def _north(messages: Messages) -> Iterator[Shape]:
    """Yield an arrow that points up, and the letter for north."""
    x, y = WIDTH - 14, HEIGHT - 8
    path = f"M{x} {y}V{y - 16}M{x - 4} {y - 11}L{x} {y - 16}L{x + 4} {y - 11}"
    yield Shape("path", (("class", "north"), ("d", path)), ())
    yield _text("end", (x - 8, y - 2), messages.get("map.north", "N"))


def _line(kind: str, start: tuple[int, int], end: tuple[int, int]) -> Shape:
    (x1, y1), (x2, y2) = start, end
    ends = (("x1", str(x1)), ("x2", str(x2)), ("y1", str(y1)), ("y2", str(y2)))
    return Shape("line", (("class", kind), *ends), ())


def _text(kind: str, at: tuple[int, int], text: str) -> Shape:
    place = (("class", kind), ("x", str(at[0])), ("y", str(at[1])))
    return Shape("text", place, (text,))
