import json
import random
import re
import string
from decimal import Decimal

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ledger import encoding
from ledger.errors import EncodingError
from tests.support.make_vectors import encoding as maker
from tests.support.reference import encoding as reference
from tests.support.vectors import VECTORS, cases, load, outcome

FOREIGN = VECTORS / "foreign" / "rfc8785"

CHARACTERS = st.characters(exclude_categories=["Cs"])
NAMES = st.text(CHARACTERS, max_size=8).filter(
    lambda name: name not in encoding.FORBIDDEN_NAMES
)
NUMBERS = st.integers(-(10**15) + 1, 10**15 - 1) | st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.integers(1, 6),
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(CHARACTERS, max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4)
    ),
    max_leaves=20,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=6)


def text_of(case):
    if "text_hex" in case:
        return bytes.fromhex(case["text_hex"])
    return case["text"].encode()


def agrees_with_the_reference(data):
    """Judge a text both ways; return whether it is canonical."""
    try:
        want = reference.parse_canonical(data)
    except ValueError:
        assert outcome(encoding.parse_canonical, data) == "encoding", data
        return False
    got = encoding.parse_canonical(data)
    assert got == want
    # Equal is not enough: 1 == True == Decimal(1).
    assert repr(got) == repr(want)
    return True


@pytest.mark.parametrize("case", cases("encoding/canonical.json"))
def test_a_body_has_one_spelling(case):
    data = text_of(case)

    assert outcome(encoding.parse_canonical, data) == case["want"]
    assert agrees_with_the_reference(data) == (case["want"] == "ok")
    if case["want"] == "ok":
        assert encoding.canonical(encoding.parse_canonical(data)) == data
        assert encoding.parse_json(data) == encoding.parse_canonical(data)


@pytest.mark.parametrize("case", cases("encoding/respelled.json"))
def test_any_spelling_of_a_value_leads_to_its_canonical_text(case):
    text = case["text"].encode()

    assert outcome(encoding.parse_json, text) == case["want"]
    if case["want"] == "ok":
        canonical = encoding.canonical(encoding.parse_json(text))
        assert canonical.decode() == case["canonical"]


@pytest.mark.parametrize("case", cases("encoding/base64.json"))
def test_base64_has_one_spelling(case):
    length = case.get("length")

    assert outcome(encoding.decode_base64, case["text"], length) == case["want"]
    if case["want"] == "ok":
        data = bytes.fromhex(case["bytes_hex"])
        assert encoding.decode_base64(case["text"]) == data
        assert encoding.encode_base64(data) == case["text"]


@pytest.mark.parametrize(
    "case", cases("encoding/integers.json") + cases("encoding/large_integers.json")
)
def test_an_integer_has_one_spelling(case):
    assert outcome(encoding.parse_integer, case["text"]) == case["want"]
    if case["want"] == "ok":
        assert encoding.parse_integer(case["text"]) == int(case["text"])


def test_the_accumulated_hashes_are_those_of_the_reference():
    wanted = {
        case["name"]: case["want"]
        for case in load("encoding/accumulated.json")["cases"]
    }

    assert maker.accumulated(encoding.canonical) == wanted


def test_every_short_text_of_json_s_marks_is_judged_as_the_reference_judges_it():
    marks = '{}[]",:\\u0019a-.e \n'
    texts = [""]
    canonical = 0
    for _ in range(4):
        texts = [text + mark for text in texts for mark in marks]
        if len(texts) > 30_000:
            texts = random.Random(8785).sample(texts, 30_000)
        for text in texts:
            agrees_with_the_reference(f'{{"a":{text}}}'.encode())
            canonical += agrees_with_the_reference(f'{{"{text}":0}}'.encode())
    assert canonical > 1000


def test_every_number_of_few_digits_is_judged_as_the_reference_judges_it():
    for whole in ["", "0", "1", "00", "01", "10", "9" * 15, "1" + "0" * 15]:
        for places in ["", ".", ".0", ".1", ".10", ".01", ".000001", ".0000001"]:
            for exponent in ["", "e0", "E1", "e-1"]:
                for sign in ["", "-", "+"]:
                    number = f"{sign}{whole}{places}{exponent}"
                    agrees_with_the_reference(f'{{"n":{number}}}'.encode())


@pytest.mark.parametrize("depth", [31, 32, 33, 100, 100_000])
@pytest.mark.parametrize("ends", ["[]", ('{"a":', "}")])
def test_nesting_ends_at_thirty_two(depth, ends):
    left, right = ends
    text = left * (depth - 1) + "{}" + right * (depth - 1)
    want = "ok" if depth <= 32 else "encoding"

    assert outcome(encoding.parse_json, text.encode()) == want
    if left != "[":
        assert outcome(encoding.parse_canonical, text.encode()) == want


