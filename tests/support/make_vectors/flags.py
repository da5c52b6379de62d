"""Vectors for flags: small histories, and what is odd about each."""

import base64

from tests.support.make_vectors.event import HOST, RAW, event, instant_us, spell

ANIMAL = f"https://{HOST}/id/animal/fr002185"
NORTH = f"https://{HOST}/id/place/north"
SOUTH = f"https://{HOST}/id/place/south"
TIME = "2026-06-12T06:10:00Z"
TIME_MS = instant_us(TIME) // 1000
DAY_MS = 24 * 60 * 60 * 1000
SOURCE = {"record": "FR002185", "register": "herd book"}


def report(value):
    """Return a sensor list with one report."""
    return [{"sensorReport": [{"type": "Dimensionless", "value": value}]}]


def flag(code, index, detail):
    """Return a flag as the vectors write it."""
    return {"code": code, "detail": detail, "index": index}


def zero(index, *pointers):
    """Return the one flag of a statement with values that are zero."""
    return [flag("zero-value", index, " ".join(pointers))]


def seen(delay_ms, is_importer, want, **members):
    """Return the case of one event, sealed some time after it happened."""
    return {
        "body": spell(event(eventTime=TIME, epcList=[ANIMAL], **members)),
        "index": 17,
        "log_time_ms": TIME_MS + delay_ms,
        "is_importer": is_importer,
        "want": want,
    }


ITEM = "https://id.gs1.org/01/09520123456788"
OTHER_ITEM = "https://id.gs1.org/01/09520123456795"


def packed(serials, detail, *lots, kind="TransformationEvent", item=ITEM, **members):
    """Return the case of a packing of serials, in lots of so many pieces."""
    names = [f"{item}/21/{number}" for number in range(serials)]
    listed = [
        {"epcClass": name, "quantity": quantity}
        | dict(zip(["uom"], unit, strict=False))
        for name, quantity, *unit in lots
    ]
    if kind == "TransformationEvent":
        lists = {
            "inputQuantityList": [{"epcClass": RAW}],
            "outputEPCList": names,
            "outputQuantityList": listed,
        }
    else:
        lists = {"epcList": names, "quantityList": listed}
    return {
        "body": spell(event(kind, eventTime=TIME, **lists | members)),
        "index": 17,
        "log_time_ms": TIME_MS,
        "is_importer": False,
        "want": [flag("more-serials", 17, detail)] if detail else [],
    }


LOT_1, LOT_2 = f"{ITEM}/10/L1", f"{ITEM}/10/L2"

PACKED = {
    "as-many-serials-as-packed": packed(2, "", (LOT_1, 2)),
    "fewer-serials-than-packed": packed(2, "", (LOT_1, 3, "H87")),
    "more-serials-than-packed": packed(3, "3 > 2", (LOT_1, 2, "H87")),
    "more-serials-without-a-unit": packed(3, "3 > 2", (LOT_1, 2)),
    "more-serials-each": packed(3, "3 > 2", (LOT_1, 2, "EA")),
    "serials-and-one-piece": packed(2, "2 > 1", (LOT_1, 1, "C62")),
    "serials-and-less-than-none": packed(1, "1 > -4", (LOT_1, -4)),
    "more-serials-than-in-two-lots": packed(6, "6 > 5", (LOT_1, 2), (LOT_2, 3)),
    "as-many-serials-as-in-two-lots": packed(5, "", (LOT_1, 2), (LOT_2, 3)),
    "serials-and-a-mass": packed(3, "", (LOT_1, 2, "KGM")),
    "serials-and-pieces-and-a-mass": packed(3, "", (LOT_1, 2), (LOT_2, 2, "KGM")),
    "serials-and-a-part": packed(3, "", (LOT_1, 1.5)),
    "serials-and-a-number-in-quotes": packed(3, "", (LOT_1, "2")),
    "serials-and-a-truth": packed(3, "", (LOT_1, True)),
    "serials-and-a-unit-that-is-none": packed(3, "", (LOT_1, 2, ["H87"])),
    "serials-and-a-lot-of-another-item": packed(3, "", (f"{OTHER_ITEM}/10/L1", 2)),
    "serials-without-a-lot": packed(3, "", kind="ObjectEvent", action="ADD"),
    "more-serials-that-are-added": packed(
        3, "3 > 2", (LOT_1, 2), kind="ObjectEvent", action="ADD"
    ),
    "more-serials-that-are-only-seen": packed(3, "", (LOT_1, 2), kind="ObjectEvent"),
    "many-pieces": packed(1, "", (LOT_1, 999999999999999), (LOT_2, 999999999999999)),
}

