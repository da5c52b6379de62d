"""How much one party may have logged: so much a day, at once or over time.

This is admission: a verifier does not ask. The time is that of the seals, so that it is
one clock. What was counted is forgotten when the process ends.
"""

from typing import Final

from ledger.errors import TooManyError

DAY_MS: Final = 24 * 60 * 60 * 1000
IMPORTER_FACTOR: Final = 10
"""A key that takes over a register states what many have recorded."""


class Quotas:
    """What each party has left; the sequencer's thread alone asks."""

    def __init__(self, per_day: int) -> None:
        """Begin with whole allowances.

        Args:
            per_day: Statements of one party; a tenth of those of an importer's keys.
        """
        self._per_day = per_day
        # When each allowance is whole again. Parties are admitted, so they are few.
        self._whole_at_ms: dict[tuple[str, bool], float] = {}
        # What they were before the statements that are not logged yet.
        self._before_ms: dict[tuple[str, bool], float] = {}

    def take(self, party: str, *, is_importer: bool, time_ms: int) -> None:
        """Count a statement that is about to be logged.

        Args:
            party: The issuer's.
            is_importer: Whether its key takes over a register.
            time_ms: Now, in milliseconds since 1970.

        Raises:
            TooManyError: The party's allowance is used up.

        >>> quotas = Quotas(per_day=2)
        >>> for _ in range(2): quotas.take("farm", is_importer=False, time_ms=0)
        >>> quotas.take("farm", is_importer=False, time_ms=0)
        Traceback (most recent call last):
        ledger.errors.TooManyError: farm: 2 statements a day are taken, ...
        """
        per_day = self._per_day * (IMPORTER_FACTOR if is_importer else 1)
        each_ms = DAY_MS / per_day
        at = (party, is_importer)
        before_ms = self._whole_at_ms.get(at, 0.0)
        whole_at_ms = max(before_ms, time_ms) + each_ms
        wait_ms = whole_at_ms - time_ms - DAY_MS
        # What binary fractions lose is no statement.
        if wait_ms > each_ms / 2:
            raise TooManyError(
                f"{party}: {per_day} statements a day are taken, and they are used up; "
                "post the rest again later",
                wait_seconds=int(wait_ms / 1000) + 1,
            )
        self._whole_at_ms[at] = whole_at_ms
        self._before_ms.setdefault(at, before_ms)

    def keep(self) -> None:
        """Hear that what was counted is logged."""
        self._before_ms.clear()

    def give_back(self) -> None:
        """Hear that what was counted since then may not be logged: it comes again."""
        self._whole_at_ms |= self._before_ms
        self._before_ms.clear()
