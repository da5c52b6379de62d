"""What one statement about goods tells, for whatever sums up many of them.

A server makes accounts from a passport as it reads it, a script from what it has
verified, so both sum up the same. ``scanner_web/verify/account.js`` is the twin.
"""

from dataclasses import dataclass
from functools import cached_property

from ledger.event import Event
from ledger.flags import Flag
from ledger.measured import Report, reports_of


@dataclass(frozen=True)
class Account:
    """What one statement about members of a closure tells.

    Attributes:
        index: Where the statement is.
        event: What was signed.
        parties: Of the signers, the issuer's first.
        about: The members that it is about, in the order of the members.
        log_time: The time of its closing seal; empty if not known.
        flags: What is odd about it.
        signers: How many keys signed it.
        is_apart: Nobody who signed it has a say about any of these members.
        declared_by: The statement that takes it back as an error; None if none does.
    """

    index: int
    event: Event
    parties: tuple[str, ...]
    about: tuple[str, ...]
    log_time: str
    flags: tuple[Flag, ...]
    signers: int
    is_apart: bool
    declared_by: int | None

    @cached_property
    def reports(self) -> tuple[Report, ...]:
        """Return what was measured: read once, since every block asks for it."""
        return reports_of(self.event)

    @property
    def counts(self) -> bool:
        """Tell whether it enters sums: it is not apart, taken back or a taking back."""
        return not (
            self.is_apart
            or self.declared_by is not None
            or self.event.is_error_declaration
        )
