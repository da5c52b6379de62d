"""Vectors for events: what validity reads of a body, and every way to get it wrong."""

import base64
import copy
import json
from datetime import UTC, datetime, timedelta

HOST = "ledger.example"
ITEM = "https://id.gs1.org/01/09520123456788"
RAW, POOLED, POUCH = f"{ITEM}/10/RAW-1", f"{ITEM}/10/POOL-1", f"{ITEM}/21/7"
CASE = "https://id.gs1.org/00/952012345678912345"
ANIMAL = f"https://{HOST}/id/animal/7"
PLACE = "https://id.gs1.org/414/9520123456788"
HASH = base64.b64encode(bytes(range(32))).decode()
REMOVE = object()


def spell(body):
    """Return a body in canonical form; the names used here are all ASCII."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def event(event_type="ObjectEvent", **members):
    """Return an honest event, with members set or, if REMOVE, taken out."""
    body = {
        "type": event_type,
        "eventID": "urn:uuid:0190a6c0-0000-7000-8000-000000000001",
        "eventTime": "2026-06-12T06:10:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "bizStep": "inspecting",
        "readPoint": {"id": PLACE},
    }
    if event_type != "TransformationEvent":
        body["action"] = "OBSERVE"
    body |= {name.replace("caravan_", "caravan:"): v for name, v in members.items()}
    return {name: v for name, v in body.items() if v is not REMOVE}


def milking():
    """Return an event with most of what an honest one may have."""
    return event(
        action="ADD",
        bizStep="commissioning",
        disposition="active",
        epcList=[ANIMAL],
        quantityList=[{"epcClass": RAW, "quantity": 41.6, "uom": "KGM"}],
        persistentDisposition={"set": ["completeness_verified"]},
        ilmd={"caravan:animalsMilked": 22},
    )


HONEST = {
    "milking": milking(),
    "no-subject-at-all": event(),
    "transformation": event(
        "TransformationEvent",
        bizStep="creating_class_instance",
        inputQuantityList=[{"epcClass": RAW}],
        inputEPCList=[CASE],
        outputQuantityList=[{"epcClass": POOLED, "quantity": 100}],
        outputEPCList=[POUCH],
        transformationID=f"https://{HOST}/id/pooling/1",
    ),
    "aggregation": event(
        "AggregationEvent",
        action="ADD",
        bizStep="packing",
        parentID=CASE,
        childEPCs=[POUCH],
        childQuantityList=[{"epcClass": POOLED, "quantity": 12}],
    ),
    "association": event(
        "AssociationEvent", action="DELETE", parentID=ANIMAL, childEPCs=[POUCH]
    ),
    "transaction": event("TransactionEvent", epcList=[POUCH], parentID=CASE),
    "a-subject-named-twice-counts-once": event(epcList=[ANIMAL, ANIMAL]),
    "subjects-in-the-order-of-code-points": event(epcList=[POUCH, CASE, ANIMAL, RAW]),
    "subjects-of-members-that-the-type-does-not-have": event(
        outputEPCList=[POUCH], parentID=CASE, transformationID=ANIMAL
    ),
    "observing-creates-nothing": event(epcList=[ANIMAL]),
    "an-aggregation-creates-nothing": event(
        "AggregationEvent", action="ADD", epcList=[ANIMAL], parentID=CASE
    ),
    "no-action": event(action=REMOVE, epcList=[ANIMAL]),
    "alarm-by-disposition": event(disposition="recalled", epcList=[ANIMAL]),
    "alarm-by-set": event(persistentDisposition={"set": ["active", "recalled"]}),
    "alarm-by-unset": event(persistentDisposition={"unset": ["stolen"]}),
    "set-and-unset": event(
        persistentDisposition={"set": ["conformant"], "unset": ["unknown"]}
    ),
    "set-of-nothing": event(persistentDisposition={"set": []}),
    "persistent-disposition-of-nothing": event(persistentDisposition={}),
    "error-declaration": event(
        errorDeclaration={"declarationTime": "2026-06-13T06:10:00Z"}
    ),
    "empty-error-declaration": event(errorDeclaration={}),
    "a-word-that-no-list-has": event(bizStep="drying", disposition="so_so"),
    "first-of-a-key": event(caravan_seq=0),
    "second-of-a-key": event(caravan_seq=1, caravan_prev=HASH),
    "label": event(caravan_label={"root": HASH, "size": 17}),
    "source": event(caravan_source={"record": "FR002185", "register": "herd book"}),
    "more-in-members-that-are-read": event(
        caravan_source={"page": 4, "record": "", "register": ""},
        caravan_label={"by": None, "root": HASH, "size": 1},
        readPoint={"id": PLACE, "caravan:gate": "north"},
        persistentDisposition={"other": 1, "set": ["active"]},
    ),
    "members-that-nobody-reads": event(
        bizLocation=7, sensorElementList=None, recordTime=[], ilmd=False
    ),
    "urn-as-event-id": event(eventID="urn:x:y"),
    "shortest-event-id": event(eventID="a:b"),
    "longest-event-id": event(eventID="urn:" + "x" * 508),
    "a-thousand-and-twenty-four-subjects": event(
        epcList=[f"https://{HOST}/id/animal/{number}" for number in range(1024)]
    ),
}

TIMES = {
    "utc": ("2026-06-12T06:10:00Z", "+00:00"),
    "east": ("2026-06-12T06:10:00+08:00", "+08:00"),
    "west": ("2026-06-12T06:10:00-09:30", "-09:30"),
    "farthest-east": ("2026-06-12T06:10:00+14:00", "+14:00"),
    "farthest-west": ("2026-06-12T06:10:00-14:00", "-14:00"),
    "minus-zero": ("2026-06-12T06:10:00-00:00", "-00:00"),
    "the-two-offsets-differ": ("2026-06-11T22:10:00Z", "+08:00"),
    "one-digit": ("2026-06-12T06:10:00.1Z", "+00:00"),
    "six-digits": ("2026-06-12T06:10:00.000001Z", "+00:00"),
    "trailing-zeros": ("2026-06-12T06:10:00.120000Z", "+00:00"),
    "last-second": ("2026-12-31T23:59:59.999999Z", "+00:00"),
    "leap-day": ("2024-02-29T00:00:00Z", "+00:00"),
    "leap-day-of-a-leap-century": ("2000-02-29T00:00:00Z", "+00:00"),
    "before-1970": ("1969-12-31T23:59:59.999999Z", "+00:00"),
    "first-year": ("0001-01-01T00:00:00Z", "+00:00"),
    "before-the-first-year-in-utc": ("0001-01-01T00:00:00+14:00", "+14:00"),
    "last-year": ("9999-12-31T23:59:59.999999-14:00", "-14:00"),
}

BAD_TIMES = {
    "empty": "",
    "date-only": "2026-06-12",
    "no-zone": "2026-06-12T06:10:00",
    "no-seconds": "2026-06-12T06:10Z",
    "space-for-t": "2026-06-12 06:10:00Z",
    "small-t": "2026-06-12t06:10:00Z",
    "small-z": "2026-06-12T06:10:00z",
    "newline-after": "2026-06-12T06:10:00Z\n",
    "five-digit-year": "12026-06-12T06:10:00Z",
    "year-zero": "0000-06-12T06:10:00Z",
    "month-zero": "2026-00-12T06:10:00Z",
    "month-thirteen": "2026-13-12T06:10:00Z",
    "day-zero": "2026-06-00T06:10:00Z",
    "thirty-first-of-june": "2026-06-31T06:10:00Z",
    "leap-day-of-a-common-year": "2026-02-29T06:10:00Z",
    "leap-day-of-a-common-century": "1900-02-29T06:10:00Z",
    "hour-twenty-four": "2026-06-12T24:00:00Z",
    "minute-sixty": "2026-06-12T06:60:00Z",
    "leap-second": "2016-12-31T23:59:60Z",
    "point-without-digits": "2026-06-12T06:10:00.Z",
    "comma-for-point": "2026-06-12T06:10:00,5Z",
    "seven-digits": "2026-06-12T06:10:00.1234567Z",
    "offset-without-colon": "2026-06-12T06:10:00+0800",
    "offset-of-one-digit": "2026-06-12T06:10:00+8:00",
    "offset-with-a-minus-sign": "2026-06-12T06:10:00\u221208:00",
    "offset-beyond-fourteen": "2026-06-12T06:10:00+14:01",
    "offset-far-beyond": "2026-06-12T06:10:00-23:00",
    "offset-of-sixty-minutes": "2026-06-12T06:10:00+08:60",
    "arabic-digits": "\u0662\u0660\u0662\u0666-06-12T06:10:00Z",
}

BAD_IDENTIFIERS = {
    "wrong-check-digit": "https://id.gs1.org/01/09520123456787",
    "other-spelling": f"{ITEM}/10/%41",
    "urn": "urn:epc:id:sgtin:9520123.045678.12345",
    "of-another-ledger": "https://other.example/id/animal/7",
    "alarm-written-out": f"{ANIMAL}#alarm",
    "null": None,
    "number": 7,
    "object": {"id": ANIMAL},
    "array": [ANIMAL],
}

LIES = {
    **{
        f"no-{member}": (event(**{member: REMOVE}), f"/{member}")
        for member in (
            "type",
            "eventID",
            "eventTime",
            "eventTimeZoneOffset",
            "bizStep",
            "readPoint",
        )
    },
    **{
        f"{member}-is-null": (event(**{member: None}), f"/{member}")
        for member in (
            "type",
            "eventID",
            "eventTime",
            "eventTimeZoneOffset",
            "action",
            "bizStep",
            "disposition",
            "persistentDisposition",
            "readPoint",
            "errorDeclaration",
            "epcList",
            "childEPCs",
            "inputEPCList",
            "outputEPCList",
            "quantityList",
            "childQuantityList",
            "inputQuantityList",
            "outputQuantityList",
            "parentID",
            "transformationID",
            "caravan_label",
            "caravan_source",
        )
    },
    "type-unknown": (event("MilkingEvent"), "/type"),
    "type-in-small-letters": (event("objectevent"), "/type"),
    "type-as-a-uri": (event("https://ref.gs1.org/epcis/ObjectEvent"), "/type"),
    "type-in-an-array": (event(["ObjectEvent"]), "/type"),
    "action-unknown": (event(action="MOVE"), "/action"),
    "action-in-small-letters": (event(action="add"), "/action"),
    "event-id-without-a-scheme": (event(eventID="0190a6c0"), "/eventID"),
    "event-id-of-a-scheme-alone": (event(eventID="urn:"), "/eventID"),
    "event-id-with-a-space": (event(eventID="urn:x:a b"), "/eventID"),
    "event-id-beyond-ascii": (event(eventID="urn:x:\u00e9"), "/eventID"),
    "event-id-with-a-digit-first": (event(eventID="1rn:x:y"), "/eventID"),
    "event-id-of-513-bytes": (event(eventID="urn:" + "x" * 509), "/eventID"),
    "event-id-with-a-newline": (event(eventID="urn:x:y\n"), "/eventID"),
    "event-id-is-a-number": (event(eventID=7), "/eventID"),
    "biz-step-as-a-urn": (
        event(bizStep="urn:epcglobal:cbv:bizstep:shipping"),
        "/bizStep",
    ),
    "biz-step-as-a-uri": (
        event(bizStep="https://ref.gs1.org/cbv/BizStep-shipping"),
        "/bizStep",
    ),
    "biz-step-as-a-curie": (event(bizStep="cbv:BizStep-shipping"), "/bizStep"),
    "biz-step-empty": (event(bizStep=""), "/bizStep"),
    "biz-step-in-capitals": (event(bizStep="Shipping"), "/bizStep"),
    "biz-step-with-two-underscores": (event(bizStep="void__shipping"), "/bizStep"),
    "biz-step-with-an-underscore-last": (event(bizStep="void_"), "/bizStep"),
    "biz-step-with-a-newline": (event(bizStep="shipping\n"), "/bizStep"),
    "disposition-as-a-urn": (
        event(disposition="urn:epcglobal:cbv:disp:recalled"),
        "/disposition",
    ),
    "disposition-in-an-array": (event(disposition=["recalled"]), "/disposition"),
    "set-is-a-word": (
        event(persistentDisposition={"set": "recalled"}),
        "/persistentDisposition/set",
    ),
    "set-is-null": (
        event(persistentDisposition={"set": None}),
        "/persistentDisposition/set",
    ),
    "set-of-a-urn": (
        event(persistentDisposition={"set": ["active", "urn:x:recalled"]}),
        "/persistentDisposition/set/1",
    ),
    "unset-of-a-number": (
        event(persistentDisposition={"unset": [7]}),
        "/persistentDisposition/unset/0",
    ),
    "persistent-disposition-is-an-array": (
        event(persistentDisposition=["recalled"]),
        "/persistentDisposition",
    ),
    "read-point-is-its-id": (event(readPoint=PLACE), "/readPoint"),
    "read-point-without-id": (event(readPoint={}), "/readPoint/id"),
    "error-declaration-is-true": (event(errorDeclaration=True), "/errorDeclaration"),
    "error-declaration-is-an-array": (event(errorDeclaration=[]), "/errorDeclaration"),
    "epc-list-is-one-epc": (event(epcList=ANIMAL), "/epcList"),
    "epc-list-is-an-object": (event(epcList={"0": ANIMAL}), "/epcList"),
    "quantity-list-of-classes": (event(quantityList=[RAW]), "/quantityList/0/epcClass"),
    "quantity-without-a-class": (
        event(quantityList=[{"epcClass": RAW}, {"quantity": 1}]),
        "/quantityList/1/epcClass",
    ),
    "a-subject-too-many": (
        event(
            parentID=CASE,
            epcList=[f"https://{HOST}/id/animal/{number}" for number in range(1024)],
        ),
        "",
    ),
    **{
        f"time-{name}": (event(eventTime=text), "/eventTime")
        for name, text in BAD_TIMES.items()
    },
    **{
        f"offset-{name}": (event(eventTimeZoneOffset=text), "/eventTimeZoneOffset")
        for name, text in {
            "empty": "",
            "z": "Z",
            "without-sign": "08:00",
            "without-colon": "+0800",
            "beyond-fourteen": "+14:01",
            "of-fifteen": "-15:00",
            "of-sixty": "+08:60",
            "with-seconds": "+08:00:00",
            "with-a-newline": "+08:00\n",
        }.items()
    },
    **{
        f"epc-{name}": (event(epcList=[ANIMAL, value]), "/epcList/1")
        for name, value in BAD_IDENTIFIERS.items()
    },
    **{
        f"parent-{name}": (event(parentID=value), "/parentID")
        for name, value in BAD_IDENTIFIERS.items()
    },
    **{
        f"transformation-{name}": (event(transformationID=value), "/transformationID")
        for name, value in BAD_IDENTIFIERS.items()
    },
    **{
        f"class-{name}": (
            event(inputQuantityList=[{"epcClass": value}]),
            "/inputQuantityList/0/epcClass",
        )
        for name, value in BAD_IDENTIFIERS.items()
    },
    **{
        f"read-point-{name}": (event(readPoint={"id": value}), "/readPoint/id")
        for name, value in BAD_IDENTIFIERS.items()
    },
    **{
        f"{member}-of-a-wrong-identifier": (
            event(**{member: ["https://id.gs1.org/01/1"]}),
            f"/{member}/0",
        )
        for member in ("childEPCs", "inputEPCList", "outputEPCList")
    },
    **{
        f"{member}-of-a-wrong-class": (
            event(**{member: [{"epcClass": "x"}]}),
            f"/{member}/0/epcClass",
        )
        for member in ("quantityList", "childQuantityList", "outputQuantityList")
    },
    "seq-is-null": (event(caravan_seq=None), "/caravan:seq"),
    "seq-is-true": (event(caravan_seq=True, caravan_prev=HASH), "/caravan:seq"),
    "seq-is-a-string": (event(caravan_seq="0"), "/caravan:seq"),
    "seq-is-negative": (event(caravan_seq=-1), "/caravan:seq"),
    "seq-is-a-fraction": (event(caravan_seq=1.5, caravan_prev=HASH), "/caravan:seq"),
    "prev-in-the-first": (event(caravan_seq=0, caravan_prev=HASH), "/caravan:prev"),
    "no-prev-in-the-second": (event(caravan_seq=1), "/caravan:prev"),
    "prev-without-seq": (event(caravan_prev=HASH), "/caravan:prev"),
    "prev-of-31-bytes": (
        event(caravan_seq=1, caravan_prev=base64.b64encode(bytes(31)).decode()),
        "/caravan:prev",
    ),
    "prev-without-padding": (
        event(caravan_seq=1, caravan_prev=HASH.rstrip("=")),
        "/caravan:prev",
    ),
    "prev-with-loose-bits": (
        event(caravan_seq=1, caravan_prev=HASH[:-2] + "9="),
        "/caravan:prev",
    ),
    "prev-in-hex": (event(caravan_seq=1, caravan_prev="00" * 32), "/caravan:prev"),
    "prev-is-null": (event(caravan_seq=1, caravan_prev=None), "/caravan:prev"),
    "label-is-its-root": (event(caravan_label=HASH), "/caravan:label"),
    "label-without-root": (event(caravan_label={"size": 1}), "/caravan:label/root"),
    "label-of-a-short-root": (
        event(caravan_label={"root": "AAAA", "size": 1}),
        "/caravan:label/root",
    ),
    "label-without-size": (event(caravan_label={"root": HASH}), "/caravan:label/size"),
    "label-of-size-zero": (
        event(caravan_label={"root": HASH, "size": 0}),
        "/caravan:label/size",
    ),
    "label-of-size-true": (
        event(caravan_label={"root": HASH, "size": True}),
        "/caravan:label/size",
    ),
    "source-is-a-string": (event(caravan_source="herd book"), "/caravan:source"),
    "source-without-record": (
        event(caravan_source={"register": "herd book"}),
        "/caravan:source/record",
    ),
    "source-of-a-number": (
        event(caravan_source={"record": "1", "register": 2}),
        "/caravan:source/register",
    ),
}
for lie, (body, pointer) in LIES.items():
    # The pointer names the member as it is written in the body.
    LIES[lie] = (body, pointer.replace("caravan_", "caravan:"))

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ALARMS = [
    *("damaged", "destroyed", "disposed", "expired", "inactive", "mismatch_class"),
    *("mismatch_instance", "mismatch_quantity", "needs_replacement"),
    *("no_pedigree_match", "non_conformant", "non_sellable_other", "recalled"),
    *("returned", "stolen"),
]


def instant_us(text):
    """Return microseconds since 1970: the local time's, less the offset."""
    zone = "+00:00" if text[-1] == "Z" else text[-6:]
    local = datetime.fromisoformat(text.removesuffix(zone).removesuffix("Z"))
    minutes = int(zone[1:3]) * 60 + int(zone[4:6])
    micros = (local.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
    return micros - int(zone[0] + "1") * minutes * 60_000_000


def identifiers(body, members):
    """Return what the members of a body name, sorted, each once."""
    found = set()
    for member in members:
        value = body.get(member, [])
        for one in value if isinstance(value, list) else [value]:
            found.add(one["epcClass"] if isinstance(one, dict) else one)
    return sorted(found)


def read(body):
    """Return what validity reads of an honest body, worked out another way."""
    about = [
        *("epcList", "childEPCs", "inputEPCList", "outputEPCList", "quantityList"),
        *("childQuantityList", "inputQuantityList", "outputQuantityList"),
        *("parentID", "transformationID"),
    ]
    made = {
        ("ObjectEvent", "ADD"): ["epcList", "quantityList"],
        ("TransformationEvent", None): ["outputEPCList", "outputQuantityList"],
    }.get((body["type"], body.get("action")), [])
    persistent = body.get("persistentDisposition", {})
    raised, lifted = persistent.get("set", []), persistent.get("unset", [])
    declared = "errorDeclaration" in body
    label, source = body.get("caravan:label"), body.get("caravan:source")
    zone = body["eventTimeZoneOffset"]
    return {
        "type": body["type"],
        "event_id": body["eventID"],
        "event_time": body["eventTime"],
        "instant_us": str(instant_us(body["eventTime"])),
        "offset_minutes": int(zone[0] + "1") * (int(zone[1:3]) * 60 + int(zone[4:])),
        "action": body.get("action"),
        "biz_step": body["bizStep"],
        "disposition": body.get("disposition"),
        "set": raised,
        "unset": lifted,
        "read_point": body["readPoint"]["id"],
        "is_error_declaration": declared,
        "is_alarm": declared
        or any(w in ALARMS for w in [body.get("disposition"), *raised, *lifted]),
        "subjects": identifiers(body, about),
        "created": identifiers(body, made),
        "seq": body.get("caravan:seq"),
        "prev_hex": base64.b64decode(body["caravan:prev"]).hex()
        if "caravan:prev" in body
        else None,
        "label": {
            "root_hex": base64.b64decode(label["root"]).hex(),
            "size": label["size"],
        }
        if label
        else None,
        "source": {name: source[name] for name in ("record", "register")}
        if source
        else None,
    }


def honest_case(name, body):
    """Return the case of an honest body."""
    return {"name": name, "body": spell(body), "want": "ok", "event": read(body)}


def pairs():
    """Return bodies beside what is left of them without a declaration."""
    plain = milking()
    numbered = milking() | {"caravan:seq": 4, "caravan:prev": HASH}
    declared = copy.deepcopy(numbered) | {
        "errorDeclaration": {"reason": "did_not_occur"}
    }
    other = milking() | {"disposition": "inactive"}
    nested = milking() | {"ilmd": {"caravan:seq": 1, "errorDeclaration": {}}}
    cases = {
        "nothing-to-take-out": (plain, plain),
        "counter-and-declaration-taken-out": (declared, plain),
        "counter-taken-out": (numbered, plain),
        "another-body-stays-another": (other, other),
        "only-at-the-top": (nested, nested),
    }
    return [
        {"name": name, "body": spell(body), "want": spell(left)}
        for name, (body, left) in cases.items()
    ]


def vectors():
    """Return the files of tests/vectors/event."""
    cases = [honest_case(*case) for case in HONEST.items()]
    cases += [
        honest_case(f"time-{name}", event(eventTime=time, eventTimeZoneOffset=offset))
        for name, (time, offset) in TIMES.items()
    ]
    cases += [
        honest_case(f"alarm-{word}", event(disposition=word, epcList=[ANIMAL]))
        for word in ALARMS
    ]
    cases += [
        {"name": name, "body": spell(body), "want": "event", "pointer": pointer}
        for name, (body, pointer) in LIES.items()
    ]
    return {
        "parse.json": {
            "about": "Canonical bodies: what validity reads of each, or the refusal.",
            "host": HOST,
            "cases": cases,
        },
        "declaration.json": {
            "about": "What an event and its error declaration must have in common.",
            "cases": pairs(),
        },
    }
