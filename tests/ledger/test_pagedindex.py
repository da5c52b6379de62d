"""The index in pages is the index in memory, and finds what is wrong with a page."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.completeness import EMPTY_INDEX_ROOT, subject_key, verify_lists
from ledger.errors import StoreError
from ledger.index import IndexTree
from ledger.indexpage import parse_page, slot_of
from ledger.pagedindex import PagedIndex

ORIGIN = "ledger.example/index"
GROUPS = st.lists(
    st.tuples(
        st.lists(st.integers(0, 60), min_size=1, max_size=40),
        st.booleans(),
    ),
    max_size=6,
)


class Pages(dict):
    """Stored pages that count how often they are read."""

    def __init__(self, *pages):
        super().__init__(*pages)
        self.read = []

    def find(self, names):
        found = {name: self[name] for name in names if name in self}
        self.read += found
        return found

    def index(self, root):
        return PagedIndex(ORIGIN, self.find, root=root)


def stored(subjects):
    """Return pages and root of a map with one statement about each of these."""
    pages = Pages()
    index = pages.index(EMPTY_INDEX_ROOT)
    for place, subject in enumerate(subjects):
        index.append(subject, place)
    root = index.root()
    pages.update(index.take_changed())
    return pages, root


def digits(subject):
    """Return a subject's key in octal digits, two for each page on its way."""
    return f"{int.from_bytes(subject_key(ORIGIN, subject), 'big') << 2:086o}"


def spelled(*places, lists=0):
    """Return a stored page with hashes, or whatever is given, in some places."""
    taken = sum(1 << slot for slot, _ in places)
    maps = taken.to_bytes(8, "big") + lists.to_bytes(8, "big")
    return maps + b"".join(part for _, part in places)


def subject_at(start, *others):
    """Return a subject, none of the others, whose key begins with these digits."""
    names = (f"calf {n}" for n in range(1_000_000))
    return next(n for n in names if digits(n).startswith(start) and n not in others)


SUBJECTS = [f"cow {n}" for n in range(300)]
PAGES, ROOT = stored(SUBJECTS)


@given(GROUPS)
def test_root_and_proofs_are_those_of_the_index_in_memory(groups):
    tree, pages = IndexTree(ORIGIN), Pages()
    paged = pages.index(EMPTY_INDEX_ROOT)
    place = 0
    for numbers, is_restarted in groups:
        for number in numbers:
            tree.append(f"cow {number}", place)
            paged.append(f"cow {number}", place)
            place += 1

        assert paged.root() == tree.root()
        pages.update(paged.take_changed())
        if is_restarted:
            paged = pages.index(tree.root())
        names = [f"cow {number + 7}" for number in numbers]
        lists, proof = tree.prove_lists(names)
        for each in (paged, pages.index(tree.root())):
            found = each.lists(names)
            assert each.prove(names) == proof
            assert [leaf and leaf.count for leaf in found.values()] == [
                len(listed) or None for listed in lists.values()
            ]


@given(st.lists(st.integers(1, 30), min_size=20, max_size=20))
def test_the_pages_do_not_depend_on_the_groups(sizes):
    pages = Pages()
    index = pages.index(EMPTY_INDEX_ROOT)
    starts = [sum(sizes[:n]) for n in range(len(sizes) + 1)]
    for start, end in pairwise(starts):
        for place, subject in enumerate(SUBJECTS[start:end], start):
            index.append(subject, place)
        index.root()
        pages.update(index.take_changed())

    assert (dict(pages), index.root()) == stored(SUBJECTS[: starts[-1]])


def test_a_subject_costs_the_pages_on_its_way():
    pages, root = stored(f"cow {n}" for n in range(20_000))
    count = len(pages)
    index = pages.index(root)

    index.append("another cow", 20_000)
    index.root()
    changed = index.take_changed()

    assert len(changed) <= 6 < count
    assert len(pages.read) <= 7


def test_a_proof_reads_the_pages_on_its_way():
    pages, root = stored(f"cow {n}" for n in range(20_000))

    pages.index(root).prove(["cow 7", "no cow"])

    assert len(pages.read) <= 12


def test_of_many_subjects_only_the_top_stays_in_memory():
    pages, root = stored(f"cow {n}" for n in range(20_000))
    low = max(pages, key=len)
    subject = next(
        n for n in map("cow {}".format, range(20_000)) if digits(n).startswith(low)
    )
    index = pages.index(root)
    for place in (20_000, 20_001):
        index.append(subject, place)
        index.root()
        pages.update(index.take_changed())

    assert [pages.read.count(low[:length]) for length in (0, 2, 4, 6)] == [1, 1, 1, 2]


@pytest.mark.parametrize("name", [*PAGES])
def test_a_page_that_lacks_is_named(name):
    pages = Pages(PAGES)
    del pages[name]
    index = pages.index(ROOT)

    with pytest.raises(StoreError, match=f"page '{name}': is missing"):
        index.prove(SUBJECTS)
    assert index.is_damaged


