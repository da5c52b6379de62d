"""Vectors for the way of goods in rows: stages, tests, cold chain and gaps.

Each case has what is to be said by hand (``says``: a text, or null where there must be
none), and all rows as the Python twin makes them, so that the two cannot differ.
"""

import random
from dataclasses import asdict

from ledger import way
from ledger.account import Account
from ledger.closure import Member
from ledger.encoding import parse_canonical
from ledger.event import parse_event
from ledger.flags import Flag
from ledger.limits import LIMITS
from tests.support.make_vectors.event import HOST, event, spell

OWN = f"https://{HOST}/id"
ITEM = "https://id.gs1.org/01/09520123456788"
LOT, POUCH = f"{ITEM}/10/L1", f"{ITEM}/21/7"
CASE = "https://id.gs1.org/00/952012345678912345"
FARM, FARM_2, FARM_3, FARM_4 = (f"{OWN}/party/farm-{n}" for n in range(1, 5))
STATION, PLANT, LAB = (f"{OWN}/party/{name}" for name in ("station", "plant", "lab"))
CAMEL, CAMEL_2 = f"{OWN}/animal/7", f"{OWN}/animal/8"
MILK, MILK_2, TANK, HEATED = (
    f"{OWN}/{n}" for n in ("milk/1", "milk/2", "tank/1", "tank/h")
)
POWDER, BIN, APPLES = f"{OWN}/powder/1", f"{OWN}/fruit/1", f"{OWN}/fruit/2"
PLACE = f"{OWN}/place/plant"
NAMES = {STATION: "Station", PLACE: "Plant · plant", PLANT: "Plant"}

MESSAGES = {
    "area.652929": "Keping",
    "brief.signed": "signed by {count}",
    "cold.measured": "{count} of {all} measured",
    "cold.uncooled": "{count} of {all} not cooled",
    "disposition.conformant": "conformant",
    "disposition.non_conformant": "does not conform",
    "disposition.unknown": "unknown",
    "done.bulking": "Pooled",
    "done.cooling": "Cooled",
    "done.milking": "Milked",
    "done.packing": "Packed",
    "done.picking": "Picked",
    "done.spray drying": "Spray dried",
    "error.incorrect_data": "wrong",
    "error.unknown": "in error",
    "fact.more": "and {count} more",
    "flag.overlap": "Overlaps",
    "gaps.amounts": "no amounts: {count} of {all}",
    "gaps.apart": "apart: {count}",
    "gaps.correction": "{by} takes back {index}",
    "gaps.corrections": "further: {count}",
    "gaps.cosigned": "{step}: one key only: {count} of {all}",
    "gaps.days": "{count} days",
    "gaps.hours": "{count} hours",
    "gaps.late": "late: {count} of {all}",
    "gaps.means": "as far as recorded",
    "gaps.measured": "{step}: not measured: {count} of {all}",
    "gaps.none": "none among {count}",
    "how.cosigned": "co-signed {count}",
    "how.device": "device {count}",
    "how.late": "late {count}",
    "how.records": "records {count}",
    "how.typed": "typed {count}",
    "kind.lot": "Lot",
    "kind.own.animal": "Animal",
    "kind.own.tank": "Tank",
    "limit.of.snf": "{limit} of SNF",
    "limit.outside": "{count} of {all} outside",
    "limit.unverified": "unverified",
    "number.group": ",",
    "phase.delivery": "delivery",
    "phase.herd": "farm",
    "phase.milk": "harvest",
    "phase.plant": "processing",
    "phase.road": "transport",
    "phase.shop": "store",
    "phase.test": "test",
    "product.milk-powder": "Milk powder",
    "product.raw-milk": "Raw milk",
    "sensor.caravan:fat": "Fat",
    "step.accepting": "Accepted",
    "step.arriving": "Arrived",
    "step.holding": "Held",
    "step.packing": "Packed",
    "step.inspecting": "Inspected",
    "step.receiving": "Received",
    "step.storing": "Stored",
    "tests.count": "{count} tests",
    "tests.none": "no test among {count}",
    "unit.C62": "units",
    "unit.CEL": "°C",
    "unit.KGM": "kg",
    "unit.LTR": "l",
    "unit.MIN": "min",
    "unit.P1": "%",
    "value.negative": "negative",
    "way.places": "{count} places",
}
FUNCTIONS = {
    "brief": way.brief_rows,
    "way": way.way_rows,
    "tests": way.test_rows,
    "cold": way.cold_rows,
    "gaps": way.gap_rows,
}


def told(body, *parties, about=None, **members):
    """Return an account as a vector has it; about all that its event names."""
    subjects = parse_event(parse_canonical(spell(body).encode()), host=HOST).subjects
    account = {
        "body": spell(body),
        "parties": list(parties or (FARM,)),
        "about": list(subjects if about is None else about),
        "logTime": "",
        "flags": [],
        "signers": 1,
        "isApart": False,
        "declaredBy": None,
    }
    return account | members


def read_account(given):
    """Return the account that a vector spells out."""
    body = parse_canonical(given["body"].encode())
    return Account(
        index=given["index"],
        event=parse_event(body, host=HOST),
        parties=tuple(given["parties"]),
        about=tuple(given["about"]),
        log_time=given["logTime"],
        flags=tuple(Flag(**flag) for flag in given["flags"]),
        signers=given["signers"],
        is_apart=given["isApart"],
        declared_by=given["declaredBy"],
    )


