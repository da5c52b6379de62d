"""``python -m tests.fuzz``: look for bytes that a reader does not survive.

Half of the time each target's corpus is grown, guided by coverage. Then both languages
judge all of it, mutants of it, and long inputs made of it. Ends with 1 if anything else
came than a value or a refusal, if the languages differ, or if it took too long.
"""

import argparse
import hashlib
import importlib.util
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz.compare import Fault, faults, judge
from tests.fuzz.mutate import mutant
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS

BATCH = 200
"""Mutants of each target in one round."""
LONG_BYTES = 64 * 1024
SECONDS_PER_KIB = 0.02
"""A reader that needs longer for a long input than this does more than read it once."""
_EXECUTED = re.compile(rb"number_of_executed_units: *(\d+)")
_COVERED = re.compile(rb"cov: (\d+)")


def main() -> int:
    """Return the status of the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=random.randrange(1, 2**31))
    parser.add_argument("--corpus", type=Path, help="a folder to keep the inputs in")
    parser.add_argument("targets", nargs="*", default=[*TARGETS])
    chosen = parser.parse_args()
    until = time.monotonic() + chosen.seconds
    print(f"seed {chosen.seed}, {chosen.seconds} s, {len(chosen.targets)} targets")
    with tempfile.TemporaryDirectory(prefix="caravan-fuzz-") as temporary:
        folder = chosen.corpus or Path(temporary)
        found = _grow(folder, chosen.targets, chosen.seconds / 2, chosen.seed)
        corpora = {name: _read(folder / name) for name in chosen.targets}
    found += _compare(corpora, chosen.seed, until)
    for fault in dict.fromkeys(found):
        print(fault)
    print(f"{len(found)} faults")
    return 1 if found else 0


def _grow(
    folder: Path, targets: Sequence[str], seconds: float, seed: int
) -> list[Fault]:
    """Grow each target's corpus in its folder; return what broke a reader."""
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not on this platform: no corpus is grown")
        for name in targets:
            _begin(folder / name)
        return []
    workers = os.cpu_count() or 1
    each = max(2, int(seconds * workers / len(targets)))
    with ThreadPoolExecutor(workers) as pool:
        grown = pool.map(lambda name: _grow_one(folder / name, each, seed), targets)
        return [fault for found in grown for fault in found]


def _grow_one(corpus: Path, seconds: int, seed: int) -> list[Fault]:
    _begin(corpus)
    name = corpus.name
    broken = corpus.parent / f"{name}-broken-"
    command = [sys.executable, "-m", "tests.fuzz.grow", name, str(corpus)]
    options = {
        "max_total_time": seconds,
        "seed": seed,
        "timeout": 20,
        "max_len": 16_384,
        "print_final_stats": 1,
        "artifact_prefix": broken,
    }
    done = subprocess.run(
        [*command, *(f"-{option}={value}" for option, value in options.items())],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    executed = [*map(int, _EXECUTED.findall(done.stderr))]
    covered = [*map(int, _COVERED.findall(done.stderr))]
    print(
        f"{name}: {len(seeds(name))} seeds, {sum(executed):,} runs, "
        f"{max(covered, default=0)} edges, {len([*corpus.iterdir()])} inputs",
        flush=True,
    )
    if done.returncode == 0:
        return []
    said = done.stderr.decode("utf-8", "replace")[-1500:]
    kept = [*corpus.parent.glob(f"{broken.name}*")] or [corpus]
    return [
        Fault(name, file.read_bytes(), said) for file in kept if file.is_file()
    ] or [Fault(name, b"", said)]


def _begin(corpus: Path) -> None:
    """Lay the seeds of a target where its corpus grows."""
    corpus.mkdir(parents=True, exist_ok=True)
    for data in seeds(corpus.name):
        (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def _read(corpus: Path) -> list[bytes]:
    return [file.read_bytes() for file in sorted(corpus.iterdir())]


def _compare(corpora: dict[str, list[bytes]], seed: int, until: float) -> list[Fault]:
    """Return what both make wrongly of corpora, of long inputs and of mutants."""
    inputs = [(name, data) for name, corpus in corpora.items() for data in corpus]
    found = faults(inputs)
    slow, long = _slow(corpora, seed)
    found += slow
    chance = random.Random(seed)
    count = 0
    while time.monotonic() < until:
        mutants = [
            (name, mutant(chance, corpus))
            for name, corpus in corpora.items()
            for _ in range(BATCH)
        ]
        found += faults(mutants)
        count += len(mutants)
    print(f"both: {len(inputs):,} grown, {long:,} long, {count:,} mutants")
    return found


def _slow(corpora: dict[str, list[bytes]], seed: int) -> tuple[list[Fault], int]:
    """Return which long inputs take too long, and how many there were."""
    chance = random.Random(seed)
    inputs = [
        (name, data)
        for name, corpus in corpora.items()
        for _ in range(20)
        for data in _long(chance, chance.choice(corpus))
    ]
    limit = SECONDS_PER_KIB * LONG_BYTES / 1024
    return [
        Fault(judged.name, judged.data[:200], f"{judged.seconds:.1f} s")
        for judged in judge(inputs)
        if judged.seconds > limit
    ], len(inputs)


def _long(chance: random.Random, data: bytes) -> Iterator[bytes]:
    """Yield an input with some piece of it very often."""
    for piece in (1, 8, 64):
        start = chance.randrange(len(data) + 1)
        repeated = data[start : start + piece] or b"a"
        many = repeated * (LONG_BYTES // len(repeated))
        yield data[:start] + many + data[start:]


if __name__ == "__main__":
    sys.exit(main())
