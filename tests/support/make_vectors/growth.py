"""Vectors for weighings and milkings of one animal, hostile bodies included."""

import random

from ledger.chart import to_svg
from ledger.closure import Member
from ledger.growth import growth_rows, growth_shape, milk_rows
from tests.support.make_vectors.event import HOST, event
from tests.support.make_vectors.massflow import accounts_of, said

ANIMAL, OTHER = f"https://{HOST}/id/animal/7", f"https://{HOST}/id/animal/8"
MESSAGES = {
    "growth.gain": "{gain} a day",
    "growth.gain.usual": "{gain} a day in {low} to {high}",
    "growth.inside": "in {low} to {high}",
    "growth.months": "months",
    "growth.more": "{count} in all",
    "growth.outside": "out of {low} to {high}",
    "growth.source": "published",
    "growth.title": "Weight",
    "method.scale": "on a scale",
    "milk.group": "nobody knows",
    "milk.times": "{mass} in {count}",
    "unit.ANN": "years",
    "unit.KGM": "kg",
    "unit.MON": "months",
}


def report(component, value, uom="KGM"):
    """Return a sensor element of one report."""
    found = {"component": f"caravan:{component}", "uom": uom, "value": value}
    return {"sensorReport": [{k: v for k, v in found.items() if v is not None}]}


def born(day="2026-01-01", species="camel", **more):
    """Return a birth."""
    return at(
        day, epcList=[ANIMAL], action="ADD", ilmd={"caravan:species": species}, **more
    )


def at(day, hour="06", **members):
    """Return a statement of a day."""
    flags = {
        name: members.pop(name) for name in ("apart", "declared") if name in members
    }
    kind = members.pop("kind", "ObjectEvent")
    body = event(
        kind, eventTime=f"{day}T{hour}:00:00Z", eventTimeZoneOffset="+00:00", **members
    )
    return said(body, **flags)


def weighed(day, value, uom="KGM", animals=(ANIMAL,), method="scale", **more):
    """Return a weighing."""
    return at(
        day,
        epcList=list(animals),
        sensorElementList=[report("weight", value, uom)],
        **{"caravan:method": method},
        **more,
    )


def milking(day, animals, kilograms, **more):
    """Return a milking."""
    return at(
        day,
        kind="TransformationEvent",
        inputEPCList=list(animals),
        outputQuantityList=[
            {
                "epcClass": f"https://{HOST}/id/milk/7",
                "quantity": kilograms,
                "uom": "KGM",
            }
        ],
        **{"caravan:process": "milking"},
        **more,
    )


def sample(day, kilograms, animals=(ANIMAL,)):
    """Return what a meter says of one animal."""
    return at(day, epcList=list(animals), sensorElementList=[report("milk", kilograms)])


def weighing(place, day, weight, **more):
    """Return the facts of one weighing."""
    facts = {"": day, ".weight": weight, **{f".{k}": v for k, v in more.items()}}
    return {f"growth.{place}{name}": shown for name, shown in facts.items()}


SCALE = {"method": "on a scale"}
SOURCE = {"growth.source": "published"}

