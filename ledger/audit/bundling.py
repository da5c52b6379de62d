"""Make an evidence bundle: the same bytes from the same checkpoint, wherever made.

Entries are read once, tiles are computed from them, and everything is laid out in a
folder before it becomes one file; so what is verified in between is what goes in. A log
under a checkpoint has one set of tiles, whoever serves it: no partial tile of an
earlier checkpoint, no time and no name of a machine gets into a bundle.
"""

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO, Final

from ledger.audit.archive import is_name, write_archive
from ledger.audit.bundle import (
    ATTACHMENTS,
    CONTENTS,
    FORMAT,
    LOG,
    MANIFEST,
    README,
    REPORT,
    TEMPLATES,
    Attachment,
    Contents,
    Refusal,
    Used,
)
from ledger.checkpoint import Checkpoint
from ledger.edge import Edge
from ledger.encoding import decode_base64
from ledger.errors import EncodingError, IncompleteError, MalformedError, StoreError
from ledger.merkle import leaf_hash
from ledger.template import Template, builtin_templates, read_template, read_templates
from ledger.tile import (
    TILE_WIDTH,
    bundle_path,
    encode_bundle,
    tile_hashes,
    tile_path,
    tile_width,
)

_BUILT_IN: Final = Path(__file__).parent.parent / "templates"
_WORDS: Final = Path(__file__).parent / "bundle.md"
_NAMED: Final = re.compile(
    rb"ni:///sha-256;([A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])"
    rb'|sha256":"([0-9a-f]{64})"'
)
_MISSING_SHOWN: Final = 100


def named_files(entry: bytes) -> frozenset[str]:
    """Return the hashes, in hex, of the files that a statement names.

    In any text an RFC 6920 URI (``ni:///sha-256;…``) names one, and so do 64 digits of
    a member whose name ends in ``sha256``.

    >>> sorted(named_files(b'{"caravan:sha256":"' + b"0a" * 32 + b'"}'))[0][:8]
    '0a0a0a0a'
    """
    found: set[str] = set()
    for match in _NAMED.finditer(entry):
        if match[2]:
            found.add(match[2].decode())
            continue
        padded = match[1].decode().translate(str.maketrans("-_", "+/")) + "="
        try:
            found.add(decode_base64(padded, length=32).hex())
        except EncodingError:
            continue  # not the one spelling of 32 bytes
    return frozenset(found)


