"""A statement prepared elsewhere is judged in its turn as if nobody had prepared it."""

import pickle

import pytest

from ledger.errors import AuthorityError, LedgerError, UnknownKeyError
from ledger.replay import Occurrences, Replay, prepare_statement
from tests.support.forge import HERDER, ORIGIN, WELL, Forge


def begun():
    """Return a ledger with a party that may write, as its directory and its replay."""
    forge = Forge()
    forge.genesis()
    forge.admit()
    forge.authorize()
    replay = Replay(ORIGIN, occurrences=Occurrences())
    for entry in forge.entries:
        replay.advance(replay.judge_statement(entry))
    return forge, replay


def bound(replay):
    return {label: each.vkey for label, each in replay.directory.keys.items()}


def outcome(judge, claim):
    try:
        return judge(claim)
    except LedgerError as error:
        return type(error), str(error), error.pointer


def sent(prepared):
    """Send it to another process and back."""
    return pickle.loads(pickle.dumps(prepared, 5))  # noqa: S301  # what we made


def test_judged_in_its_turn_it_is_what_it_would_be_alone():
    forge, replay = begun()
    keys = bound(replay)
    declared = {"errorDeclaration": {"declarationTime": "2026-06-12T09:00:00+08:00"}}
    notes = [
        forge.event_entry(1, HERDER),
        forge.event_entry(1, HERDER),
        forge.event_entry(2, HERDER, bizStep="killing"),
        forge.event_entry(1, HERDER, bizStep="arriving"),
        forge.event_entry(1, HERDER, **declared),
        forge.event_entry(3, HERDER, **declared),
        forge.event_entry(4, HERDER, sensorElementList=[{"sensorReport": [{}]}]),
    ]

    judged = 0
    for note in notes:
        prepared = sent(prepare_statement(note, origin=ORIGIN, keys=keys))
        want = outcome(replay.judge_statement, note)
        assert outcome(replay.judge_prepared, prepared) == want
        if not isinstance(want, tuple):
            replay.advance(want)
            judged += 1
    assert judged == 3


def test_a_key_revoked_since_is_refused():
    forge, replay = begun()
    note = forge.event_entry(1, HERDER)
    prepared = prepare_statement(note, origin=ORIGIN, keys=bound(replay))
    revocation = forge.entries[forge.revoke()]
    replay.advance(replay.judge_statement(revocation))

    with pytest.raises(AuthorityError):
        replay.judge_prepared(prepared)


def test_a_key_that_is_not_bound_any_more_is_unknown():
    forge, replay = begun()
    note = forge.event_entry(1, WELL)
    keys = bound(replay) | {WELL.vkey.label: WELL.vkey}
    prepared = prepare_statement(note, origin=ORIGIN, keys=keys)

    with pytest.raises(UnknownKeyError):
        replay.judge_prepared(prepared)


def test_nothing_is_prepared_whose_key_nobody_gave():
    forge, _ = begun()

    with pytest.raises(UnknownKeyError):
        prepare_statement(forge.event_entry(1, HERDER), origin=ORIGIN, keys={})
