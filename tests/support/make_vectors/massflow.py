"""Vectors for shares by mass and balances of lots, hostile bodies included."""

import json
import random
from decimal import Decimal

from ledger.account import Account
from ledger.chart import to_svg
from ledger.closure import Member
from ledger.encoding import canonical, parse_canonical
from ledger.event import parse_event
from ledger.massflow import balance_rows, balance_shape, share_rows
from tests.support.make_vectors.event import HOST, event

ITEM = "https://id.gs1.org/01/09520123456788"
LOT, OTHER = f"{ITEM}/10/L1", f"{ITEM}/10/L2"
POUCH = f"{ITEM}/21/7"
COW, CAMEL = f"https://{HOST}/id/animal/cow", f"https://{HOST}/id/animal/camel"

MESSAGES = {
    "balance.added": "{mass} of nobody knows what",
    "balance.batches": "{count} batches",
    "balance.made": "made {mass}",
    "balance.milked": "milked {mass}",
    "balance.overdrawn": "{count}: {names}",
    "balance.packs": "{count} x {net} = {mass}",
    "balance.raw": "came in {mass}",
    "balance.ratio": "{ratio} in {low} to {high}",
    "balance.ratio.beyond": "{ratio} beyond {low} to {high}",
    "balance.shared.milk": "{mass} of {milked} in {milkings} milkings",
    "balance.this": "here",
    "loss.water": "gone as water",
    "milk.listed": "milk of somebody",
    "milk.of": "{species} milk",
    "milk.of.camel": "Camel milk",
    "process.drying": "dried",
    "share.basis": "{milkings} milkings",
    "share.basis.lot": "{milkings} of {all} milkings",
    "share.cycle": "of itself",
    "share.exact": "{part} = {share}",
    "share.least": "{part} >= {share}",
    "share.more": "{count} more",
    "share.recipe.agrees": "agrees: {recipe}",
    "share.recipe.differs": "differs: {recipe}",
    "share.recipe.fits": "fits: {recipe}",
    "share.recipe.open": "open",
    "share.rest": "open {share}",
    "share.unknown": "no mass of {name}",
    "species.cattle": "cow",
    "unit.GRM": "g",
    "unit.KGM": "kg",
    "unit.P1": "%",
}


def spell(body):
    """Return a body in canonical form, whatever the numbers in it."""
    return canonical(json.loads(json.dumps(body), parse_float=Decimal)).decode()


def own(word):
    """Return an identifier of the ledger's own for a word; whole ones stay."""
    return word if word.startswith("https:") else f"https://{HOST}/id/lot/{word}"


def amounts(masses):
    """Return a quantity list: kilograms, or what has a unit."""
    listed = []
    for word, mass in masses.items():
        value, uom = mass if isinstance(mass, tuple) else (mass, "KGM")
        quantity = {"quantity": value} | ({"uom": uom} if uom else {})
        listed.append({"epcClass": own(word), **quantity})
    return listed


def said(body, **more):
    """Return a statement."""
    return {
        "body": spell(body),
        "is_apart": more.get("apart", False),
        "declared_by": more.get("declared"),
    }


def step(process, inputs, outputs, *, lost=None, things=(), serials=(), **more):
    """Return a transformation."""
    flags = {name: more.pop(name) for name in ("apart", "declared") if name in more}
    members = {
        "bizStep": "creating_class_instance",
        "caravan:process": process,
        "outputQuantityList": amounts(outputs),
        **more,
    }
    if inputs:
        members["inputQuantityList"] = amounts(inputs)
    if things:
        members["inputEPCList"] = list(things)
    if serials:
        members["outputEPCList"] = list(serials)
    if lost:
        members["caravan:loss"] = [
            {"quantity": mass, "reason": reason, "uom": "KGM"}
            for reason, mass in lost.items()
        ]
    return said(event("TransformationEvent", **members), **flags)


def milked(word, kilograms, species="camel", lost=None, **more):
    """Return a milking."""
    of = {"caravan:species": species} if species else {}
    animal = COW if species == "cattle" else CAMEL
    return step(
        "milking", {}, {word: kilograms}, lost=lost, things=[animal], **of, **more
    )


def product(**ilmd):
    """Return what is said of the trade item."""
    given = {"gs1:netContent": {"uom": "GRM", "value": 500}, **ilmd}
    listed = [{"epcClass": ITEM}]
    return said(event(action="ADD", quantityList=listed, ilmd=given))


