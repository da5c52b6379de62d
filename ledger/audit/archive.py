"""Archives with one spelling: ZIP files that hold nothing but their members.

Members are stored as they are, in ascending order of their names, under one date and
one set of permissions; there is no comment, no extra field and no gap. So the same
files give the same bytes with any version of any library, and a reader can refuse
whatever is not exactly that: what it does not understand cannot hide in an archive. Any
program that opens ZIP files opens these (PKWARE APPNOTE 6.3.3; ZIP64 where needed).

Nothing is trusted of an archive that is read; whoever uses a member compares it with a
hash from elsewhere.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from struct import Struct
from typing import BinaryIO, Final

from ledger.errors import IncompleteError, StoreError, VerificationError

CHUNK: Final = 1 << 20
LOCAL: Final = b"PK\x03\x04"
"""How an archive begins."""
END: Final = b"PK\x05\x06"
"""What stands in its last bytes."""
MAX_NAME: Final = 200
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")

_LOCAL: Final = Struct("<4s5H3I2H")
_CENTRAL: Final = Struct("<4s6H3I5H2I")
_END: Final = Struct("<4s4H2IH")
_END_64: Final = Struct("<4sQ2H2I4Q")
_LOCATOR: Final = Struct("<4sIQI")
_EXTRA_64: Final = Struct("<2HQ")
_NEEDED: Final = 10
_NEEDED_64: Final = 45
_MADE_BY: Final = 3 << 8 | 30
"""Unix, whose permissions stand in the external attributes."""
_DATE: Final = 0x0021
"""1980-01-01, the first day there is."""
_MODE: Final = 0o100644 << 16
_MOST_16: Final = 0xFFFF
_MOST_32: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive.

    Attributes:
        name: Its path.
        size: In bytes.
        crc: CRC-32, as the archive has it.
        offset: Where its header begins.
    """

    name: str
    size: int
    crc: int
    offset: int

    @property
    def start(self) -> int:
        """Return where its content begins."""
        return self.offset + _LOCAL.size + len(self.name)

    @property
    def end(self) -> int:
        """Return where the next header begins."""
        return self.start + self.size


def write_archive(stream: BinaryIO, files: Iterable[tuple[str, Path]]) -> None:
    """Write files as an archive, a piece at a time.

    Args:
        stream: Where it is written to, from its beginning.
        files: Names and files, in ascending order of the names.

    Raises:
        OSError: A file cannot be read, or the archive not written.
        StoreError: A file is too large, or changed while it was read.
        ValueError: A name is none, or does not come after the one before.
    """
    members: list[Member] = []
    for name, path in files:
        if not is_name(name) or (members and name <= members[-1].name):
            raise ValueError(f"archive: got {name!r} out of order, or no name")
        offset = members[-1].end if members else 0
        size, crc = _measured(path)
        if size >= _MOST_32:
            raise StoreError(f"{path}: too large for a bundle, of 4 GiB at most")
        member = Member(name, size, crc, offset)
        stream.write(_local(member))
        written = 0
        for chunk in _chunks(path):
            stream.write(chunk)
            written += len(chunk)
        if written != size:
            raise StoreError(f"{path}: changed while it was read")
        members.append(member)
    stream.write(directory(members))


def read_members(stream: BinaryIO) -> tuple[Member, ...]:
    """Return the members of an archive; what they hold is not looked at.

    Raises:
        IncompleteError: It is cut short.
        VerificationError: It is not in its one spelling.
    """
    members: list[Member] = []
    at = 0
    while True:
        stream.seek(at)
        header = stream.read(_LOCAL.size)
        if not header.startswith(LOCAL):
            break
        member = _member(header, stream, at)
        if members and member.name <= members[-1].name:
            raise VerificationError(
                f"damaged at byte {at}: {member.name} twice, or out of order"
            )
        members.append(member)
        at = member.end
    _check_directory(stream, at, directory(members))
    return tuple(members)


