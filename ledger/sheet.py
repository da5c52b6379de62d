"""Sheets of labels: codes in a grid on paper, as SVG and as PDF.

Each label has its code with the quiet zone that readers need, and below or beside it
what the code says in text, for whoever has to type it. Text is in Helvetica, which
every reader of PDF has, so a file carries no font; it is of visible ASCII, as GS1's
values, hosts and dates are.

Pure: labels in, bytes out. Measures are in millimetres, from the left and the top.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import segno

from ledger.errors import MalformedError

MAX_VERSION: Final = 7
"""The largest code that a worn phone reads well: 45 dots a side, 122 bytes."""
LARGEST_VERSION: Final = 40
"""The largest code that there is."""
LEAST_DOT: Final = 0.25
"""Smaller dots run together: two dots of a common label printer."""

_GOOD_DOT: Final = 0.4
_QUIET_DOTS: Final = 4
_POINTS: Final = (10.0, 9.0, 8.0, 7.0, 6.5, 6.0, 5.5, 5.0)
"""Sizes of the text, the best first; below the last nobody reads it."""
MM_PER_POINT: Final = 25.4 / 72
"""How many millimetres a point is."""
_LINE: Final = 1.2
_BETWEEN: Final = "   "
"""Stands between two texts of one line."""
_LEAST_LETTERS: Final = 12
"""So many stand on a line beside a code, or the text is below it."""
_PADDING: Final = 1.5
_MARGIN: Final = 8.0
_GAP: Final = 2.0
_SIZE: Final = re.compile(
    r"([0-9]{1,4}(?:\.[0-9]{1,2})?)x([0-9]{1,4}(?:\.[0-9]{1,2})?)"
)
# Of each character from the blank on, in thousandths of the text's size.
_WIDTHS: Final = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
    *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)


class Size(NamedTuple):
    """How wide and how high something is."""

    width: float
    height: float


PAGES: Final = {"a4": Size(210, 297), "letter": Size(215.9, 279.4)}
"""Common papers, by name."""


@dataclass(frozen=True, slots=True)
class Label:
    """What one label says.

    Attributes:
        uri: What its code leads to.
        texts: What stands beside the code; each is kept on one line if it fits.
    """

    uri: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text: where it begins, and its baseline."""

    x: float
    y: float
    text: str
    points: float