@dataclass(slots=True)
class Layout:
    """A bundle on its way: files in a folder, in their places.

    Attributes:
        folder: Empty when it begins; whoever gives it removes it.
        named: Who names which file by its hash.
    """

    folder: Path
    named: dict[str, list[int]] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """Return the folder with the log, which is a copied log."""
        return self.folder / LOG

    def write_log(
        self, checkpoint: Checkpoint, note: bytes, entries: Iterable[tuple[int, bytes]]
    ) -> None:
        """Lay out the log; whether the entries lead to the checkpoint is not judged.

        Args:
            checkpoint: Which log, and how much of it.
            note: The same as it is signed.
            entries: Index and entry of each, from the first on.

        Raises:
            IncompleteError: There are fewer.
            OSError: The folder cannot be written.
        """
        edge = Edge(self._read_tile)
        bundle: list[bytes] = []
        at = 0
        for index, entry in entries:
            if index != at or at == checkpoint.size:
                break
            for level, number, hashes in edge.append(leaf_hash(entry)):
                self._write(f"{LOG}/{tile_path(level, number)}", hashes)
            bundle.append(entry)
            at += 1
            if len(bundle) == TILE_WIDTH or at == checkpoint.size:
                number, width = (at - 1) // TILE_WIDTH, len(bundle)
                path = f"{LOG}/{bundle_path(number, width)}"
                self._write(path, encode_bundle(bundle))
                bundle.clear()
            for sha256 in named_files(entry):
                self.named.setdefault(sha256, []).append(index)
        if at != checkpoint.size:
            lost = IncompleteError(f"entry {at}: not given")
            lost.index = at
            raise lost
        for path, hashes in _partial_tiles(edge, at):
            self._write(f"{LOG}/{path}", hashes)
        self._write(f"{LOG}/checkpoint", note)

    def write_policy(self, policy: bytes) -> None:
        """Put a policy beside the log."""
        self._write(f"{LOG}/policy", policy)

    def write_rest(
        self,
        checkpoint: Checkpoint,
        *,
        templates: Path | None,
        reports: Sequence[Path],
        attachments: Path | None,
        refusal: Refusal | None,
    ) -> Contents:
        """Lay out everything that is not the log; return what the bundle holds.

        Args:
            checkpoint: That of the log.
            templates: A folder with own templates; None for the built-in ones alone.
            reports: Files to put in as they are.
            attachments: A folder with files that statements may name.
            refusal: What does not hold, if anything.

        Raises:
            TemplateError: A template is none.
            MalformedError: Two reports have one name, or one is no plain name.
            OSError: A file cannot be read, or the folder not written.
        """
        used = self._write_templates(templates)
        contents = Contents(
            format=FORMAT,
            origin=checkpoint.origin,
            tree_size=checkpoint.size,
            root_hash=checkpoint.root.hex(),
            refusal=refusal,
            attachments=self._write_attachments(attachments),
            templates=tuple(
                Used(t.product, t.edition, t.verified)
                for t in sorted(used, key=lambda t: t.product)
            ),
            report=self._write_reports(reports),
        )
        self._write(CONTENTS, contents.to_bytes())
        self._write(README, readme(contents).encode())
        return contents

    def write_archive(self, stream: BinaryIO) -> None:
        """Make the one file of all that was laid out.

        Raises:
            StoreError: A file is too large.
            OSError: It cannot be written.
        """
        names = sorted(
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if path.is_file()
        )
        lines = (f"{_hash_of(self.folder / name)}  {name}\n" for name in names)
        self._write(MANIFEST, "".join(lines).encode())
        write_archive(
            stream, ((name, self.folder / name) for name in sorted([MANIFEST, *names]))
        )

    def _read_tile(self, level: int, number: int) -> bytes:
        return (self.log / tile_path(level, number)).read_bytes()

    def _write(self, name: str, data: bytes) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    def _copy(self, source: Path, name: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, file)

    def _write_templates(self, folder: Path | None) -> tuple[Template, ...]:
        used = builtin_templates() if folder is None else read_templates(folder)
        texts: dict[str, bytes] = {}
        for path in (*_toml(_BUILT_IN), *(() if folder is None else _toml(folder))):
            texts[read_template(path).product] = path.read_bytes()
        for template in used:
            self._write(f"{TEMPLATES}/{template.product}.toml", texts[template.product])
        return used

    def _write_reports(self, reports: Sequence[Path]) -> tuple[str, ...]:
        names = sorted(path.name for path in reports)
        for path in reports:
            name = path.name
            if not is_name(name):
                raise MalformedError(
                    f"report: got the name {name!r}, want letters, digits, . _ and -"
                )
            if names.count(name) > 1:
                raise MalformedError(f"report: two are called {name}")
            self._copy(path, f"{REPORT}/{name}")
        return tuple(names)

    def _write_attachments(self, folder: Path | None) -> tuple[Attachment, ...]:
        held: dict[str, Path] = {}
        if folder is not None:
            if not folder.is_dir():
                raise StoreError(f"{folder}: no such folder")
            held = {_hash_of(path): path for path in _files(folder)}
        for sha256 in self.named.keys() & held.keys():
            self._copy(held[sha256], f"{ATTACHMENTS}/{sha256}")
        return tuple(
            Attachment(sha256, tuple(entries), sha256 in held)
            for sha256, entries in sorted(self.named.items())
        )


def readme(contents: Contents) -> str:
    """Return the README of a bundle, in English and Chinese."""
    _, *parts = re.split(r"^<!-- (\w+) -->\n", _WORDS.read_text("utf-8"), flags=re.M)
    words = dict(zip(parts[::2], parts[1::2], strict=True))
    missing = [_missing(each) for each in contents.missing[:_MISSING_SHOWN]]
    more = len(contents.missing) - len(missing)
    if more > 0:
        missing.append(f"- + {more}: {CONTENTS}")
    refusal = contents.refusal
    at = "" if refusal is None or refusal.index is None else f", #{refusal.index}"
    values: Mapping[str, str] = {
        "origin": contents.origin,
        "size": str(contents.tree_size),
        "root": contents.root_hash,
        "code": "" if refusal is None else f"{refusal.code}{at}",
        "held": str(len(contents.attachments) - len(contents.missing)),
        "named": str(len(contents.attachments)),
        "missing": "\n".join(missing),
    }
    whole = words["whole"]
    for lang in ("en", "zh"):
        state = "verified" if refusal is None else "refused"
        shown = words[f"missing_{lang}"] if missing else ""
        whole = whole.replace(f"{{state_{lang}}}", words[f"{state}_{lang}"].strip())
        whole = whole.replace(f"{{missing_{lang}}}", shown.strip())
    for name, value in values.items():
        whole = whole.replace(f"{{{name}}}", value)
    return f"{whole.strip()}\n"


def _missing(attachment: Attachment) -> str:
    entries = " ".join(f"#{index}" for index in attachment.entries[:10])
    more = " …" if len(attachment.entries) > 10 else ""
    return f"- `{attachment.sha256}` ({entries}{more})"


def _partial_tiles(edge: Edge, size: int) -> Iterator[tuple[str, bytes]]:
    level = 0
    while hashes := size >> (8 * level):
        number = hashes // TILE_WIDTH
        if width := tile_width(level, number, size):
            data = tile_hashes(level, number, width, edge.read)
            yield tile_path(level, number, width), data
        level += 1


def _toml(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("*.toml"))


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _hash_of(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()
