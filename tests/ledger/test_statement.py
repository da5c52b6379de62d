import contextlib
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import (
    EncodingError,
    LedgerError,
    MalformedError,
    UnknownVersionError,
)
from ledger.note import NoteSigner, parse_vkey
from ledger.signatures import SigningKey
from ledger.statement import (
    check_origin,
    parse_statement,
    sign_statement,
    verify_statement_signatures,
)
from tests.support.make_vectors import statement as maker
from tests.support.reference import statement as reference
from tests.support.vectors import cases, load, outcome

FOUR = maker.many().encode()
FOUR_KEYS = [parse_vkey(reference.vkey(*maker.key(word))) for word in maker.WORDS]
ALL = [
    entry.encode()
    for entry in (maker.true_statements() | maker.false_forms()).values()
    if len(entry) < 2000
]


def signer(word):
    name, seed = maker.key(word)
    return NoteSigner(name, SigningKey.from_seed(seed))


def judge(entry, keys):
    verify_statement_signatures(parse_statement(entry), keys)


@pytest.mark.parametrize("case", cases("statement/forms.json"))
def test_an_entry_is_a_statement_or_refused_for_the_right_reason(case):
    entry = case["entry"].encode()

    assert outcome(parse_statement, entry) == case["want"]
    if case["want"] == "ok":
        statement = parse_statement(entry)
        assert statement.entry == entry
        assert statement.origin == case["origin"]
        assert statement.kind == case["kind"]
        assert [each.label for each in statement.signers] == case["signers"]
        assert statement.issuer == statement.signers[0]
        assert statement.body.decode() == case["body"]
        assert statement.text_hash.hex() == case["text_hash_hex"]


@pytest.mark.parametrize("case", cases("statement/signatures.json"))
def test_signatures_are_judged_for_the_right_reason(case):
    keys = [parse_vkey(text) for text in case["keys"]]

    assert outcome(judge, case["entry"].encode(), keys) == case["want"]


@pytest.mark.parametrize("case", cases("statement/origins.json"))
def test_a_statement_for_another_ledger_is_refused(case):
    statement = parse_statement(case["entry"].encode())
    origin = load("statement/origins.json")["origin"]

    assert outcome(check_origin, statement, origin) == case["want"]


def test_the_text_hash_does_not_depend_on_the_signatures():
    text, signatures = maker.lines(maker.one())
    other = maker.joined(text, [maker.flipped(signatures[0])])

    one = parse_statement(maker.one().encode())
    assert parse_statement(other.encode()).text_hash == one.text_hash


@given(st.integers(0, 8 * len(FOUR) - 1))
def test_one_flipped_bit_anywhere_is_refused(place):
    entry = bytearray(FOUR)
    entry[place // 8] ^= 1 << place % 8

    with pytest.raises(LedgerError):
        judge(bytes(entry), FOUR_KEYS)


@given(st.binary(max_size=200), st.sampled_from(ALL), st.data())
def test_anything_parses_as_the_reference_says(rubbish, entry, data):
    start = data.draw(st.integers(0, len(entry)))
    end = data.draw(st.integers(start, min(start + 3, len(entry))))
    new = entry[:start] + rubbish[: data.draw(st.integers(0, 4))] + entry[end:]

    for lie in (new, rubbish, entry[:start] + entry[end:]):
        assert outcome(parse_statement, lie) == reference.judge(lie)


@given(st.binary())
def test_random_bytes_are_a_statement_or_malformed(rubbish):
    for entry in (rubbish, b"caravan/statement/v1\n" + rubbish):
        with contextlib.suppress(MalformedError, UnknownVersionError):
            parse_statement(entry)


def test_signing_gives_what_openssl_gives():
    signers = [signer(word) for word in maker.WORDS]

    entry = sign_statement(
        origin=maker.ORIGIN,
        kind="event",
        body={"type": "ObjectEvent"},
        signers=signers,
    )

    assert entry == FOUR
    verify_statement_signatures(parse_statement(entry), FOUR_KEYS)


def test_a_canonical_text_is_signed_as_it_is():
    entry = sign_statement(
        origin=maker.ORIGIN,
        kind="directory",
        body=b'{"action":"x"}',
        signers=[signer("vet")],
    )

    assert parse_statement(entry).body == b'{"action":"x"}'


@pytest.mark.parametrize(
    ("code", "lie"),
    [
        pytest.param("statement-format", {"words": ["vet", "vet"]}, id="signs-twice"),
        pytest.param(
            "statement-format",
            {"words": [f"hand{i}" for i in range(17)]},
            id="17-hands",
        ),
        pytest.param("note", {"words": []}, id="nobody"),
        pytest.param("statement-format", {"body": b"x" * 65_536}, id="too-large"),
        pytest.param("statement-format", {"body": b"{}\n{}"}, id="two-lines-of-body"),
        pytest.param("encoding", {"body": {"n": 2**60}}, id="number-out-of-form"),
        pytest.param("statement-format", {"origin": "ledger"}, id="bad-origin"),
    ],
)
def test_what_would_not_parse_is_not_signed(code, lie):
    claim = {"origin": maker.ORIGIN, "body": {}, "words": ["vet"], **lie}
    signers = [signer(word) for word in claim.pop("words")]

    assert outcome(sign_statement, kind="event", signers=signers, **claim) == code


def test_the_kind_of_refusal_is_that_of_its_module():
    with pytest.raises(EncodingError):
        sign_statement(
            origin=maker.ORIGIN,
            kind="event",
            body={"\ud800": 1},
            signers=[signer("vet")],
        )


def test_every_statement_of_many_small_ones_is_pinned_by_one_hash():
    hashed = hashlib.sha256()
    for count in range(1, 17):
        for size in range(8):
            signers = [signer(f"hand{i}") for i in range(count)]
            hashed.update(
                sign_statement(
                    origin=maker.ORIGIN,
                    kind="event" if size % 2 else "directory",
                    body={"n": size, "x": "驼" * size},
                    signers=signers,
                )
            )

    assert hashed.hexdigest() == (
        "c9af63a8351c88ceeea7e70ec319f305a8eeb085ba0e8c3a96a78c1be7885492"
    )