def recipe(*parts):
    """Return a recipe: species and percent."""
    return {
        "caravan:recipe": [
            {"name": "x", "species": species, "uom": "P1", "value": percent}
            for species, percent in parts
        ]
    }


def packed(inputs, count=10, lot=LOT, **more):
    """Return the packing of a lot."""
    serials = [POUCH] if lot == LOT else []
    return step("packing", inputs, {lot: (count, "H87")}, serials=serials, **more)


def added(word, mass, **more):
    """Return what puts more to a thing, of which nobody says what it was made of."""
    return said(event(action="ADD", quantityList=amounts({word: mass})), **more)


def stock(word, mass):
    """Return a stock taking."""
    return said(event(bizStep="stock_taking", quantityList=amounts({word: mass})))


def case(name, statements, levels, want, *, lang="en", subject=POUCH, what="share"):
    """Return a case; levels are words of things, nearest to the code first."""
    members = [[subject, "subject", 0]]
    if subject == POUCH:
        members.append([LOT, "lot", 0])
    members.append([ITEM, "trade-item", 0])
    for level, words in enumerate(levels, 1):
        members += [[own(word), "source", level] for word in words]
    return {
        "name": name,
        "lang": lang,
        "members": members,
        "statements": statements,
        what: want,
    }


def mix(a, b, out, **more):
    """Return the case of a pack of camel's and cow's milk that were mixed."""
    return [
        product(**more),
        milked("a", a),
        milked("b", b, "cattle"),
        step("mixing", {"a": a, "b": b}, {"m": out}),
        packed({"m": 5}),
    ]


TWO = [["m"], ["a", "b"], [CAMEL, COW]]
ONE = [["a"], [CAMEL]]
BASIS = {"share.basis": "2 milkings"}
ALONE = {"share.basis": "1 milkings"}