def test_a_value_nested_too_deeply_is_not_written():
    value = []
    for _ in range(31):
        value = [value]

    assert encoding.canonical(value) == b"[" * 32 + b"]" * 32
    assert outcome(encoding.canonical, [value]) == "encoding"
    assert outcome(encoding.canonical, {"a": value}) == "encoding"


def test_a_value_that_holds_itself_is_refused():
    value = []
    value.append(value)

    assert outcome(encoding.canonical, value) == "encoding"


@pytest.mark.parametrize(
    "value",
    [1.5, b"milk", (1, 2), {"a": {1, 2}}, pytest.param(object(), id="an-object")],
    ids=repr,
)
def test_what_is_no_json_value_is_a_mistake_of_the_programmer(value):
    with pytest.raises(TypeError):
        encoding.canonical(value)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("\ud83d", id="a-lone-surrogate"),
        pytest.param({"\udc2b": 0}, id="a-lone-surrogate-as-a-name"),
        pytest.param(
            [{"b": "\ud83d\udc2b"}], id="two-surrogates-that-are-no-character"
        ),
        pytest.param({"__proto__": 0}, id="proto-as-a-name"),
        pytest.param(10**15, id="sixteen-digits"),
        pytest.param(-(10**15), id="sixteen-digits-below-zero"),
        pytest.param(10**5000, id="more-digits-than-python-writes"),
        pytest.param(Decimal("NaN"), id="not-a-number"),
        pytest.param(Decimal("Infinity"), id="infinity"),
        pytest.param(Decimal("1E-7"), id="seven-places"),
        pytest.param(Decimal("1E+15"), id="sixteen-digits-by-exponent"),
        pytest.param(Decimal("1E+999999"), id="a-very-large-exponent"),
        pytest.param(Decimal("1234567890.123456"), id="sixteen-digits-with-a-point"),
    ],
)
def test_what_no_body_may_hold_is_not_written(value):
    assert outcome(encoding.canonical, value) == "encoding"


@pytest.mark.parametrize(
    ("number", "text"),
    [("-0", "0"), ("-0.00", "0"), ("5.70", "5.7"), ("1E+14", "1" + "0" * 14)],
)
def test_a_decimal_is_written_in_its_one_form(number, text):
    assert encoding.canonical(Decimal(number)).decode() == text


@pytest.mark.parametrize("text", ["1.0", "1e0", "10.00", "1e1", "0.0", "-0.0", "-0"])
def test_a_whole_number_is_an_int_however_it_is_spelled(text):
    assert type(encoding.parse_json(text.encode())) is int


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}',
        '{"a":1,"\\u0061":2}',
        '[{"o":{"a":1,"b":2,"a":3}}]',
        "[NaN]",
        "[Infinity]",
        "[-Infinity]",
        "[1e99999999999999999999]",
        "[1e999999999]",
        '"\n"',
        "'a'",
        "[1,]",
        "[] []",
        "",
        "\ufeff[]",
        "[" * 100_000,
        "9" * 5000,
    ],
    ids=lambda text: text[:20],
)
def test_what_is_written_by_hand_is_refused_where_it_is_ambiguous(text):
    assert outcome(encoding.parse_json, text.encode()) == "encoding"


@pytest.mark.parametrize("encoded", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
def test_json_is_utf8_and_nothing_else(encoded):
    text = '{"a":"milk"}'.encode(encoded)

    assert outcome(encoding.parse_json, text) == "encoding"
    assert outcome(encoding.parse_canonical, text) == "encoding"


def test_a_refusal_says_where_the_spelling_goes_wrong():
    with pytest.raises(EncodingError, match="from byte 7 on"):
        encoding.parse_canonical(b'{"a":1, "b":2}')
    with pytest.raises(EncodingError, match="from byte 2 on"):
        encoding.parse_canonical(b"{}\n")


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in (FOREIGN / "input").iterdir())
)
def test_the_vectors_of_rfc_8785_hold_where_they_are_in_our_subset(name):
    given = (FOREIGN / "input" / f"{name}.json").read_bytes()
    want = (FOREIGN / "output" / f"{name}.json").read_bytes()
    octets = bytes.fromhex((FOREIGN / "outhex" / f"{name}.txt").read_text())
    assert octets == want

    if name == "values":
        # Numbers of 17 digits and exponents of 30 are outside our subset.
        assert outcome(encoding.parse_json, given) == "encoding"
        assert outcome(encoding.parse_canonical, want) == "encoding"
        given = re.sub(rb'"numbers": \[.*?\]', b'"numbers": [4.50, 2e-3]', given)
        want = re.sub(rb'"numbers":\[.*?\]', b'"numbers":[4.5,0.002]', want)

    value = encoding.parse_json(given)
    assert encoding.canonical(value) == want
    if isinstance(value, dict):
        assert encoding.parse_canonical(want) == value
    else:
        assert outcome(encoding.parse_canonical, want) == "encoding"