SINGLE = {
    "in-time": seen(60_000, False, []),
    "a-day-is-not-late": seen(DAY_MS, False, []),
    "a-millisecond-more-is-late": seen(DAY_MS + 1, False, [flag("late", 17, "24 h")]),
    "late-in-whole-hours": seen(50 * 3_600_000 - 1, False, [flag("late", 17, "49 h")]),
    "years-late": seen(DAY_MS * 9000, False, [flag("late", 17, "216000 h")]),
    "before-it-happened": seen(-DAY_MS, False, []),
    "taken-over-by-an-importer": seen(DAY_MS * 9000, True, [], caravan_source=SOURCE),
    "an-importer-without-a-source": seen(DAY_MS * 2, True, [flag("late", 17, "48 h")]),
    "a-source-from-another-key": seen(
        DAY_MS * 2, False, [flag("late", 17, "48 h")], caravan_source=SOURCE
    ),
    "zero-sensor-value": seen(
        0,
        False,
        zero(17, "/sensorElementList/0/sensorReport/0/value"),
        sensorElementList=report(0),
    ),
    "zero-and-late": seen(
        DAY_MS * 2,
        False,
        [
            flag("late", 17, "48 h"),
            *zero(17, "/sensorElementList/0/sensorReport/0/value"),
        ],
        sensorElementList=report(0),
    ),
    "nearly-zero": seen(0, False, [], sensorElementList=report(0.0001)),
    "zero-in-quotes": seen(0, False, [], sensorElementList=report("0")),
    "false-is-not-zero": seen(0, False, [], sensorElementList=report(False)),
    "null-is-not-zero": seen(0, False, [], sensorElementList=report(None)),
    "zero-minimum-is-not-the-value": seen(
        0,
        False,
        [],
        sensorElementList=[{"sensorReport": [{"minValue": 0, "type": "Mass"}]}],
    ),
    "second-report-of-the-second-sensor": seen(
        0,
        False,
        zero(17, "/sensorElementList/1/sensorReport/1/value"),
        sensorElementList=[
            *report(1),
            {"sensorReport": [{"type": "Mass", "value": 2}, {"value": 0}]},
        ],
    ),
    "zero-quantities": seen(
        0,
        False,
        zero(17, "/quantityList/1/quantity", "/childQuantityList/0/quantity"),
        childQuantityList=[{"epcClass": RAW, "quantity": 0}],
        quantityList=[{"epcClass": RAW}, {"epcClass": RAW, "quantity": 0}],
    ),
    "lists-that-are-none": seen(0, False, [], sensorElementList={"0": 0}),
    "reports-that-are-none": seen(0, False, [], sensorElementList=[0, {}, [0]]),
}


def move(index, day, step, place, **members):
    """Return a listed event: the animal, on a day of June, at a place."""
    time = day if isinstance(day, str) else f"2026-06-{day:02}T00:00:00Z"
    body = {
        "eventID": f"urn:x:{index}",
        "eventTime": time,
        "eventTimeZoneOffset": "+00:00",
        "bizStep": step,
        "bizLocation": {"id": place},
        "epcList": [ANIMAL],
    }
    return [index, spell(event(**body | members))]


def stay(index, first, last, place):
    """Return the two events of a stay."""
    return [
        move(index, first, "arriving", place),
        move(index + 1, last, "departing", place),
    ]


def declare(index, of, day, step, place):
    """Return the error declaration of an event."""
    body = {"eventID": f"urn:x:{of}", "errorDeclaration": {"reason": "did_not_occur"}}
    return move(index, day, step, place, **body)


