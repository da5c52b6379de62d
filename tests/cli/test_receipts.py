"""Receipts in a folder, from signed to witnessed."""

from dataclasses import replace

import pytest

from ledger.checkpoint import parse_checkpoint, sign_checkpoint
from ledger.cli.receipts import keep_receipt, refresh_receipts
from ledger.client import Posted
from ledger.errors import NotFoundError, SplitViewError, StoreError
from ledger.evidence import parse_split_view, verify_split_view
from ledger.note import parse_note
from ledger.receipt import parse_receipt, verify_receipt
from tests.cli.command import caravan
from tests.ledger.test_cosigning import Ring
from tests.ledger.test_published import event, grow
from tests.support.forge import LEDGER, ORIGIN, signer


class Direct:
    """A client of a log in this process, which may lie."""

    def __init__(self, ring):
        self.ring = ring
        self.lie = None

    def policy(self):
        return self.ring.text.encode()

    def tile(self, *place):
        return self.ring.log.tile(*place)

    def receipt(self, index):
        if self.lie is not None:
            return self.lie(index)
        return self.ring.log.receipt(index)[0]


@pytest.fixture
def ring(tmp_path):
    made = Ring(tmp_path)
    made.cosigning.take_round()
    yield made
    made.close()


@pytest.fixture
def kept(ring, tmp_path):
    """Give a folder with two receipts that are signed only, and a file of others."""
    folder = tmp_path / "receipts"
    notes = [event(1), event(2)]
    for note, answer in zip(notes, ring.log.append_statements(notes), strict=True):
        posted = Posted(answer.index, "", answer.receipt, ())
        keep_receipt(folder, posted, note)
    (folder / "other.receipt").write_text("not a receipt")
    return folder


def receipts(folder):
    return {
        file.name: parse_receipt(file.read_bytes())
        for file in folder.glob("[0-9]*.receipt")
    }


def test_what_is_signed_is_exchanged_once_it_is_witnessed(ring, kept):
    client = Direct(ring)
    before = receipts(kept)
    assert refresh_receipts(kept, client) == {"signed": 2}
    assert receipts(kept) == before

    ring.cosigning.take_round()
    assert refresh_receipts(kept, client) == {"witnessed": 2}
    after = receipts(kept)
    assert all(b"a.example/dune" in each.checkpoint for each in after.values())
    assert [each.extra for each in after.values()] == [
        each.extra for each in before.values()
    ]
    assert (kept / "other.receipt").read_text() == "not a receipt"
    # What is witnessed is not asked for again.
    client.lie = lambda _: pytest.fail("asked for it")
    assert refresh_receipts(kept, client) == {"witnessed": 2}


def test_what_is_under_a_key_of_before_is_exchanged_too(ring, kept):
    """Scenario: the ledger key was changed, and the policy names the new one alone."""
    before = signer(ORIGIN, "a key of before")
    ring.cosigning.take_round()
    assert refresh_receipts(kept, Direct(ring)) == {"witnessed": 2}
    for name, receipt in receipts(kept).items():
        checkpoint = parse_checkpoint(parse_note(receipt.checkpoint).text)
        old = replace(receipt, checkpoint=sign_checkpoint(checkpoint, [before]))
        (kept / name).write_bytes(old.to_bytes())

    assert refresh_receipts(kept, Direct(ring)) == {"witnessed": 2}

    keys = ring.policy.log(ORIGIN)
    for receipt in receipts(kept).values():
        verify_receipt(receipt, receipt.extra, origin=ORIGIN, log_keys=keys)


def test_posting_again_keeps_what_is_witnessed(ring, kept):
    (index, *_) = [each.index for each in receipts(kept).values()]
    signed = ring.log.receipt(index)[0]
    ring.cosigning.take_round()
    refresh_receipts(kept, Direct(ring))
    keep_receipt(
        kept, Posted(index, "", signed, ()), receipts(kept)[f"{index}.receipt"].extra
    )
    assert refresh_receipts(kept, Direct(ring)) == {"witnessed": 2}
    # One of another statement is of another ledger, or shows that this one has forked.
    before = receipts(kept)
    for _ in range(2):
        file = keep_receipt(kept, Posted(index, "", signed, ()), event(9))
    found = receipts(kept)
    assert found.pop(file.name).extra == event(9)
    assert found == before


@pytest.mark.parametrize("more", [0, 3])
def test_a_receipt_of_another_history_is_kept_and_the_evidence_too(
    ring, kept, tmp_path, more
):
    other = tmp_path / "other"
    other.mkdir()
    fork = Ring(other)
    fork.clock.time_ms += 1000
    notes = [each.extra for each in receipts(kept).values()]
    fork.log.append_statements(sorted(notes, key=[event(1), event(2)].index))
    fork.log.append_statements([event(50 + number) for number in range(more)])
    fork.cosigning.take_round()
    before = receipts(kept)

    with pytest.raises(SplitViewError):
        refresh_receipts(kept, Direct(fork))

    assert receipts(kept) == before
    (file,) = kept.glob("split-view-*.json")
    evidence = parse_split_view(file.read_bytes())
    assert verify_split_view(evidence, log_keys=[LEDGER.vkey]).signed_both
    fork.close()


def test_tiles_that_are_none_of_the_ledgers_exchange_nothing(ring, kept):
    grow(ring.log, [30])
    ring.cosigning.take_round()
    client, before = Direct(ring), receipts(kept)
    client.tile = lambda level, index, width: bytes(32 * width)
    assert refresh_receipts(kept, client) == {"signed": 2}
    assert receipts(kept) == before


def raise_error(error):
    def lie(_):
        raise error

    return lie


@pytest.mark.parametrize(
    "lie",
    [
        lambda ring: lambda index: ring.log.receipt(index - 1)[0],
        lambda _: lambda _: b"c2sp.org/tlog-proof@v1\n",
        lambda _: raise_error(NotFoundError("entry: none")),
    ],
    ids=["of another statement", "no receipt", "none"],
)
def test_what_does_not_prove_the_statement_takes_no_place(ring, kept, lie):
    ring.cosigning.take_round()
    client, before = Direct(ring), receipts(kept)
    client.lie = lie(ring)
    assert refresh_receipts(kept, client) == {"signed": 2}
    assert receipts(kept) == before


def test_a_server_that_is_gone_is_said(ring, kept):
    client = Direct(ring)
    client.lie = raise_error(StoreError("no connection"))
    with pytest.raises(StoreError):
        refresh_receipts(kept, client)


def test_a_folder_that_is_not_there_has_no_receipts(tmp_path):
    nowhere = tmp_path / "receipts"
    ended = caravan("post", "--refresh", "--receipts", nowhere, "--to", "http://x")

    assert ended.status == 2
    assert f"{nowhere}: there is no such folder" in ended.err
