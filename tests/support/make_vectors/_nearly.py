"""Cases for events that are nearly what a rule of the closure asks for.

Each has one thing that the rule leaves out, in an event that otherwise would count, or
the other way round. ``report`` is as for the closures.
"""

from tests.support.forge import ANIMAL
from tests.support.make_vectors._closures import BOXES, NEAR, SOURCES, asker
from tests.support.pouch import (
    CARTON,
    DRYING,
    FOREIGN_MILK,
    ITEM,
    LAB,
    LOT,
    MILK,
    OTHER_LOT,
    OTHER_POUCH,
    PALLET,
    PLANT,
    POUCH,
    SHOP,
    STRANGER,
    TANK,
    classes,
    made,
    packed,
)


def cases(case):
    """Return the cases by name; ``case`` spells one."""
    ask = asker(case)
    return _of_packing(ask) | _of_making(ask) | _of_words(ask)


def _of_packing(ask):
    """Return events that do not pack, and parents that are something else as well."""
    as_class = packed()
    as_class.say(PLANT, epcList=[POUCH], quantityList=classes(OTHER_POUCH))
    as_child = packed()
    as_child.say(PLANT, childEPCs=[POUCH], quantityList=classes(OTHER_LOT))
    beside = packed()
    beside.create(PLANT, CARTON)
    beside.put(PLANT, CARTON, OTHER_POUCH, epcList=[POUCH])
    in_the_lot = packed()
    in_the_lot.create(PLANT, PALLET)
    in_the_lot.put(PLANT, LOT, POUCH)
    in_the_lot.put(PLANT, PALLET, LOT)
    return {
        "serial-of-another-as-the-class-packed-in": ask(as_class, report={"lot": LOT}),
        "class-beside-the-serial-as-a-child": ask(as_child, report={"lot": LOT}),
        "parent-of-others-in-an-event-that-names-the-pouch": ask(
            beside, report={"members": NEAR}
        ),
        "parent-of-the-lot-as-a-parent": ask(
            in_the_lot, report={"members": [*NEAR, BOXES[1]]}
        ),
    }


def _of_making(ask):
    """Return events that make nothing, parts of others' goods, sources met before."""
    created = packed()
    created.create(PLANT, TANK)
    created.create(
        PLANT, quantityList=classes(LOT), inputQuantityList=classes(TANK), epcList=None
    )
    part = made()
    part.create(STRANGER, FOREIGN_MILK)
    part.make(PLANT, [FOREIGN_MILK], [], transformationID=DRYING)
    foreign = [FOREIGN_MILK, "source", 2, False]
    near, tank, *further = SOURCES
    parent, cut = made(), made()
    for goods in (parent, cut):
        goods.put(PLANT, TANK, POUCH)
    not_milk = [name for name in cut.names if name != MILK]
    return {
        "inputs-of-an-object-event-that-creates": ask(
            created, report={"members": NEAR}
        ),
        "part-about-another-s-goods-alone": ask(
            part,
            report={"members": [*NEAR, near, tank, foreign, *further], "apart": []},
        ),
        "parent-that-is-a-source": ask(
            parent,
            report={
                "members": [
                    *NEAR,
                    [TANK, "parent", 0, False],
                    near,
                    [MILK, "source", 3, False],
                    [ANIMAL, "source", 4, False],
                ]
            },
        ),
        "source-of-a-parent-that-is-a-source-withheld": ask(
            cut, step=12, code="incomplete", given={"names": not_milk}
        ),
    }


def _of_words(ask):
    """Return releases that are none, and declarations that do not concern a member."""

    def said_by_the_shop(step, disposition):
        goods = packed()
        goods.ship(PLANT, POUCH, SHOP)
        rights = {"persistent": [], "steps": [[step, disposition]]}
        goods.join(SHOP, rights=rights)
        index = goods.say(SHOP, epcList=[POUCH], bizStep=step, disposition=disposition)
        return goods, index

    elsewhere, _ = said_by_the_shop("stocking", "sellable_accessible")
    other, kept = said_by_the_shop("inspecting", "sellable_not_accessible")
    mistaken = packed()
    failed = mistaken.alarm(LAB, ITEM, "non_conformant")
    settled = mistaken.in_error(LAB, failed)
    copied = packed()
    recall = copied.alarm(PLANT, LOT)
    number, said = copied.told[recall]
    copy = copied.say(STRANGER, number=number, **said)
    declared = copied.in_error(STRANGER, copy)
    return {
        "sellable-in-another-step-than-a-release": ask(elsewhere, report={"apart": []}),
        "release-that-keeps-it-from-the-shelf": ask(other, report={"apart": [kept]}),
        "stranger-s-failed-test-of-the-trade-item-in-error": ask(
            mistaken, report={"alarms": [], "apart": [failed, settled]}
        ),
        "stranger-s-copy-of-a-recall-declared-in-error": ask(
            copied,
            report={
                "alarms": [[LOT, "recalled", recall, True]],
                "apart": [copy, declared],
            },
        ),
    }