def read_rows(given, messages=None):
    """Return all rows of a case, by block, and the points of its chart."""
    accounts = [read_account(account) for account in given["accounts"]]
    known = {
        "members": [
            Member(name, relation, 0, is_open=False)
            for name, relation in given["members"]
        ],
        "lang": given["lang"],
        "messages": MESSAGES if messages is None else messages,
        "names": lambda identifier: NAMES.get(identifier, ""),
    }
    rows = {
        block: [[list(fact) for fact in row] for row in make(accounts, **known)]
        for block, make in FUNCTIONS.items()
    }
    return rows | {"points": [list(point) for point in way.cold_points(accounts)]}


def case(name, says, *accounts, members=(), lang="en"):
    """Return a case; statements are numbered from 1."""
    given = {
        "name": name,
        "lang": lang,
        "members": [list(member) for member in members],
        "accounts": [
            {"index": index, **account} for index, account in enumerate(accounts, 1)
        ],
        "says": says,
    }
    return given | {"want": read_rows(given)}


def kilos(name, amount=None, uom="KGM"):
    """Return a quantity element."""
    element = {"epcClass": name}
    if amount is not None:
        element |= {"quantity": amount}
    return element | ({"uom": uom} if uom else {})


def made(process, inputs, outputs, **members):
    """Return a transformation; inputs are names of animals or elements."""
    animals = [given for given in inputs if isinstance(given, str)]
    classes = [given for given in inputs if not isinstance(given, str)]
    body = event(
        "TransformationEvent",
        bizStep="creating_class_instance",
        outputQuantityList=outputs,
        **members,
    )
    body["caravan:process"] = process
    body |= {"inputEPCList": animals} if animals else {}
    return body | ({"inputQuantityList": classes} if classes else {})


def milked(name=MILK, amount=3.5, **members):
    """Return a milking."""
    said = {"caravan_species": "camel"} | members
    return made("milking", [CAMEL], [kilos(name, amount)], **said)


def report(component, value, unit="", **members):
    """Return a sensor report."""
    kind = "Temperature" if unit == "CEL" else "Dimensionless"
    given = {"type": kind} | ({"component": component} if component else {})
    given |= {} if value is None else {"value": value}
    return given | ({"uom": unit} if unit else {}) | members


def sensed(*reports, device=""):
    """Return a list of sensor elements."""
    element = {"sensorReport": list(reports)}
    if device:
        element["sensorMetadata"] = {"deviceID": device}
    return [element]


def cooled(name=MILK, minutes=60, after=3.5, unit="MIN"):
    """Return a cooling."""
    reports = []
    if after is not None:
        reports.append(report("caravan:temperature_after", after, "CEL"))
    if minutes is not None:
        reports.append(report("caravan:cooling_time", minutes, unit))
    return event(
        bizStep="storing",
        quantityList=[kilos(name, 3.5)],
        sensorElementList=sensed(*reports),
    )


def examined(name, *reports, disposition="conformant", **members):
    """Return a test."""
    return event(
        disposition=disposition,
        quantityList=[kilos(name, 3.5)],
        sensorElementList=sensed(*reports),
        **members,
    )


def seen(step, *elements, **members):
    """Return an observation of goods."""
    return event(bizStep=step, quantityList=list(elements), **members)


def at(day, body):
    """Return an event on a day of June."""
    return body | {"eventTime": f"2026-06-{day:02}T06:10:00+08:00"}


def masses(name, text, *elements, made_of=None):
    """Return the case of what stands in all, at one stage of two statements."""
    bodies = [seen("storing", element) for element in elements]
    if made_of is not None:
        bodies = [
            made("bulking", [i], [o]) for i, o in zip(made_of, elements, strict=True)
        ]
    return case(f"mass-{name}", {"way.0.0.mass": text}, *map(told, bodies))


def fat_test(name, fat, says, **members):
    """Return the case of one test of raw milk."""
    reports = [report("caravan:fat", fat, "P1")]
    says = {f"tests.1.{part}": text for part, text in says.items()}
    body = examined(MILK, *reports, **members)
    return case(name, says, told(milked()), told(body, LAB))


def powder_test(name, outside, *reports):
    """Return the case of protein in milk powder."""
    protein = report("caravan:protein", 25, "P1")
    into = [kilos(POWDER, 3)]
    dried = made("spray drying", [kilos(TANK, 20)], into, caravan_species="camel")
    test = examined(POWDER, protein, *reports)
    says = {"tests.1.limit": "≥ 36 % of SNF", "tests.1.outside": outside}
    return case(name, says, told(dried, PLANT), told(test, PLANT))


def apart(body, **members):
    """Return an account that does not count."""
    return told(body, STATION, isApart=True, **members)


def flag(code, detail="", index=1):
    """Return a flag as a vector has it."""
    return {"code": code, "index": index, "detail": detail}


