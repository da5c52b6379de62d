"""Checks of this family."""

from typing import Final

from ledger.audit.check import Check

CHECKS: Final[tuple[Check, ...]] = ()
