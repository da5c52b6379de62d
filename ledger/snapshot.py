"""The log at one checkpoint, read from the store alone, whoever writes meanwhile.

Entries never change and lists only grow, so whatever is read below a size belongs to
that size. The pages of the index are replaced, and what they were is kept only for the
checkpoint that is proved under: both are read in one transaction.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from ledger.completeness import list_next, list_start, subject_key
from ledger.encoding import Json
from ledger.errors import MalformedError, NotFoundError, StoreError
from ledger.pagedindex import PagedIndex
from ledger.published import Signed
from ledger.seal import parse_seal
from ledger.sqlstore import SqlStore


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A checkpoint, and the index under its last seal.

    For one thread, and as long as the block runs that it came from.

    Attributes:
        size: The size that the checkpoint signs.
        checkpoint: A signed note.
        index: The lists' hashes, read as needed.
    """

    size: int
    checkpoint: bytes
    index: PagedIndex
    _store: SqlStore

    def prove_lists(
        self, names: Iterable[str]
    ) -> tuple[dict[str, tuple[int, ...]], list[Json]]:
        """Return the lists of some names, and their one proof, as a passport has them.

        Args:
            names: At least one; each counts once. The lists are in their order, and
                empty where there is none.

        Raises:
            ValueError: There is no name.
            StoreError: The index cannot be read, or does not fit the lists.
        """
        wanted = dict.fromkeys(names)
        if not wanted:
            raise ValueError("names: want at least one")
        stored = self._store.listings_of(wanted, self.size)
        lists = {name: stored[name] for name in wanted}
        for name, leaf in self.index.lists(wanted).items():
            chain = list_start(subject_key(self.index.origin, name))
            for index in lists[name]:
                chain = list_next(chain, index)
            want = (0, None) if leaf is None else (leaf.count, leaf.chain)
            if want != (len(lists[name]), chain if lists[name] else None):
                # A proof of another list would be refused by whoever reads it.
                raise StoreError(
                    f"database: the list of {name} is not that of the index"
                )
        return lists, self.index.prove(wanted)


Choose = Callable[[SqlStore, Signed], Signed]
"""Chooses the checkpoint to prove under; it gets the newest signed one."""


def newest(_store: SqlStore, head: Signed) -> Signed:
    """Choose the newest checkpoint that the ledger has signed."""
    return head


@contextmanager
def take_snapshot(store: SqlStore, choose: Choose = newest) -> Iterator[Snapshot]:
    """Give the log as of a checkpoint, for as long as the block runs.

    Keep it short: what others write meanwhile piles up beside the database.

    Args:
        store: Where it is.
        choose: Which one; as of any that was published, or the newest.

    Raises:
        NotFoundError: The log is empty.
        StoreError: The store cannot be read, or its last seal is damaged.
    """
    with store.snapshot() as reader:
        signed = reader.newest_signed()
        if signed is None:
            raise NotFoundError("checkpoint: the log is empty")
        chosen = choose(reader, Signed(*signed))
        size, checkpoint = chosen.size, chosen.note or b""
        try:
            seal = parse_seal(reader.entries_at([size - 1])[size - 1])
        except (NotFoundError, MalformedError) as error:
            raise StoreError(f"database: {error}") from error
        read = partial(reader.index_pages, size=size)
        index = PagedIndex(reader.origin, read, root=seal.index_root)
        yield Snapshot(size, checkpoint, index, reader)
