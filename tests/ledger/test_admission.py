import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.admission import check_directory_admission, check_event_admission
from ledger.characters import check_characters
from ledger.encoding import parse_canonical
from ledger.errors import RefusedError
from ledger.event import EVENT_TYPES, parse_event
from ledger.units import UNITS
from ledger.vocabulary import BIZ_STEPS, COMPONENTS, DISPOSITIONS, MEASUREMENTS
from tests.support.make_vectors import event as maker
from tests.support.make_vectors.event import (
    ANIMAL,
    CASE,
    HASH,
    HOST,
    PLACE,
    POOLED,
    POUCH,
    RAW,
    REMOVE,
    event,
    instant_us,
    milking,
)

NOW_MS = instant_us("2026-06-12T06:10:00+08:00") // 1000
PARTY = "https://id.gs1.org/417/9520123456788"


def check(body, *, now_ms=NOW_MS, entry_size=900):
    read = parse_event(parse_canonical(maker.spell(body).encode()), host=HOST)
    check_event_admission(read, host=HOST, now_ms=now_ms, entry_size=entry_size)


def refused(body, **known):
    with pytest.raises(RefusedError) as refusal:
        check(body, **known)
    return refusal.value.code, refusal.value.pointer


def observing(**members):
    return event(**{"epcList": [ANIMAL]} | members)


def transforming(**members):
    honest = {
        "inputQuantityList": [{"epcClass": RAW}],
        "outputQuantityList": [{"epcClass": POOLED}],
    }
    return event("TransformationEvent", **honest | members)


def packing(event_type="AggregationEvent", **members):
    honest = {"action": "ADD", "parentID": CASE, "childEPCs": [POUCH]}
    return event(event_type, **honest | members)


def trading(**members):
    deal = [{"bizTransaction": "urn:x:slip:7", "type": "desadv"}]
    honest = {"bizTransactionList": deal, "epcList": [POUCH]}
    return event("TransactionEvent", **honest | members)


def sensing(**members):
    report = {"type": "Temperature", "uom": "CEL", "value": 3.8} | members
    report = {name: value for name, value in report.items() if value is not REMOVE}
    return observing(sensorElementList=[{"sensorReport": [report]}])


def measuring(**metadata):
    report = {"type": "Temperature", "value": 3.8}
    return observing(
        sensorElementList=[{"sensorMetadata": metadata, "sensorReport": [report]}]
    )


def weighing(**members):
    return event(quantityList=[{"epcClass": RAW} | members])


FULL_REPORT = {
    "booleanValue": True,
    "bizRules": "urn:x:rules",
    "chemicalSubstance": "urn:x:lactose",
    "component": "x",
    "coordinateReferenceSystem": "urn:x:crs",
    "dataProcessingMethod": "urn:x:method",
    "deviceID": "https://id.gs1.org/8004/9520614141234567",
    "deviceMetadata": "urn:x:meta",
    "exception": "ERROR_CONDITION",
    "hexBinaryValue": "0aF1",
    "maxValue": 5,
    "meanValue": 4,
    "microorganism": "urn:x:brucella",
    "minValue": -1.5,
    "percRank": 50,
    "percValue": 3,
    "rawData": "urn:x:raw",
    "sDev": 0.25,
    "stringValue": "steady",
    "time": "2026-06-12T06:10:00Z",
    "uriValue": "urn:x:value",
    "caravan:probe": {"depth": 4},
}

