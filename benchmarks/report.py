"""What was measured, in words: the table, and ``docs/performance.md``."""

import os
import platform
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.measure import Found
from benchmarks.reads import Room
from ledger.clock import SystemClock

_MIB: Final = 2**20
_TEMPLATE: Final = Path(__file__).with_name("performance.md")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        what: What was measured.
        value: The figure that the goal is about.
        unit: Of the value; empty for a ratio.
        goal: What it should be; None where there is no goal.
        is_at_most: Whether the value should be at most the goal, not at least.
        absolute: What the ratio is made of.
    """

    what: str
    value: float | None
    unit: str = ""
    goal: float | None = None
    is_at_most: bool = False
    absolute: str = ""

    @property
    def verdict(self) -> str:
        """Return whether the goal is met."""
        if self.value is None:
            return "not measured"
        if self.goal is None:
            return ""
        is_met = self.value <= self.goal if self.is_at_most else self.value >= self.goal
        return "met" if is_met else "**short**"

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """Return the line's cells."""
        goal = ""
        if self.goal is not None:
            side = "at most" if self.is_at_most else "at least"
            goal = f"{side} {self.goal:g} {self.unit}".rstrip()
        value = "" if self.value is None else f"{self.value:.2f} {self.unit}".rstrip()
        return self.what, self.absolute, value, goal, self.verdict


def rows(found: Found) -> list[Row]:
    """Return the table's lines."""
    return [*_writing(found), *_judging(found), *_reading(found)]


def _writing(found: Found) -> Iterator[Row]:
    def per_second(name: str) -> str:
        rate = found.median(name)
        return "" if rate is None else f"{rate:,.0f}/s"

    yield Row(
        "FastAPI `async def` endpoint that reads the same body, 64 connections",
        None if found.median("baseline") is None else 1.0,
        absolute=per_second("baseline"),
    )
    yield Row(
        "Ed25519 verify limit, two cores",
        None if found.median("limit") is None else 1.0,
        absolute=per_second("limit"),
    )
    for kind, name in (("", ""), ("postgresql_", ", PostgreSQL")):
        goals = (0.35, 50.0, 0.3) if not kind else (None, None, None)
        yield Row(
            f"single `POST /statements`, 64 connections{name}",
            found.median(f"{kind}single_ratio"),
            goal=goals[0],
            absolute=per_second(f"{kind}single"),
        )
        yield Row(
            f"… slowest of a hundred answers (p99){name}",
            found.median(f"{kind}single_p99"),
            unit="ms",
            goal=goals[1],
            is_at_most=True,
            absolute=_milliseconds(found, f"{kind}single_p50"),
        )
        yield Row(
            f"batches of 500, 4 connections{name}",
            found.median(f"{kind}batch_ratio"),
            goal=goals[2],
            absolute=per_second(f"{kind}batch"),
        )
    yield Row(
        f"append at {found.entries:,} entries against {found.scale.small:,}, batches "
        "of 500: time",
        found.median("append_ratio"),
        goal=1.25,
        is_at_most=True,
        absolute=f"{per_second('append_large')} against {per_second('append_small')}",
    )
    large, season = found.rooms["large"], found.rooms["season"]
    yield Row(
        f"bytes on disk per byte of statements, {found.entries:,} entries",
        large.ratio,
        goal=2.0,
        is_at_most=True,
        absolute=_room(large),
    )
    yield Row(
        f"… of one season, {season.statements:,} statements",
        season.ratio,
        goal=2.0,
        is_at_most=True,
        absolute=_room(season),
    )


