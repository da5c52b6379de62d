"""Write the tables of ``docs/audit.md``: rules, and what the audit finds and does not.

``python -m tests.support.make_audit_tables`` plants every fraud with three seeds that
it draws, which takes some minutes, and writes; with ``--honest`` it writes all the
other tables; with ``--family`` or ``--kind`` it prints what is found of these frauds,
and writes nothing.
"""

import argparse
import secrets
from collections import Counter, defaultdict
from pathlib import Path

from ledger.audit.rule import FAMILIES, rules
from ledger.simulate.plan import SEASON, SMALL
from tests.support.audits import audited_clean
from tests.support.frauds import KINDS
from tests.support.fsma import FAULTS, audited_chain
from tests.support.herds import audited_herds
from tests.support.published import FIGURES, audited_figure
from tests.support.scoring import scores

DOCUMENT = Path(__file__).parents[2] / "docs" / "audit.md"
PLANTED = {
    "number-missing": 1,
    "recorded-out-of-order": 2,
    "days-without-milking": 8,
}
"""What is odd in the honest season on purpose, and how often an audit says so: a test
that never arrives, a phone without signal and a till that is off, two days of rain."""
KNOWN_FAULTS = {"animal-in-two-herds": 3, "zero-value": 2}
"""What is known to be wrong with the real herds, by the rule that is to say so."""
_SEEDS = 3


def section(text, name):
    """Return what stands between the marks of a section."""
    return text.split(f"<!-- begin: {name} -->\n")[1].split(f"<!-- end: {name} -->")[0]


def with_section(text, name, content):
    """Return a text with another content of a section."""
    before, rest = text.split(f"<!-- begin: {name} -->\n")
    after = rest.split(f"<!-- end: {name} -->")[1]
    return f"{before}<!-- begin: {name} -->\n{content}<!-- end: {name} -->{after}"


