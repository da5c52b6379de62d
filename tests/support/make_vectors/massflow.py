"""Vectors for what is added up from hostile bodies; makes the statements of others."""

import json
import random
from decimal import Decimal

from ledger.account import Account
from ledger.balance import balance_rows, balance_shape
from ledger.chart import to_svg
from ledger.closure import Member
from ledger.encoding import canonical, parse_canonical
from ledger.event import parse_event
from ledger.share import share_rows
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
    "balance.packed": "packed",
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
        "hostile.json": {
            "about": "What no honest party writes, and what is added up from it.",
            "host": HOST,
            "messages": MESSAGES,
            "cases": list(hostile()),
        },
    }
