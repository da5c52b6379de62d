"""Measure the completeness index: what a proof weighs, and what it costs to append.

    python -m benchmarks.index

A ledger is begun as usual. Then a statement is forged into its database that is about
as many animals as are wanted: the index takes them in, sorted by key so that memory
holds a fifth of it, and the seal has its root. From there on everything is as it is in
use: statements about animals drawn at random are appended in batches, to this database
and to a copy of it that has no index.
"""

import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.clock import SystemClock
from ledger.completeness import EMPTY_INDEX_ROOT, subject_key, verify_lists
from ledger.encoding import canonical
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.merkle import leaf_hash, root_hash
from ledger.pagedindex import PagedIndex
from ledger.replay import Occurrence
from ledger.seal import Seal, chain_next, format_time, parse_seal
from ledger.sqlstore import Group, SqlStore, open_store
from tests.support.forge import ANIMAL, HERDER, LEDGER, ORIGIN, Forge, policy_text

SIZES = (10_000, 1_000_000)
BATCH = 500
BATCHES = 20
WARM_BATCHES = 10
ANIMALS = (100, BATCH)
"""In a batch: as many as in the benchmark of appending alone; and each another one."""
PROOFS = 200
HERD = ANIMAL.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Share:
    """Statements in a second, and what part of their time the index took."""

    rate: float
    share: float


@dataclass(frozen=True, slots=True)
class IndexFigures:
    """What was measured at one number of subjects."""

    proof_bytes: list[int]
    """Of one subject each, as JSON."""
    prove_seconds: float
    """Of one subject, median, nothing in memory."""
    start_seconds: float
    shares: list[Share]
    """For each number of ``ANIMALS``."""


class NoIndex(PagedIndex):
    """Takes no time, and has no right root: nothing but a measure."""

    def append(self, subject: str, index: int) -> None:
        """Forget it."""

    def root(self) -> bytes:
        """Return some root."""
        return EMPTY_INDEX_ROOT


def begun(folder: Path) -> Log:
    """Return a new ledger with a party that may write."""
    forge = Forge()
    forge.genesis()
    log = Log.create(
        f"sqlite:///{folder}/ledger.db",
        origin=ORIGIN,
        genesis=forge.entries[0],
        signers=[LEDGER],
        clock=SystemClock(),
        policy=policy_text().encode(),
    )
    forge.admit()
    forge.authorize()
    log.append_statements(forge.entries[1:])
    return log


def animal(number: int) -> str:
    """Return a subject."""
    return f"{HERD}/{number}"


def notes_about(subjects: list[str], first: int) -> list[bytes]:
    """Return a signed statement about each of these."""
    forge = Forge()
    return [
        forge.event_entry(first + place, HERDER, epcList=[subject])
        for place, subject in enumerate(subjects)
    ]


