"""Vectors for facts of products and names of places, hostile ones included."""

import random
import re

from ledger.encoding import parse_canonical
from ledger.product import article_facts
from tests.support.make_vectors.event import HOST, RAW, event, spell

ITEM = "https://id.gs1.org/01/09520123456788"
LOT = f"{ITEM}/10/L1"
OTHER_LOT = f"{ITEM}/10/L2"
SERIAL = f"{ITEM}/21/7"
PLANT = f"https://{HOST}/id/party/plant"
BRAND = f"https://{HOST}/id/party/brand"
LABORATORY = f"https://{HOST}/id/party/laboratory"
NAMES = {PLANT: "Plant", BRAND: "Brand & Sons"}

MESSAGES = {
    "breed.Bactrian": "two humps",
    "country.CN": "China",
    "country.FR": "France",
    "grade.extra": "Extra",
    "role.household": "Household",
    "sex.female": "female",
    "species.camel": "Camel",
    "unit.GRM": "g",
    "unit.KGM": "kg",
    "unit.MON": "months",
    "unit.P1": "%",
    "variety.gala": "Gala",
}


def both(chinese, english):
    """Return a text in both languages."""
    return [
        {"@language": "zh", "@value": chinese},
        {"@language": "en", "@value": english},
    ]


def article(case, want, ilmd, lang="en"):
    """Return the case of one event's ``ilmd``; names of facts without ``product.``."""
    return {
        "name": case,
        "ilmd": spell({"ilmd": ilmd}),
        "lang": lang,
        "want": [[f"product.{name}", text] for name, text in want],
    }


def named(case, text, value, lang="en"):
    """Return the case of a product name."""
    want = [["name", text]] if text else []
    return article(case, want, {"gs1:productName": value}, lang)


POWDER = {
    "caravan:recipe": [
        {"name": both("生驼乳", "camel milk"), "uom": "P1", "value": 100}
    ],
    "caravan:shelfLife": {"uom": "MON", "value": 18},
    "caravan:storage": both("阴凉干燥处保存", "keep dry and cool"),
    "gs1:countryOfOrigin": "CN",
    "gs1:netContent": {"uom": "GRM", "value": 500},
    "gs1:productName": both("驼乳粉", "Camel milk powder"),
}

