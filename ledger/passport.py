"""The passport: one document with all that a phone needs to check one subject.

Everything in it stands under one checkpoint and is proven by one multi-proof. A reader
takes no list or fact from the document on trust: which entries are needed, and what
they say, follows from the entries (blueprint, 3.6). ``verify`` judges a passport;
``scanner_web/verify/passport.js`` is the twin for the browser.
"""

from dataclasses import dataclass

from ledger.encoding import (
    Json,
    canonical,
    decode_base64,
    encode_base64,
    parse_canonical,
)
from ledger.errors import EncodingError, PassportError, UnknownVersionError

FORMAT = "caravan/passport/v1"
_MEMBERS = {"format", "subject", "checkpoint", "entries", "nodes"}


@dataclass(frozen=True, slots=True)
class Passport:
    """What is known about a subject, under one checkpoint."""

    subject: str
    checkpoint: bytes
    """A signed note."""
    entries: tuple[tuple[int, bytes], ...]
    """Index and entry, by ascending index."""
    nodes: tuple[bytes, ...]
    """Multi-proof of all the entries' leaves."""

    def to_bytes(self) -> bytes:
        """Return the document, canonical JSON."""
        entries: list[Json] = [[index, entry.decode()] for index, entry in self.entries]
        return canonical(
            {
                "checkpoint": self.checkpoint.decode(),
                "entries": entries,
                "format": FORMAT,
                "nodes": [encode_base64(node) for node in self.nodes],
                "subject": self.subject,
            }
        )


def parse_passport(data: bytes) -> Passport:
    """Return the passport that a document holds; nothing of it is judged yet.

    Raises:
        UnknownVersionError: It is a passport of another version.
        PassportError: It is not a passport, or has members that are not known.
    """
    try:
        document = parse_canonical(data)
    except EncodingError as error:
        raise PassportError(f"passport: {error}") from error
    version = document.get("format")
    if version != FORMAT:
        if isinstance(version, str) and version.startswith("caravan/passport/"):
            raise UnknownVersionError(f"passport: got {version}, want {FORMAT}")
        raise PassportError(f"format: want {FORMAT}", pointer="/format")
    if document.keys() != _MEMBERS:
        odd = ", ".join(sorted(document.keys() ^ _MEMBERS))
        raise PassportError(f"passport: missing or unknown members: {odd}")
    return Passport(
        subject=_text(document["subject"], "/subject"),
        checkpoint=_text(document["checkpoint"], "/checkpoint").encode(),
        entries=_entries(document["entries"]),
        nodes=_nodes(document["nodes"]),
    )


def _text(value: Json, pointer: str) -> str:
    if not isinstance(value, str):
        raise PassportError(f"{pointer}: want text", pointer=pointer)
    return value


def _entries(value: Json) -> tuple[tuple[int, bytes], ...]:
    if not isinstance(value, list) or not value:
        raise PassportError("/entries: want an array of entries", pointer="/entries")
    entries: list[tuple[int, bytes]] = []
    for place, item in enumerate(value):
        pointer = f"/entries/{place}"
        if not isinstance(item, list) or len(item) != 2:
            raise PassportError(f"{pointer}: want [index, text]", pointer=pointer)
        index = item[0]
        if not isinstance(index, int) or isinstance(index, bool):
            raise PassportError(f"{pointer}/0: want an index", pointer=f"{pointer}/0")
        if index <= (entries[-1][0] if entries else -1):
            raise PassportError(
                f"{pointer}/0: want ascending indices", pointer=f"{pointer}/0"
            )
        entries.append((index, _text(item[1], f"{pointer}/1").encode()))
    return tuple(entries)


def _nodes(value: Json) -> tuple[bytes, ...]:
    if not isinstance(value, list):
        raise PassportError("/nodes: want an array of hashes", pointer="/nodes")
    nodes: list[bytes] = []
    for place, item in enumerate(value):
        pointer = f"/nodes/{place}"
        try:
            nodes.append(decode_base64(_text(item, pointer), length=32))
        except EncodingError as error:
            raise PassportError(f"{pointer}: {error}", pointer=pointer) from error
    return tuple(nodes)
