import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import merkle, tile
from tests.support.make_vectors import tile as maker
from tests.support.reference import tile as reference
from tests.support.vectors import cases, load, outcome

LEVELS = st.none() | st.integers(0, tile.MAX_LEVEL)
INDICES = st.integers(0, 2**55 - 1) | st.integers(0, 2000)


def path(level, index, width):
    if level is None:
        return tile.bundle_path(index, width)
    return tile.tile_path(level, index, width)


@pytest.mark.parametrize("case", cases("tile/paths.json"))
def test_a_tile_has_one_path(case):
    assert outcome(tile.parse_tile_path, case["path"]) == case["want"]
    if case["want"] == "ok":
        place = (case["level"], int(case["index"]), case["width"])
        assert tile.parse_tile_path(case["path"]) == tile.TilePath(*place)
        assert path(*place) == case["path"]


@pytest.mark.parametrize("case", cases("tile/bundles.json"))
def test_a_bundle_has_the_entries_that_are_due(case):
    data = bytes.fromhex(case["bundle_hex"])

    assert outcome(tile.decode_bundle, data, case["width"]) == case["want"]
    if case["want"] == "ok":
        entries = tuple(bytes.fromhex(entry) for entry in case["entries_hex"])
        assert tile.decode_bundle(data, case["width"]) == entries
        assert tile.encode_bundle(entries) == data


def test_paths_are_those_that_the_standard_shows():
    # From C2SP tlog-tiles: "1234067" and a partial tile of a tree of 70,000 entries.
    assert tile.tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile.tile_path(0, 273, 112) == "tile/0/273.p/112"
    assert tile.tile_path(1, 1, 17) == "tile/1/001.p/17"


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        (0, {}),
        (1, {(0, 0): 1}),
        (255, {(0, 0): 255}),
        (256, {(0, 0): 256, (1, 0): 1}),
        (257, {(0, 0): 256, (0, 1): 1, (1, 0): 1}),
        (65_536, {(0, 0): 256, (0, 255): 256, (1, 0): 256, (2, 0): 1}),
        (70_000, {(0, 272): 256, (0, 273): 112, (1, 0): 256, (1, 1): 17, (2, 0): 1}),
    ],
)
def test_a_tree_has_what_is_complete_of_a_tile_and_no_empty_tiles(size, widths):
    for (level, index), width in widths.items():
        assert tile.tile_width(level, index, size) == width
    for level in range(4):
        last = max((index for at, index in widths if at == level), default=-1)
        assert tile.tile_width(level, last + 1, size) == 0


def reader(entries):
    frontiers = {}

    def read(level, index):
        if (level, index) not in frontiers:
            start, end = index << level, (index + 1) << level
            assert end <= len(entries)
            leaves = [merkle.leaf_hash(entry) for entry in entries[start:end]]
            frontiers[level, index] = merkle.root_hash(leaves)
        return frontiers[level, index]

    return read


def test_the_accumulated_hash_of_tiles_is_that_of_the_reference():
    read = reader(maker.entries())
    (case,) = load("tile/accumulated.json")["cases"]

    def tiles(level, index, size):
        width = tile.tile_width(level, index, size)
        return tile.tile_hashes(level, index, width, read)

    assert maker.accumulated(tiles) == case["want"]


def test_tiles_are_those_of_the_reference_and_come_apart_again():
    entries = maker.entries()
    read = reader(entries)
    for size in (1, 255, 256, 600, 1000):
        for level in range(3):
            for index in range(4):
                width = tile.tile_width(level, index, size)
                data = tile.tile_hashes(level, index, width, read)
                assert data == reference.tile(level, index, entries[:size])
                assert b"".join(tile.split_tile(data, width)) == data


def test_a_smaller_width_is_the_beginning_of_the_tile():
    read = reader(maker.entries())

    whole = tile.tile_hashes(0, 1, 256, read)
    assert tile.tile_hashes(0, 1, 112, read) == whole[: 112 * 32]


@pytest.mark.parametrize(
    "length", [0, 31, 33, 63, 65, 96], ids=lambda length: f"{length}-bytes"
)
def test_a_tile_of_another_length_is_malformed(length):
    assert outcome(tile.split_tile, bytes(length), 2) == "encoding"


@pytest.mark.parametrize(
    ("level", "index", "width"),
    [(-1, 0, 256), (64, 0, 256), (0, -1, 256), (0, 2**55, 256), (0, 0, 0), (0, 0, 257)],
)
def test_a_path_of_what_cannot_be_is_a_mistake_of_the_programmer(level, index, width):
    with pytest.raises(ValueError, match="tile"):
        tile.tile_path(level, index, width)


def test_an_entry_of_two_bytes_length_fits_and_no_longer_one():
    longest = bytes(tile.MAX_ENTRY_BYTES)

    assert tile.decode_bundle(tile.encode_bundle([longest]), 1) == (longest,)
    with pytest.raises(ValueError, match="entry"):
        tile.encode_bundle([longest + b"\0"])


@given(LEVELS, INDICES, st.integers(1, 256))
def test_every_path_is_read_back_and_is_the_one_of_the_reference(level, index, width):
    text = path(level, index, width)

    assert text == reference.path(level, index, width)
    assert tile.parse_tile_path(text) == tile.TilePath(level, index, width)


@given(LEVELS, INDICES, st.integers(1, 256), st.data())
def test_one_changed_character_is_malformed_or_another_tile(level, index, width, data):
    text = path(level, index, width)
    place = data.draw(st.integers(0, len(text) - 1))
    mark = data.draw(st.sampled_from("0123456789x./p-+ \u0661") | st.just(""))
    other = text[:place] + mark + text[place + 1 :]

    if other != text and outcome(tile.parse_tile_path, other) == "ok":
        named = tile.parse_tile_path(other)
        assert named != tile.TilePath(level, index, width)
        assert path(named.level, named.index, named.width) == other


@given(st.text(max_size=30) | st.from_regex(re.compile(r"tile/[0-9x/.pe]*")))
def test_random_paths_are_a_tile_or_malformed(text):
    assert outcome(tile.parse_tile_path, text) in {"ok", "encoding"}


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_every_bundle_is_read_back_and_is_the_one_of_the_reference(entries):
    data = tile.encode_bundle(entries)

    assert data == reference.bundle(entries)
    assert list(tile.decode_bundle(data, len(entries))) == entries


@given(st.binary(max_size=60), st.integers(0, 10))
def test_random_bytes_are_a_bundle_or_malformed(data, width):
    if outcome(tile.decode_bundle, data, width) == "ok":
        assert tile.encode_bundle(tile.decode_bundle(data, width)) == data
    else:
        assert outcome(tile.decode_bundle, data, width) == "encoding"
        assert outcome(tile.split_tile, data, width) in {"ok", "encoding"}
