"""The lists that a passport gives, held against the statements that it gives.

Whether a list is the one under the index root is for ``completeness``; here it is found
out whether every statement given stands on a list, whether a list has just the
statements that belong on it, and whether the lists make up the whole directory.

Pure functions; ``scanner_web/verify/lists.js`` is the twin for the browser.
"""

from collections.abc import Iterable, Mapping, Sequence

from ledger.action import REGISTRAR
from ledger.completeness import ALARM_SUFFIX
from ledger.directory import Directory
from ledger.errors import IncompleteError, VerificationError
from ledger.event import Event
from ledger.goods import LoggedEvent, parties_of
from ledger.replay import JudgedStatement
from ledger.trust import located

Lists = Mapping[str, Sequence[int]]
"""Indices by the name they are listed under."""


def check_given(lists: Lists, judged: Iterable[JudgedStatement]) -> None:
    """Check that the lists and the statements given are about each other.

    Args:
        lists: As the passport gives them.
        judged: The statements given, by ascending index.

    Raises:
        VerificationError: A statement stands on none of the lists.
        IncompleteError: A list has another index than those of the statements given
            that belong on it; ``index`` is the first that differs.
    """
    given: dict[str, list[int]] = {name: [] for name in lists}
    for statement in judged:
        found = [name for name in statement.listed_under if name in given]
        if not found:
            raise located(statement.index, VerificationError("statement: on no list"))
        for name in found:
            given[name].append(statement.index)
    for name, listed in lists.items():
        different = set(listed).symmetric_difference(given[name])
        if different:
            index = min(different)
            what = "listed and not given" if index in listed else "given and not listed"
            raise located(index, IncompleteError(f"list of {name}: {index} is {what}"))


def check_directory_whole(
    lists: Lists, judged: Iterable[JudgedStatement], directory: Directory
) -> None:
    """Check that no directory statement that bears on a signer may be missing.

    Args:
        lists: Whole ones.
        judged: The statements given, by ascending index.
        directory: What those among them make of it.

    Raises:
        IncompleteError: The list of the registrar, or that of the party of a signer or
            of whom it acts for, is not given.
    """
    if REGISTRAR not in lists:
        raise IncompleteError(f"list of {REGISTRAR}: not given")
    for statement in judged:
        for signer in statement.statement.signers:
            bound = directory.key(signer)
            parties = () if bound is None else (bound.party, bound.on_behalf_of)
            for party in parties:
                if party is not None and party not in lists:
                    error = IncompleteError(f"list of {party}, who signs: not given")
                    raise located(statement.index, error)


class GivenEvents:
    """The events on lists of which it is known that they are whole."""

    def __init__(
        self, lists: Lists, judged: Iterable[JudgedStatement], directory: Directory
    ) -> None:
        """Read the events once.

        Args:
            lists: Whole ones.
            judged: The statements given.
            directory: Whose keys are whose.
        """
        self._lists = lists
        self.by_index = {
            statement.index: LoggedEvent(
                statement.index,
                parties_of(statement.statement, directory),
                statement.content,
            )
            for statement in judged
            if isinstance(statement.content, Event)
        }
        """All of them, by ascending index."""

    def whole(self, name: str) -> list[LoggedEvent] | None:
        """Return all events about a subject; None if its list is not given."""
        listed = self._lists.get(name)
        if listed is None:
            return None
        return [self.by_index[index] for index in listed if index in self.by_index]

    def alarms(self, name: str) -> list[LoggedEvent] | None:
        """Return the events of alarm about a subject; None as before."""
        return self.whole(name + ALARM_SUFFIX)
