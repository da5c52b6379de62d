"""What is measured, run by run; ``report`` says what came of it."""

import os
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from benchmarks import million
from benchmarks.durable import calls_per_group
from benchmarks.postgres import Fresh, postgresql_workload
from benchmarks.posting import (
    Workload,
    baseline_rate,
    batch_rate,
    make_workload,
    post_rate,
    verify_rate,
)
from benchmarks.profile import sequencer_profile
from benchmarks.reads import (
    Room,
    append_seconds,
    edges,
    passport_times,
    room,
    trace_times,
)
from benchmarks.stored import batches, copied, opened, stored_ledger
from ledger.cli.folder import DataFolder
from ledger.clock import SystemClock
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.simulate.plan import SEASON, SMALL, Plan
from ledger.statement import parse_statement

Say = Callable[[str], None]

_NEXT_SEASON: Final = 900
"""Of the events that are appended to a ledger of seasons: none that it has."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is done.

    Attributes:
        plan: The season that is posted.
        singles: Events posted one by one, in one run.
        batched: Events posted in batches, in one run.
        small: Entries of the ledger that the large one is compared with.
        large: Entries of the large one, which is verified and appended to.
        traced: Entries of the one in which goods are traced.
        appended: Statements appended to both, in one run.
        answers: Passports, and traces, in one run.
        long_runs: At most so many runs of what takes a minute.
    """

    plan: Plan
    singles: int
    batched: int
    small: int
    large: int
    traced: int
    appended: int
    answers: int
    long_runs: int


SCALES: Final = {
    "full": Scale(SEASON, 20_000, 20_000, 10_000, 1_000_000, 160_000, 5_000, 300, 1),
    "small": Scale(SMALL, 200, 500, 1_000, 3_000, 3_000, 500, 20, 1),
}


@dataclass(slots=True)
class Found:
    """All that was measured.

    Attributes:
        runs: How many runs there were.
        values: By name, one value of each run, or fewer of what takes long.
        calls: System calls for each group; None where they could not be counted.
        profile: Where the sequencer's time goes.
        minutes: How long all of it took.
        load: How many processes wanted a core before it began.
    """

    scale: Scale
    runs: int
    events: int
    event_bytes: float
    subjects: float
    signers: float
    entries: int = 0
    edges: int = 0
    traced: int = 0
    values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    rooms: dict[str, Room] = field(default_factory=dict)
    calls: dict[str, float] | None = None
    profile: str = ""
    minutes: float = 0.0
    load: float = 0.0

    def median(self, name: str) -> float | None:
        """Return the median of a value; None if it was not measured."""
        values = self.values.get(name)
        return statistics.median(values) if values else None


