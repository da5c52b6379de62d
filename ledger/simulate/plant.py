"""In the plant: receiving, raw test, pasteurising, drying, test of the powder.

Each tanker is one run, and each run one raw tank, one heated tank and one batch of
powder: 2 steps back from a pouch is the heated tank.
"""

from dataclasses import dataclass
from typing import Final

from ledger.simulate.chance import draw
from ledger.simulate.collection import Load, analysed
from ledger.simulate.diary import (
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
    ASH,
    BACTERIA,
    CLARIFIED,
    DRYER_INLET,
    DRYER_OUTLET,
    HEATED,
    HELD_SECONDS,
    LACTOSE,
    LEFT_IN_TANKER,
    MOISTURE,
    SOLIDS_LOST_IN_DRYER,
)
from ledger.simulate.milking import Milk
from ledger.simulate.parties import PLANT, PROCESS, QUALITY, RECEIVING

_STEP: Final = 10
"""Grams that the plant's scales can tell apart."""


@dataclass(slots=True)
class Powder:
    """A batch of powder, and how much of it is still there."""

    run: int
    id: str
    tank: str
    grams: int


def write_runs(diary: Diary, loads: list[Load]) -> dict[int, Powder]:
    """Write every run down; return the powder of each."""
    return {load.run: _write_run(diary, load) for load in loads}


def _write_run(diary: Diary, load: Load) -> Powder:
    word = load.milk.id.rpartition("/")[2]
    raw = load.milk.moved(
        diary.names.own("tank", PLANT, f"{word}-raw"),
        _less(load.milk.grams, draw(LEFT_IN_TANKER, "received", load.run)),
    )
    at = load.arrives + 40 * MINUTE
    diary.write(
        f"received/{word}",
        TRANSFORM,
        at=at,
        by=RECEIVING,
        step="receiving:in_progress",
        place=PLANT,
        inputQuantityList=[amount(load.milk.id, load.milk.grams)],
        outputQuantityList=[amount(raw.id, raw.grams)],
        caravan__loss=loss(left_in_tanker=load.milk.grams - raw.grams),
        caravan__process="receiving",
    )
    _write_raw_test(diary, raw, word, at + 25 * MINUTE)
    heated = raw.moved(
        diary.names.own("tank", PLANT, f"{word}-heated"),
        _less(raw.grams, draw(CLARIFIED, "clarified", load.run)),
    )
    diary.write(
        f"pasteurised/{word}",
        TRANSFORM,
        at=at + 70 * MINUTE,
        by=PROCESS,
        step="other:in_progress",
        place=PLANT,
        inputQuantityList=[amount(raw.id, raw.grams)],
        outputQuantityList=[amount(heated.id, heated.grams)],
        sensorElementList=measured(
            temperature(draw(HEATED, "heated", load.run)),
            report("holding_time", draw(HELD_SECONDS, "held", load.run), 0, "SEC"),
            device=diary.names.own("device", PLANT, "pasteuriser-1"),
        ),
        caravan__loss=loss(clarified=raw.grams - heated.grams),
        caravan__process="pasteurising",
    )
    return _write_drying(diary, load.run, heated, word, at + 4 * HOUR)


def _write_raw_test(diary: Diary, raw: Milk, word: str, at: int) -> None:
    diary.write(
        f"raw-test/{word}",
        OBSERVE,
        at=at,
        by=QUALITY,
        step="inspecting:conformant",
        place=PLANT,
        quantityList=[amount(raw.id, raw.grams)],
        sensorElementList=measured(
            *analysed(raw),
            report("lactose", draw(LACTOSE, "lactose", raw.id), 2, "P1"),
            report("ash", draw(ASH, "ash", raw.id), 2, "P1"),
            # Colony-forming units per millilitre, in litres, which have a code.
            {
                "component": "caravan:bacteria",
                "type": "caravan:NumberConcentration",
                "uom": "K63",
                "value": draw(BACTERIA, "bacteria", raw.id) // 1000 * 1_000_000,
            },
        ),
    )


def _write_drying(diary: Diary, run: int, milk: Milk, word: str, at: int) -> Powder:
    raw_tank = milk.id.removesuffix("heated") + "raw"
    fat, protein = milk.fat // milk.grams, milk.protein // milk.grams
    solids = fat + protein
    solids += draw(LACTOSE, "lactose", raw_tank) + draw(ASH, "ash", raw_tank)
    moisture = draw(MOISTURE, "moisture", run)
    solid_grams = milk.grams * solids // 10_000
    kept = _less(solid_grams, draw(SOLIDS_LOST_IN_DRYER, "dryer", run))
    grams = kept * 10_000 // (10_000 - moisture) // _STEP * _STEP
    powder = Powder(run, diary.names.own("powder", PLANT, word), milk.id, grams)
    dust = solid_grams - kept
    diary.write(
        f"dried/{word}",
        TRANSFORM,
        at=at,
        by=PROCESS,
        step="creating_class_instance:in_progress",
        place=PLANT,
        inputQuantityList=[amount(milk.id, milk.grams)],
        outputQuantityList=[amount(powder.id, grams)],
        sensorElementList=measured(
            temperature(draw(DRYER_INLET, "inlet", run), "inlet"),
            temperature(draw(DRYER_OUTLET, "outlet", run), "outlet"),
            device=diary.names.own("device", PLANT, "dryer-1"),
        ),
        caravan__loss=loss(water=milk.grams - grams - dust, dust=dust),
        caravan__process="spray drying",
    )
    dry = 10_000 - moisture
    diary.write(
        f"powder-test/{word}",
        OBSERVE,
        at=at + 20 * HOUR,
        by=QUALITY,
        step="inspecting:conformant",
        place=PLANT,
        quantityList=[amount(powder.id, grams)],
        sensorElementList=measured(
            report("moisture", moisture, 2, "P1"),
            report("fat", fat * dry // solids, 2, "P1"),
            report("protein", protein * dry // solids, 2, "P1"),
        ),
    )
    return powder


def _less(grams: int, thousandths: int) -> int:
    """Return a mass without a part of it."""
    return grams - grams * thousandths // 1000
