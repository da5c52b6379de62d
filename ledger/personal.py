"""The erasable side table: disclosed values, their salts and the consent to them.

A database of its own beside the ledger's, because nothing in that one can be erased.
What is erased here is overwritten: SQLite zeroes what it deletes, keeps no write-ahead
log, and the file is written anew afterwards, so that no free page or gap has any of it.
Only the commitment of an erased value is kept, which without its salt says nothing, so
that whoever has a copy of the value cannot put it back.

The table is trusted with what is in it: whoever can read it knows what was disclosed
and the words of the consent. It is not trusted for what is shown: whoever can change it
can at most have a value not shown.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, LargeBinary, delete, func, insert
from sqlalchemy import text as sql
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, col, select

from ledger import migrations
from ledger.disclosure import Consent, Disclosure
from ledger.errors import NotFoundError, RefusedError, StoreError
from ledger.sidefile import SideFile, open_side_file

BUSY_TIMEOUT_MS = 5_000
"""How long another process may hold the file before something fails."""
_PRAGMAS: Final = (
    # What is deleted is overwritten with zeros.
    "secure_delete=ON",
    # No write-ahead log: a journal that is gone when the transaction is.
    "journal_mode=DELETE",
    # That it is gone is on the disk too: else a power cut brings all back.
    "synchronous=EXTRA",
    # Writing the file anew puts no copy into the folder for temporary files.
    "temp_store=MEMORY",
)
_MODE: Final = 0o600
_OWN: Final = registry()
"""Apart from the ledger's tables, which are guarded."""
METADATA: Final = _OWN.metadata


class _Table(SQLModel, registry=_OWN):
    """A table of this database."""


class DisclosedRow(_Table, table=True):
    """A value that a party has shown, until it is erased."""

    __tablename__ = "disclosed"
    commitment: bytes = Field(primary_key=True, sa_type=LargeBinary)
    subject: str = Field(index=True)
    salt: bytes = Field(sa_type=LargeBinary)
    value: str
    consent_given: str
    consent_purpose: str
    consent_words: str


class ErasedRow(_Table, table=True):
    """A commitment whose value was erased, and is not taken again."""

    __tablename__ = "erased"
    commitment: bytes = Field(primary_key=True, sa_type=LargeBinary)


class PersonalStore:
    """What can be erased; open from any number of processes at once."""

    def __init__(self, file: SideFile) -> None:
        """Use a file that :func:`open_personal` opened."""
        self._file = file

    def keep(self, subject: str, items: Iterable[Disclosure], consent: Consent) -> None:
        """Keep values that open commitments in force; what is kept already stays.

        Raises:
            RefusedError: One was erased before; none is kept.
            StoreError: Nothing is known to be kept.
        """
        with self._file.writing() as connection:
            for item in items:
                if self._is_there(connection, ErasedRow, item.commitment):
                    raise RefusedError(
                        "disclosures: one was erased, and is not taken again; to show "
                        "it, sign a new profile, which has new salts"
                    )
                if self._is_there(connection, DisclosedRow, item.commitment):
                    continue
                row = {
                    "commitment": item.commitment,
                    "subject": subject,
                    "salt": item.salt,
                    "value": item.value,
                    "consent_given": consent.given,
                    "consent_purpose": consent.purpose,
                    "consent_words": consent.words,
                }
                connection.execute(insert(DisclosedRow), [row])

    def disclosed(self, subject: str) -> tuple[Disclosure, ...]:
        """Return the values kept about a subject.

        Raises:
            StoreError: They cannot be read.
        """
        query = select(
            DisclosedRow.commitment, DisclosedRow.salt, DisclosedRow.value
        ).where(DisclosedRow.subject == subject)
        with self._file.connected() as connection:
            return tuple(
                Disclosure(bytes(commitment), bytes(salt), str(value))
                for commitment, salt, value in connection.execute(query)
            )

    def subjects(self) -> tuple[str, ...]:
        """Return the subjects about which values are kept.

        Raises:
            StoreError: They cannot be read.
        """
        query = select(DisclosedRow.subject).distinct().order_by(DisclosedRow.subject)
        with self._file.connected() as connection:
            return tuple(connection.execute(query).scalars())

    def erase_subject(self, subject: str) -> int:
        """Erase all that is kept about a subject; return how many values were there.

        Raises:
            StoreError: It is not known to be erased; erase again.
        """
        return self.erase([item.commitment for item in self.disclosed(subject)])

    def erase(self, commitments: Sequence[bytes]) -> int:
        """Erase values for good; return how many were there.

        When this returns, the file has nothing of them; it never takes them again.

        Raises:
            StoreError: It is not known to be erased; erase again.
        """
        erased = 0
        with self._file.writing() as connection:
            for commitment in commitments:
                erased += connection.execute(
                    delete(DisclosedRow).where(
                        col(DisclosedRow.commitment) == commitment
                    )
                ).rowcount
                if not self._is_there(connection, ErasedRow, commitment):
                    row = {"commitment": commitment}
                    connection.execute(insert(ErasedRow), [row])
        self.vacuum()
        return erased

    def vacuum(self) -> None:
        """Write the file anew: what was deleted is in no gap of it either.

        Raises:
            StoreError: Something else uses it; what was deleted is deleted.
        """
        with self._file.connected() as connection:
            connection.execute(sql("VACUUM"))

    def close(self) -> None:
        """Close every connection."""
        self._file.close()

    def create_tables(self) -> None:
        """Make the tables, or bring them up to this release.

        Raises:
            FormatVersionError: A newer release made them.
            StoreError: It is no database, or cannot be written.
        """
        self._file.migrate(migrations.PERSONAL)

    @staticmethod
    def _is_there(
        connection: Connection,
        table: type[DisclosedRow] | type[ErasedRow],
        commitment: bytes,
    ) -> bool:
        query = select(func.count()).where(col(table.commitment) == commitment)
        return bool(connection.execute(query).scalar())


def open_personal(
    path: Path, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS
) -> PersonalStore:
    """Open the side table in a file, making it if there is none.

    Args:
        path: The file, which only its owner can read; its folder is there.
        busy_timeout_ms: How long another process may hold it.

    Raises:
        NotFoundError: There is no such folder.
        StoreError: It is no database of ours, or cannot be written.
    """
    try:
        # With its mode from the first moment; journals take theirs from it.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, _MODE))
        path.chmod(_MODE)
    except FileNotFoundError as error:
        raise NotFoundError(f"{path}: {error.strerror}") from error
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from error
    store = PersonalStore(
        open_side_file(
            path,
            called="personal data",
            busy_timeout_ms=busy_timeout_ms,
            pragmas=_PRAGMAS,
        )
    )
    store.create_tables()
    return store