ADMITTED = {
    "observing": observing(),
    "milking": milking(),
    "transforming": transforming(),
    "a-side-of-a-transformation": transforming(
        outputQuantityList=REMOVE, transformationID=f"https://{HOST}/id/pooling/1"
    ),
    "the-other-side-of-a-transformation": transforming(
        inputQuantityList=REMOVE, transformationID=f"https://{HOST}/id/pooling/1"
    ),
    "transforming-with-ilmd": transforming(ilmd={"cbvmda:lotNumber": "7"}),
    "packing": packing(),
    "packing-a-quantity": packing(
        childEPCs=REMOVE, childQuantityList=[{"epcClass": POOLED, "quantity": 12}]
    ),
    "unpacking-everything": packing(action="DELETE", childEPCs=REMOVE),
    "seen-packed-in-nothing-known": packing(action="OBSERVE", parentID=REMOVE),
    "tagging": packing("AssociationEvent", parentID=ANIMAL),
    "trading": trading(),
    "cancelling-a-trade": trading(action="DELETE", epcList=REMOVE, parentID=CASE),
    "location-source-destination-and-slip": observing(
        bizLocation={"id": PLACE, "caravan:gate": "north"},
        bizTransactionList=[{"bizTransaction": "urn:x:slip:7"}],
        sourceList=[{"type": "owning_party", "source": PARTY}],
        destinationList=[{"type": "location", "destination": PLACE}],
    ),
    "an-own-kind-of-slip": observing(
        bizTransactionList=[{"type": "caravan:milkSlip", "bizTransaction": "urn:x:7"}]
    ),
    "certificates": observing(certificationInfo=["urn:x:1", "urn:x:2"]),
    "a-certificate": observing(certificationInfo="urn:x:1"),
    "error-declaration": observing(
        errorDeclaration={
            "declarationTime": "2026-06-13T06:10:00Z",
            "reason": "incorrect_data",
            "correctiveEventIDs": ["urn:x:2"],
            "caravan:by": "clerk",
        }
    ),
    "error-for-a-reason-of-our-own": observing(
        errorDeclaration={
            "declarationTime": "2026-06-13T06:10:00Z",
            "reason": "caravan:typo",
        }
    ),
    "full-sensor-report": sensing(**FULL_REPORT),
    "full-sensor-metadata": measuring(
        bizRules="urn:x:rules",
        dataProcessingMethod="urn:x:method",
        deviceID="urn:x:device",
        deviceMetadata="urn:x:meta",
        endTime="2026-06-12T06:10:00Z",
        rawData="urn:x:raw",
        startTime="2026-06-12T06:00:00Z",
        time="2026-06-12T06:05:00Z",
    ),
    "measurement-of-our-own": sensing(type="caravan:milk", component="caravan:fat"),
    "persistent": observing(
        persistentDisposition={"set": ["recalled"], "unset": ["active"]}
    ),
    "label": observing(caravan_label={"root": HASH, "size": 7}),
    "source": observing(caravan_source={"register": "herd book", "record": "7"}),
    "counter": observing(caravan_seq=1, caravan_prev=HASH),
    "commitment": observing(caravan_keeper={"caravan:commit": HASH}),
    "chinese": observing(caravan_note="柯坪县 骆驼奶"),
    "arabic-and-emoji": observing(caravan_note="حليب الإبل 🐪"),
    "text-of-256-bytes": observing(caravan_note="é" * 128),
    "uri-of-512-bytes": observing(certificationInfo="urn:" + "x" * 508),
    "zero-is-a-quantity": weighing(quantity=0, uom="KGM"),
    "no-unit": weighing(quantity=3),
    "nothing-but-a-class": weighing(),
}

