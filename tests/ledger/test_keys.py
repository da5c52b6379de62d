import os
import stat
import subprocess
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from ledger.cosignature import Cosigner
from ledger.errors import KeyFileError, MalformedError
from ledger.keys import (
    generate,
    generate_cosigner,
    needs_passphrase,
    read_cosigner_file,
    read_key_file,
    write_key_file,
)
from ledger.note import NoteSigner, parse_vkey
from ledger.signatures import SigningKey
from tests.support.vectors import outcome

NAME = "herd.example/officer"
WORDS = "correct camel battery staple"

# RFC 8410, section 10.3: the same key as a seed in its test.
RFC_8410 = b"""-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
"""
RFC_8410_SEED = "d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842"


@pytest.fixture
def signer():
    return NoteSigner(NAME, SigningKey.from_seed(bytes(range(32))))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "officer.key"


def same(left, right):
    return (left.name, left.key.seed) == (right.name, right.key.seed)


def test_new_keys_are_new():
    assert generate(NAME).name == NAME
    assert generate(NAME).vkey != generate(NAME).vkey
    assert generate_cosigner(NAME).vkey != generate_cosigner(NAME).vkey


def test_a_key_has_a_name_of_our_grammar():
    assert outcome(generate, "Officer") == "note"
    assert outcome(generate_cosigner, "Officer") == "note"


@pytest.mark.parametrize("passphrase", [None, WORDS, " ", "\u9a86\u9a7c", "\udc80"])
def test_what_is_written_is_read(path, signer, passphrase):
    write_key_file(path, signer, passphrase=passphrase)

    assert same(read_key_file(path, passphrase), signer)
    assert same(read_key_file(path, passphrase, name=NAME), signer)
    assert needs_passphrase(path) == (passphrase is not None)


def test_a_key_file_names_itself(path, signer):
    write_key_file(path, signer, passphrase=WORDS)

    first, second, *_ = path.read_text().split("\n")

    assert parse_vkey(first) == signer.vkey
    assert second == "-----BEGIN ENCRYPTED PRIVATE KEY-----"


def test_only_its_owner_can_read_a_key_file(path, signer):
    before = os.umask(0)
    try:
        write_key_file(path, signer, passphrase=None)
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_file_does_not_hold_the_seed_when_encrypted(path, signer):
    write_key_file(path, signer, passphrase=WORDS)
    plain = path.with_name("plain.key")
    write_key_file(plain, signer, passphrase=None)

    secret = plain.read_bytes().splitlines()[2]

    assert secret not in path.read_bytes()


@pytest.mark.parametrize("there", ["file", "link", "dangling-link", "folder"])
def test_nothing_is_ever_overwritten(path, signer, there):
    other = path.with_name("other")
    if there == "file":
        path.write_bytes(b"the only copy")
    elif there == "link":
        other.write_bytes(b"the only copy")
        path.symlink_to(other)
    elif there == "dangling-link":
        path.symlink_to(other)
    else:
        path.mkdir()

    with pytest.raises(KeyFileError, match="is there already"):
        write_key_file(path, signer, passphrase=None)

    if there == "dangling-link":
        assert not other.exists()
    elif there != "folder":
        assert path.read_bytes() == b"the only copy"


def test_an_empty_passphrase_is_no_passphrase(path, signer):
    assert outcome(write_key_file, path, signer, passphrase="") == "key-file"
    assert not path.exists()


def test_a_file_that_cannot_be_written_is_a_refusal(tmp_path, signer):
    nowhere = tmp_path / "nowhere" / "officer.key"

    assert outcome(write_key_file, nowhere, signer, passphrase=None) == "key-file"


@pytest.mark.parametrize(
    ("written", "given", "message"),
    [
        pytest.param(WORDS, "wrong", "wrong passphrase, or damaged", id="wrong"),
        pytest.param(WORDS, None, "want a passphrase", id="missing"),
        pytest.param(WORDS, "", "want a passphrase", id="empty"),
        pytest.param(None, WORDS, "is not encrypted", id="not-needed"),
    ],
)
def test_a_passphrase_that_does_not_fit_is_a_refusal(
    path, signer, written, given, message
):
    write_key_file(path, signer, passphrase=written)

    with pytest.raises(KeyFileError, match=message):
        read_key_file(path, given)


