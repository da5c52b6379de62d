import hashlib
import itertools
import json
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import IdentifierError
from ledger.identifier import (
    KINDS,
    check_digit,
    check_prefix,
    identifiers_from_path,
    parse_identifier,
    within,
)
from tests.support.make_vectors import identifier as maker
from tests.support.reference import identifier as reference

VECTORS = Path(__file__).parents[1] / "vectors"
HOST = maker.HOST
GS1 = maker.GS1
GTIN = maker.GTIN
TRUE = [GS1 + path for path in maker.TRUE.values()] + list(maker.OWN.values())

# Everything that this module decides over the cases of `small_cases`, in one constant.
PINNED = "b98dd51ab0650defd7727b1faa21dda5ca36848bb3a2aee81d82228dc8f8743a"


def load(name):
    return json.loads((VECTORS / name).read_text())


def cases(name):
    return [pytest.param(case, id=case["name"]) for case in load(name)["cases"]]


def judge(text):
    """Return (kind, parts), or None, as the reference does."""
    try:
        found = parse_identifier(text, host=HOST)
    except IdentifierError:
        return None
    assert found.text == text
    return found.kind, list(found.parts)


def small_cases():
    """Yield every key with values at, under and over each length, and every byte."""
    fills = ["0", "7", "A", "a", "/"]
    keys = ["", *sorted({key for form in KINDS for key in form}), "02", "22", "7040"]
    for key, fill in itertools.product(keys, fills):
        for length in range(33):
            yield f"{GS1}{key}/{reference.encode(fill * length)}"
            digits = "952" + fill * length
            yield f"{GS1}{key}/{reference.encode(digits)}"
    for first, second in itertools.product(keys, keys):
        yield f"{GS1}{first}/{GTIN}/{second}/1"
    for byte in range(256):
        for spelled in (chr(byte), f"%{byte:02X}", f"%{byte:02x}"):
            yield f"{GS1}01/{GTIN}/10/{spelled}"
            yield f"{GS1}8010/9520{spelled}"
            yield f"https://{HOST}/id/{spelled}"


def test_agrees_with_the_reference_on_every_key_length_and_byte():
    for text in small_cases():
        assert judge(text) == reference.parse(text, HOST), text


def test_one_constant_pins_every_decision():
    digest = hashlib.sha256()
    for text in small_cases():
        digest.update(f"{text!r} {judge(text)}\n".encode())

    assert digest.hexdigest() == PINNED


@pytest.mark.parametrize("case", cases("identifier/parse.json"))
def test_a_spelling_is_judged_as_the_vectors_say(case):
    if case["want"] == "ok":
        assert judge(case["text"]) == (case["kind"], case["parts"])
        return
    with pytest.raises(IdentifierError) as refusal:
        parse_identifier(case["text"], host=HOST)
    assert refusal.value.code == case["want"]


@pytest.mark.parametrize("case", cases("identifier/path.json"))
def test_a_path_names_what_the_vectors_say(case):
    if case["want"] == "ok":
        found = identifiers_from_path(case["path"], host=HOST)
        assert [one.text for one in found] == case["found"]
        return
    with pytest.raises(IdentifierError) as refusal:
        identifiers_from_path(case["path"], host=HOST)
    assert refusal.value.code == case["want"]


@pytest.mark.parametrize("case", cases("identifier/prefix.json"))
def test_a_prefix_is_judged_as_the_vectors_say(case):
    if case["want"] == "ok":
        check_prefix(case["text"], host=HOST)
        return
    with pytest.raises(IdentifierError) as refusal:
        check_prefix(case["text"], host=HOST)
    assert refusal.value.code == case["want"]


@given(st.text(alphabet="".join(map(chr, range(0x21, 0x7F))), max_size=21))
def test_any_lot_is_taken_in_its_one_spelling_and_read_back(lot):
    text = f"{GS1}01/{GTIN}/10/{reference.encode(lot)}"

    verdict = judge(text)

    assert verdict == reference.parse(text, HOST)
    assert verdict is None or verdict == ("lot", [GTIN, lot])


@given(st.sampled_from(TRUE), st.data())
def test_one_changed_character_never_reads_as_the_same_identifier(text, data):
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != text[place]))
    changed = text[:place] + other + text[place + 1 :]

    verdict = judge(changed)

    assert verdict == reference.parse(changed, HOST)
    assert verdict != judge(text)


@given(st.text() | st.text(alphabet=string.printable).map(lambda text: GS1 + text))
def test_any_text_is_an_identifier_or_malformed(text):
    assert judge(text) == reference.parse(text, HOST)


@given(
    st.text() | st.text(alphabet="/0123456789%AZaz.").map(lambda text: "/01/" + text)
)
def test_any_path_names_something_or_is_malformed(path):
    try:
        found = identifiers_from_path(path, host=HOST)
    except IdentifierError:
        return
    assert all(judge(one.text) for one in found)


def test_a_lone_surrogate_is_malformed():
    with pytest.raises(IdentifierError):
        parse_identifier(f"{GS1}01/{GTIN}/10/\ud800", host=HOST)


@pytest.mark.parametrize("text", TRUE)
def test_every_identifier_is_a_prefix_and_lies_within_itself_and_its_parents(text):
    check_prefix(text, host=HOST)

    assert within(text, text)
    assert within(text, text.rpartition("/")[0])
    assert not within(text, text[:-1])
    assert not within(text.rpartition("/")[0], text)


def test_agrees_with_gs1_on_check_digits():
    for vector in load("foreign/digitallink/gs1-check-digit-vectors.json")["vectors"]:
        value = vector["value"]
        if value.isdigit():
            assert (check_digit(value[:-1]) == value[-1]) is vector["valid"], value


def gs1_uris():
    """Return GS1's own parse vectors that lie under the canonical host."""
    vectors = load("foreign/digitallink/gs1-digitallink-vectors.json")["parse"]
    return [
        pytest.param(vector, id=vector["uri"])
        for vector in vectors
        if vector["uri"].startswith(GS1) and "?" not in vector["uri"]
    ]


@pytest.mark.parametrize("vector", gs1_uris())
def test_agrees_with_gs1_on_canonical_uris(vector):
    verdict = judge(vector["uri"])

    assert (verdict is not None) is vector["valid"]
    keys = vector["uri"].removeprefix(GS1).split("/")[::2]
    assert "".join(map("".join, zip(keys, verdict[1], strict=True))) == (
        vector["ai"].replace("^", "")
    )


def gs1_paths():
    """Return GS1's own parse vectors that are a bare path after the host."""
    vectors = load("foreign/digitallink/gs1-digitallink-vectors.json")["parse"]
    paths = {}
    for vector in vectors:
        path = vector["uri"].removeprefix("https://a")
        taken = path[:1] == "/" and path[1:2].isdigit() and not set(path) & set("?#")
        # Two things GS1 takes and the ledger does not: short GTINs, and qualifiers
        # that no key form of CBV has.
        if taken and "/22/" not in path and "/8019/" not in path:
            is_short = path.startswith("/01/") and len(path.split("/")[2]) < 14
            paths[path] = vector["valid"] and not is_short
    return paths.items()


@pytest.mark.parametrize(("path", "is_valid"), list(gs1_paths()))
def test_agrees_with_gs1_on_paths(path, is_valid):
    try:
        identifiers_from_path(path, host=HOST)
    except IdentifierError:
        assert not is_valid
    else:
        assert is_valid
