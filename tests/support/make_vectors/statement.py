"""Vectors for the outer form and the signatures of statements."""

import hashlib

from tests.support.reference import note
from tests.support.reference import statement as reference

ORIGIN = "ledger.example/milk-0badcafe"
BODY = '{"type":"ObjectEvent"}'
WORDS = ("herder", "driver", "plant", "vet")


def key(word):
    """Return the name and the seed of a key that everybody knows."""
    return f"{word}.example/key", hashlib.sha256(f"caravan {word}".encode()).digest()


def lines(entry):
    """Return the five lines of the text, and the signature lines."""
    text, _, rest = entry.rpartition("\n\n")
    return text.split("\n"), rest.splitlines(keepends=True)


def joined(text, signatures):
    """Return the entry of such lines."""
    return "\n".join(text) + "\n\n" + "".join(signatures)


def with_line(entry, place, line):
    """Return an entry whose text has another line, signatures as they were."""
    text, signatures = lines(entry)
    text[place] = line
    return joined(text, signatures)


def one(word="herder", **other):
    """Return a statement of one signer."""
    made = {"origin": ORIGIN, "kind": "event", "body": BODY, **other}
    return reference.statement(made["origin"], made["kind"], [key(word)], made["body"])


def many(words=WORDS):
    """Return a statement of many signers."""
    return reference.statement(ORIGIN, "event", [key(word) for word in words], BODY)


def of_size(size):
    """Return a statement of so many bytes."""
    return one(body="x" * (size - len(one(body="").encode())))


def true_statements():
    """Return statements whose outer form is right, by name."""
    return {
        "one-signer": one(),
        "directory": one(kind="directory"),
        "a-handover-has-four-hands": many(),
        "sixteen-signers": many([f"hand{i}" for i in range(16)]),
        "two-keys-of-one-name": reference.statement(
            ORIGIN, "event", [key("herder"), (key("herder")[0], key("vet")[1])], BODY
        ),
        "body-is-not-read": one(body="{]"),
        "body-in-chinese": one(body='{"name":"驼奶"}'),
        "largest": of_size(65_535),
        "another-origin": one(origin="other.example/milk"),
    }


def false_forms():
    """Return entries that are refused for their form, by name."""
    four = many()
    text, signatures = lines(four)
    label = reference.label(*key("herder"))
    return {
        "empty": "",
        "a-byte-too-many": of_size(65_536),
        "no-signature": "\n".join(text) + "\n\n",
        "no-blank-line": "\n".join(text) + "\n" + "".join(signatures),
        "signature-lines-swapped": joined(text, [signatures[1], signatures[0]]),
        "signature-lines-reordered": joined(text, signatures[::-1]),
        "signature-line-missing": joined(text, signatures[:-1]),
        "signature-line-extra": joined(text, [*signatures, lines(one("thief"))[1][0]]),
        "signature-line-doubled": joined(text, [*signatures, signatures[0]]),
        "signature-line-relabelled-to-another-name": joined(
            text, [signatures[0].replace("herder", "hunter"), *signatures[1:]]
        ),
        "signer-named-twice": with_line(one(), 3, f"{label} {label}"),
        "signer-named-and-signed-twice": reference.statement(
            ORIGIN, "event", [key("herder")] * 2, BODY
        ),
        "signers-line-reordered": with_line(four, 3, " ".join(text[3].split()[::-1])),
        "signer-not-in-the-line": with_line(four, 3, text[3].rpartition(" ")[0]),
        "seventeen-signers": many([f"hand{i}" for i in range(17)]),
        "no-signers": with_line(one(), 3, ""),
        "two-spaces-between-signers": with_line(four, 3, text[3].replace(" ", "  ", 1)),
        "space-after-the-signers": with_line(one(), 3, text[3].split()[0] + " "),
        "key-id-in-capitals": with_line(
            one(), 3, label.replace(label[-8:], label[-8:].upper())
        ),
        "key-id-too-short": with_line(one(), 3, label[:-1]),
        "signer-without-key-id": with_line(one(), 3, key("herder")[0]),
        "name-without-a-dot": reference.statement(
            ORIGIN, "event", [("herder", key("herder")[1])], BODY
        ),
        "name-in-capitals": reference.statement(
            ORIGIN, "event", [("Herder.example", key("herder")[1])], BODY
        ),
        "origin-in-capitals": one(origin="Ledger.example/milk"),
        "origin-empty": one(origin=""),
        "origin-begins-with-a-reserved-word": one(origin="caravan/x.example"),
        "kind-empty": one(kind=""),
        "kind-in-capitals": one(kind="Event"),
        "kind-with-a-space": one(kind="event "),
        "a-line-missing": joined([*text[:2], *text[3:]], signatures),
        "a-line-too-many": joined([*text, ""], signatures),
        "another-first-line": with_line(one(), 0, "caravan/statement"),
        "first-line-in-capitals": with_line(one(), 0, "Caravan/statement/v1"),
        "version-with-a-leading-zero": with_line(one(), 0, "caravan/statement/v01"),
        "a-seal": with_line(one(), 0, "caravan/seal/v1"),
        "carriage-return": with_line(one(), 2, "event\r"),
        "newline-at-the-end-missing": one()[:-1],
        "blank-line-at-the-end": one() + "\n",
        "signature-is-not-base64": one()[:-3] + "*=\n",
        "version-two": with_line(one(), 0, "caravan/statement/v2"),
        "version-two-of-anything": "caravan/statement/v2\nanything",
        "kind-of-another-version": one(kind="weather-report"),
        "kind-of-another-version-but-malformed": with_line(
            one(kind="weather-report"), 3, ""
        ),
    }