LIES = {
    "context": (observing(**{"@context": []}), "/@context"),
    "record-time": (observing(recordTime="2026-06-12T06:10:00Z"), "/recordTime"),
    "made-up-member": (observing(animalsMilked=22), "/animalsMilked"),
    "unknown-prefix": (observing(**{"cv:animalsMilked": 22}), "/cv:animalsMilked"),
    "prefix-alone": (observing(**{"caravan:": 22}), "/caravan:"),
    "member-with-a-slash": (observing(**{"a/b~c": 1}), "/a~1b~0c"),
    "uri-as-a-member": (observing(**{"https://a.b/c": 1}), "/https:~1~1a.b~1c"),
    "about-nothing": (event(epcList=[]), ""),
    "no-subject-member": (event(), ""),
    "object-without-action": (observing(action=REMOVE), "/action"),
    "aggregation-without-action": (packing(action=REMOVE), "/action"),
    "association-without-action": (
        packing("AssociationEvent", action=REMOVE),
        "/action",
    ),
    "transaction-without-action": (trading(action=REMOVE), "/action"),
    "transformation-with-action": (transforming(action="ADD"), "/action"),
    "inputs-of-an-object-event": (observing(inputEPCList=[RAW]), "/inputEPCList"),
    "children-of-an-object-event": (observing(childEPCs=[POUCH]), "/childEPCs"),
    "epcs-of-a-transformation": (transforming(epcList=[RAW]), "/epcList"),
    "persistent-in-an-aggregation": (
        packing(persistentDisposition={"set": ["active"]}),
        "/persistentDisposition",
    ),
    "ilmd-of-what-is-only-observed": (observing(ilmd={"caravan:a": 1}), "/ilmd"),
    "ilmd-in-an-aggregation": (packing(ilmd={"caravan:a": 1}), "/ilmd"),
    "ilmd-without-prefix": (
        observing(action="ADD", ilmd={"lot": 1}),
        "/ilmd/lot",
    ),
    "ilmd-is-a-text": (observing(action="ADD", ilmd="lot"), "/ilmd"),
    "transformation-of-nothing": (
        transforming(inputQuantityList=[]),
        "/inputQuantityList",
    ),
    "transformation-into-nothing": (
        transforming(outputQuantityList=REMOVE),
        "/outputQuantityList",
    ),
    "transformation-of-an-id-alone": (
        event("TransformationEvent", transformationID=ANIMAL),
        "/inputQuantityList",
    ),
    "packing-nothing": (packing(childEPCs=REMOVE), "/childEPCs"),
    "packing-into-nothing": (packing(parentID=REMOVE), "/parentID"),
    "unpacking-from-nothing": (
        packing(action="DELETE", parentID=REMOVE),
        "/parentID",
    ),
    "association-with-nothing": (
        packing("AssociationEvent", action="OBSERVE", parentID=REMOVE),
        "/parentID",
    ),
    "transaction-without-a-slip": (
        trading(bizTransactionList=REMOVE),
        "/bizTransactionList",
    ),
    "transaction-with-no-slip": (trading(bizTransactionList=[]), "/bizTransactionList"),
    "transaction-about-a-parent-alone": (
        trading(epcList=REMOVE, parentID=CASE),
        "/epcList",
    ),
    "an-epc-twice": (observing(epcList=[ANIMAL, POUCH, ANIMAL]), "/epcList/2"),
    "biz-step-that-cbv-has-not": (observing(bizStep="milking"), "/bizStep"),
    "disposition-that-cbv-has-not": (observing(disposition="fresh"), "/disposition"),
    "set-that-cbv-has-not": (
        observing(persistentDisposition={"set": ["active", "fresh"]}),
        "/persistentDisposition/set/1",
    ),
    "set-of-nothing": (
        observing(persistentDisposition={"set": []}),
        "/persistentDisposition/set",
    ),
    "set-twice": (
        observing(persistentDisposition={"unset": ["active", "active"]}),
        "/persistentDisposition/unset/1",
    ),
    "persistent-of-nothing": (
        observing(persistentDisposition={}),
        "/persistentDisposition",
    ),
    "persistent-with-more": (
        observing(persistentDisposition={"set": ["active"], "caravan:a": 1}),
        "/persistentDisposition/caravan:a",
    ),
    "read-point-with-more": (
        observing(readPoint={"id": PLACE, "name": "north"}),
        "/readPoint/name",
    ),
    "location-is-its-id": (observing(bizLocation=PLACE), "/bizLocation"),
    "location-without-id": (observing(bizLocation={}), "/bizLocation/id"),
    "location-in-another-spelling": (
        observing(bizLocation={"id": "https://id.gs1.org/414/9520123456789"}),
        "/bizLocation/id",
    ),
    "location-by-name": (observing(bizLocation={"id": "north"}), "/bizLocation/id"),
    "slips-are-no-list": (observing(bizTransactionList={}), "/bizTransactionList"),
    "slip-without-an-id": (
        observing(bizTransactionList=[{"type": "po"}]),
        "/bizTransactionList/0/bizTransaction",
    ),
    "slip-of-an-unknown-type": (
        observing(bizTransactionList=[{"type": "slip", "bizTransaction": "urn:x:1"}]),
        "/bizTransactionList/0/type",
    ),
    "slip-that-is-no-uri": (
        observing(bizTransactionList=[{"bizTransaction": "slip 7"}]),
        "/bizTransactionList/0/bizTransaction",
    ),
    "slip-of-a-wrong-gs1-key": (
        observing(
            bizTransactionList=[{"bizTransaction": "https://id.gs1.org/253/1"}],
        ),
        "/bizTransactionList/0/bizTransaction",
    ),
    "source-without-a-type": (
        observing(sourceList=[{"source": PARTY}]),
        "/sourceList/0/type",
    ),
    "source-of-an-unknown-type": (
        observing(sourceList=[{"type": "seller", "source": PARTY}]),
        "/sourceList/0/type",
    ),
    "destination-that-is-no-identifier": (
        observing(destinationList=[{"type": "location", "destination": "urn:x:1"}]),
        "/destinationList/0/destination",
    ),
    "destination-in-the-source-list": (
        observing(sourceList=[{"type": "location", "destination": PLACE}]),
        "/sourceList/0/source",
    ),
    "certificate-that-is-no-uri": (
        observing(certificationInfo=["urn:x:1", "organic"]),
        "/certificationInfo/1",
    ),
    "declaration-without-a-time": (
        observing(errorDeclaration={}),
        "/errorDeclaration/declarationTime",
    ),
    "declaration-at-no-time": (
        observing(errorDeclaration={"declarationTime": "yesterday"}),
        "/errorDeclaration/declarationTime",
    ),
    "declaration-at-a-number": (
        observing(errorDeclaration={"declarationTime": 7}),
        "/errorDeclaration/declarationTime",
    ),
    "declaration-for-an-unknown-reason": (
        observing(
            errorDeclaration={
                "declarationTime": "2026-06-13T06:10:00Z",
                "reason": "typo",
            }
        ),
        "/errorDeclaration/reason",
    ),
    "quantity-in-quotes": (
        weighing(quantity="41.6", uom="KGM"),
        "/quantityList/0/quantity",
    ),
    "quantity-is-true": (weighing(quantity=True), "/quantityList/0/quantity"),
    "quantity-below-zero": (weighing(quantity=-0.5), "/quantityList/0/quantity"),
    "quantity-with-an-extension": (
        weighing(**{"caravan:net": 1}),
        "/quantityList/0/caravan:net",
    ),
    "unit-without-a-quantity": (weighing(uom="KGM"), "/quantityList/0/quantity"),
    "quantity-in-degrees": (
        weighing(quantity=4, uom="CEL"),
        "/quantityList/0/uom",
    ),
    "unit-is-a-number": (weighing(quantity=4, uom=7), "/quantityList/0/uom"),
    "sensors-are-no-list": (observing(sensorElementList={}), "/sensorElementList"),
    "sensor-is-no-object": (observing(sensorElementList=[7]), "/sensorElementList/0"),
    "sensor-without-reports": (
        observing(sensorElementList=[{"sensorMetadata": {}}]),
        "/sensorElementList/0/sensorReport",
    ),
    "sensor-with-no-report": (
        observing(sensorElementList=[{"sensorReport": []}]),
        "/sensorElementList/0/sensorReport",
    ),
    "report-without-a-type": (
        sensing(type=REMOVE),
        "/sensorElementList/0/sensorReport/0/type",
    ),
    "metadata-with-more": (
        measuring(place="north"),
        "/sensorElementList/0/sensorMetadata/place",
    ),
    "metadata-at-no-time": (
        measuring(time="06:10"),
        "/sensorElementList/0/sensorMetadata/time",
    ),
    **{
        f"report-with-a-wrong-{member}": (
            sensing(**{member: value}),
            f"/sensorElementList/0/sensorReport/0/{member}",
        )
        for member, value in {
            "type": "Fat",
            "component": "fat",
            "exception": "ALARM",
            "value": "3.8",
            "minValue": None,
            "maxValue": [5],
            "meanValue": True,
            "sDev": "1",
            "percRank": "1",
            "percValue": {},
            "stringValue": 7,
            "booleanValue": "yes",
            "hexBinaryValue": "0x1",
            "uriValue": "none",
            "time": "2026-06-12",
            "deviceID": "fridge 7",
            "deviceMetadata": 7,
            "rawData": "",
            "dataProcessingMethod": "x",
            "bizRules": "x",
            "microorganism": "Brucella",
            "chemicalSubstance": "lactose",
            "coordinateReferenceSystem": "WGS 84",
            "uom": 7,
            "fat": 3.8,
        }.items()
    },
    "label-with-more": (
        observing(caravan_label={"root": HASH, "size": 7, "by": "x"}),
        "/caravan:label/by",
    ),
    "source-with-more": (
        observing(caravan_source={"register": "a", "record": "b", "page": 4}),
        "/caravan:source/page",
    ),
    "commitment-of-31-bytes": (
        observing(caravan_keeper=[{"caravan:commit": HASH[4:]}]),
        "/caravan:keeper/0/caravan:commit",
    ),
    "commitment-at-the-top": (
        observing(**{"caravan:commit": "secret"}),
        "/caravan:commit",
    ),
    "commitment-at-a-place": (
        observing(bizLocation={"id": PLACE, "caravan:commit": 7}),
        "/bizLocation/caravan:commit",
    ),
}

