"""Vectors for facts: statements, a few words of a locale, and what a page shows."""

import base64

from tests.support.make_vectors.event import (
    ANIMAL,
    CASE,
    HOST,
    PLACE,
    POOLED,
    POUCH,
    RAW,
    REMOVE,
    event,
    spell,
)

MESSAGES = {
    "action.admit": "Party admitted",
    "action.authorize": "Key authorised",
    "area.652929": "Keping",
    "answer.simulated": "simulated",
    "answer.yes": "yes",
    "disposition.active": "active",
    "disposition.recalled": "RECALLED",
    "distance.from": "from",
    "distance.great circle": "as the crow flies",
    "document.testres": "Test report",
    "done.caravan:profile": "Showed itself",
    "done.spray drying": "Dried to powder",
    "end.location": "place",
    "end.owning_party": "owner",
    "error.did_not_occur": "did not happen",
    "error.unknown": "reason not given",
    "flag.late": "recorded late",
    "flag.overlap": "in two places",
    "flag.zero-value": "a zero",
    "loss.left in cans": "residue",
    "mode.air": "by air",
    "process.spray drying": "dried",
    "reason.leaking seam": "leaked",
    "register.herd book": "Herd book",
    "role.plant": "Plant",
    "sensor.ALARM_CONDITION": "alarm",
    "sensor.Temperature": "Temperature",
    "sensor.caravan:fat": "Fat",
    "sensor.maxValue": "at most",
    "sensor.minValue": "at least",
    "species.camel": "Camel",
    "step.inspecting": "Inspected",
    "step.commissioning": "Milked",
    "unit.CEL": "°C",
    "unit.KGM": "kg",
    "unit.KMT": "km",
    "unit.P1": "%",
    "value.positive": "found",
}
PARTY = f"https://{HOST}/id/party/north-plant"
SHOP = f"https://{HOST}/id/party/shop"
SHOP_PLACE = f"https://{HOST}/id/place/shop"
NAMES = {PLACE: "North Dairy · yard", SHOP: "Corner shop"}
LOG_TIME = "2026-06-12T00:00:01.250Z"
ITEM_SHORT = "(01) 09520123456788"
ALWAYS = [
    ["step", "Inspected"],
    ["time", "2026-06-12 06:10 (UTC+8)"],
    ["log-time", "2026-06-12 00:00 (UTC)"],
    ["who", "north-plant"],
]
DRIED = {"caravan:process": "spray drying"}
SPUN = {"caravan:process": "spun"}
PROFILE = {"caravan:profile": {}}
WHERE = [["where", "(414) 9520123456788"]]
ROOT = base64.b64encode(b"\xfb\xfb\xfb" * 10 + b"\xfb\xfb").decode()


def shown(
    name,
    want,
    *,
    flags=(),
    who=PARTY,
    log_time=LOG_TIME,
    signed_by=(),
    lang="en",
    names=None,
    **event_,
):
    """Return the case of an event; ``want`` follows what every event shows."""
    body = event(event_.pop("event_type", "ObjectEvent"), **event_)
    return {
        "name": name,
        "body": spell(body),
        "index": 17,
        "who": who,
        "log_time": log_time,
        "signed_by": list(signed_by),
        "lang": lang,
        "names": names or {},
        "flags": [
            {"code": code, "detail": detail, "index": index}
            for code, index, detail in flags
        ],
        "want": want,
    }


def measured(name, want, *reports, **members):
    """Return the case of an event with sensor reports."""
    facts = [[f"sensor.{place}", text] for place, text in enumerate(want)]
    return shown(
        name,
        [*ALWAYS, *WHERE, *facts],
        sensorElementList=[{"sensorReport": list(reports)}],
        **members,
    )


def about(name, want, **members):
    """Return the case of an event with members that it is about."""
    return shown(name, [*ALWAYS, *WHERE, *want], **members)


