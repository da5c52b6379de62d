"""From the households to the plant: delivery, station test, tanks, tanker, slip.

The station weighs and tests every household's cans, refuses what is sour, and pools the
rest in the tank of the day. Every second day the tanker takes what is there. At the
plant's gate four people sign one slip, as the law's own form has it: the station's
handler, the escort, the driver and the receiver.
"""

from dataclasses import dataclass

from ledger.encoding import Json
from ledger.simulate.chance import between, draw
from ledger.simulate.diary import (
    DAY,
    END,
    HAND_OVER,
    HOUR,
    MINUTE,
    OBSERVE,
    TRANSFORM,
    Diary,
    amount,
    loss,
    measured,
    report,
    temperature,
)
from ledger.simulate.figures import (
    ACIDITY,
    COLD,
    DENSITY,
    FREEZING_POINT,
    LEFT_IN_CANS,
    LEFT_IN_TANK,
    SOUR,
)
from ledger.simulate.herd import Household
from ledger.simulate.milking import Milk, pooled
from ledger.simulate.parties import (
    ANALYSER,
    DRIVER,
    ESCORT,
    HANDLER,
    HAULAGE,
    PLANT,
    RECEIVING,
    STATION,
)
from ledger.simulate.plan import RUN_DAYS, Plan

Cans = dict[int, dict[str, list[Milk]]]


@dataclass(frozen=True, slots=True)
class Load:
    """What the tanker brings to the plant's gate, and when."""

    run: int
    milk: Milk
    arrives: int