CHAIN = [
    told(at(1, milked(MILK, 3.5))),
    told(at(1, milked(MILK_2, 1234.25, caravan_x=1)), FARM_2),
    told(at(1, cooled(MILK))),
    told(at(1, cooled(MILK_2, 130, 4.5)), FARM_2),
    told(
        at(2, seen("accepting", kilos(MILK, 3.5), kilos(MILK_2, 1234.25))),
        STATION,
        FARM,
        signers=2,
    ),
    told(at(2, examined(MILK, report("caravan:fat", 5.5, "P1"))), STATION),
    told(
        at(
            2,
            made(
                "bulking",
                [kilos(MILK, 3.5), kilos(MILK_2, 1234.25)],
                [kilos(TANK, 1237)],
            ),
        ),
        STATION,
    ),
    told(
        at(
            3,
            event(
                "TransactionEvent",
                bizStep="accepting",
                quantityList=[kilos(TANK, 1237)],
            ),
        ),
        PLANT,
    ),
    told(
        at(
            3,
            made("spray drying", [kilos(TANK, 1237)], [kilos(POWDER, 180)])
            | {
                "sensorElementList": sensed(
                    report("caravan:outlet", 80.5, "CEL"), device=f"{OWN}/device/1"
                )
            },
        ),
        PLANT,
    ),
    told(
        at(
            4,
            made("packing", [kilos(POWDER, 180)], [kilos(LOT, 360, "")])
            | {"bizStep": "commissioning", "readPoint": {"id": PLACE}},
        ),
        PLANT,
    ),
    told(at(5, event(action="ADD", bizStep="commissioning", epcList=[CASE])), PLANT),
    told(
        at(
            5,
            event(
                "AggregationEvent",
                action="ADD",
                bizStep="packing",
                parentID=CASE,
                childEPCs=[POUCH],
            ),
        ),
        PLANT,
    ),
    told(at(6, event(bizStep="encoding", quantityList=[kilos(LOT, None, "")])), PLANT),
    told(at(7, event(bizStep="receiving", epcList=[CASE])), STATION),
]

