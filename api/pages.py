"""Render the pages from what the log holds; complete without a script.

A page about a subject is made from its passport, the very document that the script
fetches, so both speak of the same statements under the same checkpoint. Nothing is
judged here: the page says what stands in the ledger, the script says whether it holds,
and an entry that cannot be read is shown as that. Every fact is one element that the
script compares with what was signed before it says anything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import count
from pathlib import Path
from urllib.parse import quote

from api.content import kind_word, read_content
from api.counting import Counting
from api.folds import fold_steps, listed_steps
from api.links import listed, meant
from api.lookups import Lookups, looked_up
from api.problems import TYPE_PREFIX, Problem
from api.reading import PassportReading, read_passport
from api.region import PartyFigures, party_figures
from api.rendering import Renderer, Visit
from api.steps import read_steps
from api.texts import Texts
from api.whole import OF_ANIMALS, Wholes, every_level, sums_of
from ledger.disclosure import profile_in_force
from ledger.event import Event
from ledger.goods import LoggedEvent
from ledger.identifier import GS1, Identifier
from ledger.passport import parse_passport
from ledger.reader import LogReader
from ledger.search import Search

OPEN_MEMBERS = 2
"""Members of one level that stand in the open; ``view.js`` has the same number."""


class PageRenderer(Renderer):
    """Makes the pages about one thing, and those that lead to it."""

    def __init__(self, folder: Path, counting: Counting | None = None) -> None:
        """Read everything a page is made of.

        Args:
            folder: Where ``templates``, ``locale`` and ``style.css`` are.
            counting: Counts what parties harvested, if anything does.
        """
        super().__init__(folder)
        self.wholes = Wholes(every_level)
        self._counting = counting

    def subject_page(
        self,
        log: LogReader,
        visit: Visit,
        identifiers: Sequence[Identifier],
        document: bytes,
        *,
        limit: int,
        lookups: Lookups | None = None,
        visitor: str | None = None,
        has_all: bool = False,
    ) -> tuple[bytes, HTTPStatus]:
        """Return the page about one subject, and its status.

        A serial that was never packed in the lot scanned with it has a page too, whose
        script proves that; there is no such thing, so its status says not found.

        Args:
            log: Where the directory and what lies under a party's prefixes are read.
            visit: Who asks.
            identifiers: What the path names, the subject first.
            document: The subject's passport.
            limit: How many subjects a party's page lists.
            lookups: Counts visits, where somebody does.
            visitor: The address that asks; None of whom is not counted.
            has_all: Show every statement, however many there are.
        """
        texts = self.texts(visit.lang)
        subject = identifiers[0]
        lot = _scanned_lot(identifiers)
        passport = parse_passport(document)
        reading = read_passport(
            passport,
            lot=None if lot is None else lot.text,
            origin=log.origin,
        )
        content = read_content(reading, texts)
        every = read_steps(reading, texts)
        steps = every if has_all else listed_steps(every)
        kind = kind_word(subject, texts)
        name = subject.parts[-1]
        called = " · ".join([*(fact.text for fact in content.title), f"{kind} {name}"])
        folds = count()
        within = listed(log, subject.text, limit + 1, texts)
        tree = passport.checkpoint.partition(b"\n\n")[0]
        lot_text = None if lot is None else lot.text
        whole = self.wholes.whole(log, reading, texts, lot=lot_text, tree=tree)
        # An alarm that only the second answer proves is the server's word until then.
        gravest = content.gravest or (whole.gravest if whole is not None else "")
        page = self.render(
            "subject.html",
            visit,
            called,
            subject=subject,
            size=reading.size,
            kind=kind,
            name=name,
            parts=list(_parts(subject, lot, texts)),
            headline=_headline(gravest, reading.is_packed, lot, texts),
            gravest=gravest,
            is_claim=bool(gravest) or not reading.is_packed,
            content=content,
            sums=sums_of(reading, OF_ANIMALS, texts).values(),
            figures=self._figures(log, subject, texts),
            is_place=_is_place(subject),
            whole=whole,
            open_members=OPEN_MEMBERS,
            has_all=has_all,
            left_out=len(every) - len(steps),
            steps=fold_steps(
                [step for step in steps if not step.is_apart], folds, texts.messages
            ),
            apart=fold_steps(
                [step for step in steps if step.is_apart], folds, texts.messages
            ),
            has_profile=_has_profile(reading),
            listed=within[:limit],
            has_more_listed=len(within) > limit,
            lookups=looked_up(
                lookups,
                reading,
                texts,
                lot=_claimed(log, subject, lot),
                visitor=visitor,
            ),
        )
        found = HTTPStatus.OK if reading.is_packed else HTTPStatus.NOT_FOUND
        return page, found

    def _figures(
        self, log: LogReader, subject: Identifier, texts: Texts
    ) -> PartyFigures | None:
        """Return what was counted of a party, if this is one and there is anything."""
        if self._counting is None or subject.text not in log.directory.parties:
            return None
        return party_figures(self._counting.party(subject.text), log=log, texts=texts)

    def search_page(
        self, log: LogReader, visit: Visit, typed: str, found: Search
    ) -> bytes:
        """Return the page that says what a text may mean, if that is not one thing.

        Args:
            log: Whose host the codes of this ledger begin with.
            visit: Who asks.
            typed: As it was typed; empty for the form alone.
            found: What came of it.
        """
        texts = self.texts(visit.lang)
        return self.render(
            "search.html",
            replace(visit, base_url="", query=f"&q={quote(typed)}" if typed else ""),
            texts("search.title"),
            heading=texts("search.title"),
            typed=typed,
            foreign=found.foreign,
            here=visit.ledger_url or f"https://{log.host}",
            found=[meant(path, log.host, texts) for path in found.paths],
        )

    def scan_page(self, visit: Visit) -> bytes:
        """Return the page that reads a code with the phone's camera."""
        texts = self.texts(visit.lang)
        nowhere = replace(visit, base_url="")
        return self.render("scan.html", nowhere, texts("scan.title"), typed="")

    def refusal_page(self, visit: Visit, problem: Problem, words: str = "") -> bytes:
        """Return the page for a path that names nothing here.

        Args:
            visit: Who asks.
            problem: What is wrong with it.
            words: Which texts say so; those of the status unless given.
        """
        texts = self.texts(visit.lang)
        words = words or str(int(problem.status))
        if f"refusal.{words}" not in texts.messages:
            words = str(int(HTTPStatus.INTERNAL_SERVER_ERROR))
        code = problem.type.removeprefix(TYPE_PREFIX)
        # What cannot be shown is nothing to verify either.
        nowhere = replace(visit, base_url="")
        return self.render(
            "refusal.html",
            nowhere,
            texts(f"refusal.{words}"),
            words=words,
            code=texts.messages.get(f"code.{code}", ""),
            problem=problem,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One value of the subject's identifier."""

    label: str
    name: str
    text: str


def _is_place(subject: Identifier) -> bool:
    """Tell whether an identifier is of a place, by its kind or its first segment."""
    own = subject.text.partition("/id/")[2].partition("/")[0]
    return subject.kind == "location" or (subject.kind == "own" and own == "place")


def _scanned_lot(identifiers: Sequence[Identifier]) -> Identifier | None:
    """Return the lot that was scanned with a serial."""
    first, *others = identifiers
    if first.kind != "serial":
        return None
    return next((other for other in others if other.kind == "lot"), None)


def _headline(
    gravest: str, is_packed: bool, lot: Identifier | None, texts: Texts
) -> str:
    """Return what a page says first, on this server's word alone."""
    if gravest:
        return texts(f"alarm.title.{gravest}")
    if not is_packed:
        return texts(f"page.verdict.not-packed.{'none' if lot is None else 'lot'}")
    return texts("page.verdict.title")


def _parts(
    identifier: Identifier, lot: Identifier | None, texts: Texts
) -> Iterator[Part]:
    if identifier.kind == "own":
        yield Part(texts("part.own"), "own", identifier.text)
        return
    keys = identifier.text.removeprefix(GS1).split("/")[::2]
    for key, value in zip(keys, identifier.parts, strict=True):
        yield Part(texts(f"part.{key}"), key, value)
    if lot is not None:
        yield Part(texts("part.10"), "10", lot.parts[-1])


def _claimed(log: LogReader, subject: Identifier, lot: Identifier | None) -> str | None:
    """Return what a serial claims to be of, as far as the ledger knows that."""
    claims = [] if lot is None else [lot.text]
    claims.append(subject.text.partition("/21/")[0])
    return next((claim for claim in claims if log.is_listed(claim)), None)


def _has_profile(reading: PassportReading) -> bool:
    """Tell whether there is something that the script is to check and show."""
    events = [
        LoggedEvent(read.index, read.parties, read.content)
        for read in reading.readings
        if isinstance(read.content, Event)
    ]
    return bool(profile_in_force(reading.subject, events))
