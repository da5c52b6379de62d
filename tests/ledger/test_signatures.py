import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger import signatures
from ledger.signatures import SigningKey, check_public_key, verify_signature
from tests.support.make_vectors import signatures as maker
from tests.support.reference import signatures as reference
from tests.support.vectors import VECTORS, cases, load, outcome

FOREIGN = VECTORS / "foreign"
HONEST = SigningKey.from_seed(maker.SEED)


def claim(case):
    return [
        bytes.fromhex(case[f"{part}_hex"]) for part in ("key", "message", "signature")
    ]


@pytest.mark.parametrize("case", cases("signatures/verify.json"))
def test_a_signature_holds_under_the_one_rule_or_not(case):
    assert outcome(verify_signature, *claim(case)) == case["want"]
    assert reference.verify(*claim(case)) == (case["want"] == "ok")


@pytest.mark.parametrize("case", cases("signatures/public_keys.json"))
def test_a_public_key_may_be_bound_or_not(case):
    assert outcome(check_public_key, bytes.fromhex(case["key_hex"])) == case["want"]


def test_the_vectors_have_what_other_libraries_would_accept():
    accepted = {
        case["name"]: (
            reference.verify_plainly(*claim(case)),
            reference.verify_with_cofactor(*claim(case)),
        )
        for case in load("signatures/verify.json")["cases"]
        if case["name"].startswith(("low-order", "holds-only", "key-with-a-part"))
    }

    # OpenSSL computes the plain equation, ZIP 215 the one with the cofactor.
    for name, (plainly, with_cofactor) in accepted.items():
        if name.startswith(("low-order-key", "key-with-a-part")):
            assert plainly, name
        if name.startswith("holds-only"):
            assert not plainly, name
        assert with_cofactor, name
    identity = reference.encode(reference.IDENTITY).hex()
    assert accepted[f"low-order-first-half-{identity}"] == (True, True)


def test_the_low_order_encodings_are_those_of_the_group_and_of_cctv():
    listed = (FOREIGN / "cctv-low-order" / "low-order-ed25519.txt").read_text().split()

    assert sorted(signatures.LOW_ORDER_ENCODINGS) == reference.low_order_encodings()
    assert {bytes.fromhex(e) for e in listed} == signatures.LOW_ORDER_ENCODINGS
    assert len(listed) == 14


def wycheproof():
    """Return key, message, signature and the authors' verdict, named after the test."""
    path = FOREIGN / "wycheproof" / "ed25519_test.json"
    return [
        pytest.param(
            group["publicKey"]["pk"],
            test["msg"],
            test["sig"],
            test["result"],
            id=f"tc-{test['tcId']}",
        )
        for group in json.loads(path.read_text())["testGroups"]
        for test in group["tests"]
    ]


@pytest.mark.parametrize(("key", "message", "signature", "result"), wycheproof())
def test_wycheproof_is_judged_as_its_authors_say(key, message, signature, result):
    told = [bytes.fromhex(part) for part in (key, message, signature)]

    want = {"valid": "ok", "invalid": "signature"}[result]
    assert outcome(verify_signature, *told) == want


def test_all_of_wycheproof_is_there():
    assert len(wycheproof()) == 151


def test_the_accumulated_hash_is_that_of_the_reference():
    (case,) = load("signatures/accumulated.json")["cases"]

    got = maker.chain(
        lambda seed: SigningKey.from_seed(seed).public_key,
        lambda seed, message: SigningKey.from_seed(seed).sign(message),
    )

    assert got == case["want"]


@pytest.mark.parametrize("name", maker.RFC8032)
def test_keys_and_signatures_are_those_of_rfc_8032(name):
    seed, message = (bytes.fromhex(part) for part in maker.RFC8032[name])
    (case,) = (
        case for case in load("signatures/verify.json")["cases"] if case["name"] == name
    )
    key = SigningKey.from_seed(seed)

    assert key.public_key.hex() == case["key_hex"]
    assert key.sign(message).hex() == case["signature_hex"]


def test_the_keys_of_rfc_8032_begin_as_published():
    published = ["d75a980182b10ab7", "3d4017c3e843895a", "fc51cd8e6218a1a3"]

    assert [
        SigningKey.from_seed(bytes.fromhex(seed)).public_key.hex()[:16]
        for seed, _ in maker.RFC8032.values()
    ] == published


def test_a_key_is_its_seed():
    key = SigningKey.generate()
    again = SigningKey.from_seed(key.seed)

    assert again.public_key == key.public_key
    assert again.sign(b"milk") == key.sign(b"milk")
    assert SigningKey.generate().seed != key.seed


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_seed_of_another_length_is_a_mistake_of_the_programmer(length):
    with pytest.raises(ValueError, match="seed"):
        SigningKey.from_seed(bytes(length))


def test_a_key_never_shows_its_secret():
    shown = repr(HONEST) + str(HONEST) + f"{HONEST}"

    assert HONEST.public_key.hex() in shown
    assert HONEST.seed.hex() not in shown
    assert repr(HONEST.seed) not in shown


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32))
def test_what_is_signed_verifies_and_is_what_another_library_signs(message, seed):
    key = SigningKey.from_seed(seed)
    signature = key.sign(message)

    verify_signature(key.public_key, message, signature)
    other = Ed25519PrivateKey.from_private_bytes(seed)
    assert other.sign(message) == signature


@given(st.binary(max_size=100), st.integers(0))
def test_one_flipped_bit_anywhere_is_refused(message, place):
    parts = [HONEST.public_key, message, HONEST.sign(message)]
    place %= sum(len(part) for part in parts) * 8
    which = 0
    while place >= len(parts[which]) * 8:
        place -= len(parts[which]) * 8
        which += 1
    parts[which] = maker.flip(parts[which], place)

    assert outcome(verify_signature, *parts) == "signature"


@given(
    st.binary(max_size=33) | st.binary(min_size=32, max_size=32),
    st.binary(max_size=40),
    st.binary(max_size=65) | st.binary(min_size=64, max_size=64),
)
def test_random_bytes_are_refused_and_nothing_else_happens(key, message, signature):
    assert outcome(check_public_key, key) in {"ok", "signature"}
    assert outcome(verify_signature, key, message, signature) == "signature"
    honest = HONEST.public_key
    assert outcome(verify_signature, honest, message, signature) == "signature"
