"""What `caravan verify` says of witnesses: who has seen it, since when, whose clock."""

import time

import pytest

from ledger.seal import format_time
from tests.cli.command import caravan
from tests.support.forge import ANIMAL, honest
from tests.support.make_vectors._witnesses import DUNE, ROCK, SALT, cosigned, policy_of

HOLDS, CANNOT = 0, 4
DAY = 86_400
YEARS = 3 * 365 * DAY
BOTH = policy_of("all", "dune", "salt")


@pytest.fixture
def verify(tmp_path):
    """Verify a passport that witnesses have cosigned so many seconds from now."""

    def judge(*lines, policy=BOTH, options=(), receipt=None):
        now = int(time.time())
        forge = honest()
        note = cosigned(forge.checkpoint(), *((by, now + s) for by, s in lines))
        (tmp_path / "policy").write_text(policy)
        document, extra = forge.passport(checkpoint=note).to_bytes(), ()
        if receipt is not None:
            document = forge.receipt(receipt).replace(forge.checkpoint(), note)
            (tmp_path / "entry").write_bytes(forge.entries[receipt])
            extra = ("--entry", tmp_path / "entry")
        (tmp_path / "document").write_bytes(document)
        given = ("--policy", tmp_path / "policy", *extra, *options)
        return now, caravan("verify", tmp_path / "document", *given)

    return judge


def test_a_verdict_names_who_has_seen_it_when_and_who_has_recomputed_it(verify):
    now, ended = verify((DUNE, -60), (SALT, 0), options=("--subject", ANIMAL))
    _, told = verify((DUNE, -60), (SALT, 0), options=("--json",))

    assert ended.status == HOLDS, ended.err
    seen_at = format_time((now - 60) * 1000)
    assert f"as of: {seen_at}, seen by 2 of 2 witnesses\n" in ended.out
    assert "\nwitnesses: dune, salt\nreplayed by: salt\n" in ended.out
    assert (
        "\nNothing that the ledger holds was left out: "
        "salt has recomputed the whole ledger.\n"
    ) in ended.out
    assert "nobody else has checked" not in ended.out
    assert "replay" not in told.json["not_checked"]
    assert told.json["replayed_by"] == ["salt"]
    assert told.json["known_witnesses"] == 2


def test_a_line_that_does_not_hold_is_named_and_counts_as_absent(verify):
    any_of = policy_of("any", "dune", "salt", dune="http://localhost:8701/")
    _, ended = verify((DUNE, 0), (SALT, 0), (SALT, 1), policy=any_of)
    _, ahead = verify((DUNE, 0), (SALT, YEARS), policy=any_of)

    assert ended.status == ahead.status == HOLDS, ended.err
    said = "A line of witness salt does not hold: counted as absent.\n"
    assert said in ended.out
    assert said not in ahead.out
    assert "witness salt is of a time to come: counted as absent.\n" in ahead.out
    for told in (ended, ahead):
        assert "seen by 1 of 2 witnesses\n" in told.out
        assert "nobody else has checked" in told.out
        assert "run on the ledger's own machine" in told.out


def test_what_is_out_of_date_says_since_when_and_whose_clock_may_be_wrong(verify):
    now, told = verify((DUNE, -40 * DAY), (SALT, -2 * DAY), options=("--json",))
    _, old = verify((DUNE, -40 * DAY), (SALT, -40 * DAY), options=("--json",))

    assert (told.status, told.json["code"]) == (CANNOT, "stale")
    assert told.json["witnessed_at"] == format_time((now - 40 * DAY) * 1000)
    assert f"out of date since {told.json['witnessed_at']}" in told.err
    assert old.json["is_clock_doubtful"]
    assert "is the clock of this machine right?" in old.err


def test_a_clock_that_is_behind_is_asked_for_and_not_the_witnesses(verify):
    _, told = verify((DUNE, YEARS), (SALT, YEARS), options=("--json",))
    _, one = verify((DUNE, YEARS), (SALT, 0), options=("--json",))

    assert (told.status, told.json["code"]) == (CANNOT, "quorum")
    assert told.json["is_clock_doubtful"]
    assert told.json["witnessed_at"] is None
    assert "is the clock of this machine right?" in told.err
    assert not one.json["is_clock_doubtful"]
    assert "cosigned by salt; at a time to come by dune" in one.err
    assert "is the clock" not in one.err


def test_a_receipt_is_signed_at_first_and_then_witnessed_however_old(verify):
    alone = policy_of("none", "dune", "rock")
    both = policy_of("all", "dune", "rock")
    _, signed = verify(receipt=5, policy=alone)
    now, witnessed = verify((DUNE, -YEARS), (ROCK, 0), receipt=5, policy=both)
    _, too_few = verify((DUNE, 0), receipt=5, policy=both)

    assert signed.status == witnessed.status == HOLDS, witnessed.err
    assert "signed by the ledger alone\n" in signed.out
    assert "witnessed" not in signed.out
    assert "as of" not in signed.out
    seen_at = format_time((now - YEARS) * 1000)
    assert ", witnessed\n" in witnessed.out
    assert f"as of: {seen_at}, seen by 2 of 2 witnesses\n" in witnessed.out
    assert "signed by the ledger alone" not in witnessed.out
    assert too_few.status == CANNOT
