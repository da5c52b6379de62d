"""Roles are made of words that the ledger admits, and are fit to be admitted."""

import pytest

from ledger.action import parse_action
from ledger.encoding import canonical, parse_canonical
from ledger.errors import NotFoundError
from ledger.roles import ROLES, rights_body, role_rights
from ledger.vocabulary import BIZ_STEPS, DISPOSITIONS


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_written_in_words_of_cbv(role):
    rights = role_rights(role)

    assert {step for step, _ in rights.steps} <= BIZ_STEPS
    assert {word for _, word in rights.steps} - {None} <= DISPOSITIONS
    assert rights.persistent <= DISPOSITIONS


@pytest.mark.parametrize("role", ROLES)
def test_a_role_makes_an_admission_that_parses(role):
    body = {
        "action": "admit",
        "kind": role,
        "party": "https://herd.example/id/party/li",
        "places": [],
        "prefixes": [],
        "rights": rights_body(role_rights(role)),
    }

    action = parse_action(
        parse_canonical(canonical(body)),
        host="herd.example",
        origin="herd.example/log-1f2e3d4c",
    )

    assert action.rights == role_rights(role)


def test_only_who_may_judge_may_recall():
    may = {role for role in ROLES if "recalled" in role_rights(role).persistent}

    assert may == {"authority", "plant"}


def test_there_is_no_role_of_another_name():
    with pytest.raises(NotFoundError) as refusal:
        role_rights("king")
    assert refusal.value.code == "not-found"