def fill(store: SqlStore, subjects: int) -> None:
    """Have one forged statement, and its seal, be about so many animals."""
    size = store.size()
    rows = list(store.entries(0, size))
    entry = notes_about([animal(0)], 0)[0]
    chain = chain_next(rows[-1][2], leaf_hash(entry))
    last = parse_seal(rows[-1][1])
    index = PagedIndex(ORIGIN, store.index_pages, root=last.index_root)
    names = sorted(map(animal, range(subjects)), key=lambda n: subject_key(ORIGIN, n))
    listings: list[tuple[str, int, int]] = []
    step = -(-subjects // size)
    for place in range(size):
        for name in names[place * step : (place + 1) * step]:
            index.append(name, place)
            listings.append((name, place, 0))
        index.root()
        store.write_index_pages(index.take_changed())
    time_ms = SystemClock().now_ms()
    seal = Seal(
        origin=ORIGIN,
        index=size + 1,
        time=format_time(time_ms),
        chain_head=chain,
        index_root=index.root(),
        previous=last.index,
    ).to_bytes()
    known = Occurrence(size, "", b"", b"-", is_declaration=False)
    added = [(size, entry, chain), (size + 1, seal, chain_next(chain, leaf_hash(seal)))]
    group = Group(added, [("-", known)], listings, (size + 1, time_ms), [])
    store.append_group(group)
    leaves = [leaf_hash(each) for _, each, _ in [*rows, *added]]
    tree = Checkpoint(ORIGIN, size + 2, root_hash(leaves))
    store.append_checkpoint(size + 2, sign_checkpoint(tree, [LEDGER]), {})


def opened(path: Path) -> Log:
    """Continue a ledger."""
    return Log.open(
        f"sqlite:///{path}",
        signers=[LEDGER],
        clock=SystemClock(),
        policy=policy_text().encode(),
    )


def check_proofs(log: Log, subjects: int) -> tuple[list[int], float]:
    """Verify proofs of one subject each; return their bytes and the median time."""
    chosen = random.Random(2)
    sizes, seconds = [], []
    for _ in range(PROOFS):
        name = animal(chosen.randrange(subjects))
        start = time.perf_counter()
        lists, proof = log.prove_lists([name])
        seconds.append(time.perf_counter() - start)
        root = parse_seal(log.entry(log.size - 1)).index_root
        verify_lists(root, origin=ORIGIN, lists=lists, proof=proof)
        sizes.append(len(canonical({"proof": proof})) - len('{"proof":}'))
    return sizes, statistics.median(seconds)


class Drawing:
    """Draws what the statements of a batch are about: of five animals one is new."""

    def __init__(self, subjects: int) -> None:
        """Begin with the animals that there are."""
        self._subjects = subjects
        self._statements = 0
        self._chosen = random.Random(1)

    def batch(self, animals: int) -> list[bytes]:
        """Return statements about so many animals, no text twice."""
        first = self._statements
        self._statements += BATCH
        drawn = [
            animal(self._chosen.randrange(self._subjects))
            if place % 5
            else animal(self._subjects + first + place)
            for place in range(animals)
        ]
        about = [drawn[place % animals] for place in range(BATCH)]
        return notes_about(about, 1 + first)


def share_of_index(log: Log, bare: Log, batches: Sequence[list[bytes]]) -> Share:
    """Return what part of the append time the index takes.

    Both take each batch in turn, so that a machine whose speed drifts slows both.
    """
    seconds = {log: 0.0, bare: 0.0}
    for place, notes in enumerate(batches):
        for each in (log, bare) if place % 2 else (bare, log):
            start = time.perf_counter()
            answers = each.append_statements(notes)
            seconds[each] += time.perf_counter() - start
            assert not any(isinstance(answer, LedgerError) for answer in answers)
    rate = len(batches) * BATCH / seconds[log]
    return Share(rate, 1 - seconds[bare] / seconds[log])


def measure(subjects: int) -> IndexFigures:
    """Measure a ledger with so many subjects."""
    with tempfile.TemporaryDirectory() as name:
        path, copy = Path(name) / "ledger.db", Path(name) / "copy.db"
        begun(Path(name)).close()
        store = open_store(f"sqlite:///{path}")
        fill(store, subjects)
        store.close()
        shutil.copy(path, copy)

        start = time.perf_counter()
        log = opened(path)
        start_seconds = time.perf_counter() - start
        proof_bytes, prove_seconds = check_proofs(log, subjects)
        no_index = NoIndex(ORIGIN, lambda _: {}, root=EMPTY_INDEX_ROOT)
        with patch("ledger.sequencer.load_index", lambda *_, **__: no_index):
            bare = opened(copy)
        drawing = Drawing(subjects)
        share_of_index(log, bare, [drawing.batch(BATCH) for _ in range(WARM_BATCHES)])
        shares = [
            share_of_index(log, bare, [drawing.batch(animals) for _ in range(BATCHES)])
            for animals in ANIMALS
        ]
        log.close()
        bare.close()
    return IndexFigures(proof_bytes, prove_seconds, start_seconds, shares)


def main() -> None:
    """Print the tables."""
    found = {subjects: measure(subjects) for subjects in SIZES}
    print(
        f"\n{'completeness proof of one subject':40}{'bytes':>8}{'at most':>9}"
        f"{'to prove':>11}{'to start':>11}"
    )
    for subjects, figures in found.items():
        print(
            f"{subjects:>31,} subjects{statistics.median(figures.proof_bytes):>8,.0f}"
            f"{max(figures.proof_bytes):>9,}{figures.prove_seconds * 1000:>8.1f} ms"
            f"{figures.start_seconds * 1000:>8.0f} ms"
        )
    print(
        f"\n{f'append, batches of {BATCH}, durable':40}{'per second':>12}{'index':>8}"
    )
    for subjects, figures in found.items():
        for animals, share in zip(ANIMALS, figures.shares, strict=True):
            name = f"{subjects:,} subjects, {animals} in a batch"
            print(f"{name:>40}{share.rate:>12,.0f}{share.share:>8.2f}")


if __name__ == "__main__":
    main()
