"""What is taken away from the verifier, one check at a time, to see a test turn red."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Removal:
    """One check, and the source without it.

    Attributes:
        step: Whose check it is.
        what: What is no longer checked.
        file: Below ``ledger`` or ``scanner_web``.
        old: Source that is there exactly once.
        new: What stands in its place.
    """

    step: int
    what: str
    file: str
    old: str
    new: str
