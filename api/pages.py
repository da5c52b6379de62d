"""Render the pages from what the log holds; complete without a script.

A page about a subject is made from its passport, the very document that the script
fetches, so both speak of the same statements under the same checkpoint. Nothing is
judged here: the page says what stands in the ledger, the script says whether it holds,
and an entry that cannot be read is shown as that. Every fact is one element that the
script compares with what was signed before it says anything.
"""

import hashlib
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.problems import Problem
from api.routes.assets import Asset
from api.steps import read_steps
from api.texts import Texts, read_messages
from ledger.checkpoint import parse_checkpoint
from ledger.encoding import encode_base64
from ledger.identifier import GS1, Identifier, parse_identifier
from ledger.log import Log
from ledger.note import parse_note
from ledger.passport import parse_passport
from ledger.seal import parse_seal

HTML_LANGUAGES = {"en": ("en", "English"), "zh": ("zh-Hans", "中文")}
ENTRY_MODULE = "app.js"
MAX_PARTIES = 500

_IMPORT = re.compile(
    r"""^\s*(?:import|export)\b[^;'"]*['"](\.{1,2}/[^'"]+)['"]""", re.M
)
_HOST = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks for a page: in which language, and under which address."""

    lang: str
    path: str
    base_url: str

    @property
    def ledger_url(self) -> str:
        """Return the ledger's address as it can be given to a command.

        It comes from the request's own ``Host``: what no host has is not repeated.
        """
        return self.base_url if _HOST.fullmatch(self.base_url) else ""


class PageRenderer:
    """The templates, style and texts, read once."""

    def __init__(self, folder: Path, assets: Mapping[str, Asset]) -> None:
        """Read everything a page is made of.

        Args:
            folder: Where ``templates``, ``locale`` and ``style.css`` are.
            assets: What a browser may load; modules to fetch early are found in it.
        """
        style = (folder / "style.css").read_text("utf-8")
        digest = encode_base64(hashlib.sha256(style.encode()).digest())
        self.content_security_policy = (
            "default-src 'none'; script-src 'self'; "
            f"style-src 'sha256-{digest}'; img-src 'self' data:; connect-src 'self'; "
            "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
        self._texts = {
            lang: Texts(lang, read_messages(folder / "locale" / f"{lang}.json"))
            for lang in HTML_LANGUAGES
        }
        self._environment = Environment(
            loader=FileSystemLoader(folder / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            style=Markup(style),  # noqa: S704
            languages=[(lang, *names) for lang, names in HTML_LANGUAGES.items()],
            modules=["/assets/" + path for path in module_graph(assets, ENTRY_MODULE)],
        )

    def subject_page(
        self,
        log: Log,
        visit: Visit,
        identifiers: Sequence[Identifier],
        document: bytes,
        *,
        limit: int,
    ) -> bytes:
        """Return the page about one subject.

        Args:
            log: Where the directory and what lies under a party's prefixes are read.
            visit: Who asks.
            identifiers: What the path names, the subject first.
            document: The subject's passport.
            limit: How many subjects a party's page lists.
        """
        texts = self._texts[visit.lang]
        subject = identifiers[0]
        passport = parse_passport(document)
        kind = kind_word(subject, texts)
        name = subject.parts[-1]
        return self._render(
            "subject.html",
            visit,
            f"{kind} {name}",
            subject=subject,
            size=passport.entries[-1][0] + 1,
            kind=kind,
            name=name,
            parts=list(_parts(subject, texts)),
            others=[
                Link(
                    texts(f"page.part-of.{other.kind}"),
                    page_path(other.text, host=log.host),
                    other.parts[-1],
                )
                for other in identifiers[1:]
            ],
            steps=read_steps(passport, origin=log.origin, texts=texts),
            listed=_listed(log, subject.text, limit),
        )

    def start_page(self, log: Log, visit: Visit) -> bytes:
        """Return the page that says which ledger this is."""
        texts = self._texts[visit.lang]
        checkpoint = log.checkpoint()
        size = parse_checkpoint(parse_note(checkpoint).text).size
        parties = sorted(log.directory.parties.values(), key=lambda party: party.id)
        return self._render(
            "start.html",
            visit,
            texts("start.title"),
            origin=log.origin,
            size=size,
            sealed=parse_seal(log.entry(size - 1)).time,
            checkpoint=checkpoint.decode("utf-8"),
            example=f"https://{log.host}/id/…",
            parties=[
                Link("", page_path(party.id, host=log.host), party.name or party.id)
                for party in parties[:MAX_PARTIES]
            ],
        )

    def refusal_page(self, visit: Visit, problem: Problem) -> bytes:
        """Return the page for a path that names nothing here."""
        texts = self._texts[visit.lang]
        known = f"refusal.{problem.status}" in texts.messages
        status = problem.status if known else int(HTTPStatus.INTERNAL_SERVER_ERROR)
        # What cannot be shown is nothing to verify either.
        nowhere = replace(visit, base_url="")
        return self._render(
            "refusal.html",
            nowhere,
            texts(f"refusal.{status}"),
            status=status,
            problem=problem,
        )

    def _render(
        self, template: str, visit: Visit, title: str, **values: object
    ) -> bytes:
        texts = self._texts[visit.lang]
        page = {
            "html_lang": HTML_LANGUAGES[visit.lang][0],
            "lang": visit.lang,
            "path": visit.path,
            "title": f"{title} · {texts('site.name')}",
            "ledger_url": visit.ledger_url,
        }
        rendered = self._environment.get_template(template).render(
            page=page, t=texts, **values
        )
        return rendered.encode("utf-8")


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to another page."""

    label: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """One value of the subject's identifier."""

    label: str
    name: str
    text: str


def page_path(subject: str, *, host: str) -> str:
    """Return the path of a subject's page.

    >>> page_path("https://id.gs1.org/01/09520123456788/10/L%2F1", host="a.b")
    '/01/09520123456788/10/L%2F1'
    """
    if subject.startswith(GS1):
        return subject[len(GS1) - 1 :]
    return subject.removeprefix(f"https://{host}")


def module_graph(assets: Mapping[str, Asset], entry: str) -> list[str]:
    """Return the entry module and all it imports, so that none waits for another."""
    found: list[str] = []
    waiting = [entry]
    while waiting:
        path = waiting.pop(0)
        asset = assets.get(path)
        if path in found or asset is None:
            continue
        found.append(path)
        for target in _IMPORT.findall(asset.content.decode("utf-8")):
            joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            waiting.append(joined)
    return found


def kind_word(identifier: Identifier, texts: Texts) -> str:
    """Return the word for what an identifier names, in the reader's language.

    The ledger's own identifiers say it in their first segment; one that the texts do
    not know is shown as it is.
    """
    if identifier.kind != "own":
        return texts(f"kind.{identifier.kind}")
    word = identifier.parts[0]
    return texts.messages.get(f"kind.own.{word}", word)


def _parts(identifier: Identifier, texts: Texts) -> Iterator[Part]:
    if identifier.kind == "own":
        yield Part(texts("part.own"), "own", identifier.text)
        return
    keys = identifier.text.removeprefix(GS1).split("/")[::2]
    for key, value in zip(keys, identifier.parts, strict=True):
        yield Part(texts(f"part.{key}"), key, value)


def _listed(log: Log, subject: str, limit: int) -> list[Link]:
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


def _name(subject: str, host: str) -> str:
    """Return an identifier without what all of its kind have in common."""
    identifier = parse_identifier(subject, host=host)
    return " ".join(identifier.parts[1:] or identifier.parts)
