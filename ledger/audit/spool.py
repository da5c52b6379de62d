"""Entries kept on the disk while a ledger is read, and read again one by one.

A ledger at a URL is read once, and what is looked at afterwards are the very entries
that were verified; a million of them do not fit into the memory of everybody's machine.
The file has no name and is gone with the process.
"""

from array import array
from collections.abc import Iterator
from tempfile import TemporaryFile

from ledger.errors import StoreError


class Spool:
    """A list of entries that grows at its end, and can be cut."""

    def __init__(self) -> None:
        """Begin empty."""
        self._file = TemporaryFile()  # noqa: SIM115 # closed by close()
        self._ends = array("Q", [0])

    def append(self, entry: bytes) -> None:
        """Add an entry.

        Raises:
            StoreError: The disk is full.
        """
        try:
            self._file.seek(self._ends[-1])
            self._file.write(entry)
        except OSError as error:
            raise StoreError(f"temporary file: {error.strerror}") from error
        self._ends.append(self._ends[-1] + len(entry))

    def cut(self, size: int) -> None:
        """Forget all entries but the first."""
        del self._ends[size + 1 :]

    def close(self) -> None:
        """Give the disk back."""
        self._file.close()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._ends) - 1

    def __getitem__(self, index: int, /) -> bytes:
        """Return an entry by its index, from zero."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        self._file.seek(self._ends[index])
        return self._file.read(self._ends[index + 1] - self._ends[index])

    def __iter__(self) -> Iterator[bytes]:
        """Yield every entry."""
        return (self[index] for index in range(len(self)))
