"""Vectors for signed notes, vkeys and key names, and for lies about them."""

import hashlib

from tests.support.make_vectors import _foreign
from tests.support.reference import note as reference
from tests.support.reference import signatures

SPEC_VKEY, SPEC_NOTE = _foreign.spec_note()

NAME = "ledger.example/herd"
OTHER = "ledger.example/plant"
TEXT = "caravan\n30 kg \u9a7c\u5976\n"


def seed(word):
    """Return a private key that everybody knows."""
    return hashlib.sha256(f"caravan vector {word}".encode()).digest()


def vkey(name, word, kind=reference.ED25519):
    """Return the vkey of such a key."""
    return reference.vkey(name, kind, reference.public_key(seed(word)))


def line(name=NAME, word="herd", text=TEXT):
    """Return such a key's line under a text."""
    return reference.sign(name, seed(word), text)


def hexed(parsed):
    """Return a parsed note as a vector shows it."""
    text, lines = parsed
    return {
        "text": text.decode(),
        "signatures": [
            {"name": name, "key_id_hex": key_id.hex(), "signature_hex": blob.hex()}
            for name, key_id, blob in lines
        ],
    }


def true_notes():
    """Return notes that parse, by name."""
    long_name = "x.example/" + "n" * 400
    return {
        "one-line": reference.note(TEXT, line()),
        "two-lines": reference.note(TEXT, line(), line(OTHER, "plant")),
        "blank-line-in-the-text": reference.note("a\n\nb\n", line(text="a\n\nb\n")),
        "text-that-looks-like-a-signed-note": reference.note(
            reference.note(TEXT, line()), line(text=reference.note(TEXT, line()))
        ),
        "text-ends-in-a-blank-line": reference.note("a\n\n", line(text="a\n\n")),
        "text-is-one-newline": reference.note("\n", line(text="\n")),
        "delete-character-is-no-control-here": reference.note("a\x7f\n", line()),
        "byte-order-mark-is-text": reference.note("\ufeffa\n", line()),
        "c1-control-in-the-text": reference.note("a\x85\n", line()),
        "sixty-four-lines": reference.note(TEXT, *[line()] * 64),
        "same-line-twice": reference.note(TEXT, line(), line()),
        "five-bytes-are-enough": reference.note(TEXT, "\u2014 a.example AAAAAAA=\n"),
        "name-of-another-alphabet": reference.note(TEXT, line("\u9a7c.example/\u5976")),
        "name-with-a-zero-width-space": reference.note(TEXT, line("a.ex\u200bample")),
        "name-with-a-byte-order-mark": reference.note(TEXT, line("a.ex\ufeffample")),
        "name-without-a-dot": reference.note(TEXT, line("herd")),
        "name-of-four-hundred": reference.note(TEXT, line(long_name)),
        "spec-example": SPEC_NOTE,
    }


