"""Milking: twice a day, calf first, by group, and a sample of every animal.

What the calf drinks is never measured, so no statement tells what a camel gives in all;
only what goes into the can. The can's content is a lot of milk: its mass is that of the
samples without what stays at home.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ledger.simulate.chance import between, draw, interpolated
from ledger.simulate.diary import (
    DAY,
    HOUR,
    KEPING,
    MINUTE,
    OBSERVE,
    TRANSFORM,
    Diary,
    amount,
    loss,
    measured,
    report,
    temperature,
    texts,
)
from ledger.simulate.figures import (
    AFTER_RAIN,
    COLD,
    DAILY_MILK,
    DAY_TO_DAY,
    FAT_OF_ANIMAL,
    FAT_OF_DAY,
    KEPT_AT_HOME,
    LACTATION,
    MINUTES_TO_COLD,
    MORNING_SHARE,
    PROTEIN_OF_ANIMAL,
    PROTEIN_OF_DAY,
    WARM,
)
from ledger.simulate.herd import Camel, Household
from ledger.simulate.plan import Plan

_HOURS: Final = {"am": 7, "pm": 19}
"""Keping milks at about seven, in the morning and in the evening."""
_MINUTES_EACH: Final = 4
_DAYS_AFTER_RAIN: Final = 3
_METER: Final = 10
"""Grams that a milk meter can tell apart."""
_LATE_DAYS: Final = 4
"""Before the end, the last household has no signal for a day."""


@dataclass(frozen=True, slots=True)
class Milk:
    """Milk that is one lot, and what it is made of.

    Attributes:
        id: The lot.
        grams: Its mass.
        fat: Its fat, in hundredths of a percent times grams.
        protein: The same of protein.
        since: When the first of it was milked, in seconds from the start.
    """

    id: str
    grams: int
    fat: int
    protein: int
    since: int

    def moved(self, lot: str, grams: int) -> "Milk":
        """Return this milk as another lot, of which some was lost on the way."""
        return Milk(
            lot,
            grams,
            self.fat * grams // self.grams,
            self.protein * grams // self.grams,
            self.since,
        )


@dataclass(frozen=True, slots=True)
class Sample:
    """What one camel gave at one milking."""

    grams: int
    fat: int
    protein: int


def pooled(lots: Iterable[Milk], lot: str, lost: int) -> Milk:
    """Return several lots of milk as one, without what was lost in pouring."""
    found = list(lots)
    whole = Milk(
        lot,
        sum(milk.grams for milk in found),
        sum(milk.fat for milk in found),
        sum(milk.protein for milk in found),
        min(milk.since for milk in found),
    )
    return whole.moved(lot, whole.grams - lost)


def write_milkings(
    diary: Diary, plan: Plan, herds: tuple[Household, ...]
) -> dict[int, dict[str, list[Milk]]]:
    """Write every milking down; return the cans by day of collection and household."""
    return {
        day: {
            herd.word: [
                _write_milking(
                    diary,
                    plan,
                    herd,
                    (milked_on, session),
                    is_late=herd == herds[-1] and day == late_day(plan),
                )
                for milked_on, session in ((day - 1, "pm"), (day, "am"))
            ]
            for herd in herds
        }
        for day in range(plan.days)
        if day not in plan.rain
    }


def late_day(plan: Plan) -> int:
    """Return the day of collection whose milkings one household enters late."""
    return plan.days - _LATE_DAYS


def _write_milking(
    diary: Diary,
    plan: Plan,
    herd: Household,
    milking: tuple[int, str],
    *,
    is_late: bool,
) -> Milk:
    day, session = milking
    by = herd.phone if is_late else herd.app
    posted = (plan.days - 1) * DAY + 20 * HOUR if is_late else None
    since = day * DAY + _HOURS[session] * HOUR
    since += between(-12, 12, "milking", herd.word, day, session) * MINUTE
    word = f"{diary.date(day)}-{session}"
    meter = diary.names.own("device", herd.word, "meter-1")
    camels = [camel for camel in herd.camels if camel.is_milked(day)]
    samples = []
    for place, camel in enumerate(camels):
        sample = _sample(plan, camel, day, session)
        samples.append(sample)
        diary.write(
            f"sample/{camel.word}/{word}",
            OBSERVE,
            at=since + (place + 1) * _MINUTES_EACH * MINUTE,
            posted=posted,
            is_by_hand=is_late,
            by=by,
            step="sensor_reporting:active",
            place=herd.word,
            epcList=[camel.id],
            sensorElementList=measured(
                report("milk", sample.grams, 3, "KGM"),
                report("fat", sample.fat, 2, "P1"),
                report("protein", sample.protein, 2, "P1"),
                device=meter,
            ),
        )
    lot = diary.names.own("milk", herd.word, word)
    total = sum(sample.grams for sample in samples)
    share = draw(KEPT_AT_HOME, "home", herd.word, day, session)
    kept = total * share // 1000 // _METER * _METER
    milk = Milk(
        lot,
        total,
        sum(sample.grams * sample.fat for sample in samples),
        sum(sample.grams * sample.protein for sample in samples),
        since,
    ).moved(lot, total - kept)
    end = since + (len(camels) + 1) * _MINUTES_EACH * MINUTE
    diary.write(
        f"milking/{herd.word}/{word}",
        TRANSFORM,
        at=end,
        posted=posted,
        is_by_hand=is_late,
        by=by,
        step="creating_class_instance:in_progress",
        place=herd.word,
        caravan__area=KEPING,
        inputEPCList=texts([camel.id for camel in camels]),
        outputQuantityList=[amount(lot, milk.grams)],
        caravan__calfFirst=True,
        caravan__calfShare="not recorded",
        caravan__head=len(camels),
        caravan__loss=loss(kept_at_home=kept),
        caravan__process="milking",
        caravan__species="camel",
        caravan__vessel=diary.names.own("can", herd.word, session),
    )
    _write_cooling(diary, herd, milk, end, by=by, posted=posted)
    return milk


def _write_cooling(
    diary: Diary, herd: Household, milk: Milk, at: int, *, by: str, posted: int | None
) -> None:
    minutes = draw(MINUTES_TO_COLD, "cooling", milk.id)
    diary.write(
        f"cooling/{herd.word}/{milk.id.rpartition('/')[2]}",
        OBSERVE,
        at=at + minutes * MINUTE,
        posted=posted,
        is_by_hand=posted is not None,
        by=by,
        step="storing:in_progress",
        place=herd.word,
        quantityList=[amount(milk.id, milk.grams)],
        sensorElementList=measured(
            temperature(draw(WARM, "warm", milk.id), "temperature_before"),
            temperature(draw(COLD, "cold", milk.id), "temperature_after"),
            report("cooling_time", minutes, 0, "MIN"),
        ),
    )


def _sample(plan: Plan, camel: Camel, day: int, session: str) -> Sample:
    of_day = draw(DAY_TO_DAY, "day", camel.word, day, session)
    morning = draw(MORNING_SHARE, "morning", camel.word, day)
    grams = draw(DAILY_MILK, "peak", camel.word)
    grams = grams * interpolated(LACTATION, day - camel.calved) // 1000
    grams = grams * of_day // 1000
    grams = grams * (morning if session == "am" else 1000 - morning) // 1000
    if any(0 < day - wet <= _DAYS_AFTER_RAIN for wet in plan.rain):
        grams = grams * AFTER_RAIN // 1000
    fat = draw(FAT_OF_ANIMAL, "fat", camel.word)
    protein = draw(PROTEIN_OF_ANIMAL, "protein", camel.word)
    return Sample(
        grams // _METER * _METER,
        fat + draw(FAT_OF_DAY, "fat", camel.word, day, session),
        protein + draw(PROTEIN_OF_DAY, "protein", camel.word, day, session),
    )
