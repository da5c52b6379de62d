"""Define signed notes by one expression for the whole of one, and OpenSSL's Ed25519.

What a note is stands here as a language, where ``ledger.note`` splits and looks. Base64
is decoded in the way of ``encoding`` beside this: bit by bit.
"""

import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from tests.support.reference import encoding, signatures

ED25519 = 1
COSIGNATURE = 4

# Unicode's White_Space, property by property value, and what no note may hold.
SPACES = {
    *range(0x09, 0x0E),
    *range(0x2000, 0x200B),
    *(0x20, 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000),
}
NO_NAME = "".join(map(chr, sorted(SPACES | {*range(0x20)} | {ord("+")})))
NAME = f"[^{re.escape(NO_NAME)}]+"
LINE = rf"\u2014 ({NAME}) ([A-Za-z0-9+/]+={{0,2}})\n"
NOTE = re.compile(rf"(?P<text>(?s:.*)\n)\n(?P<lines>(?:{LINE}){{1,64}})")


def decode_base64(text):
    """Return the bytes of a base64 text, or None if there is a better spelling."""
    bits = "".join(
        f"{encoding.ALPHABET.index(character):06b}" for character in text.rstrip("=")
    )
    whole = len(bits) // 8 * 8
    data = bytes(int(bits[i : i + 8], 2) for i in range(0, whole, 8))
    return data if encoding.encode_base64(data) == text else None


def parse(data):
    """Return (text, [(name, key id, signature)]), or None for what is no note."""
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        return None
    found = NOTE.fullmatch(whole)
    if found is None or any(ord(c) < 0x20 and c != "\n" for c in whole):
        return None
    lines = []
    for name, encoded in re.findall(LINE, found["lines"]):
        blob = decode_base64(encoded)
        if blob is None or len(blob) < 5:
            return None
        lines.append((name, blob[:4], blob[4:]))
    return found["text"].encode(), lines


def line(name, key_id, signature):
    """Return a signature line."""
    return f"\u2014 {name} {encoding.encode_base64(key_id + signature)}\n"


def note(text, *lines):
    """Return a note of a text and lines, both as they are."""
    return text + "\n" + "".join(lines)


def key_id(name, kind, key):
    """Return the four bytes that tell a name's keys apart."""
    return hashlib.sha256(b"%s\n%c%s" % (name.encode(), kind, key)).digest()[:4]


def vkey(name, kind, key):
    """Return the vkey of a public key under a name."""
    material = encoding.encode_base64(bytes([kind, *key]))
    return f"{name}+{key_id(name, kind, key).hex()}+{material}"


def parse_vkey(text):
    """Return (name, key id, kind, key), or None for what is no vkey of ours."""
    found = re.fullmatch(rf"({NAME})\+([0-9a-f]{{8}})\+([A-Za-z0-9+/]{{44}})", text)
    if found is None or any("\ud800" <= c <= "\udfff" for c in text):
        return None
    encoded = decode_base64(found[3])
    if encoded is None or encoded[0] not in (ED25519, COSIGNATURE):
        return None
    name, kind, key = found[1], encoded[0], encoded[1:]
    if key_id(name, kind, key).hex() != found[2]:
        return None
    return name, key_id(name, kind, key), kind, key


def is_our_name(name):
    """Return whether a name is in the grammar of our key names and origins."""
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    host, *words = name.split("/")
    return (
        1 <= len(name) <= 200
        and "." in host
        and set(host) <= allowed
        and all(word and set(word) <= allowed | {"_", "~"} for word in words)
    )


def public_key(seed):
    """Return the public key that belongs to a seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(name, seed, text, *, kind=ED25519):
    """Return the line that signs a text."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    signature = private.sign(text.encode())
    return line(name, key_id(name, kind, public_key(seed)), signature)


def verify(key, message, signature):
    """Return whether a signature holds under the one Ed25519 rule, with OpenSSL."""
    if len(key) != 32 or len(signature) != 64 or signatures.decode(key) is None:
        return False
    if signatures.is_low_order(key) or signatures.is_low_order(signature[:32]):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def judge_line(known, text, found):
    """Return the code for a line that is to be a key's signature of a text."""
    name, identity, kind, key = known
    if found[:2] != (name, identity):
        return "unknown-key"
    if kind != ED25519 or not verify(key, text, found[2]):
        return "signature"
    return "ok"
