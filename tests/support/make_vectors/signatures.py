"""Vectors for the one Ed25519 rule: what libraries disagree about, and plain lies.

The hostile ones are made with the group's own arithmetic, so that they are as strong as
they can be: wherever some library would accept one, it is one that it accepts.
"""

import hashlib

from tests.support.reference import signatures as reference

P, L = reference.P, reference.L
SEED = hashlib.sha256(b"caravan/vectors/signatures").digest()
MESSAGE = b"30 kg of milk from 13 camels"

# RFC 8032, section 7.1: secret key and message of tests 1, 2 and 3.
RFC8032 = {
    "rfc-8032-test-1": (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "",
    ),
    "rfc-8032-test-2": (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "72",
    ),
    "rfc-8032-test-3": (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "af82",
    ),
}


def little(number):
    """Return a number in 32 bytes, the least significant first."""
    return number.to_bytes(32, "little")


def flip(data, bit):
    """Return bytes with one bit turned over."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def case(name, key, message, signature, want):
    """Return one vector."""
    return {
        "name": name,
        "key_hex": key.hex(),
        "message_hex": message.hex(),
        "signature_hex": signature.hex(),
        "want": want,
    }


def messages():
    """Yield messages to choose from, without end."""
    count = 0
    while True:
        yield b"message %d" % count
        count += 1


def signature_by_low_order_key(key):
    """Return a message and a signature that hold for a key nobody owns.

    With A of order n, [h]A vanishes for every n-th message: R = [S]B is then enough.
    """
    first = reference.encode(reference.multiply(1234567, reference.BASE))
    point = reference.decode(key, canonical=False)
    for message in messages():
        scalar = reference.challenge(key, message, first)
        if reference.multiply(scalar, point) == reference.IDENTITY:
            return message, first + little(1234567)
    raise AssertionError


def signature_of_low_order(first):
    """Return a signature with a given R of low order, by a key of full order.

    With R the identity, S = h a holds in the plain equation; with another R of low
    order it holds once multiplied by eight.
    """
    scalar, _ = reference.secret_scalar(SEED)
    key = reference.public_key(SEED)
    return first + little(reference.challenge(key, MESSAGE, first) * scalar % L)


def mixed_order_key(torsion):
    """Return a key of the owner's point plus one of low order."""
    scalar, _ = reference.secret_scalar(SEED)
    own = reference.multiply(scalar, reference.BASE)
    return reference.encode(reference.add(own, torsion))


def signature_by_mixed_order_key(torsion, vanishes):
    """Return key, message and signature of a key with a part of low order.

    Where [h] times that part vanishes the plain equation holds; elsewhere only that
    which is multiplied by eight.
    """
    scalar, _ = reference.secret_scalar(SEED)
    key = mixed_order_key(torsion)
    first = reference.encode(reference.multiply(7654321, reference.BASE))
    for message in messages():
        challenge = reference.challenge(key, message, first)
        rest = reference.multiply(challenge, torsion)
        if (rest == reference.IDENTITY) == vanishes:
            second = (7654321 + challenge * scalar) % L
            return key, message, first + little(second)
    raise AssertionError


def off_the_curve():
    """Return the smallest y, as a key, that no point of the curve has."""
    y = 2
    while reference.decode(little(y)) is not None:
        y += 1
    return little(y)


def beyond_the_prime():
    """Return keys with y of p or more, by name: no other y fits below 2**255."""
    return {
        f"key-with-y-of-p-plus-{more}-and-sign-{sign}": little(P + more | sign << 255)
        for more in range(2, 19)
        for sign in (0, 1)
    }


def verify_cases():
    """Yield signatures that hold, and such that do not."""
    for name, (seed, message) in RFC8032.items():
        seed, message = bytes.fromhex(seed), bytes.fromhex(message)
        key, signature = reference.public_key(seed), reference.sign(seed, message)
        yield case(name, key, message, signature, "ok")

    key, signature = reference.public_key(SEED), reference.sign(SEED, MESSAGE)
    first, second = signature[:32], signature[32:]
    yield case("honest", key, MESSAGE, signature, "ok")
    for size in (1, 64, 127, 128, 1023, 16_384):
        long = bytes(i % 251 for i in range(size))
        right = reference.sign(SEED, long)
        yield case(f"honest-over-{size}-bytes", key, long, right, "ok")

    yield from _low_order_cases(key)
    yield from _mixed_order_cases()
    for name, stranger in beyond_the_prime().items():
        yield case(name, stranger, MESSAGE, signature, "signature")
    yield case("key-with-y-of-all-ones", b"\xff" * 32, MESSAGE, signature, "signature")
    yield case("key-off-the-curve", off_the_curve(), MESSAGE, signature, "signature")
    yield from _second_half_cases(key, first, second)

    lies = {
        "another-message": (key, MESSAGE + b".", signature),
        "no-message": (key, b"", signature),
        "message-cut-short": (key, MESSAGE[:-1], signature),
        "another-key": (reference.public_key(bytes(32)), MESSAGE, signature),
        "key-with-the-other-sign": (flip(key, 255), MESSAGE, signature),
        "no-key": (b"", MESSAGE, signature),
        "key-cut-short": (key[:31], MESSAGE, signature),
        "key-too-long": (key + b"\0", MESSAGE, signature),
        "key-twice": (key + key, MESSAGE, signature),
        "no-signature": (key, MESSAGE, b""),
        "signature-of-half-the-length": (key, MESSAGE, first),
        "signature-cut-short": (key, MESSAGE, signature[:63]),
        "signature-too-long": (key, MESSAGE, signature + b"\0"),
        "signature-twice": (key, MESSAGE, signature + signature),
        "signature-with-its-message": (key, MESSAGE, signature + MESSAGE),
        "signature-of-zeros": (key, MESSAGE, bytes(64)),
        "signature-of-ones": (key, MESSAGE, b"\xff" * 64),
        "halves-swapped": (key, MESSAGE, second + first),
        "first-half-negated": (key, MESSAGE, flip(signature, 255)),
        "first-half-is-the-key": (key, MESSAGE, key + second),
        "first-half-off-the-curve": (key, MESSAGE, off_the_curve() + second),
        "first-half-not-canonical": (key, MESSAGE, little(P + 3) + second),
        "second-half-big-endian": (key, MESSAGE, first + second[::-1]),
        "signature-of-the-hash": (
            key,
            MESSAGE,
            reference.sign(SEED, hashlib.sha512(MESSAGE).digest()),
        ),
    }
    for name, lie in lies.items():
        yield case(name, *lie, "signature")
    for bit in (0, 100, 254, 256, 300, 504):
        flipped = flip(signature, bit)
        yield case(f"bit-{bit}-flipped", key, MESSAGE, flipped, "signature")