GROWTHS = [
    ("nothing", [born()], {}),
    (
        "a-calf-grows",
        # 31, 59 and 90 days old: gains of 0.75 and, since the first, 0.6 kg a day.
        [
            born(),
            weighed("2026-02-01", 60),
            weighed("2026-03-01", 81),
            weighed("2026-03-10", 70.5),
            weighed("2026-04-01", 99.6),
        ],
        {
            **weighing(
                0,
                "2026-04-01",
                "99.6 kg",
                age="2 months",
                **SCALE,
                gain="0.6 a day in 0.3 to 0.9",
                band="in 55 to 126",
            ),
            **weighing(
                1,
                "2026-03-10",
                "70.5 kg",
                age="2 months",
                **SCALE,
                gain="0.283 a day in 0.3 to 0.9",
                band="in 48.4 to 106.2",
            ),
            **weighing(
                2,
                "2026-03-01",
                "81 kg",
                age="1 months",
                **SCALE,
                gain="0.75 a day in 0.3 to 0.9",
                band="in 45.7 to 98.1",
            ),
            **weighing(
                3,
                "2026-02-01",
                "60 kg",
                age="1 months",
                **SCALE,
                band="in 37.3 to 72.9",
            ),
            **SOURCE,
        },
    ),
    (
        "a-day-before-four-weeks-no-gain-is-told",
        [born(), weighed("2026-02-01", 60), weighed("2026-02-28", 81)],
        {
            **weighing(
                0,
                "2026-02-28",
                "81 kg",
                age="1 months",
                **SCALE,
                band="in 45.4 to 97.2",
            ),
            **weighing(
                1,
                "2026-02-01",
                "60 kg",
                age="1 months",
                **SCALE,
                band="in 37.3 to 72.9",
            ),
            **SOURCE,
        },
    ),
    (
        "out-of-the-band-and-losing",
        [born(), weighed("2026-02-01", 100), weighed("2026-03-04", 20.5)],
        {
            **weighing(
                0,
                "2026-03-04",
                "20.5 kg",
                age="2 months",
                **SCALE,
                gain="-2.564 a day in 0.3 to 0.9",
                band="out of 46.6 to 100.8",
            ),
            **weighing(
                1,
                "2026-02-01",
                "100 kg",
                age="1 months",
                **SCALE,
                band="out of 37.3 to 72.9",
            ),
            **SOURCE,
        },
    ),
    (
        "the-edge-is-in",
        [
            born(),
            weighed("2026-01-01", 28),
            weighed("2026-01-01", 45, hour="07"),
            weighed("2026-01-01", 27.999, hour="08"),
        ],
        {
            **weighing(
                0,
                "2026-01-01",
                "27.999 kg",
                age="0 months",
                **SCALE,
                band="out of 28 to 45",
            ),
            **weighing(
                1, "2026-01-01", "45 kg", age="0 months", **SCALE, band="in 28 to 45"
            ),
            **weighing(
                2, "2026-01-01", "28 kg", age="0 months", **SCALE, band="in 28 to 45"
            ),
            **SOURCE,
        },
    ),
    (
        "no-band-between-calf-and-grown",
        [born("2024-01-01"), weighed("2026-02-01", 300)],
        weighing(0, "2026-02-01", "300 kg", age="25 months", **SCALE),
    ),
    (
        "grown-and-no-usual-gain",
        [born("2016-01-01"), weighed("2026-02-01", 500), weighed("2026-03-01", 501.4)],
        {
            **weighing(
                0,
                "2026-03-01",
                "501.4 kg",
                age="10 years",
                **SCALE,
                gain="0.05 a day",
                band="in 400 to 725",
            ),
            **weighing(
                1,
                "2026-02-01",
                "500 kg",
                age="10 years",
                **SCALE,
                band="in 400 to 725",
            ),
            **SOURCE,
        },
    ),
    (
        "no-band-for-cattle",
        [born(species="cattle"), weighed("2026-02-01", 60)],
        weighing(0, "2026-02-01", "60 kg", age="1 months", **SCALE),
    ),
    (
        "no-birth",
        [weighed("2026-02-01", (60), method="by \u202eeye")],
        weighing(0, "2026-02-01", "60 kg", method="by eye"),
    ),
    (
        "grams-and-what-is-no-weight-of-this-one",
        [
            born(),
            weighed("2026-02-01", 60_500, "GRM"),
            weighed("2026-02-02", 60, "LTR"),
            weighed("2026-02-03", "60"),
            weighed("2026-02-04", -60),
            weighed("2026-02-05", 600, animals=(ANIMAL, OTHER)),
            weighed("2026-02-06", 60, animals=(OTHER,)),
            weighed("2026-02-07", 60, apart=True),
            weighed("2026-02-08", 60, declared=9),
        ],
        {
            **weighing(
                0,
                "2026-02-01",
                "60.5 kg",
                age="1 months",
                **SCALE,
                band="in 37.3 to 72.9",
            ),
            **SOURCE,
        },
    ),
]
MILKS = [
    ("nothing", [born()], {}),
    (
        "in-a-group-nobody-knows",
        [
            milking("2026-06-01", [ANIMAL, OTHER], 9),
            milking("2026-06-30", [ANIMAL, OTHER], 9),
            milking("2026-07-01", [OTHER], 9),
            milking("2026-07-01", [ANIMAL], 2.345),
            milking("2026-07-02", [ANIMAL], 1),
            milking("2026-07-03", [ANIMAL], 1, apart=True),
            sample("2026-07-02", 1.239),
            sample("2026-07-03", 1),
            sample("2026-07-03", 7, (OTHER,)),
        ],
        {
            "milk.0": "2026-07",
            "milk.0.milkings": "2",
            "milk.0.alone": "3.34 kg in 2",
            "milk.0.measured": "2.23 kg in 2",
            "milk.1": "2026-06",
            "milk.1.milkings": "2",
            "milk.group": "nobody knows",
        },
    ),
    (
        "alone-every-time",
        [milking("2026-06-01", [ANIMAL], 2)],
        {"milk.0": "2026-06", "milk.0.milkings": "1", "milk.0.alone": "2 kg in 1"},
    ),
    (
        "with-something-else-in-the-can",
        [
            milking(
                "2026-06-01",
                [ANIMAL],
                2,
                inputQuantityList=[{"epcClass": f"https://{HOST}/id/milk/8"}],
            )
        ],
        {"milk.0": "2026-06", "milk.0.milkings": "1", "milk.group": "nobody knows"},
    ),
]