EVENTS = [
    shown("least", [*ALWAYS, *WHERE]),
    shown(
        "a-register-knows-the-day",
        [ALWAYS[0], ["time", "2026-06-12"], *ALWAYS[2:], *WHERE],
        **{"caravan:precision": "day"},
    ),
    shown(
        "another-precision-changes-nothing",
        [*ALWAYS, *WHERE],
        **{"caravan:precision": "minute"},
    ),
    shown("who-is-not-known", [*ALWAYS[:3], *WHERE], who=""),
    shown(
        "who-by-name", [*ALWAYS[:3], ["who", "北方乳品厂"], *WHERE], who="北方乳品厂"
    ),
    shown(
        "who-by-a-gs1-party",
        [*ALWAYS[:3], ["who", "(417) 9520123456788"], *WHERE],
        who="https://id.gs1.org/417/9520123456788",
    ),
    shown("not-sealed-yet", [*ALWAYS[:2], *ALWAYS[3:], *WHERE], log_time=""),
    shown(
        "signed-by-two",
        [
            *ALWAYS,
            ["signed-by", "ledger.example/a+01020304, b.example+aabbccdd"],
            *WHERE,
        ],
        signed_by=["ledger.example/a+01020304", "b.example+aabbccdd"],
    ),
    shown(
        "a-word-without-a-message",
        [["step", "void_shipping"], *ALWAYS[1:], *WHERE],
        bizStep="void_shipping",
    ),
    shown(
        "time-in-utc",
        [ALWAYS[0], ["time", "2026-06-11 22:10 (UTC)"], *ALWAYS[2:], *WHERE],
        eventTime="2026-06-11T22:10:59.999999Z",
    ),
    shown(
        "time-in-its-own-offset",
        [ALWAYS[0], ["time", "0001-01-01 00:00 (UTC-9:30)"], *ALWAYS[2:], *WHERE],
        eventTime="0001-01-01T00:00:00.5-09:30",
    ),
    shown(
        "location-beside-the-read-point",
        [*ALWAYS, *WHERE, ["location", "north"]],
        bizLocation={"id": f"https://{HOST}/id/place/north"},
    ),
    shown("location-is-the-read-point", [*ALWAYS, *WHERE], bizLocation={"id": PLACE}),
    shown("location-of-a-wrong-type", [*ALWAYS, *WHERE], bizLocation=[PLACE]),
    shown(
        "own-read-point",
        [*ALWAYS, ["where", "north"]],
        readPoint={"id": f"https://{HOST}/id/place/north"},
    ),
    shown(
        "location-that-is-no-identifier",
        [*ALWAYS, *WHERE, ["location", "<b>7</b>"]],
        bizLocation={"id": "<b>7</b>"},
    ),
    shown(
        "places-by-name",
        [*ALWAYS, ["where", "North Dairy · yard"], ["location", "Corner shop"]],
        names=NAMES | {SHOP_PLACE: "Corner shop"},
        bizLocation={"id": SHOP_PLACE},
    ),
    shown(
        "a-place-nobody-knows-has-no-name",
        [*ALWAYS, *WHERE],
        names={SHOP: "Corner shop"},
    ),
    about(
        "destinations-and-sources",
        [
            ["sender.0", "owner: north-plant"],
            ["destination.0", "possessing_party: Corner shop"],
            ["destination.1", "place: shop"],
            ["destination.2", "(414) 9520123456788"],
        ],
        names={SHOP: "Corner shop"},
        sourceList=[{"source": PARTY, "type": "owning_party"}],
        destinationList=[
            {"destination": SHOP, "type": "possessing_party"},
            {"destination": SHOP_PLACE, "type": "location"},
            {"destination": PLACE},
        ],
    ),
    about(
        "destinations-of-wrong-types",
        [["destination.0", "7"], ["destination.1", "urn:x:1"]],
        sourceList={"source": PARTY},
        destinationList=[
            None,
            [],
            SHOP,
            {"type": "location"},
            {"destination": 7, "type": []},
            {"destination": "urn:x:1", "type": {"@value": None}},
            {"destination": {}},
        ],
    ),
    about(
        "documents",
        [
            ["document.0", "Test report: report/laboratory/7"],
            ["document.1", "bol: urn:x:bol:1"],
            ["document.2", "(253) 9520123456788"],
        ],
        bizTransactionList=[
            {
                "bizTransaction": f"https://{HOST}/id/report/laboratory/7",
                "type": "testres",
            },
            {"bizTransaction": "urn:x:bol:1", "type": "bol"},
            {"bizTransaction": "https://id.gs1.org/253/9520123456788"},
        ],
    ),
    about(
        "documents-of-wrong-types",
        [],
        bizTransactionList=[7, {"type": "bol"}, {"bizTransaction": []}],
    ),
    about("documents-that-are-no-list", [], bizTransactionList={"type": "bol"}),
    about(
        "what-is-printed-on-labels",
        [
            ["what.0", f"{ITEM_SHORT} (10) RAW-1"],
            ["printed", "#c=17.-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7"],
        ],
        quantityList=[{"epcClass": RAW}],
        caravan_label={"root": ROOT, "size": 17},
    ),
    about("simulated", [["simulated", "simulated"]], **{"caravan:simulated": True}),
    about("simulated-is-a-truth", [], **{"caravan:simulated": "true"}),
    about(
        "what-was-done",
        [
            ["process", "dried"],
            ["mode", "by air"],
            ["method", "girth"],
            ["disease", "brucellosis"],
            ["vaccine-lot", "br-2120"],
            ["calf-share", "not recorded"],
            ["species", "Camel"],
            ["reason", "leaked"],
            ["head", "12"],
            ["parity", "3"],
            ["calved", "2026-02-01"],
            ["withdrawal-until", "2026-03-09 00:00 (UTC+8)"],
            ["calf-first", "yes"],
            ["vessel", "can/7"],
        ],
        **{
            "caravan:calfFirst": True,
            "caravan:calfShare": "not recorded",
            "caravan:calved": "2026-02-01",
            "caravan:disease": "brucellosis",
            "caravan:head": 12,
            "caravan:method": "girth",
            "caravan:mode": "air",
            "caravan:parity": 3,
            "caravan:process": "spray drying",
            "caravan:reason": "leaking seam",
            "caravan:species": "camel",
            "caravan:vaccineLot": "br-2120",
            "caravan:vessel": f"https://{HOST}/id/can/7",
            "caravan:withdrawalUntil": "2026-03-09T00:00:00+08:00",
        },
    ),
    about(
        "words-in-the-readers-language",
        [["process", "washed"], ["reason", "leaked"]],
        **{
            "caravan:process": [
                {"@language": "zh", "@value": "清洗"},
                {"@language": "en", "@value": "washed"},
            ],
            "caravan:reason": {"@language": "en-GB", "@value": "leaking seam"},
        },
    ),
    about(
        "what-was-done-of-wrong-types",
        [["reason", "7"]],
        **{
            "caravan:calfFirst": 1,
            "caravan:calved": "in spring",
            "caravan:disease": {},
            "caravan:head": "a dozen",
            "caravan:mode": True,
            "caravan:parity": True,
            "caravan:process": [[["deep"]]],
            "caravan:reason": 7,
            "caravan:vessel": None,
            "caravan:withdrawalUntil": "2026-03-09T00:00",
        },
    ),
    about(
        "losses",
        [
            ["loss.0", "residue: 0.039 kg"],
            ["loss.1", "dust: 1 kg"],
            ["loss.2", "2"],
        ],
        **{
            "caravan:loss": [
                {"quantity": 0.039, "reason": "left in cans", "uom": "KGM"},
                {"quantity": "much", "reason": "spilled", "uom": "KGM"},
                {"quantity": 1, "reason": "dust", "uom": "KGM"},
                {"quantity": 2, "reason": []},
                {"reason": "left in cans"},
                "all of it",
            ],
        },
    ),
    *(
        shown(
            f"a-title-{name}",
            [
                ["step", title],
                *ALWAYS[1:],
                *WHERE,
                *([["process", said]] if said else []),
            ],
            bizStep=step,
            **members,
        )
        for name, step, members, title, said in (
            ("after-the-process", "other", DRIED, "Dried to powder", "dried"),
            ("after-a-process-of-no-list", "other", SPUN, "spun", "spun"),
            ("of-another-step-that-has-no-process", "other", {}, "other", ""),
            ("of-no-process", "other", {"caravan:process": [7, {}]}, "7", "7"),
            ("after-the-profile", "other", PROFILE, "Showed itself", ""),
            ("after-the-process-first", "other", PROFILE | SPUN, "spun", "spun"),
            (
                "of-a-plain-step-after-the-process",
                "creating_class_instance",
                DRIED,
                "Dried to powder",
                "dried",
            ),
            (
                "of-a-plain-step-without-a-word-for-the-process",
                "commissioning",
                SPUN,
                "Milked",
                "spun",
            ),
            ("of-a-step-that-says-more", "inspecting", DRIED, "Inspected", "dried"),
            ("of-a-step-with-a-profile", "inspecting", PROFILE, "Inspected", ""),
        )
    ),
    about("losses-that-are-no-list", [], **{"caravan:loss": {"quantity": 1}}),
    about(
        "distance",
        [["distance", "126 km · as the crow flies · from North Dairy · yard"]],
        lang="zh",
        names={f"https://{HOST}/id/place/yard": "North Dairy · yard"},
        **{
            "caravan:distance": {
                "from": f"https://{HOST}/id/place/yard",
                "kind": "great circle",
                "quantity": 126,
                "uom": "KMT",
            },
        },
    ),
    about("area", [["area", "Keping"]], **{"caravan:area": "652929"}),
    about("area-that-is-not-known", [["area", "999999"]], **{"caravan:area": "999999"}),
    about("area-that-is-none", [], **{"caravan:area": "65292"}),
    about("area-that-is-a-number", [], **{"caravan:area": 652929}),
    about(
        "distance-alone",
        [["distance", "0.5 km"]],
        **{"caravan:distance": {"kind": False, "quantity": 0.5, "uom": "KMT"}},
    ),
    about(
        "distance-without-a-number",
        [],
        **{"caravan:distance": {"from": PLACE, "kind": "great circle"}},
    ),
    about(
        "facts-of-what-comes-into-being",
        [
            ["what.0", "animal/7"],
            ["product.species", "Camel"],
            ["product.breed", "Bactrian"],
            ["product.dam", "animal/1"],
        ],
        action="ADD",
        epcList=[ANIMAL],
        ilmd={
            "caravan:breed": "Bactrian",
            "caravan:dam": f"https://{HOST}/id/animal/1",
            "caravan:species": "camel",
        },
    ),
    about(
        "what-turns-text-round-is-left-out",
        [["process", "abc"], ["reason", "עברית 7"]],
        **{
            "caravan:mode": "\u202e\u2069",
            "caravan:process": "a\u202eb\u2066c\u2069",
            "caravan:reason": "עברית 7",
        },
    ),
    about(
        "names-of-prototypes",
        [["process", "constructor"], ["reason", "__proto__"]],
        **{
            "caravan:process": "constructor",
            "caravan:reason": "__proto__",
            "ilmd": {"hasOwnProperty": 1, "toString": "x", "valueOf": []},
        },
    ),
    about("disposition", [["disposition", "RECALLED"]], disposition="recalled"),
    about(
        "persistent-dispositions",
        [["set", "RECALLED, stolen"], ["unset", "active"]],
        persistentDisposition={"set": ["recalled", "stolen"], "unset": ["active"]},
    ),
    about(
        "epcs-then-quantities",
        [
            ["what.0", "animal/7"],
            ["what.1", f"{ITEM_SHORT} (21) 7"],
            ["what.2", f"{ITEM_SHORT} (10) RAW-1 · 41.6 kg"],
            ["what.3", f"{ITEM_SHORT} (10) POOL-1 · 12"],
            ["what.4", ITEM_SHORT],
        ],
        epcList=[ANIMAL, POUCH],
        quantityList=[
            {"epcClass": RAW, "quantity": 41.6, "uom": "KGM"},
            {"epcClass": POOLED, "quantity": 12},
            {"epcClass": "https://id.gs1.org/01/09520123456788"},
        ],
    ),
    about(
        "quantity-with-an-unknown-unit",
        [["what.0", f"{ITEM_SHORT} (10) RAW-1 · 3 XXX"]],
        quantityList=[{"epcClass": RAW, "quantity": 3, "uom": "XXX"}],
    ),
    about(
        "unit-without-a-quantity",
        [["what.0", f"{ITEM_SHORT} (10) RAW-1"]],
        quantityList=[{"epcClass": RAW, "quantity": None, "uom": "KGM"}],
    ),
    about(
        "quantity-of-zero",
        [["what.0", f"{ITEM_SHORT} (10) RAW-1 · 0 kg"]],
        quantityList=[{"epcClass": RAW, "quantity": 0, "uom": "KGM"}],
    ),
    about(
        "value-with-encoded-marks",
        [["what.0", f'{ITEM_SHORT} (10) A/B"%2F']],
        epcList=["https://id.gs1.org/01/09520123456788/10/A%2FB%22%252F"],
    ),
    about(
        "aggregation",
        [
            ["parent.0", "(00) 952012345678912345"],
            ["child.0", f"{ITEM_SHORT} (21) 7"],
            ["child.1", f"{ITEM_SHORT} (10) POOL-1 · 2"],
        ],
        event_type="AggregationEvent",
        parentID=CASE,
        childEPCs=[POUCH],
        childQuantityList=[{"epcClass": POOLED, "quantity": 2}],
    ),
    about(
        "transformation",
        [
            ["input.0", f"{ITEM_SHORT} (10) RAW-1 · 41.6 kg"],
            ["output.0", f"{ITEM_SHORT} (21) 7"],
            ["output.1", f"{ITEM_SHORT} (10) POOL-1"],
            ["transformation.0", "pooling/1"],
        ],
        event_type="TransformationEvent",
        inputQuantityList=[{"epcClass": RAW, "quantity": 41.6, "uom": "KGM"}],
        outputEPCList=[POUCH],
        outputQuantityList=[{"epcClass": POOLED}],
        transformationID=f"https://{HOST}/id/pooling/1",
    ),
    measured(
        "temperature",
        ["Temperature: 3.8 °C"],
        {"type": "Temperature", "uom": "CEL", "value": 3.8},
    ),
    measured(
        "component-before-type",
        ["Fat: 3.63 %", "caravan:somatic_cells: 24000000 K63"],
        {
            "component": "caravan:fat",
            "type": "Dimensionless",
            "uom": "P1",
            "value": 3.63,
        },
        {
            "component": "caravan:somatic_cells",
            "type": "Count",
            "uom": "K63",
            "value": 24000000,
        },
    ),
    measured(
        "negative-and-small",
        ["Temperature: -0.61 °C", "Density: 0.0001"],
        {"type": "Temperature", "uom": "CEL", "value": -0.61},
        {"type": "Density", "value": 0.0001},
    ),
    measured(
        "bounds",
        ["Temperature: at least 2 °C, at most 4.5 °C"],
        {"maxValue": 4.5, "minValue": 2, "type": "Temperature", "uom": "CEL"},
    ),
    measured(
        "value-and-bounds-and-alarm",
        ["Temperature: 9 °C, at most 12 °C, alarm"],
        {
            "exception": "ALARM_CONDITION",
            "maxValue": 12,
            "type": "Temperature",
            "uom": "CEL",
            "value": 9,
        },
    ),
    measured(
        "words-and-truths",
        ["caravan:brucella: negative", "caravan:calf_first: booleanValue true"],
        {"stringValue": "negative", "type": "caravan:brucella"},
        {"booleanValue": True, "type": "caravan:calf_first"},
    ),
    measured(
        "a-word-that-was-measured",
        ["caravan:phosphatase: found"],
        {"stringValue": "positive", "type": "caravan:phosphatase"},
    ),
    measured(
        "other-values",
        ["x: hexBinaryValue 0a, uriValue urn:x:1", "y: percValue 95"],
        {"hexBinaryValue": "0a", "type": "x", "uriValue": "urn:x:1"},
        {"percValue": 95, "type": "y"},
    ),
    measured("nothing-measured", ["Temperature"], {"type": "Temperature"}),
    measured("a-value-of-nothing", ["3"], {"value": 3}),
    measured(
        "values-that-are-none", ["x"], {"type": "x", "value": [1], "minValue": {}}
    ),
    shown(
        "reports-are-numbered-through",
        [*ALWAYS, *WHERE, ["sensor.0", "x: 1"], ["sensor.1", "y: 2"]],
        sensorElementList=[
            {"sensorReport": [{"type": "x", "value": 1}]},
            7,
            {"sensorReport": "none"},
            {"sensorReport": [None, {"type": "y", "value": 2}]},
        ],
    ),
    shown("sensors-of-a-wrong-type", [*ALWAYS, *WHERE], sensorElementList="none"),
    about(
        "source",
        [["source", "Herd book · FR002185"]],
        caravan_source={"record": "FR002185", "register": "herd book"},
    ),
    about(
        "declared-an-error",
        [["declared-error", "did not happen"]],
        errorDeclaration={"reason": "did_not_occur"},
    ),
    about(
        "declared-an-error-without-a-reason",
        [["declared-error", "reason not given"]],
        errorDeclaration={},
    ),
    about(
        "declared-an-error-of-another-kind",
        [["declared-error", "caravan:typo"]],
        errorDeclaration={"reason": "caravan:typo"},
    ),
    about(
        "flags",
        [
            ["flag.late", "recorded late (49 h)"],
            ["flag.zero-value", "a zero"],
            ["flag.overlap", "in two places (#4)"],
        ],
        flags=[
            ("late", 17, "49 h"),
            ("zero-value", 17, "/quantityList/0/quantity /quantityList/1/quantity"),
            ("overlap", 17, "#4"),
        ],
    ),
    about(
        "one-flag-twice",
        [["flag.overlap", "in two places (#4, #9)"]],
        flags=[("overlap", 17, "#4"), ("overlap", 17, "#9")],
    ),
    about("flags-of-another-statement", [], flags=[("late", 16, "49 h")]),
    about(
        "a-flag-without-a-message",
        [["flag.sequence-gap", "sequence-gap (3)"]],
        flags=[("sequence-gap", 17, "3")],
    ),
    about(
        "members-that-no-fact-shows",
        [],
        action=REMOVE,
        caravan_seq=0,
        ilmd={"caravan:animalsMilked": 22},
    ),
    shown(
        "everything-in-its-order",
        [
            ["step", "Dried to powder"],
            *ALWAYS[1:],
            ["signed-by", "a.example+01020304"],
            *WHERE,
            ["location", "urn:x:shed"],
            ["disposition", "active"],
            ["set", "RECALLED"],
            ["sender.0", "north-plant"],
            ["destination.0", "shop"],
            ["what.0", "animal/7"],
            ["parent.0", "(00) 952012345678912345"],
            ["product.lot", "L7"],
            ["sensor.0", "Temperature: 3.8 °C"],
            ["process", "dried"],
            ["loss.0", "1 kg"],
            ["document.0", "urn:x:1"],
            ["printed", "#c=1.-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7"],
            ["simulated", "simulated"],
            ["source", "r · 1"],
            ["declared-error", "reason not given"],
            ["flag.late", "recorded late (49 h)"],
        ],
        flags=[("late", 17, "49 h")],
        signed_by=["a.example+01020304"],
        bizLocation={"id": "urn:x:shed"},
        bizStep="commissioning",
        bizTransactionList=[{"bizTransaction": "urn:x:1"}],
        caravan_label={"root": ROOT, "size": 1},
        caravan_loss=[{"quantity": 1, "uom": "KGM"}],
        caravan_process="spray drying",
        caravan_simulated=True,
        caravan_source={"record": "1", "register": "r"},
        destinationList=[{"destination": SHOP}],
        disposition="active",
        epcList=[ANIMAL],
        errorDeclaration={},
        ilmd={"cbvmda:lotNumber": "L7"},
        parentID=CASE,
        persistentDisposition={"set": ["recalled"]},
        sensorElementList=[
            {"sensorReport": [{"type": "Temperature", "uom": "CEL", "value": 3.8}]}
        ],
        sourceList=[{"source": PARTY}],
    ),
]

