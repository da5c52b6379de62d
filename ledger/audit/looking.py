"""Looking at one scope: every check of its kind, and what came of them."""

from collections.abc import Mapping
from typing import Final, get_args

import msgspec

from ledger.audit import (
    animals,
    codes,
    custody,
    devices,
    mass,
    origin,
    parcels,
    plausibility,
    tests,
    time,
)
from ledger.audit.book import Book, ThingKind
from ledger.audit.check import Check, PeriodCheck, ThingCheck
from ledger.audit.finding import Finding
from ledger.audit.scope import KINDS, Scope, ScopeKind

CHECKS: Final[tuple[Check, ...]] = (
    *mass.CHECKS,
    *origin.CHECKS,
    *plausibility.CHECKS,
    *time.CHECKS,
    *custody.CHECKS,
    *tests.CHECKS,
    *devices.CHECKS,
    *animals.CHECKS,
    *codes.CHECKS,
    *parcels.CHECKS,
)
_THING_CHECKS: Final[Mapping[ThingKind, tuple[ThingCheck, ...]]] = {
    kind: tuple(c for c in CHECKS if isinstance(c, ThingCheck) and kind in c.of)
    for kind in get_args(ThingKind)
}
_PERIOD_CHECKS: Final[Mapping[ScopeKind, tuple[PeriodCheck, ...]]] = {
    kind: tuple(c for c in CHECKS if isinstance(c, PeriodCheck) and kind == c.kind)
    for kind in KINDS
}


class Looked(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What was found of a scope.

    Attributes:
        number: Of the scope.
        findings: In the order of their checks.
        read: Numbers of the scopes that the checks have read.
        added: Scopes that they have read and that have no number yet.
        again_us: When it is to be looked at again; None if only when something is new.
        products: Met since the last one.
    """

    number: int
    findings: tuple[Finding, ...]
    read: tuple[int, ...]
    added: tuple[Scope, ...] = ()
    again_us: int | None = None
    products: tuple[str, ...] = ()


def look_at(book: Book, number: int, scope: Scope) -> Looked:
    """Return what all checks find of a scope.

    Args:
        book: What they read.
        number: Of the scope.
        scope: The scope.
    """
    book.read, book.again_us = set(), None
    findings: list[Finding] = []
    if scope.kind == "thing":
        thing = book.thing(scope.name)
        for each in _THING_CHECKS[thing.kind]:
            findings += each.look(thing)
    else:
        period = book.period(scope.kind, scope.name, scope.month)
        for check in _PERIOD_CHECKS[scope.kind]:
            findings += check.look(period)
    return Looked(number, tuple(findings), tuple(book.read), (), book.again_us)
