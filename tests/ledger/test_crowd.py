"""A stranger cannot fill a list; those who have a say about it can."""

import pytest

from ledger.crowd import MAX_BY_STRANGERS, Crowds
from ledger.errors import CrowdedError
from ledger.goods import read_event
from ledger.log import Log
from tests.api.ledgers import (
    ANIMAL,
    HOST,
    LEDGER,
    OTHER,
    REGISTRAR,
    directory_statement,
    event,
    open_log,
    policy_text,
    signer,
)
from tests.support.clocks import FrozenClock

STRANGER = f"https://{HOST}/id/party/stranger"
INSPECTOR = signer(f"{HOST}/inspector", 5)


def admitted(party, kind, key):
    rights = {
        "persistent": [],
        "steps": [["inspecting", None], ["arriving", None], ["commissioning", None]],
    }
    body = {"action": "admit", "kind": kind, "party": party, "places": []}
    body |= {"prefixes": [], "rights": rights}
    binding = {"action": "authorize", "key": key.vkey.to_text(), "party": party}
    return [
        directory_statement(body, REGISTRAR),
        directory_statement(binding, REGISTRAR, key),
    ]


@pytest.fixture
def log(tmp_path):
    opened = open_log(tmp_path)
    notes = admitted(STRANGER, "farm", OTHER)
    notes += admitted(f"https://{HOST}/id/party/office", "authority", INSPECTOR)
    assert all(hasattr(answer, "index") for answer in opened.append_statements(notes))
    yield opened
    opened.close()


def by_strangers(start, count, **members):
    return [event(n, signers=[OTHER], **members) for n in range(start, start + count)]


def codes(answers):
    return [getattr(answer, "code", "ok") for answer in answers]


def test_a_stranger_states_so_much_about_a_subject_and_no_more(log):
    answers = log.append_statements(by_strangers(1, MAX_BY_STRANGERS + 5))

    assert codes(answers) == ["ok"] * MAX_BY_STRANGERS + ["crowded"] * 5
    # Others go on: whose prefix it is under, an authority, and about something else.
    more = [
        event(5_001),
        event(5_002, signers=[INSPECTOR]),
        *by_strangers(5_003, 1, epcList=[f"https://{HOST}/id/animal/8"]),
        *by_strangers(5_004, 1),
    ]
    assert codes(log.append_statements(more)) == ["ok", "ok", "ok", "crowded"]
    assert log.passport(ANIMAL)


def test_what_was_stated_before_a_start_is_counted(log, tmp_path):
    log.append_statements(by_strangers(1, MAX_BY_STRANGERS))
    log.close()

    again = Log.open(
        f"sqlite:///{tmp_path}/ledger.db",
        signers=[LEDGER],
        clock=FrozenClock(2_000_000_000_000),
        policy=policy_text(),
    )
    answers = codes(again.append_statements(by_strangers(5_000, 150)))
    again.close()

    assert answers == ["ok"] * 100 + ["crowded"] * 50


def test_to_whom_goods_were_handed_is_no_stranger(log):
    created = event(4_999, action="ADD", bizStep="commissioning")
    handed = event(
        5_000,
        bizStep="departing",
        destinationList=[{"type": "owning_party", "destination": STRANGER}],
    )
    assert codes(log.append_statements([created, handed])) == ["ok", "ok"]

    answers = log.append_statements(by_strangers(1, MAX_BY_STRANGERS + 50))

    assert set(codes(answers)) == {"ok"}


def test_who_is_handed_them_later_is_none_from_then_on(log):
    log.append_statements([event(4_999, action="ADD", bizStep="commissioning")])
    answers = log.append_statements(by_strangers(1, MAX_BY_STRANGERS + 1))
    assert codes(answers)[-1] == "crowded"

    handed = event(
        5_000,
        bizStep="departing",
        destinationList=[{"type": "owning_party", "destination": STRANGER}],
    )
    answers = log.append_statements([handed, *by_strangers(5_001, 3)])

    assert codes(answers) == ["ok"] * 4


def test_a_list_is_looked_at_once_and_not_before_strangers_come(log):
    looked = []

    def events_about(subject):
        looked.append(subject)
        return []

    crowds = Crowds(events_about, max_by_strangers=150)
    (answer,) = log.append_statements([event(1, signers=[OTHER])])
    entry = log.entry(answer.index)
    content = read_event(answer.index, entry, log.directory).event
    for _ in range(150):
        strange = crowds.check(content, [STRANGER], log.directory)
        crowds.take(content, [STRANGER], strange)

    with pytest.raises(CrowdedError):
        crowds.check(content, [STRANGER], log.directory)
    assert looked == [ANIMAL]
