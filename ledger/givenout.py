"""The newest checkpoint given out, kept apart from the database.

A database that is put back from a backup does not know what was signed after it. This
file does, so that the ledger can refuse to sign a second history by accident. It has
two places of a fixed size, written in turn: while one is written, the other holds what
was there before, so that a power cut leaves at least one of them whole. A file replaced
by another, which is as safe, takes five times as long (measured on ext4): it changes
the folder too.

The file is trusted as the database is: whoever can change both can make the ledger sign
a split view. On another disk, one mistake or one fault does not reach both.
"""

import os
from pathlib import Path
from typing import Final

from ledger.errors import StoreError

_PLACE_BYTES: Final = 8_192
"""Room for a checkpoint with a dozen ledger keys of long names."""
_PAD: Final = b"\n"
"""What fills a place: the file stays a text. A note ends with exactly one of these."""

_sync = getattr(os, "fdatasync", os.fsync)


class GivenOut:
    """One file with the newest checkpoint, and the one before."""

    def __init__(self, path: Path) -> None:
        """Use this file, which is made when it is first written."""
        self.path = path
        self._next_place = 0
        self._read: list[bytes] = []
        """What stood in each place when it was last read."""

    def read(self) -> tuple[bytes, ...]:
        """Return what stands in each place that is not empty; nobody has checked it.

        Raises:
            StoreError: There is a file, but it cannot be read.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise self._failed(error) from error
        self._read = _places(data)
        return tuple(note for note in self._read if note)

    def write(self, note: bytes) -> None:
        """Keep a checkpoint; when this returns, it is on the disk.

        Raises:
            StoreError: It is not known to be there; what was there before is.
        """
        if len(note) > _PLACE_BYTES:
            raise StoreError(
                f"{self.path}: got a checkpoint of {len(note)} bytes, "
                f"want at most {_PLACE_BYTES}"
            )
        data = note.ljust(_PLACE_BYTES, _PAD)
        try:
            if not self.path.exists():
                self._create()
            with self.path.open("r+b", buffering=0) as file:
                file.seek(self._next_place * _PLACE_BYTES)
                if file.write(data) != len(data):
                    raise StoreError(f"{self.path}: cut short")
                _sync(file.fileno())
        except OSError as error:
            raise self._failed(error) from error
        self._next_place = 1 - self._next_place

    def keep(self, note: bytes) -> None:
        """Write the next checkpoint to the other place than this, which was read."""
        self._next_place = 1 - self._read.index(note)

    def _create(self) -> None:
        """Make the file at its full size: later writes change nothing but bytes."""
        with self.path.open("xb") as file:
            file.write(_PAD * (2 * _PLACE_BYTES))
            file.flush()
            os.fsync(file.fileno())
        if hasattr(os, "O_DIRECTORY"):
            folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _failed(self, error: OSError) -> StoreError:
        return StoreError(f"{self.path}: {error.strerror or error}")


def _places(data: bytes) -> list[bytes]:
    """Return the note in each place; what is empty is b""."""
    return [
        place.rstrip(_PAD) + _PAD if place.strip(_PAD) else b""
        for place in (data[:_PLACE_BYTES], data[_PLACE_BYTES:])
    ]
