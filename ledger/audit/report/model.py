"""What the report of an audit has; in no language, which is a matter of writing it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ledger.audit.finding import SEVERITIES, Finding
from ledger.audit.report.charts.balance import Balance
from ledger.audit.report.charts.growth import Growth
from ledger.audit.report.charts.journey import Journey
from ledger.audit.report.charts.yields import Yields
from ledger.audit.report.sample import Sample
from ledger.audit.rule import FAMILIES, Rule
from ledger.errors import EventError, MalformedError
from ledger.event import parse_instant
from ledger.template import Name, Template
from ledger.trust import PolicySource

MOST_NOTES: Final = 256 * 1024
"""Bytes of the auditor's notes."""
_NEVER: Final = 2**63


@dataclass(frozen=True, slots=True)
class WitnessSeen:
    """A witness that vouches for the ledger that was audited.

    Attributes:
        name: Its name.
        time: When, by its own clock; empty if it is not known.
        is_replaying: Whether it has recomputed the whole ledger, or has seen the
            checkpoint only.
    """

    name: str
    time: str
    is_replaying: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """What was audited.

    Attributes:
        origin: The ledger's name.
        source: Where it was read from, as it was given.
        tree_size: Number of its entries.
        root: Its root hash in hex.
        seal_time: When its last group was sealed.
        failure: Why it is not verified, the first reason; empty if it is.
        policy_source: Whose policy it was verified by.
        policy_fingerprint: Of that policy.
        witnesses: Who vouches for it besides itself.
        entries: How many entries were read.
        events: How many of them are events.
        things: How many things they are about.
        periods: How many places were looked at, each month counted by itself.
        first: The first day that is told of; empty for none.
        last: The last one.
    """

    origin: str
    source: str
    tree_size: int
    root: str
    seal_time: str
    failure: str
    policy_source: PolicySource
    policy_fingerprint: str
    witnesses: tuple[WitnessSeen, ...]
    entries: int
    events: int
    things: int
    periods: int
    first: str = ""
    last: str = ""

    @property
    def is_verified(self) -> bool:
        """Tell whether the ledger was verified."""
        return not self.failure


@dataclass(frozen=True, slots=True)
class TemplateUsed:
    """A template whose expectations were used.

    Attributes:
        product: Its product.
        name: What people call that.
        edition: Of the template.
        is_verified: Whether somebody of the trade has checked all of it.
        notice: What is told wherever it is used; None if there is nothing.
        file: Name of the file.
        sha256: Of the file's bytes, in hex.
    """

    product: str
    name: Name
    edition: str
    is_verified: bool
    notice: Name | None
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RuleLooked:
    """A rule that was looked at.

    Attributes:
        rule: The rule.
        scopes: How many things, or places by the month, it was asked of.
    """

    rule: Rule
    scopes: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What is drawn, besides the findings."""

    balances: tuple[Balance, ...] = ()
    yields: tuple[Yields, ...] = ()
    growth: tuple[Growth, ...] = ()
    journeys: tuple[Journey, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditReport:
    """All that an audit says.

    Attributes:
        scope: What was audited.
        as_of: The time by which what is missing should have been there.
        templates: By product.
        looked: The rules; every finding's is among them.
        findings: The gravest first, then by family, time and id, however given.
        sample: What is to be looked at on the spot; None if none was drawn.
        notes: The auditor's own words; empty for none.
        figures: What is drawn.
    """

    scope: Scope
    as_of: str
    templates: tuple[TemplateUsed, ...]
    looked: tuple[RuleLooked, ...]
    findings: tuple[Finding, ...]
    sample: Sample | None = None
    notes: str = ""
    figures: Figures = field(default_factory=Figures)

    def __post_init__(self) -> None:
        """Put what is found in its order.

        Raises:
            ValueError: The rule of a finding is not among those looked at.
        """
        known = self.rules
        for finding in self.findings:
            if finding.rule_id not in known:
                raise ValueError(
                    f"rule: got {finding.rule_id}, which was not looked at"
                )
        object.__setattr__(self, "findings", ordered(self.findings, known))

    @property
    def rules(self) -> Mapping[str, Rule]:
        """Return the rules that were looked at by their ids."""
        return {each.rule.id: each.rule for each in self.looked}

    @property
    def notes_sha256(self) -> str:
        """Return the SHA-256 of the notes in hex; empty if there are none."""
        if not self.notes:
            return ""
        return hashlib.sha256(self.notes.encode()).hexdigest()


def ordered(
    findings: Iterable[Finding], rules: Mapping[str, Rule]
) -> tuple[Finding, ...]:
    """Return findings in their order: the gravest first, by family, time and id.

    Args:
        findings: In any order.
        rules: Theirs by id.
    """
    return tuple(sorted(findings, key=lambda each: _order(each, rules)))


def template_used(template: Template, *, data: bytes) -> TemplateUsed:
    """Return what a report says of a template.

    Args:
        template: The template.
        data: The bytes of its file.
    """
    return TemplateUsed(
        product=template.product,
        name=template.name,
        edition=template.edition,
        is_verified=template.verified,
        notice=template.notice,
        file=template.file,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def read_notes(data: bytes) -> str:
    """Return the auditor's notes.

    Raises:
        MalformedError: They are too large, or not UTF-8.

    >>> read_notes("看过两户。".encode())
    '看过两户。'
    """
    if len(data) > MOST_NOTES:
        raise MalformedError(f"notes: got {len(data)} bytes, want at most {MOST_NOTES}")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise MalformedError(f"notes: not UTF-8, from byte {error.start} on") from error


def _order(
    finding: Finding, rules: Mapping[str, Rule]
) -> tuple[int, int, int, str, tuple[int, ...]]:
    return (
        -SEVERITIES.index(finding.severity),
        FAMILIES.index(rules[finding.rule_id].family),
        _moment(finding.at),
        finding.id,
        finding.entries,
    )


def _moment(at: str) -> int:
    try:
        return parse_instant(at, "/eventTime")
    except EventError:
        return _NEVER
