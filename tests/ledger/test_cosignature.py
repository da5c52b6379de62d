import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.cosignature import (
    MAX_TIMESTAMP,
    Cosigner,
    cosignature_message,
    sign_cosignature,
    verify_cosignature,
)
from ledger.errors import LedgerError
from ledger.note import NoteSignature, parse_note, parse_vkey
from ledger.signatures import SigningKey
from tests.support.make_vectors import checkpoint as checkpoints
from tests.support.make_vectors import cosignature as maker
from tests.support.make_vectors import note as notes
from tests.support.reference import cosignature as reference
from tests.support.reference import note as note_reference
from tests.support.vectors import cases, outcome

# What this module makes of every case of `small_lines`.
PINNED = "e572e596d30390a7d85bee28d71a8c860c52b7ae57e153e96e8032239efa50f8"

COSIGNER = Cosigner(maker.NAME, SigningKey.from_seed(notes.seed("witness")))
TEXT = maker.TEXT.encode()
SIGNED = sign_cosignature(COSIGNER, maker.TIME, TEXT)


def relined(signature):
    return NoteSignature(SIGNED.name, SIGNED.key_id, signature)


def judge(line):
    """Return (code, time) as the reference does."""
    try:
        return "ok", verify_cosignature(COSIGNER.vkey, TEXT, line)
    except LedgerError as error:
        return error.code, None


def small_lines():
    """Yield lines of every length around the right one, and of times at the edges."""
    blob = SIGNED.signature
    for length in range(1, 80):
        yield relined((blob + bytes(8))[:length])
    for bit in range(64):
        for time in (2**bit - 1, 2**bit):
            yield relined(time.to_bytes(8, "big") + blob[8:])
            if time <= MAX_TIMESTAMP:
                yield sign_cosignature(COSIGNER, time, TEXT)


def test_agrees_with_the_reference_on_every_length_and_edge_of_time():
    known = note_reference.parse_vkey(COSIGNER.vkey.to_text())
    seen = hashlib.sha256()

    for line in small_lines():
        found = judge(line)
        bare = (line.name, line.key_id, line.signature)
        assert found == reference.judge_line(known, TEXT, bare)
        seen.update(repr(found).encode())

    assert seen.hexdigest() == PINNED


@pytest.mark.parametrize("case", cases("cosignature/message.json"))
def test_signs_these_very_bytes(case):
    message = cosignature_message(case["timestamp"], case["text"].encode())

    assert message.decode() == case["want"]


@pytest.mark.parametrize("case", cases("cosignature/verify.json"))
def test_a_line_is_believed_only_for_its_key_text_and_time(case):
    vkey, note = parse_vkey(case["vkey"]), parse_note(case["note"].encode())
    claim = vkey, note.text, note.signatures[0]

    assert outcome(verify_cosignature, *claim) == case["want"]
    if case["want"] == "ok":
        assert verify_cosignature(*claim) == case["timestamp"]


def test_signs_as_the_reference_does():
    assert SIGNED.to_line() == maker.line()
    assert COSIGNER.vkey.to_text() == maker.witness_vkey()


def test_cosigns_nothing_but_checkpoints():
    assert outcome(sign_cosignature, COSIGNER, 1, b"30 kg\n") == "checkpoint"


def test_a_cosigner_has_a_name_of_our_grammar():
    assert outcome(Cosigner, "Witness", COSIGNER.key) == "note"


@pytest.mark.parametrize("timestamp", [-1, MAX_TIMESTAMP + 1])
def test_a_time_beyond_63_bits_is_a_mistake_of_the_caller(timestamp):
    with pytest.raises(ValueError, match="timestamp: got"):
        sign_cosignature(COSIGNER, timestamp, TEXT)


def test_one_flipped_bit_anywhere_in_the_line_is_refused():
    for bit in range(len(SIGNED.signature) * 8):
        lie = bytearray(SIGNED.signature)
        lie[bit // 8] ^= 1 << bit % 8
        assert judge(relined(bytes(lie))) == ("signature", None)


def test_one_flipped_bit_anywhere_in_the_text_is_refused():
    for bit in range(len(TEXT) * 8):
        lie = bytearray(TEXT)
        lie[bit // 8] ^= 1 << bit % 8
        found = outcome(verify_cosignature, COSIGNER.vkey, bytes(lie), SIGNED)
        assert found == "signature"


@given(st.integers(0, MAX_TIMESTAMP), st.integers(0, 2**63 - 1), st.binary())
def test_what_is_cosigned_verifies_at_its_time(time, size, word):
    root = hashlib.sha256(word).digest()
    text = checkpoints.reference.text("a.b", size, root).encode()

    line = sign_cosignature(COSIGNER, time, text)

    assert verify_cosignature(COSIGNER.vkey, text, line) == time


@given(st.binary(min_size=1, max_size=100))
def test_random_bytes_are_no_cosignature(blob):
    assert judge(relined(blob)) == ("signature", None)
