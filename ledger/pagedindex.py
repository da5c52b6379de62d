"""The completeness index in pages, so that neither memory nor start needs all of it.

An index that joins a list costs the pages on its way, and a proof reads those alone.
A page that is read is compared with the hash that the page above has of it, the one at
the top with the root that a seal has. So a damaged page is found, and named, where it
is, and never makes another root or a proof that leads nowhere.

``index`` is the same map whole in memory, for whoever replays; ``indexpage`` is one
page, and ``indexstore`` keeps them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from ledger.completeness import EMPTY_INDEX_ROOT, list_next, list_start, subject_key
from ledger.encoding import Json
from ledger.errors import StoreError
from ledger.index import Inner, Leaf, prove_keys
from ledger.indexpage import SLOTS, Page, parse_page, slot_of

PageReader = Callable[[Collection[str]], Mapping[str, bytes]]
"""Gives, of the pages of these names, those that there are."""

_KEPT_DEPTH: Final = 2
"""Pages below are read anew for each group: at most 4,161 stay, which is some 50 MiB.
Of a million subjects each group needs many of them, and of those below hardly any
twice."""


class PagedIndex:
    """The lists of all subjects of one ledger, of which pages are read as needed."""

    def __init__(self, origin: str, read: PageReader, *, root: bytes) -> None:
        """Continue the map that has this root.

        Args:
            origin: Name of the ledger, which every key depends on.
            read: Reader of the pages as they were when the map had this root.
            root: Its root, from a seal.
        """
        self.origin = origin
        self.is_damaged = False
        """Whether a page was read that is not the one that belongs there."""
        self._read = read
        self._root = root
        self._kept: dict[str, Page] = {}
        # Names of those that are not worth keeping.
        self._passing: list[str] = []
        self._changed: dict[str, Page] = {}
        # What was appended and is in no page yet, and the least index that may follow.
        self._waiting: dict[bytes, list[int]] = {}
        self._next_index = 0

    def append(self, subject: str, index: int) -> None:
        """Put the index of a statement at the end of a subject's list.

        Raises:
            ValueError: The index is not larger than the last one of this list.
        """
        indices = self._waiting.setdefault(subject_key(self.origin, subject), [])
        if index < (indices[-1] + 1 if indices else self._next_index):
            raise ValueError(f"index: got {index} after {indices or self._next_index}")
        indices.append(index)

    def root(self) -> bytes:
        """Return the root over all lists.

        Raises:
            StoreError: A page that is needed cannot be read, or is damaged.
        """
        if self._waiting:
            waiting, keys = self._waiting, sorted(self._waiting)
            self._open(keys)
            top = self._kept.get("") or self._new_page("")
            self._root = self._grow(top, waiting, keys, 0, len(keys))
            self._next_index = 1 + max(indices[-1] for indices in waiting.values())
            self._waiting = {}
        return self._root

    def check(self) -> None:
        """Check the page at the top.

        Raises:
            StoreError: It cannot be read, or has another root.
        """
        self._open(())

    def lists(self, subjects: Iterable[str]) -> dict[str, Leaf | None]:
        """Return count and chain of subjects' lists; None where there is none.

        Raises:
            StoreError: A page that is needed cannot be read, or is damaged.
        """
        keys = {subject: subject_key(self.origin, subject) for subject in subjects}
        self.root()
        self._open(sorted(keys.values()))
        return {subject: self._find(key) for subject, key in keys.items()}

    def prove(self, subjects: Iterable[str]) -> list[Json]:
        """Return the one proof of all these subjects' lists under ``root()``.

        Args:
            subjects: At least one.

        Raises:
            StoreError: A page that is needed cannot be read, or is damaged.
        """
        found = self.lists(subjects)
        if self._root == EMPTY_INDEX_ROOT:
            return []
        keys = {subject_key(self.origin, subject) for subject in found}
        listed = {leaf.key for leaf in found.values() if leaf is not None}
        return prove_keys((self._kept[""], 1), keys, listed, look=self._look)

    def take_changed(self) -> dict[str, bytes]:
        """Return what must be stored to have the map as it is now; forget the lowest.

        Whoever cannot store it must begin again with what is stored.
        """
        changed = {name: page.to_bytes() for name, page in self._changed.items()}
        self._changed = {}
        while self._passing:
            del self._kept[self._passing.pop()]
        return changed

    # ------------------------------------------------------------------ reading

    def _open(self, keys: Sequence[bytes]) -> None:
        """Read every page that lies on the way to these keys or tells what does.

        Args:
            keys: Sorted, so that those that lead into a page are beside each other.
        """
        level: dict[str, tuple[bytes, int, int]] = {}
        if self._root != EMPTY_INDEX_ROOT:
            level[""] = (self._root, 0, len(keys))
        while level:
            self._read_level(level)
            below: dict[str, tuple[bytes, int, int]] = {}
            for name, (_, start, end) in level.items():
                page = self._kept[name]
                if start == end:
                    _look_at(page, page.lone_page(), below)
                for slot, first, last in page.ranges(keys, start, end):
                    node = page.hashes[SLOTS + slot]
                    if page.is_page(slot):
                        below[page.below(slot)] = (node, first, last)
                    elif not node:
                        _look_at(page, page.nearest_page(slot), below)
            level = below

    def _read_level(self, wanted: Mapping[str, tuple[bytes, int, int]]) -> None:
        """Have these pages in memory, each as its hash says."""
        kept = self._kept
        missing = {name for name in wanted if name not in kept}
        stored = self._read(missing) if missing else {}
        for name, (want, _, _) in wanted.items():
            if name not in missing:
                continue
            try:
                if name not in stored:
                    raise StoreError(f"index page {name!r}: is missing")
                self._keep(parse_page(name, stored[name], want))
            except StoreError:
                self.is_damaged = True
                raise

    def _keep(self, page: Page) -> None:
        self._kept[page.name] = page
        if page.depth > _KEPT_DEPTH:
            self._passing.append(page.name)

    def _find(self, key: bytes) -> Leaf | None:
        """Return a key's list, whose pages are in memory."""
        if self._root == EMPTY_INDEX_ROOT:
            return None
        name = ""
        while True:
            page = self._kept[name]
            slot = slot_of(key, page.depth)
            if not page.is_page(slot):
                leaf = page.list_at(slot)
                return leaf if leaf is not None and leaf.key == key else None
            name = page.below(slot)

    def _look(self, node: tuple[Page, int]) -> Leaf | Inner[tuple[Page, int]]:
        """Return what a place of a page's ``hashes`` is."""
        page, place = node
        while True:
            while place < SLOTS:
                left, right = page.hashes[2 * place : 2 * place + 2]
                if left and right:
                    children = ((page, 2 * place), (page, 2 * place + 1))
                    length, prefix = page.node_prefix(place)
                    return Inner(length, prefix, children, (left, right))
                place = 2 * place if left else 2 * place + 1
            leaf = page.list_at(place - SLOTS)
            if leaf is not None:
                return leaf
            page, place = self._kept[page.below(place - SLOTS)], 1

    # ------------------------------------------------------------------ growing

    def _new_page(self, name: str) -> Page:
        page = Page(name)
        self._keep(page)
        return page

    def _grow(
        self,
        page: Page,
        more: Mapping[bytes, Sequence[int]],
        keys: Sequence[bytes],
        start: int,
        end: int,
    ) -> bytes:
        """Put more indices behind the lists that lead into a page; return its hash.

        Args:
            page: Where to put them.
            more: The indices by key.
            keys: The keys, sorted.
            start: The first of those that lead into this page.
            end: The first of those that do not any more.
        """
        grown: list[int] = []
        for slot, first, last in page.ranges(keys, start, end):
            grown.append(slot)
            if page.is_page(slot):
                child = self._kept[page.below(slot)]
                page.put_page(slot, self._grow(child, more, keys, first, last))
                continue
            leaf, key = page.list_at(slot), keys[first]
            if last - first == 1 and (leaf is None or leaf.key == key):
                page.put_list(slot, _longer(leaf, key, more[key]))
                continue
            child = self._new_page(page.below(slot))
            if leaf is not None:
                moved = slot_of(leaf.key, child.depth)
                child.put_list(moved, leaf)
                child.settle([moved])
            page.put_page(slot, self._grow(child, more, keys, first, last))
        page.settle(grown)
        self._changed[page.name] = page
        return page.hash


def _look_at(
    page: Page, slot: int | None, below: dict[str, tuple[bytes, int, int]]
) -> None:
    """Have the page below a place read, though no key leads into it."""
    if slot is not None:
        node = page.hashes[SLOTS + slot]
        below.setdefault(page.below(slot), (node, 0, 0))


def _longer(leaf: Leaf | None, key: bytes, indices: Sequence[int]) -> Leaf:
    count, chain = (0, list_start(key)) if leaf is None else (leaf.count, leaf.chain)
    for index in indices:
        chain = list_next(chain, index)
    return Leaf(key, count + len(indices), chain)
