"""The verifier of a passport: each lie falls at its step, and the honest one holds."""

import pytest

from ledger.errors import LedgerError
from ledger.trust import Trust
from ledger.verify import verify_passport
from tests.support.forge import ANIMAL, honest, policy_text
from tests.support.vectors import cases


def trust_of(case):
    return Trust(case["policy"].encode(), "yours", case["now_ms"])


@pytest.mark.parametrize("case", cases("verify/passports.json"))
def test_a_passport_is_judged_at_the_right_step_for_the_right_reason(case):
    got = {"want": "ok", "step": None, "index": None}
    flags = []
    try:
        report = verify_passport(
            case["passport"].encode(), subject=case["subject"], trust=trust_of(case)
        )
        flags = [[flag.index, flag.code] for s in report.statements for flag in s.flags]
    except LedgerError as error:
        got = {"want": error.code, "step": error.step, "index": error.index}

    assert got == {name: case[name] for name in got}
    assert flags == case.get("flags", flags)


def test_what_was_not_checked_is_named():
    forge = honest()
    trust = Trust(policy_text().encode(), "server", forge.now_ms)

    report = verify_passport(forge.passport().to_bytes(), subject=ANIMAL, trust=trust)

    assert report.absent == ("completeness", "closure", "standing", "witnesses")
    assert report.policy_source == "server"
    assert [s.judged.index for s in report.statements] == [5, 6, 8, 9]
