"""Receipts in a folder: kept as they are posted, exchanged for witnessed ones later.

A receipt is *signed* by the ledger alone at first. Once witnesses have cosigned a
checkpoint that includes its statement, a receipt under that one is *witnessed*, and
takes its place: it proves the same to people who do not believe the ledger. What the
server sends takes nothing's place before it was verified with the statement itself,
and before its checkpoint was seen to be of the same history: a receipt is what shows
that a ledger had another one.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Final

from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.client import LedgerClient, Posted
from ledger.errors import (
    LedgerError,
    MalformedError,
    SplitViewError,
    StoreError,
    VerificationError,
)
from ledger.evidence import split_view
from ledger.merkle import (
    HashReader,
    consistency_proof,
    leaf_hash,
    root_hash,
    verify_consistency,
)
from ledger.note import parse_note
from ledger.policy import Policy, is_quorum, parse_policy, read_cosignatures
from ledger.reader import ReceiptState
from ledger.receipt import Receipt, parse_receipt, verify_receipt
from ledger.tile import TILE_HEIGHT, TILE_WIDTH, split_tile, tile_width

_SUFFIX: Final = ".receipt"


def keep_receipt(folder: Path, posted: Posted, note: bytes) -> Path:
    """Write a receipt that has its statement with it; return the file.

    One of the same statement that is there already stays: it may be witnessed. One of
    another statement at the same index stays too: a ledger that gave both has two
    histories, or it is another ledger's.

    Raises:
        ReceiptFormatError: The server's receipt is none.
        StoreError: The file cannot be written.
    """
    file = folder / f"{posted.index}{_SUFFIX}"
    receipt = replace(parse_receipt(posted.receipt), extra=note)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept = dict(_receipts_in(folder, file.name)).get(file)
        if kept is not None and kept.extra != note:
            leaf = leaf_hash(note).hex()
            file = folder / f"{posted.index}-{leaf[:16]}{_SUFFIX}"
            kept = dict(_receipts_in(folder, file.name)).get(file)
        if kept is None:
            _write(file, receipt)
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror}") from error
    return file


def refresh_receipts(folder: Path, client: LedgerClient) -> Counter[ReceiptState]:
    """Exchange receipts that are only signed for witnessed ones, if there are.

    So are those under a ledger key that the policy does not name any more.

    Args:
        folder: Where receipts were kept; what is no receipt of ours is left alone.
        client: The ledger that gave them.

    Returns:
        How many there are of each state now.

    Raises:
        StoreError: No connection, or a file cannot be written.
        SplitViewError: A receipt and what the ledger gives for it are of two histories;
            the evidence is in the folder.
        PolicyError: The policy that the server suggests is none.
    """
    policy = parse_policy(client.policy())
    tree_of = cache(partial(_tree_of, client))
    counts: Counter[ReceiptState] = Counter()
    for file, receipt in _receipts_in(folder):
        state = state_of(receipt, policy)
        is_known = _is_signed_by_keys_of(policy, receipt)
        if not is_known or (state == "signed" and policy.quorum is not None):
            newer = _newer(receipt, client, policy, tree_of, folder)
            better = newer is not None and state_of(newer, policy) == "witnessed"
            if newer is not None and (better or not is_known):
                receipt, state = newer, state_of(newer, policy)
                try:
                    _write(file, receipt)
                except OSError as error:
                    raise StoreError(f"{file}: {error.strerror}") from error
        counts[state] += 1
    return counts


def state_of(receipt: Receipt, policy: Policy) -> ReceiptState:
    """Return how far a receipt goes by a policy; who sent the policy, it cannot say."""
    try:
        cosigned = read_cosignatures(policy, parse_note(receipt.checkpoint))
    except LedgerError:
        return "signed"
    has_quorum = policy.quorum is not None and is_quorum(policy, tuple(cosigned.times))
    return "witnessed" if has_quorum else "signed"


def _newer(
    receipt: Receipt,
    client: LedgerClient,
    policy: Policy,
    tree_of: Callable[[int], HashReader],
    folder: Path,
) -> Receipt | None:
    """Return the newest receipt of the same statement, once it is verified.

    The ledger key may have been changed since; that both are of one history is what
    ties the new key to the old receipt.

    Raises:
        SplitViewError: The two are of two histories.
        StoreError: No connection, or the evidence cannot be written.
    """
    entry = receipt.extra or b""
    try:
        newer = parse_receipt(client.receipt(receipt.index))
        origin = receipt.checkpoint.decode().partition("\n")[0]
        log_keys = policy.log(origin)
        verify_receipt(newer, entry, origin=origin, log_keys=log_keys)
        old, new = (
            parse_checkpoint(parse_note(note).text)
            for note in (receipt.checkpoint, newer.checkpoint)
        )
        read = tree_of(max(old.size, new.size))
        if not _are_of_one_history(old, new, read):
            raise _contradiction(receipt.checkpoint, newer.checkpoint, read, folder)
    except (StoreError, SplitViewError):
        raise
    except LedgerError:
        # What it proves stays proved by the one that is kept.
        return None
    return replace(newer, extra=entry) if newer.index == receipt.index else None


def _is_signed_by_keys_of(policy: Policy, receipt: Receipt) -> bool:
    try:
        origin = receipt.checkpoint.decode().partition("\n")[0]
        open_checkpoint(receipt.checkpoint, origin=origin, log_keys=policy.log(origin))
    except (LedgerError, UnicodeDecodeError):
        return False
    return True


def _tree_of(client: LedgerClient, size: int) -> HashReader:
    """Return a reader of a ledger's tree, as it is served; nothing is believed."""

    @cache
    def tile(level: int, number: int) -> tuple[bytes, ...]:
        width = tile_width(level, number, size)
        return split_tile(client.tile(level, number, width), width)

    def read(level: int, index: int) -> bytes:
        above, within = divmod(level, TILE_HEIGHT)
        number, start = divmod(index << within, TILE_WIDTH)
        return root_hash(tile(above, number)[start : start + (1 << within)])

    return read