def table(head, rows):
    """Return a table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)


def rule_tables():
    """Return the rules, family by family."""
    parts = []
    for family in FAMILIES:
        rows = [
            [f"`{rule.id}`", rule.certainty, rule.rule.en]
            for rule in rules().values()
            if rule.family == family
        ]
        head = [f"**{family}**", "how sure", "what is expected"]
        parts.append(table(head, rows))
    return "\n".join(parts)


def herd_table():
    """Return what is said of the real herds, and what of it is so."""
    found = Counter((f.rule_id, f.severity) for f in audited_herds().records.findings())
    rows = []
    for (rule_id, severity), count in sorted(found.items()):
        known = min(count, KNOWN_FAULTS.get(rule_id, 0))
        rows.append([f"`{rule_id}`", severity, count, known, count - known])
    for rule_id, known in sorted(KNOWN_FAULTS.items()):
        if not any(rule_id == each for each, _ in found):
            rows.append([f"`{rule_id}`", "", 0, 0, f"**{known} not found**"])
    head = ["rule", "how grave", "findings", "known faults", "others"]
    return table(head, rows)


def honest_table():
    """Return what is said of the season that has no fraud in it."""
    rows = []
    for plan in (SMALL, SEASON):
        auditor = audited_clean(plan)
        found = Counter((f.rule_id, f.severity) for f in auditor.records.findings())
        events = auditor.records.count("record")
        name = f"{plan.days} days, {events} events"
        for (rule_id, severity), count in sorted(found.items()):
            planted = min(count, PLANTED.get(rule_id, 0))
            rows.append([name, f"`{rule_id}`", severity, count, planted])
        alarms = sum(
            count - PLANTED.get(rule_id, 0)
            for (rule_id, severity), count in found.items()
            if severity != "notice"
        )
        rows.append(
            [name, "**false alarms**", "warning or graver", f"**{alarms}**", ""]
        )
    head = ["season", "rule", "how grave", "findings", "planted on purpose"]
    return table(head, rows)


def chain_table():
    """Return which faults of the chain that others wrote are named, and by what."""
    auditor, events = audited_chain()
    found = defaultdict(set)
    explained = set()
    findings = [*auditor.records.findings()]
    for finding in findings:
        named = {events[index] for index in finding.entries}
        for fault in FAULTS:
            if finding.rule_id in fault.rules and named & fault.events:
                found[fault].add(f"`{finding.rule_id}` ({finding.severity})")
                explained.add(finding.id)
    rows = [
        [fault.sentence, ", ".join(sorted(found[fault])) or "**not named**"]
        for fault in FAULTS
    ]
    others = sorted({f.rule_id for f in findings if f.id not in explained})
    said = ", ".join(f"`{each}`" for each in others) or "none"
    return (
        table(["fault", "named by"], rows) + f"\nFindings about sound parts: {said}.\n"
    )


def published_table():
    """Return what is said of figures that were published."""
    rows = []
    for figure in FIGURES:
        found = sorted(
            {
                f"`{f.rule_id}` ({f.severity})"
                for f in audited_figure(figure).records.findings()
            }
        )
        each = f"{figure.kilograms / figure.head:.2f}"
        rows.append(
            [
                figure.source,
                figure.head,
                figure.kilograms,
                each,
                ", ".join(found) or "passes",
            ]
        )
    return table(
        ["published", "animals", "kg a day", "kg each", "the audit says"], rows
    )


def planted_table(found, seeds):
    """Return which frauds are found, at which strength, and by which rules."""
    kinds = defaultdict(lambda: defaultdict(list))
    for each in found:
        kinds[each.kind_id][each.strength].append(each)
    rows = []
    for kind_id, strengths in kinds.items():
        kind = KINDS[kind_id]
        hits = {
            strength: sum(one.is_found for one in each)
            for strength, each in strengths.items()
        }
        sure = [s for s, count in hits.items() if count == len(seeds)]
        said = Counter(
            rule
            for each in strengths.values()
            for one in each
            for rule, severity in one.rules
            if severity != "notice"
        )
        others = {
            r for each in strengths.values() for one in each for r in one.elsewhere
        }
        rows.append(
            [
                f"`{kind_id}`: {kind.sentence}",
                kind.unit,
                ", ".join(f"{s}: {count}/{len(seeds)}" for s, count in hits.items()),
                f"{sure[-1]}" if sure else "**none**",
                ", ".join(f"`{rule}`" for rule, _ in said.most_common(4)),
                ", ".join(f"`{rule}`" for rule in sorted(others)),
            ]
        )
    head = [
        "what is planted",
        "strength in",
        "found",
        "smallest found each time",
        "by",
        "also said elsewhere",
    ]
    every = sum(
        all(one.is_found for each in strengths.values() for one in each)
        for strengths in kinds.values()
    )
    some = sum(
        any(one.is_found for each in strengths.values() for one in each)
        for strengths in kinds.values()
    )
    drawn = ", ".join(map(str, seeds))
    return (
        f"{len(kinds)} kinds, {len(found)} plantings, seeds {drawn}: "
        f"{some} kinds are found at some strength, {every} at every strength tried; "
        f"of all plantings {sum(each.is_found for each in found)} are found.\n\n"
    ) + table(head, rows)


def print_scores(found):
    """Print what is found, for whoever works on a check."""
    for each in found:
        said = ", ".join(f"{rule} {severity}" for rule, severity in each.rules)
        beside = f"; elsewhere: {', '.join(each.elsewhere)}" if each.elsewhere else ""
        mark = "found" if each.is_found else "MISSED"
        print(f"{each.kind_id} {each.strength} #{each.seed}: {mark} {said}{beside}")


HONEST = {
    "rules": rule_tables,
    "herds": herd_table,
    "honest": honest_table,
    "chain": chain_table,
    "published": published_table,
}
"""Sections that a test makes again."""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--family", choices=FAMILIES)
    parser.add_argument("--kind", choices=[*KINDS])
    parser.add_argument("--seeds", type=int, default=_SEEDS)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--honest", action="store_true")
    asked = parser.parse_args()
    kinds = [
        kind.id
        for kind in KINDS.values()
        if asked.kind in (None, kind.id) and asked.family in (None, kind.family)
    ]
    seeds = [secrets.randbelow(10**6) for _ in range(asked.seeds)]
    if asked.kind or asked.family:
        print_scores(scores(kinds, seeds, asked.jobs))
        return
    text = DOCUMENT.read_text()
    for name, make in HONEST.items():
        text = with_section(text, name, make())
    if not asked.honest:
        found = scores(kinds, seeds, asked.jobs)
        text = with_section(text, "planted", planted_table(found, seeds))
    DOCUMENT.write_text(text)


if __name__ == "__main__":
    main()
