"""From powder to pallets: the product, its pouches, cartons and pallets, its release.

A hundred pouches at most are packed in one statement, which names their serials and
their lot together: that is what binds a serial to its lot. What was packed, how much is
in it, and until when it is good, the plant signs; no page knows it from elsewhere.
"""

from dataclasses import dataclass
from typing import Final

from ledger.encoding import Json
from ledger.simulate.chance import draw
from ledger.simulate.diary import (
    AGGREGATE,
    CREATE,
    DAY,
    END,
    HOUR,
    MINUTE,
    OBSERVE,
    TRANSFORM,
    Diary,
    amount,
    loss,
    measured,
    pieces,
    report,
    texts,
)
from ledger.simulate.figures import MOISTURE, SPILLED_IN_PACKING
from ledger.simulate.names import (
    TRADE_ITEM,
    logistic_unit_id,
    lot_id,
    serial_id,
    serial_number,
)
from ledger.simulate.parties import (
    PACKING,
    PLANT,
    QUALITY,
    TESTS,
    WAREHOUSE,
)
from ledger.simulate.plan import LotPlan, Plan
from ledger.simulate.plant import Powder

NET_GRAMS: Final = 500
_PER_STATEMENT: Final = 100
_PER_CARTON: Final = 20
_SHELF_MONTHS: Final = 18
_SHELF_DAYS: Final = 547


@dataclass(frozen=True, slots=True)
class Carton:
    """A carton and the pouches in it."""

    id: str
    pouches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot as it was packed."""

    plan: LotPlan
    word: str
    serials: tuple[str, ...]
    voided: str
    """The serial of the pouch that leaked."""
    pallet: str
    cartons: tuple[Carton, ...]

    @property
    def id(self) -> str:
        """The lot's identifier."""
        return lot_id(self.word)


def write_product(diary: Diary) -> None:
    """Write down what the trade item is: names, net mass, recipe, shelf life."""
    diary.write(
        "product/1",
        CREATE,
        at=-9 * DAY + 14 * HOUR,
        by=QUALITY,
        step="commissioning:active",
        place=PLANT,
        quantityList=[{"epcClass": TRADE_ITEM}],
        ilmd={
            "caravan:recipe": [
                {
                    "name": _both("生驼乳", "camel milk"),
                    "species": "camel",
                    "uom": "P1",
                    "value": 100,
                }
            ],
            "caravan:shelfLife": {"uom": "MON", "value": _SHELF_MONTHS},
            "caravan:storage": _both("阴凉干燥处保存", "keep dry and cool"),
            "gs1:countryOfOrigin": "CN",
            "gs1:netContent": {"uom": "GRM", "value": NET_GRAMS},
            "gs1:productName": _both(
                "驼乳粉（模拟产品）", "Camel milk powder (simulated)"
            ),
        },
    )


def write_lots(diary: Diary, plan: Plan, powders: dict[int, Powder]) -> list[Lot]:
    """Write down how each lot is packed, tested and released."""
    first_unit = 1
    lots = []
    for number, lot_plan in enumerate(plan.lots, 1):
        lot = _planned(lot_plan, f"S{number:02}", first_unit)
        first_unit += 1 + len(lot.cartons)
        runs = range(lot_plan.first_run, lot_plan.first_run + lot_plan.runs)
        _write_packing(diary, lot, [powders[run] for run in runs if run in powders])
        _write_boxing(diary, lot)
        _write_release(diary, lot)
        lots.append(lot)
    return lots


def write_stock(diary: Diary, plan: Plan, powders: dict[int, Powder]) -> None:
    """Count what is left of each batch of powder when the season ends."""
    for powder in powders.values():
        if not powder.grams:
            continue
        word = powder.id.rpartition("/")[2]
        diary.write(
            f"stock/{word}",
            OBSERVE,
            at=plan.days * DAY + 16 * HOUR + powder.run * MINUTE,
            by=QUALITY,
            step="stock_taking:sellable_not_accessible",
            place=PLANT,
            quantityList=[amount(powder.id, powder.grams)],
        )


