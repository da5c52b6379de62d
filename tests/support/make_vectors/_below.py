"""Cases for what lies below a code: named as not checked, since no walk goes down."""

from ledger.identifier import GS1, check_digit
from tests.support.forge import ANIMAL
from tests.support.make_vectors._closures import asker
from tests.support.pouch import (
    CARTON,
    DRYING,
    FOREIGN_MILK,
    ITEM,
    LOT,
    MILK,
    OTHER_LOT,
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


def _checked(digits):
    return digits + check_digit(digits)


_PIECE = f"{GS1}8006/" + _checked("0952100000001") + "0102"
_ASSET = f"{GS1}8003/0" + _checked("952100000001")
_DOCUMENT = f"{GS1}253/" + _checked("952100000001")
_COUPON = f"{GS1}255/" + _checked("952100000001")
_CLASSES = {
    "piece": _PIECE,
    "lot-of-pieces": f"{_PIECE}/10/L%2F1",
    "component": f"{GS1}8010/9521%2FA",
    "asset-without-a-serial": _ASSET,
    "document-without-a-serial": _DOCUMENT,
    "coupon-without-a-serial": _COUPON,
}
_THINGS = {
    "piece": f"{_PIECE}/21/1",
    "component": f"{GS1}8010/9521%2FA/8011/1",
    "asset": f"{_ASSET}A",
    "document": f"{_DOCUMENT}A",
    "coupon": f"{_COUPON}1",
    "pack": f"{ITEM}/235/A",
}


def cases(case):
    """Return the cases by name; ``case`` spells one."""
    ask = asker(case)

    def below(goods, subject, *names):
        return ask(
            goods, subject, report={"absent": ["replay", *names, "witnesses", "label"]}
        )

    classes_of = {
        f"below-a-class-{word}": below(_named(name), name, "contents")
        for word, name in _CLASSES.items()
    }
    things = {
        f"below-a-single-{word}": below(_named(name), name)
        for word, name in _THINGS.items()
    }
    return classes_of | things | _of_contents(below) | _of_uses(below)


def _named(name):
    """Return a ledger in which something of any kind came into being; not closed."""
    goods = Goods()
    keys = [name.removeprefix(GS1).partition("/")[0] for name in (name, ITEM)]
    goods.join(PLANT, prefixes=[f"{GS1}{key}" for key in sorted({*keys})])
    goods.create(PLANT, epcList=None, quantityList=classes(name))
    return goods


def _carton(tell):
    """Return a ledger with a carton, of which this is said; not closed."""
    goods = Goods()
    goods.create(PLANT, CARTON)
    tell(goods)
    return goods


def _of_contents(below):
    """Return when a code is one of what holds other things."""

    def in_error(goods):
        goods.in_error(PLANT, goods.put(PLANT, CARTON, POUCH))

    def carried(goods):
        goods.ship(PLANT, CARTON, SHOP)
        goods.put(SHOP, CARTON, POUCH, action="OBSERVE")

    def with_a_say_about_the_child_alone(goods):
        goods.create(PLANT, PALLET)
        goods.ship(PLANT, PALLET, SHOP)
        goods.put(SHOP, CARTON, PALLET)

    def by_classes(goods):
        goods.put(PLANT, CARTON, childEPCs=None, childQuantityList=classes(OTHER_LOT))

    cartons = {
        "that-a-pouch-was-put-into": (
            ["contents"],
            lambda g: g.put(PLANT, CARTON, POUCH),
        ),
        "that-some-of-a-lot-was-put-into": (["contents"], by_classes),
        "that-a-pouch-was-taken-out-of": (
            ["contents"],
            lambda g: g.put(PLANT, CARTON, POUCH, action="DELETE"),
        ),
        "that-a-pouch-is-attached-to": (
            [],
            lambda g: g.put(PLANT, CARTON, POUCH, type="AssociationEvent"),
        ),
        "that-the-shop-looked-into": (["contents"], carried),
        "that-a-stranger-put-a-pouch-into": (
            [],
            lambda g: g.put(STRANGER, CARTON, POUCH),
        ),
        "that-one-with-a-say-about-the-child-alone-put-it-into": (
            [],
            with_a_say_about_the_child_alone,
        ),
        "that-a-pouch-was-put-into-in-error": ([], in_error),
        "that-was-put-onto-a-pallet": ([], lambda g: g.put(PLANT, PALLET, CARTON)),
        "that-a-document-has-as-its-parent": (
            [],
            lambda g: g.put(PLANT, CARTON, POUCH, type="TransactionEvent"),
        ),
    }
    return {
        "below-the-trade-item": below(boxed(made()), ITEM, "contents"),
        "below-the-lot": below(boxed(made()), LOT, "contents"),
        "below-the-pouch": below(boxed(made()), POUCH),
        "below-the-carton": below(boxed(made()), CARTON, "contents"),
        "below-the-pallet": below(boxed(made()), PALLET, "contents"),
    } | {
        f"below-a-carton-{word}": below(_carton(tell), CARTON, *names)
        for word, (names, tell) in cartons.items()
    }


def _of_uses(below):
    """Return when a code is one of what other things were made of."""
    used = packed()
    used.create(PLANT, TANK)
    used.make(PLANT, [], [TANK], inputEPCList=[POUCH])
    by_stranger = packed()
    by_stranger.create(STRANGER, FOREIGN_MILK)
    by_stranger.make(STRANGER, [LOT], [FOREIGN_MILK], inputEPCList=[POUCH])
    in_error = packed()
    in_error.create(PLANT, TANK)
    wrong = in_error.make(PLANT, [], [TANK], inputEPCList=[POUCH])
    in_error.in_error(PLANT, wrong)
    not_made = packed()
    not_made.create(PLANT, TANK)
    not_made.say(PLANT, inputEPCList=[POUCH], quantityList=classes(TANK))
    both = made()
    both.make(PLANT, [LOT], [OTHER_TANK])
    return {
        "below-the-animal": below(made(), ANIMAL, "uses"),
        "below-the-milk": below(made(), MILK, "uses"),
        "below-a-tank-used-in-a-part-of-a-transformation": below(made(), TANK, "uses"),
        "below-the-powder": below(made(), POWDER, "uses"),
        "below-a-transformation": below(made(), DRYING, "standing"),
        "below-a-pouch-that-was-used": below(used, POUCH, "uses"),
        "below-a-pouch-that-a-stranger-used": below(by_stranger, POUCH),
        "below-a-pouch-that-was-used-in-error": below(in_error, POUCH),
        "below-a-pouch-used-by-what-is-no-transformation": below(not_made, POUCH),
        "below-a-lot-that-was-used": below(both, LOT, "contents", "uses"),
    }