def digest(stream: BinaryIO, member: Member) -> str:
    """Return the SHA-256 of what a member holds, in hex, reading all of it.

    Raises:
        IncompleteError: It is cut short.
        VerificationError: It is not what the archive was made with.
    """
    hashed, crc = sha256(), 0
    for chunk in content(stream, member):
        hashed.update(chunk)
        crc = zlib.crc32(chunk, crc)
    if crc != member.crc:
        raise VerificationError(f"{member.name}: damaged: its bytes are not its own")
    return hashed.hexdigest()


def content(stream: BinaryIO, member: Member) -> Iterator[bytes]:
    """Yield what a member holds, a piece at a time.

    Raises:
        IncompleteError: It is cut short.
    """
    stream.seek(member.start)
    left = member.size
    while left:
        chunk = stream.read(min(left, CHUNK))
        if not chunk:
            raise IncompleteError(f"{member.name}: cut short")
        left -= len(chunk)
        yield chunk


def directory(members: Sequence[Member]) -> bytes:
    """Return the bytes after the last member: all that they say, members say too."""
    start = members[-1].end if members else 0
    central = b"".join(map(_central, members))
    count, size = len(members), len(central)
    after = b""
    if count >= _MOST_16 or start >= _MOST_32 or size >= _MOST_32:
        made = (44, _MADE_BY, _NEEDED_64, 0, 0)
        after = _END_64.pack(b"PK\x06\x06", *made, count, count, size, start)
        after += _LOCATOR.pack(b"PK\x06\x07", 0, start + size, 1)
    counts = [min(count, _MOST_16)] * 2
    sizes = min(size, _MOST_32), min(start, _MOST_32)
    return central + after + _END.pack(END, 0, 0, *counts, *sizes, 0)


def is_name(name: str) -> bool:
    """Tell whether a path is one that an archive may have.

    >>> is_name("log/tile/0/x001/234.p/7"), is_name("log/../x"), is_name("/etc/x")
    (True, False, False)
    """
    return len(name) <= MAX_NAME and NAME.fullmatch(name) is not None


def _measured(path: Path) -> tuple[int, int]:
    size = crc = 0
    for chunk in _chunks(path):
        size, crc = size + len(chunk), zlib.crc32(chunk, crc)
    return size, crc


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _member(header: bytes, stream: BinaryIO, at: int) -> Member:
    """Return the member of a header, which is as it would be written."""
    if len(header) < _LOCAL.size:
        raise IncompleteError(f"cut short at byte {at}")
    (*_, crc, size, _, length, _) = _LOCAL.unpack(header)
    spelled = stream.read(min(length, MAX_NAME + 1)).decode("ascii", "replace")
    if not is_name(spelled):
        raise VerificationError(f"damaged at byte {at}: no such file name in a bundle")
    member = Member(spelled, size, crc, at)
    if header + spelled.encode() != _local(member):
        raise VerificationError(f"damaged at byte {at}: {spelled} is not as written")
    return member


def _check_directory(stream: BinaryIO, at: int, want: bytes) -> None:
    stream.seek(at)
    got = stream.read(len(want) + 1)
    if got == want:
        return
    if want.startswith(got):
        raise IncompleteError(f"cut short at byte {at + len(got)}")
    place = next(
        (
            i
            for i, pair in enumerate(zip(got, want, strict=False))
            if pair[0] != pair[1]
        ),
        len(want),
    )
    raise VerificationError(f"damaged at byte {at + place}: not as it was written")


def _local(member: Member) -> bytes:
    name = member.name.encode()
    fields = (_NEEDED, 0, 0, 0, _DATE, member.crc, member.size, member.size)
    return _LOCAL.pack(LOCAL, *fields, len(name), 0) + name


def _central(member: Member) -> bytes:
    name, offset, extra = member.name.encode(), member.offset, b""
    if offset >= _MOST_32:
        offset, extra = _MOST_32, _EXTRA_64.pack(1, 8, offset)
    needed = _NEEDED_64 if extra else _NEEDED
    fields = (_MADE_BY, needed, 0, 0, 0, _DATE, member.crc, member.size, member.size)
    lengths = len(name), len(extra), 0, 0, 0
    return _CENTRAL.pack(b"PK\x01\x02", *fields, *lengths, _MODE, offset) + name + extra
