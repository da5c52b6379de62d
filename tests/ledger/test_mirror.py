"""A copy of a log: of entries alone, whole whatever breaks off, never rewritten."""

import hashlib
import os
import shutil
import sys
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

from ledger import mirror
from ledger.checkpoint import Checkpoint, parse_checkpoint, sign_checkpoint
from ledger.errors import LedgerError, StoreError
from ledger.evidence import parse_split_view, verify_split_view
from ledger.merkle import leaf_hash, node_hash, root_hash
from ledger.mirror import Mirror
from ledger.note import parse_note
from ledger.tile import (
    bundle_path,
    decode_bundle,
    encode_bundle,
    tile_hashes,
    tile_path,
    tile_width,
)
from tests.support.forge import LEDGER, ORIGIN, signer
from tests.support.vectors import outcome

REMOVALS = {
    "the signature": (
        "signed = open_checkpoint(note, origin=origin, log_keys=log_keys)",
        "signed = unsigned(note)",
    ),
    "the root": ("if grown.edge.root() != new.root:", "if False:"),
    "all anew": ("if not grown.holds(new, old):", "if False:"),
    "the root then": (
        "if old_note is not None and old is not None and grown.root_then != old.root:",
        "if old is None and old_note is not None:",
    ),
    "equal sizes": ("if new.size == old.size:", "if False:"),
    "a smaller size": ("if grown.root_then != new.root:", "if False:"),
    "what is damaged here": ("if grown.edge.root() != old.root:", "if False:"),
    "the signature of the old": (
        "                open_checkpoint(note, origin=origin, log_keys=log_keys)\n",
        "                pass\n",
    ),
    "not later": ("if new.size <= old.size and new != old:", "if False:"),
    "a missing entry": ("if at != size:", "if False:"),
    "the order": ("if index != at:", "if False:"),
    "hashes of what is here": ("if found and leaves == tile:", "if found:"),
}
"""Each check, and the source without it."""


@pytest.fixture(autouse=True)
def _disk(monkeypatch):
    """Do not wait for the disk; that it is asked is a test of its own."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


class Served:
    """A log that serves whatever entries it is given."""

    def __init__(self, size, word="entry"):
        self.content = [f"{word} {index}".encode() for index in range(size)]
        self.asked = 0
        self.breaks_at = None

    def fork(self, at, size):
        other = Served(size, "another")
        other.content[:at] = self.content[:at]
        return other

    def note(self, size=None, key=LEDGER):
        held = self.content[:size]
        tree = Checkpoint(ORIGIN, len(held), root_hash(map(leaf_hash, held)))
        return sign_checkpoint(tree, [key])

    def entries(self, size, start):
        for index in range(start, min(size, len(self.content))):
            if index == self.breaks_at:
                raise StoreError("no connection")
            self.asked += 1
            yield index, self.content[index]

    def files(self, *sizes):
        """Return what a copy has in it, by the slow definition."""
        found = {}
        for size in sizes:
            rows = [[leaf_hash(entry) for entry in self.content[:size]]]
            while len(rows[-1]) > 1:
                pairs = zip(rows[-1][::2], rows[-1][1::2], strict=False)
                rows.append([node_hash(*pair) for pair in pairs])
            for level in range(4):
                index = 0
                while width := tile_width(level, index, size):
                    path = tile_path(level, index, width)
                    read = tile_hashes(
                        level, index, width, lambda lv, at, rows=rows: rows[lv][at]
                    )
                    found[path] = read
                    if level == 0:
                        held = self.content[index * 256 : index * 256 + width]
                        found[bundle_path(index, width)] = encode_bundle(held)
                    index += 1
        return found


def advance(folder, served, size=None, *, note=None, of=Mirror, **options):
    """Bring a copy up to a size, by somebody who has not looked at it before."""
    with closing(of(folder)) as copy:
        return step(copy, served, size, note=note, **options)


def step(copy, served, size=None, *, note=None, **options):
    return copy.advance(
        note or served.note(size),
        served.entries,
        origin=ORIGIN,
        log_keys=[LEDGER.vkey],
        **options,
    )


def tree(folder):
    """Return all that is in a folder, but for what no reader looks at."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def tiles(folder):
    found = tree(folder)
    assert found.pop("checkpoint", None) is not None
    found.pop("policy", None)
    return found


# -------------------------------------------------------------------- what is written


