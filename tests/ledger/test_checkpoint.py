import hashlib
import itertools
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.checkpoint import (
    Checkpoint,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from ledger.errors import CheckpointError, LedgerError, MalformedError
from ledger.note import NoteSigner, parse_vkey
from ledger.signatures import SigningKey
from tests.support.make_vectors import checkpoint as maker
from tests.support.make_vectors import note as notes
from tests.support.reference import checkpoint as reference
from tests.support.reference import note as note_reference
from tests.support.vectors import cases, outcome

# What this module makes of every case of `small_texts` and `small_notes`.
PINNED = "39985684b923aa1abc71f5d4d5cea7f6bde83cfc5a0d08095fa3e92d85a1967e"

SIGNER = NoteSigner(maker.ORIGIN, SigningKey.from_seed(notes.seed("log")))
NEXT = NoteSigner(maker.ORIGIN, SigningKey.from_seed(notes.seed("next-log")))
CHECKPOINT = Checkpoint(maker.ORIGIN, 4797, maker.ROOT)
NOTE = note_reference.note(maker.TEXT, maker.line()).encode()


def judge(data):
    """Return a checkpoint as the reference does, or None; what parses spells itself."""
    try:
        checkpoint = parse_checkpoint(data)
    except CheckpointError:
        return None
    assert checkpoint.to_text() == data
    return checkpoint.origin, checkpoint.size, checkpoint.root


def judge_note(note, *, keys):
    """Return (code, labels of who signed) as the reference does."""
    vkeys = [parse_vkey(key) for key in keys]
    try:
        opened = open_checkpoint(note, origin=maker.ORIGIN, log_keys=vkeys)
    except LedgerError as error:
        return error.code, []
    return "ok", list(opened.signed_by)


def small_texts():
    """Yield checkpoints with every byte left out, and replaced by each of a few."""
    text = reference.text("a.b", 10, bytes(range(224, 256))).encode()
    for at in range(len(text) + 1):
        yield text[:at] + text[at + 1 :]
        for byte in b"\n\0 +-0159AB=_\xff":
            yield text[:at] + bytes([byte]) + text[at + 1 :]
            yield text[:at] + bytes([byte]) + text[at:]
    for size in range(70):
        yield reference.text("a.b", 2**size - 1, bytes(32)).encode()


def small_notes():
    """Yield every row of up to three lines of two keys, true, false and unknown."""
    false = note_reference.line(maker.ORIGIN, SIGNER.vkey.key_id, bytes(64))
    lines = [maker.line(), maker.line("next-log"), false, *maker.grease()]
    for count in range(1, 4):
        for row in itertools.product(lines, repeat=count):
            yield note_reference.note(maker.TEXT, *row).encode()


def test_agrees_with_the_reference_on_every_small_text_and_row_of_lines():
    seen = hashlib.sha256()

    for text in small_texts():
        found = judge(text)
        assert found == reference.parse(text), text
        seen.update(repr(found).encode())
    for words in [(), ("log",), ("log", "next-log")]:
        keys = [maker.log_vkey(word) for word in words]
        known = [note_reference.parse_vkey(key) for key in keys]
        for note in small_notes():
            found = judge_note(note, keys=keys)
            assert found == reference.judge(note, origin=maker.ORIGIN, keys=known), note
            seen.update(repr(found).encode())

    assert seen.hexdigest() == PINNED


@pytest.mark.parametrize("case", cases("checkpoint/parse.json"))
def test_parses_what_is_a_checkpoint_and_refuses_the_rest(case):
    text = case["text"].encode()

    assert outcome(parse_checkpoint, text) == case["want"]
    if case["want"] == "ok":
        checkpoint = parse_checkpoint(text)
        assert checkpoint.to_text() == text
        assert checkpoint.origin == case["origin"]
        assert checkpoint.size == case["size"]
        assert checkpoint.root.hex() == case["root_hex"]


@pytest.mark.parametrize("case", cases("checkpoint/open.json"))
def test_opens_only_what_a_listed_key_has_signed(case):
    note = case["note"].encode()
    listed = {
        "origin": case["origin"],
        "log_keys": [parse_vkey(key) for key in case["log_keys"]],
    }

    assert outcome(open_checkpoint, note, **listed) == case["want"]
    if case["want"] == "ok":
        opened = open_checkpoint(note, **listed)
        assert list(opened.signed_by) == case["signed_by"]
        assert opened.checkpoint.to_text() == opened.text
        assert opened.note.to_bytes() == note


def test_signs_as_the_reference_does():
    assert sign_checkpoint(CHECKPOINT, [SIGNER]) == NOTE


def test_signs_with_every_ledger_key():
    signed = sign_checkpoint(CHECKPOINT, iter([SIGNER, NEXT]))
    opened = open_checkpoint(
        signed, origin=maker.ORIGIN, log_keys=[NEXT.vkey, SIGNER.vkey]
    )

    assert opened.signed_by == (SIGNER.vkey.label, NEXT.vkey.label)


def test_does_not_sign_for_another_origin():
    stranger = NoteSigner(maker.OTHER, SIGNER.key)

    assert outcome(sign_checkpoint, CHECKPOINT, [SIGNER, stranger]) == "wrong-origin"


def test_is_not_signed_by_nobody():
    assert outcome(sign_checkpoint, CHECKPOINT, []) == "note"


def test_a_size_may_take_63_bits():
    text = reference.text(maker.ORIGIN, 2**63 - 1, maker.ROOT).encode()

    assert parse_checkpoint(text).size == 2**63 - 1


def test_text_that_is_not_utf_8_is_no_checkpoint():
    assert outcome(parse_checkpoint, b"\xff" + maker.TEXT.encode()) == "checkpoint"


def test_one_flipped_bit_anywhere_is_refused():
    for bit in range(len(NOTE) * 8):
        lie = bytearray(NOTE)
        lie[bit // 8] ^= 1 << bit % 8
        with pytest.raises(LedgerError):
            open_checkpoint(bytes(lie), origin=maker.ORIGIN, log_keys=[SIGNER.vkey])


@given(
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\n"), min_size=1
    ),
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
)
def test_formats_and_parses_to_the_same_checkpoint(origin, size, root):
    checkpoint = Checkpoint(origin, size, root)

    assert parse_checkpoint(checkpoint.to_text()) == checkpoint


@given(
    st.binary()
    | st.binary().map(lambda data: b"a.b\n1\n" + data + b"\n")
    | st.text(st.sampled_from("a.\n01AQ=\u2028")).map(str.encode)
)
def test_random_bytes_are_a_checkpoint_or_malformed(data):
    with suppress(MalformedError):
        assert parse_checkpoint(data).to_text() == data
