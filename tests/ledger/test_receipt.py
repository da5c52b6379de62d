import hashlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError, MalformedError, ReceiptFormatError
from ledger.note import parse_vkey
from ledger.receipt import Receipt, parse_receipt, spell_receipts, verify_receipt
from tests.support.make_vectors import checkpoint as checkpoints
from tests.support.make_vectors import receipt as maker
from tests.support.reference import note as note_reference
from tests.support.reference import receipt as reference
from tests.support.vectors import cases, outcome

# What this module makes of every case of `small_receipts` and `small_claims`.
PINNED = "7e1c77f897aa839768e85efdbfac5a588b967e0adc54bf5948f3ad213e0f16fd"

LISTED = {
    "origin": checkpoints.ORIGIN,
    "log_keys": [parse_vkey(checkpoints.log_vkey())],
}


def judge(data):
    """Return the parts as the reference does, or None; what parses spells itself."""
    try:
        receipt = parse_receipt(data)
    except ReceiptFormatError:
        return None
    assert receipt.to_bytes() == data
    return receipt.extra, receipt.index, list(receipt.proof), receipt.checkpoint


def verify(data, entry):
    return verify_receipt(parse_receipt(data), entry, **LISTED)


def small_receipts():
    """Yield receipts with every byte left out, and replaced by each of a few."""
    text = reference.receipt(10, [bytes(32)], "\n", extra=b"ab").encode()
    for at in range(len(text) + 1):
        yield text[:at] + text[at + 1 :]
        for byte in b"\n\0 +-0159AB=_\xff":
            yield text[:at] + bytes([byte]) + text[at + 1 :]
            yield text[:at] + bytes([byte]) + text[at:]


def small_claims():
    """Yield the receipt of each entry of each small log, with each entry of it."""
    for size in range(1, 8):
        entries = maker.ENTRIES[:size]
        for index in range(size):
            for entry in entries:
                yield maker.receipt(index, entries).encode(), entry


def test_agrees_with_the_reference_on_every_small_receipt_and_claim():
    known = [note_reference.parse_vkey(checkpoints.log_vkey())]
    seen = hashlib.sha256()

    for data in small_receipts():
        found = judge(data)
        assert found == reference.parse(data), data
        seen.update(repr(found).encode())
    for data, entry in small_claims():
        code = outcome(verify, data, entry)
        assert code == reference.judge(
            data, entry, origin=checkpoints.ORIGIN, keys=known
        )
        seen.update(code.encode())

    assert seen.hexdigest() == PINNED


@pytest.mark.parametrize("case", cases("receipt/parse.json"))
def test_parses_what_is_a_receipt_and_refuses_the_rest(case):
    data = case["receipt"].encode()

    assert outcome(parse_receipt, data) == case["want"]
    if case["want"] == "ok":
        receipt = parse_receipt(data)
        assert receipt.to_bytes() == data
        assert receipt.index == case["index"]
        assert [sibling.hex() for sibling in receipt.proof] == case["proof_hex"]
        assert receipt.checkpoint.decode() == case["checkpoint"]
        extra = case["extra_hex"]
        assert receipt.extra == (None if extra is None else bytes.fromhex(extra))


@pytest.mark.parametrize("case", cases("receipt/verify.json"))
def test_a_receipt_is_believed_only_for_its_entry_and_log(case):
    def check():
        verify_receipt(
            parse_receipt(case["receipt"].encode()),
            bytes.fromhex(case["entry_hex"]),
            origin=case["origin"],
            log_keys=[parse_vkey(key) for key in case["log_keys"]],
        )

    assert outcome(check) == case["want"]


def test_returns_the_checkpoint_that_it_was_verified_under():
    signed = verify(maker.receipt().encode(), maker.ENTRIES[maker.INDEX])

    assert signed.checkpoint.size == len(maker.ENTRIES)
    assert signed.note.to_bytes() == maker.signed().encode()


def test_an_index_may_take_63_bits():
    data = reference.receipt(2**63 - 1, [], "").encode()

    assert parse_receipt(data).index == 2**63 - 1


def test_one_flipped_bit_anywhere_is_refused():
    data, entry = maker.receipt().encode(), maker.ENTRIES[maker.INDEX]
    for bit in range(len(data) * 8):
        lie = bytearray(data)
        lie[bit // 8] ^= 1 << bit % 8
        with pytest.raises(LedgerError):
            verify(bytes(lie), entry)


def test_one_flipped_bit_anywhere_in_the_entry_is_refused():
    data, entry = maker.receipt().encode(), maker.ENTRIES[maker.INDEX]
    for bit in range(len(entry) * 8):
        lie = bytearray(entry)
        lie[bit // 8] ^= 1 << bit % 8
        assert outcome(verify, data, bytes(lie)) == "root-mismatch"


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.binary(),
    st.none() | st.binary(min_size=1),
)
def test_formats_and_parses_to_the_same_receipt(index, proof, checkpoint, extra):
    receipt = Receipt(index, tuple(proof), checkpoint, extra)

    assert parse_receipt(receipt.to_bytes()) == receipt


@given(
    st.binary()
    | st.binary().map(lambda data: b"c2sp.org/tlog-proof@v1\n" + data)
    | st.text(st.sampled_from("extra index \n01AQ=")).map(
        lambda text: f"c2sp.org/tlog-proof@v1\nindex 0{text}\n\n".encode()
    )
)
def test_random_bytes_are_a_receipt_or_malformed(data):
    with suppress(MalformedError):
        assert parse_receipt(data).to_bytes() == data


def test_receipts_of_a_group_are_spelled_as_each_is_alone():
    checkpoint = b"a log\n7\nroot\n\n\xe2\x80\x94 signed\n"
    shared, own, other = bytes(32), b"\x01" * 32, b"\x02" * 32
    proofs = {0: (), 5: (own, shared), 17: (other, shared)}

    assert spell_receipts(proofs, checkpoint) == {
        index: Receipt(index, proof, checkpoint).to_bytes()
        for index, proof in proofs.items()
    }
