"""The recall: a sample that was kept shows that one tank was not pasteurised.

Nothing is said about the lot or a pouch. Whoever scans a pouch that was sold learns of
it only by following what the pouch is made of, 2 steps back.

And one recall that is none: a competitor may sign whatever its rights allow, and has no
say about a pouch that it never had.
"""

from ledger.simulate.diary import DAY, HOUR, MINUTE, OBSERVE, Diary, measured, texts
from ledger.simulate.packing import Lot
from ledger.simulate.parties import (
    LABORATORY,
    OFFICE,
    PLANT,
    QUALITY,
    SHOPS,
    TESTS,
    TRADER,
)
from ledger.simulate.plan import Plan

_PER_STATEMENT = 100


def write_recall(
    diary: Diary, plan: Plan, lot: Lot, tank: str, sold: list[str]
) -> None:
    """Write down the failed test, the recall, and what the shops still hold.

    Args:
        diary: Where it is written.
        plan: The season's.
        lot: The lot that has powder from the tank.
        tank: The tank that was not pasteurised.
        sold: Pouches of the lot that were sold before.
    """
    at = plan.recall_day * DAY + 9 * HOUR
    document = diary.names.own("report", LABORATORY, tank.rpartition("/")[2])
    # Who hands over a sample gives the laboratory a say about what it was taken from.
    diary.write(
        "kept-sample",
        OBSERVE,
        at=at - 2 * DAY,
        by=(QUALITY, TESTS),
        step="sampling:in_progress",
        place=PLANT,
        quantityList=[{"epcClass": tank}],
    )
    diary.write(
        "failed-test",
        OBSERVE,
        at=at,
        by=TESTS,
        step="inspecting:non_conformant",
        place=LABORATORY,
        bizTransactionList=[{"bizTransaction": document, "type": "testres"}],
        persistentDisposition={"set": ["non_conformant"]},
        quantityList=[{"epcClass": tank}],
        sensorElementList=measured(
            {
                "component": "caravan:phosphatase",
                "stringValue": "positive",
                "type": "Dimensionless",
            }
        ),
    )
    diary.write(
        "recall",
        OBSERVE,
        at=at + 2 * HOUR,
        by=QUALITY,
        step="holding:recalled",
        place=PLANT,
        bizTransactionList=[{"bizTransaction": document, "type": "testres"}],
        persistentDisposition={"set": ["recalled"]},
        quantityList=[{"epcClass": tank}],
        caravan__reason="not pasteurised",
    )
    for number, shop in enumerate(SHOPS):
        cartons = lot.cartons[number :: len(SHOPS)]
        held = [p for carton in cartons for p in carton.pouches if p not in set(sold)]
        for first in range(0, len(held), _PER_STATEMENT):
            diary.write(
                f"held/{shop}/{first}",
                OBSERVE,
                at=at + 4 * HOUR + first * MINUTE,
                by=f"{shop}/goods-in",
                step="holding:recalled",
                place=shop,
                epcList=texts(held[first : first + _PER_STATEMENT]),
            )


def write_dispute(diary: Diary, plan: Plan, pouch: str) -> None:
    """Let a trader who never had a pouch say that it is recalled."""
    diary.write(
        f"dispute/{pouch.rpartition('/')[2]}",
        OBSERVE,
        at=(plan.days - 1) * DAY + 10 * HOUR,
        by=OFFICE,
        step="holding:recalled",
        place=TRADER,
        epcList=[pouch],
        caravan__reason="not genuine",
    )
