"""What is checked before a checkpoint is signed: that the database holds what it signs.

A signature over entries that are not there, or over another history than the one that
was given out, cannot be taken back. So what was written is read back over another
connection and hashed again, and what was given out before is looked up in a file of its
own (``givenout``). Neither finds out whoever changes both on purpose.
"""

from collections.abc import Sequence

from ledger.checkpoint import open_checkpoint
from ledger.edge import Edge
from ledger.errors import (
    ChainBrokenError,
    GivenOutError,
    IncompleteError,
    LedgerError,
    ReadBackError,
    RootMismatchError,
    VerificationError,
)
from ledger.givenout import GivenOut
from ledger.merkle import Frontier, leaf_hash, tree_root
from ledger.note import VerifierKey
from ledger.seal import chain_next, chain_start
from ledger.sqlstore import Group, SqlStore


def check_written(store: SqlStore, group: Group, *, chain: bytes) -> None:
    """Read a group back, as the database has it by now, and hash it again.

    Args:
        store: Where it was written.
        group: What was written; its own chain heads were computed when it was judged.
        chain: The chain head before it.

    Raises:
        ReadBackError: Something else is there. It must not be signed.
        StoreError: It cannot be read.
    """
    start, end = group.entries[0][0], group.seal[0] + 1
    try:
        with store.read_back() as stored:
            head, _ = _rehash(stored, start, end, chain)
            tiles = [(*tile[:2], stored.tile(*tile[:2])) for tile in group.tiles]
    except ChainBrokenError as error:
        raise ReadBackError(f"database: read back: {error}") from error
    if head != group.entries[-1][2]:
        raise ReadBackError(f"database: read back: entries from {start} on differ")
    if tiles != list(group.tiles):
        raise ReadBackError(f"database: read back: a tile before {end} differs")


def check_unsigned(store: SqlStore, edge: Edge, *, start: int, end: int) -> None:
    """Hash the entries again that a crash left without a checkpoint.

    Args:
        store: Where they are.
        edge: The tree as its stored tiles have it.
        start: How many entries are signed.
        end: How many there are.

    Raises:
        ChainBrokenError: They are not those that their seals closed.
        RootMismatchError: The tiles are not those of the entries.
    """
    before = [chain for _, _, chain in store.entries(start - 1, start)]
    chain = before[0] if before else chain_start(store.origin)
    frontier = Frontier.from_hashes(start, edge.peaks(start))
    _, leaves = _rehash(store, start, end, chain)
    for leaf in leaves:
        frontier.append(leaf)
    if frontier.root() != tree_root(end, edge.read):
        raise RootMismatchError(f"database: a tile before {end} is damaged")


def check_signed(
    note: bytes, edge: Edge, *, size: int, origin: str, log_keys: Sequence[VerifierKey]
) -> int:
    """Return the size that a checkpoint signs, once the tree is seen to have its root.

    Args:
        note: The checkpoint.
        edge: The tree.
        size: How many entries there are.
        origin: The ledger's name.
        log_keys: The ledger's keys.

    Raises:
        VerificationError: It is not a checkpoint of this ledger, or not of these
            entries.
        MalformedError: It is no checkpoint.
    """
    checkpoint = open_checkpoint(note, origin=origin, log_keys=log_keys).checkpoint
    if checkpoint.size > size:
        raise IncompleteError(
            f"database: holds {size} entries, but {checkpoint.size} were signed; "
            "an old backup must not be appended to"
        )
    if tree_root(checkpoint.size, edge.read) != checkpoint.root:
        raise RootMismatchError(
            f"database: its first {checkpoint.size} entries are not those signed"
        )
    return checkpoint.size


def check_given_out(
    given_out: GivenOut,
    edge: Edge,
    *,
    size: int,
    origin: str,
    log_keys: Sequence[VerifierKey],
) -> int:
    """Refuse a database that does not hold what the newest checkpoint given out signs.

    Args:
        given_out: Where that checkpoint is kept. Where nothing was kept yet, there is
            nothing to compare.
        edge: The tree.
        size: How many entries there are.
        origin: The ledger's name.
        log_keys: The ledger's keys.

    Returns:
        The size that was given out; 0 where nothing was kept yet.

    Raises:
        GivenOutError: The database is older, or has another history; or nothing that
            is kept can be believed.
        StoreError: The file cannot be read.
    """
    notes = given_out.read()
    believed: list[tuple[int, bytes]] = []
    for note in notes:
        try:
            opened = open_checkpoint(note, origin=origin, log_keys=log_keys)
        except LedgerError:
            # A power cut while this place was written; the other one has what was
            # given out last.
            continue
        believed.append((opened.checkpoint.size, note))
    if not believed:
        if notes:
            raise GivenOutError(
                f"{given_out.path}: damaged, or of another ledger than {origin}"
            )
        return 0
    known, newest = max(believed)
    try:
        # Both were given out; the one before may be of another history, too.
        for _, note in believed:
            check_signed(note, edge, size=size, origin=origin, log_keys=log_keys)
    except VerificationError as error:
        raise GivenOutError(
            f"{error} (the newest checkpoint given out is in {given_out.path})"
        ) from error
    given_out.keep(newest)
    return known


def _rehash(
    store: SqlStore, start: int, end: int, chain: bytes
) -> tuple[bytes, list[bytes]]:
    """Return chain head and leaf hashes of the entries in ``[start, end)``."""
    leaves: list[bytes] = []
    for index, entry, stored in store.entries(start, end):
        if index != start + len(leaves):
            break
        leaf = leaf_hash(entry)
        chain = chain_next(chain, leaf)
        if chain != stored:
            raise ChainBrokenError(f"entry {index}: is not what was judged")
        leaves.append(leaf)
    if len(leaves) != end - start:
        raise ChainBrokenError(f"entry {start + len(leaves)}: missing")
    return chain, leaves
