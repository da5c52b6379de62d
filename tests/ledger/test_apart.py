"""What is judged apart, by pieces and by processes, is judged as in one piece."""

import os
import random
import signal

import pytest

from ledger.apart import ApartJudge, InTurn
from ledger.compact import ListHeads
from ledger.encoding import encode_base64
from ledger.errors import ChainBrokenError, IncompleteError, LedgerError, StoreError
from ledger.index import IndexTree
from ledger.replay import Occurrences, Replay
from ledger.trust import Trust, located
from ledger.verify_ledger import verify_ledger
from ledger.workers import Workers, worker_count
from tests.support.forge import (
    ANIMAL,
    HERDER,
    HOST,
    ORIGIN,
    OTHER_PARTY,
    PARTY,
    PLACE,
    WELL,
    begun,
    flipped,
    policy_text,
    signer,
)

PIECES = (1, 2, 3, 7, 512)
DECLARED = {"errorDeclaration": {"declarationTime": "2026-06-12T09:00:00+08:00"}}


def busy():
    """Return a ledger in which there is some of everything, and directory between."""
    forge = begun()
    forge.event(1, action="ADD", bizStep="commissioning", disposition="active")
    forge.event(2, **{"caravan:seq": 0})
    forge.admit(OTHER_PARTY)
    forge.authorize(WELL, OTHER_PARTY)
    forge.event(2, WELL, HERDER)
    forge.seal()
    forge.event(3, bizStep="arriving", eventTime="2026-06-01T06:00:00+08:00")
    forge.event(
        2, **DECLARED, **{"caravan:seq": 7, "caravan:prev": encode_base64(bytes(32))}
    )
    forge.event(4, bizStep="departing", epcList=[ANIMAL, f"{ANIMAL}7"])
    forge.event(5, disposition="non_conformant")
    forge.seal()
    forge.revoke(WELL, OTHER_PARTY)
    forge.event(6, sensorElementList=[{"sensorReport": [{"value": 0}]}])
    forge.event(
        1, **DECLARED, action="ADD", bizStep="commissioning", disposition="active"
    )
    forge.seal()
    return forge


def rows_of(forge):
    return [(index, entry, None) for index, entry in enumerate(forge.entries)]


def told(judge):
    """Return what came out: a report, or the refusal in every detail."""
    try:
        return judge()
    except LedgerError as error:
        return type(error), error.code, error.step, error.index, str(error)


def verdict(rows, forge, **options):
    return told(
        lambda: verify_ledger(
            rows,
            checkpoint=forge.checkpoint(),
            trust=Trust(policy_text().encode(), "yours", forge.now_ms),
            **options,
        )
    )


def one_by_one(rows, size):
    """Return why the first entry that is not valid is refused; None if all are."""
    replay = Replay(ORIGIN, occurrences=Occurrences(), check_every_index_root=False)

    def judge():
        for index, entry, chain in rows:
            if index >= size:
                break
            if index != replay.size:
                missing = IncompleteError(f"entry {replay.size}: missing")
                raise located(replay.size, missing)
            replay.advance(replay.judge(entry))
            if chain is not None and chain != replay.chain_head:
                wrong = f"entry {index}: its stored chain head differs"
                raise located(index, ChainBrokenError(wrong))

    found = told(judge)
    return found and (*found[:2], 3, *found[3:])