def false_notes():
    """Return notes that do not parse, by the lie they tell."""
    good = reference.note(TEXT, line())
    encoded = line().split(" ")[2].rstrip("\n")
    spaces = {
        "no-break-space": "\xa0",
        "next-line": "\x85",
        "ogham-space": "\u1680",
        "thin-space": "\u2009",
        "line-separator": "\u2028",
        "paragraph-separator": "\u2029",
        "narrow-no-break-space": "\u202f",
        "mathematical-space": "\u205f",
        "ideographic-space": "\u3000",
    }

    def named(name):
        return reference.note(TEXT, f"\u2014 {name} {encoded}\n")

    def signed(blob):
        return reference.note(TEXT, f"\u2014 {NAME} {blob}\n")

    return {
        "empty": "",
        "one-newline": "\n",
        "only-a-blank-line": "\n\n",
        "no-signature-line": TEXT + "\n",
        "no-blank-line": TEXT + line(),
        "no-text": "\n" + line(),
        "two-blank-lines-after": good + "\n\n",
        "text-after-a-later-blank-line": good + "\n" + TEXT,
        "blank-line-after-the-last": good + "\n",
        "no-newline-after-the-last": good[:-1],
        "text-after-the-signatures": good + "more\n",
        "text-between-the-signatures": reference.note(TEXT, line(), "more\n", line()),
        "sixty-five-lines": reference.note(TEXT, *[line()] * 65),
        "carriage-returns": good.replace("\n", "\r\n"),
        "carriage-return-in-the-text": reference.note("a\r\n", line()),
        "tab-in-the-text": reference.note("a\tb\n", line()),
        "nul-in-the-text": reference.note("a\0b\n", line()),
        "escape-in-the-text": reference.note("a\x1b[1mb\n", line()),
        "unit-separator-in-the-text": reference.note("a\x1fb\n", line()),
        "hyphen-for-a-dash": good.replace("\u2014", "-"),
        "en-dash-for-a-dash": good.replace("\u2014", "\u2013"),
        "no-dash": reference.note(TEXT, line()[2:]),
        "no-space-after-the-dash": good.replace("\u2014 ", "\u2014"),
        "two-spaces-after-the-dash": good.replace("\u2014 ", "\u2014  "),
        "two-spaces-before-the-signature": good.replace(encoded, " " + encoded),
        "space-after-the-signature": good.replace(encoded, encoded + " "),
        "third-word": good.replace(encoded, encoded + " AAAA"),
        "no-name": named(""),
        "name-with-a-plus": named("a.example+b"),
        **{f"name-with-a-{word}": named(f"a{c}b") for word, c in spaces.items()},
        "no-signature": signed(""),
        "four-bytes": signed("AAAAAA=="),
        "not-padded": signed(encoded.rstrip("=")),
        "padded-too-much": signed(encoded + "="),
        "padding-in-the-middle": signed("AAAA====AAAA"),
        "trailing-bits": signed("AAAAAAB="),
        "url-alphabet": signed("AAAA-_AAAAA="),
        "newline-in-the-signature": signed(encoded[:8] + "\n" + encoded[8:]),
        "full-width-digit": signed("AAAAAAAA\uff11AA="),
    }


def bytes_notes():
    """Return notes that are not UTF-8, by the lie they tell."""
    good = reference.note("a\u00e9\n", line()).encode()
    return {
        "latin-1": good.replace(b"\xc3\xa9", b"\xe9"),
        "overlong": good.replace(b"\xc3\xa9", b"\xc1\xa9"),
        "surrogate": good.replace(b"\xc3\xa9", b"\xed\xa0\x80"),
        "beyond-unicode": good.replace(b"\xc3\xa9", b"\xf4\x90\x80\x80"),
        "cut-in-a-character": good.replace(b"\xc3\xa9", b"\xc3"),
        "utf-16": good.decode().encode("utf-16"),
        "not-utf-8-in-the-signatures": good + b"\xff\n",
    }