HISTORIES = {
    "nothing": ([], []),
    "one-stay": (stay(1, 1, 9, NORTH), []),
    "two-stays-apart": (stay(1, 1, 4, NORTH) + stay(3, 5, 9, SOUTH), []),
    "out-and-in-at-one-instant": (stay(1, 1, 5, NORTH) + stay(3, 5, 9, SOUTH), []),
    "in-before-out": (
        stay(1, 1, 5, NORTH) + stay(3, 4, 9, SOUTH),
        [flag("overlap", 3, "#1")],
    ),
    "logged-in-another-order": (
        [*reversed(stay(1, 1, 5, NORTH) + stay(3, 4, 9, SOUTH))],
        [flag("overlap", 3, "#1")],
    ),
    "the-later-stay-is-logged-first": (
        stay(1, 4, 9, SOUTH) + stay(3, 1, 5, NORTH),
        [flag("overlap", 1, "#3")],
    ),
    "one-stay-inside-another": (
        stay(1, 1, 9, NORTH) + stay(3, 4, 5, SOUTH),
        [flag("overlap", 3, "#1")],
    ),
    "three-stays-the-last-meets-the-longest": (
        stay(1, 1, 20, NORTH) + stay(3, 4, 5, SOUTH) + stay(5, 10, 12, SOUTH),
        [flag("overlap", 3, "#1"), flag("overlap", 5, "#1")],
    ),
    "of-two-that-end-together-the-first-is-named": (
        [
            *stay(1, 1, 9, NORTH),
            *stay(3, 2, 9, SOUTH),
            *stay(5, 8, 12, f"https://{HOST}/id/place/east"),
        ],
        [flag("overlap", 3, "#1"), flag("overlap", 5, "#1")],
    ),
    "a-visit-of-an-instant-after-an-arrival-not-recorded": (
        [
            move(1, 2, "departing", NORTH),
            *stay(2, 5, 5, NORTH),
            *stay(4, 1, 9, SOUTH),
        ],
        [flag("overlap", 2, "#4")],
    ),
    "two-stays-begin-together": (
        stay(1, 1, 5, NORTH) + stay(3, 1, 9, SOUTH),
        [flag("overlap", 3, "#1")],
    ),
    "at-one-place-twice-at-a-time": (
        stay(1, 1, 5, NORTH) + stay(3, 4, 9, NORTH),
        [flag("overlap", 3, "#1")],
    ),
    "a-microsecond-too-early": (
        stay(1, 1, "2026-06-05T00:00:00.000001Z", NORTH) + stay(3, 5, 9, SOUTH),
        [flag("overlap", 3, "#1")],
    ),
    "the-same-instant-in-two-offsets": (
        stay(1, 1, "2026-06-05T08:00:00+08:00", NORTH) + stay(3, 5, 9, SOUTH),
        [],
    ),
    "still-there": ([*stay(1, 1, 5, NORTH), move(3, 5, "arriving", SOUTH)], []),
    "never-left-the-first": (
        [move(1, 1, "arriving", NORTH), *stay(3, 4, 9, SOUTH)],
        [],
    ),
    "arrived-elsewhere-too-early": (
        [*stay(1, 1, 5, NORTH), move(3, 4, "arriving", SOUTH)],
        [flag("overlap", 3, "#1")],
    ),
    "arrival-not-recorded": ([move(1, 5, "departing", NORTH)], []),
    "arrival-not-recorded-then-back": (
        [move(1, 2, "departing", NORTH), *stay(3, 4, 9, NORTH)],
        [],
    ),
    "out-before-in": (
        stay(1, 9, 4, NORTH),
        [flag("out-before-in", 2, "#1")],
    ),
    "out-before-in-beside-a-true-stay": (
        stay(1, 1, 4, NORTH) + stay(3, 9, 7, NORTH),
        [flag("out-before-in", 4, "#3")],
    ),
    "out-before-in-twice": (
        stay(1, 8, 2, NORTH) + stay(3, 9, 3, NORTH),
        [flag("out-before-in", 2, "#3"), flag("out-before-in", 4, "#1")],
    ),
    "out-before-in-at-another-place": (
        [move(1, 9, "arriving", NORTH), move(2, 4, "departing", SOUTH)],
        [],
    ),
    "in-and-out-at-one-instant": (stay(1, 5, 5, NORTH), []),
    "a-visit-of-an-instant-inside-a-stay": (
        stay(1, 1, 9, NORTH) + stay(3, 5, 5, SOUTH),
        [flag("overlap", 3, "#1")],
    ),
    "left-and-came-back-at-one-instant": (
        stay(1, 1, 5, NORTH) + stay(3, 5, 9, NORTH),
        [],
    ),
    "born-then-sold": (
        [
            move(1, 1, "commissioning", NORTH, action="ADD"),
            move(2, 5, "departing", NORTH),
            *stay(3, 4, 9, SOUTH),
        ],
        [flag("overlap", 3, "#1")],
    ),
    "born-then-bought-back": (
        [
            move(1, 1, "commissioning", NORTH, action="ADD"),
            *stay(2, 6, 9, NORTH),
            *stay(4, 2, 5, SOUTH),
        ],
        [],
    ),
    "an-end-belongs-to-the-latest-stay-that-is-open": (
        [move(1, 1, "arriving", NORTH), *stay(2, 6, 9, NORTH), *stay(4, 2, 5, SOUTH)],
        [],
    ),
    "observing-a-birth-begins-nothing": (
        [
            move(1, 1, "commissioning", NORTH),
            move(2, 5, "departing", NORTH),
            *stay(3, 4, 9, SOUTH),
        ],
        [],
    ),
    "death-ends-a-stay": (
        [
            move(1, 1, "arriving", NORTH),
            move(2, 5, "decommissioning", NORTH, action="DELETE"),
            *stay(3, 4, 9, SOUTH),
        ],
        [flag("overlap", 3, "#1")],
    ),
    "deleted-on-arrival-is-an-end": (
        [
            move(1, 1, "arriving", NORTH),
            move(2, 5, "arriving", NORTH, action="DELETE"),
            *stay(3, 4, 9, SOUTH),
        ],
        [flag("overlap", 3, "#1")],
    ),
    "received-and-shipped": (
        [
            move(1, 1, "receiving", NORTH),
            move(2, 5, "shipping", NORTH),
            move(3, 4, "receiving", SOUTH),
        ],
        [flag("overlap", 3, "#1")],
    ),
    "read-point-where-there-is-no-location": (
        [
            move(1, 1, "arriving", None, bizLocation={}, readPoint={"id": NORTH}),
            move(2, 5, "departing", None, bizLocation=7, readPoint={"id": NORTH}),
            *stay(3, 4, 9, SOUTH),
        ],
        [flag("overlap", 3, "#1")],
    ),
    "inspections-are-no-moves": (
        [move(1, 1, "inspecting", NORTH), move(2, 2, "inspecting", SOUTH)],
        [],
    ),
    "parts-of-a-lot-may-be-in-two-places": (
        [
            [
                index,
                text.replace(f'"epcList":["{ANIMAL}"],', "").replace(
                    '"readPoint"',
                    f'"quantityList":[{{"epcClass":"{RAW}"}}],"readPoint"',
                ),
            ]
            for index, text in stay(1, 1, 5, NORTH) + stay(3, 4, 9, SOUTH)
        ],
        [],
    ),
    "declared-an-error": (
        [
            *stay(1, 1, 5, NORTH),
            move(3, 4, "arriving", SOUTH),
            declare(4, 3, 4, "arriving", SOUTH),
        ],
        [],
    ),
    "the-overlapped-stay-is-declared-an-error": (
        stay(1, 1, 5, NORTH)
        + stay(3, 4, 9, SOUTH)
        + [
            declare(5, 1, 1, "arriving", NORTH),
            declare(6, 2, 5, "departing", NORTH),
        ],
        [],
    ),
    "a-copy-declared-an-error-does-not-hide-the-original": (
        [
            *stay(1, 1, 5, NORTH),
            move(3, 4, "arriving", SOUTH),
            move(4, 4, "arriving", SOUTH, eventID="urn:x:3"),
            declare(5, 3, 4, "arriving", SOUTH),
        ],
        [flag("overlap", 3, "#1")],
    ),
}


