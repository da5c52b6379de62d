"""Measure the way in over HTTP: single statements, and batches.

The workload is the simulated season: who takes part is admitted beforehand, every event
is signed before the clock starts, and everything is switched on: directory, index,
flags, receipts, and each group on the disk under a signed checkpoint before its answer.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from benchmarks.load import CONNECTIONS, JSON, TEXT, Load, post_all, request
from benchmarks.served import served
from ledger.cli.folder import DataFolder, Plan, create_ledger
from ledger.clock import SystemClock
from ledger.contents import read_content, subjects_of
from ledger.encoding import canonical
from ledger.errors import LedgerError
from ledger.keys import read_key_file
from ledger.signatures import SigningKey, verify_signature
from ledger.simulate.plan import SEASON
from ledger.simulate.plan import Plan as SeasonPlan
from ledger.simulate.season import Season, latest_start
from ledger.statement import parse_statement

BATCH = 500
BATCH_CONNECTIONS = 4
PATH = "/statements"


@dataclass(frozen=True, slots=True)
class Workload:
    """A ledger to which the parties of a season are admitted, and the season's events.

    Attributes:
        folder: The ledger; it is copied for each run.
        events: Signed, in the order of posting.
        subjects_per_event: How many subjects an event is about, on average.
        pouches: Those that were sold, or are yet to be.
    """

    folder: Path
    events: tuple[bytes, ...]
    subjects_per_event: float
    pouches: tuple[str, ...]


def make_workload(
    folder: Path, plan: SeasonPlan = SEASON, *, database: str | None = None
) -> Workload:
    """Begin a ledger in a folder and sign a season for it.

    Args:
        folder: Where; it must be empty.
        plan: How large the season is.
        database: URL of the ledger's database, if not in the folder.
    """
    data, clock = DataFolder(folder), SystemClock()
    ledger = Plan(host="bench.example", database=database)
    create_ledger(data, ledger, passphrase=None, clock=clock)
    log = data.open_log(clock=clock)
    season = Season(
        origin=log.origin,
        registrar=read_key_file(data.registrar_key),
        secret=b"benchmark",
        start=latest_start(clock.now_ms(), plan),
        plan=plan,
    )
    directory: list[bytes] = []
    events: list[bytes] = []
    pouches: set[str] = set()
    subjects = 0
    for note in season.statements():
        statement = parse_statement(note)
        if statement.kind == "event":
            events.append(note)
            content = read_content(statement, origin=log.origin)
            about = subjects_of(content)
            subjects += len(about)
            pouches.update(name for name in about if "/21/" in name)
        else:
            directory.append(note)
    answers = log.append_statements(directory)
    assert not any(isinstance(answer, LedgerError) for answer in answers)
    log.close()
    mean = subjects / len(events)
    return Workload(folder, tuple(events), mean, tuple(sorted(pouches)))


def baseline_rate(events: Sequence[bytes]) -> Load:
    """Post single statements to an endpoint that reads them and nothing else."""
    requests = [request(PATH, event, TEXT) for event in events]
    with served("baseline") as url:
        return post_all(url, requests)


def post_rate(
    workload: Workload, events: Sequence[bytes], *, connections: int = CONNECTIONS
) -> Load:
    """Post single statements to a copy of the ledger."""
    requests = [request(PATH, event, TEXT) for event in events]
    with _served_copy(workload) as url:
        load = post_all(url, requests, connections=connections)
    assert load.statuses == {201: len(events)}, load.statuses
    return load


def batch_rate(
    workload: Workload, events: Sequence[bytes], *, size: int = BATCH
) -> float:
    """Return statements in a second, posted in batches to a copy of the ledger."""
    batches = [events[i : i + size] for i in range(0, len(events), size)]
    requests = [
        request(PATH, canonical([e.decode() for e in batch]), JSON) for batch in batches
    ]
    with _served_copy(workload) as url:
        load = post_all(url, requests, connections=BATCH_CONNECTIONS)
    assert load.statuses == {200: len(batches)}, load.statuses
    return len(events) / load.seconds


def verify_rate(signatures: int = 10_000, threads: int = 2) -> float:
    """Return how many signatures libsodium checks in a second, on so many cores."""
    key = SigningKey.from_seed(bytes(32))
    message = bytes(600)
    signature = key.sign(message)

    def verify() -> None:
        for _ in range(signatures // threads):
            verify_signature(key.public_key, message, signature)

    return signatures / _seconds_of([verify] * threads)


def _seconds_of(work: Sequence[Callable[[], None]]) -> float:
    threads = [Thread(target=each) for each in work]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


@contextmanager
def _served_copy(workload: Workload) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "ledger"
        shutil.copytree(workload.folder, folder)
        with served("ledger", str(folder)) as url:
            yield url
