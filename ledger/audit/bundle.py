"""Read an evidence bundle: one file with a ledger and what belongs to it.

In it are the whole log under one checkpoint, laid out as it is served; the policy by
which that is believed; the templates that were in use; files that statements name by
their hash, as far as they were there; reports; and a README. ``docs/formats.md`` has
the format. A bundle is read only if it is whole: it has its one spelling, its list of
hashes fits every other file in it, and it has no file that is not called for.

All that shows that it is what somebody made. Nothing of it is trusted: what the log
holds is verified as that of any other copy, and a template is only an opinion.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, Literal

import msgspec

from ledger.audit.archive import END, LOCAL, Member, content, digest, read_members
from ledger.checkpoint import parse_checkpoint
from ledger.encoding import Json, canonical, parse_json
from ledger.errors import (
    EncodingError,
    IncompleteError,
    MalformedError,
    NotFoundError,
    UnknownVersionError,
    VerificationError,
)
from ledger.merkle import leaf_hash, root_hash
from ledger.note import parse_note
from ledger.template import Template, parse_template
from ledger.tile import TILE_WIDTH, bundle_path, decode_bundle, tile_path, tile_width

FORMAT: Final = "caravan/evidence/v1"
MANIFEST: Final = "MANIFEST.sha256"
README: Final = "README.md"
CONTENTS: Final = "bundle.json"
LOG: Final = "log"
TEMPLATES: Final = "templates"
ATTACHMENTS: Final = "attachments"
REPORT: Final = "report"

_MAX_BYTES: Final = 1 << 27
"""Of what is read in one piece; a list of hashes of a million files is shorter."""
_TAIL: Final = 1 << 22
_LINE: Final = re.compile(r"([0-9a-f]{64})  ([!-~]+)")


class Attachment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that statements name by its hash.

    Attributes:
        sha256: Its hash, in hex.
        entries: Who names it.
        is_held: Whether it is in the bundle.
    """

    sha256: str
    entries: tuple[int, ...]
    is_held: bool


