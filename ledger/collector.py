"""Which entries a reader needs to judge what is said about a subject.

The server collects them here; a verifier derives for itself what must be there, and
never takes this collection's word that it is enough (blueprint, 3.6).
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from ledger.action import REGISTRAR, action_subjects, parse_action
from ledger.directory import Directory
from ledger.encoding import parse_canonical
from ledger.errors import LedgerError, NotFoundError
from ledger.seal import entry_kind
from ledger.statement import Statement, parse_statement


class EntryReader(Protocol):
    """What is looked up in the log; ``sqlstore.SqlStore`` is one."""

    def listing(self, subject: str, below: int) -> tuple[int, ...]:
        """Return the indices of statements about a subject, below a tree size."""
        ...

    def directory_listing(self, subject: str, below: int) -> tuple[int, ...]:
        """Return those of them that are directory statements."""
        ...

    def entries_at(self, indices: Iterable[int]) -> dict[int, bytes]:
        """Return the entries at these indices."""
        ...

    def closing_seals(self, indices: Iterable[int]) -> dict[int, tuple[int, int]]:
        """Return index and time of the closing seal of each statement."""
        ...


def passport_entries(
    subject: str, *, size: int, reader: EntryReader, directory: Directory
) -> dict[int, bytes]:
    """Return the entries of a subject's passport in a tree of this size, by index.

    They are: the statements about the subject; entry 0; all directory statements about
    the registrar and about every party whose key signs one of these, and theirs in
    turn; the closing seals of what is shown, or signed by a key that ends; the last
    seal.

    Raises:
        NotFoundError: No statement is about the subject.
    """
    about = reader.listing(subject, size)
    if not about:
        raise NotFoundError(f"subject: no statement is about {subject}")
    entries = reader.entries_at({0, size - 1, *about})
    ending: set[int] = set()
    listed: set[str] = set()
    todo = {REGISTRAR} | _parties(entries, directory, ending)
    while todo:
        # Anybody may state an event about a party, and any number of them. They say
        # nothing of its keys, and a verifier refuses events not about the subject.
        indices = {i for name in todo for i in reader.directory_listing(name, size)}
        listed |= todo
        new = reader.entries_at(indices - entries.keys())
        entries.update(new)
        todo = _parties(new, directory, ending) - listed
    closing = reader.closing_seals({*about, *ending})
    entries.update(reader.entries_at({index for index, _ in closing.values()}))
    return dict(sorted(entries.items()))


def _parties(
    entries: Mapping[int, bytes], directory: Directory, ending: set[int]
) -> set[str]:
    """Return the parties behind the signers, and those that a directory entry names.

    Statements by keys that end are added to ``ending``.
    """
    parties: set[str] = set()
    for index, entry in entries.items():
        try:
            if entry_kind(entry) == "seal":
                continue
            statement = parse_statement(entry)
            if statement.kind == "directory":
                parties.update(_named(statement, directory.origin))
        except LedgerError:
            # A damaged row is handed over as it is: that it is damaged, and where, is
            # for the verifier to say.
            continue
        for signer in statement.signers:
            bound = directory.key(signer)
            if bound is None:
                continue
            parties.update(
                party for party in (bound.party, bound.on_behalf_of) if party
            )
            if bound.until_ms is not None:
                ending.add(index)
    return parties


def _named(statement: Statement, origin: str) -> tuple[str, ...]:
    host = origin.split("/", 1)[0]
    body = parse_canonical(statement.body)
    return action_subjects(parse_action(body, host=host, origin=origin))