SHARES = [
    case("nothing-made", [product()], [], {}),
    case(
        "one-milk",
        [product(), milked("a", 10), packed({"a": 5})],
        ONE,
        {"share.0": "Camel milk = 100", **ALONE},
    ),
    case(
        "drying-keeps-the-one-share",
        [
            product(),
            milked("a", 100),
            milked("b", 50),
            step("mixing", {"a": 100, "b": 50}, {"m": 150}),
            step("drying", {"m": 150}, {"p": 20}, lost={"water": 130}),
            packed({"p": 5}),
        ],
        [["p"], ["m"], ["a", "b"], [CAMEL]],
        {"share.0": "Camel milk = 100", **BASIS},
    ),
    case(
        "a-mix-without-loss",
        mix(6, 4, 10),
        TWO,
        {"share.0": "Camel milk = 60", "share.1": "cow milk = 40", **BASIS},
    ),
    case(
        "shares-are-rounded-down",
        mix(2, 1, 3),
        TWO,
        {"share.0": "Camel milk = 66.6", "share.1": "cow milk = 33.3", **BASIS},
    ),
    case(
        "nearly-all-is-not-all",
        mix(9999, 1, 10_000),
        TWO,
        {"share.0": "Camel milk = 99.9", "share.1": "cow milk = 0", **BASIS},
    ),
    case(
        "thirds-make-a-half-again",
        [
            product(),
            milked("a", 2),
            milked("b", 2, "cattle"),
            step("mixing", {"a": 1, "b": 2}, {"m": 3}),
            step("mixing", {"m": 3, "a": 1}, {"n": 4}),
            packed({"n": 5}),
        ],
        [["n"], ["m", "a"], ["b", CAMEL], [COW]],
        {"share.0": "Camel milk = 50", "share.1": "cow milk = 50", **BASIS},
    ),
    case(
        "all-that-a-mix-lost-may-have-been-of-either",
        mix(60, 40, 90),
        TWO,
        {
            "share.0": "Camel milk >= 55.5",
            "share.1": "cow milk >= 33.3",
            "share.rest": "open 11.1",
            **BASIS,
        },
    ),
    case(
        "a-mix-that-lost-more-than-the-lesser-part",
        mix(60, 40, 50),
        TWO,
        {"share.0": "Camel milk >= 20", "share.rest": "open 80", **BASIS},
    ),
    case(
        "a-mix-that-lost-nearly-all",
        mix(60, 40, 5),
        TWO,
        {"share.rest": "open 100", **BASIS},
    ),
    case(
        "a-mix-that-gave-more-than-went-in",
        mix(6, 4, 12),
        TWO,
        {
            "share.0": "Camel milk >= 50",
            "share.1": "cow milk >= 33.3",
            "share.rest": "open 16.6",
            **BASIS,
        },
    ),
    case(
        "one-milk-of-which-more-came-out",
        [
            product(),
            milked("a", 10),
            step("stirring", {"a": 10}, {"m": 12}),
            packed({"m": 5}),
        ],
        [["m"], ["a"], [CAMEL]],
        {"share.0": "Camel milk >= 83.3", "share.rest": "open 16.6", **ALONE},
    ),
    case(
        "units-of-mass-are-one",
        mix((1500, "GRM"), 1, (2.5, "KGM")),
        TWO,
        {"share.0": "Camel milk = 60", "share.1": "cow milk = 40", **BASIS},
    ),
    case(
        "a-pound",
        mix((1, "LBR"), 0.453592, 0.907184),
        TWO,
        {
            "share.0": "Camel milk >= 50",
            "share.1": "cow milk >= 49.9",
            "share.rest": "open 0",
            **BASIS,
        },
    ),
    case(
        "a-million-pounds",
        mix((1_000_000, "LBR"), 453_592.37, 907_184.74),
        TWO,
        {"share.0": "Camel milk = 50", "share.1": "cow milk = 50", **BASIS},
    ),
    case(
        "pouches-without-a-lot",
        [
            product(),
            milked("a", 0.6),
            milked("b", 0.4, "cattle"),
            step("packing", {"a": 0.6, "b": 0.4}, {}, serials=[POUCH, f"{ITEM}/21/8"]),
        ],
        [["a", "b"], [CAMEL, COW]],
        {"share.0": "Camel milk = 60", "share.1": "cow milk = 40", **BASIS},
    ),
    case(
        "one-milking-of-two-species",
        [
            product(),
            milked("a", 5, transformationID=own("t")),
            milked("a", 5, "cattle", transformationID=own("t")),
            packed({"a": 5}),
        ],
        [["a"], [CAMEL, COW]],
        {"share.0": "milk of somebody = 100", **ALONE},
    ),
    case(
        "litres-among-kilograms",
        mix((6, "LTR"), 4, 10),
        TWO,
        {"share.0": "no mass of lot/a"},
    ),
    case(
        "litres-of-one-milk",
        [product(), milked("a", (10, "LTR")), packed({"a": (5, "LTR")})],
        ONE,
        {"share.0": "no mass of lot/a"},
    ),
    case(
        "a-litre-of-which-a-ton-is-packed",
        [product(), milked("a", (1, "LTR")), packed({"a": (1, "LTR")}, 2000)],
        ONE,
        {"share.0": "no mass of lot/a"},
    ),
    case(
        "a-mix-of-which-nobody-says-how-much",
        mix(6, 4, (None, "KGM")),
        TWO,
        {"share.0": "no mass of lot/m"},
    ),
    case(
        "a-mass-in-quotes-is-none",
        mix(6, ("4", "KGM"), 10),
        TWO,
        {"share.0": "no mass of lot/b"},
    ),
    case(
        "a-mass-below-nothing-is-none",
        mix(6, -4, 10),
        TWO,
        {"share.0": "no mass of lot/b"},
    ),
    case(
        "packs-have-the-net-content-of-their-item",
        [
            product(),
            milked("a", 3),
            milked("b", 2, "cattle"),
            packed({"a": 3, "b": 2}),
        ],
        [["a", "b"], [CAMEL, COW]],
        {"share.0": "Camel milk = 60", "share.1": "cow milk = 40", **BASIS},
    ),
    case(
        "packs-without-a-net-content",
        [
            said(event(action="ADD", quantityList=[{"epcClass": ITEM}])),
            milked("a", 3),
            milked("b", 2, "cattle"),
            packed({"a": 3, "b": 2}),
        ],
        [["a", "b"], [CAMEL, COW]],
        {"share.0": f"no mass of {POUCH}".replace(POUCH, "(01) 09520123456788 (21) 7")},
    ),
    case(
        "of-two-makers-the-lesser-share",
        [
            product(),
            milked("a", 10),
            milked("b", 10, "cattle"),
            step("mixing", {"a": 6, "b": 4}, {"m": 10}),
            step("mixing", {"a": 4, "b": 6}, {"m": 10}),
            packed({"m": 5}),
        ],
        TWO,
        {
            "share.0": "Camel milk >= 40",
            "share.1": "cow milk >= 40",
            "share.rest": "open 20",
            **BASIS,
        },
    ),
    case(
        "of-two-packings-the-packs-own",
        [
            product(),
            milked("a", 10),
            milked("b", 10, "cattle"),
            packed({"a": 5}),
            step("packing", {"b": 5}, {LOT: (10, "H87")}),
        ],
        [["a", "b"], [CAMEL, COW]],
        {"share.0": "Camel milk = 100", "share.basis": "1 of 2 milkings"},
    ),
    case(
        "of-a-lot-of-two-packings",
        [
            product(),
            milked("a", 10),
            milked("b", 10, "cattle"),
            packed({"a": 5}),
            step("packing", {"b": 5}, {LOT: (10, "H87")}),
        ],
        [["a", "b"], [CAMEL, COW]],
        {"share.rest": "open 100", **BASIS},
        subject=LOT,
    ),
    case(
        "goods-of-themselves",
        [
            product(),
            step("mixing", {"b": 1}, {"a": 1}),
            step("mixing", {"a": 1}, {"b": 1}),
            packed({"a": 5}),
        ],
        [["a"], ["b"]],
        {"share.0": "of itself"},
    ),
    case(
        "nobody-says-of-which-species",
        [product(), milked("a", 10, ""), packed({"a": 5})],
        ONE,
        {"share.0": "milk of somebody = 100", **ALONE},
    ),
    case(
        "a-species-without-a-word",
        [product(), milked("a", 10, "constructor"), packed({"a": 5})],
        ONE,
        {"share.0": "constructor milk = 100", **ALONE},
    ),
    case(
        "what-was-put-in-the-can-with-the-milk",
        [
            product(),
            step(
                "milking",
                {"water": 1},
                {"a": 10},
                things=[CAMEL],
                **{"caravan:species": "camel"},
            ),
            packed({"a": 5}),
        ],
        [["a"], ["water", CAMEL]],
        {"share.0": "no mass of animal/camel"},
    ),
    case(
        "bought-in-goods-are-themselves",
        [
            product(),
            milked("a", 10),
            said(
                event(
                    action="ADD",
                    quantityList=amounts({"sugar": 1}),
                    ilmd={"gs1:productName": "Sugar"},
                )
            ),
            step("mixing", {"a": 9, "sugar": 1}, {"m": 10}),
            packed({"m": 5}),
        ],
        [["m"], ["a", "sugar"], [CAMEL]],
        {
            "share.0": "Camel milk = 90",
            "share.1": "Sugar (lot/sugar) = 10",
            **ALONE,
        },
    ),
    case(
        "told-in-two-parts",
        [
            product(),
            milked("a", 6),
            milked("b", 4, "cattle"),
            step("mixing", {"a": 6}, {"m": 4}, transformationID=own("t")),
            step("mixing", {"b": 4}, {"m": 6}, transformationID=own("t")),
            packed({"m": 5}),
        ],
        TWO,
        {"share.0": "Camel milk = 60", "share.1": "cow milk = 40", **BASIS},
    ),
    case(
        "a-stranger-and-what-was-taken-back-count-for-nothing",
        [
            product(),
            milked("a", 10),
            milked("a", 10, "cattle", apart=True),
            milked("a", 10, "cattle", declared=9),
            packed({"a": 5}),
        ],
        [["a"], [CAMEL, COW]],
        {"share.0": "Camel milk = 100", **ALONE},
    ),
    case(
        "a-step-that-the-closure-did-not-follow",
        [
            product(),
            milked("a", 10),
            step("mixing", {"a": 1}, {"powder": 10}),
            packed({"powder": 5}),
        ],
        [["powder"], [], ["a"], [CAMEL]],
        {"share.0": "lot/powder = 100"},
    ),
    case(
        "a-lot-topped-up-may-be-of-what-was-added",
        [product(), milked("a", 5), packed({"a": 5}), added(LOT, (2, "H87"))],
        ONE,
        {"share.rest": "open 100", **ALONE},
        subject=LOT,
    ),
    case(
        "a-pack-of-a-lot-topped-up-is-of-its-packing",
        [product(), milked("a", 5), packed({"a": 5}), added(LOT, (2, "H87"))],
        ONE,
        {"share.0": "Camel milk = 100", **ALONE},
    ),
    case(
        "milk-topped-up-in-a-mix",
        [
            *mix(6, 4, 10)[:-1],
            added("a", 1),
            packed({"m": 5}),
        ],
        TWO,
        {"share.0": "cow milk >= 40", "share.rest": "open 60", **BASIS},
    ),
    case(
        "topped-up-by-nobody-knows-how-much",
        [product(), milked("a", 5), added("a", (1, "LTR")), packed({"a": 5})],
        ONE,
        {"share.rest": "open 100", **ALONE},
    ),
    case(
        "nothing-was-added",
        [
            product(),
            milked("a", 5),
            added("a", 0),
            said(event(action="ADD", quantityList=[{"epcClass": own("a")}])),
            said(event(action="OBSERVE", quantityList=amounts({"a": 1}))),
            added("a", 1, apart=True),
            added("a", 1, declared=7),
            packed({"a": 5}),
        ],
        ONE,
        {"share.0": "Camel milk = 100", **ALONE},
    ),
    case(
        "nine-parts",
        [
            product(),
            step("mixing", {f"p{n}": 1 for n in range(9)}, {"m": 9}),
            packed({"m": 5}),
        ],
        [["m"], [f"p{n}" for n in range(9)]],
        {
            **{f"share.{n}": f"lot/p{n} = 11.1" for n in range(8)},
            "share.more": "1 more",
        },
    ),
    case(
        "the-recipe-says-the-same",
        mix(6, 4, 10, **recipe(("camel", 60), ("cattle", 40))),
        TWO,
        {
            "share.0": "Camel milk = 60",
            "share.1": "cow milk = 40",
            **BASIS,
            "share.recipe": "agrees: Camel milk 60 % · cow milk 40 %",
        },
    ),
    case(
        "the-recipe-promises-more",
        mix(6, 4, 10, **recipe(("camel", 60.000001))),
        TWO,
        {
            "share.0": "Camel milk = 60",
            "share.1": "cow milk = 40",
            **BASIS,
            "share.recipe": "differs: Camel milk 60.000001 %",
        },
    ),
    case(
        "the-recipe-may-be-so",
        mix(60, 40, 90, **recipe(("camel", 60))),
        TWO,
        {
            "share.0": "Camel milk >= 55.5",
            "share.1": "cow milk >= 33.3",
            "share.rest": "open 11.1",
            **BASIS,
            "share.recipe": "fits: Camel milk 60 %",
        },
    ),
    case(
        "the-recipe-is-less-than-there-is-at-least",
        mix(60, 40, 90, **recipe(("camel", 55))),
        TWO,
        {
            "share.0": "Camel milk >= 55.5",
            "share.1": "cow milk >= 33.3",
            "share.rest": "open 11.1",
            **BASIS,
            "share.recipe": "differs: Camel milk 55 %",
        },
    ),
    case(
        "a-recipe-that-names-no-species",
        [
            product(**{"caravan:recipe": [{"name": "x", "uom": "P1", "value": 100}]}),
            milked("a", 10),
            packed({"a": 5}),
        ],
        ONE,
        {"share.0": "Camel milk = 100", **ALONE, "share.recipe": "open"},
    ),
]

