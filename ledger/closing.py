"""Closing seals: when a statement was logged.

Pure functions; ``scanner_web/verify/closing.js`` is the twin for the browser.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import pairwise

from ledger.errors import SealMismatchError
from ledger.replay import JudgedStatement
from ledger.seal import Seal, verify_not_expired
from ledger.trust import located


def check_seal_order(seals: Sequence[Seal]) -> None:
    """Check that the seals given could stand in one ledger.

    Args:
        seals: By ascending index.

    Raises:
        SealMismatchError: One follows a seal before the last one given, or is earlier.
    """
    for before, seal in pairwise(seals):
        if seal.previous is None or seal.previous < before.index:
            raise located(
                seal.index,
                SealMismatchError(
                    f"previous seal: got {seal.previous}, want {before.index} or later"
                ),
            )
        if seal.time_ms < before.time_ms:
            raise located(
                seal.index,
                SealMismatchError(
                    f"seal time: got {seal.time}, want {before.time} or later"
                ),
            )


def closing_seals(
    judged: Iterable[JudgedStatement],
    *,
    seals: Sequence[Seal],
    needed: Collection[int],
    until_of: Callable[[JudgedStatement], int | None],
) -> dict[int, Seal]:
    """Return the closing seals that are given, by the index of the statement.

    Args:
        judged: The statements given.
        seals: The seals given, in order.
        needed: Indices of the statements whose log time is asked for.
        until_of: When the first of a statement's keys ends; None if none does.

    Raises:
        SealMismatchError: The closing seal of a statement that is needed, or of one by
            a key that ends, is not given; or the key had ended by then.
    """
    closing: dict[int, Seal] = {}
    for statement in judged:
        index = statement.index
        seal = _closing_seal(index, seals)
        until_ms = until_of(statement)
        if seal is not None:
            closing[index] = seal
            try:
                verify_not_expired(seal, until_ms)
            except SealMismatchError as error:
                raise located(index, error) from None
        elif until_ms is not None or index in needed:
            raise located(index, SealMismatchError("closing seal: not given"))
    return closing


def _closing_seal(index: int, seals: Sequence[Seal]) -> Seal | None:
    place = bisect_right(seals, index, key=lambda seal: seal.index)
    later = seals[place] if place < len(seals) else None
    if later is None or (later.previous is not None and later.previous > index):
        return None
    if later.previous == index:
        raise located(
            later.index,
            SealMismatchError(f"previous seal: {index} is a statement"),
        )
    return later
