import contextlib
import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import seal as seals
from ledger.errors import LedgerError, MalformedError
from ledger.merkle import leaf_hash
from tests.support.make_vectors import seal as maker
from tests.support.reference import seal as reference
from tests.support.vectors import cases, outcome

SEAL = maker.made().encode()
ALL = [SEAL, *(entry.encode() for entry in maker.false_forms().values())]


def heads(origin, entries):
    """Return every chain head over entries."""
    found = [seals.chain_start(origin)]
    for entry in entries:
        found.append(seals.chain_next(found[-1], leaf_hash(entry)))
    return found


def claim(case):
    """Return a vector's facts as arguments."""
    previous = case["previous"]
    return {
        "origin": case["origin"],
        "index": case["index"],
        "chain_head": bytes.fromhex(case["chain_head_hex"]),
        "index_root": bytes.fromhex(case["index_root_hex"]),
        "previous": None if previous is None else seals.parse_seal(previous.encode()),
    }


@pytest.mark.parametrize("case", cases("seal/forms.json"))
def test_an_entry_is_a_seal_or_refused(case):
    entry = case["entry"].encode()

    assert outcome(seals.parse_seal, entry) == case["want"]
    if case["want"] == "ok":
        seal = seals.parse_seal(entry)
        assert seal.to_bytes() == entry
        for member in ("origin", "index", "time_ms", "previous"):
            assert getattr(seal, member) == case[member]


@pytest.mark.parametrize("case", cases("seal/claims.json"))
def test_a_seal_is_compared_with_what_came_before(case):
    seal = seals.parse_seal(case["entry"].encode())

    assert outcome(seals.verify_seal, seal, **claim(case)) == case["want"]


@pytest.mark.parametrize("case", cases("seal/chain.json"))
def test_the_chain_runs_over_every_entry(case):
    entries = [entry.encode() for entry in case["entries"]]

    assert [head.hex() for head in heads(case["origin"], entries)] == case["want"]


@pytest.mark.parametrize("case", cases("seal/times.json"))
def test_a_time_has_one_spelling(case):
    if isinstance(case["want"], int):
        assert seals.parse_time(case["text"]) == case["want"]
        assert seals.format_time(case["want"]) == case["text"]
    else:
        assert outcome(seals.parse_time, case["text"]) == case["want"]


@pytest.mark.parametrize("case", cases("seal/kinds.json"))
def test_the_first_line_says_what_an_entry_is(case):
    entry = case["entry"].encode()

    if case["want"] in {"statement", "seal"}:
        assert seals.entry_kind(entry) == case["want"]
    else:
        assert outcome(seals.entry_kind, entry) == case["want"]


@given(st.integers(0, 253402300799999))
def test_a_time_written_and_read_is_the_same(time_ms):
    text = seals.format_time(time_ms)

    assert seals.parse_time(text) == time_ms == reference.time_ms(text)


@given(st.text("0123456789-:.TZ", max_size=25))
def test_times_are_those_of_the_reference(text):
    want = reference.time_ms(text)

    assert outcome(seals.parse_time, text) == ("seal" if want is None else "ok")


@given(st.integers(0, 8 * len(SEAL) - 1))
def test_one_flipped_bit_is_refused_or_makes_the_seal_later(place):
    entry = bytearray(SEAL)
    entry[place // 8] ^= 1 << place % 8
    facts = claim(maker.claim_cases()[0])

    try:
        seal = seals.parse_seal(bytes(entry))
        seals.verify_seal(seal, **facts)
    except LedgerError:
        return
    # Nothing that came before says how late a seal may be.
    assert seal.time > maker.TIME
    assert replace(seal, time=maker.TIME) == seals.parse_seal(SEAL)


@given(st.sampled_from(ALL), st.binary(max_size=3), st.data())
def test_anything_is_a_seal_as_the_reference_says(entry, rubbish, data):
    start = data.draw(st.integers(0, len(entry)))
    end = data.draw(st.integers(start, min(start + 3, len(entry))))
    lie = entry[:start] + rubbish + entry[end:]

    want = "ok" if reference.is_seal(lie) else "seal"
    assert outcome(seals.parse_seal, lie) == want


@given(st.binary())
def test_random_bytes_are_a_seal_or_malformed(rubbish):
    for entry in (rubbish, b"caravan/seal/v1\n" + rubbish):
        with contextlib.suppress(MalformedError):
            seals.parse_seal(entry)


def test_a_seal_names_the_first_entry_that_it_closes():
    assert seals.parse_seal(maker.made().encode()).first_closed == 5
    assert seals.parse_seal(maker.made(previous=None).encode()).first_closed == 0


def test_the_chain_of_many_entries_is_pinned_by_one_hash():
    entries = [bytes([n % 251]) * n for n in range(300)]

    found = heads("pin.example/chain", entries)

    assert found == reference.chain("pin.example/chain", entries)
    assert hashlib.sha256(b"".join(found)).hexdigest() == (
        "8f38b7f3b04a806dc26bf6e79ab934b737bbb1f0aba53c57b6e2fc667b9c7d1d"
    )
