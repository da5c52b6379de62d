"""Compare a ledger with the newest checkpoint that this machine has verified before."""

from collections.abc import Iterable, Iterator, Sequence

from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.cli.ledgers import Row
from ledger.errors import SplitViewError, StaleError
from ledger.merkle import Frontier, leaf_hash
from ledger.note import parse_note


class Comparison:
    """A checkpoint, and the one seen before if there is one."""

    def __init__(self, note: bytes, seen_note: bytes | None) -> None:
        """Remember both; neither is judged here."""
        self._note = note
        self._seen_note = seen_note
        self._now = _checkpoint(note)
        self._seen = None if seen_note is None else _checkpoint(seen_note)
        self._root_then: bytes | None = None

    def watch(
        self, rows: Iterable[Row], peaks: Sequence[bytes] = (), size: int = 0
    ) -> Iterator[Row]:
        """Pass the entries on, and keep the root at the size that was seen.

        Args:
            rows: The entries that follow.
            peaks: The tree over those before them, its complete subtrees.
            size: How many those are; not more than was seen.
        """
        frontier = Frontier.from_hashes(size, peaks)
        if self._seen is not None and size == self._seen.size:
            self._root_then = frontier.root()
        for row in rows:
            if self._seen is not None and frontier.size < self._seen.size:
                frontier.append(leaf_hash(row[1]))
                if frontier.size == self._seen.size:
                    self._root_then = frontier.root()
            yield row

    def check(self) -> None:
        """Check that what is here continues what was seen.

        Raises:
            SplitViewError: The two exclude each other.
            StaleError: This one is older.
        """
        if self._seen is None or self._seen_note is None:
            return
        root = self._root_then
        if self._seen.size == self._now.size:
            root = self._now.root
        if root is not None and root != self._seen.root:
            raise SplitViewError(
                f"root at size {self._seen.size}: got {root.hex()}, "
                f"seen before {self._seen.root.hex()}",
                first=self._seen_note,
                second=self._note,
            )
        if self._seen.size > self._now.size:
            raise StaleError(
                f"tree size: got {self._now.size}, seen before {self._seen.size}"
            )


def _checkpoint(note: bytes) -> Checkpoint:
    return parse_checkpoint(parse_note(note).text)