def _low_order_cases(key):
    for encoding in reference.low_order_encodings():
        name = encoding.hex()
        message, forged = signature_by_low_order_key(encoding)
        yield case(f"low-order-key-{name}", encoding, message, forged, "signature")
        forged = signature_of_low_order(encoding)
        yield case(f"low-order-first-half-{name}", key, MESSAGE, forged, "signature")
        # What a library that checks neither takes for any message at all.
        forged = encoding + bytes(32)
        yield case(f"low-order-twice-{name}", encoding, MESSAGE, forged, "signature")


def _mixed_order_cases():
    for order, place in ((2, 4), (4, 2), (8, 1)):
        torsion = reference.torsion_points()[place]
        held = signature_by_mixed_order_key(torsion, vanishes=True)
        yield case(f"key-with-a-part-of-order-{order}", *held, "ok")
        lie = signature_by_mixed_order_key(torsion, vanishes=False)
        name = f"holds-only-with-cofactor-for-a-part-of-order-{order}"
        yield case(name, *lie, "signature")


def _second_half_cases(key, first, second):
    number = int.from_bytes(second, "little")
    lies = {
        "second-half-plus-l": number + L,
        "second-half-plus-2-l": number + 2 * L,
        "second-half-plus-15-l-or-fewer": number + (2**256 - 1 - number) // L * L,
        "second-half-is-l": L,
        "second-half-is-l-plus-1": L + 1,
        "second-half-is-l-minus-1": L - 1,
        "second-half-negated": L - number,
        "second-half-is-zero": 0,
        "second-half-with-bit-252": number | 1 << 252,
        "second-half-with-bit-253": number | 1 << 253,
        "second-half-with-bit-254": number | 1 << 254,
        "second-half-with-bit-255": number | 1 << 255,
        "second-half-of-ones": 2**256 - 1,
    }
    for name, lie in lies.items():
        yield case(name, key, MESSAGE, first + little(lie), "signature")


def key_cases():
    """Yield public keys that may be bound, and such that may not."""
    honest = reference.public_key(SEED)
    torsion = reference.torsion_points()[1]
    right = {
        "honest": honest,
        "the-base-point": reference.encode(reference.BASE),
        "key-with-a-part-of-order-8": mixed_order_key(torsion),
        "key-off-the-curve-that-can-verify-nothing": off_the_curve(),
        "key-with-the-largest-y-but-one": little(P - 2),
        "key-with-the-smallest-y-but-two": little(2),
    }
    wrong = {
        **{f"low-order-{e.hex()}": e for e in reference.low_order_encodings()},
        **beyond_the_prime(),
        "no-key": b"",
        "key-cut-short": honest[:31],
        "key-too-long": honest + b"\0",
        "key-of-ones": b"\xff" * 32,
    }
    for name, key in right.items():
        yield {"name": name, "key_hex": key.hex(), "want": "ok"}
    for name, key in wrong.items():
        yield {"name": name, "key_hex": key.hex(), "want": "signature"}


def chain(public_key, sign):
    """Return the accumulated hash over a hundred keys and what they sign in turn."""
    digest, message = hashlib.sha256(), b""
    for i in range(100):
        seed = hashlib.sha256(bytes([i])).digest()
        signature = sign(seed, message)
        digest.update(public_key(seed) + signature)
        message += signature[:i]
    return digest.hexdigest()


def vectors():
    """Return the files of tests/vectors/signatures."""
    return {
        "verify.json": {
            "about": "Signatures under the one Ed25519 rule.",
            "cases": list(verify_cases()),
        },
        "public_keys.json": {
            "about": "Keys that may be bound: canonical, and not of low order.",
            "cases": list(key_cases()),
        },
        "accumulated.json": {
            "about": "SHA-256 over public key and signature of each i from 0 to 99. "
            "The seed is SHA-256 of the byte i; the message is empty at first, and the "
            "first i bytes of each signature are added to it for the next.",
            "cases": [
                {
                    "name": "keys-and-signatures",
                    "want": chain(reference.public_key, reference.sign),
                }
            ],
        },
    }