def form_cases():
    """Return every form with what a parser makes of it."""
    cases = []
    for name, entry in {**true_statements(), **false_forms()}.items():
        want = reference.judge(entry.encode())
        case = {"name": name, "entry": entry, "want": want}
        if want == "ok":
            text, _ = lines(entry)
            case |= {
                "origin": text[1],
                "kind": text[2],
                "signers": text[3].split(" "),
                "body": text[4],
                "text_hash_hex": reference.text_hash(entry).hex(),
            }
        cases.append(case)
    return cases


def signature_cases():
    """Return statements of a right form with keys, and what verifying says."""
    four, keys = many(), [reference.vkey(*key(word)) for word in WORDS]
    text, signatures = lines(four)
    herder, vet = key("herder"), key("vet")

    def signed_by(name, seed, words):
        line = note.sign(name, seed, "\n".join(words) + "\n")
        blob = note.decode_base64(line.split(" ")[2].strip())
        identity = note.key_id(herder[0], note.ED25519, note.public_key(herder[1]))
        return note.line(herder[0], identity, blob[4:])

    own = lines(one())[0]
    zeros = (herder[0], note.key_id(herder[0], 1, bytes(32)), bytes(64))
    low = note.vkey(herder[0], 1, bytes(32))
    low_text = [*own[:3], "+".join(low.split("+")[:2]), own[4]]
    short = note.line(*zeros[:2], bytes(63))
    told = {
        "one-signer": (one(), keys[:1], "ok"),
        "a-handover-has-four-hands": (four, keys, "ok"),
        "body-changed": (with_line(four, 4, BODY.replace("O", "o")), keys, "signature"),
        "kind-changed": (with_line(four, 2, "directory"), keys, "signature"),
        "origin-changed": (with_line(four, 1, ORIGIN[:-1]), keys, "signature"),
        "signed-by-another-key": (
            joined(own, [signed_by(*vet, own)]),
            keys[:1],
            "signature",
        ),
        "signature-of-another-text": (
            joined(own, [signed_by(*herder, [*own[:4], "{}"])]),
            keys[:1],
            "signature",
        ),
        "two-signatures-swapped-under-their-names": (
            joined(text, swapped(signatures)),
            keys,
            "signature",
        ),
        "last-of-four-is-bad": (
            joined(text, [*signatures[:3], flipped(signatures[3])]),
            keys,
            "signature",
        ),
        "signature-of-63-bytes": (joined(low_text, [short]), [low], "signature"),
        "low-order-key": (joined(low_text, [note.line(*zeros)]), [low], "signature"),
        "key-of-another-signer": (one(), keys[1:2], "signature"),
        "keys-in-another-order": (four, keys[::-1], "signature"),
        "a-key-missing": (four, keys[:3], "signature"),
        "a-key-too-many": (one(), keys[:2], "signature"),
    }
    return [
        {"name": name, "entry": entry, "keys": vkeys, "want": want}
        for name, (entry, vkeys, want) in told.items()
    ]


def swapped(signatures):
    """Return lines whose first two have each other's signature bytes."""
    parts = [line.strip().split(" ") for line in signatures[:2]]
    blobs = [note.decode_base64(part[2]) for part in parts]
    first, second = (
        note.line(part[1], blob[:4], other[4:])
        for part, blob, other in zip(parts, blobs, blobs[::-1], strict=True)
    )
    return [first, second, *signatures[2:]]


def flipped(line):
    """Return a line with one bit of its signature changed."""
    _, name, encoded = line.strip().split(" ")
    blob = bytearray(note.decode_base64(encoded))
    blob[20] ^= 1
    return note.line(name, bytes(blob[:4]), bytes(blob[4:]))


def vectors():
    """Return the files of tests/vectors/statement."""
    return {
        "forms.json": {
            "about": "Entries, and what parsing them as a statement gives. `signers` "
            "are labels, name+id; `text_hash_hex` is what two statements are the same "
            "by.",
            "cases": form_cases(),
        },
        "signatures.json": {
            "about": "Statements that parse, with one vkey for each signer in order, "
            "and what verifying the signatures gives.",
            "cases": signature_cases(),
        },
        "origins.json": {
            "about": f"Statements that parse, judged for a ledger of origin {ORIGIN}.",
            "origin": ORIGIN,
            "cases": [
                {"name": "own", "entry": one(), "want": "ok"},
                {
                    "name": "another-ledger",
                    "entry": one(origin="other.example/milk-0badcafe"),
                    "want": "wrong-origin",
                },
                {
                    "name": "another-ledger-of-the-same-host",
                    "entry": one(origin=ORIGIN[:-1] + "0"),
                    "want": "wrong-origin",
                },
                {
                    "name": "host-alone",
                    "entry": one(origin="ledger.example"),
                    "want": "wrong-origin",
                },
            ],
        },
    }
