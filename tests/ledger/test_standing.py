"""Standing: what vectors cannot say of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.action import parse_action
from ledger.directory import Directory
from ledger.event import parse_event
from ledger.goods import LoggedEvent
from ledger.standing import (
    Standing,
    alarms_of,
    destinations_of,
    standing_of,
    unjudged_alarms_of,
)
from tests.support.forge import HOST, ORIGIN, event_body

SUBJECT = f"https://{HOST}/id/maker/1"
PARTIES = [f"https://{HOST}/id/party/{word}" for word in ("maker", "b", "c", "d", "e")]
MAKER, *OTHERS = PARTIES
RIGHTS = {"persistent": [], "steps": []}


def admitted(party, *, index, kind="company", prefixes=(), places=()):
    body = {
        "action": "admit",
        "kind": kind,
        "party": party,
        "places": [*places],
        "prefixes": [*prefixes],
        "rights": RIGHTS,
    }
    return index, parse_action(body, host=HOST, origin=ORIGIN)


def directory(*admissions):
    found = Directory(ORIGIN)
    for index, action in admissions:
        found.put_party(index, action)
    return found


def said(index, *parties, **members):
    body = event_body(index, **{"epcList": [SUBJECT]} | members)
    return LoggedEvent(index, parties, parse_event(body, host=HOST))


MADE = {"action": "ADD", "bizStep": "commissioning"}
KNOWN = directory(admitted(MAKER, index=1, prefixes=[f"https://{HOST}/id/maker"]))

EVENTS = st.lists(
    st.builds(
        lambda signers, to, is_made: (
            tuple(signers),
            {"destinationList": [{"destination": name} for name in to]}
            | (MADE if is_made else {}),
        ),
        st.lists(st.sampled_from(PARTIES), min_size=1, max_size=3),
        st.lists(st.sampled_from(PARTIES), max_size=2),
        st.booleans(),
    ),
    max_size=8,
).map(lambda found: [said(10 + n, *p, **m) for n, (p, m) in enumerate(found)])


@given(EVENTS, st.randoms(use_true_random=False))
def test_standing_does_not_depend_on_the_order_of_events(events, chance):
    shuffled = chance.sample(events, len(events))

    assert standing_of(SUBJECT, shuffled, KNOWN) == standing_of(SUBJECT, events, KNOWN)


@given(EVENTS)
def test_standing_is_what_links_lead_to_from_the_creators(events):
    found = standing_of(SUBJECT, events, KNOWN)

    creators = {e.party for e in events if e.event.created and e.party == MAKER}
    reached = set(creators)
    for _ in range(len(PARTIES) + 1):
        for each in events:
            if reached & {*each.parties}:
                reached |= {*each.parties, *destinations_of(each.event)}
    assert found == Standing(frozenset(creators), frozenset(reached))


@given(EVENTS, st.sampled_from(OTHERS))
def test_what_a_stranger_says_gives_standing_to_nobody(events, stranger):
    before = standing_of(SUBJECT, events, KNOWN)
    word = said(99, stranger, destinationList=[{"destination": OTHERS[0]}], **MADE)

    if not before.covers(word):
        assert standing_of(SUBJECT, [*events, word], KNOWN) == before


def test_an_admission_counts_for_larger_indices_and_the_last_one_counts():
    first = admitted(MAKER, index=3, kind="authority")
    found = directory(first, admitted(MAKER, index=7, kind="company"))

    kinds = [found.party_at(MAKER, index) for index in (3, 4, 7, 8)]

    assert [party and party.kind for party in kinds] == [
        None,
        "authority",
        "authority",
        "company",
    ]
    assert found.party_at(OTHERS[0], 8) is None
    assert [party.admitted_at for party in found.admissions(MAKER)] == [3, 7]


def test_a_twin_of_a_directory_has_admissions_of_its_own():
    found = directory(admitted(MAKER, index=3))
    twin = found.copy()

    twin.put_party(*admitted(MAKER, index=5))

    assert len(found.admissions(MAKER)) == 1
    assert len(twin.admissions(MAKER)) == 2


@pytest.mark.parametrize(
    ("prefix", "creators"),
    [
        (f"https://{HOST}/id/maker", {MAKER}),
        (SUBJECT, {MAKER}),
        (f"https://{HOST}/id/make", set()),
        (f"{SUBJECT}/2", set()),
    ],
)
def test_a_prefix_ends_at_a_segment(prefix, creators):
    known = directory(admitted(MAKER, index=1, prefixes=[prefix]))

    assert standing_of(SUBJECT, [said(5, MAKER, **MADE)], known).creators == creators


@given(st.lists(st.booleans(), min_size=1, max_size=6))
def test_an_alarm_stands_from_the_last_lift_on(raises):
    standing = Standing(frozenset({MAKER}), frozenset({MAKER}))
    lift = {"persistentDisposition": {"unset": ["recalled"]}}
    events = [
        said(5 + n, MAKER, **({"disposition": "recalled"} if is_raised else lift))
        for n, is_raised in enumerate(raises)
    ]

    found = alarms_of(SUBJECT, reversed(events), standing, KNOWN)

    last_lift = max(
        (n for n, is_raised in enumerate(raises) if not is_raised), default=-1
    )
    assert [alarm.index for alarm in found] == [
        5 + n for n, is_raised in enumerate(raises) if is_raised and n > last_lift
    ]
    assert len(unjudged_alarms_of(SUBJECT, events, KNOWN)) == raises.count(True)
