"""Vectors for base64, integers and canonical JSON: one spelling, and the others."""

import hashlib
from decimal import Decimal

from tests.support.reference import encoding as reference

HAND_WRITTEN = '{"cans":3,"fat":5.7,"milker":null}'

CANONICAL = {
    "empty-object": "{}",
    "every-kind-of-value": '{"a":null,"b":true,"c":false,"d":0,"e":"","f":[],"g":{}}',
    "event-like": '{"action":"ADD","caravan:seq":12,"epcList":["https://id.gs1.org/'
    '8004/9520614141234567"],"sensorReport":[{"uom":"P1","value":5.77}]}',
    "empty-member-name": '{"":1}',
    "numbers": '{"n":[0,1,-1,0.1,-0.1,0.000001,-0.000001,10,100000,5.7,30.05]}',
    "fifteen-digits-before-the-point": '{"n":[999999999999999,-999999999999999]}',
    "fifteen-digits-around-the-point": '{"n":[999999999.999999,100000000.000001]}',
    "one-digit-and-six-places": '{"n":123456789.123456}',
    "zeros-first-do-not-count": '{"n":[0.123456,0.000001]}',
    "short-escapes": '{"s":"\\b\\t\\n\\f\\r\\"\\\\"}',
    "long-escapes": '{"s":"\\u0000\\u0001\\u000b\\u000e\\u001f"}',
    "never-escaped": '{"s":"/\x7f\x80\u2028\u2029\ufeff\uffff<>&\'"}',
    "four-byte-characters": '{"s":"\U0001f42b\U0010ffff"}',
    "decomposed-text": '{"s":"A\u030a"}',
    "members-by-utf16-units": '{"a":0,"\u20ac":0,"\U0001f42b":0,"\ufb33":0,"\uffff":0}',
    "members-shorter-first": '{"a":0,"aa":0,"b":0}',
    "capitals-before-small-letters": '{"A":0,"Z":0,"a":0}',
    "digits-as-text": '{"1":0,"10":0,"2":0}',
    "thirty-two-deep-in-objects": '{"a":' * 31 + "{}" + "}" * 31,
    "thirty-two-deep-in-arrays": '{"a":' + "[" * 31 + "]" * 31 + "}",
    "a-name-that-only-begins-like-a-forbidden-one": '{"__proto__x":0,"prototypes":0}',
    "a-forbidden-name-as-a-value": '{"a":"__proto__"}',
}

