"""A data folder whose policy asks for witnesses, verified where it lies."""

from functools import partial

import pytest

from ledger.cli.ledgers import open_target
from ledger.cli.trusting import choose_policy
from ledger.cli.verify import judge_ledger
from ledger.errors import QuorumError, RootMismatchError
from ledger.pins import Pins
from tests.ledger.test_cosigning import Ring
from tests.ledger.test_published import grow
from tests.support.databases import execute
from tests.support.forge import START_MS


@pytest.fixture
def ring(tmp_path):
    made = Ring(tmp_path)
    (tmp_path / "policy").write_text(made.text)
    yield made
    made.close()


def judged(tmp_path):
    pins = Pins(tmp_path / "pins")
    choose = partial(choose_policy, pins=pins, given=None, accept_served=False)
    with open_target(str(tmp_path)) as target:
        return judge_ledger(target, choose, pins, now_ms=START_MS, jobs=0)


def test_it_holds_up_to_what_witnesses_saw_and_from_there_on_the_ledgers_word(
    ring, tmp_path
):
    grow(ring.log, [1, 2])
    ring.cosigning.take_round()
    size = ring.log.size
    found = judged(tmp_path)
    assert found.facts["tree_size"] == size
    assert found.facts["as_of"].endswith("seen by 3 of 3 witnesses")
    assert "not cosigned" not in str(found.facts)

    grow(ring.log, [3])
    found = judged(tmp_path)
    assert found.facts["tree_size"] == ring.log.size
    assert found.facts["as_of"].endswith("seen by 3 of 3 witnesses")
    assert f"entries {size} to {ring.log.size - 1} are not cosigned yet" in str(
        found.facts
    )


def test_what_nobody_has_cosigned_has_no_quorum(ring, tmp_path):
    with pytest.raises(QuorumError):
        judged(tmp_path)


def test_what_witnesses_cosigned_must_be_of_these_entries(ring, tmp_path):
    grow(ring.log, [1])
    ring.cosigning.take_round()
    ring.log.close()
    (tmp_path / "other").mkdir()
    other = Ring(tmp_path / "other")
    grow(other.log, [7])
    other.cosigning.take_round()
    *_, (note,) = execute(other.url, "SELECT note FROM published ORDER BY number")[0]
    other.close()
    execute(ring.url, "DROP TRIGGER published_no_update")
    execute(ring.url, "UPDATE published SET note = :note", values={"note": note})
    with pytest.raises(RootMismatchError):
        judged(tmp_path)
