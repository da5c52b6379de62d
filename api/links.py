"""Where pages about things are, and how links to them are called."""

from dataclasses import dataclass

from api.content import kind_word
from api.texts import Texts
from ledger.identifier import GS1, identifiers_from_path, parse_identifier
from ledger.reader import LogReader


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to another page."""

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


def listed(log: LogReader, subject: str, limit: int, texts: Texts) -> list[Link]:
    """Return what a party's prefixes hold, on this server's word alone."""
    party = log.directory.parties.get(subject)
    if party is None:
        return []
    found: list[str] = []
    for prefix in party.prefixes:
        found += log.subjects_within(prefix, limit - len(found))
        if len(found) >= limit:
            break
    own = subject.rpartition("/")[2]
    return [
        Link(
            page_path(text, host=log.host),
            brief_name(text, host=log.host, texts=texts, but=own),
        )
        for text in found
    ]


def meant(path: str, host: str, texts: Texts) -> Link:
    """Return the link to a page that may be meant, by what it is and of which item."""
    first, *_ = identifiers_from_path(path, host=host)
    kind, name = kind_word(first, texts), first.parts[-1]
    item = f" · {first.parts[0]}" if first.text.startswith(GS1) else ""
    return Link(f"{path}?lang={texts.lang}", f"{kind} {name}{item}")


def brief_name(subject: str, *, host: str, texts: Texts, but: str = "") -> str:
    """Return what something is, and what tells it from others of its kind.

    Args:
        subject: Its identifier.
        host: Whose identifiers are this ledger's own.
        texts: The words of the reader's language.
        but: What the page itself says already: a party's own segment.
    """
    identifier = parse_identifier(subject, host=host)
    told = identifier.parts[1:] or identifier.parts
    said = [part for part in told if part != but] or told
    return " ".join([kind_word(identifier, texts), *said])