NOT_CANONICAL = {
    "nothing": "",
    "an-array-at-the-top": "[]",
    "a-string-at-the-top": '"milk"',
    "a-number-at-the-top": "1",
    "null-at-the-top": "null",
    "two-objects": "{}{}",
    "a-line-feed-after": "{}\n",
    "a-space-before": " {}",
    "a-space-between": '{"a": 1}',
    "a-byte-order-mark-before": "\ufeff{}",
    "cut-short": '{"a":1',
    "a-comma-too-many": '{"a":1,}',
    "a-comment": '{"a":1/**/}',
    "single-quotes": "{'a':1}",
    "a-name-without-quotes": "{a:1}",
    "members-out-of-order": '{"b":0,"a":0}',
    "members-by-code-point": '{"\uffff":0,"\U0001f42b":0}',
    "members-by-number": '{"2":0,"10":0}',
    "duplicate-members": '{"a":1,"a":1}',
    "duplicate-members-of-other-values": '{"a":1,"a":2}',
    "duplicate-members-one-escaped": '{"a":1,"\\u0061":1}',
    "duplicate-members-below": '{"o":[{"a":1,"a":1}]}',
    "proto-as-a-name": '{"__proto__":{}}',
    "proto-as-a-name-below": '{"a":[{"__proto__":null}]}',
    "constructor-as-a-name": '{"constructor":0}',
    "prototype-as-a-name": '{"prototype":0}',
    "an-escape-that-is-not-needed": '{"s":"\\u0061"}',
    "an-escaped-slash": '{"s":"\\/"}',
    "an-escape-in-capitals": '{"s":"\\u001F"}',
    "a-long-escape-where-there-is-a-short-one": '{"s":"\\u000a"}',
    "an-escaped-character-beyond-ascii": '{"s":"\\u20ac"}',
    "an-escaped-pair": '{"s":"\\ud83d\\udc2b"}',
    "an-escaped-delete": '{"s":"\\u007f"}',
    "a-bare-line-feed-in-a-string": '{"s":"\n"}',
    "a-bare-zero-byte-in-a-string": '{"s":"\x00"}',
    "an-unknown-escape": '{"s":"\\x41"}',
    "an-escape-cut-short": '{"s":"\\u00"}',
    "a-lone-high-surrogate": '{"s":"\\ud83d"}',
    "a-lone-low-surrogate": '{"s":"\\udc2b"}',
    "surrogates-the-wrong-way-round": '{"s":"\\udc2b\\ud83d"}',
    "a-lone-surrogate-as-a-name": '{"\\ud83d":0}',
    "minus-zero": '{"n":-0}',
    "minus-zero-with-a-place": '{"n":-0.0}',
    "a-zero-after-the-point": '{"n":1.0}',
    "a-zero-at-the-end": '{"n":5.70}',
    "a-zero-in-front": '{"n":01}',
    "no-digit-before-the-point": '{"n":.5}',
    "no-digit-after-the-point": '{"n":5.}',
    "a-plus-in-front": '{"n":+1}',
    "an-exponent": '{"n":1e3}',
    "an-exponent-in-capitals": '{"n":1E3}',
    "an-exponent-of-zero": '{"n":1e0}',
    "a-very-large-exponent": '{"n":1e999999999}',
    "an-exponent-of-many-digits": '{"n":1e99999999999999999999}',
    "a-very-small-exponent": '{"n":1e-999999999}',
    "hexadecimal": '{"n":0x10}',
    "not-a-number": '{"n":NaN}',
    "infinity": '{"n":Infinity}',
    "other-digits": '{"n":\u0665}',
    "seven-places": '{"n":0.0000001}',
    "seven-places-in-full": '{"n":1.1234567}',
    "sixteen-digits": '{"n":1000000000000000}',
    "sixteen-digits-below-zero": '{"n":-1000000000000000}',
    "sixteen-digits-around-the-point": '{"n":1234567890.123456}',
    "sixteen-digits-a-double-can-hold": '{"n":9007199254740991}',
    "digits-that-a-double-loses": '{"n":9007199254740993}',
    "a-thousand-digits": '{"n":' + "9" * 1000 + "}",
    "five-thousand-digits": '{"n":' + "9" * 5000 + "}",
    "places-that-a-double-loses": '{"n":0.10000000000000000001}',
    "true-in-capitals": '{"a":True}',
    "undefined": '{"a":undefined}',
    "thirty-three-deep-in-objects": '{"a":' * 32 + "{}" + "}" * 32,
    "thirty-three-deep-in-arrays": '{"a":' + "[" * 32 + "]" * 32 + "}",
    "two-thousand-deep": '{"a":' + "[" * 2000 + "]" * 2000 + "}",
    "two-thousand-deep-and-never-closed": '{"a":' + "[" * 2000,
}

NOT_UTF8 = {
    "a-byte-that-utf8-never-has": b'{"s":"\xff"}',
    "a-surrogate-in-utf8": b'{"s":"\xed\xa0\xbd"}',
    "a-pair-of-surrogates-in-utf8": b'{"s":"\xed\xa0\xbd\xed\xb0\xab"}',
    "an-overlong-slash": b'{"s":"\xc0\xaf"}',
    "an-overlong-zero": b'{"s":"\xc0\x80"}',
    "beyond-the-last-code-point": b'{"s":"\xf4\x90\x80\x80"}',
    "a-character-cut-short": b'{"s":"\xe2\x82"}',
    "utf16": '{"a":1}'.encode("utf-16-le"),
    "latin-1": '{"s":"\xe9"}'.encode("latin-1"),
}

