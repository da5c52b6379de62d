"""What a statement says: an event, or an action of the directory.

Pure: a body is read here, whoever asks and for whatever; nothing is judged.
"""

from collections.abc import Mapping

from ledger.action import Action, action_subjects, parse_action
from ledger.completeness import listed_under
from ledger.encoding import Json, parse_canonical
from ledger.event import Event, parse_event
from ledger.statement import Statement

Content = Event | Action


def parse_content(
    statement: Statement, body: Mapping[str, Json], *, origin: str
) -> Content:
    """Return what a statement says.

    Args:
        statement: Of which kind it is.
        body: Its body, parsed.
        origin: Name of the ledger.

    Raises:
        EventError: It is an event, and malformed.
        StatementFormatError: It is of the directory, and malformed.
    """
    host = origin.partition("/")[0]
    if statement.kind == "event":
        return parse_event(body, host=host)
    return parse_action(body, host=host, origin=origin)


def read_content(statement: Statement, *, origin: str) -> Content:
    """Return what a statement says, from its text.

    Raises:
        EncodingError: Its body is not canonical.
        EventError: It is an event, and malformed.
        StatementFormatError: It is of the directory, and malformed.
    """
    return parse_content(statement, parse_canonical(statement.body), origin=origin)


def subjects_of(content: Content) -> tuple[str, ...]:
    """Return what a statement is about, sorted."""
    if isinstance(content, Event):
        return content.subjects
    return action_subjects(content)


def names_of(content: Content) -> tuple[str, ...]:
    """Return every name that a statement is listed under, those of alarms too."""
    is_alarm = isinstance(content, Event) and content.is_alarm
    return listed_under(subjects_of(content), is_alarm=is_alarm)
