"""The passport: one document with all that a phone needs to check one code.

Everything in it stands under one checkpoint: one multi-proof is of all entries, another
of all lists of the completeness index. A reader takes no list or fact from the document
on trust: which lists and entries are needed, and what they say, follows from the
entries (blueprint, 3.6). ``verify`` judges a passport;
``scanner_web/verify/passport.js`` is the twin for the browser.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.encoding import (
    Json,
    canonical,
    decode_base64,
    encode_base64,
    parse_canonical,
)
from ledger.errors import EncodingError, PassportError, UnknownVersionError

FORMAT: Final = "caravan/passport/v3"
_MEMBERS: Final = {
    "format",
    "subject",
    "checkpoint",
    "entries",
    "label",
    "lists",
    "nodes",
}
# Of ASCII alone, so that names sort alike everywhere.
_NAME: Final = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class LabelProof:
    """What the ledger says of the tree that a label was printed from.

    Attributes:
        size: Of that tree.
        root: Its root, whole.
        proof: That the tree of the checkpoint extends it.
    """

    size: int
    root: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Passport:
    """What is known about a subject, under one checkpoint.

    Attributes:
        subject: What was scanned.
        checkpoint: A signed note.
        entries: Index and entry, by ascending index.
        lists: Whole lists of the completeness index, by ascending names; an empty one
            says that there is none.
        proof: Tokens of the one proof of these lists, nothing of them judged yet.
        nodes: Multi-proof of all the entries' leaves.
        label: The tree of the label, if it was asked for.
    """

    subject: str
    checkpoint: bytes
    entries: tuple[tuple[int, bytes], ...]
    lists: Mapping[str, tuple[int, ...]]
    proof: tuple[Json, ...]
    nodes: tuple[bytes, ...]
    label: LabelProof | None = None

    def to_bytes(self) -> bytes:
        """Return the document, canonical JSON."""
        entries: list[Json] = [[index, entry.decode()] for index, entry in self.entries]
        subjects: list[Json] = [
            [name, [*indices]] for name, indices in sorted(self.lists.items())
        ]
        return canonical(
            {
                "checkpoint": self.checkpoint.decode(),
                "entries": entries,
                "format": FORMAT,
                "label": _label_json(self.label),
                "lists": {"proof": [*self.proof], "subjects": subjects},
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
    _check_members(document, None, _MEMBERS)
    lists = document["lists"]
    if not isinstance(lists, dict):
        raise PassportError("/lists: want an object", pointer="/lists")
    _check_members(lists, "/lists", {"proof", "subjects"})
    return Passport(
        subject=_text(document["subject"], "/subject"),
        checkpoint=_text(document["checkpoint"], "/checkpoint").encode(),
        entries=_entries(document["entries"]),
        lists=_lists(lists["subjects"]),
        proof=tuple(_array(lists["proof"], "/lists/proof")),
        nodes=_hashes(document["nodes"], "/nodes"),
        label=_label(document["label"]),
    )


def _label_json(label: LabelProof | None) -> Json:
    if label is None:
        return None
    return {
        "proof": [encode_base64(node) for node in label.proof],
        "root": encode_base64(label.root),
        "size": label.size,
    }


def _check_members(
    value: Mapping[str, Json], pointer: str | None, want: Collection[str]
) -> None:
    odd = sorted(value.keys() ^ want)
    if odd:
        raise PassportError(
            f"{pointer or 'passport'}: missing or unknown members: {', '.join(odd)}",
            pointer=pointer,
        )


def _array(value: Json, pointer: str) -> list[Json]:
    if not isinstance(value, list):
        raise PassportError(f"{pointer}: want an array", pointer=pointer)
    return value


def _text(value: Json, pointer: str) -> str:
    if not isinstance(value, str):
        raise PassportError(f"{pointer}: want text", pointer=pointer)
    return value


def _ascending(value: Json, pointer: str, last: int) -> int:
    """Return an index that comes after the one before."""
    if not isinstance(value, int) or isinstance(value, bool) or value <= last:
        raise PassportError(f"{pointer}: want ascending indices", pointer=pointer)
    return value


def _entries(value: Json) -> tuple[tuple[int, bytes], ...]:
    entries: list[tuple[int, bytes]] = []
    last = -1
    for place, item in enumerate(_array(value, "/entries")):
        pointer = f"/entries/{place}"
        if not isinstance(item, list) or len(item) != 2:
            raise PassportError(f"{pointer}: want [index, text]", pointer=pointer)
        last = _ascending(item[0], f"{pointer}/0", last)
        entries.append((last, _text(item[1], f"{pointer}/1").encode()))
    if not entries:
        raise PassportError("/entries: want at least one entry", pointer="/entries")
    return tuple(entries)


def _lists(value: Json) -> dict[str, tuple[int, ...]]:
    lists: dict[str, tuple[int, ...]] = {}
    last = ""
    for place, item in enumerate(_array(value, "/lists/subjects")):
        pointer = f"/lists/subjects/{place}"
        if not isinstance(item, list) or len(item) != 2:
            raise PassportError(f"{pointer}: want [name, indices]", pointer=pointer)
        name = _text(item[0], f"{pointer}/0")
        if not _NAME.fullmatch(name) or name <= last:
            raise PassportError(
                f"{pointer}/0: want names of visible ASCII, ascending",
                pointer=f"{pointer}/0",
            )
        last = name
        lists[name] = _indices(item[1], f"{pointer}/1")
    return lists


def _indices(value: Json, pointer: str) -> tuple[int, ...]:
    indices: list[int] = []
    for place, item in enumerate(_array(value, pointer)):
        before = indices[-1] if indices else -1
        indices.append(_ascending(item, f"{pointer}/{place}", before))
    return tuple(indices)


def _label(value: Json) -> LabelProof | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise PassportError("/label: want null or an object", pointer="/label")
    _check_members(value, "/label", {"proof", "root", "size"})
    return LabelProof(
        size=_ascending(value["size"], "/label/size", 0),
        root=_hash(value["root"], "/label/root"),
        proof=_hashes(value["proof"], "/label/proof"),
    )


def _hashes(value: Json, pointer: str) -> tuple[bytes, ...]:
    return tuple(
        _hash(item, f"{pointer}/{place}")
        for place, item in enumerate(_array(value, pointer))
    )


def _hash(value: Json, pointer: str) -> bytes:
    text = _text(value, pointer)
    try:
        return decode_base64(text, length=32)
    except EncodingError as error:
        raise PassportError(f"{pointer}: {error}", pointer=pointer) from error
