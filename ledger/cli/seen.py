"""Compare a ledger with the newest checkpoint that this machine has verified before."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.cli.ledgers import Row
from ledger.errors import EvidenceError, SplitViewError, StaleError, StoreError
from ledger.evidence import ProofHashes, SplitView, split_view
from ledger.merkle import Frontier, leaf_hash, verify_consistency
from ledger.note import parse_note
from ledger.passport import LabelProof, Passport
from ledger.pins import Pins


class Comparison:
    """A checkpoint, and the one seen before if there is one."""

    def __init__(self, note: bytes, seen_note: bytes | None) -> None:
        """Remember both; neither is judged here."""
        self._note = note
        self._seen_note = seen_note
        self._now = _checkpoint(note)
        self._seen = None if seen_note is None else _checkpoint(seen_note)
        self._root_then: bytes | None = None
        self._hashes: ProofHashes | None = None
        self._proven: LabelProof | None = None

    def take_proof(self, given: LabelProof | None) -> None:
        """Take what a ledger proves of its tree at some size, if that was seen.

        Args:
            given: Root and proof; None if it gives none.

        Raises:
            VerificationError: It does not prove that.
        """
        if self._seen is None or given is None or given.size != self._seen.size:
            return
        verify_consistency(
            old_size=given.size,
            new_size=self._now.size,
            old_root=given.root,
            new_root=self._now.root,
            proof=given.proof,
        )
        self._root_then, self._proven = given.root, given

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
        self._look(frontier)
        for row in rows:
            if self._seen is not None and frontier.size < self._seen.size:
                frontier.append(leaf_hash(row[1]))
                self._look(frontier)
            elif self._hashes is not None:
                self._hashes.append(leaf_hash(row[1]))
            yield row

    def _look(self, frontier: Frontier) -> None:
        """Keep the root if this is the size that was seen."""
        if self._seen is None or frontier.size != self._seen.size:
            return
        self._root_then = frontier.root()
        is_longer = self._now.size > self._seen.size
        if self._root_then != self._seen.root and is_longer:
            # The rest of the tree is what proves it, and is read only once: whoever
            # lies may give something else the next time.
            self._hashes = ProofHashes(
                self._seen.size, self._now.size, frontier.hashes, frontier.size
            )

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

    def evidence(self) -> SplitView:
        """Return what shows others that the two exclude each other.

        Raises:
            EvidenceError: They do not, or too little was read to show it.
        """
        if self._seen_note is None:
            raise EvidenceError("evidence: nothing was seen before")
        if self._proven is not None and self._proven.size < self._now.size:
            given = self._proven
            return SplitView(self._seen_note, self._note, given.root, given.proof)
        hashes = self._hashes or ProofHashes(0, 0)
        return split_view(self._seen_note, self._note, hashes.read)


def check_continues(comparison: Comparison, pins: Pins, origin: str) -> None:
    """Check that what is here continues what was seen; if not, keep the evidence.

    Args:
        comparison: Of the two.
        pins: Where evidence is kept.
        origin: The ledger.

    Raises:
        SplitViewError: The two exclude each other; it is told where the evidence is.
        StaleError: This one is older.
    """
    try:
        comparison.check()
    except SplitViewError as error:
        try:
            file = pins.keep_split_view(origin, comparison.evidence().to_bytes())
        except (EvidenceError, StoreError) as trouble:
            # The bad news is the split view, whatever becomes of the evidence.
            error.add_note(f"no evidence was kept: {trouble}")
        else:
            error.add_note(f"the evidence is in {file}; caravan verify explains it")
        raise


def compare_passport(passport: Passport, pins: Pins, origin: str) -> None:
    """Check that a passport's ledger continues what was seen here, as far as it shows.

    Raises:
        SplitViewError: It does not; it is told where the evidence is.
        VerificationError: What it gives to show that is false.
    """
    comparison = Comparison(passport.checkpoint, pins.checkpoint(origin))
    comparison.take_proof(passport.label)
    # A passport is a document of its day: an older one is no lie.
    with suppress(StaleError):
        check_continues(comparison, pins, origin)


def _checkpoint(note: bytes) -> Checkpoint:
    return parse_checkpoint(parse_note(note).text)
