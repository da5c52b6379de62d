"""Cases for the closure of a code: steps 11 and 12, and the members that are reported.

``report`` says what is to be reported, as far as a case is about it: a member is its
name, relation, level and whether it is open; ``apart`` are the indices of statements
that count for nothing.
"""

from tests.support.forge import ANIMAL
from tests.support.pouch import (
    CARTON,
    DRYING,
    FOREIGN_ITEM,
    FOREIGN_LOT,
    FOREIGN_MILK,
    ITEM,
    LOT,
    MILK,
    OFFICE,
    OTHER_LOT,
    OTHER_POUCH,
    OTHER_TANK,
    PALLET,
    PLANT,
    POUCH,
    POWDER,
    SHOP,
    STRANGER,
    TANK,
    Goods,
    boxed,
    classes,
    made,
    packed,
)

NEAR = [
    [POUCH, "subject", 0, False],
    [LOT, "lot", 0, False],
    [ITEM, "trade-item", 0, False],
]
BOXES = [[CARTON, "parent", 0, False], [PALLET, "parent", 0, False]]
SOURCES = [
    [POWDER, "source", 1, False],
    [TANK, "source", 2, False],
    [MILK, "source", 3, False],
    [ANIMAL, "source", 4, False],
]
ALONE = ["replay", "witnesses", "label"]


def asker(case):
    """Return what closes a ledger and asks it about the pouch, or something else."""

    def ask(goods, subject=POUCH, *, given=None, **wanted):
        goods.seal()
        document = goods.passport(subject, **given or {})
        return case(goods, subject=subject, document=document, **wanted)

    return ask


def cases(case):
    """Return the cases by name; ``case`` spells one."""
    ask = asker(case)
    return _of_lots(ask) | _of_members(ask) | _of_sources(ask) | _of_what_is_open(ask)


def told(*tellings):
    """Return a ledger of the trade item in which this is said; not closed."""
    goods = Goods()
    goods.create(PLANT, ITEM)
    for tell in tellings:
        tell(goods)
    return goods


def _of_lots(ask):
    """Return what step 11 makes of serials and their lots."""

    def not_packed(goods, subject=POUCH, **question):
        return ask(goods, subject, step=11, code="not-packed", **question)

    def attested(goods):
        goods.say(STRANGER, PLANT, epcList=[POUCH], quantityList=classes(LOT))

    def again(goods):
        return goods.pack(lots=[OTHER_LOT], action="OBSERVE", bizStep="inspecting")

    unsettled = packed()
    unsettled.in_error(PLANT, again(unsettled))
    stranger_too = packed()
    by_stranger = stranger_too.pack(STRANGER, lots=[OTHER_LOT], action="OBSERVE")
    early = Goods()
    early.join(PLANT, prefixes=[FOREIGN_ITEM])
    early.pack()
    early.become(PLANT)
    early.create(PLANT, ITEM)
    late = packed()
    late.become(PLANT, prefixes=[FOREIGN_ITEM])
    not_of_all = [name for name in packed().names if name != POUCH]
    return {
        "packed-in-the-lot-scanned": ask(packed(), lot=LOT, report={"lot": LOT}),
        "packed-and-no-lot-scanned": ask(packed(), report={"lot": LOT}),
        "packed-in-another-lot-than-scanned": not_packed(packed(), lot=OTHER_LOT),
        "packed-by-a-stranger": not_packed(told(lambda g: g.pack(STRANGER)), lot=LOT),
        "packed-by-a-stranger-and-attested-by-the-creator": not_packed(
            told(lambda g: g.create(PLANT, POUCH), attested), lot=LOT
        ),
        "created-and-never-packed": not_packed(told(lambda g: g.create(PLANT, POUCH))),
        "packed-in-two-lots": not_packed(told(Goods.pack, again), lot=LOT),
        "packed-in-two-lots-by-one-statement": not_packed(
            told(lambda g: g.pack(lots=[LOT, OTHER_LOT])), lot=LOT
        ),
        "packed-in-a-lot-of-another-trade-item": not_packed(
            told(lambda g: g.pack(lots=[FOREIGN_LOT]))
        ),
        "packed-as-the-trade-item-alone": not_packed(
            told(lambda g: g.pack(lots=[ITEM]))
        ),
        "packed-in-another-lot-too-by-a-stranger": ask(
            stranger_too, report={"lot": LOT, "apart": [by_stranger]}
        ),
        "packing-declared-in-error": not_packed(
            told(lambda g: g.in_error(PLANT, g.pack()))
        ),
        "another-packing-declared-in-error": ask(unsettled, report={"lot": LOT}),
        "packed-across-lists-of-one-statement": ask(
            told(
                lambda g: g.create(PLANT, POUCH),
                lambda g: g.make(PLANT, [], [LOT], epcList=[POUCH]),
            ),
            report={"lot": LOT},
        ),
        "packed-before-its-prefix-was-admitted": not_packed(early),
        "packed-while-its-prefix-was-admitted": ask(late, report={"lot": LOT}),
        "nothing-about-the-serial": not_packed(packed(), OTHER_POUCH),
        "nothing-about-the-lot": ask(packed(), OTHER_LOT, step=11, code="not-found"),
        "code-is-the-name-of-an-alarm-list": ask(
            told(lambda g: g.alarm(PLANT, ITEM)),
            f"{ITEM}#alarm",
            step=11,
            code="not-found",
        ),
        "list-of-the-code-withheld": ask(
            packed(), step=11, code="incomplete", given={"names": not_of_all}
        ),
    }


