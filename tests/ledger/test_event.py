import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.encoding import canonical, parse_canonical
from ledger.errors import EventError
from ledger.event import ALARMS, MAX_SUBJECTS, body_without_declaration, parse_event
from tests.support.make_vectors import event as maker

VECTORS = Path(__file__).parents[1] / "vectors/event"
HOST = maker.HOST
READ_MEMBERS = [
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
    "caravan:seq",
    "caravan:prev",
    "caravan:label",
    "caravan:source",
]

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15) + 1, 10**15 - 1)
    | st.decimals(-100, 100, places=1).map(lambda n: Decimal(str(n)).normalize())
    | st.text(max_size=20)
    | st.sampled_from([maker.ANIMAL, maker.RAW, "recalled", "ADD", maker.HASH]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "epcClass", "set", "unset", "root", "size", "record"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


def cases(name):
    content = json.loads((VECTORS / name).read_text())
    return [pytest.param(case, id=case["name"]) for case in content["cases"]]


def told(event):
    """Return an event in the form of the vectors."""
    label = event.label and {
        "root_hex": event.label.root.hex(),
        "size": event.label.size,
    }
    source = event.source and {
        "record": event.source.record,
        "register": event.source.register,
    }
    return {
        "type": event.type,
        "event_id": event.event_id,
        "event_time": event.event_time,
        "instant_us": str(event.instant_us),
        "offset_minutes": event.offset_minutes,
        "action": event.action,
        "biz_step": event.biz_step,
        "disposition": event.disposition,
        "set": list(event.set),
        "unset": list(event.unset),
        "read_point": event.read_point,
        "is_error_declaration": event.is_error_declaration,
        "is_alarm": event.is_alarm,
        "subjects": list(event.subjects),
        "created": list(event.created),
        "seq": event.seq,
        "prev_hex": None if event.prev is None else event.prev.hex(),
        "label": label,
        "source": source,
    }


@pytest.mark.parametrize("case", cases("parse.json"))
def test_a_body_is_read_as_the_vectors_say(case):
    body = parse_canonical(case["body"].encode())

    if case["want"] == "ok":
        event = parse_event(body, host=HOST)
        assert told(event) == case["event"]
        assert event.body is body
        return
    with pytest.raises(EventError) as refusal:
        parse_event(body, host=HOST)
    assert refusal.value.code == case["want"]
    assert refusal.value.pointer == case["pointer"]


@pytest.mark.parametrize("case", cases("declaration.json"))
def test_a_declaration_leaves_the_event_as_the_vectors_say(case):
    body = parse_canonical(case["body"].encode())

    assert canonical(body_without_declaration(body)).decode() == case["want"]


def test_the_alarms_are_the_fifteen_of_the_blueprint():
    assert sorted(ALARMS) == sorted(maker.ALARMS)
    assert MAX_SUBJECTS == 1024


@given(st.sampled_from(READ_MEMBERS), JSON)
def test_any_value_of_a_member_is_read_or_malformed_and_named(member, value):
    body = maker.milking() | {member: value}

    pointer = None
    try:
        event = parse_event(body, host=HOST)
    except EventError as refusal:
        pointer = refusal.pointer or ""

    if pointer is None:
        assert list(event.subjects) == sorted(set(event.subjects))
        assert set(event.created) <= set(event.subjects)
    else:
        # A counter of 1 lacks its hash: that is said of the hash.
        known = [f"/{member}", "/caravan:prev" if "seq" in member else f"/{member}"]
        assert pointer.startswith(tuple(known))


@given(
    st.text(max_size=8).filter(lambda name: name not in READ_MEMBERS),
    JSON,
)
def test_a_member_outside_the_closed_list_changes_nothing_that_is_read(member, value):
    body = maker.milking()

    other = parse_event(body | {member: value}, host=HOST)

    assert told(other) == told(parse_event(body, host=HOST))


@given(st.datetimes(), st.integers(-840, 840))
def test_the_instant_is_the_local_time_less_the_offset(local, minutes):
    sign = "-" if minutes < 0 else "+"
    zone = f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    text = local.isoformat() + zone

    event = parse_event(
        maker.event(eventTime=text, eventTimeZoneOffset=zone), host=HOST
    )

    assert event.instant_us == maker.instant_us(text)
    assert event.offset_minutes == minutes