def damaged():
    """Yield ledgers with lies in them: a name and the rows."""
    forge = busy()
    rows, size = rows_of(forge), len(forge.entries)
    chosen = random.Random(4)
    for index, (_, entry, _) in enumerate(rows):
        for place in (-10, *(chosen.randrange(len(entry)) for _ in range(6))):
            yield f"byte {place} of {index}", swap(rows, index, flipped(entry, place))
        yield f"{index} left out", [row for row in rows if row[0] != index]
        yield f"{index} empty", swap(rows, index, b"")
        yield f"{index} cut short", swap(rows, index, entry[: len(entry) // 2])
        yield f"wrong chain head at {index}", chained(rows, index)
        for other in chosen.sample(range(size), 3):
            both = swap(rows, index, rows[other][1])
            yield f"{other} again as {index}", both
            yield f"{index} and {other} exchanged", swap(both, other, entry)
        two = swap(rows, index, flipped(entry))
        yield f"signatures of {index} and the last", swap(two, size - 2, b"?")
    yield from strangers(forge, rows)


def strangers(forge, rows):
    """Yield ledgers in which somebody said what he may not."""
    event = forge.event_entry
    elsewhere = "oasis.example/milk-0badcafe"
    lies = {
        "of a stranger": event(90, signer(f"{HOST}/thief")),
        "of a revoked key": event(91, WELL),
        "of another ledger": event(92, origin=elsewhere),
        "without the right": event(93, bizStep="shipping"),
        "not an event": event(94, eventTime="soon"),
        "used before": event(1, bizStep="departing"),
        "declared twice": event(2, **DECLARED),
        "declared without original": event(95, **DECLARED),
        "logged before, by one without the right": forge.entries[8],
    }
    for name, entry in lies.items():
        yield name, swap(rows, len(rows) - 2, entry)
        yield f"{name}, early", swap(rows, 6, entry)


def swap(rows, index, entry):
    return [(i, entry if i == index else e, c) for i, e, c in rows]


def chained(rows, index):
    return [(i, e, bytes(32) if i == index else c) for i, e, c in rows]


@pytest.mark.parametrize("most", PIECES)
def test_the_first_entry_that_is_not_valid_falls_as_one_by_one(most):
    forge = busy()
    refused = 0
    for name, rows in damaged():
        want = one_by_one(rows, len(forge.entries))
        found = verdict(rows, forge, piece_entries=most)
        if want is not None:
            refused += 1
            assert found == want, name

    assert refused > 200


@pytest.mark.parametrize("most", PIECES)
def test_a_sound_ledger_is_reported_alike_whatever_its_pieces(most):
    forge = busy()
    rows = rows_of(forge)
    whole = verdict(rows, forge)

    assert {flag.code for flag in whole.flags} >= {"late", "zero-value", "sequence-gap"}
    assert verdict(rows, forge, piece_entries=most) == whole
    assert verdict(
        rows, forge, piece_entries=most, check_every_index_root=True
    ).flags == (whole.flags)


def test_processes_find_what_one_finds():
    forge = busy()
    cases = [("sound", rows_of(forge)), *damaged()]
    for name, rows in cases[:: len(cases) // 8]:
        with Workers(ORIGIN, 3) as workers:
            found = verdict(rows, forge, judges=workers, piece_entries=2)
        assert found == verdict(rows, forge), name


def test_a_worker_that_is_killed_is_said():
    forge = busy()
    with Workers(ORIGIN, 2) as workers:
        os.kill(workers.process_ids[1], signal.SIGKILL)
        found = verdict(rows_of(forge), forge, judges=workers, piece_entries=1)

    assert found[:3] == (StoreError, "store", 3)
    assert found[4] == "verify: a worker process ended, exit status -9"


def test_workers_are_gone_at_the_end():
    with Workers(ORIGIN, 2) as workers:
        processes = workers.process_ids
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_a_small_ledger_starts_no_process():
    assert worker_count(19_999) == 0


def test_list_heads_have_the_root_of_the_tree():
    chosen = random.Random(3)
    heads, tree = ListHeads(ORIGIN), IndexTree(ORIGIN)
    assert heads.root() == tree.root()
    for index in range(400):
        for name in {f"{PARTY}/{chosen.randrange(99)}", f"{PLACE}/{index % 7}"}:
            heads.append(name, index)
            tree.append(name, index)
        if index < 20 or index % 50 == 0:
            assert heads.root() == tree.root()


class Doubting:
    """Sees every other piece as if its first entry were in doubt."""

    def judge(self, pieces):
        for number, (piece, columns) in enumerate(InTurn(ORIGIN).judge(pieces)):
            doubt = ApartJudge(ORIGIN).judge(piece.first, [])
            yield piece, doubt if number % 2 else columns


def test_what_is_doubted_without_reason_is_judged_in_its_place():
    forge = busy()

    found = verdict(rows_of(forge), forge, judges=Doubting(), piece_entries=3)

    assert found == verdict(rows_of(forge), forge)
