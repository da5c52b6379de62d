"""Whatever stands in members that validity does not read, an audit comes to its end."""

import random
import secrets
from dataclasses import replace
from decimal import Decimal

import pytest

from ledger.audit.records import Records
from ledger.simulate.plan import SMALL
from ledger.template import builtin_templates
from tests.support.audits import DraftAuditor
from tests.support.forge import ORIGIN
from tests.support.seasons import season

STRANGE = [
    *(None, 0, -1, 1, 10**14, Decimal("0.000001"), Decimal("-3.5"), True, False),
    *("", "x", "KGM", "LTR", "camel", [], [1], {}, {"id": 1}),
]
CLASSES = ("quantityList", "inputQuantityList", "outputQuantityList")
THINGS = ("epcList", "childEPCs")
READ = {
    *("eventID", "eventTimeZoneOffset", "type", "action", "readPoint", "disposition"),
    *("persistentDisposition", "parentID", "errorDeclaration"),
    *("caravan:seq", "caravan:prev"),
}
"""What validity reads, and is left as it is."""


def strange(chance, value):
    """Return a value of which something is otherwise, or gone."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        name = chance.choice([*value])
        if chance.random() < 0.15:
            return {key: each for key, each in value.items() if key != name}
        return value | {name: strange(chance, value[name])}
    if isinstance(value, list) and value and chance.random() < 0.85:
        place = chance.randrange(len(value))
        return [*value[:place], strange(chance, value[place]), *value[place + 1 :]]
    return chance.choice(STRANGE)


def strange_event(chance, body, others):
    """Return a body that is valid, and of which some member is not as it should be."""
    name = chance.choice([key for key in body if key not in READ])
    value = body[name]
    if name in CLASSES:
        found = [
            element | {chance.choice(["quantity", "uom"]): chance.choice(STRANGE)}
            for element in value
        ]
    elif name in THINGS:
        found = [chance.choice(others["epcList"]) for _ in value]
    elif name in {"bizStep", "eventTime"}:
        found = chance.choice(others[name])
    else:
        found = strange(chance, value)
    return body | {name: found}


def audited_strangely(chance):
    """Return the auditor of a season of which every fifth event is strange."""
    found = season(SMALL)
    others = {
        name: [d.body[name] for d in found.drafts if name in d.body]
        for name in ("bizStep", "eventTime", "epcList")
    }
    others["epcList"] = [thing for things in others["epcList"] for thing in things]
    auditor = DraftAuditor(Records(), origin=ORIGIN, templates=builtin_templates())
    auditor.take_directory(found)
    auditor.take_drafts(
        replace(draft, body=strange_event(chance, draft.body, others))
        if chance.random() < 0.2
        else draft
        for draft in found.drafts
    )
    auditor.run()
    return auditor


@pytest.mark.parametrize("turn", range(4))
def test_an_audit_of_strange_events_comes_to_its_end(turn):
    seed = secrets.randbelow(10**6)
    try:
        findings = [*audited_strangely(random.Random(seed)).records.findings()]
    except Exception as error:
        error.add_note(f"seed {seed}")
        raise

    assert findings
    assert all(each.rule.blanks <= each.values.keys() for each in findings), seed
    assert all(each.entries for each in findings), seed