ARTICLES = [
    article(
        "milk-powder",
        [
            ["name", "Camel milk powder"],
            ["net", "500 g"],
            ["recipe.0", "camel milk · 100 %"],
            ["shelf-life", "18 months"],
            ["storage", "keep dry and cool"],
            ["origin", "China"],
        ],
        POWDER,
    ),
    article(
        "milk-powder-in-chinese",
        [
            ["name", "驼乳粉"],
            ["net", "500 g"],
            ["recipe.0", "生驼乳 · 100 %"],
            ["shelf-life", "18 months"],
            ["storage", "阴凉干燥处保存"],
            ["origin", "China"],
        ],
        POWDER,
        "zh",
    ),
    article(
        "apples",
        [
            ["name", "Apples"],
            ["variety", "Gala, Fuji"],
            ["grade", "Extra"],
            ["net", "1 kg · 6"],
            ["harvested", "2026-09-20"],
            ["harvest-end", "2026-10-02"],
            ["packed", "2026-10"],
            ["origin", "China, France"],
        ],
        {
            "caravan:grade": "extra",
            "caravan:variety": ["Gala", "Fuji"],
            "cbvmda:countryOfOrigin": ["CN", {"gs1:countryCode": "FR"}],
            "cbvmda:harvestEndDate": "2026-10-02",
            "cbvmda:harvestStartDate": "2026-09-20",
            "gs1:netContent": [{"uom": "KGM", "value": 1}, {"value": 6}],
            "gs1:packagingDate": "2026-10",
            "gs1:productName": "Apples",
        },
    ),
    article(
        "walnuts",
        [
            ["name", "Walnuts"],
            ["brand", "Oasis"],
            ["variety", "Gala"],
            ["net", "0.25 kg"],
            ["ingredients", "walnuts"],
            ["allergens", "nuts"],
            ["expires", "2027-01-31 22:00 (UTC)"],
            ["origin", "UZ"],
            ["lot", "W-7"],
        ],
        {
            "caravan:variety": {"@language": "en", "@value": "gala"},
            "cbvmda:itemExpirationDate": "2027-01-31T22:00:00Z",
            "gs1:allergenStatement": {"@language": "en", "@value": "nuts"},
            "gs1:brandName": "Oasis",
            "gs1:countryOfOrigin": {"gs1:countryCode": "UZ"},
            "gs1:hasBatchLotNumber": "W-7",
            "gs1:ingredientStatement": both("核桃", "walnuts"),
            "gs1:netContent": {"gs1:unitCode": "KGM", "gs1:value": "0.25"},
            "gs1:productName": "Walnuts",
        },
    ),
    article(
        "honey",
        [
            ["name", "Honey"],
            ["description", "from one hill"],
            ["net", "500 g"],
            ["recipe.0", "honey"],
            ["recipe.1", "nuts · 5 %"],
            ["produced", "2026-07-01"],
            ["best-before", "2028-07"],
            ["sell-by", "2028-01-01"],
            ["storage", "dark"],
            ["lot", "12"],
        ],
        {
            "caravan:recipe": ["honey", {"name": "nuts", "uom": "P1", "value": 5}],
            "cbvmda:bestBeforeDate": "2028-07",
            "cbvmda:lotNumber": 12,
            "cbvmda:productionDate": "2026-07-01",
            "cbvmda:sellByDate": "2028-01-01",
            "gs1:consumerStorageInstructions": "dark",
            "gs1:netWeight": {"uom": "GRM", "value": 500},
            "gs1:productDescription": "from one hill",
            "gs1:productName": "Honey",
        },
    ),
    article(
        "camel",
        [
            ["species", "Camel"],
            ["breed", "two humps"],
            ["sex", "female"],
            ["dam", "animal/7"],
            ["sire", "FR013806"],
        ],
        {
            "caravan:breed": "Bactrian",
            "caravan:dam": f"https://{HOST}/id/animal/7",
            "caravan:sex": "female",
            "caravan:sire": "FR013806",
            "caravan:species": "camel",
        },
    ),
    article("a-register-s-number-is-no-word", [], {"caravan:breed": "66"}),
    article(
        "of-two-spellings-the-first-that-says-something",
        [["best-before", "2027-01-01"], ["lot", "A"]],
        {
            "cbvmda:bestBeforeDate": "2027-01-01",
            "cbvmda:lotNumber": "A",
            "gs1:bestBeforeDate": "soon",
            "gs1:hasBatchLotNumber": "B",
        },
    ),
    article("members-that-are-not-known", [], {"caravan:x": 1, "productName": "x"}),
    named("one-text", "Milk", "Milk"),
    named("a-number", "7", 7),
    named("english-for-want-of-the-readers", "Milk", both("乳", "Milk"), "fr"),
    named("chinese-for-want-of-uyghur", "乳", both("乳", "Milk"), "ug"),
    named("chinese-for-want-of-kazakh", "乳", both("乳", "Milk"), "kk"),
    named(
        "the-first-for-want-of-english",
        "乳",
        [{"@language": "zh", "@value": "乳"}, {"@language": "ug", "@value": "سۈت"}],
    ),
    named(
        "a-variety-of-the-readers", "乳", {"@language": "ZH-Hans", "@value": "乳"}, "zh"
    ),
    named(
        "of-two-varieties-the-first",
        "乳",
        [
            {"@language": "zh-Hans", "@value": "乳"},
            {"@language": "zh-Hant", "@value": "奶"},
        ],
        "zh",
    ),
    named(
        "two-texts-in-one-language",
        "Milk, Powder",
        [
            {"@language": "en", "@value": "Milk"},
            {"@language": "zh", "@value": "乳"},
            {"@language": "en", "@value": "Powder"},
        ],
    ),
    named(
        "no-language-is-not-the-readers",
        "Milk",
        ["Leche", {"@language": "en", "@value": "Milk"}],
    ),
    named("a-tag-that-is-none", "x", [{"@language": "en_GB!", "@value": "x"}, "y"]),
    named("a-tag-beyond-ascii", "x", [{"@language": "\u0130n", "@value": "x"}, "y"]),
    named(
        "another-language-that-begins-alike",
        "y",
        [{"@language": "eng", "@value": "x"}, {"@language": "en", "@value": "y"}],
    ),
    named("right-to-left", "حليب الإبل 500", "حليب الإبل 500"),
    named("turned-round", "a\u202eb", "a\u202eb"),
    named("beyond-the-basic-plane", "🐫𠀀", "🐫𠀀"),
    named("white-space", " \n\t", " \n\t"),
    named("markup", '<b onclick="x">&amp;', '<b onclick="x">&amp;'),
    named("empty", "", ""),
    named("a-truth", "", True),
    named("nothing", "", None),
    named("an-object-without-a-value", "", {"@language": "en"}),
    named("an-empty-value", "", {"@language": "en", "@value": ""}),
    named("a-value-of-a-wrong-type", "", {"@language": "en", "@value": ["x"]}),
    named("lists-in-lists", "", [["x"], [[{"@value": "x"}]]]),
    named("a-language-of-a-wrong-type", "x", {"@language": ["en"], "@value": "x"}),
    named("names-of-prototypes", "", {"toString": "x", "valueOf": "y"}),
    named("a-thousand", ", ".join(["x"] * 1000), ["x"] * 1000),
    named("a-long-one", "乳" * 5000, "乳" * 5000),
    article("ilmd-that-is-a-list", [], [POWDER]),
    article("ilmd-that-is-a-text", [], "gs1:productName"),
    article("ilmd-of-nothing", [], None),
    *(
        article(
            f"net-content-{case}",
            [["net", text]] if text else [],
            {"gs1:netContent": value},
        )
        for case, text, value in (
            ("huge", "999999999999999 g", {"uom": "GRM", "value": 999999999999999}),
            ("small", "0.0001 kg", {"uom": "KGM", "value": 0.0001}),
            ("below-zero", "-1 g", {"uom": "GRM", "value": -1}),
            ("zero", "0 g", {"uom": "GRM", "value": 0}),
            ("as-text", "500.00 g", {"uom": "GRM", "value": "500.00"}),
            ("no-number", "", {"uom": "GRM", "value": "5e2"}),
            ("too-many-digits", "", {"uom": "GRM", "value": "1234567890123456"}),
            ("true", "", {"uom": "GRM", "value": True}),
            ("no-unit", "500", {"value": 500}),
            ("unit-without-words", "500 XXX", {"uom": "XXX", "value": 500}),
            (
                "unit-of-a-prototype",
                "500 constructor",
                {"uom": "constructor", "value": 500},
            ),
            ("unit-of-a-wrong-type", "500", {"uom": {}, "value": 500}),
            ("without-a-value", "", {"uom": "GRM"}),
            ("number-alone", "", 500),
            ("in-lists", "", [[{"uom": "GRM", "value": 500}]]),
            ("a-list-with-nothing", "1 g", [None, {"uom": "GRM", "value": 1}, 7]),
            ("quantity", "2 kg", {"quantity": 2, "uom": "KGM"}),
            (
                "value-before-quantity",
                "1 kg",
                {"quantity": 2, "uom": "KGM", "value": 1},
            ),
        )
    ),
    *(
        article(
            f"date-{case}",
            [["produced", text]] if text else [],
            {"gs1:productionDate": value},
        )
        for case, text, value in (
            ("as-a-year", "2026", "2026"),
            ("as-a-number", "2026", 2026),
            (
                "with-a-type",
                "2026-05-01",
                {"@type": "xsd:date", "@value": "2026-05-01"},
            ),
            (
                "to-the-minute",
                "2026-05-01 06:30 (UTC+8)",
                "2026-05-01T06:30:59.5+08:00",
            ),
            ("that-is-no-day", "2026-99-99", "2026-99-99"),
            ("in-words", "", "May 2026"),
            ("with-a-line-more", "", "2026-05-01\n"),
            ("in-other-digits", "", "\uff12\uff10\uff12\uff16-05-01"),
            ("in-a-list", "", ["2026-05-01"]),
        )
    ),
    article("recipe-that-is-a-text", [], {"caravan:recipe": "milk"}),
    article(
        "recipe-with-parts-of-wrong-types",
        [["recipe.0", "milk"], ["recipe.1", "salt"], ["recipe.2", "x · 1 kg"]],
        {
            "caravan:recipe": [
                False,
                {},
                {"value": 5},
                {"name": "milk", "value": "much"},
                ["salt"],
                {"name": "x", "uom": "KGM", "value": 1},
                {"name": {"name": "deep"}},
                None,
            ]
        },
    ),
    article(
        "countries-of-wrong-types",
        [["origin", "x, France"]],
        {
            "gs1:countryOfOrigin": [
                {"gs1:countryCode": []},
                {"@value": "x", "gs1:countryCode": {}},
                True,
                [],
                {"gs1:countryCode": {"@value": "FR"}},
            ]
        },
    ),
]


