"""Define base64, integers and canonical JSON the slow way.

The canonical reader here never writes anything back: it walks the text once and accepts
nothing but the one spelling of each value, which is another way to the same language
than ``ledger.encoding`` takes. The writer is rfc8785, which is not ours.
"""

import re
from decimal import Decimal

import rfc8785

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\["\\bfnrt]|\\u00(?:0[0-7bef]|1[0-9a-f]))*"')
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
ESCAPES = {'"': '"', "\\": "\\", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def parse_canonical(data):
    """Return the object of a canonical text, or raise ValueError."""
    text = data.decode("utf-8")
    value, end = _value(text, 0, 0)
    if end != len(text) or not isinstance(value, dict):
        raise ValueError("not one object")
    return value


def canonical(value):
    """Return the canonical text of a value whose numbers are few digits long."""
    return rfc8785.dumps(_with_floats(value))


def encode_base64(data):
    """Return bytes in base64, six bits at a time."""
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 6)
    text = "".join(ALPHABET[int(bits[i : i + 6], 2)] for i in range(0, len(bits), 6))
    return text + "=" * (-len(text) % 4)


def _value(text, start, depth):
    head = text[start : start + 1]
    if head == "{":
        return _object(text, start + 1, _deeper(depth))
    if head == "[":
        return _array(text, start + 1, _deeper(depth))
    if head == '"':
        return _string(text, start)
    for word, value in (("null", None), ("true", True), ("false", False)):
        if text.startswith(word, start):
            return value, start + len(word)
    return _number(text, start)


def _deeper(depth):
    if depth == 32:
        raise ValueError("too deep")
    return depth + 1


def _object(text, start, depth):
    members = {}
    last = None
    if text[start : start + 1] == "}":
        return members, start + 1
    while True:
        name, start = _string(text, start)
        order = name.encode("utf-16-be")
        if last is not None and order <= last:
            raise ValueError("members are not in order")
        if name in {"__proto__", "constructor", "prototype"}:
            raise ValueError("a name that is not allowed")
        last = order
        start = _expect(text, start, ":")
        members[name], start = _value(text, start, depth)
        if text[start : start + 1] == "}":
            return members, start + 1
        start = _expect(text, start, ",")


def _array(text, start, depth):
    items = []
    if text[start : start + 1] == "]":
        return items, start + 1
    while True:
        item, start = _value(text, start, depth)
        items.append(item)
        if text[start : start + 1] == "]":
            return items, start + 1
        start = _expect(text, start, ",")


def _expect(text, start, mark):
    if text[start : start + 1] != mark:
        raise ValueError(f"want {mark}")
    return start + 1


def _string(text, start):
    match = STRING.match(text, start)
    if match is None:
        raise ValueError("not a canonical string")
    inside = match[0][1:-1]
    plain = re.sub(
        r"\\(u00..|.)",
        lambda e: ESCAPES.get(e[1]) or chr(int(e[1][1:], 16)),
        inside,
    )
    return plain, match.end()


def _number(text, start):
    match = NUMBER.match(text, start)
    if match is None or match[0] == "-0":
        raise ValueError("not a canonical number")
    whole, places = match[1], match[2] or ""
    if places.endswith("0") or len(places) > 7 or len(whole) > 15:
        raise ValueError("not a canonical number")
    if len((whole + places[1:]).lstrip("0")) > 15:
        raise ValueError("too many digits")
    return (Decimal(match[0]) if places else int(match[0])), match.end()


def _with_floats(value):
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [_with_floats(item) for item in value]
    if isinstance(value, dict):
        return {name: _with_floats(item) for name, item in value.items()}
    return value
