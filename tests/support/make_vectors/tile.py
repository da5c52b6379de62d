"""Vectors for tiles: one path each, bundles, and what a tree has of each tile."""

import hashlib

from tests.support.reference import tile as reference

PLACES = [
    (0, 0, 256),
    (0, 0, 1),
    (0, 0, 255),
    (0, 7, 256),
    (0, 999, 256),
    (0, 1000, 256),
    (0, 1234067, 5),
    (0, 1000000, 256),
    (1, 17, 10),
    (9, 0, 99),
    (10, 0, 100),
    (63, 0, 1),
    (0, 2**55 - 1, 256),
    (None, 0, 256),
    (None, 0, 112),
    (None, 273, 112),
    (None, 1234067, 256),
]

NOT_PATHS = {
    "nothing": "",
    "a-slash-in-front": "/tile/0/000",
    "a-slash-behind": "tile/0/000/",
    "two-slashes": "tile//0/000",
    "the-prefix-too": "log/tile/0/000",
    "capitals": "TILE/0/000",
    "tiles": "tiles/0/000",
    "no-index": "tile/0",
    "no-index-but-a-slash": "tile/0/",
    "no-level": "tile/000",
    "level-with-a-zero-in-front": "tile/00/000",
    "level-64": "tile/64/000",
    "level-100": "tile/100/000",
    "level-below-zero": "tile/-1/000",
    "level-of-data": "tile/data/000",
    "level-of-other-digits": "tile/\u0661/000",
    "index-of-one-digit": "tile/0/0",
    "index-of-two-digits": "tile/0/00",
    "index-of-four-digits": "tile/0/0000",
    "index-of-six-digits": "tile/0/001000",
    "index-of-other-digits": "tile/0/00\u0661",
    "index-of-letters": "tile/0/abc",
    "group-without-x": "tile/0/001/000",
    "group-with-a-capital-x": "tile/0/X001/000",
    "last-group-with-x": "tile/0/x001/x000",
    "only-group-with-x": "tile/0/x000",
    "a-group-of-zeros-in-front": "tile/0/x000/001",
    "two-groups-of-zeros-in-front": "tile/0/x000/x000/001",
    "group-of-two-digits": "tile/0/x01/000",
    "index-of-2-to-the-55": "tile/0/x036/x028/x797/x018/x963/968",
    "index-of-seven-groups": "tile/0/x001/x000/x000/x000/x000/x000/000",
    "width-of-a-full-tile": "tile/0/000.p/256",
    "width-of-zero": "tile/0/000.p/0",
    "width-with-a-zero-in-front": "tile/0/000.p/05",
    "width-257": "tile/0/000.p/257",
    "width-1000": "tile/0/000.p/1000",
    "width-below-zero": "tile/0/000.p/-1",
    "no-width": "tile/0/000.p",
    "no-width-but-a-slash": "tile/0/000.p/",
    "width-behind-another-mark": "tile/0/000.q/5",
    "width-twice": "tile/0/000.p/5.p/5",
    "width-of-other-digits": "tile/0/000.p/\u0665",
    "a-step-up": "tile/0/../0/000",
    "a-step-nowhere": "tile/./0/000",
    "a-query": "tile/0/000?x=1",
    "an-encoded-slash": "tile/0%2F000",
    "a-space-behind": "tile/0/000 ",
    "a-line-feed-behind": "tile/0/000\n",
    "a-zero-byte-behind": "tile/0/000\x00",
    "entries-in-capitals": "tile/ENTRIES/000",
    "entries-with-a-level": "tile/entries/0/000",
    "entries-of-a-full-width": "tile/entries/000.p/256",
    "entries-with-a-group-of-zeros": "tile/entries/x000/001",
}

ENTRIES = [b"milk", b"", b"\xff" * 300, b"caravan/statement/v1\n", b"\0"]

SIZES = [0, 1, 2, 255, 256, 257, 511, 512, 1000]


def entries():
    """Return the entries of the accumulated hash."""
    return [i.to_bytes(2, "big") for i in range(SIZES[-1])]


def accumulated(tiles):
    """Return the accumulated hash over the tiles that a tree of each size has.

    Args:
        tiles: Gives the bytes of a tile of a level, an index and a tree size.
    """
    digest = hashlib.sha256()
    for size in SIZES:
        for level in range(3):
            index = 0
            while data := tiles(level, index, size):
                digest.update(data)
                index += 1
    return digest.hexdigest()


def _path_cases():
    for level, index, width in PLACES:
        path = reference.path(level, index, width)
        place = {"level": level, "index": str(index), "width": width}
        yield {"name": path, "path": path, **place, "want": "ok"}
    for name, path in NOT_PATHS.items():
        yield {"name": name, "path": path, "want": "encoding"}


def _bundle_cases():
    def case(name, data, width, want="encoding", told=None):
        given = {"name": name, "bundle_hex": data.hex(), "width": width}
        if told is not None:
            given["entries_hex"] = [entry.hex() for entry in told]
        return given | {"want": want}

    for count in range(len(ENTRIES) + 1):
        some = ENTRIES[:count]
        yield case(f"{count}-entries", reference.bundle(some), count, "ok", some)
    full = reference.bundle(ENTRIES)
    yield case("an-entry-fewer-than-due", reference.bundle(ENTRIES[:4]), 5)
    yield case("an-entry-more-than-due", full, 4)
    yield case("nothing-where-one-is-due", b"", 1)
    yield case("one-where-nothing-is-due", reference.bundle([b""]), 0)
    yield case("last-byte-cut-off", full[:-1], 5)
    yield case("cut-in-a-length", reference.bundle([b"milk"]) + b"\0", 2)
    yield case("a-length-and-no-entry", b"\0\5", 1)
    yield case("a-length-beyond-the-end", b"\0\5milk", 1)
    yield case("a-length-that-leaves-a-byte", b"\0\3milk", 1)
    yield case("a-length-in-the-wrong-order", b"\4\0milk", 1)
    yield case("a-length-in-four-bytes", b"\0\0\0\4milk", 1)
    yield case("the-largest-length-and-nothing", b"\xff\xff", 1)


def vectors():
    """Return the files of tests/vectors/tile."""
    return {
        "paths.json": {
            "about": "Paths below the ledger's prefix. The level of an entry bundle is "
            "null; indices are texts, as some exceed what a double can count to.",
            "cases": list(_path_cases()),
        },
        "bundles.json": {
            "about": "Entry bundles, and how many entries are due.",
            "cases": list(_bundle_cases()),
        },
        "accumulated.json": {
            "about": "SHA-256 over the tiles of trees of 0, 1, 2, 255, 256, 257, 511, "
            "512 and 1000 entries, for each the levels 0 to 2 and the indices that are "
            "not empty. Entry i is i in two bytes, big-endian.",
            "cases": [
                {
                    "name": "tiles",
                    "want": accumulated(
                        lambda level, index, size: reference.tile(
                            level, index, entries()[:size]
                        )
                    ),
                }
            ],
        },
    }