def _are_of_one_history(one: Checkpoint, other: Checkpoint, read: HashReader) -> bool:
    older, newer = sorted((one, other), key=lambda each: each.size)
    proof = consistency_proof(older.size, newer.size, read)
    try:
        verify_consistency(
            old_size=older.size,
            new_size=newer.size,
            old_root=older.root,
            new_root=newer.root,
            proof=proof,
        )
    except VerificationError:
        return False
    return True


def _contradiction(
    old: bytes, new: bytes, read: HashReader, folder: Path
) -> SplitViewError:
    """Return what is said of two checkpoints that exclude each other; keep them.

    Raises:
        EvidenceError: The tree that is served is that of neither: nothing is shown.
        StoreError: The evidence cannot be written.
    """
    document = split_view(old, new, read).to_bytes()
    file = folder / f"split-view-{hashlib.sha256(document).hexdigest()[:16]}.json"
    try:
        file.write_bytes(document)
    except OSError as trouble:
        raise StoreError(f"{file}: {trouble.strerror}") from trouble
    error = SplitViewError(
        "receipt: of another history than the one that the ledger gives for it now",
        first=old,
        second=new,
    )
    error.add_note(f"the evidence is in {file}; caravan verify explains it")
    return error


def _receipts_in(
    folder: Path, pattern: str = f"*{_SUFFIX}"
) -> Iterator[tuple[Path, Receipt]]:
    for file in sorted(folder.glob(pattern)):
        try:
            receipt = parse_receipt(file.read_bytes())
        except (OSError, MalformedError):
            continue
        if receipt.extra is not None:
            yield file, receipt


def _write(file: Path, receipt: Receipt) -> None:
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.write_bytes(receipt.to_bytes())
    # Never half a receipt, whatever happens.
    fresh.replace(file)