def _of_members(ask):
    """Return what a code leads to besides what goods were made of."""

    def withheld(name, *instead):
        goods = boxed(packed())
        names = [each for each in goods.names if each != name]
        return ask(
            goods, step=12, code="incomplete", given={"names": [*names, *instead]}
        )

    whole = boxed(made())
    associated = packed()
    associated.create(PLANT, CARTON)
    associated.put(PLANT, CARTON, POUCH, type="AssociationEvent")
    taken_off = packed()
    taken_off.create(PLANT, CARTON)
    taken_off.put(PLANT, CARTON, POUCH, action="DELETE")
    another = packed()
    another.pack(serials=[OTHER_POUCH])
    another.create(PLANT, CARTON)
    another.put(PLANT, CARTON, OTHER_POUCH)
    no_parent = packed()
    no_parent.put(PLANT, None, POUCH)
    as_object = packed()
    as_object.put(PLANT, CARTON, POUCH, type="ObjectEvent", action="OBSERVE")
    in_each_other = boxed(packed())
    in_each_other.put(PLANT, CARTON, PALLET)
    in_itself = packed()
    in_itself.put(PLANT, POUCH, POUCH)
    alarmed = packed()
    alarmed.alarm(PLANT, LOT)
    only_alarms = [name for name in alarmed.names if name != LOT]
    return {
        "from-the-animal-to-the-pallet": ask(
            whole,
            lot=LOT,
            report={
                "lot": LOT,
                "members": NEAR + BOXES + SOURCES,
                "alarms": [],
                "cycle": [],
                "apart": [],
                "shown": [4, 5, 6, 9, 10, 11, 12, 13, 14, 15, 16],
                "about": [
                    [4, [ANIMAL]],
                    [5, [MILK, ANIMAL]],
                    [6, [MILK]],
                    [9, [TANK, MILK]],
                    [10, [TANK]],
                    [11, [POWDER]],
                    [12, [ITEM]],
                    [13, [POUCH, LOT, POWDER]],
                    [14, [CARTON, PALLET]],
                    [15, [POUCH, CARTON]],
                    [16, [CARTON, PALLET]],
                ],
                "absent": ALONE,
            },
        ),
        "of-a-lot": ask(
            made(),
            LOT,
            report={
                "lot": None,
                "members": [[LOT, "subject", 0, False], NEAR[2], *SOURCES],
            },
        ),
        "of-a-trade-item": ask(
            made(), ITEM, report={"members": [[ITEM, "subject", 0, False]]}
        ),
        "of-a-carton": ask(
            boxed(made()),
            CARTON,
            report={"members": [[CARTON, "subject", 0, False], BOXES[1]]},
        ),
        "of-an-animal": ask(
            made(), ANIMAL, report={"members": [[ANIMAL, "subject", 0, False]]}
        ),
        "of-a-party": ask(
            made(),
            PLANT,
            report={"members": [[PLANT, "subject", 0, False]], "shown": [7, 8]},
        ),
        "list-of-the-lot-withheld": withheld(LOT),
        "only-alarms-of-the-lot": ask(
            alarmed, step=12, code="incomplete", given={"names": only_alarms}
        ),
        "list-of-the-trade-item-withheld": withheld(ITEM),
        "list-of-the-carton-withheld": withheld(CARTON),
        "list-of-the-pallet-withheld": withheld(PALLET),
        "only-alarms-of-the-carton": withheld(CARTON, f"{CARTON}#alarm"),
        "parent-by-association": ask(associated, report={"members": NEAR + BOXES[:1]}),
        "parent-that-it-was-taken-out-of": ask(
            taken_off, report={"members": NEAR + BOXES[:1]}
        ),
        "parent-of-another-pouch": ask(another, report={"members": NEAR}),
        "packed-into-nothing-that-is-named": ask(no_parent, report={"members": NEAR}),
        "parent-in-an-event-that-does-not-pack": ask(
            as_object, report={"members": NEAR}
        ),
        "parents-in-each-other": ask(
            in_each_other, report={"members": NEAR + BOXES, "cycle": []}
        ),
        "parent-of-itself": ask(in_itself, report={"members": NEAR}),
    }


