"""Measure the verifier of a whole ledger at full size, from a copied log.

The ledger is made of seasons, one after the other: the simulated season's events with
other identifiers, other keys and earlier times, in groups of 500, every seal with its
true index root. So it is one cooperative's, of many years. It is made
once and kept in the folder for temporary files.
"""

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from ledger.action import Admit
from ledger.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from ledger.contents import names_of, read_content
from ledger.encoding import Json, canonical, parse_canonical
from ledger.identifier import check_digit
from ledger.index import IndexTree
from ledger.merkle import Frontier, leaf_hash
from ledger.note import parse_note
from ledger.seal import Seal, chain_next, chain_start, format_time
from ledger.simulate.plan import SEASON, Plan
from ledger.simulate.season import Season
from ledger.statement import parse_statement
from ledger.tile import TILE_WIDTH, bundle_path, encode_bundle
from tests.support.forge import (
    LEDGER,
    ORIGIN,
    REGISTRAR,
    START_MS,
    Forge,
    policy_text,
)
from tests.support.seasons import START

GROUP = 500
_BETWEEN_DAYS = 30
_EVERY_SECONDS = 0.5
_FORM = 4
"""Of the ledger that is made; another number, another folder."""

_GOODS = re.compile(
    rb'("https://[^"/]+/id/(?:animal|milk|tag|calf|tank|powder|load|report)/[^"]+'
    rb'|/(?:10|21)/[^"/]+)"'
)
_UNIT = re.compile(rb"/00/(\d{17})\d")
_UNITS_OF_A_SEASON = 1_000
_EVENT_ID = re.compile(rb'("eventID":"urn:uuid:)[0-9a-f]{8}')

_CARAVAN = "from ledger.cli import main; main()"

Named = tuple[bytes, tuple[str, ...]]
"""A statement, and what it is listed under."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What it took to verify a ledger."""

    entries: int
    seconds: float
    """From the start of the command to its end."""
    cpu_seconds: float
    """Of all its processes: what it takes when nothing else runs, on one core."""
    peak_bytes: int
    """The most that all its processes had in memory at one time, shared pages divided
    among those who share them."""


def made_ledger(entries: int, plan: Plan = SEASON) -> Path:
    """Return a copied log of about so many entries, the policy beside it.

    It ends with a whole group, so that there may be up to 500 entries fewer.

    Args:
        entries: How many.
        plan: How large the seasons are that it is made of.
    """
    kind = "" if plan == SEASON else f"-of-{plan.days}-days"
    folder = Path(tempfile.gettempdir()) / f"caravan-bench-{_FORM}-{entries}{kind}"
    if not (folder / "checkpoint").is_file():
        fresh = Path(tempfile.mkdtemp(prefix="caravan-bench-", dir=folder.parent))
        _write(fresh, entries, plan)
        fresh.rename(folder)
    return folder