def vkeys():
    """Return vkeys, by name, and whether they are ones."""
    key = reference.public_key(seed("herd"))
    good = reference.vkey(NAME, 1, key)
    name, identity, material = good.split("+", 2)

    def spelled(name=name, identity=identity, material=material):
        return f"{name}+{identity}+{material}"

    def hashed(name, kind, key):
        return reference.vkey(name, kind, key)

    return {
        "ed25519": good,
        "cosignature": reference.vkey(NAME, 4, key),
        "key-with-plus-signs": hashed(NAME, 1, bytes.fromhex("fbefbe" * 11)[:32]),
        "low-order-key": hashed(NAME, 1, bytes(32)),
        "any-32-bytes": hashed(NAME, 1, b"\xff" * 32),
        "name-of-another-alphabet": hashed("\u9a7c.example", 1, key),
        "spec-example": SPEC_VKEY,
        "empty": "",
        "name-alone": NAME,
        "no-key": f"{name}+{identity}",
        "no-name": hashed("", 1, key),
        "name-with-a-space": hashed("a b.example", 1, key),
        "name-with-a-no-break-space": hashed("a\xa0b.example", 1, key),
        "name-with-a-plus": hashed("a+b.example", 1, key),
        "name-with-a-newline": hashed("a\nb.example", 1, key),
        "name-with-a-nul": hashed("a\0b.example", 1, key),
        "id-of-another-name": spelled(name=OTHER),
        "id-of-another-kind": spelled(identity=reference.key_id(NAME, 4, key).hex()),
        "id-in-capitals": spelled(identity=identity.upper()),
        "id-of-seven-digits": spelled(identity=identity[:7]),
        "id-of-nine-digits": spelled(identity="0" + identity),
        "id-with-spaces": spelled(identity=" " + identity[1:]),
        "key-of-another": spelled(material=vkey(NAME, "plant").split("+", 2)[2]),
        "key-not-padded": hashed(NAME, 1, key[:31]).rstrip("="),
        "key-of-31-bytes": hashed(NAME, 1, key[:31]),
        "key-of-33-bytes": hashed(NAME, 1, key + b"\0"),
        "no-key-bytes": hashed(NAME, 1, b""),
        "nothing-encoded": spelled(material=""),
        "ecdsa": hashed(NAME, 2, key),
        "rfc-6962": hashed(NAME, 5, key),
        "ml-dsa-44": hashed(NAME, 6, bytes(1312)),
        "kind-of-32-bytes-unknown": hashed(NAME, 6, key),
        "kind-zero": hashed(NAME, 0, key),
        "kind-ff": hashed(NAME, 255, key),
        "space-before": " " + good,
        "newline-after": good + "\n",
        "name-with-a-lone-surrogate": spelled(name="l.example/\ud800"),
        "fourth-part": good + "+AA==",
        "private-key-of-go": f"PRIVATE+KEY+{NAME}+{identity}+{material}",
    }


def key_names():
    """Return names, by what they are like."""
    return {
        "host": "ledger.example",
        "host-and-word": "ledger.example/herd",
        "host-and-words": "ledger.example/a/b/c",
        "every-mark": "l-1.example/a._~-z",
        "only-a-dot": ".",
        "random-end": "ledger.example/log-0123abcd",
        "two-hundred": "l.example/" + "a" * 190,
        "two-hundred-and-one": "l.example/" + "a" * 191,
        "empty": "",
        "no-dot": "ledger",
        "no-dot-before-the-slash": "ledger/log.example",
        "our-own-prefix": "caravan/statement",
        "cosignature-prefix": "cosignature/v1",
        "capital": "Ledger.example",
        "capital-in-a-word": "ledger.example/Herd",
        "underscore-in-the-host": "led_ger.example",
        "tilde-in-the-host": "~ledger.example",
        "port": "ledger.example:443",
        "scheme": "https://ledger.example",
        "plus": "ledger.example+a",
        "space": "ledger.example/a b",
        "newline-after": "ledger.example\n",
        "slash-first": "/ledger.example",
        "slash-last": "ledger.example/",
        "double-slash": "ledger.example//a",
        "percent": "ledger.example/%61",
        "another-alphabet": "\u9a7c.example",
        "full-width": "ledger\uff0eexample",
        "dotless-i": "l\u0131.example",
        "lone-surrogate": "l.example/\ud800",
    }


