"""Read a copy of a log: files in a folder, laid out as they are served.

The layout is that of C2SP tlog-tiles: ``checkpoint`` and ``tile/entries/…`` (tiles of
hashes may be there, and are not needed to recompute them). A copy is *not* trusted: it
is bytes for a verifier.
"""

from collections.abc import Iterator
from pathlib import Path

from ledger.errors import EncodingError, IncompleteError, NotFoundError
from ledger.tile import TILE_WIDTH, bundle_path, decode_bundle, tile_width


class CopiedLog:
    """The copy of one log in one folder."""

    def __init__(self, folder: Path) -> None:
        """Remember where the copy is; nothing is read yet."""
        self.folder = folder

    def checkpoint(self) -> bytes:
        """Return the checkpoint that the copy was made under.

        Raises:
            NotFoundError: It has none.
        """
        return _read(self.folder / "checkpoint")

    def entries(self, size: int, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield index and entry of the entries in ``[start, size)``.

        Args:
            size: Tree size of the checkpoint.
            start: First entry that is wanted.

        Raises:
            IncompleteError: The copy has fewer, or a bundle of it is cut short.
        """
        for number in range(start // TILE_WIDTH, -(-size // TILE_WIDTH)):
            first = number * TILE_WIDTH
            width = tile_width(0, number, size)
            try:
                bundle = self._bundle(number, width)
            except (NotFoundError, EncodingError) as error:
                missing = IncompleteError(
                    f"entries {first} to {first + width - 1}: {error}"
                )
                missing.index = first + (error.index or 0)
                raise missing from error
            skipped = max(start - first, 0)
            yield from enumerate(bundle[skipped:], start=first + skipped)

    def _bundle(self, number: int, width: int) -> tuple[bytes, ...]:
        path = self.folder / bundle_path(number, width)
        if width == TILE_WIDTH or path.is_file():
            return decode_bundle(_read(path), width)
        # A log that has grown since may have dropped its partial bundles.
        whole = _read(self.folder / bundle_path(number))
        return decode_bundle(whole, TILE_WIDTH)[:width]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFoundError(f"{path}: {error.strerror}") from error
