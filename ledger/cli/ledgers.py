"""Ledgers to read: at a URL, in a data folder or database, a copied log or a bundle."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.audit.bundle import Bundle, is_bundle, open_bundle
from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.cli.folder import DataFolder, read_file, sqlite_url
from ledger.cli.outcome import with_hint
from ledger.client import LedgerClient
from ledger.copiedlog import CopiedLog
from ledger.database import is_shared, url_to_keep
from ledger.directory import Directory
from ledger.errors import (
    IncompleteError,
    MalformedError,
    NotFoundError,
    StoreError,
    VerificationError,
)
from ledger.note import check_key_name, parse_note
from ledger.replay import PartialReplay
from ledger.sqlstore import SqlStore, open_store

SQLITE: Final = b"SQLite format 3\x00"
"""How a database file begins."""

_DAMAGED: Final = "disk image is malformed"
"""What SQLite says of a file that was a database and lacks some of it."""

Row = tuple[int, bytes, bytes | None]
"""Index, entry and, where a store keeps it, the chain head after it."""


@dataclass(frozen=True, slots=True)
class LedgerTarget:
    """A whole ledger to read; nothing of it is believed."""

    where: str
    note: bytes
    """The newest checkpoint, a signed note."""
    entries: Callable[[int, int], Iterator[Row]]
    """Rows in ``[start, size)``; size comes first."""
    policy: bytes | None
    """The policy that comes with it, if one does."""
    checkpoint: Checkpoint
    cosigned: bytes | None = None
    """Where they are kept apart, the newest that witnesses have cosigned."""
    bundle: Bundle | None = None
    """The evidence bundle that it is in, which has more than the ledger."""
    is_dated: bool = False
    """It is evidence of its day: it is not expected to be the newest."""

    @property
    def origin(self) -> str:
        """Origin that its checkpoint claims."""
        return self.checkpoint.origin

    @property
    def size(self) -> int:
        """Tree size that its checkpoint claims."""
        return self.checkpoint.size


def is_url(text: str) -> bool:
    """Tell a URL from a path."""
    return text.startswith(("http://", "https://"))


def is_database(text: str) -> bool:
    """Tell the URL of a database from a path.

    >>> is_database("postgresql://db.example/milk"), is_database("postgresql.db")
    (True, False)
    """
    return "://" in text and is_shared(text)


def find_origin(origin: str | None, ledger: str | None) -> str:
    """Return the origin that a statement is to be signed for.

    Args:
        origin: As given by the user, who knows best.
        ledger: Else the URL or the data folder of the ledger, which is asked.

    Raises:
        NoteError: The origin is not in our grammar.
        NotFoundError: Neither is given, or there is no ledger.
        StoreError: The ledger cannot be asked.
    """
    if origin is not None:
        check_key_name(origin)
        return origin
    if ledger is None:
        raise with_hint(
            NotFoundError("ledger: not known for which one this is"),
            "give --ledger URL or --origin NAME, or set CARAVAN_LEDGER",
        )
    with open_target(ledger) as target:
        return target.origin


@contextmanager
def open_target(text: str) -> Iterator[LedgerTarget]:
    """Open the ledger at a URL or a path.

    Raises:
        NotFoundError: There is none, or it has no checkpoint yet.
        StoreError: It cannot be read.
        VerificationError: Its checkpoint is damaged, or the bundle that it is in.
        FormatVersionError: Another release wrote the database.
    """
    path = Path(text)
    folder = DataFolder(path)
    with ExitStack() as stack:
        if is_url(text):
            yield _served(stack.enter_context(LedgerClient(text)))
        elif is_database(text):
            store = stack.enter_context(_opened(text))
            yield _stored(store, f"database {url_to_keep(text)}", None)
        elif folder.has_ledger:
            store = stack.enter_context(_opened(folder.database_url))
            yield _stored(store, f"data folder {text}", folder.policy)
        elif (path / "checkpoint").is_file():
            yield _copied(CopiedLog(path), path / "policy")
        elif is_bundle(path):
            yield _bundled(stack.enter_context(open_bundle(path)))
        elif path.is_dir():
            raise NotFoundError(f"{text}: neither a data folder nor a copy of a log")
        else:
            read_file(path)  # says why there is no such file
            store = stack.enter_context(_opened(sqlite_url(path)))
            yield _stored(store, f"database {text}", path.with_name("policy"))


def read_directory(target: LedgerTarget) -> Directory:
    """Return parties and keys as a ledger says, without verifying it.

    Raises:
        LedgerError: An entry cannot be read, or is damaged.
    """
    replay = PartialReplay(target.origin)
    for index, entry, _ in target.entries(target.size, 0):
        if entry.split(b"\n", 3)[2:3] == [b"directory"]:
            replay.take(index, entry)
    return replay.directory


def _served(client: LedgerClient) -> LedgerTarget:
    def entries(size: int, start: int) -> Iterator[Row]:
        return ((index, entry, None) for index, entry in client.entries(size, start))

    note = client.checkpoint()
    checkpoint = _read_checkpoint(note, f"{client.url}/log/checkpoint")
    try:
        policy = client.policy()
    except NotFoundError:
        policy = None
    return LedgerTarget(f"URL {client.url}", note, entries, policy, checkpoint)


def _copied(log: CopiedLog, policy: Path) -> LedgerTarget:
    def entries(size: int, start: int) -> Iterator[Row]:
        return ((index, entry, None) for index, entry in log.entries(size, start))

    note = log.checkpoint()
    checkpoint = _read_checkpoint(note, str(log.folder / "checkpoint"))
    where = f"copied log {log.folder}"
    return LedgerTarget(where, note, entries, _read_policy(policy), checkpoint)


def _bundled(bundle: Bundle) -> LedgerTarget:
    def entries(size: int, start: int) -> Iterator[Row]:
        return ((index, entry, None) for index, entry in bundle.entries(size, start))

    note = bundle.checkpoint()
    checkpoint = _read_checkpoint(note, f"{bundle.path}: checkpoint")
    where = f"evidence bundle {bundle.path}"
    policy = bundle.policy()
    return LedgerTarget(
        where, note, entries, policy, checkpoint, bundle=bundle, is_dated=True
    )


@contextmanager
def _opened(url: str) -> Iterator[SqlStore]:
    store = None
    try:
        store = open_store(url)
        yield store
    except StoreError as error:
        if _DAMAGED not in str(error):
            raise
        name = url_to_keep(url).removeprefix("sqlite:///")
        raise IncompleteError(f"{name}: damaged or cut short: {error}") from error
    finally:
        if store is not None:
            store.close()


def _stored(store: SqlStore, where: str, policy: Path | None) -> LedgerTarget:
    def entries(size: int, start: int) -> Iterator[Row]:
        index = start - 1
        try:
            for index, entry, chain in store.entries(start, size):
                yield index, entry, chain
        except StoreError as error:
            # A ledger that was there, and whose file is damaged or cut short.
            lost = IncompleteError(f"entry {index + 1}: cannot be read: {error}")
            lost.index = index + 1
            raise lost from error

    note = store.newest_checkpoint()
    if note is None:
        raise NotFoundError(f"{where}: has no checkpoint yet")
    checkpoint = _read_checkpoint(note, where)
    published = store.newest_publication()
    cosigned = None if published is None else published.note
    text = _read_policy(policy)
    return LedgerTarget(where, note, entries, text, checkpoint, cosigned)


def _read_policy(path: Path | None) -> bytes | None:
    return read_file(path) if path is not None and path.is_file() else None


def _read_checkpoint(note: bytes, where: str) -> Checkpoint:
    try:
        return parse_checkpoint(parse_note(note).text)
    except MalformedError as error:
        # With a signature line it is evidence of ours that is damaged; else it is
        # something that was never a checkpoint.
        if "\n— ".encode() in note:
            raise VerificationError(f"{where}: damaged: {error}") from error
        raise NotFoundError(f"{where}: not a checkpoint") from error