def judged():
    """Return cases of a first line that is to be a key's signature of the text."""
    herd = vkey(NAME, "herd")
    low = reference.vkey(NAME, 1, bytes(32))
    signature = reference.parse(reference.note(TEXT, line()).encode())[1][0][2]
    identity = reference.parse_vkey(herd)[1]

    def with_bytes(blob, key=identity, name=NAME):
        return reference.note(TEXT, reference.line(name, key, blob))

    second = int.from_bytes(signature[32:], "little") + signatures.L
    beyond = reference.public_key(seed("herd"))[:31] + b"\xff"
    return {
        "true": (herd, reference.note(TEXT, line())),
        "spec-example": (SPEC_VKEY, SPEC_NOTE),
        "text-changed": (herd, reference.note("40 kg\n", line())),
        "text-without-its-last-blank-line": (
            herd,
            reference.note("a\n", line(text="a\n\n")),
        ),
        "signed-with-the-blank-line": (
            herd,
            reference.note(TEXT, line(text=TEXT + "\n")),
        ),
        "signed-without-the-newline": (
            herd,
            reference.note(TEXT, line(text=TEXT.rstrip("\n"))),
        ),
        "signature-of-another-text": (herd, reference.note(TEXT, line(text="a\n"))),
        "signature-of-another-key": (
            herd,
            with_bytes(
                reference.parse(reference.note(TEXT, line(NAME, "plant")).encode())[1][
                    0
                ][2]
            ),
        ),
        "another-name": (herd, reference.note(TEXT, line(OTHER))),
        "another-name-with-this-id": (herd, with_bytes(signature, name=OTHER)),
        "another-id": (herd, with_bytes(signature, key=b"abcd")),
        "another-key-of-this-name": (herd, reference.note(TEXT, line(NAME, "plant"))),
        "key-for-cosignatures": (
            vkey(NAME, "herd", reference.COSIGNATURE),
            with_bytes(
                signature,
                key=reference.key_id(NAME, 4, reference.public_key(seed("herd"))),
            ),
        ),
        "one-byte-short": (herd, with_bytes(signature[:-1])),
        "one-byte-more": (herd, with_bytes(signature + b"\0")),
        "one-byte": (herd, with_bytes(b"\0")),
        "all-zero": (herd, with_bytes(bytes(64))),
        "second-half-plus-the-order": (
            herd,
            with_bytes(signature[:32] + second.to_bytes(32, "little")),
        ),
        "first-half-of-low-order": (herd, with_bytes(bytes(32) + signature[32:])),
        "low-order-key": (
            low,
            with_bytes(b"\1" + bytes(63), key=reference.parse_vkey(low)[1]),
        ),
        "key-not-canonical": (
            reference.vkey(NAME, 1, b"\xf0" + b"\xff" * 31),
            with_bytes(
                signature, key=reference.key_id(NAME, 1, b"\xf0" + b"\xff" * 31)
            ),
        ),
        "key-with-other-bytes": (
            reference.vkey(NAME, 1, beyond),
            with_bytes(signature, key=reference.key_id(NAME, 1, beyond)),
        ),
    }


def first_line(spelled, note):
    """Return the code for the first line of a note."""
    text, lines = reference.parse(note.encode())
    return reference.judge_line(reference.parse_vkey(spelled), text, lines[0])


def vectors():
    """Return the vector files of notes."""
    parsed = [
        {
            "name": name,
            "note": note,
            "want": "ok",
            **hexed(reference.parse(note.encode())),
        }
        for name, note in true_notes().items()
    ]
    refused = [
        {"name": name, "note": note, "want": "note"}
        for name, note in false_notes().items()
    ]
    not_text = [
        {"name": name, "note_hex": data.hex(), "want": "note"}
        for name, data in bytes_notes().items()
    ]
    for case in refused:
        assert reference.parse(case["note"].encode()) is None, case["name"]
    for case in not_text:
        assert reference.parse(bytes.fromhex(case["note_hex"])) is None, case["name"]
    keys = []
    for name, spelled in vkeys().items():
        known = reference.parse_vkey(spelled)
        case = {"name": name, "vkey": spelled, "want": "ok" if known else "note"}
        if known:
            case |= {
                "key_name": known[0],
                "key_id_hex": known[1].hex(),
                "kind": known[2],
                "key_hex": known[3].hex(),
            }
        keys.append(case)
    return {
        "parse.json": {
            "about": "A note parses to its text and signature lines, or is refused.",
            "cases": parsed + refused + not_text,
        },
        "vkey.json": {
            "about": "A vkey parses to name, key id, kind and key, or is refused.",
            "cases": keys,
        },
        "key-name.json": {
            "about": "A name is in the grammar of our key names and origins, or not.",
            "cases": [
                {
                    "name": name,
                    "key_name": spelled,
                    "want": "ok" if reference.is_our_name(spelled) else "note",
                }
                for name, spelled in key_names().items()
            ],
        },
        "verify.json": {
            "about": "The first line of the note is, or is not, the key's signature.",
            "cases": [
                {
                    "name": name,
                    "vkey": spelled,
                    "note": note,
                    "want": first_line(spelled, note),
                }
                for name, (spelled, note) in judged().items()
            ],
        },
    }