def verify_copy(copy: Path, *options: str, verb: str = "verify") -> Verified:
    """Verify a copied log as a user does, in processes of its own.

    Args:
        copy: Its folder.
        options: Of the command.
        verb: ``verify``, or ``audit``, which verifies first.
    """
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-c", _CARAVAN, verb, str(copy)]
        before = _cpu_seconds()
        start = time.perf_counter()
        # A report may be longer than a pipe holds.
        with (
            tempfile.TemporaryFile() as out,
            subprocess.Popen(
                [*command, "--policy", str(copy / "policy"), "--json", *options],
                stdout=out,
                env=os.environ | {"XDG_CONFIG_HOME": home},
            ) as process,
        ):
            peak = 0
            while True:
                try:
                    # To ask more often would cost what is measured a tenth of a core.
                    process.wait(_EVERY_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    peak = max(peak, _memory(process.pid))
            seconds = time.perf_counter() - start
            out.seek(0)
            told = out.read()
    if process.returncode not in {0, 1}:
        raise RuntimeError(f"verify: exit status {process.returncode}: {told[:400]!r}")
    size = parse_checkpoint(parse_note((copy / "checkpoint").read_bytes()).text).size
    return Verified(size, seconds, _cpu_seconds() - before, peak)


def _write(folder: Path, entries: int, plan: Plan) -> None:
    made = _Writer(folder)
    forge = Forge()
    forge.genesis()
    made.add(forge.entries[0], ("registrar",))
    made.seal()
    per_season = len(list(made_season(0, plan).drafts))
    count = -(-entries // per_season)
    with get_context("fork").Pool() as pool:
        for statements in pool.imap(
            partial(season_statements, plan=plan, first=count - 1),
            reversed(range(count)),
        ):
            for entry, names in statements:
                if made.size + GROUP > entries and made.is_sealed:
                    break
                made.add(entry, names)
                if made.open_entries == GROUP:
                    made.seal()
    if not made.is_sealed:
        made.seal()
    (folder / "policy").write_bytes(policy_text().encode())
    made.finish()


def made_season(number: int, plan: Plan = SEASON) -> Season:
    """Return the season of a number, its events as yet those of any other.

    The one of number 0 is the last, and the greater a number the longer ago.
    """
    return Season(
        origin=ORIGIN,
        registrar=REGISTRAR,
        secret=b"bench %d" % number,
        start=START - timedelta(days=number * (plan.days + _BETWEEN_DAYS)),
        plan=plan,
    )


def season_statements(
    number: int, plan: Plan = SEASON, first: int | None = None
) -> list[Named]:
    """Return the statements of one season.

    Args:
        number: Of the season.
        plan: How large it is.
        first: Number of the season that admits the parties of all; None for another.
    """
    season = made_season(number, plan)
    season.drafts = tuple(
        replace(draft, body=_renamed(draft.body, number)) for draft in season.drafts
    )
    found = []
    for entry in season.statements():
        content = read_content(parse_statement(entry), origin=ORIGIN)
        # The parties are those of the first season; their keys are new.
        if number == first or not isinstance(content, Admit):
            found.append((entry, names_of(content)))
    return found


def _renamed(body: dict[str, Json], number: int) -> dict[str, Json]:
    """Return an event of another season: another identifier, other goods."""
    text = _GOODS.sub(rb'\1-s%d"' % number, canonical(body))
    text = _UNIT.sub(partial(_other_unit, number=number), text)
    return parse_canonical(_EVENT_ID.sub(rb"\g<1>%08x" % number, text))


def _other_unit(unit: re.Match[bytes], number: int) -> bytes:
    digits = f"{int(unit[1]) + number * _UNITS_OF_A_SEASON:017}"
    return f"/00/{digits}{check_digit(digits)}".encode()


class _Writer:
    """Writes a copied log whose seals are true."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._index = IndexTree(ORIGIN)
        self._frontier = Frontier()
        self._chain = chain_start(ORIGIN)
        self._last_seal: int | None = None
        self._time_ms = START_MS
        self._bundle: list[bytes] = []

    @property
    def size(self) -> int:
        """Return how many entries there are."""
        return self._frontier.size

    @property
    def open_entries(self) -> int:
        """Return how many entries no seal has closed."""
        return self.size - (0 if self._last_seal is None else self._last_seal + 1)

    @property
    def is_sealed(self) -> bool:
        """Return whether the last entry is a seal."""
        return self.open_entries == 0

    def add(self, entry: bytes, names: tuple[str, ...] = ()) -> None:
        """Append an entry."""
        for name in names:
            self._index.append(name, self.size)
        leaf = leaf_hash(entry)
        self._frontier.append(leaf)
        self._chain = chain_next(self._chain, leaf)
        self._bundle.append(entry)
        if len(self._bundle) == TILE_WIDTH:
            self._flush(TILE_WIDTH)

    def seal(self) -> None:
        """Close what stands open."""
        self._time_ms += 60_000
        index = self.size
        seal = Seal(
            origin=ORIGIN,
            index=index,
            time=format_time(self._time_ms),
            chain_head=self._chain,
            index_root=self._index.root(),
            previous=self._last_seal,
        )
        self.add(seal.to_bytes())
        self._last_seal = index

    def finish(self) -> None:
        """Write what is left, then the checkpoint."""
        if self._bundle:
            self._flush(len(self._bundle))
        tree = Checkpoint(ORIGIN, self.size, self._frontier.root())
        note = sign_checkpoint(tree, [LEDGER])
        (self._folder / "checkpoint").write_bytes(note)

    def _flush(self, width: int) -> None:
        path = self._folder / bundle_path((self.size - 1) // TILE_WIDTH, width)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_bundle(self._bundle))
        self._bundle.clear()


def _cpu_seconds() -> float:
    """Return what all processes took that were started here, and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _memory(process: int) -> int:
    """Return what a process and its descendants have in memory, in bytes (Linux)."""
    return sum(map(_own_memory, _family(process)))


def _family(process: int) -> Iterator[int]:
    yield process
    with suppress(OSError):
        children = Path(f"/proc/{process}/task/{process}/children").read_text()
        for child in children.split():
            yield from _family(int(child))


def _own_memory(process: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def main() -> None:
    """Print what it takes to verify, or to ``audit``, a ledger of so many entries."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    options = sys.argv[2:]
    verb = options.pop(0) if options[:1] in (["verify"], ["audit"]) else "verify"
    found = verify_copy(made_ledger(entries), *options, verb=verb)
    rate = found.entries / found.seconds
    print(
        f"{found.entries:,} entries in {found.seconds:.1f} s: {rate:,.0f}/s, "
        f"{found.cpu_seconds / found.entries * 1e6:.0f} µs of processor an entry, "
        f"at most {found.peak_bytes / 2**20:.0f} MiB"
    )


if __name__ == "__main__":
    main()