VKEY = "ledger.example/plant+01020304+AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAB+a"
KEY_LABEL = "ledger.example/plant+01020304"
DECIDED = [["log-time", "2026-06-12 00:00 (UTC)"], ["who", "registrar"]]
REGISTRAR = f"https://{HOST}/id/party/registrar"


def directed(case, want, **body):
    """Return the case of a directory statement."""
    return {
        "name": case,
        "body": spell(body),
        "who": REGISTRAR,
        "log_time": LOG_TIME,
        "want": want,
    }


DIRECTORY = [
    directed(
        "genesis",
        [
            ["step", "genesis"],
            *DECIDED,
            ["registrar", KEY_LABEL],
            ["ledger-key.0", KEY_LABEL],
            ["ledger-key.1", "b.example+0a0b0c0d"],
        ],
        action="genesis",
        ledger_keys=[VKEY, "b.example+0a0b0c0d+AAAA"],
        max_age_seconds=86400,
        recovery={"k": 0, "keys": []},
        registrar=VKEY,
    ),
    directed(
        "admit",
        [
            ["step", "Party admitted"],
            *DECIDED,
            ["party", "north-plant"],
            ["name", "North Dairy"],
            ["kind", "Plant"],
            ["place.0", "(414) 9520123456788"],
            ["prefix.0", "(00)"],
            ["prefix.1", f"{ITEM_SHORT} (10)"],
            ["prefix.2", "animal/fr"],
            ["right.0", "Inspected"],
            ["right.1", "Milked · active"],
            ["persistent", "RECALLED, stolen"],
        ],
        action="admit",
        kind="plant",
        name="North Dairy",
        party=PARTY,
        places=[PLACE],
        prefixes=[
            "https://id.gs1.org/00",
            "https://id.gs1.org/01/09520123456788/10",
            f"https://{HOST}/id/animal/fr",
        ],
        rights={
            "persistent": ["recalled", "stolen"],
            "steps": [["inspecting", None], ["commissioning", "active"]],
        },
    ),
    directed(
        "admit-with-nothing",
        [["step", "Party admitted"], *DECIDED, ["party", "x"], ["kind", "household"]],
        action="admit",
        kind="household",
        party=f"https://{HOST}/id/party/x",
        places=[],
        prefixes=[],
        rights={"persistent": [], "steps": []},
    ),
    directed(
        "authorize",
        [
            ["step", "Key authorised"],
            *DECIDED,
            ["party", "north-plant"],
            ["on-behalf-of", "x"],
            ["key", KEY_LABEL],
            ["officer", "yes"],
            ["importer", "yes"],
            ["until", "2027-01-01 00:00 (UTC)"],
        ],
        action="authorize",
        importer=True,
        key=VKEY,
        officer=True,
        on_behalf_of=f"https://{HOST}/id/party/x",
        party=PARTY,
        until="2027-01-01T00:00:00.000Z",
    ),
    directed(
        "revoke",
        [
            ["step", "revoke"],
            *DECIDED,
            ["party", "north-plant"],
            ["key", KEY_LABEL],
            ["suspect-since", "2026-05-31 23:59 (UTC)"],
        ],
        action="revoke",
        key=VKEY,
        party=PARTY,
        suspect_since="2026-05-31T23:59:59.999Z",
    ),
    directed(
        "rotate",
        [["step", "rotate"], *DECIDED, ["registrar", KEY_LABEL]],
        action="rotate",
        registrar=VKEY,
    ),
    directed(
        "ledger-key-added",
        [["step", "ledger-key"], *DECIDED, ["add", KEY_LABEL]],
        action="ledger-key",
        add=VKEY,
    ),
    directed(
        "ledger-key-retired",
        [["step", "ledger-key"], *DECIDED, ["retire", KEY_LABEL]],
        action="ledger-key",
        retire=VKEY,
    ),
]


def vectors():
    """Return the files of tests/vectors/facts."""
    return {
        "event.json": {
            "about": "Events, and the facts that a page shows of each, in order.",
            "host": HOST,
            "messages": MESSAGES,
            "cases": EVENTS,
        },
        "directory.json": {
            "about": "Directory statements, and the facts that a page shows of each.",
            "host": HOST,
            "messages": MESSAGES,
            "cases": DIRECTORY,
        },
    }
