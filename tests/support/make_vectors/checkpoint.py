"""Vectors for checkpoints: their text, and what it takes to open a signed one."""

import hashlib

from tests.support.make_vectors import _foreign
from tests.support.make_vectors import note as notes
from tests.support.reference import checkpoint as reference
from tests.support.reference import encoding
from tests.support.reference import note as note_reference

ORIGIN = "ledger.example/log-5eed0001"
OTHER = "ledger.example/log-5eed0002"
ROOT = hashlib.sha256(b"caravan vector root").digest()
EMPTY_ROOT = hashlib.sha256(b"").digest()
TEXT = reference.text(ORIGIN, 4797, ROOT)

# Its key name is not its origin.
GO_VKEY, GO_ORIGIN, GO_CHECKPOINT = _foreign.go_checkpoint()
SIGSUM = _foreign.Sigsum()


def log_vkey(word="log", name=ORIGIN):
    """Return the vkey of a ledger key."""
    return notes.vkey(name, word)


def line(word="log", name=ORIGIN, text=TEXT):
    """Return a ledger key's line under a checkpoint's text."""
    return notes.line(name, word, text)


def grease():
    """Return lines that no key verifies: of a made-up name, and of the log's own."""
    blob = bytes(range(64))
    return [
        note_reference.line("grease.invalid", b"\x01\x02\x03\x04", blob),
        note_reference.line(ORIGIN, b"\x05\x06\x07\x08", blob),
    ]


def texts():
    """Return texts, by what they are like."""
    root = encoding.encode_base64(ROOT)
    return {
        "three-lines": TEXT,
        "empty-tree": reference.text(ORIGIN, 0, EMPTY_ROOT),
        "one-entry": reference.text(ORIGIN, 1, ROOT),
        "largest-size-that-javascript-counts": reference.text(ORIGIN, 2**53 - 1, ROOT),
        "origin-with-spaces": GO_CHECKPOINT.partition("\n\n")[0] + "\n",
        "origin-of-another-alphabet": reference.text("\u9a7c\u5976", 1, ROOT),
        "empty": "",
        "one-newline": "\n",
        "two-lines": f"{ORIGIN}\n4797\n",
        "extension-line": TEXT + "Timestamp: 1782000000\n",
        "blank-line-after": TEXT + "\n",
        "blank-line-before": "\n" + TEXT,
        "no-newline-at-the-end": TEXT[:-1],
        "empty-origin": reference.text("", 1, ROOT),
        "empty-size": f"{ORIGIN}\n\n{root}\n",
        "empty-root": f"{ORIGIN}\n4797\n\n",
        "size-with-a-zero-first": reference.text(ORIGIN, "04797", ROOT),
        "size-of-two-zeros": reference.text(ORIGIN, "00", ROOT),
        "size-with-a-sign": reference.text(ORIGIN, "+4797", ROOT),
        "size-below-zero": reference.text(ORIGIN, "-1", ROOT),
        "size-with-a-space": reference.text(ORIGIN, " 4797", ROOT),
        "size-with-an-underscore": reference.text(ORIGIN, "4_797", ROOT),
        "size-with-an-exponent": reference.text(ORIGIN, "4e3", ROOT),
        "size-with-a-fraction": reference.text(ORIGIN, "4797.0", ROOT),
        "size-in-hex": reference.text(ORIGIN, "0x12bd", ROOT),
        "size-in-arabic-digits": reference.text(ORIGIN, "\u0664\u0667", ROOT),
        "size-of-64-bits": reference.text(ORIGIN, 2**63, ROOT),
        "size-of-twenty-digits": reference.text(ORIGIN, "9" * 20, ROOT),
        "root-of-31-bytes": reference.text(ORIGIN, 1, ROOT[:31]),
        "root-of-33-bytes": reference.text(ORIGIN, 1, ROOT + b"\0"),
        "root-not-padded": f"{ORIGIN}\n1\n{root.rstrip('=')}\n",
        "root-with-trailing-bits": f"{ORIGIN}\n1\n{'A' * 42}B=\n",
        "root-in-the-url-alphabet": f"{ORIGIN}\n1\n{'-_' * 21}8=\n",
        "root-in-hex": f"{ORIGIN}\n1\n{ROOT.hex()}\n",
        "root-with-a-space-after": f"{ORIGIN}\n1\n{root} \n",
        "line-separator-for-a-newline": TEXT.replace("\n", "\u2028"),
    }