def test_a_plain_pem_is_read_when_a_name_is_given(path):
    path.write_bytes(RFC_8410)

    signer = read_key_file(path, name=NAME)

    assert signer.name == NAME
    assert signer.key.seed.hex() == RFC_8410_SEED
    assert outcome(read_key_file, path) == "key-file"
    assert outcome(read_key_file, path, name="Officer") == "note"
    assert same(read_cosigner_file(path, name=NAME), signer)


def test_what_openssl_makes_is_read_and_what_we_write_openssl_reads(path, signer):
    made = path.with_name("made.pem")
    command = ["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    write_key_file(path, signer, passphrase=WORDS)
    command = ["openssl", "pkey", "-in", str(path), "-passin", f"pass:{WORDS}"]
    command += ["-pubout", "-outform", "DER"]

    public = subprocess.run(command, check=True, capture_output=True).stdout

    assert read_key_file(made, name=NAME).name == NAME
    assert public[-32:] == signer.key.public_key


def test_a_key_that_cosigns_does_not_sign_notes_nor_the_other_way_round(path, signer):
    other = path.with_name("witness.key")
    cosigner = Cosigner(NAME, signer.key)
    write_key_file(path, signer, passphrase=None)
    write_key_file(other, cosigner, passphrase=None)

    assert same(read_cosigner_file(other), cosigner)
    assert outcome(read_cosigner_file, path) == "key-file"
    assert outcome(read_key_file, other) == "key-file"


def test_the_first_line_has_to_fit(path, signer):
    write_key_file(path, signer, passphrase=None)
    pem = path.read_bytes().partition(b"\n")[2]
    other = NoteSigner(NAME, SigningKey.from_seed(bytes(32)))

    path.write_bytes(other.vkey.to_text().encode() + b"\n" + pem)

    assert outcome(read_key_file, path) == "key-file"


def test_another_name_than_the_file_says_is_refused(path, signer):
    write_key_file(path, signer, passphrase=None)

    assert outcome(read_key_file, path, name="herd.example/clerk") == "key-file"


def not_keys():
    key = ec(SECP256R1())
    return {
        "empty": b"",
        "text": b"officer\n",
        "not-utf-8": b"\xff\n" + RFC_8410,
        "vkey-damaged": b"herd.example+00000000+AAAA\n" + RFC_8410,
        "pem-damaged": RFC_8410.replace(b"MC4C", b"MC5C"),
        "pem-cut-short": RFC_8410[:50],
        "another-kind-of-key": key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ),
        "a-public-key": key.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        ),
    }


@pytest.mark.parametrize(
    "data", [pytest.param(data, id=name) for name, data in not_keys().items()]
)
def test_what_is_no_key_file_is_refused(path, data):
    path.write_bytes(data)

    assert outcome(read_key_file, path, name=NAME) == "key-file"


def test_what_cannot_be_read_is_refused(tmp_path):
    for check in (read_key_file, read_cosigner_file, needs_passphrase):
        assert outcome(check, tmp_path / "nothing") == "key-file"
        assert outcome(check, tmp_path) == "key-file"


@given(
    st.binary(),
    st.sampled_from([b"", b"-----BEGIN PRIVATE KEY-----\n", RFC_8410[:-30]]),
    st.none() | st.text(min_size=1, max_size=3),
)
def test_random_bytes_are_a_key_or_malformed(tmp_path_factory, data, start, passphrase):
    path = tmp_path_factory.getbasetemp() / "random.key"
    path.write_bytes(start + data)

    with suppress(MalformedError):
        read_key_file(path, passphrase, name=NAME)


def test_no_message_shows_the_key_or_the_passphrase(path, signer):
    write_key_file(path, signer, passphrase=WORDS)

    with pytest.raises(KeyFileError) as refusal:
        read_key_file(path, "swordfish")

    assert "swordfish" not in str(refusal.value)
    assert signer.key.seed.hex() not in repr(signer)