CHARACTERS = {
    "nul": "\0",
    "tab": "\t",
    "newline": "\n",
    "escape": "\x1b",
    "delete": "\x7f",
    "next-line": "\x85",
    "arabic-letter-mark": "\u061c",
    "left-to-right-mark": "\u200e",
    "right-to-left-mark": "\u200f",
    "right-to-left-override": "\u202e",
    "left-to-right-embedding": "\u202a",
    "first-isolate": "\u2066",
    "pop-isolate": "\u2069",
    "fdd0": "\ufdd0",
    "fdef": "\ufdef",
    "fffe": "\ufffe",
    "ffff": "\uffff",
    "last-of-plane-1": "\U0001ffff",
    "last-of-all": "\U0010ffff",
    "decomposed": "e\u0301",
    "angstrom-sign": "\u212b",
    "hangul-in-parts": "\u1112\u1161\u11ab",
}


@pytest.mark.parametrize("body", ADMITTED.values(), ids=ADMITTED.keys())
def test_an_honest_event_is_admitted(body):
    check(body)


@pytest.mark.parametrize(("body", "pointer"), LIES.values(), ids=LIES.keys())
def test_what_epcis_does_not_have_is_refused_where_it_stands(body, pointer):
    assert refused(body) == ("schema", pointer)


