"""The index in the store: proofs from a snapshot, and pages made again from the log."""

import pytest

from ledger.completeness import subject_key, verify_lists
from ledger.errors import (
    IncompleteError,
    LedgerError,
    NotFoundError,
    StoreError,
)
from ledger.log import Log
from ledger.seal import parse_seal
from ledger.snapshot import take_snapshot
from ledger.sqlstore import SqlStore, create_store, open_store
from tests.support.clocks import FrozenClock
from tests.support.databases import change, execute
from tests.support.forge import (
    ANIMAL,
    LEDGER,
    ORIGIN,
    PARTY,
    START_MS,
    Forge,
    policy_text,
)

forge = Forge()
forge.genesis()
forge.admit()
forge.authorize()
HERD = ANIMAL.rpartition("/")[0]
ABSENT = f"{HERD}/absent"
NAMES = [ANIMAL, f"{HERD}/3", ABSENT, "registrar", PARTY, f"{ANIMAL}#alarm"]


def event(number, subject=ANIMAL):
    return forge.event_entry(number, epcList=[subject])


def opened(url, is_new=False):
    members = {
        "signers": [LEDGER],
        "clock": FrozenClock(START_MS),
        "policy": policy_text().encode(),
    }
    if is_new:
        return Log.create(url, origin=ORIGIN, genesis=forge.entries[0], **members)
    return Log.open(url, **members)


@pytest.fixture
def log(url):
    made = opened(url, is_new=True)
    made.append_statements(forge.entries[1:])
    made.append_statements([event(n, f"{HERD}/{n}") for n in range(40)])
    yield made
    made.close()


def pages_of(url):
    (rows,) = execute(url, "SELECT name, page FROM index_page ORDER BY name")
    return rows


def verify(log, names=NAMES):
    """Verify a proof under the last seal; return the lists."""
    lists, proof = log.prove_lists(names)
    root = parse_seal(log.entry(log.size - 1)).index_root
    verify_lists(root, origin=ORIGIN, lists=lists, proof=proof)
    assert lists == {name: log.listing(name) for name in names}
    return lists


def page_of(subject, url):
    """Return the name of the lowest page on the way to a subject."""
    key = f"{int.from_bytes(subject_key(ORIGIN, subject), 'big') << 2:086o}"
    return max((n for n, _ in pages_of(url) if key.startswith(n)), key=len)


# ---------------------------------------------------------------------------- proofs


def test_the_lists_of_every_checkpoint_are_proved(log):
    for number in range(40, 44):
        log.append_statements([event(number), event(number + 10, f"{HERD}/3")])
        lists = verify(log)
        assert len(lists[ANIMAL]) == number - 38
        assert lists[ABSENT] == ()


def test_nothing_is_proved_of_no_names_or_an_empty_log(log, tmp_path):
    with pytest.raises(ValueError, match="at least one"):
        log.prove_lists([])
    empty = create_store(f"sqlite:///{tmp_path}/empty.db", origin=ORIGIN)
    with pytest.raises(NotFoundError), take_snapshot(empty):
        pass
    empty.close()


def test_a_reader_process_proves_from_the_store_alone(log, url):
    store = open_store(url)
    with take_snapshot(store) as snapshot:
        assert (snapshot.size, snapshot.checkpoint) == (log.size, log.checkpoint())
        assert snapshot.prove_lists(NAMES) == log.prove_lists(NAMES)
    store.close()


def test_a_snapshot_stays_the_same_while_others_append(log):
    names = [ANIMAL, f"{HERD}/new"]
    with log.snapshot() as snapshot:
        before = snapshot.size
        log.append_statements([event(50), event(51, f"{HERD}/new")])
        lists, proof = snapshot.prove_lists(names)

    assert snapshot.size == before < log.size
    assert lists[f"{HERD}/new"] == ()
    root = parse_seal(log.entry(before - 1)).index_root
    verify_lists(root, origin=ORIGIN, lists=lists, proof=proof)
    assert len(verify(log, names)[f"{HERD}/new"]) == 1


def test_many_snapshots_are_open_at_once(log):
    opened_now = [log.snapshot() for _ in range(30)]
    snapshots = [each.__enter__() for each in opened_now]

    assert all(s.prove_lists([ANIMAL])[0][ANIMAL] for s in snapshots)
    assert log.entry(0) == forge.entries[0]
    for each in opened_now:
        each.__exit__(None, None, None)


def test_a_list_that_the_index_does_not_have_is_not_handed_over(log, url):
    change(url, "INSERT INTO listing VALUES (:name, 0, 0)", name=ABSENT)

    with pytest.raises(StoreError, match=f"the list of {ABSENT}"):
        log.prove_lists([ABSENT])
    assert verify(log, [ANIMAL])


@pytest.mark.parametrize("subject", [ANIMAL, "registrar"])
def test_a_list_that_lacks_a_line_is_not_handed_over(log, url, subject):
    change(
        url,
        "DELETE FROM listing WHERE subject = :name",
        name=subject,
    )

    with pytest.raises(StoreError, match=f"the list of {subject}"):
        log.prove_lists([subject])


# --------------------------------------------------------------------------- durable


def test_a_start_goes_on_from_the_pages_and_reads_no_entries_for_them(
    log, url, monkeypatch
):
    log.append_statements([event(100 + n, f"{HERD}/{n}") for n in range(400)])
    log.close()
    before = pages_of(url)
    read = []
    entries = SqlStore.entries

    def counted(store, start, end):
        read.append(end - start)
        return entries(store, start, end)

    monkeypatch.setattr(SqlStore, "entries", counted)
    reopened = opened(url)

    assert sum(read) < 300 < reopened.size
    assert pages_of(url) == before
    reopened.append_statements([event(600)])
    assert verify(reopened)
    reopened.close()