# 200 kg milked and 4 kept; 196 in the tank; 98 of it dried to 14 of powder, of which
# the lot took 10.02, another 2, and 1 is in stock.
CHAIN = [
    product(),
    milked("milk", 200, lost={"kept": 4}),
    step("bulking", {"milk": 200}, {"tank": 196}, lost={"left": 4}),
    step("drying", {"tank": 98}, {"powder": 14}, lost={"water": 83.9}),
    packed({"powder": 10.02}, 20, lost={"spilled": 0.02}),
    packed({"powder": 2}, 4, lot=OTHER),
    stock("powder", 1.5),
    stock("powder", 1),
]
CHAIN_LEVELS = [["powder"], ["tank"], ["milk"], [CAMEL]]
CHAIN_WANT = {
    "balance.0.step": "milking",
    "balance.0.lost": "kept 1.43 kg",
    "balance.0.out": "71.57 kg",
    "balance.1.step": "bulking",
    "balance.1.in": "71.57 kg",
    "balance.1.lost": "left 1.43 kg",
    "balance.1.out": "70.14 kg",
    "balance.2.step": "dried",
    "balance.2.in": "70.14 kg",
    "balance.2.lost": "gone as water 60.05 kg",
    "balance.2.gap": "0.07 kg",
    "balance.2.out": "10.02 kg",
    "balance.3.step": "packing",
    "balance.3.in": "10.02 kg",
    "balance.3.lost": "spilled 0.02 kg",
    "balance.3.out": "10 kg",
    "balance.packs": "20 x 500 g = 10 kg",
    "balance.shared": "71.57 kg of 200 kg in 1 milkings",
    "balance.batches": "1 batches",
    "balance.batches.made": "14 kg",
    "balance.batches.here": "10.02 kg",
    "balance.batches.others": "2 kg",
    "balance.batches.stock": "1 kg",
    "balance.batches.untold": "0.98 kg",
    "balance.batches.counted": "2026-06-12",
    "balance.ratio": "7.1 in 5.8 to 7.5",
}