def _of_sources(ask):
    """Return what goods were made of, as far as whole lists lead."""

    def withheld(name):
        goods = made()
        names = [each for each in goods.names if each != name]
        return ask(goods, step=12, code="incomplete", given={"names": names})

    two = made()
    two.make(PLANT, [MILK], [OTHER_TANK])
    two.make(PLANT, [OTHER_TANK], [], transformationID=DRYING)
    tanks = [[OTHER_TANK, "source", 2, False], [TANK, "source", 2, False]]
    shortcut = made()
    shortcut.make(PLANT, [TANK], [LOT])
    near = [[POWDER, "source", 1, False], [TANK, "source", 1, False]]
    higher = [[MILK, "source", 2, False], [ANIMAL, "source", 3, False]]
    round_trip = made()
    round_trip.make(PLANT, [POWDER], [TANK])
    itself = made()
    itself.make(PLANT, [POWDER], [POWDER])
    of_the_lot = made()
    of_the_lot.make(PLANT, [LOT], [TANK])
    by_serial = packed()
    by_serial.create(PLANT, TANK)
    by_serial.make(PLANT, [TANK], [], outputEPCList=[POUCH])
    only_input = made()
    only_input.make(PLANT, [POWDER], [FOREIGN_LOT])
    no_making = packed()
    no_making.create(PLANT, TANK)
    no_making.say(
        PLANT, outputQuantityList=classes(LOT), inputQuantityList=classes(TANK)
    )
    other_part = made()
    other_part.create(PLANT, OTHER_TANK)
    other_part.say(
        PLANT, transformationID=DRYING, inputQuantityList=classes(OTHER_TANK)
    )
    as_thing = made()
    as_thing.make(PLANT, [OTHER_TANK], [], inputEPCList=[DRYING])
    return {
        "list-of-the-powder-withheld": withheld(POWDER),
        "list-of-the-transformation-withheld": withheld(DRYING),
        "list-of-the-tank-withheld": withheld(TANK),
        "list-of-the-animal-withheld": withheld(ANIMAL),
        "two-tanks-by-name": ask(
            two, report={"members": NEAR + SOURCES[:1] + tanks + SOURCES[2:]}
        ),
        "at-the-nearest-level": ask(shortcut, report={"members": NEAR + near + higher}),
        "made-of-each-other": ask(
            round_trip, report={"members": NEAR + SOURCES, "cycle": [POWDER, TANK]}
        ),
        "made-of-itself": ask(
            itself, report={"members": NEAR + SOURCES, "cycle": [POWDER]}
        ),
        "lot-made-of-itself": ask(
            of_the_lot,
            report={"members": NEAR + SOURCES, "cycle": [LOT, POWDER, TANK]},
        ),
        "made-of-by-the-serial": ask(
            by_serial, report={"members": [*NEAR, [TANK, "source", 1, False]]}
        ),
        "what-is-made-of-a-source-is-none": ask(
            only_input, report={"members": NEAR + SOURCES}
        ),
        "inputs-of-an-event-that-makes-nothing": ask(
            no_making, report={"members": NEAR}
        ),
        "inputs-of-an-event-that-is-no-transformation": ask(
            other_part, report={"members": NEAR + SOURCES}
        ),
        "transformation-named-as-a-thing": ask(
            as_thing, report={"members": NEAR + SOURCES}
        ),
    }


