"""Define seals, the chain and the closing seal over a whole list of entries."""

import datetime
import hashlib
import re

from tests.support.reference import encoding, note

INTEGER = "0|[1-9][0-9]*"
HASH = "[A-Za-z0-9+/]{43}="
SEAL = re.compile(
    rf"caravan/seal/v1\n(?P<origin>.+)\n(?P<index>{INTEGER})\n(?P<time>.{{24}})\n"
    rf"(?P<head>{HASH})\n(?P<root>{HASH})\n(?P<previous>{INTEGER}|-)\n"
)


def chain(origin, entries):
    """Return the chain heads c(0) to c(n) over n entries."""
    heads = [hashlib.sha256(b"caravan/chain/v1\n" + origin.encode() + b"\n").digest()]
    for entry in entries:
        leaf = hashlib.sha256(b"\x00" + entry).digest()
        heads.append(hashlib.sha256(heads[-1] + leaf).digest())
    return heads


def seal(origin, index, time, head, root, previous):
    """Return a seal of these contents; previous is an index or None."""
    lines = [
        "caravan/seal/v1",
        origin,
        str(index),
        time,
        encoding.encode_base64(head),
        encoding.encode_base64(root),
        "-" if previous is None else str(previous),
    ]
    return "".join(line + "\n" for line in lines)


def time_ms(text):
    """Return milliseconds since 1970, or None for what is no time of a seal."""
    shape = re.sub("[0-9]", "0", text) if text.isascii() else ""
    if shape != "0000-00-00T00:00:00.000Z":
        return None
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    whole = round(moment.timestamp() * 1000)
    return whole if whole >= 0 and moment.year >= 1970 else None


def is_seal(entry):
    """Return whether bytes are a seal that closes something."""
    try:
        found = SEAL.fullmatch(entry.decode())
    except UnicodeDecodeError:
        return False
    if found is None or not note.is_our_name(found["origin"]):
        return False
    hashes = (note.decode_base64(found["head"]), note.decode_base64(found["root"]))
    index = int(found["index"])
    previous = -1 if found["previous"] == "-" else int(found["previous"])
    return (
        None not in hashes
        and time_ms(found["time"]) is not None
        and max(index, previous) < 2**63
        and previous + 1 < index
    )
