"""Name, cut and read tiles and entry bundles (C2SP tlog-tiles).

A tile is up to 256 hashes side by side at every eighth level of the tree, an entry
bundle up to 256 entries with their lengths. Their paths are relative to the ledger's
prefix, without a slash in front.

Pure functions over bytes: no storage, no network. ``tests/support/reference/tile.py``
holds the slow definition these are checked against.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.errors import EncodingError
from ledger.merkle import HASH_BYTES, HashReader

TILE_WIDTH: Final = 256
TILE_HEIGHT: Final = 8
MAX_LEVEL: Final = 63
MAX_ENTRY_BYTES: Final = 65_535

# A tree has fewer than 2**63 leaves, and a tile stands over 256 of something.
_INDEX_LIMIT: Final = 2**55
_PATH: Final = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)"
    r"/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class TilePath:
    """Which tile, or which entry bundle, a path names.

    Attributes:
        level: Level of the tile, not of the tree; None for an entry bundle.
        index: Place among the tiles of that level, from zero.
        width: Number of hashes or entries, 1 to 256.
    """

    level: int | None
    index: int
    width: int = TILE_WIDTH


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a tile of hashes.

    Raises:
        ValueError: There is no such tile.

    >>> tile_path(0, 1234067, 5)
    'tile/0/x001/x234/067.p/5'
    """
    if not 0 <= level <= MAX_LEVEL:
        raise ValueError(f"tile level: got {level}, want 0 to {MAX_LEVEL}")
    return f"tile/{level}/{_format_place(index, width)}"


def bundle_path(index: int, width: int = TILE_WIDTH) -> str:
    """Return the path of an entry bundle.

    Raises:
        ValueError: There is no such bundle.

    >>> bundle_path(0)
    'tile/entries/000'
    """
    return f"tile/entries/{_format_place(index, width)}"


def parse_tile_path(text: str) -> TilePath:
    """Return what a path names; each tile has one path only.

    Raises:
        EncodingError: The text is not the path of a tile or an entry bundle.

    >>> parse_tile_path("tile/entries/x001/234.p/7")
    TilePath(level=None, index=1234, width=7)
    """
    match = _PATH.fullmatch(text)
    if match is None:
        raise EncodingError(f"tile path: got {text[:80]!r}")
    level = None if match["level"] == "entries" else int(match["level"])
    index = int(match["index"].replace("x", "").replace("/", ""))
    width = int(match["width"] or TILE_WIDTH)
    # A group x000 in front, or .p/256, would be a second name of one tile.
    try:
        if level is None:
            spelling = bundle_path(index, width)
        else:
            spelling = tile_path(level, index, width)
    except ValueError as error:
        raise EncodingError(str(error)) from error
    if spelling != text:
        raise EncodingError(f"tile path: got {text!r}, want {spelling!r}")
    return TilePath(level, index, width)


def tile_width(level: int, index: int, tree_size: int) -> int:
    """Return how many hashes a tile has in a tree, from 0 to 256.

    An entry bundle is as wide as the tile of level 0 with the same index.

    >>> [tile_width(level, 0, 70_000) for level in range(4)]
    [256, 256, 1, 0]
    """
    hashes = tree_size >> (TILE_HEIGHT * level)
    return min(max(hashes - index * TILE_WIDTH, 0), TILE_WIDTH)


def tile_hashes(level: int, index: int, width: int, read: HashReader) -> bytes:
    """Return the bytes of a tile.

    Only complete subtrees are in a tile, so that what is written once stays true.

    Args:
        level: Level of the tile, not of the tree.
        index: Place among the tiles of that level, from zero.
        width: Number of hashes; not more than ``tile_width`` says.
        read: Reader of complete subtrees.
    """
    first = index * TILE_WIDTH
    return b"".join(
        read(level * TILE_HEIGHT, place) for place in range(first, first + width)
    )


def split_tile(data: bytes, width: int) -> tuple[bytes, ...]:
    """Return the hashes of a tile.

    Raises:
        EncodingError: The tile does not have that many hashes.

    >>> split_tile(bytes(64), 2) == (bytes(32), bytes(32))
    True
    """
    if len(data) != width * HASH_BYTES:
        raise EncodingError(f"tile: got {len(data)} bytes, want {width * HASH_BYTES}")
    return tuple(
        data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES)
    )


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    r"""Return the bytes of an entry bundle.

    Raises:
        ValueError: An entry is longer than its length can say.

    >>> encode_bundle([b"milk", b""])
    b'\x00\x04milk\x00\x00'
    """
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise ValueError(
                f"entry: got {len(entry)} bytes, want at most {MAX_ENTRY_BYTES}"
            )
        parts.append(len(entry).to_bytes(2))
        parts.append(entry)
    return b"".join(parts)


def decode_bundle(data: bytes, width: int) -> tuple[bytes, ...]:
    r"""Return the entries of an entry bundle.

    Raises:
        EncodingError: The bundle does not have that many entries, or does not end with
            the last one; ``index`` is the place in the bundle of one that is cut short.

    >>> decode_bundle(b"\x00\x04milk\x00\x00", 2)
    (b'milk', b'')
    """
    entries: list[bytes] = []
    start = 0
    while start < len(data):
        body = start + 2
        end = body + int.from_bytes(data[start:body])
        if end > len(data):
            cut = EncodingError(f"entry bundle: entry {len(entries)} is cut short")
            cut.index = len(entries)
            raise cut
        entries.append(data[body:end])
        start = end
    if len(entries) != width:
        raise EncodingError(f"entry bundle: got {len(entries)} entries, want {width}")
    return tuple(entries)


def _format_place(index: int, width: int) -> str:
    if not 0 <= index < _INDEX_LIMIT:
        raise ValueError(f"tile index: got {index}, want 0 to {_INDEX_LIMIT - 1}")
    if not 1 <= width <= TILE_WIDTH:
        raise ValueError(f"tile width: got {width}, want 1 to {TILE_WIDTH}")
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    path = "".join(f"x{group}/" for group in groups[:-1]) + groups[-1]
    return path if width == TILE_WIDTH else f"{path}.p/{width}"
