import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.action import action_subjects, introduced_key, parse_action
from ledger.encoding import parse_canonical
from ledger.errors import MalformedError
from ledger.seal import parse_time
from tests.support.make_vectors import action as maker
from tests.support.reference import statement as reference
from tests.support.vectors import cases, outcome

NAMES = {"host": maker.HOST, "origin": maker.ORIGIN}
BODIES = [body for body, *_ in maker.true_bodies().values()]
VALUES = (
    st.none()
    | st.booleans()
    | st.integers(0, 99)
    | st.text(max_size=9)
    | st.lists(st.text(max_size=3), max_size=2)
    | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2)
)


def parse(text):
    return parse_action(parse_canonical(text.encode()), **NAMES)


@pytest.mark.parametrize("case", cases("action/forms.json"))
def test_a_body_is_an_action_or_malformed_at_the_member_named(case):
    assert outcome(parse, case["body"]) == case["want"]
    if case["want"] == "ok":
        action = parse(case["body"])
        introduced = introduced_key(action)
        assert list(action_subjects(action)) == case["subjects"]
        assert (introduced and introduced.to_text()) == case["introduced"]
    else:
        with pytest.raises(MalformedError) as refusal:
            parse(case["body"])
        assert refusal.value.pointer == case["pointer"]


def test_what_is_not_said_is_not_assumed():
    plain = parse(reference.canonical(maker.AUTHORIZE))
    told = parse(reference.canonical(maker.ALL_OPTIONS))

    assert (plain.rights, plain.until_ms, plain.on_behalf_of) == (None, None, None)
    assert not plain.is_importer
    assert not plain.is_officer
    assert told.until_ms == parse_time(maker.UNTIL)
    assert told.is_importer
    assert told.is_officer
    assert told.on_behalf_of == maker.PLANT


def test_rights_shared_by_two_are_within_both():
    admit = parse(reference.canonical(maker.ADMIT)).rights
    narrow = parse(reference.canonical(maker.ALL_OPTIONS)).rights

    assert narrow.is_within(admit)
    assert not admit.is_within(narrow)
    assert admit.shared_with(narrow) == narrow.shared_with(admit) == narrow


@given(st.sampled_from(BODIES), st.data())
def test_a_body_with_anything_in_it_is_an_action_or_malformed(body, data):
    member = data.draw(st.sampled_from([*body, "rights", "until", "x"]))
    lie = {**body, member: data.draw(VALUES)}

    assert outcome(parse_action, lie, **NAMES) in {"ok", "statement-format"}


@given(st.dictionaries(st.text(), VALUES))
def test_random_objects_are_malformed(body):
    assert outcome(parse_action, body, **NAMES) == "statement-format"


def test_what_is_read_of_every_action_is_pinned_by_one_hash():
    hashed = hashlib.sha256()
    for body in BODIES:
        action = parse(reference.canonical(body))
        for subject in action_subjects(action):
            hashed.update(subject.encode() + b"\n")
        introduced = introduced_key(action)
        hashed.update(b"-" if introduced is None else introduced.to_text().encode())

    assert hashed.hexdigest() == (
        "c5ce72c42d6c58ca2f66837ee59fb6be12887e20fec3ed2b666071f5d13487d1"
    )
