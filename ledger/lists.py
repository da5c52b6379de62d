"""The lists that a passport gives, held against the statements that it gives.

Whether a list is the one under the index root is for ``completeness``; here it is found
out whether every statement given stands on a list, and whether a list has just the
statements that belong on it.

Pure functions; ``scanner_web/verify/lists.js`` is the twin for the browser.
"""

from collections.abc import Iterable, Mapping, Sequence

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
    """Check that the lists and the events given are about each other.

    Args:
        lists: As the passport gives them.
        judged: The statements given, by ascending index.

    Raises:
        VerificationError: An event stands on none of the lists.
        IncompleteError: A list has another index than those of the statements given
            that belong on it; ``index`` is the first that differs.
    """
    given: dict[str, list[int]] = {name: [] for name in lists}
    for statement in judged:
        found = [name for name in statement.listed_under if name in given]
        if not found and isinstance(statement.content, Event):
            raise located(statement.index, VerificationError("event: on no list"))
        for name in found:
            given[name].append(statement.index)
    for name, listed in lists.items():
        different = set(listed).symmetric_difference(given[name])
        if different:
            index = min(different)
            what = "listed and not given" if index in listed else "given and not listed"
            raise located(index, IncompleteError(f"list of {name}: {index} is {what}"))


def check_directory_whole(lists: Lists, judged: Iterable[JudgedStatement]) -> None:
    """Check that no directory statement that bears on a signer may be missing.

    A key signs only what follows its party's admission, which must be given, too, and
    stands on that party's list alone; the same holds for whom it acts for, and for the
    registrar and the genesis. So if every directory statement given is on a list, then
    all that the directory says of the signers is given.

    Args:
        lists: Whole ones.
        judged: The statements given, by ascending index.

    Raises:
        IncompleteError: A directory statement stands on none of the lists.
    """
    for statement in judged:
        if isinstance(statement.content, Event):
            continue
        if not any(name in lists for name in statement.listed_under):
            listed = ", ".join(statement.listed_under)
            raise located(
                statement.index, IncompleteError(f"list of {listed}: not given")
            )


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