def boundary(want, **members):
    """Return the case of one event that may begin or end a stay."""
    event_type = members.pop("type", "ObjectEvent")
    return {"body": spell(event(event_type, **members)), "want": want}


BOUNDARIES = {
    "arriving": boundary(True, bizStep="arriving", epcList=[ANIMAL]),
    "receiving": boundary(True, bizStep="receiving", epcList=[ANIMAL]),
    "departing": boundary(True, bizStep="departing", epcList=[ANIMAL]),
    "shipping": boundary(True, bizStep="shipping", epcList=[ANIMAL]),
    "deleted": boundary(True, action="DELETE", epcList=[ANIMAL]),
    "made": boundary(True, action="ADD", bizStep="commissioning", epcList=[ANIMAL]),
    "a-making-observed": boundary(False, bizStep="commissioning", epcList=[ANIMAL]),
    "added-otherwise": boundary(False, action="ADD", epcList=[ANIMAL]),
    "inspected": boundary(False, epcList=[ANIMAL]),
    "nobody-arrives": boundary(False, bizStep="arriving", epcList=[]),
    "a-lot-arrives": boundary(
        False, bizStep="arriving", quantityList=[{"epcClass": RAW}]
    ),
    "an-animal-and-a-lot-arrive": boundary(
        False, bizStep="arriving", epcList=[ANIMAL], quantityList=[{"epcClass": RAW}]
    ),
    "an-empty-list-of-lots": boundary(
        True, bizStep="arriving", epcList=[ANIMAL], quantityList=[]
    ),
    "another-type": boundary(
        False, type="TransactionEvent", bizStep="arriving", epcList=[ANIMAL]
    ),
}


