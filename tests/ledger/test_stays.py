import random

import pytest

from ledger.clock import SystemClock
from ledger.contents import read_content
from ledger.log import Log
from ledger.statement import parse_statement
from ledger.stays import Stays
from tests.support.forge import (
    ANIMAL,
    HERDER,
    LEDGER,
    ORIGIN,
    PLACE,
    Forge,
    policy_text,
)

PLACES = [PLACE, PLACE.replace("spring", "well")]


@pytest.fixture
def log(tmp_path):
    forge = Forge()
    forge.genesis()
    made = Log.create(
        f"sqlite:///{tmp_path}/ledger.db",
        origin=ORIGIN,
        genesis=forge.entries[0],
        signers=[LEDGER],
        clock=SystemClock(),
        policy=policy_text().encode(),
    )
    forge.admit()
    forge.authorize()
    made.append_statements(forge.entries[1:])
    yield made
    made.close()


def move(number, chosen):
    """Return a statement that an animal came or left, somewhere, some time."""
    return Forge().event_entry(
        number,
        HERDER,
        bizStep=chosen.choice(["arriving", "departing", "inspecting"]),
        bizLocation={"id": chosen.choice(PLACES)},
        epcList=[f"{ANIMAL}{chosen.randrange(2)}"],
        eventTime=f"2026-06-11T{chosen.randrange(24):02}:00:00+08:00",
    )


def test_flags_told_while_posting_are_those_told_afterwards(log):
    chosen = random.Random(5)
    notes = [move(number, chosen) for number in range(1, 90)]
    told = []
    for start in range(0, len(notes), 7):
        told += log.append_statements(notes[start : start + 7])

    found = {answer.index: answer.flags for answer in told}
    codes = {flag.code for flags in found.values() for flag in flags}
    assert codes >= {"overlap", "out-before-in"}
    assert found == {index: log.flags(index) for index in found}


class CountingReader:
    """Knows of nothing, and counts who asks."""

    def __init__(self):
        self.asked = []

    def stays_of(self, subjects, below):
        self.asked.append(set(subjects))
        return {subject: [] for subject in subjects}


def arrival(number, subject):
    note = Forge().event_entry(number, HERDER, bizStep="arriving", epcList=[subject])
    return number, read_content(parse_statement(note), origin=ORIGIN)


def test_what_was_told_of_a_subject_is_read_once():
    reader = CountingReader()
    stays = Stays(reader)

    for number in range(1, 6):
        stays.take([arrival(number, ANIMAL)])

    assert reader.asked == [{ANIMAL}]


def test_what_may_lack_something_is_read_again():
    reader = CountingReader()
    stays = Stays(reader)
    stays.take([arrival(1, ANIMAL)])

    stays.forget()
    stays.take([arrival(2, ANIMAL)])

    assert reader.asked == [{ANIMAL}, {ANIMAL}]


def test_what_is_kept_is_bounded():
    reader = CountingReader()
    stays = Stays(reader, max_kept=3)

    for number in range(8):
        stays.take([arrival(number, f"{ANIMAL}{number % 4}")])

    assert len(reader.asked) == 8
