"""Vectors for salted commitments."""

import hashlib

from tests.support.reference import commitments as reference

SALT = hashlib.sha256(b"caravan vector salt").digest()
VALUES = {
    "empty": "",
    "ascii": "N 40.51 E 78.12",
    "chinese": "\u67ef\u576a\u53bf",
    "composed": "\u00e9",
    "decomposed": "e\u0301",
    "beyond-the-basic-plane": "\U0001f42b",
    "newline-and-nul": "a\n\0b",
    "a-thousand": "x" * 1000,
}


def lies():
    """Return (commitment, value, salt, want), by the lie."""
    true = reference.commit("7 camels", SALT)
    data = b"caravan/commit/v1\n"
    salt = bytes([SALT[0] ^ 1]) + SALT[1:]
    no_length = hashlib.sha256(data + SALT + b"7 camels").digest()
    little = hashlib.sha256(data + SALT + b"\x08\0\0\0" + b"7 camels").digest()
    no_prefix = hashlib.sha256(SALT + b"\0\0\0\x08" + b"7 camels").digest()
    return {
        "true": (true, "7 camels", SALT, "ok"),
        "another-value": (true, "8 camels", SALT, "not-verified"),
        "value-with-a-space-more": (true, "7 camels ", SALT, "not-verified"),
        "another-salt": (true, "7 camels", salt, "not-verified"),
        "one-bit-flipped": (
            bytes([true[0] ^ 1]) + true[1:],
            "7 camels",
            SALT,
            "not-verified",
        ),
        "cut-short": (true[:16], "7 camels", SALT, "not-verified"),
        "empty": (b"", "7 camels", SALT, "not-verified"),
        "without-the-length": (no_length, "7 camels", SALT, "not-verified"),
        "length-little-endian": (little, "7 camels", SALT, "not-verified"),
        "without-the-first-line": (no_prefix, "7 camels", SALT, "not-verified"),
        "salt-of-31-bytes": (true, "7 camels", SALT[:31], "encoding"),
        "salt-of-33-bytes": (true, "7 camels", SALT + b"\0", "encoding"),
        "no-salt": (true, "7 camels", b"", "encoding"),
        "lone-surrogate": (true, "\ud800", SALT, "encoding"),
    }


def vectors():
    """Return the vector files of commitments."""
    return {
        "commit.json": {
            "about": "The commitment of a value under a salt.",
            "cases": [
                {
                    "name": name,
                    "value": value,
                    "salt_hex": SALT.hex(),
                    "want": reference.commit(value, SALT).hex(),
                }
                for name, value in VALUES.items()
            ],
        },
        "verify.json": {
            "about": "A commitment stands for a value under a salt, or not.",
            "cases": [
                {
                    "name": name,
                    "commitment_hex": commitment.hex(),
                    "value": value,
                    "salt_hex": salt.hex(),
                    "want": want,
                }
                for name, (commitment, value, salt, want) in lies().items()
            ],
        },
    }
