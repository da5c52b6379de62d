"""A database made anew from a copy of the log: row for row what it was."""

import sys
from itertools import chain as joined
from itertools import islice
from types import ModuleType

import pytest

from ledger import restore as restoring
from ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from ledger.cosignature import Cosigner, sign_cosignature
from ledger.errors import (
    ChainBrokenError,
    IncompleteError,
    LedgerError,
    QuorumError,
    RootMismatchError,
    SealMismatchError,
    StoreError,
)
from ledger.follower import ReadOnlyLog
from ledger.givenout import GivenOut
from ledger.log import Log
from ledger.merkle import leaf_hash, root_hash
from ledger.note import Note, parse_note
from ledger.policy import parse_policy
from ledger.restore import keep_cosigned, restore
from ledger.seal import parse_seal
from ledger.signatures import SigningKey
from ledger.simulate.plan import SMALL
from ledger.sqlstore import create_store, open_store
from ledger.tile import tile_width
from ledger.trust import Trust
from ledger.verify_ledger import verify_ledger
from tests.support.clocks import FrozenClock
from tests.support.databases import execute
from tests.support.forge import (
    LEDGER,
    ORIGIN,
    START_MS,
    Forge,
    policy_text,
    signer,
)
from tests.support.seasons import season

POLICY = policy_text().encode()
TABLES = (
    'SELECT "index", entry, chain FROM entry ORDER BY 1',
    'SELECT * FROM statement ORDER BY "index"',
    'SELECT subject, "index", tells FROM listing ORDER BY subject, "index"',
    'SELECT "index", time_ms FROM seal ORDER BY 1',
    "SELECT level, number, hashes FROM tile ORDER BY 1, 2",
    "SELECT name, page FROM index_page ORDER BY 1",
    "SELECT size, note FROM checkpoint ORDER BY 1 DESC LIMIT 1",
    "SELECT key, value FROM meta ORDER BY 1",
)
REMOVALS = {
    "the size": ("if replay.size != want.size:", "if False:"),
    "the root": ("if replay.frontier.root() != want.root:", "if False:"),
    "the last seal": (
        "if last is None or last.index != want.size - 1:",
        "if last is None:",
    ),
    "the index": ("    replay.check_index_root(last)\n", ""),
    "the order": ("if index != writer.replay.size:", "if False:"),
}
"""Each check, and the source without it."""


def the_season(count):
    return list(islice(season(SMALL).statements(), count))


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """Return the URL of a ledger with a part of the season, in several groups."""
    forge = Forge()
    forge.genesis()
    url = f"sqlite:///{tmp_path_factory.mktemp('original')}/ledger.db"
    log = Log.create(
        url,
        origin=ORIGIN,
        genesis=forge.entries[0],
        signers=[LEDGER],
        clock=FrozenClock(START_MS),
        policy=POLICY,
    )
    notes = the_season(380)
    for first, end in ((0, 1), (1, 90), (90, 300), (300, 380)):
        answers = log.append_statements(notes[first:end])
        assert not any(isinstance(answer, LedgerError) for answer in answers)
    log.close()
    return url


@pytest.fixture(scope="module")
def copy(original):
    """Return entries and checkpoint, as a copy of the log has them."""
    store = open_store(original)
    entries = [entry for _, entry, _ in store.entries(0, store.size())]
    note = store.newest_checkpoint()
    store.close()
    return entries, note


@pytest.fixture(scope="module")
def brief(copy):
    """Return the beginning of it, to lie about."""
    entries, _ = copy
    beginning = entries[: seals_of(entries)[2] + 1]
    return beginning, signed(beginning)


@pytest.fixture
def empty(tmp_path):
    """Give a new database with nothing in it."""
    store = create_store(f"sqlite:///{tmp_path}/ledger.db", origin=ORIGIN)
    store.lock_sequencer()
    yield store
    store.close()


def made(url, entries, note):
    """Make a database, and return what was made."""
    store = create_store(url, origin=ORIGIN)
    try:
        store.lock_sequencer()
        return restore(store, enumerate(entries), checkpoint=note)
    finally:
        store.close()


def signed(entries):
    tree = Checkpoint(ORIGIN, len(entries), root_hash(map(leaf_hash, entries)))
    return sign_checkpoint(tree, [LEDGER])


def seals_of(entries):
    return [i for i, entry in enumerate(entries) if entry.startswith(b"caravan/seal")]


# ------------------------------------------------------------------- what is the same


