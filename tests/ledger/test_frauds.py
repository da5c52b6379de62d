"""Planted frauds: each does what it says and no more, and the ledger takes it."""

import functools

import pytest

from ledger.admission import check_event_form
from ledger.encoding import canonical
from ledger.errors import LedgerError
from ledger.event import parse_event
from ledger.log import Log
from ledger.roles import role_rights
from ledger.simulate.parties import all_parties
from ledger.simulate.plan import SMALL
from tests.support.clocks import FrozenClock
from tests.support.forge import (
    HOST,
    LEDGER,
    ORIGIN,
    START_MS,
    Forge,
    policy_text,
)
from tests.support.frauds import FAMILIES, KINDS, plant, season_with
from tests.support.seasons import season

_GROUP = 200
_ALL = [
    pytest.param(kind.id, strength, id=f"{kind.id}-{strength}")
    for kind in KINDS.values()
    for strength in (kind.strengths[0], kind.strengths[-1])
]
"""The most blatant and the faintest of each kind."""


@functools.cache
def planted(kind_id, strength, seed=1):
    return plant(kind_id, season(SMALL).drafts, strength, seed)


@functools.cache
def clean():
    return dict(map(keyed, season(SMALL).drafts))


def keyed(draft):
    """Return a draft by what nothing else of the season has."""
    body = draft.body
    return (body["eventID"], draft.is_lost, "errorDeclaration" in body), draft


def ids(keys):
    return {key[0] for key in keys}


@functools.cache
def kinds_of_parties():
    herds = {
        draft.signers[0].partition("/")[0]
        for draft in season(SMALL).drafts
        if draft.signers[0].startswith("sim-household")
    }
    return {party.word: party.kind for party in all_parties(season().names, herds)}


def test_there_are_kinds_enough_of_every_family():
    assert len(KINDS) >= 24
    assert {kind.family for kind in KINDS.values()} == {*FAMILIES}
    for kind in KINDS.values():
        assert len({*kind.strengths}) == len(kind.strengths) >= 3
        assert kind.unit
        assert kind.sentence.endswith(".")
        assert "\n" not in kind.sentence


@pytest.mark.parametrize(("kind_id", "strength"), _ALL)
def test_only_what_it_says_is_changed(kind_id, strength):
    found = planted(kind_id, strength)
    now = dict(map(keyed, found.drafts))
    touched = found.wrong | found.carried | found.added

    assert len(now) == len(found.drafts)
    assert found.wrong or found.missing
    assert found.where
    assert found.about
    assert ids(clean().keys() - now.keys()) == found.missing
    assert ids(now.keys() - clean().keys()) >= found.added
    assert ids(now.keys() - clean().keys()) <= touched
    assert ids(k for k in now.keys() & clean().keys() if now[k] != clean()[k]) <= (
        touched
    )
    assert not found.wrong & found.carried
    # What is carried has changed; what is wrong need not, for the world has.
    assert all(now[key] != clean()[key] for key in clean() if key[0] in found.carried)
    posted = [draft.posted for draft in found.drafts]
    assert posted == sorted(posted)


@pytest.mark.parametrize(("kind_id", "strength"), _ALL)
def test_every_draft_may_be_logged(kind_id, strength):
    found = planted(kind_id, strength)
    for draft in found.drafts:
        if draft.body["eventID"] not in found.wrong | found.carried | found.added:
            continue
        event = parse_event(draft.body, host=HOST)
        size = len(canonical(draft.body)) + 1000
        check_event_form(event, host=HOST, entry_size=size)
        # Nobody needs a right for it that its role would not have.
        kind = kinds_of_parties()[draft.signers[0].partition("/")[0]]
        assert (event.biz_step, event.disposition) in role_rights(kind).steps
        assert draft.body["caravan:simulated"] is True


@pytest.mark.parametrize("kind_id", KINDS)
def test_what_does_not_add_up_is_what_lies(kind_id):
    found = planted(kind_id, KINDS[kind_id].strengths[0])
    made = {}
    told = set()
    for draft in found.drafts:
        body = draft.body
        into, out = (
            masses(body, "inputQuantityList"),
            masses(body, "outputQuantityList"),
        )
        lost = sum(part["quantity"] for part in body.get("caravan:loss", ()))
        made |= out
        if into and out and sum(into.values()) != sum(out.values()) + lost:
            told.add(body["eventID"])
    for draft in found.drafts:
        body = draft.body
        listed = masses(body, "quantityList") | masses(body, "inputQuantityList")
        for lot, mass in listed.items():
            if "/powder/" not in lot and mass != made.get(lot, mass):
                told.add(body["eventID"])

    left = {lot: mass for lot, mass in made.items() if "/powder/" in lot}
    for draft in found.drafts:
        used = masses(draft.body, "inputQuantityList")
        if draft.body["bizStep"] == "stock_taking":
            used = masses(draft.body, "quantityList")
        for lot in used.keys() & left.keys():
            left[lot] -= used[lot]

    # What is taken on the way, the one who receives it truly does not have.
    received = found.carried if kind_id == "gap-at-handover" else frozenset()
    assert told <= found.wrong | received
    assert {*left.values()} == {0}


def masses(body, member):
    return {
        element["epcClass"]: element["quantity"]
        for element in body.get(member, ())
        if element.get("uom") == "KGM"
    }


@pytest.mark.parametrize("kind_id", KINDS)
def test_draws_come_from_the_seed_only(kind_id):
    # The faintest: of a blatant one it may be all lots, whatever the seed.
    strength = KINDS[kind_id].strengths[-1]
    again = plant(kind_id, season(SMALL).drafts, strength, 1)
    others = [planted(kind_id, strength, seed).drafts for seed in (2, 3, 4, 5)]

    assert again == planted(kind_id, strength)
    assert any(other != again.drafts for other in others)


@pytest.mark.parametrize("kind_id", KINDS)
def test_strengths_differ(kind_id):
    found = [planted(kind_id, strength).drafts for strength in KINDS[kind_id].strengths]
    assert all(a != b for a in found for b in found if a is not b)


@pytest.mark.parametrize("kind_id", ["water-in-cans", "animal-in-two-herds"])
def test_a_ledger_takes_all_of_it(kind_id, tmp_path):
    found = planted(kind_id, KINDS[kind_id].strengths[0])
    forge = Forge()
    forge.genesis()
    log = Log.create(
        f"sqlite:///{tmp_path}/ledger.db",
        origin=ORIGIN,
        genesis=forge.entries[0],
        signers=[LEDGER],
        clock=FrozenClock(START_MS),
        policy=policy_text().encode(),
    )
    notes = list(season_with(season(SMALL), found).statements())
    for first in range(0, len(notes), _GROUP):
        answers = log.append_statements(notes[first : first + _GROUP])
        assert [a for a in answers if isinstance(a, LedgerError)] == []
    log.close()


def test_the_season_itself_is_left_as_it_is():
    for kind in KINDS.values():
        planted(kind.id, kind.strengths[0])

    assert season(SMALL).drafts == season(SMALL, b"of other keys").drafts
