"""What a request prefers: HTML or JSON, and which language (RFC 9110, section 12.5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

FALLBACK_LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the pages.

    Attributes:
        code: How addresses and files name it.
        tag: How HTML does (BCP 47).
        name: What its own readers call it.
        direction: ``rtl`` for those written from the right.
    """

    code: str
    tag: str
    name: str
    direction: str = "ltr"


LANGUAGES: Final = {
    language.code: language
    for language in (
        Language("zh", "zh-Hans", "简体中文"),
        Language("ug", "ug", "ئۇيغۇرچە", "rtl"),
        # As it is written in Xinjiang.
        Language("kk", "kk-Arab", "قازاقشا", "rtl"),
        Language("en", "en", "English"),
    )
}


def chosen_language(request: Request) -> str:
    """Return the language asked for by ``?lang=``, else by the browser's settings."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    return language_for(request.headers.get("accept-language", ""))


def language_for(header: str) -> str:
    """Return the language that serves an ``Accept-Language`` best.

    Kazakh is asked for in Cyrillic too, which no page has: then any other language that
    is asked for comes first.

    >>> language_for("kk-CN, en;q=0.5"), language_for("kk-KZ, en;q=0.5")
    ('kk', 'en')
    """
    best, best_rank = FALLBACK_LANGUAGE, (False, 0.0)
    for tag, weight in weighted(header):
        lang = tag.partition("-")[0]
        rank = (not _is_cyrillic_kazakh(tag), weight)
        if lang in LANGUAGES and weight > 0 and rank > best_rank:
            best, best_rank = lang, rank
    return best


def _is_cyrillic_kazakh(tag: str) -> bool:
    """Tell whether a tag asks for Kazakh as it is written in Kazakhstan."""
    lang, *rest = tag.split("-")
    return lang == "kk" and ("cyrl" in rest or "latn" in rest or rest == ["kz"])


def prefers_json(request: Request) -> bool:
    """Tell whether JSON is wanted rather than a page; with equal weight it is not."""
    html = json = 0.0
    for media_type, weight in weighted(request.headers.get("accept", "*/*")):
        if media_type in ("application/json", "application/problem+json"):
            json = max(json, weight)
        elif media_type in ("text/html", "application/xhtml+xml", "text/*", "*/*"):
            html = max(html, weight)
    return json > html


def names_html(request: Request) -> bool:
    """Tell whether a page is asked for by name, as browsers do it."""
    accepted = dict(weighted(request.headers.get("accept", "")))
    return accepted.get("text/html", 0.0) > 0 and not prefers_json(request)


def weighted(header: str) -> Iterator[tuple[str, float]]:
    """Yield each choice of an ``Accept`` header with its weight, in order.

    >>> list(weighted("zh-CN, en;q=0.5, *;q=none"))
    [('zh-cn', 1.0), ('en', 0.5), ('*', 0.0)]
    """
    for choice in header.lower().split(","):
        name, *parameters = (part.strip() for part in choice.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                weight = _weight(parameter[2:])
        yield name, weight


def _weight(text: str) -> float:
    """Return a weight; what is none weighs nothing."""
    whole, _, fraction = text.partition(".")
    if whole not in ("0", "1") or not (fraction or "0").isdecimal():
        return 0.0
    return min(float(f"{whole}.{fraction[:3] or '0'}"), 1.0)
