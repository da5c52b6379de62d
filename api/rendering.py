"""Fill templates: the frame of a page in a language, its style and what it may load."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.isolating import isolated
from api.negotiation import LANGUAGES
from api.style import lean_style
from api.texts import Texts, read_all_messages
from ledger.encoding import encode_base64

_HOST = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")


@dataclass(frozen=True, slots=True)
class Visit:
    """Who asks for a page: in which language, and under which address."""

    lang: str
    path: str
    base_url: str
    query: str = ""
    """What else the address asks for, from ``&`` on: kept in the other languages."""

    @property
    def ledger_url(self) -> str:
        """Return the ledger's address as it can be given to a command.

        It comes from the request's own ``Host``: what no host has is not repeated.
        """
        return self.base_url if _HOST.fullmatch(self.base_url) else ""


class Renderer:
    """The templates, style and texts, read once."""

    def __init__(self, folder: Path) -> None:
        """Read everything a page is made of.

        Args:
            folder: Where ``templates``, ``locale`` and ``style.css`` are.
        """
        style = lean_style((folder / "style.css").read_text("utf-8"))
        # Of pages about the whole ledger: no phone that scans a pack loads it.
        more = lean_style((folder / "region.css").read_text("utf-8"))
        self.content_security_policy = (
            "default-src 'none'; script-src 'self'; "
            f"style-src {_hashed(style)} {_hashed(more)}; "
            "img-src 'self' data:; connect-src 'self'; "
            "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
        self._texts = {
            lang: Texts(lang, messages)
            for lang, messages in read_all_messages(folder / "locale").items()
        }
        self._environment = Environment(
            loader=FileSystemLoader(folder / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update(
            style=Markup(style),  # noqa: S704
            region_style=Markup(more),  # noqa: S704
            languages=LANGUAGES.values(),
        )

    def texts(self, lang: str) -> Texts:
        """Return the words of a language."""
        return self._texts[lang]

    def render(
        self, template: str, visit: Visit, title: str, **values: object
    ) -> bytes:
        """Return a page made of a template.

        Args:
            template: Which one.
            visit: Who asks.
            title: What the page is called, without the name of the site.
            values: What else it is made of.
        """
        texts = self._texts[visit.lang]
        page = {
            "language": LANGUAGES[visit.lang],
            "lang": visit.lang,
            "path": visit.path,
            "query": visit.query,
            "title": f"{title} · {texts('site.name')}",
            "ledger_url": visit.ledger_url,
        }
        rendered = self._environment.get_template(template).render(
            page=page, t=texts, **values
        )
        if LANGUAGES[visit.lang].direction == "rtl":
            rendered = isolated(rendered)
        return rendered.encode("utf-8")


def _hashed(style: str) -> str:
    """Return how a policy names a style."""
    return f"'sha256-{encode_base64(hashlib.sha256(style.encode()).digest())}'"