def _of_what_is_open(ask):
    """Return sources of which only the alarms are given."""

    def opened(goods, name, **report):
        names = [each for each in goods.names if each != name]
        given = {"names": [*names, f"{name}#alarm"]}
        return ask(goods, given=given, report=report)

    no_lists = made()
    not_higher = [n for n in no_lists.names if n not in {TANK, MILK, ANIMAL}]
    alarmed = made()
    alarm = alarmed.alarm(STRANGER, TANK, "damaged")
    strange = made()
    strange.alarm(STRANGER, TANK)
    strange.alarm(STRANGER, TANK, "inactive")
    official = made()
    recall = official.alarm(OFFICE, TANK)
    former = Goods()
    former.join(SHOP, prefixes=[TANK])
    former.become(SHOP)
    made(former)
    unclear = former.alarm(SHOP, TANK)
    lifted = made()
    raised = lifted.alarm(PLANT, TANK)
    lifted.lift(PLANT, TANK)
    wrong = made()
    wrong.in_error(PLANT, wrong.alarm(PLANT, TANK))
    corrected = made()
    corrected.in_error(PLANT, corrected.say(PLANT, epcList=[TANK]))
    whole = made()
    whole.alarm(STRANGER, TANK)
    foreign = made()
    foreign.make(STRANGER, [TANK], [FOREIGN_MILK])
    tank = [TANK, "source", 2, True]
    return {
        "open-tank": opened(
            made(),
            TANK,
            members=[*NEAR, SOURCES[0], tank],
            alarms=[],
            about=[
                [9, [TANK]],
                [10, [TANK]],
                [11, [POWDER]],
                [12, [ITEM]],
                [13, [POUCH, LOT, POWDER]],
            ],
            apart=[],
            absent=["replay", "sources", "witnesses", "label"],
        ),
        "open-powder": opened(
            made(), POWDER, members=[*NEAR, [POWDER, "source", 1, True]]
        ),
        "nothing-of-the-tank": ask(
            no_lists, step=12, code="incomplete", given={"names": not_higher}
        ),
        "open-tank-with-an-alarm-that-nobody-can-judge": opened(
            alarmed, TANK, alarms=[[TANK, "damaged", alarm, False]], apart=[]
        ),
        "open-tank-recalled-by-who-can-never-have-created-it": opened(
            strange, TANK, alarms=[], apart=[]
        ),
        "open-tank-recalled-by-an-authority": opened(
            official, TANK, alarms=[[TANK, "recalled", recall, False]]
        ),
        "open-tank-recalled-by-who-had-its-prefix": opened(
            former, TANK, alarms=[[TANK, "recalled", unclear, False]]
        ),
        "open-tank-with-an-alarm-lifted": opened(
            lifted, TANK, alarms=[[TANK, "recalled", raised, False]]
        ),
        "open-tank-with-an-alarm-declared-in-error": opened(wrong, TANK, alarms=[]),
        "open-tank-with-a-declaration-whose-original-is-not-on-its-list": opened(
            corrected, TANK, alarms=[], apart=[]
        ),
        "whole-list-beside-that-of-alarms": ask(
            whole, report={"members": NEAR + SOURCES, "alarms": []}
        ),
        "open-tank-and-a-stranger-s-word-on-another-list": ask(
            foreign,
            given={
                "names": [
                    *(n for n in foreign.names if n not in {TANK, MILK, ANIMAL}),
                    f"{TANK}#alarm",
                ]
            },
            report={"members": [*NEAR, SOURCES[0], tank], "apart": []},
        ),
    }