def numbered(seq, before):
    """Return a listed statement: index, body, and a text hash of its own."""
    index = 10 + len(before)
    members = {"caravan_seq": seq}
    if seq is not None and seq > 0:
        members["caravan_prev"] = base64.b64encode(bytes([index - 1] * 32)).decode()
    body = event(**members if seq is not None else {})
    return [index, spell(body), bytes([index] * 32).hex()]


def key_history(*numbers):
    """Return the statements of one key, each naming the one before as previous."""
    listed = []
    for seq in numbers:
        listed.append(numbered(seq, listed))
    return listed


KEYS = {
    "no-numbers": (key_history(None, None), []),
    "one-after-another": (key_history(0, 1, 2), []),
    "one-left-out": (key_history(0, 2, 3), [flag("sequence-gap", 11, "1")]),
    "first-left-out": (key_history(1, 2), [flag("sequence-gap", 10, "0")]),
    "begun-again": (key_history(0, 1, 0), [flag("sequence-gap", 12, "2")]),
    "the-hash-of-another": (
        key_history(0, None, 1),
        [flag("sequence-gap", 12, "1")],
    ),
}


def vectors():
    """Return the files of tests/vectors/flags."""
    return {
        "event.json": {
            "about": "One event, its closing seal's time, and what is odd about it.",
            "host": HOST,
            "cases": [
                {"name": name, **case} for name, case in (SINGLE | PACKED).items()
            ],
        },
        "subject.json": {
            "about": "All events about one animal, and what is odd between them.",
            "host": HOST,
            "cases": [
                {"name": name, "listed": listed, "want": want}
                for name, (listed, want) in HISTORIES.items()
            ],
        },
        "boundary.json": {
            "about": "Whether an event begins or ends a stay.",
            "host": HOST,
            "cases": [{"name": name, **case} for name, case in BOUNDARIES.items()],
        },
        "key.json": {
            "about": "Statements of one key, their text hashes, and what is missing.",
            "host": HOST,
            "cases": [
                {"name": name, "listed": listed, "want": want}
                for name, (listed, want) in KEYS.items()
            ],
        },
    }
