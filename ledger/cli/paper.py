"""Codes on files: one as a picture, or many as sheets of labels."""

import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import typer

from ledger.cli.outcome import printable, with_hint
from ledger.cli.packed import Packed
from ledger.drawing import to_pdf, to_svg
from ledger.errors import MalformedError, StoreError
from ledger.fragment import Fragment
from ledger.sheet import PAGES, Label, lay_out, make_code, parse_size

ROLL: Final = "label"
"""The paper that is a roll of labels."""

_FILES: Final = (".png", ".svg")
_SHEETS: Final = (".pdf", ".svg")
_NONE: Final = "label: none is wanted; name a subject"


@dataclass(frozen=True, slots=True)
class Code:
    """One code: where it leads, and which serial and lot that is, if any."""

    uri: str
    path: str
    serial: str
    lot: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """Codes as they are to be written, and what they say."""

    files: dict[Path, bytes]
    picture: str
    uris: tuple[str, ...]
    said: str

    def write(self) -> None:
        """Write the files, and print what the codes say.

        Raises:
            StoreError: A file cannot be written.
        """
        for file, data in self.files.items():
            try:
                file.write_bytes(data)
            except OSError as error:
                raise StoreError(f"{file}: {error.strerror}") from error
        if self.said:
            say(self.said)
        typer.echo("\n".join([*filter(None, [self.picture]), *self.uris]))


@dataclass(frozen=True, slots=True)
class Paper:
    """What codes are to be printed on."""

    sheet: Path | None
    out: Path | None
    size: str
    page: str
    scale: int
    max_version: int

    def __post_init__(self) -> None:
        """Refuse what no file could be written for."""
        for file, kinds, hint in (
            (self.out, _FILES, "--out"),
            (self.sheet, _SHEETS, "--sheet"),
        ):
            if file is not None and file.suffix not in kinds:
                raise typer.BadParameter(f"want {' or '.join(kinds)}", param_hint=hint)

    def draw(
        self,
        wanted: Sequence[Code],
        fragment: Fragment | None = None,
        packed: Mapping[str, Packed] | None = None,
    ) -> Drawn:
        """Draw codes; nothing is written yet.

        Args:
            wanted: Where they lead.
            fragment: What each ends in.
            packed: Of the serials whose packing was verified.

        Raises:
            MalformedError: There are none, one is there twice, or there is no room.
        """
        end = "" if fragment is None else fragment.to_text()
        uris = tuple(each.uri + end for each in wanted)
        twice = [uri for uri, count in Counter(uris).items() if count > 1]
        if twice or not uris:
            raise MalformedError(f"label: named twice: {twice[0]}" if twice else _NONE)
        if self.sheet is None:
            if len(uris) > 1:
                raise with_hint(
                    MalformedError(f"label: got {len(uris)}, want one for one code"),
                    "--sheet takes many",
                )
            return self._draw_one(uris[0])
        dates = {name: one.date for name, one in (packed or {}).items()}
        labels = [
            Label(uri, tuple(_texts(each, dates.get(each.serial, ""))))
            for uri, each in zip(uris, wanted, strict=True)
        ]
        return self._draw_sheet(labels, self.sheet)

    def _draw_one(self, uri: str) -> Drawn:
        code = make_code(uri, max_version=self.max_version)
        if self.out is None:
            picture = io.StringIO()
            code.terminal(out=picture, compact=True)
            return Drawn({}, picture.getvalue(), (uri,), "")
        data = io.BytesIO()
        code.save(data, kind=self.out.suffix[1:], scale=self.scale)
        return Drawn({self.out: data.getvalue()}, "", (uri,), "")

    def _draw_sheet(self, labels: Sequence[Label], file: Path) -> Drawn:
        size = parse_size(self.size)
        page = PAGES.get(self.page) or (
            size if self.page == ROLL else parse_size(self.page)
        )
        sheet = lay_out(labels, label=size, page=page, max_version=self.max_version)
        count = len(sheet.pages)
        said = (
            f"{len(labels)} label{'s' * (len(labels) > 1)} on "
            f"{count} page{'s' * (count > 1)}, a dot is {sheet.dot:.2f} mm wide"
        )
        files = (
            {file: to_pdf(sheet)}
            if file.suffix == ".pdf"
            else dict(zip(_numbered(file, count), to_svg(sheet), strict=True))
        )
        return Drawn(files, "", tuple(label.uri for label in labels), said)


def say(words: str) -> None:
    """Say something on standard error that is no result."""
    typer.echo(f"caravan: {printable(words)}", err=True)


def _texts(wanted: Code, date: str) -> Iterator[str]:
    """Yield what stands on a label beside its code."""
    if wanted.path.startswith("/id/"):
        yield wanted.path.removeprefix("/id/")
    elif wanted.path != "/":
        segments = wanted.path.split("/")[1:]
        for name, value in zip(segments[::2], segments[1::2], strict=True):
            yield f"({name}) {unquote(value)}"
    yield from filter(None, [date])
    yield urlsplit(wanted.uri).netloc


def _numbered(file: Path, count: int) -> Iterator[Path]:
    """Yield a file for each page: the one that was named if there is one page."""
    if count == 1:
        yield file
        return
    for number in range(1, count + 1):
        yield file.with_name(f"{file.stem}-{number}{file.suffix}")
