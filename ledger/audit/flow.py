"""Transformations: what went in, what came out, and what of it was told in error."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ledger.audit.lazy import lazy
from ledger.audit.record import Amount, Record


@dataclass(frozen=True)
class Flow:
    """A transformation: one event, or all that share a ``transformationID``."""

    records: tuple[Record, ...]

    @lazy
    def inputs(self) -> tuple[Amount, ...]:
        """Return what goes in."""
        return tuple(thing for r in self.records for thing in r.inputs)

    @lazy
    def outputs(self) -> tuple[Amount, ...]:
        """Return what comes out."""
        return tuple(thing for r in self.records for thing in r.outputs)

    @property
    def process(self) -> str:
        """Return what was done, in the word of the statement."""
        return next((r.process for r in self.records if r.process), "")

    @property
    def first(self) -> Record:
        """Return the record that was taken in first."""
        return self.records[0]

    @property
    def entries(self) -> tuple[int, ...]:
        """Return the entries that tell of it."""
        return tuple(r.index for r in self.records)

    @lazy
    def lost(self) -> Decimal | None:
        """Return the kilograms told as lost; None if one of them is no mass."""
        return total(loss.kilograms for r in self.records for loss in r.losses)


def settled(records: Iterable[Record]) -> list[Record]:
    """Return records without what was declared in error, and the declarations.

    A declaration is about the event of the same party with the same id; see
    ``goods.settle_errors``.
    """
    told = list(records)
    if not any(r.is_declaration for r in told):
        return told
    wrong = {(r.party, r.event_id) for r in told if r.is_declaration}
    return [
        r for r in told if not r.is_declaration and (r.party, r.event_id) not in wrong
    ]


def total(masses: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum of masses; None if one of them is not known.

    >>> total([Decimal(1), None]), total([])
    (None, Decimal('0'))
    """
    found = Decimal(0)
    for mass in masses:
        if mass is None:
            return None
        found += mass
    return found