@dataclass(frozen=True, slots=True)
class Face:
    """What is printed on one label.

    Attributes:
        x: Left end of the code, without its quiet zone; ``y`` is its upper end.
        dot: How wide one dot is.
        runs: Its dark dots: column, row and how many follow one another.
    """

    x: float
    y: float
    dot: float
    runs: tuple[tuple[int, int, int], ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Labels, laid out on pages of one size.

    Attributes:
        pages: The labels of each page, from the first row to the last.
        places: Where on a page they stand, each by its upper left corner.
    """

    page: Size
    label: Size
    pages: tuple[tuple[Face, ...], ...]
    places: tuple[tuple[float, float], ...]

    @property
    def dot(self) -> float:
        """Return how wide the smallest dots are."""
        return min(face.dot for page in self.pages for face in page)

    @property
    def has_frames(self) -> bool:
        """Tell whether labels have to be cut apart."""
        return self.page != self.label


def parse_size(text: str) -> Size:
    """Return a width and a height as they are written on a command line.

    Raises:
        MalformedError: It is none, or nothing could be printed on it.

    >>> parse_size("40x30")
    Size(width=40.0, height=30.0)
    """
    match = _SIZE.fullmatch(text)
    if match is None or min(size := Size(float(match[1]), float(match[2]))) < 1:
        raise MalformedError(f"size: got {text}, want WIDTHxHEIGHT in mm, as 40x30")
    return size


def make_code(uri: str, *, max_version: int = MAX_VERSION) -> segno.QRCode:
    """Return the code of a URI, of error correction M or better.

    Args:
        uri: Where it leads.
        max_version: The largest version that is taken: 17 and four times as many dots
            a side.

    Raises:
        MalformedError: It would have to be larger.
    """
    try:
        code = segno.make(uri, error="m", micro=False)
        version = int(code.version)
    except segno.DataOverflowError:
        version = LARGEST_VERSION + 1
    if version > max_version:
        raise MalformedError(
            f"code: {len(uri.encode())} bytes need a code of version {version}, "
            f"want {max_version} at most: {uri}"
        )
    return code


def lay_out(
    labels: Sequence[Label],
    *,
    label: Size,
    page: Size,
    max_version: int = MAX_VERSION,
) -> Sheet:
    """Lay labels out in a grid, from left to right and from the top.

    Args:
        labels: In their order; at least one.
        label: The size of each.
        page: The size of the paper; that of the label for a roll of them.
        max_version: The largest version of a code.

    Raises:
        MalformedError: A code does not fit, its text is none, or the label is larger
            than the page.
    """
    places = tuple(_places(label, page))
    faces = [_face(each, label, max_version) for each in labels]
    pages = [
        tuple(faces[first : first + len(places)])
        for first in range(0, len(faces), len(places))
    ]
    return Sheet(page, label, tuple(pages), places)


# ------------------------------------------------------------------------ laying out


def _places(label: Size, page: Size) -> Iterator[tuple[float, float]]:
    """Yield where labels stand on a page, in a grid in its middle."""
    if label.width > page.width or label.height > page.height:
        raise MalformedError(
            f"label: got {_sides(label)} mm, want no more than the page, {_sides(page)}"
        )
    columns, rows = (
        max(1, int((whole - 2 * _MARGIN + _GAP) // (part + _GAP)))
        for part, whole in zip(label, page, strict=True)
    )
    left, top = (
        (whole - number * (part + _GAP) + _GAP) / 2
        for number, part, whole in zip((columns, rows), label, page, strict=True)
    )
    for row in range(rows):
        for column in range(columns):
            yield (
                left + column * (label.width + _GAP),
                top + row * (label.height + _GAP),
            )


def _face(label: Label, size: Size, max_version: int) -> Face:
    """Return a label with text as large as leaves room for a good code."""
    odd = [text for text in label.texts if not (text.isascii() and text.isprintable())]
    if odd:
        raise MalformedError(f"text: got {odd[0]!r}, want visible ASCII")
    code = make_code(label.uri, max_version=max_version)
    rows = [bytes(row) for row in code.matrix]
    for is_broken in (False, True):
        found: Face | None = None
        for points in _POINTS:
            for arrange in (_beside, _below):
                lines = _Wrapping(label.texts, points, is_broken)
                face = arrange(rows, lines, size)
                if face is not None and (found is None or face.dot > found.dot):
                    found = face
            if found is not None and found.dot >= _GOOD_DOT:
                return found
        if found is not None and found.dot >= LEAST_DOT:
            return found
    raise MalformedError(
        f"label: {_sides(size)} mm are too small for a code of {len(rows)} dots a "
        f"side, each of {LEAST_DOT} mm, and its text"
    )


@dataclass(frozen=True, slots=True)
class _Wrapping:
    """Texts that are to be put on lines.

    Attributes:
        points: Their size.
        is_broken: Whether a text that is too long is put on several lines.
    """

    texts: tuple[str, ...]
    points: float
    is_broken: bool

    @property
    def leading(self) -> float:
        """Return how far one line is below the other."""
        return self.points * _LINE * MM_PER_POINT

    def lines(self, room: float) -> list[str] | None:
        """Return the lines, several texts on one where they fit; None if one is not."""
        lines: list[str] = []
        for text in self.texts:
            joined = lines[-1] + _BETWEEN + text if lines else ""
            has_room = joined and text_width(joined, self.points) <= room
            if has_room and not self.is_broken:
                lines[-1] = joined
            elif text_width(text, self.points) <= room:
                lines.append(text)
            elif self.is_broken:
                lines += self._parts(text, room)
            else:
                return None
        return lines

    def _parts(self, text: str, room: float) -> list[str]:
        """Return what a text is cut into, between words where that is enough."""
        parts: list[str] = []
        for word in text.split(" "):
            joined = f"{parts[-1]} {word}" if parts else ""
            if joined and text_width(joined, self.points) <= room:
                parts[-1] = joined
                continue
            parts.append("")
            for letter in word:
                if parts[-1] and text_width(parts[-1] + letter, self.points) > room:
                    parts.append("")
                parts[-1] += letter
        return parts


def _below(rows: Sequence[bytes], texts: _Wrapping, size: Size) -> Face | None:
    """Put the code in the middle and the text below it; None if that has no room."""
    lines, leading = texts.lines(size.width - 2 * _PADDING), texts.leading
    if lines is None:
        return None
    side = min(size.width, size.height - len(lines) * leading - _PADDING)
    if side <= 0:
        return None
    # Code and text together stand in the middle, the quiet zone at the code.
    top = (size.height - side - len(lines) * leading - _PADDING) / 2
    dot = side / (len(rows) + 2 * _QUIET_DOTS)
    return Face(
        (size.width - side) / 2 + _QUIET_DOTS * dot,
        top + _QUIET_DOTS * dot,
        dot,
        tuple(_runs(rows)),
        tuple(
            Line(
                (size.width - text_width(text, texts.points)) / 2,
                top + side + (number + 0.8) * leading,
                text,
                texts.points,
            )
            for number, text in enumerate(lines)
        ),
    )


def _beside(rows: Sequence[bytes], texts: _Wrapping, size: Size) -> Face | None:
    """Put the code on the left and the text on its right; None without room."""
    # The larger the code, the less room there is for text.
    for side in (size.height, size.height * 0.9, size.height * 0.8):
        room = size.width - side - _PADDING
        if room < text_width("0" * _LEAST_LETTERS, texts.points):
            continue
        lines = texts.lines(room)
        if lines is None or len(lines) * texts.leading > size.height - 2 * _PADDING:
            continue
        dot = side / (len(rows) + 2 * _QUIET_DOTS)
        top = (size.height - len(lines) * texts.leading) / 2
        return Face(
            _QUIET_DOTS * dot,
            (size.height - side) / 2 + _QUIET_DOTS * dot,
            dot,
            tuple(_runs(rows)),
            tuple(
                Line(side, top + (number + 0.8) * texts.leading, text, texts.points)
                for number, text in enumerate(lines)
            ),
        )
    return None


def text_width(text: str, points: float) -> float:
    """Return how wide a text is in Helvetica."""
    thousandths = sum(_WIDTHS[ord(letter) - ord(" ")] for letter in text)
    return thousandths / 1000 * points * MM_PER_POINT


def _runs(rows: Sequence[bytes]) -> Iterator[tuple[int, int, int]]:
    for number, row in enumerate(rows):
        for run in re.finditer(rb"\x01+", row):
            yield run.start(), number, len(run[0])


def _sides(size: Size) -> str:
    return f"{decimal(size.width)} × {decimal(size.height)}"


def decimal(value: float) -> str:
    """Write a number with as few digits as it needs.

    >>> decimal(0.37735849), decimal(40.0)
    ('0.37736', '40')
    """
    return f"{value:.5f}".rstrip("0").rstrip(".")
