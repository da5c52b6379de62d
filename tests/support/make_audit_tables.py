"""What the audit finds of planted frauds, and what it says of honest records.

``python -m tests.support.make_audit_tables`` writes the tables of ``docs/audit.md``;
with ``--family`` or ``--kind`` it prints what it finds of these, and writes nothing.
"""

import argparse
import secrets
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from ledger.simulate.plan import SEASON, SMALL
from tests.support.audits import audited, audited_clean
from tests.support.frauds import FAMILIES, KINDS, plant, season_with
from tests.support.seasons import season

LARGE = frozenset({"yields-too-uniform"})
"""Kinds that need a herd of ten: the small season has none."""


@dataclass(frozen=True)
class Score:
    """What an audit found of one planted fraud.

    Attributes:
        kind_id: Of the fraud.
        strength: Of the fraud.
        seed: Of the fraud.
        rules: Rules that found it, each with the gravest severity.
        elsewhere: Rules with a new finding about what the fraud did not touch.
    """

    kind_id: str
    strength: object
    seed: int
    rules: tuple
    elsewhere: tuple

    @property
    def is_found(self):
        return any(severity != "notice" for _, severity in self.rules)


def score(kind_id, strength, seed):
    """Plant one fraud, audit the season, and see whether it is found.

    It is found if a finding that the honest season does not have names an entry that
    lies, or a thing that lies are about.
    """
    plan = SEASON if kind_id in LARGE else SMALL
    honest = {finding.id for finding in audited_clean(plan).records.findings()}
    planted = plant(kind_id, season(plan).drafts, strength, seed)
    auditor = audited(season_with(season(plan), planted))
    wrong, touched = set(), set()
    for event_id, indices in auditor.indices.items():
        if event_id in planted.wrong:
            wrong |= indices
        if event_id in planted.carried | planted.added:
            touched |= indices
    rules, elsewhere = defaultdict(set), set()
    for finding in auditor.records.findings():
        if finding.id in honest:
            continue
        if wrong & {*finding.entries} or planted.about & {*finding.about}:
            rules[finding.rule_id].add(finding.severity)
        elif not touched & {*finding.entries} and finding.severity != "notice":
            elsewhere.add(finding.rule_id)
    return Score(
        kind_id,
        strength,
        seed,
        tuple((rule, _gravest(found)) for rule, found in sorted(rules.items())),
        tuple(sorted(elsewhere)),
    )


def scores(kind_ids, seeds, jobs=1):
    """Return what is found of kinds, at each strength and with each seed."""
    cases = [
        (kind_id, strength, seed)
        for kind_id in kind_ids
        for strength in KINDS[kind_id].strengths
        for seed in seeds
    ]
    if jobs == 1:
        return [score(*case) for case in cases]
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(_score, cases, chunksize=8))


def false_alarms(auditor):
    """Return how many findings each rule has, by severity."""
    found = Counter(
        (finding.rule_id, finding.severity) for finding in auditor.records.findings()
    )
    return sorted(found.items())


def _score(case):
    return score(*case)


def _gravest(severities):
    return next(s for s in ("critical", "warning", "notice") if s in severities)


def print_scores(found):
    by_kind = defaultdict(lambda: defaultdict(list))
    for each in found:
        by_kind[each.kind_id][each.strength].append(each)
    for kind_id, strengths in by_kind.items():
        kind = KINDS[kind_id]
        print(f"{kind.family}: {kind_id} ({kind.unit})")
        for strength, each in strengths.items():
            hits = sum(one.is_found for one in each)
            rules = Counter(rule for one in each for rule, _ in one.rules)
            notices = {r for one in each for r, s in one.rules if s == "notice"}
            said = ", ".join(
                f"{rule}{' (notice)' * (rule in notices)} {n}"
                for rule, n in rules.most_common()
            )
            others = {rule for one in each for rule in one.elsewhere}
            beside = f"; elsewhere: {', '.join(sorted(others))}" if others else ""
            print(f"  {strength}: {hits}/{len(each)} {said}{beside}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--family", choices=FAMILIES)
    parser.add_argument("--kind", choices=[*KINDS])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    kinds = [
        kind.id
        for kind in KINDS.values()
        if asked.kind in (None, kind.id) and asked.family in (None, kind.family)
    ]
    seeds = [secrets.randbelow(10**6) for _ in range(asked.seeds)]
    for plan in (SMALL, SEASON):
        print(f"honest season, {plan.days} days:")
        for (rule, severity), count in false_alarms(audited_clean(plan)):
            print(f"  {severity} {rule}: {count}")
    print(f"seeds: {seeds}")
    print_scores(scores(kinds, seeds, asked.jobs))


if __name__ == "__main__":
    main()
