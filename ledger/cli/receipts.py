"""Receipts in a folder: kept as they are posted, exchanged for witnessed ones later.

A receipt is *signed* by the ledger alone at first. Once witnesses have cosigned a
checkpoint that includes its statement, a receipt under that one is *witnessed*, and
takes its place: it proves the same to people who do not believe the ledger. What the
server sends takes nothing's place before it was verified with the statement itself.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from ledger.client import LedgerClient, Posted
from ledger.errors import LedgerError, MalformedError, StoreError
from ledger.note import parse_note
from ledger.policy import Policy, is_quorum, parse_policy, read_cosignatures
from ledger.reader import ReceiptState
from ledger.receipt import Receipt, parse_receipt, verify_receipt

_SUFFIX: Final = ".receipt"


def keep_receipt(folder: Path, posted: Posted, note: bytes) -> Path:
    """Write a receipt that has its statement with it; return the file.

    One of the same statement that is there already stays: it may be witnessed.

    Raises:
        ReceiptFormatError: The server's receipt is none.
        StoreError: The file cannot be written.
    """
    file = folder / f"{posted.index}{_SUFFIX}"
    receipt = replace(parse_receipt(posted.receipt), extra=note)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kept = dict(_receipts_in(folder, file.name)).get(file)
        if kept is None or kept.extra != note:
            _write(file, receipt)
    except OSError as error:
        raise StoreError(f"{file}: {error.strerror}") from error
    return file


def refresh_receipts(folder: Path, client: LedgerClient) -> Counter[ReceiptState]:
    """Exchange receipts that are only signed for witnessed ones, if there are.

    Args:
        folder: Where receipts were kept; what is no receipt of ours is left alone.
        client: The ledger that gave them.

    Returns:
        How many there are of each state now.

    Raises:
        StoreError: No connection, or a file cannot be written.
        PolicyError: The policy that the server suggests is none.
    """
    policy = parse_policy(client.policy())
    counts: Counter[ReceiptState] = Counter()
    for file, receipt in _receipts_in(folder):
        state = state_of(receipt, policy)
        if state == "signed" and policy.quorum is not None:
            newer = _newer(receipt, client, policy)
            if newer is not None:
                receipt, state = newer, "witnessed"
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


def _newer(receipt: Receipt, client: LedgerClient, policy: Policy) -> Receipt | None:
    """Return a witnessed receipt of the same statement, once it is verified."""
    entry = receipt.extra or b""
    try:
        newer = parse_receipt(client.receipt(receipt.index))
        origin = receipt.checkpoint.decode().partition("\n")[0]
        verify_receipt(newer, entry, origin=origin, log_keys=policy.log(origin))
    except StoreError:
        raise
    except LedgerError:
        # What it proves stays proved by the one that is kept.
        return None
    if newer.index != receipt.index or state_of(newer, policy) == "signed":
        return None
    return replace(newer, extra=entry)


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