def test_every_row_is_what_it_was(original, copy, url, monkeypatch):
    entries, note = copy
    monkeypatch.setattr(restoring, "CHUNK", 100)  # several transactions

    restored = made(url, entries, note)

    assert restored.size == len(entries) > 256
    assert restored.seal_time == parse_seal(entries[-1]).time
    assert restored.ledger_keys == (LEDGER.vkey,)

    def rows(where):
        return [
            [tuple(map(bytes_or_self, row)) for row in found]
            for found in execute(where, *TABLES)
        ]

    for before, after in zip(rows(original), rows(url), strict=True):
        assert after == before


def bytes_or_self(value):
    return bytes(value) if isinstance(value, memoryview) else value


def test_it_gives_out_what_the_ledger_gave_out(original, copy, tmp_path):
    made(f"sqlite:///{tmp_path}/ledger.db", *copy)
    before = ReadOnlyLog.open(original, policy=POLICY)
    after = ReadOnlyLog.open(f"sqlite:///{tmp_path}/ledger.db", policy=POLICY)

    try:
        size = before.size
        host = ORIGIN.partition("/")[0]
        subjects = before.subjects_within(f"https://{host}/id", 12)
        assert len(subjects) == 12
        for subject in subjects:
            assert after.passport(subject) == before.passport(subject)
        for level, number in ((0, 0), (0, 1), (1, 0)):
            width = tile_width(level, number, size)
            assert after.tile(level, number, width) == before.tile(level, number, width)
        bundles = [(0, 256), (1, size - 256)]
        assert [after.entry_bundle(*b) for b in bundles] == [
            before.entry_bundle(*b) for b in bundles
        ]
        assert after.receipts(range(size)) == before.receipts(range(size))
        assert after.checkpoint() == before.checkpoint()
    finally:
        before.close()
        after.close()


def test_the_ledger_goes_on_from_there(copy, tmp_path):
    entries, note = copy
    url = f"sqlite:///{tmp_path}/ledger.db"
    given_out = GivenOut(tmp_path / "newest-checkpoint")
    given_out.write(note)
    made(url, entries, note)
    notes = the_season(400)

    log = Log.open(
        url,
        signers=[LEDGER],
        clock=FrozenClock(START_MS),
        policy=POLICY,
        given_out=given_out,
    )
    known, *_, new = log.append_statements([notes[10], *notes[380:400]])
    log.close()

    assert (known.is_new, new.is_new) == (False, True)
    store = open_store(url)
    report = verify_ledger(
        store.entries(0, store.size()),
        checkpoint=store.newest_checkpoint(),
        trust=Trust(POLICY, "yours", START_MS),
        check_every_index_root=True,
    )
    store.close()
    assert report.size == len(entries) + 21


def test_an_older_copy_is_not_appended_to(copy, tmp_path):
    entries, note = copy
    url = f"sqlite:///{tmp_path}/ledger.db"
    given_out = GivenOut(tmp_path / "newest-checkpoint")
    given_out.write(note)
    older = entries[: seals_of(entries)[-2] + 1]
    made(url, older, signed(older))

    with pytest.raises(StoreError) as refusal:
        Log.open(
            url,
            signers=[LEDGER],
            clock=FrozenClock(START_MS),
            policy=POLICY,
            given_out=given_out,
        )

    assert refusal.value.code == "given-out"


# ------------------------------------------------------------------ what is not taken


def other_signature(entry):
    """Return a statement with another signature under it, of the same length."""
    note = parse_note(entry)
    line = note.signatures[0]
    false = type(line)(line.name, line.key_id, bytes(len(line.signature)))
    return Note(note.text, (false, *note.signatures[1:])).to_bytes()


def unsealed(entries):
    """Return the ledger up to where its last group begins, and one statement more."""
    return entries[: seals_of(entries)[-2] + 2]


def wrong_index(entries):
    """Return the ledger with another index root in its last seal."""
    root = parse_seal(entries[-1]).index_root
    seal = parse_seal(entries[-1])
    changed = type(seal)(
        origin=seal.origin,
        index=seal.index,
        time=seal.time,
        chain_head=seal.chain_head,
        index_root=bytes(reversed(root)),
        previous=seal.previous,
    )
    return [*entries[:-1], changed.to_bytes()]


def one_left_out(entries):
    return (row for row in enumerate(entries) if row[0] != 5)


def with_other_signature(entries):
    return [*entries[:20], other_signature(entries[20]), *entries[21:]]