@given(st.sampled_from([*PAGES]), st.data())
def test_one_flipped_bit_in_any_page_is_found_and_named(name, data):
    pages = Pages(PAGES)
    changed = bytearray(pages[name])
    bit = data.draw(st.integers(0, 8 * len(changed) - 1))
    changed[bit // 8] ^= 1 << bit % 8
    pages[name] = bytes(changed)

    with pytest.raises(StoreError, match="index page"):
        pages.index(ROOT).prove(SUBJECTS)
    index = pages.index(ROOT)
    for subject in SUBJECTS:
        index.append(subject, 1000)
    with pytest.raises(StoreError, match="index page"):
        index.root()


@given(st.sampled_from([*PAGES]), st.binary(max_size=200))
def test_a_page_of_other_bytes_is_found(name, data):
    pages = Pages({**PAGES, name: data})

    with pytest.raises(StoreError, match=f"index page '{name}'"):
        pages.index(ROOT).prove(SUBJECTS)


@pytest.mark.parametrize("cut", [1, 32, 40])
def test_a_page_that_is_cut_is_found(cut):
    pages = Pages(PAGES)
    pages[""] = pages[""][:-cut]

    with pytest.raises(StoreError, match="index page ''"):
        pages.index(ROOT).check()


def test_the_page_at_the_top_is_checked_against_the_root():
    pages, root = stored(SUBJECTS[:10])

    pages.index(root).check()
    with pytest.raises(StoreError, match="index page ''"):
        pages.index(ROOT).check()


def test_a_page_in_anothers_place_is_found():
    pages = Pages(PAGES)
    first, second = sorted(name for name in pages if len(name) == 2)[:2]
    pages[first], pages[second] = pages[second], pages[first]

    with pytest.raises(StoreError, match=f"index page '({first}|{second})'"):
        pages.index(ROOT).prove(SUBJECTS)


def test_a_list_that_stands_alone_is_not_moved_unseen():
    pages, root = stored(["cow"])
    slot = int(digits("cow")[:2], 8) ^ 1
    pages[""] = spelled((slot, pages[""][16:]), lists=1 << slot)

    with pytest.raises(StoreError, match="damaged"):
        pages.index(root).check()


@pytest.mark.parametrize("depth", [1, 2])
def test_a_page_that_stands_alone_is_not_moved_unseen(depth):
    # Its hash passes up unchanged, wherever it stands: the page above looks whole.
    first = "cow"
    second = subject_at(digits(first)[:4], first)
    pages, root = stored([first, second])
    way = digits(first)[: 2 * depth]
    slot = int(way[-2:], 8) ^ 1
    pages[way[:-2]] = spelled((slot, pages[way[:-2]][16:]))
    third = subject_at(way, first, second)

    index = pages.index(root)
    index.append(third, 2)
    with pytest.raises(StoreError, match="is missing"):
        index.root()
    with pytest.raises(StoreError, match="is missing"):
        pages.index(root).prove([third])


def test_pages_that_stand_alone_below_one_another_are_not_moved_unseen():
    # The page in between has nothing to tell its place either, whatever its name is.
    first = "cow"
    second = subject_at(digits(first)[:4], first)
    pages, root = stored([first, second])
    way = digits(first)[:2]
    slot = int(way, 8) ^ 1
    pages[""] = spelled((slot, pages[""][16:]))
    pages[f"{slot:02o}"] = pages.pop(way)

    index = pages.index(root)
    index.append(subject_at(way, first, second), 2)
    with pytest.raises(StoreError, match="is missing"):
        index.root()


def test_no_page_lies_below_the_last_digit():
    node = bytes(range(32))

    assert parse_page("00" * 41, spelled((3, node)), node).is_page(3)
    with pytest.raises(StoreError, match="damaged"):
        parse_page("00" * 42, spelled((3, node)), node)


def test_subjects_that_share_all_but_the_last_bits_part_in_the_lowest_page():
    keys = [bytes(31) + bytes([last]) for last in (0, 1, 15)]

    assert [slot_of(key, 42) for key in keys] == [0, 4, 60]
    assert {slot_of(key, 41) for key in keys} == {0}


def test_a_page_has_one_spelling():
    node = bytes(range(32))

    assert parse_page("", spelled((3, node)), node).to_bytes() == spelled((3, node))
    for other in (spelled((3, node), lists=1), spelled((3, node)) + b"-"):
        with pytest.raises(StoreError, match="index page"):
            parse_page("", other, node)


def test_a_list_only_grows():
    index = Pages().index(EMPTY_INDEX_ROOT)
    index.append("cow", 3)

    with pytest.raises(ValueError, match="got 3"):
        index.append("cow", 3)
    index.root()
    with pytest.raises(ValueError, match="got 3"):
        index.append("cow", 3)
    index.append("cow", 4)


def test_what_could_not_be_read_can_be_tried_again():
    pages = Pages(PAGES)
    index = pages.index(ROOT)
    index.append("cow 7", 1000)
    top = pages.pop("")
    with pytest.raises(StoreError):
        index.root()
    pages[""] = top

    lists = {subject: [place] for place, subject in enumerate(SUBJECTS)}
    lists["cow 7"].append(1000)
    names = SUBJECTS[:20]
    verify_lists(
        index.root(),
        origin=ORIGIN,
        lists={name: lists[name] for name in names},
        proof=index.prove(names),
    )