@pytest.mark.parametrize("is_one_process", [True, False])
def test_a_copy_has_the_files_of_a_log_however_it_grew(tmp_path, is_one_process):
    served, before = Served(1100), 0
    with closing(Mirror(tmp_path)) as copy:
        for size in (1, 2, 200, 255, 256, 257, 300, 512, 700, 700, 1100):
            asked = served.asked
            if is_one_process:
                done = step(copy, served, size)
            else:
                copy.close()
                done = advance(tmp_path, served, size)

            assert tiles(tmp_path) == served.files(size) | partial(
                served.files(before or size)
            )
            assert (done.before, done.checkpoint.size, done.mended) == (before, size, 0)
            assert done.fetched == served.asked - asked == size - before
            before = size


def partial(files):
    return {path: data for path, data in files.items() if ".p/" in path}


def test_a_copy_has_tiles_of_the_third_level(tmp_path):
    served = Served(66_000)

    advance(tmp_path, served)

    assert tiles(tmp_path) == served.files(66_000)
    assert (tmp_path / "tile/2/000.p/1").is_file()
    assert advance(tmp_path, served).fetched == 0


def test_the_policy_stands_beside_the_checkpoint_and_a_new_note_takes_the_place(
    tmp_path,
):
    served = Served(5)
    advance(tmp_path, served, policy=b"quorum none\n")
    more = served.note() + signer("witness.example/dune").sign(b"x").to_line().encode()

    advance(tmp_path, served, note=more, policy=b"# mine\nquorum none\n")

    assert (tmp_path / "checkpoint").read_bytes() == more
    assert (tmp_path / "policy").read_bytes() == b"# mine\nquorum none\n"


def test_progress_is_told(tmp_path):
    told = []
    advance(tmp_path, Served(600), on_progress=lambda *each: told.append(each))
    assert told == [(256, 600), (512, 600)]


def test_the_roots_of_all_sizes_are_in_its_tiles(tmp_path):
    served = Served(1100)
    advance(tmp_path, served)
    copy = Mirror(tmp_path)
    for size in (1, 2, 3, 255, 256, 257, 300, 511, 512, 513, 1099, 1100):
        held = map(leaf_hash, served.content[:size])
        assert copy.root(size, of=1100) == root_hash(held)
    changed(tmp_path / tile_path(0, 4, 76))
    assert copy.root(1024, of=1100) == root_hash(map(leaf_hash, served.content[:1024]))
    cut_short(tmp_path / tile_path(0, 4, 76))
    assert outcome(copy.root, 1100, of=1100) == "incomplete"


# ------------------------------------------------------------------- what breaks off


def test_what_was_fetched_is_not_fetched_again(tmp_path):
    served = Served(1000)
    served.breaks_at = 600
    assert outcome(advance, tmp_path, served) == "store"
    assert not (tmp_path / "checkpoint").exists()
    served.breaks_at = None

    assert advance(tmp_path, served).fetched == 1000 - 512
    assert tiles(tmp_path) == served.files(1000)


def test_what_broke_off_does_not_make_all_be_read_again(tmp_path):
    served = Served(1000)
    with closing(Mirror(tmp_path)) as copy:
        step(copy, served, 700)
        served.breaks_at = 800
        assert outcome(step, copy, served) == "store"
        served.breaks_at = None
        (tmp_path / bundle_path(0)).unlink()

        assert step(copy, served).fetched == 300


class Killed(BaseException):
    pass


def test_whatever_is_cut_off_the_copy_is_whole(tmp_path, monkeypatch):
    served, base = Served(700), tmp_path / "base"
    advance(base, served, 300)
    rename, done, left = Path.replace, 0, 0

    def replace(self, target):
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    for cut in range(100):
        folder = tmp_path / str(cut)
        shutil.copytree(base, folder)
        left = cut
        try:
            advance(folder, served)
        except Killed:
            done += 1
        else:
            break
        left = 100
        size = parse_checkpoint(parse_note(whole(folder)).text).size
        assert size == 300
        advance(folder, served)
        assert tiles(folder) == served.files(700) | partial(served.files(300))
    assert done > 10


def test_a_file_has_its_name_when_it_is_on_the_disk(tmp_path, monkeypatch):
    on_disk, named, rename = set(), [], Path.replace

    def replace(self, target):
        assert self.stat().st_ino in on_disk
        named.append(str(target.relative_to(tmp_path)))
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", lambda file: on_disk.add(os.fstat(file).st_ino))
    monkeypatch.setattr(Path, "replace", replace)
    advance(tmp_path, Served(300), policy=b"quorum none\n")

    assert named[-1] == "checkpoint"
    assert {path.stat().st_ino for path in tmp_path.rglob("*") if path.is_dir()} < (
        on_disk
    )


