"""What a request prefers: HTML or JSON, Chinese or English (RFC 9110, section 12.5)."""

from collections.abc import Iterator

from starlette.requests import Request

LANGUAGES = ("en", "zh")
FALLBACK_LANGUAGE = "en"


def chosen_language(request: Request) -> str:
    """Return the language asked for by ``?lang=``, else by the browser's settings."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    best, best_weight = FALLBACK_LANGUAGE, 0.0
    for tag, weight in weighted(request.headers.get("accept-language", "")):
        lang = tag.partition("-")[0]
        if lang in LANGUAGES and weight > best_weight:
            best, best_weight = lang, weight
    return best


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
