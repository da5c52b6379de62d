"""Vectors for areas and the way of goods: distances, rows, and what is drawn."""

from ledger.account import Account
from ledger.closure import Member
from ledger.encoding import parse_canonical
from ledger.event import parse_event
from ledger.journey import journey_rows, journey_shape
from ledger.position import POSITIONS, kilometres
from tests.support.make_vectors.event import HOST, PLACE, event, spell

LOT = "https://id.gs1.org/01/09520123456788/10/L1"
ITEM = "https://id.gs1.org/01/09520123456788"
MILK = f"https://{HOST}/id/milk/7"
CAMEL = f"https://{HOST}/id/animal/herd/7"
PALLET = "https://id.gs1.org/00/095216000000000012"
MEMBERS = [
    (LOT, "subject", 0),
    (PALLET, "parent", 0),
    (ITEM, "trade-item", 0),
    (MILK, "source", 1),
    (CAMEL, "source", 2),
]
NAMES = {PLACE: "North Dairy"}
MESSAGES = {
    "area.330100": "Hangzhou",
    "area.330500": "Huzhou",
    "area.650100": "Urumqi",
    "area.652901": "Aksu",
    "area.652929": "Keping",
    "distance.from": "from",
    "map.north": "N",
    "map.title": "Where it went",
    "unit.KMT": "km",
}


def at(area, day, *, about=LOT, step="arriving", hour=6, **more):
    """Return a statement that goods are in an area on a day."""
    apart = more.pop("apart", False)
    declared = more.pop("declared", None)
    body = event(
        quantityList=[{"epcClass": about}],
        bizStep=step,
        eventTime=f"{day}T{hour:02}:00:00+08:00",
        eventTimeZoneOffset="+08:00",
        **{"caravan:area": area, **more},
    )
    return {
        "about": [about],
        "body": spell(body),
        "declared_by": declared,
        "is_apart": apart,
    }


def far(number, **more):
    """Return the declaration of a distance."""
    return {"caravan:distance": {"quantity": number, "uom": "KMT", **more}}


MILKED = at("652929", "2026-06-01", about=MILK, step="creating_class_instance")
WAY = [
    MILKED,
    at("652929", "2026-06-20", step="commissioning"),
    at("652901", "2026-06-22", **far(126, **{"from": PLACE})),
    at("650100", "2026-06-23", **far(796)),
    at("330500", "2026-06-26", **far("3820")),
    at("330100", "2026-06-27", hour=9),
    at("330100", "2026-07-04", step="retail_selling"),
]

JOURNEYS = {
    "nothing-said": [],
    "one-area": [MILKED],
    "from-keping-to-hangzhou": WAY,
    "in-any-order": [*reversed(WAY)],
    "two-near-one-another": [MILKED, at("652901", "2026-06-03")],
    "on-one-spot": [at("652901", "2026-06-03"), at("652922", "2026-06-04")],
    "from-north-to-south": [at("654301", "2026-06-03"), at("653201", "2026-06-04")],
    "an-area-that-is-not-known": [
        MILKED,
        at("999999", "2026-06-03", **far(7)),
        at("652901", "2026-06-04"),
    ],
    "no-known-area": [at("999998", "2026-06-03"), at("999999", "2026-06-04")],
    "back-again": [
        MILKED,
        at("652901", "2026-06-03"),
        at("652929", "2026-06-09"),
    ],
    "at-the-same-instant": [at("652901", "2026-06-03"), at("652929", "2026-06-03")],
    "steps-that-say-nothing-of-where": [
        at("652929", "2026-06-03", step=step)
        for step in ("inspecting", "sampling", "holding", "other", "encoding")
    ],
    "apart-or-taken-back": [
        at("652929", "2026-06-03", apart=True),
        at("652901", "2026-06-03", declared=9),
    ],
    "an-alarm": [at("652929", "2026-06-03", disposition="recalled")],
    "animals-and-items-do-not-travel": [
        at("652929", "2026-06-03", about=CAMEL),
        at("652929", "2026-06-03", about=ITEM),
        at("652929", "2026-06-03", about=f"https://{HOST}/id/milk/another"),
    ],
    "what-becomes-of-the-rest": [
        at("652901", "2026-06-02", about=MILK),
        at("652929", "2026-06-03", action="ADD", step="commissioning"),
        at("652929", "2026-06-04", about=PALLET),
        at("650100", "2026-06-05", about=MILK),
        at("330100", "2026-06-06"),
    ],
    "made-twice": [
        at("652929", "2026-06-03", action="ADD", step="commissioning"),
        at("652901", "2026-06-04", about=MILK),
        at("652929", "2026-06-05", action="ADD", step="commissioning"),
        at("650100", "2026-06-06", about=MILK),
    ],
    "areas-that-are-none": [
        at(area, "2026-06-03")
        for area in (652929, "65292", "6529290", "٦٥٢٩٢٩", "652929\n", ["652929"], {})
    ],
    "distances-that-are-none": [
        MILKED,
        at("652901", "2026-06-03", **{"caravan:distance": [1]}),
        at("650100", "2026-06-03", **far("far")),
        at("330100", "2026-06-04", **far(3858, kind="a\u202eb")),
    ],
    "everywhere": [at(area, "2026-06-03") for area in POSITIONS],
}


def accounts_of(said):
    """Return statements as what they tell."""
    return [
        Account(
            index=index,
            event=parse_event(parse_canonical(one["body"].encode()), host=HOST),
            parties=(),
            about=tuple(one["about"]),
            log_time="",
            flags=(),
            signers=1,
            is_apart=one["is_apart"],
            declared_by=one["declared_by"],
        )
        for index, one in enumerate(said)
    ]


def members():
    """Return the members that every case has."""
    return [Member(name, relation, level, False) for name, relation, level in MEMBERS]


def tree(shape):
    """Return a shape as JSON."""
    if shape is None or isinstance(shape, str):
        return shape
    inner = [tree(child) for child in shape.children]
    return [shape.tag, dict(shape.attributes), inner]


def journey(case, said):
    """Return the case of one way."""
    about = {"members": members(), "lang": "en", "messages": MESSAGES}
    rows = journey_rows(
        accounts_of(said), **about, names=lambda name: NAMES.get(name, "")
    )
    return {
        "name": case,
        "statements": said,
        "rows": [[list(fact) for fact in row] for row in rows],
        "shape": tree(journey_shape(accounts_of(said), **about)),
    }


def vectors():
    """Return the files of tests/vectors/journey."""
    codes = [*POSITIONS]
    return {
        "kilometres.json": {
            "about": "From each area to all that come after it, in the order given.",
            "codes": codes,
            "want": [
                [kilometres(POSITIONS[a], POSITIONS[b]) for b in codes[place + 1 :]]
                for place, a in enumerate(codes)
            ],
        },
        "journey.json": {
            "about": "Statements with areas, the rows of their way, and its map.",
            "host": HOST,
            "messages": MESSAGES,
            "names": NAMES,
            "members": MEMBERS,
            "cases": [journey(case, said) for case, said in JOURNEYS.items()],
        },
    }