class Used(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A template in a bundle."""

    product: str
    edition: str
    verified: bool


class Refusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What did not hold when the bundle was made; the word of whoever made it."""

    code: str
    index: int | None


class Contents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a bundle says of itself.

    Attributes:
        refusal: None if the ledger held.
        report: Names of the reports.
    """

    format: Literal["caravan/evidence/v1"]
    origin: str
    tree_size: int
    root_hash: str
    refusal: Refusal | None
    attachments: tuple[Attachment, ...]
    templates: tuple[Used, ...]
    report: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """Return it as canonical JSON."""
        return canonical(parse_json(msgspec.json.encode(self)))

    @property
    def missing(self) -> tuple[Attachment, ...]:
        """Return the files that are named and not there."""
        return tuple(each for each in self.attachments if not each.is_held)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that is whole, open for reading.

    Attributes:
        path: Its file.
        contents: What it says of itself, which fits what is in it.
    """

    path: Path
    contents: Contents
    _stream: BinaryIO
    _members: Mapping[str, Member]

    def checkpoint(self) -> bytes:
        """Return the checkpoint that it stands under, a signed note."""
        return self.read(f"{LOG}/checkpoint")

    def policy(self) -> bytes | None:
        """Return the policy that came with the log; None if none did."""
        name = f"{LOG}/policy"
        return self.read(name) if name in self._members else None

    def entries(self, size: int, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield index and entry of the entries in ``[start, size)``.

        Raises:
            IncompleteError: It has fewer, or a file of them is cut short.
        """
        for number in range(start // TILE_WIDTH, -(-size // TILE_WIDTH)):
            first = number * TILE_WIDTH
            held = tile_width(0, number, self.contents.tree_size)
            try:
                name = f"{LOG}/{bundle_path(number, max(held, 1))}"
                found = decode_bundle(self.read(name), held)
            except (NotFoundError, EncodingError) as error:
                lost = IncompleteError(f"{name}: {error}")
                lost.index = first + (error.index or 0)
                raise lost from error
            for index, entry in enumerate(found, start=first):
                if start <= index < size:
                    yield index, entry

    def templates(self) -> tuple[Template, ...]:
        """Return the templates in it, by product.

        Raises:
            TemplateError: One is none.
        """
        names = sorted(f"{used.product}.toml" for used in self.contents.templates)
        return tuple(
            parse_template(self.read(f"{TEMPLATES}/{name}"), file=name)
            for name in names
        )

    def attachment(self, sha256: str) -> bytes | None:
        """Return a file by its hash in hex; None if it is not there."""
        name = f"{ATTACHMENTS}/{sha256}"
        return self.read(name) if name in self._members else None

    def read(self, name: str) -> bytes:
        """Return a file of it.

        Raises:
            NotFoundError: It has none of that name.
        """
        return _read(self._stream, self._members, name)


def is_bundle(path: Path) -> bool:
    """Tell whether a file is an evidence bundle, or was one before it was damaged."""
    try:
        with path.open("rb") as stream:
            head = stream.read(64)
            stream.seek(max(stream.seek(0, 2) - _TAIL, 0))
            tail = stream.read()
    except OSError:
        return False
    name = head[30 : 30 + len(MANIFEST)]
    if head.startswith(LOCAL) and name and MANIFEST.encode().startswith(name):
        return True
    is_archive = head.startswith(LOCAL) or tail[-22:].startswith(END)
    return is_archive and (b"log/checkpoint" in tail and b"log/tile/" in tail)


@contextmanager
def open_bundle(path: Path) -> Iterator[Bundle]:
    """Open a bundle, of which every byte is looked at first.

    Raises:
        NotFoundError: It cannot be read.
        IncompleteError: It is cut short.
        UnknownVersionError: It is of a version that is not known.
        VerificationError: It is damaged, or has what no bundle has.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise NotFoundError(f"{path}: {error.strerror}") from error
    with stream:
        try:
            bundle = _opened(path, stream)
        except MalformedError as error:
            raise VerificationError(f"bundle: damaged: {error}") from error
        except OSError as error:
            raise IncompleteError(f"bundle: cannot be read: {error}") from error
        yield bundle


def tiles_of(size: int) -> Iterator[str]:
    """Yield the paths of all tiles and entry bundles of a tree, in no order.

    >>> sorted(tiles_of(300))
    ... # doctest: +NORMALIZE_WHITESPACE
    ['tile/0/000', 'tile/0/001.p/44', 'tile/1/000.p/1', 'tile/entries/000',
     'tile/entries/001.p/44']
    """
    level, number = 0, 0
    while width := tile_width(level, number, size):
        while width:
            yield tile_path(level, number, width)
            if level == 0:
                yield bundle_path(number, width)
            number += 1
            width = tile_width(level, number, size)
        level, number = level + 1, 0


def _opened(path: Path, stream: BinaryIO) -> Bundle:
    members = read_members(stream)
    by_name = {member.name: member for member in members}
    listed = _listed(stream, members)
    for member in members[1:]:
        if digest(stream, member) != listed[member.name]:
            raise VerificationError(f"{member.name}: not what {MANIFEST} says")
    contents = _contents(_read(stream, by_name, CONTENTS))
    try:
        note = parse_note(_read(stream, by_name, f"{LOG}/checkpoint"))
        checkpoint = parse_checkpoint(note.text)
    except MalformedError as error:
        raise VerificationError(f"{LOG}/checkpoint: damaged: {error}") from error
    told = contents.origin, contents.tree_size, contents.root_hash
    if told != (checkpoint.origin, checkpoint.size, checkpoint.root.hex()):
        raise VerificationError(f"{CONTENTS}: not of the checkpoint that is there")
    _check_names(contents, listed)
    bundle = Bundle(path, contents, stream, by_name)
    _check_tiles(bundle)
    return bundle


def _listed(stream: BinaryIO, members: tuple[Member, ...]) -> dict[str, str]:
    """Return the hashes that the list gives, by name; it lists all other files."""
    if not members or members[0].name != MANIFEST:
        raise VerificationError(f"damaged: {MANIFEST} is not its first file")
    digest(stream, members[0])
    text = _read(stream, {MANIFEST: members[0]}, MANIFEST).decode("ascii", "replace")
    listed: dict[str, str] = {}
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise VerificationError(f"{MANIFEST}: line {number}: want hash and name")
        listed[match[2]] = match[1]
    names = [member.name for member in members[1:]]
    if [*listed] != names or not text.endswith("\n"):
        odd = sorted({*listed} ^ {*names})
        raise VerificationError(f"{MANIFEST}: not of these files: {', '.join(odd[:3])}")
    return listed


def _contents(data: bytes) -> Contents:
    document = parse_json(data)
    version: Json = document.get("format") if isinstance(document, dict) else None
    if version != FORMAT:
        if isinstance(version, str) and version.startswith("caravan/evidence/"):
            raise UnknownVersionError(f"bundle: got {version}, want {FORMAT}")
        raise VerificationError(f"{CONTENTS}: want format {FORMAT}")
    try:
        contents = msgspec.json.decode(data, type=Contents)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise VerificationError(f"{CONTENTS}: {error}") from error
    if contents.to_bytes() != data:
        raise VerificationError(f"{CONTENTS}: not in canonical form")
    return contents


def _check_names(contents: Contents, listed: Mapping[str, str]) -> None:
    """Check that there is what is called for, and nothing else."""
    held = [f"{ATTACHMENTS}/{a.sha256}" for a in contents.attachments if a.is_held]
    wanted = {
        *(README, CONTENTS, f"{LOG}/checkpoint"),
        *(f"{TEMPLATES}/{used.product}.toml" for used in contents.templates),
        *(f"{REPORT}/{name}" for name in contents.report),
        *held,
    }
    policy = f"{LOG}/policy"
    is_tile = f"{LOG}/tile/"
    tiles = {name for name in listed if name.startswith(is_tile)}
    # Before all paths are made: the size of a tree is anybody's claim.
    if -(-contents.tree_size // TILE_WIDTH) <= len(tiles):
        wanted.update(f"{LOG}/{path}" for path in tiles_of(contents.tree_size))
    odd = sorted((listed.keys() - {policy}) - wanted)
    if odd:
        raise VerificationError(f"{odd[0]}: no file of a bundle of this checkpoint")
    lost = sorted(wanted - listed.keys())
    if lost or not tiles:
        name = lost[0] if lost else f"{LOG}/tile"
        raise IncompleteError(f"{name}: missing")
    for name in held:
        if listed[name] != name.removeprefix(f"{ATTACHMENTS}/"):
            raise VerificationError(f"{name}: not the file that its name says")


def _check_tiles(bundle: Bundle) -> None:
    """Check that the tiles of hashes are those of the entries that are there.

    Whether these lead to the checkpoint is for whoever verifies the log.
    """
    size, level = bundle.contents.tree_size, 0
    hashes: Iterator[bytes] = (leaf_hash(entry) for _, entry in bundle.entries(size))
    while size:
        roots: list[bytes] = []
        for number in range(-(-size // TILE_WIDTH)):
            width = tile_width(0, number, size)
            tile = [*islice(hashes, width)]
            name = f"{LOG}/{tile_path(level, number, width)}"
            if bundle.read(name) != b"".join(tile):
                raise VerificationError(f"{name}: not of the entries that are there")
            if width == TILE_WIDTH:
                roots.append(root_hash(tile))
        size, level, hashes = len(roots), level + 1, iter(roots)


def _read(stream: BinaryIO, members: Mapping[str, Member], name: str) -> bytes:
    member = members.get(name)
    if member is None:
        raise NotFoundError(f"{name}: not in the bundle")
    if member.size > _MAX_BYTES:
        raise VerificationError(f"{name}: too large, got {member.size:,} bytes")
    return b"".join(content(stream, member))
