"""The client that has read the log, against a real server."""

import pytest

from ledger.checkpoint import parse_checkpoint
from ledger.cli.resuming import ResumingClient
from ledger.client import LedgerClient
from ledger.errors import MalformedError
from ledger.note import parse_note
from tests.support.forge import ANIMAL, PLACE
from tests.support.served import Served


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    found = Served(tmp_path_factory.mktemp("resuming") / "data").init().start().admit()
    yield found
    found.stop()


def weighing(number):
    return {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:0190a6c0-0000-7000-8000-{number:012d}",
        "eventTime": "2026-06-11T06:10:00+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "bizStep": "inspecting",
        "readPoint": {"id": PLACE},
        "epcList": [ANIMAL],
    }


def size(client):
    return parse_checkpoint(parse_note(client.checkpoint()).text).size


def test_it_posts_what_is_not_there_and_says_where_the_rest_is(served):
    notes = [served.sign(weighing(number)) for number in range(1, 5)]
    with LedgerClient(served.url) as client:
        first = client.post(notes[::2])
    with ResumingClient(served.url) as client:
        client.read_log()
        before = size(client)
        answers = client.post([notes[0], notes[1], b"no note", *notes[2:]])
        after = size(client)

    refused = answers.pop(2)
    assert isinstance(refused, MalformedError)
    assert [(a.index, a.leaf_hash) for a in answers[::2]] == [
        (answer.index, answer.leaf_hash) for answer in first
    ]
    assert [a.index < client.known_size for a in answers] == [True, False, True, False]
    # Two statements and the seal that closes them.
    assert (client.known_size, after) == (before, before + 3)


def test_where_everything_is_known_nothing_is_posted(served):
    note = served.sign(weighing(9))
    with LedgerClient(served.url) as client:
        client.post([note])
        before = size(client)
    with ResumingClient(served.url) as client:
        client.read_log()
        (answer,) = client.post([note])

        assert answer.index == before - 2
        assert size(client) == before
