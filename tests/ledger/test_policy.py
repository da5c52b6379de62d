import hashlib
import itertools
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError, MalformedError, PolicyError
from ledger.note import parse_note
from ledger.policy import (
    is_quorum,
    parse_policy,
    quorum_time,
    read_cosignatures,
    verify_quorum,
)
from tests.support.make_vectors import checkpoint as checkpoints
from tests.support.make_vectors import policy as maker
from tests.support.reference import policy as reference
from tests.support.vectors import cases, outcome

# What this module makes of every case of `small_policies` and `small_quorums`.
PINNED = "7fb34c7e87d16e167d99cdb45478804e7c78dceee7c9948957e15dc3ae7af622"

# Lines that fit together in some orders and not in others.
LINES = [
    *maker.witnesses("A", "B").splitlines(),
    "group g any A B",
    "group h 2 g B",
    "group g all A",
    "quorum g",
    "quorum none",
]


def policy_bytes(case):
    if "policy_hex" in case:
        return bytes.fromhex(case["policy_hex"])
    return case["policy"].encode()


def shown(policy):
    """Return a policy as a vector shows it."""
    return {
        "logs": [{"vkey": log.vkey.to_text(), "url": log.url} for log in policy.logs],
        "witnesses": [
            {
                "name": witness.name,
                "vkey": witness.vkey.to_text(),
                "url": witness.url,
            }
            for witness in policy.witnesses
        ],
        "groups": [
            {
                "name": group.name,
                "threshold": group.threshold,
                "members": list(group.members),
            }
            for group in policy.groups
        ],
        "quorum": policy.quorum,
        "fingerprint": policy.fingerprint,
    }


def judge(data):
    """Return a policy as a vector shows it, or None."""
    try:
        policy = parse_policy(data)
    except PolicyError:
        return None
    assert policy.text == data
    return shown(policy)


def small_policies():
    """Yield every row of up to four lines, and every edit of a short policy."""
    for count in range(5):
        for row in itertools.permutations(LINES, count):
            yield "".join(line + "\n" for line in row).encode()
    text = b"#\n\nquorum\tnone\n"
    for at in range(len(text) + 1):
        yield text[:at] + text[at + 1 :]
        for byte in b"\n\t\0\r #Aq\x1c\x7f\x85\xff":
            yield text[:at] + bytes([byte]) + text[at + 1 :]
            yield text[:at] + bytes([byte]) + text[at:]


def small_quorums():
    """Yield policies of three levels with every threshold, and who might cosign."""
    words = ["A", "B", "C", "D", "E"]
    for first, second, third in itertools.product([1, 2], [1, 2], [1, 2, 3]):
        text = (
            f"{maker.witnesses(*words)}"
            f"group g {first} A B\ngroup h {second} g C\ngroup i {third} h D E\n"
        )
        for name in ["A", "g", "h", "i", "none"]:
            yield f"{text}quorum {name}\n", words


def test_agrees_with_the_reference_on_every_small_policy_and_quorum():
    seen = hashlib.sha256()

    for data in small_policies():
        found = judge(data)
        want = reference.parse(data)
        assert found == (want and maker.shown(want, data)), data
        seen.update(repr(found).encode())
    for text, words in small_quorums():
        policy, slow = parse_policy(text.encode()), reference.parse(text.encode())
        for count in range(len(words) + 1):
            for names in itertools.combinations(words, count):
                holds = is_quorum(policy, names)
                assert holds == reference.is_quorum(slow, names), (text, names)
                seen.update(repr(holds).encode())

    assert seen.hexdigest() == PINNED


@pytest.mark.parametrize("case", cases("policy/parse.json"))
def test_parses_what_is_a_policy_and_refuses_the_rest(case):
    data = policy_bytes(case)

    assert outcome(parse_policy, data) == case["want"]
    if case["want"] == "ok":
        policy = parse_policy(data)
        assert policy.text == data
        assert shown(policy) == {name: case[name] for name in shown(policy)}


@pytest.mark.parametrize("case", cases("policy/quorum.json"))
def test_a_quorum_is_exactly_what_the_groups_ask_for(case):
    policy = parse_policy(policy_bytes(case))

    assert outcome(verify_quorum, policy, case["cosigned"]) == case["want"]
    assert is_quorum(policy, case["cosigned"]) == (case["want"] == "ok")


@pytest.mark.parametrize("case", cases("policy/cosignatures.json"))
def test_a_false_or_doubled_line_of_a_witness_makes_it_absent(case):
    policy = parse_policy(policy_bytes(case))

    found = read_cosignatures(policy, parse_note(case["note"].encode()))

    assert found.times == case["want"]
    assert list(found.faulty) == case["faulty"]


@pytest.mark.parametrize("case", cases("policy/quorum-time.json"))
def test_a_quorum_is_as_old_as_the_last_one_it_cannot_do_without(case):
    policy = parse_policy(policy_bytes(case))

    assert quorum_time(policy, case["times"], until=case["until"]) == case["want"]


@given(
    st.dictionaries(st.sampled_from(["X1", "X2", "X3", "Y1", "Y2"]), st.integers(0, 9)),
    st.integers(0, 9),
)
def test_agrees_with_the_reference_on_the_age_of_a_quorum(times, until):
    text = maker.NESTED.encode()

    found = quorum_time(parse_policy(text), times, until=until)

    assert found == reference.quorum_time(reference.parse(text), times, until)


def test_a_policy_is_known_by_its_very_bytes():
    text = maker.TWO.encode()

    assert parse_policy(text).fingerprint == hashlib.sha256(text).hexdigest()
    assert parse_policy(text).fingerprint != parse_policy(text + b"\n").fingerprint


def test_finds_all_keys_of_an_origin_and_none_of_another():
    keys = [checkpoints.log_vkey(), checkpoints.log_vkey("next-log")]
    lines = "".join(f"log {key}\n" for key in [*keys, checkpoints.GO_VKEY])
    policy = parse_policy(f"{lines}quorum none\n".encode())

    assert [key.to_text() for key in policy.log(checkpoints.ORIGIN)] == keys
    assert policy.log(checkpoints.OTHER) == ()


def test_a_refusal_names_the_line():
    with pytest.raises(PolicyError, match=r"^policy, line 2: B is not defined above$"):
        parse_policy(maker.witnesses("A").encode() + b"quorum B\n")


def test_a_missing_quorum_says_who_has_cosigned():
    policy = parse_policy(maker.TWO.encode())

    with pytest.raises(LedgerError, match=r"^quorum both: cosigned by A$"):
        verify_quorum(policy, ["A", "C"])
    with pytest.raises(LedgerError, match=r"^quorum both: cosigned by nobody$"):
        verify_quorum(policy, [])


WORDS = st.sampled_from(
    [
        *("log", "witness", "group", "quorum", "none", "all", "any", "1", "2", "#"),
        *("A", "B", "g", "\u00e9", "\x1c", "\u2028"),
        *(checkpoints.log_vkey(), maker.vkey_of("A")),
    ]
)
TEXTS = st.lists(st.lists(WORDS, max_size=5).map(" ".join)).map(
    lambda lines: "".join(line + "\n" for line in lines).encode()
)


@given(st.binary() | st.binary().map(lambda data: b"quorum none\n" + data) | TEXTS)
def test_random_bytes_are_a_policy_or_malformed(data):
    with suppress(MalformedError):
        assert parse_policy(data).text == data
