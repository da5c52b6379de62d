"""What a photo may not carry: where, when and with which device it was taken.

A photo of a household that has its coordinates in it says more than the household chose
to show. Whoever takes a photo in refuses one that has such metadata; it is for the one
who sends it to save it without. Nothing here looks at the picture.
"""

from collections.abc import Iterator
from typing import Final

from ledger.encoding import decode_base64, encode_base64
from ledger.errors import MalformedError, RefusedError

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_METADATA: Final = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_WEBP_METADATA: Final = frozenset({b"EXIF", b"XMP "})
# Application segments of JPEG but the first (JFIF) and Adobe's colours; and comments.
_JPEG_METADATA: Final = frozenset({*range(0xE1, 0xF0), 0xFE}) - {0xE2, 0xEE}
_SCAN, _END = 0xDA, 0xD9
_MARKS: Final = (b"Exif\0\0", b"http://ns.adobe.com/xap/")


MAX_PHOTO_BYTES: Final = 49_134
"""Bytes of the largest file whose URI may be shown: 48 KiB without what is around it.

``data:image/jpeg;base64,`` and four characters for three bytes fit into the 64 KiB that
``disclosure`` allows.
"""


def photo_uri(data: bytes) -> str:
    """Return an image file as the ``data:`` URI that is committed to.

    Raises:
        MalformedError: It is no JPEG, PNG or WebP, or too large.
    """
    if len(data) > MAX_PHOTO_BYTES:
        raise MalformedError(
            f"photo: got {len(data):,} bytes, want at most {MAX_PHOTO_BYTES:,}",
            pointer="/photo",
        )
    for kind, is_kind in (
        ("jpeg", data.startswith(b"\xff\xd8\xff")),
        ("png", data.startswith(_PNG)),
        ("webp", data[:4] == b"RIFF" and data[8:12] == b"WEBP"),
    ):
        if is_kind:
            return f"data:image/{kind};base64,{encode_base64(data)}"
    raise MalformedError("photo: want a JPEG, PNG or WebP file", pointer="/photo")


def check_photo(value: str) -> None:
    """Refuse a photo that is not what it says, or carries metadata.

    Args:
        value: A ``data:`` URI that ``disclosure.check_value`` has accepted.

    Raises:
        MalformedError: It is not of the format that it names, or is cut short.
        RefusedError: It has metadata.
    """
    head, _, text = value.partition(",")
    data = decode_base64(text)
    if not photo_uri(data).startswith(head):
        raise MalformedError("photo: not of the format that it names", pointer="/photo")
    walk = {"jpeg": _jpeg, "png": _png, "webp": _webp}[head[11:].split(";")[0]]
    # What follows the picture is not walked: a thumbnail may, with all of its own.
    if any(walk(data)) or any(mark in data for mark in _MARKS):
        raise RefusedError(
            "photo: has metadata, which may say where and when it was taken, and with "
            "which device; save it without",
            pointer="/photo",
        )


def _jpeg(data: bytes) -> Iterator[bool]:
    """Say of each segment before the picture whether it is metadata (T.81, annex B)."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in {_SCAN, _END}:
            return
        yield marker in _JPEG_METADATA
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    raise MalformedError("photo: cut short", pointer="/photo")


def _png(data: bytes) -> Iterator[bool]:
    """Say of each chunk whether it is metadata (PNG, 5.3)."""
    at = len(_PNG)
    while at + 12 <= len(data):
        kind = data[at + 4 : at + 8]
        yield kind in _PNG_METADATA
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        if kind == b"IEND" and at == len(data):
            return
    raise MalformedError("photo: cut short", pointer="/photo")


def _webp(data: bytes) -> Iterator[bool]:
    """Say of each chunk whether it is metadata (RFC 9649, 2.3)."""
    at = 12
    while at + 8 <= len(data):
        yield data[at : at + 4] in _WEBP_METADATA
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    if at != len(data):
        raise MalformedError("photo: cut short", pointer="/photo")
