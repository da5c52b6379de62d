"""One animal's figures: what it weighed, and in which milkings it took part.

Bounds are published figures for Bactrian camels, added up by age: a remark, never a
judgement, and none for other animals. A camel that has not drunk weighs a quarter less
a week later; so gains are told over four weeks and more only. Milk in kilograms is
one animal's where it was milked alone or measured by itself; what one gave in a group
nobody knows.

Pure and total. ``scanner_web/verify/growth.js`` is the same module for the browser.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ledger.account import Account
from ledger.chart import Band, Point, Shape, weights_shape
from ledger.closure import Member
from ledger.mass import Row, decimal, fill, mass_of
from ledger.wording import (
    Messages,
    date,
    items,
    measure,
    member,
    text,
    visible,
    word,
)

BANDS: Final[Sequence[Band]] = (
    # Birth, then 0.3 to 0.9 kg a day for seven months, then -0.2 to 0.5 for seven more.
    ((0, 28_000, 45_000), (213, 91_900, 236_700), (426, 49_300, 343_200)),
    # Grown, from five years on.
    ((1826, 400_000, 725_000), (14_610, 400_000, 725_000)),
)
"""Days of age, and the bounds of the weight in grams."""
GAINS: Final = ((213, 300, 900), (426, -200, 500))
"""Up to which age, and the bounds of the gain in grams a day."""
_LEAST_DAYS: Final = 28
_OLDEST: Final = 14_610
_HEAVIEST: Final = 5_000_000
_DAY_US: Final = 86_400_000_000
_GRAM: Final = 10**12
MOST: Final = 24
"""Rows of a table, the newest; the drawing has all."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """What an animal weighed.

    Attributes:
        day: As it is signed.
        age: In days; None if the birth is not known.
        grams: The weight.
        method: How it was found, in the word of the statement.
        gain: Grams a day since the last weighing four weeks earlier or more.
        bounds: Of the weight at this age; None if there are none.
    """

    day: str
    age: int | None
    grams: int
    method: str
    gain: int | None
    bounds: tuple[int, int] | None

    @property
    def is_outside(self) -> bool:
        """Tell whether the weight is outside its bounds."""
        return self.bounds is not None and not (
            self.bounds[0] <= self.grams <= self.bounds[1]
        )


def weighings(
    accounts: Iterable[Account], *, members: Sequence[Member]
) -> list[Weighing]:
    """Return what an animal weighed, by time; not what was weighed with others.

    Args:
        accounts: What is known of the animal.
        members: Of the closure, the animal first.
    """
    animal = members[0].subject if members else ""
    told = _by_time(accounts)
    born, is_camel = _birth(told, animal)
    found: list[tuple[int, Weighing]] = []
    for account in told:
        event = account.event
        age = None if born is None else (event.instant_us - born) // _DAY_US
        for mass in _measured(account, animal, "caravan:weight"):
            grams = mass // _GRAM
            day = event.instant_us // _DAY_US
            earlier = [each for each in found if day - each[0] >= _LEAST_DAYS]
            gain = None
            if earlier:
                past, before = earlier[-1]
                more, days = grams - before.grams, day - past
                gain = more // days if more >= 0 else -(-more // days)
            bounds = _bounds(age) if is_camel and age is not None else None
            method = text(event.body.get("caravan:method"))
            found.append(
                (
                    day,
                    Weighing(event.event_time[:10], age, grams, method, gain, bounds),
                )
            )
    return [each for _, each in found]


def growth_rows(
    accounts: Iterable[Account],
    *,
    members: Sequence[Member],
    lang: str,
    messages: Messages,
) -> list[Row]:
    """Return a row for each weighing, the newest first, and where bounds come from.

    Args:
        accounts: What is known of the animal.
        members: Of the closure, the animal first.
        lang: The reader's language.
        messages: The locale's texts by key.
    """
    found = weighings(accounts, members=members)
    rows: list[Row] = []
    for place, each in enumerate(reversed(found[-MOST:])):
        name = f"growth.{place}"
        rows.append(
            visible(
                [
                    (name, date(each.day, messages)),
                    (f"{name}.weight", _kilograms(each.grams, messages)),
                    (f"{name}.age", _age(each.age, messages)),
                    (f"{name}.method", word("method", each.method, messages)),
                    (f"{name}.gain", _gain(each, messages)),
                    (f"{name}.band", _band(each, messages)),
                ]
            )
        )
    if len(found) > MOST:
        rows.append([("growth.more", fill("growth.more", messages, count=len(found)))])
    if _has_bounds(found):
        rows.append([("growth.source", fill("growth.source", messages))])
    return rows


def growth_shape(
    accounts: Iterable[Account],
    *,
    members: Sequence[Member],
    lang: str,
    messages: Messages,
) -> Shape | None:
    """Return the weighings over age against the bounds; None if there are none.

    Args:
        accounts: What is known of the animal.
        members: Of the closure, the animal first.
        lang: The reader's language.
        messages: The locale's texts by key.
    """
    found = weighings(accounts, members=members)
    points: list[Point] = [
        (
            each.age,
            each.grams,
            f"{date(each.day, messages)}: {_kilograms(each.grams, messages)}",
            each.is_outside,
        )
        for each in found
        if each.age is not None and 0 <= each.age <= _OLDEST and each.grams <= _HEAVIEST
    ]
    if not points:
        return None
    return weights_shape(
        fill("growth.title", messages),
        points,
        BANDS if _has_bounds(found) else (),
        across=fill("growth.months", messages),
        up=word("unit", "KGM", messages),
    )


def milk_rows(
    accounts: Iterable[Account],
    *,
    members: Sequence[Member],
    lang: str,
    messages: Messages,
) -> list[Row]:
    """Return a row for each month in which an animal was milked, the newest first.

    Args:
        accounts: What is known of the animal.
        members: Of the closure, the animal first.
        lang: The reader's language.
        messages: The locale's texts by key.
    """
    animal = members[0].subject if members else ""
    months: dict[str, _Month] = {}
    for account in _by_time(accounts):
        body, month = account.event.body, account.event.event_time[:7]
        inputs = [text(thing) for thing in items(body.get("inputEPCList"))]
        if animal in inputs and text(body.get("caravan:process")) == "milking":
            of = months.setdefault(month, _Month())
            of.milkings += 1
            if {*inputs} == {animal} and not items(body.get("inputQuantityList")):
                of.alone += 1
                of.alone_mass += sum(
                    mass_of(element) or 0
                    for element in items(body.get("outputQuantityList"))
                )
        else:
            for mass in _measured(account, animal, "caravan:milk"):
                of = months.setdefault(month, _Month())
                of.measured += 1
                of.measured_mass += mass
    rows = []
    has_groups = any(of.milkings > of.alone for of in months.values())
    for place, month in enumerate(sorted(months, reverse=True)[:MOST]):
        of, name = months[month], f"milk.{place}"
        rows.append(
            visible(
                [
                    (name, date(month, messages)),
                    (f"{name}.milkings", f"{of.milkings}"),
                    (f"{name}.alone", _times(of.alone, of.alone_mass, messages)),
                    (
                        f"{name}.measured",
                        _times(of.measured, of.measured_mass, messages),
                    ),
                ]
            )
        )
    if has_groups:
        rows.append([("milk.group", fill("milk.group", messages))])
    return rows


@dataclass(slots=True)
class _Month:
    """An animal's milkings of one month; masses in 10⁻¹⁵ kg."""

    milkings: int = 0
    alone: int = 0
    alone_mass: int = 0
    measured: int = 0
    measured_mass: int = 0


