"""Keep a verified copy of a log in a folder, as files that any static server gives out.

The layout is that of C2SP tlog-tiles: ``checkpoint``, ``tile/<L>/<N>[.p/<W>]`` and
``tile/entries/<N>[.p/<W>]``, with the ``policy`` beside it by which the checkpoint is
believed. Nothing of where it is copied from is trusted: every hash is computed from the
entries, and nothing is put in place before they lead to the root of a checkpoint that a
key of the log has signed, by way of the root that was mirrored before. What entries say
is not judged here; ``verify_ledger`` does that, of the copy too.

What is on its way stands in ``.incoming``, and is taken up again by the next run. It is
put in place file by file, the checkpoint last; so whatever breaks off, the folder holds
a whole copy under the checkpoint that is there. The folder is not trusted either: what
does not lead to its checkpoint is found when it is opened, and fetched again.

A static server cannot cut tiles, so partial ones are written. Those of the checkpoint
before stay too, for readers who have just read that one.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.backup import sync
from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.copiedlog import CopiedLog
from ledger.errors import (
    EncodingError,
    IncompleteError,
    MalformedError,
    RootMismatchError,
    SignatureError,
    SplitViewError,
    StaleError,
    StoreError,
    UnknownKeyError,
    VerificationError,
)
from ledger.evidence import split_view_of_leaves
from ledger.merkle import HASH_BYTES, Frontier, leaf_hash, root_hash, tree_root
from ledger.note import VerifierKey, parse_note
from ledger.tile import (
    TILE_HEIGHT,
    TILE_WIDTH,
    bundle_path,
    decode_bundle,
    encode_bundle,
    split_tile,
    tile_path,
    tile_width,
)

if sys.platform != "win32":
    import fcntl

Entries = Callable[[int, int], Iterator[tuple[int, bytes]]]
"""Gives index and entry in ``[start, size)``; size comes first."""

_INCOMING: Final = ".incoming"
_LOCK: Final = ".lock"
_SPLIT_VIEWS: Final = "split-views"


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What a run has done.

    Attributes:
        checkpoint: What the copy stands under now.
        before: How many entries were mirrored before.
        fetched: How many entries were asked for.
        mended: How many files were not as they had been written.
    """

    checkpoint: Checkpoint
    before: int
    fetched: int
    mended: int


