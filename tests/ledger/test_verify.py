"""The verifier of a passport: each lie falls at its step, and the honest one holds."""

import pytest

from ledger.encoding import canonical, parse_json
from ledger.errors import LedgerError, PassportError
from ledger.passport import parse_passport
from ledger.trust import Trust
from ledger.verify import verify_passport
from tests.support.forge import ANIMAL, honest, policy_text
from tests.support.vectors import cases


def trust_of(case):
    return Trust(case["policy"].encode(), "yours", case["now_ms"])


@pytest.mark.parametrize(
    "case",
    [
        case
        for file in ("passports", "lists", "closures", "alarms", "labels")
        for case in cases(f"verify/{file}.json")
    ],
)
def test_a_passport_is_judged_at_the_right_step_for_the_right_reason(case):
    got = {"want": "ok", "step": None, "index": None}
    flags, report = [], {}
    try:
        found = verify_passport(
            case["passport"].encode(),
            subject=case["subject"],
            lot=case.get("lot"),
            label=case.get("label"),
            trust=trust_of(case),
        )
        flags = [[flag.index, flag.code] for s in found.statements for flag in s.flags]
        report = spelled(found)
    except LedgerError as error:
        got = {"want": error.code, "step": error.step, "index": error.index}

    assert got == {name: case[name] for name in got}
    assert flags == case.get("flags", flags)
    want = case.get("report", {})
    assert {name: report[name] for name in want} == want


def spelled(found):
    """Return what a report says, as the vectors spell it."""
    return {
        "lot": found.lot,
        "members": [[m.subject, m.relation, m.level, m.is_open] for m in found.members],
        "alarms": [[a.subject, a.word, a.index, a.is_judged] for a in found.alarms],
        "cycle": [*found.cycle],
        "shown": [s.judged.index for s in found.statements],
        "apart": [s.judged.index for s in found.statements if s.is_apart],
        "about": [[s.judged.index, [*s.about]] for s in found.statements],
        "absent": [*found.absent],
        "label_size": found.label_size,
    }


def test_what_was_not_checked_is_named():
    forge = honest()
    trust = Trust(policy_text().encode(), "server", forge.now_ms)

    report = verify_passport(forge.passport().to_bytes(), subject=ANIMAL, trust=trust)

    assert report.absent == ("replay", "witnesses", "label")
    assert report.policy_source == "server"
    assert [s.judged.index for s in report.statements] == [5, 6, 8, 9]


@pytest.mark.parametrize(
    ("pointer", "change"),
    [
        ("/lists", {"lists": []}),
        ("/lists", {"lists": {"proof": []}}),
        ("/lists/proof", {"lists": {"proof": "", "subjects": []}}),
        ("/lists/subjects", {"lists": {"proof": [], "subjects": {}}}),
        ("/lists/subjects/0", {"lists": {"proof": [], "subjects": [["a"]]}}),
        ("/lists/subjects/0/0", {"lists": {"proof": [], "subjects": [["", []]]}}),
        (
            "/lists/subjects/1/0",
            {"lists": {"proof": [], "subjects": [["b", []], ["a", []]]}},
        ),
        ("/lists/subjects/0/1", {"lists": {"proof": [], "subjects": [["a", 5]]}}),
        (
            "/lists/subjects/0/1/1",
            {"lists": {"proof": [], "subjects": [["a", [5, 5]]]}},
        ),
        ("/entries/0/0", {"entries": [[True, ""]]}),
        (None, {"verdict": "verified"}),
    ],
)
def test_a_document_that_is_no_passport_is_refused_where_it_is_wrong(pointer, change):
    document = parse_json(honest().passport().to_bytes()) | change

    with pytest.raises(PassportError) as refusal:
        parse_passport(canonical(document))

    assert refusal.value.pointer == pointer


def test_a_passport_is_read_as_it_was_written():
    passport = honest().passport()

    assert parse_passport(passport.to_bytes()) == passport