def said(case, want, *statements, about=(ITEM, LOT), lang="en"):
    """Return the case of a product; a statement is parties, created, ``ilmd``."""
    return {
        "name": case,
        "about": list(about),
        "lang": lang,
        "names": NAMES,
        "statements": [
            {"parties": list(parties), "body": spell(body)}
            for parties, body in statements
        ],
        "want": [[f"product.{name}", text] for name, text in want],
    }


def item(ilmd, *parties, created=ITEM):
    """Return a statement that brings a trade item or a lot into being."""
    body = event(action="ADD", quantityList=[{"epcClass": created}], ilmd=ilmd)
    return (parties or (PLANT,), body)


def packed(ilmd, *parties, lot=LOT):
    """Return a statement that packs pouches of a lot."""
    body = event(
        "TransformationEvent",
        inputQuantityList=[{"epcClass": RAW}],
        outputEPCList=[SERIAL],
        outputQuantityList=[{"epcClass": lot, "quantity": 100}],
        ilmd=ilmd,
    )
    return (parties or (PLANT,), body)


def name(text):
    """Return an ``ilmd`` with a product name."""
    return {"gs1:productName": text}


PRODUCTS = [
    said("nothing-said", []),
    said("a-name", [["name", "A"]], item(name("A"))),
    said(
        "item-and-lot-together",
        [
            ["name", "Camel milk powder"],
            ["net", "500 g"],
            ["recipe.0", "camel milk · 100 %"],
            ["produced", "2026-06-12"],
            ["shelf-life", "18 months"],
            ["storage", "keep dry and cool"],
            ["origin", "China"],
            ["lot", "L1"],
        ],
        item(POWDER),
        packed({"cbvmda:lotNumber": "L1", "gs1:productionDate": "2026-06-12"}),
    ),
    said("later-replaces-earlier", [["name", "B"]], item(name("A")), item(name("B"))),
    said(
        "later-replaces-only-what-it-says",
        [["name", "B"], ["net", "500 g"]],
        item(name("A") | {"gs1:netContent": {"uom": "GRM", "value": 500}}),
        item(name("B")),
    ),
    said(
        "a-malformed-value-replaces-nothing",
        [["name", "A"]],
        item(name("A")),
        item(name([{}])),
    ),
    said(
        "the-lot-before-its-item",
        [["name", "Lot"]],
        packed(name("Lot")),
        item(name("Item")),
    ),
    said(
        "another-party-says-the-same",
        [["name", "A"]],
        item(name("A")),
        item(name("A"), BRAND),
    ),
    said(
        "another-party-says-something-else",
        [["name.0", "A (Plant)"], ["name.1", "B (Brand & Sons)"]],
        item(name("A")),
        item(name("B"), BRAND),
    ),
    said(
        "of-three-two-agree",
        [["name.0", "A (Plant, laboratory)"], ["name.1", "B (Brand & Sons)"]],
        item(name("A")),
        item(name("B"), BRAND),
        item(name("A"), LABORATORY),
    ),
    said(
        "a-party-comes-round",
        [["name", "B"]],
        item(name("A")),
        item(name("B"), BRAND),
        item(name("B")),
    ),
    said(
        "who-signs-with-the-issuer-says-nothing-else",
        [["name", "B"]],
        item(name("A"), PLANT, BRAND),
        item(name("B"), PLANT),
    ),
    said(
        "parts-by-party",
        [
            ["recipe.0", "milk (Plant)"],
            ["recipe.1", "salt (Plant)"],
            ["recipe.2", "milk (Brand & Sons)"],
        ],
        item({"caravan:recipe": ["milk", "salt"]}),
        item({"caravan:recipe": ["milk"]}, BRAND),
    ),
    said(
        "what-came-of-the-lot-is-not-the-lot",
        [["name", "A"]],
        packed(name("A"), lot=LOT),
        (
            (PLANT,),
            event(
                "TransformationEvent",
                inputQuantityList=[{"epcClass": LOT}],
                outputQuantityList=[{"epcClass": OTHER_LOT}],
                ilmd=name("B"),
            ),
        ),
    ),
    said(
        "what-only-sees-the-lot-says-nothing-of-it",
        [],
        (
            (PLANT,),
            event(quantityList=[{"epcClass": LOT}], ilmd=name("B")),
        ),
    ),
    said(
        "nothing-asked",
        [],
        item(name("A")),
        about=(),
    ),
    said(
        "the-pouch-before-the-lot",
        [["name", "Pouch"]],
        packed(name("Pouch")),
        item(name("Lot"), created=LOT),
        about=(ITEM, LOT, SERIAL),
    ),
    said(
        "what-turns-text-round-is-left-out",
        [["name", "ab"]],
        item(name("a\u202eb") | {"cbvmda:lotNumber": "\u2066"}),
    ),
    said("in-chinese", [["name", "乳"]], item(name(both("乳", "milk"))), lang="zh"),
]