def _planned(plan: LotPlan, word: str, first_unit: int) -> Lot:
    serials = tuple(serial_number(word, number) for number in range(plan.pouches))
    voided = serials[plan.pouches // 2]
    good = [serial_id(serial) for serial in serials if serial != voided]
    cartons = tuple(
        Carton(
            logistic_unit_id(first_unit + 1 + number),
            tuple(good[first : first + _PER_CARTON]),
        )
        for number, first in enumerate(range(0, len(good), _PER_CARTON))
    )
    return Lot(plan, word, serials, voided, logistic_unit_id(first_unit), cartons)


def _write_packing(diary: Diary, lot: Lot, powders: list[Powder]) -> None:
    for first in range(0, len(lot.serials), _PER_STATEMENT):
        serials = lot.serials[first : first + _PER_STATEMENT]
        packed = len(serials) * NET_GRAMS
        spilled = packed * draw(SPILLED_IN_PACKING, "spilled", lot.word, first) // 1000
        diary.write(
            f"packed/{lot.word}/{first}",
            TRANSFORM,
            at=lot.plan.pack_day * DAY + 9 * HOUR + first * MINUTE,
            by=PACKING,
            step="commissioning:active",
            place=PLANT,
            inputQuantityList=_taken(powders, packed + spilled),
            outputEPCList=texts([serial_id(serial) for serial in serials]),
            outputQuantityList=[pieces(lot.id, len(serials))],
            ilmd={
                "cbvmda:lotNumber": lot.word,
                "gs1:bestBeforeDate": diary.date(lot.plan.pack_day + _SHELF_DAYS),
                "gs1:productionDate": diary.date(lot.plan.pack_day),
            },
            caravan__loss=loss(spilled=spilled),
            caravan__process="packing",
        )


def _taken(powders: list[Powder], grams: int) -> list[Json]:
    """Take powder from the oldest batches first."""
    taken: list[Json] = []
    for powder in powders:
        part = min(powder.grams, grams)
        if part:
            taken.append(amount(powder.id, part))
            powder.grams -= part
            grams -= part
    if grams:
        raise ValueError(f"a lot needs {grams} g of powder more than its runs gave")
    return taken


def _write_boxing(diary: Diary, lot: Lot) -> None:
    """Void the pouch that leaked; put the others into cartons, these on a pallet."""
    at = (lot.plan.pack_day + 1) * DAY + 9 * HOUR
    diary.write(
        f"voided/{lot.word}",
        END,
        at=at - HOUR,
        by=QUALITY,
        step="decommissioning:inactive",
        place=PLANT,
        epcList=[serial_id(lot.voided)],
        caravan__reason="leaking seam",
    )
    diary.write(
        f"units/{lot.word}",
        CREATE,
        at=at - 30 * MINUTE,
        by=PACKING,
        step="commissioning:active",
        place=PLANT,
        epcList=[lot.pallet, *(carton.id for carton in lot.cartons)],
    )
    contents = [(carton.id, list(carton.pouches)) for carton in lot.cartons]
    contents.append((lot.pallet, [carton.id for carton in lot.cartons]))
    for number, (unit, inside) in enumerate(contents):
        diary.write(
            f"unit/{lot.word}/{number}",
            AGGREGATE,
            at=at + number * 4 * MINUTE,
            by=PACKING,
            step="packing:container_closed",
            place=PLANT,
            parentID=unit,
            childEPCs=texts(inside),
            destinationList=[
                {
                    "destination": diary.names.party(WAREHOUSE),
                    "type": "possessing_party",
                }
            ],
        )


def _write_release(diary: Diary, lot: Lot) -> None:
    day = lot.plan.pack_day
    document = diary.names.own("report", "sim-aksu-laboratory", lot.word.lower())
    whole = [pieces(lot.id, len(lot.serials))]
    diary.write(
        f"lot-sample/{lot.word}",
        OBSERVE,
        at=(day + 1) * DAY + 15 * HOUR,
        by=(QUALITY, TESTS),
        step="sampling:in_progress",
        place=PLANT,
        quantityList=whole,
    )
    diary.write(
        f"lot-test/{lot.word}",
        OBSERVE,
        at=(day + 4) * DAY + 16 * HOUR,
        by=(TESTS, QUALITY),
        step="inspecting:conformant",
        place="sim-aksu-laboratory",
        bizTransactionList=[{"bizTransaction": document, "type": "testres"}],
        quantityList=whole,
        sensorElementList=measured(
            report("moisture", draw(MOISTURE, "lot", lot.word), 2, "P1"),
            {
                "component": "caravan:camel_dna",
                "stringValue": "camel only",
                "type": "Dimensionless",
            },
        ),
    )
    diary.write(
        f"released/{lot.word}",
        OBSERVE,
        at=lot.plan.release_day * DAY + 10 * HOUR,
        by=QUALITY,
        step="inspecting:sellable_not_accessible",
        place=PLANT,
        quantityList=whole,
        bizTransactionList=[{"bizTransaction": document, "type": "testres"}],
    )


def _both(chinese: str, english: str) -> list[Json]:
    """Return a text in both languages."""
    return [
        {"@language": "zh", "@value": chinese},
        {"@language": "en", "@value": english},
    ]
