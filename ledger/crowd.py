"""How much those without a say may put on one subject's list.

A list is always given whole, and a passport with more than 10,000 statements is not
given at all: whoever could fill a list could take a page away. So others than those
whose prefix a subject is under, who have standing about it, or who are an authority may
together state at most so much about it. This is admission: a verifier does not ask.

Nothing is looked up for a subject until strangers have stated something about it often.
What was counted is forgotten when the process ends: then it is looked up again.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.directory import Directory
from ledger.errors import CrowdedError
from ledger.event import Event
from ledger.goods import LoggedEvent
from ledger.standing import AUTHORITY, destinations_of, standing_of

MAX_BY_STRANGERS: Final = 1_000
"""About one subject: a tenth of what a page can show, for it shows others too."""
UNSEEN: Final = 100
"""So many statements of strangers are taken before a list is looked at."""
_MAX_SUBJECTS: Final = 100_000
_MAX_CROWDS: Final = 1_000


@dataclass(slots=True)
class _Crowd:
    """Who has a say about a subject, and how much those without one have said."""

    parties: set[str]
    by_strangers: int


class Crowds:
    """The subjects that strangers speak of; the sequencer's thread alone asks."""

    def __init__(
        self,
        events_about: Callable[[str], Sequence[LoggedEvent]],
        *,
        max_by_strangers: int = MAX_BY_STRANGERS,
    ) -> None:
        """Begin with none.

        Args:
            events_about: Gives all events that are logged about a subject.
            max_by_strangers: How many statements about one subject are admitted.
        """
        self._events_about = events_about
        self._max_by_strangers = max_by_strangers
        self._unseen: OrderedDict[str, int] = OrderedDict()
        self._crowds: OrderedDict[str, _Crowd] = OrderedDict()

    def check(
        self, event: Event, parties: Collection[str], directory: Directory
    ) -> list[str]:
        """Refuse an event of strangers about a subject on whose list there are enough.

        Args:
            event: What is to be logged.
            parties: Those of its signers.
            directory: As of now.

        Returns:
            The subjects that are strange to these parties, for :meth:`take`.

        Raises:
            CrowdedError: There are.
        """
        strange = _strange(event, parties, directory)
        for subject in strange:
            if self._unseen.get(subject, 0) < min(UNSEEN, self._max_by_strangers):
                continue
            crowd = self._crowd(subject, directory)
            if (
                crowd.parties.isdisjoint(parties)
                and crowd.by_strangers >= self._max_by_strangers
            ):
                raise CrowdedError(
                    f"{subject}: {crowd.by_strangers} statements about it are by "
                    "parties without standing, and no more are taken; have one who has "
                    "standing sign it too"
                )
        return strange

    def take(
        self, event: Event, parties: Collection[str], strange: Sequence[str]
    ) -> None:
        """Count an event that is logged; :meth:`check` said what is strange in it."""
        for subject in event.subjects:
            crowd = self._crowds.get(subject)
            if crowd is not None and not crowd.parties.isdisjoint(parties):
                crowd.parties.update(parties, destinations_of(event))
        for subject in strange:
            self._unseen[subject] = self._unseen.get(subject, 0) + 1
            self._unseen.move_to_end(subject)
            if len(self._unseen) > _MAX_SUBJECTS:
                self._unseen.popitem(last=False)
            crowd = self._crowds.get(subject)
            if crowd is not None and crowd.parties.isdisjoint(parties):
                crowd.by_strangers += 1

    def _crowd(self, subject: str, directory: Directory) -> _Crowd:
        crowd = self._crowds.get(subject)
        if crowd is None:
            events = self._events_about(subject)
            having = set(standing_of(subject, events, directory).parties)
            strangers = sum(having.isdisjoint(logged.parties) for logged in events)
            # Of the group that is being judged, the log knows nothing yet.
            seen = max(strangers, self._unseen.get(subject, 0))
            crowd = self._crowds[subject] = _Crowd(having, seen)
            if len(self._crowds) > _MAX_CROWDS:
                self._crowds.popitem(last=False)
        return crowd


def _strange(event: Event, parties: Collection[str], directory: Directory) -> list[str]:
    """Return the subjects that are under no prefix of these parties, nor are one."""
    known = [found for name in parties if (found := directory.parties.get(name))]
    if any(party.kind == AUTHORITY for party in known):
        return []
    own = {prefix for party in known for prefix in (*party.prefixes, party.id)}
    return [subject for subject in event.subjects if not _is_within(subject, own)]


def _is_within(subject: str, prefixes: Collection[str]) -> bool:
    """Tell whether a subject is one of many prefixes, or is under one.

    >>> own = {"https://a.b/id/cow"}
    >>> _is_within("https://a.b/id/cow/1", own), _is_within("https://a.b/id/cows", own)
    (True, False)
    """
    above = subject
    while above and above not in prefixes:
        above = above.rpartition("/")[0]
    return above != ""