def measure(scale: Scale, runs: int, *, say: Say) -> Found:
    """Make what is measured, then measure each row once in each run."""
    began, load = time.perf_counter(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        say("making: the season")
        workload = make_workload(folder / "season", scale.plan)
        found = _begun(scale, runs, workload)
        found.load = load
        fresh = stack.enter_context(postgresql_workload(folder, scale.plan))
        bench = _Bench(found, workload, fresh, say)
        bench.prepare(folder, stack)
        for run in range(runs):
            for row in bench.rows(run):
                say(f"run {run + 1} of {runs}: {row.__name__.strip('_')}")
                row()
        say("calls and profile")
        found.calls = calls_per_group(workload)
        found.profile = sequencer_profile(workload, scale.batched)
    found.minutes = (time.perf_counter() - began) / 60
    return found


def _begun(scale: Scale, runs: int, workload: Workload) -> Found:
    events = workload.events
    signers = [len(parse_statement(event).signers) for event in events]
    return Found(
        scale=scale,
        runs=runs,
        events=len(events),
        event_bytes=statistics.mean(map(len, events)),
        subjects=workload.subjects_per_event,
        signers=statistics.mean(signers),
    )


class _Bench:
    """The rows, each a method, and the ledgers that they share."""

    def __init__(
        self, found: Found, workload: Workload, fresh: Fresh | None, say: Say
    ) -> None:
        self._found = found
        self._scale = found.scale
        self._workload = workload
        self._fresh = fresh
        self._say = say

    def prepare(self, folder: Path, stack: ExitStack) -> None:
        """Make the ledgers that are read."""
        scale, found = self._scale, self._found
        self._say("making: the season's ledger")
        data = DataFolder(folder / "posted")
        shutil.copytree(self._workload.folder, data.path)
        log = data.open_log(clock=SystemClock())
        _append(log, self._workload.events)
        log.close()
        found.rooms["season"] = room(data.database)
        self._season = data.open_log(clock=SystemClock())
        stack.callback(self._season.close)
        self._pouches = self._workload.pouches
        self._say(f"making: ledgers of {scale.small:,} and {scale.large:,} entries")
        self._copy = million.made_ledger(scale.large, scale.plan)
        large = stored_ledger(scale.large, scale.plan)
        found.rooms["large"] = room(large)
        self._say(f"making: a ledger of {scale.traced:,} entries")
        traced = stored_ledger(scale.traced, scale.plan)
        found.edges = edges(traced)
        (folder / "traced").mkdir()
        self._traced = opened(copied(traced, folder / "traced"))
        stack.callback(self._traced.close)
        logs = []
        for entries in (scale.small, scale.large):
            where = folder / f"of-{entries}"
            where.mkdir()
            log = opened(copied(stored_ledger(entries, scale.plan), where))
            stack.callback(log.close)
            logs.append(log)
        self._logs = logs
        found.entries = logs[1].size
        self._next = iter(_next_notes(logs, scale.plan))
        self._goods = _lots(self._traced, scale.plan)
        found.traced = len(self._goods)

    def rows(self, run: int) -> list[Callable[[], None]]:
        """Return what is measured in a run; what takes long only in the first few."""
        rows = [
            self._baseline,
            self._single,
            self._limit,
            self._batch,
            self._append,
            self._passport,
            self._trace,
        ]
        if self._fresh is not None:
            rows += [self._postgresql_single, self._postgresql_batch]
        if run < self._scale.long_runs:
            rows += [self._verify, self._audit]
        if run == 0:
            rows.append(self._every_seal)
        return rows

    def _keep(self, **values: float) -> None:
        for name, value in values.items():
            self._found.values[name].append(value)
        self._say("  " + ", ".join(f"{n} {value:.2f}" for n, value in values.items()))

    def _last(self, name: str) -> float:
        return self._found.values[name][-1]

    def _baseline(self) -> None:
        load = baseline_rate(self._workload.events[: self._scale.singles])
        self._keep(baseline=load.rate)

    def _single(self, kind: str = "", workload: Workload | None = None) -> None:
        used = workload or self._workload
        load = post_rate(used, used.events[: self._scale.singles])
        ratio = load.rate / self._last("baseline")
        found = {"single": load.rate, "single_ratio": ratio}
        found |= {"single_p50": load.percentile(50), "single_p99": load.percentile(99)}
        self._keep(**{kind + name: value for name, value in found.items()})

    def _limit(self) -> None:
        self._keep(limit=verify_rate())

    def _batch(self, kind: str = "", workload: Workload | None = None) -> None:
        used = workload or self._workload
        rate = batch_rate(used, used.events[: self._scale.batched])
        ratio = rate / self._last("limit")
        self._keep(**{f"{kind}batch": rate, f"{kind}batch_ratio": ratio})

    def _postgresql_single(self) -> None:
        assert self._fresh is not None
        self._single("postgresql_", self._fresh())

    def _postgresql_batch(self) -> None:
        assert self._fresh is not None
        self._batch("postgresql_", self._fresh())

    def _append(self) -> None:
        notes = list(islice(self._next, self._scale.appended))
        small, large = append_seconds(self._logs, notes)
        self._keep(
            append_small=len(notes) / small,
            append_large=len(notes) / large,
            append_ratio=large / small,
        )

    def _passport(self) -> None:
        times = passport_times(self._season, self._pouches, self._scale.answers)
        self._keep(passport_p50=times.percentile(50), passport_p99=times.percentile(99))

    def _trace(self) -> None:
        log, count = self._traced, self._scale.answers
        first, later = trace_times(log, self._goods, "forth", count)
        back, _ = trace_times(log, self._goods[:10], "back", 1)
        self._keep(
            trace_p50=later.percentile(50),
            trace_p99=later.percentile(99),
            trace_first_p50=first.percentile(50),
            trace_first_p99=first.percentile(99),
            back_first_p50=back.percentile(50),
        )

    def _verify(self) -> None:
        verified = million.verify_copy(self._copy)
        rate = verified.entries / verified.seconds
        self._keep(
            verify=rate,
            verify_ratio=rate / self._last("limit"),
            verify_peak=verified.peak_bytes / 2**20,
        )

    def _audit(self) -> None:
        audited = million.verify_copy(self._copy, verb="audit")
        rate = audited.entries / audited.seconds
        self._keep(
            audit=rate,
            audit_ratio=self._last("verify") / rate,
            audit_peak=audited.peak_bytes / 2**20,
        )

    def _every_seal(self) -> None:
        verified = million.verify_copy(self._copy, "--every-seal")
        rate = verified.entries / verified.seconds
        self._keep(every_seal=rate, every_seal_ratio=rate / self._last("limit"))


def _append(log: Log, notes: Sequence[bytes]) -> None:
    for batch in batches(notes):
        answers = log.append_statements(batch)
        assert not any(isinstance(answer, LedgerError) for answer in answers)


def _next_notes(logs: Sequence[Log], plan: Plan) -> list[bytes]:
    """Return events of one more season; who signs them is admitted to each ledger."""
    statements = [entry for entry, _ in million.season_statements(_NEXT_SEASON, plan)]
    kinds = [parse_statement(entry).kind for entry in statements]
    directory = [
        e for e, kind in zip(statements, kinds, strict=True) if kind != "event"
    ]
    for log in logs:
        _append(log, directory)
    return [e for e, kind in zip(statements, kinds, strict=True) if kind == "event"]


def _lots(log: Log, plan: Plan) -> list[str]:
    """Return the lots of which pouches were made, of every season in a ledger."""
    item = million.made_season(0, plan).landmarks.trade_item
    return [
        name
        for name in log.subjects_within(f"{item}/10", 100_000)
        if log.indices_telling([name], 2, log.size)
    ]
