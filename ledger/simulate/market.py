"""From the plant to a kitchen in Hangzhou: freight, warehouse, shops, sales.

Lots go by road, along Aksu, Urumqi and Huzhou; one is flown from Aksu. A sale names the
pouch and nobody else: who buys is no matter of the ledger.
"""

from typing import Final

from ledger.encoding import Json
from ledger.simulate.chance import between
from ledger.simulate.diary import (
    DAY,
    HOUR,
    MINUTE,
    OBSERVE,
    SEE_WITHIN,
    Diary,
    measured,
    temperature,
    texts,
)
from ledger.simulate.figures import TO_AKSU, TO_HANGZHOU, TO_HUZHOU, TO_URUMQI
from ledger.simulate.packing import Carton, Lot
from ledger.simulate.parties import (
    AIR,
    AIRPORT,
    AKSU,
    GOODS_IN,
    HUZHOU,
    PACKING,
    PLANT,
    ROAD,
    SHOPS,
    URUMQI,
    WAREHOUSE,
)
from ledger.simulate.plan import Plan

# Where a pallet is seen, kilometres from Keping, hours after it left: on the road and
# in the air no faster than a lorry or an aircraft goes.
_BY_ROAD: Final = (
    (AKSU, TO_AKSU, 3),
    (URUMQI, TO_URUMQI, 19),
    (HUZHOU, TO_HUZHOU, 85),
    (WAREHOUSE, TO_HANGZHOU, 88),
)
_BY_AIR: Final = (
    (AIRPORT, TO_AKSU, 3),
    (WAREHOUSE, TO_HANGZHOU, 14),
)
_SOLD_PERCENT: Final = 90
_SHELF_DAYS: Final = 30
"""Most are sold in the first of these days."""
_LATE_HOURS: Final = 60


def write_market(diary: Diary, plan: Plan, lots: list[Lot]) -> dict[str, list[str]]:
    """Write down where the lots go; return the pouches that are sold, by lot."""
    sold = {}
    for lot in lots:
        _write_freight(diary, lot)
        sold[lot.word] = _write_shops(diary, plan, lot)
    return sold


def _write_freight(diary: Diary, lot: Lot) -> None:
    carrier, legs = (AIR, _BY_AIR) if lot.plan.is_flown else (ROAD, _BY_ROAD)
    freight = f"{carrier}/freight"
    leaves = lot.plan.ship_day * DAY + 7 * HOUR
    diary.write(
        f"shipped/{lot.word}",
        OBSERVE,
        at=leaves,
        by=(PACKING, freight),
        step="shipping:in_transit",
        place=PLANT,
        epcList=[lot.pallet],
        destinationList=_to(diary, WAREHOUSE),
        caravan__mode="air" if lot.plan.is_flown else "road",
    )
    for place, kilometres, hours in legs:
        at = leaves + hours * HOUR + between(0, 25, "leg", lot.word, place) * MINUTE
        diary.write(
            f"freight/{lot.word}/{place}",
            OBSERVE,
            at=at,
            by=freight,
            step="arriving:in_transit",
            place=place,
            epcList=[lot.pallet],
            sensorElementList=measured(
                temperature(between(120, 215, "freight", lot.word, place))
            ),
            caravan__distance={
                "from": diary.names.place(PLANT),
                "kind": "great circle",
                "quantity": kilometres,
                "uom": "KMT",
            },
            caravan__mode="air" if hours == _BY_AIR[-1][-1] else "road",
        )
        if place != WAREHOUSE:
            diary.write(
                f"freight/{lot.word}/{place}/on",
                OBSERVE,
                at=at + 50 * MINUTE,
                by=freight,
                step="departing:in_transit",
                place=place,
                epcList=[lot.pallet],
            )
    arrived = leaves + legs[-1][-1] * HOUR + 40 * MINUTE
    diary.write(
        f"received/{lot.word}",
        OBSERVE,
        at=arrived,
        by=(GOODS_IN, freight),
        step="receiving:completeness_verified",
        place=WAREHOUSE,
        epcList=[lot.pallet],
    )


def _write_shops(diary: Diary, plan: Plan, lot: Lot) -> list[str]:
    """Send every second carton to each shop, and sell from them."""
    sold: list[str] = []
    for number, shop in enumerate(SHOPS):
        cartons = lot.cartons[number :: len(SHOPS)]
        for carton in cartons:
            _write_delivery(diary, lot, carton, shop)
        if not cartons:
            continue
        at = lot.plan.shop_day * DAY + 13 * HOUR
        diary.write(
            f"shop/{shop}/{lot.word}",
            OBSERVE,
            at=at,
            by=f"{shop}/goods-in",
            step="receiving:completeness_verified",
            place=shop,
            epcList=texts([carton.id for carton in cartons]),
        )
        for place, carton in enumerate(cartons):
            diary.write(
                f"shelf/{carton.id[-18:]}",
                OBSERVE,
                at=at + (30 + 9 * place) * MINUTE,
                by=f"{shop}/goods-in",
                step="stocking:sellable_accessible",
                place=shop,
                epcList=texts(list(carton.pouches)),
            )
        sold += _write_sales(diary, plan, lot, shop, cartons)
    return sold


def _write_delivery(diary: Diary, lot: Lot, carton: Carton, shop: str) -> None:
    """Send a carton on; it names the pouches, so that the shop may speak of them."""
    minutes = between(0, 50, "sent", carton.id)
    diary.write(
        f"sent/{carton.id[-18:]}",
        SEE_WITHIN,
        at=lot.plan.shop_day * DAY + 8 * HOUR + minutes * MINUTE,
        by=GOODS_IN,
        step="shipping:in_transit",
        place=WAREHOUSE,
        parentID=carton.id,
        childEPCs=texts(list(carton.pouches)),
        destinationList=_to(diary, shop),
    )


def _write_sales(
    diary: Diary, plan: Plan, lot: Lot, shop: str, cartons: tuple[Carton, ...]
) -> list[str]:
    is_recalled = lot.plan.recalled_run is not None
    end = plan.recall_day if is_recalled else plan.days
    sold = []
    for pouch in (pouch for carton in cartons for pouch in carton.pouches):
        if between(1, 100, "bought", pouch) > _SOLD_PERCENT:
            continue
        wait = between(1, _SHELF_DAYS, "sold", pouch)
        wait = wait * between(1, _SHELF_DAYS, "soon", pouch) // _SHELF_DAYS
        day = lot.plan.shop_day + 1 + wait
        if day < end:
            at = day * DAY + between(9 * 60, 21 * 60, "minute", pouch) * MINUTE
            sold.append(pouch)
            _write_sale(diary, plan, shop, pouch, at)
    return sold


def _write_sale(diary: Diary, plan: Plan, shop: str, pouch: str, at: int) -> None:
    # On one day the till of a shop is off, and somebody types the sales in later.
    is_late = shop == SHOPS[1] and at // DAY == plan.days - 3
    diary.write(
        f"sale/{pouch.rpartition('/')[2]}",
        OBSERVE,
        at=at,
        posted=at + _LATE_HOURS * HOUR if is_late else None,
        is_by_hand=is_late,
        by=f"{shop}/{'till' if is_late else 'register'}",
        step="retail_selling:retail_sold",
        place=shop,
        epcList=[pouch],
    )


def _to(diary: Diary, word: str) -> list[Json]:
    return [
        {"destination": diary.names.party(word), "type": "possessing_party"},
        {"destination": diary.names.place(word), "type": "location"},
    ]
