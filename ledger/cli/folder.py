"""A data folder: what ``caravan init`` makes and ``caravan serve`` runs on.

The folder is trusted by the operator: whoever can read ``keys/ledger.pem`` can sign a
second history of the ledger, and whoever can read ``keys/registrar.pem`` can admit
whom it likes. ``registrar.pem`` and ``recovery.pem`` are not needed to serve and belong
on another machine.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ledger.cli.keyfiles import read_signer
from ledger.cli.outcome import with_hint
from ledger.clock import Clock
from ledger.database import is_shared, url_to_keep
from ledger.encoding import Json
from ledger.errors import NoteError, NotFoundError, PolicyError, StoreError
from ledger.follower import ReadOnlyLog
from ledger.givenout import GivenOut
from ledger.handover import SharedLog
from ledger.keys import generate, write_key_file
from ledger.log import Log
from ledger.note import NoteSigner
from ledger.policy import parse_policy
from ledger.sqlstore import SqlStore, check_vacant, migrate_store, open_store
from ledger.statement import sign_statement

DEFAULT_MAX_AGE_SECONDS = 86_400
PERSONAL = "personal.db"
"""Name of the side table's file, beside the ledger's database."""


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Where the parts of a ledger are."""

    path: Path

    @property
    def database(self) -> Path:
        """The ledger itself, and the newest checkpoint, if they are in a file."""
        return self.path / "ledger.db"

    @property
    def database_elsewhere(self) -> Path:
        """Where the ledger is instead: the URL of a database, without a password."""
        return self.path / "database"

    @property
    def database_url(self) -> str:
        """The database as SQLAlchemy names it."""
        try:
            return self.database_elsewhere.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError):
            return sqlite_url(self.database)

    @property
    def has_ledger(self) -> bool:
        """Whether there is a ledger, here or elsewhere."""
        return self.database.is_file() or self.database_elsewhere.is_file()

    @property
    def personal(self) -> Path:
        """The erasable side table; it is made when it is first needed."""
        return self.path / PERSONAL

    @property
    def lookups(self) -> Path:
        """Counts of look-ups; made when the ledger is served."""
        return self.path / "lookups.db"

    @property
    def newest_checkpoint(self) -> Path:
        """The newest checkpoint given out, kept apart from the database."""
        return self.path / "newest-checkpoint"

    @property
    def policy(self) -> Path:
        """The tlog-policy that the operator suggests."""
        return self.path / "policy"

    @property
    def keys(self) -> Path:
        """The folder of private keys."""
        return self.path / "keys"

    @property
    def registrar_key(self) -> Path:
        """Who decides who may sign; not needed to serve."""
        return self.keys / "registrar.pem"

    @property
    def recovery_key(self) -> Path:
        """Who replaces a lost registrar; not needed to serve."""
        return self.keys / "recovery.pem"

    @property
    def ledger_key(self) -> Path:
        """What signs checkpoints."""
        return self.keys / "ledger.pem"

    def ledger_key_files(self) -> list[Path]:
        """Return where ledger keys are, one or more.

        A second one, while keys are changed, is ``ledger-2.pem``.
        """
        return sorted(self.keys.glob("ledger*.pem")) or [self.ledger_key]

    def next_ledger_key(self) -> Path:
        """Return where one more ledger key is kept."""
        names = {file.name for file in self.keys.glob("ledger*.pem")}
        number = 2
        while f"ledger-{number}.pem" in names:
            number += 1
        return self.keys / f"ledger-{number}.pem"

    def read_policy(self) -> bytes:
        """Return the policy file.

        Raises:
            NotFoundError: There is none.
        """
        try:
            return read_file(self.policy)
        except NotFoundError as error:
            raise with_hint(
                error, "caravan init makes the folder of a ledger"
            ) from None

    def open_store(self) -> SqlStore:
        """Return the ledger for reading, also while a server appends to it.

        Raises:
            NotFoundError: There is no ledger.
            FormatVersionError: Another release wrote it.
        """
        return open_store(self.database_url)

    def open_log(
        self,
        *,
        clock: Clock,
        passphrase_file: Path | None = None,
        newest_checkpoint: Path | None = None,
    ) -> Log:
        """Return the ledger for appending.

        Args:
            clock: What seals are timed by.
            passphrase_file: What opens the ledger's key, if it is encrypted.
            newest_checkpoint: Where the newest checkpoint given out is kept; by
                default in the folder.

        Raises:
            NotFoundError: There is no ledger, or no policy.
            PolicyError: The policy is none, or names no ledger key in force.
            KeyFileError: The ledger's key cannot be read.
            GivenOutError: It does not hold what the newest checkpoint given out signs.
            StoreError: Another process appends to it, or it contradicts itself.
        """
        policy = self.read_policy()
        named = parse_policy(policy)
        signers = [
            read_signer(file, passphrase_file) for file in self.ledger_key_files()
        ]
        # A file has one server; a database that several reach may have several.
        kind = SharedLog if is_shared(self.database_url) else Log
        log = kind.open(
            self.database_url,
            signers=signers,
            clock=clock,
            policy=policy,
            given_out=GivenOut(newest_checkpoint or self.newest_checkpoint),
        )
        in_force = log.directory.ledger_keys
        if not {*in_force} & {*named.log(log.origin)}:
            log.close()
            raise with_hint(
                PolicyError(f"{self.policy}: names no ledger key in force"),
                f"whoever comes new would refuse every checkpoint: put in a line "
                f"log {in_force[0].to_text()}, and the URL of the log behind it",
            )
        return log

    def open_reader(self) -> ReadOnlyLog:
        """Return the ledger for serving what is there; nothing is appended.

        Raises:
            NotFoundError: There is no ledger, or no policy.
            VerificationError: What is stored is not what was signed.
            StoreError: It cannot be read.
        """
        return ReadOnlyLog.open(self.database_url, policy=self.read_policy())


