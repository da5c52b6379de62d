import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.commitments import commit, verify_commitment
from ledger.errors import VerificationError
from tests.support.make_vectors import commitments as maker
from tests.support.reference import commitments as reference
from tests.support.vectors import cases, outcome

# What `commit` makes of every value of up to 300 letters.
PINNED = "f5b76c12512272e19ba4ce107910c5b6b3f9f8107184ea33e28b4eecea6c9232"


def test_agrees_with_the_reference_on_every_length():
    seen = hashlib.sha256()

    for length in range(301):
        value = "\u5976" * length
        found = commit(value, maker.SALT)
        assert found == reference.commit(value, maker.SALT)
        seen.update(found)

    assert seen.hexdigest() == PINNED


@pytest.mark.parametrize("case", cases("commitments/commit.json"))
def test_commits_to_these_very_bytes(case):
    found = commit(case["value"], bytes.fromhex(case["salt_hex"]))

    assert found.hex() == case["want"]


@pytest.mark.parametrize("case", cases("commitments/verify.json"))
def test_a_commitment_stands_for_one_value_and_salt(case):
    found = outcome(
        verify_commitment,
        bytes.fromhex(case["commitment_hex"]),
        case["value"],
        bytes.fromhex(case["salt_hex"]),
    )

    assert found == case["want"]


@given(st.text(st.characters(exclude_categories=["Cs"])), st.data())
def test_one_flipped_bit_in_commitment_or_salt_is_refused(value, data):
    salt = data.draw(st.binary(min_size=32, max_size=32))
    true = commit(value, salt)
    bit = data.draw(st.integers(0, 255))
    flip = (1 << bit).to_bytes(32, "big")

    def flipped(hash_or_salt):
        return bytes(a ^ b for a, b in zip(hash_or_salt, flip, strict=True))

    verify_commitment(true, value, salt)
    with pytest.raises(VerificationError):
        verify_commitment(flipped(true), value, salt)
    with pytest.raises(VerificationError):
        verify_commitment(true, value, flipped(salt))


def test_composed_and_decomposed_letters_are_two_values():
    assert commit("\u00e9", maker.SALT) != commit("e\u0301", maker.SALT)
