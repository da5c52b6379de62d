"""What a reading of a ledger left behind, in one file, for the next to go on from.

The file is a cache of the reader's own: whoever can change it can have entries
believed that nobody verified, as with ``pins`` beside it. Damage is found by the hash
at its end, and anything that does not fit means no more than that a ledger is verified
from its first entry. It is written and read in blocks, since it may have 200 MB.

Format: a line, eight bytes with the length of a head in MessagePack, the head, records
of one occurrence each, records of one list each, and the SHA-256 of all that.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from ledger.compact import HEAD_RECORD_BYTES, OCCURRENCE_RECORD_BYTES
from ledger.errors import EncodingError, LedgerError, StoreError
from ledger.note import check_key_name
from ledger.reading import Reading, Taken

_FORMAT: Final = b"caravan/verified/v1\n"
_MAX_HEAD: Final = 2**32
_BLOCK_RECORDS: Final = 8192


class Saved(msgspec.Struct, frozen=True):
    """What a saved reading is bound to, and how much follows."""

    verifier: str
    """Hash of the program that judged."""
    policy_fingerprint: str
    date: str
    """When it was saved."""
    taken: Taken
    occurrences: int
    lists: int


@dataclass(frozen=True, slots=True)
class Left:
    """A reading to go on with, and the day it was saved."""

    reading: Reading
    date: str


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(Saved)


def verifier_hash() -> str:
    """Return a hash of this program: what another one judged is judged again."""
    found = hashlib.sha256()
    for source in sorted(files("ledger").iterdir(), key=lambda each: each.name):
        if source.name.endswith(".py"):
            text = source.read_bytes()
            found.update(f"{source.name} {len(text)}\n".encode() + text)
    return found.hexdigest()


class SavedReadings:
    """The saved readings in one folder, one of each ledger."""

    def __init__(self, folder: Path) -> None:
        """Remember where they are; the folder is made when it is needed."""
        self._folder = folder / "verified"

    def save(self, reading: Reading, *, policy_fingerprint: str, date: str) -> None:
        """Save a reading that was verified to its end, in place of the one before.

        Args:
            reading: It ends with a seal.
            policy_fingerprint: Of the policy by which its checkpoint was believed.
            date: Today's, for the next report.

        Raises:
            StoreError: It cannot be written.
        """
        saved = Saved(
            verifier=verifier_hash(),
            policy_fingerprint=policy_fingerprint,
            date=date,
            taken=reading.taken(),
            occurrences=reading.remembered.count,
            lists=len(reading.heads),
        )
        file = self._file(reading.origin)
        fresh = file.with_name(f"{file.name}.{os.getpid()}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                with fresh.open("wb") as stream:
                    _write(stream, saved, reading)
                # Never half a file, whatever happens.
                fresh.replace(file)
            finally:
                fresh.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{self._folder}: {error.strerror}") from error

    def load(self, origin: str, *, policy_fingerprint: str) -> Left | None:
        """Return a reading to go on with, or None if there is none.

        Args:
            origin: The ledger.
            policy_fingerprint: Of the policy that is believed now.

        Raises:
            EncodingError: There is one, and it is damaged.
        """
        try:
            with self._file(origin).open("rb") as stream:
                return _read(stream, origin, policy_fingerprint)
        except OSError:
            return None
        except (LedgerError, msgspec.MsgspecError, ValueError) as error:
            raise EncodingError(f"saved reading: {error}") from error

    def forget(self, origin: str) -> None:
        """Take a saved reading away."""
        with suppress(OSError):
            self._file(origin).unlink()

    def _file(self, origin: str) -> Path:
        check_key_name(origin)
        return self._folder / f"{origin.replace('/', '+')}.bin"


def _write(stream: BinaryIO, saved: Saved, reading: Reading) -> None:
    hashed = hashlib.sha256()

    def put(data: bytes) -> None:
        hashed.update(data)
        stream.write(data)

    head = _ENCODER.encode(saved)
    put(_FORMAT + len(head).to_bytes(8, "big") + head)
    for records in (reading.remembered.records(), reading.heads.records()):
        for block in _blocks(records):
            put(block)
    stream.write(hashed.digest())


def _blocks(records: Iterator[bytes]) -> Iterator[bytes]:
    block: list[bytes] = []
    for record in records:
        block.append(record)
        if len(block) == _BLOCK_RECORDS:
            yield b"".join(block)
            block.clear()
    yield b"".join(block)


def _read(stream: BinaryIO, origin: str, policy_fingerprint: str) -> Left | None:
    hashed = hashlib.sha256()

    def take(length: int) -> bytes:
        data = stream.read(length)
        if len(data) != length:
            raise EncodingError("cut short")
        hashed.update(data)
        return data

    if take(len(_FORMAT)) != _FORMAT:
        return None
    length = int.from_bytes(take(8), "big")
    if length > _MAX_HEAD:
        raise EncodingError("a head without end")
    saved = _DECODER.decode(take(length))
    if (
        saved.verifier != verifier_hash()
        or saved.taken.origin != origin
        or saved.policy_fingerprint != policy_fingerprint
    ):
        return None
    reading = Reading(origin)
    for count, size, add in (
        (saved.occurrences, OCCURRENCE_RECORD_BYTES, reading.remembered.put_record),
        (saved.lists, HEAD_RECORD_BYTES, reading.heads.put_record),
    ):
        for first in range(0, count, _BLOCK_RECORDS):
            block = take(min(_BLOCK_RECORDS, count - first) * size)
            for start in range(0, len(block), size):
                add(block[start : start + size])
    want = hashed.digest()
    if stream.read(len(want) + 1) != want:
        raise EncodingError("its hash is another")
    reading.go_on(saved.taken)
    return Left(reading, saved.date)