def whole(folder):
    """Return the checkpoint of a copy that has all that it stands for."""
    note = (folder / "checkpoint").read_bytes()
    checkpoint = parse_checkpoint(parse_note(note).text)
    held = [entry for _, entry in Mirror(folder).entries(checkpoint.size)]
    assert root_hash(map(leaf_hash, held)) == checkpoint.root
    return note


def test_two_processes_do_not_write_to_one_copy(tmp_path):
    served = Served(3)
    with closing(Mirror(tmp_path)) as copy:
        step(copy, served)
        assert outcome(advance, tmp_path, served) == "store"
    advance(tmp_path, served)


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "copy").write_text("in the way")
    assert outcome(advance, tmp_path / "copy", Served(3)) == "store"


# -------------------------------------------------------------- what is damaged here


def cut_short(path):
    path.write_bytes(path.read_bytes()[:-1])


def changed(path):
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))


DAMAGES = [Path.unlink, cut_short, changed, lambda path: path.write_bytes(b"")]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(
    "path",
    [
        bundle_path(0),
        bundle_path(2, 188),
        tile_path(0, 1),
        tile_path(0, 2, 188),
        tile_path(1, 0, 2),
    ],
)
def test_a_damaged_file_is_found_and_fetched_again(tmp_path, path, damage):
    served = Served(700)
    advance(tmp_path, served)
    damage(tmp_path / path)

    done = advance(tmp_path, served)

    assert tiles(tmp_path) == served.files(700)
    # Of a tile of hashes that differs from its bundle, nobody knows which is right.
    assert done.fetched <= 256
    assert done.mended == (0 if damage is Path.unlink else 1)


def test_a_bundle_that_was_changed_with_its_hashes_is_found_too(tmp_path):
    served = Served(700)
    advance(tmp_path, served)
    bundle, hashes = tmp_path / bundle_path(1), tmp_path / tile_path(0, 1)
    entries = [*decode_bundle(bundle.read_bytes(), 256)]
    entries[7] = b"something else"
    bundle.write_bytes(encode_bundle(entries))
    hashes.write_bytes(b"".join(map(leaf_hash, entries)))

    done = advance(tmp_path, served)

    assert tiles(tmp_path) == served.files(700)
    assert done.mended == 2


# ------------------------------------------------------------------------------ lies


def damaged_checkpoint(folder, _, **options):
    served = Served(300)
    advance(folder, served)
    note = (folder / "checkpoint").read_bytes()
    (folder / "checkpoint").write_bytes(note.replace(b"\n300\n", b"\n299\n"))
    return advance(folder, served, **options)


def unlike_here_and_older(folder, served, **options):
    advance(folder, served, 700)
    changed(folder / bundle_path(1))
    changed(folder / tile_path(0, 1))
    return advance(folder, served, 300, **options)


def damaged_and_older(folder, served, **options):
    advance(folder, served, 700)
    bundle = encode_bundle([b"x"] * 256)
    (folder / bundle_path(1)).write_bytes(bundle)
    tile = b"".join([leaf_hash(b"x")] * 256)
    (folder / tile_path(0, 1)).write_bytes(tile)
    return advance(folder, served, 300, **options)


def damaged_and_breaks_off(folder, served, **options):
    advance(folder, served, 700)
    changed(folder / bundle_path(1))
    done = advance(folder, served, 700, **options)
    assert done.fetched == 256
    return done


def forked_and_damaged(folder, served, **options):
    advance(folder, served, 700)
    (folder / bundle_path(1)).unlink()
    return advance(folder, served.fork(9, 700), **options)


def then(size, other, **options):
    """Return what mirrors the honest log to a size, and then another."""

    def mirror_both(folder, served, of=Mirror):
        advance(folder, served, size)
        return advance(folder, other(served), of=of, **options)

    return mirror_both


class Gap(Served):
    def entries(self, size, start):
        for index, entry in super().entries(size, start):
            if index != 5:
                yield index, entry
        yield size, b"one more"


class Short(Served):
    def entries(self, size, start):
        yield from super().entries(size - 1, start)


