"""Copy a database in SQLite while others write to it, with its own online backup.

The copy is the database as of one moment: a group is in it whole or not at all. Writers
wait for nobody meanwhile. PostgreSQL has tools of its own for this.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from ledger.errors import StoreError


def copy_database(source: Path, target: Path, *, mode: int) -> None:
    """Copy a database into a new file; when this returns, it is on the disk.

    Args:
        source: The database's file; it is not changed.
        target: A file that is not there yet.
        mode: Who may read the copy, from its first byte.

    Raises:
        StoreError: It cannot be read, or not written; what was written is no copy.
    """
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
        uri = f"{source.absolute().as_uri()}?mode=ro"
        with (
            closing(sqlite3.connect(uri, uri=True)) as database,
            closing(sqlite3.connect(target)) as copy,
        ):
            # All pages in one step: in many, each commit would begin it anew.
            database.backup(copy)
        sync(target)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"backup of {source.name}: {error}") from error


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk.

    Raises:
        OSError: It is not known to be there.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