def opened():
    """Return (note, origin, listed keys), by what is right or wrong with them."""
    keys = [log_vkey()]
    both = [log_vkey(), log_vkey("next-log")]
    good = note_reference.note(TEXT, line())
    two = note_reference.note(TEXT, line(), line("next-log"))
    witness = notes.line("witness.example/w1", "witness", TEXT)
    identity = note_reference.parse_vkey(log_vkey())[1]
    blob = note_reference.parse(good.encode())[1][0][2]
    false = note_reference.line(ORIGIN, identity, bytes(64))
    flipped = note_reference.line(ORIGIN, identity, bytes([blob[0] ^ 1]) + blob[1:])
    extended = TEXT + "more\n"
    elsewhere = reference.text(OTHER, 4797, ROOT)
    return {
        "signed": (good, ORIGIN, keys),
        "signed-by-one-of-two-listed": (good, ORIGIN, both),
        "signed-by-both-listed": (two, ORIGIN, both),
        "keys-listed-the-other-way-round": (two, ORIGIN, both[::-1]),
        "one-of-two-signers-listed": (two, ORIGIN, keys),
        "log-second": (note_reference.note(TEXT, witness, line()), ORIGIN, keys),
        "grease-before": (note_reference.note(TEXT, *grease(), line()), ORIGIN, keys),
        "grease-after": (note_reference.note(TEXT, line(), *grease()), ORIGIN, keys),
        "grease-twice": (
            note_reference.note(TEXT, *grease(), line(), *grease()),
            ORIGIN,
            keys,
        ),
        "go-checksum-database": (GO_CHECKPOINT, GO_ORIGIN, [GO_VKEY]),
        "sigsum": (
            note_reference.note(SIGSUM.text, SIGSUM.log_line, SIGSUM.witness_line),
            SIGSUM.origin,
            [SIGSUM.log_vkey],
        ),
        "no-key-listed": (good, ORIGIN, []),
        "another-key-listed": (good, ORIGIN, [log_vkey("next-log")]),
        "only-grease": (note_reference.note(TEXT, *grease()), ORIGIN, keys),
        "only-a-witness": (note_reference.note(TEXT, witness), ORIGIN, keys),
        "listed-key-under-another-name": (
            note_reference.note(TEXT, line(name=OTHER)),
            ORIGIN,
            keys,
        ),
        "line-twice": (note_reference.note(TEXT, line(), line()), ORIGIN, keys),
        "true-line-then-a-false-one": (
            note_reference.note(TEXT, line(), false),
            ORIGIN,
            keys,
        ),
        "false-line-then-a-true-one": (
            note_reference.note(TEXT, false, line()),
            ORIGIN,
            keys,
        ),
        "one-bit-flipped": (note_reference.note(TEXT, flipped), ORIGIN, keys),
        "second-listed-key-false": (
            note_reference.note(
                TEXT,
                line(),
                note_reference.line(
                    ORIGIN, note_reference.parse_vkey(both[1])[1], bytes(64)
                ),
            ),
            ORIGIN,
            both,
        ),
        "signature-of-another-size": (
            note_reference.note(reference.text(ORIGIN, 4798, ROOT), line()),
            ORIGIN,
            keys,
        ),
        "signature-of-another-root": (
            note_reference.note(reference.text(ORIGIN, 4797, EMPTY_ROOT), line()),
            ORIGIN,
            keys,
        ),
        "key-of-the-kind-that-cosigns": (
            note_reference.note(
                TEXT,
                note_reference.sign(
                    ORIGIN, notes.seed("log"), TEXT, kind=note_reference.COSIGNATURE
                ),
            ),
            ORIGIN,
            [notes.vkey(ORIGIN, "log", note_reference.COSIGNATURE)],
        ),
        "another-origin": (
            note_reference.note(elsewhere, line(name=OTHER, text=elsewhere)),
            ORIGIN,
            [log_vkey(name=OTHER)],
        ),
        "another-origin-signed-by-this-log": (
            note_reference.note(elsewhere, line(text=elsewhere)),
            ORIGIN,
            keys,
        ),
        "extension-line": (
            note_reference.note(extended, line(text=extended)),
            ORIGIN,
            keys,
        ),
        "text-is-no-checkpoint": (
            note_reference.note("30 kg\n", line(text="30 kg\n")),
            ORIGIN,
            keys,
        ),
        "not-a-note": (TEXT, ORIGIN, keys),
        "sixty-five-lines": (
            note_reference.note(TEXT, *[witness] * 64, line()),
            ORIGIN,
            keys,
        ),
    }


def vectors():
    """Return the vector files of checkpoints."""
    parsed = []
    for name, text in texts().items():
        found = reference.parse(text.encode())
        case = {"name": name, "text": text, "want": "ok" if found else "checkpoint"}
        if found:
            case |= {"origin": found[0], "size": found[1], "root_hex": found[2].hex()}
        parsed.append(case)
    signed = []
    for name, (note, origin, keys) in opened().items():
        known = [note_reference.parse_vkey(key) for key in keys]
        want, labels = reference.judge(note.encode(), origin=origin, keys=known)
        case = {"name": name, "note": note, "origin": origin, "log_keys": keys}
        signed.append(case | {"want": want, "signed_by": labels})
    return {
        "parse.json": {
            "about": "A text is a checkpoint of origin, size and root, or is refused.",
            "cases": parsed,
        },
        "open.json": {
            "about": "A note is a checkpoint of this origin that listed keys have"
            " signed; 'signed_by' names them in the order of their lines.",
            "cases": signed,
        },
    }
