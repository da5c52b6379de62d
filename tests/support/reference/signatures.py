"""Define Ed25519 and the one rule by the arithmetic of RFC 8032, section 5.1.

Slow and not constant in time: for vectors only. The low-order encodings are computed
here, not listed.
"""

from hashlib import sha512

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
IDENTITY = (0, 1)


def add(one, other):
    """Return the sum of two points, given as (x, y)."""
    x1, y1 = one
    x2, y2 = other
    product = D * x1 * x2 * y1 * y2 % P
    # One inversion for both denominators, which are never zero on this curve.
    inverse = pow((1 + product) * (1 - product), -1, P)
    x3 = (x1 * y2 + x2 * y1) * (1 - product) * inverse % P
    y3 = (y1 * y2 + x1 * x2) * (1 + product) * inverse % P
    return x3, y3


def multiply(scalar, point):
    """Return a point added to itself so many times."""
    total = IDENTITY
    for bit in bin(scalar)[2:]:
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def negate(point):
    """Return what added to a point gives the identity."""
    x, y = point
    return -x % P, y


def encode(point):
    """Return the 32 bytes of a point."""
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(data, *, canonical=True):
    """Return the point of 32 bytes, or None if there is none.

    Not canonical, y may be from p up, and x = 0 may have its sign bit set.
    """
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number % 2**255
    if len(data) != 32 or (canonical and y >= P):
        return None
    y %= P
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT_OF_MINUS_ONE % P
    if x * x % P != square or (x == 0 and sign and canonical):
        return None
    return (-x % P if x & 1 != sign else x), y


BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_low_order(data):
    """Return whether bytes encode, in any way, a point of order 1, 2, 4 or 8."""
    point = decode(data, canonical=False)
    return point is not None and multiply(8, point) == IDENTITY


def torsion_points():
    """Return the eight points whose order divides eight, the identity first."""
    y = 2
    while True:
        point = decode(y.to_bytes(32, "little"))
        if point is not None:
            generator = multiply(L, point)
            if multiply(4, generator) != IDENTITY:
                return [multiply(i, generator) for i in range(8)]
        y += 1


def low_order_encodings():
    """Return every encoding of a low-order point, sorted."""
    found = set()
    for _, y in torsion_points():
        for number in (y, y + P):
            if number < 2**255:
                found.add(number.to_bytes(32, "little"))
                found.add((number | 1 << 255).to_bytes(32, "little"))
    return sorted(found)


def secret_scalar(seed):
    """Return the scalar that a seed stands for, and the secret prefix beside it."""
    digest = sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little")
    return scalar & (2**254 - 8) | 2**254, digest[32:]


def public_key(seed):
    """Return the public key that belongs to a seed."""
    return encode(multiply(secret_scalar(seed)[0], BASE))


def challenge(key, message, first_half):
    """Return the hash that binds key, message and first half, as a number below L."""
    digest = sha512(first_half + key + message).digest()
    return int.from_bytes(digest, "little") % L


def sign(seed, message):
    """Return the 64 bytes of the signature of a message."""
    scalar, prefix = secret_scalar(seed)
    key = encode(multiply(scalar, BASE))
    nonce = int.from_bytes(sha512(prefix + message).digest(), "little") % L
    first_half = encode(multiply(nonce, BASE))
    second = (nonce + challenge(key, message, first_half) * scalar) % L
    return first_half + second.to_bytes(32, "little")


def verify_plainly(key, message, signature):
    """Return whether the equation of RFC 8032 holds, without cofactor and blocklist.

    This is what OpenSSL, Go and tweetnacl compute.
    """
    point = decode(key, canonical=False)
    second = int.from_bytes(signature[32:], "little")
    if point is None or len(signature) != 64 or second >= L:
        return False
    scalar = challenge(key, message, signature[:32])
    return encode(
        add(multiply(second, BASE), negate(multiply(scalar, point)))
    ) == bytes(signature[:32])


def verify_with_cofactor(key, message, signature):
    """Return whether the equation holds after multiplying by eight, as ZIP 215 does."""
    point = decode(key, canonical=False)
    first = decode(signature[:32], canonical=False)
    second = int.from_bytes(signature[32:], "little")
    if point is None or first is None or second >= L:
        return False
    scalar = challenge(key, message, signature[:32])
    right = add(first, multiply(scalar, point))
    return multiply(8, multiply(second, BASE)) == multiply(8, right)


def verify(key, message, signature):
    """Return whether a signature holds under the one Ed25519 rule."""
    return (
        len(key) == 32
        and len(signature) == 64
        and decode(key) is not None
        and not is_low_order(key)
        and not is_low_order(signature[:32])
        and verify_plainly(key, message, signature)
    )
