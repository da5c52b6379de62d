"""``docs/audit.md``: its tables are what the audit says today.

Those of honest records are made again. Of the frauds, some of each family are planted
once more, at a strength at which the table says that they are always found, with a seed
that is drawn now.
"""

import random
import re
import secrets

import pytest

from ledger.audit.looking import CHECKS
from ledger.audit.rule import rules
from tests.support.frauds import FAMILIES, KINDS
from tests.support.make_audit_tables import DOCUMENT, HONEST, section
from tests.support.scoring import score

_ROW = re.compile(r"\| `([a-z-]+)`: .*? \| .*? \| (.*?) \| (.*?) \|")
_DRAWN = 2
"""Kinds of each family."""


def strengths_found():
    """Return of each kind the strengths at which it was found with every seed."""
    text = section(DOCUMENT.read_text("utf-8"), "planted")
    found = {}
    for kind_id, told, _ in _ROW.findall(text):
        hits = dict(each.split(": ") for each in told.split(", "))
        found[kind_id] = [
            strength
            for strength in KINDS[kind_id].strengths
            if len({*hits[str(strength)].split("/")}) == 1
        ]
    return found


@pytest.mark.parametrize("name", HONEST)
def test_a_table_is_what_is_said_today(name):
    assert section(DOCUMENT.read_text("utf-8"), name) == HONEST[name]()


def test_every_kind_of_fraud_is_in_the_table():
    assert strengths_found().keys() == KINDS.keys()


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_always_found_is_found_with_another_seed(family):
    seed = secrets.randbelow(10**6)
    chance, found = random.Random(seed), strengths_found()
    kinds = [k for k in KINDS.values() if k.family == family and found[k.id]]

    drawn = [
        (kind.id, found[kind.id][0], seed)
        for kind in chance.sample(kinds, min(_DRAWN, len(kinds)))
    ]

    # Chance may plant one where it cannot be seen; it does not do so twice.
    assert any(score(*each).is_found for each in drawn), drawn


def test_every_rule_has_a_check_and_every_check_its_rules():
    checked = [rule_id for check in CHECKS for rule_id in check.rule_ids]

    assert len(checked) == len({*checked})
    # A file that did not come with the evidence is seen where that is opened.
    assert {*checked} == rules().keys() - {"attachment-missing"}
