"""``caravan restore``: the database of a ledger made anew from a copy of its log.

The copy is verified first, as ``caravan verify`` does. The database is made beside the
old one and takes its place when it is whole; the old one is moved aside, never deleted.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from dataclasses import replace as replaced
from pathlib import Path
from typing import Annotated, Final

import typer

from ledger.backup import sync
from ledger.checkpoint import parse_checkpoint
from ledger.cli import verdict
from ledger.cli.explanations import LEDGER_STEPS
from ledger.cli.folder import DataFolder, read_file, sqlite_url
from ledger.cli.ledgers import LedgerTarget, is_url, open_target
from ledger.cli.options import AcceptPolicy, AsJson, Database, Policy
from ledger.cli.outcome import with_hint
from ledger.cli.succession import extended
from ledger.cli.terminal import progress
from ledger.cli.trusting import Chosen, choose_policy
from ledger.cli.verdict import Verdict
from ledger.cli.verify import judge_ledger, last_seen_ms
from ledger.clock import SystemClock
from ledger.database import is_shared, open_engine, url_to_keep
from ledger.encoding import Json
from ledger.errors import LedgerError, PolicyError, StoreError
from ledger.givenout import GivenOut
from ledger.note import parse_note
from ledger.pins import Pins, default_pins
from ledger.policy import parse_policy
from ledger.restore import Restored, keep_cosigned, restore
from ledger.sqlstore import SqlStore, check_vacant, create_store

_FILES: Final = ("ledger.db", "ledger.db-wal", "ledger.db-shm", "database")
"""What may be of a database in a data folder; the last is the URL of one elsewhere."""


def restore_ledger(
    copy: Annotated[
        str, typer.Argument(help="A mirror or copied log, or the URL of a server.")
    ],
    folder: Annotated[
        Path, typer.Argument(help="The ledger's own data folder, or a new one.")
    ],
    policy: Policy = None,
    accept_policy: AcceptPolicy = False,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help="Move the database that is there aside, and keep it."
        ),
    ] = False,
    database: Database = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=64,
            help="Processes that verify the copy; 0 for this one alone.",
            show_default="as many as there are cores, if it is large",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make the database of a ledger anew, from a verified copy of its log.

    In the ledger's own folder, with its keys, it goes on from there; in a new one it is
    shown read-only. Exit status: 0 it is there, 2 nothing was changed, 3 the copy is
    broken, 4 cannot check.
    """
    place = _Place(DataFolder(folder), database)
    place.check(replace=replace)
    pins = default_pins(os.environ)
    own = place.data.policy
    given = policy or (own if own.is_file() else None)
    try:
        with open_target(_without_log(copy)) as target:
            _check_apart(target, copy, folder)
            chosen = choose_policy(
                target.origin,
                target.policy,
                pins=pins,
                given=given,
                accept_served=accept_policy,
            )
            _check_of(own, target.origin)
            found = _judge(target, chosen, pins, jobs)
            restored = place.fill(target, chosen)
    except LedgerError as error:
        raise typer.Exit(
            verdict.say_refusal(error, LEDGER_STEPS, copy, as_json=as_json)
        ) from error
    _say(place.data, found, restored, as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the database is to be."""

    data: DataFolder
    database: str | None
    """URL of an empty one elsewhere, if not in the folder."""

    def check(self, *, replace: bool) -> None:
        """Refuse what would be refused in the end, before anything is read.

        Raises:
            StoreError: There is a database already, or something appends to it.
        """
        if self.data.has_ledger and not replace:
            raise with_hint(
                StoreError(f"{self.data.path}: has a database already"),
                "--replace moves it aside; stop the server first",
            )
        with _nobody_appends(self.data):
            pass
        if self.database is not None:
            if not is_shared(self.database):
                raise StoreError("database: got a file, want the URL of a PostgreSQL")
            check_vacant(self.database)

    def fill(self, target: LedgerTarget, chosen: Chosen) -> Restored:
        """Make the database, and put it in its place.

        Raises:
            LedgerError: It could not be made; what was there is as it was.
        """
        data = self.data
        try:
            data.path.mkdir(parents=True, exist_ok=True)
            self._forget_part()
            with _created(self.database or sqlite_url(self._part), target) as store:
                restored = _restore(store, target)
                policy = self._policy(target.origin, chosen, restored)
                keep_cosigned(
                    store, target.cosigned or target.note, parse_policy(policy)
                )
            with _nobody_appends(data):
                self._put_in_place()
            if not data.policy.is_file():
                data.policy.write_bytes(policy)
            sync(data.path)
        except OSError as error:
            raise StoreError(f"{data.path}: {error.strerror}") from error
        except LedgerError as error:
            if self.database is not None:
                error.add_note("the database is half made: drop it, and make it anew")
            raise
        finally:
            self._forget_part()
        return restored

    @property
    def _part(self) -> Path:
        """Where a file is made that is to be the database."""
        return self.data.path / "ledger.db.part"

    def _forget_part(self) -> None:
        for left in self.data.path.glob("ledger.db.part*"):
            left.unlink()

    def _put_in_place(self) -> None:
        self._move_aside()
        if self.database is None:
            if self._part.with_name("ledger.db.part-wal").exists():
                raise StoreError(f"{self._part}: was not closed")
            sync(self._part)
            self._part.rename(self.data.database)
        else:
            kept = f"{url_to_keep(self.database)}\n"
            self.data.database_elsewhere.write_text(kept, encoding="utf-8")

    def _policy(self, origin: str, chosen: Chosen, restored: Restored) -> bytes:
        """Return the policy that is suggested to those who come new."""
        if self.data.policy.is_file():
            return read_file(self.data.policy)
        if {*chosen.policy.log(origin)} & {*restored.ledger_keys}:
            return chosen.policy.text
        return extended(chosen.policy, restored.ledger_keys)

    def _move_aside(self) -> None:
        number = 1
        while any(self._aside(name, number).exists() for name in _FILES):
            number += 1
        for name in _FILES:
            file = self.data.path / name
            if file.exists():
                file.rename(self._aside(name, number))

    def _aside(self, name: str, number: int) -> Path:
        # SQLite knows the two files beside a database by its name.
        base, _, ending = name.partition("-")
        dash = "-" if ending else ""
        return self.data.path / f"{base}.replaced-{number}{dash}{ending}"


def _judge(
    target: LedgerTarget, chosen: Chosen, pins: Pins, jobs: int | None
) -> Verdict:
    """Verify a copy as of the moment at which witnesses saw it last.

    What is recovered may be old; it is shown with its time.

    Raises:
        LedgerError: The first thing that does not hold.
    """
    return judge_ledger(
        target,
        lambda *_: chosen,
        pins,
        jobs=jobs,
        now_ms=last_seen_ms(target, chosen, SystemClock().now_ms()),
    )


def _restore(store: SqlStore, target: LedgerTarget) -> Restored:
    def entries() -> Iterator[tuple[int, bytes]]:
        return ((i, entry) for i, entry, _ in target.entries(target.size, 0))

    with progress("restoring") as on_progress:
        return restore(
            store, entries(), checkpoint=target.note, on_progress=on_progress
        )


@contextmanager
def _created(url: str, target: LedgerTarget) -> Iterator[SqlStore]:
    store = create_store(url, origin=target.origin)
    try:
        store.lock_sequencer()
        yield store
    finally:
        store.close()


@contextmanager
def _nobody_appends(data: DataFolder) -> Iterator[None]:
    """Hold the lock of the database that is there, or was, while it is moved.

    Raises:
        StoreError: A process appends to it.
    """
    lock = data.path / "ledger.db-sequencer"
    if not (data.has_ledger or lock.is_file()):
        yield
        return
    # The lock of a file is one beside it: of a damaged or lost one, too.
    store = SqlStore(open_engine(data.database_url))
    is_free = True
    try:
        # One elsewhere that cannot be reached is appended to by nobody here.
        with suppress(StoreError):
            is_free = store.try_lock_sequencer()
        if not is_free:
            raise StoreError("database: another process appends to it")
        yield
    finally:
        store.close()


def _without_log(copy: str) -> str:
    """Return what is copied from; a policy has the URL of the tiles."""
    return copy.removesuffix("/").removesuffix("/log") if is_url(copy) else copy


def _check_apart(target: LedgerTarget, copy: str, folder: Path) -> None:
    """Refuse to make a ledger of itself."""
    path = Path(copy)
    if path.exists() and path.resolve() in {
        folder.resolve(),
        DataFolder(folder).database.resolve(),
    }:
        raise StoreError(f"{target.where}: is what is to be made")


def _check_of(policy: Path, origin: str) -> None:
    """Refuse another ledger than the one whose folder it is.

    Raises:
        PolicyError: The folder's own policy does not name it.
    """
    if policy.is_file() and not parse_policy(read_file(policy)).log(origin):
        raise PolicyError(f"{policy}: is of another ledger than {origin}")


def _say(
    data: DataFolder, found: Verdict, restored: Restored, *, as_json: bool
) -> None:
    has_keys = any(file.is_file() for file in data.ledger_key_files())
    facts: dict[str, Json] = {
        "restored": str(data.path),
        "restored_entries": restored.size,
        "can_append": has_keys,
    }
    verdict.say_verdict(
        replaced(found, facts={**found.facts, **facts}), as_json=as_json
    )
    newest = _given_out(data)
    if newest > restored.size:
        typer.echo(
            f"caravan: {data.newest_checkpoint} is of {newest} entries, and this copy "
            f"has {restored.size}: caravan serve will not append to it",
            err=True,
        )
    options = "" if has_keys else " --read-only"
    typer.echo(f"caravan: next: caravan serve {data.path}{options}", err=True)


def _given_out(data: DataFolder) -> int:
    """Return the size of the newest checkpoint given out; nobody has checked it."""
    sizes = [0]
    for note in GivenOut(data.newest_checkpoint).read():
        with suppress(LedgerError):
            sizes.append(parse_checkpoint(parse_note(note).text).size)
    return max(sizes)
