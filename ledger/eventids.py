"""Event identifiers: an issuer's party uses each once, or once and then in error.

Pure; ``scanner_web/verify/eventids.js`` is the twin for the browser.
"""

from collections.abc import Collection, Iterable

from ledger.errors import EventReusedError, IncompleteError
from ledger.event import Event
from ledger.replay import JudgedStatement, Occurrence, check_event_id
from ledger.trust import located


def check_event_ids(
    judged: Iterable[JudgedStatement], *, whole: Collection[str]
) -> None:
    """Check every event given against those given before it.

    A declaration has the body of its original, and so its subjects: wherever the whole
    list of one of them is given, both are. An original that is no alarm is not on the
    ``#alarm`` list on which its declaration is; there nothing can be said of it.

    Args:
        judged: The statements given, by ascending index.
        whole: Names of the lists that are given.

    Raises:
        EventReusedError: A second event without a declaration, a third one, or a
            declaration that changes the body.
        IncompleteError: A declaration without its original.
    """
    seen: dict[str, list[Occurrence]] = {}
    for statement in judged:
        content = statement.content
        if not isinstance(content, Event):
            continue
        known = seen.setdefault(statement.identity, [])
        new = statement.occurrence
        is_first = all(occurrence.party != new.party for occurrence in known)
        try:
            if not (new.is_declaration and is_first):
                check_event_id(known, new)
            elif any(subject in whole for subject in content.subjects):
                raise IncompleteError("errorDeclaration: its original is not given")
        except (EventReusedError, IncompleteError) as error:
            raise located(statement.index, error) from None
        known.append(new)
