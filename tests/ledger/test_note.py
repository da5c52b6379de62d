import hashlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import MalformedError, NoteError
from ledger.note import (
    Note,
    NoteSignature,
    NoteSigner,
    check_key_name,
    parse_note,
    parse_vkey,
    sign_note,
    verifier_key,
    verify_note_signature,
)
from ledger.signatures import SigningKey
from tests.support.make_vectors import note as maker
from tests.support.reference import note as reference
from tests.support.vectors import cases, outcome

# What this module makes of every case of `small_notes` and `small_vkeys`.
PINNED = "fd0eac1e60af1edc0e7bd3e572c2173f6e1862151d347b39d9b25d304717baea"

SIGNER = NoteSigner(maker.NAME, SigningKey.from_seed(maker.seed("herd")))
NOTE = reference.note(maker.TEXT, maker.line()).encode()

# Bytes that mean something in a note, and some that do not.
BYTES = [*b"\n\0\t\r\x1f \x7f+=-A\xff\xe2\x80\x94\xc2\xa0", 0x85]


def note_bytes(case):
    if "note_hex" in case:
        return bytes.fromhex(case["note_hex"])
    return case["note"].encode()


def plain(note):
    """Return a note as the reference does."""
    lines = [(line.name, line.key_id, line.signature) for line in note.signatures]
    return note.text, lines


def judge(data):
    """Return a note as the reference does, or None; what parses spells itself."""
    try:
        note = parse_note(data)
    except NoteError:
        return None
    assert note.to_bytes() == data
    return plain(note)


def judge_vkey(text):
    """Return a vkey as the reference does, or None; what parses spells itself."""
    try:
        vkey = parse_vkey(text)
    except NoteError:
        return None
    assert vkey.to_text() == text
    return vkey.name, vkey.key_id, vkey.kind, vkey.key


def verify_first_line(data):
    note = parse_note(data)
    verify_note_signature(SIGNER.vkey, note.text, note.signatures[0])


def edits(data):
    """Yield a text with each byte left out, and replaced and preceded by others."""
    for at in range(len(data) + 1):
        yield data[:at] + data[at + 1 :]
        for byte in BYTES:
            yield data[:at] + bytes([byte]) + data[at + 1 :]
            yield data[:at] + bytes([byte]) + data[at:]


def small_notes():
    """Yield every arrangement of a few lines, and every edit of a short note."""
    pieces = ["\n", "a\n", "\u2014 a.b AAAAAAA=\n", "\u2014 a.b AAAA\n", "\u2014 a.b\n"]
    arrangements = [""]
    for _ in range(4):
        arrangements += [first + piece for first in arrangements for piece in pieces]
    for text in dict.fromkeys(arrangements):
        yield text.encode()
    yield from edits("a\n\nb\n\n\u2014 a.b AAAAAAA=\n".encode())


def small_vkeys():
    """Yield every edit of a vkey that is text."""
    for data in edits(SIGNER.vkey.to_text().encode()):
        yield data.decode("utf-8", "replace")


def test_agrees_with_the_reference_on_every_small_note_and_edited_vkey():
    seen = hashlib.sha256()

    for data in small_notes():
        found = judge(data)
        assert found == reference.parse(data), data
        seen.update(repr(found).encode())
    for text in small_vkeys():
        found = judge_vkey(text)
        assert found == reference.parse_vkey(text), text
        seen.update(repr(found).encode())

    assert seen.hexdigest() == PINNED


@pytest.mark.parametrize("case", cases("note/parse.json"))
def test_parses_what_is_a_note_and_refuses_the_rest(case):
    data = note_bytes(case)

    assert outcome(parse_note, data) == case["want"]
    if case["want"] == "ok":
        note = parse_note(data)
        assert note.to_bytes() == data
        assert note.text.decode() == case["text"]
        assert [
            (line.name, line.key_id.hex(), line.signature.hex())
            for line in note.signatures
        ] == [
            (line["name"], line["key_id_hex"], line["signature_hex"])
            for line in case["signatures"]
        ]


@pytest.mark.parametrize("case", cases("note/vkey.json"))
def test_parses_what_is_a_vkey_and_refuses_the_rest(case):
    assert outcome(parse_vkey, case["vkey"]) == case["want"]
    if case["want"] == "ok":
        vkey = parse_vkey(case["vkey"])
        assert vkey.to_text() == case["vkey"]
        assert vkey.name == case["key_name"]
        assert vkey.key_id.hex() == case["key_id_hex"]
        assert vkey.kind == case["kind"]
        assert vkey.key.hex() == case["key_hex"]