LIES = {
    "a-thief": (
        "unknown-key",
        lambda folder, served, **options: advance(
            folder, served, note=served.note(key=signer(ORIGIN, "thief")), **options
        ),
    ),
    "other-entries": (
        "root-mismatch",
        lambda folder, served, **options: advance(
            folder, Served(700, "another"), note=served.note(700), **options
        ),
    ),
    "a-fork-in-a-full-bundle": ("split-view", then(700, lambda s: s.fork(9, 900))),
    "a-fork-in-the-open-bundle": ("split-view", then(700, lambda s: s.fork(699, 900))),
    "a-fork-that-is-smaller": ("split-view", then(700, lambda s: s.fork(9, 300))),
    "a-fork-of-the-same-size": ("split-view", then(700, lambda s: s.fork(9, 700))),
    "an-older-one": ("stale", then(700, lambda s: s.fork(300, 300))),
    "an-entry-left-out": (
        "incomplete",
        lambda folder, served, **options: advance(
            folder, Gap(300), note=served.note(300), **options
        ),
    ),
    "the-last-left-out": (
        "incomplete",
        lambda folder, served, **options: advance(
            folder, Short(300), note=served.note(300), **options
        ),
    ),
    "a-damaged-checkpoint": ("not-verified", damaged_checkpoint),
    "damaged-and-older": ("incomplete", unlike_here_and_older),
    "changed-and-older": ("incomplete", damaged_and_older),
    "damaged-and-a-fork": ("split-view", forked_and_damaged),
    "damaged-alone": ("ok", damaged_and_breaks_off),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_refused_and_the_copy_is_as_it_was(tmp_path, lie):
    want, tell = LIES[lie]
    before = {}

    class Watched(Mirror):
        def advance(self, *arguments, **options):
            before.update(tree(self.folder) if self.folder.exists() else {})
            return super().advance(*arguments, **options)

    got = outcome(tell, tmp_path / "copy", Served(900), of=Watched)

    assert got == want
    apart = (".incoming/", "split-views/")
    after = {
        path: data
        for path, data in tree(tmp_path / "copy").items()
        if not path.startswith(apart)
    }
    assert after == before or want == "ok"


@pytest.mark.parametrize("is_one_process", [True, False])
@pytest.mark.parametrize(
    ("at", "size"), [(9, 900), (699, 900), (9, 300), (9, 700), (512, 600)]
)
def test_a_split_view_leaves_evidence(tmp_path, at, size, is_one_process):
    served = Served(700)
    other = served.fork(at, size)
    with closing(Mirror(tmp_path)) as copy:
        step(copy, served)
        if not is_one_process:
            copy.close()
        with pytest.raises(LedgerError) as refusal:
            step(copy, other)
        assert (tmp_path / "checkpoint").read_bytes() == served.note()
        # It goes on with who tells the truth.
        served.content.append(b"more")
        assert step(copy, served).checkpoint.size == 701

    assert refusal.value.code == "split-view"
    (file,) = (tmp_path / "split-views").iterdir()
    assert str(file) in refusal.value.__notes__[0]
    evidence = parse_split_view(file.read_bytes())
    proven = verify_split_view(evidence, log_keys=[LEDGER.vkey])
    assert {proven.first.checkpoint.size, proven.second.checkpoint.size} == {700, size}


def test_entries_that_were_served_wrong_once_are_forgotten(tmp_path):
    served = Served(700)
    assert (
        outcome(advance, tmp_path, Served(700, "another"), note=served.note())
        == "root-mismatch"
    )
    advance(tmp_path, served)
    assert tiles(tmp_path) == served.files(700)


@pytest.mark.parametrize("what", REMOVALS)
def test_whatever_check_is_taken_away_a_lie_is_told(what, tmp_path, monkeypatch):
    source = Path(mirror.__file__).read_text("utf-8")
    old, new = REMOVALS[what]
    assert source.count(old) == 1
    name = f"without_{hashlib.sha256(what.encode()).hexdigest()[:8]}"
    without = ModuleType(name)
    monkeypatch.setitem(sys.modules, name, without)
    without.unsigned = lambda note: type(
        "Unsigned", (), {"checkpoint": parse_checkpoint(parse_note(note).text)}
    )
    exec(compile(source.replace(old, new), name, "exec"), vars(without))  # noqa: S102

    def notices(lie):
        want, tell = LIES[lie]
        try:
            return outcome(tell, tmp_path / lie, Served(900), of=without.Mirror) != want
        except Exception:
            return True

    assert any(map(notices, LIES))