@dataclass(frozen=True, slots=True)
class Plan:
    """What a new ledger is to be."""

    host: str
    name: str = "log"
    url: str | None = None
    """Where its log will be served; ``https://<host>/log`` by default."""
    max_age_seconds: int = DEFAULT_MAX_AGE_SECONDS
    database: str | None = None
    """URL of the database to keep it in, if not in the folder."""
    writer: str | None = None
    """Role that will serve it, if not the one that makes it."""


def create_ledger(
    folder: DataFolder, plan: Plan, *, passphrase: str | None, clock: Clock
) -> str:
    """Make a data folder with a new ledger in it; return its origin.

    Args:
        folder: Where; nothing, or an empty folder, may be there.
        plan: What the ledger is to be.
        passphrase: What its keys are encrypted with; None leaves them open.
        clock: What time it is.

    Raises:
        StoreError: Something is there already, or cannot be written.
        NoteError: Host or name are not in our grammar.
        LedgerError: The genesis would not be valid.
    """
    if "/" in plan.host or "." not in plan.host:
        raise with_hint(
            NoteError(f"host: got {plan.host!r}, want a domain, as in milk.example"),
            "every identifier of the ledger begins with it; to try things out, any "
            "does",
        )
    # A ledger begun anew is another ledger, whatever its name.
    origin = f"{plan.host}/{plan.name}-{secrets.token_hex(4)}"
    ledger = generate(origin)
    registrar = generate(f"{plan.host}/registrar")
    recovery = generate(f"{plan.host}/recovery")
    genesis = _genesis(origin, plan, ledger, registrar, recovery)
    url = plan.url or f"https://{plan.host}/log"
    policy = f"log {ledger.vkey.to_text()} {url}\nquorum none\n".encode()
    database = plan.database or folder.database_url
    _check_database(plan)
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        if any(folder.path.iterdir()):
            raise with_hint(
                StoreError(f"{folder.path}: not empty"),
                "a ledger is never made anew in place: choose another folder",
            )
        folder.keys.mkdir(mode=0o700)
        folder.policy.write_bytes(policy)
        if plan.database is not None:
            kept = url_to_keep(plan.database, role=plan.writer)
            folder.database_elsewhere.write_text(f"{kept}\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{folder.path}: {error.strerror}") from error
    write_key_file(folder.ledger_key, ledger, passphrase=passphrase)
    write_key_file(folder.registrar_key, registrar, passphrase=passphrase)
    write_key_file(folder.recovery_key, recovery, passphrase=passphrase)
    Log.create(
        database,
        origin=origin,
        genesis=genesis,
        signers=[ledger],
        clock=clock,
        policy=policy,
        given_out=GivenOut(folder.newest_checkpoint),
    ).close()
    if plan.writer is not None:
        migrate_store(database, writer=plan.writer)
    return origin


def _check_database(plan: Plan) -> None:
    """Refuse a database in which the ledger cannot be made, before anything is.

    Raises:
        StoreError: It is none of PostgreSQL, cannot be reached, or holds a ledger.
    """
    if plan.database is not None:
        if not is_shared(plan.database):
            raise StoreError("database: got a file, want the URL of a PostgreSQL")
        check_vacant(plan.database)
    elif plan.writer is not None:
        raise with_hint(
            StoreError("writer: a ledger in a file has no roles"),
            "whoever may write the file may append; give --database for PostgreSQL",
        )


def sqlite_url(path: Path) -> str:
    """Return a database file as SQLAlchemy names it, whatever its path is.

    >>> sqlite_url(Path("herds?/100%.db"))
    'sqlite:///herds%3F/100%25.db'
    """
    return "sqlite:///" + str(path).replace("%", "%25").replace("?", "%3F")


def read_file(path: Path) -> bytes:
    """Return the bytes of a file that somebody named.

    Raises:
        NotFoundError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFoundError(f"{path}: {error.strerror}") from error


def _genesis(origin: str, plan: Plan, *keys: NoteSigner) -> bytes:
    ledger, registrar, recovery = keys
    recovery_keys: list[Json] = [recovery.vkey.to_text()]
    ledger_keys: list[Json] = [ledger.vkey.to_text()]
    body: dict[str, Json] = {
        "action": "genesis",
        "ledger_keys": ledger_keys,
        "max_age_seconds": plan.max_age_seconds,
        "recovery": {"k": 1, "keys": recovery_keys},
        "registrar": registrar.vkey.to_text(),
    }
    signers: Sequence[NoteSigner] = (registrar,)
    return sign_statement(origin=origin, kind="directory", body=body, signers=signers)