# Spellings that mean one value in JSON, and what canonical makes of it.
RESPELLED = {
    "order-and-space": (' { "b" : 1 ,\n\t"a" : [ ] } ', '{"a":[],"b":1}'),
    "a-zero-at-the-end": ("[5.70, 5.700000000000000000]", "[5.7,5.7]"),
    "a-zero-after-the-point": ("[1.0, 100.00]", "[1,100]"),
    "an-exponent": ("[1e3, 1E+2, 57e-1, 0.0003e3]", "[1000,100,5.7,0.3]"),
    "zero-in-many-ways": ("[0.0, 0e5, 0.000e-9]", "[0,0,0]"),
    "the-largest": ("[999999999999999.0, 9e14]", "[999999999999999,900000000000000]"),
    "the-smallest": ("[1e-6, -1e-6]", "[0.000001,-0.000001]"),
    "escapes": ('"\\u0061\\/\\u000A\\u20ac\\ud83d\\udc2b"', '"a/\\n\u20ac\U0001f42b"'),
    "members-by-utf16-units": (
        '{"\uffff":0,"\U0001f42b":0,"\\u0041":0}',
        '{"A":0,"\U0001f42b":0,"\uffff":0}',
    ),
    "a-plain-value": ("true", "true"),
}

NOT_ADMITTED = {
    "seven-places": "0.1234567",
    "seven-places-by-exponent": "1e-7",
    "sixteen-digits": "1234567890123456",
    "sixteen-digits-by-exponent": "1e15",
    "sixteen-digits-around-the-point": "1234567890.123456",
    "a-very-large-exponent": "1e300",
    "a-lone-surrogate": '"\\ud83d"',
    "a-lone-surrogate-as-a-name": '{"\\udc2b":0}',
    "proto-as-a-name": '{"__proto__":0}',
    "constructor-as-a-name": '[{"constructor":0}]',
    "thirty-three-deep": "[" * 33 + "]" * 33,
}

BASE64 = {
    "not-padded": "bWlsaw",
    "padded-halfway": "bWlsaw=",
    "padded-too-far": "bWlsaw===",
    "four-marks-too-many": "bWlsaw======",
    "padding-where-none-is-needed": "bWls====",
    "only-padding": "====",
    "padding-in-the-middle": "bW==lsaw",
    "unused-bits-set": "bWlsax==",
    "unused-bits-set-before-one-mark": "bWl=",
    "one-letter": "A",
    "one-letter-padded": "A===",
    "a-line-feed-at-the-end": "bWlsaw==\n",
    "a-space-in-front": " bWlsaw==",
    "a-space-between": "bWls aw==",
    "the-alphabet-of-urls": "-_-_",
    "a-foreign-mark": "bWl*",
    "a-letter-beyond-ascii": "bWl\xe9",
    "full-width-letters": "\uff22\uff22\uff22\uff22",
    "a-zero-byte": "bWl\x00",
    "text-after-the-padding": "bWlsaw==bWls",
}

INTEGERS = ["0", "1", "9", "10", "4797", "4294967296", "9007199254740991"]
NOT_INTEGERS = {
    "nothing": "",
    "a-zero-in-front": "01",
    "two-zeros": "00",
    "a-plus": "+1",
    "a-minus": "-1",
    "minus-zero": "-0",
    "a-space-in-front": " 1",
    "a-line-feed-after": "1\n",
    "an-underscore": "4_797",
    "a-comma": "4,797",
    "a-point": "1.0",
    "an-exponent": "1e3",
    "hexadecimal": "0x10",
    "other-digits": "\u0664",
    "a-digit-of-another-script-after": "1\u0664",
    "full-width-digits": "\uff11",
    "a-superscript": "1\xb2",
    "a-word": "one",
    "two-to-the-63": "9223372036854775808",
    "twenty-digits": "10000000000000000000",
    "a-thousand-digits": "9" * 1000,
}
LARGE_INTEGERS = ["9007199254740992", "9007199254740993", "9223372036854775807"]


