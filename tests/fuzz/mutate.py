"""Make inputs that nobody meant of those that somebody did; the same from a seed."""

import json
import random
from collections.abc import Sequence

from ledger.encoding import canonical
from ledger.errors import LedgerError

_WORDS = (
    b"", b"\0", b"\n", b"\r\n", b" ", b"-0", b"+1", b"00", b"1e400", b"0.1", b"\\ud800",
    b"\xed\xa0\x80", b"\xff", b"\xef\xbb\xbf", b"9007199254740992", b"9" * 400, b"=",
    b"9223372036854775807", b"__proto__", b"null", b"[" * 200, b'{"a":' * 200, b"%2F",
    b"%00", "e\u0301".encode(), "\u0130".encode(), "\u2028".encode(), b"\xc2\x85",
    "— ".encode(), "\U0001f42a".encode(), "٣".encode(), b"\xe2\x80\x8b", b"../", b"#",
)  # fmt: skip
_VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 1, 0.5, 1e-7, 2**53, 2**63, -(2**53), 10**30, "", "0",
    "\ud800", "\0", "__proto__", "constructor", "a" * 300, [], {}, [[]], {"": {}},
    {"__proto__": {}}, [None], "2026-05-01T06:30:00Z", "+15:00", "\u0130", "٣",
    "https://id.gs1.org/01/09520123456788", "https://ledger.example/id/animal/7",
)  # fmt: skip


def mutant(chance: random.Random, corpus: Sequence[bytes]) -> bytes:
    """Return an input like one of a corpus, with a few things wrong."""
    data = chance.choice(corpus)
    if data[:1] in (b"{", b"[") and chance.random() < 0.6:
        return _respelled(chance, data, chance.choice(corpus))
    for _ in range(chance.randint(1, 4)):
        data = _changed(chance, data, corpus)
    return data


def _changed(chance: random.Random, data: bytes, corpus: Sequence[bytes]) -> bytes:
    start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    end = min(end, start + 64)
    match chance.randrange(6):
        case 0:
            return data[:start] + data[end:]
        case 1:
            return data[:end] + data[start:end] * chance.choice((1, 2, 40)) + data[end:]
        case 2:
            return data[:start] + chance.choice(_WORDS) + data[end:]
        case 3:
            return data[:start] + bytes([chance.randrange(256)]) + data[start + 1 :]
        case 4:
            other = chance.choice(corpus)
            return data[:start] + other[chance.randrange(len(other) + 1) :]
        case _:
            return data[:start] + chance.choice(_WORDS) + data[start:]


def _respelled(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Return a JSON text with a value changed, in its one spelling if it has one."""
    try:
        value, donor = json.loads(data), json.loads(other)
        for _ in range(chance.randint(1, 3)):
            value = _altered(chance, value, donor)
    except (ValueError, RecursionError, OverflowError):
        return _changed(chance, data, [other])
    try:
        return canonical(value)
    except (LedgerError, TypeError, RecursionError):
        pass
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        return data


def _altered(chance: random.Random, value: object, donor: object) -> object:
    """Return a value with one place in it changed."""
    inside = [*value.items()] if isinstance(value, dict) else None
    if isinstance(value, list):
        inside = [*enumerate(value)]
    if not inside or chance.random() < 0.1:
        return _other(chance, value, donor)
    name, member = chance.choice(inside)
    copied = value.copy()
    match chance.randrange(5):
        case 0:
            del copied[name]
        case 1 if isinstance(value, dict):
            copied[chance.choice((name.upper(), f"{name}x", "__proto__", ""))] = member
        case 1:
            copied.insert(name, member)
        case _:
            copied[name] = _altered(chance, member, donor)
    return copied


def _other(chance: random.Random, value: object, donor: object) -> object:
    if isinstance(value, str) and chance.random() < 0.6:
        changed = _changed(chance, value.encode("utf-8", "replace"), [b"0", b"/01/"])
        return changed.decode("utf-8", "replace")
    if isinstance(value, int | float) and chance.random() < 0.5:
        return value + chance.choice((1, -1, 0.5, 10**15))
    while isinstance(donor, dict | list) and donor and chance.random() < 0.8:
        donor = chance.choice([*(donor.values() if isinstance(donor, dict) else donor)])
    return chance.choice((donor, chance.choice(_VALUES)))