PSEUDONYMS = {
    "household-7": "Household 7",
    "sim-household-7": "Household sim-7",
    "household-sim-7": "household-sim-7",
    "the-sim-household-7": "the-sim-household-7",
    "sim-household-household-7": "sim-household-household-7",
    "old-household": "old-household",
    "households-7": "households-7",
    "north/household-7": "north/household-7",
}
ADMITTED = [
    (
        1,
        PLANT,
        "Plant",
        [
            f"https://{HOST}/id/place/plant",
            f"https://{HOST}/id/place/yard",
            f"https://{HOST}/id/place/yard/plant",
            "https://id.gs1.org/414/9520123456788",
        ],
    ),
    (
        2,
        f"https://{HOST}/id/party/herd",
        None,
        [f"https://{HOST}/id/place/herd", f"https://{HOST}/id/place/hill"],
    ),
    (
        5,
        PLANT,
        "New plant",
        [
            f"https://{HOST}/id/place/plant",
            "https://id.gs1.org/414/9520123456788/254/B%2F2",
        ],
    ),
    (7, BRAND, "Brand", [f"https://{HOST}/id/place/plant"]),
    *(
        (
            number,
            f"https://{HOST}/id/party/{word}",
            None,
            [f"https://{HOST}/id/place/{word}", f"https://{HOST}/id/place/{word}/hut"],
        )
        for number, word in enumerate(PSEUDONYMS, 10)
    ),
    (20, f"https://{HOST}/id/party/plant-7", None, []),
    (21, f"https://{HOST}/id/party/plant-8", "plant-8", []),
]
ASKED = [
    ("a-party", PLANT, 3, "Plant"),
    ("a-party-renamed", PLANT, 6, "New plant"),
    ("a-party-at-its-own-admission", PLANT, 1, ""),
    ("a-party-without-a-name", f"https://{HOST}/id/party/herd", 3, "herd"),
    ("a-party-not-admitted", LABORATORY, 9, ""),
    ("a-place-of-its-party-s-segments", f"https://{HOST}/id/place/plant", 3, "Plant"),
    ("a-place", f"https://{HOST}/id/place/yard", 3, "Plant · yard"),
    (
        "a-place-that-ends-as-its-party",
        f"https://{HOST}/id/place/yard/plant",
        3,
        "Plant · plant",
    ),
    ("a-place-of-two", f"https://{HOST}/id/place/plant", 8, "Brand, New plant · plant"),
    ("a-place-named-as-its-party", f"https://{HOST}/id/place/herd", 3, "herd"),
    (
        "another-place-of-a-party-without-a-name",
        f"https://{HOST}/id/place/hill",
        3,
        "herd · hill",
    ),
    ("a-place-before-its-admission", f"https://{HOST}/id/place/plant", 1, ""),
    (
        "a-location",
        "https://id.gs1.org/414/9520123456788",
        3,
        "Plant · (414) 9520123456788",
    ),
    ("a-location-no-more", "https://id.gs1.org/414/9520123456788", 6, ""),
    (
        "a-place-within",
        "https://id.gs1.org/414/9520123456788/254/B%2F2",
        6,
        "New plant · (414) 9520123456788 (254) B/2",
    ),
    *(
        (f"a-household-{word}", f"https://{HOST}/id/party/{word}", 30, said)
        for word, said in PSEUDONYMS.items()
    ),
    (
        "a-place-of-a-household",
        f"https://{HOST}/id/place/sim-household-7",
        30,
        "Household sim-7",
    ),
    (
        "another-place-of-a-household",
        f"https://{HOST}/id/place/sim-household-7/hut",
        30,
        "Household sim-7 · hut",
    ),
    ("a-kind-without-a-message", f"https://{HOST}/id/party/plant-7", 30, "plant 7"),
    ("a-name-with-its-kind", f"https://{HOST}/id/party/plant-8", 30, "plant-8"),
    ("nothing", "", 9, ""),
    ("a-name-of-prototypes", "constructor", 9, ""),
]