def _by_time(accounts: Iterable[Account]) -> list[Account]:
    counted = [account for account in accounts if account.counts]
    return sorted(counted, key=lambda each: (each.event.instant_us, each.index))


def _birth(told: Iterable[Account], animal: str) -> tuple[int | None, bool]:
    """Return when an animal came into being, and whether it is a camel."""
    for account in told:
        event = account.event
        if animal in event.created and event.type == "ObjectEvent":
            species = text(member(event.body.get("ilmd"), "caravan:species"))
            return event.instant_us, species == "camel"
    return None, False


def _measured(account: Account, animal: str, component: str) -> list[int]:
    """Return what was measured of an animal by itself, as masses."""
    if account.event.body.get("epcList") != [animal]:
        return []
    found = []
    for element in items(account.event.body.get("sensorElementList")):
        for report in items(member(element, "sensorReport")):
            if text(member(report, "component")) == component:
                mass = mass_of(
                    {"quantity": member(report, "value"), "uom": member(report, "uom")}
                )
                if mass is not None:
                    found.append(mass)
    return found


def _has_bounds(found: Iterable[Weighing]) -> bool:
    return any(each.bounds is not None for each in found)


def _bounds(age: int) -> tuple[int, int] | None:
    """Return the bounds of the weight at an age, between the corners of a band."""
    for band in BANDS:
        for (start, low, high), (end, low_end, high_end) in pairwise(band):
            if start <= age <= end:
                days, past = end - start, age - start
                return (
                    low + (low_end - low) * past // days,
                    high + (high_end - high) * past // days,
                )
    return None


def _kilograms(grams: int, messages: Messages) -> str:
    return measure(decimal(grams, 3), "KGM", messages)


def _age(age: int | None, messages: Messages) -> str:
    """Return an age in whole months, of 30.437 days, or from three on in years."""
    if age is None or age < 0:
        return ""
    if age >= 3 * 365.25:
        return measure(f"{age * 100 // 36_525}", "ANN", messages)
    return measure(f"{age * 1000 // 30_437}", "MON", messages)


def _gain(each: Weighing, messages: Messages) -> str:
    """Return the gain a day, with what is usual at this age."""
    if each.gain is None:
        return ""
    values = {"gain": decimal(each.gain, 3)}
    if each.bounds is not None and each.age is not None:
        for until, low, high in GAINS:
            if each.age <= until:
                values |= {"low": decimal(low, 3), "high": decimal(high, 3)}
                return fill("growth.gain.usual", messages, **values)
    return fill("growth.gain", messages, **values)


def _band(each: Weighing, messages: Messages) -> str:
    if each.bounds is None:
        return ""
    low, high = (decimal(bound, 3) for bound in each.bounds)
    key = "growth.outside" if each.is_outside else "growth.inside"
    return fill(key, messages, low=low, high=high)


def _times(count: int, mass: int, messages: Messages) -> str:
    if not count:
        return ""
    shown = measure(decimal(mass // (_GRAM * 10), 2), "KGM", messages)
    return fill("milk.times", messages, count=count, mass=shown)