class Mirror:
    """The copy of one log in one folder; one process at a time changes it."""

    def __init__(self, folder: Path) -> None:
        """Remember where the copy is; nothing is read yet."""
        self.folder = folder
        self._incoming = folder / _INCOMING
        self._lock: int | None = None
        # The right edge as it was written last, and the checkpoint that it is of.
        self._edge: _Edge | None = None
        self._edge_note: bytes | None = None
        self._partials: set[str] | None = None

    def close(self) -> None:
        """Let go of the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        self._edge = None

    def checkpoint(self) -> bytes | None:
        """Return the checkpoint that the copy stands under, or None.

        Raises:
            StoreError: It cannot be read.
        """
        try:
            return (self.folder / "checkpoint").read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{self.folder}: {error.strerror}") from error

    def entries(self, size: int, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield index and entry of the entries in ``[start, size)``, from the copy.

        Raises:
            IncompleteError: A file is missing or cut short.
        """
        return CopiedLog(self.folder).entries(size, start)

    def root(self, size: int, *, of: int) -> bytes:
        """Return the root over the first entries, from the tiles that were written.

        Args:
            size: How many entries.
            of: How many are mirrored, or were a moment ago.

        Raises:
            IncompleteError: A tile is missing or cut short.
        """

        def read(level: int, index: int) -> bytes:
            above, within = divmod(level, TILE_HEIGHT)
            first = index << within
            number, start = divmod(first, TILE_WIDTH)
            width = tile_width(above, number, of)
            data = self.read(tile_path(above, number, width))
            if data is None or len(data) != width * HASH_BYTES:
                raise IncompleteError(f"tile: level {above} index {number}: damaged")
            hashes = split_tile(data, width)
            return root_hash(hashes[start : start + (1 << within)])

        return tree_root(size, read)

    def advance(
        self,
        note: bytes,
        entries: Entries,
        *,
        origin: str,
        log_keys: Sequence[VerifierKey],
        policy: bytes | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> Mirrored:
        """Bring the copy up to a checkpoint, fetching what it lacks.

        The first time, all that is in the folder is read and hashed; from then on only
        what is new.

        Args:
            note: The checkpoint, a signed note.
            entries: Where the entries are fetched from.
            origin: The log.
            log_keys: The keys that may sign for it.
            policy: What is to stand beside the checkpoint.
            on_progress: Called with entries done and entries to do.

        Raises:
            MalformedError: It is no checkpoint.
            WrongOriginError: It is of another log.
            UnknownKeyError: None of the keys has signed it.
            SignatureError: The line of one is false.
            RootMismatchError: The entries that are served do not lead to its root.
            IncompleteError: Not all of them are served.
            SplitViewError: It excludes the one that was mirrored before, which is
                proven by a file that a note of the error names. The copy is as it was.
            StaleError: It is older than the one that was mirrored before.
            StoreError: The folder cannot be written, or another process writes to it.
        """
        signed = open_checkpoint(note, origin=origin, log_keys=log_keys)
        try:
            self._take_lock()
            run = _Run(self, entries, signed.checkpoint, on_progress)
            return self._advance(run, note, policy, log_keys)
        except OSError as error:
            self._edge = None
            raise StoreError(f"{self.folder}: {error.strerror or error}") from error

    def _advance(
        self,
        run: "_Run",
        note: bytes,
        policy: bytes | None,
        log_keys: Sequence[VerifierKey],
    ) -> Mirrored:
        new, old_note = run.new, self.checkpoint()
        old = None
        if old_note is not None:
            old = self._read_old(old_note, new.origin, log_keys)
            if new.size <= old.size and new != old:
                self._refuse(run, old_note, old, note)
        edge = self._edge if old_note == self._edge_note else None
        grown = run.grow(old, after=edge)
        if not grown.holds(new, old):
            # Whether that is the fault of what is on the disk here, or of the entries
            # that were served before, does not matter if all are served well now.
            shutil.rmtree(self._incoming, ignore_errors=True)
            grown = run.grow(old, all_anew=True)
        if grown.edge.root() != new.root:
            raise RootMismatchError(
                f"entries: they lead to the root {grown.edge.root().hex()}, "
                f"the checkpoint has {new.root.hex()}"
            )
        if old_note is not None and old is not None and grown.root_then != old.root:
            raise self._contradiction(old_note, note, grown.leaf_hashes())
        self._edge = None
        self._put_in_place(grown, note, policy)
        self._drop_partials(0 if old is None else old.size, new.size)
        self._edge, self._edge_note = grown.edge, note
        before = 0 if old is None else old.size
        return Mirrored(new, before, run.fetched, grown.mended)

    def _read_old(
        self, note: bytes, origin: str, log_keys: Sequence[VerifierKey]
    ) -> Checkpoint:
        """Return the checkpoint of the copy; it is what all is compared with."""
        try:
            # Signed by a key that is no longer known, it was verified when it came.
            with suppress(UnknownKeyError):
                open_checkpoint(note, origin=origin, log_keys=log_keys)
            return parse_checkpoint(parse_note(note).text)
        except (MalformedError, SignatureError) as error:
            damaged = VerificationError(f"{self.folder}/checkpoint: damaged: {error}")
            damaged.add_note("once you have moved it away, the log is compared anew")
            raise damaged from error

    def _refuse(
        self, run: "_Run", old_note: bytes, old: Checkpoint, note: bytes
    ) -> None:
        """Refuse a checkpoint that is not later than that of the copy."""
        new = run.new
        if new.size == old.size:
            raise self._contradiction(old_note, note, iter(()))
        grown = run.grow(new, only_here=True, until=old)
        if grown.edge.root() != old.root:
            raise IncompleteError(
                f"{self.folder}: damaged, and what is served now ends at {new.size}"
            )
        if grown.root_then != new.root:
            raise self._contradiction(old_note, note, grown.leaf_hashes())
        raise StaleError(f"tree size: got {new.size}, mirrored before {old.size}")

    def _contradiction(
        self, old: bytes, new: bytes, leaves: Iterator[bytes]
    ) -> SplitViewError:
        """Return what is said of two checkpoints that exclude each other; keep them."""
        document = split_view_of_leaves(old, new, leaves).to_bytes()
        name = hashlib.sha256(document).hexdigest()[:16]
        file = self.folder / _SPLIT_VIEWS / f"{name}.json"
        file.parent.mkdir(exist_ok=True)
        write_file(file, document)
        error = SplitViewError(
            "checkpoint: excludes the one that was mirrored before",
            first=old,
            second=new,
        )
        error.add_note(f"the copy is as it was; the evidence is in {file}")
        return error

    # -------------------------------------------------------------------- the files

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        if sys.platform == "win32":
            return
        lock = os.open(self.folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise StoreError(f"{self.folder}: another process mirrors here") from error
        self._lock = lock

    def read(self, path: str) -> bytes | None:
        """Return a file of the copy, or None if it is not there."""
        return _read(self.folder / path)

    def read_incoming(self, path: str) -> bytes | None:
        """Return a file that was fetched and is not in place, or None."""
        return _read(self._incoming / path)

    def stage(self, path: str, data: bytes) -> None:
        """Bring a file to the disk, beside the copy."""
        if self.read_incoming(path) != data:
            file = self._incoming / path
            file.parent.mkdir(parents=True, exist_ok=True)
            write_file(file, data)

    def _put_in_place(self, grown: "_Grown", note: bytes, policy: bytes | None) -> None:
        changed: set[Path] = set()
        for path in grown.staged:
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            (self._incoming / path).replace(file)
            changed |= {*file.parents} - {*self.folder.parents}
        for folder in changed:
            sync(folder)
        for name, data in (("policy", policy), ("checkpoint", note)):
            if data is not None and self.read(name) != data:
                write_file(self.folder / name, data)
                sync(self.folder)
        shutil.rmtree(self._incoming, ignore_errors=True)

    def _drop_partials(self, before: int, now: int) -> None:
        """Remove the partial tiles of checkpoints that nobody is just reading."""
        if self._partials is None:
            found = (self.folder / "tile").rglob("*.p/*")
            self._partials = {str(path.relative_to(self.folder)) for path in found}
        wanted = {*_partial_paths(before), *_partial_paths(now)}
        for path in self._partials - wanted:
            file = self.folder / path
            with suppress(OSError):
                file.unlink(missing_ok=True)
                file.parent.rmdir()  # fails while others are in it
        self._partials = wanted


class _Edge:
    """A tree as far as it was read: what is open at its right edge."""

    def __init__(self) -> None:
        self._frontier = Frontier()
        self.entries: list[bytes] = []
        """Those of the bundle that is not full."""
        self._tiles: list[list[bytes]] = [[]]
        """The hashes of the tile at each level that is not full."""

    def copy(self) -> "_Edge":
        """Return an edge that grows apart from this one."""
        other = _Edge()
        other._frontier = Frontier.from_hashes(self.size, self._frontier.hashes)
        other.entries = [*self.entries]
        other._tiles = [[*tile] for tile in self._tiles]
        return other

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._frontier.size

    def root(self) -> bytes:
        """Return the root over them."""
        return self._frontier.root()

    def append(self, entry: bytes, leaf: bytes) -> Iterator[tuple[str, bytes]]:
        """Add an entry; yield path and content of the files that are full now."""
        self._frontier.append(leaf)
        self.entries.append(entry)
        if len(self.entries) == TILE_WIDTH:
            yield bundle_path(self.size // TILE_WIDTH - 1), encode_bundle(self.entries)
            self.entries.clear()
        node = leaf
        for level in range(len(self._tiles)):
            tile = self._tiles[level]
            tile.append(node)
            if len(tile) < TILE_WIDTH:
                return
            index = (self.size >> TILE_HEIGHT * (level + 1)) - 1
            yield tile_path(level, index), b"".join(tile)
            node = root_hash(tile)
            tile.clear()
        self._tiles.append([node])

    def partials(self) -> Iterator[tuple[str, bytes]]:
        """Yield path and content of the files that are not full."""
        if self.entries:
            width = len(self.entries)
            path = bundle_path(self.size // TILE_WIDTH, width)
            yield path, encode_bundle(self.entries)
        for level, tile in enumerate(self._tiles):
            if tile:
                index = self.size >> TILE_HEIGHT * (level + 1)
                yield tile_path(level, index, len(tile)), b"".join(tile)


@dataclass(slots=True)
class _Grown:
    """A tree that was read, and what of it is not in place."""

    edge: _Edge
    root_then: bytes | None
    """Its root at the size that was mirrored before."""
    leaves: bytearray
    staged: list[str]
    mended: int = 0

    def holds(self, new: Checkpoint, old: Checkpoint | None) -> bool:
        """Say whether this tree is of the one checkpoint, and continues the other."""
        continues = old is None or self.root_then == old.root
        return continues and self.edge.root() == new.root

    def leaf_hashes(self) -> Iterator[bytes]:
        """Yield the leaf hashes, if they were kept."""
        for start in range(0, len(self.leaves), HASH_BYTES):
            yield bytes(self.leaves[start : start + HASH_BYTES])


class _Run:
    """One attempt to bring a copy up to a checkpoint."""

    def __init__(
        self,
        mirror: Mirror,
        entries: Entries,
        new: Checkpoint,
        on_progress: Callable[[int, int], None] | None,
    ) -> None:
        self._mirror = mirror
        self._entries = entries
        self.new = new
        self._on_progress = on_progress
        self.fetched = 0

    def grow(
        self,
        then: Checkpoint | None,
        *,
        after: _Edge | None = None,
        all_anew: bool = False,
        only_here: bool = False,
        until: Checkpoint | None = None,
    ) -> _Grown:
        """Read the tree, and stage what is not in place as it is here.

        Args:
            then: At whose size the root is to be remembered.
            after: Go on from this edge.
            all_anew: Fetch everything, whatever is on the disk; leaves are kept.
            only_here: Fetch nothing and stage nothing; leaves are kept.
            until: Whose size is read to; that of the new checkpoint if not given.
        """
        size = self.new.size if until is None else until.size
        edge = _Edge() if after is None else after.copy()
        grown = _Grown(edge, None, bytearray(), [])
        keeps_leaves = all_anew or only_here
        if after is not None or all_anew:
            coming = self._fetch(edge.size, size)
        else:
            partial = then if until is None else until
            coming = self._held(
                size, 0 if partial is None else partial.size, only_here=only_here
            )
        if then is not None and then.size == edge.size:
            grown.root_then = edge.root()
        for entry in coming:
            leaf = leaf_hash(entry)
            if keeps_leaves:
                grown.leaves += leaf
            for path, data in edge.append(entry, leaf):
                self._put(grown, path, data, only_here=only_here)
            if then is not None and then.size == edge.size:
                grown.root_then = edge.root()
            if self._on_progress is not None and edge.size % TILE_WIDTH == 0:
                self._on_progress(edge.size, size)
        for path, data in edge.partials():
            self._put(grown, path, data, only_here=only_here)
        return grown

    def _put(self, grown: _Grown, path: str, data: bytes, *, only_here: bool) -> None:
        there = None if only_here else self._mirror.read(path)
        if only_here or there == data:
            return
        grown.mended += there is not None
        grown.staged.append(path)
        self._mirror.stage(path, data)

    def _fetch(self, start: int, size: int) -> Iterator[bytes]:
        """Yield the entries in ``[start, size)`` as they are served."""
        at = start
        for index, entry in self._entries(size, start) if start < size else ():
            if index != at:
                break
            yield entry
            at += 1
            self.fetched += 1
        if at != size:
            missing = IncompleteError(f"entry {at}: not served")
            missing.index = at
            raise missing

    def _held(self, size: int, partial: int, *, only_here: bool) -> Iterator[bytes]:
        """Yield all entries: what is on the disk from there, the others as served.

        Args:
            size: How many.
            partial: A size whose partial bundle may be there.
            only_here: Nothing is fetched.
        """
        at = 0
        while at < size:
            number, skipped = divmod(at, TILE_WIDTH)
            held = self._bundle(number, size, partial)[skipped:]
            if held:
                yield from held
                at += len(held)
                continue
            # In one piece up to the next bundle that is here: it comes faster so.
            until = number + 1
            while until * TILE_WIDTH < size and not self._bundle(until, size, partial):
                until += 1
            end = min(until * TILE_WIDTH, size)
            if only_here:
                raise IncompleteError(f"entries {at} to {end - 1}: damaged here")
            yield from self._fetch(at, end)
            at = end

    def _bundle(self, number: int, size: int, partial: int) -> Sequence[bytes]:
        """Return as much of a bundle as is on the disk and looks undamaged."""
        width = tile_width(0, number, size)
        here, incoming = self._mirror.read, self._mirror.read_incoming
        earlier = min(tile_width(0, number, partial), width)
        widths = {TILE_WIDTH: 0, width: 0, earlier: 0}
        for each in filter(None, widths):
            path = bundle_path(number, each)
            for data, tile in (
                (here(path), here(tile_path(0, number, each))),
                (incoming(path), None),
            ):
                try:
                    found = () if data is None else decode_bundle(data, each)
                except EncodingError:
                    continue
                leaves = b"".join(map(leaf_hash, found)) if tile is not None else None
                if found and leaves == tile:
                    return found[:width]
        return ()


def _partial_paths(size: int) -> Iterator[str]:
    """Yield the paths of the partial tiles and the partial bundle of a tree."""
    for level in range(-(-size.bit_length() // TILE_HEIGHT)):
        index, width = divmod(size >> TILE_HEIGHT * level, TILE_WIDTH)
        if width:
            yield tile_path(level, index, width)
            if level == 0:
                yield bundle_path(index, width)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def write_file(path: Path, data: bytes) -> None:
    """Write a file under a name of its own, and give it its name when it is whole."""
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)
