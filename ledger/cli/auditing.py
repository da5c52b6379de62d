"""What ``caravan audit`` writes: the report, in the forms that were asked for."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import typer

from ledger.audit.auditor import Auditor
from ledger.audit.bundle import TEMPLATES, Bundle
from ledger.audit.check import PeriodCheck
from ledger.audit.finding import Finding
from ledger.audit.looking import CHECKS
from ledger.audit.report.figures import figures_of
from ledger.audit.report.lines import csv_text, json_lines
from ledger.audit.report.model import (
    AuditReport,
    Figures,
    RuleLooked,
    Scope,
    WitnessSeen,
    read_notes,
    template_used,
)
from ledger.audit.report.page import page_text
from ledger.audit.report.sample import Sample, draw
from ledger.audit.report.terminal import terminal_lines
from ledger.audit.report.wordbook import Language
from ledger.audit.rule import rules
from ledger.audit.scope import ScopeKind
from ledger.cli.folder import read_file
from ledger.cli.ledgers import LedgerTarget
from ledger.cli.outcome import words_of
from ledger.cli.verdict import Verdict
from ledger.errors import LedgerError, MalformedError, StoreError
from ledger.identifier import GS1
from ledger.seal import format_time
from ledger.template import Template, builtin_templates, read_templates
from ledger.trust import Witnessing

_EPOCH: Final = date(1970, 1, 1).toordinal()
_BUILT_IN: Final = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The forms that were asked for, and what the auditor adds.

    Attributes:
        language: Of the words.
        as_json: JSON Lines on standard output.
        as_csv: A table on standard output.
        html: Where the page goes; None for nowhere.
        notes: The auditor's own.
        seed: For the sample; empty for none.
        templates: What is expected, each with the bytes of its file.
    """

    language: Language
    as_json: bool
    as_csv: bool
    html: Path | None
    notes: str
    seed: str
    templates: Mapping[Template, bytes]

    def __post_init__(self) -> None:
        """Refuse what goes nowhere.

        Raises:
            MalformedError: Two forms on one output, or a seed that is none.
        """
        if self.as_json and self.as_csv:
            raise MalformedError("output: got --json and --csv, want one of them")
        if self.seed and not self.seed.isprintable():
            raise MalformedError("--seed: want one line of text")


def read_given(path: Path | None) -> str:
    """Return the auditor's notes; nothing if no file was given.

    Raises:
        NotFoundError: There is no such file.
        MalformedError: They are too large, or not UTF-8.
    """
    return "" if path is None else read_notes(read_file(path))


def read_expectations(
    folder: Path | None, bundle: Bundle | None
) -> dict[Template, bytes]:
    """Return the templates to audit by, each with the bytes of its file.

    They are the auditor's own, or else those that came with the evidence; where neither
    has one for a product, it is the built-in one.

    Args:
        folder: The auditor's own; None for none.
        bundle: The evidence; None if a ledger itself is audited.

    Raises:
        TemplateError: One cannot be read, or two are for one product.
    """
    if folder is not None:
        own = read_templates(folder)
        names = {path.name for path in folder.glob("*.toml")}
        return {t: _bytes_of(t, folder if t.file in names else None) for t in own}
    found = {t.product: (t, _bytes_of(t, None)) for t in builtin_templates()}
    if bundle is not None:
        for template in bundle.templates():
            data = bundle.read(f"{TEMPLATES}/{template.file}")
            found[template.product] = (template, data)
    return dict(found[product] for product in sorted(found))