BALANCES = [
    case("nothing-made", [product()], [], {}, what="balance"),
    case("from-milk-to-packs", CHAIN, CHAIN_LEVELS, CHAIN_WANT, what="balance"),
    case(
        "the-lot-itself", CHAIN, CHAIN_LEVELS, CHAIN_WANT, what="balance", subject=LOT
    ),
    case(
        "fresh-milk-has-no-powder",
        [product(), milked("a", 5), packed({"a": 5})],
        ONE,
        {
            "balance.0.step": "milking",
            "balance.0.out": "5 kg",
            "balance.1.step": "packing",
            "balance.1.in": "5 kg",
            "balance.1.out": "5 kg",
            "balance.packs": "10 x 500 g = 5 kg",
            "balance.batches": "1 batches",
            "balance.batches.made": "5 kg",
            "balance.batches.here": "5 kg",
        },
        what="balance",
    ),
    case(
        "more-powder-than-milk-gives",
        [
            product(),
            milked("a", 20),
            step("drying", {"a": 20}, {"p": 5}, lost={"water": 15}),
            packed({"p": 5}),
        ],
        [["p"], ["a"], [CAMEL]],
        {
            "balance.0.step": "milking",
            "balance.0.out": "20 kg",
            "balance.1.step": "dried",
            "balance.1.in": "20 kg",
            "balance.1.lost": "gone as water 15 kg",
            "balance.1.out": "5 kg",
            "balance.2.step": "packing",
            "balance.2.in": "5 kg",
            "balance.2.out": "5 kg",
            "balance.packs": "10 x 500 g = 5 kg",
            "balance.batches": "1 batches",
            "balance.batches.made": "5 kg",
            "balance.batches.here": "5 kg",
            "balance.ratio": "4 beyond 5.8 to 7.5",
        },
        what="balance",
    ),
    case(
        "of-two-makers-each-gives-its-part",
        [
            product(),
            milked("a", 8),
            milked("b", 4),
            step("bulking", {"a": 8}, {"m": 6}, lost={"left": 2}),
            step("bulking", {"b": 4}, {"m": 4}),
            step("drying", {"m": 10}, {"p": 3}, lost={"water": 7}),
            packed({"p": 1.5}, 3),
        ],
        [["p"], ["m"], ["a", "b"], [CAMEL]],
        {
            "balance.0.step": "milking",
            "balance.0.out": "6 kg",
            "balance.1.step": "bulking",
            "balance.1.in": "6 kg",
            "balance.1.lost": "left 1 kg",
            "balance.1.out": "5 kg",
            "balance.2.step": "dried",
            "balance.2.in": "5 kg",
            "balance.2.lost": "gone as water 3.5 kg",
            "balance.2.out": "1.5 kg",
            "balance.3.step": "packing",
            "balance.3.in": "1.5 kg",
            "balance.3.out": "1.5 kg",
            "balance.packs": "3 x 500 g = 1.5 kg",
            "balance.shared": "6 kg of 12 kg in 2 milkings",
            "balance.batches": "1 batches",
            "balance.batches.made": "3 kg",
            "balance.batches.here": "1.5 kg",
            "balance.batches.untold": "1.5 kg",
            "balance.ratio": "4 beyond 5.8 to 7.5",
        },
        what="balance",
    ),
    case(
        "the-ratio-is-rounded-to-the-nearest",
        [
            product(),
            milked("a", 20),
            step("drying", {"a": 20}, {"p": 3}, lost={"water": 17}),
            packed({"p": 3}, 6),
        ],
        [["p"], ["a"], [CAMEL]],
        {
            "balance.0.step": "milking",
            "balance.0.out": "20 kg",
            "balance.1.step": "dried",
            "balance.1.in": "20 kg",
            "balance.1.lost": "gone as water 17 kg",
            "balance.1.out": "3 kg",
            "balance.2.step": "packing",
            "balance.2.in": "3 kg",
            "balance.2.out": "3 kg",
            "balance.packs": "6 x 500 g = 3 kg",
            "balance.batches": "1 batches",
            "balance.batches.made": "3 kg",
            "balance.batches.here": "3 kg",
            "balance.ratio": "6.7 in 5.8 to 7.5",
        },
        what="balance",
    ),
    case(
        "more-was-used-than-was-made",
        [
            product(),
            milked("a", 4),
            packed({"a": 5}),
            packed({"a": 1}, 2, lot=OTHER),
        ],
        ONE,
        {
            "balance.0.step": "milking",
            "balance.0.out": "4 kg",
            "balance.1.step": "packing",
            "balance.1.in": "5 kg",
            "balance.1.out": "5 kg",
            "balance.packs": "10 x 500 g = 5 kg",
            "balance.batches": "1 batches",
            "balance.batches.made": "4 kg",
            "balance.batches.here": "4 kg",
            "balance.batches.others": "1 kg",
            "balance.batches.over": "1 kg",
            "balance.overdrawn": "1: lot/a",
        },
        what="balance",
    ),
    case(
        "a-mass-that-nobody-gives",
        [product(), milked("a", (5, "LTR")), packed({"a": 5})],
        ONE,
        {"balance.problem": "no mass of lot/a"},
        what="balance",
    ),
    case(
        "two-outputs-share-by-mass",
        [
            product(),
            milked("a", 40),
            step("parting", {"a": 40}, {"cream": 10, "skim": 20}, lost={"water": 10}),
            packed({"cream": 5}),
        ],
        [["cream"], ["a"], [CAMEL]],
        {
            "balance.0.step": "milking",
            "balance.0.out": "6.67 kg",
            "balance.1.step": "parting",
            "balance.1.in": "6.67 kg",
            "balance.1.lost": "gone as water 1.67 kg",
            "balance.1.out": "5 kg",
            "balance.2.step": "packing",
            "balance.2.in": "5 kg",
            "balance.2.out": "5 kg",
            "balance.packs": "10 x 500 g = 5 kg",
            "balance.shared": "6.67 kg of 40 kg in 1 milkings",
            "balance.batches": "1 batches",
            "balance.batches.made": "10 kg",
            "balance.batches.here": "5 kg",
            "balance.batches.untold": "5 kg",
        },
        what="balance",
    ),
    case(
        "milk-topped-up",
        [
            product(),
            milked("a", 6, lost={"kept": 1}),
            added("a", 2),
            packed({"a": 4}, 8),
        ],
        ONE,
        {
            "balance.0.step": "milking",
            "balance.0.lost": "kept 0.5 kg",
            "balance.0.out": "3 kg",
            "balance.1.step": "packing",
            "balance.1.in": "4 kg",
            "balance.1.out": "4 kg",
            "balance.packs": "8 x 500 g = 4 kg",
            "balance.added": "1 kg of nobody knows what",
            "balance.shared": "3 kg of 6 kg in 1 milkings",
            "balance.batches": "1 batches",
            "balance.batches.made": "8 kg",
            "balance.batches.here": "4 kg",
            "balance.batches.untold": "4 kg",
        },
        what="balance",
    ),
    case(
        "a-part-of-what-nobody-milked",
        [product(), step("straining", {"honey": 9}, {"a": 9}), packed({"a": 5})],
        [["a"], ["honey"]],
        {
            "balance.0.step": "straining",
            "balance.0.in": "5 kg",
            "balance.0.out": "5 kg",
            "balance.1.step": "packing",
            "balance.1.in": "5 kg",
            "balance.1.out": "5 kg",
            "balance.packs": "10 x 500 g = 5 kg",
            "balance.shared": "balance.shared",
            "balance.batches": "1 batches",
            "balance.batches.made": "9 kg",
            "balance.batches.here": "5 kg",
            "balance.batches.untold": "4 kg",
        },
        what="balance",
    ),
    case(
        "topped-up-by-nobody-knows-how-much",
        [product(), milked("a", 5), added("a", (1, "LTR")), packed({"a": 5})],
        ONE,
        {"balance.problem": "no mass of lot/a"},
        what="balance",
    ),
    case(
        "what-nobody-milked-is-no-milk",
        [product(), milked("a", 4), packed({"a": 4, "sugar": 1})],
        [["a", "sugar"], [CAMEL]],
        {
            "balance.0.step": "milking",
            "balance.0.out": "4 kg",
            "balance.1.step": "packing",
            "balance.1.in": "5 kg",
            "balance.1.out": "5 kg",
            "balance.packs": "10 x 500 g = 5 kg",
            "balance.batches": "2 batches",
            "balance.batches.made": "5 kg",
            "balance.batches.here": "5 kg",
        },
        what="balance",
    ),
    case(
        "goods-of-themselves",
        [
            product(),
            step("mixing", {"b": 1}, {"a": 1}),
            step("mixing", {"a": 1}, {"b": 1}),
            packed({"a": 5}),
        ],
        [["a"], ["b"]],
        {"balance.problem": "of itself"},
        what="balance",
    ),
]

