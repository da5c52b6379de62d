"""What this machine remembers of the ledgers it has seen (blueprint, 4.2).

For each origin: the policy that was given on first use, which stays in force until its
reader takes another one, and the newest checkpoint that was verified, which a later one
must not contradict. Two that do are kept as evidence.

The folder is trusted: whoever can change it can make a reader believe other keys.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from ledger.errors import StoreError
from ledger.note import check_key_name


class Pins:
    """The memory in one folder."""

    def __init__(self, folder: Path) -> None:
        """Remember where the memory is; the folder is made when it is needed."""
        self.folder = folder

    def policy(self, origin: str) -> bytes | None:
        """Return the policy pinned for an origin, or None."""
        return self._read("policies", origin)

    def pin_policy(self, origin: str, policy: bytes) -> None:
        """Keep a policy for an origin, in place of the one before.

        Raises:
            StoreError: It cannot be written.
        """
        self._write("policies", origin, policy)

    def checkpoint(self, origin: str) -> bytes | None:
        """Return the newest checkpoint verified here, or None."""
        return self._read("checkpoints", origin)

    def keep_checkpoint(self, origin: str, note: bytes) -> None:
        """Keep a checkpoint that was verified.

        Raises:
            StoreError: It cannot be written.
        """
        self._write("checkpoints", origin, note)

    def keep_split_view(self, origin: str, evidence: bytes) -> Path:
        """Keep what shows that keys of a log signed two histories; return the file.

        Each such document has a file of its own: none takes another's place.

        Raises:
            StoreError: It cannot be written.
        """
        digest = hashlib.sha256(evidence).hexdigest()
        return self._write("split-views", origin, evidence, f"{digest[:8]}.json")

    def _file(self, kind: str, origin: str, ending: str = "txt") -> Path:
        # An origin that the server chose becomes a file name: none of its characters
        # may lead elsewhere, and "+" is in no origin.
        check_key_name(origin)
        return self.folder / kind / f"{origin.replace('/', '+')}.{ending}"

    def _read(self, kind: str, origin: str) -> bytes | None:
        try:
            return self._file(kind, origin).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{self.folder}: {error.strerror}") from error

    def _write(self, kind: str, origin: str, data: bytes, ending: str = "txt") -> Path:
        file = self._file(kind, origin, ending)
        fresh = file.with_name(f"{file.name}.{os.getpid()}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(data)
            # Never half a file, whatever happens.
            fresh.replace(file)
        except OSError as error:
            raise StoreError(f"{self.folder}: {error.strerror}") from error
        return file


def default_pins(environment: Mapping[str, str]) -> Pins:
    """Return the memory of this user (XDG Base Directory Specification).

    >>> str(default_pins({"XDG_CONFIG_HOME": "/somewhere"}).folder)
    '/somewhere/caravan'
    """
    configured = environment.get("XDG_CONFIG_HOME", "")
    base = Path(configured) if configured.startswith("/") else Path.home() / ".config"
    return Pins(base / "caravan")
