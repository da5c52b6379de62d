"""Frauds with pouches, their serials and their dates."""

from ledger.simulate.diary import AREAS, CREATE, DAY, HOUR, kg
from ledger.simulate.names import serial_id, serial_number
from ledger.simulate.parties import PLANT, QUALITY, SHOPS, URUMQI
from tests.support.frauds.book import grams
from tests.support.frauds.kinds import fraud


@fraud("codes", "serials", 10, 3, 1)
def serials_above_packed(book, strength, chance):
    """More serials are issued than pouches are packed."""
    page = chance.choice(book.by_word["packed"])
    word = page.record.split("/")[1]
    first = chance.randrange(10_000, 99_999)
    page.lie()["outputEPCList"] += [
        serial_id(serial_number(word, first + place)) for place in range(int(strength))
    ]
    return page.record


@fraud("codes", "pouches", 5, 2, 1)
def sold_twice(book, strength, chance):
    """A serial is printed once more, and sold a second time, in another shop."""
    for page in chance.sample(_sales(book), int(strength)):
        other = next(shop for shop in SHOPS if shop != page.place)
        book.write(
            f"{page.record}/again",
            at=book.at(page) + chance.randrange(2, 40) * HOUR,
            by=f"{other}/register",
            step="retail_selling:retail_sold",
            place=other,
            epcList=list(page.body["epcList"]),
        )
    return page.record


@fraud("codes", "days before", 10, 3, 1)
def sold_before_shipped(book, strength, chance):
    """A pouch is sold before its lot left the plant: it is not the one of that code."""
    page = chance.choice(_sales(book))
    shipped = _shipped(book, page)
    book.move(page, book.at(shipped) - int(strength) * DAY + 3 * HOUR)
    return page.record


@fraud("codes", "lots", 3, 2, 1)
def void_serial_sold(book, strength, chance):
    """A pouch whose serial was made void is sold all the same."""
    for page in chance.sample(book.by_word["voided"], int(strength)):
        pouch = page.body["epcList"][0]
        lot = page.record.split("/")[1]
        at = max(book.at(p) for p in book.by_word["shop"] if p.record.endswith(lot))
        shop = chance.choice(SHOPS)
        book.write(
            f"sale/{pouch.rpartition('/')[2]}",
            at=at + chance.randrange(20, 26) * HOUR,
            by=f"{shop}/register",
            step="retail_selling:retail_sold",
            place=shop,
            epcList=[pouch],
        )
    return pouch


@fraud("codes", "pouches", 5, 3, 1)
def sold_outside_its_region(book, strength, chance):
    """A shop of Hangzhou sells in Urumqi what was sent to Hangzhou."""
    for page in chance.sample(_sales(book), int(strength)):
        page.lie()["readPoint"] = {"id": book.names.place(URUMQI)}
        page.body["caravan:area"] = AREAS[URUMQI]
    return page.record


@fraud("origin", "days past its date", 365, 90, 5)
def expired_powder_repacked(book, strength, chance):
    """The plant takes powder that is past its date, and packs it with a new one."""
    page = chance.choice(book.by_word["packed"])
    at = book.at(page)
    old = at - (547 + int(strength)) * DAY
    lot = book.names.own("powder", PLANT, book.time(old)[:10])
    needed = sum(grams(e["quantity"]) for e in page.body["inputQuantityList"])
    book.write(
        f"powder/{lot.rpartition('/')[2]}",
        CREATE,
        is_wrong=False,
        at=old,
        posted=-8 * DAY,
        by=QUALITY,
        step="commissioning:active",
        place=PLANT,
        quantityList=[{"epcClass": lot, "quantity": kg(needed), "uom": "KGM"}],
        ilmd={
            "gs1:bestBeforeDate": book.time(at - int(strength) * DAY)[:10],
            "gs1:productionDate": book.time(old)[:10],
        },
    )
    for element in page.body["inputQuantityList"]:
        left = grams(element["quantity"])
        book.restock(element["epcClass"], left, is_batch=False)
    page.lie()["inputQuantityList"] = [
        {"epcClass": lot, "quantity": kg(needed), "uom": "KGM"}
    ]
    return lot


@fraud("time", "days", 180, 30, 3)
def production_date_later(book, strength, chance):
    """Pouches bear a production date later than the day on which they were packed."""
    page = chance.choice(book.by_word["packed"])
    word = page.record.split("/")[1]
    for packed in book.by_word["packed"]:
        if packed.record.split("/")[1] != word:
            continue
        at = book.at(packed) + int(strength) * DAY
        packed.lie()["ilmd"] |= {
            "gs1:bestBeforeDate": book.time(at + 547 * DAY)[:10],
            "gs1:productionDate": book.time(at)[:10],
        }
    return word


def _sales(book):
    return book.by_word["sale"]


def _shipped(book, sale):
    """Return when the lot of a pouch that was sold left the plant."""
    pouch = sale.body["epcList"][0]
    (packed,) = (
        page
        for page in book.about(pouch)
        if pouch in page.body.get("outputEPCList", ())
    )
    word = packed.record.split("/")[1]
    return next(p for p in book.by_word["shipped"] if p.record.endswith(word))