_ODD = [None, True, "7", -1, 0, 0.000001, 12.5, 999_999_999_999_999, [], {}, "\u202e<&"]


def hostile():
    """Yield what no honest party writes, the same each time."""
    chance = random.Random("hostile growth")
    for number in range(40):
        statements = [born(f"20{chance.randrange(10, 27)}-01-01")]
        for _ in range(chance.randrange(1, 6)):
            day = f"2026-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
            value, uom = chance.choice(_ODD), chance.choice(["KGM", "TNE", "MGM", "x"])
            word = chance.choice(["weight", "milk"])
            elements = [report(word, value, uom), chance.choice(_ODD)]
            if chance.random() < 0.2:
                elements = chance.choice(_ODD)
            statements.append(
                at(
                    day,
                    epcList=[ANIMAL],
                    sensorElementList=elements,
                    **{"caravan:method": chance.choice(_ODD)},
                )
            )
        yield f"hostile-{number}", statements


def many():
    """Return thirty weighings and the days of as many months."""
    return [born("2024-01-01")] + [
        weighed(f"{2024 + n // 12}-{n % 12 + 1:02}-02", 40 + n) for n in range(30)
    ]


def summed(make, statements):
    """Return what a function makes of statements."""
    return make(
        accounts_of(statements),
        members=[Member(ANIMAL, "subject", 0, False)],
        lang="en",
        messages=MESSAGES,
    )


def rows(make, statements):
    """Return the facts of all rows."""
    return dict(fact for row in summed(make, statements) for fact in row)


def drawn(statements):
    """Return the growth chart as text."""
    shape = summed(growth_shape, statements)
    return "" if shape is None else to_svg(shape)


def vectors():
    """Return the files of tests/vectors/growth."""
    return {
        "growth.json": {
            "about": "Statements about one animal, its weighings, and their drawing.",
            "host": HOST,
            "animal": ANIMAL,
            "messages": MESSAGES,
            "cases": [
                {"name": n, "statements": s, "growth": want, "svg": drawn(s)}
                for n, s, want in GROWTHS
            ],
        },
        "milk.json": {
            "about": "Statements about one animal, and its milkings by month.",
            "cases": [{"name": n, "statements": s, "milk": w} for n, s, w in MILKS],
        },
        "hostile.json": {
            "about": "What no honest party writes, and what is shown of it.",
            "cases": [
                {
                    "name": n,
                    "statements": s,
                    "growth": rows(growth_rows, s),
                    "milk": rows(milk_rows, s),
                    "svg": drawn(s),
                }
                for n, s in [*hostile(), ("thirty-weighings", many())]
            ],
        },
    }