def _judging(found: Found) -> Iterator[Row]:
    for kind, name, goal in (
        ("verify", "", 0.75),
        ("every_seal", ", `--every-seal`", None),
    ):
        rate = found.median(kind)
        yield Row(
            f"`verify` of {found.entries:,} entries{name}",
            found.median(f"{kind}_ratio"),
            goal=goal,
            absolute="" if rate is None else f"{rate:,.0f}/s",
        )
    yield Row(
        "… peak memory of all its processes",
        found.median("verify_peak"),
        unit="MiB",
        goal=600,
        is_at_most=True,
    )
    rate = found.median("audit")
    yield Row(
        f"`audit` of {found.entries:,} entries, verifying them included, against "
        "verifying: time",
        found.median("audit_ratio"),
        goal=2,
        is_at_most=True,
        absolute="" if rate is None else f"{rate:,.0f}/s",
    )
    yield Row(
        "… peak memory of all its processes",
        found.median("audit_peak"),
        unit="MiB",
    )


def _reading(found: Found) -> Iterator[Row]:
    yield Row(
        "passport of a demo pouch, server side (p99)",
        found.median("passport_p99"),
        unit="ms",
        goal=20,
        is_at_most=True,
        absolute=_milliseconds(found, "passport_p50"),
    )
    yield Row(
        f"forward trace from a lot over {found.edges:,} edges (p99)",
        found.median("trace_p99"),
        unit="ms",
        goal=10,
        is_at_most=True,
        absolute=_milliseconds(found, "trace_p50"),
    )
    yield Row(
        "… of lots that nobody traced before (p99)",
        found.median("trace_first_p99"),
        unit="ms",
        absolute=_milliseconds(found, "trace_first_p50"),
    )
    yield Row(
        "trace back from a lot to its animals, not traced before (median)",
        found.median("back_first_p50"),
        unit="ms",
    )


def _milliseconds(found: Found, name: str) -> str:
    value = found.median(name)
    return "" if value is None else f"median {value:.1f} ms"


def _room(room: Room) -> str:
    return (
        f"{room.database_bytes / _MIB:,.1f} of {room.statement_bytes / _MIB:,.1f} MiB"
    )


def table(found: Found) -> str:
    """Return the table as Markdown."""
    lines = ["| what | absolute | measured | goal | |", "|---|---|---|---|---|"]
    lines += [f"| {' | '.join(row.cells)} |" for row in rows(found)]
    return "\n".join(lines)


def document(found: Found) -> str:
    """Return ``docs/performance.md``."""
    today = datetime.fromtimestamp(SystemClock().now_ms() / 1000, UTC).date()
    calls = "strace was not there"
    if found.calls is not None:
        calls = ", ".join(f"{n} `{call}`" for call, n in _told(found.calls)) or "none"
    large = found.rooms["large"]
    rooms = "\n".join(
        f"| `{name}` | {size / large.statements:,.0f} | "
        f"{size / large.statement_bytes:.2f} |"
        for name, size in list(large.by_table.items())[:8]
    )
    return _TEMPLATE.read_text(encoding="utf-8").format(
        date=today.isoformat(),
        machine=machine(),
        load=f"{found.load:.1f}",
        runs=found.runs,
        long_runs=min(found.runs, found.scale.long_runs),
        minutes=round(found.minutes),
        table=table(found),
        events=found.events,
        bytes=round(found.event_bytes),
        subjects=f"{found.subjects:.2f}",
        signers=f"{found.signers:.2f}",
        traced=found.traced,
        calls=calls,
        rooms=rooms,
        profile=found.profile,
    )


def _told(calls: dict[str, float]) -> Iterator[tuple[str, str]]:
    for call, number in sorted(calls.items()):
        yield call, f"{number:.1f}"


def machine() -> str:
    """Return what was measured on, in words that fit any machine."""
    parts = [f"{os.cpu_count()} cores", _processor(), _file_system()]
    parts += [f"Python {platform.python_version()}", platform.system()]
    return ", ".join(part for part in parts if part)


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    match = re.search(r"^model name\s*: (.+)$", told, re.MULTILINE)
    return match[1] if match else platform.machine()


def _file_system() -> str:
    try:
        told = subprocess.run(
            ["findmnt", "-n", "-o", "FSTYPE", "-T", tempfile.gettempdir()],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return told.stdout.strip()
