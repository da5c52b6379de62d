"""What the audit finds of a planted fraud."""

from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from ledger.simulate.plan import SEASON, SMALL
from tests.support.audits import audited, audited_clean
from tests.support.frauds import KINDS, plant, season_with
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


def _score(case):
    return score(*case)


def _gravest(severities):
    return next(s for s in ("critical", "warning", "notice") if s in severities)
