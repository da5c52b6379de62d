"""What a check is: it looks at one scope, and yields what does not add up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from ledger.audit.book import Period, Thing, ThingKind
from ledger.audit.finding import Finding
from ledger.audit.scope import ScopeKind

GOODS: Final[frozenset[ThingKind]] = frozenset({"goods", "lot", "item"})
"""What is weighed or counted."""
SINGLE: Final[frozenset[ThingKind]] = frozenset({"single"})
"""Animals, tags, devices and vessels."""
PARCELS: Final[frozenset[ThingKind]] = frozenset({"unit"})
THINGS: Final = GOODS | SINGLE | PARCELS | frozenset[ThingKind]({"serial"})
"""All but parties and places, which are things too when something is told of them."""


@dataclass(frozen=True, slots=True)
class ThingCheck:
    """A check of things.

    Attributes:
        rule_ids: The rules of its findings.
        look: Yields them; ``thing.book`` has whatever else it needs to read.
        of: Kinds of things that it is a matter of.
    """

    rule_ids: tuple[str, ...]
    look: Callable[[Thing], Iterator[Finding]]
    of: frozenset[ThingKind] = THINGS


@dataclass(frozen=True, slots=True)
class PeriodCheck:
    """A check of what happened in a month at a place, with a device or by a key.

    Attributes:
        kind: Which of these; of a document, all months.
        rule_ids: The rules of its findings.
        look: Yields them.
    """

    kind: ScopeKind
    rule_ids: tuple[str, ...]
    look: Callable[[Period], Iterator[Finding]]


Check = ThingCheck | PeriodCheck
