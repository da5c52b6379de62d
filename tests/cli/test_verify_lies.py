"""``caravan verify`` of lies that one passport does not give away.

What finds them is what this machine remembers: a policy of the reader's own, and a
checkpoint that was seen before.
"""

from dataclasses import replace

import pytest

from ledger.cli import documents
from ledger.pins import Pins
from tests.cli.command import caravan
from tests.support.clocks import FrozenClock
from tests.support.forge import LEDGER, ORIGIN, policy_text
from tests.support.liar import LIMITS, lying, told
from tests.support.lies.told import Story, story, witnessed_policy
from tests.support.lies.witnesses import before
from tests.support.pouch import CARTON, OTHER_LOT, OTHER_POUCH, PLANT

HOLDS, BROKEN, CANNOT = 0, 3, 4
LIMIT = {limit.name: limit for limit in LIMITS}
OWN_WITNESSES = LIMIT["gives-a-policy-with-witnesses-of-his-own"]
OTHER_HISTORY = LIMIT["shows-somebody-else-another-history"]


@pytest.fixture
def saved(tmp_path):
    """Verify the passport of a lie, which somebody has saved."""
    (tmp_path / "policy").write_text(policy_text())

    def judge(given, *options):
        (tmp_path / "passport.json").write_bytes(given.passport)
        policy = ("--policy", tmp_path / "policy")
        return caravan("verify", tmp_path / "passport.json", *policy, *options)

    return judge


def test_two_histories_are_each_believed_alone_and_are_evidence_together(saved, home):
    honest, lie = story().serve(), told(OTHER_HISTORY)
    assert saved(lie).status == HOLDS
    Pins(home).keep_checkpoint(ORIGIN, story().checkpoint())

    ended = saved(lie, "--json")

    assert (ended.status, ended.json["code"]) == (BROKEN, "split-view")
    (kept,) = (home / "split-views").iterdir()
    shown = caravan("verify", kept, "--policy", home.parents[1] / "policy")
    assert shown.status == BROKEN
    assert f"signed both: {LEDGER.vkey.label}\n" in shown.out
    assert "split-view" not in saved(honest, "--json").out


def test_a_ledger_that_grew_has_to_extend_what_was_seen(saved, home):
    seen = story()
    Pins(home).keep_checkpoint(ORIGIN, seen.checkpoint())
    size = len(seen.entries)
    honest, other = story(), Story().begin().recall(CARTON).end()
    for grown in (honest, other):
        grown.create(PLANT, OTHER_POUCH, OTHER_LOT)
        grown.end()
    held = saved(honest.serve(label=honest.label(size)), "--json")
    assert "split-view" not in held.out

    ended = saved(other.serve(label=other.label(size)), "--json")

    assert (ended.status, ended.json["code"]) == (BROKEN, "split-view")
    (kept,) = (home / "split-views").iterdir()
    shown = caravan("verify", kept, "--policy", home.parents[1] / "policy")
    assert (shown.status, "signed both" in shown.out) == (BROKEN, True)
    # What it does not prove, it is not believed.
    false = replace(other.label(size), root=seen.root(size))
    ended = saved(other.serve(label=false), "--json")
    assert (ended.status, ended.json["code"]) == (BROKEN, "root-mismatch")


def test_an_older_ledger_alone_contradicts_nothing(saved, home):
    """Scenario: a passport of before the recall, to who has seen a later checkpoint."""
    Pins(home).keep_checkpoint(ORIGIN, story().checkpoint())

    ended = saved(before().serve())

    assert ended.status == HOLDS
    assert "on the ledger's word alone" in ended.out
    assert not (home / "split-views").exists()


@pytest.mark.parametrize("own", [None, witnessed_policy()])
def test_a_policy_of_the_liar_s_takes_the_place_of_no_other(home, monkeypatch, own):
    given = told(OWN_WITNESSES)
    monkeypatch.setattr(documents, "SystemClock", lambda: FrozenClock(given.now_ms))
    if own is not None:
        Pins(home).pin_policy(ORIGIN, own.encode())

    with lying() as server:
        page = server.tell(OWN_WITNESSES)
        ended = caravan("verify", page)

    if own is None:
        assert ended.status == HOLDS, ended.err
        assert "policy: this server's own word; first use, pinned here\n" in ended.out
    else:
        assert ended.status == CANNOT
        assert "quorum both: cosigned by nobody" in ended.err
        assert Pins(home).policy(ORIGIN) == own.encode()
