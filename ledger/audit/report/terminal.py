"""A report for whoever runs the audit: short, the gravest first."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from ledger.audit.finding import SEVERITIES
from ledger.audit.report.document import report_hash
from ledger.audit.report.grouping import Group, alike
from ledger.audit.report.model import AuditReport, TemplateUsed
from ledger.audit.report.sample import Sample
from ledger.audit.report.telling import Teller, entries_words
from ledger.audit.report.wordbook import Language, Wordbook, plain, shown, wordbook
from ledger.audit.rule import FAMILIES

_NAMED: Final = 10
"""So many of a stratum are told; JSON Lines have all."""
MOST: Final = 20
"""So many findings are told in full."""


def terminal_lines(
    report: AuditReport, language: Language = "en", *, most: int = MOST
) -> Iterator[str]:
    """Yield the lines of a report for a terminal; none can steer it.

    Args:
        report: The report.
        language: In which.
        most: So many groups of findings are told.
    """
    words = wordbook(language)
    yield verdict_line(report, words)
    if not report.scope.is_verified:
        yield words("report.unverified", failure=plain(report.scope.failure))
    for name, said in scope_lines(report, words):
        yield f"{name}{words('list.colon')}{said}"
    yield from _counts(report, words)
    if report.sample is not None:
        yield from _sample(report.sample, words)
    if not report.findings:
        yield words("report.none_means")
    groups = alike(report.findings)
    teller = Teller(report, words)
    for group in groups[:most]:
        yield ""
        yield from _paragraph(group, teller, words)
    rest = sum(1 + len(group.others) for group in groups[most:])
    if rest:
        yield ""
        yield words("findings.more", count=words.number(rest))


def verdict_line(report: AuditReport, words: Wordbook) -> str:
    """Return in one line what came out."""
    found = "found" if report.scope.is_verified else "found_unverified"
    said = counts_words(report, words) if report.findings else words("report.none")
    return f"{words(f'report.{found}')}{words('list.colon')}{said}"


def counts_words(report: AuditReport, words: Wordbook) -> str:
    """Return how many findings there are, by how grave they are."""
    counts = Counter(finding.severity for finding in report.findings)
    told = {name: words.number(counts[name]) for name in SEVERITIES}
    return words("report.counts", **told)


def scope_lines(report: AuditReport, words: Wordbook) -> Iterator[tuple[str, str]]:
    """Yield what was looked at, as names and words."""
    scope = report.scope
    verified = (
        words("scope.yes")
        if scope.is_verified
        else words("scope.no", failure=plain(scope.failure))
    )
    policy = words(
        "scope.policy_words",
        source=words.word("policy", scope.policy_source),
        fingerprint=scope.policy_fingerprint,
    )
    looked = words(
        "scope.looked_words",
        entries=words.number(scope.entries),
        events=words.number(scope.events),
        things=words.number(scope.things),
        periods=words.number(scope.periods),
    )
    found = {finding.rule_id for finding in report.findings}
    told = {
        "origin": plain(scope.origin),
        "source": plain(scope.source),
        "tree_size": words.number(scope.tree_size),
        "root": scope.root,
        "seal_time": scope.seal_time,
        "verified": verified,
        "policy": policy if scope.policy_fingerprint else "",
        "witnesses": "",
        "looked": looked,
        "period": "",
        "as_of": words.time(report.as_of),
        "rules": words("scope.rules_words", rules=len(report.looked), found=len(found)),
        "templates": "",
        "notes": words("scope.no_notes"),
        "hash": report_hash(report),
    }
    told["witnesses"] = words("list.semicolon").join(_witnesses(report, words))
    told["templates"] = words("list.semicolon").join(_templates(report, words))
    if scope.first:
        told["period"] = words("scope.period_words", first=scope.first, last=scope.last)
    if report.notes:
        told["notes"] = words("scope.notes_hash", hash=report.notes_sha256)
    for name, said in told.items():
        if said:
            yield words(f"scope.{name}"), said


def _witnesses(report: AuditReport, words: Wordbook) -> Iterator[str]:
    for witness in report.scope.witnesses:
        how = words("scope.replaying" if witness.is_replaying else "scope.seen")
        when = words.time(witness.time)
        yield words("list.comma").join(
            part for part in (plain(witness.name), when, how) if part
        )
    if not report.scope.witnesses:
        yield words("scope.no_witnesses")


def _templates(report: AuditReport, words: Wordbook) -> Iterator[str]:
    for template in report.templates:
        key = "words" if template.notice is None else "unverified"
        yield words(
            f"template.{key}",
            name=words.said(template.name),
            edition=template.edition,
            notice=_clause(template, words),
        )
    if not report.templates:
        yield words("scope.no_templates")


def _clause(template: TemplateUsed, words: Wordbook) -> str:
    """Return the notice of a template without its full stop: more follows it."""
    return "" if template.notice is None else words.said(template.notice).rstrip(".。")


def _counts(report: AuditReport, words: Wordbook) -> Iterator[str]:
    rules = report.rules
    counts = Counter(
        (rules[finding.rule_id].family, finding.severity) for finding in report.findings
    )
    for family in FAMILIES:
        said = [
            words(
                "report.count",
                count=words.number(counts[family, severity]),
                severity=words.word("severity", severity),
            )
            for severity in reversed(SEVERITIES)
            if counts[family, severity]
        ]
        if said:
            name = words.word("family", family)
            yield f"  {name}{words('list.colon')}{words('list.comma').join(said)}"


def _sample(sample: Sample, words: Wordbook) -> Iterator[str]:
    colon, comma = words("list.colon"), words("list.comma")
    seed = f"{words('sample.seed')} {plain(sample.seed)}"
    yield f"{words('sample.title')}{colon}{seed}"
    for stratum in sample.strata:
        known = words.word("kind", stratum.kind)
        chosen, population = len(stratum.chosen), stratum.population
        of = words("sample.of", chosen=chosen, population=population, kind=known)
        names = [shown(name) for name in stratum.chosen[:_NAMED]]
        if chosen > _NAMED:
            names.append(words("findings.entry_more", count=chosen - _NAMED))
        yield f"  {of}{colon}{comma.join(names)}"


def _paragraph(group: Group, teller: Teller, words: Wordbook) -> Iterator[str]:
    told = teller.tell(group.first)
    finding, semicolon = told.finding, words("list.semicolon")
    severity = words.word("severity", finding.severity)
    yield f"{severity}{words('list.colon')}{told.title}"
    yield f"  {told.message}"
    yield f"  {told.certainty}"
    about = words("list.comma").join(shown(name) for name in finding.about)
    lines = {
        "entries": told.entries,
        "where": told.place,
        "about": about,
        "basis": semicolon.join(told.basis),
        "innocent": semicolon.join(told.innocent),
        "ask": told.ask,
        "id": finding.id,
    }
    for name, said in lines.items():
        if said:
            yield f"  {words(f'findings.{name}')}{words('list.colon')}{said}"
    if group.others:
        key = "alike" if finding.place else "alike_anywhere"
        entries = [entry for other in group.others for entry in other.entries[:1]]
        said = words("findings.alike_entries", entries=entries_words(entries, words))
        alike_words = words(f"findings.{key}", count=words.number(len(group.others)))
        yield f"  {alike_words}{words('list.colon')}{said}"
