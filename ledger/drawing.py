"""Sheets of labels as files: SVG, a document for each page, and PDF.

PDF is written here, since it takes few lines: rectangles, and text in the one font that
every reader has. A library that does it brings those that read pictures and fonts.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from ledger.sheet import MM_PER_POINT, Face, Sheet, decimal, text_width

_GREY: Final = "0.7"
_SVG_GREY: Final = "#b3b3b3"
_FRAME: Final = "0.1"


def to_svg(sheet: Sheet) -> list[bytes]:
    """Return each page as an SVG document."""
    return [_svg_page(sheet, faces).encode() for faces in sheet.pages]


def to_pdf(sheet: Sheet) -> bytes:
    """Return all pages as one PDF document, the same bytes every time."""
    count = len(sheet.pages)
    width, height = (decimal(side / MM_PER_POINT) for side in sheet.page)
    kids = " ".join(f"{4 + 2 * place} 0 R" for place in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica"
        b" /Encoding /WinAnsiEncoding >>",
    ]
    for place, faces in enumerate(sheet.pages):
        content = zlib.compress("\n".join(_pdf_marks(sheet, faces)).encode(), 9)
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}]"
            f" /Resources << /Font << /F 3 0 R >> >>"
            f" /Contents {5 + 2 * place} 0 R >>".encode(),
            f"<< /Length {len(content)} /Filter /FlateDecode >>\nstream\n".encode()
            + content
            + b"\nendstream",
        ]
    # Bytes beyond ASCII tell whoever carries it that this is no text.
    document = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    table = [b"0000000000 65535 f \n"]
    for place, body in enumerate(objects, start=1):
        table.append(b"%010d 00000 n \n" % len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (place, body)
    start = len(document)
    document += b"xref\n0 %d\n%s" % (len(table), b"".join(table))
    document += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % len(table)
    document += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(document)


def _svg_page(sheet: Sheet, faces: Sequence[Face]) -> str:
    width, height = map(decimal, sheet.page)
    marks = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" '
        f'height="{height}mm" viewBox="0 0 {width} {height}">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        "<g font-family=\"Helvetica, Arial, 'Liberation Sans', sans-serif\">",
    ]
    for (left, top), face in zip(sheet.places, faces, strict=False):
        marks.append(f'<g transform="translate({decimal(left)} {decimal(top)})">')
        if sheet.has_frames:
            marks.append(
                f'<rect width="{decimal(sheet.label.width)}" '
                f'height="{decimal(sheet.label.height)}" fill="none" '
                f'stroke="{_SVG_GREY}" stroke-width="{_FRAME}"/>'
            )
        path = "".join(f"M{x} {y}h{n}v1h-{n}z" for x, y, n in face.runs)
        marks.append(
            f'<path transform="translate({decimal(face.x)} {decimal(face.y)}) '
            f'scale({decimal(face.dot)})" shape-rendering="crispEdges" d="{path}"/>'
        )
        # As wide as in Helvetica, whatever font there is.
        marks += [
            f'<text x="{decimal(line.x)}" y="{decimal(line.y)}" '
            f'font-size="{decimal(line.points * MM_PER_POINT)}" '
            f'textLength="{decimal(text_width(line.text, line.points))}" '
            f'lengthAdjust="spacingAndGlyphs" xml:space="preserve">'
            f"{escape(line.text, quote=False)}</text>"
            for line in face.lines
        ]
        marks.append("</g>")
    return "\n".join([*marks, "</g>", "</svg>", ""])


def _pdf_marks(sheet: Sheet, faces: Sequence[Face]) -> Iterator[str]:
    """Yield what draws a page; its unit becomes a millimetre, from below upwards."""
    yield f"{MM_PER_POINT**-1:.6f} 0 0 {MM_PER_POINT**-1:.6f} 0 0 cm"
    yield f"{_FRAME} w {_GREY} G"
    for (left, top), face in zip(sheet.places, faces, strict=False):
        above = sheet.page.height - top
        if sheet.has_frames:
            low = above - sheet.label.height
            sides = " ".join(map(decimal, (left, low, *sheet.label)))
            yield f"{sides} re S"
        dot = decimal(face.dot)
        x, y = decimal(left + face.x), decimal(above - face.y)
        yield f"q {dot} 0 0 -{dot} {x} {y} cm"
        yield from (f"{column} {row} {n} 1 re" for column, row, n in face.runs)
        yield "f Q"
        for line in face.lines:
            size = decimal(line.points * MM_PER_POINT)
            x, y = decimal(left + line.x), decimal(above - line.y)
            said = re.sub(r"([()\\])", r"\\\1", line.text)
            yield f"BT /F {size} Tf {x} {y} Td ({said}) Tj ET"