@pytest.mark.parametrize("text", CHARACTERS.values(), ids=CHARACTERS.keys())
def test_characters_that_mislead_are_refused_wherever_they_stand(text):
    spoiled = f"camel{text}milk"

    assert refused(observing(caravan_note=spoiled)) == ("character", "/caravan:note")
    assert refused(observing(caravan_list=[{"a": ["b", spoiled]}])) == (
        "character",
        "/caravan:list/0/a/1",
    )
    name = f"/caravan:map/{spoiled}"
    assert refused(observing(caravan_map={spoiled: 1})) == ("character", name)
    with pytest.raises(RefusedError) as refusal:
        check_directory_admission({"action": "admit", "name": spoiled})
    assert (refusal.value.code, refusal.value.pointer) == ("character", "/name")


def test_a_refusal_does_not_repeat_the_characters_it_refuses():
    with pytest.raises(RefusedError) as refusal:
        check(observing(caravan_map={"a\u202eb\x1b": 1}))

    assert str(refusal.value).isascii()
    assert str(refusal.value).isprintable()


@given(
    st.text(alphabet=st.characters(categories=["L", "M", "N", "P", "S"]), max_size=40)
)
def test_any_visible_text_in_nfc_is_admitted(text):
    check(observing(caravan_note=unicodedata.normalize("NFC", text)))


