import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.admission import check_event_admission, check_profile_admission
from ledger.disclosure import (
    check_disclosures,
    check_value,
    parse_disclosures,
    profile_in_force,
)
from ledger.encoding import canonical, decode_base64, encode_base64, parse_canonical
from ledger.errors import LedgerError, SchemaError
from ledger.event import parse_event
from ledger.goods import LoggedEvent
from tests.support.make_vectors import disclosure as maker
from tests.support.vectors import cases, outcome


def read(body):
    return parse_event(parse_canonical(canonical(body)), host=maker.HOST)


@pytest.mark.parametrize("case", cases("disclosure/parse.json"))
def test_a_document_is_read_in_its_one_spelling(case):
    data = case["document"].encode()

    assert outcome(parse_disclosures, data) == case["want"]
    if case["want"] == "ok":
        assert parse_disclosures(data).to_bytes() == data


@pytest.mark.parametrize("case", cases("disclosure/value.json"))
def test_a_member_holds_what_it_may(case):
    value = case["value"] + "A" * case["then"]

    assert outcome(check_value, case["member"], value) == case["want"]


@pytest.mark.parametrize("case", cases("disclosure/profile.json"))
def test_the_newest_own_profile_is_in_force(case):
    events = [
        LoggedEvent(each["index"], tuple(each["parties"]), read(each["body"]))
        for each in case["events"]
    ]

    found = profile_in_force(case["subject"], events)

    if found is not None:
        found = {member: encode_base64(each) for member, each in found.items()}
    assert found == case["want"]


@pytest.mark.parametrize("case", cases("disclosure/check.json"))
def test_only_what_opens_its_commitment_is_shown(case):
    profile = {m: decode_base64(text) for m, text in case["profile"].items()}
    items = parse_disclosures(case["document"].encode()).items

    shown = check_disclosures(profile, items)

    assert [[s.member, s.state, s.value] for s in shown] == case["want"]


@given(st.binary())
def test_random_bytes_are_a_document_or_malformed(data):
    assert outcome(parse_disclosures, data) in {"ok", "malformed"}


REFUSED = [
    case for case in cases("disclosure/parse.json") if case.values[0]["want"] != "ok"
]


@pytest.mark.parametrize("case", REFUSED)
def test_no_refusal_quotes_what_it_refuses(case):
    with pytest.raises(LedgerError) as refusal:
        parse_disclosures(case["document"].encode())

    assert "household" not in str(refusal.value)
    assert "artificial" not in str(refusal.value)


def admit(logged):
    event = read(logged["body"])
    check_event_admission(
        event, host=maker.HOST, now_ms=2_000_000_000_000, entry_size=900
    )
    check_profile_admission(event, party=logged["parties"][0])


@pytest.mark.parametrize("members", [[], ["name"], ["name", "photo", "story"]])
def test_a_profile_is_admitted(members):
    admit(maker.profiling(4, members))


HERD = f"https://{maker.HOST}/id/animal/7"


@pytest.mark.parametrize(
    ("pointer", "logged"),
    [
        pytest.param(
            "/caravan:profile/address",
            maker.profiling(4, {"address": {"caravan:commit": "x"}}),
            id="member-nobody-knows",
        ),
        pytest.param(
            "/caravan:profile/name",
            maker.profiling(4, {"name": "in the open"}),
            id="value-in-the-open",
        ),
        pytest.param(
            "/caravan:profile/name/value",
            maker.profiling(
                4,
                {"name": {"caravan:commit": maker.commitment("name"), "value": "x"}},
            ),
            id="value-beside-it",
        ),
        pytest.param(
            "/caravan:profile/name/caravan:commit",
            maker.profiling(4, {"name": {"caravan:commit": "x"}}),
            id="no-commitment",
        ),
        pytest.param("/caravan:profile", maker.profiling(4, "x"), id="text"),
        pytest.param(
            "/epcList", maker.profiling(4, [], subject=HERD), id="about-an-animal"
        ),
        pytest.param(
            "/epcList",
            maker.profiling(4, [], epcList=[maker.PARTY, HERD]),
            id="about-two",
        ),
        pytest.param("/action", maker.profiling(4, [], action="ADD"), id="action"),
        pytest.param(
            "/caravan:profile",
            maker.profiling(4, [], disposition="recalled"),
            id="with-a-disposition",
        ),
        pytest.param(
            "/caravan:profile",
            maker.profiling(4, ["name"], party=maker.OTHER),
            id="by-another-party",
        ),
    ],
)
def test_another_profile_is_not_admitted(pointer, logged):
    with pytest.raises(SchemaError) as refusal:
        admit(logged)

    assert refusal.value.pointer == pointer