MEMBERS = [
    "gs1:productName", "caravan:breed", "gs1:netContent", "caravan:recipe",
    "gs1:productionDate", "gs1:countryOfOrigin", "caravan:dam", "caravan:shelfLife",
]  # fmt: skip
_INNER = [
    "@language", "@value", "name", "value", "uom", "quantity", "gs1:value",
    "gs1:unitCode", "gs1:countryCode", "toString",
]  # fmt: skip
_SCALARS = [
    None, True, False, 0, -1, 7, 12.5, 999999999999999, "", "x", "en", "zh", "EN-gb",
    "GRM", "CN", "66", "2026-05-01", "2026-05-01T06:30:00Z", "500", "toString",
    "a\u202eb", "سۈت", "🐫", f"https://{HOST}/id/animal/7", "https://id.gs1.org/01/",
]  # fmt: skip


def hostile():
    """Yield what no honest party writes, the same each time."""
    chance = random.Random("hostile ilmd")

    def grow(depth):
        kind = chance.random()
        if depth == 0 or kind < 0.4:
            return chance.choice(_SCALARS)
        if kind < 0.65:
            return [grow(depth - 1) for _ in range(chance.randrange(4))]
        names = chance.sample(_INNER, chance.randrange(1, 4))
        return {name: grow(depth - 1) for name in names}

    for number in range(200):
        ilmd = {member: grow(4) for member in chance.sample(MEMBERS, 3)}
        lang = chance.choice(["en", "zh"])
        body = spell({"ilmd": ilmd})
        facts = article_facts(parse_canonical(body.encode())["ilmd"], lang, MESSAGES)
        yield {
            "name": f"hostile-{number}",
            "ilmd": body,
            "lang": lang,
            "want": [list(fact) for fact in facts],
        }


def kind_of(party):
    """Return what kind a party is admitted as."""
    return "household" if re.search("herd|household", party) else "plant"


def vectors():
    """Return the files of tests/vectors/product."""
    return {
        "article.json": {
            "about": "The ilmd of one event, and the facts that its article shows.",
            "messages": MESSAGES,
            "cases": ARTICLES,
        },
        "hostile.json": {
            "about": "What no honest party writes as ilmd, and what is shown of it.",
            "messages": MESSAGES,
            "cases": list(hostile()),
        },
        "product.json": {
            "about": "Events with standing in log order, and the facts of a product.",
            "host": HOST,
            "messages": MESSAGES,
            "cases": PRODUCTS,
        },
        "names.json": {
            "about": "Admissions, and what parties and places are called at an index.",
            "admitted": [
                {
                    "index": index,
                    "kind": kind_of(party),
                    "party": party,
                    "name": called,
                    "places": places,
                }
                for index, party, called, places in ADMITTED
            ],
            "messages": MESSAGES,
            "cases": [
                {"name": case, "identifier": asked, "index": index, "want": want}
                for case, asked, index, want in ASKED
            ],
        },
    }
