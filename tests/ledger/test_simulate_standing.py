"""Whose say it is in the simulated season: everybody's own, but one stranger's."""

import functools
from collections import defaultdict

import pytest

from ledger.action import parse_action
from ledger.closure import find_lot, walk
from ledger.directory import Directory
from ledger.encoding import parse_canonical
from ledger.event import parse_event
from ledger.goods import LoggedEvent
from ledger.standing import standing_of
from ledger.statement import parse_statement
from tests.support.forge import HOST, ORIGIN, Forge
from tests.support.seasons import season


@functools.cache
def directory():
    """Return the directory once all of the season are admitted."""
    forge = Forge()
    forge.genesis()
    found = Directory(ORIGIN)
    entries = [forge.entries[0], *season().directory_statements()]
    for index, statement in enumerate(map(parse_statement, entries)):
        body = parse_canonical(statement.body)
        found.apply(index, statement, parse_action(body, host=HOST, origin=ORIGIN))
    return found


@functools.cache
def events():
    """Return the events that reach the ledger, in order, after the directory's."""
    posted = [draft for draft in season().drafts if not draft.is_lost]
    return [
        LoggedEvent(
            index,
            tuple(
                season().names.party(word.partition("/")[0]) for word in draft.signers
            ),
            parse_event(draft.body, host=HOST),
        )
        for index, draft in enumerate(posted, start=1000)
    ]


class Lists:
    """Every list of the season, whole."""

    def __init__(self):
        self._about = defaultdict(list)
        for logged in events():
            for subject in logged.event.subjects:
                self._about[subject].append(logged)

    def whole(self, name):
        return self._about.get(name, [])

    def alarms(self, name):
        return [logged for logged in self.whole(name) if logged.event.is_alarm]

    def names(self):
        return [*self._about]


@functools.cache
def lists():
    return Lists()


@functools.cache
def closure(subject):
    lot = find_lot(subject, lot=None, lists=lists(), directory=directory())
    return walk(subject, lot=lot, lists=lists(), directory=directory())


def about(found):
    """Return the events about any member of a closure, each once."""
    return {
        logged.index: logged
        for member in found.members
        for logged in lists().whole(member.subject)
    }.values()


def is_dispute(logged):
    return logged.party.endswith("/sim-urumqi-trader")


def test_everybody_but_the_stranger_speaks_of_what_is_theirs():
    standing = {
        name: standing_of(name, lists().whole(name), directory())
        for name in lists().names()
    }
    without = [
        (logged.party, subject)
        for logged in events()
        for subject in logged.event.subjects
        if not standing[subject].covers(logged)
    ]

    marks = season().landmarks
    assert without == [
        (season().names.party("sim-urumqi-trader"), marks.disputed_pouch)
    ]
    assert all(
        found.creators or name.split("/")[4] in {"party", "place"}
        for name, found in standing.items()
    )


@pytest.mark.parametrize(
    "name",
    [
        *("pouch", "flown_pouch", "lot", "tank", "camel", "corrected_calf"),
        *("household", "trade_item"),
    ],
)
def test_a_good_thing_has_no_alarm_and_nothing_apart(name):
    found = closure(getattr(season().landmarks, name))

    assert found.alarms == ()
    assert found.cycle == ()
    assert not any(found.is_apart(logged, directory()) for logged in about(found))


def test_a_pouch_comes_from_sixty_camels_through_carton_and_pallet():
    found = closure(season().landmarks.pouch)

    camels = [m for m in found.members if "/animal/" in m.subject]
    parents = [m for m in found.members if m.relation == "parent"]
    assert len(camels) == 60
    assert found.lot == season().landmarks.lot
    assert len(parents) == 2


def test_the_recalled_pouch_has_its_alarms_from_one_tank_two_steps_up():
    marks = season().landmarks
    found = closure(marks.recalled_pouch)

    assert [(alarm.subject, alarm.word) for alarm in found.alarms] == [
        (marks.recalled_tank, "non_conformant"),
        (marks.recalled_tank, "recalled"),
    ]
    (level,) = (m.level for m in found.members if m.subject == marks.recalled_tank)
    assert level == 2
    assert all(alarm.is_judged for alarm in found.alarms)


def test_a_voided_pouch_is_inactive_itself():
    marks = season().landmarks
    found = closure(marks.voided_pouch)

    assert [(alarm.subject, alarm.word) for alarm in found.alarms] == [
        (marks.voided_pouch, "inactive")
    ]


def test_a_recall_by_a_stranger_stands_apart_and_counts_for_nothing():
    found = closure(season().landmarks.disputed_pouch)

    apart = [logged for logged in about(found) if found.is_apart(logged, directory())]
    assert found.alarms == ()
    assert [is_dispute(logged) for logged in apart] == [True]
    assert [logged.event.disposition for logged in apart] == ["recalled"]
