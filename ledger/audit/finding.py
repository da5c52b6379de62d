"""A finding: one thing that does not add up, and the entries that show it."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, Literal

import msgspec

from ledger.audit.record import Record
from ledger.audit.rule import Rule, rules
from ledger.template import Bound, Step, Template

Severity = Literal["notice", "warning", "critical"]
SEVERITIES: Final[tuple[Severity, ...]] = ("notice", "warning", "critical")
"""From the least on: worth knowing; to be explained; to be stopped or explained now."""


class Basis(msgspec.Struct, frozen=True, gc=False):
    """The expectation that a finding was judged by, as the template gives it.

    Attributes:
        product: The template's.
        edition: The template's.
        name: What in it: ``bound yield.day.animal``, ``step slip``, ``limit …``.
        expected: What it expects, with its unit; empty for a step.
        source: Who says so.
        grade: How good a source that is.
        is_verified: Whether somebody has compared it with its source.
    """

    product: str
    edition: str
    name: str
    expected: str
    source: str
    grade: str
    is_verified: bool


class Finding(msgspec.Struct, frozen=True, gc=False):
    """What an audit reports.

    Attributes:
        rule_id: Of the rule.
        severity: How grave it is.
        about: What it is about: identifiers, the main one first.
        entries: Indices of the entries that show it, in their order.
        values: What its message says, by blank; numbers and names as text.
        at: When it happened, as the entry that shows it best has it (``eventTime``);
            empty if it is about no time.
        place: Where, by that entry; may be empty.
        basis: What it was judged by; None if logic alone shows it.
        mark: Tells it from other findings of the rule about the same thing.
    """

    rule_id: str
    severity: Severity
    about: tuple[str, ...]
    entries: tuple[int, ...]
    values: dict[str, str]
    at: str = ""
    place: str = ""
    basis: Basis | None = None
    mark: str = ""

    @property
    def rule(self) -> Rule:
        """Return the rule."""
        return rules()[self.rule_id]

    @property
    def id(self) -> str:
        """Return its name, the same whenever the same thing is found again.

        It stays while the rule, what it is about and its mark stay: entries and values
        may change with what is recorded later.
        """
        said = "\n".join((self.rule_id, *self.about[:1], self.mark))
        return f"{self.rule_id}/{hashlib.sha256(said.encode()).hexdigest()[:12]}"


def is_at_least(severity: Severity, least: Severity) -> bool:
    """Tell whether something is as grave as that, or graver.

    >>> is_at_least("critical", "warning"), is_at_least("notice", "warning")
    (True, False)
    """
    return SEVERITIES.index(severity) >= SEVERITIES.index(least)


def basis_of(template: Template, bound: Bound) -> Basis:
    """Return what a finding says of the bound that it was judged by."""
    unit = f" {bound.unit}" if bound.unit else ""
    return Basis(
        template.product,
        template.edition,
        f"bound {bound.id}",
        f"{bound.expected}{unit}",
        bound.basis.source,
        bound.basis.grade,
        bound.basis.verified,
    )


def basis_of_step(template: Template, step: Step) -> Basis:
    """Return what a finding says of the step that it was judged by."""
    basis = step.basis
    return Basis(
        template.product,
        template.edition,
        f"step {step.id}",
        "",
        "" if basis is None else basis.source,
        "" if basis is None else basis.grade,
        basis is not None and basis.verified,
    )


def severity_of(bound: Bound, value: Decimal) -> Severity | None:
    """Return how grave a value is by its bound; None if it is within what warns.

    What is merely unusual is nothing to report: a herd has such a value every week.
    """
    match bound.outside(value):
        case "critical":
            return "critical"
        case "warn":
            return "warning"
        case _:
            return None


def finding_of(
    rule_id: str,
    severity: Severity,
    record: Record,
    *,
    about: Iterable[str],
    values: dict[str, str],
    entries: Iterable[int] = (),
    basis: Basis | None = None,
    mark: str = "",
) -> Finding:
    """Return a finding that a record shows best.

    Args:
        rule_id: Of the rule.
        severity: How grave it is.
        record: Gives time and place, and is among the entries.
        about: What it is about, the main thing first.
        values: For the blanks of the rule's message.
        entries: The other entries that show it.
        basis: What it was judged by.
        mark: Tells it from others of the rule about the same thing.
    """
    return Finding(
        rule_id,
        severity,
        tuple(dict.fromkeys(about)),
        tuple(sorted({record.index, *entries})),
        values,
        record.time,
        record.place,
        basis,
        mark,
    )


def shown(number: Decimal, places: int = 3) -> str:
    """Write a number with at most so many decimals, and no zeros at its end.

    >>> shown(Decimal("2.5004")), shown(Decimal("100"))
    ('2.5', '100')
    """
    rounded = f"{number:.{places}f}"
    return (rounded.rstrip("0").rstrip(".") if "." in rounded else rounded) or "0"
