"""Passports of the simulated season: what a first answer holds, and what all of it.

In little: that of the whole season is measured in ``tests/scenarios/test_demo.py``.
"""

import zlib

import pytest

from ledger.passport import parse_passport
from ledger.simulate.plan import SMALL
from ledger.trust import Trust
from ledger.verify import verify_passport
from tests.support.forge import START_MS, policy_text
from tests.support.seasons import logged_season, season

POLICY = policy_text().encode()
TRUST = Trust(POLICY, "yours", START_MS)
MARKS = season(SMALL).landmarks
MILKINGS = 6
"""Levels from a pouch to what was milked; the camels are one more."""
WITNESS_BYTES = 3 * 140 + 2 * 110
"""What the lines of three witnesses, and two that no key verifies, add."""


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """Return a log of the whole season, to which nobody adds."""
    with logged_season(tmp_path_factory.mktemp("season")) as log:
        yield log


def verified(log, subject, levels=None):
    return verify_passport(log.passport(subject, levels), subject=subject, trust=TRUST)


def opened(report):
    return {m.subject for m in report.members if m.is_open}


@pytest.mark.parametrize(
    "word",
    [
        "pouch",
        "flown_pouch",
        "recalled_pouch",
        "voided_pouch",
        "disputed_pouch",
        "lot",
        "recalled_lot",
        "tank",
        "recalled_tank",
        "household",
        "camel",
        "corrected_calf",
        "trade_item",
    ],
)
def test_everything_worth_a_look_has_a_passport_that_verifies(log, word):
    subject = getattr(MARKS, word)

    for levels in (None, 0, MILKINGS):
        report = verified(log, subject, levels)

        assert report.members[0].subject == subject
        assert report.statements


def test_every_kind_of_goods_and_of_party_has_one(log):
    names = {
        name
        for prefix in ("milk", "load", "tank", "powder", "party", "place", "tag")
        for name in log.subjects_within(f"https://{log.host}/id/{prefix}", 3)
    }
    names |= {*log.subjects_within("https://id.gs1.org/00", 3)}
    assert len(names) > 15

    for name in names:
        assert verified(log, name).members[0].subject == name


def test_a_first_answer_holds_the_levels_up_to_the_heated_tanks(log):
    for word in ("pouch", "recalled_pouch", "flown_pouch", "disputed_pouch"):
        subject = getattr(MARKS, word)
        report = verified(log, subject)
        tanks = [m for m in report.members if m.subject.endswith("-heated")]

        assert tanks
        assert not any(tank.is_open for tank in tanks)
        # Of an odd size the proof is longest.
        given = log.passport(subject, label=log.size // 2 | 1)
        assert len(zlib.compress(given)) + WITNESS_BYTES <= 40 * 1024


def test_more_levels_hold_every_milking_and_the_alarms_of_the_camels(log):
    report = verified(log, MARKS.pouch, MILKINGS)

    milkings = [
        statement.judged.content
        for statement in report.statements
        if any("/id/animal/" in name for name in statement.about)
    ]
    camels = {name for event in milkings for name in event.body["inputEPCList"]}
    assert camels
    assert opened(report) == camels
    assert "sources" in report.absent
    assert "sources" not in verified(log, MARKS.pouch, 100).absent


def test_a_recalled_tank_is_whole_however_far_up_it_is(log):
    for subject in (MARKS.recalled_pouch, MARKS.recalled_lot):
        report = verified(log, subject, 1)

        tank = next(m for m in report.members if m.subject == MARKS.recalled_tank)
        assert (tank.level, tank.is_open) == (2, False)
        words = {alarm.word for alarm in report.alarms if alarm.is_judged}
        assert "recalled" in words
        given = parse_passport(log.passport(subject, 1))
        assert given.lists[MARKS.recalled_tank] == log.listing(MARKS.recalled_tank)
