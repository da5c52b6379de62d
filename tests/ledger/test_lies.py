"""The one who runs a ledger lies: each lie falls at its step, or changes nothing.

The lies are those of ``tests.support.liar``; the browser's script is held to the same
vectors in ``tests/web/lies.test.js``, and the page itself in
``tests/web/test_page_liar.py``. Who finds what a passport does not give away is in
``tests/ledger/test_lies_found.py``.
"""

from collections import Counter

import pytest

from ledger.errors import LedgerError
from tests.support.judge_lies import found_in, problem_with, read_cases
from tests.support.liar import GROUPS, LIES, LIMITS, judged, told
from tests.support.lies.told import story
from tests.support.pouch import TANK

CASES = {
    name: case for g in GROUPS for name, case in read_cases(f"lies/{g}.json").items()
}


def test_nobody_is_lied_to_by_the_true_story():
    found = judged(story().serve())

    assert [(alarm.subject, alarm.word) for alarm in found.alarms] == [
        (TANK, "recalled")
    ]
    assert [statement.is_apart for statement in found.statements] == [False] * 10
    assert found.absent == ("replay", "witnesses", "label")


def test_every_lie_has_a_vector_and_every_step_a_lie():
    assert [*CASES] == [lie.name for lie in LIES]
    assert {lie.step for lie in LIES} == {*range(1, 20)}
    assert max(Counter(lie.says for lie in LIES).values()) == 1


@pytest.mark.parametrize("name", CASES)
def test_a_lie_falls_at_its_step_for_its_reason(name):
    assert problem_with(CASES[name]) == ""


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.name)
def test_no_lie_makes_the_recall_disappear(lie):
    """Scenario: whatever is not refused reports the alarms that there are."""
    found = found_in(CASES[lie.name])

    if isinstance(found, LedgerError):
        assert (found.step, found.code) == (lie.step, lie.code)
    else:
        assert lie.code == "alarm" or lie.step == 19
        assert [(a.subject, a.word) for a in found.alarms] == [*lie.alarms]
        assert sum(statement.is_apart for statement in found.statements) == lie.apart


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_what_one_passport_does_not_give_away_is_named_as_not_checked(limit):
    found = judged(told(limit))

    assert found.alarms == ()
    assert found.witnessing.ignored == limit.ignored
    if limit.absent is None:
        assert (found.absent, found.policy_source) == ((), "server")
    else:
        assert limit.absent in found.absent


@pytest.mark.parametrize(
    "limit", [limit for limit in LIMITS if limit.found], ids=lambda limit: limit.name
)
def test_what_one_passport_does_not_give_away_is_found_by_who_knows_more(limit):
    found = judged(limit.found())

    assert (found.step, found.code) == (limit.step, limit.code)
