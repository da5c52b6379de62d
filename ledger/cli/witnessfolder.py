"""The folder of a witness: its key, its memory, and the logs that it cosigns.

``witness.pem`` and ``witness.db`` belong together: a key whose memory is older, or
lost, would cosign a second history of a log. So a folder with the one and without the
other is refused, and so is one that shares its place with a ledger, for which it would
see what the ledger shows it and nothing else.
"""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.backup import sync
from ledger.cli.folder import DataFolder, read_file
from ledger.cli.outcome import with_hint
from ledger.cosignature import Cosigner
from ledger.errors import PolicyError, StoreError
from ledger.keys import generate_cosigner, write_key_file
from ledger.note import VerifierKey
from ledger.policy import Policy, PolicyLog, parse_policy
from ledger.trust import REPLAYING
from ledger.witnessstore import WitnessStore, open_witness_store

_HOST: Final = re.compile(r"^[^/]*/")
_NEW_ONE: Final = (
    "it would cosign a second history: make a new witness, with a new key, in another "
    "folder, and have policies name that one"
)


@dataclass(frozen=True, slots=True)
class WitnessFolder:
    """Where the parts of a witness are."""

    path: Path

    @property
    def key(self) -> Path:
        """What cosigns."""
        return self.path / "witness.pem"

    @property
    def memory(self) -> Path:
        """What was cosigned."""
        return self.path / "witness.db"

    @property
    def logs(self) -> Path:
        """The logs and their keys, as a tlog-policy."""
        return self.path / "logs"

    @property
    def evidence(self) -> Path:
        """What speaks against a log, a file each."""
        return self.path / "evidence"

    @property
    def mirrors(self) -> Path:
        """Copies of the logs, for a witness that replays."""
        return self.path / "mirrors"

    @property
    def is_made(self) -> bool:
        """Whether there is a witness; its key is written last."""
        return self.key.is_file()

    def check_is_apart(self) -> None:
        """Refuse a folder that a ledger is in, or that is in one, or has one in it.

        Raises:
            StoreError: It is.
        """
        path = self.path.absolute().resolve()
        for place in (path, *path.parents, *_below(path)):
            if DataFolder(place).has_ledger:
                raise with_hint(
                    StoreError(
                        f"{self.path}: the ledger in {place} is in the same place"
                    ),
                    "a witness that shares a store with a ledger sees what the ledger "
                    "sees: choose another folder, best on another machine; "
                    "--shares-store takes this one",
                )

    def make(self, name: str, logs: Policy, *, passphrase: str | None) -> Cosigner:
        """Make a new witness; return its key.

        Args:
            name: What it cosigns under.
            logs: What it cosigns.
            passphrase: What its key is encrypted with; None leaves it open.

        Raises:
            StoreError: Something is there already, or cannot be written.
            NoteError: The name is not in our grammar.
            KeyFileError: The key cannot be written.
        """
        cosigner = generate_cosigner(name)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            if any(self.path.iterdir()):
                raise with_hint(
                    StoreError(f"{self.path}: not empty, and there is no witness"),
                    "choose another folder for a new one",
                )
            self.evidence.mkdir()
            if name.endswith(REPLAYING):
                self.mirrors.mkdir()
        except OSError as error:
            raise StoreError(f"{self.path}: {error.strerror}") from error
        with closing(open_witness_store(self.memory, is_new=True)) as memory:
            memory.belong_to(cosigner.vkey.to_text())
        self.write_logs(logs)
        write_key_file(self.key, cosigner, passphrase=passphrase)
        return cosigner

    def open_memory(self, owner: VerifierKey) -> WitnessStore:
        """Return what a key has cosigned.

        Raises:
            StoreError: It is lost, or another key's, or cannot be read.
        """
        if not self.memory.is_file():
            raise with_hint(
                StoreError(f"{self.memory}: is lost, and the key without it is no use"),
                _NEW_ONE,
            )
        try:
            memory = open_witness_store(self.memory)
        except StoreError as error:
            raise with_hint(StoreError(f"{self.memory}: {error}"), _NEW_ONE) from error
        try:
            memory.belong_to(owner.to_text())
        except StoreError as error:
            memory.close()
            raise with_hint(
                error, f"{self.key.name} and {self.memory.name} belong together"
            ) from None
        return memory

    def read_logs(self) -> Policy:
        """Return the logs that it cosigns.

        Raises:
            NotFoundError: There is no such file.
            PolicyError: It is no policy; the file is named.
        """
        try:
            return parse_policy(read_file(self.logs))
        except PolicyError as error:
            raise with_hint(
                PolicyError(f"{self.logs}: {error}"),
                "write its lines anew: log <vkey> <url>, and last: quorum none",
            ) from error

    def write_logs(self, logs: Policy) -> None:
        """Keep the logs that it cosigns from now on.

        Raises:
            StoreError: They are not known to be written.
        """
        fresh = self.logs.with_name(f"logs.{secrets.token_hex(4)}")
        try:
            fresh.write_bytes(logs.text)
            sync(fresh)
            fresh.replace(self.logs)
            sync(self.path)
        except OSError as error:
            raise StoreError(f"{self.logs}: {error.strerror}") from error


def logs_policy(*logs: PolicyLog) -> Policy:
    """Return a policy of these logs; of one that is there twice the later one counts.

    Raises:
        PolicyError: There is none, one cannot be written in a policy, or one has the
            key of another.
    """
    if not logs:
        raise PolicyError("logs: there is no log line")
    lines = {log.vkey: log for log in logs}
    text = "".join(
        f"log {log.vkey.to_text()}{'' if log.url is None else f' {log.url}'}\n"
        for log in lines.values()
    )
    return parse_policy(f"{text}quorum none\n".encode())


def short_name(name: str) -> str:
    """Return what a policy may call a witness.

    >>> short_name("oasis.example/dune/replay"), short_name("oasis.example/dune")
    ('dune-replay', 'dune')
    >>> short_name("oasis.example"), short_name("oasis.example/none")
    ('oasis.example', 'oasis.example/none')
    """
    short = _HOST.sub("", name).replace("/", "-")
    return name if short == "none" else short


def _below(path: Path) -> Iterator[Path]:
    for folder, _, _ in os.walk(path):
        yield Path(folder)
