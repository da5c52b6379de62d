"""The way of one lot: its stops in their order, and how fast it was between them."""

from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from ledger.audit.report.charts.drawing import (
    drawing,
    fitted,
    path,
    point,
    text,
)
from ledger.audit.report.wordbook import Wordbook, shown
from ledger.chart import Shape

_WIDTH: Final = 400
_LINE: Final = 12
_TEXT: Final = 30
_STOP: Final = 74
_TOP: Final = 16
_LETTERS: Final = 50
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
MOST_STOPS: Final = 24


@dataclass(frozen=True, slots=True)
class Stop:
    """Where something was.

    Attributes:
        place: Identifier of the place.
        area: What the place says that it lies in; may be empty.
        time: When it came there, or was first seen there.
        entries: That say so.
    """

    place: str
    area: str
    time: str
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Leg:
    """From one stop to the next.

    Attributes:
        minutes: Between the two times; negative if the later stop is the earlier.
        kilometres: Between the two places; None if it is not known.
        bound: The fastest that is possible, in km/h; None if nothing says.
        mode: By what: ``road``; empty if nothing says.
        is_odd: Whether it is faster than that, or back in time.
    """

    minutes: int
    kilometres: int | None
    bound: int | None
    mode: str
    is_odd: bool

    @property
    def speed(self) -> int | None:
        """Return the kilometres an hour; None if they are not known."""
        if self.kilometres is None or self.minutes <= 0:
            return None
        return self.kilometres * _HOUR // self.minutes


@dataclass(frozen=True, slots=True)
class Journey:
    """The way of a lot.

    Attributes:
        lot: Its identifier.
        stops: In the order in which they are told, at least one.
        legs: One fewer.
    """

    lot: str
    stops: tuple[Stop, ...]
    legs: tuple[Leg, ...]


def journey_shape(journey: Journey, *, words: Wordbook) -> Shape:
    """Return the drawing of a way, from the first stop down to the last."""
    stops, legs = journey.stops[:MOST_STOPS], journey.legs[: MOST_STOPS - 1]
    lines: list[Shape] = []
    marks: list[Shape] = []
    odd_before = False
    for place, (stop, leg) in enumerate(zip_longest(stops, legs)):
        if stop is None:
            break
        y = _TOP + place * _STOP
        is_odd = odd_before or (leg is not None and leg.is_odd)
        odd_before = leg is not None and leg.is_odd
        title = f"{shown(stop.place)} {stop.time}"
        marks.append(point(_LINE, y, is_odd=is_odd, title=title))
        entries = " ".join(f"#{entry}" for entry in stop.entries[:3])
        where = " · ".join(part for part in (shown(stop.place), stop.area) if part)
        marks.append(text(fitted(where, _LETTERS), _TEXT, y + 4, "head"))
        marks.append(
            text(f"{words.time(stop.time)}  {entries}", _TEXT, y + 20, "small")
        )
        if leg is not None and place + 1 < len(stops):
            kind = "way odd" if leg.is_odd else "way"
            lines.append(path(f"M{_LINE} {y}V{y + _STOP}", kind))
            for row, said in enumerate(leg_words(leg, words)):
                told = fitted(said, _LETTERS + 8)
                marks.append(text(told, _TEXT, y + 36 + 15 * row))
    height = _TOP + (len(stops) - 1) * _STOP + 32
    title = words("journey.title", lot=shown(journey.lot))
    return drawing(title, _WIDTH, height, [*lines, *marks])


def leg_words(leg: Leg, words: Wordbook) -> list[str]:
    """Return how far, how long and how fast a leg is, and then what is possible."""
    lasting = duration(leg.minutes, words)
    if leg.speed is None or leg.kilometres is None:
        said = [words("journey.leg_unknown", duration=lasting)]
    elif not leg.kilometres:
        said = [words("journey.leg_near", duration=lasting)]
    else:
        said = [
            words(
                "journey.leg",
                kilometres=leg.kilometres,
                duration=lasting,
                speed=leg.speed,
            )
        ]
    judged = []
    if leg.minutes < 0:
        judged.append(words("journey.backwards"))
    elif leg.is_odd:
        judged.append(words("journey.too_fast"))
    if leg.bound is not None:
        mode = words.word("mode", leg.mode)
        key = "journey.bound" if mode else "journey.bound_any"
        judged.append(words(key, bound=leg.bound, mode=mode))
    return [*said, words("list.comma").join(judged)] if judged else said


def duration(minutes: int, words: Wordbook) -> str:
    """Return how long something lasts, in its two largest units."""
    sign, whole = ("−" if minutes < 0 else ""), abs(minutes)
    if whole < _HOUR:
        return sign + words("duration.minutes", minutes=whole)
    if whole < _DAY:
        hours, rest = divmod(whole, _HOUR)
        return sign + words("duration.hours", hours=hours, minutes=rest)
    days, rest = divmod(whole, _DAY)
    return sign + words("duration.days", days=days, hours=rest // _HOUR)
