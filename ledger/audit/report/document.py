"""A report as plain JSON, and the hash that it is known by.

A report is a list of JSON texts, each canonical and with a line feed: the report
itself, then each of its findings in their order. Its hash is the SHA-256 of these
bytes. The hash of the auditor's notes is a member of the first, so that notes and
findings belong together. No language is in it: the JSON Lines of :mod:`lines` are the
same texts, with two members more, ``words`` and ``report_hash``; without these their
SHA-256 is this hash. Neither are drawings in it, which show what entries say anyway.
"""

import hashlib
from collections import Counter
from dataclasses import asdict
from typing import Final

from ledger.audit.finding import SEVERITIES, Basis, Finding
from ledger.audit.report.model import AuditReport, RuleLooked, TemplateUsed
from ledger.audit.report.sample import Sample
from ledger.audit.rule import Rule
from ledger.encoding import Json, canonical

FORMAT: Final = "caravan-audit-report/1"


def report_hash(report: AuditReport) -> str:
    """Return the hash that a report is known by, in hex."""
    rules = report.rules
    digest = hashlib.sha256(canonical(report_document(report)) + b"\n")
    for finding in report.findings:
        document = finding_document(finding, rules[finding.rule_id])
        digest.update(canonical(document) + b"\n")
    return digest.hexdigest()


def report_document(report: AuditReport) -> dict[str, Json]:
    """Return a report without its findings, in no language."""
    found = Counter(finding.rule_id for finding in report.findings)
    graveness = Counter(finding.severity for finding in report.findings)
    scope = report.scope
    return {
        "as_of": report.as_of,
        "counts": {severity: graveness[severity] for severity in SEVERITIES},
        "format": FORMAT,
        "looked": [_looked(each, found[each.rule.id]) for each in report.looked],
        "notes_sha256": report.notes_sha256,
        "sample": None if report.sample is None else _sample(report.sample),
        "scope": {
            "days": {"first": scope.first, "last": scope.last},
            "entries": scope.entries,
            "events": scope.events,
            "failure": scope.failure,
            "origin": scope.origin,
            "periods": scope.periods,
            "policy_fingerprint": scope.policy_fingerprint,
            "policy_source": scope.policy_source,
            "root_hash": scope.root,
            "seal_time": scope.seal_time,
            "source": scope.source,
            "things": scope.things,
            "tree_size": scope.tree_size,
            "verified": scope.is_verified,
            "witnesses": [asdict(witness) for witness in scope.witnesses],
        },
        "templates": [_template(each) for each in report.templates],
    }


def finding_document(finding: Finding, rule: Rule) -> dict[str, Json]:
    """Return a finding in no language."""
    return {
        "about": [*finding.about],
        "at": finding.at,
        "basis": None if finding.basis is None else _basis(finding.basis),
        "certainty": rule.certainty,
        "entries": [*finding.entries],
        "family": rule.family,
        "id": finding.id,
        "place": finding.place,
        "rule": finding.rule_id,
        "severity": finding.severity,
        "values": {**finding.values},
    }


def _basis(basis: Basis) -> dict[str, Json]:
    return {name: getattr(basis, name) for name in basis.__struct_fields__}


def _looked(looked: RuleLooked, found: int) -> dict[str, Json]:
    rule = looked.rule
    return {
        "certainty": rule.certainty,
        "family": rule.family,
        "findings": found,
        "rule": rule.id,
        "scopes": looked.scopes,
    }


def _sample(sample: Sample) -> dict[str, Json]:
    return {
        "root_hash": sample.root,
        "seed": sample.seed,
        "strata": [
            {
                "chosen": [*stratum.chosen],
                "kind": stratum.kind,
                "population": stratum.population,
            }
            for stratum in sample.strata
        ],
    }


def _template(template: TemplateUsed) -> dict[str, Json]:
    return {
        "edition": template.edition,
        "file": template.file,
        "product": template.product,
        "sha256": template.sha256,
        "verified": template.is_verified,
    }