_ODD = [
    None, True, "7", -1, 0, 0.000001, 7, 12.5, 999_999_999_999_999, [], {}, "",
]  # fmt: skip
_UNITS = ["KGM", "KGM", "KGM", "KGM", "GRM", "TNE", "MC", "LTR", "H87", "x", 7, None]
_WORDS = ["milking", "drying", "mixing", "", 7, None, {"@value": "x"}, "a\u202e<b&\"'"]


def hostile():
    """Yield what no honest party writes, the same each time."""
    chance = random.Random("hostile masses")

    def listed(words, odd):
        found = []
        for word in words:
            element = {"epcClass": own(word), "quantity": chance.randrange(1, 99) / 4}
            element["uom"] = "KGM"
            if chance.random() < odd:
                element["quantity"] = chance.choice(_ODD)
                element["uom"] = chance.choice(_UNITS)
            found.append({k: v for k, v in element.items() if v is not None})
        return found

    for number in range(30):
        odd = chance.choice([0, 0, 0.02, 0.2])
        levels = [[f"{n}-{m}" for m in range(1, 4)] for n in range(3)]
        statements = [product(**recipe(("camel", chance.choice([100, 50, "x"]))))]
        below = [LOT]
        for words in [*levels, []]:
            for word in below:
                body = {
                    "outputQuantityList": listed([word], odd),
                    "caravan:process": chance.choice(_WORDS[1:3]),
                    "caravan:loss": listed(["water"], odd),
                }
                body["caravan:loss"][0]["reason"] = chance.choice(_WORDS)
                if word == LOT:
                    body["outputEPCList"] = [POUCH]
                    body["outputQuantityList"][0] |= {"quantity": 9, "uom": "H87"}
                if words:
                    chosen = chance.sample(words, chance.randrange(1, 4))
                    body["inputQuantityList"] = listed(chosen, odd)
                else:
                    body["inputEPCList"] = [CAMEL]
                    body["caravan:process"] = "milking"
                    body["caravan:species"] = chance.choice(["camel", "cattle", 7])
                if chance.random() < odd:
                    body["caravan:process"] = chance.choice(_WORDS)
                    body["caravan:loss"] = chance.choice(_ODD)
                statements.append(said(event("TransformationEvent", **body)))
            below = words
        statements.append(stock("0-1", chance.choice(_ODD)))
        given = case(f"hostile-{number}", statements, [*levels, [CAMEL]], {})
        yield finished(
            {**given, "balance": rows(balance_rows, given)}, rows(share_rows, given)
        )


