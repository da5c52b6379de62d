"""Measure every speed we state, and write them down in ``docs/performance.md``.

    python -m benchmarks [--runs 5] [--scale full] [--write]

One run measures each row once; of several runs the median is given, so that a machine
whose speed drifts slows all rows alike. Everything is switched on: directory, index,
flags, receipts, and each group on the disk under a signed checkpoint before its answer.

Run it on a machine that does nothing else. Absolute figures are of that machine; the
ratios travel.
"""

import argparse
import sys
from pathlib import Path

from benchmarks.measure import SCALES, measure
from benchmarks.report import document, table

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"


def main() -> None:
    """Measure, print the table, and write the document if that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--scale", choices=SCALES, default="full")
    parser.add_argument(
        "--write", action="store_true", help=f"write {DOCUMENT.name}, of a full run"
    )
    options = parser.parse_args()
    found = measure(SCALES[options.scale], options.runs, say=_say)
    print(table(found))
    if options.write and options.scale == "full":
        DOCUMENT.write_text(document(found), encoding="utf-8")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