CASES = [
    case(
        "nothing-at-all",
        {
            "way.0": None,
            "tests.0": "no test among 0",
            "brief.0": None,
            "cold.0": None,
            "gaps.0": "none among 0",
        },
    ),
    case(
        "a-chain",
        {
            "way.0.0": "Milked",
            "way.0": "harvest",
            "way.0.when": "2026-06-01 – 2026-06-02",
            "way.0.0.when": "2026-06-01",
            "way.0.1.when": "2026-06-01",
            "way.0.0.who": "farm-1, and 1 more",
            "way.0.0.things": "camel × 1",
            "way.0.0.mass": "1237.75 kg",
            "way.0.0.how": "typed 2",
            "way.0.1": "Cooled",
            "way.0.1.temperature": "caravan:temperature_after: 3.5 – 4.5 °C",
            "way.0.2": "Accepted",
            "way.0.2.who": "Station",
            "way.0.2.how": "typed 1 · co-signed 1",
            "way.1": "test",
            "way.1.when": "2026-06-02",
            "way.1.signed": "conformant × 1",
            "way.1.0": "Inspected",
            "way.1.0.when": None,
            "way.1.0.signed": "conformant × 1",
            "way.1.0.mass": None,
            "way.0.3": "Pooled",
            "way.2.0": "Accepted",
            "way.2": "transport",
            "way.3.0": "Spray dried",
            "way.3.0.how": "device 1 · typed 1",
            "way.3.1": "Packed",
            "way.3.1.mass": "360 units",
            "way.3.1.where": None,
            "way.3.2": "Packed",
            "way.3.2.things": "logistic-unit × 1",
            "way.4.0": "Received",
            "way.4": "store",
            "way.5": None,
            "cold.0.time": "60 – 130 min",
            "cold.0.outside": "1 of 2 outside",
            "cold.0.unverified": "unverified",
            "cold.0.uncooled": None,
            "cold.1": "Accepted",
            "cold.2": "Accepted",
            "cold.3": None,
            "tests.1.on": "Raw milk",
            "brief.0": "Milked",
            "brief.0.who": "farm-1, and 1 more · camel × 1",
            "brief.0.when": "2026-06-01",
            "brief.1": "1 tests",
            "brief.1.signed": "conformant × 1",
            "brief.1.who": "Station",
            "brief.1.for": "Fat",
            "tests.0.for": "Fat",
            "brief.2": "signed by 4",
            "brief.2.who": "farm-1, and 3 more",
            "brief.3": None,
        },
        *CHAIN,
        members=[
            (POUCH, "subject"),
            (LOT, "lot"),
            (ITEM, "trade-item"),
            (CASE, "parent"),
        ],
    ),
    case(
        "apples",
        {
            "way.0.0": "Picked",
            "way.0": "harvest",
            "way.0.0.mass": "812.5 kg",
            "way.0.2": None,
            "way.1.0": "Graded",
            "brief.0": "Picked",
            "brief.1": "no test among 3",
            "way.1": "processing",
            "tests.0": "no test among 3",
            "cold.0.measured": "0 of 1 measured",
            "cold.0.uncooled": None,
        },
        told(at(1, made("picking", [], [kilos(BIN, 812.5)]))),
        told(at(2, seen("storing", kilos(BIN, 812.5)))),
        told(
            at(
                3,
                made("grading", [kilos(BIN, 812.5)], [kilos(APPLES, 800)])
                | {
                    "caravan:process": {"@language": "en", "@value": "Graded"},
                    "bizStep": "other",
                },
            )
        ),
    ),
    case(
        "animals",
        {"way.0": "farm", "way.0.0.things": "Animal × 2", "way.0.0.mass": None},
        told(event(bizStep="arriving", epcList=[CAMEL])),
        told(event(bizStep="arriving", epcList=[CAMEL, CAMEL_2])),
    ),
    case(
        "parties-places-and-the-kind-of-product-are-no-way",
        {"way.0": None},
        told(event(bizStep="other", epcList=[FARM, PLACE])),
        told(
            event(
                action="ADD",
                bizStep="commissioning",
                quantityList=[kilos(ITEM, None, "")],
            )
        ),
        told(event(bizStep="stock_taking", quantityList=[kilos(POWDER, 2)])),
        members=[(ITEM, "trade-item")],
    ),
    case(
        "what-else-was-made-of-it-is-no-way",
        {"way.0.0.mass": "3 kg", "way.0.0.how": "typed 1"},
        told(made("bulking", [kilos(MILK, 3)], [kilos(TANK, 3)]), about=[MILK, TANK]),
        told(made("bulking", [kilos(MILK, 9)], [kilos(HEATED, 9)]), about=[MILK]),
    ),
    case(
        "of-several-outputs-those-that-bear-on-the-code",
        {"way.0.0.mass": "3 kg"},
        told(made("bulking", [], [kilos(TANK, 3), kilos(HEATED, 9)]), about=[TANK]),
    ),
    masses(
        "in-two-units-of-mass",
        "4001.0015 kg",
        kilos(MILK, 4, "TNE"),
        kilos(TANK, 1001.5, "GRM"),
    ),
    masses("and-volume", None, kilos(MILK, 4), kilos(TANK, 4, "LTR")),
    masses("in-litres", "5.5 l", kilos(MILK, 4, "LTR"), kilos(TANK, 1.5, "LTR")),
    masses("without-units", "7 units", kilos(MILK, 4, ""), kilos(TANK, 3, "C62")),
    masses("not-always-given", None, kilos(MILK, 4), kilos(TANK)),
    masses("seen-twice", None, kilos(MILK, 4), kilos(MILK, 4)),
    masses(
        "made-in-two-parts",
        "8 kg",
        kilos(TANK, 4),
        kilos(TANK, 4),
        made_of=[kilos(MILK, 4), kilos(MILK_2, 4)],
    ),
    masses(
        "made-of-each-other",
        None,
        kilos(TANK, 4),
        kilos(HEATED, 4),
        made_of=[kilos(MILK, 4), kilos(TANK, 4)],
    ),
    masses("below-zero", None, kilos(MILK, -4), kilos(TANK, 4)),
    masses("as-text", "4.25 kg", kilos(MILK, "4.250"), kilos(TANK, 0)),
    masses("no-number", None, kilos(MILK, "5e2"), kilos(TANK, 4)),
    masses("true", None, kilos(MILK, True), kilos(TANK, 4)),
    masses(
        "huge",
        "1999999999999998 kg",
        kilos(MILK, 999999999999999),
        kilos(TANK, 999999999999999),
    ),
    masses(
        "tiny",
        "0.000000002 kg",
        kilos(MILK, "0.000001", "GRM"),
        kilos(TANK, "0.000001", "GRM"),
    ),
    masses("in-tenths", "0.3 kg", kilos(MILK, 0.1), kilos(TANK, 0.2)),
    masses(
        "in-a-unit-of-a-prototype",
        "8 constructor",
        kilos(MILK, 4, "constructor"),
        kilos(TANK, 4, "constructor"),
    ),
    case(
        "a-mass-seen-of-goods-made-of-each-other",
        {"way.0.1": "Stored", "way.0.1.mass": None},
        told(at(1, made("bulking", [kilos(MILK, 3)], [kilos(TANK, 3)]))),
        told(at(2, seen("storing", kilos(MILK, 3)))),
        told(at(3, seen("storing", kilos(TANK, 3)))),
    ),
    case(
        "goods-that-came-of-themselves",
        {"way.0.0.mass": None},
        told(made("bulking", [kilos(TANK, 3)], [kilos(TANK, 3)])),
    ),
    case(
        "what-is-taken-back-or-of-others-does-not-count",
        {
            "way.0.0.mass": "3.5 kg",
            "gaps.0": "3 takes back 2",
            "gaps.0.reason": "wrong",
            "gaps.1": "apart: 1",
            "gaps.2": None,
        },
        told(milked()),
        told(milked(amount=9), declaredBy=3),
        told(
            milked(
                amount=9,
                errorDeclaration={
                    "declarationTime": "2026-06-13T00:00:00Z",
                    "reason": "incorrect_data",
                },
            )
        ),
        apart(milked(amount=5)),
    ),
    case(
        "taken-back-by-what-is-not-given",
        {"gaps.0": "99 takes back 1", "gaps.0.reason": "in error"},
        told(milked(), declaredBy=99),
    ),
    case(
        "more-corrections-than-are-listed",
        {"gaps.7": "9 takes back 8", "gaps.8": "further: 1", "gaps.9": None},
        *[told(milked(), declaredBy=9) for _ in range(9)],
    ),
    case(
        "late-and-odd",
        {
            "gaps.0": "late: 2 of 3",
            "gaps.0.longest": "2 days",
            "gaps.1": "Overlaps",
            "gaps.1.count": "1",
            "gaps.2": "constructor",
            "way.0.0.how": "typed 3 · late 2",
        },
        told(milked(), flags=[flag("late", "30 h")]),
        told(
            milked(MILK_2),
            flags=[
                flag("late", "49 h", 2),
                flag("overlap", "#1", 2),
                flag("overlap", "#3", 2),
            ],
        ),
        told(milked(TANK), flags=[flag("constructor", "", 3)]),
    ),
    case(
        "late-for-no-known-time",
        {"gaps.0.longest": "0 hours"},
        told(milked(), flags=[flag("late", "long")]),
    ),
    case(
        "most-are-signed-by-several",
        {
            "gaps.0": "Accepted: one key only: 1 of 3",
            "gaps.1": "Accepted: not measured: 1 of 3",
            "gaps.2": None,
        },
        told(
            seen(
                "accepting",
                kilos(MILK, 1),
                sensorElementList=sensed(report("", 3.1, "CEL")),
            ),
            signers=2,
        ),
        told(
            seen(
                "accepting",
                kilos(MILK_2, 1),
                sensorElementList=sensed(report("", 3.1, "CEL")),
            ),
            signers=3,
        ),
        told(seen("accepting", kilos(TANK, 1))),
    ),
    case(
        "half-are-signed-by-several",
        {"gaps.0": "none among 2", "gaps.0.means": "as far as recorded"},
        told(seen("accepting", kilos(MILK, 1)), signers=2),
        told(seen("accepting", kilos(MILK_2, 1))),
    ),
    case(
        "without-quantities",
        {"gaps.0": "no amounts: 2 of 3"},
        told(milked()),
        told(made("bulking", [kilos(MILK)], [kilos(TANK, 4)])),
        told(made("packing", [TANK], []) | {"outputEPCList": [POUCH]}),
    ),
    fat_test(
        "fat-within-the-limit",
        4,
        {
            "range": "4 %",
            "limit": "≥ 4 %",
            "outside": "0 of 1 outside",
            "unverified": "unverified",
            "who": "lab",
            "count": "1",
        },
    ),
    fat_test(
        "fat-below-the-limit",
        3.999999,
        {"range": "3.999999 %", "outside": "1 of 1 outside"},
    ),
    fat_test("fat-as-text", "4.50", {"range": "4.5 %", "outside": "0 of 1 outside"}),
    fat_test("fat-that-is-no-number", "much", {"range": None, "outside": None}),
    fat_test(
        "of-another-species",
        3,
        {"range": "3 %", "limit": None, "on": "Raw milk"},
        ilmd={"caravan:species": "cow"},
    ),
    fat_test("of-camels", 5, {"limit": "≥ 4 %"}, ilmd={"caravan:species": "camel"}),
    case(
        "of-no-species",
        {"tests.1.on": "Raw milk", "tests.1.limit": None},
        told(milked(caravan_species="")),
        told(examined(MILK, report("caravan:fat", 5, "P1"))),
    ),
    case(
        "what-testers-signed",
        {
            "tests.0": "3 tests",
            "tests.0.signed": "does not conform × 1 · conformant × 1 · unknown × 1",
            "way.0.alarm": "does not conform × 1",
            "way.0.signed": "conformant × 1",
            "tests.0.who": "lab",
            "tests.0.for": "Fat",
            "way.0.0.alarm": "does not conform × 1",
            "brief.0": "3 tests",
            "tests.1.on": "milk",
        },
        told(examined(MILK, disposition="non_conformant"), LAB),
        told(examined(MILK, disposition="conformant"), LAB),
        told(
            {
                k: v
                for k, v in examined(MILK, report("caravan:fat", 4, "%")).items()
                if k != "disposition"
            },
            LAB,
        ),
        told(examined(MILK, disposition="sellable_accessible"), LAB),
    ),
    case(
        "one-value-in-two-units",
        {"tests.1.range": "4 %", "tests.2.range": "40 g/kg", "tests.2.limit": None},
        told(milked()),
        told(examined(MILK, report("caravan:fat", 4, "P1"))),
        told(examined(MILK, report("caravan:fat", 40, "g/kg"))),
    ),
    case(
        "words-and-bounds",
        {
            "tests.1.result": "negative × 2",
            "tests.2.range": "3 – 5 %",
            "tests.2.outside": "1 of 1 outside",
        },
        told(milked()),
        told(examined(MILK, report("caravan:x", None, "", stringValue="negative"))),
        told(
            examined(
                MILK,
                report("caravan:x", None, "", stringValue="negative"),
                report("caravan:fat", None, "P1", minValue=3, maxValue=5),
            )
        ),
    ),
    case(
        "what-was-heated-has-no-limit-for-raw-milk",
        {"tests.1.on": "Tank", "tests.1.limit": None},
        told(at(1, milked())),
        told(at(2, made("pasteurising", [kilos(MILK, 3)], [kilos(HEATED, 3)]))),
        told(at(3, examined(HEATED, report("caravan:fat", 3, "P1")))),
    ),
    case(
        "what-is-said-to-be-two-things-has-no-limit",
        {"tests.1.limit": None},
        told(milked()),
        told(made("spray drying", [], [kilos(MILK, 3)])),
        told(examined(MILK, report("caravan:fat", 3, "P1"))),
    ),
    case(
        "a-lot-of-powder-is-powder",
        {"tests.1.on": "Milk powder", "tests.1.limit": "≥ 28 %"},
        told(
            at(
                1,
                made("freeze drying", [], [kilos(POWDER, 3)], caravan_species="camel"),
            )
        ),
        told(at(2, made("packing", [kilos(POWDER, 3)], [kilos(LOT, 6, "")]))),
        told(at(3, examined(LOT, report("caravan:fat", 30, "P1")))),
    ),
    powder_test(
        "protein-of-powder-within-the-limit",
        "0 of 1 outside",
        report("caravan:fat", 30, "P1"),
        report("caravan:moisture", 2, "P1"),
    ),
    powder_test(
        "protein-of-powder-below-the-limit",
        "1 of 1 outside",
        report("caravan:fat", 28, "P1"),
        report("caravan:moisture", 2, "P1"),
    ),
    powder_test("protein-of-powder-of-which-nothing-else-is-known", "0 of 0 outside"),
    powder_test(
        "protein-of-powder-that-is-all-fat",
        "0 of 0 outside",
        report("caravan:fat", 100, "P1"),
        report("caravan:moisture", 2, "P1"),
    ),
    case(
        "cooled-too-late-too-warm-or-not-fully-told",
        {
            "cold.0.measured": "4 of 5 measured",
            "cold.0.outside": "2 of 3 outside",
            "cold.0.time": "60 – 121 min",
            "cold.0.uncooled": "1 of 2 not cooled",
        },
        told(milked()),
        told(milked(POWDER)),
        told(cooled(MILK, 121)),
        told(cooled(MILK, 60, 4.000001)),
        told(cooled(MILK, 120, 4)),
        told(cooled(MILK, None, 3)),
        told(cooled(MILK, 60, None)),
    ),
    case(
        "milk-that-nobody-says-was-cooled",
        {"cold.0": "Cooled", "cold.0.uncooled": "1 of 1 not cooled", "cold.1": None},
        told(milked()),
    ),
    case(
        "cooling-in-hours",
        {"cold.0.time": None, "cold.0.outside": "0 of 0 outside"},
        told(milked()),
        told(cooled(MILK, 1, 3, "HUR")),
    ),
    case(
        "other-degrees-and-the-freezing-point-are-no-cold-chain",
        {"cold.0.measured": "0 of 1 measured", "way.0.0.temperature": None},
        told(
            seen(
                "accepting",
                kilos(MILK, 1),
                sensorElementList=sensed(
                    report("", 39, "FAH"), report("caravan:freezing_point", -0.6, "CEL")
                ),
            )
        ),
    ),
    case(
        "areas-before-places",
        {"way.0.where": "Keping · 2 places", "way.0.when": "2026-06-01 – 2026-06-02"},
        told(at(2, milked(caravan_area="652929"))),
        told(
            at(1, milked(MILK_2, caravan_area="652929") | {"readPoint": {"id": PLACE}})
        ),
    ),
    case(
        "an-area-that-is-none",
        {"way.0.where": "(414) 9520123456788"},
        told(milked(caravan_area={"code": 652929})),
    ),
    case(
        "many-farms",
        {"way.0.0.who": "farm-1, and 3 more", "way.0.where": "4 places"},
        *[
            told(
                milked(f"{OWN}/milk/{n}") | {"readPoint": {"id": f"{OWN}/place/{n}"}},
                farm,
            )
            for n, farm in enumerate((FARM, FARM_2, FARM_3, FARM_4))
        ],
    ),
    case(
        "more-stages-than-are-shown",
        {"way.0.22": "p22", "way.1": "and 7 more", "way.2": None},
        *[
            told(made(f"p{n}", [], [kilos(MILK, 1)]) | {"bizStep": "other"})
            for n in range(30)
        ],
    ),
    case(
        "stages-that-say-little-are-only-counted",
        {"way.0.0": "p0", "way.0.20": "p20", "way.0.21": "sold", "way.1": "and 4 more"},
        *[
            told(made(f"p{n}", [], [kilos(MILK, 1)]) | {"bizStep": "other"})
            for n in range(21)
        ],
        *[
            told(seen(step, kilos(MILK, 1)))
            for step in ("departing", "sampling", "staging_outbound", "unloading")
        ],
        told(made("sold", [], [kilos(MILK, 1)]) | {"bizStep": "other"}),
    ),
    case(
        "what-befell-animals-afterwards",
        {"way.0.0": "replacing", "way.1.0": "Milked", "way.0.1": "Held", "way.2": None},
        told(at(1, event(bizStep="replacing", epcList=[CAMEL]))),
        told(at(2, milked())),
        told(at(3, event(bizStep="replacing", epcList=[CAMEL]))),
        told(at(5, milked(MILK_2)), about=[CAMEL]),
        told(at(4, event(bizStep="holding", epcList=[CAMEL], disposition="recalled"))),
    ),
    case(
        "late-by-a-day",
        {"gaps.0.longest": "47 hours"},
        told(milked(), flags=[flag("late", "47 h")]),
    ),
    case(
        "as-many-stages-as-are-shown",
        {"way.0.22": "p22", "way.1.0": "sampling", "way.2": None},
        *[
            told(made(f"p{n}", [], [kilos(MILK, 1)]) | {"bizStep": "other"})
            for n in range(23)
        ],
        told(seen("sampling", kilos(MILK, 1))),
    ),
    case(
        "stages-of-which-those-left-are-as-many-as-are-shown",
        {"way.0.23": "p23", "way.1": "and 1 more"},
        told(seen("sampling", kilos(MILK, 1))),
        *[
            told(made(f"p{n}", [], [kilos(MILK, 1)]) | {"bizStep": "other"})
            for n in range(24)
        ],
    ),
    case(
        "as-many-results-as-are-shown",
        {"tests.1.result": "a × 1, b × 1, c × 1", "tests.23": "x22", "tests.24": None},
        *[
            told(examined(MILK, report("caravan:x", None, "", stringValue=result)))
            for result in "abc"
        ],
        told(examined(MILK, *[report(f"x{n}", n) for n in range(1, 23)])),
    ),
    case(
        "more-results-than-are-shown",
        {"tests.1.result": "a × 1, b × 1, c × 1, and 1 more", "tests.23": "and 3 more"},
        *[
            told(examined(MILK, report("caravan:x", None, "", stringValue=result)))
            for result in "abcd"
        ],
        told(examined(MILK, *[report(f"x{n}", n) for n in range(1, 25)])),
    ),
    case(
        "as-many-corrections-as-are-listed",
        {"gaps.7": "9 takes back 8", "gaps.8": None},
        *[told(milked(), declaredBy=9) for _ in range(8)],
    ),
    case(
        "two-that-are-as-late",
        {"gaps.0": "late: 2 of 2"},
        told(milked(), flags=[flag("late", "30 h")]),
        told(milked(MILK_2), flags=[flag("late", "30 h", 2)]),
    ),
    case(
        "made-and-seen-under-one-title",
        {"way.0.0.mass": "3 kg", "way.0.1.how": "typed 1", "way.1": None},
        told(at(1, made("packing", [], [kilos(LOT, 3)]))),
        told(at(2, seen("packing", kilos(LOT, 3)))),
    ),
    case(
        "made-of-single-things-only",
        {"way.0": "processing", "way.1": None},
        told(made("felting", [CAMEL], []) | {"outputEPCList": [CAMEL_2]}),
    ),
    case(
        "an-animal-that-is-inspected-is-no-test-of-goods",
        {"tests.0": "no test among 1", "way.0": "farm"},
        told(
            event(
                epcList=[CAMEL],
                sensorElementList=sensed(report("caravan:fat", 4, "P1")),
            )
        ),
    ),
    case(
        "what-is-only-seen-is-not-made-into-anything",
        {"tests.1.limit": "≥ 4 %"},
        told(at(1, milked())),
        told(
            at(
                2,
                event(
                    action="ADD", bizStep="commissioning", quantityList=[kilos(MILK, 3)]
                ),
            )
        ),
        told(at(3, examined(MILK, report("caravan:fat", 5, "P1")))),
    ),
    case(
        "of-two-results-for-moisture-the-first",
        {"tests.1.outside": "1 of 1 outside"},
        told(made("spray drying", [], [kilos(POWDER, 3)], caravan_species="camel")),
        told(
            examined(
                POWDER,
                report("caravan:protein", 25, "P1"),
                report("caravan:fat", 28, "P1", maxValue=60),
                report("caravan:moisture", 2, "P1"),
                report("caravan:moisture", 50, "P1"),
            )
        ),
    ),
    case(
        "one-place-in-one-area",
        {"way.0.where": "Keping"},
        told(milked(caravan_area="652929")),
    ),
    case(
        "as-many-areas-as-are-named",
        {"way.0.where": "Keping, 652901, 330500 · 4 places"},
        *[
            told(
                milked(f"{OWN}/milk/{n}", caravan_area=area)
                | {"readPoint": {"id": f"{OWN}/place/{n}"}}
            )
            for n, area in enumerate(("652929", "652901", "330500", "652929"))
        ],
    ),
    case(
        "as-many-places-as-are-named",
        {"way.0.where": "1, 2, 3"},
        *[
            told(milked(f"{OWN}/milk/{n}") | {"readPoint": {"id": f"{OWN}/place/{n}"}})
            for n in (1, 2, 3)
        ],
    ),
    case(
        "what-befell-an-animal-at-that-very-time",
        {"way.0.0": "replacing", "way.1.0": "Milked"},
        told(at(2, event(bizStep="replacing", epcList=[CAMEL]))),
        told(at(2, milked())),
    ),
    case(
        "held-and-recalled",
        {"way.0.0": "Held", "way.0": "test", "way.0.0.alarm": "recalled × 1"},
        told(seen("holding", kilos(TANK, 1), disposition="recalled")),
    ),
    case(
        "before-1970-and-halves",
        {},
        told(
            seen(
                "accepting",
                kilos(MILK, 1),
                sensorElementList=sensed(
                    report("", -0.05, "CEL"),
                    report("", 0.04, "CEL"),
                    report("", 3.949999, "CEL"),
                ),
            )
            | {"eventTime": "1969-12-31T23:59:59.5Z"}
        ),
        told(
            seen(
                "accepting",
                kilos(MILK_2, 1),
                sensorElementList=sensed(report("", 3.95, "CEL")),
            )
            | {"eventTime": "9999-12-31T23:59:59.999999Z"}
        ),
    ),
    case(
        "packs-on-the-road-are-delivered",
        {
            "way.0": "transport",
            "way.0.0": "shipping",
            "way.1": "delivery",
            "way.1.0": "shipping",
            "way.2": None,
        },
        told(at(1, seen("shipping", kilos(MILK, 3)))),
        told(at(2, event(bizStep="shipping", epcList=[CASE]))),
    ),
    case(
        "a-part-of-the-way-that-goes-on-later",
        {
            "way.0": "harvest",
            "way.0.when": "2026-06-01 – 2026-06-03",
            "way.0.0": "Stored",
            "way.0.0.when": "2026-06-01",
            "way.0.1": "Pooled",
            "way.0.1.when": "2026-06-03",
            "way.1": "transport",
        },
        told(at(3, made("bulking", [kilos(MILK, 3)], [kilos(TANK, 3)]))),
        told(at(2, seen("transporting", kilos(MILK, 3)))),
        told(at(1, seen("storing", kilos(MILK, 3)))),
    ),
    case(
        "figures-of-some-records-only",
        {"way.0.0.how": "records 2 · typed 1"},
        told(seen("storing", kilos(MILK, 3))),
        told(seen("storing", kilos(MILK_2))),
    ),
    case(
        "as-warm-as-milk-is",
        {
            "way.0.0.temperature": "caravan:temperature_before: 36 °C, "
            "caravan:temperature_after: 3.5 °C",
            "cold.0.temperature": "caravan:temperature_after: 3.5 °C",
        },
        told(
            event(
                bizStep="storing",
                quantityList=[kilos(MILK, 3.5)],
                sensorElementList=sensed(
                    report("caravan:temperature_before", 36, "CEL"),
                    report("caravan:temperature_after", 3.5, "CEL"),
                ),
            )
        ),
    ),
    case(
        "what-a-plant-heats-is-no-cold-chain",
        {"way.0.0.temperature": "72 °C", "cold.0": None},
        told(
            made("pasteurising", [kilos(MILK, 3)], [kilos(HEATED, 3)])
            | {"sensorElementList": sensed(report("", 72, "CEL"))}
        ),
    ),
    case(
        "taken-in-two-ways",
        {"brief.0": "Milked", "brief.1": "Picked", "brief.2": "no test among 2"},
        told(at(1, milked())),
        told(at(2, made("picking", [], [kilos(BIN, 2)])), FARM_2),
    ),
    case(
        "in-another-language",
        {"way.0.0": "挤奶"},
        told(
            made(
                [
                    {"@language": "en", "@value": "milking"},
                    {"@language": "zh", "@value": "挤奶"},
                ],
                [],
                [kilos(MILK, 1)],
            )
            | {"bizStep": "other"}
        ),
        lang="zh",
    ),
    case(
        "a-title-that-turns-round",
        {"way.0.0": "ab", "cold.0": None},
        told(made("a\u202eb", [], [kilos(APPLES, 1)]) | {"bizStep": "other"}),
    ),
    case(
        "names-of-prototypes",
        {"tests.1": "toString", "way.1": "processing"},
        told(examined(MILK, report("toString", 1, "valueOf"))),
        told(made("toString", [], [kilos(MILK, 1)])),
    ),
]