def accounts_of(statements):
    """Return statements as what they tell."""
    return [
        Account(
            index=index,
            event=parse_event(parse_canonical(one["body"].encode()), host=HOST),
            parties=(),
            about=(),
            log_time="",
            flags=(),
            signers=1,
            is_apart=one["is_apart"],
            declared_by=one["declared_by"],
        )
        for index, one in enumerate(statements)
    ]


def summed(make, given):
    """Return what a function makes of a case."""
    return make(
        accounts_of(given["statements"]),
        members=[Member(*each, False) for each in given["members"]],
        lang=given["lang"],
        messages=MESSAGES,
    )


def rows(make, given):
    """Return the facts of all rows of a case."""
    return dict(fact for row in summed(make, given) for fact in row)


def finished(given, share=None):
    """Return a case with its drawing."""
    shape = summed(balance_shape, given)
    own_share = {} if share is None else {"share": share}
    return {**given, **own_share, "svg": "" if shape is None else to_svg(shape)}


def vectors():
    """Return the files of tests/vectors/massflow."""
    return {
        "share.json": {
            "about": "Statements behind a pack, and what it is made of by mass.",
            "host": HOST,
            "messages": MESSAGES,
            "cases": SHARES,
        },
        "balance.json": {
            "about": "Statements behind a lot, its balance, and the drawing of it.",
            "host": HOST,
            "messages": MESSAGES,
            "cases": [finished(each) for each in BALANCES],
        },
        "hostile.json": {
            "about": "What no honest party writes, and what is added up from it.",
            "host": HOST,
            "messages": MESSAGES,
            "cases": list(hostile()),
        },
    }
