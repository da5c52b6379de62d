"""What a verdict says of witnesses: who, since when, and whose clock is wrong."""

import pytest

from ledger.errors import CannotCheckError
from ledger.trust import Trust
from ledger.verify import verify_passport
from tests.support.judge_lies import spelled, spelled_refusal
from tests.support.vectors import cases


def judged(case):
    trust = Trust(case["policy"].encode(), "yours", case["now_ms"])
    try:
        found = verify_passport(
            case["passport"].encode(), subject=case["subject"], trust=trust
        )
    except CannotCheckError as error:
        return {"want": error.code, "step": error.step, **spelled_refusal(error)}
    report = spelled(found)
    return {"want": "ok", "step": None} | {name: report[name] for name in REPORTED}


REPORTED = ("absent", "label_size", "witnessing")


@pytest.mark.parametrize("case", cases("verify/witnesses.json"))
def test_what_witnesses_vouch_for_is_told_and_who_they_are(case):
    want = {"want": case["want"], "step": case["step"]}

    assert judged(case) == want | case.get("report", {}) | case.get("refusal", {})