@pytest.mark.parametrize("case", cases("note/key-name.json"))
def test_gives_only_names_of_our_grammar(case):
    key = SigningKey.from_seed(bytes(32))

    assert outcome(check_key_name, case["key_name"]) == case["want"]
    assert outcome(NoteSigner, case["key_name"], key) == case["want"]


@pytest.mark.parametrize("case", cases("note/verify.json"))
def test_a_line_is_believed_only_for_its_key_and_text(case):
    vkey, note = parse_vkey(case["vkey"]), parse_note(case["note"].encode())

    found = outcome(verify_note_signature, vkey, note.text, note.signatures[0])

    assert found == case["want"]


def test_signs_as_the_reference_does():
    note = sign_note(maker.TEXT.encode(), [SIGNER])

    assert note.to_bytes() == NOTE
    assert SIGNER.vkey.to_text() == maker.vkey(maker.NAME, "herd")
    assert SIGNER.vkey.label == note.signatures[0].label


def test_signers_sign_in_the_order_given():
    other = NoteSigner(maker.OTHER, SigningKey.from_seed(maker.seed("plant")))

    note = sign_note(b"30 kg\n", [other, SIGNER])

    assert [line.label for line in note.signatures] == [
        other.vkey.label,
        SIGNER.vkey.label,
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param(b"", 1, id="no-text"),
        pytest.param(b"30 kg", 1, id="no-newline-at-the-end"),
        pytest.param(b"30\tkg\n", 1, id="tab"),
        pytest.param(b"30\r\n", 1, id="carriage-return"),
        pytest.param(b"\xff\n", 1, id="not-utf-8"),
        pytest.param(b"30 kg\n", 0, id="nobody-signs"),
        pytest.param(b"30 kg\n", 65, id="sixty-five-sign"),
    ],
)
def test_signs_nothing_that_would_not_parse(text, count):
    assert outcome(sign_note, text, [SIGNER] * count) == "note"


def test_sixty_four_sign():
    note = sign_note(b"30 kg\n", [SIGNER] * 64)

    assert parse_note(note.to_bytes()) == note


def test_one_flipped_bit_anywhere_is_refused():
    for bit in range(len(NOTE) * 8):
        lie = bytearray(NOTE)
        lie[bit // 8] ^= 1 << bit % 8
        assert outcome(verify_first_line, bytes(lie)) != "ok"


def test_the_names_of_a_key_are_not_interchangeable():
    key = SIGNER.key.public_key
    renamed = verifier_key(maker.OTHER, SIGNER.vkey.kind, key)

    assert renamed.key_id != SIGNER.vkey.key_id


NAMES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=reference.NO_NAME),
    min_size=1,
)
LINES = st.builds(
    NoteSignature,
    name=NAMES,
    key_id=st.binary(min_size=4, max_size=4),
    signature=st.binary(min_size=1, max_size=100),
)
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], min_codepoint=0x20) | st.just("\n")
)


@given(TEXTS, st.lists(LINES, min_size=1, max_size=5))
def test_formats_and_parses_to_the_same_note(text, lines):
    note = Note((text + "\n").encode(), tuple(lines))

    assert parse_note(note.to_bytes()) == note


@given(NAMES, st.sampled_from([1, 4]), st.binary(min_size=32, max_size=32))
def test_formats_and_parses_to_the_same_vkey(name, kind, key):
    vkey = verifier_key(name, kind, key)

    assert parse_vkey(vkey.to_text()) == vkey


@given(
    st.binary()
    | st.binary().map(lambda data: b"a\n\n\xe2\x80\x94 a.b " + data)
    | st.text(st.sampled_from("\n\u2014 a+.=\x85")).map(str.encode)
)
def test_random_bytes_are_a_note_or_malformed(data):
    with suppress(MalformedError):
        assert parse_note(data).to_bytes() == data


@given(st.text(st.characters()) | st.text(st.sampled_from("a.+0=/AQ\ud800")))
def test_random_text_is_a_vkey_or_malformed(text):
    with suppress(MalformedError):
        assert parse_vkey(text).to_text() == text
