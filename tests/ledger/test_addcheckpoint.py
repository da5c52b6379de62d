import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.addcheckpoint import (
    MAX_BODY_BYTES,
    MAX_PROOF,
    AddCheckpoint,
    parse_add_checkpoint,
)
from ledger.encoding import encode_base64
from ledger.errors import AddCheckpointError, MalformedError

HASH = encode_base64(bytes(32)).encode()
CHECKPOINT = (
    b"ledger.example/log\n8\n" + HASH + b"\n\n\xe2\x80\x94 ledger.example AAAA\n"
)

# The example of the specification (C2SP tlog-witness), without its signatures' bytes.
EXAMPLE = b"""\
old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\xe2\x80\x94 example.com/behind-the-sofa Az3grlgt
"""


def test_reads_the_example_of_the_specification():
    parsed = parse_add_checkpoint(EXAMPLE)

    assert parsed.old_size == 20852014
    assert [encode_base64(node)[:4] for node in parsed.proof] == [
        "PlRN", "jrJZ", "5+pK", "/6WV",
    ]  # fmt: skip
    assert parsed.checkpoint.startswith(b"example.com/behind-the-sofa\n20852163\n")
    assert parsed.to_bytes() == EXAMPLE


@given(
    st.builds(
        AddCheckpoint,
        st.integers(0, 2**63 - 1),
        st.lists(st.binary(min_size=32, max_size=32), max_size=MAX_PROOF).map(tuple),
        st.binary(max_size=500),
    )
)
def test_what_is_written_is_read_again(body):
    assert parse_add_checkpoint(body.to_bytes()) == body


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no blank line"),
        (b"old 1\n" + HASH + b"\n" + CHECKPOINT[:-1].split(b"\n\n")[0], "no blank"),
        (b"new 1\n\n", "the first line is not"),
        (b"old  1\n\n", "integer"),
        (b"old 01\n\n", "integer"),
        (b"old +1\n\n", "integer"),
        (b"old -1\n\n", "integer"),
        (b"old 1 \n\n", "integer"),
        (b"old 1\r\n\r\n\n\n", "integer"),
        ("old \u0661\n\n".encode(), "not ASCII"),
        (b"old 9223372036854775808\n\n", "integer"),
        (b"\nold 1\n\n", "the first line is not"),
        (b"old 1\n" + HASH[:-1] + b"\n\n", "base64"),
        (b"old 1\n" + HASH + b" \n\n", "base64"),
        (b"old 1\n" + encode_base64(bytes(31)).encode() + b"\n\n", "want 32"),
        # The bits that a last character has to spare are not zero.
        (b"old 1\n" + HASH[:-2] + b"B=\n\n", "base64"),
    ],
)
def test_refuses_what_has_another_form(body, words):
    with pytest.raises(AddCheckpointError, match=words) as caught:
        parse_add_checkpoint(body)

    assert isinstance(caught.value, MalformedError)


def test_refuses_one_hash_more_than_a_proof_can_have():
    body = AddCheckpoint(1, (bytes(32),) * MAX_PROOF, CHECKPOINT)
    assert parse_add_checkpoint(body.to_bytes()) == body

    more = AddCheckpoint(1, (bytes(32),) * (MAX_PROOF + 1), CHECKPOINT)
    with pytest.raises(AddCheckpointError, match="got 64 hashes"):
        parse_add_checkpoint(more.to_bytes())


def test_refuses_more_bytes_than_any_honest_body_has():
    head = len(AddCheckpoint(0, (), b"").to_bytes())
    largest = AddCheckpoint(0, (), b"x" * (MAX_BODY_BYTES - head))
    assert parse_add_checkpoint(largest.to_bytes()) == largest

    with pytest.raises(AddCheckpointError, match="65537 bytes"):
        parse_add_checkpoint(largest.to_bytes() + b"x")