def refusal_of_text(text):
    """Return the code by which one text is refused, or None."""
    try:
        check_characters(text, "")
    except RefusedError as error:
        return error.code
    return "too-large" if len(text.encode()) > 256 else None


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
        | st.sampled_from(["a" * 256, "é" * 129, "\x7f", '"', "\\", "\u0301"]),
        max_size=3,
    )
)
def test_texts_together_are_refused_when_one_of_them_is(texts):
    want = {refusal_of_text(text) for text in texts} - {None}

    if want:
        assert refused(observing(caravan_list=texts))[0] in want
    else:
        check(observing(caravan_list=texts))


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        pytest.param(
            observing(caravan_note="é" * 128 + "x"), "/caravan:note", id="257-bytes"
        ),
        pytest.param(
            observing(caravan_note="see: " + "x" * 252), "/caravan:note", id="no-uri"
        ),
        pytest.param(
            observing(certificationInfo="urn:" + "x" * 509),
            "/certificationInfo",
            id="uri-of-513-bytes",
        ),
        pytest.param(
            observing(epcList=[f"https://{HOST}/id/" + "x" * 512]),
            "/epcList/0",
            id="long-identifier",
        ),
        pytest.param(
            observing(caravan_map={"x" * 257: 1}),
            "/caravan:map/" + "x" * 257,
            id="member-name",
        ),
    ],
)
def test_a_long_text_is_refused_where_it_stands(body, pointer):
    assert refused(body) == ("too-large", pointer)


def test_a_statement_of_16_kib_is_the_largest():
    check(observing(), entry_size=16 * 1024)

    assert refused(observing(), entry_size=16 * 1024 + 1) == ("too-large", None)


def test_an_event_may_be_24_hours_ahead_and_no_more():
    day_ms = 24 * 60 * 60 * 1000

    check(observing(), now_ms=NOW_MS - day_ms)

    late = observing(eventTime="2026-06-12T06:10:00.000001+08:00")
    assert refused(late, now_ms=NOW_MS - day_ms) == ("future-time", "/eventTime")
    assert refused(observing(), now_ms=NOW_MS - day_ms - 1)[0] == "future-time"


def test_an_event_may_be_as_old_as_it_is():
    check(observing(eventTime="0001-01-01T00:00:00Z"))


@pytest.mark.parametrize("code", sorted(UNITS))
def test_every_unit_of_the_table_may_be_measured_in(code):
    check(sensing(uom=code))


@pytest.mark.parametrize("code", ["kg", "KG", "XYZ", "", "KGM ", "公斤"])
def test_an_unknown_unit_is_refused_where_it_stands(code):
    report = "/sensorElementList/0/sensorReport/0/uom"
    assert refused(sensing(uom=code)) == ("unknown-unit", report)
    assert refused(weighing(quantity=1, uom=code)) == (
        "unknown-unit",
        "/quantityList/0/uom",
    )


@pytest.mark.parametrize(
    ("member", "words"),
    [
        pytest.param("bizStep", BIZ_STEPS, id="biz-steps"),
        pytest.param("disposition", DISPOSITIONS, id="dispositions"),
    ],
)
def test_every_word_of_cbv_is_admitted(member, words):
    for word in words:
        check(observing(**{member: word}))


def test_every_measurement_and_component_is_admitted():
    for word in MEASUREMENTS:
        check(sensing(type=word))
    for word in COMPONENTS:
        check(sensing(component=word))


def test_there_is_an_admitted_event_of_every_type():
    assert {body["type"] for body in ADMITTED.values()} == set(EVENT_TYPES)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "type", "set", "sensorReport", "value", "uom", "quantity", "a"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
UNREAD = [
    "bizLocation",
    "bizTransactionList",
    "sourceList",
    "destinationList",
    "sensorElementList",
    "certificationInfo",
    "ilmd",
    "caravan:note",
]


@given(st.sampled_from(UNREAD), JSON)
def test_any_value_of_any_member_is_admitted_or_refused_by_name(member, value):
    body = observing(action="ADD") | {member: value}

    pointer = f"/{member}"
    try:
        event_ = parse_event(body, host=HOST)
        check_event_admission(event_, host=HOST, now_ms=NOW_MS, entry_size=900)
    except RefusedError as refusal:
        pointer = refusal.pointer or ""

    assert pointer.startswith(f"/{member}")


def test_a_directory_statement_in_honest_words_is_admitted():
    check_directory_admission(
        {"action": "admit", "name": "柯坪骆驼合作社", "places": []}
    )