def code_points():
    """Return the characters of the accumulated hashes: all of the first, some more."""
    some = [*range(0x800), *range(0x800, 0x110000, 257)]
    return [point for point in some if not 0xD800 <= point < 0xE000]


def numbers():
    """Return the values of the accumulated hash of numbers."""
    return [
        Decimal(n * n * 97 + n).scaleb(-places)
        for n in range(2000)
        for places in range(7)
    ]


def members():
    """Return an object whose member names come in falling order of code points."""
    return {chr(point): point for point in reversed(code_points())}


def fold(texts):
    """Return SHA-256 over texts, a line feed after each."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text + b"\n")
    return digest.hexdigest()


def accumulated(canonical):
    """Return the accumulated hashes that a canonical function leads to."""
    return {
        "numbers": fold(canonical(number) for number in numbers()),
        "strings": fold(canonical(chr(point)) for point in code_points()),
        "members": fold([canonical(members())]),
    }


def _canonical_cases():
    for name, text in CANONICAL.items():
        yield {"name": name, "text": text, "want": "ok"}
    for name, text in NOT_CANONICAL.items():
        yield {"name": name, "text": text, "want": "encoding"}
    for name, data in NOT_UTF8.items():
        yield {"name": name, "text_hex": data.hex(), "want": "encoding"}


def _respelled_cases():
    for name, (text, canonical) in RESPELLED.items():
        yield {"name": name, "text": text, "canonical": canonical, "want": "ok"}
    for name, text in NOT_ADMITTED.items():
        yield {"name": name, "text": text, "want": "encoding"}


def _base64_cases():
    for length in [0, 1, 2, 3, 4, 31, 32, 33, 64]:
        data = bytes((251 * i + 7 * length) % 256 for i in range(length))
        text = reference.encode_base64(data)
        right = {"text": text, "length": length, "bytes_hex": data.hex()}
        yield {"name": f"{length}-bytes", **right, "want": "ok"}
        yield {
            "name": f"{length}-bytes-where-one-more-is-due",
            "text": text,
            "length": length + 1,
            "want": "encoding",
        }
    for name, text in BASE64.items():
        yield {"name": name, "text": text, "want": "encoding"}


def _integer_cases():
    for text in INTEGERS:
        yield {"name": text, "text": text, "value": int(text), "want": "ok"}
    for name, text in NOT_INTEGERS.items():
        yield {"name": name, "text": text, "want": "encoding"}


def vectors():
    """Return the files of tests/vectors/encoding."""
    return {
        "canonical.json": {
            "about": "Texts, or bytes, as bodies: canonical or not.",
            "cases": list(_canonical_cases()),
        },
        "respelled.json": {
            "about": "JSON in any spelling, and the canonical text of its value. None "
            "repeats a member or has a zero with a minus, which some readers lose.",
            "cases": list(_respelled_cases()),
        },
        "base64.json": {
            "about": "Base64 in its one spelling, and in others. Where a length is "
            "given, that many bytes are due.",
            "cases": list(_base64_cases()),
        },
        "integers.json": {
            "about": "Decimal integers from 0 to 2^63 - 1, as texts.",
            "cases": list(_integer_cases()),
        },
        "large_integers.json": {
            "about": "Integers that a double cannot count to. Values are texts; "
            "JavaScript answers cannot-check.",
            "cases": [{"name": t, "text": t, "want": "ok"} for t in LARGE_INTEGERS],
        },
        "accumulated.json": {
            "about": "SHA-256 over canonical texts with a line feed after each. "
            "numbers: (97nn + n) / 10^k for n from 0 to 1999 and, for each, k from 0 "
            "to 6. strings: the character of each code point of 0 to 0x7ff and then "
            "of each 257th from 0x800 to 0x10ffff, no surrogates, as a string of its "
            "own. members: one object, those characters as names in falling order, "
            "each code point as the value.",
            "cases": [
                {"name": name, "want": digest}
                for name, digest in accumulated(reference.canonical).items()
            ],
        },
    }