@pytest.mark.parametrize(
    ("text", "in_our_subset"),
    [
        # RFC 8785, appendix B, as decimal texts.
        ("0", True),
        ("5e-324", False),
        ("1.7976931348623157e+308", False),
        ("9007199254740992", False),
        ("295147905179352830000", False),
        ("9.999999999999997e+22", False),
        ("1e+23", False),
        ("999999999999999700000", False),
        ("333333333.3333332", False),
        ("0.000001", True),
        ("-0.0000033333333333333333", False),
        ("1424953923781206.2", False),
    ],
)
def test_the_numbers_of_rfc_8785_are_refused_outside_our_subset(text, in_our_subset):
    data = f'{{"n":{text}}}'.encode()

    want = "ok" if in_our_subset else "encoding"
    assert outcome(encoding.parse_canonical, data) == want


@given(OBJECTS)
def test_what_is_written_is_read_back_and_is_what_rfc8785_writes(value):
    text = encoding.canonical(value)

    assert encoding.canonical(encoding.parse_canonical(text)) == text
    assert encoding.canonical(encoding.parse_json(text)) == text
    assert agrees_with_the_reference(text)
    assert text == reference.canonical(value)


@given(OBJECTS, st.randoms(use_true_random=False))
def test_the_order_of_members_does_not_matter(value, chance):
    names = list(value)
    chance.shuffle(names)

    shuffled = {name: value[name] for name in names}
    assert encoding.canonical(shuffled) == encoding.canonical(value)


@given(OBJECTS, st.integers(0))
def test_one_flipped_bit_is_refused_or_is_another_value(value, place):
    text = encoding.canonical(value)
    place %= len(text) * 8
    flipped = bytearray(text)
    flipped[place // 8] ^= 1 << place % 8

    if agrees_with_the_reference(bytes(flipped)):
        changed = encoding.parse_canonical(bytes(flipped))
        assert encoding.canonical(changed) != text


@given(st.binary(max_size=60) | st.text(string.printable, max_size=60).map(str.encode))
def test_random_bytes_are_a_value_or_malformed(data):
    assert outcome(encoding.parse_canonical, data) in {"ok", "encoding"}
    assert outcome(encoding.parse_json, data) in {"ok", "encoding"}
    assert outcome(encoding.decode_base64, data.decode("latin-1")) in {"ok", "encoding"}
    assert outcome(encoding.parse_integer, data.decode("latin-1")) in {"ok", "encoding"}


@given(st.text(max_size=20) | st.text("0123456789+-_ ", max_size=25))
def test_random_texts_are_a_value_or_malformed(text):
    assert outcome(encoding.decode_base64, text) in {"ok", "encoding"}
    if outcome(encoding.parse_integer, text) == "ok":
        assert str(encoding.parse_integer(text)) == text


JSON_IN_ANY_SPELLING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=5), JSON_IN_ANY_SPELLING), st.booleans())
def test_any_json_is_a_value_or_malformed_and_means_what_it_meant(value, ascii_only):
    text = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")

    agrees_with_the_reference(text)
    if outcome(encoding.parse_json, text) == "ok":
        canonical = encoding.canonical(encoding.parse_json(text))
        assert canonical == rfc8785.dumps(value)


@given(st.binary(max_size=100))
def test_base64_is_read_back_and_is_what_the_reference_writes(data):
    text = encoding.encode_base64(data)

    assert encoding.decode_base64(text, len(data)) == data
    assert text == reference.encode_base64(data)


@given(st.binary(min_size=1, max_size=40), st.data())
def test_no_other_base64_text_gives_the_same_bytes(data, draw):
    text = encoding.encode_base64(data)
    place = draw.draw(st.integers(0, len(text) - 1))
    mark = draw.draw(st.sampled_from(reference.ALPHABET + "=\n -_"))
    other = text[:place] + mark + text[place + 1 :]

    if other != text and outcome(encoding.decode_base64, other) == "ok":
        assert encoding.decode_base64(other) != data


@given(st.integers(0, 2**63 - 1))
def test_every_integer_is_read_back(value):
    assert encoding.parse_integer(str(value)) == value