LIES = {
    "cut short": (
        IncompleteError,
        "entries: got",
        lambda entries, note: (enumerate(entries[:-1]), note),
    ),
    "nothing": (
        IncompleteError,
        "entries: got 0",
        lambda _, note: (iter(()), note),
    ),
    "one left out": (
        IncompleteError,
        "entries: got 5",
        lambda entries, note: (one_left_out(entries), note),
    ),
    # A verifier has refused this before, in the ledger that it was shown.
    "another signature": (
        ChainBrokenError,
        "chain head",
        lambda entries, note: (enumerate(with_other_signature(entries)), note),
    ),
    "another tree": (
        RootMismatchError,
        "not those of the checkpoint",
        lambda entries, _: (enumerate(entries), signed(wrong_index(entries))),
    ),
    "no seal at the end": (
        SealMismatchError,
        "not a seal",
        lambda entries, _: (enumerate(unsealed(entries)), signed(unsealed(entries))),
    ),
    "another index": (
        SealMismatchError,
        "index root",
        lambda entries, _: (
            enumerate(wrong_index(entries)),
            signed(wrong_index(entries)),
        ),
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_other_entries_than_those_of_the_checkpoint_are_no_ledger(empty, brief, lie):
    want, said, tell = LIES[lie]
    entries, note = tell(*brief)

    with pytest.raises(want, match=said):
        restore(empty, entries, checkpoint=note)

    assert empty.newest_checkpoint() is None


def test_what_follows_the_checkpoint_is_left(empty, copy):
    entries, note = copy
    more = joined(enumerate(entries), [(len(entries), b"junk")])

    assert restore(empty, more, checkpoint=note).size == len(entries)
    assert empty.size() == len(entries)


@pytest.mark.parametrize("check", REMOVALS)
def test_whatever_check_is_taken_away_a_lie_passes(check, brief, tmp_path, monkeypatch):
    old, new = REMOVALS[check]
    with open(restoring.__file__, encoding="utf-8") as file:
        source = file.read()
    assert source.count(old) == 1
    name = "restore_without"
    without = ModuleType(name)
    monkeypatch.setitem(sys.modules, name, without)
    exec(compile(source.replace(old, new), name, "exec"), vars(without))  # noqa: S102

    def passes(lie):
        _, said, tell = LIES[lie]
        entries, note = tell(*brief)
        where = f"sqlite:///{tmp_path}/{lie.replace(' ', '-')}.db"
        store = create_store(where, origin=ORIGIN)
        try:
            without.restore(store, entries, checkpoint=note)
        except Exception as error:
            return said not in str(error)
        finally:
            store.close()
        return True

    assert any(map(passes, LIES))


# ------------------------------------------------------------------------- witnesses


WITNESS = Cosigner("witness.example/w1", SigningKey.from_seed(b"restored".ljust(32)))
REPLAYING = Cosigner("two.example/replay", SigningKey.from_seed(b"replayed".ljust(32)))


def seen_by(note, *witnesses):
    """Return a checkpoint with the lines of witnesses, and of a stranger."""
    parsed = parse_note(note)
    stranger = signer("elsewhere.example/key", "stranger").sign(parsed.text)
    lines = [sign_cosignature(w, START_MS // 1000, parsed.text) for w in witnesses]
    return Note(parsed.text, (stranger, *parsed.signatures, *lines)).to_bytes()


def policy_of(*witnesses, quorum):
    lines = [f"witness w{n} {w.vkey.to_text()}" for n, w in enumerate(witnesses)]
    group = " ".join(f"w{n}" for n in range(len(witnesses)))
    lines.append(f"group all all {group}")
    return parse_policy(policy_text(*lines, f"quorum {quorum}").encode())


def test_the_lines_of_witnesses_are_kept_apart_from_those_of_the_ledger(empty, copy):
    entries, note = copy
    seen = seen_by(note, WITNESS, REPLAYING)
    restore(empty, enumerate(entries), checkpoint=seen)
    policy = policy_of(WITNESS, REPLAYING, quorum="all")

    keep_cosigned(empty, seen, policy)

    assert empty.newest_checkpoint() == note
    published = empty.newest_publication(is_replayed=True)
    assert (published.size, published.note) == (len(entries), seen)
    opened = open_checkpoint(note, origin=ORIGIN, log_keys=[LEDGER.vkey])
    assert opened.checkpoint.size == len(entries)


def test_without_witnesses_in_the_policy_nothing_is_published(empty, copy):
    entries, note = copy
    restore(empty, enumerate(entries), checkpoint=seen_by(note, WITNESS))

    keep_cosigned(empty, seen_by(note, WITNESS), parse_policy(POLICY))

    assert empty.newest_publication() is None


def test_too_few_witnesses_are_no_publication(empty, copy):
    entries, note = copy
    restore(empty, enumerate(entries), checkpoint=note)

    with pytest.raises(QuorumError):
        keep_cosigned(
            empty, seen_by(note, WITNESS), policy_of(WITNESS, REPLAYING, quorum="all")
        )