def write_collection(
    diary: Diary, plan: Plan, herds: tuple[Household, ...], cans: Cans
) -> list[Load]:
    """Write down what becomes of the cans; return the loads at the plant's gate."""
    tanks = {
        day: _write_day(diary, plan, herds, day, cans[day]) for day in sorted(cans)
    }
    loads = []
    for run in range((plan.days + RUN_DAYS - 1) // RUN_DAYS):
        days = range(run * RUN_DAYS, (run + 1) * RUN_DAYS)
        taken = [tanks[day] for day in days if day in tanks]
        if taken:
            loads.append(_write_load(diary, run, max(tanks.keys() & set(days)), taken))
    return loads


def sour_day(plan: Plan) -> int:
    """Return the day on which the second household's cans are sour."""
    return plan.days // 4 + 1


def lost_day(plan: Plan) -> int:
    """Return the day on which the first household's test is lost, and made again."""
    return plan.days // 3


def analysed(milk: Milk, *, acidity: int | None = None) -> tuple[Json, ...]:
    """Return what an analyser measures in a lot of milk."""
    word = milk.id
    return (
        report("fat", milk.fat // milk.grams, 2, "P1"),
        report("protein", milk.protein // milk.grams, 2, "P1"),
        report("density", draw(DENSITY, "density", word), 4, "23"),
        report("freezing_point", draw(FREEZING_POINT, "freezing", word), 3, "CEL"),
        # A degree Thörner is a tenth of a millilitre of alkali; it has no code.
        report("acidity", acidity or draw(ACIDITY, "acidity", word), 1),
    )


def _write_day(
    diary: Diary,
    plan: Plan,
    herds: tuple[Household, ...],
    day: int,
    cans: dict[str, list[Milk]],
) -> Milk:
    accepted: list[Milk] = []
    for place, herd in enumerate(herds):
        lots = cans[herd.word]
        at = day * DAY + 10 * HOUR + place * 6 * MINUTE
        _write_delivery(diary, herd, day, lots, at)
        if day == sour_day(plan) and place == 1:
            _write_refusal(diary, herd, day, lots, at)
            continue
        is_repeated = (day, place) == (lost_day(plan), 0)
        _write_tests(diary, herd, day, lots, at, times=2 if is_repeated else 1)
        accepted += lots
    tank = diary.names.own("tank", STATION, diary.date(day))
    lost = (
        sum(milk.grams for milk in accepted) * draw(LEFT_IN_CANS, "cans", day) // 1000
    )
    milk = pooled(accepted, tank, lost)
    diary.write(
        f"tank/{STATION}/{diary.date(day)}",
        TRANSFORM,
        at=day * DAY + 11 * HOUR + 10 * MINUTE,
        by=HANDLER,
        step="creating_class_instance:in_progress",
        place=STATION,
        inputQuantityList=[amount(lot.id, lot.grams) for lot in accepted],
        outputQuantityList=[amount(tank, milk.grams)],
        caravan__loss=loss(left_in_cans=lost),
        caravan__process="bulking",
    )
    return milk


def _write_delivery(
    diary: Diary, herd: Household, day: int, lots: list[Milk], at: int
) -> None:
    diary.write(
        f"delivery/{herd.word}/{diary.date(day)}",
        OBSERVE,
        at=at,
        by=(HANDLER, herd.app),
        step="accepting:in_progress",
        place=STATION,
        quantityList=[amount(milk.id, milk.grams) for milk in lots],
        sensorElementList=measured(
            temperature(draw(COLD, "delivered", herd.word, day) + 3)
        ),
    )


def _write_tests(
    diary: Diary, herd: Household, day: int, lots: list[Milk], at: int, *, times: int
) -> None:
    """Test a household's milk of the day, both cans in one.

    Of a measurement that is made twice, the first never reaches the ledger.
    """
    both = pooled(lots, f"{herd.word}/{day}", 0)
    for left in reversed(range(times)):
        diary.write(
            f"test/{herd.word}/{diary.date(day)}" + "/first" * left,
            OBSERVE,
            at=at + (2 - left) * MINUTE,
            by=ANALYSER,
            step="inspecting:conformant",
            place=STATION,
            is_lost=left > 0,
            quantityList=[amount(milk.id, milk.grams) for milk in lots],
            sensorElementList=measured(*analysed(both)),
        )


def _write_refusal(
    diary: Diary, herd: Household, day: int, lots: list[Milk], at: int
) -> None:
    both = pooled(lots, f"{herd.word}/{day}", 0)
    diary.write(
        f"test/{herd.word}/{diary.date(day)}",
        OBSERVE,
        at=at + 2 * MINUTE,
        by=ANALYSER,
        step="inspecting:non_conformant",
        place=STATION,
        quantityList=[amount(milk.id, milk.grams) for milk in lots],
        sensorElementList=measured(*analysed(both, acidity=SOUR)),
    )
    diary.write(
        f"poured-away/{herd.word}/{diary.date(day)}",
        END,
        at=at + 2 * HOUR,
        by=(herd.app, HANDLER),
        step="decommissioning:destroyed",
        place=herd.word,
        quantityList=[amount(milk.id, milk.grams) for milk in lots],
    )


def _write_load(diary: Diary, run: int, day: int, tanks: list[Milk]) -> Load:
    load = diary.names.own("load", STATION, diary.date(day))
    tanker = diary.names.own("vehicle", HAULAGE, "tanker-1")
    lost = sum(tank.grams for tank in tanks) * draw(LEFT_IN_TANK, "tank", run) // 1000
    milk = pooled(tanks, load, lost)
    leaves = day * DAY + 11 * HOUR + between(30, 45, "leaves", run) * MINUTE
    arrives = leaves + between(48, 75, "drive", run) * MINUTE
    cold = draw(COLD, "loaded", run)
    warmer = cold + between(2, 9, "warmer", run)
    diary.write(
        f"load/{diary.date(day)}",
        TRANSFORM,
        at=leaves,
        by=(HANDLER, DRIVER),
        step="loading:in_transit",
        place=STATION,
        inputQuantityList=[amount(tank.id, tank.grams) for tank in tanks],
        outputQuantityList=[amount(load, milk.grams)],
        caravan__loss=loss(left_in_tank=lost),
        caravan__process="loading",
        caravan__vessel=tanker,
    )
    diary.write(
        f"drive/{diary.date(day)}",
        OBSERVE,
        at=(leaves + arrives) // 2,
        by=DRIVER,
        step="transporting:in_transit",
        place=HAULAGE,
        quantityList=[amount(load, milk.grams)],
        sensorElementList=measured(
            temperature((cold + warmer) // 2), device=f"{tanker}/probe"
        ),
        caravan__vessel=tanker,
    )
    slip = diary.names.own("slip", STATION, diary.date(day))
    diary.write(
        f"slip/{diary.date(day)}",
        HAND_OVER,
        at=arrives + 10 * MINUTE,
        by=(RECEIVING, HANDLER, ESCORT, DRIVER),
        step="accepting:conformant",
        place=PLANT,
        bizTransactionList=[{"bizTransaction": slip, "type": "bol"}],
        quantityList=[amount(load, milk.grams)],
        sensorElementList=[
            *measured(temperature(cold, "departure"), at=diary.time(leaves)),
            *measured(temperature(warmer, "arrival"), at=diary.time(arrives)),
        ],
        caravan__vessel=tanker,
    )
    return Load(run, milk, arrives)