def test_a_crash_between_group_and_checkpoint_leaves_pages_that_fit(
    log, url, monkeypatch
):
    def die(*_, **__):
        raise StoreError("disk: full")

    before = log.prove_lists(NAMES)
    with monkeypatch.context() as patch:
        patch.setattr(SqlStore, "append_checkpoint", die)
        with pytest.raises(StoreError):
            log.append_statements([event(50)])
    assert log.prove_lists(NAMES) == before
    log.close()

    reopened = opened(url)
    assert len(verify(reopened)[ANIMAL]) == len(before[0][ANIMAL]) + 1
    reopened.close()


def test_a_group_after_a_failed_one_has_the_pages_of_both(log, monkeypatch):
    keep = SqlStore.append_group

    def keep_and_fail(store, group):
        keep(store, group)
        raise StoreError("connection: lost")

    with monkeypatch.context() as patch:
        patch.setattr(SqlStore, "append_group", keep_and_fail)
        with pytest.raises(StoreError):
            log.append_statements([event(50)])
    log.append_statements([event(51)])

    assert len(verify(log)[ANIMAL]) == 3


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("DELETE FROM index_page", id="no-pages"),
        pytest.param("DELETE FROM index_page WHERE name = ''", id="no-top"),
        pytest.param(
            "UPDATE index_page SET page = :damage WHERE name = ''", id="other"
        ),
        pytest.param("UPDATE index_page SET page = 'x' WHERE name = ''", id="text"),
    ],
)
def test_pages_without_the_seals_root_are_made_again_from_the_log(
    log, url, damage, monkeypatch
):
    monkeypatch.setattr("ledger.reindex.CHUNK", 7)
    before, proved = pages_of(url), log.prove_lists(NAMES)
    log.close()
    change(
        url,
        damage,
        "INSERT INTO index_page VALUES ('7777', :damage)",
        "DELETE FROM listing",
        damage=b"\0",
    )

    reopened = opened(url)

    assert pages_of(url) == before
    with reopened.snapshot() as snapshot:
        assert snapshot.index.prove(NAMES) == proved[1]
    reopened.close()


def test_pages_of_an_older_checkpoint_are_made_again(log, url):
    old = pages_of(url)
    log.append_statements([event(50)])
    want = pages_of(url)
    log.close()
    change(url, "DELETE FROM index_page")
    for name, page in old:
        row = {"name": name, "page": page}
        change(url, "INSERT INTO index_page VALUES (:name, :page)", **row)

    reopened = opened(url)
    assert pages_of(url) == want
    assert verify(reopened)
    reopened.close()


def test_a_rebuild_that_was_cut_short_begins_again(log, url, monkeypatch):
    want = pages_of(url)
    log.close()
    change(url, "DELETE FROM index_page")
    monkeypatch.setattr("ledger.reindex.CHUNK", 7)
    write = SqlStore.write_index_pages
    left = [3]

    def write_some(store, pages):
        left[0] -= 1
        if left[0] < 0:
            raise StoreError("disk: full")
        write(store, pages)

    with monkeypatch.context() as patch:
        patch.setattr(SqlStore, "write_index_pages", write_some)
        with pytest.raises(StoreError):
            opened(url)
    assert [] != pages_of(url) != want

    opened(url).close()
    assert pages_of(url) == want


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        pytest.param(
            'UPDATE entry SET entry = :other WHERE "index" = 9',
            "seal-mismatch",
            id="another-subject",
        ),
        pytest.param(
            'DELETE FROM entry WHERE "index" = 9', "incomplete", id="one-lacks"
        ),
        pytest.param(
            'UPDATE entry SET entry = :damage WHERE "index" = 9',
            "incomplete",
            id="no-entry",
        ),
    ],
)
def test_from_damaged_entries_no_index_is_made(log, url, damage, error):
    # More than a tile: of what lies under one, a start reads the hashes alone.
    log.append_statements([event(100 + n) for n in range(300)])
    other = log.entry(9).replace(b'/4"', b'/8"')
    log.close()
    change(url, damage, damage=b"\0", other=other)
    opened(url).close()
    change(url, "DELETE FROM index_page")

    for _ in range(2):
        with pytest.raises(LedgerError) as refusal:
            opened(url)
        assert refusal.value.code == error


def test_a_start_names_what_lacks_at_the_right_edge(log, url):
    log.close()
    change(url, 'DELETE FROM entry WHERE "index" = 9')

    with pytest.raises(IncompleteError, match="rows are missing"):
        opened(url)


def test_a_damaged_page_is_named_and_made_again_before_the_next_group(log, url):
    name = page_of(ANIMAL, url)
    want = pages_of(url)
    change(url, "UPDATE index_page SET page = '' WHERE name = :name", name=name)

    with pytest.raises(StoreError, match=f"index page '{name}'"):
        log.prove_lists([ANIMAL])
    assert log.append_statements([event(1, f"{HERD}/1")])[0].is_new is False
    assert pages_of(url) == want
    assert verify(log)


def test_a_group_that_meets_a_damaged_page_fails_and_the_next_goes_on(log, url):
    log.close()
    name = page_of(ANIMAL, url)
    change(url, "DELETE FROM index_page WHERE name = :name", name=name)
    reopened = opened(url)
    size = reopened.size

    with pytest.raises(StoreError, match=f"index page '{name}'"):
        reopened.append_statements([event(50)])
    assert reopened.size == size

    (answer,) = reopened.append_statements([event(50)])
    assert answer.is_new
    assert len(verify(reopened)[ANIMAL]) == 2
    reopened.close()