_SCALARS = [
    None, True, False, 0, -1, 3.5, 999999999999999, "", "x", "4.0", "CEL", "乳",
    "\u202e", "{count}", MILK, POUCH,
]  # fmt: skip
INNER = [
    "epcClass", "quantity", "uom", "type", "component", "value", "minValue",
    "stringValue", "sensorReport", "sensorMetadata", "deviceID", "@value", "@language",
]  # fmt: skip
READ = [
    "sensorElementList", "caravan:process", "caravan:area", "ilmd", "caravan:loss",
    "caravan:x", "bizTransactionList",
]  # fmt: skip
_STEPS = ["storing", "accepting", "inspecting", "transporting", "other", "receiving"]


def hostile():
    """Yield what no honest party writes, the same each time."""
    chance = random.Random("hostile way")

    def grow(depth):
        kind = chance.random()
        if depth == 0 or kind < 0.3:
            return chance.choice(_SCALARS)
        if kind < 0.6:
            return [grow(depth - 1) for _ in range(chance.randrange(4))]
        names = chance.sample(INNER, chance.randrange(1, 5))
        return {name: grow(depth - 1) for name in names}

    for number in range(60):
        accounts = []
        for _ in range(chance.randrange(1, 4)):
            elements = [
                kilos(chance.choice([MILK, TANK, LOT]))
                | {name: grow(2) for name in chance.sample(["quantity", "uom"], 1)}
            ]
            step = chance.choice(_STEPS)
            body = (
                made("bulking", elements, elements)
                if chance.random() < 0.4
                else event(bizStep=step, quantityList=elements)
            )
            body |= {name: grow(5) for name in chance.sample(READ, 3)}
            sound = chance.random() < 0.5
            if sound:
                body["sensorElementList"] = [{"sensorReport": [grow(1), grow(2)]}]
            accounts.append(
                told(
                    body,
                    signers=chance.randrange(1, 3),
                    isApart=chance.random() < 0.1,
                    declaredBy=chance.choice([None, None, 1]),
                )
            )
        yield case(f"hostile-{number}", {}, *accounts)


def vectors():
    """Return the files of tests/vectors/way."""
    return {
        "way.json": {
            "about": "Statements about goods, what the rows that sum them up have to "
            "say (null: nothing), and all of these rows.",
            "host": HOST,
            "messages": MESSAGES,
            "names": NAMES,
            "cases": CASES,
        },
        "hostile.json": {
            "about": "What no honest party writes, and the rows that it comes to.",
            "host": HOST,
            "messages": MESSAGES,
            "names": NAMES,
            "cases": list(hostile()),
        },
        "limits.json": {
            "about": "The limits that are told, as both languages have them.",
            "limits": [asdict(limit) for limit in LIMITS],
        },
    }
