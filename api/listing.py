"""What pages about the whole ledger list: the newest records, and parties.

All of it is this server's word.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from api.links import brief_name, page_path
from api.texts import Texts
from ledger.bindings import Party
from ledger.contents import read_content
from ledger.errors import LedgerError
from ledger.event import Event
from ledger.facts import title
from ledger.goods import parties_of
from ledger.reader import LogReader
from ledger.seal import entry_kind
from ledger.statement import parse_statement
from ledger.wording import named, names_at, time

FIRST_PARTIES: Final = 12
"""Parties that stand on the first page; the others are a page of their own."""
PARTIES_ON_A_PAGE: Final = 100
_NEWEST: Final = 6
_LOOKED_AT: Final = 64


@dataclass(frozen=True, slots=True)
class Newest:
    """A record of the last few."""

    title: str
    who: str
    when: str
    path: str
    about: str


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A party in a list."""

    path: str
    name: str
    kind: str


def newest(log: LogReader, texts: Texts) -> Iterator[Newest]:
    """Yield the last records about goods, of those alike only the last."""
    size = log.size
    entries = log.entries(range(max(size - _LOOKED_AT, 0), size))
    names = names_at(log.directory, size, texts.messages)
    said: set[tuple[str, str]] = set()
    for index in sorted(entries, reverse=True):
        try:
            if entry_kind(entries[index]) == "seal":
                continue
            statement = parse_statement(entries[index])
            content = read_content(statement, origin=log.origin)
        except LedgerError:
            # Whoever verifies the ledger is told where.
            continue
        if not isinstance(content, Event) or not content.subjects:
            continue
        party = parties_of(statement, log.directory)[0]
        done = title(content, texts.lang, texts.messages)
        if (done, party) in said:
            continue
        said.add((done, party))
        subject = (content.created or content.subjects)[0]
        yield Newest(
            done,
            named(party, names),
            time(content.event_time, texts.messages),
            page_path(subject, host=log.host),
            brief_name(
                subject, host=log.host, texts=texts, but=party.rpartition("/")[2]
            ),
        )
        if len(said) == _NEWEST:
            return


def party_lines(
    parties: Sequence[Party], log: LogReader, texts: Texts
) -> tuple[PartyLine, ...]:
    """Return parties as they stand in a list."""
    names = names_at(log.directory, log.size, texts.messages)
    return tuple(
        PartyLine(
            page_path(party.id, host=log.host),
            named(party.id, names),
            texts.messages.get(f"role.{party.kind}", party.kind),
        )
        for party in parties
    )
