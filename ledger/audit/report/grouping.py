"""Findings that are alike, told once: of one rule, as grave, and at one place."""

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.audit.finding import Finding


@dataclass(frozen=True, slots=True)
class Group:
    """Findings that are alike.

    Attributes:
        first: The one that is told in full.
        others: The others, in their order.
    """

    first: Finding
    others: tuple[Finding, ...]


def alike(findings: Iterable[Finding]) -> list[Group]:
    """Return findings in groups, in the order of each group's first."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        key = (finding.rule_id, finding.severity, finding.place)
        groups.setdefault(key, []).append(finding)
    return [Group(found[0], tuple(found[1:])) for found in groups.values()]
