"""Measure the write path, the verifier and the passport against their limits.

Each figure is the median of five runs, interleaved so that a machine whose speed
drifts slows all of them. The limit is what libsodium verifies on one core, because
that is what cannot be saved: each statement's signature has to be checked.

Run it with ``make bench`` on a machine that does nothing else. Absolute figures are of
that machine; the ratios travel.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import index
from ledger.clock import SystemClock
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.signatures import SigningKey, verify_signature
from ledger.sqlstore import open_store
from ledger.trust import Trust
from ledger.verify import verify_passport
from ledger.verify_ledger import verify_ledger
from tests.support.forge import ANIMAL, HERDER, LEDGER, ORIGIN, Forge, policy_text

RUNS = 5
STATEMENTS = 2_000
BATCH = 500
ANIMALS = 100
POLICY = policy_text().encode()


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: what was done, how many times, how long it took."""

    name: str
    unit: str
    rates: list[float]

    @property
    def rate(self) -> float:
        """Return how many were done in a second, the median of the runs."""
        return statistics.median(self.rates)


def rate(work: Callable[[], int]) -> float:
    """Return how many things a piece of work does in a second."""
    start = time.perf_counter()
    done = work()
    return done / (time.perf_counter() - start)


def verify_signatures() -> int:
    """Check signatures and nothing else: the limit of everything below."""
    key = SigningKey.from_seed(bytes(32))
    message = bytes(600)
    signature = key.sign(message)
    for _ in range(STATEMENTS):
        verify_signature(key.public_key, message, signature)
    return STATEMENTS


def made_statements(run: int) -> list[bytes]:
    """Return signed weighings of a hundred animals, no text twice in all runs."""
    forge = Forge()
    herd = ANIMAL.rpartition("/")[0]
    return [
        forge.event_entry(
            run * STATEMENTS + place,
            HERDER,
            epcList=[f"{herd}/{place % ANIMALS}"],
            sensorElementList=[
                {"sensorReport": [{"type": "Mass", "uom": "KGM", "value": place}]}
            ],
        )
        for place in range(STATEMENTS)
    ]


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
        policy=POLICY,
    )
    forge.admit()
    forge.authorize()
    log.append_statements(forge.entries[1:])
    return log


def append(log: Log, notes: list[bytes]) -> int:
    """Append in batches: verified, admitted, chained, durable, with receipts."""
    for start in range(0, len(notes), BATCH):
        for answer in log.append_statements(notes[start : start + BATCH]):
            assert not isinstance(answer, LedgerError), answer
    return len(notes)


def verify_all(folder: Path) -> int:
    """Replay the whole ledger from its database."""
    store = open_store(f"sqlite:///{folder}/ledger.db")
    checkpoint = store.newest_checkpoint()
    assert checkpoint is not None
    trust = Trust(POLICY, "yours", SystemClock().now_ms())
    report = verify_ledger(
        store.entries(0, store.size()), checkpoint=checkpoint, trust=trust
    )
    store.close()
    return report.size


def check_passports(log: Log) -> int:
    """Make passports, and judge them as a phone would."""
    herd = ANIMAL.rpartition("/")[0]
    trust = Trust(POLICY, "yours", SystemClock().now_ms())
    checked = 0
    for number in range(10):
        subject = f"{herd}/{number}"
        report = verify_passport(log.passport(subject), subject=subject, trust=trust)
        checked += len(report.statements)
    return checked


def main() -> None:
    """Print the table."""
    limit = Figure("Ed25519 verify, one core", "signatures", [])
    written = Figure(f"append, batches of {BATCH}, durable", "statements", [])
    verified = Figure("verify a ledger, from its database", "entries", [])
    checked = Figure("make and judge passports", "statements", [])
    for run in range(RUNS):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            log = begun(folder)
            notes = made_statements(run)
            limit.rates.append(rate(verify_signatures))
            written.rates.append(rate(lambda log=log, notes=notes: append(log, notes)))
            verified.rates.append(rate(lambda folder=folder: verify_all(folder)))
            checked.rates.append(rate(lambda log=log: check_passports(log)))
            log.close()
    print(f"{'what':40}{'per second':>12}{'of the limit':>14}")
    for figure in (limit, written, verified, checked):
        ratio = figure.rate / limit.rate
        print(f"{figure.name:40}{figure.rate:>12,.0f}{ratio:>14.2f}  {figure.unit}")
    index.report(begun)


if __name__ == "__main__":
    main()
