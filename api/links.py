"""Where pages about things are, and how links to them are called."""

from dataclasses import dataclass

from api.content import kind_word
from api.texts import Texts
from ledger.identifier import GS1, identifiers_from_path, parse_identifier
from ledger.reader import LogReader


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to another page."""

    label: str
    path: str
    text: str


def page_path(subject: str, *, host: str) -> str:
    """Return the path of a subject's page.

    >>> page_path("https://id.gs1.org/01/09520123456788/10/L%2F1", host="a.b")
    '/01/09520123456788/10/L%2F1'
    """
    if subject.startswith(GS1):
        return subject[len(GS1) - 1 :]
    return subject.removeprefix(f"https://{host}")


def listed(log: LogReader, subject: str, limit: int) -> list[Link]:
    """Return what a party's prefixes hold, on this server's word alone."""
    party = log.directory.parties.get(subject)
    if party is None:
        return []
    found: list[str] = []
    for prefix in party.prefixes:
        found += log.subjects_within(prefix, limit - len(found))
        if len(found) >= limit:
            break
    return [
        Link("", page_path(text, host=log.host), _name(text, log.host))
        for text in found
    ]


def meant(path: str, host: str, texts: Texts) -> Link:
    """Return the link to a page that may be meant, by what it is and of which item."""
    first, *_ = identifiers_from_path(path, host=host)
    kind, name = kind_word(first, texts), first.parts[-1]
    item = f" · {first.parts[0]}" if first.text.startswith(GS1) else ""
    return Link("", f"{path}?lang={texts.lang}", f"{kind} {name}{item}")


def _name(subject: str, host: str) -> str:
    """Return an identifier without what all of its kind have in common."""
    identifier = parse_identifier(subject, host=host)
    return " ".join(identifier.parts[1:] or identifier.parts)