def make_report(
    auditor: Auditor,
    target: LedgerTarget,
    found: Verdict | None,
    failure: LedgerError | None,
    wanted: Wanted,
) -> AuditReport:
    """Return the report of an audit.

    Args:
        auditor: After its audit.
        target: What was audited.
        found: The verdict; None if it was not verified.
        failure: Why it was not; None if it was.
        wanted: What the auditor adds.
    """
    findings = (*auditor.records.findings(), *_unheld(target.bundle))
    mentioned = auditor.records.mentioned()
    return AuditReport(
        scope=_scope(auditor, target, found, failure, mentioned),
        as_of=format_time(auditor.until_us // 1000) if auditor.until_us else "",
        templates=tuple(
            template_used(each, data=wanted.templates[each])
            for each in auditor.templates
        ),
        looked=tuple(_looked(mentioned)),
        findings=findings,
        sample=_sample(auditor, wanted.seed) if wanted.seed else None,
        notes=wanted.notes,
        # They are drawn on the page alone, and reading for them takes its time.
        figures=Figures()
        if wanted.html is None
        else figures_of(auditor.book(), findings),
    )


def write_report(report: AuditReport, wanted: Wanted) -> None:
    """Write a report in the forms that were asked for.

    Raises:
        StoreError: The page cannot be written.
    """
    language = wanted.language
    if wanted.html is not None:
        try:
            wanted.html.write_text(page_text(report, language), encoding="utf-8")
        except OSError as error:
            raise StoreError(f"{wanted.html}: not written: {error.strerror}") from error
    if wanted.as_csv:
        typer.echo(csv_text(report, language), nl=False)
        return
    lines = json_lines if wanted.as_json else terminal_lines
    for line in lines(report, language):
        typer.echo(line)


def _scope(
    auditor: Auditor,
    target: LedgerTarget,
    found: Verdict | None,
    failure: LedgerError | None,
    mentioned: Mapping[ScopeKind, int],
) -> Scope:
    records, verified = auditor.records, None if found is None else found.ledger
    days = records.days()
    first, last = (_day(day) for day in days) if days else ("", "")
    return Scope(
        origin=auditor.origin,
        source=target.where,
        tree_size=auditor.size,
        root=auditor.root.hex(),
        seal_time="" if verified is None else verified.seal_time,
        failure="" if failure is None else words_of(failure),
        policy_source="server" if verified is None else verified.policy_source,
        policy_fingerprint="" if verified is None else verified.policy_fingerprint,
        witnesses=() if verified is None else tuple(_witnesses(verified.witnessing)),
        entries=auditor.size,
        events=records.count("record"),
        things=mentioned["thing"],
        periods=mentioned["place"],
        first=first,
        last=last,
    )


def _unheld(bundle: Bundle | None) -> Iterator[Finding]:
    """Yield the files that statements name and that did not come with the evidence."""
    for attachment in () if bundle is None else bundle.contents.missing:
        yield Finding(
            "attachment-missing",
            "warning",
            (f"ni:///sha-256;{attachment.sha256}",),
            attachment.entries,
            {"file": attachment.sha256, "statements": str(len(attachment.entries))},
        )


def _bytes_of(template: Template, folder: Path | None) -> bytes:
    return ((folder or _BUILT_IN) / template.file).read_bytes()


def _witnesses(witnessing: Witnessing) -> Iterator[WitnessSeen]:
    for name in dict.fromkeys((*witnessing.seen_by, *witnessing.replayed_by)):
        yield WitnessSeen(name, "", name in witnessing.replayed_by)


def _looked(mentioned: Mapping[ScopeKind, int]) -> Iterator[RuleLooked]:
    """Yield every rule with how many scopes its check was asked of."""
    counts: dict[str, int] = {}
    for check in CHECKS:
        kind: ScopeKind = check.kind if isinstance(check, PeriodCheck) else "thing"
        for rule_id in check.rule_ids:
            counts[rule_id] = max(counts.get(rule_id, 0), mentioned[kind])
    for rule in rules().values():
        yield RuleLooked(rule, counts.get(rule.id, 0))


def _sample(auditor: Auditor, seed: str) -> Sample:
    names: defaultdict[str, list[str]] = defaultdict(list)
    for party in auditor.directory.parties.values():
        names[party.kind].append(party.id)
    for scope in auditor.records.scopes("thing"):
        if scope.name.startswith(GS1) and "/10/" in scope.name:
            names["lot"].append(scope.name)
    return draw(names, seed=seed, root=auditor.root.hex())


def _day(day: int) -> str:
    return date.fromordinal(min(max(day + _EPOCH, 1), date.max.toordinal())).isoformat()
